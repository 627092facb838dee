"""What the accuracy adds to a comparison, all images of a network, exact programmings. Exit code 1 where a promise is
not kept. python benchmarks/accuracy.py [MNIST FOLDER]: without a folder the shipped 2,000 images are taken five times.
"""

import os
import resource
import statistics
import sys
import tempfile
import time
from typing import NamedTuple

import numpy as np

RUNS = 5
NET = "784-128-10"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Time(NamedTuple):
    """What a process takes [s]."""

    wall: float
    processor: float


def taken(how, technology, folder):
    """Return what a comparison takes."""
    words = [
        "-m",
        "imac_arch",
        "compare",
        "--net",
        NET,
        "--tech",
        technology,
        "-q",
        "--force",
        "-o",
        f"{folder}/x.html",
    ]
    quiet = [(os.POSIX_SPAWN_OPEN, output, os.devnull, os.O_WRONLY, 0) for output in (1, 2)]
    start = time.perf_counter()
    pid = os.posix_spawn(sys.executable, [sys.executable, *words, "--accuracy", how], ENVIRONMENT, file_actions=quiet)
    _, status, used = os.wait4(pid, 0)
    if code := os.waitstatus_to_exitcode(status):
        raise SystemExit(f"compare --tech {technology} --accuracy {how}: exit code {code}")
    return Time(time.perf_counter() - start, used.ru_utime + used.ru_stime)


def added(technology):
    """Return the median time that the accuracy adds to a comparison, with it and without it in turn."""
    with tempfile.TemporaryDirectory() as folder:
        taken("quick", technology, folder)
        pairs = [(taken("quick", technology, folder), taken("none", technology, folder)) for _ in range(RUNS)]
    return Time(*(statistics.median(whole[k] - bare[k] for whole, bare in pairs) for k in range(2)))


def technologies():
    """Return the names of the shipped technologies."""
    from imac_arch.data.registry import names

    return names("technology", shipped=True)


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
    from imac_arch.studies.accuracy.comparison import net_for
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
    rows = []
    for name in technologies():
        more = added(name)
        print(f"{name}: accuracy adds {more.wall:.2f} s, of the processor {more.processor:.2f} s", flush=True)
        # several threads work at it, so that its wall time is the smaller of the two unless the machine is busy
        rows.append((f"accuracy adds to compare on {name} [s]", min(more), 1.0))
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
