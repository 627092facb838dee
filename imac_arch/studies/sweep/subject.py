"""What designs must keep, as people write it: ``area<=0.1 mm^2``, ``verdict=works``, ``margin_ir_drop>=1.2``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imac_arch.checks import CODES
from imac_arch.components.cost import SLACK
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.records import NamedTuple
from imac_arch.data.units import UnitError, format_value, parse
from imac_arch.metrics import METRICS
from imac_arch.program.recorded import MARGIN, VERDICT
from imac_arch.studies.sweep.run import LABELS, Table

__all__ = ["ACCURACY", "ANY", "WORKING", "Constraint", "Subject", "given_subject"]

ANY = "any"  # verdict of a design that can be
ACCURACY = "accuracy"
FORM = re.compile(r"\s*([^\s<>=≤≥]+)\s*(<=|>=|==|=|<|>|≤|≥)(.*)")
SIGNS = {"≤": "<=", "≥": ">=", "==": "="}
Mask = NDArray[np.bool_]


class Constraint(NamedTuple):
    """One thing that designs must keep.

    Attributes:
        text: as it was given, without spaces around the sign.
        name: a metric, ``accuracy``, ``verdict``, or ``margin_CODE`` of a check.
        sign: ``<=``, ``<``, ``>=``, ``>``, or ``=`` of a verdict.
        bound: in the unit of the metric; of a verdict its code.
        unit: of the bound.
    """

    text: str
    name: str
    sign: str
    bound: float
    unit: str = ""

    def values(self, table: Table, architecture: str) -> NDArray[np.float64] | None:
        """Return what is bounded, of every design; None where the architecture has no such thing."""
        found = table.columns.get(f"{architecture}.{self.name}")
        return None if found is None else np.asarray(found, dtype=float)

    def met(self, table: Table, architecture: str) -> Mask:
        """Return which designs keep it; what an architecture does not have, none of its designs keeps.

        A check that an architecture does not have is kept by all of them.
        """
        values = self.values(table, architecture)
        if values is None:
            return np.full(table.rows, self.name.startswith(MARGIN))
        if self.name == VERDICT:
            kept = values == self.bound if self.sign == "=" and np.isfinite(self.bound) else values <= self.bound
            return np.asarray(kept & (values < len(LABELS) - 1))
        slack = SLACK * abs(self.bound)  # a bound in other units is the bound
        with np.errstate(invalid="ignore"):
            if self.sign in ("<=", "<"):
                return np.asarray(values < self.bound if self.sign == "<" else values <= self.bound + slack)
            return np.asarray(values > self.bound if self.sign == ">" else values >= self.bound - slack)

    def beyond(self, table: Table, architecture: str) -> NDArray[np.float64]:
        """Return how far designs are from keeping it, as a logarithm; 0 where they do, infinite where nothing is known.

        A verdict is as far away as its checks are from their limits.
        """
        values, found = self.values(table, architecture), np.full(table.rows, np.inf)
        with np.errstate(all="ignore"):
            if self.name == VERDICT:
                head = f"{architecture}.{MARGIN}_"
                margins = [column for name, column in table.columns.items() if name.startswith(head)]
                # a check that a design of another technology has is none of its own
                found = sum((np.fmax(-np.log(margin), 0.0) for margin in margins), np.zeros(table.rows)) + 1.0
            elif values is not None and self.bound > 0:
                found = np.abs(np.log(values / self.bound))
            elif values is not None:
                found = np.abs(values - self.bound)
        met = self.met(table, architecture)
        return np.where(met, 0.0, np.where(np.isnan(found), np.inf, found))

    def shown(self, value: float) -> str:
        """Return a value of what is bounded, as text."""
        if self.name == VERDICT:
            return LABELS[int(value)]
        return format_value(value, self.unit) or "0"


@dataclass(frozen=True)
class Subject:
    """Everything that designs must keep, in the order in which it was given."""

    constraints: tuple[Constraint, ...] = ()

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that must be known."""
        return tuple(dict.fromkeys(each.name for each in self.constraints if each.name in METRICS))

    @property
    def classifies(self) -> bool:
        """Whether it says something of the accuracy."""
        return any(each.name == ACCURACY for each in self.constraints)

    @property
    def judges(self) -> bool:
        """Whether it says something of the verdict."""
        return any(each.name == VERDICT for each in self.constraints)

    @property
    def texts(self) -> tuple[str, ...]:
        """The constraints as they were given."""
        return tuple(each.text for each in self.constraints)

    def and_works(self) -> Subject:
        """Return the same, with the verdict ``works`` where nothing is said of it; ``verdict=any`` is no constraint."""
        judged = self if self.judges else Subject((given_constraint(f"{VERDICT}={LABELS[0]}"), *self.constraints))
        return judged.bounded()

    def bounded(self) -> Subject:
        """Return the same without ``verdict=any``, which is no constraint."""
        return Subject(tuple(each for each in self.constraints if each.name != VERDICT or np.isfinite(each.bound)))

    def met(self, table: Table, architecture: str) -> Mask:
        """Return which designs of an architecture can be and keep everything."""
        kept = table.columns[f"{architecture}.{VERDICT}"] < len(LABELS) - 1
        for each in self.constraints:
            kept = kept & each.met(table, architecture)
        return np.asarray(kept)


def given_subject(texts: Sequence[str]) -> Subject:
    """Read constraints.

    Raises:
        UsageError: one that cannot be read, a bound without its unit, the same thing bounded twice from one side, the
            margin of an accuracy that is not found.
        UnknownName: no such metric, check or verdict; the nearest is named.
    """
    found = [given_constraint(text) for text in texts]
    margin = next((each for each in found if each.name == f"{MARGIN}_{ACCURACY}"), None)
    if margin is not None and not Subject(tuple(found)).classifies:
        raise UsageError(f"--subject {margin.text}: the accuracy is found where it is bounded; add 'accuracy>=0.95'")
    sides: dict[tuple[str, str], str] = {}
    for each in found:
        side = (each.name, each.sign[0])
        if side in sides:
            raise UsageError(f"--subject {each.text}: {each.name} is bounded twice, by {sides[side]} too; keep one")
        sides[side] = each.text
    return Subject(tuple(found))


def given_constraint(text: str) -> Constraint:
    """Read one constraint; see :func:`given_subject`."""
    match = FORM.fullmatch(str(text).strip())
    if match is None or not match[3].strip():
        raise UsageError(f"--subject {text!r}: write 'area<=0.1 mm^2', 'verdict=works' or 'margin_ir_drop>=1.2'")
    name, sign, bound = match[1], SIGNS.get(match[2], match[2]), match[3].strip()
    whole = f"{name}{sign}{bound}"
    if name == VERDICT:
        return _verdict(whole, sign, bound)
    if sign == "=":
        raise UsageError(f"--subject {whole}: a number is bounded by <= or >=, such as {name}<={bound}")
    if name == ACCURACY:
        return Constraint(whole, name, sign, _share(whole, bound))
    if name.startswith(f"{MARGIN}_"):
        if (code := name.removeprefix(f"{MARGIN}_")) not in (*CODES, ACCURACY):
            raise UnknownName(f"check of --subject {whole}:", code, (*CODES, ACCURACY))
        return Constraint(whole, name, sign, _number(whole, bound, ""))
    if name not in METRICS:
        raise UnknownName(
            f"metric of --subject {whole}:", name, [*METRICS, ACCURACY, VERDICT], "Margins are margin_CODE."
        )
    unit = METRICS[name].unit
    own = parse(f"1 {unit}", unit) if unit else 1.0  # of a metric in Top/s/W
    return Constraint(whole, name, sign, _number(whole, bound, unit) / own, unit)


def _verdict(text: str, sign: str, bound: str) -> Constraint:
    """Return a constraint on the verdict: exactly one, ``>=doubtful`` one that is as good, or any."""
    allowed = (ANY, *LABELS[:-1])
    if sign not in ("=", ">="):
        raise UsageError(f"--subject {text}: write verdict=works, or verdict>=doubtful for works and doubtful")
    if bound not in allowed:
        raise UnknownName("verdict", bound, allowed)
    return Constraint(text, VERDICT, sign, float("inf") if bound == ANY else float(LABELS.index(bound)))


def _number(text: str, bound: str, unit: str) -> float:
    try:
        found = parse(bound, unit)
    except UnitError as error:
        raise UsageError(f"--subject {text}: {error}") from None
    if not np.isfinite(found):
        raise UsageError(f"--subject {text}: the bound must be finite")
    return found


def _share(text: str, bound: str) -> float:
    """Return a bound of an accuracy, which is a share: 95 is meant as 95 %."""
    found = _number(text, bound, "")
    if not 0 <= found <= 1:
        meant = f"; did you mean {bound} %?" if 1 < found <= 100 and "%" not in bound else ""
        raise UsageError(f"--subject {text}: an accuracy lies between 0 and 1{meant}")
    return found


WORKING = Subject((given_constraint(f"{VERDICT}={LABELS[0]}"),))
