"""What every command shares: records become options, errors messages and exit codes, texts files."""

from __future__ import annotations

import functools
import inspect
import shlex
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import typer

from imac_arch.cli.logs import listening_to_logs
from imac_arch.cli.streams import say, signalled, stdout_failed

__all__ = [
    "Command",
    "checked_format",
    "command_line",
    "debug",
    "guarded",
    "put",
    "report",
    "settings",
    "spare",
    "write",
]

F = TypeVar("F", bound=Callable[..., None])
BUG, INTERRUPTED = 70, 130


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the command line: its name, its place in the help, what it runs, and an example."""

    name: str
    order: int
    run: Callable[..., None] | typer.Typer
    example: str = ""


_debugging = False


def debug(wanted: bool) -> None:
    """Let bugs show their traceback."""
    global _debugging
    _debugging = wanted


def guarded(command: F) -> F:
    """Turn errors into messages and exit codes; a bug into 70, a traceback only with --debug.

    An argument that is a record (a dataclass) stands for an option for each of its fields.
    """
    given, records = _options(command)

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        from imac_arch.data.errors import ImacError

        try:
            with listening_to_logs(), warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # of arithmetic, whose results are checked
                for name, record in records.items():
                    kwargs[name] = record(**{field.name: kwargs.pop(field.name) for field in fields(record)})
                command(*args, **kwargs)
            sys.stdout.flush()
        except typer.Exit:
            raise
        except ImacError as error:
            say(f"error: {error}")
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt as stop:
            say(f"interrupted {stop}".rstrip())
            raise typer.Exit(INTERRUPTED) from None
        except OSError as error:
            raise typer.Exit(stdout_failed(error)) from None
        except Exception as error:
            if (code := signalled()) is not None:  # which has become another exception, as in what C code loads
                if code == INTERRUPTED:
                    say("interrupted")
                raise typer.Exit(code) from None
            if _debugging:
                raise
            say(f"bug: {type(error).__name__}: {error}\nplease report it with: imac-arch --debug ...")
            raise typer.Exit(BUG) from None

    run.__signature__ = inspect.Signature(given)  # type: ignore[attr-defined]  # which typer reads
    run.__annotations__ = {each.name: each.annotation for each in given}
    return run  # type: ignore[return-value]  # of the same command


def _options(command: Callable[..., None]) -> tuple[list[inspect.Parameter], dict[str, Any]]:
    """Return the arguments of a command with the fields of records in the place of these, and the records by name."""
    given: list[inspect.Parameter] = []
    records: dict[str, Any] = {}
    for each in inspect.signature(command, eval_str=True).parameters.values():
        if is_dataclass(each.annotation):
            records[each.name] = each.annotation
            given += [each.replace(name=f.name, default=f.default, annotation=f.type) for f in fields(each.annotation)]
        else:
            given.append(each)
    return given, records


def settings(given: list[str]) -> dict[str, str]:
    """Read ``PATH=VALUE`` options; a path may stand once."""
    from imac_arch.data.errors import UsageError

    found: dict[str, str] = {}
    for text in given:
        path, equals, value = text.partition("=")
        path = path.strip()
        if not equals or not path or not value.strip():
            raise UsageError(f"--set {text!r}: write PATH=VALUE, such as adc.bits=6")
        if path in found:
            raise UsageError(f"--set {path} is given twice ({found[path]!r} and {value!r}); keep one of the two")
        found[path] = value
    return found


def command_line() -> str:
    """Return the command line without output file and workers, which do not change the result, nor where files lie."""
    from imac_arch.data.registry import portable

    kept, skip = [], False
    for word in sys.argv[1:]:
        if skip:
            skip = False
        elif word in ("-o", "--output", "--executor"):
            skip = True
        elif word not in (
            "--force",
            "-q",
            "--quiet",
            "--color",
            "--no-color",
            "--debug",
            "--json",
            "--json=brief",
            "--no-progress",
            "-v",
            "--verbose",
        ) and not word.startswith(("--output=", "-o", "--executor=")):
            option, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
            kept.append(option + equals + portable(value))
    return shlex.join(["imac-arch", *kept])


def checked_format(output: str, formats: Sequence[str], inputs: Iterable[str | None] = (), force: bool = False) -> str:
    """Return the format that the suffix of an output file asks for, before anything is computed.

    Args:
        output: the file that was asked for; ``-`` is stdout.
        formats: that the command writes.
        inputs: files that it reads, which stay as they are whatever is forced.
        force: whether a file that is not ours is overwritten.

    Raises:
        UsageError: no file, a folder, or another format.
        InputOutputError: the file may not or cannot be written.
    """
    from imac_arch.data.errors import UnknownName, UsageError
    from imac_arch.data.written import refuse_early

    path = Path(output)
    kind = path.suffix.lower().removeprefix(".")
    if not output.strip():
        raise UsageError("-o needs a file, such as -o report.html")
    if _is_folder(path):
        raise UsageError(f"{output} is a folder; name a file in it, such as {path / 'report.html'}")
    if output != "-" and kind not in formats:
        raise UnknownName("output format", kind or output, formats, "The suffix of -o chooses it.")
    spare(output, inputs)
    if output != "-":
        refuse_early(path, force=force)
    return kind


def _is_folder(path: Path) -> bool:
    """Whether a path is a folder.

    Raises:
        InputOutputError: the name is too long, or a folder above it may not be looked into.
    """
    from imac_arch.data.errors import InputOutputError

    try:
        return path.is_dir()
    except (OSError, ValueError) as error:
        raise InputOutputError(f"{path}: cannot be written ({getattr(error, 'strerror', None) or error})") from None


def spare(output: str, inputs: Iterable[str | Path | None]) -> None:
    """Refuse to write over a file that the command reads, whatever is forced.

    Raises:
        InputOutputError: the output is one of the inputs.
    """
    from imac_arch.data.errors import InputOutputError
    from imac_arch.data.written import same_file

    for given in inputs:
        if given is not None and same_file(Path(output), Path(given)):
            raise InputOutputError(f"{output} is read by this command, and stays as it is; write to another file")


def write(output: str, text: str, force: bool, quiet: bool) -> None:
    """Write a text whole or not at all, and say so on stderr; what stands there is kept, unless ``force``."""
    from imac_arch.data.written import write_text

    report(output, write_text(Path(output), text, force=force), quiet)


def report(output: str, size: int, quiet: bool) -> None:
    """Say on stderr that a file was written."""
    if not quiet:
        say(f"wrote {output} ({_size(size)})")


def put(text: str) -> None:
    """Put a text for other programs on stdout as UTF-8, whatever the terminal is said to take."""
    typer.echo(text.encode(errors="backslashreplace"), nl=False)


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
