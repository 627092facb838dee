"""Run a netlist through ngspice in batch mode and read what it prints."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from imac_arch.crossbar.wires import Array
from imac_arch.data.errors import InputOutputError
from imac_arch.data.log import logger

__all__ = ["SpiceResult", "run_ngspice"]

_log = logger(__name__)
_PRINTED = re.compile(r"^(\S+) = ([-+]?\d\S*)\s*$", re.MULTILINE)
_TRANSIENT = "transient.txt"


@dataclass(frozen=True)
class SpiceResult:
    """What ngspice found.

    Attributes:
        values: everything it printed at the operating point, by lower-case name: ``i(vo0_3)``, ``v(o0_3)``.
        time: of the transient [s], (steps,), or None.
        traces: outputs over time, (steps, outputs), in the order of the netlist, or None.
    """

    values: dict[str, float]
    time: Array | None
    traces: Array | None


def run_ngspice(text: str, *, timeout: float | None = None) -> SpiceResult:
    """Run ``ngspice -b`` on a netlist in an empty folder and return its results.

    Args:
        text: the netlist.
        timeout: how long to wait [s]; None waits for ever.

    Raises:
        InputOutputError: ngspice is not there, does not finish, or fails; with its own words.
    """
    program = shutil.which("ngspice")
    if program is None:
        raise InputOutputError(
            "ngspice is not installed. On Debian or Ubuntu: apt-get install ngspice; with Homebrew: "
            "brew install ngspice; elsewhere: https://ngspice.sourceforge.io/download.html"
        )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "netlist.cir").write_text(text, encoding="utf-8")
        _log.info("running %s on a netlist of %d lines", program, text.count("\n"))
        try:
            done = subprocess.run(
                [program, "-n", "-b", "netlist.cir"],
                cwd=folder, capture_output=True, text=True, timeout=timeout, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise InputOutputError(f"ngspice did not finish within {timeout:g} s") from error
        values = {name.lower(): float(value) for name, value in _PRINTED.findall(done.stdout)}
        said = [line for line in (done.stdout + done.stderr).splitlines() if "error" in line.lower()]
        if not values or said:
            reason = "; ".join(said) or (done.stderr or done.stdout).strip()[-500:] or f"exit code {done.returncode}"
            raise InputOutputError(f"ngspice failed: {reason}")
        path = Path(folder, _TRANSIENT)
        if not path.exists():
            return SpiceResult(values, None, None)
        table = np.loadtxt(path, skiprows=1, ndmin=2)
    return SpiceResult(values, table[:, 0], table[:, 1::2])
