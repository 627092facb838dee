"""The command ``neurons``: sigmoid neurons side by side."""

from typing import Annotated

import typer

from imac_arch.cli.base import checked_format, command_line, console, guarded, settings, write
from imac_arch.cli.options import Color, Force, Json, Quiet, Report, Samples, Seed, Set

__all__ = ["neurons"]

FORMATS = ("html", "json", "csv", "md", "tex")
MARKS = {"html": '<meta name="generator" content="imac-arch', "json": '"schema_version"', "csv": "neuron,node,at"}
WHAT = "What to compare"


@guarded
def neurons(
    tech: Annotated[
        str, typer.Option(help="Technology of the analog neuron, name or path.", rich_help_panel=WHAT)
    ] = "sot_mram",
    node: Annotated[
        str | None, typer.Option(help="One node for all, 14nm. (the technology's)", rich_help_panel=WHAT)
    ] = None,
    bits: Annotated[int | None, typer.Option(help="Bits of the digital neurons. (8)", rich_help_panel=WHAT)] = None,
    neuron: Annotated[
        list[str] | None, typer.Option(help="One more neuron file; repeatable.", rich_help_panel=WHAT)
    ] = None,
    set_: Set = None,
    samples: Samples = 2000,
    seed: Seed = 0,
    output: Report = None,
    json_: Json = False,
    force: Force = False,
    quiet: Quiet = False,
    color: Color = None,
) -> None:
    """Compare the analog neuron with digital ones, and with what papers claim of it."""
    import json

    from imac_arch.studies.neurons import compare_neurons

    if output is not None:
        checked_format(output, FORMATS)
    found = compare_neurons(
        tech, node=node, bits=bits, extra=neuron or (), overrides=settings(set_ or []), samples=samples, seed=seed,
        command=command_line(),
    )  # fmt: skip

    def rendered(kind: str) -> str:
        if kind == "json":
            return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        if kind == "html":
            from imac_arch.show.report.neurons import render_neurons

            return str(render_neurons(found))
        from imac_arch.show.tables import neurons_export

        return neurons_export(found, kind)

    if json_:
        typer.echo(rendered("json"), nl=False)
    elif output == "-":
        typer.echo(rendered("html"), nl=False)
    else:
        from imac_arch.show.terminal import print_neurons

        print_neurons(found, console(color))
    if output not in (None, "-"):
        kind = checked_format(str(output), FORMATS)
        marks = {
            "html": '<meta name="generator" content="imac-arch',
            "json": '"schema_version"',
            "csv": "neuron,node,at",
        }
        write(str(output), rendered(kind), marks.get(kind, "PAP ["), force, quiet)
