"""The command ``validate``: predictions held against published silicon."""

from typing import Annotated

from imac_arch.cli.base import Command, command_line, guarded
from imac_arch.cli.options import Samples, Seed, option
from imac_arch.cli.out import Out

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
    *,
    out: Out,
) -> None:
    """Say how far predictions of published chips are off, and predict chips of your own."""
    from imac_arch.api import validate as hold
    from imac_arch.results.validation import threshold

    out.check(FORMATS, macros or [])
    if fail_on is not None:
        threshold(fail_on, None)  # before anything is computed
    with out.progress():
        result = hold(macros or (), samples=samples, seed=seed, command=command_line())
    out.leave(result)
    if fail_on is not None:
        result.hold(fail_on)


COMMAND = Command("validate", 3, validate, "imac-arch validate -o silicon.html")
