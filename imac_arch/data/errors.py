"""The error tree. Every error that a user can cause is one of these; anything else is a bug.

ImacError                        exit code   meaning
├── UsageError                   2           a wrong option, name or value
│   ├── UnknownName              2           a name that is not among the allowed ones
│   └── FileErrors               2           all errors in the files, reported together
├── InfeasibleError              3           the requested mapping is infeasible
├── InputOutputError             4           a path absent, unreadable or not writable
└── ThresholdError               1           a threshold, or ``--strict``, failed
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = [
    "FileErrors",
    "ImacError",
    "InfeasibleError",
    "InputOutputError",
    "Problem",
    "ThresholdError",
    "UnknownName",
    "UsageError",
    "nearest",
    "nearest_endings",
]
LIKE = 200  # characters; a longer name is like none, and to look takes time with the product of both lengths


MANY, FEW = 80, 8  # names from which on a message lists the nearest alone


LONG, WIDE = 1000, 160  # characters of a line of a message, and of a line of a file in it; what is beyond is left out


def _shortened(line: str) -> str:
    """Return a line without its middle, where somebody gave what is too long to be read."""
    return line if len(line) <= LONG else f"{line[: LONG // 2]} ... {line[-LONG // 2 :]}"


class ImacError(Exception):
    """The base of every error that a user can cause; ``exit_code`` is what the command line returns."""

    exit_code = 2

    def __str__(self) -> str:
        return "\n".join(map(_shortened, super().__str__().split("\n")))


class UsageError(ImacError):
    """A wrong option, name or value."""


class InfeasibleError(ImacError):
    """The requested mapping of the network is infeasible."""

    exit_code = 3


class InputOutputError(ImacError):
    """A path that is absent, unreadable or not writable, or an existing file that was not written by imac-arch."""

    exit_code = 4


class ThresholdError(ImacError):
    """A threshold failed, or ``--strict`` found a warning."""

    exit_code = 1


class UnknownName(UsageError):
    """A name that is not in the list of allowed ones.

    The message names the given and the allowed names, of very many the nearest, and the closest match; ``near`` are
    the nearest, where the caller knows better which those are.
    """

    def __init__(
        self, what: str, name: str, allowed: Iterable[str], hint: str = "", near: Sequence[str] | None = None
    ) -> None:
        names = sorted(allowed)
        guess = nearest(name, names) if near is None else next(iter(near), None)
        message = f"unknown {what} {name!r}"
        several = [part.strip() for part in str(name).split(",")]
        if len(several) > 1 and set(several) <= set(names):
            message += f"; give each by itself: {' and '.join(several)}."
        else:
            message += f"; did you mean {guess!r}?" if guess else "."
        if near is None:
            near = names if len(names) <= MANY else difflib.get_close_matches(str(name), names, n=FEW, cutoff=0.0)
        head = "Allowed" if len(near) == len(names) else f"Nearest of {len(names)} names"
        message += f" {head}: {', '.join(near)}." if near else ""
        super().__init__(f"{message} {hint}".strip())
        self.name, self.allowed = name, names


@dataclass(frozen=True)
class Problem:
    """One error in a file: where, what was given and what is allowed."""

    message: str
    path: tuple[str | int, ...] = ()
    file: str = ""
    line: int = 0
    column: int = 0
    text: str = ""

    def __str__(self) -> str:
        dotted = ".".join(str(p) for p in self.path)
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        head = ": ".join(part for part in (place, dotted, self.message) if part)
        if not self.text:
            return head
        start = max(0, self.column - WIDE // 2) if len(self.text) > WIDE else 0
        return f"{head}\n    {self.text[start : start + WIDE]}\n    {' ' * (self.column - 1 - start)}^"


class FileErrors(UsageError):
    """All errors in one or more files, reported together."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.file, p.line, p.column, str(p.path)))
        super().__init__("\n".join(str(p) for p in self.problems))


def nearest(name: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed name closest to ``name``, or None if none is similar."""
    names = list(allowed) if len(str(name)) <= LIKE else []
    folded = {n.casefold(): n for n in reversed(names)}
    close = difflib.get_close_matches(str(name).casefold(), list(folded), n=1, cutoff=0.5)
    return folded[close[0]] if close else None


def nearest_endings(given: str, paths: Iterable[str]) -> list[str]:
    """Return the paths of which some ending is most like what is given, the nearest first."""
    if len(given) > LIKE:
        return []
    wanted = given.casefold()
    depth = given.count(".") + 1
    match = difflib.SequenceMatcher(b=wanted, autojunk=False)

    def likeness(path: str) -> float:
        steps = path.casefold().split(".")
        best = 0.0
        for count in (depth, 1):
            match.set_seq1(".".join(steps[-count:]))
            if match.real_quick_ratio() > best and match.quick_ratio() > best:
                best = max(best, match.ratio())
        return best

    rated = sorted(((likeness(path), path) for path in paths), key=lambda pair: (-pair[0], len(pair[1]), pair[1]))
    return [path for rate, path in rated if rate >= 0.6]
