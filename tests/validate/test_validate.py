"""`validate` from files to its four exits: kinds are kept apart, chips are composed as comparisons are."""

import json

import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.data.errors import FileErrors, ThresholdError, UsageError
from imac_arch.document.plain import to_plain
from imac_arch.results.validation import threshold
from imac_arch.studies.validate.chips import operating_points, shipped
from imac_arch.studies.validate.design import design_of
from imac_arch.studies.validate.law import load_macro_law
from tests.helpers import approx, loaded_laws, run
from tests.test_macros import CHIP, written


@pytest.fixture(scope="module")
def found():
    return imac_arch.validate(samples=20)


@pytest.fixture(scope="module")
def law():
    return load_macro_law()


def row(found, kind, family="all", quantity="energy"):
    return next(r for r in found.document.summary if (r.kind, r.family, r.quantity) == (kind, family, quantity))


def test_kinds_are_apart_and_energies_near(found):
    kinds = {r.kind for r in found.document.summary}
    assert {"nested", "leave_one_out", "fit", "unfitted"} <= kinds
    assert "blind" not in kinds  # every shipped chip was seen
    assert row(found, "nested").median_factor < 2
    assert row(found, "leave_one_out").median_factor < 1.7
    assert row(found, "nested").coverage > 0.8
    assert all(r.family == "all" or r.points <= row(found, r.kind).points for r in found.document.summary)


def test_ratios_and_efficiencies_are_of_the_same_energy(found):
    for chip in found.document.chips:
        assert chip.energy.low <= chip.energy.value <= chip.energy.high
        assert chip.tops_per_watt.value * 1e12 * chip.energy.value == approx(chip.ops)
        assert sum(part.energy for part in chip.breakdown) == approx(chip.energy.value)
        assert chip.tops_per_watt.measured * chip.energy.measured * 1e12 == approx(chip.ops)
        if chip.area.measured:
            assert chip.tops_per_mm2.ratio == approx(1 / chip.area.ratio) or chip.tops_per_mm2.ratio == approx(
                chip.area.ratio**-1
            )


def test_a_chip_is_what_a_comparison_makes_of_the_same_fields(law):
    at = next(at for at in operating_points(shipped()) if at.chip.name == "dong_isscc2020")
    design = design_of(at, law, loaded_laws())
    request = design.request
    own = run(request.network, request.technology, dict(request.fields), archs=(design.architecture,), gpu=None)
    whole = own[design.architecture]
    composed = design.composed(loaded_laws())
    energy = sum(float(values.ravel()[0]) for values in composed.energy.values() if values.ndim)
    assert energy * at.conversions == approx(float(whole.metrics["energy"].ravel()[0]))
    area = sum(float(values.ravel()[0]) for values in composed.area.values() if values.ndim)
    assert area == approx(float(whole.metrics["area"].ravel()[0]))


def test_chips_of_ones_own_are_predicted_beside_the_shipped(tmp_path):
    path = written(tmp_path, CHIP)
    found = imac_arch.validate(path, samples=20)
    (mine,) = (chip for chip in found.document.chips if chip.chip == "mine")
    assert mine.energy.value > 0
    assert (mine.energy.measured, mine.cycle.given) == (None, False)
    assert mine.tops_per_watt_native.value == approx(mine.tops_per_watt.value / 16)
    assert {given.path for given in mine.assumed} >= {"activity"}


def test_measured_values_may_be_counted_either_way(tmp_path):
    points = "vdd: 0.9 V, cycle: 5 ns, measured: {counted: %s, tops_per_watt: %s TOPS/W, tops_per_mm2: %s TOPS/mm2}"
    either = []
    for counted, times in (("one_bit", 16), ("native", 1)):
        said = points % (counted, 50 * times, 2 * times)
        path = written(tmp_path, CHIP.replace("vdd: 0.9 V", said), f"{counted}.yaml")
        chip = next(c for c in imac_arch.validate(path, samples=0).document.chips if c.chip == "mine")
        either.append((chip.energy.measured, chip.area.measured, chip.energy.ratio, chip.area.ratio))
    assert either[0] == approx(either[1])


def test_four_exits(found):
    assert len(found.to_frame()) == 6 * len(found.document.chips)
    assert {"kind", "median_factor", "interval_score"} <= set(found.summary().columns)
    assert json.loads(found.to_json())["summary"][0]["kind"]
    page = found.page()
    assert "Largest misses" in page
    assert set(found.figures()) >= {"energy", "area", "family", "node", "year", "ablations"}
    assert "median factor" in found.csv() or "measured" in found.csv()
    assert "nested" in repr(found)


def test_the_command_prints_json_and_fails_on_a_limit():
    options = ["validate", "--samples", "0", "--json", "--fail-on"]
    held = CliRunner().invoke(app, [*options, "median<=9"])
    assert held.exit_code == 0
    document = json.loads(held.stdout)
    assert {"summary", "chips", "ablations", "misses"} <= set(document)
    failed = CliRunner().invoke(app, [*options, "nested.sram.median<=1.01"])
    assert failed.exit_code == 1
    assert "median_factor is" in failed.output


@pytest.mark.parametrize("text", ["median", "median<=x", "nestd.median<=2", "median<=2 and so on", ""])
def test_conditions_that_cannot_be_read(text):
    with pytest.raises(UsageError, match="cannot be read"):
        threshold(text, None)


def test_conditions_are_held_against_the_kind_they_name(found):
    found.hold("median<=3")
    found.hold("sram.within_3x>=50%")
    with pytest.raises(ThresholdError):
        found.hold("unfitted.median<1")
    with pytest.raises(UsageError, match="no chip of this kind"):
        found.hold("blind.median<=2")


def test_wrong_files_are_told_together(tmp_path):
    written(tmp_path, CHIP.replace("28 nm", "28"), "a.yaml")
    written(tmp_path, CHIP.replace("rows:", "row:"), "b.yaml")
    with pytest.raises(FileErrors) as caught:
        imac_arch.validate(str(tmp_path))
    assert {problem.file.rsplit("/", 1)[1] for problem in caught.value.problems} == {"a.yaml", "b.yaml"}


def test_the_same_run_is_the_same_document(found):
    assert to_plain(imac_arch.validate(samples=20).document) == to_plain(found.document)
