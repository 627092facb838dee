"""Seconds of ``imac_arch.sensitivity`` with 10,000 samples of four architectures: budget, tornado, all files read anew.

The least of several runs counts, of the processor and by the clock, for others use the machine too. Exit code 1 where
the processor's is above what is promised.
"""

import sys
import time

import imac_arch

ARCHITECTURES = ["imac", "mixed_signal", "digital", "gpu"]
SAMPLES = 10_000
RUNS = 12
PROMISED = 0.5  # seconds


def timed(**options):
    """Return the least seconds of the processor and by the clock."""
    found = []
    for _ in range(RUNS):
        begun = time.process_time(), time.perf_counter()
        imac_arch.sensitivity("784-128-10", "sot_mram", arch=ARCHITECTURES, **options)
        found.append((time.process_time() - begun[0], time.perf_counter() - begun[1]))
    return tuple(map(min, zip(*found, strict=True)))


def main():
    """Print a line for each."""
    alone = {"baseline": "none", "metrics": "energy", "samples": SAMPLES}
    cases = {
        "energy, budget by samples": {**alone, "sobol": 0},
        "energy, area and latency": {**alone, "metrics": ["energy", "area", "latency"], "sobol": 0},
        "energy, Saltelli of 512 points beside": {**alone, "sobol": 512},
    }
    found = {name: timed(**options) for name, options in cases.items()}
    for name, (cpu, wall) in found.items():
        print(f"{SAMPLES:,} samples x {len(ARCHITECTURES)} architectures, {name}: {cpu:.2f} s of CPU, {wall:.2f} s")
    slow = next(iter(found.values()))[0] > PROMISED
    print("above" if slow else "within", f"the {PROMISED} s promised for the first")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
