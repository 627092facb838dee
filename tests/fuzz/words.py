"""Every option of every command, with what nobody would give it."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import Any

import typer.main

from imac_arch.cli import app
from tests.fuzz.case import ARCHITECTURES, Case
from tests.fuzz.nasty import TEXTS, drawn_out, number

__all__ = ["OPTIONS", "options"]

USUAL = {
    "--net": "16-8-4", "--tech": "reram", "--arch": "imac", "--baseline": "imac", "--gpu": "v100", "--batch": "4",
    "--subarray": "32x32", "--adc-bits": "6", "--adc-law": "survey", "--timing": "settled", "--samples": "3",
    "--node": "14 nm", "--layer": "1", "--subarray-index": "0,0", "--bits": "8", "--subject": "area<=1 mm^2",
    "--minimize": "energy", "--maximize": "throughput", "--pareto": "energy,area", "--metric": "energy",
    "--over": "adc.bits=4,6", "--most": "10", "--precision": "native", "--read": "averaging", "--tiles": "1x1,1x1",
    "--scenario": "amin2022", "--sobol": "8", "--sample": "5", "--accuracy": "none", "--fail-on": "median<=9",
    "--study": "sigma", "--solve": "sigma", "--target": "0.9", "--epochs": "1", "--images": "5",
    "--programmings": "1", "--control": "1", "--gain": "trimmed", "--stuck": "0.1", "--without": "wires",
    "--of": "law", "--kind": "adc", "--extends": "reram", "--train": "new.npz", "--train-sigma": "0.1",
    "--train-levels": "3",
    "--json": "brief", "--output": "x.html", "--set": "adc.bits=5", "--method": "random", "--seed": "3",
}  # fmt: skip
BEGUN = {
    "accuracy": {"--images": "5", "--programmings": "1"},
    "optimize": {"--over": "subarray=8,16"},
    "sweep": {"--over": "subarray=8,16"},
    "sensitivity": {"--sobol": "0", "--samples": "0"},
    "compare": {"--samples": "0"},
    "diff": {"--samples": "0"},
    "neurons": {"--samples": "0"},
    "validate": {"--samples": "0"},
}  # what keeps a run short, unless it is that which is tried
WORDS = ("adc", "ir_drop", "sot_mram", "reram", "eap", "h100", "f.yaml", "new.yaml")
PLACES = {"explain": (1,), "diff": (2,), "tech check": (1, 2), "tech show": (1,), "tech new": (1,), "tech keys": (0, 1)}


def _commands() -> dict[str, tuple[dict[str, Any], ...]]:
    """Return the options of every command: those with a value, and those without."""
    found: dict[str, tuple[dict[str, Any], ...]] = {}
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        for inner, each in getattr(command, "commands", {"": command}).items():
            given = [param for param in each.params if param.param_type_name == "option"]
            found[f"{name} {inner}".strip()] = tuple(
                {max(p.opts, key=len): p for p in given if p.is_flag == flag} for flag in (False, True)
            )
    return found


OPTIONS = lru_cache(_commands)


def options(random: Random) -> Case:
    command = random.choice((*OPTIONS(), "compare", "tech x", "tech --help", "tech ", "x"))
    valued, flags = OPTIONS().get(command, ({}, {}))
    words = command.split(" ")
    for _ in range(random.choice(PLACES.get(command, (0,)))):
        words.append(random.choice((*TEXTS, *WORDS)) if random.random() < 0.5 else random.choice(WORDS))
    given = dict(BEGUN.get(command, {}))
    if "--net" in valued and random.random() < 0.9:
        given["--net"] = "16-8-4"
    if command == "compare" and random.random() < 0.7:
        given["--arch"] = random.choice(ARCHITECTURES)
    for _ in range(random.choice((1, 1, 2, 3))):
        if valued:
            given |= {(option := random.choice(list(valued))): _value(random, option)}
    for option, value in given.items():
        words += [option, value] if random.random() < 0.8 and option != "--json" else [f"{option}={value}"]
    if "--json" in valued and random.random() < 0.5 and "--json" not in given:
        words.append("--json")
    words += [random.choice((*flags, "--debugx", *given))] if random.random() < 0.25 else []
    return Case("options", words)


def _value(random: Random, option: str) -> str:
    kind = random.random()
    if kind < 0.4:
        return USUAL.get(option, "x")
    return number(random) if kind < 0.65 else random.choice(TEXTS) if kind < 0.95 else drawn_out(random)
