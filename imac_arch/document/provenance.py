"""Every number that a result rests on, with unit, range, source and status."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from imac_arch.case import NATIVE, NATIVE_BITS
from imac_arch.components.base import OWN, Source
from imac_arch.data.quantity import In, Quantity
from imac_arch.data.records import NamedTuple
from imac_arch.data.units import format_value
from imac_arch.data.usual import remark
from imac_arch.data.walk import each_quantity
from imac_arch.document.shapes import Citation, Finding, Number
from imac_arch.network import Network
from imac_arch.technology_files import Loaded

__all__ = ["Listed", "Origin", "listed", "provenance", "unread", "unsourced", "unusual"]

SHOWN = 5  # names in the warning of numbers without a source


class Origin(NamedTuple):
    """A model whose numbers are listed.

    Attributes:
        prefix: what their paths begin with.
        model: anything that holds quantities.
        sources: what their citations lead to.
        loaded: the file, for their places; None names the prefix instead.
        above: steps of the file that lead to the model.
        read: paths by which recordings call the numbers that were read; None lists all.
    """

    prefix: str
    model: object
    sources: Mapping[str, Source] = MappingProxyType({})
    loaded: Loaded | None = None
    above: tuple[str, ...] = ()
    read: frozenset[str] | None = None


def origins(
    technologies: Sequence[tuple[Loaded, frozenset[str]]],
    boards: Sequence[Loaded],
    laws: Mapping[str, Loaded],
    networks: Sequence[Network],
) -> list[Origin]:
    """Return where the numbers stand that were read, each file once.

    Args:
        technologies: files with the paths of the numbers that were read on each.
        boards: files of boards.
        laws: as loaded.
        networks: those that were evaluated.
    """
    several, found = len(technologies) > 1, []
    for loaded, read in technologies:
        found.append(
            Origin(loaded.model.name if several else "", loaded.model, loaded.model.sources, loaded, read=read)
        )
    every = frozenset().union(*(read for _, read in technologies))
    found += [Origin(f"laws.{name}", law.model, law.model.sources, law, read=every) for name, law in laws.items()]
    for board in boards:
        found.append(Origin(f"boards.{board.model.name}", board.model.board, board.model.sources, read=every))
    for network in networks:
        found.append(Origin(f"networks.{network.name}" if len(networks) > 1 else "network", network, read=every))
    return found


class Listed(NamedTuple):
    """A number of an origin: its path, the sources that its citations lead to, and its place."""

    path: str
    quantity: Quantity
    sources: Mapping[str, Source]
    where: str


def listed(origins: Iterable[Origin]) -> list[Listed]:
    """Return the numbers of all origins, in their order."""
    rows = []
    for origin in origins:
        for path, quantity in each_quantity(origin.model):
            if origin.read is not None and quantity.path not in origin.read:
                continue
            dotted = ".".join(map(str, [origin.prefix, *path] if origin.prefix else path))
            where = origin.loaded.place((*origin.above, *path)) if origin.loaded else origin.prefix
            rows.append(Listed(dotted, quantity, origin.sources, where))
    return rows


def provenance(numbers: Iterable[Listed]) -> tuple[Number, ...]:
    """Return the rows of numbers, as documents hold them."""
    return tuple(_number(*each) for each in numbers)


def unusual(numbers: Iterable[Listed], overrides: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Return a note for each number that is, or whose range reaches, beyond what is usual in its field.

    Args:
        numbers: those that a result depends on, or all of a file.
        overrides: paths of what was set beside the file, which then is the place; ``sot_mram:vdd`` is of one.
    """
    found, beside = [], {path.rpartition(":")[2] for path in overrides}
    for path, quantity, _, where in numbers:
        text = "" if quantity.declared is None else _remark(quantity, quantity.declared)
        if text:
            option = next((name for name in (path, path.partition(".")[2]) if name in beside), "")
            found.append(Finding("unusual", f"{path}: {text}", f"--set {option}" if option else where))
    return tuple(found)


def _remark(quantity: Quantity, said: In) -> str:
    if text := remark(quantity.value, quantity.written, said.usual, said.unit):
        return text
    low, high = said.common or (-math.inf, math.inf)
    end = next((end for end in quantity.range or () if end and not low <= end <= high), None)
    if end is None:
        return ""
    return remark(end, f"an end of its range, {format_value(end, said.unit)},", said.usual, said.unit)


def _number(path: str, quantity: Quantity, sources: Mapping[str, Source], where: str) -> Number:
    cited = [(key, sources[key]) for key in quantity.source if key in sources]
    return Number(
        path=path,
        value=quantity.value,
        unit=quantity.unit,
        written=quantity.written,
        range=quantity.range or None,
        dist=quantity.dist if quantity.range else None,
        status=_status(quantity, [source for _, source in cited]),
        sourced=quantity.sourced,
        source=tuple(Citation(key, source.label, source.link) for key, source in cited),
        note=quantity.note,
        where=where,
    )


def _status(quantity: Quantity, cited: Sequence[Source]) -> str:
    """Return how a number was obtained; where all that it cites is unpublished data, that is said beside it."""
    own = bool(cited) and all(source.internal for source in cited)
    if quantity.status:
        return f"{quantity.status} ({OWN})" if own else quantity.status
    return (OWN if own else "unstated") if quantity.source else "unsourced"


def unsourced(numbers: Sequence[Number]) -> tuple[Finding, ...]:
    """Return the warning of numbers without a source, where there are any."""
    bare = [row for row in numbers if not row.sourced]
    if not bare:
        return ()
    names = ", ".join(row.path for row in bare[:SHOWN]) + (", ..." if len(bare) > SHOWN else "")
    count = f"{len(bare)} number{'s' if len(bare) > 1 else ''}"
    text = f"{count} without a source: {names}; give a source, or status: assumed with a range"
    return (Finding("unsourced", text, bare[0].where),)


def unread(models: Iterable[object], read: frozenset[str], overrides: Iterable[str]) -> tuple[Finding, ...]:
    """Return a warning for each number that was set although no figure depends on it.

    Args:
        models: what the numbers may stand in.
        read: paths of all numbers that were read.
        overrides: paths of what was set.
    """
    known = {quantity.path for model in models for _, quantity in each_quantity(model)}
    idle = [path for path in overrides if path in known and path not in read]
    return tuple(
        Finding("unread", f"{path} was set, but no figure here depends on it{_hint(path)}", path) for path in idle
    )


def _hint(path: str) -> str:
    return f"; it counts at {NATIVE} precision" if path in NATIVE_BITS else ""
