"""Files of every kind, weights and saved documents, with a few of their bytes changed."""

from __future__ import annotations

import io
from functools import lru_cache
from random import Random

import numpy as np

from imac_arch.data.registry import names
from imac_arch.studies.catalog import KINDS
from tests.fuzz.case import Case, compared
from tests.fuzz.nasty import TEXTS, broken, mutated
from tests.helpers import ROOT

__all__ = ["chip", "document", "file", "saved", "weights"]

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
            "technology": compared(random, "--net", "16-8-4", "--tech", "f.yaml"),
            "board": ["compare", "--samples", "0", "--json", "--arch", "gpu", "--net", "16-8-4", "--gpu", "f.yaml"],
            "scenario": ["compare", "--samples", "0", "--json", "--scenario", "f.yaml"],
            "neuron": ["neurons", "--samples", "0", "--json", "--neuron", "f.yaml"],
            "network": compared(random, "--net", "./f.yaml"),
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
def document() -> bytes:
    from imac_arch import compare

    return compare("4-2", samples=0, arch=["imac", "mixed_signal"]).to_json().encode()


def saved(random: Random) -> Case:
    other = mutated(random, document().decode()).encode(errors="surrogatepass")
    if random.random() < 0.3:
        other = broken(random, document())
    names = ["a.json", random.choice(("b.json", "b.json", "b.html"))]
    if random.random() < 0.1:
        names[1] = "sot_mram"
    random.shuffle(names)
    return Case(
        "saved",
        ["diff", *names, *(["--json"] if random.random() < 0.5 else [])],
        {"a.json": document(), "b.json": other, "b.html": other},
    )
