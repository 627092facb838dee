"""Accuracy as a constraint of an optimization: the best design of a plain loop, with few circuits classified."""

import numpy as np
import pytest

import imac_arch
from imac_arch.data.errors import InfeasibleError, UsageError
from imac_arch.data.progress import listening
from imac_arch.studies.optimum.kept import RUNNERS
from imac_arch.studies.sweep import accuracies
from imac_arch.studies.sweep.accuracies import Accuracies

NET, ARCH = "784-16-10", "mixed_signal"
OVER = [
    "synapse.ra=10 ohm*um^2,50 ohm*um^2,200 ohm*um^2",
    "adc.bits=range(3, 7)",
    "adc.columns_per_adc=4,8",
]
KEPT = ["accuracy>=0.8", "verdict=any", "area<=0.05 mm^2"]


def best(*subject, over=OVER, arch=ARCH, **more):
    return imac_arch.optimize(NET, over=over, arch=arch, minimize="energy", subject=list(subject), **more)


@pytest.fixture(scope="module")
def designs():
    frame = imac_arch.sweep(NET, over=OVER, arch=ARCH, subject=["accuracy>=0", "verdict=any"]).to_frame()
    return frame.rename(columns=lambda name: name.removeprefix(f"{ARCH}."))


@pytest.fixture
def told(monkeypatch):
    """What is classified."""
    found, original = [], Accuracies._judged
    monkeypatch.setattr(
        Accuracies, "_judged", lambda self, name, inputs: found.append(name) or original(self, name, inputs)
    )
    return found


def test_the_optimum_is_that_of_a_plain_loop_and_few_circuits_are_classified(designs, told):
    (row,) = best(*KEPT).document.architectures
    small = designs[designs["area"] <= 0.05e-6]
    kept = small[small["accuracy"] >= 0.8].sort_values("energy", kind="stable")
    assert 0 < len(kept) < len(small) < len(designs)
    shown = [row.optimum, *row.runners_up]
    assert [each.metrics["energy"] for each in shown] == list(kept["energy"].unique()[: 1 + RUNNERS])
    assert row.status == "proven"
    by = {each.constraint: each for each in row.bindings}
    assert list(by) == ["area<=0.05 mm^2", "accuracy>=0.8"]  # what takes longest is asked last
    assert by["accuracy>=0.8"].value == kept.iloc[0]["accuracy"]
    assert by["accuracy>=0.8"].without == small["energy"].min()
    assert by["area<=0.05 mm^2"].without == designs[designs["accuracy"] >= 0.8]["energy"].min()
    assert [each.designs for each in row.left[:1]] == [len(small)]


def test_circuits_that_cannot_be_best_are_not_classified(told):
    more = ["synapse.ra=geomspace(10 ohm*um^2, 200 ohm*um^2, 30)", "adc.columns_per_adc=4,8"]
    (row,) = best("accuracy>=0", "verdict=any", over=more).document.architectures
    assert (row.evaluated, row.optimum.alike) == (60, 1)
    assert len(told) <= 8  # one that says what touches it, and those of the optimum and its runners-up
    assert row.left[0].designs is None


def test_a_search_finds_the_same_and_says_how_far_it_is(designs):
    steps = []
    with listening(lambda *step: steps.append(step)):
        (row,) = best(*KEPT, most=1).document.architectures
    told = [total - done for what, done, total in steps if what == f"circuits of {ARCH}"]
    assert len(told) == designs["accuracy"].nunique()
    assert told[0] > 1
    small = designs[(designs["area"] <= 0.05e-6) & (designs["accuracy"] >= 0.8)]
    assert (row.status, row.optimum.metrics["energy"]) == ("found", small["energy"].min())


def test_the_accuracy_decides_in_the_place_of_the_voltage_along_the_wires(monkeypatch):
    monkeypatch.setattr(accuracies, "QUICK", accuracies.QUICK._replace(images=200, programmings=3))
    strict = {"laws.limits.signal_share": "99.9 %", "laws.limits.signal_share_hard": "99.5 %"}  # nobody keeps these
    given = {"over": ["adc.bits=3,10", "adc.columns_per_adc=4,8"], "arch": ARCH, "overrides": strict}
    subject = ["accuracy>=0.5", "area<=50 mm^2"]
    frame = imac_arch.sweep(NET, "reram", **given, subject=subject).to_frame()
    works = frame[frame[f"{ARCH}.verdict"] == "works"]
    assert 0 < len(works) < len(frame)
    for more in ({}, {"most": 1}):
        (row,) = imac_arch.optimize(
            NET, "reram", **given, subject=subject, minimize="energy", **more
        ).document.architectures
        assert row.optimum.metrics["energy"] == works[f"{ARCH}.energy"].min()
        assert (row.optimum.verdict, row.default.verdict) == ("works", "doubtful")
        assert [each.constraint for each in row.left] == ["area<=50 mm^2", "verdict=works", "accuracy>=0.5"]
        costs = {each.constraint: each for each in row.bindings}["verdict=works"]
        assert costs.without == frame[frame[f"{ARCH}.accuracy"] >= 0.5][f"{ARCH}.energy"].min()
    with pytest.raises(InfeasibleError, match=r"verdict=works leaves none of 4 designs; the nearest fails: ir_drop"):
        imac_arch.optimize(NET, "reram", **given, minimize="energy")
    given["over"] = ["adc.bits=3", "adc.columns_per_adc=4,8"]
    with pytest.raises(
        InfeasibleError, match=r"verdict=works leaves none of 2 designs; the nearest doubtful: adc_bits"
    ):
        imac_arch.optimize(NET, "reram", **given, minimize="energy", subject=subject)


def test_an_axis_that_touches_the_accuracy_alone_is_varied():
    over = ["synapse.variation=5 %,60 %", "amplifier.settle_time=1 ns,2 ns"]
    (row,) = best("accuracy>=0.75", "verdict=any", over=over, arch="imac").document.architectures
    assert row.knobs == ("synapse.variation", "amplifier.settle_time")
    assert row.optimum.design["synapse.variation"] == 0.05


def test_an_accuracy_that_nobody_has_is_told_with_the_nearest(designs):
    with pytest.raises(InfeasibleError) as error:
        best("accuracy>=0.99", "verdict=any")
    nearest = designs["accuracy"].max()
    assert f"accuracy>=0.99 leaves none of 24 designs; the nearest has {nearest:.3g}" in str(error.value)
    with pytest.raises(InfeasibleError, match=r"(?s)imac: .*nearest has 0\.\d+.*gpu: .* leaves none of one design"):
        best("accuracy>=0.99", "verdict=any", arch=["gpu", "imac"], over=["synapse.variation=80 %"])


def test_many_circuits_are_asked_for(monkeypatch):
    monkeypatch.setattr(accuracies, "MOST_CIRCUITS", 5)
    with pytest.raises(UsageError, match=r"accuracy of 12 circuits takes about .* minutes here; .*--yes"):
        best(*KEPT)
    assert np.isfinite(best(*KEPT, yes=True).document.architectures[0].optimum.metrics["energy"])
    with pytest.raises(UsageError, match="--subject accuracy: no weights for 40-8"):
        imac_arch.optimize("40-8", over=["subarray=16,32"], arch="imac", minimize="energy", subject="accuracy>=0.9")
