"""Two technologies or two documents: the inputs that differ, and what they did to the results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.data.errors import UsageError
from imac_arch.data.leaves import is_number, leaves, written
from imac_arch.data.units import format_value
from imac_arch.data.walk import each_quantity
from imac_arch.document.difference import FindingChange, InputChange, ResultChange, VerdictChange
from imac_arch.document.samples import interval
from imac_arch.document.shapes import Figure, Interval
from imac_arch.technology_files import Loaded

__all__ = [
    "Factors", "Input", "changed_inputs", "changed_results", "changed_verdicts", "inputs_of_document",
    "inputs_of_technology", "new_warnings", "refuse_unlike",
]  # fmt: skip

Plain = Mapping[str, Any]
Factors = Mapping[tuple[str, str], Array]  # design and metric: B over A of every draw
ABOUT = ("name", "title", "kind", "extends", "sources")  # what says nothing about the hardware
BY_TECHNOLOGY = ("subarray", "read", "encoding", "bias_window", "adc_law")  # conditions that stand there in full
NONE = "none"
SAME = 1e-9  # relative difference below which two figures are one


@dataclass(frozen=True, slots=True)
class Input:
    """An input as it is written, with its value where it is a number, and what stands beside it."""

    text: str
    value: float | None = None
    unit: str = ""
    range: tuple[float, float] | None = None
    source: tuple[str, ...] = ()
    note: str = ""


def inputs_of_technology(loaded: Loaded) -> dict[str, Input]:
    """Return every number and word of a technology by its path."""
    numbers = {".".join(map(str, path)): quantity for path, quantity in each_quantity(loaded.model)}
    found = {}
    data = {key: value for key, value in loaded.document.data.items() if key not in ABOUT}
    filled = {role: {"kind": NONE} if part in (NONE, None) else part for role, part in data["components"].items()}
    for path, part in leaves({**data, "components": filled}):
        number = numbers.get(path)
        if number is None:
            found[path] = Input(written(part))
        else:
            note = number.note if is_number(part) else ""
            found[path] = Input(written(part), number.value, number.unit, number.range or None, number.source, note)
    return found


def inputs_of_document(document: Plain, prefixed: bool) -> dict[str, Input]:
    """Return the conditions and numbers of a comparison's document by their path.

    Args:
        document: as plain data.
        prefixed: numbers of a technology stand below its name, as in documents of several technologies.
    """
    network, conditions = document["network"], document["conditions"]
    found = {"network": Input(f"{network['name']}, bias {network['bias']}")}
    kept = {k: v for k, v in conditions.items() if k not in (*BY_TECHNOLOGY, "per_technology", "overrides", "changed")}
    many = len(conditions["per_technology"]) > 1
    for part in conditions["per_technology"]:
        own = {key: value for key, value in part.items() if key != "technology"}
        below = f"conditions.{part['technology']}" if prefixed else "conditions"
        found |= {path: Input(_said(value)) for path, value in leaves(own, below)}
    found |= {path: Input(_said(value)) for path, value in leaves(kept, "conditions")}
    for row in document["provenance"]:
        path = row["path"]
        if prefixed and not many and not path.startswith(("laws.", "boards.", "network.")):
            path = f"{document['technologies'][0]['name']}.{path}"
        ends = tuple(row["range"]) if row["range"] else None
        text = row["written"] or format_value(row["value"], row["unit"], 6)
        text += f" [{', '.join(format_value(end, row['unit']) for end in ends)}]" if ends else ""
        sources = tuple(source["key"] for source in row["source"])
        found[path] = Input(text, row["value"], row["unit"], ends, sources, row["note"])
    return found


def _said(value: Any) -> str:
    return "none" if value is None else written(value)


def changed_inputs(a: Mapping[str, Input], b: Mapping[str, Input]) -> tuple[InputChange, ...]:
    """Return the inputs that differ in value, range or word, in the order of A; not what stood in a component that one
    side does not have."""
    rows = []
    for path in dict.fromkeys((*a, *b)):
        old, new = a.get(path), b.get(path)
        if old is not None and new is not None and _equal(old, new):
            continue
        rows.append(
            InputChange(
                path=path,
                a=None if old is None else old.text,
                b=None if new is None else new.text,
                unit=next((side.unit for side in (old, new) if side is not None and side.unit), ""),
                a_value=None if old is None else old.value,
                b_value=None if new is None else new.value,
                kept=_kept(old, new),
            )
        )
    gone = tuple(row.path.removesuffix("kind") for row in rows if row.path.endswith(".kind") and NONE in (row.a, row.b))
    return tuple(row for row in rows if row.path.endswith(".kind") or not row.path.startswith(gone))


def _equal(old: Input, new: Input) -> bool:
    if old.value is None or new.value is None:
        return old.text == new.text
    return (old.value, old.unit, old.range) == (new.value, new.unit, new.range)


def _kept(old: Input | None, new: Input | None) -> str:
    """Return what of a number stayed beside a new value: ``source``, ``note``, both, or nothing."""
    if old is None or new is None or old.value is None or old.value == new.value:
        return ""
    stayed = {"source": bool(old.source) and old.source == new.source, "note": bool(old.note) and old.note == new.note}
    return " and ".join(name for name, same in stayed.items() if same)


def changed_results(
    a: Plain, b: Plain, factors: Factors | None = None
) -> tuple[tuple[ResultChange, ...], tuple[ResultChange, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the results of every design on both sides, its headline ratios, and the designs of A and of B alone.

    Args:
        a: a comparison's document as plain data.
        b: another one.
        factors: B over A of every draw, where both were run with shared draws.
    """
    olds, news = _designs(a, _named(a, b)), _designs(b, _named(a, b))
    metrics = {row["name"]: row for row in a["metrics"] if row["name"] in {other["name"] for other in b["metrics"]}}
    results = []
    for design in (name for name in olds if name in news):
        for name, metric in metrics.items():
            old, new = (_figure(side[design]["metrics"].get(name)) for side in (olds, news))
            if old is not None and new is not None:
                ends = interval((factors or {}).get((design, name)))
                results.append(_change(design, metric, old, new, ends))
    ratios = tuple(_ratio_changes(a, b, metrics, _named(a, b)))
    return tuple(results), ratios, _without(olds, news), _without(news, olds)


def changed_verdicts(a: Plain, b: Plain) -> tuple[VerdictChange, ...]:
    """Return the designs on both sides whose verdict changed."""
    olds, news = (_designs(side, _named(a, b)) for side in (a, b))
    return tuple(
        VerdictChange(name, row["verdict"], news[name]["verdict"])
        for name, row in olds.items()
        if name in news and row["verdict"] != news[name]["verdict"]
    )


def _named(a: Plain, b: Plain) -> bool:
    """Return whether designs need the name of their technology: not where either side has a single one."""
    return max(len(side["technologies"]) for side in (a, b)) > 1


def _designs(document: Plain, named: bool) -> dict[str, Plain]:
    rows = document["architectures"]
    return {f"{row['name']}@{row['technology']}" if named else row["name"]: row for row in rows}


def _without(mine: Mapping[str, Plain], others: Mapping[str, Plain]) -> tuple[str, ...]:
    return tuple(name for name in mine if name not in others)


def _ratio_changes(a: Plain, b: Plain, metrics: Mapping[str, Plain], named: bool) -> Iterator[ResultChange]:
    """Give the ratios that open a report, of the designs that both sides hold against one baseline."""
    subjects = {row["name"] for row in a["architectures"] if row["subject"]}

    def keyed(document: Plain) -> dict[tuple[str, str], Plain]:
        rows = [row for row in document["ratios"] if row["architecture"] in subjects]
        at = {id(row): f"{row['architecture']}@{row['technology']}" if named else row["architecture"] for row in rows}
        return {(f"{at[id(row)]} over {row['baseline']}", row["metric"]): row for row in rows}

    olds, news = keyed(a), keyed(b)
    for (design, name), row in olds.items():
        old, new = _figure(row), _figure(news.get((design, name)))
        if name in metrics and metrics[name]["headline"] and old is not None and new is not None:
            ratio = {**metrics[name], "title": f"{metrics[name]['title']}, ratio", "unit": "x", "printed": "",
                     "better": "higher"}  # fmt: skip
            yield _change(design, ratio, old, new, None)


def _figure(part: Plain | None) -> Figure | None:
    if part is None or part["value"] is None:
        return None
    ends = part["interval"]
    return Figure(part["value"], None if ends is None else Interval(ends["low"], ends["high"]))


def _change(design: str, metric: Plain, a: Figure, b: Figure, ends: Interval | None) -> ResultChange:
    old, new = a.value or 0.0, b.value or 0.0
    return ResultChange(
        design=design,
        metric=metric["name"],
        title=metric["title"],
        unit=metric["unit"],
        printed=metric["printed"],
        a=a,
        b=b,
        factor=Figure(new / old if old else None, ends),
        change=_became(old, new, metric["better"], ends),
        summary=metric["summary"],
    )


def _became(old: float, new: float, better: str, ends: Interval | None) -> str:
    if np.isclose(old, new, rtol=SAME, atol=0):
        return "same"
    if ends is not None and ends.low < 1 < ends.high:
        return "undecided"
    return "better" if (new < old) == (better == "lower") else "worse"


def new_warnings(a: Plain, b: Plain) -> tuple[FindingChange, ...]:
    """Return the warnings whose code only one side has."""
    sides = {"a": a["warnings"], "b": b["warnings"]}
    codes = {side: {row["code"] for row in rows} for side, rows in sides.items()}
    found: dict[tuple[str, str, str], dict[str, None]] = {}  # several designs may have the same
    for side, rows in sides.items():
        for row in rows:
            if row["code"] not in codes["b" if side == "a" else "a"]:
                own = found.setdefault((side, row["code"], row["message"]), {})
                own |= dict.fromkeys([row["architecture"]] if row.get("architecture") else [])
    return tuple(FindingChange(*key, tuple(own)) for key, own in found.items())


def refuse_unlike(kinds: Sequence[str], names: Sequence[str]) -> None:
    """Raise where two sides cannot be compared.

    Raises:
        UsageError: they are of unlike kinds, or of a kind without results.
    """
    if kinds[0] != kinds[1]:
        said = " and ".join(f"{name} is a {kind}" for name, kind in zip(names, kinds, strict=True))
        raise UsageError(f"{said}; compare two technologies, or two documents of compare (JSON files or reports)")
    if kinds[0] not in ("technology", "comparison"):
        text = f"{names[0]} and {names[1]} are documents of the kind {kinds[0]!r}, which diff does not read"
        raise UsageError(f"{text}; compare two technologies, or two documents of compare (JSON files or reports)")
