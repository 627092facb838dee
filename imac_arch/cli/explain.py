"""The command ``explain``: a component's law, numbers, sources and range."""

from typing import Annotated

import typer

from imac_arch.cli.base import Command, guarded, settings
from imac_arch.cli.names import COMPLETE
from imac_arch.cli.options import Set, option
from imac_arch.cli.out import Color, Json, Out, Verbose

__all__ = ["COMMAND"]

WHAT = "Where"


@guarded
def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            autocompletion=COMPLETE["topic"],
            help="role (adc), law (adc_survey), board (h100), warning (ir_drop), architecture, metric or option",
        ),
    ],
    tech: Annotated[str, option(WHAT, "TECH", "name or path", of="tech")] = "sot_mram",
    net: Annotated[str, option(WHAT, "NET", "for which unit costs are shown", of="net")] = "784-128-10",
    set_: Set = None,
    json_: Json = None,
    verbose: Verbose = False,
    color: Color = None,
) -> None:
    """Explain a component (law, costs, numbers, sources, range), a warning, an architecture, a metric or an option."""
    from imac_arch.api import explain as run

    Out(json_=json_, color=color).leave(run(name, tech, net, overrides=settings(set_ or [])))


COMMAND = Command("explain", 2, explain, "imac-arch explain adc --set components.adc.law=in_array")
