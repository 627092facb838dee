"""The command ``explain``: a component's law, numbers, sources and range."""

from typing import Annotated

import typer

from imac_arch.cli.base import Command, Out, guarded, leave, settings
from imac_arch.cli.options import Color, Json, Set

__all__ = ["COMMAND"]


@guarded
def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Role (adc), law (adc_survey), board (h100), warning (ir_drop), architecture, metric or option.",
        ),
    ],
    tech: Annotated[str, typer.Option(help="Technology, name or path.")] = "sot_mram",
    net: Annotated[str, typer.Option(help="Network for which unit costs are shown.")] = "784-128-10",
    set_: Set = None,
    json_: Json = None,
    color: Color = None,
) -> None:
    """Explain a component (law, costs, numbers, sources, range), a warning, an architecture, a metric or an option."""
    from imac_arch.api import explain as run

    leave(
        run(name, tech, net, overrides=settings(set_ or [])), output=None, default=None, json=json_,
        out=Out(color=color),
    )  # fmt: skip


COMMAND = Command("explain", 2, explain, "imac-arch explain adc --tech sot_mram --set components.adc.law=in_array")
