"""Every number that the designs of a space rest on, with its source."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from imac_arch.data.errors import UsageError
from imac_arch.document.provenance import listed, origins, provenance
from imac_arch.document.shapes import Number
from imac_arch.evaluate import evaluate
from imac_arch.network import Network
from imac_arch.resolve import resolve
from imac_arch.studies.sweep.space import Space
from imac_arch.technology_files import Loaded

__all__ = ["numbers_of"]


def numbers_of(
    space: Space, architectures: Sequence[str], laws: Mapping[str, Loaded], refused: Collection[int] = ()
) -> tuple[Number, ...]:
    """Return every number that designs read, of each word of each axis of words, without those that axes vary.

    Args:
        space: the designs.
        architectures: names.
        laws: as loaded.
        refused: combinations of words, by their number, that do not go together.
    """
    read: dict[str, frozenset[str]] = {}
    technologies: dict[str, Loaded] = {}
    boards: dict[str, Loaded] = {}
    networks: dict[str, Network] = {}
    met: set[tuple[int, int]] = set()
    for number, places in enumerate(space.combinations):
        words = set(enumerate(places))
        if number in refused or (technologies and words <= met):
            continue
        try:
            found = resolve(space.requests[number], laws)
            own = frozenset().union(*(each.readings for each in evaluate(found.inputs, architectures)))
        except UsageError:  # words that do not go together
            continue
        met |= words
        name = space.requests[number].technology
        technologies.setdefault(name, found.files.technology)
        read[name] = read.get(name, frozenset()) | own
        if found.files.board is not None:
            boards.setdefault(found.files.board.model.name, found.files.board)
        networks.setdefault(found.inputs.network.name, found.inputs.network)
    varied = {path for axis in space.numbers for path in axis.values}
    files = [(loaded, read[name]) for name, loaded in technologies.items()]
    rows = listed(origins(files, list(boards.values()), laws, list(networks.values())))
    return provenance(row for row in rows if row.quantity.path not in varied)
