"""Within a folder a module knows only the base modules of that folder, so each kind stays one file."""

import ast

import pytest

from tests.helpers import ROOT

BASES = {"components": {"base", "scaling"}, "architectures": {"base"}, "crossbar": set()}
MODULES = [path for folder in BASES for path in sorted((ROOT / "imac_arch" / folder).glob("*.py"))]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_no_kind_knows_another_kind(path):
    if path.stem == "__init__":
        return
    folder = path.parent.name
    for node in ast.walk(ast.parse(path.read_text())):
        name = node.module if isinstance(node, ast.ImportFrom) else None
        if name and name.startswith(f"imac_arch.{folder}."):
            assert name.rsplit(".", 1)[1] in BASES[folder], f"{path.stem} imports {name}"
