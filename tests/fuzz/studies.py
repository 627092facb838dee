"""Studies of many designs, and of accuracy: axes, constraints and questions that pass for sound."""

from __future__ import annotations

import io
from functools import lru_cache
from random import Random

import numpy as np

from imac_arch.data.registry import names
from tests.fuzz.case import ARCHITECTURES, FOREIGN, Case
from tests.fuzz.designs import scaled, written
from tests.fuzz.nasty import number, value

__all__ = ["judging", "study"]

NETS = ("16-8-4", "16-8-4", "4-2", "784-128-10", "64-16:relu-4")
METRICS = ("energy", "area", "latency", "throughput", "pap", "pdp", "edp", "power", "tops_per_watt", "accuracy", "x")
WORDS = (
    "subarray=8,16", "subarray=8x16,32x32", "subarray=range(16, 80, 16)", "adc.bits=range(4, 9)", "adc.bits=4;6",
    "read=averaging,virtual_ground", "timing=settled,declared", "precision=equal,native", "tech=reram,pcm,fefet",
    "net=16-8-4,4-2", "gpu=h100,v100", "batch=1,4,64", "adc_law=survey,accelergy", "tiles=auto", "pipelined=true,false",
)  # fmt: skip
BOUNDS = (
    "area<=1 mm^2", "area<=1 um^2", "energy<1 nJ", "verdict=works", "verdict>=doubtful", "margin_ir_drop>=1.2",
    "power<=1 W", "accuracy>=0.5", "latency>=0 s", "energy<=-1 J", "utilization>0.1", "x<1", "area<=1 V", "area",
)  # fmt: skip


def study(random: Random) -> Case:
    """A sweep, an optimum or a sensitivity of one technology, shown or written."""
    technology = random.choice(names("technology"))
    command = random.choice(("sweep", "sweep", "optimize", "sensitivity"))
    words = [command, "--net", random.choice(NETS), "--tech", technology]
    for _ in range(random.choice((0, 1, 1, 2))):
        words += ["--arch", random.choice(ARCHITECTURES)]
    if command != "sensitivity":
        for _ in range(random.choice((1, 1, 2, 3)) if command == "sweep" else random.choice((0, 1, 1, 2))):
            words += ["--over", _axis(random, technology)]
        for _ in range(random.choice((0, 0, 1, 2))):
            words += ["--subject", random.choice(BOUNDS)]
    words += {"sweep": _swept, "optimize": _optimized, "sensitivity": _asked}[command](random)
    if random.random() < 0.2:
        path = random.choice(tuple(written(technology)))
        words += ["--set", f"{path}={scaled(random, written(technology)[path], 0.5)}"]
    files = {}
    kind = random.random()
    if kind < 0.4:
        words += ["--json"]
    elif kind < 0.7:
        words += ["-o", random.choice(("x.html", "x.csv", "x.json", "designs/", "mine.html", "mine/", "x.md"))]
        files = {"mine.html": FOREIGN, "mine/a.parquet": FOREIGN}
    return Case(f"study {command}", words, files)


def _axis(random: Random, technology: str) -> str:
    known = written(technology)
    kind = random.random()
    if kind < 0.4:
        return random.choice(WORDS)
    path = random.choice(tuple(known))
    ends = [scaled(random, known[path], 0.5) for _ in range(random.choice((2, 2, 3, 5)))]
    if kind < 0.65:
        return f"{path}={random.choice(',;').join(ends)}"
    if kind < 0.9:
        function = random.choice(("linspace", "geomspace", "logspace", "range"))
        count = random.choice(("2", "5", "30", "0", "-1", "1e6", "1.5"))
        return f"{path}={function}({ends[0]}, {ends[1]}, {count})"
    return f"{path}={value(random)},{number(random)}"


def _swept(random: Random) -> list[str]:
    words: list[str] = []
    for option, given in (
        ("--metric", METRICS), ("--pareto", ("energy,area", "pap", "energy,energy", "x")), ("--zip", None),
        ("--sample", ("1", "7", "100", "1e3", "1e6", "1e9", "1e15")), ("--method", ("sobol", "random")),
        ("--precision", ("native",)), ("--pipelined", None), ("--batch", ("7",)),
    ):  # fmt: skip
        if random.random() < 0.2:
            words += [option] if given is None else [option, random.choice(given)]
    return words


def _optimized(random: Random) -> list[str]:
    words = [random.choice(("--minimize", "--maximize")), random.choice(METRICS)]
    words += ["--most", random.choice(("1", "10", "100"))]
    words += ["--fair"] if random.random() < 0.2 else []
    return words


def _asked(random: Random) -> list[str]:
    words = ["--samples", random.choice(("0", "1", "30")), "--sobol", random.choice(("0", "0", "8", "7", "64"))]
    for option, given in (("--metric", METRICS), ("--baseline", ("none", "imac", "digital", "gpu")),
                          ("--tech", names("technology")), ("--scenario", names("scenario"))):  # fmt: skip
        if random.random() < 0.3:
            words += [option, random.choice(given)]
    return words


@lru_cache
def _network() -> tuple[bytes, bytes]:
    """Return weights of a small network and images that it classifies."""
    draw = np.random.default_rng(0)
    weights, images = io.BytesIO(), io.BytesIO()
    np.savez(weights, W1=draw.uniform(-1, 1, (5, 3)), W2=draw.uniform(-1, 1, (4, 2)))
    np.savez(images, x=draw.integers(0, 2, (12, 4)).astype(float), y=draw.integers(0, 2, 12))
    return weights.getvalue(), images.getvalue()


def judging(random: Random) -> Case:
    """The accuracy of a small network on a technology, and what is asked of it."""
    weights, images = _network()
    technology = random.choice(names("technology"))
    words = ["accuracy", "--net", "4-3-2", "--tech", technology, "--data", "d.npz"]
    words += ["--train", "n.npz", "--epochs", "1"] if random.random() < 0.15 else ["--weights", "w.npz"]
    words += ["--images", random.choice(("1", "5", "12", "99")), "--programmings", random.choice(("1", "2", "12"))]
    words += (
        ["--arch", random.choice(("imac", "imac", "mixed_signal", "digital", "gpu"))] if random.random() < 0.8 else []
    )
    for option, given in (
        ("--study", ("sigma", "subarray", "r-p", "ra-tmr", "r-low-r-high", "adc-bits", "wire", "stuck", "gain")),
        ("--solve", ("r_p", "sigma", "subarray", "tiles", "adc_bits", "tmr", "wire")), ("--exact", None),
        ("--target", ("0", "0.5", "1", "2")), ("--gain", ("nominal", "trimmed")), ("--stuck", ("0", "0.3", "1")),
        ("--without", ("wires", "wires,drivers", "variation", "x", "")), ("--control", ("0", "1", "5")),
        ("--read", ("averaging", "virtual_ground")), ("--subarray", ("1x1", "4x4", "64x64")), ("--json", None),
        ("-o", ("x.html", "x.json", "x.csv", "x.md", "mine.html")), ("--train-sigma", ("0.1",)),
        ("--train-levels", ("2", "5", "float", "1", "257", "x")),
    ):  # fmt: skip
        if random.random() < 0.15:
            words += [option] if given is None else [option, random.choice(given)]
    if random.random() < 0.3:
        known = written(technology)
        path = random.choice(tuple(known))
        words += ["--set", f"{path}={scaled(random, known[path], 1.0)}"]
    return Case("accuracy", words, {"w.npz": weights, "d.npz": images, "mine.html": FOREIGN})
