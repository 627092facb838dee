"""`validate` from files to its four exits: kinds are kept apart, chips are composed as comparisons are."""

import json

import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.data.errors import FileErrors, ThresholdError, UsageError
from imac_arch.results.validation import threshold
from imac_arch.show.validation import validation_sheet
from imac_arch.studies.validate.chips import chips_of, operating_points, shipped
from imac_arch.studies.validate.design import design_of
from imac_arch.studies.validate.law import load_macro_law
from tests.helpers import ROOT, approx, loaded_laws, run
from tests.report.test_report import browser  # noqa: F401  # a fixture
from tests.test_macros import CHIP, written

BESIDE = ("accelforge", "isaac", "mlp_neurosim", "puma")
NAMES = {"leave-one-out": "leave_one_out", "no constant fitted": "unfitted"}


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
    measured = "  - {vdd: 1 V, measured: {tops_per_watt: 500}}\n"
    static = written(tmp_path, CHIP.replace("mine", "static") + "read: static\n", "static.yaml")
    found = imac_arch.validate([written(tmp_path, CHIP + measured), static], samples=60)
    mine, other = (chip for chip in found.document.chips if chip.chip == "mine")
    undecided = next(chip for chip in found.document.chips if chip.chip == "static")
    width, wider = (chip.energy.high / chip.energy.low for chip in (mine, undecided))
    assert wider > 1.2 * width  # alternatives disagree on what it draws
    assert mine.energy.value > 0
    assert (mine.energy.measured, mine.cycle.given) == (None, False)
    assert mine.tops_per_watt_native.value == approx(mine.tops_per_watt.value / 16)
    assert {given.path for given in mine.assumed} >= {"activity"}
    assert (mine.kind, set(mine.kinds), set(other.kinds)) == ("blind", {"blind"}, {"blind"})
    assert (row(found, "blind").points, row(found, "nested").points, row(found, "fit").points) == (1, 42, 42)


def test_measured_values_may_be_counted_either_way(tmp_path):
    points = "vdd: 0.9 V, cycle: 5 ns, measured: {counted: %s, tops_per_watt: %s, tops_per_mm2: %s}"
    either = []
    for counted, times in (("one_bit", 16), ("native", 1)):
        said = points % (counted, 50 * times, 2 * times)
        path = written(tmp_path, CHIP.replace("vdd: 0.9 V", said), f"{counted}.yaml")
        (at,) = operating_points(chips_of([path]))
        either.append((at.measured_energy, at.measured_area))
    assert either[0] == approx(either[1])
    assert either[0][0] == approx(2 * 128 / 50e12 / 4)  # of one of four passes


def test_four_exits(found):
    assert len(found.to_frame()) == 6 * len(found.document.chips)
    assert {"kind", "median_factor", "interval_score"} <= set(found.summary().columns)
    assert json.loads(found.to_json())["summary"][0]["kind"]
    page = found.page()
    assert "Largest misses" in page
    assert set(found.figures()) >= {"energy", "area", "family", "node", "year", "ablations"}
    assert "median factor" in found.csv() or "measured" in found.csv()
    assert "nested" in repr(found)


def test_the_command_prints_json_and_fails_on_a_limit(found, monkeypatch):
    monkeypatch.setattr("imac_arch.api.validate", lambda *given, **options: found)
    options = ["validate", "--json", "--fail-on"]
    held = CliRunner().invoke(app, [*options, "median<=9"])
    assert held.exit_code == 0
    document = json.loads(held.stdout)
    assert {"summary", "chips", "ablations", "misses"} <= set(document)
    failed = CliRunner().invoke(app, [*options, "nested.sram.median<=1.01"])
    assert failed.exit_code == 1
    assert "median_factor is" in failed.output
    assert CliRunner().invoke(app, [*options, "medan<=1"]).exit_code == 2


@pytest.mark.parametrize("text", ["median", "median<=x", "nestd.median<=2", "median<=2 and so on", ""])
def test_conditions_that_cannot_be_read(text):
    with pytest.raises(UsageError, match="cannot be read"):
        threshold(text, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [("medain<=1.8", "'medain': did you mean 'median'?"), ("nested.srm.within_2x>=60%", "'srm': did you mean 'sram'?")],
)
def test_a_misspelt_word_of_a_condition_is_told_with_the_nearest(text, said):
    with pytest.raises(UsageError, match=said.replace("?", "[?]")):
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


def test_no_figure_depends_on_the_names_or_the_order_of_chips(found, law, monkeypatch):
    chips = [(chip.model_copy(update={"name": f"x{k}"}), file) for k, (chip, file) in enumerate(reversed(shipped()))]
    record = law.law.record.model_copy(update={"chips": tuple(chip.name for chip, _ in chips)})
    renamed = law._replace(law=law.law.model_copy(update={"record": record}))
    monkeypatch.setattr("imac_arch.studies.validate.run.shipped", lambda: chips)
    monkeypatch.setattr("imac_arch.studies.validate.run.load_macro_law", lambda: renamed)
    other = imac_arch.validate(samples=20)
    assert len(other.document.summary) == len(found.document.summary)
    for mine, theirs in zip(found.document.summary, other.document.summary, strict=True):
        assert theirs[:3] == mine[:3]
        assert [theirs.median_factor, theirs.within_2x, theirs.within_3x, theirs.bias] == approx(
            [mine.median_factor, mine.within_2x, mine.within_3x, mine.bias], rel=1e-6
        )


def test_the_page_of_the_docs_holds_the_figures_of_a_run(found):
    """``python docs/validate.py > docs/validate.md`` writes it anew."""
    text = (ROOT / "docs/validate.md").read_text()
    for kind in ("nested", "leave-one-out", "fit", "no constant fitted"):
        for family in ("all", "sram", "nvm", "digital"):
            line = next(x for x in text.splitlines() if x.startswith(f"| {kind} | energy | {family} |"))
            told = float(line.split("|")[4].strip().removesuffix("x"))
            own = row(
                found, {"leave-one-out": "leave_one_out", "no constant fitted": "unfitted"}.get(kind, kind), family
            )
            assert told == approx(own.median_factor, rel=0.01)
    assert f"| all, nested | {row(found, 'nested').median_factor:.2f}x |" in (ROOT / "README.md").read_text()


def test_published_breakdowns_are_met_within_a_factor_of_three(found):
    splits = found.document.splits
    assert {row.chip.partition(",")[0] for row in splits} == {"jia_jssc2020", "wang_vlsi2022"}
    assert all(1 / 3 <= row.ratio <= 3 for row in splits)


def test_systems_are_composed_under_their_scenarios(found):
    systems = found.document.systems
    assert {row.system for row in systems} >= {"zand2020", "amin2022", "imac_sim", *BESIDE}
    energies = [row for row in systems if row.system in BESIDE and row.unit == "J"]
    assert all(0.5 < row.ratio < 2 for row in energies)  # nothing is set to meet them
    assert len(energies) == len(BESIDE)
    assert all(row.why for row in systems)
    for row in systems:  # lines add up on both sides, and each says why it differs
        if row.system in BESIDE and row.unit in ("J", "m^2"):
            assert sum(part.predicted or 0 for part in row.parts) == approx(row.predicted)
            assert sum(part.published or 0 for part in row.parts) == approx(row.published, rel=0.01)
            assert all(part.why for part in row.parts), row.quantity
    area = next(row for row in systems if "3401.6" in row.quantity)
    assert area.ratio == approx(1, rel=1e-3)
    assert area.why == "reproduced under its scenario"


def test_a_narrow_page_shows_how_far_off_before_what_is_counted(found, browser, tmp_path):  # noqa: F811
    found.to_html(tmp_path / "v.html")
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto((tmp_path / "v.html").as_uri())
    right = "th => th.getBoundingClientRect().right <= th.closest('.scroll').getBoundingClientRect().right"
    for head in ("median factor", "within 2x", "within 3x"):
        assert page.locator("#summary thead th", has_text=head).evaluate(right), head
    assert not page.locator("#summary thead th", has_text="family").is_visible()
    below = page.locator("#summary tbody th small.narrow").first
    assert below.is_visible()
    assert below.text_content() == "energy, all"
    page.close()


def test_the_hash_of_the_law_stands_where_hashes_do(found):
    page, digest = found.page(), found.document.law.hash[:12]
    header, _, footer = page.partition("<main")[0], *page.partition("<footer")[1:]
    assert digest not in header
    assert "Hash of the law" in footer
    assert digest in footer
    assert digest not in validation_sheet(found.document).subtitle


def test_the_chips_fit_the_page(found, browser, tmp_path):  # noqa: F811
    """Fourteen columns scroll sideways only where the window is narrower than the page is wide."""
    found.to_html(tmp_path / "v.html")
    page = browser.new_page(viewport={"width": 1260, "height": 900})
    page.goto((tmp_path / "v.html").as_uri())
    table = page.locator("#points")
    table.scroll_into_view_if_needed()  # what is out of sight is not laid out
    wide, room = table.evaluate("table => [table.scrollWidth, table.parentElement.clientWidth]")
    assert room == 1140
    assert wide <= room
