"""The command ``netlist``: a subarray or a whole network for ngspice, checked against it where asked for."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from imac_arch.cli.base import Command, checked_format, guarded, put, report, settings
from imac_arch.cli.options import OUT, Color, Force, NoProgress, Quiet, ReadCircuit, Set, Subarray, Tiles
from imac_arch.cli.progress import progress

if TYPE_CHECKING:
    from imac_arch.results.sheets import Netlist, NetlistCheck

__all__ = ["COMMAND"]

FORMATS = ("cir", "net", "sp", "spice")
WHAT = "What to write"


@guarded
def netlist(
    net: Annotated[str, typer.Option(help="Widths (784-128-10) or a YAML file.", rich_help_panel=WHAT)],
    tech: Annotated[str, typer.Option(help="Name or path.", rich_help_panel=WHAT)] = "sot_mram",
    layer: Annotated[
        int | None, typer.Option(help="From 1; the whole network without it.", rich_help_panel=WHAT)
    ] = None,
    subarray_index: Annotated[
        str | None, typer.Option(metavar="R,C", help="Row and column tile, from 0. (0,0)", rich_help_panel=WHAT)
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(metavar="FILE", help=".npz with W1, W2 ..., -1 to 1. (random)", rich_help_panel=WHAT),
    ] = None,
    inputs: Annotated[
        str | None, typer.Option(metavar="FILE", help=".npy of the layer's inputs, 0 to 1.", rich_help_panel=WHAT)
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of what is random.", rich_help_panel=WHAT)] = 0,
    subarray: Subarray = None,
    tiles: Tiles = None,
    read: ReadCircuit = None,
    set_: Set = None,
    check: Annotated[
        bool, typer.Option("--check", help="Run ngspice; exit 1 where we differ.", rich_help_panel=OUT)
    ] = False,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE", help="cir, sp, spice, net; - is stdout.", rich_help_panel=OUT),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
    no_progress: NoProgress = False,
    color: Color = None,
) -> None:
    """Write a subarray, or a whole small network, as a netlist that ngspice runs as it is."""
    from imac_arch.api import netlist as run
    from imac_arch.data.errors import ThresholdError

    if output is not None:
        checked_format(output, FORMATS, [net, tech, weights, inputs])
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
