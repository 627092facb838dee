"""A module imports only from lower floors, and each library is met only where it belongs."""

import ast
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "imac_arch"
FLOORS = (
    ("errors",), ("units",), ("files", "registry"), ("quantity",), ("schema", "extends", "network", "crossbar"),
    ("components", "mapping"), ("technology", "bill", "workload", "options", "weights"), ("case",), ("subarray",),
    ("circuit", "architectures"),
    ("metrics",), ("evaluate", "scenario"), ("findings", "breakeven", "document"), ("programming", "claims"),
    ("assemble", "reproduce", "exactly", "spice", "neurons"),
    ("table",), ("report", "terminal"), ("comparison", "catalog", "explain"), ("cli",), ("__main__",),
)  # fmt: skip
HEIGHT = {name: level for level, names in enumerate(FLOORS) for name in names}
OWNERS = {
    "yaml": {"files"}, "jinja2": {"report"}, "plotly": {"comparison"}, "pandas": {"table", "comparison"},
    "typer": {"cli"}, "rich": {"terminal", "cli"}, "markupsafe": {"report"}, "scipy": {"crossbar"},
}  # fmt: skip
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "imac_arch")


def room(path):
    return path.relative_to(PACKAGE).with_suffix("").parts


@pytest.mark.parametrize("path", MODULES, ids=lambda p: "/".join(room(p)))
def test_imports_point_downwards(path):
    parts = room(path)
    if parts == ("__init__",):
        return
    own = HEIGHT[parts[0]]
    for name in imports(path):
        steps = name.split(".")
        if steps[0] != "imac_arch" or len(steps) < 2 or steps[1] not in HEIGHT:
            continue
        assert HEIGHT[steps[1]] < own or steps[1] == parts[0], f"{'/'.join(parts)} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: "/".join(room(p)))
def test_libraries_are_met_where_they_belong(path):
    for name in imports(path):
        owners = OWNERS.get(name.split(".")[0])
        assert owners is None or room(path)[0] in owners, f"{'/'.join(room(path))} imports {name}"


def test_every_module_has_a_floor():
    assert {room(path)[0] for path in MODULES} - {"__init__"} <= set(HEIGHT)


def test_no_module_is_a_warehouse():
    assert {str(p): n for p in MODULES if (n := len(p.read_text().splitlines())) > 400} == {}


def test_the_library_imports_without_its_presentation():
    code = (
        "import sys, imac_arch; assert 'numpy' not in sys.modules; import imac_arch.comparison;"
        "print([m for m in ('pandas', 'plotly', 'typer', 'jinja2', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_numbers_of_physics_live_in_tech():
    """A decimal number in code is 0, 1, 2, a half, a unit prefix, or form in the report and the command line."""
    form = {"report", "units", "terminal", "errors", "cli"}
    odd = {}
    for path in MODULES:
        if room(path)[0] in form:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, float)):
                continue
            value = abs(node.value)
            power = value > 0 and re.fullmatch(r"1e[+-]?\d+", f"{value:.0e}") and float(f"{value:.0e}") == value
            if value not in (0.0, 0.5, 1.0, 2.0, 1.6448536269514722) and not power:
                odd[f"{'/'.join(room(path))}:{node.lineno}"] = node.value
    assert odd == {}
