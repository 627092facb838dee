"""Which figure cannot be, and which number is to blame for it: the most unusual one behind it."""

from dataclasses import replace
from statistics import median_low

import numpy as np

from imac_arch.data.registry import names
from imac_arch.data.walk import each_quantity, with_quantities
from imac_arch.soundness import _impossible, most_unusual
from imac_arch.technology_files import load_technology
from tests.helpers import inputs

ODD = {"vdd": "0.83 V", "read.voltage": "11 mV", "components.synapse.variation": "10 %"}


def blamed(*read):
    return most_unusual(read, inputs(overrides=ODD), load_technology("sot_mram"), ODD)


def test_the_most_unusual_of_the_numbers_behind_a_figure_is_named():
    for read in (("read.voltage",), ("vdd", "read.voltage"), ("read.voltage", "vdd")):
        assert blamed(*read).startswith(": read.voltage = 11 mV (--set read.voltage) is the most unusual number")
    assert blamed("vdd").startswith(": vdd = 0.83 V")  # the only one that was read
    assert blamed("node") == "; the numbers behind it are usual ones, but they do not go together"


def test_nothing_in_the_place_of_something_is_the_most_unusual():
    bare = {**ODD, "components.synapse.capacitance": "0 F"}
    found = most_unusual([*bare], inputs(overrides=bare), load_technology("sot_mram"), bare)
    assert found.startswith(": components.synapse.capacitance = 0 F")


def test_a_number_of_a_board_may_be_to_blame():
    given = inputs(gpu="h100")
    board = with_quantities(
        given.board, lambda _, own: replace(own, value=own.value * 30) if own.path.endswith("tdp") else own
    )
    (path,) = (own.path for _, own in each_quantity(board) if own.path.endswith("tdp"))
    found = most_unusual([path], replace(given, board=board), load_technology("sot_mram"), {})
    assert found.startswith(f": {path} = ")


def test_usual_is_what_is_in_the_middle_of_shipped_values():
    values = sorted(load_technology(name).model.read.voltage.value for name in names("technology", shipped=True))
    assert values[0] < median_low(values)
    assert blamed("read.voltage").endswith(f"; usual is {median_low(values) * 1e3:g} mV")


def test_usual_is_what_components_of_the_same_kind_have():
    """A tenth is usual for resistive cells, and not for junctions."""
    others = {load_technology(name).model.components["synapse"] for name in ("reram", "pcm", "fefet")}
    assert {other.kind for other in others} == {"resistive_pair"}
    assert any(other.variation.value == 0.1 for other in others)
    assert blamed("components.synapse.variation").endswith("; usual is 0.05")


def test_what_is_below_zero_by_rounding_alone_can_be():
    rounded, negative = np.array([[1.0], [0.0], [-1e-12]]), np.array([[1.0], [-1e-3]])
    assert _impossible([("wire", "energy", "J", rounded)]) is None
    found = _impossible([("wire", "energy", "J", rounded), ("adder", "energy", "J", negative)])
    assert (found.component, found.value) == ("adder", -1e-3)
