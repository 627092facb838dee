"""The report that is written where none is asked for: what stands in its way is said before anything is computed."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from imac_arch import compare
from imac_arch.cli import app
from imac_arch.compared import before
from imac_arch.show.report import name

NET = "16-8-4"
WORDS = ["compare", "--net", NET, "--samples", "0", "--accuracy", "none"]
VARIANTS = {
    "plain": {}, "fields": {"overrides": {"read.voltage": "0.3 V", "laws.adc_survey.a0": 3}}, "batch": {"batch": 8},
    "of one": {"tech": ["sot_mram", "reram"], "overrides": {"sot_mram:components.adc.bits": 6}}, "gpu": {"gpu": "v100"},
    "architectures": {"arch": ["digital", "imac"]}, "word": {"precision": "native", "timing": "declared"},
    "paper": {"net": None, "scenario": "amin2022"}, "pipelined": {"pipelined": True},
    "long": {"net": "-".join(["8"] * 70)},
}  # fmt: skip


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS)
def test_the_name_is_known_before_anything_is_computed(monkeypatch, options):
    seen = []
    monkeypatch.setattr(name, "refuse_early", lambda path, *, force: seen.append(path))
    with before(name.refuse_report):
        found = compare(**{"net": NET, **options}, samples=0, accuracy="none")
    written = found.report_path().path
    ends = written.removesuffix(".html")[-name.SHOWN :]
    assert seen == [Path(written.replace(ends, "0" * name.SHOWN) if "8-8-8" in written else written)]


def test_what_is_changed_of_several_technologies_stands_once_in_a_name():
    given = {"tech": ["sot_mram", "reram"], "overrides": {"read.voltage": "0.3 V"}}
    path = compare(NET, **given, samples=0, accuracy="none").report_path().path
    assert path == f"reports/{NET}_sot_mram+reram_read.voltage-0.3_V.html"


@pytest.mark.parametrize("more", ["", "0"])
def test_a_name_as_long_as_may_be_is_not_cut_and_a_longer_one_is(here, monkeypatch, more):
    net = "-".join(["8"] * 55 + ["8" + more])  # with the name of the technology 120 characters
    words = ["compare", "--net", net, *WORDS[3:]]
    path = here / "reports" / f"{net}_sot_mram.html"
    path.parent.mkdir()
    path.write_text("mine")
    assert len(path.stem) == name.LONGEST + len(more)
    if not more:
        monkeypatch.setattr("imac_arch.compared.judge", None)  # a bug where it is called
    assert CliRunner().invoke(app, words).exit_code == (0 if more else 4)
    assert [len(each.stem) for each in path.parent.iterdir() if each != path] == [name.LONGEST] * len(more)


def test_a_pipe_that_stands_where_a_report_goes_is_not_waited_for(here, monkeypatch):
    os.mkfifo(here / "pipe.html")
    monkeypatch.setattr(Path, "open", None)  # called never
    assert not name._of_another("pipe.html", "0")
    assert not name._of_another("none.html", "0")


@pytest.mark.parametrize("stands", ["foreign", "foreign variant", "edited", "no folder"])
def test_what_cannot_be_written_is_refused_before_anything_is_computed(here, monkeypatch, stands):
    words, path = WORDS, here / "reports" / f"{NET}_sot_mram.html"
    if stands == "no folder":
        (here / "reports").write_text("mine")
    else:
        path.parent.mkdir()
    if stands == "foreign variant":
        words, path = [*WORDS, "--set", "read.voltage=0.3 V"], path.with_stem(f"{path.stem}_read.voltage-0.3_V")
    if stands.startswith("foreign"):
        path.write_text("mine")
    if stands == "edited":
        assert CliRunner().invoke(app, words).exit_code == 0
        path.write_text(path.read_text().replace('name="imac-arch-design"', 'name="mine"') + "mine")
    late = CliRunner().invoke(app, [*words, "-o", str(path.relative_to(here))])
    with monkeypatch.context() as patched:
        patched.setattr("imac_arch.compared.judge", None)  # a bug where it is called
        done = CliRunner().invoke(app, words)
    assert (done.exit_code, done.stdout, done.stderr) == (4, "", late.stderr)
    assert str(path.relative_to(here)) in done.stderr
    assert CliRunner().invoke(app, [*words, "--json"]).exit_code == 0  # it writes no report
    if stands.startswith("foreign"):
        assert path.read_text() == "mine"
        assert CliRunner().invoke(app, [*words, "--force"]).exit_code == 0
        assert path.read_text() != "mine"


def test_a_report_of_another_design_is_no_obstacle_even_if_somebody_worked_in_it(here):
    for voltage in ("0.4 V", "0.5 V"):
        (here / "mine.yaml").write_text(f"name: mine\nextends: sot_mram\nread: {{voltage: {voltage}}}\n")
        assert CliRunner().invoke(app, [*WORDS, "--tech", "mine.yaml"]).exit_code == 0
        for path in (here / "reports").glob("*_mine.html"):
            path.write_text(path.read_text() + "mine")
    assert len(list((here / "reports").iterdir())) == 2
