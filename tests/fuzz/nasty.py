"""Texts, numbers and bytes that programs stumble over, and changes that make a sound text unsound."""

import re
from random import Random

__all__ = ["NUMBERS", "TEXTS", "UNITS", "broken", "drawn_out", "mutated", "number", "value"]

NUMBERS = (
    "0", "1", "-1", "2", "1.5", "0.0", "-0.0", "7", "8", "64", "128", "1e3", "1e-3", "1e9", "1e-9", "1e30", "1e-30",
    "1e150", "1e-150", "1e300", "1e-300", "1e308", "1.8e308", "1e309", "1e999", "5e-324", "1e-400", "1e99999999999",
    ".nan", ".inf", "-.inf", "nan", "inf", "0x10", "0xff", "0o17", "0b11", "1_000", "1,5", "+5", "--5", "1e", "e5",
    ".", "", "0x" + "f" * 300, "9" * 20, "9" * 400, "1" + "0" * 5000, "0.9999999999999999", "1.0000000000000002",
    "4294967296", "9223372036854775808",
)  # fmt: skip
UNITS = (
    "", "V", "mV", "kV", "A", "uA", "ohm", "kohm", "Mohm", "S", "uS", "F", "fF", "aF", "J", "fJ", "pJ", "W", "uW",
    "s", "ns", "m", "nm", "um", "mm^2", "um^2", "m^2", "ohm*um^2", "Hz", "GHz", "%", "bit", "GB/s", "K", "V/V", "um2",
    "volts", "Ohm", "µm", "m^99", "m^-1", "1/s", "/", "*", "J//s",
)  # fmt: skip
TEXTS = (
    "", " ", "~", "null", "true", "no", "none", "auto", "[]", "{}", "[1, 2]", "{a: 1}", "[", "{", "]", "'", '"', "\\",
    "*a", "&a 1", "!!python/object:os.system x", "!!binary aGk=", "<<", "? a", "- 1", "a: b: c", "#", "%", "@", "`",
    "|", ">", "---", "...", "sot_mram", "reram", "imac", "mixed_signal", "gpu", "h100", "v100", "adc", "survey",
    "averaging", "virtual_ground", "0/V", "../../etc/passwd", "/dev/null", "/dev/zero", "/", ".", "..", "./",
    "x.yaml", "./x.yaml", "~/x.yaml", "C:\\x.yaml", "a/b/c", "<script>alert(1)</script>", "</title>", "=1+1",
    "{{7*7}}", "%s%n", "$(id)", "\u0000", "\u202e", "ä", "😀", "\x1b[31m", "\ufeff", "\u2028", "a" * 300, "a" * 5000,
    "ﬁ", "٣", "²", "½",
)  # fmt: skip


NUMBER = re.compile(r"(?<![\w.])[0-9]+(\.[0-9]+)?(e-?[0-9]{1,2})?\b")


def number(random: Random) -> str:
    """Return a number, usual or not."""
    if random.random() < 0.5:
        return random.choice(NUMBERS)
    return f"{random.choice((1, 1, 1, -1)) * random.random() * 10 ** random.uniform(-20, 20):.{random.randint(1, 17)}g}"


PIECES = (
    "a", "1", "0", ".", "-", " ", "(", ")", "[", "{", ",", ";", "=", "<", ">=", "x", "1x", "1e", "1 ", "a.", "a,", "_",
    "a=1,", "1-", ":", "/", "../", "m*", "%", "ä", "@", "~", "#", "'", '"', "*", "?", "1.0 V, ", "linspace(", "a\t",
)  # fmt: skip


def drawn_out(random: Random) -> str:
    """Return a long text of few pieces, at which a pattern that tries all ways takes a time that grows as a power."""
    ends = (random.choice(("", *PIECES, "adc.bits=", "a(b)", "area<=1")), random.choice(("", "!", "(", *PIECES)))
    return ends[0] + random.choice(PIECES) * random.choice((1000, 30_000)) + ends[1]


def value(random: Random) -> str:
    """Return what may stand for a value: a number with or without a unit, its long form, or any text."""
    kind = random.random()
    if kind < 0.25:
        return number(random)
    if kind < 0.7:
        return f"{number(random)} {random.choice(UNITS)}"
    if kind < 0.8:
        low, high = number(random), number(random)
        unit = random.choice(UNITS)
        extra = random.choice(
            ("", ", dist: uniform", ", dist: normal", ", source: x", ", status: assumed", ", group: g")
        )
        return f"{{value: {number(random)} {unit}, range: [{low} {unit}, {high} {unit}]{extra}}}"
    return random.choice(TEXTS)


def mutated(random: Random, text: str) -> str:
    """Return a text of lines with a few of them changed."""
    lines = text.splitlines()
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        at = random.randrange(len(lines)) if lines else 0
        line = lines[at] if lines else ""
        kind = random.randrange(10)
        key, colon, rest = line.partition(":")
        if kind <= 1 and colon:
            lines[at] = f"{key}: {value(random)}"
        elif kind <= 3 and (found := list(NUMBER.finditer(line))):
            place = random.choice(found)
            lines[at] = line[: place.start()] + _times(random, place.group()) + line[place.end() :]
        elif kind == 4:
            del lines[at : at + random.choice((1, 1, 5))]
        elif kind == 5:
            lines.insert(at, line)
        elif kind == 6:
            lines[at : at + 1] = [" " * random.randrange(9) + line.strip()]
        elif kind == 7 and line:
            place = random.randrange(len(line))
            lines[at] = line[:place] + random.choice(TEXTS) + line[place + random.randrange(3) :]
        elif kind == 8:
            lines[at : at + 1] = [f"{key}{random.choice('xs_')}{colon}{rest}"]
        elif kind == 9 and colon and "value:" in rest:
            head, word, tail = rest.partition("value:")
            lines[at] = f"{key}:{head}{word} {value(random)}{tail[tail.find(',') :] if ',' in tail else '}'}"
    return "\n".join(lines) + random.choice(("\n", "\n", ""))


def _times(random: Random, written: str) -> str:
    """Return a number somewhat larger or smaller."""
    return f"{float(written) * 10 ** random.uniform(-2, 2):.3g}"


def broken(random: Random, raw: bytes) -> bytes:
    """Return bytes with a few of them changed, left out or put in."""
    data = bytearray(raw)
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        at = random.randrange(len(data)) if data else 0
        kind = random.randrange(6)
        if kind <= 1 and data:
            data[at] = random.randrange(256)
        elif kind == 2:
            del data[at : at + random.choice((1, 4, 100))]
        elif kind == 3:
            data[at:at] = random.randbytes(random.choice((1, 4, 100)))
        elif kind == 4:
            data[at : at + 4] = random.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"))
        else:
            del data[at if random.random() < 0.2 else len(data) :]
    return bytes(data)
