"""A kind knows only the base modules of its folder; the rooms of the crossbar stand on a stair of their own."""

import ast

import pytest

from tests.helpers import ROOT

BASES = {
    "components": {
        "base", "contract", "cost", "roles", "scaling", "synapse", "transistors", "adc", "junction", "inverter",
        "mismatch", "pitch",
    },
    "architectures": {"base", "ground", "outputs", "reading"},
}  # fmt: skip
STAIR = (
    "modes", "lines", "wires", "cell", "chords", "laws", "blocks", "tiles", "mesh", "columns", "drops", "ngspice",
    "reads", "alike", "reduction", "exact", "state", "approximation", "solution", "responses", "dissection", "settling",
    "partition", "joined", "stage", "layer", "nodes", "forward", "spice",
)  # fmt: skip
FOLDERS = (*BASES, "crossbar")
MODULES = [p for folder in FOLDERS for p in sorted((ROOT / "imac_arch" / folder).glob("*.py")) if p.stem != "__init__"]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_no_kind_knows_another_kind(path):
    folder = path.parent.name
    allowed = BASES.get(folder) or set(STAIR[: STAIR.index(path.stem)])
    for node in ast.walk(ast.parse(path.read_text())):
        name = node.module if isinstance(node, ast.ImportFrom) else None
        if name and name.startswith(f"imac_arch.{folder}."):
            assert name.rsplit(".", 1)[1] in allowed, f"{path.stem} imports {name}"
