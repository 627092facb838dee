"""Designs a second of a program, as ratios to ``evaluate()`` in the same run, and into Parquet. One core is used.

One design is evaluated for all metrics that are asked for; times are the least of several runs, for others use the
machine too.
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
from imac_arch.resolve import Request, resolve

ALL = ("imac", "mixed_signal", "digital", "gpu")
SIX = ("area", "energy", "latency", "power", "throughput", "pap")
DESIGNS = 2**14
RUNS = 5
RANDOM = {
    "subarray.rows": (16, 512), "subarray.cols": (16, 512), "components.adc.bits": (2, 9),
    "components.synapse.ra": (5e-12, 5e-8), "components.amplifier.settle_time": (1e-9, 5e-9),
    "read.voltage": (0.1, 0.3),
}  # fmt: skip
GRID = {
    "subarray.rows": np.arange(16.0, 144, 16), "subarray.cols": np.arange(16.0, 144, 16),
    "components.adc.bits": np.arange(3.0, 8), "components.synapse.ra": np.geomspace(5e-12, 5e-8, 20),
    "components.amplifier.settle_time": np.linspace(1e-9, 5e-9, 4), "read.voltage": np.linspace(0.1, 0.3, 5),
}  # fmt: skip


def inputs():
    fields = {"components.adc.bits": "5"}
    return resolve(Request("784-128-10", "sot_mram", board="h100", fields=fields)).inputs


def drawn():
    rng = np.random.default_rng(0)
    whole = ("subarray.rows", "subarray.cols", "components.adc.bits")
    return {
        path: rng.integers(low, high, DESIGNS).astype(float) if path in whole else rng.uniform(low, high, DESIGNS)
        for path, (low, high) in RANDOM.items()
    }


def least(run):
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return min(times)


def judged(laid, names):
    case = laid.case()
    for evaluation in evaluate(laid, names):
        severity(checks(evaluation, case), laid.grid)
        evaluation.masked()


def compared(title, base, values, laid, names, together):
    """Print the rates of a program and of an evaluation of the same designs, both with verdicts; return the ratio."""
    free = {path: (0 if together else k, [own.min(), own.max()]) for k, (path, own) in enumerate(values.items())}
    begun = time.perf_counter()
    program = record(base, names, free, SIX).program
    recorded = time.perf_counter() - begun
    count = DESIGNS if together else int(np.prod([len(own) for own in values.values()]))

    def run():
        for _ in program.blocks(values):
            pass

    run()
    ours, theirs = least(run), least(lambda: judged(laid, names))
    print(
        f"{title:<44} {count / ours / 1e6:7.3f} M/s  {theirs / ours:5.2f}x evaluate()  "
        f"{len(program.operations):6,} operations, recorded in {recorded * 1e3:.0f} ms"
    )
    return theirs / ours


def main():
    """Measure and print."""
    base, values = inputs(), drawn()
    ratios = []
    with np.errstate(all="ignore"):
        laid = listed(base, values)
        for title, names in (("random designs, four architectures", ALL), ("random designs, imac alone", ("imac",))):
            ratios.append(compared(title, base, values, laid, names, together=True))
        grid = laid_out(base, {path: own.tolist() for path, own in GRID.items()})
        ratios.append(compared("grid of six axes, four architectures", base, GRID, grid, ALL, together=False))
    over = {path.removeprefix("components."): own for path, own in GRID.items()}
    found = imac_arch.sweep(over=over, metrics=SIX)
    next(found.study.tables(0, 1))  # records the program
    begun = time.perf_counter()
    count = sum(table.rows for table in found.study.tables())
    print(f"{'the same as rows of a sweep':<44} {count / (time.perf_counter() - begun) / 1e6:7.3f} M/s")
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        print("into Parquet: pyarrow is not installed")
    else:
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            path = found.to_parquet(Path(folder) / "designs")
            seconds, size = time.perf_counter() - begun, sum(each.stat().st_size for each in path.glob("*.parquet"))
            print(
                f"{'into Parquet, with the summary':<44} {count / seconds / 1e6:7.3f} M/s  {size / count:.0f} B a row"
            )
    print(f"own peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    kept = all(ratio >= 1 for ratio in ratios)
    print(f"no program is slower than evaluate(): {'ok' if kept else 'NOT KEPT'}")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
