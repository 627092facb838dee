"""Fit the law of a graphics board to what ``board.py`` measured; ``board_file.py`` writes the board's file.

The law is the package's own, ``GpuBoard.times`` with ``timing: overlapped``; nothing of it is repeated here. One board
file per precision: its streamed times are fitted to eager passes, its graph times to captured graphs, with the same
body of the kernels. The fit minimises the sum of absolute logarithms of predicted over measured time, which is the
median-like answer: a few odd points do not pull it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from imac_arch.components.gpu import GpuBoard
from imac_arch.data.quantity import Array

LAW = ("efficiency", "bandwidth", "l2_bandwidth", "step", "graph_start", "graph_launch", "stream_start",
       "stream_launch")  # fmt: skip
LOW = np.array([1e-3, 1e10, 1e10, 1e-13, 1e-7, 1e-7, 1e-7, 1e-7])
HIGH = np.array([1.0, 1e15, 1e15, 1e-7, 1e-3, 1e-3, 1e-3, 1e-3])
TILES = (1, 8, 16, 32, 64, 128, 256)
BITS = {"fp32": 32, "fp16": 16, "int8": 8}
TARGETS = {"edge": 0.25, "median": 0.20, "worst": 1.0}


class Unfit(Exception):
    """The results do not suffice for a board file; the message says what is missing."""


@dataclass(frozen=True)
class Fit:
    """What the fit found: parameters in SI units, their spread, and the law against each point."""

    precision: str
    parameters: Mapping[str, float]
    spread: Mapping[str, tuple[float, float]]
    rows: Sequence[Mapping[str, Any]]
    power: Mapping[str, float]

    @property
    def errors(self) -> Array:
        """Factor minus one by which the law is off at each point, whichever way."""
        return np.array([off(r["predicted"], r["host"]) for r in self.rows])

    def verdict(self) -> dict[str, float]:
        """Return the largest error at batch 1 and from 16,384 up, the median and the largest of all."""
        edge = [e for e, r in zip(self.errors, self.rows, strict=True) if r["batch"] == 1 or r["batch"] >= 16384]
        return {"edge": max(edge, default=0.0), "median": float(np.median(self.errors)), "worst": max(self.errors)}


def off(predicted: float, measured: float) -> float:
    """Return how far two times are apart: 0.25 is a quarter too long or too short."""
    return max(predicted / measured, measured / predicted) - 1


def points_of(data: Mapping[str, Any], precision: str) -> list[dict[str, Any]]:
    """Return the measured points of a precision that the law speaks of: eager passes and captured graphs."""
    return [
        p for p in data["points"] if p["precision"] == precision and p["mode"] in ("eager", "graph") and "host" in p
    ]


def skeleton(data: Mapping[str, Any], precision: str, tile: int) -> GpuBoard:
    """Return a board with what was measured directly; the rest, still to be fitted, is 1."""
    device, limit = data["device"], data["device"].get("power_limit") or 1.0
    cache = device.get("L2_cache_size")
    peak = _probe(data, f"square_{precision}_8192", f"square_{precision}_2048")
    if not cache or not peak:
        raise Unfit(f"{precision}: the results lack {'the size of the cache' if not cache else 'a square product'}")
    return GpuBoard.model_validate(
        {
            "die_area": "1 mm^2", "peak": f"{peak} op/s", "precision": precision, "bits": BITS[precision],
            "bandwidth": "1 GB/s", "l2": f"{cache} B", "tdp": f"{limit} W", "idle_context": "0 W",
            "launch_power": "0 W", "busy_share": 1, "stream_start": "1 us", "stream_launch": "1 us",
            "graph_start": "1 us", "graph_launch": "1 us", "kernels_per_layer": kernels_per_layer(data, precision),
            "efficiency": 1, "timing": "overlapped", "l2_bandwidth": "1 GB/s", "tile": tile, "step": "1 ns",
        }
    )  # fmt: skip


def kernels_per_layer(data: Mapping[str, Any], precision: str) -> int:
    """Return the median count of kernels per layer in eager passes; 2 where none were counted."""
    counts = [
        row["kernels"] / (row["net"].count("-"))
        for row in data["device"].get("kernels") or []
        if row["precision"] == precision and row["mode"] == "eager" and row["kernels"]
    ]
    return max(1, round(float(np.median(counts)))) if counts else 2


def _probe(data: Mapping[str, Any], *names: str) -> float | None:
    found = (data.get("probes") or {}).get
    return next((float(v) for v in map(found, names) if isinstance(v, (int, float))), None)


def with_numbers(board: GpuBoard, numbers: Mapping[str, float], **choices: Any) -> GpuBoard:
    """Return the board with other numbers, in SI units."""
    new = {name: getattr(board, name).at(np.asarray(value)) for name, value in numbers.items()}
    return board.model_copy(update={**new, **choices})


def predict(board: GpuBoard, net: str, batch: Array) -> tuple[Array, Array]:
    """Return the time of a pass and, of it, the time in bodies of kernels, over the batch [s]."""
    sizes = np.array([float(n) for n in net.split("-")])
    batch = np.atleast_1d(np.asarray(batch, dtype=float))
    launching, busy = board.times(sizes[:-1, None], sizes[1:, None], batch)
    return board.start + np.sum(launching + busy, axis=0), np.sum(busy, axis=0)


def fitted_board(data: Mapping[str, Any], found: Fit) -> GpuBoard:
    """Return the board with the numbers that the fit found."""
    board = skeleton(data, found.precision, int(found.parameters["tile"]))
    return with_numbers(board, {name: found.parameters[name] for name in LAW})


def _all(board: GpuBoard, numbers: Array, points: Sequence[Mapping[str, Any]]) -> tuple[Array, Array]:
    """Return predicted times and bodies in the order of the points."""
    total, busy = np.zeros(len(points)), np.zeros(len(points))
    named = dict(zip(LAW, numbers, strict=True))
    for mode, launch in (("eager", "stream"), ("graph", "graph")):
        changed = with_numbers(board, named, launch=launch)
        for net in {p["net"] for p in points}:
            where = [i for i, p in enumerate(points) if p["net"] == net and p["mode"] == mode]
            if where:
                total[where], busy[where] = predict(changed, net, np.array([points[i]["batch"] for i in where]))
    return total, busy


def _solve(board: GpuBoard, points: Sequence[Mapping[str, Any]], start: Array) -> tuple[Array, float]:
    """Return parameters and the sum of absolute logarithms; edges of the batch count double, as the targets do."""
    measured = np.array([p["host"] for p in points])
    weight = np.array([2.0 if p["batch"] == 1 or p["batch"] >= 16384 else 1.0 for p in points])

    def residuals(logs: Array) -> Array:
        return weight * np.log(_all(board, np.exp(logs), points)[0] / measured)

    bounds = np.log(LOW), np.log(HIGH)
    first = np.clip(np.log(start), bounds[0] + 1e-9, bounds[1] - 1e-9)
    found = least_squares(residuals, first, bounds=bounds, loss="soft_l1", f_scale=0.03, max_nfev=200)
    return np.exp(found.x), float(np.sum(np.abs(residuals(found.x))))


def _guesses(data: Mapping[str, Any], points: Sequence[Mapping[str, Any]]) -> list[Array]:
    memory = 8 * (_probe(data, "copy_memory") or 1e12)
    cache = 8 * max([v for k, v in (data.get("probes") or {}).items() if k.endswith("in_graph")
                     and isinstance(v, (int, float))] or [memory / 4])  # fmt: skip
    fastest = {m: min((p["host"] for p in points if p["mode"] == m), default=2e-5) for m in ("eager", "graph")}
    return [
        np.array([eff, memory, max(cache, memory), step, 0.5 * fastest["graph"], 1e-6, 0.4 * fastest["eager"],
                  0.15 * fastest["eager"]])
        for eff in (0.2, 0.6) for step in (3e-10, 3e-9)
    ]  # fmt: skip


def fit(data: Mapping[str, Any], precision: str, resamples: int = 24, seed: int = 0) -> Fit:
    """Fit the law to a precision's points.

    Args:
        data: raw results.
        precision: fp16, fp32 or int8.
        resamples: how often points are drawn anew for the spread of the parameters; 0 for none.
        seed: of the drawing.

    Raises:
        Unfit: too little was measured.
    """
    points = points_of(data, precision)
    counts = {m: sum(p["mode"] == m for p in points) for m in ("eager", "graph")}
    if min(counts.values()) < 6:
        raise Unfit(f"{precision}: {counts['eager']} eager and {counts['graph']} graph points; a fit needs 6 of each")
    best: tuple[float, int, Array] | None = None
    for tile in TILES:
        board = skeleton(data, precision, tile)
        for guess in _guesses(data, points) if best is None else [best[2]]:
            numbers, cost = _solve(board, points, guess)
            if best is None or cost < best[0]:
                best = cost, tile, numbers
    assert best is not None
    board = skeleton(data, precision, best[1])
    predicted, busy = _all(board, best[2], points)
    rows = [{**p, "predicted": float(t), "busy": float(b)} for p, t, b in zip(points, predicted, busy, strict=True)]
    draws = np.random.default_rng(seed)
    again = [
        _solve(board, [points[i] for i in draws.integers(0, len(points), len(points))], best[2])[0]
        for _ in range(resamples)
    ]
    spread = {}
    if again:
        low, high = np.percentile(np.array(again), [5, 95], axis=0)
        spread = {n: (min(a, v), max(b, v)) for n, a, b, v in zip(LAW, low, high, best[2], strict=True)}
    parameters = {**dict(zip(LAW, map(float, best[2]), strict=True)), "tile": best[1]}
    return Fit(precision, parameters, spread, rows, fit_power(data, rows))


def fit_power(data: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return power while launching and while kernels run [W], from loops under the meter; empty without any.

    A loop's mean power is taken as shared by time between the two; the split is the law's. The worst relative error of
    that is returned too.
    """
    metered = [r for r in rows if (r.get("power") or {}).get("watt")]
    if len(metered) < 2:
        return {}
    watt = np.array([r["power"]["watt"] for r in metered])
    share = np.clip([r["busy"] / r["predicted"] for r in metered], 0, 1)
    limit = data["device"].get("power_limit") or float(np.max(watt))
    idle = (((data.get("idle") or {}).get("context")) or {}).get("watt") or float(np.min(watt))

    def mixed(p: Array) -> Array:
        return p[0] * (1 - share) + p[1] * share

    found = least_squares(
        lambda p: np.log(mixed(p) / watt), [max(np.min(watt), idle), np.max(watt)], loss="soft_l1", f_scale=0.05,
        bounds=([min(idle, np.min(watt)) * 0.5, 1.0], [limit * 1.1, limit * 1.1]),
    )  # fmt: skip
    launching, running = (float(v) for v in found.x)
    errors = np.abs(mixed(found.x) / watt - 1)
    return {
        "launch_power": min(launching, running), "busy": running, "idle_context": idle,
        "error": float(np.max(errors)), "median_error": float(np.median(errors)), "points": len(metered),
        "lowest": float(np.min(watt)), "highest": float(np.max(watt)),
    }  # fmt: skip


def table(found: Fit) -> str:
    """Return the law against each point, and against the targets."""
    lines = [f"{found.precision}: " + ", ".join(f"{k} {v:.4g}" for k, v in found.parameters.items())]
    for r, e in zip(found.rows, found.errors, strict=True):
        mark = (
            " <" if e > TARGETS["worst"] or (e > TARGETS["edge"] and (r["batch"] == 1 or r["batch"] >= 16384)) else ""
        )
        lines.append(f"  {r['mode']:6s} {r['net']:17s} {r['batch']:6d}  {r['host'] * 1e6:10.1f} us measured "
                     f"{r['predicted'] * 1e6:10.1f} us law  {(r['predicted'] / r['host'] - 1) * 100:+6.1f} %"
                     f"{mark}")  # fmt: skip
    for name, value in found.verdict().items():
        text = {"edge": "largest error at batch 1 and from 16,384 up", "median": "median error", "worst": "largest"}
        met = "met" if value <= TARGETS[name] else "MISSED"
        lines.append(f"  {text[name]}: {value * 100:.1f} % (target {TARGETS[name] * 100:.0f} %, {met})")
    if found.power:
        lines.append("  power: " + ", ".join(f"{k} {v:.4g}" for k, v in found.power.items()))
    return "\n".join(lines)
