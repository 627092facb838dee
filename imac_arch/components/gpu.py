"""A graphics board: launches, memory traffic, arithmetic, and the power in between."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import Component
from imac_arch.quantity import Array, Count, In, Quantity

__all__ = ["GpuBoard", "kernel_time"]

Time = Annotated[Quantity, In("s")]
Power = Annotated[Quantity, In("W")]


def kernel_time(work_bytes: Array, bandwidth: Array, flops: Array, peak: Array, efficiency: Array) -> Array:
    """Time of a kernel body, the roofline ``max(bytes/bandwidth, flops/(peak efficiency))``, in seconds."""
    return np.maximum(work_bytes / bandwidth, flops / (peak * efficiency))


class GpuBoard(Component):
    """A real board. Weights are re-read from memory only where they exceed the second-level cache."""

    roles: ClassVar[tuple[str, ...]] = ("board",)
    kind: Literal["gpu_board"] = "gpu_board"
    die_area: Annotated[Quantity, In("m^2", gt=0)]
    peak: Annotated[Quantity, In("op/s", gt=0)]
    precision: Literal["fp32", "fp16", "int8"]
    bits: Count
    bandwidth: Annotated[Quantity, In("bit/s", gt=0)]
    l2: Annotated[Quantity, In("bit", gt=0)]
    tdp: Power
    idle_context: Power
    launch_power: Power
    busy_share: Annotated[Quantity, In("", gt=0, le=1, plain=True)]
    launch: Literal["stream", "graph"] = "stream"
    stream_start: Time
    stream_launch: Time
    graph_start: Time
    graph_launch: Time
    kernels_per_layer: Count
    efficiency: Annotated[Quantity, In("", gt=0, le=1, plain=True)]

    @property
    def start(self) -> Array:
        """Time before the first kernel [s]."""
        return self.graph_start.x if self.launch == "graph" else self.stream_start.x

    @property
    def per_kernel(self) -> Array:
        """Time that each kernel adds by being launched [s]."""
        return self.graph_launch.x if self.launch == "graph" else self.stream_launch.x

    @property
    def power_launching(self) -> Array:
        """Power while launches dominate [W]; never below idle with a context."""
        return np.maximum(self.launch_power.x, self.idle_context.x)

    @property
    def power_busy(self) -> Array:
        """Power while the kernels run [W]; never below the power of launching."""
        return np.maximum(self.busy_share.x * self.tdp.x, self.power_launching)
