"""A lost accuracy says which command finds what would clear it, runnable as printed."""

import itertools
import json
import shlex

import numpy as np
import pytest

import imac_arch
from imac_arch.network_files import load_network
from imac_arch.resolve import Request, resolve
from imac_arch.studies.accuracy.questions import KNOBS
from tests.accuracy.bench import every_image
from tests.test_cli import call

pytestmark = pytest.mark.accuracy
NET = "784-16-10"


def asked(net=NET, tech="sot_mram", **given):
    """The commands of the warnings of accuracy, as words."""
    found = imac_arch.compare(net, tech, samples=0, **given).document
    texts = [w.message for w in found.warnings if w.code == "accuracy"]
    return found, [shlex.split(text[text.index("imac-arch") :]) if "imac-arch" in text else None for text in texts]


GIVEN = {"arch": "imac", "baseline": "imac", "read": "virtual_ground", "subarray": "64x64", "seed": 2}
NARROW = {"components.wire.width": "60 nm"}


@pytest.fixture
def few(tmp_path):
    """Images, so few that the interval of an accuracy is wide beside that of a loss."""
    path = tmp_path / "few images.npz"
    np.savez(path, x=every_image().x[:300], y=every_image().y[:300])
    return str(path)


def with_resistance(value):
    inputs = resolve(Request(NET, "sot_mram", fields={"read.circuit": "virtual_ground"}, samples=0)).inputs
    return {**NARROW, **KNOBS["r_p"].fields(inputs, value)}


def test_the_command_keeps_what_the_check_clears_and_nothing_else(few):
    _, (words,) = asked(overrides=NARROW, data=few, **GIVEN)
    assert words[:8] == ["imac-arch", "accuracy", "--net", NET, "--tech", "sot_mram", "--subarray", "64x64"]
    assert words[-2:] == ["--solve", "r_p"]
    code, out, err = call(*words[1:], "--json=brief")
    assert code == 0, err
    found = json.loads(out)["answer"]
    assert (found["target"], found["limit"]) == (None, 0.01)
    for value, clears in ((found["value"], True), (found["unkept"], False)):
        lost, said = asked(overrides=with_resistance(value), data=few, **GIVEN)
        assert (said == []) is clears
        (run,) = [each for each in found["runs"] if value in each["fields"].values()]
        assert run["value"] == lost.architectures[0].accuracy.value
        assert run["loss"] == lost.architectures[0].accuracy.loss._asdict()


def test_a_target_is_stricter_than_the_check(few):
    """The low end of an accuracy is that of one chip on few images; a loss is paired by image."""
    given = {k: v for k, v in GIVEN.items() if k != "baseline"} | {"data": few, "overrides": NARROW, "solve": "r_p"}
    limits = imac_arch.compare(NET, "sot_mram", samples=0, data=few, overrides=NARROW, **GIVEN).document.warnings
    needed = next(w.limit for w in limits if w.code == "accuracy")
    check, strict = (imac_arch.accuracy(NET, target=t, **given).document.answer for t in (None, needed))
    kept = [run for run in check.runs if check.keeps(run)]
    assert kept
    assert not any(strict.keeps(run) for run in kept)


def test_all_images_solved_exactly_are_asked_as_such(few):
    """What ``compare --accuracy full`` found, the command finds again."""
    full, (words,) = asked(overrides=NARROW, data=few, accuracy="full", **GIVEN)
    assert words[words.index("--images") : words.index("--seed")] == [
        "--images",
        "300",
        "--programmings",
        "30",
        "--exact",
    ]
    code, out, _ = call(*words[1 : words.index("--solve")], "--json=brief")
    assert code == 0
    (row,) = json.loads(out)["accuracy"]
    own = full.architectures[0].accuracy
    assert (row["value"], row["low"], row["high"]) == (own.value, own.low, own.high)


@pytest.mark.parametrize(
    ("tech", "given", "solved"),
    [
        ("fefet", {}, {"imac": "r_p", "mixed_signal": "r_p"}),  # wires take too much of the signal
        ("sram_cim", {}, {"imac": None}),  # amplifiers saturate
        ("sot_mram_imec", {"adc_bits": 3}, {"mixed_signal": "adc_bits"}),
        ("reram", {"adc_bits": 4}, {"mixed_signal": None}),  # one of both
    ],
)
def test_a_knob_is_named_where_another_check_found_the_cause(tech, given, solved):
    _, words = asked("784-128-10", tech, **given)
    options = [dict(itertools.pairwise(each)) for each in words]
    assert {each["--arch"]: each.get("--solve") for each in options} == solved


def test_where_the_cause_is_unknown_the_command_says_it():
    found = imac_arch.compare("784-128-10", "sram_cim", samples=0).document
    (text,) = [w.message for w in found.warnings if w.code == "accuracy"]
    assert "; to find what costs most, and which knob of --solve sets that, if any: imac-arch accuracy" in text
    code, out, _ = call(*shlex.split(text[text.index("imac-arch") :])[1:])
    assert code == 0
    assert "Most is lost by saturation of amplifiers" in out
    assert "; no knob of --solve sets any of these." in out


def test_what_no_command_line_says_is_not_asked():
    for given in ({"net": load_network(NET)}, {"tiles": "25x1,3x1"}, {"precision": "native"}):
        _, words = asked(**given, arch="imac", baseline="imac")
        assert words == [None]
    for name in ("amin2022", "zand2020", "imac_sim"):  # the accuracy of a design under assumptions
        for net in (None, NET):
            _, words = asked(net, None, scenario=name)
            assert set(words) == {None}


def test_sides_with_a_remark_are_asked_as_they_were_given():
    sides = {f"subarray.{side}": {"value": 32, "note": "as ever", "status": "assumed"} for side in ("rows", "cols")}
    _, (words,) = asked(overrides=sides, arch="imac", baseline="imac")
    given = dict(each.split("=", 1) for option, each in itertools.pairwise(words) if option == "--set")
    assert "--subarray" not in words
    assert {path: json.loads(text) for path, text in given.items()} == sides
    assert call(*words[1:-2], "--images", "10", "--json=brief")[0] == 0


def test_sides_that_are_numbers_are_asked_as_a_size():
    _, (words,) = asked(overrides={"subarray.rows": 32, "subarray.cols": 48}, arch="imac", baseline="imac")
    assert words[words.index("--subarray") + 1] == "32x48"
    assert "--set" not in words
