"""The command ``compare``: a thin translator from options to :func:`imac_arch.compare` and from results to files."""

from typing import TYPE_CHECKING, Annotated

import typer

from imac_arch.cli.base import Command, Out, checked_format, command_line, guarded, leave, settings
from imac_arch.cli.options import (
    DESIGN,
    HOW,
    Color,
    Force,
    Json,
    NoProgress,
    Quiet,
    ReadCircuit,
    Report,
    Samples,
    Seed,
    Set,
    Subarray,
    Tiles,
)
from imac_arch.cli.progress import progress

if TYPE_CHECKING:
    from imac_arch.results.compared import Comparison

__all__ = ["COMMAND"]

FORMATS = ("html", "json", "csv", "md", "tex")
WHAT = "What to compare"

Weights = Annotated[
    str | None, typer.Option(metavar="FILE", help=".npz of W1, W2 ... for --exact. (random)", rich_help_panel=HOW)
]
Images = Annotated[
    str | None, typer.Option(metavar="FILE", help=".npz of images x for --exact. (drawn)", rich_help_panel=HOW)
]


@guarded
def compare(
    net: Annotated[str | None, typer.Option(help="Widths (784-128-10) or a YAML file.", rich_help_panel=WHAT)] = None,
    tech: Annotated[list[str] | None, typer.Option(help="Name or path; repeatable.", rich_help_panel=WHAT)] = None,
    arch: Annotated[
        list[str] | None, typer.Option(help="Architecture; repeatable. All by default.", rich_help_panel=WHAT)
    ] = None,
    baseline: Annotated[
        str | None, typer.Option(help="Ratios are against it: imac, or imac@sot_mram.", rich_help_panel=WHAT)
    ] = None,
    gpu: Annotated[str | None, typer.Option(help="Board, name or path. (h100)", rich_help_panel=WHAT)] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Assumptions of a paper: zand2020, amin2022, imac_sim.", rich_help_panel=WHAT)
    ] = None,
    batch: Annotated[int, typer.Option(help="Inferences at once.", rich_help_panel=DESIGN)] = 1,
    subarray: Subarray = None,
    tiles: Tiles = None,
    adc_bits: Annotated[int | None, typer.Option(help="Bits of the converters.", rich_help_panel=DESIGN)] = None,
    adc_law: Annotated[
        str | None, typer.Option(help="survey, survey_best, accelergy, in_array, fixed, sar.", rich_help_panel=DESIGN)
    ] = None,
    read: ReadCircuit = None,
    timing: Annotated[str | None, typer.Option(help="settled or declared.", rich_help_panel=DESIGN)] = None,
    precision: Annotated[
        str | None, typer.Option(help="equal: the technology's bits; native: each its own.", rich_help_panel=DESIGN)
    ] = None,
    pipelined: Annotated[bool, typer.Option("--pipelined", help="Let layers overlap.", rich_help_panel=DESIGN)] = False,
    exact: Annotated[
        bool, typer.Option("--exact", help="Check closed forms against exact crossbars.", rich_help_panel=HOW)
    ] = False,
    weights: Weights = None,
    inputs: Images = None,
    set_: Set = None,
    samples: Samples = 2000,
    seed: Seed = 0,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 on any warning.", rich_help_panel=HOW)] = False,
    output: Report = None,
    json_: Json = None,
    force: Force = False,
    quiet: Quiet = False,
    no_progress: NoProgress = False,
    color: Color = None,
) -> None:
    """Compare architectures for one network: a table here, a report in reports/."""
    from imac_arch.api import compare as run
    from imac_arch.data.errors import ThresholdError, UsageError

    if net is None and scenario is None:
        raise UsageError("name the network: --net 784-128-10 (or a scenario, which brings its own)")
    if output is not None:
        checked_format(output, FORMATS, [net, *(tech or ()), gpu, weights, inputs])
    with progress(not (quiet or no_progress)):
        result = run(
            net, tech or None, arch=arch, baseline=baseline, gpu=gpu, batch=batch, subarray=subarray, adc_bits=adc_bits,
            adc_law=adc_law, read=read, timing=timing, precision=precision, pipelined=pipelined, tiles=tiles,
            scenario=scenario, overrides=settings(set_ or []), exact=exact, weights=weights, inputs=inputs,
            samples=samples, seed=seed, command=command_line(),
        )  # fmt: skip
    leave(result, output=output, default=lambda: _default(result, quiet), json=json_, out=Out(force, quiet, color))
    if strict and result.document.warnings:
        raise ThresholdError(f"--strict: {len(result.document.warnings)} warnings")


def _default(result: "Comparison", quiet: bool) -> str:
    """Return the report's path where none is asked for, and say which report of another design is left alone."""
    path, other = result.report_path()
    if other and not quiet:
        typer.echo(f"{other} is the report of another design and stays", err=True)
    return path


COMMAND = Command(
    "compare", 1, compare, "imac-arch compare --net 784-128-10 --tech sot_mram --tech sot_mram_imec --gpu v100"
)
