"""A sweep as the sheet of the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imac_arch.checks import OUTRANKED
from imac_arch.data.units import format_value
from imac_arch.document.shapes import Figure, MetricRow
from imac_arch.document.sweep import GAP, SweepArchitecture, SweepAxis, SweepDocument, SweepPoint
from imac_arch.show.sentences import asked_text, unclassified
from imac_arch.show.sheet import FAILS, Cell, Item, Row, Section, Sheet, Table
from imac_arch.show.values import metric_cell

__all__ = ["sweep_sheet"]

REASONS, POINTS = 3, 8  # that are shown
DRAWN = ("sobol", "random")
DESIGNS = {"product": "all combinations", "zip": "pairs", "sobol": "of a Sobol sequence", "random": "drawn at random"}


def sweep_sheet(document: SweepDocument) -> Sheet:
    """Return axes, verdicts, the best designs that work and the front."""
    asked = document.conditions
    varied = {axis.name for axis in document.axes}
    on = "" if "tech" in varied else f" on {asked.technology}"
    net = "" if "net" in varied else f" of {asked.network}"
    seed = f", seed {asked.seed}" if asked.designs in DRAWN or asked.samples else ""
    drawn = f", 90 % intervals over {asked.samples:,} samples" if asked.samples else ""
    many = f"{document.rows:,} design{'s' if document.rows != 1 else ''}"
    return Sheet(
        f"Sweep{net}{on}: {many}, {DESIGNS[asked.designs]}{drawn}{seed}",
        asked_text(asked, asked.fields, asked.tiles),
        (
            Section(paragraphs=_none_left(document), table=_axes(document.axes, asked.designs)),
            Section(
                table=_verdicts(document.architectures, document.constraints),
                items=tuple(_refusals(document.architectures)),
                notes=_unclassified(document),
            ),
            Section(table=_best(document), notes=_notes(document)),
            _front(document),
        ),
    )


def _none_left(document: SweepDocument) -> tuple[str, ...]:
    """Say first of all where the constraints leave no design of any architecture."""
    if not document.constraints or any(each.kept for each in document.architectures):
        return ()
    many = f"none of {document.rows:,} designs" if document.rows > 1 else "the one design does not"
    kept = f"{many} keep{'s' * (document.rows > 1)} {' and '.join(document.constraints)}"
    return (f"No design is left: {kept}, on any architecture.",)


def _axes(axes: Sequence[SweepAxis], designs: str) -> Table:
    rows: list[Row] = []
    for axis in axes:
        if designs in DRAWN and axis.values[1:2] == (GAP,):  # the ends of what numbers are drawn between
            rows.append((axis.name, "any", f"{axis.values[0]} to {axis.values[-1]}"))
            continue
        between = "; " if axis.words and any("," in value for value in axis.values) else ", "
        rows.append((axis.name, f"{axis.length:,}", between.join(axis.values)))
    return Table(("axis", "values", ""), tuple(rows), left=(0, 2))


def _verdicts(architectures: Sequence[SweepArchitecture], constraints: Sequence[str]) -> Table:
    rows = tuple(
        (a.name, *(f"{n:,}" for n in (a.works, a.doubtful, a.fails, a.refused, *([a.kept] if constraints else ()))))
        for a in architectures
    )
    heads = ("designs", "work", "doubtful", "fail", "cannot be", *([", ".join(constraints)] if constraints else ()))
    return Table(heads, rows)


def _refusals(architectures: Sequence[SweepArchitecture]) -> list[Item]:
    items = []
    for each in architectures:
        missed = sorted(each.missed.items(), key=lambda pair: (-pair[1], pair[0]))
        if missed:
            items.append(Item("missed", each.name, ", ".join(f"{code} ({count:,})" for code, count in missed)))
        worst = sorted(each.reasons.items(), key=lambda pair: (-pair[1], pair[0]))[:REASONS]
        if worst:
            told = "; ".join(f"{reason} ({count:,})" for reason, count in worst)
            items.append(Item("refused", each.name, told))
    return items


def _unclassified(document: SweepDocument) -> tuple[str, ...]:
    missed = any(OUTRANKED in each.missed for each in document.architectures)
    return unclassified(document.constraints) if missed else ()


def _best(document: SweepDocument) -> Table | None:
    """Return the best design of each architecture by each headline metric, or by each where there is none of these."""
    rows: list[Row] = []
    shown = [metric for metric in document.metrics if metric.headline] or document.metrics
    for metric in shown:
        for each in document.architectures:
            point = each.best.get(metric.name)
            if point is not None:
                mark = "" if point.verdict == "works" else FAILS
                value = _value(metric, point, mark)
                rows.append((metric.title, each.name, value, f"{point.row:,}", _design(point, document.axes)))
    return Table(("best", "architecture", "value", "row", "design"), tuple(rows), left=(0, 1, 4)) if rows else None


def _notes(document: SweepDocument) -> tuple[str, ...]:
    """Return what the daggers of the best designs mean, which constraint leaves none, or that there is no design."""
    best = {each.name: [point for point in each.best.values() if point] for each in document.architectures}
    marked = [name for name, points in best.items() if any(point.verdict != "works" for point in points)]
    notes = list(_killed(document))
    judged = any(text.startswith("verdict") for text in document.constraints)
    if marked and judged:
        notes.insert(0, "† a design that does not work")
    elif marked:
        kept = f" with {', '.join(own)}" if (own := _own(document)) else ""
        notes.insert(
            0, f"† no design of {', '.join(marked)} works{kept}: the best of those that are doubtful, else that fail"
        )
    return tuple(notes) if notes or any(best.values()) else ("no design can be",)


def _killed(document: SweepDocument) -> Iterator[str]:
    """Say of each architecture which constraint leaves none of its designs."""
    for each in document.architectures:
        for constraint, before, after in zip(document.constraints, each.left, each.left[1:], strict=False):
            if before and not after:
                many = f"{before:,} designs" if before > 1 else "one design"
                yield f"{each.name}: {constraint} leaves none of {many}"


def _own(document: SweepDocument) -> list[str]:
    """Return the constraints other than of the verdict."""
    return [text for text in document.constraints if not text.startswith("verdict")]


def _front(document: SweepDocument) -> Section:
    front = document.front
    metrics = [metric for metric in document.metrics if metric.name in front.metrics]
    points = front.points[:POINTS]
    rows: tuple[Row, ...] = tuple(
        (point.architecture, *(_value(metric, point) for metric in metrics), f"{point.row:,}",
         _design(point, document.axes))
        for point in points
    )  # fmt: skip
    heads = ("front", *(metric.title for metric in metrics), "row", "design")
    names = ", ".join(front.metrics)
    own = _own(document)
    judged = next((text for text in document.constraints if text.startswith("verdict")), "")
    which = f"with {', '.join(([judged] if judged else []) + own)}" if judged else "that work"
    which += f" with {', '.join(own)}" if own and not judged else ""
    title = f"Pareto front in {names}, of the designs {which}: {front.size:,}"
    more = (f"the first {len(points)} of {front.size:,}",) if front.size > len(points) else ()
    table = Table(heads, rows, title, left=(0, len(heads) - 1)) if rows else None
    return Section(table=table, notes=more)


def _value(metric: MetricRow, point: SweepPoint, mark: str = "") -> Cell:
    """Return a metric of a design, with its interval where it has one."""
    return metric_cell(metric, Figure(point.metrics[metric.name], (point.intervals or {}).get(metric.name)), 2, mark)


def _design(point: SweepPoint, axes: Sequence[SweepAxis]) -> str:
    """Return what sets a design apart, ``subarray=64x64 adc.bits=5``."""
    parts = []
    for axis in axes:
        names = axis.paths if len(axis.paths) > 1 else (axis.name,)
        values = [point.design[name] for name in names]
        texts = [value if isinstance(value, str) else format_value(value, axis.unit) or "0" for value in values]
        parts.append(f"{axis.name}={'x'.join(texts)}")
    return " ".join(parts)
