"""The library as Python code uses it: what it takes, what it refuses and the frames that it returns."""

import re

import numpy as np
import pandas as pd
import pytest

import imac_arch
from imac_arch import ImacError, UsageError, compare
from imac_arch.resolve import Request, resolve
from imac_arch.show import tidy
from imac_arch.show.files import ALTERNATIVE_COLUMNS, COLUMNS
from tests.conftest import ROOT
from tests.helpers import nameless

NET = "16-8-4"


@pytest.fixture(scope="module")
def compared():
    return compare(NET, ["sot_mram", "pcm"], samples=30)


def test_dir_shows_the_public_names_alone():
    assert dir(imac_arch) == sorted(imac_arch.__all__)


def test_every_error_has_one_public_base():
    names = [
        name
        for name in imac_arch.__all__
        if isinstance(each := getattr(imac_arch, name), type) and issubclass(each, Exception)
    ]
    assert set(names) == {"FileErrors", "ImacError", "InfeasibleError", "InputOutputError", "UnknownName", "UsageError"}
    assert all(issubclass(getattr(imac_arch, name), ImacError) for name in names)
    from imac_arch.crossbar import CrossbarError

    assert issubclass(CrossbarError, ImacError)


ALIKE = [
    ({"net": [16, 8, 4]}, {"net": NET}),
    ({"net": np.array([16, 8, 4])}, {"net": NET}),
    ({"net": (16, (8, "relu"), 4)}, {"net": "16-8:relu-4"}),
    ({"tech": ("sot_mram", "pcm")}, {"tech": ["sot_mram", "pcm"]}),
    ({"tech": [ROOT / "tech/pcm.yaml"]}, {"tech": str(ROOT / "tech/pcm.yaml")}),
    ({"arch": ("imac", "digital")}, {"arch": ["imac", "digital"]}),
    ({"arch": ("imac",)}, {"arch": "imac", "baseline": None}),
    ({"baseline": ("digital", "sot_mram")}, {"baseline": "digital@sot_mram"}),
    ({"subarray": (64, 32)}, {"subarray": "64x32"}),
    ({"subarray": np.array([64, 32])}, {"subarray": "64x32"}),
    ({"subarray": {"cols": 32, "rows": 64}}, {"subarray": "64x32"}),
    ({"tiles": [(2, 1), None]}, {"tiles": "2x1,auto"}),
    ({"batch": np.int64(4), "samples": np.int32(0)}, {"batch": 4}),
    ({"adc_bits": np.int64(6)}, {"overrides": {"components.adc.bits": 6}}),
    ({"overrides": {"components.adc.bits": np.int64(6)}}, {"overrides": ["components.adc.bits=6"]}),
    ({"overrides": {"subarray": {"rows": 32, "cols": 32}}}, {"subarray": (32, 32)}),
]  # fmt: skip


@pytest.mark.parametrize(("given", "text"), ALIKE, ids=lambda given: "-".join(given))
def test_lists_tuples_and_arrays_are_what_the_texts_are(given, text):
    frames = [compare(**{"net": NET, "samples": 0, **options}).to_frame() for options in (given, text)]
    assert len(frames[0])
    pd.testing.assert_frame_equal(*frames)


WRONG = [
    *[("net", value) for value in (3, True, b"16-8", object(), [16, None], [16, 3.5], [16, (8, 4)], [], {})],
    ("net", np.zeros((2, 2))),
    *[("tech", value) for value in (3, [3], {"a": 1}, b"pcm", {"pcm"})],
    *[(name, value) for name in ("arch", "baseline", "tiles") for value in (5, [None], 1.5, {})],
    *[(name, value) for name in ("gpu", "adc_law", "read", "timing", "precision", "scenario") for value in (1, [], {})],
    *[("subarray", value) for value in (64, (64,), (64, "a"), (0, 1), (1, 2, 3), {"rows": 1}, (64.0, 64.0), (True, 1))],
    *[(name, value) for name in ("batch", "samples", "seed") for value in ("3", 1.5, None, True, [1], -1)],
    ("adc_bits", "six"), ("adc_bits", 2.5), ("baseline", ("imac", "pcm", "pcm")), ("tiles", [1, 2]),
    ("tiles", [(1, 2, 3)]),
    *[(name, value) for name in ("pipelined", "exact") for value in (None, "yes", 1)],
    *[("overrides", value) for value in (3, "a=b", ["a"], ["a=1", "a=1"], {3: 4}, {"": 1}, {"read": {1: 2}})],
    ("overrides", {"read.voltage": object()}),
    *[("overrides", {"read.voltage": value}) for value in (0.3, None, [1], {"value": np.zeros(2)}, b"0.3 V", {1, 2})],
    ("command", 3),
]  # fmt: skip


@pytest.mark.parametrize(("what", "value"), WRONG, ids=lambda part: nameless(part)[:30])
def test_a_wrong_type_is_one_of_our_errors_and_names_the_argument(what, value):
    with pytest.raises(ImacError) as error:
        compare(**{"net": NET, "samples": 0, what: value})
    path = next(iter(value), what) if what == "overrides" and isinstance(value, dict) else what
    assert what in str(error.value) or str(path) in str(error.value)


@pytest.mark.parametrize(
    "value", [3, object(), [[1, [2]]], [object()], {"W1": 3}], ids=lambda part: nameless(part)[:20]
)
@pytest.mark.parametrize("what", ["weights", "inputs"])
def test_arrays_that_are_none_are_refused(what, value):
    with pytest.raises(UsageError):
        compare(NET, samples=0, exact=True, **{what: value})


def test_weights_may_be_named():
    arrays = [np.zeros((5, 2))]
    options = {"arch": "imac", "samples": 0, "exact": True}
    found = compare("4-2", weights={"W1": arrays[0]}, **options)
    assert found.to_json() == compare("4-2", weights=arrays, **options).to_json()


OTHERS = [
    *[(imac_arch.compare_neurons, {name: value}) for name, value in (
        ("tech", 3), ("node", 14e-9), ("bits", "8"), ("extra", 3), ("extra", [3]), ("overrides", 3), ("samples", "a"),
        ("seed", None),
    )],
    *[(imac_arch.diff, {"a": "pcm", "b": "reram", name: value}) for name, value in (
        ("a", 3), ("b", None), ("net", 3), ("gpu", 3), ("samples", []), ("seed", 0.5),
    )],
    *[(imac_arch.explain, {"name": "adc", name: value}) for name, value in (
        ("name", 3), ("name", ["adc"]), ("tech", 3), ("net", 3), ("gpu", 3), ("overrides", 4), ("samples", "x"),
        ("seed", None),
    )],
    *[(imac_arch.netlist, {"net": "4-2", name: value}) for name, value in (
        ("net", 3), ("tech", 3), ("layer", "1"), ("subarray_index", 3), ("subarray", 3), ("tiles", 3), ("read", 3),
        ("overrides", 3), ("weights", 3), ("inputs", 3), ("seed", "a"),
    )],
    (imac_arch.check_file, {"name": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("function", "given"), OTHERS, ids=lambda part: getattr(part, "__name__", nameless(part)[:40]))
def test_the_other_functions_refuse_wrong_types_too(function, given):
    with pytest.raises(ImacError):
        function(**given)


@pytest.mark.parametrize("given", [
    {"network": 3}, {"technology": 3}, {"board": 3}, {"fields": 3}, {"axes": 3}, {"axes": {"subarray.rows": 3}},
    {"axes": {"subarray.rows": [object()]}}, {"axes": {3: [1]}}, {"tiles": 3}, {"batch": "a"}, {"samples": None},
])  # fmt: skip
def test_a_request_refuses_wrong_types(given):
    with pytest.raises(ImacError):
        resolve(Request(**{"network": NET, **given}))


def test_results_refuse_what_is_no_path_and_formats_they_do_not_have(compared, tmp_path):
    for path in (3, None, b"x", ""):
        with pytest.raises(ImacError):
            compared.to_html(path)
    with pytest.raises(UsageError, match="unknown format 'pdf'"):
        compared.write(tmp_path / "x.pdf", "pdf")
    with pytest.raises(ImacError):
        imac_arch.netlist("4-2").write(3)


def test_a_netlist_takes_pairs():
    options = {"layer": 1, "subarray_index": (0, 1), "subarray": (8, 4)}
    text = imac_arch.netlist([8, 8], **options).text()
    assert text == imac_arch.netlist("8-8", layer=1, subarray_index="0,1", subarray="8x4").text()


def test_parts_of_a_comparison_are_tidy_frames(compared):
    document, verdicts, ratios = compared.document, compared.verdicts(), compared.ratios()
    assert list(verdicts["verdict"]) == [row.verdict for row in document.architectures]
    row = verdicts.set_index(["technology", "architecture"]).loc["sot_mram", "imac"]
    checks = compared.checks().query("technology == 'sot_mram' and architecture == 'imac'")
    assert row["margin"] == checks["margin"].min()
    assert row["worst"] == checks.loc[checks["margin"].idxmin(), "code"]
    assert 0 <= row["works_in"] <= row["works_in"] + row["fails_in"] <= 1
    assert len(ratios) == len(document.ratios)
    assert ratios["value"].dtype == ratios["above"].dtype == float
    breakdown = compared.breakdown()
    energy = compared.to_frame().query("metric == 'energy'").set_index(["technology", "architecture"])["value"]
    total = breakdown.groupby(["technology", "architecture"])["energy"].sum()
    assert np.allclose(total[energy.index], energy, rtol=1e-9, atol=0)
    warnings = compared.warnings()
    assert len(warnings) == len(document.warnings)


def test_remedies_and_what_clears_a_design_can_be_handed_back(compared):
    def broken(frame, row):
        return set(frame.loc[(frame["technology"] == row.technology) & (frame["severity"] != "note"), "code"])

    row = next(row for row in compared.verdicts().itertuples() if row.verdict == "fails" and row.clears_with)
    again = compare(NET, row.technology, arch=row.architecture, overrides=row.clears_with, samples=0)
    assert list(again.verdicts()["verdict"]) == ["works"]
    row = next(row for row in compared.warnings().itertuples() if row.severity == "fails" and row.remedies)
    again = compare(NET, row.technology, arch=row.architecture, overrides=row.remedies[0], samples=0).warnings()
    assert row.code in broken(compared.warnings(), row) - broken(again, row)


def test_remedies_among_several_technologies_are_of_their_own(compared):
    """A path of one kind of cell is refused on another."""
    several = compare(NET, ["sot_mram", "pcm"], samples=0)
    for row in several.warnings().itertuples():
        for remedy in row.remedies:
            assert all(path.startswith(f"{row.technology}:") for path in remedy)
            again = compare(NET, ["sot_mram", "pcm"], overrides=remedy, samples=0)
            assert len(again.verdicts()) == len(several.verdicts())
    assert all(not path.startswith("sot_mram:") for row in compare(NET, "sot_mram", samples=0).warnings()["remedies"]
               for remedy in row for path in remedy)  # fmt: skip


def test_columns_and_kinds_of_numbers_do_not_depend_on_what_is_found(compared):
    bare = compare(NET, "sot_mram", arch="digital", samples=0)
    for name in ("to_frame", "verdicts", "ratios", "breakdown", "warnings", "alternatives"):
        full, empty = getattr(compared, name)(), getattr(bare, name)()
        assert list(full.columns) == list(empty.columns), name
        numbers = [c for c in full.columns if pd.api.types.is_numeric_dtype(full[c])]
        assert all(pd.api.types.is_numeric_dtype(empty[c]) for c in numbers), name


def test_the_columns_are_documented():
    text = (ROOT / "docs" / "python.md").read_text()
    for name, columns in (
        ("to_frame", COLUMNS), ("verdicts", tidy.VERDICT_COLUMNS), ("ratios", tidy.RATIO_COLUMNS),
        ("breakdown", tidy.BREAKDOWN_COLUMNS), ("warnings", tidy.WARNING_COLUMNS),
        ("alternatives", ALTERNATIVE_COLUMNS),
    ):  # fmt: skip
        line = next(line for line in text.splitlines() if line.startswith(f"| `{name}()`"))
        assert tuple(re.findall(r"`(\w+)`", line.split("|")[3])) == tuple(columns), name


def test_a_notebook_shows_what_is_compared_and_a_table(compared):
    html = compared._repr_html_()
    assert "16-8-4 on sot_mram, pcm" in html
    assert "<script" not in html
    assert "<table" in html


@pytest.mark.parametrize("given", [{"tech": []}, {"arch": ()}])
def test_an_empty_list_is_not_the_default(given):
    with pytest.raises(UsageError, match="is not allowed; write"):
        compare("7-7", samples=0, **given)
