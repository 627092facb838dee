"""What the keys of a macro file do to its energy: none of them is read and ignored."""

import math

import numpy as np
import pytest

import imac_arch
from imac_arch.studies.validate.chips import chips_of, idle_keys, operating_points, shipped
from imac_arch.studies.validate.design import design_of
from imac_arch.studies.validate.law import load_macro_law
from tests.helpers import approx, loaded_laws
from tests.test_macros import CHIP, written

NVM = CHIP.replace("sram", "reram").replace("vdd: 0.9 V", "vdd: 0.9 V, cycle: 20 ns")
DIGITAL = CHIP.replace("converter: {bits: 5, count: 16}", "adder_tree: {outputs: 16}")


@pytest.fixture(scope="module")
def law():
    return load_macro_law()


@pytest.fixture
def energy(tmp_path, law):
    """The energy of a conversion by group [J], of the text of a file."""

    def of(text, structure=None):
        (at,) = operating_points(chips_of([written(tmp_path, text)]))
        found = design_of(at, law, loaded_laws(), structure).composed(loaded_laws()).energy
        return {group: float(np.ravel(values)[0]) for group, values in found.items()}

    return of


def having(text, *keys):
    return text + "".join(f"{key}\n" for key in keys)


def test_cells_that_conduct_draw_their_charge_in_each_time_constant(energy):
    static = having(CHIP, "read: static")
    assert energy(static)["cell"] == approx(energy(CHIP)["cell"] * 6 * math.log(2), rel=0.01)
    once = energy(static, {"static_cells": "charge"})
    assert once == approx(energy(CHIP))


@pytest.mark.parametrize(("text", "group"), [(CHIP, "cell"), (NVM, "read"), (DIGITAL, "digital")])
def test_activity_moves_energy_by_less_than_its_own_factor(energy, text, group):
    low, usual, full = (energy(having(text, f"activity: {share}"))[group] for share in (0.125, 0.5, 1))
    assert usual == approx(energy(text)[group], rel=0.01)
    assert usual / 4 < low < usual < full < 2 * usual


@pytest.mark.parametrize(("text", "groups"), [(CHIP, ("cell",)), (NVM, ("read", "line"))])
def test_columns_that_are_read_but_not_converted_cost_as_much(energy, text, groups):
    single = text.replace("weight: {bits: 4}", "weight: {bits: 1}")
    some, all_ = energy(single), energy(having(single, "active_cols: 64"))
    for group in groups:
        assert all_[group] == approx(4 * some[group], rel=0.01)


def test_cells_that_empty_a_line_draw_no_direct_current(energy):
    fed, unfed = energy(NVM), energy(having(NVM, "read: discharge"))
    assert unfed["read"] < fed["read"] / 2
    strong = energy(having(NVM, "read: discharge", "cell: {read_current: 50 uA}"))
    assert strong["read"] == approx(unfed["read"], rel=1e-3)


def test_a_sign_takes_no_pulse_of_its_own(energy):
    serial = NVM.replace("{bits: 4, pass_bits: 1}", "{bits: 4, pass_bits: 4, coding: bit_serial}")
    assert energy(serial.replace("serial}", "serial, signed: true}"))["line"] == approx(energy(serial)["line"] * 3 / 4)


def test_a_chip_of_a_shipped_name_takes_its_place_and_says_so(tmp_path):
    path = written(tmp_path, CHIP.replace("mine", "dong_isscc2020"))
    found = imac_arch.validate(path, samples=0).document
    assert [chip.file for chip in found.chips if chip.chip == "dong_isscc2020"] == ["mine.yaml"]
    assert found.conditions.files == ("mine.yaml",)  # no folder of a machine travels with a document
    assert "takes the place of the shipped chip of that name (tech/macros/dong_isscc2020.yaml)" in found.notes[0]
    assert all(row.kind != "blind" for row in found.summary)


def test_keys_without_effect_are_told(tmp_path):
    path = written(tmp_path, having(DIGITAL, "read: charge", "cell: {read_current: 1 uA, transistors: 10}"))
    found = imac_arch.validate(path, samples=0).document
    assert found.notes[0] == "mine of mine.yaml: no effect on a digital macro: read, cell.read_current."


@pytest.mark.parametrize("text", [CHIP, NVM, DIGITAL])
def test_keys_that_are_told_to_have_no_effect_have_none_and_others_have(text, tmp_path, law):
    """By what a chip is composed of: energies, areas and cycle."""
    text = text.replace("weight: {bits: 4}", "weight: {bits: 1}")

    def composed(*keys):
        (at,) = operating_points(chips_of([written(tmp_path, having(text, *keys))]))
        found = design_of(at, law, loaded_laws()).composed(loaded_laws())
        return idle_keys(at), [
            float(np.ravel(x)[0]) for x in (*found.energy.values(), *found.area.values(), found.cycle)
        ]

    _, before = composed()
    given = {
        "read_voltage": "0.35 V", "read_time": "7 ns", "active_cols": "64", "cell.transistors": "13",
        "cell.area": "1.7 um^2", "cell.capacitance": "5 fF", "cell.conductance": "33 uS", "cell.read_current": "9 uA",
        "activity": "0.2",
    }  # fmt: skip
    for path, value in given.items():
        section, _, key = path.rpartition(".")
        idle, after = composed(f"{section}: {{{key}: {value}}}" if section else f"{path}: {value}")
        assert (path in idle) == (after == approx(before, rel=1e-9)), path


def test_no_shipped_chip_has_a_key_without_effect():
    assert not [at.label for at in operating_points(shipped()) if idle_keys(at)]


def test_a_shipped_chip_by_its_name_is_itself():
    found = imac_arch.validate("dong_isscc2020", samples=0).document
    assert not any("takes the place" in note for note in found.notes)
