"""The command line: a thin translator from options to :func:`imac_arch.compare` and from results to files."""

from __future__ import annotations

import functools
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

__all__ = ["app", "main"]

F = TypeVar("F", bound=Callable[..., None])
BUG, INTERRUPTED = 70, 130
FORMATS = ("html", "json", "csv", "md", "tex")

app = typer.Typer(
    name="imac-arch",
    help="What an analog in-memory computer costs, how sure that is, and where every number comes from.",
    epilog="Example:  imac-arch compare --net 784-128-10 --tech sot_mram",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
tech_app = typer.Typer(
    help="List and check technology files.",
    epilog="Example:  imac-arch tech check my_technology.yaml",
    no_args_is_help=True,
)
app.add_typer(tech_app, name="tech")
_debug = False


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
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a bug.")] = False,
) -> None:
    global _debug
    _debug = debug


def _guarded(command: F) -> F:
    """Turn errors into messages and exit codes; a bug into 70, a traceback only with --debug."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        from imac_arch.errors import ImacError

        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except typer.Exit:
            raise
        except ImacError as error:
            typer.echo(f"error: {error}", err=True)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            typer.echo("interrupted; nothing was written", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except Exception as error:
            if _debug:
                raise
            typer.echo(f"bug: {type(error).__name__}: {error}\nplease report it with: imac-arch --debug ...", err=True)
            raise typer.Exit(BUG) from None

    return run  # type: ignore[return-value]  # functools.wraps keeps the signature, which typer reads


WHAT, DESIGN, HOW, OUT = "What to compare", "Design", "Uncertainty", "Output"


@app.command(epilog="Example:  imac-arch compare --net 784-128-10 --tech sot_mram --tech sot_mram_imec --gpu v100")
@_guarded
def compare(
    net: Annotated[str | None, typer.Option(help="Widths (784-128-10) or a YAML file.", rich_help_panel=WHAT)] = None,
    tech: Annotated[list[str] | None, typer.Option(help="Name or path; repeatable.", rich_help_panel=WHAT)] = None,
    arch: Annotated[
        list[str] | None, typer.Option(help="Architecture; repeatable. All by default.", rich_help_panel=WHAT)
    ] = None,
    baseline: Annotated[
        str | None, typer.Option(help="What ratios are against. (mixed_signal)", rich_help_panel=WHAT)
    ] = None,
    gpu: Annotated[str | None, typer.Option(help="Board, name or path. (h100)", rich_help_panel=WHAT)] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Assumptions of a paper: zand2020, amin2022, imac_sim.", rich_help_panel=WHAT)
    ] = None,
    batch: Annotated[int, typer.Option(help="Inferences at once.", rich_help_panel=DESIGN)] = 1,
    subarray: Annotated[
        str | None, typer.Option(metavar="RxC", help="Rows x weight columns, 128x128.", rich_help_panel=DESIGN)
    ] = None,
    adc_bits: Annotated[int | None, typer.Option(help="Bits of the converters.", rich_help_panel=DESIGN)] = None,
    adc_law: Annotated[
        str | None, typer.Option(help="survey, accelergy, in_array, fixed.", rich_help_panel=DESIGN)
    ] = None,
    read: Annotated[str | None, typer.Option(help="averaging or virtual_ground.", rich_help_panel=DESIGN)] = None,
    timing: Annotated[str | None, typer.Option(help="settled or declared.", rich_help_panel=DESIGN)] = None,
    pipelined: Annotated[bool, typer.Option("--pipelined", help="Let layers overlap.", rich_help_panel=DESIGN)] = False,
    exact: Annotated[
        bool, typer.Option("--exact", help="Hold closed forms against exact crossbars.", rich_help_panel=HOW)
    ] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Any field; repeatable.", rich_help_panel=DESIGN),
    ] = None,
    samples: Annotated[int, typer.Option(help="Draws of uncertain numbers.", rich_help_panel=HOW)] = 2000,
    seed: Annotated[int, typer.Option(help="Seed of the draws.", rich_help_panel=HOW)] = 0,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 on any warning.", rich_help_panel=HOW)] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="html, json, csv, md, tex; - is stdout.", rich_help_panel=OUT
        ),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON document.", rich_help_panel=OUT)] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a foreign file.", rich_help_panel=OUT)] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No progress lines.", rich_help_panel=OUT)] = False,
    color: Annotated[
        bool | None, typer.Option("--color/--no-color", help="Force or forbid colour.", rich_help_panel=OUT)
    ] = None,
) -> None:
    """Compare architectures for one network: a table here, a report in reports/."""
    from imac_arch.comparison import compare as run
    from imac_arch.errors import ThresholdError, UsageError

    if net is None and scenario is None:
        raise UsageError("name the network: --net 784-128-10 (or a scenario, which brings its own)")
    if output is not None:
        _format(output)
    found = run(
        net if net is not None else _scenario_network(str(scenario)),
        tech or None, arch=arch, baseline=baseline, gpu=gpu, batch=batch, subarray=subarray, adc_bits=adc_bits,
        adc_law=adc_law, read=read, timing=timing, pipelined=pipelined, scenario=scenario,
        overrides=_settings(set_ or []), exact=exact, samples=samples, seed=seed, command=_command(),
    )  # fmt: skip
    document = found.document
    if output == "-" and not json_:
        typer.echo(_rendered(document, "html"), nl=False)
    elif json_:
        typer.echo(found.to_json(), nl=False)
    else:
        from rich.console import Console

        from imac_arch.terminal import print_comparison

        wide = None if sys.stdout.isatty() else 160
        print_comparison(
            document, Console(width=wide, force_terminal=color, no_color=color is False or None, highlight=False)
        )
    if output != "-" and (output or not json_):
        _write(document, output or f"reports/{_stem(document)}.html", force, quiet)
    if strict and document["warnings"]:
        raise ThresholdError(f"--strict: {len(document['warnings'])} warnings")


def _scenario_network(name: str) -> str:
    from imac_arch.scenario import load_scenario

    return str(load_scenario(name).model.network)


def _settings(given: list[str]) -> dict[str, str]:
    from imac_arch.errors import UsageError

    found: dict[str, str] = {}
    for text in given:
        path, equals, value = text.partition("=")
        path = path.strip()
        if not equals or not path or not value.strip():
            raise UsageError(f"--set {text!r}: write PATH=VALUE, such as components.adc.bits=6")
        if path in found:
            raise UsageError(f"--set {path} is given twice ({found[path]!r} and {value!r}); keep one of the two")
        found[path] = value
    return found


def _command() -> str:
    """Return the command line without the output file, which does not change the result, nor where files lie."""
    kept, skip = [], False
    for word in sys.argv[1:]:
        if skip:
            skip = False
        elif word in ("-o", "--output"):
            skip = True
        elif word not in (
            "--force",
            "-q",
            "--quiet",
            "--color",
            "--no-color",
            "--debug",
            "--json",
        ) and not word.startswith(("--output=", "-o")):
            kept.append(Path(word).name if Path(word).is_absolute() else word)
    return shlex.join(["imac-arch", *kept])


def _stem(document: dict[str, Any]) -> str:
    names = [document["network"]["name"], "+".join(t["name"] for t in document["technologies"])]
    names += [document["conditions"]["scenario"]] if document["conditions"]["scenario"] else []
    return "".join(c if c.isalnum() or c in "-_+." else "_" for c in "_".join(names))[:120].lstrip(".") or "comparison"


def _rendered(document: dict[str, Any], kind: str) -> str:
    if kind == "html":
        from imac_arch.report.render import render

        return str(render(document))
    if kind == "json":
        import json

        return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    from imac_arch.table import export

    return export(document, kind)


def _format(output: str) -> str:
    """Return the format that the suffix of an output file asks for, before anything is computed."""
    from imac_arch.errors import UnknownName, UsageError

    path = Path(output)
    kind = path.suffix.lower().removeprefix(".")
    if not output.strip():
        raise UsageError("-o needs a file, such as -o report.html")
    if path.is_dir():
        raise UsageError(f"{output} is a folder; name a file in it, such as {path / 'report.html'}")
    if output != "-" and kind not in FORMATS:
        raise UnknownName("output format", kind or output, FORMATS, "The suffix of -o chooses it.")
    return kind


def _write(document: dict[str, Any], output: str, force: bool, quiet: bool) -> None:
    from imac_arch.files import write_text

    kind = _format(output)
    size = write_text(Path(output), _rendered(document, kind), ours=_mark(kind), force=force)
    if not quiet:
        typer.echo(f"wrote {output} ({_size(size)})", err=True)


def _mark(kind: str) -> str:
    """Return what the head of a file of ours holds; the other formats have no head of their own."""
    if kind == "html":
        from imac_arch.report.render import MARK

        return str(MARK)
    heads = {"json": '"schema_version"', "csv": "network,technology,architecture,metric"}
    return heads.get(kind, "power-area product (PAP)")


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


@tech_app.command("list", epilog="Example:  imac-arch tech list")
@_guarded
def tech_list() -> None:
    """List the shipped technologies, boards, scenarios and laws."""
    from imac_arch.catalog import catalog

    for kind, rows in catalog().items():
        typer.echo(f"{kind}")
        for name, title in rows:
            typer.echo(f"  {name:<16}{title}")


@tech_app.command("check", epilog="Example:  imac-arch tech check tech/sot_mram.yaml")
@_guarded
def tech_check(
    files: Annotated[list[str], typer.Argument(help="Names or paths of technologies, boards, laws or scenarios.")],
) -> None:
    """Check files: every error at once, with line, column and caret."""
    from imac_arch.catalog import check
    from imac_arch.errors import ImacError

    worst = 0
    for name in files:
        try:
            typer.echo(check(name))
        except ImacError as error:
            worst = max(worst, error.exit_code)
            typer.echo(f"{error}", err=True)
    if worst:
        raise typer.Exit(worst)


@tech_app.command("schema", epilog="Example:  imac-arch tech schema > technology.schema.json")
@_guarded
def tech_schema() -> None:
    """Print the JSON Schema of a technology file, for editors."""
    from imac_arch.catalog import schema_text

    typer.echo(schema_text(), nl=False)


def main() -> None:
    """Run the command line; an interrupt while it starts is an interrupt too."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
