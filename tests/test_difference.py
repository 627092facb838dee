"""``diff``: the inputs that differ, then what they did to the results; the same from technologies, JSON and reports."""

import json
import re

import pytest
from typer.testing import CliRunner

from imac_arch import compare, diff, optimize, sweep
from imac_arch.cli import app
from imac_arch.data.errors import FileErrors, InputOutputError, UnknownName, UsageError
from imac_arch.document.shapes import SCHEMA_VERSION
from imac_arch.show.difference import factor_text
from imac_arch.show.report.render import render
from imac_arch.studies.saved import packed, read_saved
from tests.helpers import approx

NET = "64-16-4"
EDITED = """kind: technology
name: edited
extends: sot_mram
read: {voltage: {value: 0.4 V, source: imacsim, status: published}, encoding: -V/+V}
components: {row_driver: none}
"""


@pytest.fixture
def edited(tmp_path):
    path = tmp_path / "edited.yaml"
    path.write_text(EDITED)
    return path


@pytest.fixture
def saved(tmp_path):
    """Two comparisons, of which the second reads with less, as JSON and as reports."""
    paths = {}
    for name, overrides in (("a", {}), ("b", {"read.voltage": "0.4 V"})):
        found = compare(NET, "sot_mram", samples=20, overrides=overrides)
        for kind in ("json", "html"):
            paths[name, kind] = str(tmp_path / f"{name}.{kind}")
            found.write(paths[name, kind], kind)
    return paths


def test_the_changed_inputs_of_two_technologies_are_those_that_were_edited(edited):
    found = diff("sot_mram", edited, net=NET, samples=50).document
    rows = {row.path: row for row in found.inputs}
    assert (rows["components.row_driver.kind"].a, rows["components.row_driver.kind"].b) == ("row_driver", "none")
    assert set(rows) == {"read.voltage", "read.encoding", "components.row_driver.kind"}
    voltage = rows["read.voltage"]
    assert (voltage.a, voltage.b, voltage.unit, voltage.a_value, voltage.b_value) == ("0.8 V", "0.4 V", "V", 0.8, 0.4)
    assert voltage.kept == "source"
    assert rows["read.encoding"].a_value is None
    assert (found.of, found.network) == ("technologies", NET)


def test_the_results_are_those_of_two_comparisons_and_their_quotient(edited):
    found = diff("sot_mram", str(edited), net=NET, samples=50).document
    values = [
        {
            (a.name, m): f.value
            for a in compare(NET, tech, samples=0).document.architectures
            for m, f in a.metrics.items()
        }
        for tech in ("sot_mram", str(edited))
    ]
    assert {row.design for row in found.results} == {"imac", "mixed_signal", "digital", "gpu"}
    for row in found.results:
        old, new = (side[row.design, row.metric] for side in values)
        assert (row.a.value, row.b.value) == (old, new)
        assert row.factor.value is None or row.factor.value == approx(new / old, rel=1e-12)
    same = {row.design for row in found.results if row.change != "same"}
    assert same == {"imac", "mixed_signal"}


def test_draws_are_shared_so_that_one_input_moves_every_sample_alike(tmp_path):
    """A technology that says the same in a file of its own: every sample of every factor is 1."""
    path = tmp_path / "same.yaml"
    path.write_text("name: same\nextends: sot_mram\nvdd: {value: 0.8 V, source: imacsim, status: published}\n")
    found = diff("sot_mram", path, net=NET, samples=200).document
    assert found.inputs == ()
    assert {row.change for row in found.results} == {"same"}
    assert all(row.factor.interval is None or row.factor.span is None for row in found.results)
    assert "No input differs." in text(diff("sot_mram", path, net=NET, samples=0))


def text(result):
    import io

    from rich.console import Console

    stream = io.StringIO()
    result.to_terminal(Console(file=stream, width=200))
    return stream.getvalue()


def test_what_is_better_follows_the_metric_and_what_is_unsure_is_undecided(edited):
    rows = {(r.design, r.metric): r for r in diff("sot_mram", edited, net=NET, samples=200).document.results}
    for row in rows.values():
        ends = row.factor.interval
        if row.change in ("better", "worse"):
            assert ends is None or not ends.low < 1 < ends.high
            lower = row.metric not in ("throughput", "tops", "tops_per_watt", "tops_per_mm2", "utilization")
            assert ((row.b.value < row.a.value) == lower) == (row.change == "better")
        elif row.change == "undecided":
            assert ends.low < 1 < ends.high
    faster = [rows["imac", name].change for name in ("latency", "throughput")]
    assert faster[0] == faster[1]


@pytest.mark.parametrize("kinds", [("json", "json"), ("html", "html"), ("json", "html")])
def test_documents_say_the_same_whatever_they_were_saved_as(saved, kinds):
    found = diff(saved["a", kinds[0]], saved["b", kinds[1]]).document
    assert found.of == "documents"
    assert [(row.path, row.a, row.b) for row in found.inputs if row.path.startswith("read.")] == [
        ("read.voltage", "0.8 V", "0.4 V")
    ]
    power = next(row for row in found.results if (row.design, row.metric) == ("imac", "power"))
    olds, news = (compare(NET, samples=20, overrides=o).document.architectures[0].metrics["power"].value
                  for o in ({}, {"read.voltage": "0.4 V"}))  # fmt: skip
    assert (power.a.value, power.b.value) == (olds, news)
    assert power.factor.interval is None  # draws are not saved


def test_a_report_carries_its_document_whole(saved):
    whole = [read_saved(saved["a", kind]) for kind in ("html", "json")]
    whole.append(json.loads(compare(NET, "sot_mram", samples=20).to_json()))
    seals = [each["generator"].pop("seal") for each in whole]
    assert whole[0] == whole[1] == whole[2]
    assert seals[1] == seals[2] != seals[0]  # a file has its own


def test_a_document_equals_itself(saved):
    found = diff(saved["a", "json"], saved["a", "html"]).document
    assert (found.inputs, found.warnings, found.only_a, found.only_b) == ((), (), (), ())
    assert {row.change for row in (*found.results, *found.ratios)} == {"same"}


def test_documents_of_one_and_of_two_technologies_are_matched_by_design(tmp_path, saved):
    path = tmp_path / "two.json"
    compare(NET, ["sot_mram", "sot_mram_imec"], samples=20).write(path, "json")
    found = diff(saved["a", "json"], str(path)).document
    assert all("@" in row.design for row in found.results)
    assert {name.partition("@")[2] for name in found.only_b} == {"sot_mram_imec"}
    assert found.only_a == ()
    assert not [row for row in found.inputs if row.path.startswith("sot_mram.") and None not in (row.a, row.b)]


def test_networks_and_conditions_are_inputs_too(tmp_path, saved):
    path = tmp_path / "other.json"
    compare("64-8-4", samples=20, batch=4, gpu="v100").write(path, "json")
    rows = {row.path: (row.a, row.b) for row in diff(saved["a", "json"], str(path)).document.inputs}
    assert rows["conditions.batch"] == ("1", "4")
    assert rows["conditions.gpu"] == ("h100", "v100")
    assert rows["network"][0].startswith(NET)


def test_a_verdict_that_changes_is_told_before_the_figures(tmp_path):
    path = tmp_path / "gentle.yaml"
    path.write_text("name: gentle\nextends: sot_mram\nread: {voltage: 5 mV}\n")
    found = diff("sot_mram", path, net="784-128-10", samples=0)
    by_name = {
        name: {row.name: row.verdict for row in compare("784-128-10", name, samples=0).document.architectures}
        for name in ("sot_mram", str(path))
    }
    olds, news = by_name.values()
    assert {(row.design, row.a, row.b) for row in found.document.verdicts} == {
        (name, olds[name], news[name]) for name in olds if olds[name] != news[name]
    }
    assert found.document.verdicts
    shown = text(found)
    assert shown.index("Changed inputs") < shown.index("Verdicts that change") < shown.index("Results")


def test_warnings_that_one_side_alone_has_are_named(edited):
    found = diff("sot_mram", edited, net="784-128-10", samples=0).document
    assert ("b", "drive") in {(row.side, row.code) for row in found.warnings}
    own = {row.code: row.architectures for row in diff("sot_mram", "sot_mram_imec").document.warnings}
    assert own["current_density"] == ("imac", "mixed_signal")
    assert own["load"] == ("imac",)


WRONG = [
    (("sot_mram", "a.json"), UsageError, "technology"),
    (("a.json", "missing.json"), InputOutputError, "no such file"),
    (("missing.yaml", "sot_mram"), InputOutputError, "no such file"),
    (("sot_mran", "sot_mram"), UnknownName, "did you mean 'sot_mram'"),
    (("h100", "sot_mram"), UnknownName, "is a board"),
    (("law.yaml", "sot_mram"), UsageError, "is a limits"),
    (("broken.json", "a.json"), FileErrors, "malformed JSON"),
    (("foreign.json", "a.json"), UsageError, "schema_version"),
    (("old.json", "a.json"), UsageError, "schema_version 1.0"),
    (("neurons.json", "a.json"), UsageError, "is a neurons"),
    (("neurons.json", "neurons.json"), UsageError, "does not read"),
    (("optimum.json", "optimum.json"), UsageError, "of the kind 'optimum', which diff does not read"),
    (("a.json", "sweep.json"), UsageError, "a.json is a comparison and sweep.json is a sweep"),
    (("lacking.json", "a.json"), UsageError, "lacks"),
    (("brief.json", "a.json"), UsageError, "save it with --json"),
    (("bare.html", "a.json"), UsageError, "carries no document"),
    (("damaged.html", "a.json"), UsageError, "damaged"),
]


@pytest.mark.parametrize(("sides", "kind", "says"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_what_cannot_be_compared_is_refused_and_the_message_says_why(tmp_path, monkeypatch, saved, sides, kind, says):
    monkeypatch.chdir(tmp_path)
    whole = read_saved("a.json")
    over = {"arch": "imac", "over": ["batch=1,2"]}
    optimized = optimize(NET, minimize="energy", subject="verdict=any", **over)
    swept = sweep(NET, **over)
    texts = {
        "law.yaml": "kind: limits\nname: x\n", "broken.json": "{", "foreign.json": "[1]",
        "old.json": json.dumps({"schema_version": "1.0", "architectures": []}),
        "neurons.json": json.dumps({"schema_version": SCHEMA_VERSION, "neurons": []}),
        "optimum.json": optimized.to_json(), "sweep.json": swept.to_json(),
        "brief.json": json.dumps({k: v for k, v in whole.items() if k != "provenance"}),
        "lacking.json": json.dumps({k: v for k, v in whole.items() if k != "conditions"}), "bare.html": "<html></html>",
        "damaged.html": f'<script type="application/octet-stream" id="document">{packed("{}")[:-8]}</script>',
    }  # fmt: skip
    for name, content in texts.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(kind, match=says):
        diff(*sides, net=NET, samples=0)


def test_ratios_are_said_in_words(saved):
    shown = text(diff(saved["a", "json"], saved["b", "html"]))
    ratios = shown[shown.index("Ratios that open a report") :]
    rows = [line for line in ratios.splitlines() if "imac over mixed_signal" in line]
    assert rows
    for line in rows:
        assert re.search(r"\d(x (more|less|larger|smaller|slower|faster)| %)", line) or "undecided" in line
        assert not re.search(r"\dx(?! \w)", line), line


@pytest.mark.parametrize(
    ("factor", "said"),
    [(1.0, "+0 %"), (1.032, "+3.2 %"), (0.95, "-5 %"), (2.0, "2x more"), (1 / 6, "6x less"), (None, "—"), (0.0, "—")],
)
def test_a_factor_is_said_as_people_say_it(factor, said):
    assert factor_text(factor) == said


def test_the_command_prints_inputs_first_and_writes_every_format(tmp_path, monkeypatch, edited):
    monkeypatch.chdir(tmp_path)
    call = CliRunner().invoke
    words = ["diff", "sot_mram", str(edited), "--net", NET, "--samples", "20"]
    done = call(app, words)
    assert done.exit_code == 0, done.output
    assert done.stdout.index("read.voltage") < done.stdout.index("Results") < done.stdout.index("energy per inference")
    assert "unchanged: digital, gpu" in done.stdout
    assert json.loads(call(app, [*words, "--json"]).stdout)["of"] == "technologies"
    for suffix in ("html", "json", "csv", "md", "tex"):
        for _ in range(2):  # our own file is overwritten
            assert call(app, [*words, "-q", "-o", f"x.{suffix}"]).exit_code == 0
        (tmp_path / f"x.{suffix}").write_text("someone else's")
        assert call(app, [*words, "-q", "-o", f"x.{suffix}"]).exit_code == 4
    assert call(app, ["diff", "sot_mram", "a.json"]).exit_code == 4
    assert call(app, ["diff", "sot_mran", "sot_mram"]).exit_code == 2


def test_the_frame_has_inputs_results_and_ratios(edited):
    frame = diff("sot_mram", edited, net=NET, samples=20).to_frame()
    assert set(frame.what) == {"input", "result", "ratio"}
    power = frame[(frame.name == "imac") & (frame.metric == "power") & (frame.what == "result")].iloc[0]
    assert power.factor == approx(power.b / power.a)
    assert power.low <= power.factor * (1 + 1e-9)


def test_a_hostile_name_stays_text_in_the_carried_document():
    found = compare(NET, samples=0).document
    evil = "</script><script>alert(1)</script>"
    page = render(found._replace(command=evil))
    assert "<script>alert" not in page
    assert page.count("</script") == 5
