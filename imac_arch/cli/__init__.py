"""The command line: one thin translator a command, from options to the library and from results to files."""

import gc
import sys
from typing import Annotated

import typer

from imac_arch.cli import tech
from imac_arch.cli.base import INTERRUPTED, debug
from imac_arch.cli.compare import compare
from imac_arch.cli.explain import explain
from imac_arch.cli.netlist import netlist
from imac_arch.cli.neurons import neurons

__all__ = ["app", "main"]

RARELY = 100_000  # new objects before a search for cycles: a run is short, and keeps nearly all that it makes

app = typer.Typer(
    name="imac-arch",
    help="What an analog in-memory computer costs, how sure that is, and where every number comes from.",
    epilog="Example:  imac-arch compare --net 784-128-10 --tech sot_mram",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(epilog="Example:  imac-arch compare --net 784-128-10 --tech sot_mram --tech sot_mram_imec --gpu v100")(
    compare
)
app.command(epilog="Example:  imac-arch explain adc --tech sot_mram --set components.adc.law=in_array")(explain)
app.command(epilog="Example:  imac-arch neurons --node 14nm -o neurons.html")(neurons)
app.command(epilog="Example:  imac-arch netlist --net 16-8-4 --check -o reports/small.cir")(netlist)
app.add_typer(tech.app, name="tech")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"imac-arch {version('imac-arch')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug_: Annotated[bool, typer.Option("--debug", help="Show the traceback of a bug.")] = False,
) -> None:
    debug(debug_)


def main() -> None:
    """Run the command line; an interrupt while it starts is an interrupt too."""
    gc.set_threshold(RARELY)
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
