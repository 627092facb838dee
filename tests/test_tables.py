"""Programs whose designs are a list: what depends on a variable of few values is looked up, and the same."""

import numpy as np
import pytest

from imac_arch.program.replay import Listed
from imac_arch.program.tables import Tabled
from tests.helpers import inputs
from tests.test_program import recorded


def test_what_depends_on_a_variable_of_few_values_is_looked_up_and_the_same():
    """Of every kind: numbers, truths, results that depend on it alone, and a variable that nothing else depends on."""
    lists = {"subarray.rows": np.array([16.0, 50, 64, 200]), "components.adc.bits": np.array([2.0, 5, 8])}
    rng = np.random.default_rng(3)
    places = {path: rng.integers(0, len(own), 50) for path, own in lists.items()}
    smooth = {"components.synapse.ra": rng.uniform(5e-12, 5e-8, 50), "read.voltage": rng.uniform(0.1, 0.9, 50)}
    base = inputs(gpu="h100", overrides={"components.adc.bits": "5"})
    program = recorded(base, {**lists, **smooth}, together=True).program
    whole = program({**{path: own[places[path]] for path, own in lists.items()}, **smooth})
    tabled = Tabled(program, lists)
    assert set(tabled.tables) == set(lists)
    assert len(tabled.rest.operations) < len(program.operations)
    for turn in (places, {path: own[::-1] for path, own in places.items()}):  # tables of the first serve the second
        order = slice(None) if turn is places else slice(None, None, -1)
        given = {**lists, **{path: own[order] for path, own in smooth.items()}}
        for (block,), results in tabled.blocks(given, turn, 7):
            for name, values in results.items():
                expected = np.broadcast_to(whole[name], 50)[order][block]
                assert np.array_equal(np.broadcast_to(values, expected.shape), expected, equal_nan=True), name


def test_other_values_of_a_variable_are_looked_up_anew():
    """As many of them, at the same places."""
    lists = {"subarray.rows": np.array([16.0, 50, 64, 200])}
    places = {"subarray.rows": np.arange(12) % 4}
    program = recorded(inputs(), lists, ["imac"]).program
    tabled = Tabled(program, lists)
    assert set(tabled.tables) == set(lists)
    for rows in ([16.0, 50, 64, 200], [16.0, 32, 128, 200], [200.0, 50, 64, 16]):
        ((_, results),) = tabled.blocks({"subarray.rows": np.array(rows)}, places, 12)
        for name, expected in program({"subarray.rows": np.tile(rows, 3)}).items():
            assert np.array_equal(np.broadcast_to(results[name], 12), np.broadcast_to(expected, 12), equal_nan=True)


def test_results_that_depend_on_nothing_are_those_of_every_design():
    lists = {"components.adc.bits": np.array([2.0, 5, 8]), "subarray.rows": np.array([16.0, 64])}
    places = {path: np.arange(40) % len(own) for path, own in lists.items()}
    program = recorded(inputs(gpu="h100", overrides={"components.adc.bits": "5"}), lists, together=True).program
    for each in (program, program.only(["gpu.area"])):
        assert sum(place.stop - place.start for (place,), _ in Tabled(each, lists).blocks(lists, places, 16)) == 40


def test_listed_values_beyond_those_that_were_recorded_are_refused():
    made = recorded(inputs(), {"subarray.rows": [16.0, 64]}, ["imac"], together=True).program
    for beyond in ([16.0, 65], [64.0, 8], [16.0, np.nan]):
        given = {"subarray.rows": Listed(np.array(beyond), np.array([0, 1, 1]))}
        with pytest.raises(ValueError, match=r"subarray\.rows is beyond 16 \.\. 64"):
            next(made.blocks(given))
