"""A graphics board: launches, roofline kernels, board power, die area."""

from __future__ import annotations

import numpy as np

from imac_arch.architectures.base import Architecture
from imac_arch.bill import Bill, Line
from imac_arch.case import Case
from imac_arch.components.base import UnitCost
from imac_arch.data.errors import UsageError

__all__ = ["ARCHITECTURE"]


def bill(case: Case) -> Bill:
    """One pass serves the batch; idle power is counted as leakage, the rest by what the board does."""
    board = case.board
    if board is None:
        raise UsageError("architecture gpu needs a board; name one with --gpu")
    batch, one = case.batch, case.one
    launching, busy = board.times(case.fan_in, case.fan_out, batch)
    idle = board.idle_context.x
    die = UnitCost(board.die_area.x, leakage=idle, law="die area")
    extra = UnitCost(power=board.power_launching - idle, latency=board.per_kernel, law="launches")
    work = UnitCost(power=board.power_busy - idle, law="roofline")
    start = UnitCost(power=board.power_launching - idle, latency=board.start, law="launches")
    lines = (
        Line("board", "board", die, one, shared=True),
        Line(
            "host to first kernel",
            "board",
            start,
            one,
            delay=one * board.start,
            window=board.start / batch,
            shared=True,
        ),
        Line("kernel launches", "board", extra, np.ones_like(busy), delay=launching, window=launching / batch),
        Line("kernels", "board", work, np.ones_like(busy), delay=busy, window=busy / batch),
    )
    latency = np.sum(busy + launching, axis=0) + board.start
    return Bill(
        lines=lines,
        macs=one[0] * case.network.macs,
        batch=batch,
        batched=True,
        utilization=2 * case.network.macs * batch / (latency * board.peak.x),
        bits={"weight": board.bits.value, "input": board.bits.value, "activation": board.bits.value},
        facts={"memory_bound": board.memory_bound(case.fan_in, case.fan_out, batch)},
    )


ARCHITECTURE = Architecture(
    name="gpu",
    title="graphics board",
    summary="a real board at the given batch: launches, memory traffic, arithmetic and board power on its die area",
    roles=("board",),
    neglects=(
        "host processor and host-device copies",
        "area of memory stacks, board and cooling",
        "conversion losses of the power supply",
    ),
    bill=bill,
    order=99,
    colour="#a8518a",
    uses_technology=False,
)
