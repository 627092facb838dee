"""The document of ``tech keys``, record by record."""

from __future__ import annotations

from imac_arch.data.records import NamedTuple

__all__ = ["KeyRow", "KeysDocument"]


class KeyRow(NamedTuple):
    """A field of files, of all kinds that have it in the same words.

    Attributes:
        path: as ``--set`` takes it; ``*`` stands for a key or a place in a list that the file gives.
        file: kind of file: ``technology``, ``law``, ``board``, ``neuron``, ``network`` or ``scenario``.
        kinds: component kinds, or the law kind; empty where the field is of the file itself.
        role: role of the component; empty for none.
        description: in one line.
        unit: SI unit; empty for counts, ratios, words and sections.
        default: what stands where it is left out, of a law its value; empty for nothing.
        usual: range of values that are common, as it is written; empty where none is stated.
        usual_range: its ends in SI units.
        required: whether a file must have it.
        words: the words that it admits.
        section: whether it holds keys of its own.
    """

    path: str
    file: str
    kinds: tuple[str, ...]
    role: str
    description: str
    unit: str
    default: str
    usual: str
    usual_range: tuple[float, float] | None
    required: bool
    words: tuple[str, ...]
    section: bool


class KeysDocument(NamedTuple):
    """The fields that a pattern matches; ``near`` where none does and these are the nearest."""

    schema_version: str
    pattern: str
    kind: str | None
    near: bool
    keys: tuple[KeyRow, ...]
