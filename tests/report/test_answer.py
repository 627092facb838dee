"""The figures that open a report: ratios against the baseline, and what energy and area are made of, absolute."""

import re

import pytest

from imac_arch import compare
from imac_arch.architectures import ARCHITECTURES
from imac_arch.data.units import format_value
from imac_arch.document.shapes import Interval
from imac_arch.show.report.answer import MOST, OTHERS, answer, answer_figure, component_colours, total_figure
from imac_arch.show.report.figures import figures
from imac_arch.show.report.render import render
from imac_arch.show.sentences import beside_baseline, columns
from tests.helpers import approx

CASES = {
    "one": {}, "points": {"samples": 0}, "across": {"tech": ["sot_mram", "reram"], "baseline": "imac@reram"},
    "many": {"tech": ["sot_mram", "sot_mram_imec", "reram", "pcm"]}, "board": {"baseline": "gpu"},
}  # fmt: skip


@pytest.fixture(scope="module", params=CASES)
def document(request):
    return compare("784-128-10", **{"samples": 50, **CASES[request.param]}).document


def dots(plot):
    return [trace for trace in plot["data"] if trace["mode"] == "markers"]


def test_every_dot_is_a_ratio_or_at_the_edge_of_the_axis(document):
    plot = answer_figure(document)
    low, high = (10.0**end for end in plot["layout"]["xaxis"]["range"])
    assert low < 1 < high
    shown = {each["name"].partition(",")[0] if "(" not in each["name"] else each["name"]: each for each in dots(plot)}
    assert shown
    metrics = [m.name for m in document.metrics if m.headline and m.ratio]
    for head, ratios in beside_baseline(document):
        traces = [
            each for each in dots(plot) if each["name"].removesuffix(", fails").removesuffix(", doubtful") == head
        ]
        for trace in traces:
            for k, name in enumerate(name for name in metrics if name in ratios and ratios[name].value):
                value, x = ratios[name].value, trace["x"][k]
                ends = ratios[name].interval or Interval(value, value)
                if low <= value <= high:
                    assert x == approx(value)
                    assert x + trace["error_x"]["array"][k] == approx(min(ends.high, high))
                    assert x - trace["error_x"]["arrayminus"][k] == approx(max(ends.low, low))
                else:
                    assert x in (low, high)
                    assert trace["marker"]["symbol"][k].startswith("triangle")


def test_the_line_at_one_and_both_sides_are_named(document):
    layout = answer_figure(document)["layout"]
    (one,) = layout["shapes"]
    assert one["x0"] == one["x1"] == 1
    said = [note["text"] for note in layout["annotations"]]
    assert any("worse" in text for text in said)
    assert any("better" in text for text in said)
    assert document.conditions.baseline in layout["xaxis"]["title"]["text"]
    assert "equal" in layout["xaxis"]["ticktext"]


def test_an_interval_over_the_line_is_undecided_and_values_are_written(document):
    plot = answer_figure(document)
    for trace in dots(plot):
        for k, text in enumerate(trace["text"]):
            if trace["marker"]["symbol"][k].startswith("triangle"):
                continue
            x, up, down = trace["x"][k], trace["error_x"]["array"][k], trace["error_x"]["arrayminus"][k]
            if up or down:
                assert (x - down <= 1 <= x + up) == text.rstrip().endswith("undecided")
            value = text.replace("<br>", "\n").strip().splitlines()[0].strip()  # of one that is undecided too
            assert value == "about equal" or re.fullmatch(r"[\d.,e]+x \w+", value), text


def test_symbols_of_designs_that_fail_are_open(document):
    fails = {row.name for row in document.architectures if row.verdict == "fails"}
    for trace in dots(answer_figure(document)):
        for symbol in trace["marker"]["symbol"]:
            if not symbol.startswith("triangle"):
                assert ("open" in symbol) == ("fails" in trace["name"])
    assert fails or document.conditions.baseline != "mixed_signal"


@pytest.mark.parametrize("name", ["energy", "area"])
def test_bars_add_up_to_the_metric_in_the_printed_unit(document, name):
    plot = total_figure(document, name)
    bars = [trace for trace in plot["data"] if trace["type"] == "bar"]
    (written,) = (trace for trace in plot["data"] if trace["type"] == "scatter")
    sums = [sum(values) for values in zip(*(trace["x"] for trace in bars), strict=True)]
    assert sums == approx(written["x"])
    unit = {"energy": "J", "area": "m^2"}[name]
    found = [format_value(row.metrics[name].value, unit) for row in columns(document)]
    assert {text.strip() for text in written["text"]} <= set(found)
    on_chip = [text for row, text in zip(columns(document), found, strict=True) if not row.on_board]
    assert {text.strip() for text in written["text"]} >= set(on_chip)
    assert max(sums) <= plot["layout"]["xaxis"]["range"][1]
    hatched = bars[0]["marker"].get("pattern", {"shape": [""] * len(sums)})["shape"]
    assert [bool(shape) for shape in hatched] == ["fails" in head for head in bars[0]["y"]]


def test_no_component_has_the_colour_of_an_architecture(document):
    taken = {architecture.colour.lower() for architecture in ARCHITECTURES.values()}
    assert not taken & {colour.lower() for colour in component_colours(document).values()}
    for name, plot in figures(document).items():
        if name in ("fig-total-energy", "fig-total-area", "fig-energy", "fig-area", "fig-latency"):
            assert not taken & {str(t["marker"]["color"]).lower() for t in plot["data"] if t["type"] == "bar"}


def test_components_have_one_colour_in_every_figure(document):
    colours = component_colours(document)
    assert len(set(colours.values())) == len(colours)
    for name, plot in figures(document).items():
        if name.removeprefix("fig-").removeprefix("total-") in ("energy", "area", "latency"):
            bars = [trace for trace in plot["data"] if trace["type"] == "bar" and trace["name"] != OTHERS]
            assert all(trace["marker"]["color"] == colours[trace["name"]] for trace in bars)
    assert {name for name, _ in answer(document).legend} <= {*colours, OTHERS}


def test_each_figure_has_a_sentence_and_a_table(document):
    found = answer(document)
    beside = beside_baseline(document)
    assert len(found.sentences) == len(found.table.rows) == len(beside)
    assert found.left_out == (len(beside) > MOST)
    for name, (sentence, table) in found.totals.items():
        assert sentence.endswith(".")
        assert table.rows[-1][0] == "total"
        assert len(table.heads) == len(columns(document)) + 1, name


def test_the_answer_is_the_first_figure_of_the_page(document):
    page = render(document)
    places = [page.index(f'id="{name}"') for name in ("fig-answer", "fig-total-energy", "fig-total-area", "fig-pap")]
    assert places == sorted(places)
    assert page.index("fig-answer") < page.index("<table")
    assert 'class="legend"' in page


def test_without_anything_beside_the_baseline_there_is_no_answer():
    document = compare("64-8-4", arch=["imac"], baseline="imac", samples=0).document
    assert answer_figure(document) is None
    assert "fig-answer" not in render(document).split("<script")[0]
