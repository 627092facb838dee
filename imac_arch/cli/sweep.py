"""The command ``sweep``: designs along axes, a summary here, all of them in a file."""

import os
from dataclasses import dataclass, replace
from typing import Annotated

from imac_arch.cli.base import Command, command_line, guarded, report, settings
from imac_arch.cli.options import HOW, OUT, Batch, Pipelined, Precision, Seed, Set, Subject, Tiles, Timing, option
from imac_arch.cli.out import Out

__all__ = ["COMMAND"]

FORMATS = ("csv", "html", "json")
PARQUET = ".parquet"
WHAT, AXES = "What to sweep", "Axes"

Over = Annotated[list[str], option(AXES, "NAME=VALUES", "32,64 or range(4,9), linspace ...; repeatable", "--over")]
Metric = Annotated[list[str] | None, option(WHAT, "METRIC", "such as energy; repeatable", default="those of summaries")]
Pareto = Annotated[str | None, option(WHAT, "METRICS", "of the front: energy,area", default="area,energy,latency")]


@dataclass(frozen=True)
class Designs(Out):
    """Output that takes all designs too, as a file or as the parts of a folder."""

    output: Annotated[
        str | None, option(OUT, "FILE", "csv or FOLDER/ (Parquet): all; html, json: summary", "-o", "--output")
    ] = None

    def folder(self, executor: str | None, inputs: list[str | None]) -> str | None:
        """Return the folder that designs are written into, if it is one; before anything is computed."""
        from imac_arch.data.errors import UsageError

        output = self.output
        if output is None:
            return None
        if output.endswith(PARQUET):
            raise UsageError(
                f"-o {output}: Parquet is a folder of parts; name a folder, such as {output[: -len(PARQUET)]}/"
            )
        if output.endswith(("/", os.sep)) or os.path.isdir(output):
            return output
        self.check(FORMATS, inputs)
        if executor is not None and output.endswith(".csv"):
            raise UsageError(f"-o {output} is written row by row; with --executor name a folder, such as -o designs/")
        return None


@guarded
def sweep(
    over: Over,
    net: Annotated[str, option(WHAT, "NET", "widths (784-128-10) or a YAML file", of="net")] = "784-128-10",
    tech: Annotated[str, option(WHAT, "TECH", "name or path", of="tech")] = "sot_mram",
    arch: Annotated[
        list[str] | None, option(WHAT, "ARCH", "{architectures}; repeatable", of="arch", default="all")
    ] = None,
    gpu: Annotated[str | None, option(WHAT, "BOARD", "name or path", of="gpu", default="h100")] = None,
    metric: Metric = None,
    pareto: Pareto = None,
    subject: Subject = None,
    zip_: Annotated[bool, option(AXES, None, "pair the values of axes, instead of all combinations", "--zip")] = False,
    sample: Annotated[str | None, option(AXES, "N", "so many designs, spread over all: 1e6", default="all")] = None,
    method: Annotated[str, option(AXES, "WORD", "sobol or random, for --sample")] = "sobol",
    samples: Annotated[int | None, option(HOW, "N", "draws of intervals, in rows too", default="200 on a page")] = None,
    seed: Seed = 0,
    yes: Annotated[bool, option(AXES, None, "more than 10^10 designs, 500 circuits", "--yes")] = False,
    executor: Annotated[
        str | None, option(AXES, "WORD", "processes[=N] or dask[=tcp://...]", default="this process")
    ] = None,
    batch: Batch = 1,
    tiles: Tiles = None,
    timing: Timing = None,
    precision: Precision = None,
    pipelined: Pipelined = False,
    set_: Set = None,
    *,
    out: Designs,
) -> None:
    """Evaluate designs along axes of any field: the best that work, their front."""
    from imac_arch.api import sweep as run

    folder = out.folder(executor, [net, tech, gpu])
    with out.progress():
        result = run(
            net, tech, over=over, arch=arch or None, gpu=gpu, metrics=metric or None, pareto=pareto,
            subject=subject or None, zip=zip_, sample=sample, method=method, samples=samples, seed=seed, yes=yes,
            executor=executor, batch=batch, tiles=tiles, timing=timing, precision=precision, pipelined=pipelined,
            overrides=settings(set_ or []), command=command_line(),
        )  # fmt: skip
        if folder is not None:
            path = result.to_parquet(folder, force=out.force)
            report(folder, sum(each.stat().st_size for each in path.iterdir()), out.quiet)
            out = replace(out, output=None)
        out.leave(result)


COMMAND = Command("sweep", 2, sweep, "imac-arch sweep --over subarray=32,64,128 --over 'adc.bits=range(4,9)'")
