"""The base of all synapses: a differential pair of multi-level cells, and their programming."""

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from imac_arch.components.base import Component, Context, Section
from imac_arch.components.cost import Cells, Check, UnitCost
from imac_arch.components.pitch import PitchLaw
from imac_arch.data.arrays import ZERO, Array, single
from imac_arch.data.quantity import COUNT, SHARE, In, Quantity, about

if TYPE_CHECKING:
    from imac_arch.crossbar.cell import Cell

__all__ = ["Loading", "Programming", "Synapse"]

Pair = tuple[Array, Array]
ELECTRICS = (
    "area = cell_width cell_height cells; without wires: virtual ground P = sum G V^2, averaging P = sum G V^2 - "
    "(sum G V)^2/(sum G + G_load); with wires and drivers, and for the settling: separable modes of word and bit lines"
)


@dataclass(frozen=True)
class Loading:
    """Cost of programming a network once; not part of an inference.

    Attributes:
        energy: of all write pulses on all cells [J].
        time: with ``parallel`` cells written simultaneously [s].
        loads: number of loads within the endurance of a cell.
    """

    energy: Array
    time: Array
    loads: Array


class Programming(Section):
    """The write operation of a cell. ``attempts`` is the mean number of pulses until the level is reached."""

    energy: Annotated[Quantity, In("J", "energy of one write pulse", usual="0.1 aJ .. 10 nJ")]
    pulse: Annotated[Quantity, In("s", "duration of one write pulse", gt=0, usual="10 ps .. 10 ms")]
    attempts: Annotated[
        Quantity, In("", "mean number of pulses until the cell holds its level", ge=1, plain=True, usual="1 .. 1000")
    ]
    parallel: Annotated[Quantity, COUNT.said("cells written at once", "1 .. 65536")]
    endurance: Annotated[Quantity, In("", "write pulses that a cell endures", gt=0, plain=True, usual="100 .. 1e20")]

    def load(self, cells: Array) -> Loading:
        """Return what it takes to write ``cells`` cells once."""
        pulses = cells * self.attempts.x
        return Loading(
            pulses * self.energy.x,
            np.ceil(cells / self.parallel.x) * self.attempts.x * self.pulse.x,
            self.endurance.x / self.attempts.x,
        )


class Synapse(Component):
    """Base of the synapse kinds: a weight is a + and a - cell per bit slice.

    A kind defines the conductances of its levels; all else follows. The cells of a weight column lie side by side along
    the word line; unless a wire states its segments, their length follows, so that area and wires are of one cell.
    Without ``max_read_voltage`` read disturb by voltage is not checked. A ``gated`` cell takes its input at a gate: its
    current comes from the supply, not from the word line.
    """

    roles: ClassVar[tuple[str, ...]] = ("synapse",)
    formula: ClassVar[str] = ELECTRICS
    cell_width: Annotated[
        Quantity, In("m", "extent of one cell with its access device along the word line", gt=0, usual="10 nm .. 20 um")
    ]
    cell_height: Annotated[
        Quantity, In("m", "extent of one cell with its access device along the bit line", gt=0, usual="10 nm .. 20 um")
    ]
    cells_per_weight: Annotated[Quantity, COUNT.said("cells per weight column: the + and the - cell", "1 .. 8")]
    columns_per_weight: Annotated[Quantity, COUNT.said("weight columns (bit slices) per weight", "1 .. 32")]
    capacitance: Annotated[Quantity, In("F", "capacitance that one cell adds to its lines", usual="1 aF .. 50 fF")]
    read_capacitance: Annotated[
        Annotated[Quantity, In("F", gt=0, usual="0.01 fF .. 100 fF")] | None,
        about(
            "capacitance that one cell charges in a pass of mode 'charge'; that of law 'pitch' at the node where absent"
        ),
    ] = None
    leakage: Annotated[Quantity, In("W", "static power of one idle cell", usual="0.01 fW .. 100 nW")]
    variation: Annotated[
        Quantity,
        SHARE.said("relative standard deviation of a cell's conductance, which costs accuracy", "0.1 % .. 50 %"),
    ]
    max_read_voltage: Annotated[
        Annotated[Quantity, In("V", gt=0, usual="20 mV .. 5 V")] | None,
        about("voltage above which reading disturbs the cell"),
    ] = None
    gated: Annotated[
        bool, about("the input drives a gate: the cell's current comes from the supply, not the word line")
    ] = False
    programming: Annotated[Programming | None, about("write operation of one cell")] = None

    # the numbers of a kind that make every conductance of a cell larger or smaller alike: to the power of 1 or -1 of
    # its resistance; how the resistance of the most conductive state is called, and those of both ends
    resistance_fields: ClassVar[Mapping[str, int]] = {}
    resistance_name: ClassVar[str] = "cell resistance"
    resistance_names: ClassVar[tuple[str, str]] = ("least cell resistance", "largest cell resistance")

    @abstractmethod
    def states(self, voltage: Array) -> tuple[Pair, ...]:
        """Return the conductances of + and - cell [S] at a read voltage, from the lowest weight to the highest."""

    def junction_density(self, voltage: Array) -> Array:
        """Current density in the most conductive cell under the full voltage [A/m^2]; 0 where no junction limits it."""
        return ZERO * voltage

    @property
    def tunnels(self) -> bool:
        """Whether a cell is a tunnel junction, whose barrier limits the read voltage."""
        return False

    @property
    def pitches(self) -> Pair:
        """Length of one weight column along the word line, and of one cell along the bit line [m]."""
        return self.cell_width.x * self.cells_per_weight.x, self.cell_height.x

    @property
    def line_share(self) -> float:
        """Share of the cells' current that the word line carries: 1, or 0 where the cells are gated."""
        return 0.0 if self.gated else 1.0

    @property
    def levels(self) -> int:
        """How many weights one column can hold."""
        return len(self.states(np.ones(())))

    @property
    def weight_bits(self) -> Array:
        """Bits of a stored weight: those of one column, for each column that it takes."""
        return self.column_bits * self.columns_per_weight.x

    @property
    def largest(self) -> Array:
        """The largest weight of one column in steps of its levels; a binary weight is one step."""
        return np.asarray(max(1.0, (self.levels - 1) / 2))

    @property
    def column_bits(self) -> Array:
        """Bits of one column, ``log2 levels``."""
        return np.asarray(math.log2(self.levels))

    @property
    def bias(self) -> "Cell | None":
        """How a cell's conductance depends on the voltage across it, at the medians; None where ``states`` does not."""
        return None

    def cells(self, voltage: Array) -> Cells:
        """Return the statistics of cells that hold random weights."""
        plus, minus = zip(*self.states(voltage), strict=True)
        count = len(plus)
        total = sum(plus) + sum(minus)
        squares = sum(g**2 for g in (*plus, *minus))
        return Cells(total / (2 * count), squares / (2 * count), total / count, reduce(np.minimum, (*plus, *minus)))

    def conductances(self, weights: Array, voltage: Array) -> Pair:
        """Return + and - conductances [S] of weights between -1 and 1, of any shape; between levels linearly.

        The levels are taken at the medians of their quantities.
        """
        states = [[single(g) for g in pair] for pair in self.states(voltage)]
        plus, minus = np.asarray(states).T
        at = np.linspace(-1, 1, len(states))
        return np.interp(weights, at, plus), np.interp(weights, at, minus)

    def charged(self, context: Context) -> Array:
        """Return the capacitance that one cell charges in a pass of mode ``charge`` [F]."""
        if self.read_capacitance is not None:
            return self.read_capacitance.x
        return context.laws.get(PitchLaw, "pitch").cell(context)

    def cost(self, context: Context) -> UnitCost:
        """Return area and leakage of one weight column; its read power depends on the whole line and is computed
        there."""
        cells = self.cells_per_weight.x
        area = self.cell_width.x * self.cell_height.x * cells
        return UnitCost(area, leakage=self.leakage.x * cells, law="geometry", checks=self.rules)

    @property
    def rules(self) -> tuple[Check, ...]:
        """What its numbers must keep to one another: a file is refused for it, a design or a sample is not valid."""
        return ()
