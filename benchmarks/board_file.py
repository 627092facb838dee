"""Write the file of a measured board: what was measured, what was fitted, and how far the law is off."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from board_fit import BITS, Fit, Unfit, fit, points_of, skeleton, table

from imac_arch.components.base import Source
from imac_arch.data.quantity import Quantity
from imac_arch.technology import Board
from imac_arch.technology_files import load_board

LIKE = {"H200": "h200", "H100": "h100", "A100": "a100", "V100": "v100", "4090": "rtx_4090", "1080 Ti": "gtx_1080_ti",
        "Orin": "jetson_orin"}  # fmt: skip
UNITS = {
    "efficiency": ("", 1.0), "bandwidth": ("GB/s", 8e9), "l2_bandwidth": ("GB/s", 8e9), "step": ("ns", 1e-9),
    "graph_start": ("us", 1e-6), "graph_launch": ("us", 1e-6), "stream_start": ("us", 1e-6),
    "stream_launch": ("us", 1e-6),
}  # fmt: skip
NOTES = {
    "efficiency": "share of the measured square product that these products reach",
    "bandwidth": "to and from memory",
    "l2_bandwidth": "to and from the second-level cache",
    "step": "per input of the inner dimension, however small the batch",
    "graph_start": "replay of a captured graph to its end, without its kernels",
    "graph_launch": "a kernel on the board beside its body, streamed or in a graph",
    "stream_start": "eager PyTorch, host to first kernel and back",
    "stream_launch": "eager PyTorch, time of the host per kernel",
}


def _quantity(value: str, **rest: str | None) -> str:
    return "{" + ", ".join([f"value: {value}", *(f"{k}: {v}" for k, v in rest.items() if v)]) + "}"


def _number(value: float, unit: str) -> str:
    return f"{value:.4g} {unit}".strip()


def _fitted(found: Fit, name: str) -> str:
    """Return a fitted quantity. Its range is the wider of the spread under resampling and the law's median error."""
    unit, scale = UNITS[name]
    value, margin = found.parameters[name], 1 + found.verdict()["median"]
    low, high = found.spread.get(name, (value, value))
    low, high = min(low, value / margin), max(high, value * margin)
    if name == "efficiency":
        high = min(high, 1.0)
    ends = f"[{_number(low / scale, unit)}, {_number(high / scale, unit)}]"
    return _quantity(_number(value / scale, unit), range=ends, source="run", status="fitted", note=_quoted(NOTES[name]))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'").replace("\n", " ") + '"'


def _source(source: Source) -> str:
    where = f"doi: {source.doi}" if source.doi else f"url: {_quoted(str(source.url))}"
    return f"{{title: {_quoted(source.title)}, {where}}}"


def _taken(quantity: Quantity, name: str) -> str:
    """Return a quantity of the shipped board with the same chip, its sources renamed."""
    ends = f"[{', '.join(_written(v, name) for v in quantity.range)}]" if quantity.range else None
    source = f"[{', '.join(f'like_{s}' for s in quantity.source)}]" if quantity.source else None
    note = _quoted(quantity.note) if quantity.note else None
    return _quantity(quantity.written, range=ends, source=source, status=quantity.status, note=note)


def _written(value: float, name: str) -> str:
    return f"{value * 1e6:g} mm^2" if name == "die_area" else f"{value * 1e9:g} nm"


def board_text(data: Mapping[str, Any], found: Fit, name: str) -> str:
    """Return the text of the board's file.

    Raises:
        Unfit: power was not measured, or no shipped board has this chip.
    """
    device = data["device"]
    if not found.power or not device.get("power_limit"):
        raise Unfit(f"{found.precision}: power was not measured; install nvidia-ml-py or nvidia-smi and measure again")
    model = like(device["name"])
    board, power, verdict = skeleton(data, found.precision, int(found.parameters["tile"])), found.power, found.verdict()
    measured = {"source": "run", "status": "measured"}
    limit = device["power_limit"]
    busy = min(1.0, power["busy"] / limit)
    spread = 1 + power["median_error"] + 1e-3
    idle = power["idle_context"]
    errors = (f"largest error at batch 1 and from 16384 up {verdict['edge'] * 100:.0f} %, median "
              f"{verdict['median'] * 100:.0f} %, largest {verdict['worst'] * 100:.0f} %")  # fmt: skip
    title = (
        f"{device['name']}, driver {device.get('driver')}, CUDA {device.get('cuda')}, PyTorch "
        f"{device.get('torch')}, {data['date']}, by benchmarks/board.py; {len(found.rows)} points, law: {errors}"
    )
    used = {s for q in (board.die_area, model.node, model.board.die_area) for s in q.source}
    lines = {
        "die_area": _taken(model.board.die_area, "die_area"),
        "peak": _quantity(_number(board.peak.value / 1e12, "TFLOPS"), **measured,
                          note=_quoted(f"{found.precision} product of square matrices of side 8192")),
        "precision": found.precision,
        "bits": _quantity(f"{board.bits.value:g}", **measured),
        "bandwidth": _fitted(found, "bandwidth"),
        "l2": _quantity(f"{board.l2.value / 8:.0f} B", **measured, note=_quoted("as the driver reports it")),
        "tdp": _quantity(_number(limit, "W"), **measured, note=_quoted("enforced power limit")),
        "idle_context": _quantity(_number(idle, "W"), **measured, note=_quoted("a context and nothing to do")),
        "launch_power": _quantity(
            _number(power["launch_power"], "W"), source="run", status="fitted",
            range=f"[{_number(power['launch_power'] / spread, 'W')}, {_number(power['launch_power'] * spread, 'W')}]",
            note=_quoted(f"{power['points']:.0f} loops, split by the law; largest error {power['error'] * 100:.0f} %")),
        "busy_share": _quantity(
            f"{busy:.4g}", source="run", status="fitted",
            range=f"[{busy / spread:.4g}, {min(1.0, busy * spread):.4g}]",
            note=_quoted(f"share of the power limit; loops drew {power['lowest']:.0f} to {power['highest']:.0f} W")),
        "stream_start": _fitted(found, "stream_start"),
        "stream_launch": _fitted(found, "stream_launch"),
        "graph_start": _fitted(found, "graph_start"),
        "graph_launch": _fitted(found, "graph_launch"),
        "kernels_per_layer": _quantity(f"{board.kernels_per_layer.value:g}", **measured,
                                       note=_quoted("counted by the profiler, or a product and an activation")),
        "efficiency": _fitted(found, "efficiency"),
        "timing": "overlapped",
        "l2_bandwidth": _fitted(found, "l2_bandwidth"),
        "tile": _quantity(f"{board.tile.value:g}" if board.tile else "1", source="run", status="fitted",
                          note=_quoted("outputs computed together; the best of a few powers of two")),
        "step": _fitted(found, "step"),
    }  # fmt: skip
    head = [
        f"# A graphics board, measured: {errors}.",
        "kind: board", f"name: {name}", f"title: {_quoted(device['name'] + ', ' + found.precision + ', measured')}",
        "status: measured", f"node: {_taken(model.node, 'node')}", "sources:",
        f"  run: {{title: {_quoted(title)}, url: \"benchmarks/board.py\"}}",
        *(f"  like_{key}: {_source(model.sources[key])}" for key in sorted(used)), "board:",
    ]  # fmt: skip
    return "\n".join([*head, *(f"  {key}: {value}" for key, value in lines.items())]) + "\n"


def like(name: str) -> Board:
    """Return the shipped board with the same chip, for die area and node.

    Raises:
        Unfit: no shipped board has this chip.
    """
    for part, board in LIKE.items():
        if part.lower() in name.lower():
            return load_board(board).model  # type: ignore[no-any-return]
    raise Unfit(f"no shipped board is a {name!r}, so die area and node are unknown; add its file to tech/boards and "
                f"its name to LIKE in {Path(__file__).name}")  # fmt: skip


def slug(text: str) -> str:
    """Return a text as part of a file name."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower().replace("nvidia", "")).strip("_")


def report(data: Mapping[str, Any], out: Path) -> str:
    """Fit every precision, write board files, and return what to print."""
    parts = []
    summary = {}
    for precision in BITS:
        if not points_of(data, precision):
            continue
        try:
            found = fit(data, precision)
            parts.append(table(found))
            summary[precision] = {"parameters": dict(found.parameters), "errors": found.verdict(), "power": found.power}
            name = f"{slug(data['device']['name'])}_{precision}"
            path = out / f"{name}.yaml"
            path.write_text(board_text(data, found, name))
            parts.append(f"  wrote {path}; imac-arch tech check {path}")
        except Unfit as reason:
            parts.append(f"no board file: {reason}")
    (out / "fit.json").write_text(json.dumps(summary, indent=1) + "\n")
    return "\n".join(parts) if parts else "nothing was measured that the law speaks of"
