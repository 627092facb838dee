"""A GPU board: kernel launches, memory traffic, arithmetic and board power.

Two timing laws, selected by the board's ``timing``. Each layer launches a matrix product and ``kernels_per_layer`` - 1
kernels for its activation.

``added``: launch times add to the kernel times, and weights that fit the second-level cache are read at no cost,
``t = start + sum over layers of (kernels_per_layer launch + max(bytes/bandwidth, flops/(peak efficiency)))``.

``overlapped``: the host launches kernels ahead of the board. Kernel k starts after the host has launched it, at
``k stream_launch``, and after kernel k-1 has ended; it takes the node time ``graph_launch`` and its body. A captured
graph has no host in the loop. The body of a product is
``max(moved bytes, 2 batch fan_in ceil(fan_out/tile) tile / (peak efficiency), fan_in step)``: a product computes
whole tiles of outputs, and its inner dimension sequentially for any batch. Traffic up to the cache capacity has cache
bandwidth, the rest memory bandwidth; weights have cache bandwidth only if those of all layers fit.
"""

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from imac_arch.components.base import COMPONENT_KIND, Component
from imac_arch.components.cost import Check, UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import COUNT, In, Quantity, about

__all__ = ["GpuBoard", "finish_times", "kernel_time", "moving_time", "product_time"]

TIME = In("s")
POWER = In("W")


def kernel_time(work_bytes: Array, bandwidth: Array, flops: Array, peak: Array, efficiency: Array) -> Array:
    """Time of a kernel body, the roofline ``max(bytes/bandwidth, flops/(peak efficiency))``, in seconds."""
    return np.maximum(work_bytes / bandwidth, flops / (peak * efficiency))


def moving_time(moved: Array, l2: Array, l2_bandwidth: Array, bandwidth: Array) -> Array:
    """Time to move bits that were just used or will be, through the cache up to its size and memory beyond [s]."""
    return np.minimum(moved, l2) / l2_bandwidth + np.maximum(moved - l2, 0) / bandwidth


def product_time(
    moving: Array, fan_in: Array, fan_out: Array, batch: Array, tile: Array, rate: Array, step: Array
) -> Array:
    """Time of a product's body: moving, arithmetic on whole tiles of outputs, or the inner dimension in sequence [s].

    Args:
        moving: time to move operands and result [s].
        fan_in: inner dimension.
        fan_out: outputs.
        batch: rows.
        tile: outputs that are computed together.
        rate: attainable arithmetic [op/s].
        step: time per input of the inner dimension [s].
    """
    flops = 2 * batch * fan_in * np.ceil(fan_out / tile) * tile
    return np.maximum(np.maximum(moving, flops / rate), fan_in * step)


def finish_times(products: Array, activations: Array, kernels: Array, host: Array, node: Array) -> Array:
    """When each layer has ended, layers along the first axis, from the first launch on [s].

    Args:
        products: bodies of the products [s].
        activations: bodies of the activations, all of a layer together [s].
        kernels: kernels per layer; the activation's wait for the last of them to be launched.
        host: time that the host needs per launch; 0 for a captured graph [s].
        node: time of a kernel on the board beside its body [s].
    """
    layers = products.shape[0]
    now: Array = np.zeros(())
    ends = []
    for layer in range(layers):
        product, activation = products[layer], activations[layer if activations.shape[0] > 1 else 0]
        now = np.maximum(now, (layer * kernels + 1) * host) + node + product
        rest = kernels - 1
        now = np.maximum(now, (layer + 1) * kernels * host) + rest * node + activation
        ends.append(now)
    return np.stack(np.broadcast_arrays(*ends))


class GpuBoard(Component):
    """A GPU board. Weights are re-read from memory only if they exceed the second-level cache.

    ``l2_bandwidth``, ``tile`` and ``step`` are parameters of ``timing: overlapped``, which requires all three.
    """

    roles: ClassVar[tuple[str, ...]] = ("board",)
    kind: Annotated[Literal["gpu_board"], COMPONENT_KIND] = "gpu_board"
    die_area: Annotated[Quantity, In("m^2", "area of the processor die", gt=0, usual="1 mm^2 .. 2000 mm^2")]
    peak: Annotated[
        Quantity, In("op/s", "peak arithmetic rate in the given precision", gt=0, usual="1 GFLOPS .. 100 PFLOPS")
    ]
    precision: Annotated[Literal["fp32", "fp16", "int8"], about("number format of weights and activations")]
    bits: Annotated[Quantity, COUNT.said("word length of weights and activations", "4 .. 64")]
    bandwidth: Annotated[Quantity, In("bit/s", "bandwidth of the off-chip memory", gt=0, usual="1 GB/s .. 100 TB/s")]
    l2: Annotated[Quantity, In("bit", "capacity of the second-level cache", gt=0, usual="1 kB .. 10 GB")]
    tdp: Annotated[Quantity, POWER.said("thermal design power or enforced power limit of the board", "1 W .. 5000 W")]
    idle_context: Annotated[Quantity, POWER.said("power with a context and no kernel running", "0.1 W .. 2000 W")]
    launch_power: Annotated[Quantity, POWER.said("power while launches dominate", "0.1 W .. 5000 W")]
    busy_share: Annotated[
        Quantity, In("", "power while kernels run, as a share of the TDP", gt=0, le=1, plain=True, usual="0.05 .. 1")
    ]
    launch: Annotated[
        Literal["stream", "graph"], about("kernels launched one by one in a stream, or as a captured graph")
    ] = "stream"
    stream_start: Annotated[
        Quantity, TIME.said("time from the host to the first kernel and back, in a stream", "100 ns .. 10 ms")
    ]
    stream_launch: Annotated[Quantity, TIME.said("host time per kernel launch in a stream", "10 ns .. 1 ms")]
    graph_start: Annotated[
        Quantity, TIME.said("time to start and end a captured graph without its kernels", "100 ns .. 10 ms")
    ]
    graph_launch: Annotated[Quantity, TIME.said("time per kernel beside its body in a captured graph", "10 ns .. 1 ms")]
    kernels_per_layer: Annotated[Quantity, COUNT.said("kernels launched per layer", "1 .. 100")]
    efficiency: Annotated[
        Quantity,
        In(
            "",
            "share of the peak arithmetic rate that matrix products reach",
            gt=0,
            le=1,
            plain=True,
            usual="0.01 .. 1",
        ),
    ]
    timing: Annotated[Literal["added", "overlapped"], about("launches add to the kernels, or overlap with them")] = (
        "added"
    )
    l2_bandwidth: Annotated[
        Annotated[Quantity, In("bit/s", gt=0, usual="1 GB/s .. 1000 TB/s")] | None,
        about("bandwidth of the second-level cache; only for timing: overlapped"),
    ] = None
    tile: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 65536")] | None,
        about("outputs computed together by one thread block; only for timing: overlapped"),
    ] = None
    step: Annotated[
        Annotated[Quantity, TIME.said(usual="1 ns .. 1 ms")] | None,
        about("time per element of the inner dimension; only for timing: overlapped"),
    ] = None

    @model_validator(mode="after")
    def _complete(self) -> "GpuBoard":
        own = {"l2_bandwidth": self.l2_bandwidth, "tile": self.tile, "step": self.step}
        missing = [name for name, given in own.items() if given is None]
        if self.timing == "overlapped" and missing:
            raise ValueError(f"timing: overlapped needs {', '.join(missing)}")
        if self.timing == "added" and len(missing) < len(own):
            unused = [name for name in own if name not in missing]
            raise ValueError(f"{', '.join(unused)}: only timing: overlapped asks for this")
        return self

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

    def die_cost(self) -> UnitCost:
        """Return the cost of the board as it stands; idle power counts as leakage."""
        return UnitCost(self.die_area.x, leakage=self.idle_context.x, law="die area")

    def start_cost(self) -> UnitCost:
        """Return the cost of the time before the first kernel."""
        return UnitCost(power=self._extra("launching"), latency=self.start, law="launches", checks=self._checks())

    def launch_cost(self) -> UnitCost:
        """Return the cost of launching one kernel."""
        return UnitCost(power=self._extra("launching"), latency=self.per_kernel, law="launches", checks=self._checks())

    def busy_cost(self) -> UnitCost:
        """Return the cost of the bodies of kernels."""
        return UnitCost(power=self._extra("busy"), law="roofline", checks=self._checks())

    def _extra(self, state: str) -> Array:
        """Return the power above idle [W]."""
        return (self.power_busy if state == "busy" else self.power_launching) - self.idle_context.x

    def _checks(self) -> tuple[Check, ...]:
        """Return the order of powers that the board is priced by, where the lower one is raised to the other."""
        idle, launching, busy = self.idle_context.x, self.launch_power.x, self.busy_share.x * self.tdp.x
        return (
            Check("launch power against idle power", launching, idle, np.inf, "W", source="board"),
            Check("busy power against launch power", busy, launching, np.inf, "W", source="board"),
        )

    def times(self, fan_in: Array, fan_out: Array, batch: Array) -> tuple[Array, Array]:
        """Time by layer that passes in launching and in bodies of kernels [s], after ``start``; they add up."""
        bits, macs = self.bits.x, fan_in * fan_out
        weights = macs * bits
        resident = np.sum(weights, axis=0, keepdims=True) <= self.l2.x
        moved = batch * (fan_in + fan_out) * bits
        rate = self.peak.x * self.efficiency.x
        if self.timing == "added" or self.l2_bandwidth is None or self.tile is None or self.step is None:
            traffic = moved + np.where(resident, 0.0, weights)
            busy = kernel_time(traffic, self.bandwidth.x, 2 * macs * batch, self.peak.x, self.efficiency.x)
            return self.kernels_per_layer.x * self.per_kernel, busy
        cache = self.l2.x, self.l2_bandwidth.x, self.bandwidth.x
        reading = weights / np.where(resident, self.l2_bandwidth.x, self.bandwidth.x)
        moving = moving_time(moved, *cache) + reading
        product = product_time(moving, fan_in, fan_out, batch, self.tile.x, rate, self.step.x)
        activation = moving_time(2 * batch * fan_out * bits, *cache)
        host = np.zeros(()) if self.launch == "graph" else self.stream_launch.x
        ends = finish_times(product, activation, self.kernels_per_layer.x, host, self.graph_launch.x)
        busy = product + activation
        return np.concatenate([ends[:1], ends[1:] - ends[:-1]]) - busy, busy

    def memory_bound(self, fan_in: Array, fan_out: Array, batch: Array) -> Array:
        """Return 1 by layer where moving the operands would take longer than their arithmetic, else 0."""
        weights = fan_in * fan_out * self.bits.x
        resident = np.sum(weights, axis=0, keepdims=True) <= self.l2.x
        traffic = batch * (fan_in + fan_out) * self.bits.x + np.where(resident, 0.0, weights)
        flops = 2 * fan_in * fan_out * batch
        longer = traffic / self.bandwidth.x > flops / (self.peak.x * self.efficiency.x)
        return np.where(longer, 1.0, 0.0)
