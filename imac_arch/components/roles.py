"""Roles: what an architecture asks for. Each is a protocol; a kind that says it fills a role is held to it.

The contract is checked when a kind becomes known, see :mod:`imac_arch.components.contract`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from imac_arch.components.base import Context
    from imac_arch.components.cost import Cells, Check, UnitCost
    from imac_arch.components.synapse import Programming
    from imac_arch.crossbar.cell import Cell
    from imac_arch.data.arrays import Array
    from imac_arch.data.quantity import Quantity

__all__ = [
    "ADC", "ADDER_TREE", "AMPLIFIER", "BOARD", "BUS", "DAC", "DIGITAL_NEURON", "FRONT_END", "LINE_SWITCH", "LOGIC",
    "MAC", "NEURON", "READOUT", "ROLES", "ROW_DRIVER", "SAMPLE_HOLD", "SRAM", "SYNAPSE", "WIRE", "AdderTree",
    "Amplifier", "Role",
]  # fmt: skip

P = TypeVar("P")
ROLES: dict[str, Role[Any]] = {}


@dataclass(frozen=True)
class Role(Generic[P]):
    """A role by name, with the protocol that fills it and what it is."""

    name: str
    protocol: type[P]
    about: str

    def __post_init__(self) -> None:
        ROLES[self.name] = self


class Synapse(Protocol):
    """Weights as conductances of cells. Conductances in S, densities in A/m^2."""

    columns_per_weight: Quantity
    cells_per_weight: Quantity
    capacitance: Quantity
    read_capacitance: Quantity | None
    variation: Quantity
    max_read_voltage: Quantity | None
    gated: bool
    programming: Programming | None

    def states(self, voltage: Array) -> tuple[tuple[Array, Array], ...]:
        """Return the conductances of + and - cell at a read voltage, from the lowest weight to the highest."""

    def cells(self, voltage: Array) -> Cells:
        """Return the statistics of cells that hold random weights."""

    @property
    def bias(self) -> Cell | None:
        """How a cell's conductance depends on the voltage across it; None where it does not."""

    def conductances(self, weights: Array, voltage: Array) -> tuple[Array, Array]:
        """Return + and - conductances of weights between -1 and 1."""

    def junction_density(self, voltage: Array) -> Array:
        """Return the current density in the most conductive cell; 0 where no junction limits it."""

    @property
    def tunnels(self) -> bool:
        """Whether a cell is a tunnel junction, whose barrier limits the read voltage."""

    def charged(self, context: Context) -> Array:
        """Return the capacitance that one cell charges where a read charges cells [F]."""

    def cost(self, context: Context) -> UnitCost:
        """Return area and leakage of one weight column of one row."""

    @property
    def pitches(self) -> tuple[Array, Array]:
        """Length of one weight column along the word line, and of one cell along the bit line [m]."""

    @property
    def line_share(self) -> float:
        """Share of the cells' current that the word line carries, 1 or 0."""

    @property
    def levels(self) -> int:
        """Number of weights that one column can hold."""

    @property
    def weight_bits(self) -> Array:
        """Bits of a stored weight."""

    @property
    def column_bits(self) -> Array:
        """Bits of one column."""

    @property
    def largest(self) -> Array:
        """Largest weight of one column in steps of its levels."""


class Wire(Protocol):
    """Word and bit lines of a crossbar."""

    def segments(self, context: Context) -> tuple[Array, Array, Array, Array]:
        """Return resistance [ohm] of a word and of a bit segment, capacitance [F] of a word and of a bit segment."""

    def section(self, context: Context) -> Array:
        """Return the cross-section [m^2]."""

    def checks(self, context: Context) -> tuple[Check, ...]:
        """Return the ranges that the law of the wire depends on."""


class RowDriver(Protocol):
    """The driver of a word line; ``loss`` is its resistance as a share of the line's input resistance."""

    loss: Quantity

    def cost(self, context: Context, load: Array, lost: Array, current: Array, analog: Array) -> UnitCost:
        """Return the cost of one driver."""

    def delay(self, context: Context) -> Array:
        """Return the time until the line is driven [s]."""


class UnitPriced(Protocol):
    """Whatever is priced by what surrounds it alone."""

    def cost(self, context: Context, what: str = "") -> UnitCost:
        """Return the cost of one unit, with energy and latency of one action."""


class Amplifier(Protocol):
    """The differential amplifier behind a pair of bit lines."""

    def cost(self, context: Context, last: Array, bits: Array) -> UnitCost:
        """Return the cost of one amplifier that settles to ``bits`` bits; ``last`` is 1 in the output layer, else 0."""

    def ground(self, context: Context, last: Array, bits: Array, line: Array, current: Array) -> UnitCost:
        """Return the cost of one amplifier that holds its bit lines at virtual ground.

        ``line`` is the time constant of a line [s], ``current`` the mean current of one line [A]. ``latency`` is that
        of amplifier and line in one loop.
        """

    def gain_at(self, last: Array) -> Array:
        """Return the closed-loop gain."""


class Neuron(Protocol):
    """An analog neuron. ``computes`` names the activations, ``cells`` are written with the weights."""

    computes: tuple[str, ...]
    cells: Quantity | None

    def cost(self, context: Context, what: str = "") -> UnitCost:
        """Return the cost of one neuron."""

    def drive(self, context: Context) -> Array:
        """Return the current that the output delivers [A]."""

    def slope(self, context: Context) -> Array | None:
        """Return the slope [1/V] of the logistic that is as steep in the middle; None where no devices are given."""


class DigitalNeuron(Protocol):
    """A digital activation unit. ``shared`` outputs are served by one unit in turn; None is one."""

    computes: tuple[str, ...]
    shared: Quantity | None

    def cost(self, context: Context, what: str = "", bits: Array | None = None) -> UnitCost:
        """Return the cost of one unit of ``bits`` bits, those of its own where None are given, with energy and latency
        of one activation."""


class Logic(Protocol):
    """Digital functions by their bits."""

    def function(self, name: str, size: Array, context: Context) -> UnitCost:
        """Return the cost of an ``adder``, ``flip_flop``, ``comparator``, ``shifter`` or ``multiplier``."""

    def shift_add(self, size: Array, context: Context) -> UnitCost:
        """Return the cost of a shifter and an adder, one after the other."""


class Adc(Protocol):
    """The converter of a group of weight columns."""

    def cost(self, context: Context, rows: Array, largest: Array) -> UnitCost:
        """Return the cost of one converter on subarrays of ``rows`` rows."""

    def waiting(self, converting: UnitCost) -> UnitCost:
        """Return what one converter of this cost draws while it waits, as static power."""

    def required_bits(self, rows: Array, largest: Array) -> Array:
        """Return the bits of a lossless partial sum over ``rows`` rows."""

    def used_bits(self, rows: Array, context: Context, largest: Array) -> Array:
        """Return the bits of the converter."""

    def shared_columns(self, cols: Array, context: Context) -> Array:
        """Return how many of ``cols`` columns one converter serves in turn."""


class Dac(Protocol):
    """The converter in front of a word line."""

    def cost(self, context: Context, bits: Array) -> UnitCost:
        """Return the cost of one converter of ``bits`` bits."""


class Sram(Protocol):
    """On-chip memory."""

    def cost(self, context: Context, bits: Array) -> UnitCost:
        """Return the cost of a memory of ``bits`` bits, ``energy`` being of one bit read."""


class Bus(Protocol):
    """Wires that carry bits between layers."""

    def cost(self, context: Context) -> UnitCost:
        """Return the cost of one bit lane, ``energy`` being of one bit moved."""


class Mac(Protocol):
    """An array of multiply-accumulate units."""

    rows: Quantity
    cols: Quantity
    weight_bits: Quantity
    activation_bits: Quantity

    def cost(self, context: Context, logic: Logic, weight: Array, activation: Array, fan_in: Array) -> UnitCost:
        """Return the cost of one unit, made of the technology's logic: of weights of ``weight`` bits, activations of
        ``activation`` bits by layer, and sums over ``fan_in`` products by layer."""

    def cycles(self, fan_in: Array, fan_out: Array, batch: Array, weight: Array) -> Array:
        """Return clock cycles of one layer and batch, for weights of ``weight`` bits."""


class AdderTree(Protocol):
    """Adder trees in a memory array, with the storage cells before them and the accumulators behind."""

    rows: Quantity
    cols: Quantity
    depth: Quantity
    weight_bits: Quantity
    input_bits: Quantity
    pass_bits: Quantity

    def tree(self, context: Context, words: Array, weight: Array, taken: Array) -> UnitCost:
        """Return the cost of products and tree of one output, of which ``words`` words are in use: of weights of
        ``weight`` bits and ``taken`` input bits a pass, by layer."""

    def accumulator(self, context: Context, weight: Array, bits: Array) -> UnitCost:
        """Return the cost of the shift-accumulator of one output, for inputs of ``bits`` bits by layer."""

    def storage(self, context: Context) -> UnitCost:
        """Return the cost of one stored bit."""


class Board(Protocol):
    """A graphics board: power in W, time in s."""

    bits: Quantity
    peak: Quantity

    @property
    def start(self) -> Array:
        """Time before the first kernel."""

    def die_cost(self) -> UnitCost:
        """Return the cost of the board as it stands."""

    def start_cost(self) -> UnitCost:
        """Return the cost of the time before the first kernel."""

    def launch_cost(self) -> UnitCost:
        """Return the cost of launching one kernel."""

    def busy_cost(self) -> UnitCost:
        """Return the cost of the bodies of kernels."""

    def memory_bound(self, fan_in: Array, fan_out: Array, batch: Array) -> Array:
        """Return 1 by layer where moving operands takes longer than arithmetic, else 0."""

    def times(self, fan_in: Array, fan_out: Array, batch: Array) -> tuple[Array, Array]:
        """Return by layer the time that launches add and the time in bodies of kernels."""


SYNAPSE = Role("synapse", Synapse, "weights as conductances of cells")
WIRE = Role("wire", Wire, "word and bit lines")
ROW_DRIVER = Role("row_driver", RowDriver, "drivers of word lines")
LINE_SWITCH = Role("line_switch", UnitPriced, "switches that select lines")
AMPLIFIER = Role("amplifier", Amplifier, "differential amplifiers behind pairs of bit lines")
FRONT_END = Role("front_end", Amplifier, "amplifiers that hold bit lines at virtual ground before converters")
NEURON = Role("neuron", Neuron, "analog neurons")
READOUT = Role("readout", UnitPriced, "read-out of the output layer of an analog network")
SAMPLE_HOLD = Role("sample_hold", UnitPriced, "sample-and-hold circuits")
ADC = Role("adc", Adc, "analog-to-digital converters")
DAC = Role("dac", Dac, "digital-to-analog converters")
LOGIC = Role("logic", Logic, "digital logic")
SRAM = Role("sram", Sram, "on-chip memory")
DIGITAL_NEURON = Role("digital_neuron", DigitalNeuron, "digital activation units")
BUS = Role("bus", Bus, "wires between layers")
MAC = Role("mac", Mac, "multiply-accumulate units")
ADDER_TREE = Role("adder_tree", AdderTree, "adder trees and storage cells of digital in-memory computing")
BOARD = Role("board", Board, "graphics boards")
