"""Ctrl-C: what is finished is kept, shown and written, and the exit code says that it is not all."""

import json

import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.data.keeping import Interrupted, collected, interrupted, keeping
from imac_arch.studies.accuracy import report
from imac_arch.studies.accuracy.experiment import Experiment
from imac_arch.studies.accuracy.judge import Hardware
from imac_arch.studies.accuracy.questions import Question

NET = "784-16-10"


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """One thread, so that the number of a call says what is finished before it."""
    monkeypatch.setattr("imac_arch.data.threads.processors", lambda: 1)


def stopped_at(monkeypatch, owner, name, number):
    """Interrupt a method when it is called for the ``number``-th time."""
    calls, method = [], getattr(owner, name)

    def call(*args, **kwargs):
        calls.append(args)
        if len(calls) == number:
            raise KeyboardInterrupt
        return method(*args, **kwargs)

    monkeypatch.setattr(owner, name, call)
    return calls


def asked(**options):
    return imac_arch.accuracy(NET, **{"arch": "imac", "images": 50, "programmings": 6, **options})


def test_finished_programmings_are_kept(monkeypatch):
    calls = stopped_at(monkeypatch, Hardware, "_programming", 4)
    with pytest.raises(Interrupted, match=r"^after 3 of 6 programmings$") as stop:
        asked(arch=["imac", "mixed_signal"], study="sigma", solve="sigma", target=0.5)
    assert len(calls) == 4  # nothing was begun afterwards
    document = stop.value.result.document
    monkeypatch.undo()
    kept, left = document.accuracy
    assert kept.note == "interrupted after 3 of 6 programmings"
    assert kept._replace(note="") == asked(programmings=3).document.accuracy[0]
    assert left.value is None
    assert left.reason == "interrupted before it was found"
    assert (document.waterfall, document.points, document.answer) == ((), (), None)
    assert "Interrupted after 3 of 6 programmings" in stop.value.result.page()


@pytest.mark.parametrize(("number", "said", "chips"), [
    (4, "3 of 8 exact programmings", 3), (15, "6 of 20 programmings", 8), (23, "14 of 20 programmings", 8),
    (31, "2 of 12 exact programmings", 10),
])  # fmt: skip
def test_of_corrected_programmings_those_that_are_solved_are_kept(monkeypatch, number, said, chips):
    """8 are solved, 20 are cheap; where these do not go together, the other 12 are solved as well."""
    monkeypatch.setattr("imac_arch.studies.accuracy.variate.ENOUGH", 2.0)
    calls = stopped_at(monkeypatch, Hardware, "_programming", number)
    with pytest.raises(Interrupted, match=f"^after {said}$") as stop:
        asked(programmings=20, control=8, arch=["imac", "mixed_signal"])
    assert len(calls) == number
    assert stop.value.result.document.accuracy[0].programmings == chips


def test_an_interrupt_before_anything_is_finished_keeps_nothing(monkeypatch):
    stopped_at(monkeypatch, Hardware, "_programming", 1)
    with pytest.raises(KeyboardInterrupt) as stop:
        asked()
    assert not isinstance(stop.value, Interrupted)


def test_effects_that_are_finished_are_kept_whole(monkeypatch):
    """The design takes 6 calls, the effects before variation none; variation is left out, for it lacks programmings."""
    stopped_at(monkeypatch, Hardware, "_programming", 8)
    with pytest.raises(Interrupted, match="after 4 of 9 effects") as stop:
        asked()
    document = stop.value.result.document
    assert document.accuracy[0].programmings == 6
    assert document.waterfall[-1].effect == "row drivers"


def test_designs_of_a_study_are_kept(monkeypatch):
    stopped_at(monkeypatch, Question, "point", 3)
    with pytest.raises(Interrupted, match=r"^after 2 of 240 designs$") as stop:
        asked(study="ra-tmr", programmings=1)
    result = stop.value.result
    assert len(result.points()) == 2
    assert result.figures()["study"].data
    assert result.document.answer is None


def test_an_unfinished_answer_says_what_was_tried(monkeypatch):
    stopped_at(monkeypatch, Question, "point", 3)
    with pytest.raises(Interrupted, match="after 2 values of the variation") as stop:
        asked(solve="sigma", target=0.2, programmings=2)
    answer = stop.value.result.document.answer
    assert [next(iter(run.fields.values())) for run in answer.runs] == ["0.5 %", "80 %"]
    assert answer.value == "0.5 %"
    assert (answer.unkept is None) == (answer.runs[1].low >= 0.2)


def test_an_interrupt_between_questions_keeps_the_design(monkeypatch):
    monkeypatch.setattr(report, "waterfall", lambda question: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(Interrupted, match="after the accuracy of the design"):
        asked(programmings=1)


def test_the_command_shows_and_writes_what_is_finished(monkeypatch, tmp_path):
    words = ["accuracy", "--net", NET, "--arch", "imac", "--images", "50", "--programmings", "6", "--no-progress"]
    stopped_at(monkeypatch, Hardware, "_programming", 3)
    file = tmp_path / "x.json"
    done = CliRunner().invoke(app, [*words, "-o", str(file)])
    assert done.exit_code == 130
    assert "Interrupted after 2 of 6 programmings" in done.stdout
    assert "interrupted after 2 of 6 programmings" in done.stderr
    written = json.loads(file.read_text())
    assert written["interrupted"] == "after 2 of 6 programmings"
    assert written["accuracy"][0]["programmings"] == 2


def test_a_second_interrupt_ends_the_work_at_once(monkeypatch):
    stopped_at(monkeypatch, Hardware, "_programming", 3)
    stopped_at(monkeypatch, Hardware, "analogs", 2)
    with pytest.raises(KeyboardInterrupt) as stop:
        asked()
    assert not isinstance(stop.value, Interrupted)


def test_an_interrupt_while_images_are_classified_keeps_the_chips_before_it(monkeypatch):
    stopped_at(monkeypatch, Hardware, "analogs", 4)
    with pytest.raises(Interrupted, match=r"^after 3 of 6 classifications$") as stop:
        asked()
    assert stop.value.result.document.accuracy[0].programmings == 3


@pytest.mark.parametrize("number", [15, 30])
def test_of_corrected_programmings_those_that_are_classified_are_kept(monkeypatch, number):
    """The exact ones are classified first, whose accuracy stands where too few cheap ones follow."""
    monkeypatch.setattr("imac_arch.studies.accuracy.variate.ENOUGH", -2.0)
    stopped_at(monkeypatch, Hardware, "analogs", number - 10)
    with pytest.raises(Interrupted, match=f"after {number - 11 if number < 19 else number - 19} of") as stop:
        asked(programmings=20, control=8)
    assert stop.value.result.document.accuracy[0].programmings == {15: 4, 30: 11}[number]


def test_a_comparison_keeps_the_programmings_that_are_finished(monkeypatch, tmp_path):
    monkeypatch.setattr("imac_arch.studies.accuracy.judge.FULL", Experiment(images=40, programmings=5, exact=True))
    words = ["compare", "--net", NET, "--accuracy", "full", "--samples", "0", "--no-progress", "-o"]
    stopped_at(monkeypatch, Hardware, "_programming", 4)
    file = tmp_path / "x.json"
    done = CliRunner().invoke(app, [*words, str(file), "--tech", "sot_mram", "--tech", "stt_mram"])
    assert done.exit_code == 130
    assert "interrupted after 3 of 5 programmings" in done.stderr
    rows = [row["accuracy"] for row in json.loads(file.read_text())["architectures"]]
    assert rows[0]["programmings"] == 3
    assert "interrupted after 3 of 5 programmings" in rows[0]["note"]
    assert {row["reason"] for row in rows[1:]} == {"interrupted before it was found"}
    assert "verdict" in done.stdout


def test_a_comparison_before_its_first_programming_keeps_nothing(monkeypatch, tmp_path):
    stopped_at(monkeypatch, Hardware, "_programming", 1)
    file = tmp_path / "x.html"
    done = CliRunner().invoke(app, ["compare", "--net", NET, "--accuracy", "full", "--samples", "0", "-o", str(file)])
    assert (done.exit_code, done.stdout, done.stderr) == (130, "", "interrupted\n")
    assert not file.exists()


def test_nothing_is_kept_where_nobody_asks():
    def work(item):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collected("things", [1, 2], lambda item: item if item == 1 else work(item))
    assert not interrupted()
    with keeping() as kept:
        assert collected("things", [1, 2], lambda item: item if item == 1 else work(item)) == [1]
        assert interrupted()
    assert kept.stopped == "after 1 of 2 things"
    assert not interrupted()
