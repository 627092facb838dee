"""Metrics, one function each; the names of its arguments are what it depends on.

The base quantities come from the totals of a bill: ``area``, ``energy``, ``energy_active``, ``leakage``, ``latency``,
``interval``, ``ops``, ``utilization`` and ``subarrays``. Constants come from ``tech/laws/constants.yaml``. Everything
else is a function here, found by its name; tables, ratios, report and files show what is declared here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypedDict, Unpack

import numpy as np

from imac_arch.bill import Bill, Totals
from imac_arch.components.base import Laws
from imac_arch.components.laws import Constants
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.quantity import Array

__all__ = ["METRICS", "Metric", "compute", "known"]

ACCURACY = "accuracy"  # which classifying images gives

_TERA = 1e12


@dataclass(frozen=True)
class Metric:
    """What a number is; everything that shows it follows from here.

    Attributes:
        name: as in documents.
        title: for people.
        unit: the unit of its values.
        better: ``lower`` or ``higher``.
        scale: how many SI units its own unit has.
        function: from other metrics, base quantities and constants, by the names of its arguments; None for a base.
        summary: it stands in the tables that people read.
        ratio: it is compared with the baseline.
        headline: it opens the report where it is the subject's, and stands beside each converter law.
        printed: the unit that it is printed in, such as ``%``; empty follows from ``unit``.
        words: what one says of a worse and of a better value.
    """

    name: str
    title: str
    unit: str
    better: str = "lower"
    scale: float = 1.0
    function: Callable[..., Array] | None = None
    summary: bool = True
    ratio: bool = True
    headline: bool = False
    printed: str = ""
    words: tuple[str, str] = ("more", "less")


METRICS: dict[str, Metric] = {}


class _Shown(TypedDict, total=False):
    summary: bool
    ratio: bool
    headline: bool
    printed: str
    words: tuple[str, str]


LARGER, SLOWER, LOWER = ("larger", "smaller"), ("slower", "faster"), ("lower", "higher")


def _base(name: str, title: str, unit: str, better: str = "lower", **shown: Unpack[_Shown]) -> None:
    METRICS[name] = Metric(name, title, unit, better, **shown)


def metric(
    title: str, unit: str, better: str = "lower", scale: float = 1.0, **shown: Unpack[_Shown]
) -> Callable[[Callable[..., Array]], Callable[..., Array]]:
    """Declare a derived metric; see :class:`Metric`. The order of declaration is that of tables."""

    def declare(function: Callable[..., Array]) -> Callable[..., Array]:
        name = function.__name__
        METRICS[name] = Metric(name, title, unit, better, scale, function, **shown)
        return function

    return declare


@metric("power", "W")
def power(energy: Array, interval: Array) -> Array:
    """Mean power [W]: energy per inference over the interval between inferences."""
    return energy / interval


_base("area", "area", "m^2", headline=True, words=LARGER)


@metric("power-area product (PAP)", "W*m^2", headline=True)
def pap(power: Array, area: Array) -> Array:
    """Power-area product [W m^2]; it rewards slowness."""
    return power * area


@metric("PAP at equal throughput", "W*m^2*s^2")
def pap_equal_throughput(pap: Array, throughput: Array) -> Array:
    """Power-area product over throughput squared [W m^2 s^2]: the slower one replicated until both are equally fast."""
    return pap / throughput**2


@metric("throughput", "1/s", "higher", words=SLOWER)
def throughput(interval: Array) -> Array:
    """Inferences per second [1/s]."""
    return 1 / interval


_base("latency", "latency", "s", headline=True, words=SLOWER)
_base("interval", "interval", "s", summary=False, words=SLOWER)
_base("energy", "energy per inference", "J", headline=True)
_base("energy_active", "energy without leakage", "J", summary=False, ratio=False)
_base("leakage", "leakage power", "W", summary=False, ratio=False)


@metric("energy-area product (EAP)", "J*m^2")
def eap(energy: Array, area: Array) -> Array:
    """Energy-area product [J m^2]."""
    return energy * area


@metric("energy-delay product", "J*s", summary=False)
def edp(energy: Array, latency: Array) -> Array:
    """Energy-delay product [J s]."""
    return energy * latency


@metric("operation rate", "Top/s", "higher", _TERA, summary=False, words=LOWER)
def tops(ops: Array, interval: Array) -> Array:
    """Effective operations per second, 2 per multiply-accumulate [1e12 op/s]."""
    return ops / interval / _TERA


@metric("energy efficiency", "Top/s/W", "higher", _TERA, words=LOWER)
def tops_per_watt(ops: Array, energy: Array) -> Array:
    """Effective operations per energy [1e12 op/J]."""
    return ops / energy / _TERA


@metric("area efficiency", "Top/s/mm2", "higher", _TERA, words=LOWER)
def tops_per_mm2(ops: Array, interval: Array, area: Array) -> Array:
    """Effective operations per second and area [1e12 op/s/mm^2]."""
    return ops / interval / (area * 1e6) / _TERA


_base("utilization", "utilization", "", "higher", ratio=False, printed="%")
_base("subarrays", "subarrays", "", summary=False, ratio=False)


@metric("power density", "W/m^2", ratio=False)
def power_density(power: Array, area: Array) -> Array:
    """Power per area [W/m^2]."""
    return power / area


def known(name: str) -> Metric:
    """Return the metric of a name.

    Raises:
        UnknownName: there is none; the nearest is named.
        UsageError: it is the accuracy, which no formula gives.
    """
    if name == ACCURACY:
        raise UsageError(
            "accuracy is no metric: it is found by classifying images, not by a formula; ask for designs that keep one,"
            " --subject 'accuracy>=0.95' of sweep and optimize, or look at it with imac-arch accuracy"
        )
    if name not in METRICS:
        raise UnknownName("metric", name, METRICS)
    return METRICS[name]


def compute(bill: Bill, totals: Totals, laws: Laws | None = None) -> dict[str, Array | None]:
    """Return every metric; what does not apply is None. A metric without area, such as PAP of a free design, is
    zero or infinite.

    Args:
        bill: the lines.
        totals: their sums.
        laws: where the constants are that metrics ask for.

    Raises:
        KeyError: a metric asks for what is neither a metric nor a base quantity nor a constant.
    """
    values: dict[str, Array | None] = {
        "area": totals.area,
        "energy": totals.energy_active + totals.leakage_energy,
        "energy_active": totals.energy_active,
        "leakage": totals.leakage,
        "latency": totals.latency,
        "interval": totals.interval,
        "utilization": bill.utilization,
        "subarrays": bill.subarrays,
    }
    known: dict[str, Array | None] = {**_constants(laws), **values, "ops": 2 * bill.macs}
    functions = tuple((name, declared.function) for name, declared in METRICS.items())
    with np.errstate(divide="ignore", invalid="ignore"):
        for name, function, needed in _in_order(functions, tuple(known)):
            arrays = [known[other] for other in needed]
            known[name] = None
            for array in arrays:
                if array is None:
                    break
            else:
                known[name] = function(*arrays)
    return {name: known[name] for name in METRICS}


def _constants(laws: Laws | None) -> dict[str, Array]:
    law = laws.by_name.get("constants") if laws is not None else None
    return {name: quantity.x for name, quantity in law.values.items()} if isinstance(law, Constants) else {}


@lru_cache(maxsize=16)
def _in_order(
    functions: tuple[tuple[str, Callable[..., Array] | None], ...], given: tuple[str, ...]
) -> tuple[tuple[str, Callable[..., Array], tuple[str, ...]], ...]:
    """Return metrics that are not given, each with its function and arguments, after those that it asks for."""
    declared, found = dict(functions), {}

    def resolve(name: str) -> None:
        if name in given or name in found:
            return
        function = declared.get(name)
        if function is None:
            raise KeyError(f"{name!r} is no metric, no base quantity and no constant of tech/laws/constants.yaml")
        needed = tuple(inspect.signature(function).parameters)
        for other in needed:
            resolve(other)
        found[name] = (name, function, needed)

    for name in declared:
        resolve(name)
    return tuple(found.values())
