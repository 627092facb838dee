"""The commands ``tech``: the shipped files, and the check of a file."""

from typing import Annotated

import typer

from imac_arch.cli.base import Command, checked_format, guarded, put, settings, spare, write
from imac_arch.cli.names import COMPLETE
from imac_arch.cli.options import Set, option
from imac_arch.cli.out import Color, Json, Out, Verbose
from imac_arch.cli.shape import BRIEF
from imac_arch.cli.streams import say

__all__ = ["COMMAND"]

WHAT, LIMITS = "What to write", "What to list"

app = typer.Typer(
    help="List, check, show and begin technology files.",
    epilog="Example:  imac-arch tech show reram",
    no_args_is_help=True,
)


@app.command("list", epilog="Example:  imac-arch tech list")
@guarded
def tech_list(json_: Json = None, verbose: Verbose = False, color: Color = None) -> None:
    """List the shipped technologies, boards, scenarios, laws, neurons and macros."""
    from imac_arch.api import catalog

    Out(json_=json_, color=color).leave(catalog())


@app.command("check", epilog="Example:  imac-arch tech check sot_mram reram")
@guarded
def tech_check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="names or paths of technologies, boards, laws or scenarios",
            autocompletion=COMPLETE["file"],
        ),
    ],
    json_: Json = None,
    color: Color = None,
    verbose: Verbose = False,
) -> None:
    """Check files: every error at once, with line, column and caret; of technologies also what follows from them."""
    from imac_arch.api import check_file
    from imac_arch.data.errors import ImacError

    worst = 0
    for name in files:
        try:
            result = check_file(name)
            Out(json_=json_, color=color).leave(result)
        except ImacError as error:
            worst = max(worst, error.exit_code)
            say(f"{error}")
    if worst:
        raise typer.Exit(worst)


@app.command("schema", epilog="Example:  imac-arch tech schema > technology.schema.json")
@guarded
def tech_schema(
    of: Annotated[
        str, option(WHAT, "WHAT", "technology, board, law, network ..., or a document: comparison, neurons ...")
    ] = "technology",
    verbose: Verbose = False,
) -> None:
    """Print the JSON Schema of a kind of file, for editors, or of a document that commands print."""
    from imac_arch.packages import load
    from imac_arch.studies.schemas import schema_text

    load()
    put(schema_text(of))


@app.command("keys", epilog="Example:  imac-arch tech keys synapse.ra")
@guarded
def tech_keys(
    pattern: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATTERN]", help="piece of a path (adc.bits, 'synapse.*'), or words of a description"),
    ] = None,
    kind: Annotated[str | None, option(LIMITS, "KIND", "component kind, role, law kind or kind of file")] = None,
    json_: Json = None,
    verbose: Verbose = False,
    color: Color = None,
) -> None:
    """List fields, as --set takes them: unit, default, usual range and description."""
    from imac_arch.api import keys

    Out(json_=json_, color=color).leave(keys(" ".join(pattern or ()), kind))


@app.command("show", epilog="Example:  imac-arch tech show reram --set read.voltage='0.3 V'")
@guarded
def tech_show(
    name: Annotated[str, typer.Argument(metavar="TECH", help="name or path", autocompletion=COMPLETE["tech"])],
    set_: Set = None,
    json_: Json = None,
    verbose: Verbose = False,
) -> None:
    """Print a technology in full, with all that it extends and what follows from it: YAML that is a file again."""
    from imac_arch.document.plain import to_json
    from imac_arch.show.explanation import shown_text
    from imac_arch.studies.catalog import shown

    document = shown(name, settings(set_ or []))
    put(to_json(document, brief=json_ == BRIEF) if json_ else shown_text(document))


@app.command("new", epilog="Example:  imac-arch tech new my_mram.yaml --extends sot_mram")
@guarded
def tech_new(
    file: Annotated[str, typer.Argument(metavar="FILE", help="the file to write, such as my_mram.yaml")],
    extends: Annotated[
        str | None, option(WHAT, "TECH", "begin with this technology", of="tech", default="a template of every key")
    ] = None,
    force: Annotated[bool, option(WHAT, None, "overwrite what stands there", "--force")] = False,
    verbose: Verbose = False,
) -> None:
    """Write a new technology file to edit: a template of every key, or what differs from another one."""
    from pathlib import Path

    from imac_arch.data.errors import UsageError
    from imac_arch.data.extends import lineage
    from imac_arch.data.text import visible
    from imac_arch.studies.templates import template_text

    checked_format(file, ("yaml", "yml"), force=force)
    if not (name := Path(file).stem).isprintable():
        raise UsageError(f"{visible(name)!r} is no name of a technology: it has characters that are no text")
    if extends is not None:
        spare(file, lineage("technology", extends))
    write(file, template_text(name, extends, Path(file).parent), force, quiet=False)


COMMAND = Command("tech", 5, app)
