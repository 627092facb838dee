"""Sheets as lines of text of a given width: never a break inside a word or between a number and its unit."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from imac_arch.data.records import NamedTuple
from imac_arch.show.sheet import Item, Table, text_of

__all__ = ["INTERVALS", "UNWRAPPED", "Line", "item_lines", "paragraph", "table_lines"]

UNWRAPPED = 1_000_000  # columns where nothing is wrapped
INTERVALS = 120  # columns from which absolute values have their intervals
LEAST = 30  # columns in which a text is read with ease; where less is left beside something, it stands below it
WORDY, READ = 28, 20  # columns from which words in a table are wrapped, and to how few
SLIM = 12  # columns of a head that is wrapped, at least
GAP = 2  # blanks between columns
INDENT = 4
KEPT = "\u00a0"
NUMBER = re.compile(r"(?<=\d) (?=[^\W\d]|%)")  # a number stays with its unit
INTERVAL = re.compile(r"\[[^\[\]]{1,24}\]")  # and one end of an interval with the other
Texts = tuple[str, ...]


class Line(NamedTuple):
    """A line of text; ``mark`` is a word in front that is shown in its colour, ``bold`` how many characters are."""

    text: str
    bold: int = 0
    mark: str = ""


def paragraph(text: str, width: int, indent: int = 0) -> list[str]:
    """Return a text as lines of at most ``width`` columns, a longer word on a line of its own, all indented alike."""
    lines: list[str] = []
    for part in text.split("\n"):
        if indent + cell_len(part) <= width:
            lines.append(part)
            continue
        room = max(width - indent, 1)
        broken = textwrap.wrap(_whole(part), room, break_on_hyphens=False, break_long_words=False)
        lines += [line.replace(KEPT, " ") for line in broken]
    return [" " * indent + line for line in lines]


def _whole(text: str) -> str:
    """Return a text with what is never broken held together."""
    return INTERVAL.sub(lambda found: found.group().replace(" ", KEPT), NUMBER.sub(KEPT, text))


def item_lines(items: Sequence[Item], width: int) -> Iterator[Line]:
    """Give marked lines whose marks, heads and texts stand below one another; a text that has no room beside its head
    stands below it."""
    marks = max((len(item.mark) for item in items), default=0)
    heads = max((cell_len(item.head) for item in items), default=0)
    before = GAP + (marks + GAP if marks else 0)
    indent = before + heads + GAP
    beside = width - indent >= max(LEAST, width // 2)
    below = indent if beside else before + (0 if marks else GAP)
    for item in items:
        mark = f"{item.mark:<{marks}}" + " " * GAP if marks else ""
        front = " " * GAP + mark + item.head
        texts = [item.text, *item.notes]
        if beside:
            first, *rest = paragraph(texts[0], width, indent)
            yield Line(front + " " * (indent - cell_len(front)) + first[indent:], len(front), item.mark)
            yield from map(Line, rest)
            texts = texts[1:]
        else:
            yield Line(front, len(front), item.mark)
        for text in texts:
            yield from map(Line, paragraph(text, width, below))


def table_lines(table: Table, width: int) -> Iterator[Line]:
    """Give a table: whole, or where that is too wide by the first of these that fits: designs as rows, words wrapped
    inside their columns, a few columns at a time, or every row as a list."""
    spans = table.spans or width >= INTERVALS
    heads, rows = table.heads, [tuple(text_of(cell, spans) for cell in row) for row in table.rows]
    left = {0, *table.left}
    first = UNWRAPPED if width == UNWRAPPED or table.wrap is None else table.wrap
    widths = _widths(heads, rows)
    if _total(widths) <= width and widths[0] <= first:
        yield from _aligned(heads, rows, widths, left)
        return
    if table.turns:
        turned = list(zip(heads, *rows, strict=True))
        heads, rows, left = turned[0], turned[1:], {0}
    widths = _slim(heads, rows)
    wordy = {k for k, room in enumerate(widths) if k in left and room > WORDY}
    narrow = _narrowed(heads, rows, widths, wordy, width, first)
    names = next((k for k in range(len(heads)) if k not in left), len(heads))
    names = 1 if wordy - {0} or names == len(heads) else names
    bands = [] if narrow or wordy - {0} else _bands(widths, width, names)
    if narrow or bands:
        every = [list(range(len(heads)))]
        yield from _banded(heads, rows, narrow or widths, left, every if narrow else bands)
        return
    for row in rows:
        yield from (Line(line, len(line)) for line in paragraph(", ".join(row[:names]), width))
        said = (f"{head}: {text}" for head, text in zip(heads[names:], row[names:], strict=True) if text)
        yield from map(Line, paragraph(" | ".join(said), width, INDENT))


def _widths(heads: Texts, rows: Sequence[Texts]) -> list[int]:
    """Return the width of each column; the first one leaves out titles, which are alone in their row."""
    widths = [max(map(cell_len, column)) for column in zip(heads, *rows, strict=True)]
    widths[0] = max(map(cell_len, (heads[0], *(row[0] for row in rows if not _title(row)))))
    return widths


def _slim(heads: Texts, rows: Sequence[Texts]) -> list[int]:
    """Return the width of each column where its head is wrapped."""
    inside = _widths(("",) * len(heads), rows)
    return [max(own, _longest([head]), min(cell_len(head), SLIM)) for own, head in zip(inside, heads, strict=True)]


def _title(row: Texts) -> bool:
    return len(row) > 1 and not any(row[1:])


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _longest(texts: Sequence[str]) -> int:
    """Return the width of the longest part that is never broken."""
    return max((cell_len(part) for text in texts for part in _whole(text).split(" ")), default=0)


def _narrowed(
    heads: Texts, rows: Sequence[Texts], widths: Sequence[int], wordy: set[int], width: int, first: int
) -> list[int]:
    """Return widths with which a table fits, its columns of words made narrower in proportion to what they hold; empty
    where that leaves too little."""
    kept = sum(w for k, w in enumerate(widths) if k not in wordy) + GAP * (len(widths) - 1)
    room, whole = width - kept, sum(widths[k] for k in wordy)
    found = list(widths)
    for k in wordy:
        least = max(_longest([heads[k], *(row[k] for row in rows if not _title(row))]), READ)
        found[k] = max(least, min(widths[k], room * widths[k] // whole))
    found[0] = min(found[0], max(first, READ))
    return found if _total(found) <= width else []


def _bands(widths: Sequence[int], width: int, names: int) -> list[list[int]]:
    """Return which columns stand together, each time beside those that name a row; nothing where one alone is too
    wide."""
    bands: list[list[int]] = []
    for k in range(names, len(widths)):
        if not bands or _total([widths[n] for n in (*bands[-1], k)]) > width:
            bands.append(list(range(names)))
        bands[-1].append(k)
    return bands if bands and all(_total([widths[n] for n in band]) <= width for band in bands) else []


def _banded(
    heads: Texts, rows: Sequence[Texts], widths: Sequence[int], left: set[int], bands: Sequence[Sequence[int]]
) -> Iterator[Line]:
    for place, band in enumerate(bands):
        if place:
            yield Line("")
        own = [row[:1] + ("",) * (len(band) - 1) if _title(row) else tuple(row[k] for k in band) for row in rows]
        words = {n for n, k in enumerate(band) if k in left}
        yield from _aligned(tuple(heads[k] for k in band), own, [widths[k] for k in band], words)


def _aligned(heads: Texts, rows: Sequence[Texts], widths: Sequence[int], left: set[int]) -> Iterator[Line]:
    for place, row in enumerate((heads, *rows)):
        if place and _title(row):
            yield Line(row[0])
            continue
        cells = [paragraph(t, room) if cell_len(t) > room else [t] for t, room in zip(row, widths, strict=True)]
        height = max(map(len, cells))
        for n in range(height):
            over = [0 if place else height - len(cell) for cell in cells]  # heads stand on the row below
            parts = [cell[n - o] if 0 <= n - o < len(cell) else "" for cell, o in zip(cells, over, strict=True)]
            blanks = [" " * (room - cell_len(part)) for part, room in zip(parts, widths, strict=True)]
            sides = (p + b if k in left else b + p for k, (p, b) in enumerate(zip(parts, blanks, strict=True)))
            text = (" " * GAP).join(sides).rstrip()
            yield Line(text, 0 if place else len(text))
