"""Drawing: samples stay where a field allows them, and two technologies share their draws."""

import typing
import zlib

import numpy as np
import pytest
from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from imac_arch.data.quantity import In, Quantity
from imac_arch.data.registry import names
from imac_arch.inputs import draw
from imac_arch.technology_files import load_board, load_law, load_technology
from tests.helpers import approx, plain

LOADERS = {
    "sot_mram": load_technology, "sot_mram_imec": load_technology, **dict.fromkeys(names("board"), load_board),
    "adc_survey": load_law, "adc_accelergy": load_law, "adc_in_array": load_law,
    "adc_fixed": load_law, "inputs": load_law, "logic": load_law, "sram": load_law,
}  # fmt: skip


def wanted(part, path=()):
    """Walk over every quantity with what its field asks for."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from wanted(value, (*path, key))
    elif isinstance(part, (tuple, list)):
        for i, value in enumerate(part):
            yield from wanted(value, (*path, i))
    elif isinstance(part, BaseModel):
        for name, info in type(part).model_fields.items():
            value = getattr(part, name)
            if isinstance(value, Quantity):
                asked = [m for m in info.metadata if isinstance(m, In)]
                inner = [m for a in typing.get_args(info.annotation) for m in getattr(a, "__metadata__", ())]
                yield (*path, name), value, next(iter([*asked, *inner]))
            else:
                yield from wanted(value, (*path, name))


@pytest.mark.parametrize("name", LOADERS)
def test_samples_stay_within_the_bounds_of_their_field(name):
    """A share of the peak above 1, or a power below 0, is no sample of anything."""
    odd = {}
    for path, quantity, field in wanted(draw(LOADERS[name](name).model, name, 0, 2000)):
        low, high = float(np.min(quantity.x)), float(np.max(quantity.x))
        if (field.gt is not None and low <= field.gt) or (field.ge is not None and low < field.ge):
            odd[".".join(map(str, path))] = low
        if field.le is not None and high > field.le:
            odd[".".join(map(str, path))] = high
    assert odd == {}


def test_a_normal_quantity_with_a_wide_range_never_turns_negative():
    area = "{value: 60 um^2, range: [1 um^2, 119 um^2], dist: normal}"
    model = load_technology("sot_mram", {"components.amplifier.area": area}).model
    assert np.min(draw(model, "technology", 0, 2000).components["amplifier"].area.x) >= 0


def test_line_statistics_stay_possible_in_every_sample():
    hidden = draw(load_law("inputs").model, "laws.inputs", 0, 2000).hidden
    assert np.all(hidden.mean_square.x >= hidden.mean.x**2)
    assert np.all(hidden.mean_square.x <= hidden.mean.x)


def test_two_technologies_share_the_draws_of_equal_paths():
    one, two = (draw(load_technology(n).model, "technology", 0, 500) for n in ("sot_mram", "sot_mram_imec"))
    assert np.array_equal(one.components["amplifier"].load.x, two.components["amplifier"].load.x)
    assert np.array_equal(one.components["neuron"].load.x, two.components["neuron"].load.x)


def test_a_number_is_drawn_by_the_name_of_its_group_or_by_its_path():
    """The generator's seed is the seed of the request and the checksum of that name; scores are (k + 1/2)/n."""
    group = "{value: 0.4, range: [0.3, 0.5], dist: uniform, group: both}"
    over = {"components.logic.activity": group, "components.row_driver.loss": group}
    model = draw(load_technology("sot_mram", over).model, "technology", 3, 50)
    one, two, load = (
        quantity.x
        for quantity in (
            model.components["logic"].activity, model.components["row_driver"].loss, model.components["amplifier"].load,
        )
    )  # fmt: skip
    assert np.array_equal(one, two)

    def order(name):
        return np.random.default_rng([3, zlib.crc32(name.encode())]).permutation(50)

    assert one[0] == 0.4
    middle = (order("group:both") + 0.5) / 50
    assert (one[1:].min() < 0.32, one[1:].max() > 0.48) == (True, True)
    assert np.array_equal(np.argsort(one[1:]), np.argsort(middle))
    assert np.array_equal(np.argsort(load[1:]), np.argsort(order("technology.components.amplifier.load")))


def test_a_ratio_of_a_design_to_itself_is_one_in_every_sample():
    """Architectures share samples: a second copy of a technology differs by nothing but its name."""
    document = plain("784-128-10", samples=200, arch=["imac"], baseline="mixed_signal")
    ratio = next(r for r in document["ratios"] if r["metric"] == "energy")
    rows = {a["name"]: a["metrics"]["energy"]["interval"] for a in document["architectures"]}
    spread = ratio["interval"]["high"] / ratio["interval"]["low"]
    loose = rows["mixed_signal"]["high"] / rows["mixed_signal"]["low"] * rows["imac"]["high"] / rows["imac"]["low"]
    assert spread < loose


@pytest.mark.parametrize(("low", "value", "high"), [(1.0, 1.5, 40.0), (0.01, 2.0, 2.0), (3.0, 3.0, 9.0)])
def test_a_two_piece_log_normal_has_its_median_at_the_value(low, value, high):
    quantity = In("", plain=True).parse({"value": value, "range": [low, high]})
    scores = np.array([-1.6448536269514722, 0.0, 1.6448536269514722])
    assert quantity.quantile(scores, np.array([0.05, 0.5, 0.95])) == approx([low, value, high], rel=1e-12)


def test_a_range_of_one_value_is_a_constant():
    quantity = In("", plain=True).parse({"value": 3, "range": [3, 3]})
    assert not quantity.uncertain


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"range": [1, 2]}, "needs a value"), ({"value": 1, "range": [2, 3]}, "does not contain"),
        ({"value": 1, "range": [2, 1]}, "does not contain"), ({"value": 1, "range": [1]}, "must be a list"),
        ({"value": 1, "range": 5}, "must be a list"), ({"value": 1, "range": [float("nan"), 2]}, "finite"),
        ({"value": float("inf")}, "finite"), ({"value": True}, "not a number"), ({"value": None}, "not a number"),
        ({"value": [1]}, "not a number"), ({"value": {}}, "not a number"), ({"value": 0, "range": [0, 1]}, "above 0"),
        ({"value": 1, "range": [0, 3], "dist": "uniform"}, "midpoint"), ({"value": 1, "dist": "gauss"}, "lognormal"),
        ({"value": 1, "status": "guessed"}, "allowed"), ({"value": 1, "source": 5}, "must be a key"),
        ({"value": 1, "source": [""]}, "must be a key"), ({"value": 1, "note": 3}, "string"),
        ({"value": 1, "group": ["a"]}, "string"), ({"value": 1, "rnage": [1, 1]}, "did you mean 'range'"),
        ({"value": "1 ns"}, "a time"), ({"value": "one"}, "not a number"), ({}, "needs a value"),
    ],
    ids=str,
)  # fmt: skip
def test_wrong_quantities(form, says):
    with pytest.raises(PydanticCustomError) as caught:
        In("", plain=True).parse(form)
    assert says in str(caught.value.context["problems"])


def test_everything_that_is_wrong_with_a_quantity_is_said_at_once():
    with pytest.raises(PydanticCustomError) as caught:
        In("W").parse({"value": "1 ns", "range": ["2 W"], "status": "guessed", "dist": "x", "foo": 1})
    assert len(caught.value.context["problems"]) == 5


def test_draws_of_other_seeds_agree_within_the_noise_of_sampling():
    """Intervals of a metric hardly move with the seed."""
    found = [plain("784-128-10", samples=2000, seed=s, arch=["imac"], baseline="imac") for s in (0, 1)]
    one, two = (d["architectures"][0]["metrics"]["energy"]["interval"] for d in found)
    assert one != two
    for key in ("low", "high"):
        assert one[key] == approx(two[key], rel=0.05)
