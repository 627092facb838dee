"""What drives results and what would flip them, as sentences, tables and a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imac_arch.architectures import ARCHITECTURES
from imac_arch.document.drives import Share
from imac_arch.document.sensitivity import Bar, DriverRow, SensitivityDocument, SensitivityRow
from imac_arch.document.shapes import Interval
from imac_arch.metrics import METRICS
from imac_arch.show.drives import chance, driver_named, factor, flip_text, percent
from imac_arch.show.sentences import asked_text, samples_text
from imac_arch.show.sheet import Cell, Row, Section, Sheet, Table
from imac_arch.show.values import ratio_words, show_value

__all__ = [
    "FLIP_COLUMNS", "SENSITIVITY_COLUMNS", "budget_table", "budgets_table", "driver_table", "flip_rows", "flip_table",
    "heading", "index_table", "result", "sensitivity_rows", "sensitivity_sheet", "summary_sentences",
    "tornado_table",
]  # fmt: skip

SHOWN = 8  # lines of a table on the terminal
FEW = 3
UNEXPLAINED = "unexplained"
OTHERS = "others"
NONE = "—"
SENSITIVITY_COLUMNS = (
    "technology", "architecture", "baseline", "metric", "driver", "about", "share", "share_low", "share_high",
    "frozen_low", "frozen_high", "first", "total", "at_low", "at_high",
)  # fmt: skip
FLIP_COLUMNS = (
    "technology", "architecture", "baseline", "metric", "path", "about", "value", "unit", "bound", "at", "factor",
    "probability", "looked_low", "looked_high",
)  # fmt: skip


def sensitivity_sheet(document: SensitivityDocument) -> Sheet:
    """Return for each result its budget, its tornado and its flips."""
    given = document.conditions
    about = f"{given.network} on {', '.join(given.technologies)}"
    scenario = f"; scenario {given.scenario}" if given.scenario else ""
    set_ = asked_text(given, given.overrides)
    return Sheet(
        f"What drives {about}, and what would flip it",
        f"{samples_text(given.samples, given.seed)}; {len(document.drivers)} uncertain numbers or groups{scenario}"
        + (f"; {set_}" if set_ else ""),
        tuple(section for row in document.results for section in _sections(document, row))
        + ((Section("Notes", document.notes),) if document.notes else ()),
    )


def _sections(document: SensitivityDocument, row: SensitivityRow) -> Iterator[Section]:
    yield Section(heading(document, row), summary_sentences(row))
    if row.budget:
        yield Section(table=budget_table(row, SHOWN))
    if row.indices:
        yield Section(table=index_table(row, SHOWN))
    if row.tornado:
        yield Section(table=tornado_table(document, row, SHOWN), notes=_groups(document, row.tornado[:SHOWN]))
    if row.flips:
        yield Section(table=flip_table(row, SHOWN))


def heading(document: SensitivityDocument, row: SensitivityRow) -> str:
    """Return what a result is: ``energy of imac against mixed_signal``."""
    several = len(document.conditions.technologies) > 1
    title = row.title[:1].upper() + row.title[1:]

    def named(name: str, technology: str | None) -> str:
        known = ARCHITECTURES.get(name)
        return f"{name} on {technology}" if several and known is not None and known.uses_technology else name

    against = "" if row.baseline is None else f" against {named(row.baseline, row.baseline_technology)}"
    return f"{title} of {named(row.architecture, row.technology)}{against}"


def result(row: SensitivityRow, value: float | None, digits: int = 3) -> str:
    """Write a result: a ratio in words, a metric with its unit."""
    if value is None:
        return NONE
    if row.baseline is None:
        return show_value(value, row.unit, digits)
    return ratio_words(value, METRICS[row.metric].words) if value > 0 else NONE


def _span(row: SensitivityRow, ends: Interval | None) -> str:
    return NONE if ends is None else f"{result(row, ends.low, 2)} to {result(row, ends.high, 2)}"


def summary_sentences(row: SensitivityRow) -> tuple[str, ...]:
    """Return a result in sentences: its value, what drives it, and what is nearest to flipping it."""
    span = row.value.span
    ends = "" if span is None else f", 90 % interval {_span(row, span)}"
    found = [f"{result(row, row.value.value)}{ends}."]
    if row.budget:
        top = row.budget[0]
        held = "" if top.frozen is None else f"; held at its median the interval is {_span(row, top.frozen)}"
        how = "first-order Sobol indices" if row.method == "saltelli" else f"R2 of the fit {row.r2:.3f}"
        found.append(f"{percent(top.share)} of the spread is {driver_named(top)}{held} ({how}).")
    if row.flips:
        near = [flip for flip in row.flips if flip.at is not None][:FEW]
        texts = "; ".join(flip_text(flip) for flip in near)
        found.append(f"Flips {texts}." if near else "No number alone flips it, as far as is usual for each.")
    return tuple(found)


def budget_table(row: SensitivityRow, most: int | None = None) -> Table:
    """Return the uncertainty budget of a result, whose shares sum to 100 %; what is beyond ``most`` lines in one."""
    shown = row.budget if most is None or len(row.budget) <= most else row.budget[:most]
    rest = row.budget[len(shown) :]
    rows: list[Row] = [(share.driver, _share(share), _span(row, share.frozen), share.about) for share in shown]
    if rest:
        rows.append((f"{len(rest)} {OTHERS}", percent(sum(share.share for share in rest)), "", ""))
    rows.append((UNEXPLAINED, percent(row.unexplained or 0.0), "", "interactions and curvature"))
    heads = ("driver", "share of spread", "90 % interval with it at its median", "what it is")
    return Table(heads, tuple(rows), "Uncertainty budget", left=(0, 2, 3))


def _share(share: Share) -> Cell:
    ends = share.interval
    shown = None if ends is None else (percent(max(ends.low, 0.0)), percent(ends.high))
    return Cell(percent(share.share), shown, sort=share.share)


def index_table(row: SensitivityRow, most: int | None = None) -> Table:
    """Return the Sobol indices of a result."""
    rows: list[Row] = [
        (index.driver, _index(index.first, index.first_interval), _index(index.total, index.total_interval))
        for index in (row.indices or ())[:most]
    ]
    return Table(("driver", "first order", "total"), tuple(rows), f"Sobol indices, {row.evaluations:,} evaluations")


def _index(value: float, ends: Interval | None) -> Cell:
    shown = None if ends is None else (f"{ends.low:.3f}", f"{ends.high:.3f}")
    return Cell(f"{value:.3f}", shown, sort=value)


def tornado_table(document: SensitivityDocument, row: SensitivityRow, most: int | None = None) -> Table:
    """Return the result with each driver at the ends of its range, the others at their medians."""
    by_name = {driver.name: driver for driver in document.drivers}
    rows: list[Row] = [
        (bar.driver, _range(by_name[bar.driver]), result(row, bar.low), result(row, bar.high))
        for bar in row.tornado[:most]
    ]
    heads = ("driver", "5 % and 95 %", "at its 5 %", "at its 95 %")
    return Table(heads, tuple(rows), "One at a time, the others at their medians", left=(0, 1))


def _groups(document: SensitivityDocument, bars: Sequence[Bar]) -> tuple[str, ...]:
    """Say which numbers the groups among drivers are, for nothing else knows their names."""
    named = {bar.driver for bar in bars}
    groups = [each for each in document.drivers if each.name in named and each.name not in each.paths]
    return tuple(
        f"{each.name}: {', '.join(each.paths)}" + (", drawn together" if len(each.paths) > 1 else "") for each in groups
    )


def _range(driver: DriverRow) -> str:
    if driver.range is None:
        return f"group of {len(driver.paths)}"
    return " to ".join(show_value(end, driver.unit) for end in driver.range)


def flip_table(row: SensitivityRow, most: int | None = None) -> Table:
    """Return the numbers that flip a ratio, the nearest first, and how many never do."""
    turning = [flip for flip in row.flips if flip.at is not None]
    rows: list[Row] = [
        (flip.path, show_value(flip.value, flip.unit), f"{flip.bound} {show_value(flip.at, flip.unit)}", factor(flip),
         NONE if flip.probability is None else chance(flip.probability))
        for flip in turning[:most]
    ]  # fmt: skip
    never = len(row.flips) - len({flip.path for flip in turning})
    more = f"; {len(turning) - len(rows)} more" if len(turning) > len(rows) else ""
    title = f"What would flip it, one number at a time ({never} never do{more})"
    return Table(("number", "now", "flips", "that is", "probability"), tuple(rows), title, left=(0, 2, 3))


def driver_table(drivers: Sequence[DriverRow]) -> Table:
    """Return what is uncertain."""
    rows: list[Row] = [
        (row.name, NONE if row.value is None else show_value(row.value, row.unit), _range(row), row.dist,
         "; ".join(filter(None, (row.about, "" if row.name in row.paths else ", ".join(row.paths)))))
        for row in drivers
    ]  # fmt: skip
    return Table(("driver", "median", "5 % and 95 %", "distribution", "what it is"), tuple(rows), left=(0, 2, 3, 4))


def budgets_table(document: SensitivityDocument) -> Table:
    """Return the budgets of all results, one row per share, with the unexplained rest."""
    rows: list[Row] = []
    for row in document.results:
        head = heading(document, row)
        rows += [(head, share.driver, _share(share), _span(row, share.frozen)) for share in row.budget]
        if row.unexplained is not None:
            rows.append((head, UNEXPLAINED, percent(row.unexplained), ""))
    return Table(("result", "driver", "share of spread", "90 % interval with it at its median"), tuple(rows),
                 left=(0, 1, 3))  # fmt: skip


def sensitivity_rows(document: SensitivityDocument) -> Iterator[tuple[str | float | None, ...]]:
    """Give the rows of the frame; the unexplained rest is a row of its own."""
    for row in document.results:
        head = (row.technology, row.architecture, row.baseline, row.metric)
        shares = {share.driver: share for share in row.budget}
        indices = {index.driver: index for index in row.indices or ()}
        bars = {bar.driver: bar for bar in row.tornado}
        for driver in document.drivers:
            share, index, bar = shares.get(driver.name), indices.get(driver.name), bars.get(driver.name)
            if share is None and index is None and bar is None:
                continue
            ends = (None, None) if share is None or share.interval is None else share.interval
            frozen = (None, None) if share is None or share.frozen is None else share.frozen
            yield (
                *head, driver.name, driver.about, None if share is None else share.share, *ends, *frozen,
                *((None, None) if index is None else (index.first, index.total)),
                *((None, None) if bar is None else (bar.low, bar.high)),
            )  # fmt: skip
        if row.unexplained is not None:
            yield (*head, UNEXPLAINED, "", row.unexplained, *(None,) * 8)


def flip_rows(document: SensitivityDocument) -> Iterator[tuple[str | float | None, ...]]:
    """Give the rows of the frame of flips."""
    for row in document.results:
        head = (row.technology, row.architecture, row.baseline, row.metric)
        for flip in row.flips:
            yield (*head, *flip[:-1], *flip.looked)
