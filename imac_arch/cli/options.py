"""Options that several commands share: one name, one help, one place in the list."""

from typing import Annotated, Any

import typer

from imac_arch.cli.logs import hush, talk
from imac_arch.cli.names import COMPLETE
from imac_arch.cli.shape import json_form

__all__ = ["DESIGN", "HOW", "OUT", "Color", "Force", "Json", "NoProgress", "Quiet", "ReadCircuit", "Report", "Samples",
           "Seed", "Set", "Subarray", "Subject", "Tiles", "Verbose", "option"]  # fmt: skip

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
Report = Annotated[
    str | None, option(OUT, "FILE", "html, json, csv, md or tex by its ending; - is stdout", "-o", "--output")
]
Json = Annotated[
    str | None, option(OUT, "[=brief]", "print one JSON document; brief: no provenance", "--json", callback=json_form)
]
Force = Annotated[bool, option(OUT, None, "overwrite a file that is not ours", "--force")]
Quiet = Annotated[bool, option(OUT, None, "nothing on stderr but errors", "-q", "--quiet", callback=hush)]
Verbose = Annotated[bool, option(OUT, None, "files, choices and times on stderr", "-v", "--verbose", callback=talk)]
NoProgress = Annotated[bool, option(OUT, None, "no bar with the time left", "--no-progress")]
Color = Annotated[bool | None, option(OUT, None, "force or forbid colour", "--color/--no-color")]
