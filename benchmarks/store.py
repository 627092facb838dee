"""What a sweep costs as a folder of Parquet files: rows a second of the writer alone, and memory with many designs.

``python benchmarks/store.py [DESIGNS]``: each of the two sweeps, of four architectures and of ``imac`` alone, with six
metrics, margins, verdicts and reasons; then so many random designs (10^7) through the whole of it. Exit code 1 where
that takes more than 1 GB. Times of the writer are those of the processor, for others use the machine too.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import imac_arch
from imac_arch.results import parquet
from imac_arch.studies.sweep.run import TABLE
from imac_arch.studies.sweep.study import Study

SIX = ("area", "energy", "latency", "power", "throughput", "pap")
ALL = ("imac", "mixed_signal", "digital", "gpu")
OVER = [
    "subarray.rows=range(16,513)", "subarray.cols=range(16,513)", "adc.bits=range(2,10)",
    "synapse.ra=linspace(5 ohm*um^2, 50000 ohm*um^2, 20)", "amplifier.settle_time=linspace(1 ns, 5 ns, 5)",
    "read.voltage=linspace(0.1 V, 0.3 V, 5)",
]  # fmt: skip
GRID = [
    "subarray.rows=range(16,144,16)", "subarray.cols=range(16,144,16)", "adc.bits=range(3,8)",
    "synapse.ra=geomspace(5 ohm*um^2, 50000 ohm*um^2, 20)", "amplifier.settle_time=linspace(1 ns, 5 ns, 8)",
    "read.voltage=linspace(0.1 V, 0.3 V, 5)",
]  # fmt: skip
PARTS, RUNS, MOST = 8, 3, 1000  # tables that are written, times, MB


def written(title, **asked):
    """Print the rate of the writer alone: tables that are computed already become one part."""
    study = imac_arch.sweep("784-128-10", metrics=SIX, **asked).study
    tables = [table for table in study.tables(0, 2 * TABLE) if table.rows == TABLE] * (PARTS // 2)
    rows, times = sum(table.rows for table in tables), []
    with (
        tempfile.TemporaryDirectory() as folder, mock.patch.object(Study, "tables", return_value=tables),
    ):  # fmt: skip
        path = Path(folder) / "part-00000.parquet"
        for _ in range(RUNS):
            begun = time.process_time()
            for _ in parquet._written(study, path, (0, rows), parquet._arrow()):
                pass
            times.append(time.process_time() - begun)
        size = path.stat().st_size / rows
    print(
        f"{title:<44} {rows / min(times) / 1e6:6.2f} M rows/s  {len(study.runner.columns)} columns  {size:.0f} B a row"
    )


def main(designs="1e7"):
    written("writer alone, grid, four architectures", over=GRID, arch=ALL)
    written("writer alone, grid, imac", over=GRID, arch="imac")
    written("writer alone, random, four architectures", over=OVER, arch=ALL, sample=2 * TABLE)
    written("writer alone, random, imac", over=OVER, arch="imac", sample=2 * TABLE)
    for title, asked in (("random, imac", {"over": OVER, "sample": designs, "arch": "imac"}),
                         ("random, four architectures", {"over": OVER, "sample": designs, "arch": ALL})):  # fmt: skip
        found = imac_arch.sweep("784-128-10", metrics=SIX, **asked)
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            found.to_parquet(Path(folder) / "designs")
            seconds = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rate = len(found) / seconds / 1e6
        print(f"{title}: {len(found):,} designs in {seconds:.0f} s, {rate:.2f} M/s, peak {peak:.0f} MB")
    print(f"memory below {MOST} MB: {'ok' if peak < MOST else 'NOT KEPT'}")
    return int(peak >= MOST)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
