"""A user's file is sacred: what is ours is known exactly, and files are written whole and in place, come what may."""

import json
import os
import random
import signal
import stat
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from imac_arch import compare, compare_neurons, diff, netlist
from imac_arch.cli import app
from imac_arch.cli.streams import prepare
from imac_arch.data.errors import InputOutputError, UsageError
from imac_arch.data.written import SEAL, is_ours, sealed, write_text

FORMATS = ("html", "json", "csv", "md", "tex")
COMPARE = ["compare", "--net", "16-8-4", "--samples", "20"]
COMMAND = [sys.executable, "-m", "imac_arch"]
OURS = sealed(f"<!-- {SEAL} -->\nfirst\n")


def call(*words):
    result = CliRunner().invoke(app, [*words])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The files that commands write, by their names."""
    folder = tmp_path_factory.mktemp("made")
    results = {"compare": compare("16-8-4", samples=0), "neurons": compare_neurons(samples=0),
               "diff": diff("sot_mram", "reram", net="16-8-4", samples=0)}  # fmt: skip
    for name, result in results.items():
        for kind in FORMATS:
            result.write(folder / f"{name}.{kind}", kind)
    netlist("4-3-2").write(folder / "netlist.cir")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def edited(name, raw):
    """What people make of a file of ours."""
    yield raw + b"\nA remark of mine.\n"
    yield b"Quoted:\n" + raw
    yield raw + raw
    yield raw.replace(b"sot_mram", b"sot_mrem") + b" "
    yield raw[: len(raw) // 2]
    if name.endswith(".json"):
        yield json.dumps(json.loads(raw) | {"mine": 1}, indent=2).encode()
        yield json.dumps([json.loads(raw)]).encode()


def test_every_file_of_ours_is_known_and_none_in_which_somebody_worked(made, tmp_path):
    path = tmp_path / "x"
    assert len(made) == 3 * len(FORMATS) + 1
    for name, raw in made.items():
        path.write_bytes(raw)
        assert is_ours(path), name
        for other in edited(name, raw):
            path.write_bytes(other)
            assert not is_ours(path), (name, other[:80])


@pytest.mark.parametrize("name", ["compare.html", "diff.md", "netlist.cir"])
def test_a_command_overwrites_its_own_file_and_keeps_an_edited_one(here, made, name):
    command = name.partition(".")[0]
    words = {"compare": COMPARE, "diff": ["diff", "sot_mram", "reram", "--net", "16-8-4", "--samples", "0"],
             "netlist": ["netlist", "--net", "4-3-2"]}[command]  # fmt: skip
    path = here / name
    path.write_bytes(made[name])
    assert call(*words, "-o", name)[0] == 0
    path.write_bytes(made[name] + b"mine")
    code, out, err = call(*words, "-o", name)
    assert (code, "--force" in err, out) == (4, True, "")  # before anything is computed
    assert path.read_bytes() == made[name] + b"mine"
    assert call(*words, "-o", name, "--force")[0] == 0
    assert is_ours(path)


WRITES = {
    "compare": ["--net", "4-2"], "sweep": ["--over", "adc.bits=4,6"], "optimize": ["--minimize", "energy"],
    "sensitivity": [], "accuracy": [], "compare_neurons": [], "validate": [], "netlist": ["--net", "4-2"],
    "diff": ["sot_mram", "reram"],
}  # fmt: skip


@pytest.mark.parametrize("function", WRITES)
def test_what_may_not_or_cannot_be_written_is_refused_before_anything_is_computed(here, monkeypatch, function):
    def computed(*args, **kwargs):
        raise AssertionError("computed")

    monkeypatch.setattr(f"imac_arch.api.{function}", computed)
    words = [function.removeprefix("compare_"), *WRITES[function]]
    suffix = "cir" if function == "netlist" else "html"
    (here / f"mine.{suffix}").write_text("mine")
    (here / "locked").mkdir()
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: access(path, mode) and "locked" not in str(path))
    for name, says in (
        (f"mine.{suffix}", "--force"), (f"mine.{suffix}/x.{suffix}", "Not a directory"),
        (f"locked/deep/x.{suffix}", "Permission denied"), (f"{'a' * 300}.{suffix}", "File name too long"),
    ):  # fmt: skip
        code, out, err = call(*words, "-o", name)
        assert (code, out) == (4, ""), err
        assert says in err
    assert sorted(path.name for path in here.rglob("*")) == ["locked", f"mine.{suffix}"]
    with pytest.raises(AssertionError, match="computed"):
        CliRunner().invoke(app, ["--debug", *words, "-o", f"mine.{suffix}", "--force"], catch_exceptions=False)


@pytest.mark.parametrize("text", [
    "power-area product (PAP) and PAP [", '{"schema_version": "3.0", "generator": {"name": "imac-arch"}}',
    "network,technology,architecture,metric\n", '<meta name="generator" content="imac-arch 0.1.0">',
    "* imac-arch netlist\n", SEAL, SEAL + "0" * 32, "",
])  # fmt: skip
def test_words_of_ours_make_no_file_ours(tmp_path, text):
    path = tmp_path / "x.md"
    path.write_text(text)
    assert not is_ours(path)
    with pytest.raises(InputOutputError, match="--force"):
        write_text(path, OURS)
    assert path.read_text() == text
    write_text(path, OURS, force=True)
    assert path.read_text() == OURS


def test_a_frame_reads_the_marked_csv(made, tmp_path):
    import pandas as pd

    (tmp_path / "x.csv").write_bytes(made["compare.csv"])
    frame = pd.read_csv(tmp_path / "x.csv")
    assert frame["value"].dtype == float
    assert frame["generator"].nunique() == 1


def test_writing_is_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "new" / "x.html"
    assert write_text(path, OURS) == len(OURS)

    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(InputOutputError, match="No space"):
        write_text(path, OURS.replace("first", "second"))
    assert path.read_text() == OURS
    assert [p.name for p in path.parent.iterdir()] == ["x.html"]


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_links_and_modes_stay(tmp_path, mode):
    target, link = tmp_path / "deep" / "real.html", tmp_path / "link.html"
    link.symlink_to("deep/real.html")
    write_text(link, OURS)  # it leads nowhere yet
    target.chmod(mode)
    write_text(link, OURS)
    assert link.is_symlink()
    assert target.read_text() == OURS
    assert stat.S_IMODE(target.stat().st_mode) == mode
    target.write_text("mine")
    with pytest.raises(InputOutputError, match="--force"):
        write_text(link, OURS)


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_a_new_file_has_the_mode_of_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        write_text(tmp_path / "x.html", OURS)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x.html").stat().st_mode) == 0o666 & ~umask


def test_what_is_no_file_stays(tmp_path):
    with pytest.raises(UsageError, match="folder"):
        write_text(tmp_path, OURS, force=True)
    os.mkfifo(tmp_path / "pipe.html")
    with pytest.raises(InputOutputError, match="no regular file"):
        write_text(tmp_path / "pipe.html", OURS, force=True)
    (tmp_path / "loop.html").symlink_to("loop.html")
    for name in ("loop.html", "nul\0.html", "x" * 300):
        with pytest.raises(InputOutputError, match="cannot be written"):
            write_text(tmp_path / name, OURS)
    path = tmp_path / "x.html"
    path.write_text(OURS)
    path.chmod(0o444)
    with pytest.raises(InputOutputError, match="write-protected"):
        write_text(path, OURS)


def forked(work, command=True):
    """A process that runs ``work``, as a command or as a library does, until it is ended."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL if number != signal.SIGINT else signal.default_int_handler)
        if command:
            prepare()
        while True:
            work()
    except SystemExit as ended:
        code = ended.code
    except KeyboardInterrupt:
        code = 130
    finally:
        os._exit(code)


@pytest.mark.parametrize("command", [True, False])
@pytest.mark.parametrize(("number", "code"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_signal_leaves_a_whole_file_and_no_other(tmp_path, number, code, command):
    path, text = tmp_path / "x.html", sealed(SEAL + "x" * 2_000_000)
    chance = random.Random(number)
    for _ in range(8):
        child = forked(lambda: write_text(path, text), command)
        while not path.exists():
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.02))
        os.kill(child, getattr(signal, number))
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert ended == (code if command or number == "SIGINT" else -getattr(signal, number))
        assert [p.name for p in tmp_path.iterdir()] == ["x.html"]
        assert is_ours(path)
        path.unlink()


def test_of_two_processes_that_write_one_file_one_file_remains(tmp_path):
    path = tmp_path / "x.html"
    texts = [sealed(SEAL + letter * 1_000_000) for letter in "ab"]
    children = [forked(lambda text=text: write_text(path, text)) for text in texts]
    try:
        while not path.exists():
            time.sleep(0.001)
        for _ in range(100):
            assert path.read_text() in texts
    finally:
        for child in children:
            os.kill(child, signal.SIGTERM)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert codes == [143, 143]
    assert list(tmp_path.iterdir()) == [path]


STDOUT = [
    ("-o x.json | true; exit ${PIPESTATUS[0]}", 0, ""),
    ("-o x.json > /dev/full", 4, "error: standard output: No space left on device"),
    ("-o x.json >&-", 4, "error: standard output: Bad file descriptor"),
]


@pytest.mark.parametrize(("tail", "code", "said"), STDOUT, ids=[tail for tail, _, _ in STDOUT])
def test_the_report_is_there_where_stdout_fails(tmp_path, tail, code, said):
    line = f"{' '.join(COMMAND)} {' '.join(COMPARE)} -q {tail}"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (code, said)
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]
    assert is_ours(tmp_path / "x.json")


def test_a_terminal_of_few_characters_gets_others_and_programs_get_utf_8(tmp_path):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}

    def run(*words):
        done = subprocess.run(
            [*COMMAND, *COMPARE, *words], cwd=tmp_path, env=environment, capture_output=True, check=False
        )
        assert (done.returncode, b"wrote" in done.stderr) == (0, "-o" in words), done.stderr
        return done.stdout

    shown = run("-o", "x.html").decode("ascii")
    assert "mm^2" in shown
    assert "?" not in shown
    assert "²" in json.dumps(json.loads(run("--json").decode()), ensure_ascii=False)


def test_a_new_technology_never_takes_the_place_of_what_it_extends(here):
    assert call("tech", "new", "base.yaml", "--extends", "sot_mram")[0] == 0
    assert call("tech", "new", "deep.yaml", "--extends", "base.yaml")[0] == 0
    (here / "link.yaml").symlink_to("base.yaml")
    before = {path.name: path.read_bytes() for path in here.iterdir()}
    for file, base in (("base", "base"), ("./base", "base"), ("link", "base"), ("base", "deep"), ("deep", "link")):
        code, _, err = call("tech", "new", f"{file}.yaml", "--extends", f"{base}.yaml", "--force")
        assert code == (4 if (file, base) != ("deep", "link") else 0), err
        assert code == 0 or "is read by this command" in err
    assert {path.name: path.read_bytes() for path in here.iterdir() if path.name != "deep.yaml"} == {
        name: raw for name, raw in before.items() if name != "deep.yaml"
    }


def test_an_output_never_takes_the_place_of_an_input(here, made):
    for name in ("a.json", "b.json"):
        (here / name).write_bytes(made["compare.json"])
    code, _, err = call("diff", "a.json", "b.json", "-o", "./b.json", "--force")
    assert (code, "is read by this command" in err) == (4, True)
    assert (here / "b.json").read_bytes() == made["compare.json"]
