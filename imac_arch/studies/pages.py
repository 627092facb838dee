"""Pages of ``explain`` on what is no role, law or board: warnings, metrics, architectures, options and terms.

The words are those of ``pages.yaml``; everything else is read from where it is declared: limits from their law, a
metric's formula from its function, an option's values from its field.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from imac_arch.architectures import ARCHITECTURES
from imac_arch.data.files import read_yaml
from imac_arch.document.explanation import PageRow
from imac_arch.document.provenance import Origin, listed, provenance
from imac_arch.fields import technology_keys
from imac_arch.metrics import METRICS
from imac_arch.plan import Arguments
from imac_arch.technology import Read, Subarray
from imac_arch.technology_files import Loaded

__all__ = ["KINDS", "alike", "page_names", "pages", "pages_markdown"]

KINDS = ("warning", "architecture", "metric", "option", "term")
FILE = "file"
FLAGS = {"output": "-o, --output FILE", "set": "--set PATH=VALUE", "quiet": "-q, --quiet"}
ARGUMENTS = {"set": "overrides"}  # in Python
PLURALS = {"metric": "metrics"}
OWN_OPTIONS = {
    "read.circuit": "--read", "subarray.rows": "--subarray", "subarray.cols": "--subarray", "cycle": "--timing declared"
}  # fmt: skip
Texts = Mapping[str, Any]


def alike(name: str) -> str:
    """Return a name as pages are looked up by: ``EAP``, ``mixed-signal`` and ``--adc-law`` are found too."""
    return name.strip().lstrip("-").casefold().replace("-", "_")


def page_names() -> list[str]:
    """Return the names of all pages, each once, those of fields with and without their path."""
    whole = dict.fromkeys(name for kind in KINDS for name in _texts(kind))
    return list(dict.fromkeys((*whole, *(name.rpartition(".")[2] for name in whole))))


def pages(name: str, limits: Loaded) -> tuple[PageRow, ...]:
    """Return the pages that a name has: of a warning, an architecture, a metric, an option, a term, or of several.

    Args:
        name: as given; the last step of an option's path is enough where only one has it.
        limits: the law that the limits of warnings are in.
    """
    wanted = alike(name)
    found = [_PAGES[kind](key, limits) for kind in KINDS for key in _texts(kind) if key.casefold() == wanted]
    if not found:
        ends = [key for key in _texts("option") if key.rpartition(".")[2].casefold() == wanted]
        found = [_option(ends[0], limits)] if len(ends) == 1 else []
    return tuple(found)


@lru_cache(maxsize=1)
def _written() -> Texts:
    data: Texts = read_yaml(Path(__file__).with_suffix(".yaml")).data
    return data


def _texts(kind: str) -> Texts:
    """Return the texts of a kind of page by name; of what is declared in code every name, with or without a text."""
    written: Texts = _written()[f"{kind}s"]
    if kind == "option":
        fields = [f"read.{name}" for name in Read.model_fields]
        fields += [f"subarray.{name}" for name in Subarray.model_fields]
        return {**written, **{path: {"place": FILE} for path in fields if path not in written}}
    declared: Mapping[str, Iterable[str]] = {"metric": METRICS, "architecture": ARCHITECTURES}
    return {**dict.fromkeys(declared.get(kind, ()), ""), **written}


def _warning(code: str, limits: Loaded) -> PageRow:
    part = _texts("warning")[code]
    names = tuple(part["limits"])
    found = provenance(listed([Origin("laws.limits", limits.model, limits.model.sources, limits)]))
    return PageRow(
        what="warning",
        name=code,
        title=part["title"],
        text=part["text"],
        formula="",
        facts={"cleared by": part["clears"]} if part["clears"] else {},
        numbers=tuple(row for row in found if row.path.rpartition(".")[2] in names),
        see=tuple(part["see"]),
    )


def _architecture(name: str, limits: Loaded) -> PageRow:
    declared = ARCHITECTURES[name]
    facts = {"roles": ", ".join(declared.roles), "not modelled": "; ".join(declared.neglects)}
    if declared.reference:
        facts["baseline"] = "ratios are against it by default"
    if declared.subject:
        facts["subject"] = "headlines are about it"
    if not declared.uses_technology:
        facts["technology"] = "the same on every technology"
    text = _texts("architecture")[name] or f"{declared.summary}."
    title = f"{declared.title} architecture"
    return PageRow("architecture", name, title, text, "", {k: v for k, v in facts.items() if v}, (), ())


def _metric(name: str, limits: Loaded) -> PageRow:
    declared = METRICS[name]
    facts = {"unit": declared.unit or "1", "better": declared.better}
    if not declared.ratio:
        facts["ratio"] = "not compared with the baseline"
    formula = f"{name} = {_formula(declared.function)}" if declared.function else ""
    text = _texts("metric")[name]
    if not text and declared.function:
        text = inspect.cleandoc(declared.function.__doc__ or "").partition("\n")[0]
    return PageRow("metric", name, declared.title, text, formula, facts, (), ())


def _formula(function: Callable[..., Any]) -> str:
    """Return what a function of one expression returns, as it stands in its source."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    returned = next(node for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value is not None)
    return ast.unparse(returned.value) if returned.value is not None else ""


def _option(name: str, limits: Loaded) -> PageRow:
    part = _texts("option")[name]
    words = part.get("values", {})
    if part.get("place") == FILE:
        title, facts = _field(name, words)
    else:
        title, facts = (
            "on the command line and in Python",
            {"command line": FLAGS.get(name, "--" + name.replace("_", "-"))},
        )
        argument = ARGUMENTS.get(name, name)
        if commands := part.get("of"):
            facts["Python"] = ", ".join(f"{each}({PLURALS.get(argument, argument)}=...)" for each in commands)
        elif argument in Arguments.__dataclass_fields__:
            facts["Python"] = f"compare({argument}=...)"
    facts |= {f"{word}": meaning for word, meaning in words.items()}
    return PageRow("option", name, title, part.get("text", ""), "", facts, (), tuple(part.get("see", ())))


def _field(path: str, words: Texts) -> tuple[str, dict[str, str]]:
    """Return the description of a field of technology files, and how it is set."""
    key = next(key for key in technology_keys() if key.path == path)
    command = f"{OWN_OPTIONS.get(path, '')} or --set {path}=VALUE".removeprefix(" or ")
    facts = {"file": path, "command line": command, "unit": key.unit, "default": key.default, "usual": key.usual}
    return key.description, {label: text for label, text in facts.items() if text}


def _term(name: str, limits: Loaded) -> PageRow:
    part = _texts("term")[name]
    return PageRow("term", name, part["title"], part["text"], "", {}, (), tuple(part["see"]))


_PAGES: Mapping[str, Callable[[str, Loaded], PageRow]] = {
    "warning": _warning, "architecture": _architecture, "metric": _metric, "option": _option,
    "term": _term,
}  # fmt: skip


def pages_markdown(limits: Loaded) -> str:
    """Return every page as Markdown, without the numbers of limits, which have a file of their own."""
    lines = [
        "# Warnings, architectures, metrics, options and terms", "",
        "What `imac-arch explain NAME` says of them, beside roles, laws and boards. Limits with values and sources:",
        "[tech/laws/limits.yaml](../tech/laws/limits.yaml). Made from `imac_arch/studies/pages.yaml` and the code:",
        "`python docs/explain.py > docs/explain.md`.",
    ]  # fmt: skip
    for kind in KINDS:
        lines += ["", f"## {kind.capitalize()}s"]
        for name in _texts(kind):
            lines += ["", *_markdown(_PAGES[kind](name, limits))]
    return "\n".join(lines) + "\n"


def _markdown(page: PageRow) -> Iterator[str]:
    yield f"### `{page.name}`: {page.title}"
    yield ""
    if page.text:
        yield from (page.text, "")
    if page.formula:
        yield from (f"    {page.formula}", "")
    rows = dict(page.facts)
    if page.numbers:
        rows["limits"] = ", ".join(f"`{row.path.removeprefix('laws.')}`" for row in page.numbers)
    if page.see:
        rows["see"] = ", ".join(f"`{name}`" for name in page.see)
    yield from (f"- {label}: {text}" for label, text in rows.items())
