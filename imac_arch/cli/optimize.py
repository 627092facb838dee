"""The command ``optimize``: the best design of each architecture."""

from typing import Annotated

from imac_arch.cli.base import Command, command_line, guarded, settings
from imac_arch.cli.options import Batch, Pipelined, Precision, Seed, Set, Subject, Tiles, Timing, option
from imac_arch.cli.out import Out

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
    yes: Annotated[bool, option(AXES, None, "the accuracy of more than 500 circuits", "--yes")] = False,
    batch: Batch = 1,
    tiles: Tiles = None,
    timing: Timing = None,
    precision: Precision = None,
    pipelined: Pipelined = False,
    set_: Set = None,
    *,
    out: Out,
) -> None:
    """Find the best design of each architecture under constraints, proven or found."""
    from imac_arch.api import optimize as run

    out.check(FORMATS, [net, tech, gpu])
    with out.progress():
        result = run(
            net, tech, minimize=minimize, maximize=maximize, subject=subject or None, over=over or (), fair=fair,
            arch=arch or None, baseline=baseline, gpu=gpu, most=most, seed=seed, yes=yes, batch=batch, tiles=tiles,
            timing=timing, precision=precision, pipelined=pipelined, overrides=settings(set_ or []),
            command=command_line(),
        )  # fmt: skip
    out.leave(result)


COMMAND = Command("optimize", 2, optimize, "imac-arch optimize --tech reram --minimize energy --fair")
