"""GPU board: kernel launches, roofline kernels, board power, die area."""

from __future__ import annotations

import numpy as np

from imac_arch.architectures.base import Architecture, names
from imac_arch.bill import Bill, line
from imac_arch.case import Case
from imac_arch.components.roles import BOARD
from imac_arch.data.arrays import ONE
from imac_arch.data.errors import UsageError

__all__ = ["ARCHITECTURE"]


def bill(case: Case) -> Bill:
    """One pass serves the batch; idle power is counted as leakage, the rest by what the board does."""
    board = case.board
    if board is None:
        raise UsageError("architecture gpu requires a board; name one with --gpu")
    batch, once, first, rows = case.batch, case.once, case.first, case.batch * case.uses
    launching, busy = board.times(case.fan_in, case.fan_out, rows)
    start = first * board.start
    lines = (
        line("board", "board", board.die_cost(), once, shared=True),
        line("host to first kernel", "board", board.start_cost(), once, delay=start, window=start / batch, shared=True),
        line("kernel launches", "board", board.launch_cost(), case.each, delay=launching, window=launching / batch),
        line("kernels", "board", board.busy_cost(), case.each, delay=busy, window=busy / batch),
    )
    latency = np.sum(case.each * (busy + launching), axis=0) + board.start
    return Bill(
        lines=lines,
        macs=once[0] * case.network.macs,
        batch=batch,
        uses=case.uses,
        passes=ONE,  # one kernel serves all uses of a batch
        after=case.network.after,
        batched=True,
        utilization=2 * case.network.macs * batch / (latency * board.peak.x),
        bits={"weight": board.bits.x, "input": board.bits.x, "activation": board.bits.x},
        facts={"memory_bound": board.memory_bound(case.fan_in, case.fan_out, rows)},
    )


ARCHITECTURE = Architecture(
    name="gpu",
    title="graphics board",
    summary="a real board at the given batch: launches, memory traffic, arithmetic and board power on its die area",
    roles=names(BOARD),
    neglects=(
        "host processor and host-device copies",
        "area of memory stacks, board and cooling",
        "conversion losses of the power supply",
    ),
    bill=bill,
    order=99,
    colour="#a8518a",
    uses_technology=False,
    inference="half",
)
