"""The command ``explain``: a component's law, numbers, sources and range."""

from typing import Annotated

import typer

from imac_arch.cli.base import Command, Out, guarded, leave, settings
from imac_arch.cli.options import Color, Json, Set

__all__ = ["COMMAND"]


@guarded
def explain(
    component: Annotated[
        str, typer.Argument(metavar="COMPONENT", help="A role (adc), a law (adc_survey) or a board (h100).")
    ],
    tech: Annotated[str, typer.Option(help="Technology, name or path.")] = "sot_mram",
    net: Annotated[str, typer.Option(help="Network for which unit costs are shown.")] = "784-128-10",
    set_: Set = None,
    json_: Json = False,
    color: Color = None,
) -> None:
    """Explain a component: its law, what one costs, every number with its source, and where it holds."""
    from imac_arch.api import explain as run

    leave(
        run(component, tech, net, overrides=settings(set_ or [])), output=None, default=None, json=json_,
        out=Out(color=color),
    )  # fmt: skip


COMMAND = Command("explain", 2, explain, "imac-arch explain adc --tech sot_mram --set components.adc.law=in_array")
