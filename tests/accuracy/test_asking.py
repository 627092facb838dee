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


def test_what_the_command_answers_clears_the_check(tmp_path):
    shown = tmp_path / "few images.npz"
    np.savez(shown, x=every_image().x[:300], y=every_image().y[:300])
    given = {"arch": "imac", "baseline": "imac", "read": "virtual_ground", "subarray": "64x64", "data": str(shown)}
    lost, (words,) = asked(overrides={"components.wire.width": "60 nm"}, seed=2, **given)
    assert words[:8] == ["imac-arch", "accuracy", "--net", NET, "--tech", "sot_mram", "--subarray", "64x64"]
    assert words[-2] == "--target"
    assert float(words[-1]) < next(w.limit for w in lost.warnings if w.code == "accuracy")
    code, out, err = call(*words[1:], "--json=brief")
    assert code == 0, err
    kept = json.loads(out)["answer"]["value"]
    inputs = resolve(Request(NET, "sot_mram", fields={"read.circuit": "virtual_ground"}, samples=0)).inputs
    mended = {"components.wire.width": "60 nm", **KNOBS["r_p"].fields(inputs, kept)}
    assert asked(overrides=mended, seed=2, **given)[1] == []


def test_it_asks_for_what_the_design_has():
    _, words = asked(tech="fefet")
    assert [dict(zip(each[2::2], each[3::2], strict=True))["--solve"] for each in words] == ["sigma", "adc_bits"]


def test_what_no_command_line_says_is_not_asked():
    for given in ({"net": load_network(NET)}, {"tiles": "25x1,3x1"}):
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
    assert call(*words[1:-4], "--images", "10", "--json=brief")[0] == 0


def test_sides_that_are_numbers_are_asked_as_a_size():
    _, (words,) = asked(overrides={"subarray.rows": 32, "subarray.cols": 48}, arch="imac", baseline="imac")
    assert words[words.index("--subarray") + 1] == "32x48"
    assert "--set" not in words
