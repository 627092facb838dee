"""The first screen of a report: headlines, summary, ratios, and settled beside declared timing."""

from __future__ import annotations

from imac_arch.data.records import NamedTuple
from imac_arch.document.comparison import ComparisonDocument
from imac_arch.show.comparison import ratio_table, subjects, summary_table
from imac_arch.show.sentences import variant
from imac_arch.show.sheet import FAILS, Cell, Row, Table
from imac_arch.show.values import ratio_cell, ratio_words, show_metric

__all__ = ["Headline", "cycles", "headlines", "ratios", "summary"]


class Headline(NamedTuple):
    """A ratio that opens the report, with what it is, the ends of its 90 % interval, and the share of samples in its
    favour.

    ``mark`` is ``undecided`` where the interval contains 1; ``failing`` says that one of the two designs fails.
    ``default`` is the ratio under this project's defaults, beside that of a scenario.
    """

    value: str
    text: str
    ends: tuple[str, str] | None
    mark: str
    share: str
    failing: bool
    default: str = ""


def headlines(document: ComparisonDocument) -> tuple[Headline, ...]:
    """Return the ratios of the subject that open the report."""
    titles = {metric.name: metric.title for metric in document.metrics if metric.headline}
    verdicts = {(row.technology, row.name): row.verdict for row in document.architectures}
    words = {metric.name: metric.words for metric in document.metrics}
    many, about = len(document.technologies) > 1, subjects(document)
    heads = []
    for ratio in document.ratios:
        if ratio.architecture in about and ratio.metric in titles and ratio.value is not None:
            cell, where = ratio_cell(ratio, words[ratio.metric]), f" on {ratio.technology}" if many else ""
            mine, other = (ratio.technology, ratio.architecture), (ratio.baseline_technology, ratio.baseline)
            judged = [verdicts.get(key, "works") for key in (mine, other)]
            said = ["" if verdict == "works" else f" ({verdict})" for verdict in judged]
            on = "" if mine[0] == other[0] else f" on {ratio.baseline_technology}"
            text = f"{titles[ratio.metric]}, {ratio.architecture}{said[0]}{where} against {ratio.baseline}{said[1]}{on}"
            text += f", with {changed}" if (changed := variant(document, (mine[0], other[0]))) else ""
            default = "" if ratio.by_default is None else ratio_words(ratio.by_default, words[ratio.metric])
            share = "" if ratio.above is None else f"in favour in {100 * ratio.above:.0f} % of samples"
            heads.append(Headline(cell.value, text, cell.ends, cell.mark, share, FAILS in judged, default))
    return tuple(heads)


def summary(document: ComparisonDocument) -> Table:
    """Return the metrics that people read."""
    return _metrics(summary_table(document))


def ratios(document: ComparisonDocument) -> Table | None:
    """Return the ratios against the baseline; None where nothing stands beside it."""
    shown = ratio_table(document)
    return None if shown is None else _metrics(shown)


def _metrics(shown: Table) -> Table:
    """Return a table with a name over its first column, which stays bare on the terminal."""
    return shown._replace(heads=("metric", *shown.heads[1:]))


def cycles(document: ComparisonDocument) -> tuple[Table, ...]:
    """Return settled beside declared timing: every metric of the summary that differs between the two."""
    tables = []
    for row in document.architectures:
        if row.declared is None:
            continue
        lines: list[Row] = []
        for metric in document.metrics:
            settled, declared = row.settled[metric.name].value, row.declared[metric.name].value
            if metric.summary and settled != declared:
                mark = FAILS if row.verdict == FAILS else ""
                cells = [Cell(show_metric(metric, value), mark=mark) for value in (settled, declared)]
                lines.append((metric.title, *cells))
        name = f"{row.name} on {row.technology}" + ("" if row.verdict == "works" else f", {row.verdict}")
        tables.append(Table((name, "settled", "declared"), tuple(lines), f"Settled and declared, {name}"))
    return tuple(tables)
