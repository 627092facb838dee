"""Options that several commands share: one name, one help, one place in the list."""

from typing import Annotated

import typer

from imac_arch.cli.shape import json_form

__all__ = ["DESIGN", "HOW", "OUT", "Color", "Force", "Json", "NoProgress", "Quiet", "ReadCircuit", "Report", "Samples",
           "Seed", "Set", "Subarray", "Tiles"]  # fmt: skip

DESIGN, HOW, OUT = "Design", "Uncertainty", "Output"

Subarray = Annotated[
    str | None, typer.Option(metavar="RxC", help="Rows x weight columns, 128x128.", rich_help_panel=DESIGN)
]
Tiles = Annotated[str | None, typer.Option(help="Row x column tiles by layer: 16x8,8x8,8x1.", rich_help_panel=DESIGN)]
ReadCircuit = Annotated[str | None, typer.Option(help="averaging or virtual_ground.", rich_help_panel=DESIGN)]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Any field; repeatable.", rich_help_panel=DESIGN),
]
Samples = Annotated[int, typer.Option(help="Draws of uncertain numbers.", rich_help_panel=HOW)]
Seed = Annotated[int, typer.Option(help="Seed of the draws.", rich_help_panel=HOW)]
Report = Annotated[
    str | None,
    typer.Option("-o", "--output", metavar="FILE", help="html, json, csv, md, tex; - is stdout.", rich_help_panel=OUT),
]
Json = Annotated[
    str | None,
    typer.Option(
        "--json", metavar="[=brief]", help="Print one JSON document; brief: no provenance.", rich_help_panel=OUT,
        callback=json_form,
    ),
]  # fmt: skip
Force = Annotated[bool, typer.Option("--force", help="Overwrite a foreign file.", rich_help_panel=OUT)]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Nothing on stderr but errors.", rich_help_panel=OUT)]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="No bar with the time left.", rich_help_panel=OUT)]
Color = Annotated[bool | None, typer.Option("--color/--no-color", help="Force or forbid colour.", rich_help_panel=OUT)]
