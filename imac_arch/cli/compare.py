"""The command ``compare``: a thin translator from options to :func:`imac_arch.compare` and from results to files."""

from typing import TYPE_CHECKING, Annotated

from imac_arch.cli.base import Command, command_line, guarded, settings
from imac_arch.cli.options import (
    DESIGN,
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
from imac_arch.cli.streams import say

if TYPE_CHECKING:
    from imac_arch.results.compared import Comparison

__all__ = ["COMMAND"]

FORMATS = ("html", "json", "csv", "md", "tex")
WHAT = "What to compare"

Weights = Annotated[str | None, option(HOW, "FILE", ".npz of W1, W2 ...", default="shipped; random")]
Images = Annotated[str | None, option(HOW, "FILE", ".npz with images x for --exact", default="drawn")]
Baseline = Annotated[
    str | None, option(WHAT, "DESIGN", "of ratios: imac or imac@reram", of="baseline", default="{reference}")
]


@guarded
def compare(
    net: Annotated[str | None, option(WHAT, "NET", "widths (784-128-10) or a YAML file", of="net")] = None,
    tech: Annotated[
        list[str] | None, option(WHAT, "TECH", "name or path; repeatable", of="tech", default="sot_mram")
    ] = None,
    arch: Annotated[list[str] | None, option(WHAT, "ARCH", "{architectures}; else all", of="arch")] = None,
    baseline: Baseline = None,
    gpu: Annotated[str | None, option(WHAT, "BOARD", "name or path", of="gpu", default="h100")] = None,
    scenario: Annotated[str | None, option(WHAT, "PAPER", "{scenarios} or a path", of="scenario")] = None,
    batch: Batch = 1,
    subarray: Subarray = None,
    tiles: Tiles = None,
    adc_bits: Annotated[int | None, option(DESIGN, "N", "bits of the converters", of="adc_bits")] = None,
    adc_law: AdcLaw = None,
    read: ReadCircuit = None,
    timing: Timing = None,
    precision: Precision = None,
    pipelined: Pipelined = False,
    set_: Set = None,
    exact: Annotated[bool, option(HOW, None, "check closed forms against exact crossbars", "--exact")] = False,
    accuracy: Annotated[str | None, option(HOW, "HOW", "quick, full or none", default="quick")] = None,
    no_accuracy: Annotated[bool, option(HOW, None, "as --accuracy none", "--no-accuracy", hidden=True)] = False,
    data: Annotated[str | None, option(HOW, "PATH", "images: IDX folder or .npz", default="shipped")] = None,
    weights: Weights = None,
    inputs: Images = None,
    samples: Samples = 2000,
    seed: Seed = 0,
    strict: Annotated[bool, option(HOW, None, "exit 1 where a design fails or is doubtful", "--strict")] = False,
    *,
    out: Out,
) -> None:
    """Compare architectures for one network: a table here, a report in reports/."""
    from imac_arch.api import compare as run
    from imac_arch.data.errors import UsageError
    from imac_arch.data.keeping import Interrupted

    if net is None and scenario is None:
        raise UsageError("name the network: --net 784-128-10 (or a scenario, which brings its own)")
    out.check(FORMATS, [net, *(tech or ()), gpu, scenario, weights, inputs, data])
    try:
        with out.progress(), out.before():
            result = run(
                net, tech or None, arch=arch or None, baseline=baseline, gpu=gpu, batch=batch, subarray=subarray,
                adc_bits=adc_bits, adc_law=adc_law, read=read, timing=timing, precision=precision, tiles=tiles,
                pipelined=pipelined, scenario=scenario, overrides=settings(set_ or []), exact=exact, weights=weights,
                inputs=inputs, accuracy="none" if no_accuracy else accuracy, data=data, samples=samples, seed=seed,
                command=command_line(),
            )  # fmt: skip
    except Interrupted as stop:
        result = stop.result
        out.leave(result, lambda: _default(result, out.quiet))
        raise
    out.leave(result, lambda: _default(result, out.quiet))
    if strict:
        _refuse_doubt(result)


def _refuse_doubt(result: "Comparison") -> None:
    """Raise where a design fails or is doubtful."""
    from imac_arch.data.errors import ThresholdError

    counted = [warning.severity for warning in result.document.warnings if warning.severity != "note"]
    if counted:
        fails = counted.count("fails")
        raise ThresholdError(f"--strict: {fails} fails, {len(counted) - fails} doubtful (notes do not count)")


def _default(result: "Comparison", quiet: bool) -> str:
    """Return the report's path where none is asked for, and say which report of another design is left alone."""
    path, other = result.report_path()
    if other and not quiet:
        say(f"{other} is the report of another design and stays")
    return path


COMMAND = Command("compare", 1, compare, "imac-arch compare --net 784-128-10 --tech sot_mram --tech reram")
