"""What a cost rests on: the numbers that were read for it, no fewer and no more."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from imac_arch.components.base import Laws
from imac_arch.data.quantity import Quantity
from imac_arch.data.recording import Memo, note, note_all, recorded_property, recording
from imac_arch.data.walk import each_quantity, with_quantities
from imac_arch.evaluate import evaluate
from tests.helpers import ALL, context, inputs, technology

# ---- recordings ----


def test_recordings_nest_and_the_outer_one_gets_everything():
    with recording() as outer:
        note("a")
        with recording() as inner:
            note_all(["b", "c"])
            note_all({"d": None})
        note("a")
        note("")
    note("unheard")
    assert list(inner) == ["b", "c", "d"]
    assert list(outer) == ["a", "b", "c", "d"]


def read_and_fail():
    with recording():
        note("a")
        raise ZeroDivisionError


def test_a_recording_that_fails_still_ends():
    with recording() as outer:
        with pytest.raises(ZeroDivisionError):
            read_and_fail()
        note("b")
    assert list(outer) == ["a", "b"]


def test_what_is_remembered_is_noted_whenever_it_is_used():
    memo, made = Memo(), []

    def make():
        made.append(1)
        note("a")
        return 5

    note_free = memo.get("key", make)
    for _ in range(2):
        with recording() as readings:
            assert memo.get("key", make) == note_free == 5
        assert list(readings) == ["a"]
    assert len(made) == 1
    with recording() as readings:
        memo.get("other", lambda: memo.get("key", make))
    assert list(readings) == ["a"]


def test_a_property_of_an_object_is_computed_once_and_recorded_at_every_access():
    class Thing:
        made = 0

        @recorded_property
        def number(self):
            """A number."""
            self.made += 1
            note("a")
            return self.made

    one, two = Thing(), Thing()
    for thing in (one, two, one):
        with recording() as readings:
            assert thing.number == 1
        assert list(readings) == ["a"]
    assert Thing.number.__doc__ == "A number."


def test_a_number_is_recorded_by_its_path_and_only_where_it_stands_in_a_file():
    stands = technology().components["amplifier"].gain
    with recording() as readings:
        assert stands.x == 30
        assert stands.value == 30
        Quantity(3.0, "").x  # noqa: B018  # reading it is the point
    assert list(readings) == ["components.amplifier.gain"]


def test_a_component_records_what_its_price_rests_on():
    cost = technology().components["dac"].cost(context(), np.asarray(3.0))
    assert cost.readings == (
        "components.dac.capacitance_per_bit", "components.dac.max_bits", "components.dac.area_per_level",
        "components.dac.latency", "components.dac.leakage",
    )  # fmt: skip
    assert cost.laws == ()
    assert technology().components["logic"].function("adder", np.ones(()), context()).laws == ("logic", "scaling")


# ---- of every component ----

OVER = {"components.synapse.columns_per_weight": "2", "read.neuron_bits": "2", "read.input_bits": "1"}


@lru_cache
def given():
    return inputs("150-48-32-7", pipelined=True, overrides=OVER)


@lru_cache
def plain():
    return {e.architecture: e for e in evaluate(given(), ALL)}


def rests(architecture, component):
    line = next(line for line in plain()[architecture].bill.lines if line.component == component)
    laws = {path.split(".")[1] for path in line.readings if path.startswith("laws.")}
    parts = {path.split(".")[1] for path in line.readings if path.startswith("components.")}
    rest = {path for path in line.readings if not path.startswith(("laws.", "components."))}
    return laws, parts, rest


SUPPLY = {"node", "vdd"}
LINES = {
    "read.voltage", "read.load_conductance", "read.load_capacitance", "read.settle_bits", "read.input_bits",
    "subarray.rows", "subarray.cols",
}  # fmt: skip
BARE = LINES - {"read.load_conductance"}  # the load is that of an amplifier
RESTS = {
    ("imac", "input register"): ({"logic", "scaling"}, {"logic"}, SUPPLY),
    ("imac", "input DAC"): (set(), {"dac"}, {"vdd"}),
    # analog lines draw from the supply
    ("imac", "crossbar"): ({"wire", "inputs"}, {"synapse", "wire", "row_driver"}, LINES | {"vdd"}),
    ("imac", "row driver"): ({"transistors", "wire", "inputs"}, {"row_driver", "synapse", "wire"}, LINES | SUPPLY),
    ("imac", "differential amplifier"): (set(), {"amplifier"}, set()),
    ("imac", "analog neuron"): ({"transistors", "scaling"}, {"neuron"}, SUPPLY),
    ("imac", "sample-and-hold"): (set(), {"sample_hold"}, {"vdd"}),
    ("imac", "read-out"): (set(), {"readout"}, {"vdd"}),
    ("mixed_signal", "input register"): ({"logic", "scaling"}, {"logic"}, SUPPLY),
    ("mixed_signal", "crossbar"): ({"wire", "inputs"}, {"synapse", "wire", "row_driver"}, BARE),
    ("mixed_signal", "row driver"): (
        {"transistors", "wire", "inputs"}, {"row_driver", "synapse", "wire"}, BARE | SUPPLY),
    ("mixed_signal", "sample-and-hold"): (set(), {"sample_hold"}, {"vdd"}),
    ("mixed_signal", "ADC"): ({"adc_survey", "comparator"}, {"adc"}, SUPPLY),
    ("mixed_signal", "idle ADC"): ({"adc_survey", "comparator"}, {"adc"}, SUPPLY),
    ("mixed_signal", "shift-and-add"): ({"logic", "scaling"}, {"logic"}, SUPPLY),
    ("mixed_signal", "accumulator register"): ({"logic", "scaling"}, {"logic"}, SUPPLY),
    ("mixed_signal", "digital neuron"): ({"scaling"}, {"digital_neuron"}, SUPPLY),
    ("mixed_signal", "activation register"): ({"logic", "scaling"}, {"logic"}, SUPPLY),
    ("mixed_signal", "bus"): ({"scaling"}, {"bus"}, SUPPLY),
    ("mixed_signal", "read-out"): ({"logic", "scaling"}, {"logic"}, SUPPLY),
    ("digital", "MAC array"): ({"logic", "scaling"}, {"mac", "logic"}, SUPPLY),
    ("digital", "SRAM"): ({"sram", "scaling"}, set(), SUPPLY),
    ("digital", "digital neuron"): ({"scaling"}, {"digital_neuron"}, SUPPLY),
    ("digital", "read-out"): ({"logic", "scaling"}, {"logic"}, SUPPLY),
    ("gpu", "board"): (set(), set(), {"board.die_area", "board.idle_context"}),
    ("gpu", "host to first kernel"): (set(), set(), {
        "board.launch_power", "board.idle_context", "board.stream_start", "board.busy_share", "board.tdp"}),
    ("gpu", "kernel launches"): (set(), set(), {
        "board.launch_power", "board.idle_context", "board.stream_launch", "board.busy_share", "board.tdp"}),
    ("gpu", "kernels"): (set(), set(), {
        "board.launch_power", "board.idle_context", "board.busy_share", "board.tdp"}),
}  # fmt: skip


def test_every_component_has_an_expectation():
    assert {(name, line.component) for name, e in plain().items() for line in e.bill.lines} == set(RESTS)


@pytest.mark.parametrize(("architecture", "component"), RESTS)
def test_laws_components_and_conditions_that_a_component_rests_on(architecture, component):
    assert rests(architecture, component) == RESTS[architecture, component]


def all_paths():
    now = given()
    yield from (".".join(map(str, path)) for path, _ in each_quantity(now.technology))
    for name, law in now.laws.by_name.items():
        yield from (f"laws.{name}." + ".".join(map(str, path)) for path, _ in each_quantity(law))
    yield from ("board." + ".".join(map(str, path)) for path, _ in each_quantity(now.board))


def times(paths, factor):
    """The inputs with some of their numbers multiplied."""

    def change(prefix):
        def fill(path, quantity):
            here = prefix + ".".join(map(str, path)) in paths
            return replace(quantity, value=quantity.value * factor) if here else quantity

        return fill

    now = given()
    laws = Laws({name: with_quantities(law, change(f"laws.{name}.")) for name, law in now.laws.by_name.items()})
    changed, board = with_quantities(now.technology, change("")), with_quantities(now.board, change("board."))
    return replace(now, technology=changed, laws=laws, board=board)


@pytest.mark.parametrize("architecture", ALL)
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_numbers_that_were_not_recorded_move_nothing(architecture, factor):
    """All of them at once, bit for bit: the recording is complete."""
    before = plain()[architecture]
    unread = set(all_paths()) - set(before.readings)
    assert len(unread) > 100
    (after,) = evaluate(times(unread, factor), [architecture])
    for name, value in before.metrics.items():
        assert (value is None) == (after.metrics[name] is None)
        assert value is None or np.array_equal(value, after.metrics[name]), name
    assert after.readings == before.readings


def figures(line):
    names = ("area", "energy", "latency", "leakage", "power")
    return [np.asarray(getattr(unit.cost, name)).tolist() for unit in line.units for name in names]


# numbers that set the size of what is priced, which the architecture passes on: bits, rows, words
SIZES = {
    "input DAC": {"read.input_bits"},
    "differential amplifier": {"read.settle_bits"},
    "ADC": {"subarray.rows"},
    "idle ADC": {"subarray.rows"},
    "shift-and-add": {"read.input_bits", "read.neuron_bits", "components.synapse.columns_per_weight",
                      "components.adc.max_bits", "laws.adc_survey.max_bits", "subarray.rows"},
    "accumulator register": {"read.input_bits", "read.neuron_bits", "components.synapse.columns_per_weight",
                             "components.adc.max_bits", "laws.adc_survey.max_bits", "subarray.rows"},
    "digital neuron": {"read.neuron_bits"},
    "MAC array": {"read.input_bits", "read.neuron_bits", "components.synapse.columns_per_weight"},
    "SRAM": {"read.input_bits", "read.neuron_bits", "components.synapse.columns_per_weight"},
    "read-out": {"read.neuron_bits"},
}  # fmt: skip
# read for a check or for the end of a clip: they bound the cost without moving it
BOUNDS = {
    "components.row_driver.min_width", "components.sample_hold.thermal_energy", "components.dac.max_bits",
    "laws.adc_survey.min_bits", "laws.adc_survey.min_rate", "laws.adc_survey.max_rate", "laws.adc_survey.min_node",
    "laws.adc_survey.max_node", "laws.adc_survey.min_enob", "laws.adc_survey.max_enob", "board.tdp",
    "board.busy_share", "board.launch_power",
    "laws.adc_survey.b_residual",  # the exponent of what is 1 at the median
    "laws.scaling.reference",  # where the drift begins, which is 1 at the medians
}  # fmt: skip
# inputs of one bit are not grey, and the square of a bit is its mean
STATISTICS = {
    f"laws.inputs.{which}.{name}" for which in ("grey", "binary", "hidden") for name in ("mean", "mean_square")
}
# what converters of one to three bits are made of; it limits no other
COMPARATORS = {
    "vdd",
    *(
        "laws.comparator." + name
        for name in ("reference", "capacitance", "capacitance_node", "area", "area_node", "max_bits")
    ),
}
UNUSED = {
    # the delays of a multiply-accumulate unit are read with its parts, and the clock is what counts
    "MAC array": {"laws.logic.word", "laws.logic.adder.latency", "laws.logic.flip_flop.latency",
                  "laws.logic.multiplier.latency"},
    "ADC": COMPARATORS,
    # it rests on the cost of a converter as a whole, its area and its range of bits among it
    "idle ADC": {"laws.adc_survey." + name for name in (
        "residual_area", "b0", "b_energy", "b_rate", "b_node", "area_unit")} | COMPARATORS,
    "SRAM": {"laws.scaling.drift"},  # its own drift counts: it stands at 22 nm, where that of logic ends
    "crossbar": STATISTICS - {"laws.inputs.binary.mean", "laws.inputs.hidden.mean"},
    # it rests on the electrics of its lines as a whole, charge and settling among them
    "row driver": STATISTICS - {"laws.inputs.binary.mean", "laws.inputs.hidden.mean"} | {
        "read.settle_bits", "read.load_capacitance", "components.synapse.capacitance", "components.synapse.cell_height",
        "components.wire.height", "components.wire.distance", "components.wire.relative_permittivity",
        "laws.wire.permittivity", *(f"laws.wire.k{i}" for i in range(1, 8)), "components.row_driver.analog_bias",
    },
}  # fmt: skip


@lru_cache
def halved():
    """Which components each number of the technology and of the small laws moves when it is halved."""
    moved = {}
    tables = ("laws.scaling.table", "laws.sram.table", "laws.sram.anchors", "laws.transistors.t",
              "laws.inputs.grey.tiles", "laws.inputs.binary.tiles")  # fmt: skip
    skipped = (*tables, "laws.scaling.min_supply", "laws.sram.m")
    for path in all_paths():
        if path.startswith(skipped):
            continue  # of other nodes and heights; such a table has its own tests
        with np.errstate(all="ignore"):
            now = {e.architecture: e for e in evaluate(times({path}, 0.5), ALL)}
        moved[path] = {
            (name, before.component)
            for name, evaluation in now.items()
            for before, after in zip(plain()[name].bill.lines, evaluation.bill.lines, strict=True)
            if figures(before) != figures(after)
        }
    return moved


@pytest.mark.parametrize(("architecture", "component"), RESTS)
def test_half_of_each_recorded_number_moves_the_cost_that_rests_on_it(architecture, component):
    line = next(line for line in plain()[architecture].bill.lines if line.component == component)
    wrong = []
    for path, moves in halved().items():
        recorded, moved = path in line.readings, (architecture, component) in moves
        if moved and not recorded and path not in SIZES.get(component, ()):
            wrong.append((path, "moves it and was not recorded"))
        zero = not any(value for key, value in values().items() if key == path)
        bound = path in BOUNDS or path in UNUSED.get(component, ()) or zero
        if recorded and not moved and not bound and path not in table_ends(component):
            wrong.append((path, "was recorded and moves nothing"))
    assert wrong == []


@lru_cache
def values():
    """The plain value of every number."""
    now = given()
    found = {".".join(map(str, path)): q.value for path, q in each_quantity(now.technology)}
    for name, law in now.laws.by_name.items():
        found |= {f"laws.{name}." + ".".join(map(str, path)): q.value for path, q in each_quantity(law)}
    return found | {"board." + ".".join(map(str, path)): q.value for path, q in each_quantity(now.board)}


def table_ends(component):
    """Numbers that a component at 14 nm reads of tables, which hold other nodes too."""
    if component == "analog neuron":
        return {"node"}  # the neuron stands at a node of its own; that of the technology is checked against it
    return set()
