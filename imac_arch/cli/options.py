"""Options that several commands share: one name, one help, one place in the list."""

from typing import Annotated, Any

import typer

from imac_arch.cli.names import COMPLETE

__all__ = ["DESIGN", "HOW", "OUT", "AdcLaw", "Batch", "Pipelined", "Precision", "ReadCircuit", "Samples", "Seed",
           "Set", "Subarray", "Subject", "Tiles", "Timing", "option"]  # fmt: skip

DESIGN, HOW, OUT = "Design [default: the technology's own]", "Uncertainty", "Output"


def option(
    group: str, metavar: str | None, text: str, *names: str, default: str = "", of: str = "", **more: Any
) -> Any:
    """Return an option.

    Args:
        group: under which it stands in ``--help``.
        metavar: what stands for its value; None of a flag.
        text: what it is for.
        names: of it; by default that of the argument.
        default: in words, where the argument's own does not say it.
        of: whose names a shell completes, by their key in ``COMPLETE``.
        more: of typer's own.
    """
    return typer.Option(
        *names, metavar=metavar, help=text, rich_help_panel=group, show_default=default or True,
        autocompletion=COMPLETE.get(of), **more,
    )  # fmt: skip


Batch = Annotated[int, option(DESIGN, "N", "inferences at once")]
AdcLaw = Annotated[str | None, option(DESIGN, "LAW", "{laws}", of="adc_law")]
Timing = Annotated[str | None, option(DESIGN, "WORD", "settled or declared", of="timing", default="settled")]
Precision = Annotated[
    str | None, option(DESIGN, "WORD", "equal or native (each its own)", of="precision", default="equal")
]
Pipelined = Annotated[bool, option(DESIGN, None, "let layers overlap", "--pipelined")]
Subarray = Annotated[str | None, option(DESIGN, "RxC", "rows x weight columns, such as 128x128")]
Tiles = Annotated[str | None, option(DESIGN, "RxC,...", "row x column tiles of each layer: 16x8,8x8,8x1")]
ReadCircuit = Annotated[str | None, option(DESIGN, "CIRCUIT", "averaging or virtual_ground", of="read")]
Set = Annotated[
    list[str] | None, option(DESIGN, "PATH=VALUE", "any field: adc.bits=6 (tech keys lists them); repeatable", "--set")
]
Subject = Annotated[
    list[str] | None, option("Constraints", "BOUND", "'area<=0.1 mm^2'; repeatable", default="verdict=works")
]
Samples = Annotated[int, option(HOW, "N", "draws of the uncertain numbers; 0 for none")]
Seed = Annotated[int, option(HOW, "N", "seed of what is drawn")]
