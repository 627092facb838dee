"""A random sample of mutants, each held to the tests that reach its function, the quickest first.

`mutmut run` without names runs every mutant, which takes a day, and takes tests in any order. This takes mutmut's
mutants and its record of which test reaches which function, and draws: the mutants in order of module and function are
cut into as many runs of one length as are asked for, and one of each run is drawn, so that every module and every
function has its share.

    pip install "imac-arch[test,mutation]"
    python benchmarks/mutants.py --count 300 --seed 15           # makes mutants/ at first, then tries the sample
    python benchmarks/mutants.py --again --seconds 300 --seed 15 # what survived, with slower tests as well
    python benchmarks/mutants.py --only NAME --tests tests/test_x.py
    python benchmarks/mutants.py --report --seed 15              # killed by module, with the 90 % interval
    python benchmarks/mutants.py --clean                         # that the tests that killed pass without a mutant

Results are kept in `mutants/sample.jsonl`, the last one of a mutant counts; `mutmut show NAME` shows a mutant. mutmut
generates anew what has changed since, and numbers may then mean other mutants: delete `mutants/` for a new state. The
record keeps one run of a function whose result a memo holds for the rest of the process; `--tests` names files instead.
"""

import argparse
import importlib
import json
import os
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "mutants"
RESULTS = FOLDER / "sample.jsonl"
STATS = FOLDER / "mutmut-stats.json"
ENDS = KILLED, TIMEOUT, SURVIVED, UNTESTED = "killed", "timeout", "survived", "no test"
QUIET = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain", "--tb=line", "-W", "ignore"]


class Reach(NamedTuple):
    """Which tests reach a function, and the seconds that each test took when that was recorded."""

    tests: dict[str, list[str]]
    seconds: dict[str, float]

    def quickest(self, mutant: str, most: float) -> list[str]:
        """Tests that reach a mutant's function, the quickest first, of `most` seconds together."""
        chosen, total = [], 0.0
        for test in sorted(self.tests.get(function_of(mutant), ()), key=lambda test: self.seconds.get(test, 0.0)):
            total += self.seconds.get(test, 0.0)
            if total > most and chosen:
                break
            chosen.append(test)
        return chosen


def function_of(mutant: str) -> str:
    return mutant.rpartition("__mutmut_")[0]


def module_of(mutant: str) -> str:
    return mutant.partition(".x")[0].removeprefix("imac_arch.")


def prepared() -> None:
    """The tree of mutants, made by mutmut, and its record of the tests; what is there already is kept."""
    from mutmut import __main__ as tool

    os.chdir(ROOT)
    FOLDER.mkdir(exist_ok=True)
    tool.set_mutant_under_test("mutant_generation")
    tool.copy_src_dir()
    tool.copy_also_copy_files()
    tool.setup_source_paths()
    tool.create_mutants(1)
    if STATS.exists():
        return
    if not (child := os.fork()):  # tests leave traces in their process
        tool.run_stats_collection(tool.get_mutant_runner(1))
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit("mutmut could not record the tests: do they pass?")


def every_mutant() -> list[str]:
    """Names of all mutants, in order of module, function and number."""
    found = []
    for path in sorted((FOLDER / "imac_arch").rglob("*.meta")):
        found += json.loads(path.read_text())["exit_code_by_key"]
    return sorted(found, key=lambda name: (function_of(name), int(name.rpartition("_")[2])))


def drawn(names: list[str], count: int, seed: int) -> list[str]:
    """One of each of `count` runs of equal length, in random order: any beginning of it is a sample, too."""
    dice = random.Random(seed)
    edges = [len(names) * part // count for part in range(count + 1)]
    sample = [names[dice.randrange(first, end)] for first, end in pairwise(edges) if end > first]
    dice.shuffle(sample)
    return sample


def warmed(reach: Reach) -> None:
    """Import what tests import, so that each mutant's process begins with it."""
    os.chdir(FOLDER)
    sys.path.insert(0, str(FOLDER))
    for name in sorted({test.partition("::")[0] for test in reach.seconds}):
        importlib.import_module(name.removesuffix(".py").replace("/", "."))


def tried(mutant: str, tests: list[str], cpu: float) -> tuple[str, str]:
    """How a mutant ends, and the first test that fails, in a process of its own that has `cpu` seconds."""
    import pytest

    log = FOLDER / "last.log"
    child = os.fork()
    if child == 0:
        os.environ["MUTANT_UNDER_TEST"] = mutant
        for stream in (1, 2):
            os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if stream == 1 else 0)), stream)
        resource.setrlimit(resource.RLIMIT_CPU, (int(cpu), int(cpu) + 1))
        try:
            code = int(pytest.main([*QUIET, *tests]))
        except BaseException:  # a mutant may do anything
            code = 9
        os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    failed = [line.split()[1] for line in log.read_text(errors="replace").splitlines() if line.startswith("FAILED")]
    if code in (4, 5):
        raise RuntimeError(f"{mutant}: a recorded test is not there: {log.read_text()[-200:]}")
    how = SURVIVED if code == 0 else TIMEOUT if code in (-24, -9) else KILLED
    return how, next(iter(failed), "")


def results() -> dict[str, dict[str, object]]:
    lines = RESULTS.read_text().splitlines() if RESULTS.exists() else []
    return {record["mutant"]: record for record in map(json.loads, lines)}


def run(mutants: Iterable[str], reach: Reach, seconds: float, files: list[str]) -> Iterator[dict[str, object]]:
    for mutant in mutants:
        start, tests = time.perf_counter(), files or reach.quickest(mutant, seconds)
        how, by = tried(mutant, tests, 60 + 5 * seconds) if tests else (UNTESTED, "")
        yield {"mutant": mutant, "how": how, "by": by, "tests": len(tests), "s": round(time.perf_counter() - start, 1)}


def report(sample: Iterable[str]) -> None:
    """A sample's mutants by module and end, and the share that was killed with its Clopper-Pearson interval."""
    from scipy.stats import binomtest

    done = results()
    ends = Counter((module_of(name), done[name]["how"]) for name in sample if name in done)
    for module in sorted({module for module, _ in ends}):
        print(f"| `{module}` |", " | ".join(str(ends[module, how]) for how in ENDS), "|")
    total = sum(ends.values())
    killed = sum(count for (_, how), count in ends.items() if how in (KILLED, TIMEOUT))
    low, high = binomtest(killed, total).proportion_ci(0.9)
    print(f"{killed} of {total} killed: {killed / total:.1%} [{low:.1%}, {high:.1%}]")


def clean(reach: Reach) -> None:
    """Hold the tests that killed a mutant to the code without one: each must pass."""
    tests = {str(record["by"]) for record in results().values() if record["how"] == KILLED}
    known = [test for test in reach.seconds if test in tests or test.partition(" ")[0] in tests]
    print(*tried("", known, 3600))


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10, help="of tests a mutant, as they were recorded")
    parser.add_argument("--again", action="store_true", help="those that no test killed")
    parser.add_argument("--only", nargs="+", default=[], help="mutants")
    parser.add_argument("--tests", nargs="+", default=[], help="files of tests, in the place of the record")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--clean", action="store_true")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    if chosen.report:
        return report(drawn(every_mutant(), chosen.count, chosen.seed))
    prepared()
    stats, done = json.loads(STATS.read_text()), results()
    reach = Reach(stats["tests_by_mangled_function_name"], stats["duration_by_test"])
    sample = chosen.only or drawn(every_mutant(), chosen.count, chosen.seed)
    if chosen.again:
        sample = [name for name in sample if name in done and done[name]["how"] in (SURVIVED, UNTESTED)]
    elif not chosen.only:
        sample = [name for name in sample if name not in done]
    warmed(reach)
    if chosen.clean:
        return clean(reach)
    for record in run(sample, reach, chosen.seconds, chosen.tests):
        print(*record.values(), flush=True)
        with RESULTS.open("a") as file:
            print(json.dumps(record, ensure_ascii=False), file=file)


if __name__ == "__main__":
    main()
