"""Accuracy as a constraint of a sweep: once for each circuit, and that of the design alone."""

import pytest

import imac_arch
from imac_arch.data.errors import UsageError
from imac_arch.studies.sweep import accuracies
from imac_arch.studies.sweep.accuracies import Accuracies
from tests.helpers import approx

OVER = [
    "synapse.ra=10 ohm*um^2,200 ohm*um^2",
    "adc.bits=3,6",
    "amplifier.settle_time=0.5 ns,1 ns",
    "adc.columns_per_adc=4,8",
]
NET = "784-16-10"


@pytest.fixture(scope="module")
def found():
    return imac_arch.sweep(NET, over=OVER, arch=["imac", "mixed_signal"], subject=["accuracy>=0.75", "verdict=any"])


def test_each_circuit_is_classified_once(found, monkeypatch):
    told = []
    original = Accuracies._judged
    monkeypatch.setattr(
        Accuracies, "_judged", lambda self, name, inputs: told.append(name) or original(self, name, inputs)
    )
    frame = found.to_frame()
    assert len(frame) == 16
    own = found.study.accuracies
    assert [axis.name for axis in own.touching("imac", 0)] == ["synapse.ra"]
    assert [axis.name for axis in own.touching("mixed_signal", 0)] == ["synapse.ra", "adc.bits"]
    assert (told.count("imac"), told.count("mixed_signal")) == (2, 4)


def test_an_accuracy_is_that_of_the_design_alone_and_a_constraint_on_the_best(found):
    frame = found.to_frame()
    for k in (0, 6, 15):
        row = frame.iloc[k]
        fields = {
            "components.synapse.ra": f"{row['synapse.ra']} ohm*m^2",
            "components.adc.bits": str(int(row["adc.bits"])),
            "components.amplifier.settle_time": f"{row['amplifier.settle_time']} s",
            "components.adc.columns_per_adc": str(int(row["adc.columns_per_adc"])),
        }
        alone = imac_arch.compare(
            NET, "sot_mram", arch=["imac", "mixed_signal"], overrides=fields, samples=0, accuracy="quick"
        ).document
        known = {each.name: each.accuracy.value for each in alone.architectures}
        for name, value in known.items():
            assert row[f"{name}.accuracy"] == approx(value, rel=1e-12)
        for each in alone.architectures:  # a known accuracy is one more check, and outranks the voltage along the wires
            own = {check.code: check for check in each.checks}
            assert (row[f"{each.name}.verdict"], row[f"{each.name}.margin_accuracy"]) == (
                each.verdict, approx(own["accuracy"].margin, rel=1e-12),
            )  # fmt: skip
    for row in found.document.architectures:
        kept = frame[f"{row.name}.accuracy"] >= 0.75
        assert 0 < row.kept == kept.sum() < 16
    best = found.best("energy", "mixed_signal")
    kept = frame[frame["mixed_signal.accuracy"] >= 0.75]
    assert best["mixed_signal.energy"] == kept["mixed_signal.energy"].min()


def test_many_circuits_are_asked_for(monkeypatch):
    monkeypatch.setattr(accuracies, "MOST_CIRCUITS", 5)
    more = {"over": ["synapse.ra=geomspace(10 ohm*um^2, 1 Mohm*um^2, 6)"], "arch": "imac", "subject": "accuracy>=95 %"}
    with pytest.raises(UsageError, match=r"accuracy of 6 circuits takes about .* minutes here; .*synapse.ra.*--yes"):
        imac_arch.sweep(NET, **more)
    assert len(imac_arch.sweep(NET, **more, yes=True)) == 6


def test_what_has_no_accuracy_is_said():
    with pytest.raises(UsageError, match="--subject accuracy: no weights for 40-8"):
        imac_arch.sweep("40-8", over=["subarray=16,32"], arch="imac", subject="accuracy>=0.9")
    with pytest.raises(UsageError, match="this sweep has no accuracies"):
        imac_arch.sweep(NET, over=["subarray=16,32"], arch="imac").best("energy", subject="accuracy>=0.9")


def test_a_known_accuracy_decides_in_the_place_of_the_voltage_along_the_wires():
    fields = {"laws.limits.signal_share": "99.9 %", "laws.limits.signal_share_hard": "99.5 %"}
    given = {"over": {"adc.bits": [3, 10]}, "arch": "mixed_signal", "metrics": ["energy"], "overrides": fields}
    without = imac_arch.sweep(NET, "reram", **given).to_frame()
    found = imac_arch.sweep(NET, "reram", **given, subject=["accuracy>=0.1", "verdict=any"])
    frame = found.to_frame()
    assert list(frame.columns) == [*without.columns, "mixed_signal.accuracy", "mixed_signal.margin_accuracy"]
    (alone,) = imac_arch.compare(
        NET, "reram", arch="mixed_signal", samples=0, accuracy="quick",
        overrides={**fields, "components.adc.bits": "10"},
    ).document.architectures  # fmt: skip
    assert [*without["mixed_signal.verdict"]] == ["fails", "fails"]
    assert [*frame["mixed_signal.verdict"]] == ["fails", alone.verdict] == ["fails", "works"]
    assert [*frame["mixed_signal.margin_ir_drop"]] == [*without["mixed_signal.margin_ir_drop"]]
    (row,) = found.document.architectures
    assert (row.works, row.fails, row.missed["accuracy"]) == (1, 1, 1)
    assert "ir_drop" not in row.missed  # outranked
