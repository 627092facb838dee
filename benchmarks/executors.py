"""What workers gain: the summary of random designs by one process, by spawned ones and by a cluster of dask here.

``python benchmarks/executors.py [DESIGNS] [WORKERS]``: 8*10^6 designs of four architectures, and as many workers as
this process may use cores; run it while the machine has nothing else to do. Times are those of a clock on the wall, of
workers with their start and the recording of their programs. Exit code 1 where a summary differs from that of one
process, or workers are no quicker although there are cores for them.
"""

import importlib.util
import os
import sys
import time

import imac_arch

SIX = ("area", "energy", "latency", "power", "throughput", "pap")
ALL = ("imac", "mixed_signal", "digital", "gpu")
OVER = [
    "subarray.rows=range(16,513)", "subarray.cols=range(16,513)", "adc.bits=range(2,10)",
    "synapse.ra=linspace(5 ohm*um^2, 50000 ohm*um^2, 20)", "amplifier.settle_time=linspace(1 ns, 5 ns, 5)",
    "read.voltage=linspace(0.1 V, 0.3 V, 5)",
]  # fmt: skip


def summary(designs, executor):
    """Return the document of a sweep without its command, and the seconds that it took."""
    begun = time.perf_counter()
    found = imac_arch.sweep("784-128-10", over=OVER, sample=designs, metrics=SIX, arch=ALL, executor=executor)
    document = found.document
    return document._replace(command="", python=""), time.perf_counter() - begun


def main(designs="8e6", workers=""):
    """Measure and print."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    count = int(workers or cores)
    load = os.getloadavg()[0]
    alone, least = summary(designs, None)
    print(f"{alone.rows:,} designs; {cores} cores, on which {load:.1f} processes ran in the minute before")
    print(f"{'one process':<14} {least:6.1f} s  {alone.rows / least / 1e6:5.2f} M/s")
    kept = True
    for name in ("processes", *(["dask"] if importlib.util.find_spec("distributed") else [])):
        found, seconds = summary(designs, f"{name}={count}")
        same = found == alone
        kept = kept and same and (seconds < least or cores == 1)
        gain = f"{least / seconds:4.2f}x one process"
        told = "the same to the last bit" if same else "NOT THE SAME"
        print(f"{f'{name}={count}':<14} {seconds:6.1f} s  {found.rows / seconds / 1e6:5.2f} M/s  {gain}  {told}")
    print(f"workers are quicker and change nothing: {'ok' if kept else 'NOT KEPT'}")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
