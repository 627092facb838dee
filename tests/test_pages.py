"""``explain`` has a page on every warning, metric, architecture and option, and the docs hold the same pages."""

import ast
import inspect
import json
import re

import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.architectures import ARCHITECTURES
from imac_arch.cli import app
from imac_arch.components.laws import Limits
from imac_arch.components.roles import ROLES
from imac_arch.data.errors import UnknownName
from imac_arch.data.registry import names
from imac_arch.document.plain import to_plain
from imac_arch.metrics import METRICS
from imac_arch.plan import Arguments
from imac_arch.studies.pages import _texts, _written, page_names, pages, pages_markdown
from imac_arch.technology import Read, Subarray
from tests.conftest import ROOT
from tests.helpers import loaded_laws

PACKAGE = ROOT / "imac_arch"
MAKERS = {"Finding", "DesignCheck", "_note"}  # what is given a code as an argument
NO_WARNING = {"infeasible"}  # codes of refusals
ALIASES = {"overrides": "set", "command": None, "json_": "json", "set_": "set", "component": None}


def codes():
    """Every code that the source gives a warning: words given to its makers, and the codes of checks of laws."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "code":
                yield from words(node.value)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS:
                for argument in node.args[:2]:
                    yield from words(argument)
            if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "code" and node.value:
                yield from words(node.value)


def words(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[a-z]+(_[a-z]+)*", node.value):
        yield node.value


CODES = sorted({*codes()} - NO_WARNING)
OPTIONS = sorted(
    {f"read.{name}" for name in Read.model_fields}
    | {f"subarray.{name}" for name in Subarray.model_fields}
    | {ALIASES.get(name, name) for name in Arguments.__dataclass_fields__ if ALIASES.get(name, name)}
)


def flags():
    """Every option of ``compare`` and of what walks through designs on the command line, by its long name."""
    import typer.main

    commands = typer.main.get_command(app).commands
    params = [each for name in ("compare", "sweep", "optimize", "sensitivity") for each in commands[name].params]
    found = {max(parameter.opts, key=len).lstrip("-").replace("-", "_") for parameter in params}
    return sorted(found - {"help", "no_color"})


def every_flag():
    """Every option of every command, by its long name, with the commands that take it."""
    import typer.main

    found: dict[str, set[str]] = {}

    def walk(command, name):
        for parameter in command.params:
            if parameter.param_type_name == "option":
                flag = max(parameter.opts, key=len).lstrip("-").replace("-", "_")
                found.setdefault(flag, set()).add(name)
        for each, below in getattr(command, "commands", {}).items():
            walk(below, f"{name} {each}".strip())

    walk(typer.main.get_command(app), "")
    found.pop("help", None)
    return found


def explained(name):
    return imac_arch.explain(name, samples=0).document


def test_the_source_was_read():
    assert set(CODES) >= {"ir_drop", "heat", "unsourced", "kept_source", "law_node", "extrapolated", "rank_differs"}
    assert "ir_drop" in _texts("warning")


@pytest.mark.parametrize("code", CODES)
def test_every_warning_has_a_page(code):
    page = next(page for page in pages(code, loaded_laws()["limits"]) if page.what == "warning")
    assert page.title
    assert page.text.endswith(".")


def test_no_page_is_of_a_warning_that_does_not_exist():
    assert set(_texts("warning")) == set(CODES)


@pytest.mark.parametrize("code", sorted(_texts("warning")))
def test_the_limits_of_a_warning_are_those_of_the_law(code):
    wanted = _texts("warning")[code]["limits"]
    assert set(wanted) <= set(Limits.model_fields)
    page = next(page for page in pages(code, loaded_laws()["limits"]) if page.what == "warning")
    assert [row.path for row in page.numbers] == [f"laws.limits.{n}" for n in Limits.model_fields if n in wanted]
    assert all(row.sourced for row in page.numbers)


def test_every_limit_has_a_warning():
    named = {name for part in _texts("warning").values() for name in part["limits"]}
    others = {name for name in Limits.model_fields if name.startswith("break_even")}
    law = set(Limits.model_fields) - {"kind", "name", "title", "formula", "note", "sources"}
    assert law - others - named == set()


@pytest.mark.parametrize("name", sorted(_texts("term")))
def test_every_term_has_a_page_whose_references_exist(name):
    (page,) = explained(name).pages
    assert page.what == "term"
    assert page.text.endswith(".")
    assert page.see
    assert all(explained(other).pages for other in page.see)


def test_what_sensitivity_and_sweep_show_has_a_page():
    wanted = {"uncertainty_budget", "unexplained", "tornado", "sobol_index", "flip", "pareto_front", "verdict_boundary"}
    assert wanted <= set(_texts("term"))


@pytest.mark.parametrize("name", sorted(METRICS))
def test_every_metric_has_a_page_with_its_formula(name):
    (page,) = explained(name).pages
    assert (page.what, page.title, page.facts["better"]) == ("metric", METRICS[name].title, METRICS[name].better)
    assert page.text
    if METRICS[name].function:
        assert page.formula.startswith(f"{name} = ")
        assert all(argument in page.formula for argument in inspect.signature(METRICS[name].function).parameters)


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_every_architecture_has_a_page(name):
    page = next(page for page in explained(name).pages if page.what == "architecture")
    assert page.text
    assert page.facts["roles"].split(", ") == list(ARCHITECTURES[name].roles)


@pytest.mark.parametrize("name", [*OPTIONS, *flags()])
def test_every_option_has_a_page(name):
    name = ALIASES.get(name, name)
    page = next(page for page in explained(name).pages if page.what == "option")
    assert page.title
    assert page.text or "." in name or name in ("node", "vdd", "cycle")
    if page.facts.get("file"):
        assert "--set" in page.facts["command line"]
    else:
        assert page.facts["command line"].split(", ")[-1].split(" ")[0] == "--" + name.replace("_", "-")


@pytest.mark.parametrize("name", ["over", "sample", "method", "executor", "fair", "most", "sobol", "metric", "zip"])
def test_an_option_says_which_functions_take_it(name):
    page = next(page for page in explained(name).pages if page.what == "option")
    for call in page.facts["Python"].split(", "):
        function, _, argument = call.removesuffix("=...)").partition("(")
        assert argument in inspect.signature(getattr(imac_arch, function)).parameters


@pytest.mark.parametrize(
    "name", sorted(n for n, field in Read.model_fields.items() if "Literal" in str(field.annotation))
)
def test_an_option_of_words_explains_each_word(name):
    from typing import get_args

    page = next(page for page in explained(f"read.{name}").pages if page.what == "option")
    assert set(get_args(Read.model_fields[name].annotation)) <= set(page.facts)


WALKS = {"sweep", "optimize", "sensitivity"}  # whose own options are looked at with those of compare


@pytest.mark.parametrize(
    "name", sorted(name for name, takers in every_flag().items() if takers - WALKS and name not in {*OPTIONS, *flags()})
)
def test_every_option_of_every_command_has_a_page(name):
    page = next(page for page in explained(name).pages if page.what == "option")
    assert page.text or page.facts.get("file")
    assert page.facts.get("file") or page.facts["command line"].split(", ")[-1] == "--" + name.replace("_", "-")


def test_pages_lead_to_names_that_exist():
    law = loaded_laws()["limits"]
    every = {*page_names(), *ROLES, *loaded_laws()}
    found = [page for name in page_names() for page in pages(name, law)]
    assert {name for page in found for name in page.see} <= every
    mentioned = {word for page in found for word in re.findall(r"`([a-z_]+)`", page.text)}
    assert mentioned - every <= {
        "max_read_voltage", "max_bits", "auto", "source", "netlist", "quick", "full", "none", "gain", "mnist",
            "digits", "float",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("EAP", "eap"), ("mixed-signal", "mixed_signal"), ("encoding", "read.encoding"), ("IR_drop", "ir_drop"),
        ("bias_window", "read.bias_window"),
    ],
)  # fmt: skip
def test_a_name_is_found_as_people_write_it(given, found):
    assert explained(given).name == found


def test_one_name_of_two_things_has_both_pages():
    assert [page.what for page in explained("adc_bits").pages] == ["warning", "option"]
    assert [page.what for page in explained("gpu").pages] == ["architecture", "option"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("ir_drp", "ir_drop"), ("eapp", "eap"), ("mixed_signl", "mixed_signal"), ("encodin", "encoding"),
     ("amplifer", "amplifier"), ("adc_survy", "adc_survey"), ("h10", "h100"), ("kept_sources", "kept_source")],
)  # fmt: skip
def test_an_unknown_name_proposes_the_nearest_of_all(wrong, right):
    with pytest.raises(UnknownName) as caught:
        explained(wrong)
    assert f"did you mean '{right}'" in str(caught.value)
    assert len(str(caught.value)) < 500


def test_the_command_prints_a_page():
    done = CliRunner().invoke(app, ["explain", "encoding"])
    assert done.exit_code == 0
    for text in ("voltages that stand for inputs", "--set read.encoding=VALUE", "-V/+V"):
        assert text in done.stdout
    printed = json.loads(CliRunner().invoke(app, ["explain", "ir_drop", "--json"]).stdout)
    assert printed["what"] == "warning"
    assert printed["pages"][0]["numbers"]


@pytest.mark.parametrize("name", ["ir_drop", "eap", "imac", "encoding", "adc"])
def test_a_page_is_a_page_and_a_frame_too(name):
    found = imac_arch.explain(name, samples=0)
    assert "</html>" in found.page()
    assert len(found.to_frame()) > 0
    assert to_plain(found.document)["pages"] is not None


def test_roles_laws_and_boards_are_explained_as_before():
    for name in ("adc", "adc_survey", names("board")[0]):
        assert explained(name).what in ("role", "law", "board")


def sections(text):
    """The pages of a text by kind and name."""
    found, kind = {}, ""
    for part in re.split(r"\n(?=##)", text):
        head = part.partition("\n")[0]
        kind = head if head.startswith("## ") else kind
        found[kind, head.partition(":")[0]] = part.strip()
    return found


def test_the_docs_hold_the_same_pages():
    """A metric, an architecture or a field that is declared without a text is one file: its page may follow."""
    shipped, now = sections((ROOT / "docs/explain.md").read_text()), sections(pages_markdown(loaded_laws()["limits"]))
    assert {key: now.get(key) for key in shipped} == shipped, "python docs/explain.py > docs/explain.md"
    written = {f"### `{name}`" for kind in _written().values() for name in kind}
    declared = {"## Architectures", "## Metrics", "## Options"}
    assert all(kind in declared and name not in written for kind, name in now.keys() - shipped.keys())
