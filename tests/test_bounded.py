"""Work is bounded, and what is too much is said beforehand."""

import json

import numpy as np
import pytest

from imac_arch import compare, compare_neurons, netlist, sampled, weights
from imac_arch.data.errors import InfeasibleError, UsageError
from imac_arch.data.files import digest
from imac_arch.data.progress import listening
from imac_arch.network import parse_network
from tests.helpers import inputs
from tests.test_validity import WIDE

CASES = [{}, {"timing": "declared", "pipelined": True}, {"overrides": WIDE}]


@pytest.fixture
def in_blocks(monkeypatch):
    """Samples are evaluated in blocks even where they are few."""

    def change(at_once):
        monkeypatch.setattr(sampled, "KEPT", 0)
        monkeypatch.setattr(sampled, "AT_ONCE", at_once)

    return change


@pytest.mark.parametrize("options", CASES)
def test_figures_are_the_same_to_the_last_bit_however_samples_are_cut(options, in_blocks):
    whole = json.loads(compare("16-8-4", samples=400, **options).to_json())
    heard = []
    in_blocks(202)
    with listening(lambda *step: heard.append(step)):
        blocks = json.loads(compare("16-8-4", samples=400, **options).to_json())
    assert blocks == whole
    assert heard == [("samples", done, 400) for done in (0, 1, 102, 203, 304, 400)]


def test_designs_of_a_grid_are_cut_by_their_samples(in_blocks):
    given = inputs("16-8-4", samples=40, axes={"subarray.rows": [16, 32]})
    (whole,) = sampled.judge(given, ["imac"], lambda evaluation: None)
    in_blocks(64)
    (blocks,) = sampled.judge(given, ["imac"], lambda evaluation: None)
    assert np.array_equal(blocks.severity, whole.severity)
    for name, values in whole.evaluation.metrics.items():
        assert np.array_equal(blocks.evaluation.metrics[name], values), name
    assert blocks.evaluation.metrics["energy"].shape == (2, 41)


def test_samples_are_cut_into_blocks_as_soon_as_they_are_too_many():
    """A network of one layer: a number is a sample, and the medians one more."""
    given = inputs("4-2", samples=9)
    assert sampled._bounds(given, 10, 5) == [(0, 9)]
    assert sampled._bounds(given, 9, 5) == [(0, 1), (1, 6), (6, 9)]


def test_lines_of_many_samples_are_not_kept(in_blocks):
    in_blocks(202)
    (evaluations,) = compare("16-8-4", samples=400).evaluations
    for evaluation in evaluations:
        assert np.shape(evaluation.metrics["energy"]) in ((401,), (1,))
        assert all(part.energy.shape[-1] <= 2 for part in evaluation.totals.lines)


@pytest.mark.parametrize(
    ("net", "options", "says"),
    [
        ("-".join(["8"] * 1002), {}, "network 8-8-...: 1,001 layers; at most 1,000 are allowed"),
        ("8-4", {"samples": 100_001}, "whole numbers from 0 to 100,000"),
        ("8-4", {"samples": 70_000, "tech": ["sot_mram", "reram", "pcm"]}, "--samples 66666 is the most here"),
        ("-".join(["8"] * 1001), {"samples": 10_001}, "--samples 10000 is the most here"),
    ],
)  # fmt: skip
def test_what_is_too_much_is_said_beforehand(net, options, says):
    with pytest.raises(UsageError, match=says):
        compare(net, **options)


def test_what_unpacks_to_more_than_is_read_is_not_unpacked(tmp_path, monkeypatch):
    arrays = {"W1": np.zeros((17, 8)), "W2": np.zeros((9, 4)), "more": np.zeros(10**6)}
    np.savez_compressed(tmp_path / "w.npz", **arrays)
    assert (tmp_path / "w.npz").stat().st_size < 20_000
    monkeypatch.setattr(weights, "MOST_BYTES", 10**6)
    monkeypatch.setattr(np, "load", None)
    with pytest.raises(UsageError, match=r"w\.npz: its arrays take 8 MB; at most 1 MB are read"):
        weights.read_weights(tmp_path / "w.npz", parse_network("16-8-4"))


def test_images_that_are_not_used_are_not_looked_at(tmp_path):
    images = np.zeros((100, 16), dtype=np.uint8)
    images[weights.IMAGES :] = 255
    np.savez(tmp_path / "x.npz", x=images)
    assert weights.given_images(tmp_path / "x.npz", parse_network("16-8-4")).given == 100


def test_a_fingerprint_is_that_of_the_weights_in_json():
    arrays = [np.linspace(-1, 1, 15).reshape(5, 3), np.zeros((3, 2))]
    assert weights.fingerprint(arrays) == digest([array.tolist() for array in arrays])


@pytest.mark.parametrize("layer", [None, 1])
def test_subarrays_whose_lines_are_too_many_to_be_joined_are_refused(layer):
    said = "2,561 word lines and 2 bit lines is too large, at most 2,048 are solved exactly"
    with pytest.raises(InfeasibleError, match=said):
        netlist("2560-1", layer=layer, subarray="4096x1")
    with pytest.raises(InfeasibleError, match=said):
        compare("2560-1", subarray="4096x1", exact=True, samples=0)


def test_more_weights_than_memory_are_not_drawn():
    with pytest.raises(UsageError, match="20,020,000 weights, one by one, take too much memory; at most 20,000,000"):
        weights.random_weights(parse_network("1000-20000"), 2, np.random.default_rng(0))


def test_neurons_have_fewer_samples():
    with pytest.raises(UsageError, match="20,001 samples of all neurons take too much memory; at most 20,000"):
        compare_neurons(samples=20_001)
