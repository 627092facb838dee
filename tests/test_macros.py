"""Macro files: what the shipped ones hold, what a file of one's own may say, and every error of one at once."""

import pytest

from imac_arch.data.errors import FileErrors, InputOutputError
from imac_arch.data.registry import data_folder, names
from imac_arch.data.walk import each_quantity
from imac_arch.macro_files import load_macros, macro_files
from imac_arch.technology_files import load_technology
from tests.helpers import approx

CHIP = """kind: macro
name: mine
node: 28 nm
memory: sram
rows: 128
cols: 64
input: {bits: 4, pass_bits: 1}
weight: {bits: 4}
converter: {bits: 5, count: 16}
points:
  - {vdd: 0.9 V}
"""


def written(tmp_path, text, name="mine.yaml"):
    path = tmp_path / name
    path.write_text(text)
    return str(path)


def test_the_shipped_chips_are_42_points_with_sources():
    chips = [chip for name in names("macro") for chip in load_macros(name).chips]
    assert sum(len(chip.points) for chip in chips) == 42
    assert [chip.name for chip in chips] == names("macro")
    assert sum(any(point.tier == "A" for point in chip.points) for chip in chips) == 20  # two rows are NeuRRAM's
    for chip in chips:
        assert all(quantity.source for _, quantity in each_quantity(chip)), chip.name
        assert all(point.measured and point.measured.tops_per_watt and point.cycle for point in chip.points)


def test_what_is_mandatory_is_enough(tmp_path):
    (chip,) = load_macros(written(tmp_path, CHIP)).chips
    assert (chip.node.value, chip.points[0].vdd.value, chip.points[0].cycle) == (approx(28e-9), 0.9, None)


@pytest.mark.parametrize("key", ["node", "memory", "rows", "cols", "input", "weight", "converter", "points"])
def test_what_is_mandatory_is_missed(tmp_path, key):
    lines = [line for line in CHIP.splitlines() if not line.startswith((f"{key}:", "  -" if key == "points" else "#"))]
    with pytest.raises(FileErrors) as caught:
        load_macros(written(tmp_path, "\n".join(lines)))
    assert key in str(caught.value)


def test_all_errors_come_at_once_with_their_places(tmp_path):
    text = CHIP.replace("28 nm", "28").replace("cols:", "colums:").replace("sram", "srm").replace("0.9 V", "0.9 s")
    with pytest.raises(FileErrors) as caught:
        load_macros(written(tmp_path, text))
    said = str(caught.value)
    assert len({problem.line for problem in caught.value.problems}) >= 4
    for part in ("mine.yaml:3:", "28 nm", "did you mean 'cols'", "did you mean 'sram'", "mine.yaml:11:", "a time"):
        assert part in said, part


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("converter: {bits: 5, count: 16}", "note: none", "neither is here"),
        ("weight:", "adder_tree: {outputs: 16}\nweight:", "keep one of the two"),
        ("rows: 128", "rows: 128\nactive_rows: 129", "129 is more than rows, 128"),
        ("pass_bits: 1", "pass_bits: 5", "5 is more than input.bits, 4"),
        ("count: 16", "count: 65", "65 is more than cols, 64"),
        ("vdd: 0.9 V", "vdd: 0.9 V, active_rows: 200", "200 is more than rows, 128"),
        ("points:", "source: paper\npoints:", "source 'paper' is not in 'sources'"),
        ("vdd: 0.9 V}", "vdd: 0.9 V, name: a}\n  - {vdd: 1 V, name: a}", "that of another point"),
        ("vdd: 0.9 V", "vdd: 0.9 V, measured: {tops_per_watt: 100 TOPS}", "89 TOPS/W"),
        ("points:", "source: {title: a, url: b}\npoints:", "name a key of 'sources'"),
        ("  - {vdd: 0.9 V}", "  []", "at least one operating point"),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(tmp_path, old, new, says):
    assert old in CHIP
    with pytest.raises(FileErrors) as caught:
        load_macros(written(tmp_path, CHIP.replace(old, new)))
    assert says in str(caught.value)
    assert all(problem.line for problem in caught.value.problems)


def test_what_cannot_be_is_told_beside_other_errors(tmp_path):
    text = (
        CHIP.replace("28 nm", "28")
        .replace("count: 16", "count: 65")
        .replace("points:", "adder_tree: {outputs: 2}\npoints:")
    )
    with pytest.raises(FileErrors) as caught:
        load_macros(written(tmp_path, text))
    said = str(caught.value)
    for part in ("28 nm", "keep one of the two", "65 is more than cols, 64"):
        assert part in said, part
    with pytest.raises(FileErrors) as caught:  # parts that are no such thing
        load_macros(written(tmp_path, CHIP.replace("{bits: 5, count: 16}", "[5]").replace("{vdd: 0.9 V}", "none")))
    assert "neither is here" not in str(caught.value)


def test_an_efficiency_may_be_a_bare_number(tmp_path):
    text = CHIP.replace("vdd: 0.9 V", "vdd: 0.9 V, measured: {tops_per_watt: 254, tops_per_mm2: 221}")
    (chip,) = load_macros(written(tmp_path, text)).chips
    measured = chip.points[0].measured
    assert (measured.tops_per_watt.value, measured.tops_per_mm2.value) == (approx(254e12), approx(221e18))


def test_an_error_in_a_point_is_told_once(tmp_path):
    with pytest.raises(FileErrors) as caught:
        load_macros(written(tmp_path, CHIP.replace("0.9 V", "0.9 s")))
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("points", "names"),
    [
        (("vdd: 0.9 V", "vdd: 1 V"), ["900 mV", "1 V"]),
        (("vdd: 1 V", "vdd: 1 V, cycle: 5 ns"), ["1 V", "1 V, 5 ns"]),
        (("vdd: 1 V", "vdd: 1 V", "vdd: 1 V, name: x"), ["1 V, 1", "1 V, 2", "x"]),
    ],
)
def test_points_without_names_are_told_apart(tmp_path, points, names):
    lines = "".join(f"  - {{{point}}}\n" for point in points)
    (chip,) = load_macros(written(tmp_path, CHIP.replace("  - {vdd: 0.9 V}\n", lines))).chips
    assert [point.name for point in chip.points] == names


def test_a_file_holds_several_chips(tmp_path):
    one = CHIP.replace("kind: macro\n", "").splitlines()
    chips = "".join(
        f"  - {one[0].replace('mine', name)}\n" + "".join(f"    {line}\n" for line in one[1:]) for name in "ab"
    )
    for kind in ("kind: macros\n", "kind: macro\n", ""):
        path = written(tmp_path, f"{kind}chips:\n{chips}")
        assert [chip.name for chip in load_macros(path).chips] == ["a", "b"]
    with pytest.raises(FileErrors, match="that of another chip"):
        load_macros(written(tmp_path, f"kind: macros\nchips:\n{chips.replace('name: b', 'name: a')}"))


def test_a_folder_stands_for_its_files(tmp_path):
    with pytest.raises(InputOutputError, match="no YAML file"):
        macro_files(str(tmp_path))
    path = written(tmp_path, CHIP)
    assert macro_files(str(tmp_path)) == macro_files(path) == [path]
    assert len(macro_files(str(data_folder() / "macros"))) == len(names("macro"))


@pytest.mark.parametrize(
    ("file", "kind"), [("sram_cim", "technology"), ("boards/h100", "board"), ("laws/pitch", "pitch")]
)
def test_a_file_of_another_kind_is_one_sentence(file, kind):
    with pytest.raises(FileErrors) as caught:
        load_macros(str(data_folder() / f"{file}.yaml"))
    (problem,) = caught.value.problems
    assert problem.message == f"this file is of kind {kind!r}; a file of kind 'macro' is needed here"


def test_a_macro_file_is_no_technology():
    with pytest.raises(FileErrors) as caught:
        load_technology(str(data_folder() / "macros" / "dong_isscc2020.yaml"))
    assert [p.message for p in caught.value.problems] == [
        "this file is of kind 'macro'; a file of kind 'technology' is needed here"
    ]


def test_a_misspelt_kind_hides_no_other_error(tmp_path):
    with pytest.raises(FileErrors) as caught:
        load_macros(written(tmp_path, CHIP.replace("kind: macro", "kind: marco").replace("28 nm", "28")))
    assert {problem.path for problem in caught.value.problems} == {("kind",), ("node",)}
