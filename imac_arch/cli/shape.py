"""The shape of commands: what typer's own do not have, a value that may be left out, and help that fits a screen."""

from __future__ import annotations

import os
import shlex
import shutil
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from imac_arch.cli.streams import say, stdout_failed

__all__ = ["BRIEF", "ShapedCommand", "ShapedGroup", "json_form"]

FULL, BRIEF = "full", "brief"
JSON = "--json"
WIDEST, INDENT, GAP = 100, 2, 2  # columns of help, and blanks before and between them
KEPT = "\u00a0"
HELP = "NoArgsIsHelpError"  # no wrong option: the help of a group that is called without a word
WRONG = 2  # exit code of a wrong option
TAKEN = {"integer": "a whole number", "number": "a number", "float": "a number"}  # in the words of typer
OVER = "--over"
VARIED = ("--net", "--tech", "--gpu", "--tiles", "--timing", "--precision")  # words that an axis of designs takes
OTHERS, ARGUMENTS, COMMANDS = "Options", "Arguments", "Commands"


class ShapedCommand(TyperCommand):
    """A command whose option ``--json`` may have a value, ``--json=brief``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words of a command line; a bare ``--json`` takes no word after it as its value."""
        end = args.index("--") if "--" in args else len(args)
        words = [f"{JSON}={FULL}" if a == JSON and k < end else a for k, a in enumerate(args)]
        with _in_our_words(ctx, args):
            if not ctx.resilient_parsing:
                _once(self, ctx, words, args)
            _spare(self, ctx)
            return super().parse_args(ctx, words)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        formatter.write("\n".join(_help(self, ctx)))


class ShapedGroup(TyperGroup):
    """A group of commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words of a command line."""
        with _in_our_words(ctx, args):
            if not ctx.resilient_parsing:
                _once(self, ctx, args, args)
            _spare(self, ctx)
            return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that a command line names."""
        with _in_our_words(ctx, args):
            return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        formatter.write("\n".join(_help(self, ctx)))


def _spare(command: Any, ctx: Any) -> None:
    """Let typer make a reader of values for an option that is given alone: few are, and to make what would read their
    defaults takes longer than all else that it does."""
    for param in command.get_params(ctx):
        param.process_value = _sparing(param)


def _sparing(param: Any) -> Callable[[Any, Any], Any]:
    def process_value(ctx: Any, value: Any) -> Any:
        known = value is None or (value is param.default and isinstance(value, int))
        if not known or param.required:
            return type(param).process_value(param, ctx, value)
        value = () if value is None and (param.multiple or param.nargs == -1) else value
        return value if param.callback is None else param.callback(ctx, param, value)

    return process_value


@contextmanager
def _in_our_words(ctx: Any, typed: list[str]) -> Iterator[None]:
    """Say what is wrong with a command line as every other error is said; one whose reader went away is none."""
    try:
        yield
    except BrokenPipeError as error:
        raise SystemExit(stdout_failed(error)) from None
    except Exception as error:
        if not hasattr(error, "format_message") or type(error).__name__ == HELP or ctx.resilient_parsing:
            raise
        _refuse(_wrong(error, typed))
        say(f"try '{ctx.command_path} --help'")
        raise typer.Exit(WRONG) from None


def _refuse(text: str) -> None:
    from imac_arch.data.errors import UsageError

    say(f"error: {UsageError(text)}")  # which leaves out what is beyond a few lines


def _wrong(error: Any, typed: list[str]) -> str:
    """Return what is wrong with a command line: the option as it was typed, what it takes, the nearest name."""
    near, param = getattr(error, "possibilities", None), getattr(error, "param", None)
    if near and hasattr(error, "option_name"):
        return f"no such option: {error.option_name}; did you mean {' or '.join(near)}?"
    if not isinstance(error, typer.BadParameter) or param is None or not error.message:
        said: str = error.format_message()
        return said[:1].lower() + said[1:]
    names = [*param.opts, *param.secondary_opts]
    given = " ".join(_given(typed, names, False)) if param.param_type_name == "option" else param.metavar or param.name
    takes = next((text for kind, text in TAKEN.items() if f"valid {kind}" in error.message), None)
    return f"{given}: needed is {takes}" if given and takes else f"{max(names, key=len)}: {error.message}"


def _once(command: Any, ctx: Any, words: list[str], typed: list[str]) -> None:
    """Refuse an option that is given twice where one alone can count, and say both values.

    Args:
        command: whose options they are.
        ctx: its context.
        words: of the command line, as they are parsed.
        typed: as they were typed.
    """
    _, _, order = command.make_parser(ctx).parse_args(list(words))
    for param in dict.fromkeys(order):
        if param.param_type_name == "option" and not param.multiple and order.count(param) > 1:
            names = [*param.opts, *param.secondary_opts]
            each = list(_given(typed, names, param.is_flag))
            name = "/".join(names) if param.secondary_opts else max(names, key=len)
            varies = name in VARIED and any(own.name == "over" for own in command.params)
            axis = f", or vary it: {_axis(name, each)}" if varies else ""
            _refuse(f"{name} is given twice, as {' and '.join(each)}; keep one of them{axis}")
            raise typer.Exit(WRONG)


def _axis(name: str, given: list[str]) -> str:
    """Return the axis of what an option was given, in a shell's words: ``--over tech=sot_mram,reram``."""
    values = [shlex.split(text)[-1].removeprefix(f"{name}=") for text in given]
    return shlex.join([OVER, f"{name.lstrip('-')}={(';' if ',' in ''.join(values) else ',').join(values)}"])


def _given(words: list[str], names: list[str], flag: bool) -> Iterator[str]:
    """Give an option as often as it stands on the command line, with its value, which may stand in the next word."""
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if word == "--":
            return
        if word in names:
            yield word if flag or word == JSON or place + 1 == len(words) else f"{word} {words[place + 1]!r}"
        elif name in names and equals:
            yield f"{name} {value!r}"
        elif len(word) > len("-o") and word[:2] in names and not word.startswith("--"):
            yield f"{word[:2]} {word[2:]!r}"


def json_form(value: str | None) -> str | None:
    """Return the form of JSON that is asked for, None for none.

    Raises:
        BadParameter: it is another one.
    """
    if value not in (None, FULL, BRIEF):
        raise typer.BadParameter(f"{value!r} is no form of JSON; write {JSON} or {JSON}={BRIEF}")
    return value


def _help(command: Any, ctx: Any) -> Iterator[str]:
    """Give the lines of a command's help: options by groups, a line each where that is enough, and an example."""
    width = min(shutil.get_terminal_size().columns, WIDEST)
    yield from (_bold(command.get_usage(ctx)), "")
    yield from (*textwrap.wrap(command.help or "", width), "")
    groups: dict[str, list[tuple[str, str]]] = {}
    if isinstance(command, TyperGroup):
        own: Any = (command.get_command(ctx, name) for name in command.list_commands(ctx))
        groups[COMMANDS] = [(each.name, (each.help or "").partition(": ")[0].rstrip(".")) for each in own]
    for param in command.get_params(ctx):
        if not param.hidden:
            group, front, text = _line(param)
            groups.setdefault(group, []).append((front, text))
    if len(groups) > 1 and OTHERS in groups:  # --help among the last
        *_, last = (name for name in groups if name != OTHERS) if COMMANDS not in groups else (OTHERS,)
        groups[last] += groups.pop(OTHERS) if last != OTHERS else []
    side = INDENT + max(len(front) for lines in groups.values() for front, _ in lines) + GAP
    for title, lines in groups.items():
        yield _bold(title)
        for front, text in lines:
            first, *rest = textwrap.wrap(text, width - side, break_on_hyphens=False) or [""]
            yield f"{' ' * INDENT}{front:<{side - INDENT}}{first}".rstrip().replace(KEPT, " ")
            yield from (" " * side + line.replace(KEPT, " ") for line in rest)
    if command.epilog:
        yield from ("", command.epilog)


def _line(param: Any) -> tuple[str, str, str]:
    """Return group, names and text of an option or an argument."""
    from imac_arch.cli.names import listed

    text = listed(param.help or "")
    if param.param_type_name == "argument":
        front, group = param.metavar or param.name.upper(), ARGUMENTS
    else:
        names = sorted(param.opts, key=len)
        metavar = param.metavar or ("" if getattr(param, "is_flag", False) else param.name.upper())
        front = ", ".join(names) + ("" if not metavar or metavar.startswith("[") else " ") + metavar
        front = f"--[no-]{names[-1].removeprefix('--')}" if param.secondary_opts else front
        group = getattr(param, "rich_help_panel", None) or OTHERS
    default = _default(param)
    text = text[:1].lower() + text[1:].rstrip(".") if group == OTHERS else text
    said = listed(f"default: {default}") if default else "required" if param.required and group != ARGUMENTS else ""
    return group, front, f"{text} [{said.replace(' ', KEPT)}]" if said else text


def _default(param: Any) -> str:
    """Return what an option has where it is not given, empty where nothing is to be said of it."""
    shown = getattr(param, "show_default", None)
    if isinstance(shown, str):
        return shown
    value = param.default
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and shown else ""


def _bold(text: str) -> str:
    return text if "NO_COLOR" in os.environ else typer.style(text, bold=True)
