"""Networks, settings of every path and whole runs."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from imac_arch.data.files import read_yaml
from imac_arch.data.leaves import is_number, leaves
from imac_arch.data.registry import names
from imac_arch.technology_files import load_technology
from tests.fuzz.case import Case, compared
from tests.fuzz.nasty import NUMBERS, TEXTS, broken, number, value
from tests.helpers import ROOT

__all__ = ["net", "scaled", "setting", "whole", "written"]


def net(random: Random) -> Case:
    odd = (
        "0", "-1", "5:sigmod", "a", "", " 7 ", "1e3", "1.5", "007", "9999999999999", "1000000", "99999999999999999999",
        "٣", "²", "8:", ":relu", "8:relu:x",
    )  # fmt: skip
    sound = ["784", "128", "16", "8", "4", "10", "1", "10:relu", "8:tanh", "4:sigmoid", "3:identity"]
    parts = sound if random.random() < 0.4 else [*sound, *odd, *NUMBERS[:8]]
    text = "-".join(random.choice(parts) for _ in range(random.choice((1, 2, 2, 3, 3, 4, 9))))
    if random.random() < 0.1:
        text = broken(random, text.encode()).decode(errors="replace").replace("\0", "0")
    if random.random() < 0.05:
        text = random.choice(TEXTS)
    tiles = ("1x1", "2x2", "auto", "0x1", "99x1", "x", "9" * 13 + "x1", "²x1")
    more = []
    if random.random() < 0.2:
        more = ["--tiles", ",".join(random.choice(tiles) for _ in range(random.randint(1, 3)))]
    more += ["--subarray", f"{number(random)}x{number(random)}"] if random.random() < 0.1 else []
    return Case("net", compared(random, f"--net={text}", *more))


@lru_cache
def written(technology: str) -> dict[str, str]:
    """Return what stands at every path of a technology, as it is written."""
    data = load_technology(technology).document.data
    found = ((path, leaf["value"] if is_number(leaf) and "value" in leaf else leaf) for path, leaf in leaves(data))
    return {path: str(leaf) for path, leaf in found if not path.startswith("sources")}


def scaled(random: Random, text: str, decades: float = 3.0) -> str:
    """Return a number that is written with a unit, many times larger or smaller; what is no number as it is."""
    given, _, unit = text.partition(" ")
    try:
        return f"{float(given) * 10 ** random.uniform(-decades, decades):.3g} {unit}".strip()
    except ValueError:
        return text


@lru_cache
def _law_paths() -> tuple[str, ...]:
    laws = (read_yaml(ROOT / "tech/laws" / f"{name}.yaml").data for name in names("law"))
    return tuple(
        f"laws.{data['name']}.{path}" for data in laws for path, _ in leaves(data) if not path.startswith("sources")
    )


def setting(random: Random) -> Case:
    technology = random.choice(names("technology"))
    words = []
    for _ in range(random.choice((1, 1, 1, 2, 4, 9))):
        known = written(technology)
        path = random.choice(_law_paths() if random.random() < 0.1 else tuple(known))
        given = scaled(random, known[path]) if path in known and random.random() < 0.5 else value(random)
        kind = random.random()
        if kind < 0.1:
            path = ".".join(path.split(".")[random.randint(0, 2) :])
        elif kind < 0.2:
            path = broken(random, path.encode()).decode(errors="replace").replace("\0", "")
        elif kind < 0.25:
            path = f"{random.choice(('sot_mram', 'reram', 'x', ''))}:{path}"
        words += ["--set", f"{path}={given}"]
    command = random.random()
    if command < 0.15:
        return Case(
            "set",
            [
                "explain",
                random.choice(("adc", "synapse", "wire", "neuron", "logic", "h100", "x")),
                "--json",
                "--tech",
                technology,
                "--net",
                "16-8-4",
                *words,
            ],
        )
    if command < 0.25:
        return Case("set", ["tech", "show", technology, *words])
    if command < 0.3:
        return Case("set", ["neurons", "--samples", "0", "--json", "--tech", technology, *words])
    return Case("set", compared(random, "--net", "16-8-4", "--tech", technology, *words))


def whole(random: Random) -> Case:
    """A run of everything that a command can do, shown as people read it, with numbers that pass for sound."""
    technology = random.choice(names("technology"))
    known = written(technology)
    words: list[str] = []
    for path in random.sample(tuple(known), random.choice((1, 2, 5))):
        low, high = sorted(scaled(random, known[path], 0.5) for _ in range(2))
        long = f"{{value: {known[path]}, range: [{low}, {high}], dist: {random.choice(('uniform', 'lognormal'))}}}"
        words += ["--set", f"{path}={random.choice((scaled(random, known[path], 1.0), long))}"]
    if random.random() < 0.2:
        return Case("whole", ["netlist", "--net", "4-2", "--tech", technology, *words])
    if random.random() < 0.2:
        return Case("whole", ["neurons", "--samples", "20", "--tech", technology, *words])
    for option, given in (
        ("--timing", ("declared",)),
        ("--precision", ("native",)),
        ("--read", ("averaging", "virtual_ground")),
        ("--adc-law", ("survey", "accelergy", "in_array", "fixed", "sar")),
        ("--adc-bits", ("1", "3", "12")),
        ("--batch", ("7", "1000000")),
        ("--subarray", ("1x1", "3x5", "1024x1024")),
        ("--tiles", ("1x1", "2x1")),
        ("--gpu", ("v100", "jetson_orin")),
        ("--scenario", ("amin2022", "imac_sim", "zand2020")),
        ("--tech", ("reram", "sram_cim", "sot_mram_imec")),
        ("-o", ("-", "x.md", "x.tex", "x.csv")),
        ("--json", None),
        ("--exact", None),
        ("--pipelined", None),
    ):
        if random.random() < 0.15:
            words += [option] if given is None else [option, random.choice(given)]
    samples = random.choice(("0", "1", "30"))
    return Case("whole", ["compare", "--net", "4-2", "--samples", samples, "--tech", technology, *words])
