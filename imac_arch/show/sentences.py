"""What is said of a comparison in sentences, the same on the terminal and in the report."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from imac_arch.checks import OUTRANKED
from imac_arch.data.units import format_value
from imac_arch.document.comparison import ArchitectureRow, ChangedField, ComparisonDocument, Ratio
from imac_arch.document.studied import BreakEvenRow, ProgrammingRow, Reproduction

if TYPE_CHECKING:
    from imac_arch.document.optimum import OptimumConditions
    from imac_arch.document.sensitivity import SensitivityConditions
    from imac_arch.document.sweep import SweepConditions

__all__ = [
    "alike",
    "asked_text",
    "beside_baseline",
    "break_even_lines",
    "called",
    "changed_line",
    "changed_path",
    "columns",
    "conditions_line",
    "heading",
    "judged_baseline",
    "judged_beside",
    "judged_heading",
    "programming_lines",
    "samples_text",
    "scenario_banner",
    "scenario_lines",
    "unclassified",
    "variant",
    "workload_line",
]

BANNER = "energy"  # what a banner compares
LISTED = 2  # technologies that a heading names
NAMED = 2  # changed fields that a title names


def scenario_banner(document: ComparisonDocument) -> str:
    """Return what stands above the results of a scenario, with what its subject needs here and under the defaults;
    empty without a scenario."""
    if document.scenario is None:
        return ""
    metric = next((metric for metric in document.metrics if metric.name == BANNER), None)
    row = next((row for row in document.architectures if row.subject and row.by_default), None)
    if metric is None or row is None or row.by_default is None:
        return document.scenario.banner
    here, default = (format_value(v, metric.unit) for v in (row.metrics[BANNER].value, row.by_default[BANNER]))
    said = f"{metric.title.capitalize()} of {row.name}: {here} here; the same design under this project's defaults"
    return f"{document.scenario.banner}. {said}: {default}"


def scenario_lines(scenario: Reproduction) -> tuple[str, ...]:
    """Return what was chosen to meet the claims of a scenario, and what could not be read of its source."""
    told = {
        "reproduced": "no number is fitted; the discrete assumptions were chosen because they reproduce it",
        "calibrated": "a number was set to meet it",
        "predicted": "nothing was chosen to meet it",
    }
    bases = dict.fromkeys(target.basis for target in scenario.targets)
    lines = [f"{basis}: {told[basis]}" for basis in bases]
    return (*lines, scenario.note) if scenario.note else tuple(lines)


def columns(document: ComparisonDocument) -> list[ArchitectureRow]:
    """Return the designs as columns, boards last; what is the same on several technologies stands once."""
    kept: list[ArchitectureRow] = []
    for row in sorted(document.architectures, key=lambda row: row.on_board):
        if not any(alike(row, other) for other in kept):
            kept.append(row)
    return kept


def alike(row: ArchitectureRow, other: ArchitectureRow) -> bool:
    """Return whether two rows are of the same figures, as those of a board or of a node that two technologies share."""
    return (row.name, row.verdict, row.metrics) == (other.name, other.verdict, other.metrics)


def heading(document: ComparisonDocument, row: ArchitectureRow) -> str:
    """Return how a column is called: the architecture, and what it runs on where that is not the same for all."""
    same = tuple(other.technology for other in document.architectures if alike(row, other))
    return called(document, row, same)


def called(document: ComparisonDocument, row: ArchitectureRow, technologies: Sequence[str]) -> str:
    """Return how an architecture on some technologies is called, which are left out where they are all."""
    if row.on_board:
        return f"{row.name} ({document.board.name})" if document.board else row.name
    if len(technologies) == len(document.technologies):
        return row.name
    more = f"{technologies[0]} and {len(technologies) - 1} more" if len(technologies) > LISTED else ""
    return f"{row.name} ({more or ', '.join(technologies)})"


def beside_baseline(document: ComparisonDocument) -> list[tuple[str, dict[str, Ratio]]]:
    """Return the designs beside the baseline: how each is called, and its ratios by metric. What has the same ratios on
    several technologies stands once."""
    keys = {(row.baseline_technology, row.baseline) for row in document.ratios}
    against = [row for row in document.architectures if (row.technology, row.name) in keys]
    found: dict[tuple[str, str], dict[str, Ratio]] = {}
    for ratio in document.ratios:
        found.setdefault((ratio.technology, ratio.architecture), {})[ratio.metric] = ratio
    groups: list[tuple[ArchitectureRow, dict[str, Ratio], list[str]]] = []
    for row in sorted(document.architectures, key=lambda row: row.on_board):
        own = found.get((row.technology, row.name))
        if own is None or any(alike(row, other) for other in against):
            continue
        same = next((each for each in groups if each[0].name == row.name and _equal(each[1], own)), None)
        if same is None:
            groups.append((row, own, [row.technology]))
        else:
            same[2].append(row.technology)
    return [(_beside(document, row, technologies), own) for row, own, technologies in groups]


def _equal(ratios: Mapping[str, Ratio], others: Mapping[str, Ratio]) -> bool:
    return all(ratios[name][:3] == others[name][:3] for name in ratios)  # value, interval and share of samples


def _beside(document: ComparisonDocument, row: ArchitectureRow, technologies: Sequence[str]) -> str:
    """Return how a design is called, with the technologies whose baseline its ratios are against where these differ."""
    head = called(document, row, technologies)
    one_for_all = "@" in document.conditions.baseline or len(technologies) == len(document.technologies)
    return (
        head
        if one_for_all or not row.on_board
        else f"{head} against {document.conditions.baseline} on {', '.join(technologies)}"
    )


def judged_beside(document: ComparisonDocument) -> list[tuple[str, dict[str, Ratio]]]:
    """Return the designs beside the baseline as :func:`beside_baseline` does, called with the verdict of those that do
    not work."""
    verdicts = {(row.technology, row.name): row.verdict for row in document.architectures}
    found = []
    for head, own in beside_baseline(document):
        first = next(iter(own.values()))
        verdict = verdicts[first.technology, first.architecture]
        found.append((head + ("" if verdict == "works" else f", {verdict}"), own))
    return found


def judged_baseline(document: ComparisonDocument) -> str:
    """Return how the baseline is called, with its verdict where that is the same on every technology and not works."""
    keys = {(row.baseline_technology, row.baseline) for row in document.ratios}
    found = {row.verdict for row in document.architectures if (row.technology, row.name) in keys}
    verdict = found.pop() if len(found) == 1 else "works"
    return (
        document.conditions.baseline
        + {"works": "", "doubtful": ", which is doubtful", "fails": ", which fails"}[verdict]
    )


def judged_heading(document: ComparisonDocument, row: ArchitectureRow) -> str:
    """Return how a column is called, with the verdict where the design does not work."""
    return heading(document, row) + ("" if row.verdict == "works" else f", {row.verdict}")


def workload_line(document: ComparisonDocument) -> str:
    """Return the network with what one inference computes."""
    network = document.network
    work = f"{network.macs:,} multiply-accumulates, {network.ops:,} operations per inference"
    changed = f" with {text}" if (text := variant(document)) else ""
    return f"{network.name}{changed}: {work}"


def changed_line(document: ComparisonDocument) -> str:
    """Return what options changed of the technologies: ``changed: read.voltage 0.8 V -> 0.3 V``; empty for nothing."""
    fields: dict[tuple[str, str, str], list[str]] = {}
    for row in document.conditions.changed:
        fields.setdefault((row.path, row.from_, row.to), []).append(row.technology)
    everywhere = len(document.technologies)
    texts = [
        f"{path} {old} -> {new}" + (f" ({', '.join(names)})" if len(names) < everywhere else "")
        for (path, old, new), names in fields.items()
    ]
    return f"changed: {', '.join(texts)}" if texts else ""


def changed_path(overrides: Collection[str], row: ChangedField) -> str:
    """Return the path of a changed field, with the technology in front where it was set on that one alone."""
    own = f"{row.technology}:{row.path}"
    return own if own in overrides else row.path


def variant(document: ComparisonDocument, technologies: Collection[str] | None = None) -> str:
    """Return in a few words what was changed, for titles: ``read.voltage 0.3 V and 2 more changes``; where some
    technologies are named, what was changed of these."""
    texts = list(
        dict.fromkeys(
            f"{changed_path(document.conditions.overrides, row)} {row.to}"
            for row in document.conditions.changed
            if technologies is None or row.technology in technologies
        )
    )
    more = f" and {len(texts) - NAMED} more change{'s' if len(texts) > NAMED + 1 else ''}"
    return ", ".join(texts[:NAMED]) + (more if len(texts) > NAMED else "")


def conditions_line(document: ComparisonDocument) -> str:
    """Return every condition that moves the result, in one line."""
    given = document.conditions
    texts = []
    for part in given.per_technology:
        text = f"{part.subarray.rows}x{part.subarray.cols} subarrays, {part.read} read, "
        text += f"{part.encoding}, {part.bias_window} bias"
        text += f", {part.adc_law} ADC" if part.adc_law else ""
        texts.append(f"{part.technology}: {text}" if len(given.per_technology) > 1 else text)
    bits = "; ".join(f"{name} {b.weight:.3g}/{b.input:.3g}/{b.activation:.3g}" for name, b in given.bits.items())
    pace = f"{given.timing} timing, {'pipelined' if given.pipelined else 'unpipelined'}, batch {given.batch}"
    device = document.board
    board = f"GPU {device.name} ({device.status}, {device.number_format}), " if device else ""
    scenario = f"scenario {given.scenario}; " if given.scenario else ""
    draws = samples_text(given.samples, given.seed)
    changed = f"{line}; " if (line := changed_line(document)) else ""
    precision = f"{given.precision} precision, bits of weight/input/activation: {bits}"
    return f"{scenario}{changed}{'; '.join(texts)}; {pace}; {board}{draws}; {precision}"


def asked_text(
    asked: SweepConditions | OptimumConditions | SensitivityConditions,
    fields: Mapping[str, str],
    tiles: str | None = None,
) -> str:
    """Return what was asked for beside the usual: ``set: read.voltage 0.3 V; native precision``; empty for nothing."""
    texts = [f"set: {', '.join(f'{path} {value}' for path, value in fields.items())}"] if fields else []
    texts += [] if asked.timing == "settled" else [f"{asked.timing} timing"]
    texts += [] if asked.precision == "equal" else [f"{asked.precision} precision"]
    texts += ["pipelined"] * asked.pipelined + [f"batch {asked.batch}"] * (asked.batch > 1)
    texts += [] if tiles is None else [f"tiles {tiles}"]
    return "; ".join(texts)


def unclassified(constraints: Collection[str]) -> tuple[str, ...]:
    """Say where no constraint is on the accuracy that it would outrank a check, as it does beside a comparison."""
    if any(text.startswith("accuracy") for text in constraints):
        return ()
    said = f"without the accuracy, which outranks {OUTRANKED} where it is known, as in compare"
    return (f"{said}: --subject 'accuracy>=0.95'",)


def samples_text(samples: int, seed: int) -> str:
    """Return how many samples were drawn: ``2,000 samples, seed 0``."""
    return f"{samples:,} sample{'s' if samples != 1 else ''}, seed {seed}" if samples else "no samples, so no intervals"


def programming_lines(document: ComparisonDocument) -> tuple[str, ...]:
    """Return one sentence a technology on writing the network into its cells, which no inference pays for."""
    first: dict[str, ProgrammingRow] = {}
    for row in document.programming:
        first.setdefault(row.technology, row)
    lines = []
    for name, row in first.items():
        cells = f"{int(row.synapse_cells + row.neuron_cells):,} cells"
        on = f" on {name}" if len(first) > 1 else ""
        if row.energy.value is None or row.loads.value is None:
            lines.append(f"Programming the network{on} writes {cells}; the technology does not give its cost.")
            continue
        spent = f"{format_value(row.energy.value, 'J')} and {format_value(row.time.value, 's')}"
        wear = f"the endurance of a cell allows about {row.loads.value:.0e} such writes"
        lines.append(
            f"Programming the network{on} once writes {cells}: {spent}, not part of the energy per inference; {wear}."
        )
    return tuple(lines)


def break_even_lines(document: ComparisonDocument, rows: Sequence[BreakEvenRow]) -> tuple[str, ...]:
    """Return one sentence a row on the batch from which the board is ahead."""
    board = document.board.name if document.board else ""
    lines = []
    for row in rows:
        what = "less time" if row.metric == "throughput" else "less energy"
        on = f" on {row.technology}" if len(document.technologies) > 1 else ""
        when = f"from batch {row.batch:,} on" if row.batch else f"at no batch up to {row.largest:,}"
        share = "" if row.probability is None else f"; at some batch in {row.probability * 100:.3g} % of samples"
        lines.append(f"{board} needs {what} per inference than {row.architecture}{on} {when}{share}.")
    return tuple(lines)
