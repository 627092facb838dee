"""The command ``neurons``: sigmoid neurons side by side."""

from typing import Annotated

import typer

from imac_arch.cli.base import Command, Out, checked_format, command_line, guarded, leave, settings
from imac_arch.cli.options import Color, Force, Json, NoProgress, Quiet, Report, Samples, Seed, Set
from imac_arch.cli.progress import progress

__all__ = ["COMMAND"]

FORMATS = ("html", "json", "csv", "md", "tex")
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
    json_: Json = None,
    force: Force = False,
    quiet: Quiet = False,
    no_progress: NoProgress = False,
    color: Color = None,
) -> None:
    """Compare the analog neuron with digital ones, and with what papers claim of it."""
    from imac_arch.api import compare_neurons

    if output is not None:
        checked_format(output, FORMATS, [tech, *(neuron or ())])
    with progress(not (quiet or no_progress)):
        result = compare_neurons(
            tech, node=node, bits=bits, extra=neuron or (), overrides=settings(set_ or []), samples=samples, seed=seed,
            command=command_line(),
        )  # fmt: skip
    leave(result, output=output, default=None, json=json_, out=Out(force, quiet, color))


COMMAND = Command("neurons", 3, neurons, "imac-arch neurons --node 14nm -o neurons.html")
