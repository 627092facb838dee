"""The command ``neurons``: sigmoid neurons side by side."""

from typing import Annotated

from imac_arch.cli.base import Command, Out, checked_format, command_line, guarded, leave, settings
from imac_arch.cli.options import Color, Force, Json, NoProgress, Quiet, Report, Samples, Seed, Set, Verbose, option
from imac_arch.cli.progress import progress

__all__ = ["COMMAND"]

FORMATS = ("html", "json", "csv", "md", "tex")
WHAT = "What to compare"


@guarded
def neurons(
    tech: Annotated[str, option(WHAT, "TECH", "of the analog neuron, name or path", of="tech")] = "sot_mram",
    node: Annotated[str | None, option(WHAT, "NODE", "one for all, such as 14nm", default="the technology's")] = None,
    bits: Annotated[int | None, option(WHAT, "N", "of the digital neurons", default="8")] = None,
    neuron: Annotated[list[str] | None, option(WHAT, "FILE", "one more neuron; repeatable")] = None,
    set_: Set = None,
    samples: Samples = 2000,
    seed: Seed = 0,
    output: Report = None,
    json_: Json = None,
    force: Force = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_progress: NoProgress = False,
    color: Color = None,
) -> None:
    """Compare the analog neuron with digital ones, and with what papers claim of it."""
    from imac_arch.api import compare_neurons

    if output is not None:
        checked_format(output, FORMATS, [tech, *(neuron or ())], force)
    with progress(not (quiet or no_progress)):
        result = compare_neurons(
            tech, node=node, bits=bits, extra=neuron or (), overrides=settings(set_ or []), samples=samples, seed=seed,
            command=command_line(),
        )  # fmt: skip
    leave(result, output=output, default=None, json=json_, out=Out(force, quiet, color))


COMMAND = Command("neurons", 3, neurons, "imac-arch neurons --node 14nm -o neurons.html")
