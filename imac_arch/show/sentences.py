"""What is said of a comparison in sentences, the same on the terminal and in the report."""

from __future__ import annotations

from collections.abc import Sequence

from imac_arch.data.units import format_value
from imac_arch.document.comparison import ArchitectureRow, ComparisonDocument
from imac_arch.document.studied import BreakEvenRow, ProgrammingRow

__all__ = ["break_even_lines", "columns", "conditions_line", "heading", "programming_lines", "workload_line"]


def columns(document: ComparisonDocument) -> list[ArchitectureRow]:
    """Return the architectures as columns; a board that is the same for every technology stands once."""
    rows = document.architectures
    boards = {row.name: row for row in reversed(rows) if row.on_board}
    return [row for row in rows if not row.on_board] + [row for row in rows if boards.get(row.name) is row]


def heading(document: ComparisonDocument, row: ArchitectureRow) -> str:
    """Return how a column is called: the architecture, and what it runs on where that is not the same for all."""
    if row.on_board:
        return f"{row.name} ({document.board.name})" if document.board else row.name
    return f"{row.name} ({row.technology})" if len(document.technologies) > 1 else row.name


def workload_line(document: ComparisonDocument) -> str:
    """Return the network with what one inference computes."""
    network = document.network
    work = f"{network.macs:,} multiply-accumulates, {network.ops:,} operations per inference"
    return f"{network.name}: {work}"


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
    draws = f"{given.samples:,} samples, seed {given.seed}"
    precision = f"{given.precision} precision, bits of weight/input/activation: {bits}"
    return f"{scenario}{'; '.join(texts)}; {pace}; {board}{draws}; {precision}"


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
        share = f"{row.probability * 100:.3g} % of samples"
        lines.append(
            f"{board} needs {what} per inference than {row.architecture}{on} {when}; at some batch in {share}."
        )
    return tuple(lines)
