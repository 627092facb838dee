"""Kill a sweep that fills a folder with Parquet files at any moment, a thousand times, and go on with what is there.

After every kill each part that bears its name must be that of the sweep which nothing interrupted, byte for byte, and
nothing else may be left but what was being written; a folder that is done must equal the whole one. Usage:
``python benchmarks/kills.py [KILLS] [SEED]``.
"""

import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import imac_arch
from imac_arch.results import parquet
from imac_arch.studies.sweep import run

OVER = ["read.voltage=linspace(0.1 V, 0.3 V, 40)", "subarray=16,32,64", "read.circuit=averaging,virtual_ground"]
LONGEST = 1.2  # of the time that a whole sweep takes, until it is killed
ROWS = {"part": 64, "table": 16}  # small ones, so that there are many of them


def swept():
    return imac_arch.sweep(over=OVER, metrics=["energy", "area", "latency"], arch=["imac", "digital"])


def held(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def killed(study, folder, seconds):
    """Fill a folder in a process of its own, which is killed after a time; return whether it was over before."""
    child = os.fork()
    if not child:
        try:
            parquet.write_folder(study, folder)
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status)


def wrong(folder, whole, over):
    """Return what is wrong with a folder whose writer was killed, or was over before; nothing where all is well."""
    there = held(folder) if folder.exists() else {}
    visible = {name: raw for name, raw in there.items() if not name.startswith(".")}
    torn = [name for name, raw in visible.items() if name != parquet.MANIFEST and whole.get(name) != raw]
    if torn:
        return f"parts that are not whole: {torn}"
    odd = [name for name in there if name not in whole and not parquet.ASIDE.fullmatch(name)]
    if odd:
        return f"left behind: {odd}"
    return f"not all is there: {sorted(there)}" if over and there != whole else ""


def tried(kills, seed=0):
    """Kill so many writers of one folder after another; return how many folders became whole, or raise."""
    draw, done = random.Random(seed), 0
    with (
        tempfile.TemporaryDirectory() as place, mock.patch.object(parquet, "PART", ROWS["part"]),
        mock.patch.object(run, "TABLE", ROWS["table"]),
    ):  # fmt: skip
        sweep = swept()
        whole = held(sweep.to_parquet(Path(place) / "whole"))
        begun = time.perf_counter()
        sweep.to_parquet(Path(place) / "again")  # with its program recorded
        took = time.perf_counter() - begun
        folder = Path(place) / f"{done}"
        for number in range(kills):
            over = killed(sweep.study, folder, draw.uniform(0, LONGEST * took * draw.choice((0.1, 1))))
            if problem := wrong(folder, whole, over):
                raise AssertionError(f"kill {number} of seed {seed}: {problem}")
            if over:
                done, folder = done + 1, Path(place) / f"{done + 1}"
        swept().to_parquet(folder)
        if held(folder) != whole:
            raise AssertionError(f"seed {seed}: a folder that was gone on with differs: {sorted(held(folder))}")
    return done + 1


def main(kills="1000", seed="0"):
    begun = time.perf_counter()
    done = tried(int(kills), int(seed))
    print(f"{kills} kills, {done} folders that equal the whole one, {time.perf_counter() - begun:.0f} s: ok")


if __name__ == "__main__":
    main(*sys.argv[1:])
