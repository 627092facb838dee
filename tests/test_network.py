"""The workload: what is read, what is counted, and what is refused with a remedy."""

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imac_arch.api import compare
from imac_arch.data.errors import ImacError, UsageError
from imac_arch.network import Layer, Network, parse_network
from imac_arch.network_files import load_network
from tests.helpers import plain

WIDTHS = st.lists(st.integers(1, 10_000), min_size=2, max_size=6)


@given(WIDTHS)
def test_the_short_form_round_trips_and_chains(widths):
    network = parse_network("-".join(map(str, widths)))
    assert network.name == "-".join(map(str, widths))
    assert network.macs == sum(a * b for a, b in itertools.pairwise(widths))
    assert network.ops == 2 * network.macs
    assert network.fan_out[:-1].tolist() == network.fan_in[1:].tolist()


def test_activations_and_spaces():
    network = parse_network(" 784 -128:relu- 10:identity ")
    assert parse_network("784\x1f-128:relu-\u200810:identity").layers == network.layers  # what str.strip takes away
    assert [layer.activation for layer in network.layers] == ["relu", "identity"]
    assert network.name == "784-128:relu-10:identity"
    assert parse_network(network.name) == network
    assert parse_network("784-128:sigmoid-10").name == "784-128-10"
    assert network.macs == 101_632


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "784-128-10"), ("   ", "784-128-10"), ("784", "784-10"), ("784-0-10", "width 2 is '0'"),
        ("784--10", "width 2 is empty"), ("-784-10", "width 1 is empty"), ("784-", "width 2 is empty"),
        ("784-12.5-10", "'12.5'"), ("784-1e2-10", "'1e2'"), ("784-ten", "'ten'"), ("784x10", "at least two"),
        ("784-128:sigmod-10", "did you mean 'sigmoid'"), ("784:relu-10", "first width"),
        ("1000001-1000000", "weights"), ("99999999999999-1", "13 digits"), ("784-+5", "'+5'"),
    ],
)  # fmt: skip
def test_refusals_show_place_and_remedy(text, says):
    with pytest.raises(UsageError) as caught:
        parse_network(text)
    assert says in str(caught.value)
    assert caught.value.exit_code == 2


@given(st.text(max_size=30))
def test_no_text_raises_anything_but_a_usage_error(text):
    with contextlib.suppress(UsageError):
        parse_network(text)


@pytest.mark.parametrize(
    "text",
    ["²", "9" * 5000, "9" * 5000 + "-10", "٣", "٣-٤"],
    ids=["square", "long", "long-10", "arabic", "arabic-arabic"],
)
def test_strange_digits_are_a_usage_error(text):
    with pytest.raises(UsageError):
        parse_network(text)


def test_a_network_given_as_an_object_obeys_the_same_limits():
    with pytest.raises((ImacError, ValueError)):
        compare(Network(name="big", layers=(Layer(fan_in=10**7, fan_out=10**7),)), samples=0)


def test_layers_of_an_object_must_chain():
    with pytest.raises((ImacError, ValueError)):
        compare(Network(name="gap", layers=(Layer(fan_in=8, fan_out=4), Layer(fan_in=99, fan_out=2))), samples=0)


def written(tmp_path, text):
    path = tmp_path / "net.yaml"
    path.write_text(text)
    return path


def test_the_yaml_form_equals_the_short_form(tmp_path):
    path = written(tmp_path, "layers: [16, {width: 8, activation: sigmoid}, 4]\n")
    here, there = plain(path, samples=0), plain("16-8-4", samples=0)
    assert here["architectures"] == there["architectures"]


def test_a_file_without_a_name_is_called_like_the_short_form(tmp_path):
    path = written(tmp_path, "layers: [16, {width: 8, activation: relu}, {width: 4, activation: sigmoid}]\n")
    assert load_network(path) == parse_network("16-8:relu-4")


def test_statistics_of_the_data_change_the_power_of_the_lines(tmp_path):
    text = "layers: [784, 128, 10]\ninput: {mean: 0.9, mean_square: 0.85}\n"
    dark = plain("784-128-10", samples=0, arch=["imac"])["architectures"][0]["metrics"]
    bright = plain(written(tmp_path, text), samples=0, arch=["imac"])["architectures"][0]["metrics"]
    assert bright["power"] != dark["power"]


def test_networks_with_other_statistics_have_other_hashes(tmp_path):
    text = "layers: [16, 8, 4]\ninput: {mean: 0.9, mean_square: 0.85}\n"
    plain = compare("16-8-4", samples=0).document.hashes["network"]
    assert compare(written(tmp_path, text), samples=0).document.hashes["network"] != plain


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("layers: [784]\n", "at least two"), ("layers: []\n", "at least two"), ("layers: [784, 0]\n", "width 2"),
        ("layers: [784, -5]\n", "width 2"), ("layers: [784, 1.5]\n", "1.5"), ("layer: [784, 10]\n", "layers"),
        ("layers: [784, {widht: 3}]\n", "width"), ("layers: [8, 4]\nbias: rwo\n", "row"), ("layers: 5\n", "layers"),
        ("layers: [8, 4]\ninput: {mean: 2, mean_square: 1}\n", "1 or less"), ("[1, 2]\n", "mapping of keys"),
        ("layers: [8, {width: 4, activation: sigmod}]\n", "sigmoid"),
    ],
)  # fmt: skip
def test_wrong_network_files(tmp_path, text, says):
    with pytest.raises(UsageError) as caught:
        compare(written(tmp_path, text), samples=0)
    assert says in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("statistics", ["{mean: 0.9, mean_square: 0.1}", "{mean: 0.1, mean_square: 0.9}"])
def test_statistics_that_no_values_between_0_and_1_have_are_refused(tmp_path, statistics):
    """The square of the mean is at most the mean square, and that at most the mean."""
    with pytest.raises(UsageError):
        compare(written(tmp_path, f"layers: [8, 4]\ninput: {statistics}\n"), samples=0)


def test_partitions_in_the_short_form_and_in_a_file():
    from imac_arch.data.files import parse_text
    from imac_arch.data.schema import validate
    from imac_arch.network import NetworkFile

    network = parse_network("400-120-84-10").partitioned("16x8, auto,8x1")
    assert network.tiles == ((16, 8), (None, None), (8, 1))
    text = "layers: [400, {width: 120, row_tiles: 16, col_tiles: 8}, 84, {width: 10, row_tiles: 8, col_tiles: 1}]\n"
    assert validate(NetworkFile, parse_text(text, "n.yaml")).network().tiles == network.tiles
    for wrong in ("16x8,8x8", "16x8,8x8,8", "16x8,8x8,0x1", "16x8,8x8,8x1,1x1", "", "axb,8x8,8x8"):
        with pytest.raises(UsageError, match="tiles"):
            parse_network("400-120-84-10").partitioned(wrong)
    for wrong in ("[{width: 4, row_tiles: 2}, 3]", "[4, {width: 3, row_tiles: 0}]", "[4, {width: 3, col_tiles: two}]"):
        with pytest.raises(UsageError, match=r"(row|col)_tiles is"):
            validate(NetworkFile, parse_text(f"layers: {wrong}\n", "n.yaml"))
