"""Metrics, one function each; the names of its arguments are what it depends on.

The base quantities come from the totals of a bill: ``area``, ``energy``, ``energy_active``, ``leakage``, ``latency``,
``interval``, ``ops``, ``utilization`` and ``subarrays``. Everything else is a function here, found by its name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from imac_arch.bill import Bill, Totals
from imac_arch.data.quantity import Array

__all__ = ["METRICS", "Metric", "compute"]

_TERA = 1e12


@dataclass(frozen=True)
class Metric:
    """What a number is: its SI unit, its name for people, and whether more of it is better."""

    name: str
    title: str
    unit: str
    better: str = "lower"
    scale: float = 1.0
    function: Callable[..., Array] | None = None


METRICS: dict[str, Metric] = {}


def _base(name: str, title: str, unit: str, better: str = "lower") -> None:
    METRICS[name] = Metric(name, title, unit, better)


def metric(
    title: str, unit: str, better: str = "lower", scale: float = 1.0
) -> Callable[[Callable[..., Array]], Callable[..., Array]]:
    """Declare a derived metric; ``scale`` is how many SI units one printed unit has."""

    def declare(function: Callable[..., Array]) -> Callable[..., Array]:
        METRICS[function.__name__] = Metric(function.__name__, title, unit, better, scale, function)
        return function

    return declare


_base("area", "area", "m^2")


@metric("power", "W")
def power(energy: Array, interval: Array) -> Array:
    """Mean power [W]: energy per inference over the interval between inferences."""
    return energy / interval


_base("latency", "latency", "s")
_base("interval", "interval", "s")


@metric("throughput", "1/s", "higher")
def throughput(interval: Array) -> Array:
    """Inferences per second [1/s]."""
    return 1 / interval


_base("energy", "energy per inference", "J")
_base("energy_active", "energy without leakage", "J")
_base("leakage", "leakage power", "W")


@metric("power-area product (PAP)", "W*m^2")
def pap(power: Array, area: Array) -> Array:
    """Power-area product [W m^2]; it rewards slowness."""
    return power * area


@metric("PAP at equal throughput", "W*m^2*s^2")
def pap_equal_throughput(pap: Array, throughput: Array) -> Array:
    """Power-area product over throughput squared [W m^2 s^2]: the slower one replicated until both are equally fast."""
    return pap / throughput**2


@metric("energy-area product (EAP)", "J*m^2")
def eap(energy: Array, area: Array) -> Array:
    """Energy-area product [J m^2]."""
    return energy * area


@metric("energy-delay product", "J*s")
def edp(energy: Array, latency: Array) -> Array:
    """Energy-delay product [J s]."""
    return energy * latency


@metric("operation rate", "Top/s", "higher", _TERA)
def tops(ops: Array, interval: Array) -> Array:
    """Effective operations per second, 2 per multiply-accumulate [1e12 op/s]."""
    return ops / interval / _TERA


@metric("efficiency", "Top/s/W", "higher", _TERA)
def tops_per_watt(ops: Array, energy: Array) -> Array:
    """Effective operations per energy [1e12 op/J]."""
    return ops / energy / _TERA


@metric("density of operations", "Top/s/mm2", "higher", _TERA)
def tops_per_mm2(ops: Array, interval: Array, area: Array) -> Array:
    """Effective operations per second and area [1e12 op/s/mm^2]."""
    return ops / interval / (area * 1e6) / _TERA


@metric("power density", "W/m^2")
def power_density(power: Array, area: Array) -> Array:
    """Power per area [W/m^2]."""
    return power / area


_base("utilization", "utilization", "", "higher")
_base("subarrays", "subarrays", "")


def compute(bill: Bill, totals: Totals) -> dict[str, Array | None]:
    """Return every metric; what does not apply is None. A metric without area, such as PAP of a free design, is
    zero or infinite."""
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
    known: dict[str, Array | None] = {**values, "ops": 2 * bill.macs}
    with np.errstate(divide="ignore", invalid="ignore"):
        for name in METRICS:
            _resolve(name, known)
    return {name: known[name] for name in METRICS}


def _resolve(name: str, known: dict[str, Array | None]) -> Array | None:
    if name not in known:
        function = METRICS[name].function
        if function is None:
            raise KeyError(name)
        needed = {argument: _resolve(argument, known) for argument in _arguments(function)}
        known[name] = None if any(value is None for value in needed.values()) else function(**needed)
    return known[name]


@lru_cache(maxsize=256)
def _arguments(function: Callable[..., Array]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)
