"""Cases by number: what is typed, and the files that lie there. The same seed and number give the same case."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

import numpy as np

from imac_arch.data.files import read_yaml
from imac_arch.data.leaves import is_number, leaves
from imac_arch.data.registry import names
from imac_arch.studies.catalog import KINDS
from imac_arch.technology_files import load_technology
from tests.fuzz.nasty import NUMBERS, TEXTS, broken, mutated, number, value
from tests.helpers import ROOT

__all__ = ["Case", "make"]

ROOM = {
    "technology": "",
    "board": "boards",
    "scenario": "scenarios",
    "law": "laws",
    "neuron": "neurons",
    "macro": "macros",
}
NETWORK = """name: small
layers: [16, {width: 8, activation: sigmoid}, {width: 4, row_tiles: 1, col_tiles: 1}]
bias: row
input: {mean: 0.13, mean_square: 0.1, tiles: [{rows: 4, variance: 0.3}]}
hidden: {mean: 0.5, mean_square: 0.4}
"""
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


def make(seed: int, n: int) -> Case:
    """Return case ``n`` of a seed."""
    random = Random(f"{seed}:{n}")
    often = (net, net, *[setting] * 4, *[file] * 4, weights, options, options, saved, chip)
    kinds: tuple[Callable[[Random], Case], ...] = (*often, *often, output, failing, whole)
    return random.choice(kinds)(random)


def _compare(random: Random, *words: str) -> list[str]:
    some = random.choice(ARCHITECTURES) if random.random() < 0.9 else "imac"
    return ["compare", "--samples", "0", "--json", "--arch", some, *words]


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
    return Case("net", _compare(random, f"--net={text}", *more))


@lru_cache
def _leaves(technology: str) -> dict[str, str]:
    """Return what stands at every path of a technology, as it is written."""
    data = load_technology(technology).document.data
    found = ((path, leaf["value"] if is_number(leaf) and "value" in leaf else leaf) for path, leaf in leaves(data))
    return {path: str(leaf) for path, leaf in found if not path.startswith("sources")}


def _scaled(random: Random, written: str, decades: float = 3.0) -> str:
    """Return a number that is written with a unit, many times larger or smaller; what is no number as it is."""
    given, _, unit = written.partition(" ")
    try:
        return f"{float(given) * 10 ** random.uniform(-decades, decades):.3g} {unit}".strip()
    except ValueError:
        return written


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
        known = _leaves(technology)
        path = random.choice(_law_paths() if random.random() < 0.1 else tuple(known))
        given = _scaled(random, known[path]) if path in known and random.random() < 0.5 else value(random)
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
    return Case("set", _compare(random, "--net", "16-8-4", "--tech", technology, *words))


def whole(random: Random) -> Case:
    """A run of everything that a command can do, shown as people read it, with numbers that pass for sound."""
    technology = random.choice(names("technology"))
    known = _leaves(technology)
    words: list[str] = []
    for path in random.sample(tuple(known), random.choice((1, 2, 5))):
        low, high = sorted(_scaled(random, known[path], 0.5) for _ in range(2))
        long = f"{{value: {known[path]}, range: [{low}, {high}], dist: {random.choice(('uniform', 'lognormal'))}}}"
        words += ["--set", f"{path}={random.choice((_scaled(random, known[path], 1.0), long))}"]
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


@lru_cache
def _text(kind: str, name: str) -> str:
    return NETWORK if kind == "network" else (ROOT / "tech" / ROOM[kind] / f"{name}.yaml").read_text()


def file(random: Random) -> Case:
    kind = random.choice((*KINDS, "technology", "network"))
    name = "small" if kind == "network" else random.choice(names(kind))
    text = mutated(random, _text(kind, name))
    if kind == "technology" and random.random() < 0.3:
        text = mutated(
            random, f"name: own\nextends: {name}\nread: {{voltage: 0.3 V}}\ncomponents:\n  wire: {{height: 30 nm}}\n"
        )
    raw = text.encode(errors="surrogatepass")
    if random.random() < 0.1:
        raw = broken(random, raw)
    files = {"f.yaml": raw}
    if kind == "network" or random.random() < 0.35:
        used = {
            "technology": _compare(random, "--net", "16-8-4", "--tech", "f.yaml"),
            "board": ["compare", "--samples", "0", "--json", "--arch", "gpu", "--net", "16-8-4", "--gpu", "f.yaml"],
            "scenario": ["compare", "--samples", "0", "--json", "--scenario", "f.yaml"],
            "neuron": ["neurons", "--samples", "0", "--json", "--neuron", "f.yaml"],
            "network": _compare(random, "--net", "./f.yaml"),
        }
        if kind in used:
            return Case(f"{kind} used", used[kind], files)
    return Case(f"{kind} checked", ["tech", "check", "f.yaml", *(["--json"] if random.random() < 0.3 else [])], files)


def weights(random: Random) -> Case:
    stream = io.BytesIO()
    arrays = {"W1": np.zeros((5, 3)), "W2": np.zeros((4, 2)), "x": np.zeros((2, 4))}
    if random.random() < 0.3:
        odd = random.choice(
            (
                np.full((5, 3), np.nan),
                np.full((5, 3), 2.0),
                np.zeros((3, 5)),
                np.zeros(0),
                np.array("a"),
                np.zeros((5, 3), complex),
                np.zeros((5, 3), bool),
                np.array(1.0),
                np.zeros((5, 3), "f2"),
                np.full((5, 3), -np.inf),
                np.zeros((5, 3, 1)),
                np.zeros((5, 3), "M8[s]"),
            )
        )
        arrays[random.choice(("W1", "W2", "x"))] = odd
    whole = random.random() < 0.7
    if whole:
        random.choice((np.savez, np.savez_compressed))(
            stream, **{k: v for k, v in arrays.items() if k != "x" or random.random() < 0.2}
        )
    else:
        np.save(stream, arrays[random.choice(("W1", "x"))])
    raw = stream.getvalue() if random.random() < 0.35 else broken(random, stream.getvalue())
    name = random.choice(("w.npz", "w.npz", "w.npy", "w.bin"))
    net = random.choice(("4-3-2", "4-3"))
    if random.random() < 0.2:
        return Case(
            "inputs",
            [
                "compare",
                "--samples",
                "0",
                "--json",
                "--arch",
                "imac",
                "--net",
                net,
                "--exact",
                random.choice(("--inputs", "--weights")),
                name,
            ],
            {name: raw},
        )
    return Case(
        "weights",
        ["netlist", "--net", net, random.choice(("--weights", "--weights", "--inputs")), name, "-o", "-"],
        {name: raw},
    )


OPTIONS = {
    "compare": (
        "--net",
        "--tech",
        "--arch",
        "--baseline",
        "--gpu",
        "--scenario",
        "--batch",
        "--subarray",
        "--tiles",
        "--adc-bits",
        "--adc-law",
        "--read",
        "--timing",
        "--precision",
        "--samples",
        "--seed",
        "--set",
        "-o",
        "--weights",
        "--inputs",
    ),
    "neurons": ("--tech", "--node", "--bits", "--neuron", "--samples", "--seed", "--set", "-o"),
    "netlist": (
        "--net",
        "--tech",
        "--layer",
        "--subarray-index",
        "--weights",
        "--inputs",
        "--seed",
        "--subarray",
        "--tiles",
        "--read",
        "--set",
        "-o",
    ),
    "explain": ("--tech", "--net", "--set"),
    "sweep": (
        "--over",
        "--zip",
        "--sample",
        "--method",
        "--tech",
        "--arch",
        "--gpu",
        "--metric",
        "--subject",
        "--pareto",
        "--executor",
        "--batch",
        "--tiles",
        "--set",
        "-o",
    ),
    "optimize": (
        "--minimize",
        "--maximize",
        "--subject",
        "--over",
        "--most",
        "--tech",
        "--arch",
        "--baseline",
        "--gpu",
        "--batch",
        "--tiles",
        "--set",
        "-o",
    ),
    "sensitivity": (
        "--tech",
        "--arch",
        "--metric",
        "--baseline",
        "--scenario",
        "--subarray",
        "--tiles",
        "--timing",
        "--samples",
        "--sobol",
        "--set",
        "-o",
    ),
    "accuracy": (
        "--tech",
        "--arch",
        "--weights",
        "--data",
        "--epochs",
        "--without",
        "--study",
        "--solve",
        "--target",
        "-o",
    ),
    "diff": ("--net", "--gpu", "--samples", "--seed", "-o"),
}
USUAL = {
    "--net": "16-8-4",
    "--tech": "reram",
    "--arch": "imac",
    "--baseline": "imac",
    "--gpu": "v100",
    "--batch": "4",
    "--subarray": "32x32",
    "--adc-bits": "6",
    "--adc-law": "survey",
    "--timing": "settled",
    "--samples": "3",
    "--node": "14 nm",
    "--layer": "1",
    "--subarray-index": "0,0",
    "--bits": "8",
    "--subject": "area<=1 mm^2",
    "--minimize": "energy",
    "--maximize": "throughput",
    "--pareto": "energy,area",
    "--metric": "energy",
    "--over": "adc.bits=4,6",
    "--most": "10",
}


def options(random: Random) -> Case:
    command = random.choice((*OPTIONS, "compare", "tech"))
    if command == "tech":
        words = ["tech", random.choice(("list", "show", "check", "schema", "new", "keys", "x", "--help", ""))]
        words += [
            random.choice((*TEXTS, "sot_mram", "h100", "--extends", "--json", "--of", "--force", "new.yaml"))
            for _ in range(random.randrange(4))
        ]
        return Case("options", words)
    words = [
        command,
        *(
            random.choice((*TEXTS, "adc", "ir_drop", "sot_mram", "reram", "eap"))
            for _ in range({"explain": 1, "diff": 2}.get(command, 0))
        ),
    ]
    if command in ("compare", "netlist", "sweep", "optimize", "sensitivity", "accuracy") and random.random() < 0.9:
        words += ["--net", "16-8-4"]
    words += {
        "sweep": ["--over", "subarray=8,16"],
        "optimize": ["--over", "subarray=8,16"],
        "sensitivity": ["--sobol", "0"],
    }.get(command, [])
    if "--samples" in OPTIONS[command]:
        words += ["--samples", "0", "--json"]
    for _ in range(random.choice((1, 1, 2, 3))):
        option = random.choice(OPTIONS[command])
        kind = random.random()
        given = USUAL.get(option, "x") if kind < 0.4 else number(random) if kind < 0.7 else random.choice(TEXTS)
        words += [option, given] if random.random() < 0.8 else [f"{option}={given}"]
    if command == "compare" and random.random() < 0.7:
        words += ["--arch", random.choice(ARCHITECTURES)]
    words += (
        [random.choice(("--pipelined", "--strict", "-q", "--no-color", "--debugx", "--force"))]
        if random.random() < 0.2
        else []
    )
    return Case("options", words)


def chip(random: Random) -> Case:
    """A chip of one's own, or a few in one file, held against silicon."""
    texts = [mutated(random, _text("macro", random.choice(names("macro")))) for _ in range(random.choice((1, 1, 1, 2)))]
    raw = "\n---\n".join(texts).encode(errors="surrogatepass")
    words = ["validate", "--macros", random.choice(("f.yaml", "f.yaml", "f.yaml", "."))]
    words += ["--samples", random.choice(("0", "0", "2", "20"))]
    words += random.choice((["--json"], ["--json"], [], ["-o", "x.csv"], ["-o", "x.html"]))
    if random.random() < 0.1:
        words += ["--fail-on", random.choice((*TEXTS, "median<=1.8", "nested.sram.within_2x>=60%"))]
    return Case("chip", words, {"f.yaml": broken(random, raw) if random.random() < 0.05 else raw})


@lru_cache
def _saved() -> bytes:
    from imac_arch import compare

    return compare("4-2", samples=0, arch=["imac", "mixed_signal"]).to_json().encode()


def saved(random: Random) -> Case:
    other = mutated(random, _saved().decode()).encode(errors="surrogatepass")
    if random.random() < 0.3:
        other = broken(random, _saved())
    names = ["a.json", random.choice(("b.json", "b.json", "b.html"))]
    if random.random() < 0.1:
        names[1] = "sot_mram"
    random.shuffle(names)
    return Case(
        "saved",
        ["diff", *names, *(["--json"] if random.random() < 0.5 else [])],
        {"a.json": _saved(), "b.json": other, "b.html": other},
    )


def output(random: Random) -> Case:
    """A file of somebody else stands where the result is to go, or something odd."""
    kind = random.choice(("html", "json", "csv", "md", "tex", "docx", "", "JSON", "html~"))
    name = random.choice(("mine", "mine", "reports/mine", "a" * 250, "ä", ".", "sub/../mine", "f.yaml/x"))
    path = f"{name}.{kind}" if kind else name
    words = _compare(random, "--net", "4-2", "-o", path)
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
            _compare(random, "--net", "4-2", "-o", f"out/x.{kind}"),
            ["tech", "new", "new.yaml"],
            ["netlist", "--net", "4-2", "-o", "x.cir"],
        )
    )
    old = _saved() if kind == "json" else b""
    return Case("failing", words, {"out/x.json": old} if old and words[0] == "compare" else {}, fails)
