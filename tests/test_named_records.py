"""Records are those of the standard library, made in less time; options that are not given cost no reader."""

import pickle
import typing

import pytest
import typer
import typer.main
from typer.testing import CliRunner

from imac_arch.cli import app
from imac_arch.cli.shape import _sparing
from imac_arch.data import records


class Row(records.NamedTuple):
    """A row."""

    a: int
    b: "str | None" = None

    @property
    def twice(self):
        return 2 * self.a


def test_a_record_is_that_of_the_standard_library():
    assert (Row(1), Row(1).twice, Row(a=2, b="c")._asdict()) == ((1, None), 2, {"a": 2, "b": "c"})
    assert (Row.__doc__, Row.__module__, Row.__qualname__) == ("A row.", __name__, "Row")
    assert (Row._fields, Row._field_defaults) == (("a", "b"), {"b": None})
    assert typing.get_type_hints(Row) == {"a": int, "b": str | None}
    assert pickle.loads(pickle.dumps(Row(1))) == Row(1)
    assert Row(1)._replace(b="x") == Row(1, "x")
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'a'"):
        Row()


def test_a_field_without_a_default_stands_first_and_a_record_has_one_base():
    with pytest.raises(TypeError, match=r"default"):

        class Wrong(records.NamedTuple):
            a: int = 1
            b: int

    with pytest.raises(TypeError):

        class Two(records.NamedTuple, dict):
            a: int


def test_only_options_that_are_given_have_their_values_read(monkeypatch):
    core = pytest.importorskip("typer.core")
    if not hasattr(core, "_TyperParameter"):
        pytest.skip(f"typer {typer.__version__} makes no readers")
    read, made = [], core._TyperParameter.get_runtime_param
    monkeypatch.setattr(core._TyperParameter, "get_runtime_param", lambda self: (read.append(self.name), made(self))[1])
    done = CliRunner().invoke(app, ["compare", "--net", "4-2", "--batch", "x"])
    assert (done.exit_code, read) == (2, ["net", "batch"])
    assert "--batch 'x': needed is a whole number" in done.stderr


def commands(command):
    yield command
    for each in getattr(command, "commands", {}).values():
        yield from commands(each)


def values(command, read):
    """Return what the options of a command are that are not given, and what is said of those that must be."""
    context, found = command.context_class(command, info_name="imac-arch"), {}
    for param in command.get_params(context):
        try:
            found[param.name] = repr(read(param, context, param.get_default(context)))
        except Exception as error:
            found[param.name] = (type(error).__name__, str(error))
    return found


@pytest.mark.parametrize("command", [*commands(typer.main.get_command(app))], ids=lambda command: command.name)
def test_an_option_that_is_not_given_is_what_typer_makes_of_it(command):
    spared = values(command, lambda param, *given: _sparing(param)(*given))
    assert spared == values(command, lambda param, *given: type(param).process_value(param, *given))


@pytest.mark.parametrize("words", [["diff", "sot_mram"], ["explain"], ["sweep"], ["netlist"], ["tech", "check"]])
def test_what_must_be_given_is_asked_for(words):
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("error: missing ")
