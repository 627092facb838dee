"""``tech keys``: every field by a piece of its path or words of its description; and options that may stand once."""

import json
import re

import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.cli.shape import VARIED
from imac_arch.components.base import Component, Law
from imac_arch.data.errors import UnknownName
from imac_arch.fields import each_key
from imac_arch.studies.keys import matching_keys
from imac_arch.studies.sweep.axes import OPTIONS


def call(*words, **env):
    done = CliRunner().invoke(app, [*words], env={"NO_COLOR": "1", **env})
    return done.exit_code, done.stdout, done.stderr


def paths(*words, kind=None):
    return [row.path for row in matching_keys(" ".join(words), kind).keys]


@pytest.mark.parametrize(
    ("pattern", "first"),
    [
        ("synapse.ra", "components.synapse.ra"), ("ra", "components.synapse.ra"), ("adc.bits", "components.adc.bits"),
        ("encoding", "read.encoding"), ("ENCODING", "read.encoding"), ("limits.drive", "laws.limits.drive"),
        ("components.adc.*", "components.adc.note"), ("bias current", "components.row_driver.analog_bias"),
        ("adc survey", "laws.adc_survey.name"), ("virtual_ground", "read.circuit"), ("board.peak", "board.peak"),
        ("resistance-area", "components.synapse.ra"),
    ],
)  # fmt: skip
def test_a_field_is_found_by_path_and_by_description(pattern, first):
    assert paths(pattern)[0] == first


def test_short_words_are_whole_and_long_ones_begin_others():
    assert {path.rpartition(".")[2] for path in paths("ra")} <= {"ra", "r_p", "r_ap"}  # named beside one another
    assert "components.synapse.max_read_voltage" in paths("volt")


@pytest.mark.parametrize(
    ("pattern", "near"), [("adc.bitz", "components.adc.bits"), ("encodign", "read.encoding"), ("tempreture", None)]
)
def test_near_misses_are_shown_as_such(pattern, near):
    code, text, _ = call("tech", "keys", pattern)
    assert code == 0
    assert text.startswith(f"Nothing matches {pattern!r}; nearest")
    assert matching_keys(pattern).near
    assert near is None or near in paths(pattern)


def test_what_is_like_nothing_names_a_few():
    code, text, error = call("tech", "keys", "zzzzzz")
    assert (code, text) == (2, "")
    assert re.match(r"error: unknown field 'zzzzzz'\. Nearest of \d+ names: ", error)
    assert len(error) < 500
    with pytest.raises(UnknownName, match="did you mean 'mtj_pair'"):
        matching_keys("", "mtj_pare")


@pytest.mark.parametrize("kind", ["mtj_pair", "synapse", "adc_survey", "board", "network", "scenario", "law"])
def test_a_kind_narrows_the_fields_down(kind):
    rows = matching_keys("", kind).keys
    assert rows
    assert all(kind in (row.file, row.role, *row.kinds) for row in rows)
    assert len(rows) < len(matching_keys().keys)


def test_every_field_of_every_kind_is_listed_once():
    rows = matching_keys().keys
    assert {row.path for row in rows} >= {key.path for key in each_key()}
    listed = {kind for row in rows for kind in row.kinds}
    assert listed >= {k for k, cls in Component.kinds.items() if cls.roles and k != "none"} | set(Law.kinds) - {"made"}
    assert len(set(rows)) == len(rows)
    assert all(row.usual_range is None or row.usual_range[0] <= row.usual_range[1] for row in rows)
    assert sum(bool(row.usual) for row in rows) > 400


@pytest.mark.parametrize("pattern", ["", "adc", "bias current", "encodign"])
def test_80_columns_hold_it_and_a_pipe_has_one_line_a_field(pattern):
    narrow, piped = (call("tech", "keys", *pattern.split(), **env)[1] for env in ({"COLUMNS": "80"}, {"COLUMNS": ""}))
    assert max(map(len, narrow.splitlines())) <= 80
    rows = matching_keys(pattern).keys
    lines = piped.splitlines()
    assert all(any(line.split(" ")[0] == row.path and row.description in line for line in lines) for row in rows[::15])
    assert len([line for line in lines if line.split(" ")[0] in {row.path for row in rows}]) == len(rows)


def test_a_row_says_unit_default_usual_range_and_words():
    _, text, _ = call("tech", "keys", "adc.bits", COLUMNS="300")
    line = next(line for line in text.splitlines() if line.startswith("components.adc.bits"))
    assert re.split(r" {2,}", line)[1:4] == ["auto", "1 .. 16", "adc"]
    assert "resolution of the converter" in line
    _, text, _ = call("tech", "keys", "read.circuit", COLUMNS="300")
    assert "required" in text
    assert "(averaging, virtual_ground)" in text


def test_json_and_python_give_the_same_records():
    code, text, _ = call("tech", "keys", "synapse.ra", "--json")
    assert code == 0
    (row,) = json.loads(text)["keys"]
    assert (row["path"], row["unit"], row["kinds"], row["required"]) == (
        "components.synapse.ra", "ohm*m^2", ["mtj_pair"], False)  # fmt: skip
    assert row["usual_range"][0] < row["usual_range"][1]
    found = imac_arch.keys("synapse.ra")
    assert repr(found) == "<Keys 'synapse.ra': 1 fields>"
    assert list(found.to_frame()["path"]) == ["components.synapse.ra"]
    assert callable(imac_arch.keys)


@pytest.mark.parametrize(
    ("words", "both"),
    [
        (["--net", "8-4", "--net", "16-8"], "--net is given twice, as --net '8-4' and --net '16-8'"),
        (["--net=8-4", "--net=8-4"], "--net '8-4' and --net '8-4'"),
        (["--net", "8-4", "-o", "a.html", "--output=b.html"], "-o 'a.html' and --output 'b.html'"),
        (["--net", "8-4", "-oa.html", "-ob.html"], "-o 'a.html' and -o 'b.html'"),
        (["--net", "8-4", "--exact", "--exact"], "--exact and --exact"),
        (["--net", "8-4", "--color", "--no-color"], "--color and --no-color"),
        (["--net", "8-4", "--json", "--json=brief"], "--json and --json 'brief'"),
        (["--net", "8-4", "--seed", "1", "--samples", "0", "--seed", "2"], "--seed '1' and --seed '2'"),
    ],
)  # fmt: skip
def test_an_option_that_counts_once_stands_once(words, both, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, text, error = call("compare", *words)
    assert (code, text) == (2, "")
    assert both in error
    assert error.startswith("error: ")
    assert error.rstrip().endswith("; keep one of them")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "axis"),
    [(["sweep", "--tech", "pcm", "--tech=reram"], "--over tech=pcm,reram"),
     (["optimize", "--tiles", "16x8,8x1", "--tiles", "26x5,5x1"], "--over 'tiles=16x8,8x1;26x5,5x1'"),
     (["sweep", "--seed", "1", "--seed", "2"], "")],
)  # fmt: skip
def test_a_word_that_is_given_twice_may_be_an_axis(words, axis):
    code, text, error = call(*words, "--over", "subarray=32,64")
    assert (code, text) == (2, "")
    assert error.rstrip().endswith(f"keep one of them, or vary it: {axis}" if axis else "; keep one of them")
    assert {name.lstrip("-") for name in VARIED} == {*OPTIONS} - {"pipelined", "batch"}  # a flag, and a number


@pytest.mark.parametrize(
    "words",
    [["tech", "keys", "adc", "--kind", "adc", "--kind", "law"], ["explain", "adc", "--tech", "pcm", "--tech", "pcm"],
     ["--debug", "--debug", "tech", "list"], ["tech", "show", "pcm", "--json", "--json"],
     ["diff", "pcm", "reram", "--net", "4-2", "--net", "8-2"], ["neurons", "--node", "7nm", "--node", "14nm"]],
)  # fmt: skip
def test_no_command_takes_such_an_option_twice(words):
    code, text, error = call(*words)
    assert (code, text) == (2, "")
    assert "is given twice" in error


def test_what_may_be_repeated_is_and_a_value_is_no_option():
    assert call("tech", "check", "pcm", "reram")[0] == 0
    code, _, error = call("compare", "--net", "8-4", "--samples", "0", "--json", "--arch", "imac", "--arch", "gpu")
    assert code == 0, error
    assert "unknown architecture '--net'" in call("compare", "--net", "8-4", "--baseline", "--net")[2]
    assert call("compare", "--net", "8-4", "--net")[0] == 2


def test_explain_says_the_fields_of_a_role_a_law_and_a_board_and_of_one_field():
    for name, path, kinds in (
        ("adc", "components.adc.bits", ("adc",)), ("adc_survey", "laws.adc_survey.a0", ("adc_survey",)),
        ("h100", "board.peak", ("gpu_board",)), ("synapse.ra", "components.synapse.ra", ("mtj_pair",)),
        ("adc.bits", "components.adc.bits", ("adc",)),
    ):  # fmt: skip
        rows = {row.path: row for row in imac_arch.explain(name, samples=0).document.keys}
        assert rows[path].kinds == kinds
        assert (len(rows) == 1) == ("." in name)
        assert rows[path] in imac_arch.keys(path).document.keys
    assert imac_arch.explain("encoding", samples=0).document.what == "option"  # a page says more
    code, text, _ = call("explain", "adc.bits", COLUMNS="80")
    assert code == 0
    assert "1 .. 16" in text
    assert call("explain", "bits")[0] == 0  # of imac-arch neurons, whose page says where fields of that name are set
    assert call("explain", "table")[0] == 2
