"""Work is bounded, and what is too much is said beforehand."""

import json

import numpy as np
import pytest

from imac_arch import compare, sampled
from imac_arch.data.errors import UsageError
from imac_arch.data.progress import listening
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
