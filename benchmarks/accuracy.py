"""What the accuracy adds to a comparison, all images of a network, exact programmings. Exit code 1 where a promise is
not kept. python benchmarks/accuracy.py [MNIST FOLDER]: without a folder the shipped 2,000 images are taken five times.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

RUNS = 3
NET = "784-128-10"
TECHNOLOGIES = ("sot_mram", "sot_mram_imec", "sot_mram_pillars", "stt_mram", "reram", "pcm", "fefet", "sram_cim")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def wall(how, technology, folder):
    words = ["-m", "imac_arch", "compare", "--net", NET, "--tech", technology, "-q", "--force", "-o", "x.html"]
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *words, "--accuracy", how], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True
    )
    return time.perf_counter() - start


def added(technology):
    """Return the median seconds that the accuracy adds to a comparison."""
    with tempfile.TemporaryDirectory() as folder:
        wall("quick", technology, folder)
        return statistics.median(
            wall("quick", technology, folder) - wall("none", technology, folder) for _ in range(RUNS)
        )


def images(folder):
    """Return 10,000 images: those of a folder, or the shipped ones five times."""
    from imac_arch.studies.accuracy.images import Images, read_images, shipped_images

    if folder is not None:
        return read_images(folder)
    shown = shipped_images()
    return Images(np.tile(shown.x, (5, 1)), np.tile(shown.y, 5), "shipped images, five times")


def classified(rows, shown, programmings, *, exact=False, control=0):
    """Return seconds, those of the processor and the accuracy of ``imac`` on square subarrays."""
    from imac_arch.resolve import Request, resolve
    from imac_arch.studies.accuracy.found import net_for
    from imac_arch.studies.accuracy.judge import Experiment, accuracy_rows

    fields = {"subarray.rows": str(rows), "subarray.cols": str(rows)}
    inputs = resolve(Request(NET, "sot_mram", samples=0, fields=fields)).inputs
    net = net_for(inputs.at_medians().case(), None)
    without = frozenset({"variation", "gain", "offset", "neuron"} if programmings == 1 else ())
    start, used = time.perf_counter(), time.process_time()
    (judged,) = accuracy_rows(
        inputs, ["imac"], shown, net, None,
        Experiment(images=None, programmings=programmings, exact=exact, without=without, control=control),
    )  # fmt: skip
    return time.perf_counter() - start, time.process_time() - used, judged.row


def shares(row):
    """Return an accuracy with its interval, and the correlation of a control variate."""
    correlation = f", correlation {row.control.correlation:.3f}" if row.control else ""
    return f"{row.value:.1%} [{row.low:.1%}, {row.high:.1%}]{correlation}"


def main(folder=None):
    """Measure and print every promise."""
    rows = [(f"accuracy adds to compare on {name} [s]", added(name), 1.0) for name in TECHNOLOGIES]
    shown = images(folder)
    few = shown._replace(x=shown.x[:1000], y=shown.y[:1000])
    classified(32, shown._replace(x=shown.x[:100], y=shown.y[:100]), 1, exact=True)  # warms up
    for what, limit, given in (
        (f"{len(shown.y):,} images, exact wires, 128x128", 3.0, (128, shown, 1, {"exact": True})),
        ("100 programmings of 105 subarrays of 32x32, exact", 60.0, (32, few, 100, {"exact": True})),
        ("200 programmings of them, control variate of 10", 30.0, (32, few, 200, {"control": 10})),
    ):
        *place, how = given
        seconds, used, row = classified(*place, **how)
        print(f"{what}: {shares(row)}; {used:.1f} s of the processor")
        rows.append((f"{what} [s]", seconds, limit))
    for name, value, limit in rows:
        print(f"{name:<72} {value:7.2f}  promised <= {limit:g}  {'ok' if value <= limit else 'NOT KEPT'}")
    print(f"{shown.name}; own peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return int(any(value > limit for _, value, limit in rows))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
