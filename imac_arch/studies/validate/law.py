"""The law that published macros are predicted by: what their files leave out, constants, alternatives, and its record.

It is a file of ``tech/laws/silicon``, which is read when macros are predicted and at no other time.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from imac_arch.components.base import Section, Source
from imac_arch.data.files import Document, digest, read_yaml
from imac_arch.data.quantity import COUNT, RATIO, In, Quantity, about
from imac_arch.data.records import NamedTuple
from imac_arch.data.registry import data_folder
from imac_arch.data.schema import validate
from imac_arch.macro import Family
from imac_arch.overrides import override
from imac_arch.technology_files import Loaded

__all__ = ["AREAS", "GROUPS", "Alternative", "LoadedLaw", "MacroLaw", "load_macro_law"]

FOLDER = ("laws", "silicon")
NAME = "macros"
RECORD = "record"
GROUPS = ("cell", "line", "read", "dac", "converter", "digital", "other")  # of energy, that constants multiply
AREAS = ("cells", "converters", "drivers", "digital")  # groups of area
FARAD = In("F", gt=0, usual="0.01 fF .. 100 fF")
AREA = In("m^2", gt=0, usual="0.01 um^2 .. 0.1 mm^2")
TIME = In("s", gt=0, usual="0.1 ns .. 1 us")


class Constant(Section):
    """A global constant: a multiplier of groups of energy, or of the area; 1 is nothing fitted."""

    about: Annotated[str, about("what the constant stands for")]
    value: Annotated[Quantity, RATIO.said("the multiplier", "0.1 .. 10")]
    multiplies: Annotated[tuple[str, ...], about("groups of energy that it multiplies, or area")]


class Option(Section):
    """One of the alternatives of a structural choice."""

    about: Annotated[str, about("the alternative in words")]
    laws: Annotated[dict[str, Any], about("fields of other laws that it sets, by dotted path")] = {}
    here: Annotated[dict[str, Any], about("fields of this law that it sets, by dotted path")] = {}


class Alternative(Section):
    """A structural choice that is declared, so that it can be made without a chip."""

    about: Annotated[str, about("what is chosen")]
    chosen: Annotated[str, about("name of the option that is taken")]
    moves: Annotated[tuple[str, ...], about("groups of energy that it moves, or all")] = ("all",)
    options: Annotated[dict[str, Option], about("options by name")]


class Base(Section):
    """What the chips of a family are composed as."""

    technology: Annotated[str, about("file beside this law on which a chip's own numbers are laid")]
    architecture: Annotated[str, about("architecture whose bill is made")]


class Sram(Section):
    """What files leave out of SRAM cells."""

    capacitance: Annotated[Quantity, FARAD.said("charged by an active cell in a pass, at 28 nm")]
    static: Annotated[
        Literal["charge", "settling"],
        about("cells that conduct while they are read draw their charge once, or in each time constant of settling"),
    ]
    transistors: Annotated[Quantity, COUNT.said("transistors of a cell", "6 .. 32")]
    area: Annotated[Quantity, RATIO.said("area of a cell over a published cell of as many transistors", "0.5 .. 20")]


class NonVolatile(Section):
    """What files leave out of non-volatile cells."""

    line_capacitance: Annotated[Quantity, FARAD.said("of word line and gate, of one cell and pass, at 28 nm")]
    currents: Annotated[
        dict[str, Annotated[Quantity, In("A", gt=0, usual="1 nA .. 1 mA")]],
        about("mean current of a cell while it is read, by memory"),
    ]
    voltage: Annotated[Quantity, In("V", "across a cell while it is read", gt=0, usual="10 mV .. 2 V")]
    time: Annotated[Quantity, TIME.said("for which cells conduct, of each bit that a pass applies")]
    limit: Annotated[
        Literal["none", "cycle", "half"], about("bound of that time where a cycle is given: none, it, or half of it")
    ]
    area: Annotated[Quantity, RATIO.said("area of a cell over a published SRAM cell of six transistors", "0.1 .. 50")]


class Digital(Section):
    """What files leave out of digital macros."""

    transistors: Annotated[Quantity, COUNT.said("transistors of a cell with its product", "6 .. 64")]
    area: Annotated[Quantity, RATIO.said("area of a cell over a published one of as many transistors", "0.5 .. 20")]


class Periphery(Section):
    """What files leave out of the periphery."""

    driver_area: Annotated[Quantity, AREA.said("of what drives and selects one row or column, at 28 nm")]
    driver_exponent: Annotated[Quantity, RATIO.said("by which that area goes with the pitch of cells", "0.5 .. 3")]
    dac_capacitance: Annotated[Quantity, FARAD.said("switched for each level of a row's input, at 28 nm")]
    step: Annotated[Quantity, FARAD.said("switched by a converter for each of its bits, at 28 nm")]
    noise_step: Annotated[
        Quantity, In("F", "switched by a converter against noise, times 4^bits", gt=0, usual="0.1 aF .. 10 fF")
    ]
    noise: Annotated[
        Literal["scaled", "fixed"], about("whether that goes with the pitch of cells, or is the same at every node")
    ]


class Fit(Section):
    """How constants are set and intervals widened."""

    smoothing: Annotated[
        Quantity, RATIO.said("residual below which the absolute logarithm is a parabola", "0.001 .. 1")
    ]
    pull: Annotated[Quantity, RATIO.said("weight of the squared logarithm of a constant", "0.0001 .. 10")]
    cap: Annotated[
        Quantity, RATIO.said("residual beyond which a chip no longer counts between structures", "0.1 .. 10")
    ]
    tolerance: Annotated[Quantity, RATIO.said("change of a logarithm that ends the search", "1e-12 .. 0.01")]
    steps: Annotated[Quantity, COUNT.said("most steps of the search", "5 .. 1000")]
    level: Annotated[Quantity, RATIO.said("share of measurements that intervals hold", "0.5 .. 0.99")]
    few: Annotated[Quantity, COUNT.said("chips below which families share their residuals", "1 .. 100")]
    shared: Annotated[tuple[str, ...], about("quantities whose residuals all families share, however many chips")] = ()


class Record(Section):
    """What the law was set with in sight: a chip that is not here is blind while the hash holds."""

    date: Annotated[str, about("day on which the law was set")] = ""
    hash: Annotated[str, about("hash of the law without this record")] = ""
    chips: Annotated[tuple[str, ...], about("chips that were seen")] = ()
    fitted: Annotated[tuple[str, ...], about("chips that constants were set on")] = ()


class MacroLaw(Section):
    """The law that macros are predicted by."""

    kind: Annotated[Literal["macro_law"], about("file kind: the law of macros")] = "macro_law"
    name: Annotated[str, about("name of the law")]
    title: Annotated[str, about("one-line title")]
    note: Annotated[str, about("remark on validity and origin")] = ""
    sources: Annotated[dict[str, Source], about("sources by key")] = {}
    composed: Annotated[dict[Family, Base], about("what chips are composed as, by family")]
    activity: Annotated[Quantity, RATIO.said("of the chips that capacitances and currents were read from", "0.1 .. 1")]
    idle: Annotated[Quantity, RATIO.said("share of the usual energy that is spent whatever the data", "0.1 .. 0.9")]
    spread: Annotated[Quantity, RATIO.said("of activity over the usual one, where a file gives none", "0.3 .. 3")]
    sram: Annotated[Sram, about("SRAM cells")]
    nonvolatile: Annotated[NonVolatile, about("non-volatile cells")]
    digital: Annotated[Digital, about("digital macros")]
    periphery: Annotated[Periphery, about("converters, drivers and inputs")]
    fit: Annotated[Fit, about("how constants are set and intervals widened")]
    constants: Annotated[dict[str, Constant], about("global constants by name, at most four")]
    alternatives: Annotated[dict[str, Alternative], about("structural choices by name")]
    record: Annotated[Record, about("chips in sight of which the law was set")] = Record()


class LoadedLaw(NamedTuple):
    """The law, its document, its hash without the record, and the folder of its base technologies."""

    law: MacroLaw
    document: Document
    hash: str
    folder: str

    @property
    def loaded(self) -> Loaded:
        """The law as any other file."""
        return Loaded(self.law, self.document, self.hash)

    @property
    def unchanged(self) -> bool:
        """Whether the law is that of its record."""
        return self.hash == self.law.record.hash

    @property
    def chosen(self) -> dict[str, str]:
        """The option of each structural choice."""
        return {name: choice.chosen for name, choice in self.law.alternatives.items()}

    def under(self, structure: Mapping[str, str]) -> tuple[MacroLaw, dict[str, Any]]:
        """Return the law with the options of a structure, by choice, and the fields of other laws that they set."""
        here: dict[str, Any] = {}
        laws: dict[str, Any] = {}
        for name, choice in self.law.alternatives.items():
            option = choice.options[structure.get(name, choice.chosen)]
            here |= option.here
            laws |= option.laws
        if not here:
            return self.law, laws
        key = (self.hash, tuple(sorted((path, str(value)) for path, value in here.items())))
        if key not in _under:  # asked for at every operating point
            _under[key] = validate(MacroLaw, override(self.document, here))
        return _under[key], laws


_under: dict[tuple[str, tuple[tuple[str, str], ...]], MacroLaw] = {}


def load_macro_law(path: str | None = None) -> LoadedLaw:
    """Load the shipped law, or that of a path."""
    folder = data_folder().joinpath(*FOLDER)
    document = read_yaml(folder / f"{NAME}.yaml" if path is None else Path(path))
    document.name = "/".join(("tech", *FOLDER, f"{NAME}.yaml")) if path is None else path
    law = validate(MacroLaw, document)
    hashed = digest({key: value for key, value in document.data.items() if key != RECORD})
    return LoadedLaw(law, document, hashed, str(folder))
