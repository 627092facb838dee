"""How results leave the command line: forms of JSON, and the bar of what takes long."""

import json
import re

import jsonschema
import pytest
from typer.testing import CliRunner

from imac_arch.cli import app
from imac_arch.cli.progress import LONG, Bar, progress
from imac_arch.data.progress import advance
from imac_arch.studies.schemas import schema_text

NET = ["compare", "--net", "16-8-4", "--samples", "20"]


def call(*words):
    result = CliRunner().invoke(app, [*words])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("form", ["--json", "--json=brief"])
def test_stdout_and_the_file_hold_the_same_bytes_and_no_page_is_written(here, form):
    code, out, err = call(*NET, form, "-o", "x.json")
    assert code == 0, err
    assert (here / "x.json").read_text() == out
    assert [path.name for path in here.iterdir()] == ["x.json"]


def test_a_brief_document_is_the_same_without_its_provenance(here):
    whole, brief = (json.loads(call(*NET, form)[1]) for form in ("--json", "--json=brief"))
    assert whole.pop("provenance")
    assert whole["generator"].pop("seal") != brief["generator"].pop("seal")  # of the text, which differs
    assert brief == whole
    schema = json.loads(schema_text("comparison"))
    brief["generator"]["seal"] = ""
    jsonschema.validate(brief, schema)
    del brief["ratios"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(brief, schema)


def test_json_takes_no_word_after_it_as_its_value(here):
    code, out, err = call("explain", "--json", "eap")
    assert code == 0, err
    assert json.loads(out)["name"] == "eap"


@pytest.mark.parametrize("words", [["explain", "eap"], ["tech", "check", "reram"], ["tech", "list"], ["neurons"]])
def test_every_command_knows_both_forms_and_refuses_others(here, words):
    assert call(*words, "--json=brief")[0] == 0
    code, out, err = call(*words, "--json=bref")
    assert (code, out) == (2, "")
    assert "--json=brief" in err


def test_what_was_saved_without_its_numbers_is_not_compared(here):
    assert call(*NET, "--json=brief", "-o", "brief.json")[0] == 0
    code, out, err = call("diff", "brief.json", "./brief.json")
    assert (code, out) == (2, "")
    assert "save it with --json" in err


def test_the_bar_says_what_is_left():
    bar = Bar(0.0)
    assert bar.line(3.2) == f"working [{'-' * LONG}] 3 s so far"
    bar.advance("samples", 0, 10, 4.0)
    bar.advance("samples", 4, 10, 8.0)
    assert bar.line(8.0) == f"samples [{'#' * 8}{'-' * 12}] 40 %, 6 s left"
    assert bar.line(10.0).endswith("40 %, 4 s left")  # it goes on within a step
    assert bar.line(1000.0).endswith(" 0 s left")
    bar.advance("samples", 10, 1000, 8.0 + 2.0)
    assert bar.line(10.0).endswith("1 %, 9:54 min left")
    bar.advance("samples", 1, 1000, 10.0)
    assert "so far" in bar.line(10.0)  # the first of many small steps says nothing of the rest
    bar.advance("samples", 1000, 1000, 12.0)
    assert bar.line(12.0).endswith("100 %, 0 s left")
    bar.advance("designs", 0, 10**6, 20.0)
    bar.advance("designs", 400_000, 10**6, 20.5)
    assert bar.line(20.5) == f"designs [{'#' * 8}{'-' * 12}] 40 %, 800 k/s, 1 s left"
    bar.advance("designs", 10**6, 10**6, 21.0)
    bar.advance("rows", 500_000, 10**6, 21.0)  # half was there already
    assert bar.line(21.0) == f"rows [{'#' * 10}{'-' * 10}] 50 %"
    bar.advance("rows", 600_000, 10**6, 22.0)
    assert bar.line(22.0).endswith("60 %, 100 k/s, 4 s left")
    bar.advance("rows", 10**6, 10**6, 22.0)
    bar.advance("tiles", 0, 3, 20.0)
    assert "so far" in bar.line(21.0)


def test_what_was_done_before_counts_into_no_rate():
    """Of 10^7 designs 6 x 10^6 are there already: read in a second, or told by workers between those that compute."""
    bar = Bar(0.0)
    for done in range(1, 7):
        bar.skip("designs", done * 10**6, 10**7, done / 6)
    assert bar.line(1.0).endswith("60 %")  # nothing was computed yet
    bar.advance("designs", 7 * 10**6, 10**7, 3.0)
    assert bar.line(3.0).endswith("70 %, 500 k/s, 6 s left")
    bar.advance("designs", 0, 10**7, 10.0)
    bar.advance("designs", 10**6, 10**7, 12.0)
    bar.skip("designs", 7 * 10**6, 10**7, 12.0)
    assert bar.line(12.0).endswith("70 %, 500 k/s, 6 s left")


def test_the_bar_says_what_is_left_of_the_outermost_loop():
    bar = Bar(0.0)
    for design in range(2):
        bar.advance("designs", design, 4, 10.0 * design)
        for programming in range(6):
            bar.advance("programmings", programming, 5, 10.0 * design + 2 * programming)
    assert bar.line(20.0) == f"designs [{'#' * 5}{'-' * 15}] 25 %, 20 s left"
    bar.advance("designs", 2, 4, 20.0)
    assert bar.line(20.0).endswith("50 %, 20 s left")
    bar.advance("designs", 4, 4, 40.0)
    bar.advance("samples", 1, 2, 41.0)
    assert bar.line(41.0).startswith("samples")


class Terminal:
    def __init__(self, really):
        self.text, self.really = "", really

    def isatty(self):
        return self.really

    def fileno(self):
        return 2

    def write(self, text):
        self.text += text

    def flush(self):
        pass


@pytest.mark.parametrize(
    ("really", "wanted", "shown"), [(True, True, True), (False, True, False), (True, False, False)]
)
def test_a_bar_stands_on_a_terminal_and_goes_away(monkeypatch, really, wanted, shown):
    import os
    import sys
    import time

    from imac_arch.cli import progress as module

    stream = Terminal(really)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((60, 24)))
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    monkeypatch.setattr(module, "TICK", 0.01)
    with progress(wanted):
        advance("samples", 1, 2)
        time.sleep(0.1)
    assert ("samples [#" in stream.text) is shown
    assert stream.text.endswith(module.CLEAR) is shown
    assert not shown or all(len(part) < 60 for part in stream.text.split(module.CLEAR))


def intervals(plain, path=()):
    """Give every interval, band and share of samples of a document as plain data, with its path."""
    if isinstance(plain, dict):
        for key, part in plain.items():
            spread = key == "interval" and (part is None or (isinstance(part, dict) and set(part) == {"low", "high"}))
            if spread or key in ("above", "works_in", "fails_in", "probability", "share_inside"):
                yield (*path, key), part
            else:
                yield from intervals(part, (*path, key))
    elif isinstance(plain, list):
        for place, part in enumerate(plain):
            yield from intervals(part, (*path, place))


NO_SAMPLES = [
    ["compare", "--net", "64-10"], ["compare", "--scenario", "amin2022"], ["neurons"],
    ["diff", "sot_mram", "reram", "--net", "64-10"],
]  # fmt: skip


@pytest.mark.parametrize("words", NO_SAMPLES, ids=" ".join)
def test_without_samples_nothing_is_said_of_them(here, words):
    code, out, err = call(*words, "--samples", "0", "-o", "x.html")
    assert code == 0, err
    page = (here / "x.html").read_text()
    page = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.S)
    for text in (out, page):
        text = text[text.index("Results") :] if words[0] == "diff" else text  # ranges of inputs stand above
        for line in text.replace("no samples, so no intervals", "").splitlines():
            said = re.search(r"90 %[ -]in|\[[-\d.,]+\D{0,12}, [-\d.,]+[^\]]*\]|of samples|of draws|undecided", line)
            assert not said, line
    found = list(intervals(json.loads(call(*words, "--samples", "0", "--json")[1])))
    assert found
    assert [path for path, part in found if part is not None] == []
    kind = {"compare": "comparison", "diff": "difference"}.get(words[0], words[0])
    jsonschema.validate(json.loads(call(*words, "--samples", "0", "--json")[1]), json.loads(schema_text(kind)))


def test_with_samples_it_is(here):
    out = call("compare", "--net", "64-10", "--samples", "50", "-o", "x.html")[1]
    assert "90 % interval" in out
    assert "of samples" in out
    assert "log scale with 90 % intervals" in (here / "x.html").read_text()
    found = [
        part for _, part in intervals(json.loads(call("compare", "--net", "64-10", "--samples", "50", "--json")[1]))
    ]
    assert sum(part is not None for part in found) > 100
