"""Accuracy over both resistances of a cell, with and without wires, in tiles and whole."""

import numpy as np
import pytest

import imac_arch
from imac_arch.data.errors import UsageError
from imac_arch.document.accuracy import Point, Share
from imac_arch.resolve import Request
from imac_arch.studies.accuracy import resistances as place
from imac_arch.studies.accuracy.judge import Experiment
from imac_arch.studies.accuracy.questions import Question
from tests.helpers import approx, inputs

NET = "784-16-10"
SMALL = Experiment(images=200, programmings=2)
SETTINGS = {"read.circuit": "virtual_ground"}
pytestmark = pytest.mark.accuracy


@pytest.fixture(scope="module")
def found():
    with pytest.MonkeyPatch.context() as patch:
        few = {"r_low": ("5 kohm", "20 kohm"), "r_high": ("15 kohm", "25 kohm")}
        patch.setattr(place, "ladders", lambda: few)
        return imac_arch.accuracy(
            NET, arch="imac", study="r-low-r-high", images=200, programmings=2, overrides=SETTINGS
        )  # fmt: skip


def test_four_maps_of_pairs_whose_high_resistance_is_higher(found):
    points = found.document.points
    pairs = [("5 kohm", "15 kohm"), ("5 kohm", "25 kohm"), ("20 kohm", "25 kohm")]
    kinds = [("without wires", "one tile a layer"), ("without wires", "tiles of 32x32"),
             ("with wires", "one tile a layer"), ("with wires", "tiles of 32x32")]  # fmt: skip
    names = ("wires and drivers", "tiles", "low resistance", "high resistance")
    got = [tuple(point.fields[name] for name in names) for point in points]
    assert got == [(*kind, *pair) for kind in kinds for pair in pairs]


def test_wires_cost_and_tiles_bring_it_back(found):
    mean = {}
    for point in found.document.points:
        kind = tuple(list(point.fields.values())[:2])
        mean[kind] = mean.get(kind, 0.0) + point.value / 3
    for tiles in ("one tile a layer", "tiles of 32x32"):
        assert mean["without wires", tiles] > 0.75
    assert mean["with wires", "one tile a layer"] < 0.4 < mean["with wires", "tiles of 32x32"]


def test_what_is_left_out_stays_left_out_of_maps_without_wires(monkeypatch):
    monkeypatch.setattr(place, "ladders", lambda: {"r_low": ("5 kohm",), "r_high": ("15 kohm",)})
    asked, calm = [], frozenset({"variation", "offset"})

    def point(_, fields, experiment):
        asked.append((fields["subarray.rows"], experiment.without))
        return Point("imac", {}, 0.5, 0.5, 0.5, 0.5, Share(0.0, 0.0, 0.0), "")

    monkeypatch.setattr(Question, "point", point)
    place.resistance_map(Question(Request(NET, "sot_mram", None, SETTINGS), "imac", SMALL._replace(without=calm)))
    bare = calm | {"wires", "drivers"}
    assert asked == [("785", bare), ("32", bare), ("785", calm), ("32", calm)]


def test_the_resistances_of_the_cells_are_those_of_the_map():
    design = Question(Request(NET, "sot_mram", None, SETTINGS), "imac", SMALL)
    given = dict(zip(place.resistance_fields(design.inputs), ("6 kohm", "18 kohm"), strict=True))
    case = inputs(NET, "sot_mram", SETTINGS | given).at_medians().case()
    (low, high), _ = (tuple(float(g.ravel()[0]) for g in pair) for pair in case.synapse.states(np.zeros(1)))
    assert sorted((1 / low, 1 / high)) == approx([6e3, 18e3], rel=1e-4)


def test_cells_of_more_than_two_resistances_are_refused():
    with pytest.raises(UsageError, match="two resistances, such as mtj_pair; the synapse is 'level_pair'"):
        imac_arch.accuracy(NET, "sot_mram_pillars", arch="imac", study="r-low-r-high", images=50, programmings=1)


def test_the_maps_stand_side_by_side(found):
    figure = found.figures()["study"]
    assert [trace.type for trace in figure.data] == ["heatmap"] * 4
    assert [trace.xaxis for trace in figure.data] == ["x", "x2", "x3", "x4"]
    assert [title.text.replace("<br>", ", ") for title in figure.layout.annotations][-1] == "with wires, tiles of 32x32"
    by = {
        tuple(p.fields[name].replace("kohm", "kΩ") for name in ("high resistance", "low resistance")): p.value
        for p in found.document.points[:3]
    }
    shown = figure.data[0]
    for high, row in zip(shown.y, shown.z, strict=True):
        for low, value in zip(shown.x, row, strict=True):
            assert (value is None) == ((high, low) not in by)
            assert value is None or value == approx(100 * by[high, low])
    assert 'id="fig-study"' in found.page()
