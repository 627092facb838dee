"""The command ``netlist``: a subarray or a whole network for ngspice, checked against it where asked for."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from imac_arch.cli.base import Command, checked_format, guarded, put, report, settings
from imac_arch.cli.options import OUT, ReadCircuit, Set, Subarray, Tiles, option
from imac_arch.cli.out import Color, Force, NoProgress, Quiet, Verbose
from imac_arch.cli.progress import progress

if TYPE_CHECKING:
    from imac_arch.results.sheets import Netlist, NetlistCheck

__all__ = ["COMMAND"]

FORMATS = ("cir", "net", "sp", "spice")
WHAT = "What to write"


@guarded
def netlist(
    net: Annotated[str, option(WHAT, "NET", "widths (784-128-10) or a YAML file", of="net")],
    tech: Annotated[str, option(WHAT, "TECH", "name or path", of="tech")] = "sot_mram",
    layer: Annotated[int | None, option(WHAT, "N", "counted from 1", default="the whole network")] = None,
    subarray_index: Annotated[
        str | None, option(WHAT, "R,C", "row tile and column tile, from 0", default="0,0")
    ] = None,
    weights: Annotated[str | None, option(WHAT, "FILE", ".npz with W1, W2 ..., -1 to 1", default="random")] = None,
    inputs: Annotated[str | None, option(WHAT, "FILE", ".npy of the layer's inputs, 0 to 1", default="random")] = None,
    seed: Annotated[int, option(WHAT, "N", "seed of what is random")] = 0,
    subarray: Subarray = None,
    tiles: Tiles = None,
    read: ReadCircuit = None,
    set_: Set = None,
    check: Annotated[bool, option(OUT, None, "run ngspice; exit 1 where we differ", "--check")] = False,
    output: Annotated[str | None, option(OUT, "FILE", "cir, sp, spice or net; - is stdout", "-o", "--output")] = None,
    force: Force = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_progress: NoProgress = False,
    color: Color = None,
) -> None:
    """Write a subarray, or a whole small network, as a netlist that ngspice runs as it is."""
    from imac_arch.api import netlist as run
    from imac_arch.data.errors import ThresholdError

    if output is not None:
        checked_format(output, FORMATS, [net, tech, weights, inputs], force)
    waiting = not (quiet or no_progress)
    with progress(waiting):
        result = run(
            net, tech, layer=layer, subarray_index=subarray_index, subarray=subarray, tiles=tiles, read=read,
            overrides=settings(set_ or []), weights=weights, inputs=inputs, seed=seed,
        )  # fmt: skip
    shown = output == "-" or (output is None and not check)
    if shown:
        put(result.text())
    elif output is not None:
        report(output, result.write(output, force=force), quiet)
    if not check:
        return
    checked = _checked(result, quiet, waiting)
    from imac_arch.show.terminal import open_console

    checked.to_terminal(open_console(color, sys.stderr if shown else sys.stdout))
    if broken := [row.what for row in checked.document.rows if not row.ok]:
        raise ThresholdError(f"ngspice differs by more than the limit: {', '.join(broken)}")


def _checked(result: "Netlist", quiet: bool, waiting: bool) -> "NetlistCheck":
    if not quiet:
        whole = "" if result.watched else ", the operating point alone (settling is checked of small single subarrays)"
        typer.echo(f"running ngspice{whole} ...", err=True)
    with progress(waiting):
        return result.check()


COMMAND = Command("netlist", 4, netlist, "imac-arch netlist --net 16-8-4 --check -o reports/small.cir")
