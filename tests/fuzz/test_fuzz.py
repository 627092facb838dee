"""Two thousand cases of the fuzzer, and what it holds a program to; ``python -m tests.fuzz`` runs more."""

import random
from pathlib import Path

import pytest

from tests.fuzz.case import FOREIGN, Case
from tests.fuzz.cases import make
from tests.fuzz.judge import judged, senseless
from tests.fuzz.nasty import broken, mutated
from tests.fuzz.processes import tried
from tests.fuzz.quick import quickly

CASES, AT_ONCE = 2000, 100


@pytest.mark.parametrize("first", range(0, CASES, AT_ONCE))
def test_no_input_ends_as_a_bug_or_in_nonsense(tmp_path, first):
    wrong = {}
    with quickly():
        for n in range(first, first + AT_ONCE):
            case = make(0, n)
            if found := judged(case, tmp_path):
                wrong[n] = (case, found)
    assert wrong == {}


@pytest.mark.parametrize("n", range(8))
def test_no_signal_and_no_closed_stdout_leaves_a_torn_file(tmp_path, n):
    assert tried(0, n, tmp_path) == ""


def test_a_case_is_its_seed_and_number():
    assert make(3, 17) == make(3, 17)
    assert len({str(make(3, n)) for n in range(200)}) > 190


def test_what_is_wrong_is_found(tmp_path, monkeypatch):
    """The judge is held to what it is for: a program that does each wrong thing once."""
    typed = {"compare": ["compare", "--net", "4-2", "--samples", "0", "--json"], "show": ["tech", "show", "reram"]}

    def found(words, change, files=None):
        monkeypatch.setattr("imac_arch.data.registry.names", change) if change else None
        return judged(Case("own", words, files or {}), tmp_path)

    assert found(typed["compare"], None) == ""

    def bug(*_):
        raise TypeError("of ours")

    def leave(*_):
        Path(".x.html.part").touch()
        return []

    def spoil(*_):
        Path("mine.html").write_text("theirs")
        return []

    monkeypatch.setattr("imac_arch.cli.compare.command_line", bug)
    assert "exit code 70" in found(typed["compare"], None)
    for change, says in ((leave, "left"), (spoil, "mine.html was changed")):
        monkeypatch.setattr("imac_arch.cli.compare.command_line", lambda change=change: change() or "")
        assert says in found(typed["compare"], None, {"mine.html": FOREIGN})


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"architectures": [{"name": "imac", "metrics": {"power": {"value": None}}}]}, "imac: power is null"),
        ({"architectures": [{"name": "imac", "metrics": {"power": {"value": -1.0}}}]}, "power.value is -1.0"),
        ({"breakdown": [{"energy": float("nan")}]}, "breakdown.0.energy is nan"),
        ({"provenance": [{"value": -1.0}]}, ""),
    ],
)
def test_figures_that_cannot_be_are_found(document, says):
    assert senseless(document).endswith(says) if says else not senseless(document)


def test_texts_and_bytes_are_changed():
    text = "\n".join(f"key{n}: {n}" for n in range(20))
    assert sum(mutated(random.Random(n), text) != text for n in range(50)) > 40
    assert sum(broken(random.Random(n), text.encode()) != text.encode() for n in range(50)) > 40
