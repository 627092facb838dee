"""How the bit lines of an architecture end: what hangs on them, and which of them are one line."""

from __future__ import annotations

from imac_arch.case import Case
from imac_arch.components.roles import AMPLIFIER
from imac_arch.data.arrays import ONE, ZERO, Array
from imac_arch.data.records import NamedTuple

__all__ = ["Ends", "amplified", "converted", "installed_columns", "lines_joined", "tiles_of_a_line", "used_columns"]


class Ends(NamedTuple):
    """How bit lines end.

    Attributes:
        loaded: whether the load conductance of an amplifier hangs on them.
        joined: whether those of all row tiles of a layer end in one node, which amplifiers see as one line.
    """

    loaded: bool = False
    joined: bool = False

    def load(self, case: Case) -> Array:
        """Return the load of a line, or of the node in which joined ones end [S]."""
        return case.technology.read.load_conductance.x if self.loaded else ZERO


def amplified(case: Case) -> Ends:
    """Return how bit lines end before amplifiers; an ideal one, whose role is ``none``, draws nothing."""
    read, bare = case.technology.read, case.optional(AMPLIFIER) is None
    floating = read.circuit == "averaging"
    return Ends(floating and (not bare or read.load_at == "every_line"), floating and read.joining == "current")


def converted(case: Case) -> Ends:
    """Return how bit lines end before converters, which add up row tiles digitally and draw no current."""
    read = case.technology.read
    return Ends(read.circuit == "averaging" and read.load_at == "every_line")


def tiles_of_a_line(case: Case, ends: Ends) -> Array:
    """Return how many row tiles share a line, its load and its capacitance."""
    return case.mapping.row_tiles if ends.joined else ONE


def lines_joined(case: Case) -> Array:
    """Return how many row tiles share what stands behind their lines, in a fully analog layer."""
    return case.mapping.row_tiles if case.technology.read.joining == "current" else ONE


def installed_columns(case: Case, sharing: Array = ONE) -> Array:
    """Return the weight columns that a layer installs something for, if ``sharing`` row tiles share theirs."""
    mapping = case.mapping
    return mapping.subarrays * mapping.cols / sharing


def used_columns(case: Case, sharing: Array = ONE) -> Array:
    """Return the weight columns that a layer uses, likewise; columns of each row tile count on their own."""
    mapping = case.mapping
    return mapping.row_tiles * mapping.total_cols / sharing
