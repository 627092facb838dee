"""Start-up, main job and evaluation, as ratios within one run. Exit code 1 where a promise is not kept."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 9
# as on a user's machine, modules and templates are compiled once
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def wall(words, cwd):
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=cwd, env=ENVIRONMENT, check=True, capture_output=True)
    return time.perf_counter() - start


def ratio(ours, theirs, cwd):
    """Return the median over pairs of our time over theirs, and our median time."""
    for words in (ours, theirs):
        wall(words, cwd)
    pairs = [(wall(ours, cwd), wall(theirs, cwd)) for _ in range(RUNS)]
    return statistics.median(a / b for a, b in pairs), statistics.median(a for a, _ in pairs)


def evaluation(samples):
    """Return the median time of one evaluation of four architectures."""
    from imac_arch.evaluate import evaluate
    from imac_arch.resolve import Request, resolve

    inputs = resolve(Request("784-128-10", "sot_mram", board="h100", samples=samples)).inputs
    times = []
    for _ in range(50):
        start = time.perf_counter()
        evaluate(inputs, ("imac", "mixed_signal", "digital", "gpu"))
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    """Measure and print every promise."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        libraries = ["-c", "import numpy, pydantic, jinja2, plotly.graph_objects, pandas"]
        job = ["-m", "imac_arch", "compare", "--net", "784-128-10", "--tech", "sot_mram", "-q"]
        job += ["--accuracy", "none", "-o", "x.html"]
        value, seconds = ratio(["-m", "imac_arch", "--help"], ["-c", "import typer, rich.console"], folder)
        rows.append((f"--help / import typer, rich.console ({seconds:.2f} s)", value, 1.9))
        value, seconds = ratio(job, libraries, folder)
        rows.append((f"compare without accuracy / import of its libraries ({seconds:.2f} s)", value, 1.8))
        full = [*job[:-3], "quick", *job[-2:]]
        extra = statistics.median(wall(full, folder) - wall(job, folder) for _ in range(RUNS))
        rows.append(("what its accuracy adds [s]", extra, 1.0))
        quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
        words = [sys.executable, *job[:-1], f"{folder}/x.html"]
        pid = os.posix_spawn(sys.executable, words, ENVIRONMENT, file_actions=quiet)
        peak = os.wait4(pid, 0)[2].ru_maxrss
        rows.append(("peak memory of compare with report [MB]", peak / 1024, 300.0))
    rows.append(("one evaluation, four architectures [ms]", evaluation(0) * 1e3, 3.0))
    rows.append(("the same with 2,000 samples [ms]", evaluation(2000) * 1e3, 20.0))
    for name, value, limit in rows:
        print(f"{name:<70} {value:7.2f}  promised <= {limit:g}  {'ok' if value <= limit else 'NOT KEPT'}")
    print(f"own peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return int(any(value > limit for _, value, limit in rows))


if __name__ == "__main__":
    sys.exit(main())
