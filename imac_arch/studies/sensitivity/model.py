"""Metrics and ratios as functions of the numbers behind them: what they depend on, and their values at any points."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from pydantic import BaseModel

from imac_arch.components.base import Laws, Path
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import Quantity
from imac_arch.data.records import NamedTuple
from imac_arch.data.walk import each_quantity, with_quantities
from imac_arch.evaluate import Evaluation, Metrics, evaluate
from imac_arch.inputs import Inputs, drawn_by, drawn_scores
from imac_arch.metrics import METRICS

if TYPE_CHECKING:
    from imac_arch.program.replay import Program

__all__ = ["Driver", "Model", "Number", "Question", "Side", "Spot", "about", "architectures", "outcome"]

M = TypeVar("M", bound=BaseModel)
Spot = tuple[int | None, str]
Outcomes = Callable[[Mapping[Spot, Array], int], Array]  # values of numbers and how many points, to (questions, points)
AT_ONCE = 2**13  # layers times points that are evaluated together, which caches hold
SHARED = ("board", "network", "laws")  # one for all technologies


class Number(NamedTuple):
    """A number of the inputs.

    Attributes:
        spot: the place of its technology among those at hand, None of laws, board and network; and its path.
        key: what it is drawn by.
        quantity: at its median.
    """

    spot: Spot
    key: str
    quantity: Quantity


class Driver(NamedTuple):
    """Numbers that are drawn together: a single one, or those of a group.

    Attributes:
        name: the path of the number, or the name of the group.
        key: what they are drawn by.
        numbers: at least one.
    """

    name: str
    key: str
    numbers: tuple[Number, ...]

    def at(self, normal: Array, uniform: Array) -> dict[Spot, Array]:
        """Return the values of its numbers at standard-normal scores, which are the uniform scores beside them."""
        return {number.spot: number.quantity.quantile(normal, uniform) for number in self.numbers}

    def scores(self, seed: int, samples: int) -> Array:
        """Return the standard-normal scores of the samples that were drawn with a seed."""
        return drawn_scores(self.key, seed, samples)


class Side(NamedTuple):
    """An architecture on one of the technologies at hand."""

    place: int
    architecture: str


class Question(NamedTuple):
    """A metric of a design, or its ratio against another, above 1 where that favours the design."""

    metric: str
    mine: Side
    theirs: Side | None

    @property
    def sides(self) -> tuple[Side, ...]:
        """The one or two designs that it is about."""
        return (self.mine,) if self.theirs is None else (self.mine, self.theirs)


def about(quantity: Quantity) -> str:
    """Return the description of the field that a number stands in."""
    return "" if quantity.declared is None else quantity.declared.about


def architectures(questions: Sequence[Question]) -> dict[int, list[str]]:
    """Return the architectures to evaluate on each technology: those asked about, and where a baseline stands alone the
    one that it is compared with, for a declared cycle may be that one's."""
    found: dict[int, dict[str, None]] = {}
    for question in questions:
        for side in question.sides:
            found.setdefault(side.place, {}).update({side.architecture: None, question.mine.architecture: None})
    return {place: list(names) for place, names in found.items()}


def outcome(question: Question, metrics: Mapping[Side, Metrics]) -> Array | None:
    """Return the metric, or the ratio, that is asked for; None where it does not apply."""
    values = [metrics[side][question.metric] for side in question.sides]
    if any(each is None for each in values):
        return None
    found: list[Array] = [each for each in values if each is not None]
    if question.theirs is None:
        return found[0]
    mine, theirs = found
    with np.errstate(all="ignore"):
        return theirs / mine if METRICS[question.metric].better == "lower" else mine / theirs


class Model:
    """Designs on one or several technologies, of which board, network and laws are the same."""

    def __init__(self, inputs: Sequence[Inputs]) -> None:
        self.inputs = [each.at_medians() for each in inputs]

    def numbers(self, read: Collection[str]) -> list[Number]:
        """Return the numbers that were read, each once."""
        found = []
        for place, inputs in enumerate(self.inputs):
            for prefix, part in _parts(inputs):
                shared = prefix.partition(".")[0] in SHARED
                if shared and place:
                    continue
                head = prefix if shared else ""
                for path, quantity in each_quantity(part):
                    if quantity.path not in read:
                        continue
                    dotted = ".".join([head, *map(str, path)] if head else map(str, path))
                    spot = (None if shared else place, dotted)
                    found.append(Number(spot, drawn_by(prefix, path, quantity), quantity))
        return found

    def drivers(self, read: Collection[str]) -> list[Driver]:
        """Return what is uncertain of the numbers that were read."""
        by_key: dict[str, list[Number]] = {}
        for number in self.numbers(read):
            if number.quantity.uncertain:
                by_key.setdefault(number.key, []).append(number)
        return [
            Driver(numbers[0].quantity.group or numbers[0].spot[1], key, tuple(numbers))
            for key, numbers in by_key.items()
        ]

    def outcomes(self, questions: Sequence[Question], values: Mapping[Spot, Array], count: int) -> Array:
        """Return what is asked for at points at which some numbers have values of their own, (questions, points); NaN
        where a design has no meaning."""
        found = np.full((len(questions), count), np.nan)
        step = max(AT_ONCE // max(len(inputs.network.layers) for inputs in self.inputs), 1)
        for start in range(0, count, step):
            here = slice(start, min(start + step, count))
            metrics = self._metrics(questions, {spot: array[here] for spot, array in values.items()}, here)
            for row, question in enumerate(questions):
                array = outcome(question, metrics)
                if array is not None:
                    found[row, here] = np.broadcast_to(np.asarray(array), (here.stop - here.start + 1,))[1:]
        return found

    def recorded(self, questions: Sequence[Question], ends: Mapping[Spot, tuple[float, float]]) -> Outcomes:
        """Return what gives the outcomes of questions at points, as programs that are recorded once.

        Args:
            questions: what is asked for.
            ends: the least and the largest value of each number that has values of its own.

        Raises:
            TypeError: a formula decides on the value of such a number.
        """
        from imac_arch.program.recorded import record_metrics

        wanted = {question.metric for question in questions}
        programs = {}
        for place, names in architectures(questions).items():
            inputs, own = self.inputs[place], {path: each for (at, path), each in ends.items() if at in (None, place)}
            programs[place] = record_metrics(partial(_placed, inputs), own, names, wanted)

        def outcomes(values: Mapping[Spot, Array], count: int) -> Array:
            metrics: dict[Side, dict[str, Array | None]] = {}
            for place, program in programs.items():
                own = {path: array for (at, path), array in values.items() if at in (None, place)}
                for name, array in _replayed(program, own, count).items():
                    architecture, _, metric = name.partition(".")
                    empty: dict[str, Array | None] = dict.fromkeys(wanted)
                    metrics.setdefault(Side(place, architecture), empty)[metric] = array
            found = np.full((len(questions), count), np.nan)
            for row, question in enumerate(questions):
                known = outcome(question, metrics) if all(side in metrics for side in question.sides) else None
                if known is not None:
                    found[row] = known
            return found

        return outcomes

    def _metrics(self, questions: Sequence[Question], values: Mapping[Spot, Array], here: slice) -> dict[Side, Metrics]:
        found: dict[Side, Metrics] = {}
        for place, names in architectures(questions).items():
            own = {path: array for (at, path), array in values.items() if at in (None, place)}
            with np.errstate(all="ignore"):
                for evaluation in evaluate(_placed(self.inputs[place], own, here.stop - here.start), names):
                    found[Side(place, evaluation.architecture)] = _shown(evaluation)
        return found


def _shown(evaluation: Evaluation) -> Metrics:
    return evaluation.masked().metrics


def _parts(inputs: Inputs) -> Iterator[tuple[str, object]]:
    """Give the models that numbers stand in, with what their numbers are drawn by begins with."""
    yield "technology", inputs.technology
    yield "network", inputs.network
    if inputs.board is not None:
        yield "board", inputs.board
    for name, law in inputs.laws.by_name.items():
        yield f"laws.{name}", law


def _replayed(program: Program, values: Mapping[str, Array], count: int) -> dict[str, Array]:
    """Return the results of a program at points."""
    found = {name: np.empty(count) for name in program.results}
    if not program.free:
        return {name: np.full(count, array) for name, array in program({}).items()}
    for (place,), results in program.blocks(values):
        for name, array in results.items():
            found[name][place] = array
    return found


def _placed(inputs: Inputs, values: Mapping[str, Array], count: int = 0) -> Inputs:
    """Return inputs in which numbers have values: those of samples, behind the medians, or what stands for one."""

    def changed(prefix: str, part: M) -> M:
        def fill(path: Path, quantity: Quantity) -> Quantity:
            own = values.get(prefix + ".".join(map(str, path)))
            if own is None:
                return quantity
            return quantity.at(np.concatenate([[quantity.value], own]) if count else own)

        return with_quantities(part, fill)

    tops = {path.split(".")[0] for path in values}
    changes = {path.split(".")[1] for path in values if path.startswith("laws.")}

    return replace(
        inputs,
        technology=changed("", inputs.technology),
        network=changed("network.", inputs.network) if "network" in tops else inputs.network,
        board=changed("board.", inputs.board) if inputs.board is not None and "board" in tops else inputs.board,
        laws=Laws(
            {
                name: changed(f"laws.{name}.", law) if name in changes else law
                for name, law in inputs.laws.by_name.items()
            }
        ),
        samples=count,
    )
