"""Help that fits a screen, and what a shell completes."""

import re
import shlex
import shutil
import time

import pytest
import typer.main
from typer.testing import CliRunner

from imac_arch.architectures import ARCHITECTURES
from imac_arch.cli import app, names
from imac_arch.components.roles import ROLES
from imac_arch.data import registry
from imac_arch.metrics import METRICS
from imac_arch.plan import BOARD, TECHNOLOGY
from imac_arch.studies.pages import page_names

COMMAND = typer.main.get_command(app)
GROUP = COMMAND.commands["tech"]
EVERY = [[], *([name] for name in COMMAND.commands), *(["tech", name] for name in GROUP.commands)]
SCREEN = (80, 42)


def call(*words, **more):
    return CliRunner().invoke(app, [*words], **more)


def help_of(words):
    done = call(*words, "--help", env={"COLUMNS": str(SCREEN[0])})
    assert done.exit_code == 0, done.output
    return done.stdout


def example(words):
    return re.search(r"\nExample:  imac-arch ([^>\n]*)", help_of(words)).group(1)


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_help_fits_a_screen_and_has_one_form_of_defaults(words):
    lines = help_of(words).rstrip("\n").splitlines()
    assert len(lines) <= SCREEN[1]
    assert max(map(len, lines)) <= SCREEN[0]
    assert lines[-1].startswith("Example:  imac-arch ")
    text = " ".join(" ".join(lines).split())
    assert not re.search(r"by default|\((8|random|drawn|0,0)\)", text)
    assert all(each.startswith(("default: ", "required")) for each in re.findall(r"\[([a-z]{5,}[^\]]*)\]", text))


def test_every_command_with_results_has_all_options_of_output():
    """An argument that is a record stands for an option for each of its fields, in their order and with their names."""
    wanted = ["--output", "--json", "--force", "--quiet", "--verbose", "--no-progress", "--color"]
    found = {name: [p.opts[-1] for p in c.params if p.name != "help"] for name, c in COMMAND.commands.items()}
    assert {name for name, options in found.items() if options[-7:] == wanted} == {
        "accuracy", "compare", "diff", "neurons", "optimize", "sensitivity", "sweep", "validate",
    }  # fmt: skip
    assert all(options[-7:] == wanted for options in found.values() if {"--output", "--json"} <= set(options))


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_the_example_runs(words, tmp_path, monkeypatch):
    if "netlist" in words and shutil.which("ngspice") is None:
        pytest.skip("ngspice is not installed: apt-get install ngspice")
    monkeypatch.chdir(tmp_path)
    given = shlex.split(example(words))
    done = call(*given, *(["--samples", "20"] if given[0] in ("compare", "diff", "neurons") else []))
    assert done.exit_code == 0, done.output


def test_options_are_grouped_and_architectures_listed():
    text = help_of(["compare"])
    places = [text.index(f"\n{title}\n") for title in ("What to compare", "Uncertainty", "Output")]
    assert places == sorted(places)
    assert names.listed("{architectures}; else all") in text
    assert all((name in text) != name.startswith("accuracy_") for name in registry.names("scenario"))
    assert names.listed("{laws}") in text


def test_names_are_listed_as_far_as_they_fit(monkeypatch):
    """So that one architecture more is one file."""
    known = ["imac", "mixed_signal", "digital", "digital_cim", "gpu"]
    for some, shown in ((known, known), ([*known, "folded"], [*known[:4], "..."])):
        monkeypatch.setattr(names, "architectures", lambda some=some: some)
        assert names.listed("{architectures}; else all") == f"{', '.join(shown)}; else all"


def test_defaults_in_words_are_those_of_the_library():
    text = " ".join(help_of(["compare"]).split())
    assert f"name or path; repeatable [default: {TECHNOLOGY}]" in text
    assert f"name or path [default: {BOARD}]" in text
    (reference,) = [each.name for each in ARCHITECTURES.values() if each.reference]
    assert f"[default: {reference}]" in text


def test_names_are_those_that_modules_declare():
    assert names.architectures() == list(ARCHITECTURES)
    assert names.metrics() == list(METRICS)
    assert set(names.topics()) == {*page_names(), *ROLES, *registry.names("law"), *registry.names("board")}


COMPLETED = [
    (["compare", "--tech", "sot_mram_i"], ["sot_mram_imec"]),
    (["compare", "--tech", "mine"], ["mine.yaml"]),
    (["compare", "--arch", "mi"], ["mixed_signal"]),
    (["compare", "--baseline", "imac@re"], ["imac@reram"]),
    (["compare", "--gpu", "v"], ["v100"]),
    (["compare", "--scenario", "am"], ["amin2022"]),
    (["compare", "--adc-law", "survey_"], ["survey_best"]),
    (["compare", "--timing", "d"], ["declared"]),
    (["compare", "--weights", "w"], []),  # files, which the shell completes where we say nothing
    (["compare", "--tech", "./mi"], []),
    (["compare", "--no-p"], ["--no-progress"]),
    (["explain", "ir_"], ["ir_drop"]),
    (["explain", "ea"], ["eap"]),
    (["explain", "read.enc"], ["read.encoding"]),
    (["diff", "sot_mram", "old"], ["old.json"]),
    (["tech", "check", "h2"], ["h200"]),
    (["tech", "sh"], ["show"]),
    (["neu"], ["neurons"]),
]


@pytest.mark.parametrize(("words", "found"), COMPLETED, ids=[" ".join(words) for words, _ in COMPLETED])
def test_a_shell_completes_names_and_files(words, found, tmp_path, monkeypatch):
    for name in ("mine.yaml", "old.json", "w.npz"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    env = {
        "_IMAC_ARCH_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(["imac-arch", *words]),
        "COMP_CWORD": str(len(words)),
    }  # fmt: skip
    begin = time.perf_counter()
    done = CliRunner().invoke(app, [], env=env, prog_name="imac-arch")
    assert time.perf_counter() - begin < 0.5
    assert done.stdout.split() == found


def test_completion_imports_nothing_that_takes_time(tmp_path):
    import subprocess
    import sys

    code = (
        "import sys; from imac_arch.cli import names\nnames.topics(); names.COMPLETE['tech']('');"
        "print([m for m in ('numpy', 'pydantic', 'pandas', 'rich', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
