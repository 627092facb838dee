"""What one instance of a component costs, and what that rests on."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.arrays import ZERO, Array
from imac_arch.data.recording import Readings
from imac_arch.data.records import NamedTuple

__all__ = ["NOTHING_READ", "NO_LIMIT", "Cells", "Check", "ScaledNumber", "UnitCost"]

NOTHING_READ = Readings()
NO_LIMIT = math.inf
SLACK = 1e-9  # a bound given as a decimal must contain itself


class Check(NamedTuple):
    """A value that a law depends on, and the range in which the law holds.

    A ``fatal`` check outside its range makes a design invalid; any other is the coded warning ``code``.

    Attributes:
        quantity: what is checked.
        value: array over (layers, *grid, samples), or fewer axes.
        low: lower end, likewise.
        high: upper end, likewise.
        unit: SI unit of all three.
        fatal: whether a design outside has no meaning.
        code: of the warning.
        source: law, role or field that asks for the range.
        applies: 1 where the value matters at all; None is everywhere.
        text: what a reader is told instead of the range.
    """

    quantity: str
    value: Array
    low: Array | float
    high: Array | float
    unit: str = ""
    fatal: bool = False
    code: str = "extrapolated"
    source: str = ""
    applies: Array | None = None
    text: str = ""

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Where the value leaves the range; a value that is not a number is outside."""
        inside = (self.value >= self.low * (1 - SLACK)) & (self.value <= self.high * (1 + SLACK))
        outside = np.logical_not(inside)
        return outside if self.applies is None else outside & (self.applies > 0)


class ScaledNumber(NamedTuple):
    """A unit cost taken from one node and supply to another: arrays, SI units.

    Attributes:
        what: which component.
        start: node of the source [m].
        end: node of the technology [m].
        vdd: supply of the technology [V].
        share: that supply over the nominal one of the node.
        area: factor of the area.
        energy: factor of the energy.
        delay: factor of the delay.
    """

    what: str
    start: Array
    end: Array
    vdd: Array
    share: Array
    area: Array
    energy: Array
    delay: Array


class UnitCost(NamedTuple):
    """What one instance costs. Arrays broadcast over (layers, *grid, samples), SI units.

    Attributes:
        area: of one instance [m^2].
        energy: of one action [J].
        latency: of one action [s].
        leakage: power of one instance whenever it is supplied [W].
        power: static power of one instance while it is biased [W].
        law: what the costs follow from, in a few words for people.
        checks: ranges that the law depends on.
        scaled: what was scaled from another node.
        recorded: all numbers that were read while it was priced.
    """

    area: Array = ZERO
    energy: Array = ZERO
    latency: Array = ZERO
    leakage: Array = ZERO
    power: Array = ZERO
    law: str = "given figures"
    checks: tuple[Check, ...] = ()
    scaled: tuple[ScaledNumber, ...] = ()
    recorded: Readings = NOTHING_READ

    @property
    def readings(self) -> tuple[str, ...]:
        """Paths of all numbers that were read while it was priced."""
        return self.recorded.paths

    @property
    def laws(self) -> tuple[str, ...]:
        """Names of the laws whose numbers were read, sorted."""
        return tuple(sorted({path.split(".")[1] for path in self.readings if path.startswith("laws.")}))

    def with_checks(self, *checks: Check) -> UnitCost:
        """Return the same cost with more checks."""
        return self._replace(checks=(*self.checks, *checks))


class Cells(NamedTuple):
    """Conductances of cells that hold random weights, every level as likely as the other.

    Attributes:
        mean: of one cell [S].
        square: mean of its square [S^2].
        pair: mean of + and - cell together [S].
        least: smallest of one cell [S].
    """

    mean: Array
    square: Array
    pair: Array
    least: Array
