"""The one evaluation: draw samples, lay out design axes, write bills, compute metrics. One design is an array of
one."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from imac_arch.architectures import ARCHITECTURES, Architecture
from imac_arch.bill import Bill, Totals, compose
from imac_arch.case import Case
from imac_arch.components.base import Laws, each_quantity, with_quantities
from imac_arch.components.gpu import GpuBoard
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.quantity import Array, Quantity
from imac_arch.metrics import compute
from imac_arch.network import Network
from imac_arch.technology import Technology

__all__ = ["Evaluation", "Inputs", "draw", "evaluate"]

M = TypeVar("M", bound=BaseModel)
Metrics = Mapping[str, Array | None]


@dataclass(frozen=True)
class Inputs:
    """Everything an evaluation depends on, each quantity holding arrays over (designs..., samples)."""

    network: Network
    technology: Technology
    laws: Laws
    board: GpuBoard | None
    samples: int

    def nominal(self) -> Inputs:
        """Return the same inputs at their medians, without samples."""

        def median(path: tuple[str | int, ...], quantity: Quantity) -> Quantity:
            return quantity.at(np.asarray(quantity.value)) if quantity.uncertain else quantity

        laws = Laws({name: with_quantities(law, median) for name, law in self.laws.by_name.items()})
        board = None if self.board is None else with_quantities(self.board, median)
        return Inputs(with_quantities(self.network, median), with_quantities(self.technology, median), laws, board, 0)

    def case(self) -> Case:
        """Return these inputs as one design, for one inference."""
        return Case(self.network, self.technology, self.laws, self.board, np.ones(()))

    def with_law(self, **changes: object) -> Inputs:
        """Return the same inputs with other fields in the converter."""
        adc = self.technology.components["adc"].model_copy(update=changes)
        components = {**self.technology.components, "adc": adc}
        return replace(self, technology=self.technology.model_copy(update={"components": components}))


@dataclass(frozen=True)
class Evaluation:
    """One architecture on one technology. The last axis of every array is the sample: 0 the medians of the inputs.

    Attributes:
        architecture: its name.
        technology: the technology's name.
        bill: the lines.
        totals: sums for the timing asked for.
        metrics: for the timing asked for.
        settled: metrics with settled latencies.
        declared: metrics at the declared cycle; None where none is declared.
    """

    architecture: str
    technology: str
    bill: Bill
    totals: Totals
    metrics: Metrics
    settled: Metrics
    declared: Metrics | None


@lru_cache(maxsize=8)
def _scores(samples: int) -> tuple[Array, Array]:
    """Return evenly spread uniform and standard-normal scores, one of each for every sample."""
    uniform = (np.arange(samples) + 0.5) / samples
    normal = NormalDist()
    return uniform, np.array([normal.inv_cdf(u) for u in uniform])


def draw(model: M, prefix: str, seed: int, samples: int) -> M:
    """Return a model whose uncertain quantities hold ``1 + samples`` values: the median, then the samples.

    Each quantity is drawn by its own generator, seeded by its path or its group, so that neither the order of keys nor
    another quantity changes its samples, and equal paths in two technologies draw together. The samples are
    stratified: a permutation of evenly spread scores.
    """
    if not samples:
        return model
    uniform, normal = _scores(samples)
    orders: dict[str, NDArray[np.int64]] = {}

    def fill(path: tuple[str | int, ...], quantity: Quantity) -> Quantity:
        if not quantity.uncertain:
            return quantity
        key = f"group:{quantity.group}" if quantity.group else ".".join([prefix, *map(str, path)])
        if key not in orders:
            orders[key] = np.random.default_rng([seed, zlib.crc32(key.encode())]).permutation(samples)
        order = orders[key]
        return quantity.at(np.concatenate([[quantity.value], quantity.quantile(normal[order], uniform[order])]))

    return with_quantities(model, fill)


def prepare(
    network: Network, technology: Technology, laws: Laws, board: GpuBoard | None, *, samples: int = 0, seed: int = 0
) -> Inputs:
    """Draw the samples, once for all architectures."""
    drawn = Laws({name: draw(law, f"laws.{name}", seed, samples) for name, law in laws.by_name.items()})
    return Inputs(
        draw(network, "network", seed, samples),
        draw(technology, "technology", seed, samples),
        drawn,
        None if board is None else draw(board, "board", seed, samples),
        samples,
    )


def lay_out(technology: Technology, axes: Mapping[str, Sequence[float]]) -> Technology:
    """Return a technology in which each path holds an array along a design axis of its own.

    Raises:
        UsageError: a path leads to no number.
    """
    count = len(axes)
    shaped = {
        path: np.asarray(values, dtype=float).reshape(-1, *(1,) * (count - place))
        for place, (path, values) in enumerate(axes.items())
    }
    found = {".".join(map(str, path)) for path, _ in each_quantity(technology)}
    for path in axes:
        if path not in found:
            raise UnknownName("number in the technology", path, found)

    def fill(path: tuple[str | int, ...], quantity: Quantity) -> Quantity:
        values = shaped.get(".".join(map(str, path)))
        return quantity if values is None else quantity.at(values)

    return with_quantities(technology, fill)


def evaluate(
    inputs: Inputs,
    architectures: Sequence[str],
    *,
    batch: Array | int = 1,
    pipelined: bool = False,
    timing: str = "settled",
    axes: int = 0,
) -> list[Evaluation]:
    """Evaluate architectures on one technology.

    Args:
        inputs: network, technology, laws and board with their samples.
        architectures: names.
        batch: inferences at once; an array takes a design axis of its own.
        pipelined: layers of the analog architectures overlap.
        timing: ``settled`` or ``declared``; the latter uses the technology's cycle where it declares one.
        axes: design axes in front of the sample axis.

    Raises:
        UnknownName: an architecture that does not exist.
        UsageError: a role that the technology does not fill.
    """
    case = Case(
        inputs.network,
        inputs.technology,
        inputs.laws,
        inputs.board,
        np.asarray(batch, dtype=float),
        pipelined,
        axes,
    )
    found = [_evaluate(case, _named(name), timing) for name in architectures]
    if timing == "declared" and all(evaluation.declared is None for evaluation in found):
        name = case.technology.name
        raise UsageError(f"technology {name!r} declares no cycle; add 'cycle: 1 ns' or use --timing settled")
    return found


def _named(name: str) -> Architecture:
    if name not in ARCHITECTURES:
        raise UnknownName("architecture", name, ARCHITECTURES)
    return ARCHITECTURES[name]


def _evaluate(case: Case, architecture: Architecture, timing: str) -> Evaluation:
    bill = architecture.bill(case)
    totals = compose(bill)
    settled = compute(bill, totals, case.laws)
    chosen, declared = settled, None
    if bill.cycle is not None:
        at_cycle = compose(bill, bill.cycle)
        declared = compute(bill, at_cycle, case.laws)
        if timing == "declared":
            totals, chosen = at_cycle, declared
    return Evaluation(architecture.name, case.technology.name, bill, totals, chosen, settled, declared)
