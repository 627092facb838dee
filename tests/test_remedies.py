"""What a warning says would clear it does: the check is clear there, and not yet two per cent before."""

import numpy as np
import pytest

from imac_arch import compare
from imac_arch.data.quantity import Quantity
from imac_arch.data.registry import names
from imac_arch.inputs import listed
from imac_arch.remedies import KNOBS, Key, Knob, _nearest, _of_designs, remedies
from tests.helpers import approx, inputs, run

SHORT = 0.02
CASES = {
    **{tech: {"tech": tech} for tech in names("technology")},
    "no driver": {"tech": "sot_mram", "overrides": {"components.row_driver": "none"}},
    "declared": {"tech": "sot_mram", "timing": "declared"},
    "large": {"tech": "sot_mram", "subarray": "128x128"},
    "few bits": {"tech": "sot_mram", "subarray": "512x64"},
    "virtual ground": {"tech": "sot_mram", "read": "virtual_ground", "subarray": "64x64"},
}


def checked(options, settings=(), architecture=None):
    """The checks of an architecture with some fields set."""
    fields = dict(part.split("=", 1) for part in settings)
    rest = {key: value for key, value in options.items() if key not in ("overrides", "subarray")}
    rows, cols = options.get("subarray", "x").split("x")
    size = {"subarray.rows": rows, "subarray.cols": cols} if rows else {}
    overrides = {**options.get("overrides", {}), **size, **fields}
    document = compare(
        "784-128-10", samples=0, arch=[architecture, "imac"], baseline=architecture, overrides=overrides, **rest
    )
    own = next(row for row in document.document.architectures if row.name == architecture)
    return {(row.code, row.quantity): row for row in own.checks}


def moved(remedy, factor):
    """The fields of a remedy, each by a factor of its own in the direction from which it came."""
    for setting in remedy.fields:
        path, _, text = setting.partition("=")
        number, _, unit = text.partition(" ")
        yield f"{path}={float(number) * factor:.9g} {unit}".strip()


@pytest.mark.parametrize("case", CASES)
def test_a_remedy_clears_its_check_and_nothing_two_per_cent_before_does(case):
    options = CASES[case]
    for finding in compare("784-128-10", samples=0, **options).document.warnings:
        for remedy in finding.remedies:
            if remedy.value is None or not remedy.fields:
                continue
            key, name = (finding.code, finding.quantity), finding.architecture
            there = checked(options, remedy.fields, name).get(key)
            assert there is None or there.status == "clear", (finding.code, remedy, there)
            back = 1 - SHORT if remedy.bound == "at_least" else 1 + SHORT
            whole = remedy.knob in ("columns", "rows", "converter bits")
            if whole:
                step = -1 if remedy.bound == "at_least" else 1
                before = [f"{s.partition('=')[0]}={remedy.value + step:.0f}" for s in remedy.fields]
            else:
                before = list(moved(remedy, back))
            assert checked(options, before, name)[key].status != "clear", (finding.code, remedy)


@pytest.mark.parametrize("case", CASES)
def test_with_all_that_is_set_together_every_check_is_clear(case):
    options = CASES[case]
    for row in compare("784-128-10", samples=0, **options).document.architectures:
        settings = [text for setting in row.clears_with for text in setting.fields]
        assert row.verdict != "works" or not settings
        if settings and all(setting.fields for setting in row.clears_with):
            there = checked(options, settings, row.name)
            assert {check.status for check in there.values()} == {"clear"}, (row.name, settings)


def test_a_design_without_a_single_remedy_has_one_together():
    rows = compare("784-128-10", samples=0).document.architectures
    assert len(next(row for row in rows if row.name == "imac").clears_with) > 1
    assert next(row for row in rows if row.name == "digital").clears_with == ()


@pytest.mark.parametrize("case", ["sot_mram", "large", "no driver"])
def test_where_no_value_clears_a_check_none_of_many_does(case):
    options, seen = CASES[case], 0
    for finding in compare("784-128-10", samples=0, **options).document.warnings:
        for remedy in finding.remedies:
            if remedy.value is None and remedy.knob in ("columns", "rows"):
                seen += 1
                path = {"columns": "subarray.cols", "rows": "subarray.rows"}[remedy.knob]
                for count in (1, 2, 5, 11, 29):
                    key = (finding.code, finding.quantity)
                    assert checked(options, [f"{path}={count}"], finding.architecture)[key].status != "clear"
    assert seen


def test_every_check_of_a_design_that_is_not_clear_says_what_would_or_would_not():
    for options in CASES.values():
        for finding in compare("784-128-10", samples=0, **options).document.warnings:
            if finding.severity != "note":
                assert finding.code in KNOBS
                assert finding.remedies, finding


def test_a_clear_design_costs_no_search(monkeypatch):
    import imac_arch.remedies as room

    monkeypatch.setattr(room, "listed", None)
    found = compare("784-128-10", arch=["digital", "gpu"], baseline="digital", samples=0)
    assert all(row.verdict == "works" for row in found.document.architectures)


def test_a_list_of_designs_is_each_of_them():
    axes = {"read.voltage": [0.1, 0.4, 0.8], "components.synapse.ra": [1e-11, 1e-10, 3e-11]}
    from imac_arch.evaluate import evaluate

    many = evaluate(listed(inputs(), axes), ["imac"])[0]
    for k, (volts, ra) in enumerate(zip(*axes.values(), strict=True)):
        alone = run(overrides={"read.voltage": f"{volts} V", "components.synapse.ra": f"{ra * 1e12:.9g} ohm*um^2"})
        for name in ("energy", "area", "latency"):
            assert float(many.metrics[name].reshape(-1)[k if many.metrics[name].size > 1 else 0]) == approx(
                float(alone["imac"].metrics[name].reshape(-1)[0]), rel=1e-12
            )


@pytest.mark.parametrize(
    "designs", [{"read.voltage": [1.0], "vdd": [1.0, 2.0]}, {"read.nothing": [1.0]}, {"read.circuit": [1.0]}]
)
def test_a_list_that_is_none_is_refused(designs):
    from imac_arch.data.errors import UsageError

    with pytest.raises(UsageError):
        listed(inputs(), designs)
    with pytest.raises(UsageError):
        listed(inputs(samples=5), {"vdd": [1.0]})


def test_the_remedy_of_the_most_read_warning_in_words():
    from imac_arch.show.verdict import remedy_sentence

    found = compare("784-128-10", samples=0).document.warnings
    lines = {(f.code, f.quantity): remedy_sentence(f.remedies) for f in found if f.architecture == "mixed_signal"}
    assert lines["ir_drop", "signal of the last column"].startswith("clears from R_P ")
    assert lines["read_disturb", "read voltage"] == "clears up to read voltage 300 mV"


def test_a_declared_cycle_of_another_architecture_does_not_stop_the_search():
    found = compare("784-128-10", overrides={"components.amplifier.area": "1 mm^2", "read.voltage": "0.1 V"},
                    timing="declared", samples=0)  # fmt: skip
    assert found.document.architectures


def test_a_field_that_falls_as_its_knob_rises_is_set_so():
    knob = Knob(
        "R_P", 1e4, "ohm", {"a.conductance": (Quantity(1e-4, "S"), -1), "a.r": (Quantity(2e4, "ohm"), 1)}, False
    )
    assert knob.settings(2e4) == ("a.conductance=5e-05 S", "a.r=40000 ohm")


def test_of_two_ways_to_clear_everything_the_smaller_change_is_told():
    """A third of the voltage is more of a change than five times the resistance, and a ninth of the load is less."""
    key = Key("imac", "ir_drop", "signal")
    for other, value in (("voltage", 1 / 3), ("load", 1 / 9)):
        knobs = {
            name: Knob(name, 1.0, "", {f"a.{name}": (Quantity(1.0, ""), 1)}, False) for name in (other, "resistance")
        }
        combined = {other: [1.0, value, 1.0], "resistance": [1.0, 1.0, 5.0]}
        (told,) = _nearest("imac", knobs, combined, {key: np.array([0.5, 2.0, 2.0])})
        assert told.knob == ("resistance" if other == "voltage" else "load")


def test_a_design_that_cannot_be_clears_nothing():
    medians = inputs(overrides={"components.adc.bits": "5"}).at_medians()
    found = _of_designs(medians, ["mixed_signal"], {"components.adc.bits": [5.0, 16.0]})  # beyond the law
    assert all(np.isneginf(margins).tolist() == [False, True] for margins in found.values())


def test_a_declared_cycle_counts_where_another_architecture_alone_has_a_warning():
    given = inputs(timing="declared")
    rows = compare("784-128-10", samples=0, timing="declared", accuracy="none").document.architectures
    own = next(row.checks for row in rows if row.name == "digital")
    found = {"imac": (), "digital": tuple(row._replace(status="doubtful") for row in own)}
    mended = remedies(given, found)
    assert {key.architecture for key in mended.by_check} == {"digital"}
