"""Measure a graphics board: small multilayer perceptrons at batch 1 to 65,536, their time and their power.

    python benchmarks/board.py --out DIR            # under 8 minutes on a data-centre board
    python benchmarks/board.py --out DIR --quick    # under 2 minutes
    python benchmarks/board.py --fit DIR/raw.json --out DIR   # where imac-arch is installed: board files, errors

Measuring needs Python, PyTorch with CUDA, and NVML (``pip install nvidia-ml-py``) or ``nvidia-smi`` for power. Every
point: warm-up, then the median of many passes by the host clock (synchronised after each) and between device events;
passes back to back; on some points a loop of seconds under a power meter. What cannot be measured is kept with its
reason. Raw results are written after every stage, so that an interrupted run keeps what it has.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from board_device import Device, Run, Skipped, Unavailable

NETS = ("784-16-10", "784-128-10", "400-120-84-10", "784-4096-4096-10")
BATCHES = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536)
MODES = ("eager", "graph", "compiled", "compiled_graph")
FORMAT = 1


@dataclass
class Plan:
    """What is measured, and for how long."""

    nets: Sequence[str] = NETS
    batches: Sequence[int] = BATCHES
    precisions: Sequence[str] = ("fp16", "fp32", "int8")
    modes: Sequence[str] = MODES
    seconds: float = 0.2  # per point and clock
    power_seconds: float = 2.5
    power_batches: Sequence[int] = (1, 1024, 65536)
    compile_batches: Sequence[int] = (1, 256, 16384)
    compile_budget: float = 90.0
    budget: float = 420.0
    repeats: tuple[int, int] = (7, 3000)

    @classmethod
    def quick(cls) -> Plan:
        """Return a plan of under two minutes."""
        return cls(
            batches=(1, 16, 256, 4096, 65536), precisions=("fp16", "fp32"), seconds=0.08, power_seconds=1.5,
            power_batches=(1, 65536), compile_batches=(1,), compile_budget=30.0, budget=100.0,
        )  # fmt: skip


@dataclass
class Measurement:
    """What a run has found so far."""

    device: dict[str, Any]
    date: str
    points: list[dict[str, Any]] = field(default_factory=list)
    probes: dict[str, Any] = field(default_factory=dict)
    idle: dict[str, Any] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {"format": FORMAT, "date": self.date, "device": self.device, "plan": self.plan, "idle": self.idle,
                "probes": self.probes, "points": self.points}  # fmt: skip


def layers_of(net: str) -> list[int]:
    """Return the sizes of a net: ``784-16-10``."""
    sizes = [int(n) if n.isdecimal() else 0 for n in net.split("-")]
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"{net!r} is no net; write sizes of layers as 784-16-10")
    return sizes


def stages(plan: Plan) -> Iterator[tuple[str, str]]:
    """Return precision and mode in order of worth, so that a run cut short keeps the best."""
    order = [("eager", "graph"), ("compiled", "compiled_graph")]
    for modes in order:
        for precision in plan.precisions:
            for mode in modes:
                if mode in plan.modes:
                    yield precision, mode


def measure(device: Device, plan: Plan, found: Measurement, keep: Any = lambda: None, say: Any = print) -> Measurement:
    """Measure every point of the plan.

    Args:
        device: what is measured.
        plan: nets, batches, precisions, modes and times.
        found: where the points go.
        keep: called after every stage, to write what there is.
        say: where progress goes.
    """
    began = device.clock()
    found.plan = {k: list(v) if isinstance(v, tuple) else v for k, v in vars(plan).items()}
    compiling = 0.0
    for precision, mode in stages(plan):
        slowly = "compiled" in mode
        for net in plan.nets:
            for batch in plan.compile_batches if slowly else plan.batches:
                point: dict[str, Any] = {"net": net, "batch": batch, "precision": precision, "mode": mode}
                found.points.append(point)
                if device.clock() - began > plan.budget:
                    point["skipped"] = f"the time of the run, {plan.budget:g} s, was spent"
                    continue
                if slowly and compiling > plan.compile_budget:
                    point["skipped"] = f"the time for compiling, {plan.compile_budget:g} s, was spent"
                    continue
                start = device.clock()
                try:
                    run = device.build(layers_of(net), batch, precision, mode)
                    compiling += device.clock() - start if slowly else 0.0
                    point.update(_times(device, run, plan))
                    if batch in plan.power_batches and mode in ("eager", "graph"):
                        point["power"] = _power(device, run, plan)
                except Skipped as reason:
                    compiling += device.clock() - start if slowly else 0.0
                    point["skipped"] = str(reason)
                except Exception as error:  # one point that fails must not lose the others
                    point["skipped"] = f"{type(error).__name__}: {str(error)[:200]}"
                run = None  # type: ignore[assignment]  # its memory goes back
                device.release()
        done = [p for p in found.points if p["precision"] == precision and p["mode"] == mode and "host" in p]
        say(f"{device.clock() - began:6.1f} s  {precision} {mode}: {len(done)} points")
        keep()
    _rest(device, plan, found)
    keep()
    found.probes = device.probes()
    keep()
    _count(device, plan, found)
    keep()
    say(f"{device.clock() - began:6.1f} s  idle, ceilings and kernels")
    return found


def _times(device: Device, run: Run, plan: Plan) -> dict[str, Any]:
    """Return medians and spread: host clock with synchronisation, device events, passes back to back."""
    low, high = plan.repeats
    for _ in range(5):
        run()
    device.synchronise()
    start = device.clock()
    run()
    device.synchronise()
    once = max(device.clock() - start, 1e-7)
    count = max(low, min(high, int(plan.seconds / once)))
    for _ in range(min(count, 50)):
        run()
    device.synchronise()
    host = []
    for _ in range(count):
        start = device.clock()
        run()
        device.synchronise()
        host.append(device.clock() - start)
    events = device.events(run, max(low, count // 3))
    device.synchronise()
    chunk = max(low, count // 3)
    start = device.clock()
    for _ in range(chunk):
        run()
    device.synchronise()
    return {
        "host": statistics.median(host), "host_5": _at(host, 0.05), "host_95": _at(host, 0.95),
        "events": statistics.median(events), "events_5": _at(events, 0.05), "events_95": _at(events, 0.95),
        "interval": (device.clock() - start) / chunk, "repeats": count,
    }  # fmt: skip


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _power(device: Device, run: Run, plan: Plan) -> dict[str, Any] | None:
    """Return the power of passes with synchronisation after each, over the last part of a loop of seconds.

    The first 1.1 s are left out: boards report a mean over up to a second.
    """

    def loop(seconds: float, poll: bool) -> tuple[int, float]:
        begin = now = last = device.clock()
        count = 0
        while now - begin < seconds:
            for _ in range(10):
                run()
                device.synchronise()
            count += 10
            now = device.clock()
            if poll and now - last > 0.1:
                device.meter.poll()
                last = now
        return count, now - begin

    loop(min(1.1, plan.power_seconds / 2), poll=False)
    device.meter.start()
    count, elapsed = loop(max(plan.power_seconds - 1.1, plan.power_seconds / 2), poll=True)
    found = device.meter.stop()
    return None if found is None else {**found, "passes": count, "latency": elapsed / count}


def _rest(device: Device, plan: Plan, found: Measurement) -> None:
    """Read the power of the board with a context and nothing to do, after the work."""
    device.sleep(1.5)
    device.meter.start()
    for _ in range(10):
        device.sleep(0.15)
        device.meter.poll()
    found.idle = {**(found.device.pop("idle", None) or {}), "after_work": device.meter.stop()}


def _count(device: Device, plan: Plan, found: Measurement) -> None:
    """Count the kernels of one pass, last of all: a profiler slows what comes after it."""
    counts = []
    for precision, mode in stages(plan):
        if "compiled" in mode:
            continue
        for net in plan.nets:
            for batch in (min(plan.batches), max(plan.batches)):
                try:
                    run = device.build(layers_of(net), batch, precision, mode)
                    kernels = device.kernels(run)
                except Skipped:
                    continue
                counts.append({"net": net, "batch": batch, "precision": precision, "mode": mode, "kernels": kernels})
                run = None  # type: ignore[assignment]
                device.release()
    found.device["kernels"] = counts


def write(folder: Path, found: Measurement) -> None:
    """Write ``raw.json`` and ``raw.csv``."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / "raw.json.part"
    part.write_text(json.dumps(found.data(), indent=1) + "\n")
    part.replace(folder / "raw.json")
    heads = ["net", "batch", "precision", "mode", "host", "host_5", "host_95", "events", "interval", "repeats", "watt",
             "skipped"]  # fmt: skip
    with (folder / "raw.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, heads, extrasaction="ignore", restval="")
        table.writeheader()
        for point in found.points:
            table.writerow({**point, "watt": (point.get("power") or {}).get("watt", "")})


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for raw.json, raw.csv and board files")
    parser.add_argument("--quick", action="store_true", help="fewer points, under two minutes")
    parser.add_argument("--fit", type=Path, metavar="RAW", help="fit results that were measured before")
    parser.add_argument("--nets", nargs="+", metavar="NET", help=f"({' '.join(NETS)})")
    parser.add_argument("--batches", nargs="+", type=int, metavar="N", help=f"({' '.join(map(str, BATCHES))})")
    parser.add_argument("--precisions", nargs="+", choices=("fp16", "fp32", "int8"))
    parser.add_argument("--modes", nargs="+", choices=MODES)
    parser.add_argument("--seconds-per-point", type=float, metavar="S", help="(0.2; quick 0.08)")
    parser.add_argument("--power-seconds", type=float, metavar="S", help="loop under the power meter (2.5)")
    parser.add_argument("--max-seconds", type=float, metavar="S", help="start no point after this time (420)")
    return parser.parse_args(given)


def planned(options: argparse.Namespace) -> Plan:
    """Return the plan that the options ask for."""
    plan = Plan.quick() if options.quick else Plan()
    for name, value in {
        "nets": options.nets, "batches": options.batches, "precisions": options.precisions, "modes": options.modes,
        "seconds": options.seconds_per_point, "power_seconds": options.power_seconds, "budget": options.max_seconds,
    }.items():  # fmt: skip
        if value is not None:
            setattr(plan, name, value)
    for net in plan.nets:
        layers_of(net)
    return plan


def main(given: Sequence[str] | None = None, device: Device | None = None) -> int:
    """Measure, write, and fit where the law is at hand; return the exit code."""
    options = arguments(given)
    try:
        plan = planned(options)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.fit:
        return _fit(options.fit, options.out)
    try:
        if device is None:
            from board_torch import TorchDevice

            device = TorchDevice()
        about = device.describe()
        options.out.mkdir(parents=True, exist_ok=True)
    except Unavailable as error:
        print(f"error: {error}", file=sys.stderr)
        return 4
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 4
    print(f"torch {about.get('torch')}, CUDA {about.get('cuda')}, {about.get('name')}, driver {about.get('driver')}, "
          f"power by {about.get('power_read_by')}, idle {about.get('idle')}", flush=True)  # fmt: skip
    found = Measurement(about, datetime.datetime.now(datetime.UTC).date().isoformat())
    measure(device, plan, found, lambda: write(options.out, found), lambda text: print(text, flush=True))
    for point in found.points:
        if "host" in point:
            watt = (point.get("power") or {}).get("watt")
            print(f"{point['precision']} {point['mode']:14s} {point['net']:17s} {point['batch']:6d}  "
                  f"host {point['host'] * 1e6:9.1f} us  events {point['events'] * 1e6:9.1f} us  "
                  f"back to back {point['interval'] * 1e6:9.1f} us" + (f"  {watt:.0f} W" if watt else ""))  # fmt: skip
    for reason in sorted({p["skipped"] for p in found.points if "skipped" in p}):
        print(f"skipped, {sum(p.get('skipped') == reason for p in found.points)} points: {reason}")
    print(f"wrote {options.out / 'raw.json'} and raw.csv", flush=True)
    return _fit(options.out / "raw.json", options.out, late=True)


def _fit(raw: Path, out: Path, late: bool = False) -> int:
    """Fit the law to raw results and write board files; after a measurement a missing library is no error."""
    try:
        from board_file import report
    except ImportError as error:
        text = f"the law is not at hand here ({error}); where imac-arch is installed: "
        print(f"{text}python benchmarks/board.py --fit {raw} --out {out}", file=sys.stdout if late else sys.stderr)
        return 0 if late else 4
    try:
        data = json.loads(raw.read_text())
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 4
    except ValueError as error:
        print(f"error: {raw} is no result of this script: {error}", file=sys.stderr)
        return 2
    print(report(data, out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
