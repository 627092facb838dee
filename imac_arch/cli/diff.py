"""The command ``diff``: what differs between two technologies or two documents, and what that does to the results."""

from typing import Annotated

import typer

from imac_arch.cli.base import Command, command_line, guarded
from imac_arch.cli.names import COMPLETE
from imac_arch.cli.options import Samples, Seed, option
from imac_arch.cli.out import Out

__all__ = ["COMMAND"]

FORMATS = ("html", "json", "csv", "md", "tex")
WHAT = "What to compare"


@guarded
def diff(
    a: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="technology, by name or path, or a saved comparison (.json, .html)",
            autocompletion=COMPLETE["side"],
        ),
    ],
    b: Annotated[
        str, typer.Argument(metavar="B", help="the other one, of the same kind", autocompletion=COMPLETE["side"])
    ],
    net: Annotated[str | None, option(WHAT, "NET", "that two technologies run", of="net", default="784-128-10")] = None,
    gpu: Annotated[str | None, option(WHAT, "BOARD", "name or path", of="gpu", default="h100")] = None,
    samples: Samples = 2000,
    seed: Seed = 0,
    *,
    out: Out,
) -> None:
    """Compare two technologies or two saved comparisons: the changed inputs, then what they did to the results."""
    from imac_arch.api import diff as run

    out.check(FORMATS, [a, b, net, gpu])
    with out.progress():
        result = run(a, b, net=net, gpu=gpu, samples=samples, seed=seed, command=command_line())
    out.leave(result)


COMMAND = Command("diff", 2, diff, "imac-arch diff sot_mram sot_mram_imec --net 784-128-10")
