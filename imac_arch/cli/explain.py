"""The command ``explain``: a component's law, numbers, sources and range."""

from __future__ import annotations

from typing import Annotated

import typer

from imac_arch.cli.base import guarded, settings

__all__ = ["explain"]


@guarded
def explain(
    component: Annotated[
        str, typer.Argument(metavar="COMPONENT", help="A role (adc), a law (adc_survey) or a board (h100).")
    ],
    tech: Annotated[str, typer.Option(help="Technology, name or path.")] = "sot_mram",
    net: Annotated[str, typer.Option(help="Network for which unit costs are shown.")] = "784-128-10",
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Any field; repeatable.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    color: Annotated[bool | None, typer.Option("--color/--no-color", help="Force or forbid colour.")] = None,
) -> None:
    """Explain a component: its law, what one costs, every number with its source, and where it holds."""
    import json

    from imac_arch.explain import explain as run
    from imac_arch.workload import load_network

    found = run(component, tech, load_network(net), overrides=settings(set_ or []))
    if json_:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))
        return
    import sys

    from rich.console import Console

    from imac_arch.terminal import print_explanation

    wide = None if sys.stdout.isatty() else 160
    print_explanation(
        found, Console(width=wide, force_terminal=color, no_color=color is False or None, highlight=False)
    )
