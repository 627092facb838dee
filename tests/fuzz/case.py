"""A case: what is typed, and the files that lie there."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

__all__ = ["ARCHITECTURES", "FOREIGN", "Case", "compared"]

FOREIGN = b"mine, not to be touched: power-area product (PAP), schema_version\n"
ARCHITECTURES = ("imac", "mixed_signal", "digital", "gpu")


@dataclass
class Case:
    """What is typed, the files that lie there, and which of them must stay as they are.

    Attributes:
        kind: what is tried.
        words: of the command line.
        files: content by name.
        fails: what goes wrong underneath: ``("call", n)``, the n-th call that changes files, or ``("size", n)``, any
            write beyond n bytes.
    """

    kind: str
    words: list[str]
    files: dict[str, bytes] = field(default_factory=dict)
    fails: tuple[str, int] | None = None


def compared(random: Random, *words: str) -> list[str]:
    """Return a comparison of one architecture without samples, as JSON."""
    some = random.choice(ARCHITECTURES) if random.random() < 0.9 else "imac"
    return ["compare", "--samples", "0", "--json", "--arch", some, *words]
