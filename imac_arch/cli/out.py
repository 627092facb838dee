"""The options of output, and how a result leaves by them: the same in every command."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from imac_arch.cli.base import checked_format, put, report
from imac_arch.cli.logs import hush, talk
from imac_arch.cli.options import OUT, option
from imac_arch.cli.progress import progress
from imac_arch.cli.shape import BRIEF, json_form

if TYPE_CHECKING:
    from imac_arch.results.base import Result

__all__ = ["Color", "Force", "Json", "NoProgress", "Out", "Quiet", "Verbose"]

Json = Annotated[
    str | None, option(OUT, "[=brief]", "print one JSON document; brief: no provenance", "--json", callback=json_form)
]
Force = Annotated[bool, option(OUT, None, "overwrite a file that is not ours", "--force")]
Quiet = Annotated[bool, option(OUT, None, "nothing on stderr but errors", "-q", "--quiet", callback=hush)]
Verbose = Annotated[bool, option(OUT, None, "files, choices and times on stderr", "-v", "--verbose", callback=talk)]
NoProgress = Annotated[bool, option(OUT, None, "no bar with the time left", "--no-progress")]
Color = Annotated[bool | None, option(OUT, None, "force or forbid colour", "--color/--no-color")]


@dataclass(frozen=True)
class Out:
    """Where a result goes, what is said beside it, and in which colours."""

    output: Annotated[
        str | None, option(OUT, "FILE", "html, json, csv, md or tex by its ending; - is stdout", "-o", "--output")
    ] = None
    json_: Json = None
    force: Force = False
    quiet: Quiet = False
    verbose: Verbose = False
    no_progress: NoProgress = False
    color: Color = None

    def check(self, formats: Sequence[str], inputs: Iterable[str | None]) -> None:
        """Refuse a file that cannot be written as it is asked for, before anything is computed; ``inputs`` stay."""
        if self.output is not None:
            checked_format(self.output, formats, inputs, self.force)

    def before(self) -> AbstractContextManager[None]:
        """Refuse the report of a comparison inside a ``with`` block that cannot be written where none is asked for,
        before anything is computed."""
        if self.output is not None or self.json_:
            return nullcontext()
        from imac_arch.compared import before
        from imac_arch.show.report.name import refuse_report

        return before(partial(refuse_report, force=self.force))

    def progress(self) -> AbstractContextManager[None]:
        """Show how far what runs inside a ``with`` block is, see :func:`imac_arch.cli.progress.progress`."""
        return progress(not (self.quiet or self.no_progress))

    def leave(self, result: "Result", default: Callable[[], str] | None = None) -> None:
        """Let a result out: into a file, then as JSON, a page or a table on stdout. Where one fails, the other is there
        all the same.

        Args:
            result: what a command returns.
            default: gives the file where none was asked for; None writes none. JSON on stdout takes its place.
        """
        from imac_arch.data.errors import InputOutputError

        path = self.output or (None if self.json_ or default is None else default())
        size, kept = None, None
        if path is not None and path != "-":
            try:
                kind = Path(path).suffix.lower().removeprefix(".")
                size = result.write(path, kind, force=self.force, brief=self.json_ == BRIEF)
            except InputOutputError as error:
                kept = error
        try:
            self._print(result)
        finally:
            if path is not None and size is not None:
                report(path, size, self.quiet)
        if kept is not None:
            raise kept

    def _print(self, result: "Result") -> None:
        if self.json_:
            put(result.text("json", brief=self.json_ == BRIEF))
        elif self.output == "-":
            put(result.text("html"))
        else:
            from imac_arch.show.terminal import is_plain, open_console, print_plain

            if is_plain(self.color):
                print_plain(result.sheet())
            else:
                result.to_terminal(open_console(self.color))
