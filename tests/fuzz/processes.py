"""Cases as processes of their own: signals at any moment, pipes that close, and bounds of memory and time."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.fuzz.case import FOREIGN, Case
from tests.fuzz.cases import make
from tests.fuzz.judge import CODES
from tests.helpers import ROOT

__all__ = ["tried"]

MEMORY, SECONDS = 10**9, 20
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LASTING = {"sweep", "optimize", "sensitivity", "accuracy", "--exact"}  # say how far they are, and may be interrupted
LONGEST = 3.0  # seconds until a signal; most runs are over by then
LONG = ["compare", "--net", "784-128-10", "--samples", "2000", "-q"]
SPAWN = ["-c", "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2); "
         "del sys.argv[1]; runpy.run_module('imac_arch', run_name='__main__', alter_sys=True)"]  # fmt: skip


def tried(seed: int, n: int, folder: Path) -> str:
    """Run process ``n`` of a seed in a folder; return what is wrong with it, nothing where all is well."""
    random = Random(f"{seed}:process:{n}")
    kind = random.choice(("signal", "signal", "memory", "pipe", "closed"))
    with tempfile.TemporaryDirectory(dir=folder) as room:
        here = Path(room)
        if kind == "signal":
            return _interrupted(random, here)
        if kind == "memory":
            return _bounded(make(seed, random.randrange(10**9)), here)
        return _without_stdout(random, here, kind)


def _start(words: list[str], here: Path, **streams: object) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "OMP_NUM_THREADS": "1"}
    arguments = [word.replace("\0", "").encode(errors="replace") for word in words]
    return subprocess.Popen(
        [sys.executable, *SPAWN, str(MEMORY), *arguments], cwd=here, env=environment, stdin=subprocess.DEVNULL,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
        preexec_fn=lambda: [signal.signal(number, signal.SIG_DFL) for number in SIGNALS],
    )  # type: ignore[call-overload]  # fmt: skip


def _interrupted(random: Random, here: Path) -> str:
    """A signal at any moment leaves the old file or a whole new one, and nothing else."""
    suffix = random.choice(("html", "json", "csv"))
    path = here / f"x.{suffix}"
    process = _start([*LONG, "-o", path.name], here)
    time.sleep(random.uniform(0.2, LONGEST))
    number = random.choice(SIGNALS)
    process.send_signal(number)
    _, said = process.communicate(timeout=SECONDS)
    if left := [each.name for each in here.iterdir() if each != path]:
        return f"{number.name} left {left}"
    if b"Traceback" in said and b"imac_arch" in said:
        return f"{number.name}: {said.decode()[-500:]}"
    if process.returncode == 0 and not path.exists():
        return "nothing was written, but the exit code is 0"
    allowed = {0, 128 + number, -number, 130}
    if process.returncode not in allowed:
        return f"{number.name} ends as {process.returncode}: {said.decode()[-300:]}"
    return "" if not path.exists() or _whole(path) else f"{number.name} left a torn {path.name}"


def _whole(path: Path) -> bool:
    text = path.read_text()
    return {"html": "</html>", "json": "}\n", "csv": "\n"}[path.suffix[1:]] in text[-40:]


def _bounded(case: Case, here: Path) -> str:
    """Any case ends within bounds of memory and time."""
    for name, raw in case.files.items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes(raw)
    process = _start(case.words, here)
    started, late = _used(), False
    try:
        _, said = process.communicate(timeout=3 * SECONDS)
    except subprocess.TimeoutExpired:
        late = True
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return f"{case.words} takes more than {3 * SECONDS} s and goes on when it is interrupted"
    if late and not LASTING.intersection(case.words):
        return f"{case.words} takes more than {3 * SECONDS} s"
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    if process.returncode not in CODES or b"Traceback" in said:
        return f"{case.words} ends as {process.returncode}: {said.decode(errors='replace')[-500:]}"
    if used > MEMORY:
        return f"{case.words} takes {used / 1e9:.1f} GB"
    if any(raw == FOREIGN and (here / name).read_bytes() != raw for name, raw in case.files.items()):
        return f"{case.words} changed a foreign file"
    took = _used() - started  # of the processor: others may be at work beside
    return f"{case.words} takes {took:.0f} s" if took > SECONDS and not LASTING.intersection(case.words) else ""


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def _without_stdout(random: Random, here: Path, kind: str) -> str:
    """What reads stdout goes away at once, or its disk is full: the file is written all the same."""
    words = random.choice(([*LONG, "-o", "x.json"], [*LONG, "--json", "-o", "x.json"], ["tech", "list"], ["--help"],
                           ["tech", "show", "reram"], ["explain", "adc"], ["neurons", "-o", "x.json"]))  # fmt: skip
    if kind == "closed":
        with open("/dev/full", "wb") as full:
            process = _start(words, here, stdout=full)
            _, said = process.communicate(timeout=3 * SECONDS)
        allowed = {4}
    else:
        process = _start(words, here)
        process.stdout.close()  # type: ignore[union-attr]  # a pipe
        process.stdout = None
        _, said = process.communicate(timeout=3 * SECONDS)
        allowed = {0, 1} if words == ["--help"] else {0}  # the library of the command line ends so
    if process.returncode not in allowed or b"Traceback" in said or b"Exception" in said:
        return f"{kind} stdout: {words} ends as {process.returncode}: {said.decode()[-500:]}"
    if "-o" in words and not (here / "x.json").exists():
        return f"{kind} stdout: {words} wrote no file"
    return ""
