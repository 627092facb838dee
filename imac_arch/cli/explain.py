"""The command ``explain``: a component's law, numbers, sources and range."""

from typing import Annotated

import typer

from imac_arch.cli.base import console, guarded, settings
from imac_arch.cli.options import Color, Json, Set

__all__ = ["explain"]


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
    import json

    from imac_arch.network_files import load_network
    from imac_arch.studies.explain import explain as run

    found = run(component, tech, load_network(net), overrides=settings(set_ or []))
    if json_:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))
        return

    from imac_arch.show.terminal import print_explanation

    print_explanation(found, console(color))
