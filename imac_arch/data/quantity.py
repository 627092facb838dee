"""A quantity: a number with unit, range, distribution, source and status; and how a model declares one.

A field of a model declares its quantity by annotation, ``ra: Annotated[Quantity, In("ohm*m^2", "what it is")]``. In a
file the quantity is a string with a unit or a mapping ``{value, range?, dist?, group?, source?, status?, note?}``; or
``{values: [{value, range, source?, note?}, ...], group?, status?, note?}``, what several sources say, see
:mod:`imac_arch.data.pooled`.
Formulas use ``x``: the value, or an array of it once samples are drawn or a sweep is set up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

import numpy as np
from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from imac_arch.data.arrays import ZERO, Array, as_array
from imac_arch.data.errors import nearest
from imac_arch.data.forms import DISTS, KEYS, STATUSES, Status, json_forms, misfit, no_range
from imac_arch.data.pooled import each_source, pool, told
from imac_arch.data.recording import current
from imac_arch.data.units import UnitError, describe, format_value, parse, si_unit
from imac_arch.data.usual import ends, refused

__all__ = [
    "COUNT", "RATIO", "SHARE", "STATUSES", "AnyQuantity", "Array", "Count",
    "In", "Quantity", "Ratio", "Status", "about",
]  # fmt: skip


@dataclass(frozen=True)
class Quantity:
    """A value in SI units with its uncertainty and provenance.

    Attributes:
        value: the median, in ``unit``.
        unit: the SI unit.
        range: 5th and 95th percentile; for ``uniform`` the ends.
        dist: ``lognormal`` (two-piece, the default), ``uniform`` or ``normal``.
        group: quantities of one group share their draws (full rank correlation).
        source: keys into the sources of the file.
        status: how the number was obtained, one of ``STATUSES``.
        note: one-sentence remark.
        written: the value as the file writes it.
        bounds: limits to which samples are clipped.
        path: where it stands, ``components.adc.rate``, by which a recording names it; empty outside of files.
        declared: what its field admits; None outside of models.
    """

    value: float
    unit: str
    range: tuple[float, float] | None = None
    dist: str = "lognormal"
    group: str | None = None
    source: tuple[str, ...] = ()
    status: str | None = None
    note: str = ""
    written: str = ""
    bounds: tuple[float, float] = (-math.inf, math.inf)
    path: str = field(default="", repr=False, compare=False)
    declared: In | None = field(default=None, repr=False, compare=False)
    _array: Array = field(default_factory=lambda: ZERO, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_array", np.float64(self.value))

    @property
    def x(self) -> Array:
        """What formulas use: the value, or an array of it over (*grid, samples); reading it is recorded."""
        noted = current.get()
        if noted is not None:
            noted.append(self.path)
        return self._array

    @property
    def raw(self) -> Array:
        """The same without noting that it was read, for what only passes it on."""
        return self._array

    @property
    def uncertain(self) -> bool:
        """Whether the quantity has a range of more than one value."""
        return self.range is not None and self.range[0] < self.range[1]

    @property
    def sourced(self) -> bool:
        """Whether the number has a source, or is declared an assumption with a range or a note."""
        return bool(self.source) or (self.status == "assumed" and bool(self.range or self.note))

    def quantile(self, z: Array, u: Array) -> Array:
        """Return the values at standard-normal scores ``z``, which are the uniform scores ``u``.

        The two-piece log-normal has its median at ``value`` and its 5th and 95th percentile at ``range``.
        """
        if not self.uncertain or self.range is None:
            return np.full_like(z, self.value)
        low, high = self.range
        if self.dist == "uniform":
            return low + (high - low) * u
        if self.dist == "normal":
            return np.clip(self.value + z * (high - low) / (2 * _Z95), *self.bounds)
        side = np.where(z < 0, math.log(self.value / low), math.log(high / self.value))
        return np.clip(self.value * np.exp(side * z / _Z95), *self.bounds)

    def at(self, x: Array) -> Quantity:
        """Return the same quantity, whose value in formulas is ``x``."""
        copy = object.__new__(type(self))  # not anew field by field, for studies move some hundred numbers at once
        copy.__dict__.update(self.__dict__, _array=as_array(x))
        return copy


MOST = float(np.finfo(float).max)
_Z95 = 1.6448536269514722  # the 95th percentile of the standard normal distribution


@dataclass(frozen=True)
class In:
    """What a field declares: the SI unit, a one-line description, and bounds.

    ``about`` is what editors show for the field. ``plain`` allows a bare number (counts and ratios), ``whole``
    requires an integer, and ``words`` are keywords that may replace the number. ``usual`` is the range of values that
    are common, as text: ``10 fJ .. 10 pJ``. A value a hundred times beyond it is refused, unless the file declares a
    range of its own.
    """

    unit: str
    about: str = ""
    ge: float | None = 0.0
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    plain: bool = False
    whole: bool = False
    words: tuple[str, ...] = ()
    usual: str = ""

    def said(self, about: str = "", usual: str = "") -> In:
        """Return the same for one field: with its description and, where it has its own, its usual range."""
        return replace(self, about=about, usual=usual or self.usual)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        said = {"description": self.about, "usual": self.usual}
        return {**json_forms(self.unit, self.plain, self.words), **{key: text for key, text in said.items() if text}}

    def parse(self, given: Any) -> Quantity | str:
        """Parse the value of a field into a Quantity, or raise with every error in it."""
        if isinstance(given, Quantity) or (isinstance(given, str) and given in self.words):
            return given
        form = given if isinstance(given, dict) else {"value": given}
        if "values" in form:
            return self._pooled(form)
        problems: list[tuple[tuple[str | int, ...], str]] = []
        for key in form:
            if key not in KEYS:
                problems.append(((key,), _unknown("key", key, KEYS)))
        if "value" not in form:
            problems.append(((), f"a quantity needs a value: {describe(self.unit)}"))
            raise _error(problems)
        value = self._number(form["value"], ("value",) if isinstance(given, dict) else (), problems)
        dist = form.get("dist") or "lognormal"
        if dist not in DISTS:
            problems.append((("dist",), _unknown("distribution", dist, DISTS)))
        range_ = self._range(form.get("range"), value, dist, problems)
        status = form.get("status")
        if status is not None and status not in STATUSES:
            problems.append((("status",), _unknown("status", status, STATUSES)))
        texts = {k: self._text(form.get(k), k, problems) for k in ("group", "note")}
        source = form.get("source")
        keys = tuple(source) if isinstance(source, list) else (source,) if source is not None else ()
        if not all(isinstance(k, str) and k for k in keys):
            problems.append((("source",), "a source must be a key of 'sources', or a list of such keys"))
            keys = ()
        if value is not None and range_ is None and (slip := refused(value, form["value"], self.usual, self.unit)):
            problems.append((("value",) if isinstance(given, dict) else (), slip))
        if problems or value is None:
            raise _error(problems)
        return Quantity(
            value,
            self.unit,
            range_,
            dist,
            texts["group"] or None,
            keys,
            status,
            texts["note"] or "",
            form["value"] if isinstance(form["value"], str) else f"{form['value']:.12g}",
            self._bounds(range_),
            declared=self,
        )

    def _pooled(self, form: dict[Any, Any]) -> Quantity:
        """Return the mean of what several sources say of one number, with its range and what is told of it."""
        parts, problems = each_source(form, self.parse)
        if problems:
            raise _error(problems)
        found = pool([(part.value, *part.range) for part in parts])
        rest = {key: value for key, value in form.items() if key != "values"}
        base: Quantity = self.parse({**form["values"][0], **rest})  # type: ignore[assignment]  # no word
        said = told(found, [f"{part.written} ({', '.join(part.source) or part.note})" for part in parts])
        return replace(
            base,
            value=found.value,
            range=(found.low, found.high),
            written=format_value(found.value, self.unit),
            source=tuple(dict.fromkeys(key for part in parts for key in part.source)),
            note="; ".join(text for text in (base.note, said) if text),
            bounds=self._bounds((found.low, found.high)),
        )

    def _bounds(self, range_: tuple[float, float] | None) -> tuple[float, float]:
        """Return the clipping limits of samples; for an excluded bound, halfway between it and the end of the range."""
        low = -math.inf if self.ge is None else self.ge
        if self.gt is not None:
            low = self.gt + ((range_[0] - self.gt) / 2 if range_ else 0.0)
        high = math.inf if self.le is None else self.le
        if self.lt is not None:
            high = self.lt - ((self.lt - range_[1]) / 2 if range_ else 0.0)
        return low, high

    def _text(self, given: Any, key: str, problems: list[tuple[tuple[str | int, ...], str]]) -> str | None:
        if given is not None and not isinstance(given, str):
            problems.append(((key,), f"{key} must be a string"))
            return None
        return given

    def _number(
        self, given: Any, at: tuple[str | int, ...], problems: list[tuple[tuple[str | int, ...], str]]
    ) -> float | None:
        try:
            value = self._si(given)
        except UnitError as error:
            from imac_arch.data.slips import advice  # not before something is wrong

            words = f", or {' or '.join(map(repr, self.words))}" if self.words else ""
            problems.append((at, f"{error}{words}{advice(given, self.unit, self.common)}"))
            return None
        bound = self.refusal(value)
        if bound:
            from imac_arch.data.slips import nearer

            hint = "" if self.whole else nearer(given, self.unit, self.common)
            problems.append((at, f"{given!r} is not allowed here: it must be {bound}{hint}"))
            return None
        return value

    @property
    def common(self) -> tuple[float, float] | None:
        """The ends of the usual range, in SI units; None where there is none."""
        return ends(self.usual, self.unit) if self.usual else None

    def refusal(self, value: float) -> str:
        """Return what a number of this field must be; empty where this one is."""
        if self.gt is not None and not value > self.gt:
            return f"greater than {self.gt:g}"
        if self.ge is not None and not value >= self.ge:
            return f"{self.ge:g} or more"
        if self.le is not None and not value <= self.le:
            return f"{self.le:g} or less"
        if self.lt is not None and not value < self.lt:
            return f"less than {self.lt:g}"
        return "an integer" if self.whole and value != int(value) else ""

    def _si(self, given: Any) -> float:
        if isinstance(given, bool) or given is None or isinstance(given, (list, dict)):
            raise UnitError(f"{given!r} is not a number; expected {describe(self.unit)}")
        if isinstance(given, (int, float)):
            if not abs(given) <= MOST:  # whole numbers in a file are of any length
                shown = f"{given}" if isinstance(given, float) else "a whole number of that length"
                raise UnitError(f"{shown} is not a finite number; expected {describe(self.unit)}")
            if not self.plain:
                wanted = describe(self.unit) if self.unit else "a percentage, such as '100 %'"
                raise UnitError(f"bare number {given}: a unit is missing; expected {wanted}")
            return float(given)
        if not isinstance(given, str):
            raise UnitError(f"{given!r} is not a number; expected {describe(self.unit)}")
        return parse(given, self.unit)

    def _range(
        self, given: Any, value: float | None, dist: str, problems: list[tuple[tuple[str | int, ...], str]]
    ) -> tuple[float, float] | None:
        if given is None:
            return None
        if not isinstance(given, list) or len(given) != 2:
            problems.append((("range",), no_range(given)))
            return None
        before = len(problems)
        low, high = (self._number(end, ("range", i), problems) for i, end in enumerate(given))
        if len(problems) > before or low is None or high is None or value is None:
            return None
        if text := misfit(given, value, (low, high), dist):
            problems.append((("range",), text))
        return low, high


def _unknown(what: str, given: object, allowed: tuple[str, ...]) -> str:
    guess = nearest(str(given), allowed)
    hint = f"did you mean {guess!r}? " if guess else ""
    return f"unknown {what} {given!r}; {hint}allowed: {', '.join(allowed)}"


def _error(problems: list[tuple[tuple[str | int, ...], str]]) -> PydanticCustomError:
    return PydanticCustomError("quantity", "{text}", {"text": problems[0][1] if problems else "", "problems": problems})


def about(text: str) -> Any:
    """Return the annotation that describes a field in one line, where the type itself takes no description."""
    return Field(description=text)


class AnyUnit:
    """What a field wants that takes a quantity of any unit: the unit is that of the text."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return json_forms("", plain=True, words=())

    def parse(self, given: Any) -> Quantity | str:
        """Turn what stands in a file into a Quantity in the SI unit of its dimension, or raise with what is wrong."""
        if isinstance(given, Quantity):
            return given
        text = given.get("value") if isinstance(given, dict) else given
        try:
            unit = si_unit(text) if isinstance(text, str) else ""
        except UnitError as error:
            raise _error([((), str(error))]) from None
        return In(unit, ge=None, plain=not unit).parse(given)


AnyQuantity = Annotated[Quantity, AnyUnit()]
COUNT = In("", ge=1, plain=True, whole=True)
RATIO = In("", ge=0, plain=True)
SHARE = In("", ge=0, le=1, plain=True)  # also a relative standard deviation: beyond 1 most draws are none
Count = Annotated[Quantity, COUNT]
Ratio = Annotated[Quantity, RATIO]
