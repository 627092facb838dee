"""The verdict comes first, ratios are words, and one whose interval contains 1 is undecided wherever it is shown."""

import json
import math
import re

import numpy as np
import pytest

from imac_arch import compare
from imac_arch.document.shapes import Interval, Quotient
from imac_arch.show.choices import choices
from imac_arch.show.report.figures import figures
from imac_arch.show.report.render import render
from imac_arch.show.sheet import Cell, text_of
from imac_arch.show.values import ratio_cell, ratio_words
from imac_arch.show.verdict import check_items, standing_items, verdict_items
from tests.test_cli import run as shell

AREA, ENERGY = ("larger", "smaller"), ("more", "less")
TECHS = ["sot_mram", "sot_mram_imec", "sram_cim"]


@pytest.fixture(scope="module")
def document():
    return compare("784-128-10", TECHS, samples=200).document


@pytest.mark.parametrize(
    ("value", "words", "text"),
    [
        (0.167, ENERGY, "6.0x more"), (5.79, AREA, "5.8x smaller"), (34.5, ("slower", "faster"), "34x faster"),
        (1.0, ENERGY, "about equal"), (0.993, ENERGY, "about equal"), (1.06, ENERGY, "1.1x less"),
        (9.96, AREA, "10x smaller"), (1 / 1600, AREA, "1,600x larger"), (0.0, ENERGY, "∞x more"),
    ],
)  # fmt: skip
def test_a_ratio_in_words(value, words, text):
    assert ratio_words(value, words) == text


def test_an_interval_in_words():
    assert text_of(ratio_cell(Quotient(5.79, Interval(1.3, 46.0), 0.97), AREA)) == "5.8x smaller [1.3x, 46x]"
    assert text_of(ratio_cell(Quotient(0.03, Interval(0.0125, 0.25), 0.0), ENERGY)) == "33x more [4.0x, 80x]"
    undecided = ratio_cell(Quotient(0.167, Interval(0.028, 2.8), 0.16), ENERGY)
    assert (undecided.value, undecided.mark) == ("6.0x more", "undecided")
    assert text_of(undecided) == "undecided [36x more, 2.8x less]"
    assert text_of(undecided, spans=False) == "undecided"
    assert text_of(ratio_cell(Quotient(2.0, Interval(2.0, 2.0), 1.0), ENERGY)) == "2.0x less"
    assert text_of(ratio_cell(Quotient(None, None, None), ENERGY)) == "—"
    assert text_of(ratio_cell(Quotient(0.5, Interval(0.0, 0.6), 0.0), ENERGY)) == "2.0x more [1.7x, ∞x]"


def test_every_ratio_has_the_share_of_samples_above_one():
    found = compare("784-128-10", samples=400)
    evaluations = {e.architecture: e for e in found.evaluations[0]}
    for row in found.document.ratios:
        mine, theirs = (
            np.broadcast_to(evaluations[n].metrics[row.metric], 401)[1:] for n in (row.architecture, row.baseline)
        )
        higher = row.metric == "throughput" or row.metric.startswith("tops")
        ratio = mine / theirs if higher else theirs / mine
        assert row.above == pytest.approx((ratio > 1).mean(), abs=1e-12)
    plain = json.loads(found.to_json())
    assert all(0 <= row["above"] <= 1 for row in plain["ratios"])
    assert all(
        set(r) == {"value", "interval", "above"} for row in plain["alternatives"] for r in row["ratios"].values()
    )


def test_no_document_has_another_centre_than_the_value(document):
    from imac_arch.document.plain import to_json

    assert '"median"' not in to_json(document)


def test_each_check_stands_once_with_all_its_designs_and_its_severity(document):
    items = check_items(document)
    assert [item.mark for item in items] == sorted((item.mark for item in items), key=("fails", "doubtful").index)
    assert len({(item.head, item.text) for item in items}) == len(items)
    for finding in document.warnings:
        if finding.severity == "note":
            continue
        own = [
            i for i in items if i.head == finding.code and i.mark == finding.severity
            and finding.technology in i.text and finding.architecture in i.text
        ]  # fmt: skip
        assert own, finding
    volts = [item for item in items if "read voltage 800 mV" in item.text]
    assert len(volts) == 1
    assert "imac, mixed_signal on sot_mram; imac, mixed_signal on sot_mram_imec:" in volts[0].text


def test_who_is_ahead_agrees_with_the_ratios(document):
    titles = {m.name: m for m in document.metrics if m.headline}
    items = iter(standing_items(document))
    for row in document.architectures:
        own = [r for r in document.ratios if (r.technology, r.architecture) == (row.technology, row.name)]
        own = [r for r in own if r.metric in titles]
        if not own or (row.on_board and row.technology != TECHS[0]):
            continue
        text = next(item.text for item in items if not row.on_board or "gpu" in item.head)
        for ratio in own:
            low, high = ratio.interval.low, ratio.interval.high
            side = "undecided" if low <= 1 <= high else "ahead" if low > 1 else "behind"
            part = next(p for p in text.split("; ") if p.startswith(side))
            assert ratio_words(ratio.value, titles[ratio.metric].words).split()[0] in part
        if row.on_board:
            break


def test_the_terminal_reads_verdict_then_who_wins_then_why_then_numbers(tmp_path):
    done = shell("compare", "--net", "784-128-10", "--samples", "100", "-o", "x.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    text = done.stdout
    places = [
        text.index(part) for part in ("\nVerdict\n", "\nAgainst mixed_signal\n", "\nWhy, and what would ", "\npower ")
    ]
    assert places == sorted(places)
    verdict = text[places[0] : places[1]]
    assert re.search(r"fails +imac .*current_density \d+ MA/cm²", verdict)
    assert re.search(r"works +digital", verdict)
    why = text[places[2] : places[3]]
    assert re.search(r"clears up to read voltage \S+ mV", why)
    notes = text[text.index("\nNotes (") :]
    assert re.search(r"ir_drop .*outranks it; clears from R_P \S+ kΩ or up to \d+ columns", notes)
    power = next(line for line in text.splitlines() if line.startswith("power "))
    assert [cell.endswith("†") for cell in re.findall(r"[\d.,]+ [µmn]?W†?", re.sub(r"\[[^]]*\]", "", power))] == [
        True,
        True,
        False,
        False,
    ]
    assert "undecided [" in text[places[3] :]
    assert "† a figure of a design that fails" in text


def test_a_comparison_of_designs_that_work_marks_nothing():
    found = compare("784-128-10", arch=["digital", "gpu"], baseline="digital", samples=20)
    html = render(found.document).split("<script")[0]
    assert 'class="fails"' not in html
    assert "†" not in html
    assert "mark fails" not in html
    assert "Why, and what would change it" not in html


def test_figures_of_a_failing_design_are_hatched_and_its_cells_marked(document):
    html = render(document).split("<script")[0]
    failing = [row for row in document.architectures if row.verdict == "fails"]
    assert {(row.technology, row.name) for row in failing} >= {("sot_mram", "imac"), ("sot_mram", "mixed_signal")}
    assert len(failing) < len(document.architectures)
    metrics = sum(metric.summary for metric in document.metrics)
    summary = html[html.index('id="summary"') :].partition("</table>")[0]
    assert summary.count('class="fails"') == metrics * len(failing)
    assert html.count('class="fails"') % len(failing) == 0  # in other tables too, alike for each of them
    assert html.count('class="mark fails"') == len(failing) + sum(i.mark == "fails" for i in check_items(document))
    assert len(re.findall('<div class="head[ "]', html)) == len(TECHS) * sum(m.headline for m in document.metrics)
    drawn = figures(document)
    for name in ("fig-pap", "fig-throughput", "fig-energy", "fig-area"):
        for trace in drawn[name]["data"]:
            heads = trace["y"] if trace.get("orientation") == "h" else trace["x"]
            hatched = [head for head, shape in zip(heads, trace["marker"]["pattern"]["shape"], strict=True) if shape]
            assert all(", fails" in head for head in hatched)
            assert len(hatched) == len(failing), name
    for name in ("fig-batch-time", "fig-batch-energy"):
        lines = {t["name"]: t for t in drawn[name]["data"][1:]}
        hollow = {n for n, t in lines.items() if t.get("marker", {}).get("symbol", "").endswith("-open")}
        assert hollow == {n for n in lines if n.endswith(", fails")}
        assert len(hollow) == len(failing), name
        assert {len(lines[n]["x"]) for n in hollow} == {len(document.batch_curve)}
    fails = {(row.technology, row.name) for row in failing}
    for shown in choices(document):
        kept = [row for row in shown.rows if row.ratios]
        wanted = [bool({(row.technology, each) for each in (row.architecture, shown.subject)} & fails) for row in kept]
        assert any(wanted)
        assert not all(wanted)
        for trace in drawn[f"fig-{shown.choice}"]["data"]:
            assert [symbol.endswith("-open") for symbol in trace["marker"]["symbol"]] == wanted
            assert [" fails" in head for head in trace["x"]] == wanted
        marked = [[cell.mark for cell in line[1:] if isinstance(cell, Cell)] for line in shown.table.rows]
        own = [(row.technology, row.architecture) in fails for row in shown.rows]
        assert [marks.count("fails") > 1 for marks in marked] == own
    points = {t["name"]: t["marker"]["symbol"] for t in drawn["fig-plane"]["data"] if t.get("name")}
    assert all(symbol.endswith("-open") == (", fails" in name) for name, symbol in points.items())


def test_a_known_accuracy_outranks_the_signal_of_the_last_column():
    """FeFET's last column keeps less than the hard limit, yet the network loses less accuracy than its own."""
    plain, known = (
        compare("784-128-10", "fefet", arch="imac", baseline="imac", samples=50, accuracy=how)
        for how in ("none", "quick")
    )
    before, after = (found.document.architectures[0] for found in (plain, known))
    (drop,) = (check for check in before.checks if check.code == "ir_drop")
    statuses = {check.code: check.status for check in after.checks}
    assert (drop.status, statuses["ir_drop"], statuses["accuracy"]) == ("fails", "outranked", "doubtful")
    assert (before.verdict, after.verdict) == ("fails", "doubtful")
    assert before.fails_in > after.fails_in
    said = [next(w for w in found.document.warnings if w.code == "ir_drop") for found in (plain, known)]
    assert [finding.severity for finding in said] == ["fails", "note"]
    assert said[1].message.endswith("its accuracy is known and outranks it")
    assert said[0].value == said[1].value
    assert not any(item.head == "ir_drop" for item in check_items(known.document))
    (line,) = verdict_items(known.document)
    assert "; outranked by the accuracy: ir_drop " in line.text
    assert "ir_drop" not in line.text.partition("; outranked")[0]


def test_many_samples_are_judged_alike_with_and_without_the_outranked_check():
    few, many = (
        compare("16-8-4", "fefet", arch="imac", baseline="imac", samples=n, accuracy="none") for n in (400, 9000)
    )
    rows = [found.document.architectures[0] for found in (few, many)]
    assert rows[0].verdict == rows[1].verdict
    assert rows[0].fails_in == pytest.approx(rows[1].fails_in, abs=0.1)


def test_a_headline_says_that_it_is_undecided_and_of_what_kind_of_designs(document):
    html = render(document).split("<script")[0]
    about = [
        r for r in document.ratios if r.architecture == "imac" and r.metric in ("area", "pap", "latency", "energy")
    ]
    undecided = [r for r in about if r.interval.low <= 1 <= r.interval.high]
    assert undecided
    assert len(undecided) < len(about)
    assert html.count("<b>undecided</b><span>") == len(undecided)
    assert "imac (fails) on sot_mram against mixed_signal (fails)" in html
    assert all(math.isfinite(r.value) for r in about)
