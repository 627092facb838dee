"""A module imports only from lower floors, and each library is met only where it belongs."""

import ast
import graphlib
import re
import subprocess
import sys

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.helpers import approx

PACKAGE = ROOT / "imac_arch"
FLOORS = (
    ("data/records",),
    ("data/__init__", "data/log", "data/errors", "data/text", "data/recording", "data/arrays", "data/progress",
     "data/threads"),
    ("data/keeping",),
    ("data/units", "data/registry"), ("data/slips", "data/malformed", "data/digests", "data/kept"), ("data/events",),
    ("data/usual", "data/files", "data/pooled", "data/forms", "data/written"),
    ("data/quantity",), ("data/walk", "data/schema", "data/extends", "data/leaves", "data/fields"),
    ("given", "roots"), ("network", "crossbar", "grid"),
    ("components", "network_files"), ("mapping", "technology", "bill", "weights", "overrides", "macro", "live"),
    ("technology_files", "case", "packages"), ("passes",),
    ("line_ends", "wiring", "supply", "fields", "macro_files"), ("charging",), ("electrics", "paths"),
    ("circuit", "architectures"), ("metrics", "inputs"),
    ("evaluate", "resolve"),
    ("checks", "document/__init__", "document/shapes", "document/plain", "document/again"),
    ("document/drives",),
    ("document/crossbar", "document/studied", "document/keys", "document/accuracy", "document/validation", "sampled",
     "document/sensitivity", "program"),
    ("document/comparison", "document/explanation", "document/neurons", "document/difference",
     "document/sweep", "document/drawn", "document/optimum"),
    ("document/samples", "document/provenance", "document/edited"), ("document/judged",),
    ("document/evaluated", "document/neglected", "document/defaults", "remedies"), ("findings", "soundness"),
    ("document/build", "studies/__init__", "studies/scenario"),
    ("studies/break_even", "studies/programming", "studies/claims", "studies/choices", "studies/reproduce",
     "studies/closed_forms", "studies/derived", "studies/templates", "studies/circuit_check", "studies/schemas",
     "studies/saved", "studies/difference", "studies/knobs"),
    ("studies/validate", "studies/accuracy"),
    ("studies/netlist", "studies/neurons", "studies/catalog", "studies/keys", "plan"),
    ("studies/sweep", "studies/sensitivity"),
    ("studies/optimum",),
    ("studies/pages",),
    ("studies/explain",),
    ("show/__init__", "show/sheet", "show/escapes"), ("show/layout", "show/values", "show/shares"),
    ("show/sentences", "show/exact", "show/accuracy", "show/files"),
    ("show/published", "show/choices", "show/drives", "show/verdict", "show/ranking", "show/keys"),
    ("show/comparison", "show/explanation", "show/tidy", "show/frames", "show/terminal"),
    ("show/neurons", "show/difference", "show/validation", "show/sweep", "show/sensitivity",
     "show/optimum"), ("show/report",),
    ("compared",), ("differed",), ("results",),
    ("api",),
    ("cli",), ("__main__",),
)  # fmt: skip
HEIGHT = {name: level for level, names in enumerate(FLOORS) for name in names}
OWNERS = {
    "yaml": {"data/events"}, "plotly": {"results"}, "pandas": {"show/frames", "results"}, "typer": {"cli"},
    "rich": {"show/terminal", "show/layout", "results"}, "scipy": {"crossbar", "studies/sweep", "studies/sensitivity",
              "studies/optimum"},
    "threadpoolctl": {"crossbar", "studies/sensitivity"}, "jinja2": {"show/report"}, "pyarrow": {"results"},
    "distributed": {"studies/sweep"},
    "pooch": {"studies/accuracy"}, "moocore": {"studies/sweep"}, "sklearn": {"studies/accuracy"},
}  # fmt: skip
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
ABSOLUTE = {"pytest.approx": "abs", "np.isclose": "atol", "np.allclose": "atol"}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "imac_arch")


def room(path):
    return path.relative_to(PACKAGE).with_suffix("").parts


def place(parts):
    """The room on the stair: a folder whose modules stand on floors of their own is named with the module."""
    pair = "/".join(parts[:2])
    return pair if pair in HEIGHT else parts[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: "/".join(room(p)))
def test_imports_point_downwards(path):
    parts = room(path)
    if parts == ("__init__",):
        return
    own = place(parts)
    for name in imports(path):
        steps = name.split(".")
        if steps[0] != "imac_arch" or len(steps) < 2 or place(steps[1:]) not in HEIGHT:
            continue
        other = place(steps[1:])
        assert HEIGHT[other] < HEIGHT[own] or other == own, f"{'/'.join(parts)} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: "/".join(room(p)))
def test_libraries_are_met_where_they_belong(path):
    for name in imports(path):
        owners = OWNERS.get(name.split(".")[0])
        assert owners is None or place(room(path)) in owners, f"{'/'.join(room(path))} imports {name}"


def test_benchmarks_and_fits_import_one_another_without_a_circle():
    """Also where an import stands inside a function."""
    for folder in ("benchmarks", "fits"):
        paths = {path.stem: path for path in (ROOT / folder).glob("*.py")}
        needs = {}
        for name, path in paths.items():
            nodes = list(ast.walk(ast.parse(path.read_text())))
            asked = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
            asked |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
            needs[name] = {(each or "").removeprefix(f"{folder}.") for each in asked} & set(paths)
        assert tuple(graphlib.TopologicalSorter(needs).static_order())  # raises where there is a circle


def test_every_module_has_a_floor():
    assert {place(room(path)) for path in MODULES} - {"__init__"} <= set(HEIGHT)


def test_modules_and_functions_are_small():
    """A module, of tests too, has 350 lines at most, a function of the package 60 beside its docstring."""
    every = [*MODULES, *(ROOT / "tests").rglob("*.py")]
    large = {str(p): n for p in every if (n := len(p.read_text().splitlines())) > 350}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                told = len((ast.get_docstring(node, clean=False) or "").splitlines())
                if (lines := node.end_lineno - node.lineno + 1 - told) > 60:
                    large[f"{'/'.join(room(path))}.{node.name}"] = lines
    assert large == {}


def test_the_library_imports_without_its_presentation():
    code = (
        "import sys, imac_arch; assert 'numpy' not in sys.modules; import imac_arch.api;"
        "print([m for m in ('pandas', 'plotly', 'typer', 'jinja2', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_comparison_loads_what_it_needs():
    """Start-up is half of the time of a comparison: other questions, and what serves frames and figures, stay out."""
    code = (
        "import sys; from imac_arch import compare; compare('784-16-10', samples=20).text('html');"
        "import imac_arch.show.terminal;"
        "others = ('program', 'studies.sweep', 'studies.optimum', 'studies.validate', 'api.exploring', 'api.looking');"
        "slow = ('pandas', 'plotly', 'scipy', 'typer', 'rich.console', 'numpy.ma');"
        "print([m for m in (*slow, *('imac_arch.' + o for o in others)) if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_numbers_of_physics_live_in_tech():
    """A decimal number in code is 0, 1, 2, a half, a unit prefix, or form in the report and the command line."""
    form = {"show", "data/units", "data/errors", "cli"}
    odd = {}
    for path in MODULES:
        if {room(path)[0], place(room(path))} & form:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, float)):
                continue
            value = abs(node.value)
            power = value > 0 and re.fullmatch(r"1e[+-]?\d+", f"{value:.0e}") and float(f"{value:.0e}") == value
            if value not in (0.0, 0.5, 1.0, 2.0, 1.6448536269514722) and not power:
                odd[f"{'/'.join(room(path))}:{node.lineno}"] = node.value
    assert odd == {}


def silent(path):
    """Lines that compare with a default absolute tolerance, under which any area or energy equals any other."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            needed = ABSOLUTE.get(ast.unparse(node.func))
            said = needed is None or needed in {keyword.arg for keyword in node.keywords}
        else:
            taken = isinstance(node, ast.ImportFrom) and {f"{node.module}.{alias.name}" for alias in node.names}
            said = not taken or taken.isdisjoint(("pytest.approx", "numpy.isclose", "numpy.allclose"))
        if not said:
            yield node.lineno


def test_tests_say_their_absolute_tolerance(tmp_path):
    """By pytest.approx a cell of 1e-12 m^2 equals one of nothing; tests.helpers.approx is relative."""
    assert {str(path.relative_to(ROOT)): lines for path in TESTS if (lines := list(silent(path)))} == {}
    bad = ["pytest.approx(1, rel=1e-9)", "np.allclose(1, 1, rtol=0)", "np.isclose(1, 1)", "from pytest import approx"]
    good = ["pytest.approx(1, abs=0)", "np.allclose(1, 1, atol=0)", "approx(1)", "from tests.helpers import approx"]
    path = tmp_path / "test_some.py"
    path.write_text("\n".join(bad + good))
    assert sorted(silent(path)) == [1, 2, 3, 4]


@pytest.mark.parametrize("shape", [float, lambda x: [1.0, x], lambda x: {"area": x}, lambda x: np.array([[x, 1.0]])])
def test_approx_is_relative_whatever_holds_the_numbers(shape):
    assert shape(1e-15 * (1 + 1e-7)) == approx(shape(1e-15))
    assert shape(1e-15 * (1 + 1e-5)) != approx(shape(1e-15))
    assert shape(1e-15) != approx(shape(0.0))
    assert shape(float("nan")) == approx(shape(float("nan")), nan_ok=True)
    assert shape(float("nan")) != approx(shape(float("nan")))
