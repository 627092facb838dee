"""Laws that belong to no component: activity statistics, warning thresholds and published claims."""

from functools import cached_property
from typing import Annotated, Literal

from imac_arch.components.base import LAW_KIND, Law, Rows, Section
from imac_arch.data.quantity import COUNT, RATIO, SHARE, AnyQuantity, In, Quantity, about
from imac_arch.network import Activity, TileVariance

__all__ = ["ActivityLaw", "Choice", "Choices", "Claim", "Constants", "Limits", "NeuronClaims"]


class ActivityLaw(Law):
    """Statistics of grey-scale and binarized inputs and of hidden activations."""

    kind: Annotated[Literal["activity"], LAW_KIND] = "activity"
    grey: Annotated[Activity, about("grey-scale inputs")]
    binary: Annotated[Activity, about("inputs binarized at half scale")]
    hidden: Annotated[Activity, about("hidden sigmoid activations")]

    @cached_property
    def grey_tiles(self) -> Rows[TileVariance]:
        """Tiles of grey-scale inputs by their height."""
        return Rows(self.grey.tiles, "rows")

    @cached_property
    def binary_tiles(self) -> Rows[TileVariance]:
        """Tiles of binarized inputs by their height."""
        return Rows(self.binary.tiles, "rows")


class Claim(Section):
    """A published range of ratios, other neuron over analog neuron; for ``unknown`` rivals no figures are published."""

    text: Annotated[str, about("the claim in words")]
    metric: Annotated[Literal["power", "area", "pap"], about("metric that the claim compares")]
    low: Annotated[Quantity, RATIO.said("lower end of the claimed ratio", "0.001 .. 1e6")]
    high: Annotated[Quantity, RATIO.said("upper end of the claimed ratio", "0.001 .. 1e6")]
    rivals: Annotated[
        Literal["digital", "unknown"],
        about("what the analog neuron is compared with; 'unknown' where the paper does not say"),
    ]
    source: Annotated[str, about("key of the paper")]
    note: Annotated[str, about("remark on how the claim is read")] = ""


class NeuronClaims(Law):
    """Published claims on the analog neuron."""

    kind: Annotated[Literal["neuron_claims"], LAW_KIND] = "neuron_claims"
    claims: Annotated[tuple[Claim, ...], about("published claims on the analog neuron")]


class Limits(Law):
    """Limits of the checks that a design is judged by: beyond a limit it is doubtful, beyond the hard one it fails."""

    kind: Annotated[Literal["limits"], LAW_KIND] = "limits"
    signal_share: Annotated[
        Quantity, SHARE.said("least share of its signal that the last column must keep: ir_drop", "0.05 .. 1")
    ]
    signal_share_hard: Annotated[
        Quantity, SHARE.said("share of its signal below which the last column fails: ir_drop", "0.01 .. 1")
    ]
    wire_density: Annotated[
        Quantity,
        In("A/m^2", "electromigration limit of a line: current_density", gt=0, usual="0.01 MA/cm^2 .. 1000 MA/cm^2"),
    ]
    wire_density_hard: Annotated[
        Quantity,
        In(
            "A/m^2",
            "current density beyond which a line fails: current_density",
            gt=0,
            usual="0.01 MA/cm^2 .. 1000 MA/cm^2",
        ),
    ]
    junction_density: Annotated[
        Quantity,
        In(
            "A/m^2", "limit of a junction, as current density: read_disturb", gt=0, usual="0.001 MA/cm^2 .. 100 MA/cm^2"
        ),
    ]
    junction_density_hard: Annotated[
        Quantity,
        In(
            "A/m^2",
            "current density beyond which a junction fails: read_disturb",
            gt=0,
            usual="0.001 MA/cm^2 .. 100 MA/cm^2",
        ),
    ]
    junction_voltage: Annotated[
        Quantity, In("V", "limit of a junction, as voltage: read_disturb", gt=0, usual="10 mV .. 5 V")
    ]
    junction_voltage_hard: Annotated[
        Quantity,
        In(
            "V",
            "voltage beyond which a junction fails: read_disturb; a cell that names its own limit fails in proportion",
            gt=0,
            usual="10 mV .. 5 V",
        ),
    ]
    power_density: Annotated[
        Quantity, In("W/m^2", "power density that a package removes: heat", gt=0, usual="0.1 W/cm^2 .. 10000 W/cm^2")
    ]
    power_density_hard: Annotated[
        Quantity,
        In("W/m^2", "power density beyond which a design fails: heat", gt=0, usual="0.1 W/cm^2 .. 10000 W/cm^2"),
    ]
    drive: Annotated[
        Quantity,
        RATIO.said("current of a line over what drives it, where no row driver is counted: drive", "0.1 .. 10"),
    ]
    drive_hard: Annotated[Quantity, RATIO.said("the same ratio beyond which a design fails: drive", "0.1 .. 10")]
    load_share: Annotated[Quantity, RATIO.said("load over line conductance of the averaging read: load", "0.001 .. 10")]
    load_share_hard: Annotated[Quantity, RATIO.said("the same ratio beyond which a design fails: load", "0.001 .. 10")]
    cycle: Annotated[
        Quantity, RATIO.said("settled latency over the declared cycle, where that is used: declared_cycle", "0.1 .. 10")
    ]
    cycle_hard: Annotated[
        Quantity, RATIO.said("the same ratio beyond which a design fails: declared_cycle", "0.1 .. 10")
    ]
    accuracy_loss: Annotated[
        Quantity, SHARE.said("most accuracy that a design may lose against its software: accuracy", "0.001 .. 0.5")
    ]
    accuracy_loss_hard: Annotated[
        Quantity, SHARE.said("loss of accuracy beyond which a design fails: accuracy", "0.001 .. 1")
    ]
    break_even_batch: Annotated[Quantity, COUNT.said("largest batch of the break-even search", "1 .. 1e9")]


VariedValue = Annotated[Quantity | str, In("", ge=None, plain=True, words=("equal", "native", "pitch", "scaling"))]


class Choice(Section):
    """Variations of every architecture that has a role, by name: what each sets, by path."""

    name: Annotated[str, about("name of the choice")]
    title: Annotated[str, about("what is chosen")]
    role: Annotated[str, about("role that an architecture must have for the choice to concern it")]
    each: Annotated[str, about("path of a field of which every word is a variation; in place of 'variations'")] = ""
    variations: Annotated[
        dict[str, dict[str, VariedValue]], about("what each variation sets, by path or 'precision'")
    ] = {}


class Choices(Law):
    """Choices that are shown side by side, in the order of the file."""

    kind: Annotated[Literal["choices"], LAW_KIND] = "choices"
    choices: Annotated[tuple[Choice, ...], about("choices, each with its variations")]


class Constants(Law):
    """Constants that metrics require by the name of an argument: quantities of any unit."""

    kind: Annotated[Literal["constants"], LAW_KIND] = "constants"
    values: Annotated[dict[str, AnyQuantity], about("constants by name")] = {}
