"""What the joints of the package promise, where no other file of tests says it."""

import re
import subprocess
import sys

import numpy as np
import pytest
import yaml

from tests.helpers import ROOT, approx, inputs, run

CHIPS = ("imac", "mixed_signal", "digital", "digital_cim")
# phrases that people of the field would not write, each with what stands in its place
FOLK = {
    r"\b(operations|times|[munp]?J|[munp]?s) an inference\b": "per inference",
    r"that copper survives|that a cell survives": "electromigration limit, endurance",
    r"the product is not the one that was stored": "the product deviates from the programmed weights (IR drop)",
    r"keep the sum whole": "lossless partial sum",
    r"works? without pause": "at 100 % duty cycle",
    r"cannot do without the role": "requires role",
    r"leads back to this file": "circular 'extends'",
    r"\bis no unit\b": "unknown unit",
    r"which assumption carries it": "ablation",
}
TEXTS = [
    path for name, ends in (("imac_arch", ("py", "yaml", "html", "js")), ("tech", ("yaml",)), ("docs", ("md",)))
    for end in ends for path in sorted((ROOT / name).rglob(f"*.{end}"))
]  # fmt: skip


def lines(net, architecture):
    found = run(net, "sram_digital_cim" if architecture == "digital_cim" else "sot_mram", archs=(architecture,))
    return [part.line for part in found[architecture].totals.lines]


@pytest.mark.parametrize("architecture", CHIPS)
def test_unit_costs_are_those_of_a_unit(architecture):
    """A layer that is twice as wide on subarrays of one size: more of everything, each as costly as before."""
    few, many = (
        {line.component: line for line in lines(net, architecture) if line.role != "sram"}  # its size is the network's
        for net in ("64-64", "64-128")
    )
    assert list(few) == list(many)
    for name, line in few.items():
        for unit, other in zip(line.units, many[name].units, strict=True):
            assert np.max(unit.cost.area) == approx(np.max(other.cost.area)), name
    of_units = [[np.sum(unit.actions) for line in each.values() for unit in line.units] for each in (few, many)]
    assert sum(of_units[1]) > sum(of_units[0])


@pytest.mark.parametrize("architecture", [*CHIPS, "gpu"])
def test_a_component_has_one_line(architecture):
    names = [line.component for line in lines("784-128-10", architecture)]
    assert len(names) == len(set(names)) > 2


def test_inputs_of_an_evaluation_are_made_at_one_place():
    texts = {path: path.read_text() for path in (ROOT / "imac_arch").rglob("*.py")}
    made = [path.relative_to(ROOT).as_posix() for path, text in texts.items() if re.search(r"(?<![\w.])Inputs\(", text)]
    assert made == ["imac_arch/resolve.py"]


def test_files_write_the_kind_of_every_component():
    """Of a role that is filled, at every activation of it too; what a file extends may leave it to that file."""
    for path in sorted((ROOT / "tech").glob("*.yaml")):
        data = yaml.safe_load(path.read_text())
        for role, part in data.get("components", {}).items():
            if part != "none" and "extends" not in data:
                assert "kind" in part, f"{path.name}: {role}"


def test_the_crossbar_stands_alone_and_loads_what_is_asked_for():
    code = (
        "import sys; import imac_arch.crossbar; assert 'numpy' not in sys.modules;"
        "from imac_arch.crossbar import effective_conductance, solve;"
        "print([m for m in ('pydantic', 'yaml', 'imac_arch.components', 'imac_arch.evaluate') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_an_axis_of_inputs_is_data_and_no_argument():
    """Whoever evaluates cannot forget the axes: they are those of the inputs."""
    given = inputs(axes={"subarray.rows": [32, 64]})
    assert given.grid.shape == (2,)
    assert given.at_medians().grid == given.grid


@pytest.mark.parametrize("phrase", FOLK)
def test_terms_are_those_of_the_field(phrase):
    found = [f"{path.relative_to(ROOT)}: write {FOLK[phrase]}" for path in TEXTS if re.search(phrase, path.read_text())]
    assert found == []


def test_no_test_asks_the_environment_for_a_folder_but_for_the_reference_data():
    """And none knows a place on a disk beside those of the system."""
    allowed = r"/(dev/|usr/|home/someone|a/|tech/mine)|~/x\.yaml"
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for text in re.findall(r"""["']((?:/[a-z]+|~)/[^"']*)|(?:expanduser|getenv)\(""", path.read_text()):
            assert re.match(allowed, text), f"{path.name}: {text}"
