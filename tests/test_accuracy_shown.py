"""Accuracies as people and programs get them: terminal, page, files, frames, figures."""

import json
from types import SimpleNamespace

import jsonschema
import plotly.graph_objects as go
import pytest

import imac_arch
from imac_arch.document.accuracy import Point, Share, Step
from imac_arch.document.plain import json_schema
from imac_arch.paths import find_path
from imac_arch.show.accuracy import answer_sentence, waterfall_notes
from imac_arch.show.tidy import ACCURACY_COLUMNS
from imac_arch.studies.accuracy.experiment import EFFECTS, SET_BY, SOLVED_BY
from imac_arch.studies.accuracy.questions import KNOBS, answer

pytestmark = pytest.mark.accuracy
NET = "784-16-10"


@pytest.fixture(scope="module")
def judged():
    return imac_arch.accuracy(NET, images=200, programmings=2, study="gain", solve="subarray", target=0.8)


@pytest.fixture
def compared():
    return imac_arch.compare(NET, "sot_mram", samples=0)


def test_a_comparison_shows_and_hands_out_its_accuracies(compared):
    page = compared.page()
    assert '<a href="#accuracy">Accuracy</a>' in page
    section = page.split('<h2 id="accuracy">')[1].split("<h2")[0]
    frame = compared.accuracy().set_index("architecture")
    assert list(frame.index) == ["imac", "mixed_signal", "digital", "gpu"]
    for _, row in frame.iterrows():
        assert f"{row['value'] * 100:.1f} %" in section
        assert row["low"] <= row["value"] <= row["high"]
    assert frame["loss"].loc["imac"] == pytest.approx(frame["software"]["imac"] - frame["value"]["imac"], abs=1e-12)
    assert "1,000 images" in section
    assert "noise of amplifiers" in section
    tidy = compared.to_frame().query("metric == 'accuracy'")
    assert list(tidy["value"]) == list(frame["value"])
    assert "accuracy" in compared.summary().index


def test_without_weights_the_report_says_why():
    page = imac_arch.compare("40-8", "sot_mram", samples=0).page()
    assert "No accuracy: no weights for 40-8" in page.split('<h2 id="accuracy">')[1].split("<h2")[0]


def test_a_report_without_accuracies_has_no_section():
    page = imac_arch.compare(NET, "sot_mram", samples=0, accuracy="none").page()
    assert 'href="#accuracy"' not in page
    assert 'id="accuracy"' not in page


def test_the_document_is_what_its_schema_says(judged):
    jsonschema.validate(json.loads(judged.to_json()), json_schema(type(judged.document)))


def test_files_hold_every_design(judged, tmp_path):
    for kind in judged.formats:
        judged.write(tmp_path / f"x.{kind}", kind)
        assert "mixed_signal" in (tmp_path / f"x.{kind}").read_text().replace("\\_", "_")
    assert tuple(judged.to_frame().columns) == ACCURACY_COLUMNS


def test_figures_draw_what_the_tables_say(judged):
    figures = judged.figures()
    assert set(figures) == {"answer", "waterfall", "study"}
    assert all(isinstance(figure, go.Figure) for figure in figures.values())
    costs, dots = figures["waterfall"].data
    steps = judged.document.waterfall
    assert list(dots.x) == pytest.approx([100 * step.value for step in steps], abs=1e-9)
    ends = [base + change for base, change in zip(costs.base, costs.x, strict=True)]
    assert ends == pytest.approx(list(dots.x)[1:], abs=1e-9)
    assert len(judged.waterfall()) == len(steps)
    page = judged.page()
    for name in figures:
        assert f'id="fig-{name}"' in page


def test_a_map_has_every_combination(judged, monkeypatch):
    points = judged.document.points[0]
    both = [points._replace(fields={"a": a, "b": b}, value=v) for a, b, v in (("1", "x", 0.5), ("1", "y", 0.75))]
    drawn = imac_arch.Accuracy(judged.document._replace(points=tuple(both))).figures()["study"].data[0]
    assert (drawn.type, list(drawn.x), list(drawn.y)) == ("heatmap", ["x", "y"], ["1"])
    assert [list(row) for row in drawn.z] == [[50, 75]]


def test_what_costs_most_is_named_with_its_fields():
    def step(effect, change, counts=True):
        return Step("imac", EFFECTS.get(effect, effect), 0.9, 0.9, 0.9, change, change, change, counts)

    first, small = step("stored weights", 0.0, False), step("wires", -0.01)
    worst = waterfall_notes([first, small, step("offset", -0.293), step("neuron", 0.01)])
    assert worst == (
        "Most is lost by offsets of amplifiers, 29.3 points; set by amplifier.offset, front_end.offset, read.voltage"
        "; no knob of --solve sets any of these.",
    )
    (said,) = waterfall_notes([first, step("wires", -0.2)])
    assert said.endswith(
        "; set by subarray, the resistances of the cells, wire.width; try --solve r_p or subarray or wire."
    )
    (said,) = waterfall_notes([first, step("read circuit", -0.2)])
    assert said == "Most is lost by read circuit, 20.0 points; set by the design."
    assert waterfall_notes([first, step("wires", -0.2, False), step("gain", -0.1)]) == ()  # within its error
    assert waterfall_notes([first, step("neuron", 0.1)]) == waterfall_notes([first]) == waterfall_notes([]) == ()
    assert set(SET_BY) == set(EFFECTS)
    for effect, knobs in SOLVED_BY.items():
        paths = [path.removeprefix("components.") for knob in knobs for path in KNOBS[knob].paths]
        assert all(path in SET_BY[effect] or path.split(".")[0] in SET_BY[effect] for path in paths)


def test_what_effects_follow_from_can_be_set():
    words = {word for text in SET_BY.values() for word in text.replace(",", "").split() if "." in word}
    assert len(words) > 12
    for name in words:
        assert find_path(name, ["sot_mram"]).endswith(name)


def test_an_answer_in_words(judged):
    found = judged.document.answer
    run = found.runs[0]._replace(low=0.9)
    fields = ("8x8", "32x32", "64x64")
    kept = found._replace(
        value="32x32", unkept="64x64", bound="at_most", target=0.8,
        runs=tuple(run._replace(fields={"size": v}, low=low) for v, low in zip(fields, (0.9, 0.9, 0.1), strict=True)),
    )  # fmt: skip
    assert answer_sentence(kept).startswith("Size of a subarray: at most 32x32 keeps 80 % on imac")
    assert answer_sentence(kept).endswith("; 64x64 does not.")
    both = kept._replace(runs=(kept.runs[0]._replace(low=0.1), *kept.runs[1:]))
    assert answer_sentence(both).endswith("; 64x64 and 8x8 do not.")
    assert answer_sentence(kept._replace(unkept=None)).endswith("; every value that was tried does.")
    ohms = tuple(
        run._replace(fields={"resistance": v})
        for run, v in zip(kept.runs, ("9 kohm", "8.5 kohm", "7 kohm"), strict=True)
    )
    told = answer_sentence(kept._replace(value="8.5 kohm", unkept="7 kohm", bound="at_least", runs=ohms))
    assert "at least 8.5 kΩ keeps" in told
    assert told.endswith("; 7 kΩ does not.")
    runs = tuple(run._replace(fields={"size": v}, value=w, low=0.1, high=0.6) for v, w in (("a", 0.4), ("b", 0.5)))
    none = answer_sentence(found._replace(value=None, best=0.5, runs=runs))
    assert none.endswith("the best accuracy was 50.0 % [10.0 %, 60.0 %], at b.")


def test_an_answer_by_the_check_in_words(judged):
    """Accuracies that keep no target: only losses count."""
    run = judged.document.answer.runs[0]._replace(low=0.0)
    ends = {"8x8": 0.02, "16x16": 0.01, "32x32": 0.0, "64x64": 0.011}
    runs = tuple(run._replace(fields={"size": v}, loss=Share(0.03, low, 0.04)) for v, low in ends.items())
    kept = judged.document.answer._replace(value="32x32", unkept="64x64", target=None, limit=0.01, runs=runs)
    assert [kept.keeps(each) for each in runs] == [False, True, True, False]
    assert answer_sentence(kept) == (
        "Size of a subarray: at most 32x32 clears the check of the accuracy of imac, at most 1.0 points lost by the "
        "low end of the 90 % interval; 64x64 and 8x8 do not."
    )
    none = answer_sentence(kept._replace(value=None))
    assert "no value that was tried clears the check of the accuracy of imac, at most 1.0 points lost by" in none
    drawn = imac_arch.Accuracy(judged.document._replace(answer=kept)).figures()["answer"]
    assert "target" not in [trace.name for trace in drawn.data]


@pytest.mark.parametrize(("first", "last"), [(1, 7), (9, 11)])
def test_a_value_that_keeps_a_target_is_found_beyond_one_that_does_not(first, last):
    """With a loaded averaging read very large resistances lose accuracy too: the load outweighs the cells. A value
    beyond the last one has a lucky mean; only the low ends of intervals count."""

    def point(fields):
        place = KNOBS["sigma"].values.index(next(iter(fields.values())))
        low = 0.9 if first <= place <= last else 0.1
        value = 0.85 if place == last + 1 else low
        return Point("imac", dict(fields), value, low, value, 1.0, Share(0.1, 0.1, 0.1), "")

    question = SimpleNamespace(architecture="imac", inputs=None, point=point)
    found = answer(question, "sigma", 0.8)
    assert (found.value, found.unkept) == (KNOBS["sigma"].values[last], KNOBS["sigma"].values[last + 1])
    assert found.best == 0.9  # the first value reaches 0.1
    assert answer_sentence(found).endswith(f"{found.unkept} and {KNOBS['sigma'].values[first - 1]} do not.")


def test_a_target_that_an_accuracy_reaches_and_its_interval_does_not_is_not_kept(judged):
    found = judged.document.answer
    best = max(found.runs, key=lambda run: run.value)
    assert best.low < best.value
    low = "on imac, with the low end of the 90 % interval; the best accuracy was"
    for target, said in ((best.value, True), (best.value + 0.01, False)):
        assert (low in answer_sentence(found._replace(value=None, target=target))) is said
