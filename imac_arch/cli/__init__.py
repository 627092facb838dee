"""The command line: one thin translator per command, from options to the library and from results to files.

A new command is a new file here that declares ``COMMAND``.
"""

import atexit
import gc
import importlib
import os
import pkgutil
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import typer

from imac_arch.cli.base import INTERRUPTED, Command, debug
from imac_arch.cli.shape import ShapedCommand, ShapedGroup
from imac_arch.cli.streams import guarded_exit, prepare, say

__all__ = ["app", "application", "main"]

UNREADABLE = 2  # exit code of a wrong option
RARELY = 300_000  # new objects before a search for cycles: a run is short, and keeps nearly all that it makes

_files = [module.name for module in pkgutil.iter_modules(__path__)]  # a command lies in the file of its name


def application(words: Sequence[str] = ()) -> typer.Typer:
    """Return the command line.

    Args:
        words: what was typed. Where the first of them that is no option names a command, it alone is made: all of
            them take a tenth of the time that Python needs to start.
    """
    made = typer.Typer(
        name="imac-arch",
        help="What an analog in-memory computer costs, how sure that is, and where every number comes from.",
        epilog="Example:  imac-arch compare --net 784-128-10 --tech sot_mram",
        no_args_is_help=True,
        cls=ShapedGroup,
        add_completion=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_root)
    asked = next((word for word in words if not word.startswith("-")), "")
    for command in _commands([asked] if asked in _files else _files) or _commands(_files):
        if isinstance(command.run, typer.Typer):
            for each in command.run.registered_commands:
                each.cls = ShapedCommand
            made.add_typer(command.run, name=command.name, cls=ShapedGroup)
        else:
            made.command(command.name, cls=ShapedCommand, epilog=f"Example:  {command.example}")(command.run)
    return made


def _commands(files: Sequence[str]) -> list[Command]:
    modules = [importlib.import_module(f"{__name__}.{name}") for name in files]
    return sorted((m.COMMAND for m in modules if hasattr(m, "COMMAND")), key=lambda command: command.order)


def __getattr__(name: str) -> typer.Typer:
    """Make the command line with all its commands where ``app`` is asked for."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = made = application()
    return made


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"imac-arch {version('imac-arch')}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
    ] = False,
    debug_: Annotated[bool, typer.Option("--debug", help="show the traceback of a bug")] = False,
) -> None:
    debug(debug_)


def main() -> None:
    """Run the command line; an interrupt while it starts is an interrupt too."""
    gc.set_threshold(RARELY)
    ended: list[object] = []
    atexit.register(_leave, ended)  # before all others, and so run after them
    prepare()
    try:
        code = UNREADABLE if _unreadable() else guarded_exit(application(sys.argv[1:]))
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done: an interrupt now would only change the exit code
    except KeyboardInterrupt:
        code = INTERRUPTED
    gc.freeze()  # what is left goes with the process: Python need not look for cycles in it
    exec("")  # else Python, which remembers an interrupt inside an exec though it was handled, ends by the signal
    ended.append(code)
    sys.exit(code)


def _leave(ended: Sequence[object]) -> None:
    """End a process in which all is done as it is: Python takes 20 ms to take apart what goes with the process anyway.
    One that is traced, as for coverage, ends as usual."""
    code = ended[0] if ended else None
    if isinstance(code, int) and sys.gettrace() is None:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def _unreadable() -> bool:
    """Say which word of the command line is no text, its bytes not UTF-8, and whether there is one."""
    for word in sys.argv[1:]:
        try:
            word.encode()
        except UnicodeEncodeError:
            say(f"error: {word!a} is not valid UTF-8; write it, or rename the file, in UTF-8")
            return True
    return False
