"""Physical values as strings with units, and as SI floats internally.

``"12.5 fJ"`` becomes ``1.25e-14`` joules, and a string of the wrong dimension is an error. Decimal arithmetic keeps the
conversion exact: ``"1 ns"`` is ``1e-9`` to the last bit.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

__all__ = ["UnitError", "format_value", "parse", "parse_unit", "si_unit", "to_unit"]

Dimension = tuple[int, ...]


class UnitError(ValueError):
    """A string that is not a quantity, or a quantity of the wrong dimension."""


# exponents of metre, kilogram, second, ampere, kelvin, bit, operation
_BASE: dict[str, tuple[str, Dimension]] = {
    "m": ("1", (1, 0, 0, 0, 0, 0, 0)),
    "g": ("1e-3", (0, 1, 0, 0, 0, 0, 0)),
    "s": ("1", (0, 0, 1, 0, 0, 0, 0)),
    "A": ("1", (0, 0, 0, 1, 0, 0, 0)),
    "K": ("1", (0, 0, 0, 0, 1, 0, 0)),
    "bit": ("1", (0, 0, 0, 0, 0, 1, 0)),
    "b": ("1", (0, 0, 0, 0, 0, 1, 0)),
    "B": ("8", (0, 0, 0, 0, 0, 1, 0)),
    "op": ("1", (0, 0, 0, 0, 0, 0, 1)),
    "flop": ("1", (0, 0, 0, 0, 0, 0, 1)),
    "FLOPS": ("1", (0, 0, -1, 0, 0, 0, 1)),
    "OPS": ("1", (0, 0, -1, 0, 0, 0, 1)),
    "Hz": ("1", (0, 0, -1, 0, 0, 0, 0)),
    "J": ("1", (2, 1, -2, 0, 0, 0, 0)),
    "W": ("1", (2, 1, -3, 0, 0, 0, 0)),
    "V": ("1", (2, 1, -3, -1, 0, 0, 0)),
    "ohm": ("1", (2, 1, -3, -2, 0, 0, 0)),
    "S": ("1", (-2, -1, 3, 2, 0, 0, 0)),
    "F": ("1", (-2, -1, 4, 2, 0, 0, 0)),
    "%": ("0.01", (0,) * 7),
}
_PREFIX = {
    "a": -18, "f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "c": -2, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15,
}  # fmt: skip
_SAME = {
    "µ": "u",
    "μ": "u",
    "Ω": "ohm",
    "\u2126": "ohm",
    "²": "^2",
    "³": "^3",
    "·": "*",
    "⋅": "*",
    "×": "*",
    "Ohm": "ohm",
}
_WORDS = {
    "J": "an energy", "W": "a power", "s": "a time", "m^2": "an area", "m": "a length", "ohm": "a resistance",
    "F": "a capacitance", "V": "a voltage", "A": "a current", "S": "a conductance", "Hz": "a rate",
    "": "a plain number",
    "ohm*m^2": "a resistance-area product", "A/m^2": "a current density", "bit": "an amount of data",
    "bit/s": "a bandwidth", "op/s": "an operation rate", "op": "a number of operations", "1/V": "an inverse voltage",
    "ohm*m": "a resistivity", "W/m^2": "a power density", "A/m": "a current per width",
    "F/m": "a capacitance per length", "K": "a temperature",
    "ohm/m": "a resistance per length", "J/bit/m": "an energy per bit and length", "F/m^2": "a capacitance per area",
    "op/J": "an energy efficiency", "op/s/m^2": "a throughput per area",
    "m^2/bit": "an area per bit", "W/bit": "a power per bit", "J/bit": "an energy per bit",
}  # fmt: skip
_EXAMPLE = {
    "J": "12.5 fJ", "W": "60 uW", "s": "1 ns", "m^2": "0.05 um^2", "m": "50 nm", "ohm": "5 kohm", "F": "0.4 fF",
    "V": "0.8 V", "A": "1 mA", "S": "20 uS", "Hz": "1 GHz", "ohm*m^2": "10 ohm*um^2", "bit": "32 kB",
    "bit/s": "900 GB/s", "op/s": "125 TFLOPS", "A/m^2": "10 MA/cm^2", "ohm*m": "1.9e-8 ohm*m", "A/m": "595 uA/um",
    "F/m": "2 fF/um", "K": "300 K", "F/m^2": "2.5 fF/um^2", "1/V": "15 1/V", "J/bit/m": "0.04 pJ/bit/mm",
    "ohm/m": "50 ohm/um", "W/m^2": "100 W/cm^2", "op/J": "89 TOPS/W", "op/s/m^2": "16.3 TOPS/mm2",
}  # fmt: skip
_LONGEST, _SHOWN = 200, 20  # characters of a number with its unit, and of one that is longer in an error
_NUMBER = re.compile(r"\s*([+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")
_FACTOR = re.compile(r"([A-Za-z%]+|1)(?:\^?([+-]?[0-9]{1,3}))?")


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> tuple[Decimal, Dimension]:
    """Return the factor to SI and the dimension of a unit such as ``"ohm*um^2"`` or ``"MA/cm2"``.

    Raises:
        UnitError: the text contains an unknown unit.
    """
    factor: Decimal = Decimal(1)
    dimension: Dimension = (0,) * 7
    for old, new in _SAME.items():
        text = text.replace(old, new)
    text = re.sub(r"\s+", "*", re.sub(r"\s*([*/.])\s*", r"\1", text.strip()))
    if not text:
        return factor, dimension
    sign = 1
    for part in re.split(r"([*/.])", text):
        if part in ("*", "/", "."):
            sign = -1 if part == "/" else 1
            continue
        match = _FACTOR.fullmatch(part)
        if not match:
            raise UnitError(f"unknown unit {part!r}")
        symbol, power = match.group(1), int(match.group(2) or 1)
        scale, base = _symbol(symbol)
        if not 0 < abs(power) <= 4:
            raise UnitError(f"{part!r} has an exponent outside -4 to 4")
        power *= sign
        factor *= scale**power
        dimension = tuple(d + power * b for d, b in zip(dimension, base, strict=True))
    return factor, dimension


def _symbol(symbol: str) -> tuple[Decimal, Dimension]:
    if symbol == "1":
        return Decimal(1), (0,) * 7
    if symbol in _BASE:
        scale, base = _BASE[symbol]
        return Decimal(scale), base
    prefix, rest = symbol[:1], symbol[1:]
    if prefix in _PREFIX and rest in _BASE and rest != "%":
        scale, base = _BASE[rest]
        return Decimal(scale) * Decimal(10) ** _PREFIX[prefix], base
    raise UnitError(f"unknown unit {symbol!r}")


def describe(unit: str) -> str:
    """Return the physical quantity of a unit in words, with an example of how to write it."""
    word = _WORDS.get(unit, f"a value in {unit}")
    return f"{word}, such as {_EXAMPLE[unit]!r}" if unit in _EXAMPLE else word


@lru_cache(maxsize=8192)
def parse(text: str, unit: str) -> float:
    """Return the SI value of ``text``, which must have the dimension of ``unit``.

    Args:
        text: a number and a unit, ``"12.5 fJ"``; for a plain number (``unit=""``) also ``"200 %"`` or ``"3"``.
        unit: the SI unit that is expected, ``"J"``.

    Raises:
        UnitError: with the given text and the expected quantity.
    """
    match = _split(text)
    if not match:
        raise UnitError(f"{text!r} is not a number with a unit; expected {describe(unit)}")
    number = Decimal(match.group(1))
    written = match.group(2)
    try:
        factor, dimension = parse_unit(written)
    except UnitError as error:
        raise UnitError(f"{text!r}: {error}; expected {describe(unit)}") from None
    _, expected = parse_unit(unit)
    if dimension != expected:
        if not written:
            raise UnitError(f"{text!r} has no unit; expected {describe(unit)}")
        kind = next((_WORDS[u] for u in _WORDS if parse_unit(u)[1] == dimension), f"a value in {written!r}")
        raise UnitError(f"{text!r} is {kind}; expected {describe(unit)}")
    try:
        value = float(number * factor)
    except ArithmeticError:
        raise UnitError(f"{text!r} is too large or too small for a number") from None
    if value in (float("inf"), float("-inf")):
        raise UnitError(f"{text!r} is too large for a number")
    return value


def _split(text: str) -> re.Match[str] | None:
    """Return number and unit of a text, or None; what takes long to read is no number that somebody wrote.

    Raises:
        UnitError: the text is too long.
    """
    if len(text) > _LONGEST:
        raise UnitError(f"{text[:_SHOWN]!r}... has {len(text):,} characters; a number and its unit have {_LONGEST}")
    return _NUMBER.fullmatch(text)


def si_unit(text: str) -> str:
    """Return the SI unit of a number with a unit: ``W`` for ``3 mW``, ``kg/s`` for ``2 g/s``.

    Raises:
        UnitError: the text is not a number with a unit.
    """
    match = _split(text)
    if not match:
        raise UnitError(f"{text!r} is not a number with a unit")
    _, dimension = parse_unit(match.group(2))
    known = next((unit for unit in _WORDS if parse_unit(unit)[1] == dimension), None)
    if known is not None:
        return known
    symbols = ("m", "kg", "s", "A", "K", "bit", "op")
    parts = [(symbol, power) for symbol, power in zip(symbols, dimension, strict=True) if power]
    above, below = ([f"{s}^{abs(p)}" if abs(p) > 1 else s for s, p in parts if p * sign > 0] for sign in (1, -1))
    return "/".join(["*".join(above) or "1", *below])


def to_unit(value: float, unit: str) -> float:
    """Return an SI ``value`` expressed in ``unit`` (``to_unit(1e-9, "ns") == 1``)."""
    factor, _ = parse_unit(unit)
    # 1/factor is exact where factor is not: 93.15 % of 0.9315, not 93.14999
    return value * float(1 / factor) if factor < 1 else value / float(factor)


def format_like(written: str, value: float, unit: str) -> str:
    """Format a value as the file writes it: in percent where the file does."""
    return f"{_digits(value * 100, 3)} %" if written.rstrip().endswith("%") else format_value(value, unit)


def format_value(value: float | None, unit: str, digits: int = 3) -> str:
    """Format an SI value with the most readable prefix: ``1.45 W``, ``0.0271 mm²``, ``2 ns``.

    Areas below 0.01 mm² are given in µm², resistance-area products in Ω·µm². A value that is None or NaN is an em dash.
    """
    if value is None or value != value:  # NaN
        return "—"
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "-∞"
    if unit == "m^2":
        scaled, name = (value * 1e6, "mm²") if abs(value) >= 1e-8 else (value * 1e12, "µm²")
        return f"{_digits(scaled, digits)} {name}"
    if unit == "ohm*m^2":
        return f"{_digits(value * 1e12, digits)} Ω·µm²"
    if unit in ("", "%", "x") or "^" in unit:
        return f"{_digits(value, digits)} {unit.replace('^2', '²')}".strip()
    exponent = 0
    if value:
        for exponent in (15, 12, 9, 6, 3, 0, -3, -6, -9, -12, -15):
            if abs(value) >= 10**exponent * (1 - 0.5 * 10**-digits):
                break
    prefix = {v: k for k, v in _PREFIX.items() if v != -2}[exponent].replace("u", "µ")
    return f"{_digits(value / 10.0**exponent, digits)} {prefix}{unit.replace('ohm', 'Ω')}"


def _digits(value: float, digits: int) -> str:
    if value and not 1e-4 <= abs(value) < 1e7:
        return f"{value:.{digits - 1}e}"
    text = f"{value:.{digits}g}"
    if "e" in text:
        text = f"{float(text):,.0f}"
    return text
