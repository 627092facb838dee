"""What an architecture is given: network, technology and board as arrays, and the knobs of the design."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from imac_arch.components.base import Component, Laws, Setting
from imac_arch.components.gpu import GpuBoard
from imac_arch.components.laws import ActivityLaw
from imac_arch.components.synapse import Synapse
from imac_arch.data.errors import UsageError
from imac_arch.data.quantity import Array
from imac_arch.mapping import Mapping, tile
from imac_arch.network import Network
from imac_arch.technology import C, Technology

__all__ = ["Case", "Lines"]


@dataclass(frozen=True)
class Lines:
    """Mean and mean square of the normalised voltage on the word lines of each layer; arrays (layers, ...)."""

    mean: Array
    mean_square: Array

    def encoded(self, encoding: str) -> Lines:
        """Return the statistics after encoding: ``-V/+V`` maps a value x to 2x - 1."""
        if encoding == "0/V":
            return self
        return Lines(2 * self.mean - 1, 4 * self.mean_square - 4 * self.mean + 1)


@dataclass(frozen=True)
class Case:
    """One network on one technology, for one design or an array of designs.

    Attributes:
        network: the workload.
        technology: its quantities hold arrays over (designs..., samples).
        laws: component laws, likewise.
        board: the graphics board, likewise; None where none is asked for.
        batch: inferences at once.
        pipelined: whether layers overlap.
        axes: how many design axes the arrays have.
    """

    network: Network
    technology: Technology
    laws: Laws
    board: GpuBoard | None
    batch: Array
    pipelined: bool = False
    axes: int = 0

    def layer_axis(self, values: object) -> Array:
        """Return values of shape (layers,) as (layers, 1, ..., 1), ready to broadcast over designs and samples."""
        array = np.asarray(values, dtype=float)
        return array.reshape(array.shape[0], *(1,) * (self.axes + 1))

    @cached_property
    def fan_in(self) -> Array:
        """Inputs of each layer."""
        return self.layer_axis(self.network.fan_in)

    @cached_property
    def fan_out(self) -> Array:
        """Outputs of each layer."""
        return self.layer_axis(self.network.fan_out)

    @cached_property
    def first(self) -> Array:
        """1 for the first layer, else 0."""
        return self.layer_axis(np.eye(1, len(self.network.layers))[0])

    @cached_property
    def last(self) -> Array:
        """1 for the last layer, else 0."""
        return self.layer_axis(np.eye(1, len(self.network.layers))[0][::-1])

    @cached_property
    def one(self) -> Array:
        """A single instance that belongs to no layer."""
        return self.layer_axis([1])

    @cached_property
    def setting(self) -> Setting:
        """What surrounds the components."""
        return self.technology.setting(self.laws)

    def role(self, name: str, kind: type[C]) -> C | None:
        """Return what fills a role; None where it is neglected."""
        return self.technology.role(name, kind)

    def required(self, name: str, kind: type[C], architecture: str) -> C:
        """Return what fills a role that the architecture cannot do without."""
        found = self.technology.role(name, kind)
        if found is None:
            why = "is neglected" if isinstance(self.technology.components[name], Component) else "is missing"
            raise UsageError(
                f"{architecture} cannot do without the role {name!r}, which {why} in {self.technology.name!r}"
            )
        return found

    @property
    def weight_bits(self) -> float:
        """Bits of a stored weight."""
        return self.required("synapse", Synapse, "a crossbar").weight_bits

    @cached_property
    def mapping(self) -> Mapping:
        """The network on the technology's subarrays."""
        subarray = self.technology.subarray
        synapse = self.required("synapse", Synapse, "a crossbar")
        return tile(
            self.fan_in,
            self.fan_out,
            subarray.rows.x,
            subarray.cols.x,
            columns_per_weight=synapse.columns_per_weight.x,
            bias_rows=self.network.bias_rows,
            row_tiles=self.layer_axis([np.nan if n is None else n for n, _ in self.network.tiles]),
            col_tiles=self.layer_axis([np.nan if n is None else n for _, n in self.network.tiles]),
        )

    @cached_property
    def lines(self) -> Lines:
        """Statistics of analog values on the word lines, before encoding."""
        law = self.laws.get(ActivityLaw, "inputs")
        binary, given, hidden = (
            self.technology.read.input_bits.x == 1,
            self.network.input,
            self.network.hidden or law.hidden,
        )

        def mixed(name: str) -> Array:
            own = (
                getattr(given, name).x
                if given
                else np.where(binary, getattr(law.binary, name).x, getattr(law.grey, name).x)
            )
            return np.asarray(self.first * own + (1 - self.first) * getattr(hidden, name).x)

        return Lines(mixed("mean"), mixed("mean_square"))
