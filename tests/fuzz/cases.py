"""Cases by number: the same seed and number give the same case."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.fuzz.case import Case
from tests.fuzz.designs import net, setting, whole
from tests.fuzz.documents import chip, file, saved, weights
from tests.fuzz.outputs import failing, output
from tests.fuzz.studies import judging, study
from tests.fuzz.words import options

__all__ = ["make"]

OFTEN = (net, net, *[setting] * 4, *[file] * 4, weights, options, options, saved)
KINDS: tuple[Callable[[Random], Case], ...] = (*OFTEN, *OFTEN, options, chip, output, failing, whole, study, judging)


def make(seed: int, n: int) -> Case:
    """Return case ``n`` of a seed."""
    random = Random(f"{seed}:{n}")
    return random.choice(KINDS)(random)
