"""The name of a report where none is asked for: every design has one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import EQUAL
from imac_arch.data.files import digest
from imac_arch.data.records import NamedTuple
from imac_arch.document.comparison import ComparisonDocument
from imac_arch.document.plain import to_plain
from imac_arch.plan import BOARD
from imac_arch.resolve import TIMINGS
from imac_arch.show.sentences import changed_path

__all__ = ["ReportPath", "design_key", "key_line", "report_path"]

HEAD = 8192  # bytes at the head of a report that hold the key of its design
LONGEST = 120
SHOWN = 8  # digits of a key that a name holds
DRAWS = ("samples", "seed", "overrides", "weights", "inputs")  # what makes no other design


class ReportPath(NamedTuple):
    """A path, and that of the report of another design that made it necessary; empty where there is none."""

    path: str
    other: str


def design_key(document: ComparisonDocument) -> str:
    """Return what tells designs apart: a hash of the conditions, the inputs and the architectures, not of the draws."""
    conditions = {key: value for key, value in to_plain(document.conditions).items() if key not in DRAWS}
    inputs = {name: value for name, value in document.hashes.items() if name != "laws"}
    rows = [(row.name, row.technology) for row in document.architectures]
    return digest([conditions, inputs, rows])[:32]


def key_line(key: str) -> str:
    """Return the line of a page's head that holds the key."""
    return f'<meta name="imac-arch-design" content="{key}">'


def report_path(document: ComparisonDocument, folder: str = "reports") -> ReportPath:
    """Return where a report goes: a name from network, technologies and what was changed, and where a report of
    another design bears that name, the name with a hash."""
    stem, key = _stem(document), design_key(document)
    plain = f"{folder}/{stem[:LONGEST]}.html"
    if len(stem) > LONGEST:
        return ReportPath(f"{folder}/{stem[: LONGEST - SHOWN - 1]}_{key[:SHOWN]}.html", "")
    return (
        ReportPath(f"{folder}/{stem}_{key[:SHOWN]}.html", plain) if _of_another(plain, key) else ReportPath(plain, "")
    )


def _of_another(path: str, key: str) -> bool:
    """Return whether a report of ours, of another design, stands at a path."""
    if not Path(path).is_file():  # a pipe would be waited for
        return False
    with suppress(OSError), Path(path).open("rb") as stream:
        head = stream.read(HEAD).decode(errors="replace")
        return key_line("").removesuffix('">') in head and key_line(key) not in head
    return False


def _stem(document: ComparisonDocument) -> str:
    texts = [document.network.name, "+".join(row.name for row in document.technologies), *_variant(document)]
    stem = "_".join("".join(c if c.isalnum() or c in "-+." else "_" for c in text) for text in texts)
    return stem.lstrip(".") or "comparison"


def _variant(document: ComparisonDocument) -> Iterator[str]:
    """Give what makes this report another one than that of network and technologies alone."""
    given = document.conditions
    if given.scenario:
        yield given.scenario
    named = ((changed_path(document, row).replace("components.", "", 1), row.to) for row in given.changed)
    yield from dict.fromkeys(f"{path}-{to}" for path, to in named)
    names = dict.fromkeys(row.name for row in document.architectures)
    usual = {name for name, each in ARCHITECTURES.items() if not each.on_request}
    if set(names) not in (usual, set(ARCHITECTURES)) and not given.scenario:
        yield "+".join(names)
    if given.gpu is not None and given.gpu != BOARD and not given.scenario:
        yield given.gpu
    if given.batch != 1:
        yield f"batch-{given.batch}"
    if given.timing != TIMINGS[0] and not given.scenario:
        yield given.timing
    if given.precision != EQUAL and not given.scenario:
        yield given.precision
    if given.pipelined:
        yield "pipelined"
