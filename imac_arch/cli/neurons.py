"""The command ``neurons``: sigmoid neurons side by side."""

from typing import Annotated

from imac_arch.cli.base import Command, command_line, guarded, settings
from imac_arch.cli.options import Samples, Seed, Set, option
from imac_arch.cli.out import Out

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
    *,
    out: Out,
) -> None:
    """Compare the analog neuron with digital ones, and with what papers claim of it."""
    from imac_arch.api import compare_neurons

    out.check(FORMATS, [tech, *(neuron or ())])
    with out.progress():
        result = compare_neurons(
            tech, node=node, bits=bits, extra=neuron or (), overrides=settings(set_ or []), samples=samples, seed=seed,
            command=command_line(),
        )  # fmt: skip
    out.leave(result)


COMMAND = Command("neurons", 3, neurons, "imac-arch neurons --node 14nm -o neurons.html")
