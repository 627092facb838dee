"""The name of a report where none is asked for: every design has one of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import EQUAL
from imac_arch.data.files import digest
from imac_arch.data.records import NamedTuple
from imac_arch.data.written import refuse_early
from imac_arch.document.comparison import ChangedField, ComparisonDocument
from imac_arch.document.plain import to_plain
from imac_arch.plan import BOARD
from imac_arch.resolve import TIMINGS
from imac_arch.show.sentences import changed_path

__all__ = ["Named", "ReportPath", "changes", "design_key", "key_line", "refuse_report", "report_path"]

FOLDER = "reports"
HEAD = 8192  # bytes at the head of a report that hold the key of its design
LONGEST = 120
SHOWN = 8  # digits of a key that a name holds
DRAWS = ("samples", "seed", "overrides", "weights", "inputs")  # what makes no other design


class Named(NamedTuple):
    """What a report is named by; ``changed`` are the paths of fields that were set, with what they were set to."""

    network: str
    technologies: tuple[str, ...]
    architectures: tuple[str, ...]
    scenario: str | None
    changed: tuple[tuple[str, str], ...]
    gpu: str | None
    batch: int
    timing: str
    precision: str
    pipelined: bool


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


def report_path(document: ComparisonDocument, folder: str = FOLDER) -> ReportPath:
    """Return where a report goes: a name from network, technologies and what was changed, and where a report of
    another design bears that name, the name with a hash."""
    stem, key = _stem(_named(document)), design_key(document)
    plain = f"{folder}/{stem[:LONGEST]}.html"
    if len(stem) > LONGEST:
        return ReportPath(f"{folder}/{stem[: LONGEST - SHOWN - 1]}_{key[:SHOWN]}.html", "")
    return (
        ReportPath(f"{folder}/{stem}_{key[:SHOWN]}.html", plain) if _of_another(plain, key) else ReportPath(plain, "")
    )


def _of_another(path: str, key: str) -> bool:
    """Return whether a report of ours, of another design, stands at a path."""
    return _has_key(Path(path)) and key_line(key) not in _head(Path(path))


def refuse_report(named: Named, folder: str = FOLDER, *, force: bool = False) -> None:
    """Raise what writing a report where none is asked for would raise, as far as that is known before there is one.

    Raises:
        InputOutputError: its folder cannot be written, or a file that is not ours bears its name.
    """
    stem = _stem(named)
    stem = stem if len(stem) <= LONGEST else f"{stem[: LONGEST - SHOWN - 1]}_{'0' * SHOWN}"
    path = Path(folder) / f"{stem}.html"
    # one of another design that somebody has worked in stays, and the report has a name beside it
    refuse_early(path, force=force or _has_key(path))


def _has_key(path: Path) -> bool:
    return key_line("").removesuffix('">') in _head(path)


def _head(path: Path) -> str:
    with suppress(OSError):
        if path.is_file():  # a pipe would be waited for
            with path.open("rb") as stream:
                return stream.read(HEAD).decode(errors="replace")
    return ""


def changes(overrides: Collection[str], rows: Iterable[ChangedField]) -> tuple[tuple[str, str], ...]:
    """Return paths of changed fields, with what they were set to."""
    return tuple((changed_path(overrides, row), row.to) for row in rows)


def _named(document: ComparisonDocument) -> Named:
    given = document.conditions
    return Named(
        document.network.name, tuple(row.name for row in document.technologies),
        tuple(dict.fromkeys(row.name for row in document.architectures)), given.scenario,
        changes(given.overrides, given.changed),
        given.gpu, given.batch, given.timing, given.precision, given.pipelined,
    )  # fmt: skip


def _stem(named: Named) -> str:
    texts = [named.network, "+".join(named.technologies), *_variant(named)]
    stem = "_".join("".join(c if c.isalnum() or c in "-+." else "_" for c in text) for text in texts)
    return stem.lstrip(".") or "comparison"


def _variant(given: Named) -> Iterator[str]:
    """Give what makes this report another one than that of network and technologies alone."""
    if given.scenario:
        yield given.scenario
    yield from dict.fromkeys(f"{path.replace('components.', '', 1)}-{to}" for path, to in given.changed)
    usual = {name for name, each in ARCHITECTURES.items() if not each.on_request}
    if set(given.architectures) not in (usual, set(ARCHITECTURES)) and not given.scenario:
        yield "+".join(given.architectures)
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
