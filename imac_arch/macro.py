"""What the file of a published macro holds: a chip as its paper describes it, and what was measured of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, WithJsonSchema, field_validator

from imac_arch.components.base import Section, Source
from imac_arch.data.quantity import COUNT, In, Quantity, about

__all__ = [
    "FAMILIES", "AdderTree", "Cell", "Chip", "Converter", "Family", "Input", "Macro", "Macros", "Measured", "Memory",
    "Point", "Weight",
]  # fmt: skip


@dataclass(frozen=True)
class BareIn(In):
    """A field whose bare numbers are in ``bare``, the one unit that anybody would mean."""

    bare: str = ""

    def _si(self, given: Any) -> float:
        return super()._si(f"{given} {self.bare}" if type(given) in (int, float) else given)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return replace(self, plain=True).forms()

    def forms(self) -> dict[str, Any]:
        """Return the forms in which the number may be written."""
        return super().__get_pydantic_json_schema__(None, None)


Memory = Literal["sram", "reram", "pcm", "mram", "flash", "fefet"]
SOME = Field(json_schema_extra={"minItems": 1})
Family = Literal["sram", "nvm", "digital"]
FAMILIES: tuple[Family, ...] = ("sram", "nvm", "digital")
BITS = In("", gt=0, le=16, plain=True)
SHARE = In("", gt=0, le=1, plain=True)
Share = Annotated[Quantity, SHARE.said(usual="0.1 % .. 1")]


class Input(Section):
    """How inputs come in: a word of ``bits``, of which one pass applies ``pass_bits`` at once."""

    bits: Annotated[
        Quantity,
        BITS.said(
            "bits of an input word; one pass applies all of them, unless pass_bits or coding says less", "1 .. 8"
        ),
    ]
    pass_bits: Annotated[
        Annotated[Quantity, BITS.said(usual="1 .. 8")] | None,
        about("bits of the word before one conversion or sum; where absent 1 if bit_serial, else all"),
    ] = None
    coding: Annotated[
        Literal["bit_serial", "pulse", "dac"] | None,
        about(
            "one bit a pass; pulses of weighted length or number; or levels from a DAC on each row; unknown if absent"
        ),
    ] = None
    signed: Annotated[
        bool, about("whether one bit is a sign that goes with the others, which come in a pulse each")
    ] = False


class Weight(Section):
    """How a weight is stored: ``bits``, in as many cells as it takes, joined before or after the converter."""

    bits: Annotated[
        Quantity, BITS.said("bits of the weight that one conversion or adder tree sums; 1.5 is ternary", "1 .. 8")
    ]
    joined: Annotated[
        Literal["analog", "digital"],
        about("columns of one weight are summed before the converter (analog) or by adders after it (digital)"),
    ] = "analog"
    cells: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 32")] | None,
        about("cells that hold one weight; as many as bits (SRAM), or a pair (others), where absent"),
    ] = None


class Converter(Section):
    """The analog-to-digital converters of one array; of 1 bit a sense amplifier."""

    bits: Annotated[Quantity, BITS.said("bits of a converter; 1 is a sense amplifier; 3.46 are 11 levels", "1 .. 10")]
    count: Annotated[Quantity, COUNT.said("converters of one array, which all work in each pass", "1 .. 2048")]


class AdderTree(Section):
    """The adder trees of a digital macro: each sums the products of the active rows for one output."""

    outputs: Annotated[Quantity, COUNT.said("adder trees of one array: words of output that a pass makes", "1 .. 2048")]
    exact: Annotated[bool, about("whether sums are exact; false for approximate adders or multipliers")] = True


class Cell(Section):
    """One memory cell, as far as it is known; whatever is missing takes the range of its class."""

    transistors: Annotated[Annotated[Quantity, COUNT.said(usual="1 .. 32")] | None, about("transistors of a cell")] = (
        None
    )
    area: Annotated[
        Annotated[Quantity, In("m^2", gt=0, usual="0.01 um^2 .. 50 um^2")] | None, about("area of a cell")
    ] = None
    capacitance: Annotated[
        Annotated[Quantity, In("F", gt=0, usual="0.05 fF .. 100 fF")] | None,
        about("capacitance that an active cell charges in a pass"),
    ] = None
    conductance: Annotated[
        Annotated[Quantity, In("S", gt=0, usual="10 nS .. 1 mS")] | None,
        about("mean conductance of a non-volatile cell over its states; about half of that of one that is on"),
    ] = None
    read_current: Annotated[
        Annotated[Quantity, In("A", gt=0, usual="1 nA .. 100 uA")] | None,
        about("mean current of a cell while it is read, over its states; about half of that of one that is on"),
    ] = None


class Measured(Section):
    """What was measured; any of these, each with its conditions in a note."""

    counted: Annotated[
        Literal["one_bit", "native"],
        about(
            "one_bit: operations are multiplied by input and weight bits, as UIUC's table does; native: they are not"
        ),
    ] = "one_bit"
    tops_per_watt: Annotated[
        Annotated[Quantity, BareIn("op/J", gt=0, usual="0.1 TOPS/W .. 100000 TOPS/W", bare="TOPS/W")] | None,
        about("energy efficiency of the macro; a bare number is in TOPS/W"),
    ] = None
    tops_per_mm2: Annotated[
        Annotated[Quantity, BareIn("op/s/m^2", gt=0, usual="1e-4 TOPS/mm2 .. 1e4 TOPS/mm2", bare="TOPS/mm2")] | None,
        about("throughput over area of the macro; a bare number is in TOPS/mm2"),
    ] = None
    energy: Annotated[
        Annotated[Quantity, In("J", gt=0, usual="1 fJ .. 1 nJ")] | None,
        about("energy of one conversion or sum with all that belongs to it"),
    ] = None
    area: Annotated[
        Annotated[Quantity, In("m^2", gt=0, usual="100 um^2 .. 100 mm^2")] | None,
        about("area of one array with its periphery"),
    ] = None
    split: Annotated[
        dict[Literal["array", "converter", "dac", "digital", "other"], Share],
        about("published shares of the energy: of cells and lines, converters, inputs, adders, the rest"),
    ] = {}


class Point(Section):
    """One operating point; what it says of the chip takes the place of what stands above."""

    name: Annotated[str, about("what tells this point from the others of the chip")] = ""
    vdd: Annotated[Quantity, In("V", "supply of the macro", gt=0, usual="0.3 V .. 3.3 V")]
    cycle: Annotated[
        Annotated[Quantity, In("s", gt=0, usual="0.1 ns .. 100 us")] | None,
        about("published time of one pass, of pass_bits input bits; estimated where absent"),
    ] = None
    tier: Annotated[
        Literal["A", "B"],
        about("A: a total at stated conditions; B: depends on sparsity, approximations or a whole chip, never fitted"),
    ] = "A"
    rows: Annotated[
        Annotated[Quantity, COUNT.said(usual="2 .. 4096")] | None,
        about("rows of cells, where this point is read another way"),
    ] = None
    cols: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 4096")] | None,
        about("columns of cells, where this point is read another way"),
    ] = None
    active_rows: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 4096")] | None, about("rows that are summed at once at this point")
    ] = None
    active_cols: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 4096")] | None, about("columns that work at once at this point")
    ] = None
    input: Annotated[Input | None, about("inputs at this point")] = None
    weight: Annotated[Weight | None, about("weights at this point")] = None
    converter: Annotated[Converter | None, about("converters at this point")] = None
    activity: Annotated[Annotated[Quantity, SHARE.said(usual="0.05 .. 1")] | None, about("activity at this point")] = (
        None
    )
    read_time: Annotated[
        Annotated[Quantity, In("s", gt=0, usual="0.1 ns .. 10 us")] | None,
        about("time for which cells draw current in a pass at this point"),
    ] = None
    measured: Annotated[Measured | None, about("measured figures; a point without them is only predicted")] = None
    note: Annotated[str, about("conditions of the measurement, and what was corrected")] = ""


class Chip(Section):
    """A chip as its paper describes it. Rows, columns and converters are those of one array."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["converter"], "properties": {"adder_tree": {"type": "null"}}},
                {
                    "required": ["adder_tree"],
                    "properties": {"converter": {"type": "null"}, "memory": {"const": "sram"}},
                },
            ]
        }
    )
    name: Annotated[str, about("name of the chip, such as its first author, venue and year")]
    title: Annotated[str, about("one-line title")] = ""
    year: Annotated[Annotated[Quantity, COUNT.said(usual="1990 .. 2100")] | None, about("year of publication")] = None
    node: Annotated[Quantity, In("m", "technology node", gt=0, usual="1 nm .. 1 um")]
    memory: Annotated[Memory, about("memory of the weights; sram also for register cells and latches")]
    rows: Annotated[Quantity, COUNT.said("rows of cells in one array", "2 .. 4096")]
    cols: Annotated[Quantity, COUNT.said("columns of cells in one array", "1 .. 4096")]
    active_rows: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 4096")] | None,
        about("rows that are summed at once; all of them where absent"),
    ] = None
    active_cols: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 4096")] | None,
        about("columns that work at once; those of the converters where absent"),
    ] = None
    arrays: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 10000")] | None,
        about("equal arrays on the chip; figures are of one"),
    ] = None
    input: Annotated[Input, about("bits and coding of the inputs")]
    weight: Annotated[Weight, about("bits of the weights, and how they are joined")]
    converter: Annotated[
        Converter | None, about("converters of an analog macro; either these or, of a digital one, an adder_tree")
    ] = None
    adder_tree: Annotated[
        AdderTree | None,
        about("adder trees of a digital macro of sram cells; either these or, of an analog one, a converter"),
    ] = None
    read: Annotated[
        Literal["charge", "discharge", "static", "sampled"] | None,
        about("cells charge a capacitor, discharge a line, conduct while the read lasts, or until it is sampled"),
    ] = None
    read_voltage: Annotated[
        Annotated[Quantity, In("V", gt=0, usual="10 mV .. 2 V")] | None, about("voltage across a cell while it is read")
    ] = None
    read_time: Annotated[
        Annotated[Quantity, In("s", gt=0, usual="0.1 ns .. 10 us")] | None,
        about("time for which cells draw current in a pass"),
    ] = None
    cell: Annotated[Cell, about("the memory cell, as far as it is known")] = Cell()
    activity: Annotated[
        Annotated[Quantity, SHARE.said(usual="0.05 .. 1")] | None,
        about("share of the cells and adders that switch or conduct in a pass"),
    ] = None
    points: Annotated[tuple[Point, ...], about("operating points, at least one"), SOME]
    source: Annotated[
        tuple[str, ...],
        about("key of the source, or list of keys, of all numbers here that name none of their own"),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
    ] = ()
    note: Annotated[str, about("what was corrected or assumed in reading the source")] = ""

    @field_validator("points")
    @classmethod
    def _some(cls, given: tuple[Point, ...]) -> tuple[Point, ...]:
        if not given:
            raise ValueError("give at least one operating point, such as {vdd: 0.9 V}")
        return given

    @field_validator("source", mode="before")
    @classmethod
    def _keys(cls, given: Any) -> Any:
        """Let one key stand for a list of one."""
        if isinstance(given, str):
            return (given,)
        if not isinstance(given, list) or not all(isinstance(key, str) for key in given):
            raise ValueError("name a key of 'sources': source: paper, beside sources: {paper: {title: ..., url: ...}}")
        return tuple(given)


class Macro(Chip):
    """A macro file: one chip."""

    kind: Annotated[Literal["macro"], about("file kind: a published macro")] = "macro"
    sources: Annotated[dict[str, Source], about("sources by key, cited by the numbers")] = {}


class Macros(Section):
    """A file of several chips."""

    kind: Annotated[Literal["macros", "macro"], about("file kind: several macros")] = "macros"
    name: Annotated[str, about("name of the collection")] = ""
    sources: Annotated[dict[str, Source], about("sources by key, cited by the numbers")] = {}
    chips: Annotated[tuple[Chip, ...], about("the chips"), SOME]

    @field_validator("chips")
    @classmethod
    def _some(cls, given: tuple[Chip, ...]) -> tuple[Chip, ...]:
        if not given:
            raise ValueError("give at least one chip")
        return given
