"""The command ``optimize``: the best design of each architecture."""

from typing import Annotated

from imac_arch.cli.base import Command, Out, checked_format, command_line, guarded, leave, settings
from imac_arch.cli.options import (
    DESIGN,
    Color,
    Force,
    Json,
    NoProgress,
    Quiet,
    Report,
    Seed,
    Set,
    Subject,
    Tiles,
    Verbose,
    option,
)
from imac_arch.cli.progress import progress

__all__ = ["COMMAND"]

FORMATS = ("html", "json", "csv", "md", "tex")
WHAT, AXES = "What is best", "Among which designs"


@guarded
def optimize(
    net: Annotated[str, option(WHAT, "NET", "widths (784-128-10) or a YAML file", of="net")] = "784-128-10",
    tech: Annotated[str, option(WHAT, "TECH", "name or path", of="tech")] = "sot_mram",
    minimize: Annotated[str | None, option(WHAT, "METRIC", "such as energy", of="metric", default="none")] = None,
    maximize: Annotated[
        str | None, option(WHAT, "METRIC", "such as tops_per_watt", of="metric", default="none")
    ] = None,
    subject: Subject = None,
    over: Annotated[
        list[str] | None, option(AXES, "NAME=VALUES", "as of sweep; repeatable", "--over", default="none")
    ] = None,
    fair: Annotated[bool, option(AXES, None, "each architecture's own knobs", "--fair")] = False,
    arch: Annotated[
        list[str] | None, option(WHAT, "ARCH", "{architectures}; repeatable", of="arch", default="all")
    ] = None,
    baseline: Annotated[str | None, option(WHAT, "ARCH", "of ratios", of="arch", default="{reference}")] = None,
    gpu: Annotated[str | None, option(WHAT, "BOARD", "name or path", of="gpu", default="h100")] = None,
    most: Annotated[int, option(AXES, "N", "compute all of so many designs, search among more")] = 10**7,
    seed: Seed = 0,
    batch: Annotated[int, option(DESIGN, "N", "inferences at once")] = 1,
    tiles: Tiles = None,
    timing: Annotated[str | None, option(DESIGN, "WORD", "settled or declared", of="timing", default="settled")] = None,
    precision: Annotated[
        str | None, option(DESIGN, "WORD", "equal or native (each its own)", of="precision", default="equal")
    ] = None,
    pipelined: Annotated[bool, option(DESIGN, None, "let layers overlap", "--pipelined")] = False,
    set_: Set = None,
    output: Report = None,
    json_: Json = None,
    force: Force = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_progress: NoProgress = False,
    color: Color = None,
) -> None:
    """Find the best design of each architecture under constraints, proven or found."""
    from imac_arch.api import optimize as run

    if output is not None:
        checked_format(output, FORMATS, [net, tech, gpu], force)
    with progress(not (quiet or no_progress)):
        result = run(
            net, tech, minimize=minimize, maximize=maximize, subject=subject or None, over=over or (), fair=fair,
            arch=arch or None, baseline=baseline, gpu=gpu, most=most, seed=seed, batch=batch, tiles=tiles,
            timing=timing, precision=precision, pipelined=pipelined, overrides=settings(set_ or []),
            command=command_line(),
        )  # fmt: skip
    leave(result, output=output, default=None, json=json_, out=Out(force, quiet, color))


COMMAND = Command("optimize", 2, optimize, "imac-arch optimize --tech reram --minimize energy --fair")
