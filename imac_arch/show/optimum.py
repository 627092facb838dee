"""The best designs as a sentence, tables, rows and the sheet of the terminal."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from imac_arch.checks import OUTRANKED
from imac_arch.data.units import format_value
from imac_arch.document.optimum import Binding, Knob, Optimal, OptimumArchitecture, OptimumDocument
from imac_arch.document.shapes import MetricRow
from imac_arch.show.sentences import asked_text, unclassified
from imac_arch.show.sheet import FAILS, Cell, Item, Row, Section, Sheet, Table
from imac_arch.show.values import ratio_words, show_metric, show_value

__all__ = ["again", "optimum_heads", "optimum_rows", "optimum_sheet", "optimum_table"]

NONE = "—"
METHODS = {"exhaustive": "all computed", "search": "searched", "fixed": "no knob"}
SHOWN = 3  # runners-up
LARGE = 2.0  # a factor from which on it is not written as a percentage
DAGGER = "† a design that does not work"
WORDS = {  # of a request that are no field, as options of compare
    "network": "--net", "technology": "--tech", "board": "--gpu", "timing": "--timing", "precision": "--precision",
    "tiles": "--tiles", "pipelined": "--pipelined", "batch": "--batch",
}  # fmt: skip


def optimum_sheet(document: OptimumDocument) -> Sheet:
    """Return the optima, what the constraints cost, the ratios at defaults and at optima, and runners-up."""
    asked = document.conditions
    metric = _objective(document)
    least = "most" if document.objective.better == "higher" else "least"
    kept = f", {', '.join(document.constraints)}" if document.constraints else ""
    whose = "each architecture at its own knobs" if document.fair else f"over {_knobs(document)}"
    given = asked_text(asked, asked.fields, asked.tiles)
    varied = {path for knob in document.knobs for path in knob.paths}
    net = "" if "network" in varied else f" of {asked.network}"
    on = "" if "technology" in varied else f" on {asked.technology}"
    nowhere = [Item("none", row.name, row.reason) for row in document.architectures if row.status == "none"]
    commands = tuple(f"again: {again(document, row)}" for row in _ranked(document)[:1])
    table = optimum_table(document)
    marked = any(isinstance(cell, Cell) and cell.mark == FAILS for row in table.rows for cell in row)
    others = (
        Section(table=_bindings(document)),
        Section(table=_ratios(document)),
        Section(table=_runners(document), notes=commands),
    )
    return Sheet(
        f"Optimum{net}{on}: {least} {metric.title}{kept}",
        "; ".join(text for text in (whose, given) if text),
        (
            Section(
                paragraphs=tuple(_sentences(document)),
                table=table,
                items=tuple(nowhere),
                notes=(DAGGER,) * marked + _unclassified(document),
            ),
            *(section for section in others if section.table is not None or section.notes),
        ),
    )


def _unclassified(document: OptimumDocument) -> tuple[str, ...]:
    missed = any(OUTRANKED in bound.missed for row in document.architectures for bound in row.bindings)
    missed = missed or any(OUTRANKED in row.reason for row in document.architectures)
    return unclassified(document.constraints) if missed else ()


def optimum_table(document: OptimumDocument) -> Table:
    """Return the optimum of each architecture beside its default, the best first, then those without any."""
    metric = _objective(document)
    rows: list[Row] = []
    for row in [*_ranked(document), *(row for row in document.architectures if row.optimum is None)]:
        before = row.default.metrics.get(metric.name)
        default = Cell(show_metric(metric, before), mark="" if row.default.verdict == "works" else FAILS)
        how = f"{row.status}, {METHODS[row.method]}" if row.optimum else row.status
        best = NONE if row.optimum is None else _cell(metric, row.optimum)
        rows.append((
            row.name, best, default, _gain(document, row), how, f"{row.evaluated:,} of {row.designs:,}",
            "" if row.optimum is None else _design(row.optimum, document),
        ))  # fmt: skip
    return Table(
        ("architecture", metric.title, "by default", "against it", "status", "designs", "design"),
        tuple(rows),
        left=(0, 4, 6),
    )


def optimum_heads(document: OptimumDocument) -> tuple[str, ...]:
    """Return the columns of :func:`optimum_rows`."""
    names = dict.fromkeys(column for knob in document.knobs for column in _columns(knob))
    metrics = (metric.name for metric in document.metrics)
    return ("architecture", "place", "status", "verdict", "alike", *names, *metrics)


def optimum_rows(document: OptimumDocument) -> Iterator[tuple[str | float | None, ...]]:
    """Give one row per architecture and design, the default (``place`` is empty), the optimum (1) and runners-up."""
    heads = optimum_heads(document)[len(("architecture", "place", "status", "verdict", "alike")) :]
    for row in document.architectures:
        places: list[tuple[int | None, Optimal | None]] = [(None, row.default), (1, row.optimum)]
        for place, design in [*places, *enumerate(row.runners_up, 2)]:
            if design is not None:
                known = {**design.design, **design.metrics}
                status = "default" if place is None else row.status
                yield (row.name, place, status, design.verdict, design.alike, *(known.get(head) for head in heads))


def again(document: OptimumDocument, row: OptimumArchitecture) -> str:
    """Return the command that evaluates an optimum alone."""
    asked = document.conditions
    words: dict[str, str] = {"--net": asked.network, "--tech": asked.technology}
    words |= {"--gpu": asked.board} if asked.board else {}
    if asked.batch > 1:
        words["--batch"] = str(asked.batch)
    for option, value, usual in (("--timing", asked.timing, "settled"), ("--precision", asked.precision, "equal")):
        words |= {option: value} if value != usual else {}
    words |= {"--tiles": asked.tiles} if asked.tiles else {}
    pipelined, fields = asked.pipelined, dict(asked.fields)
    for path, text in (row.optimum.settings if row.optimum else {}).items():
        if path == "pipelined":
            pipelined = text.lower() == "true"
        elif path in WORDS:
            words[WORDS[path]] = text
        else:
            fields[path] = text
    parts = ["imac-arch", "compare", "--arch", row.name, *(part for pair in words.items() for part in pair)]
    parts += ["--pipelined"] * pipelined
    for path, text in fields.items():
        parts += ["--set", f"{path}={text}"]
    return shlex.join(parts)


def _sentences(document: OptimumDocument) -> Iterator[str]:
    """Give who is best, and whether that was so by default."""
    metric, ranked = _objective(document), _ranked(document)
    best = ranked[0]
    assert best.optimum is not None
    text = f"Best is {best.name}: {show_metric(metric, best.optimum.metrics[metric.name])}"
    if len(ranked) > 1 and (second := ranked[1]).optimum is not None:
        factor = _factor(metric, best.optimum, second.optimum)
        if factor is not None:
            text += f", {ratio_words(factor, metric.words)} than {second.name}" if factor > 1 else f" as {second.name}"
    yield f"{text}."
    own = [row for row in ranked if row.default.metrics.get(metric.name) is not None]
    first = min(own, key=lambda row: _signed(metric, row.default), default=best)
    if first is not best and _signed(metric, first.default) < _signed(metric, best.default):
        yield f"By default {first.name} is ahead of it."


def _bindings(document: OptimumDocument) -> Table | None:
    metric = _objective(document)
    rows: list[Row] = []
    for each in _ranked(document):
        for bound in each.bindings:
            binds = bound.gain is None or bound.gain > 1
            why = f"misses {', '.join(bound.missed)}" if bound.missed and binds else ""
            without = show_metric(metric, bound.without) if binds else ""
            rows.append((bound.constraint, each.name, _at(bound), without, _better(bound.gain), why))
    heads = ("constraint", "architecture", "at the optimum", "without it", "better by", "")
    return Table(heads, tuple(rows), "What each constraint costs", left=(0, 1, 5)) if rows else None


def _better(gain: float | None) -> str:
    """Write by how much a constraint that binds holds the objective back."""
    if gain is None:
        return NONE
    if gain == 1:
        return "does not bind"
    return f"{format_value(gain, '')}x" if gain >= LARGE else f"{format_value((gain - 1) * 1e2, '', 2)} %"


def _at(bound: Binding) -> str:
    return "" if bound.value is None else show_value(bound.value, bound.unit)


def _ratios(document: OptimumDocument) -> Table | None:
    metrics = {metric.name: metric for metric in document.metrics}
    rows: tuple[Row, ...] = tuple(
        (f"{each.architecture}: {metrics[each.metric].title}", *(
            NONE if value is None else ratio_words(value, metrics[each.metric].words)
            for value in (each.default, each.optimum)))
        for each in document.ratios
        if each.default is not None or each.optimum is not None
    )  # fmt: skip
    return Table((f"against {document.baseline}", "by default", "both at their optimum"), rows) if rows else None


def _runners(document: OptimumDocument) -> Table | None:
    metric = _objective(document)
    rows: tuple[Row, ...] = tuple(
        (row.name, str(place), _cell(metric, design), f"{design.alike:,}", _design(design, document))
        for row in _ranked(document)
        for place, design in enumerate(row.runners_up[:SHOWN], 2)
    )
    heads = ("runners-up", "place", metric.title, "designs", "design")
    return Table(heads, rows, left=(0, 4)) if rows else None


def _objective(document: OptimumDocument) -> MetricRow:
    return next(metric for metric in document.metrics if metric.name == document.objective.metric)


def _ranked(document: OptimumDocument) -> Sequence[OptimumArchitecture]:
    """Return the architectures that have an optimum, the best first."""
    metric = _objective(document)
    return sorted(
        (row for row in document.architectures if row.optimum is not None),
        key=lambda row: _signed(metric, row.optimum, document.objective.better),
    )


def _signed(metric: MetricRow, design: Optimal | None, better: str = "") -> float:
    """Return the objective of a design, less is better."""
    value = None if design is None else design.metrics.get(metric.name)
    if value is None:
        return float("inf")
    return -value if (better or metric.better) == "higher" else value


def _factor(metric: MetricRow, own: Optimal, other: Optimal) -> float | None:
    mine, theirs = own.metrics[metric.name], other.metrics[metric.name]
    if not mine or not theirs:
        return None
    return theirs / mine if metric.better == "lower" else mine / theirs


def _gain(document: OptimumDocument, row: OptimumArchitecture) -> str:
    """Return by what factor the optimum is better than the default."""
    if row.optimum is None or not row.knobs:
        return ""
    metric = _objective(document)
    factor = _factor(metric, row.optimum, row.default)
    return NONE if factor is None else ratio_words(factor, metric.words)


def _cell(metric: MetricRow, design: Optimal) -> Cell:
    return Cell(show_metric(metric, design.metrics[metric.name]), mark="" if design.verdict == "works" else FAILS)


def _columns(knob: Knob) -> tuple[str, ...]:
    """Return the columns of a knob: its name, or the paths that it varies together."""
    return knob.paths if len(knob.paths) > 1 else (knob.name,)


def _design(design: Optimal, document: OptimumDocument) -> str:
    """Return what sets a design apart, ``subarray=64x64 adc.bits=5``."""
    parts = []
    for knob in document.knobs:
        texts = [design.settings[path] for path in knob.paths if path in design.settings]
        if texts:
            parts.append(f"{knob.name.removeprefix('components.')}={'x'.join(texts)}")
    return " ".join(parts) + (f" ({design.alike:,} alike)" if design.alike > 1 else "")


def _knobs(document: OptimumDocument) -> str:
    return ", ".join(f"{knob.name} ({knob.length:,})" for knob in document.knobs)
