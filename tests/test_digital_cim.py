"""Digital in-memory computing: bills worked out by hand, directions, and where the architecture is compared."""

import math

import pytest

from imac_arch.api import compare
from imac_arch.components.adder_tree import full_adders
from imac_arch.data.errors import UsageError
from imac_arch.resolve import usual_architectures
from tests.helpers import all_laws, approx, context, first, run, technology

TECH = "sram_digital_cim"
FREE = {"components.digital_neuron": "none", "components.logic": "none"}
FIXED = {
    "components.adder_tree.adder_capacitance": "2 fF",
    "components.adder_tree.product_capacitance": "0.3 fF",
    "components.adder_tree.register_capacitance": "12 fF",
}


def digital(net="256-64", precision="native", **over):
    return run(net, TECH, {**FIXED, **over}, ("digital_cim",), precision=precision)["digital_cim"]


def energy(evaluation, component="adder tree"):
    return next(first(each.energy) for each in evaluation.totals.lines if each.line.component == component)


def units(evaluation, component):
    return next(line for line in evaluation.bill.lines if line.component == component).units[0]


@pytest.mark.parametrize("words", [2, 4, 64, 256])
@pytest.mark.parametrize("bits", [1, 4, 8])
def test_full_adders_of_a_tree_are_those_of_its_levels(words, bits):
    """Each level has half the adders of the one before, a bit wider."""
    levels = sum(words / 2**level * (bits + level - 1) for level in range(1, round(math.log2(words)) + 1))
    assert float(full_adders(words, bits)) == approx(levels)


def test_a_layer_of_one_tree_by_hand():
    """256 words of 4 bits and 64 outputs, 4-bit inputs bit by bit, at 28 nm and 0.9 V: every capacitance is its own."""
    found = digital(node="28 nm", vdd="0.9 V")
    adders = 255 * 5 - 8
    once = (2e-15 * adders + 0.3e-15 * 256 * 4) * 0.9**2
    assert first(units(found, "adder tree").cost.energy) == approx(once)
    assert energy(found) == approx(64 * 4 * once)
    assert energy(found, "shift-accumulator") == approx(64 * 4 * 12e-15 * (4 + 4 + 8) * 0.9**2)
    assert first(units(found, "storage").instances) == 256 * 64 * 4
    assert first(units(found, "storage").cost.area) == approx(2 * 0.127e-12)
    tree = first(units(found, "adder tree").cost.area)
    assert tree == approx(2.5e-12 * adders + 0.3e-12 * 256 * 4)
    assert found.bill.utilization.item() == approx(1)


def test_what_is_stored_at_one_input_takes_turns():
    """1000 inputs on trees of 256 with 2 words each: 4 sums of a column, 2 macros above one another, 2 passes a bit."""
    found = digital("1000-10", **{"components.adder_tree.depth": 2})
    facts = found.bill.facts
    assert (first(facts["macros"]), first(facts["phases"]), first(facts["passes"])) == (2, 4, 8)
    assert first(units(found, "adder tree").actions) == 10 * 4 * 4
    used = 2e-15 * (249 * 5 - math.log2(250)) + 0.3e-15 * 250 * 4
    law = all_laws().by_name["pitch"]
    scale = float(law.factor(context(14e-9, 0.8))) * 0.8**2
    assert first(units(found, "adder tree").cost.energy) == approx(used * scale)
    assert first(units(found, "partial-sum adder").actions) == 10


@pytest.mark.parametrize("words", [64, 128, 256])
def test_energy_is_linear_in_the_words_of_a_tree(words):
    """Twice the words are twice the products and twice the adders, but for the few that carry the larger sum."""
    once, twice = (energy(digital(f"{n}-8", **{"components.adder_tree.rows": n})) for n in (words, 2 * words))
    assert twice / once == approx(2, rel=0.02)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("vdd", ("0.6 V", "0.7 V", "0.8 V")),
        ("components.adder_tree.weight_bits", (1, 2, 4, 8)),
        ("components.adder_tree.input_bits", (1, 2, 4, 8)),
        ("components.adder_tree.adder_capacitance", ("1 fF", "2 fF", "4 fF")),
        ("node", ("7 nm", "16 nm", "28 nm", "65 nm")),
    ],
)
def test_more_never_costs_less(path, values):
    found = [digital(**FREE_VDD, **{path: value}) if path == "node" else digital(**{path: value}) for value in values]
    energies = [energy(each) + energy(each, "shift-accumulator") for each in found]
    assert energies == sorted(energies)
    assert energies[0] < energies[-1]
    if path != "vdd":
        areas = [each.metrics["area"].item() for each in found]
        assert areas == sorted(areas)


FREE_VDD = {"vdd": "0.8 V"}


def test_bits_of_a_pass_are_traded_for_passes():
    serial, parallel = (digital(**{"components.adder_tree.pass_bits": bits}) for bits in (1, 4))
    assert first(serial.bill.facts["passes"]) == 4 * first(parallel.bill.facts["passes"])
    assert units(parallel, "adder tree").cost.area.item() > 2 * units(serial, "adder tree").cost.area.item()
    assert energy(parallel) == approx(energy(serial), rel=0.5)


def test_a_declared_pass_decides_the_latency():
    found = run("256-64", TECH, {"pass_cycle": "3 ns"}, ("digital_cim",), timing="declared", precision="native")
    assert found["digital_cim"].metrics["latency"].item() == approx(4 * 3e-9)


def test_a_published_macro_comes_out_within_a_quarter():
    """Chih et al., ISSCC 2021, 22 nm, 0.72 V: 1438 fJ of a column of 256 4-bit words and one input bit, 0.2009 mm2."""
    over = {"node": "22 nm", "vdd": "0.72 V", "components.adder_tree.input_bits": 1}
    found = digital("256-64", **over)
    column = (energy(found) + energy(found, "shift-accumulator")) / 64
    assert column == approx(1438e-15, rel=0.25)
    area = sum(first(each.area) for each in found.totals.lines if each.line.role == "adder_tree")
    assert area == approx(0.2009e-6, rel=0.25)


def test_it_is_compared_where_every_technology_has_its_roles():
    four = ("imac", "mixed_signal", "digital", "gpu")
    assert usual_architectures(["sot_mram"]) == four
    assert usual_architectures(["sot_mram", TECH]) == four
    assert usual_architectures([TECH]) == ("imac", "mixed_signal", "digital", "digital_cim", "gpu")
    found = compare("784-16-10", TECH, samples=0, accuracy="quick")
    rows = {row.name: row for row in found.document.architectures}
    assert rows["digital_cim"].accuracy.value == rows["digital"].accuracy.value
    with pytest.raises(UsageError, match="no role 'adder_tree'"):
        compare("784-16-10", "sot_mram", arch=["digital_cim"], samples=0)


def test_a_file_that_leaves_the_role_out_again_is_compared_without(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text(f"kind: technology\nname: mine\nextends: {TECH}\ncomponents: {{adder_tree: none}}\n")
    assert "digital_cim" not in usual_architectures([str(mine)])
    assert "digital_cim" in usual_architectures([TECH])
    assert "digital_cim" not in usual_architectures([str(tmp_path / "absent.yaml")])


def test_its_sibling_fills_every_other_role_too():
    assert set(technology("sram_cim").components) < set(technology(TECH).components)


def test_capacitance_by_pitch_and_by_the_scaling_table_stand_side_by_side():
    document = compare("784-16-10", TECH, arch=["imac", "digital_cim"], samples=0).document
    rows = {row.name: row for row in document.alternatives if row.choice == "capacitance"}
    assert {name: row.chosen for name, row in rows.items()} == {"pitch": True, "scaling": False}
    assert all(row.architecture == "digital_cim" and not row.error for row in rows.values())
    by_scaling = run("784-16-10", TECH, {"laws.pitch.by": "scaling"}, ("digital_cim",))["digital_cim"]
    assert rows["scaling"].metrics["energy"].value == approx(by_scaling.metrics["energy"].item())
    assert rows["scaling"].metrics["energy"].value != approx(rows["pitch"].metrics["energy"].value, rel=0.01)
    assert document.conditions.per_technology[0].read == "charge"
