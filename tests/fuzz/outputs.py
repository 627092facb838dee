"""Outputs in odd places, and disks that fail."""

from __future__ import annotations

from random import Random

from tests.fuzz.case import FOREIGN, Case, compared
from tests.fuzz.documents import document

__all__ = ["failing", "output"]


def output(random: Random) -> Case:
    """A file of somebody else stands where the result is to go, or something odd."""
    kind = random.choice(("html", "json", "csv", "md", "tex", "docx", "", "JSON", "html~"))
    name = random.choice(("mine", "mine", "reports/mine", "a" * 250, "ä", ".", "sub/../mine", "f.yaml/x"))
    path = f"{name}.{kind}" if kind else name
    words = compared(random, "--net", "4-2", "-o", path)
    if random.random() < 0.2:
        words = random.choice(
            (
                ["tech", "new", "mine.yaml"],
                ["tech", "new", "f.yaml", "--extends", "./f.yaml"],
                ["netlist", "--net", "4-2", "-o", "mine.cir"],
            )
        )
        path = words[2] if words[0] == "tech" else words[-1]
    return Case(
        "output", words, {"f.yaml": b"name: f\nextends: sot_mram\n", **({path: FOREIGN} if _plain(path) else {})}
    )


def _plain(path: str) -> bool:
    return path.startswith("mine") and not path.endswith(".yaml/x")


def failing(random: Random) -> Case:
    """A disk fails at the n-th change of a file, or is full after n bytes."""
    fails = (
        ("call", random.randint(1, 6)) if random.random() < 0.5 else ("size", random.choice((0, 1, 100, 4096, 20_000)))
    )
    kind = random.choice(("html", "json", "csv", "md", "tex"))
    words = random.choice(
        (
            compared(random, "--net", "4-2", "-o", f"out/x.{kind}"),
            ["tech", "new", "new.yaml"],
            ["netlist", "--net", "4-2", "-o", "x.cir"],
        )
    )
    old = document() if kind == "json" else b""
    return Case("failing", words, {"out/x.json": old} if old and words[0] == "compare" else {}, fails)
