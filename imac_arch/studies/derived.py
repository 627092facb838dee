"""What follows from a technology's numbers: its cell, its lines, how they settle, and how large a subarray may be.

Nothing is computed here: the figures are those of the synapse, of the wiring and of the bills, and the sizes those at
which the verdict of a full square subarray is clear.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import Case
from imac_arch.checks import checks
from imac_arch.components.roles import NEURON, SYNAPSE
from imac_arch.data.errors import UsageError
from imac_arch.document.explanation import Derived, DerivedRow, SizeLimit, SoundSize
from imac_arch.document.samples import figure
from imac_arch.evaluate import evaluate
from imac_arch.inputs import Inputs, listed
from imac_arch.network import USUAL, parse_network
from imac_arch.resolve import Request, resolve
from imac_arch.soundness import refuse_senseless_wires
from imac_arch.technology import PerActivation
from imac_arch.wiring import wiring

__all__ = ["SIZES", "derived"]

SIZES = tuple(2**k for k in range(1, 11))  # lines of a square subarray
SAMPLES = 2000
STATES = ("most conductive state", "least conductive state")
SIZE = ("subarray.rows", "subarray.cols")


def derived(name: str, overrides: Mapping[str, str] | None = None) -> Derived:
    """Return what follows from a technology, by name or path, with fields replaced by their path.

    Raises:
        ImacError: all errors in the file, reported together.
    """
    resolved = resolve(Request("1-1", name, fields=overrides or {}, samples=SAMPLES))
    inputs = resolved.inputs
    subarray = inputs.technology.subarray
    rows, cols = (int(quantity.value) for quantity in (subarray.rows, subarray.cols))
    case = inputs.case()
    if case.optional(SYNAPSE) is None:
        return Derived(rows, cols, (), SIZES, (), ("the role 'synapse' is not filled: no cell and no line",))
    refuse_senseless_wires(inputs, resolved.files.technology, overrides or {})
    figures = [*_cell(case), *_lines(case)]
    sound: list[SoundSize] = []
    problems: list[str] = []
    for each in (name for name, architecture in ARCHITECTURES.items() if SYNAPSE.name in architecture.roles):
        try:
            figures.append(_settling(inputs, each, rows, cols))
            sound.append(_sound(each, _clear(inputs.at_medians(), each)))
        except UsageError as error:
            problems.append(f"{each}: {error}")
    return Derived(rows, cols, tuple(figures), SIZES, tuple(sound), tuple(problems))


def _full(inputs: Inputs, rows: int, cols: int) -> Inputs:
    """Return inputs of two layers of which the last fills one subarray, bias row and slices of the weights included."""
    neuron = inputs.technology.components.get(NEURON.name)
    known = neuron.activations if isinstance(neuron, PerActivation) else getattr(neuron, "computes", ())
    activation = next(iter(known), USUAL)
    width, outputs = max(rows - 1, 1), cols // int(inputs.case().synapse.columns_per_weight.value)
    network = parse_network(f"{width}-{width}:{activation}-{max(outputs, 1)}:{activation}")
    return replace(inputs, network=network)


def _settling(inputs: Inputs, architecture: str, rows: int, cols: int) -> DerivedRow:
    """Return how long the lines of a full subarray settle."""
    full = _full(inputs, rows, cols)
    (evaluation,) = evaluate(full, [architecture])
    last = evaluation.grid.layered(evaluation.bill.facts["settle"])[-1]
    return DerivedRow(f"settling_{architecture}", f"settling of the lines, {architecture}", "s", figure(last))


def _cell(case: Case) -> Iterator[DerivedRow]:
    """Give size, resistances and currents of a cell."""
    synapse, voltage = case.synapse, case.technology.read.voltage.x
    pitch, height = synapse.pitches
    width = pitch / synapse.cells_per_weight.x
    yield DerivedRow("cell_width", "cell along the word line", "m", figure(width))
    yield DerivedRow("cell_height", "cell along the bit line", "m", figure(height))
    yield DerivedRow("cell_area", "area of a cell", "m^2", figure(width * height))
    conductances = [conductance for pair in synapse.states(voltage) for conductance in pair]
    names = getattr(synapse, "resistance_names", STATES)
    for key, name, choose in zip(("low", "high"), names, (np.maximum, np.minimum), strict=True):
        conductance = reduce(choose, conductances)
        yield DerivedRow(f"{key}_resistance", name, "ohm", figure(1 / conductance))
        yield DerivedRow(f"{key}_current", f"read current of a cell at {name}", "A", figure(voltage * conductance))


def _lines(case: Case) -> Iterator[DerivedRow]:
    """Give resistance and capacitance of a segment of each line."""
    made = wiring(case)
    cell = case.synapse.capacitance.x
    parts = (
        ("word", "one weight", made.r_word, made.c_pair - 2 * cell, made.c_pair),
        ("bit", "one cell", made.r_bit, made.c_bit, made.c_bit + cell),
    )
    for key, of, resistance, wire, whole in parts if case.wire is not None else ():
        line = f"{key}-line segment, {of}"
        yield DerivedRow(f"{key}_line_resistance", f"{line}: resistance", "ohm", figure(resistance))
        yield DerivedRow(f"{key}_line_wire_capacitance", f"{line}: capacitance of the wire", "F", figure(wire))
        yield DerivedRow(f"{key}_line_capacitance", f"{line}: with its cells", "F", figure(whole))


def _clear(inputs: Inputs, architecture: str) -> dict[tuple[str, str], list[bool]]:
    """Return whether each check is clear at each of the sizes, by code and quantity."""
    clear: dict[tuple[str, str], list[bool]] = {}
    for place, size in enumerate(SIZES):
        given = listed(_full(inputs, size, size), {path: [size] for path in SIZE})
        with np.errstate(all="ignore"):
            (evaluation,) = evaluate(given, [architecture])
            valid = bool(evaluation.valid.all())
            for check in checks(evaluation, given.case()):
                known = clear.setdefault((check.code, check.quantity), [True] * len(SIZES))
                known[place] = known[place] and valid and float(np.max(check.severity)) < 1
    return clear


def _sound(architecture: str, clear: Mapping[tuple[str, str], Sequence[bool]]) -> SoundSize:
    """Return the largest size at which all checks are clear, and the range of each that is not clear everywhere."""
    limits = tuple(
        SizeLimit(code, quantity, tuple(itertools.compress(SIZES, each)))
        for (code, quantity), each in clear.items()
        if not all(each)
    )
    every, by_size = (_largest(rows) for rows in (clear.values(), filter(any, clear.values())))
    return SoundSize(architecture, every, by_size, limits)


def _largest(checks: Iterable[Sequence[bool]]) -> int | None:
    """Return the largest size at which all checks are clear."""
    whole = [all(each) for each in zip(*checks, strict=True)] or [True] * len(SIZES)
    return max(itertools.compress(SIZES, whole), default=None)
