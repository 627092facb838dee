import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imac_arch.data.errors import FileErrors, UsageError
from imac_arch.data.files import parse_text
from imac_arch.data.schema import validate
from imac_arch.mapping import tile
from imac_arch.network import NetworkFile, parse_network

WIDTHS = st.lists(st.integers(1, 3000), min_size=2, max_size=5)


def test_counts_of_the_example():
    network = parse_network("784-128-10")
    assert (network.macs, network.ops) == (101_632, 203_264)
    assert [layer.activation for layer in network.layers] == ["sigmoid", "sigmoid"]
    assert parse_network("784-128:relu-10:identity").layers[0].activation == "relu"
    assert parse_network("784-10").macs == 7840


@pytest.mark.parametrize(
    "text", ["", " ", "784", "784-", "784-0", "784--10", "7x8", "784-1e3", "784:sigmoid-10", "784-10:relo", "-"]
)
def test_wrong_networks_are_refused(text):
    with pytest.raises(UsageError):
        parse_network(text)


def test_a_network_of_more_than_a_million_million_weights_is_refused():
    assert parse_network("1000000-1000000").macs == 10**12
    with pytest.raises(UsageError, match="at most"):
        parse_network("1000001-1000000")


def test_the_yaml_form_is_the_same_network_with_statistics():
    text = "layers: [784, {width: 128, activation: sigmoid}, 10]\ninput: {mean: 0.25, mean_square: 0.2}\nbias: neuron\n"
    network = validate(NetworkFile, parse_text(text, "n.yaml")).network()
    assert network.name == "784-128-10"
    assert network.input.mean.value == 0.25
    assert network.bias_rows == 0
    with pytest.raises(FileErrors, match="1 or less"):
        validate(NetworkFile, parse_text("layers: [2, 3]\ninput: {mean: 2, mean_square: 1}\n", "n.yaml"))


@pytest.mark.parametrize(
    ("net", "size", "rows", "cols", "total"),
    [
        ("400-120-84-10", 32, [13, 4, 3], [4, 3, 1], 67), ("400-120-84-10", 64, [7, 2, 2], [2, 2, 1], 20),
        ("400-120-84-10", 128, [4, 1, 1], [1, 1, 1], 6), ("400-120-84-10", 256, [2, 1, 1], [1, 1, 1], 4),
        ("784-128-10", 32, [25, 5], [4, 1], 105),
    ],
)  # fmt: skip
def test_published_tile_counts(net, size, rows, cols, total):
    network = parse_network(net)
    mapping = tile(network.fan_in, network.fan_out, size, size)
    assert mapping.row_tiles.tolist() == rows
    assert mapping.col_tiles.tolist() == cols
    assert mapping.subarrays.sum() == total


@given(WIDTHS, st.integers(1, 300), st.integers(1, 300), st.integers(0, 1))
def test_tiles_cover_the_layer_once_and_evenly(widths, rows, cols, bias):
    mapping = tile(np.array(widths[:-1]), np.array(widths[1:]), rows, cols, bias_rows=bias)
    counts = sum(t.count for t in mapping.tiles)
    assert np.all(counts == mapping.subarrays)
    assert np.all(sum(t.count * t.rows * t.cols for t in mapping.tiles) == mapping.total_rows * mapping.total_cols)
    assert np.all(sum(t.count * t.bias for t in mapping.tiles) == bias * mapping.col_tiles)
    for layer in range(len(widths) - 1):
        used = [t for t in mapping.tiles if np.broadcast_to(t.count, counts.shape)[layer] > 0]
        for name, limit in (("rows", rows), ("cols", cols)):
            sizes = [float(np.broadcast_to(getattr(t, name), counts.shape)[layer]) for t in used]
            assert max(sizes) - min(sizes) <= 1
            assert min(sizes) >= 1
            assert max(sizes) <= limit
    assert np.all((mapping.utilization > 0) & (mapping.utilization <= 1))
