"""Designs a second of a program, as ratios to ``evaluate()`` in the same run, and into Parquet. One core is used.

One point is one design of one architecture or of four, with all metrics that are asked for, its verdict, the reason of
a refusal and the margin of each check, unless the line says otherwise. Both sides take turns, and times are the least
processor times of several, for others use the machine too. Exit code 1 where a ratio is lower than asked.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import imac_arch
from imac_arch.checks import checks, severity
from imac_arch.evaluate import evaluate
from imac_arch.inputs import laid_out, listed
from imac_arch.program.recorded import record
from imac_arch.program.single import Single
from imac_arch.program.tables import Tabled
from imac_arch.resolve import Request, resolve

ALL = ("imac", "mixed_signal", "digital", "gpu")
SIX = ("area", "energy", "latency", "power", "throughput", "pap")
DESIGNS = 2**14
RUNS = 7
WHOLE = {"subarray.rows": (16, 512), "subarray.cols": (16, 512), "components.adc.bits": (2, 9)}
SMOOTH = {
    "components.synapse.ra": (5e-12, 5e-8),
    "components.amplifier.settle_time": (1e-9, 5e-9),
    "read.voltage": (0.1, 0.3),
}
VDD = {"vdd": (0.7, 0.9)}
GRID = {
    "subarray.rows": np.arange(16.0, 144, 8), "subarray.cols": np.arange(16.0, 144, 8),
    "components.adc.bits": np.arange(2.0, 10), "components.synapse.ra": np.geomspace(5e-12, 5e-8, 48),
    "components.amplifier.settle_time": np.linspace(1e-9, 5e-9, 10), "read.voltage": np.linspace(0.1, 0.3, 10),
}  # fmt: skip
PART = {  # of the grid, as much as evaluate() has memory for
    path: own[:: 4 if path in ("components.amplifier.settle_time", "read.voltage") else 2] for path, own in GRID.items()
}


def inputs(samples=0):
    fields = {"components.adc.bits": "5"}
    return resolve(Request("784-128-10", "sot_mram", board="h100", fields=fields, samples=samples)).inputs


def drawn(smooth):
    """Return designs, and of the axes of counts the values and which of them each design has."""
    rng = np.random.default_rng(0)
    lists = {path: np.arange(float(low), high) for path, (low, high) in WHOLE.items()}
    places = {path: rng.integers(0, len(own), DESIGNS) for path, own in lists.items()}
    values = {path: own[places[path]] for path, own in lists.items()}
    return values | {path: rng.uniform(*ends, DESIGNS) for path, ends in smooth.items()}, lists, places


def least(*runs, times=RUNS):
    """Return the least time of each of several that take turns."""
    found = [float("inf")] * len(runs)
    for _ in range(times):
        for k, run in enumerate(runs):
            begun = time.process_time()
            run()
            found[k] = min(found[k], time.process_time() - begun)
    return found


def judged(laid, names):
    case = laid.case()
    for evaluation in evaluate(laid, names):
        severity(checks(evaluation, case), laid.grid)
        evaluation.masked()


def spent(blocks):
    for _ in blocks:
        pass


def told(title, count, ours, ratio, asked, times, note=""):
    rate = f"{count / ours / 1e6:7.3f} M/s (asked {asked:>5})"
    print(f"{title:<52} {rate}  {ratio:5.2f}x evaluate() (asked {times:>3})  {note}")
    return ratio >= times


def random(title, base, names, smooth, asked, times=7, bare=False):
    """Print the rates of drawn designs; return whether these are so many times an evaluation of the same."""
    values, lists, places = drawn(smooth)
    begun = time.process_time()
    program = record(base, names, {path: (0, [own.min(), own.max()]) for path, own in values.items()}, SIX).program
    seconds = time.process_time() - begun
    if bare:
        program = program.only([f"{name}.{metric}" for name in names for metric in SIX])
    tabled, laid = Tabled(program, lists), listed(base, values)
    count, rest = len(program.operations), len(tabled.rest.operations)
    ours, theirs = least(
        lambda: spent(tabled.blocks(values | lists, places)),
        lambda: [each.masked() for each in evaluate(laid, names)] if bare else judged(laid, names),
    )
    note = f"{count:,} operations, {rest:,} a design, recorded in {seconds * 1e3:.0f} ms"
    return told(title, DESIGNS, ours, theirs / ours, asked, times, note)


def grid(title, base, axes, part, asked, times=1.7):
    """Print the rates of a grid, as :func:`random` does; evaluate() has a part of it."""
    program = record(base, ALL, {path: (k, list(own)) for k, (path, own) in enumerate(axes.items())}, SIX).program
    laid = laid_out(base, {path: own.tolist() for path, own in part.items()})
    count, few = (int(np.prod([len(own) for own in each.values()])) for each in (axes, part))
    ours, theirs = least(lambda: spent(program.blocks(axes)), lambda: judged(laid, ALL), times=3)
    note = f"{len(program.operations):,} operations"
    return told(title, count, ours, theirs / few * count / ours, asked, times, note)


def single(base, sampled):
    """Print the time of 2,000 samples, and of one design at its medians, of four architectures."""
    made = record(sampled, ALL, {}, SIX)
    ours, theirs = least(lambda: spent(made.program.blocks(made.drawn)), lambda: evaluate(sampled, ALL))
    title = f"{sampled.samples:,} samples, an axis of the program"
    print(f"{title:<52} {ours * 1e3:7.2f} ms  (asked    15)  {theirs / ours:5.2f}x evaluate()")
    values, *_ = drawn(SMOOTH)
    program = record(base, ALL, {path: (0, [own.min(), own.max()]) for path, own in values.items()}, SIX).program
    one, own = Single(program), {path: float(own[0]) for path, own in values.items()}
    laid = listed(base, {path: [value] for path, value in own.items()})
    ours, theirs = least(lambda: one(own), lambda: judged(laid, ALL), times=4 * RUNS)
    print(f"{'one design':<52} {ours * 1e3:7.2f} ms  (asked     1)  {theirs / ours:5.2f}x evaluate()")


def rows():
    """Print the rates of rows of a sweep, and into Parquet."""
    over = {path.removeprefix("components."): own for path, own in GRID.items()}
    over |= {path.removeprefix("components."): own for path, own in PART.items() if len(own) < len(GRID[path]) / 2}
    found = imac_arch.sweep(over=over, metrics=SIX)
    next(found.study.tables(0, 1))  # records the program
    begun = time.process_time()
    count = sum(table.rows for table in found.study.tables())
    print(f"{f'rows of a sweep, {count:,}':<52} {count / (time.process_time() - begun) / 1e6:7.3f} M/s")
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        print("into Parquet: pyarrow is not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        whole = {path.removeprefix("components."): own for path, own in GRID.items()}
        count = int(np.prod([len(own) for own in whole.values()]))
        begun = time.process_time()
        path = imac_arch.sweep(over=whole, metrics=SIX).to_parquet(Path(folder) / "designs")
        seconds, size = time.process_time() - begun, sum(each.stat().st_size for each in path.glob("*.parquet"))
        title = f"{count:,} designs into Parquet, with the summary"
        print(f"{title:<52} {count / seconds / 1e6:7.3f} M/s  {size / count:.0f} B a row")


def main():
    """Measure and print."""
    base = inputs()
    with np.errstate(all="ignore"):
        kept = [
            random("drawn designs, four architectures", base, ALL, SMOOTH, "0.8"),
            random("the same, six metrics without verdict", base, ALL, SMOOTH, "1.3", bare=True),
            random("drawn designs, imac alone", base, ("imac",), SMOOTH, "2"),
            random("drawn designs with any vdd, four architectures", base, ALL, SMOOTH | VDD, "0.25", times=1),
            grid("grid of six axes, four architectures", base, GRID, PART, "10"),
            grid("grid with vdd, four architectures", base, *(
                {"vdd": np.linspace(0.7, 0.9, 10), **{path: own for path, own in axes.items() if "settle" not in path}}
                for axes in (GRID, PART)
            ), "0.25", times=1),
        ]  # fmt: skip
        single(base, inputs(samples=2000))
    rows()
    print(f"own peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    print(f"ratios to evaluate(): {'ok' if all(kept) else 'NOT KEPT'}")
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
