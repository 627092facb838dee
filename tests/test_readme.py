"""Every command of the README runs on a fresh copy of the checkout, in the order given, as it is written."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(<!-- test line -->\n)?```(sh|python)\n(.*?)```", re.S)
SET_UP = re.compile(r"python3 -m venv \.venv && \.venv/bin/pip install -q -e \S+ && ")
BLOCKS = [(language, text) for tests, language, text in BLOCK.findall(README) if not tests]  # those would run this one
NEEDS = {"ngspice": "netlist"}  # programs beside, and what needs them


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of what a clone has, with an environment where the set-up line would make it."""
    folder = tmp_path_factory.mktemp("clone")
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True).stdout.split("\0")
    if listed == [""]:
        pytest.skip("not a checkout")
    for name in filter(None, listed):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, words in (("imac-arch", "-m imac_arch "), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nPYTHONPATH={folder} exec {sys.executable} {words}"$@"\n')
        (programs / name).chmod(0o755)
    (programs / "activate").write_text(f'PATH="{programs}:$PATH"\n')
    return folder


def as_run(text):
    """A block without the set-up, and without the lines whose program is not there."""
    absent = [word for program, word in NEEDS.items() if not shutil.which(program)]
    lines = SET_UP.sub("", text).splitlines()
    return "\n".join(line for line in lines if not any(f"imac-arch {word}" in line for word in absent))


def test_every_command_runs_in_the_order_given(checkout):
    """One shell runs all of it, so that an environment that is activated stays so; Python blocks are one session."""
    script, session = ["set -e"], ""
    for number, (language, text) in enumerate(BLOCKS):
        if language == "sh":
            script.append(as_run(text))
        else:
            session += text
            (checkout / f"block{number}.py").write_text(session)
    last = max(k for k, (language, _) in enumerate(BLOCKS) if language == "python")
    script.append(f"python -W error block{last}.py")
    bare = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    bare |= {"PATH": "/usr/local/bin:/usr/bin:/bin", "NO_COLOR": "1"}
    done = subprocess.run(
        ["bash", "-x", "-c", "\n".join(script)], cwd=checkout, env=bare, capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stderr.count("+ imac-arch ") >= 15
    for name in ("reports/784-128-10_sot_mram.html", "neurons.html", "report.html", "my_mram.yaml"):
        assert (checkout / name).is_file(), name
    assert "warning:" not in done.stderr


def test_commands_stand_after_the_line_that_makes_them_commands():
    """Either a command is written with its folder, or the environment was activated before."""
    active = False
    for language, text in BLOCKS:
        for line in text.splitlines() if language == "sh" else ():
            active = active or line.split("#")[0].strip() in ("source .venv/bin/activate", ". .venv/bin/activate")
            assert active or not re.match(r"imac-arch ", line), line
    assert active


def test_blocks_are_seen():
    assert [language for language, _ in BLOCKS].count("sh") >= 4
    assert [language for language, _ in BLOCKS].count("python") >= 3
    assert "<!-- test line -->" in README
