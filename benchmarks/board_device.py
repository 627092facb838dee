"""What a measurement asks of a device, and a CUDA device through PyTorch that answers.

The script times whatever has the methods of ``Device``; tests give it a device with a made-up clock. Needed are only
Python, PyTorch and, for power, NVML (``pip install nvidia-ml-py``) or ``nvidia-smi``; nothing of this project.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

Run = Callable[[], Any]
HOW_TO_GET = (
    "PyTorch with CUDA is needed: pip install torch (https://pytorch.org/get-started/locally/), an NVIDIA board and "
    "its driver (nvidia-smi must list it)"
)


class Unavailable(Exception):
    """No such device here; the message says what is missing and how to get it."""


class Skipped(Exception):
    """One point that cannot be measured; the message is the reason that the results carry."""


class Meter(Protocol):
    """Board power: ``start``, ``poll`` now and then, ``stop``."""

    def start(self) -> None:
        """Begin a window."""

    def poll(self) -> None:
        """Take a sample, if samples are taken one by one."""

    def stop(self) -> dict[str, Any] | None:
        """End the window; the mean power [W], the number of samples, how it was read; None where it cannot be."""


class Device(Protocol):
    """What is measured. Times are in seconds, power in watts."""

    meter: Meter

    def describe(self) -> dict[str, Any]:
        """Name, driver, versions, and what the device says of itself."""

    def build(self, layers: Sequence[int], batch: int, precision: str, mode: str) -> Run:
        """Return a function that starts one pass; raise Skipped where there is none."""

    def synchronise(self) -> None:
        """Wait until the device has nothing left to do."""

    def clock(self) -> float:
        """Time of the host."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def events(self, run: Run, repeats: int) -> list[float]:
        """Time each of some passes between two events of the device."""

    def probes(self) -> dict[str, Any]:
        """Ceilings of the device: copies, square products, one tiny kernel."""

    def kernels(self, run: Run) -> int | None:
        """How many kernels one pass starts; None where that cannot be counted."""

    def release(self) -> None:
        """Forget what was built."""


class Nvml:
    """Power through NVML: the energy counter where the board has one, otherwise the mean of samples."""

    def __init__(self, uuid: str | None = None) -> None:
        import pynvml

        self.nvml = pynvml
        pynvml.nvmlInit()
        try:
            self.handle = pynvml.nvmlDeviceGetHandleByUUID(
                uuid if uuid is None or uuid[:4] == "GPU-" else f"GPU-{uuid}"
            )
        except Exception:  # no or another form of the identifier: the first board
            self.handle = pynvml.nvmlDeviceGetHandleByIndex(0)

    def _energy(self) -> float | None:
        try:
            return self.nvml.nvmlDeviceGetTotalEnergyConsumption(self.handle) / 1e3
        except Exception:
            return None

    def start(self) -> None:
        """Begin a window."""
        self.samples: list[float] = []
        self.clocks: list[float] = []
        self.began, self.energy = time.perf_counter(), self._energy()

    def poll(self) -> None:
        """Take a sample of power and clock."""
        try:
            self.samples.append(self.nvml.nvmlDeviceGetPowerUsage(self.handle) / 1e3)
            self.clocks.append(self.nvml.nvmlDeviceGetClockInfo(self.handle, self.nvml.NVML_CLOCK_SM) * 1e6)
        except Exception:
            return

    def stop(self) -> dict[str, Any] | None:
        """Return the mean power of the window."""
        self.poll()
        energy, elapsed = self._energy(), time.perf_counter() - self.began
        if not self.samples and energy is None:
            return None
        mean = sum(self.samples) / len(self.samples) if self.samples else None
        counted = None if energy is None or self.energy is None or elapsed <= 0 else (energy - self.energy) / elapsed
        clock = sum(self.clocks) / len(self.clocks) if self.clocks else None
        how = "NVML energy counter" if counted else "mean of NVML samples"
        return {"watt": counted or mean, "sampled": mean, "samples": len(self.samples), "clock": clock, "how": how,
                "seconds": elapsed}  # fmt: skip

    def about(self) -> dict[str, Any]:
        """Return driver, power limit and largest clock."""
        found: dict[str, Any] = {}
        for key, read in {
            "driver": lambda: str(self.nvml.nvmlSystemGetDriverVersion()),
            "power_limit": lambda: self.nvml.nvmlDeviceGetEnforcedPowerLimit(self.handle) / 1e3,
            "clock_max": lambda: self.nvml.nvmlDeviceGetMaxClockInfo(self.handle, self.nvml.NVML_CLOCK_SM) * 1e6,
            "smi_name": lambda: str(self.nvml.nvmlDeviceGetName(self.handle)),
        }.items():
            try:
                found[key] = read()
            except Exception as error:
                found[key] = None
                found.setdefault("nvml_errors", []).append(f"{key}: {error}")
        return found


class Smi:
    """Power through ``nvidia-smi`` at its own sampling, started for a window and read afterwards."""

    QUERY = ("nvidia-smi", "-i", "0", "--format=csv,noheader,nounits")

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        if _numbers(self._ask("power.draw")) is None:
            raise Unavailable("nvidia-smi gives no power")

    def _ask(self, what: str) -> str:
        return subprocess.run([*self.QUERY, f"--query-gpu={what}"], capture_output=True, text=True, timeout=20).stdout

    def start(self) -> None:
        """Begin a window."""
        self.process = subprocess.Popen(
            [*self.QUERY, "--query-gpu=power.draw", "-lms", "100"], stdout=subprocess.PIPE, text=True
        )

    def poll(self) -> None:
        """Do nothing: the tool samples by itself."""

    def stop(self) -> dict[str, Any] | None:
        """Return the mean power of the window."""
        if self.process is None:
            return None
        self.process.terminate()
        found = _numbers(self.process.communicate()[0])
        return found and {"watt": sum(found) / len(found), "samples": len(found), "how": "mean of nvidia-smi samples"}

    def about(self) -> dict[str, Any]:
        """Return driver and power limit."""
        driver = self._ask("driver_version").strip() or None
        limit = _numbers(self._ask("power.limit"))
        return {"driver": driver, "power_limit": limit[0] if limit else None}


class Blind:
    """No power can be read here."""

    def start(self) -> None:
        """Begin a window."""

    def poll(self) -> None:
        """Take no sample."""

    def stop(self) -> dict[str, Any] | None:
        """Return nothing."""
        return None

    def about(self) -> dict[str, Any]:
        """Return nothing."""
        return {}


def _numbers(text: str) -> list[float] | None:
    found = []
    for line in text.splitlines():
        try:
            found.append(float(line.strip()))
        except ValueError:
            continue
    return found or None


def power_meter(uuid: str | None = None) -> Any:
    """Return the best meter there is: NVML, ``nvidia-smi``, none."""
    for make in (lambda: Nvml(uuid), Smi):
        try:
            return make()
        except Exception:
            continue
    return Blind()
