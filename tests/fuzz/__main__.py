"""``python -m tests.fuzz``: many cases, and what is wrong with them."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.cases import make
from tests.fuzz.judge import judged
from tests.fuzz.processes import tried
from tests.fuzz.quick import quickly


def main() -> int:
    """Run cases, print what is wrong with each, and return 1 where anything is."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", action="store_true", help="processes with signals and bounds instead")
    parser.add_argument("--show", action="store_true", help="print every case, and leave nothing out")
    given = parser.parse_args()
    wrong: Counter[str] = Counter()
    started = time.monotonic()
    with quickly(), tempfile.TemporaryDirectory() as folder:
        for n in range(given.first, given.first + given.cases):
            case = make(given.seed, n)
            found = tried(given.seed, n, Path(folder)) if given.processes else judged(case, Path(folder))
            if given.show:
                print(n, case, flush=True)
            if (n + 1) % 1000 == 0:
                print(f"{n + 1} in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
            if found:
                wrong[found[:60]] += 1
                if wrong[found[:60]] <= 3 or given.show:
                    print(f"{n} {case.kind}: {case.words} {case.fails or ''}\n    {found[:600]}", flush=True)
    print(f"{given.cases} cases in {time.monotonic() - started:.0f} s, {wrong.total()} wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
