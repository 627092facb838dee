"""The command line from outside: output, files, exit codes and messages."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from imac_arch.cli import app

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "imac_arch"]
FAST = ["--samples", "50"]


def run(*words, cwd, **env):
    return subprocess.run(
        [*COMMAND, *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "NO_COLOR": "1", **env},
        check=False,
    )


def call(*words):
    result = CliRunner().invoke(app, [*words])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_main_job_prints_a_table_and_writes_a_report(tmp_path):
    shutil.copytree(ROOT / "tech", tmp_path / "tech")
    done = run("compare", "--net", "784-128-10", "--tech", "tech/sot_mram.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    order = [
        "Verdict",
        "Against mixed_signal",
        "Why, and what would change it",
        "\npower ",
        "area ",
        "power-area product",
        "throughput",
        "latency",
        "energy per inference",
        "energy-area product",
    ]
    order += [
        "energy efficiency",
        "area efficiency",
        "utilization",
        "power density",
        "Against mixed_signal, which fails (90 % interval",
        "Notes",
    ]
    place = 0
    for text in order:
        place = done.stdout.index(text, place)
    report = tmp_path / "reports" / "784-128-10_sot_mram.html"
    assert 100_000 < report.stat().st_size <= 2_000_000
    assert "wrote reports/784-128-10_sot_mram.html" in done.stderr
    assert "wrote" not in done.stdout
    assert list((tmp_path / "reports").iterdir()) == [report]


def test_json_is_one_document_and_writes_no_file(here):
    code, out, err = call("compare", "--net", "784-16-10", "--json", *FAST)
    assert code == 0
    assert err == ""
    assert json.loads(out)["schema_version"]
    assert list(here.iterdir()) == []


def test_a_second_run_is_byte_identical(here):
    for name in ("a.html", "b.html"):
        assert call("compare", "--net", "16-8-4", *FAST, "-o", name)[0] == 0
    assert (here / "a.html").read_bytes() == (here / "b.html").read_bytes()


@pytest.mark.parametrize("suffix", ["html", "json", "csv", "md", "tex"])
def test_the_suffix_chooses_the_format_and_our_own_file_is_overwritten(here, suffix):
    for _ in range(2):
        code, _, err = call("compare", "--net", "16-8-4", *FAST, "-o", f"new/folder/x.{suffix}")
        assert code == 0, err
    assert (here / "new/folder" / f"x.{suffix}").stat().st_size > 100


def test_dash_is_standard_output(here):
    code, out, _ = call("compare", "--net", "16-8-4", *FAST, "-o", "-")
    assert code == 0
    assert out.startswith("<!DOCTYPE html>")
    assert list(here.iterdir()) == []


def test_quiet_says_nothing_on_standard_error(here):
    assert call("compare", "--net", "16-8-4", *FAST, "-q", "-o", "x.csv")[2] == ""


def test_a_foreign_file_is_kept_unless_forced(here):
    for suffix in ("html", "json", "csv", "md", "tex"):
        path = here / f"mine.{suffix}"
        path.write_text("mine")
        code, _, err = call("compare", "--net", "16-8-4", *FAST, "-o", path.name)
        assert code == 4
        assert "--force" in err
        assert path.read_text() == "mine"
    assert call("compare", "--net", "16-8-4", *FAST, "-o", "mine.html", "--force")[0] == 0
    assert (here / "mine.html").read_text() != "mine"


BAD = [
    (["--net", ""], 2, "784-128-10"),
    (["--net", "784"], 2, "784-10"),
    (["--net", "784-0-10"], 2, "positive"),
    (["--net", "784--10"], 2, "is empty"),
    (["--net", "784-12.5-10"], 2, "12.5"),
    (["--net", "784-128:sigmod-10"], 2, "sigmoid"),
    (["--net", "10000000-10000000"], 2, "weights"),
    (["--net", "missing.yaml"], 4, "no such file"),
    (["--tech", "sot_mran"], 2, "did you mean 'sot_mram'"),
    (["--tech", "nowhere/sot_mram.yaml"], 4, "write 'sot_mram'"),
    (["--tech", "sot_mram", "--tech", "sot_mram"], 2, "twice"),
    (["--arch", "imca"], 2, "did you mean 'imac'"),
    (["--baseline", "mixedsignal"], 2, "mixed_signal"),
    (["--gpu", "v10"], 2, "v100"),
    (["--scenario", "amin"], 2, "amin2022"),
    (["--batch", "0"], 2, "1 or more"),
    (["--subarray", "0x128"], 2, "128x128"),
    (["--subarray", "128"], 2, "128x128"),
    (["--adc-law", "accelergy", "--adc-bits", "4"], 2, "outside the range"),
    (["--adc-bits", "99"], 2, "outside the range"),
    (["--adc-bits", "0"], 2, "1 or more"),
    (["--adc-law", "surwey"], 2, "survey"),
    (["--read", "average"], 2, "averaging"),
    (["--timing", "now"], 2, "settled"),
    (["--samples", "-1"], 2, "samples"),
    (["--set", "components.adc.bitz=6"], 2, "did you mean 'bits'"),
    (["--set", "component.adc.bits=6"], 2, "did you mean 'components.adc.bits'"),
    (["--set", "components.adc.bits"], 2, "PATH=VALUE"),
    (["--set", "components.adc.bits=6", "--set", "components.adc.bits=7"], 2, "twice"),
    (["--set", "components.adc.bits=6", "--adc-bits", "7"], 2, "twice"),
    (["--set", "components.bus.energy_per_length=2 ns"], 2, "a time"),
    (["--set", "components.amplifier.area=-1 um^2"], 2, "0 or more"),
    (["--set", "components.amplifier.area=.nan"], 2, "finite"),
    (["--set", "components.amplifier.area=60"], 2, "unit is missing"),
    (["--set", "components.amplifier.area={value: 60 um^2, range: [70 um^2, 80 um^2]}"], 2, "does not contain"),
    (["--set", "components.logic=none"], 2, "requires role"),
    (["--tech", "sot_mram_imec", "--timing", "declared"], 2, "declares no cycle"),
    (["-o", "x.docx"], 2, "html"),
    (["-o", "."], 2, "folder"),
]


@pytest.mark.parametrize(("words", "code", "text"), BAD, ids=[" ".join(b[0]) for b in BAD])
def test_bad_input_has_a_clear_error_and_writes_nothing(here, words, code, text):
    net = [] if "--net" in words else ["--net", "16-8-4"]
    found, out, err = call("compare", *net, *FAST, *words)
    assert (found, out) == (code, ""), err
    assert text in err
    assert "Traceback" not in err
    assert [p for p in here.rglob("*") if p.is_file()] == []


def test_without_a_network_the_message_shows_one(here):
    code, _, err = call("compare")
    assert code == 2
    assert "784-128-10" in err


def test_unwritable_output_is_an_input_output_error(here):
    (here / "file").write_text("x")
    code, _, err = call("compare", "--net", "16-8-4", *FAST, "-o", "file/below/x.html")
    assert code == 4, err


def test_strict_fails_on_checks(here):
    code, out, err = call("compare", "--net", "784-128-10", *FAST, "--strict", "-o", "x.csv")
    assert code == 1
    found = json.loads(call("compare", "--net", "784-128-10", *FAST, "--json")[1])["warnings"]
    counts = [sum(each["severity"] == severity for each in found) for severity in ("fails", "doubtful", "note")]
    assert min(counts) > 0
    assert f"--strict: {counts[0]} fails, {counts[1]} doubtful" in err
    assert "ir_drop" in out


def test_strict_does_not_count_notes(here):
    given = ("--net", "784-128-10", "--arch", "digital", "--set", "bus.length=90 mm", *FAST)
    code, out, err = call("compare", *given, "--strict", "-o", "x.csv")
    assert "Notes (" in out
    assert (code, "--strict" in err) == (0, False)


def test_tech_check_reports_every_error_with_line_and_caret(here):
    text = (ROOT / "tech/sot_mram.yaml").read_text()
    text = text.replace("vdd: {value: 0.8 V", "vdd: {value: 0.8 W").replace("circuit: averaging", "circut: averaging")
    (here / "bad.yaml").write_text(text.replace("source: bitcell", "source: bitcel"))
    code, _, err = call("tech", "check", "bad.yaml")
    assert code == 2
    assert "bad.yaml:7:" in err
    assert "did you mean 'circuit'" in err
    assert err.count("^") >= 2


def test_tech_check_accepts_every_shipped_file(here):
    names = [str(path) for path in sorted((ROOT / "tech").rglob("*.yaml"))]
    code, out, err = call("tech", "check", *names)
    assert code == 0, err
    assert out.count(": valid; ") == len(names)
    assert "(its name is" not in out


def test_tech_list_names_everything(here):
    code, out, _ = call("tech", "list")
    assert code == 0
    for name in ("sot_mram", "sot_mram_imec", "h100", "v100", "jetson_orin", "zand2020", "amin2022", "imac_sim"):
        assert name in out


def test_networks_of_other_activations_have_reports_of_their_own_with_portable_names(here):
    for net in ("16-8-4", "16-8:relu-4"):
        assert call("compare", "--net", net, *FAST)[0] == 0
    assert sorted(path.name for path in (here / "reports").iterdir()) == [
        "16-8-4_sot_mram.html", "16-8_relu-4_sot_mram.html",
    ]  # fmt: skip


def test_the_readme_example_changes_one_number_and_compares_again(here):
    block = next(part for part in (ROOT / "README.md").read_text().split("```") if "tech new my_mram.yaml" in part)
    done = []
    for line in block.splitlines()[1:]:
        if line.startswith("sed "):
            subprocess.run(["bash", "-c", line], check=True)
            continue
        words = [*shlex.split(line)[1:], *(FAST if "compare" in line or "diff" in line else ())]
        done.append(call(*words, *(("--json",) if "diff" in line or "compare" in line else ())))
        assert done[-1][0] == 0, line
    assert len(done) == 4
    changed = json.loads(done[2][1])["inputs"]
    assert [row["path"] for row in changed] == ["components.synapse.ra"]
    out = done[3][1]
    power = {
        a["technology"]: a["metrics"]["power"]["value"] for a in json.loads(out)["architectures"] if a["name"] == "imac"
    }
    assert power["my_mram"] < power["sot_mram"] / 3


def test_help_fits_a_screen_and_ends_with_an_example_that_runs(here):
    for words in (["--help"], ["compare", "--help"], ["tech", "--help"], ["tech", "check", "--help"]):
        code, out, _ = call(*words)
        assert code == 0
        assert len(out.rstrip().splitlines()) <= 55
        assert "Example:" in out


def test_an_interrupt_leaves_nothing_behind(tmp_path):
    process = subprocess.Popen(
        [*COMMAND, "compare", "--net", "784-128-10", "--samples", "100000", "-o", "x.html"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # a background job of a shell inherits that interrupts are ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(2.0)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_a_closed_pipe_is_no_error(tmp_path):
    command = f"'{sys.executable}' -m imac_arch compare --net 784-128-10 --json"
    line = f"{command} | head -c 10 > /dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
    assert done.stderr == ""


def test_an_installed_wheel_finds_its_data_from_another_folder(tmp_path):
    from hatchling.builders.wheel import WheelBuilder

    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path / "dist"), versions=["standard"]))
    site = tmp_path / "site"
    shutil.unpack_archive(wheel, site, "zip")
    for name in (
        "tech/sot_mram.yaml",
        "tech/laws/adc_survey.yaml",
        "tech/scenarios/amin2022.yaml",
        "tech/boards/v100.yaml",
        "show/report/templates/page.html.j2",
    ):
        assert (site / "imac_arch" / name).is_file()
    away = tmp_path / "away"
    away.mkdir()
    done = run("compare", "--net", "784-10", "--samples", "20", cwd=away, PYTHONPATH=str(site))
    assert done.returncode == 0, done.stderr
    assert (away / "reports/784-10_sot_mram.html").is_file()
    where = "import imac_arch; print(imac_arch.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where],
        cwd=away,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.startswith(str(site))
