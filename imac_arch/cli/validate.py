"""The command ``validate``: predictions held against published silicon."""

from typing import Annotated

from imac_arch.cli.base import Command, Out, checked_format, command_line, guarded, leave
from imac_arch.cli.options import (
    Color,
    Force,
    Json,
    NoProgress,
    Quiet,
    Report,
    Samples,
    Seed,
    Verbose,
    option,
)
from imac_arch.cli.progress import progress

__all__ = ["COMMAND"]

WHAT = "What to hold against silicon"
FORMATS = ("html", "json", "csv", "md", "tex")


@guarded
def validate(
    macros: Annotated[
        list[str] | None,
        option(
            WHAT, "PATH", "macro file or folder of them (tech schema --of macro); repeatable", default="shipped chips"
        ),
    ] = None,
    fail_on: Annotated[
        str | None, option(WHAT, "LIMIT", "median<=1.8, or nested.sram.within_2x>=60%; else exit code 1", "--fail-on")
    ] = None,
    samples: Samples = 200,
    seed: Seed = 0,
    output: Report = None,
    json_: Json = None,
    force: Force = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_progress: NoProgress = False,
    color: Color = None,
) -> None:
    """Say how far predictions of published chips are off, and predict chips of your own."""
    from imac_arch.api import validate as hold
    from imac_arch.results.validation import threshold

    if output is not None:
        checked_format(output, FORMATS, macros or [], force)
    if fail_on is not None:
        threshold(fail_on, None)  # before anything is computed
    with progress(not (quiet or no_progress)):
        result = hold(macros or (), samples=samples, seed=seed, command=command_line())
    leave(result, output=output, default=None, json=json_, out=Out(force, quiet, color))
    if fail_on is not None:
        result.hold(fail_on)


COMMAND = Command("validate", 3, validate, "imac-arch validate -o silicon.html")
