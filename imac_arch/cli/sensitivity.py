"""The command ``sensitivity``: what drives a result, and what would flip it."""

from typing import Annotated

from imac_arch.cli.base import Command, command_line, guarded, settings
from imac_arch.cli.options import (
    HOW,
    AdcLaw,
    Batch,
    Pipelined,
    Precision,
    ReadCircuit,
    Samples,
    Seed,
    Set,
    Subarray,
    Tiles,
    Timing,
    option,
)
from imac_arch.cli.out import Out

__all__ = ["COMMAND"]

FORMATS = ("html", "json", "csv", "md", "tex")
WHAT = "What to look at"


@guarded
def sensitivity(
    net: Annotated[str | None, option(WHAT, "NET", "784-128-10 or a file", of="net", default="784-128-10")] = None,
    tech: Annotated[list[str] | None, option(WHAT, "TECH", "repeatable", of="tech", default="sot_mram")] = None,
    arch: Annotated[
        list[str] | None, option(WHAT, "ARCH", "repeatable", of="arch", default="those that headlines are about")
    ] = None,
    metric: Annotated[
        list[str] | None,
        option(WHAT, "NAME", "repeatable", of="metric", default="energy, latency, area"),
    ] = None,
    baseline: Annotated[
        str | None,
        option(WHAT, "DESIGN", "of ratios; none: the metric alone", of="baseline", default="{reference}"),
    ] = None,
    gpu: Annotated[str | None, option(WHAT, "BOARD", "name or path", of="gpu", default="h100")] = None,
    scenario: Annotated[str | None, option(WHAT, "PAPER", "{scenarios} or a path", of="scenario")] = None,
    batch: Batch = 1,
    subarray: Subarray = None,
    tiles: Tiles = None,
    adc_law: AdcLaw = None,
    read: ReadCircuit = None,
    timing: Timing = None,
    precision: Precision = None,
    pipelined: Pipelined = False,
    set_: Set = None,
    samples: Samples = 2000,
    sobol: Annotated[
        int | None, option(HOW, "N", "points for Sobol indices, a power of 2; 0: none", default="where needed")
    ] = None,
    seed: Seed = 0,
    *,
    out: Out,
) -> None:
    """Say what drives metrics and ratios, and what would flip them."""
    from imac_arch.api import sensitivity as run

    out.check(FORMATS, [net, *(tech or ()), gpu, scenario])
    with out.progress():
        result = run(
            net, tech or None, arch=arch or None, metrics=metric or None, baseline=baseline, gpu=gpu, batch=batch,
            subarray=subarray, adc_law=adc_law, read=read, timing=timing, precision=precision, pipelined=pipelined,
            tiles=tiles, scenario=scenario, overrides=settings(set_ or []), samples=samples, sobol=sobol, seed=seed,
            command=command_line(),
        )  # fmt: skip
    out.leave(result)


COMMAND = Command("sensitivity", 2, sensitivity, "imac-arch sensitivity --metric energy -o sensitivity.html")
