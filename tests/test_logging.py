"""What the library logs, and what the command line shows of it."""

import logging
import subprocess
import sys

import pytest

from imac_arch import compare
from imac_arch.data.log import ROOT
from tests.conftest import ROOT as REPOSITORY
from tests.test_cli import call, here

__all__ = ["here"]
NET = ("compare", "--net", "16-8-4", "--samples", "0", "--arch", "imac")


def test_nothing_is_set_up_and_nothing_is_said_at_import():
    code = (
        "import logging, imac_arch; imac_arch.compare('4-2', samples=0);"
        "print(logging.getLogger().handlers, [type(h).__name__ for h in logging.getLogger('imac_arch').handlers],"
        "logging.getLogger('imac_arch').level)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.split("\n")[0] == "[] ['NullHandler'] 0"
    assert done.stderr == ""


def test_the_library_logs_files_and_times_under_the_names_of_its_modules(caplog):
    with caplog.at_level(logging.DEBUG, logger=ROOT):
        compare("16-8-4", "pcm", samples=0, exact=True)
    assert {record.name.split(".")[0] for record in caplog.records} == {ROOT}
    said = [record.getMessage() for record in caplog.records]
    assert any(line.startswith("read ") and "pcm.yaml" in line for line in said)
    assert any(line.startswith("evaluated imac") and line.endswith(" ms") for line in said)
    assert any(line.startswith("solved exact networks") for line in said)


def test_verbose_shows_files_choices_and_times_on_stderr(here):
    code, out, err = call(*NET, "-v", "-o", "x.html")
    assert code == 0
    assert "data.files: read " in err
    assert "tech/pcm.yaml" not in err
    assert "compared: evaluated imac" in err
    assert "data.written: wrote x.html" in err
    assert "ms  " not in out
    assert all(" ms  " in line for line in err.splitlines() if "data.files" in line)


def test_a_run_without_it_is_silent_and_the_next_one_too(here):
    call(*NET, "-v", "--json")
    assert call(*NET, "--json")[2] == ""
    assert logging.getLogger(ROOT).level == logging.NOTSET
    assert [type(each).__name__ for each in logging.getLogger(ROOT).handlers] == ["NullHandler"]


def test_verbose_does_not_change_the_result(here):
    assert call(*NET, "-v", "--json")[1] == call(*NET, "--json")[1]


@pytest.mark.parametrize("words", [
    ["neurons", "--samples", "0", "--json"], ["netlist", "--net", "4-2"], ["explain", "adc"],
    ["diff", "pcm", "reram", "--samples", "0", "--json"], ["tech", "list"], ["tech", "check", "pcm"],
    ["tech", "show", "pcm"],
])  # fmt: skip
def test_every_command_can_be_verbose(here, words):
    code, _, err = call(*words, "-v")
    assert code == 0
    assert "data.files: read " in err


def test_warnings_are_shown_and_quiet_hides_them(here, monkeypatch):
    for word, shown in (("--json", True), ("-q", False)):
        monkeypatch.setenv("IMAC_ARCH_PATH", f"nowhere{word}")
        assert ("is no folder, and is left out" in call(*NET, word)[2]) is shown


def test_names_move_no_cursor(here, monkeypatch):
    monkeypatch.setenv("IMAC_ARCH_PATH", "no\x1b[2Jwhere")
    err = call(*NET, "--json")[2]
    assert "no\\x1b[2Jwhere" in err
    assert "\x1b" not in err
