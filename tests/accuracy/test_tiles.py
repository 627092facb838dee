"""The fewest tiles that keep an accuracy: what is found, what it costs, how it is shown."""

import json
from types import SimpleNamespace

import jsonschema
import numpy as np
import pytest

import imac_arch
from imac_arch.data.errors import UsageError
from imac_arch.document.plain import json_schema
from imac_arch.resolve import Request
from imac_arch.show.accuracy import partitions_notes
from imac_arch.studies.accuracy import tiles as place
from imac_arch.studies.accuracy.judge import Experiment
from imac_arch.studies.accuracy.questions import Question
from imac_arch.studies.accuracy.statistics import drawn
from imac_arch.studies.accuracy.tiles import Run, _fewest, _on_front, _Search, partitioning
from tests.helpers import approx

NET = "784-16-10"
FIELDS = {"subarray.rows": "800", "subarray.cols": "16", "read.circuit": "virtual_ground"}
SMALL = Experiment(images=200, programmings=2)
pytestmark = pytest.mark.accuracy


def question(fields=FIELDS, experiment=SMALL):
    return Question(Request(NET, "sot_mram", None, fields), "imac", experiment)


@pytest.fixture(scope="module")
def found():
    return imac_arch.accuracy(NET, arch="imac", solve="tiles", target=0.7, images=200, programmings=2, overrides=FIELDS)


def test_the_fewest_tiles_keep_the_target_and_fewer_do_not(found):
    tiles = found.document.partitioning
    kept = next(design for design in tiles.designs if design.tiles == tiles.value)
    assert kept.low >= 0.7
    assert kept.keeps
    assert tiles.designs[0].tiles == "1x1,1x1"
    assert tiles.designs[0].subarray == "785x16"
    assert tiles.designs[0].value < 0.4 < kept.value
    assert all(not design.keeps for design in tiles.designs if design.subarrays < kept.subarrays)
    search = _Search(question(), 0.7)
    counts = tuple(tuple(map(int, part.split("x"))) for part in kept.tiles.split(","))
    (rows, cols), last = counts
    assert not search.keeps(((rows - 1, cols), last))


def test_a_partition_costs_what_compare_says(found):
    tiles = found.document.partitioning
    kept = next(design for design in tiles.designs if design.tiles == tiles.value)
    rows, cols = kept.subarray.split("x")
    compared = imac_arch.compare(
        NET, "sot_mram", arch=["imac"], samples=0, tiles=kept.tiles, accuracy="none",
        overrides=FIELDS | {"subarray.rows": rows, "subarray.cols": cols},
    )  # fmt: skip
    row = compared.document.architectures[0]
    for name in ("power", "area", "latency", "energy"):
        assert getattr(kept, name) == approx(row.metrics[name].value, rel=1e-12)


def test_the_front_is_not_beaten(found):
    designs = found.document.partitioning.designs
    front = [design for design in designs if design.front]
    assert front
    assert min(designs, key=lambda design: (design.power, design.area)).front
    for design in front:
        assert not [o for o in designs if o.power < design.power and o.area < design.area and o.value >= design.value]


@pytest.mark.parametrize(("area", "right", "front"), [(2.0, 150, True), (0.5, 150, False), (0.5, 60, True)])
def test_a_partition_is_beaten_by_less_power_and_less_area_at_no_less_accuracy(area, right, front):
    def run(power, area, right):
        chips = drawn(np.arange(200)[None] < right)
        return Run(((1, 1),), SimpleNamespace(power=power, area=area), chips)

    own = run(2.0, 1.0, 150)
    assert _on_front(own, [own, run(1.0, area, right)]) is front


def test_what_is_gained_counts_per_tile():
    """Squared errors fall by 0.20 for four tiles more, and by 0.16 for two more, which is the better step."""
    errors = {(0, 4, 1): 0.7, (0, 8, 1): 0.29**0.5, (1, 2, 1): 0.5, (1, 2, 2): 0.3}
    search = SimpleNamespace(error=lambda k, *of: errors[k, *of])
    before = ((4, 1), (2, 1))
    assert _Search._gain(search, before, ((8, 1), (2, 1))) == approx(0.05)
    assert _Search._gain(search, before, ((4, 1), (2, 2))) == approx(0.08)


def test_the_errors_of_sums_fall_as_tiles_become_smaller():
    search = _Search(question(), 0.7)
    errors = [search.error(0, *of) for of in ((1, 1), (4, 1), (16, 1), (16, 4), (98, 4))]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 0.5
    assert errors[-1] < 0.2


def test_a_target_that_no_partition_keeps_says_the_best(monkeypatch):
    monkeypatch.setattr(place, "FINEST", 12)
    experiment = SMALL._replace(without=frozenset({"variation"}))
    found = partitioning(question({**FIELDS, "subarray.rows": "25"}, experiment), 0.999)
    assert found.value is None
    assert found.best == max(design.value for design in found.designs) < 0.999
    assert found.largest == "25x16"


@pytest.mark.parametrize(
    ("tried", "said"), [(1, "One partition was tried, on"), (2, "2 partitions were tried, each on")]
)
def test_partitions_that_were_tried_are_counted(tried, said):
    (note,) = partitions_notes(SimpleNamespace(designs=(None,) * tried))
    assert note.startswith(f"{said} the smallest subarray")


def test_without_weights_there_is_nothing_to_partition():
    with pytest.raises(UsageError, match="no weights for 40-8"):
        imac_arch.accuracy("40-8", solve="tiles", target=0.5)


def test_the_published_partitions_bring_the_accuracy_back_and_cost_power():
    """400-120-84-10 whole, in [7, 2, 2] x [2, 2, 1] and in [16, 8, 8] x [8, 8, 1] tiles: about 15 % and 94.84 % are
    published for the first and the last (arXiv 2201.12480)."""
    net, settings = "400-120-84-10", {"subarray.rows": "401", "subarray.cols": "120"}
    request = Request(net, "sot_mram", None, settings)
    search = _Search(Question(request, "imac", Experiment(images=300, programmings=3)), 0.9)
    runs = [(1, 1), (1, 1), (1, 1)], [(7, 2), (2, 2), (2, 1)], [(16, 8), (8, 8), (8, 1)]
    assert [search.keeps(tuple(counts)) for counts in runs] == [False, False, True]
    found = [search.runs[tuple(counts)].partition for counts in runs]
    assert found[0].value < 0.2
    assert found[0].value < found[1].value < found[2].value
    assert found[0].power < found[1].power < found[2].power
    assert found[2].subarray == "26x15"


@pytest.mark.parametrize(("least", "kept"), [(1, 7), (7, 7), (8, 8)])
def test_the_fewest_of_one_kind_by_bisection(least, kept):
    asked = []

    def keeps(counts):
        asked.append(counts[0][0])
        return counts[0][0] >= 7

    assert _fewest(((32, 2), (1, 1)), 0, 0, least, keeps) == ((kept, 2), (1, 1))
    assert len(asked) <= 5


def test_it_is_shown_in_every_form(found, tmp_path):
    tiles = found.document.partitioning
    page = found.page()
    assert f"Tiles of each layer: {tiles.value} keep 70 % on imac" in page
    assert 'id="fig-front"' in page
    jsonschema.validate(json.loads(found.to_json()), json_schema(type(found.document)))
    frame = found.points()
    assert list(frame["tiles"]) == [design.tiles for design in tiles.designs]
    assert set(found.figures()) == {"front", "waterfall"}
    points = [x for trace in found.figures()["front"].data[:2] for x in trace.x]
    assert sorted(points) == approx(sorted(design.power for design in tiles.designs), rel=1e-12)
    for kind in found.formats:
        found.write(tmp_path / f"x.{kind}", kind)
