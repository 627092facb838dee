"""What the files of technologies, boards and neurons hold, as frozen models."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, field_validator, model_validator

import imac_arch.components  # noqa: F401  # makes every kind known
from imac_arch.components.base import COMPONENT_KIND, Component, Context, Laws, Section, Source
from imac_arch.components.gpu import GpuBoard
from imac_arch.components.roles import ROLES, Role
from imac_arch.data.errors import UsageError
from imac_arch.data.quantity import COUNT, In, Quantity, about
from imac_arch.network import Activation

__all__ = [
    "KINDS",
    "PER_ACTIVATION",
    "Arrangement",
    "Board",
    "NeuronFile",
    "PerActivation",
    "Read",
    "Subarray",
    "Technology",
    "admit",
]

P = TypeVar("P")
M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]
if TYPE_CHECKING:
    AnyComponent = Component
else:
    AnyComponent = Annotated[reduce(or_, Component.kinds.values()), Field(discriminator="kind")]


class PerActivation(Component):
    """A role that is filled anew for each activation, for networks whose layers differ in theirs."""

    kind: Annotated[Literal["per_activation"], COMPONENT_KIND] = "per_activation"
    activations: Annotated[dict[Activation, AnyComponent], about("component of each activation; 'none' neglects it")]

    @field_validator("activations", mode="before")
    @classmethod
    def _none(cls, given: Any) -> Any:
        """Let ``relu: none`` stand for ``{kind: none}``."""
        if not isinstance(given, dict):
            return given
        return {name: {"kind": "none"} if part in ("none", None) else part for name, part in given.items()}


PER_ACTIVATION = "per_activation"
if TYPE_CHECKING:
    RoleComponent = Component
else:
    RoleComponent = Annotated[AnyComponent | PerActivation, Field(discriminator="kind")]


def _by_role() -> dict[str, tuple[str, ...]]:
    components = sorted(Component.kinds.items())
    return {role: tuple(kind for kind, component in components if role in component.roles) for role in ROLES}


KINDS: dict[str, tuple[str, ...]] = _by_role()


class Subarray(Section):
    """The smallest crossbar with its own drivers; ``cols`` counts weight columns."""

    rows: Annotated[Quantity, COUNT.said("word lines, the bias row included", "2 .. 4096")]
    cols: Annotated[Quantity, COUNT.said("weight columns, each a + and a - bit line", "1 .. 4096")]
    active_rows: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 4096")] | None,
        about("rows that are read at once, the others in further passes; all where absent"),
    ] = None
    active_cols: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 4096")] | None,
        about("weight columns that are read at once, the others in further passes; all where absent"),
    ] = None


class Arrangement(Section):
    """How a layer is laid out on its subarrays.

    ``order``: a row tile holds neighbouring inputs (``contiguous``), whose means fluctuate together, or every n-th one
    (``interleaved``), which are taken as independent of one another.
    """

    order: Annotated[Literal["contiguous", "interleaved"], about("which inputs a row tile holds")] = "contiguous"


class Read(Section):
    """How the crossbar is read, and with which bits.

    ``joining``: the bit lines of a layer's row tiles end in one sense node (``current``), with one amplifier a column,
    or each tile has amplifiers whose outputs are tied (``voltage_tie``). ``load_at``: the load is that of amplifiers,
    so it hangs where one is; ``every_line`` puts it on lines without one as well. ``front_end``: with a virtual ground
    each column has an amplifier before it is sampled, or columns are multiplexed before one a converter. ``mode``: what
    a pass costs and how long cells conduct, see docs/model.md.
    """

    mode: Annotated[
        Literal["settle", "charge", "discharge", "static", "sampled"], about("what cells do in one pass of a read")
    ] = "settle"
    circuit: Annotated[Literal["averaging", "virtual_ground"], about("termination of the bit lines: load or 0 V")]
    encoding: Annotated[Literal["0/V", "-V/+V"], about("voltages that stand for inputs 0 and 1")] = "0/V"
    voltage: Annotated[Quantity, In("V", "read voltage of a full-scale input", gt=0, usual="10 mV .. 2 V")]
    input_mode: Annotated[Literal["bit_serial", "dac", "pulse"], about("how inputs of several bits are applied")] = (
        "bit_serial"
    )
    pass_bits: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 16")] | None,
        about("input bits applied in one pass; 1 bit-serially, else all of them where absent"),
    ] = None
    input_bits: Annotated[Quantity, COUNT.said("word length of the network's inputs", "1 .. 16")]
    hidden_bits: Annotated[Quantity, COUNT.said("word length of digital hidden activations", "1 .. 32")]
    neuron_bits: Annotated[Quantity, COUNT.said("equivalent resolution of analog hidden activations", "1 .. 12")]
    bias_window: Annotated[Literal["sampled", "phase", "always"], about("when the crossbar is biased")] = "sampled"
    joining: Annotated[Literal["current", "voltage_tie"], about("how the row tiles of a layer are joined")] = "current"
    front_end: Annotated[
        Literal["column", "converter"], about("virtual grounds before converters: one a column, or one a converter")
    ] = "column"
    line_energy: Annotated[
        Literal["supply", "line"], about("energy of word lines with analog values: from the supply, or what they take")
    ] = "supply"
    settle_bits: Annotated[
        Quantity, In("", "resolution to which lines and amplifiers settle", gt=0, plain=True, usual="1 .. 16")
    ]
    load_conductance: Annotated[
        Quantity, In("S", "load of an amplifier on its bit line in the averaging read", usual="1 nS .. 100 mS")
    ]
    load_at: Annotated[Literal["amplifier", "every_line"], about("which bit lines carry the load")] = "amplifier"
    load_capacitance: Annotated[
        Quantity, In("F", "capacitance of the read circuit on a bit line", usual="0.05 fF .. 1 pF")
    ]
    time: Annotated[
        Annotated[Quantity, In("s", gt=0, usual="10 ps .. 100 us")] | None,
        about(
            "time from the inputs of a pass to its sample, of one unit pulse for pulses; that of settling where absent"
        ),
    ] = None
    swing: Annotated[
        Annotated[Quantity, In("V", gt=0, usual="10 mV .. 2 V")] | None,
        about("full-scale swing of a bit line that is charged or discharged; the read voltage where absent"),
    ] = None
    single_ended: Annotated[bool, about("one bit line a weight column, in the place of a + and a - bit line")] = False
    drawn_from: Annotated[
        Literal["line", "supply"], about("voltage that the read current falls from: that of the line, or the supply's")
    ] = "line"
    slices: Annotated[
        Literal["digital", "analog"], about("bit slices of a weight are joined behind, or before, the converter")
    ] = "digital"

    @property
    def conducts(self) -> bool:
        """Whether cells are resistors between lines while they are read; else lines are charged or discharged once."""
        return self.mode not in ("charge", "discharge")

    @property
    def output(self) -> Literal["averaging", "virtual_ground"]:
        """What a bit line gives: ``averaging``, over what its cells conduct, or as a ``virtual_ground`` a plain sum,
        which lines of charge give too."""
        return self.circuit if self.conducts else "virtual_ground"

    @model_validator(mode="after")
    def _moded(self) -> "Read":
        if not self.conducts and self.circuit != "averaging":
            text = f"mode {self.mode!r} reads the voltage of a line; circuit must be 'averaging'"
            raise ValueError(f"{text}, or mode another one, such as 'settle'")
        if not self.conducts and self.load_conductance.value > 0:
            text = f"a load of {self.load_conductance.written or 'some S'} drains a line of mode {self.mode!r}"
            raise ValueError(f"{text}; load_conductance must be 0 S")
        if self.mode == "static" and self.time is None:
            raise ValueError("mode 'static' biases cells for a read time; add read.time")
        return self

    @model_validator(mode="after")
    def _settled(self) -> "Read":
        if self.neuron_bits.value > self.settle_bits.value:
            text = f"{self.neuron_bits.value:g} bits of an analog neuron need lines that settle to as many"
            raise ValueError(f"{text}; settle_bits is {self.settle_bits.value:g}")
        return self


class Technology(Section):
    """A technology file: the node, how the crossbar is read, and what fills each role."""

    kind: Annotated[Literal["technology"], about("file kind: a technology")] = "technology"
    name: Annotated[str, about("name of the technology")]
    title: Annotated[str, about("one-line title")] = ""
    extends: Annotated[str | None, about("technology, by name or path, that this file extends")] = None
    node: Annotated[Quantity, In("m", "technology node", gt=0, usual="1 nm .. 1 um")]
    vdd: Annotated[Quantity, In("V", "supply voltage", gt=0, usual="0.2 V .. 5 V")]
    sources: Annotated[dict[str, Source], about("sources by key, cited by the numbers")] = {}
    subarray: Annotated[Subarray, about("size of a subarray")]
    read: Annotated[Read, about("read circuit, encoding and resolutions")]
    mapping: Annotated[Arrangement, about("which inputs share a row tile")] = Arrangement()
    components: Annotated[dict[str, RoleComponent], about("component of each role; 'none' neglects a role")]
    cycle: Annotated[
        Annotated[Quantity, In("s", gt=0, usual="10 ps .. 1 ms")] | None,
        about("cycle time that the papers declare, used by --timing declared"),
    ] = None
    pass_cycle: Annotated[
        Annotated[Quantity, In("s", gt=0, usual="10 ps .. 1 ms")] | None,
        about(
            "declared time of one pass of mixed_signal and digital_cim, of one clock of digital; by --timing declared"
        ),
    ] = None

    @field_validator("components", mode="before")
    @classmethod
    def _kinds(cls, given: Any) -> Any:
        """Let ``role: none`` stand for ``{kind: none}``."""
        if not isinstance(given, dict):
            return given
        # unknown roles are reported with the rest of the file
        return {
            role: {"kind": "none"} if fields in ("none", None) or role not in ROLES else fields
            for role, fields in given.items()
        }

    def fills(self, role: Role[P]) -> Component | None:
        """Return what the file binds a role to; None where that is ``none``.

        Raises:
            UsageError: the technology does not fill the role.
        """
        component = self.components.get(role.name)
        if component is None:
            raise UsageError(
                f"technology {self.name!r} has no role {role.name!r}, which the architecture requires; "
                f"add components.{role.name} (kinds: {', '.join(KINDS[role.name])}, or 'none' to neglect it)"
            )
        return None if component.neglected else component

    def context(self, laws: Laws, ndim: int = 0) -> Context:
        """Return what surrounds the components, for arrays over ``ndim`` design axes."""
        return Context(self.node, self.vdd, laws, self.components, ndim)


class Board(Section):
    """A graphics board's file."""

    kind: Annotated[Literal["board"], about("file kind: a GPU board")] = "board"
    name: Annotated[str, about("name of the board")]
    title: Annotated[str, about("one-line title")]
    status: Annotated[Literal["modelled", "measured"], about("modelled from data sheets, or measured")] = "modelled"
    node: Annotated[Quantity, In("m", "process node of the die", gt=0, usual="1 nm .. 65 nm")]
    sources: Annotated[dict[str, Source], about("sources by key, cited by the numbers")] = {}
    board: Annotated[GpuBoard, about("the board's figures")]


class NeuronFile(Section):
    """A neuron's file: what stands beside the analog neuron of a technology, at a node of its own."""

    kind: Annotated[Literal["neuron"], about("file kind: a neuron")] = "neuron"
    name: Annotated[str, about("name of the neuron")]
    title: Annotated[str, about("one-line title")]
    node: Annotated[Quantity, In("m", "node at which the neuron is evaluated", gt=0, usual="1 nm .. 1 um")]
    sources: Annotated[dict[str, Source], about("sources by key, cited by the numbers")] = {}
    neuron: Annotated[AnyComponent, about("the neuron's component kind and figures")]


def admit() -> None:
    """Let files use the kinds that became known since this module was loaded, those of installed packages."""
    single = reduce(or_, (kind for name, kind in Component.kinds.items() if name != PER_ACTIVATION))
    one: Any = Annotated[single, Field(discriminator="kind")]
    filled: Any = Annotated[one | PerActivation, Field(discriminator="kind")]
    fields: tuple[tuple[type[BaseModel], str, Any], ...] = (
        (PerActivation, "activations", dict[Activation, one]), (NeuronFile, "neuron", one),
        (Technology, "components", dict[str, filled]),
    )  # fmt: skip
    KINDS.update(_by_role())
    for model, name, annotation in fields:
        model.model_fields[name].annotation = annotation
        model.model_rebuild(force=True)
