"""What was probably meant by a text that is no number of its field: a unit spelled out, a comma, a prefix that slipped.

Nothing here is imported before something is wrong.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator, Sequence

from imac_arch.data.units import _EXAMPLE, _PREFIX, UnitError, format_value, parse, parse_unit

__all__ = ["advice", "likely", "nearer"]

Usual = tuple[float, float] | None
LONGEST = 60  # characters of a text that is looked at
ZERO_CELSIUS = 27315  # in hundredths of a kelvin
DECADES = 6  # of a usual range that begins at 0
_NUMBER = re.compile(r"\s*([+-]?[0-9.,][0-9.,_ ]*(?:[eE][+-]?[0-9]+)?)\s*(.*?)\s*", re.DOTALL)
_FACTOR = re.compile(r"([A-Za-z]+)(.*)")
_NAMES = {
    "volt": "V", "amp": "A", "ampere": "A", "watt": "W", "joule": "J", "second": "s", "sec": "s", "metre": "m",
    "meter": "m", "hertz": "Hz", "farad": "F", "siemen": "S", "mho": "S", "ohm": "ohm", "percent": "%", "pct": "%",
    "bit": "bit", "byte": "B", "kelvin": "K", "micron": "um",
}  # fmt: skip
_PREFIXES = {
    "femto": "f", "pico": "p", "nano": "n", "micro": "u", "milli": "m", "centi": "c", "kilo": "k", "mega": "M",
    "giga": "G", "tera": "T", "meg": "M",
}  # fmt: skip
_INVERSE = {"s": "Hz", "Hz": "s", "S": "ohm", "ohm": "S"}
_OF_LENGTH = ("", "m", "u", "n", "c")
_CELSIUS = {"c", "°c", "degc", "celsius", "deg c"}


def advice(given: object, unit: str, usual: Usual) -> str:
    """Return what an error says of how to write what was probably meant; empty where nothing is near."""
    meant = likely(given, unit, usual)
    return f"; did you mean {meant!r}?" if meant else ""


def likely(given: object, unit: str, usual: Usual = None) -> str:
    """Return how to write what was probably meant; empty where nothing is near.

    Args:
        given: what stands in the place of a number with a unit: a text, or a number whose unit is missing.
        unit: the SI unit of the field; every unit of its dimension is considered, no other.
        usual: the usual range of the field, in SI units, by which one of several is chosen.
    """
    text = f"{given:.12g}" if isinstance(given, float) else str(given)
    match = _NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    if match is None or isinstance(given, bool):
        return ""
    numbers, rest = _numbers(match[1]), match[2]
    if unit == "K" and rest.casefold() in _CELSIUS:
        return next((f"{float(n) + ZERO_CELSIUS / 100:g} K" for n in numbers), "")
    if not unit and rest.casefold() == "db":
        return next((f"{10 ** (float(n) / 20):.3g}" for n in numbers if abs(float(n)) < LONGEST), "")
    if rest and unit in _INVERSE and _fits(rest, _INVERSE[unit]):
        inverses = (parse(f"{number} {rest}", _INVERSE[unit]) for number in numbers)
        return next((format_value(1 / each, unit) for each in inverses if each and math.isfinite(1 / each)), "")
    return _best([f"{number} {name}".strip() for number in numbers for name in _units(rest, unit)], unit, usual)


def nearer(written: object, unit: str, usual: Usual) -> str:
    """Return what is said of the prefix, or the percent sign, by which a number comes into its usual range."""
    text = str(written)
    match = _NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    if match is None or usual is None:
        return ""
    names = ["", "%"] if not unit else [_common(unit), *_variants(match[2]), *_variants(unit)]
    found = [f"{match[1].strip()} {name}".strip() for name in names]
    own = _value(text, unit)
    meant = _best([text for text in found if _within(text, unit, usual) and _value(text, unit) != own], unit, usual)
    return f"; did you mean {meant!r}?" if meant else ""


def _numbers(text: str) -> list[str]:
    """Return the numbers that a text may stand for, with a decimal point."""
    plain = text.replace(" ", "").replace("_", "")
    if re.fullmatch(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?", plain):
        plain = plain.replace(",", "")  # groups of thousands
    found = [plain.replace(",", ".")]
    return [number for number in found if _is_number(number)]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _units(rest: str, unit: str) -> list[str]:
    """Return the units of a dimension that a text may stand for, the likeliest alone where there is one."""
    common = _common(unit)
    variants = list(dict.fromkeys([common, *_variants(common), *_variants(unit)]))
    if not unit:
        counted = not _known(rest) or _fits(rest, "bit")  # 1e12 cycles, 6 bits
        variants = ["", "%"] if not rest else [""] if counted and rest.isalpha() else []
    if not rest or (not unit and _spelled(rest) != "%"):
        return variants
    if _fits(rest, unit):
        return [rest]
    rest = re.sub(r"(?<=[Bb])ps$", "/s", re.sub(r"(?i)s(a|ps)?(/s)?$", "Hz", rest) if unit == "Hz" else rest)
    spelled = _spelled(rest)
    for name in (spelled, _prefix(rest) + unit if _prefix(rest) and _is_symbol(unit) else ""):
        if name and _fits(name, unit):
            return [name]
    same = [name for name in variants if name.casefold() == rest.replace(" ", "").casefold()]
    longer = [name for name in variants if name.startswith(rest)]
    known = _known(rest)
    near = [] if known else difflib.get_close_matches(rest, variants, n=1)
    return same or longer or near


def _spelled(text: str) -> str:
    """Return the symbol of a unit that is spelled out: ``nanoseconds`` is ns."""
    word = text.casefold().removesuffix(".")
    if word.removesuffix("s") in _NAMES:
        return _NAMES[word.removesuffix("s")]
    prefix = next((symbol for name, symbol in _PREFIXES.items() if word.startswith(name)), "")
    bare = next((word.removeprefix(name) for name in _PREFIXES if word.startswith(name)), word).strip()
    symbol = _NAMES.get(bare.removesuffix("s"), "")
    return prefix + symbol if symbol else ""


def _prefix(text: str) -> str:
    """Return the prefix that a text is alone, as circuit simulators write numbers: ``5k``, ``10f``, ``2meg``."""
    if text in _PREFIX:
        return text
    return {"K": "k", "meg": "M"}.get(text if text == "K" else text.casefold(), "")


def _is_symbol(unit: str) -> bool:
    return unit.isalpha() and unit != "bit"


def _known(text: str) -> bool:
    try:
        parse_unit(text)
    except UnitError:
        return False
    return True


def _fits(name: str, unit: str) -> bool:
    return _known(name) and parse_unit(name)[1] == parse_unit(unit)[1]


def _variants(unit: str) -> Iterator[str]:
    """Give a unit with another prefix at each of its factors: ohm*nm^2, ohm*um^2 ... kohm*m^2 ... of ohm*m^2."""
    parts = re.split(r"([*/.])", unit)
    factors = [(place, match) for place, part in enumerate(parts) if (match := _FACTOR.fullmatch(part))]
    for place, match in sorted(factors, key=lambda factor: not factor[1][2]):  # first where a prefix counts most
        symbol, power = match.groups()
        base = symbol[1:] if symbol[:1] in _PREFIX and symbol[1:] and _known(symbol[1:]) else symbol
        for prefix in _PREFIX:
            if (prefix == "c" and base != "m") or (base == "m" and prefix not in _OF_LENGTH):
                continue
            name = "".join([*parts[:place], prefix + base + power, *parts[place + 1 :]])
            if _fits(name, unit):
                yield name


def _common(unit: str) -> str:
    """Return the unit in which values of a dimension are mostly written: fJ of J, um^2 of m^2."""
    return _EXAMPLE.get(unit, f"1 {unit}").partition(" ")[2]


def _value(text: str, unit: str) -> float:
    try:
        return parse(text, unit)
    except UnitError:
        return math.nan


def _within(text: str, unit: str, usual: tuple[float, float]) -> bool:
    return usual[0] <= _value(text, unit) <= usual[1]


def _best(texts: Sequence[str], unit: str, usual: Usual) -> str:
    """Return a text that is within the usual range, first one in the common unit, else that in the middle of the range,
    in decades; without a range the first that can be read."""
    read = [text for text in texts if not math.isnan(_value(text, unit))]
    if usual is None or not read:
        return read[0] if read else ""
    high = max(map(abs, usual))
    low = usual[0] if usual[0] > 0 else high / 10**DECADES
    middle = math.log(low * high) / 2

    def distance(text: str) -> tuple[bool, float]:
        value = abs(_value(text, unit))
        aside = not _within(text, unit, usual) or text.partition(" ")[2] != _common(unit)
        return aside, abs(math.log(value) - middle) if value else math.inf

    return min(read, key=distance)
