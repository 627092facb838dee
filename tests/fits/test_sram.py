"""The memory laws: within a tenth of a decade of every run, and the shipped rows come out of the table."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fits.programmes import minimax_fit
from fits.sram import fit, main, word_shares
from imac_arch.components.sram import SramLaw
from imac_arch.data.quantity import Quantity
from imac_arch.document.evaluated import scaled_texts
from tests import truth
from tests.helpers import ROOT, all_laws, approx, context, technology

RUNS = "cacti_sram.csv"
HERE = truth.needs(RUNS)
LAWS = {"sram": "itrs-lstp", "sram_hp": "itrs-hp"}
KB = 8 * 1024.0
# 45 nm, high-performance cells, 64-bit reads: size [kB], energy [pJ], access [ns], area [mm^2], leakage [mW]
SPOTS = [(2, 1.71, 0.26, 0.0067, None), (32, 10.7, 0.59, 0.106, 34.7), (1024, 52.0, 2.58, 3.64, None)]


def law(name):
    return all_laws().get(SramLaw, name)


@pytest.mark.parametrize(("size", "energy", "access", "area", "leakage"), SPOTS)
def test_known_memories_are_met_within_a_tenth_of_a_decade(size, energy, access, area, leakage):
    at = (np.asarray(size * KB), np.asarray(45e-9))
    for name, known in (("read_energy", energy * 1e-12), ("latency", access * 1e-9), ("area", area * 1e-6)):
        assert abs(np.log10(law("sram_hp").figure(name, *at) / known)) < 0.1, name
    if leakage:
        assert abs(np.log10(law("sram_hp").figure("leakage", *at) / (leakage * 1e-3))) < 0.1


def test_low_standby_cells_leak_thousands_of_times_less():
    at = (np.asarray(32 * KB), np.asarray(45e-9))
    assert float(law("sram").figure("leakage", *at)) == approx(6e-6, rel=0.25)


@HERE
@pytest.mark.parametrize(("name", "cell"), LAWS.items())
def test_every_run_is_met_within_a_tenth_of_a_decade(name, cell):
    with truth.file(RUNS).open() as stream:
        rows = [r for r in csv.DictReader(stream) if r["cell"] == cell and r["word_bits"] == "64"]
    assert len(rows) == 65
    columns = {"read_energy": ("read_pJ", 1e-12), "area": ("area_mm2", 1e-6), "latency": ("access_ns", 1e-9)}
    for figure, (column, unit) in {**columns, "leakage": ("leak_mW", 1e-3)}.items():
        for row in rows:
            size, node = float(row["size_bytes"]) * 8, float(row["node_nm"]) * 1e-9
            found = law(name).figure(figure, np.asarray(size), np.asarray(node))
            assert abs(np.log10(found / (float(row[column]) * unit))) < 0.1, (figure, row)


@HERE
@pytest.mark.parametrize(("name", "cell"), LAWS.items())
def test_the_shipped_rows_come_out_of_the_table(name, cell):
    assert main([str(truth.file(RUNS)), "--cell", cell, "--check", str(ROOT / "tech/laws" / f"{name}.yaml")]) == 0


@HERE
def test_a_law_that_says_something_else_is_found_out():
    assert main([str(truth.file(RUNS)), "--cell", "itrs-hp", "--check", str(ROOT / "tech/laws/sram.yaml")]) == 1


def test_the_least_largest_residual_is_found():
    """Of a line through three points the best leaves the same residual at all of them, with changing sign."""
    x = np.array([0.0, 1.0, 2.0])
    found, worst = minimax_fit(np.column_stack([x, np.ones(3)]), np.array([0.0, 1.0, 0.0]))
    assert found == pytest.approx([0.0, 0.5], abs=1e-9)  # a linear program: the slope is zero to rounding
    assert worst == approx(0.5)


def test_known_polynomials_come_back():
    lines = [
        {"node_nm": "45", "cell": "x", "word_bits": "64", "size_bytes": str(512 * 2**k),
         **dict.fromkeys(("read_pJ", "access_ns", "leak_mW", "area_mm2"), str(10 ** (0.5 * (k - 6) * np.log10(2))))}
        for k in range(13)
    ]  # fmt: skip
    coefficients, worst = fit(lines, "x")[45.0]["read_energy"]
    assert coefficients == pytest.approx([0, 0, 0.5, -12], abs=1e-6)
    assert worst == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("figure", ["read_energy", "area", "leakage", "latency"])
def test_larger_memories_never_cost_less(name, figure):
    sizes = np.logspace(np.log10(512 * 8), np.log10(2**21 * 8), 400)
    for node in (22e-9, 28e-9, 45e-9, 80e-9, 90e-9):
        values = law(name).figure(figure, sizes, np.asarray(node))
        assert np.all(np.diff(values) > -1e-6 * values[1:]), node


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("figure", ["read_energy", "area", "latency"])
def test_later_nodes_never_cost_more(name, figure):
    """Not so leakage: CACTI's goes up and down from node to node, with the cells of the roadmap."""
    nodes = np.linspace(22e-9, 90e-9, 200)
    for size in (512 * 8.0, 32 * KB, 2**21 * 8.0):
        assert np.all(np.diff(law(name).figure(figure, np.asarray(size), nodes)) > 0), size


@given(st.floats(22e-9, 90e-9), st.floats(4096, 1.6e7))
def test_between_nodes_a_figure_lies_between_theirs(node, size):
    rows = sorted(row.node.value for row in law("sram").table)
    below, above = max(n for n in rows if n <= node * (1 + 1e-12)), min(n for n in rows if n >= node * (1 - 1e-12))
    ends = [float(law("sram").figure("area", np.asarray(size), np.asarray(n))) for n in (below, above)]
    assert min(ends) * (1 - 1e-9) <= float(law("sram").figure("area", np.asarray(size), np.asarray(node)))
    assert float(law("sram").figure("area", np.asarray(size), np.asarray(node))) <= max(ends) * (1 + 1e-9)


def test_arrays_equal_single_calls():
    sizes, nodes = np.logspace(3.7, 7.2, 100_000), np.linspace(22e-9, 90e-9, 100_000)
    for figure in ("read_energy", "area", "latency", "leakage"):
        many = law("sram").figure(figure, sizes, nodes)
        for k in (0, 4321, 99_999):
            assert many[k] == approx(
                float(law("sram").figure(figure, np.asarray(sizes[k]), np.asarray(nodes[k]))), rel=1e-14
            )


@pytest.mark.parametrize(("node", "scaled"), [(14e-9, "22 nm to 14 nm"), (130e-9, "90 nm to 130 nm"), (45e-9, "")])
def test_what_lies_beyond_the_runs_is_scaled_and_says_so(node, scaled):
    vdd = {14e-9: 0.8, 130e-9: 1.3, 45e-9: 1.0}[node]
    cost = technology().components["sram"].cost(context(node, vdd), np.asarray(32 * KB))
    texts = scaled_texts(cost)
    assert (scaled in "".join(texts)) if scaled else texts == ()


def test_a_memory_outside_the_runs_warns():
    memory = technology().components["sram"]
    tiny = memory.cost(context(), np.asarray(100.0))
    assert [c.code for c in tiny.checks if c.outside] == ["extrapolated"]
    banks = memory.cost(context(), np.asarray(2**21 * 8 * 3.0))
    assert not any(c.outside for c in banks.checks)


@pytest.mark.parametrize(("node", "vdd"), [(3e-9, 0.65), (250e-9, 1.8)])
def test_a_node_beyond_the_scaling_table_warns(node, vdd):
    cost = technology().components["sram"].cost(context(node, vdd), np.asarray(32 * KB))
    assert [(c.quantity, c.code) for c in cost.checks if c.outside] == [("node", "extrapolated")]


@HERE
def test_the_notes_say_how_far_the_runs_lie(capsys):
    for name, cell in LAWS.items():
        assert main([str(truth.file(RUNS)), "--cell", cell]) == 0
        told = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("# ")]
        said = " and ".join((told[0][4], told[0][7].rstrip(",")))
        assert f"energy {said}" in law(name).note


@HERE
@pytest.mark.parametrize("name", LAWS)
def test_the_shares_of_a_word_come_out_of_the_runs(name):
    with truth.file(RUNS).open() as stream:
        shares = word_shares(csv.DictReader(stream))
    for field, figure in (("word_energy", "read_energy"), ("word_area", "area")):
        quantity = getattr(law(name), field)
        assert quantity.value == approx(np.median(shares[figure]), rel=0.03)
        assert quantity.range == approx((max(shares[figure][0], 0.01), min(shares[figure][-1], 1)), rel=0.03)
    for figure, most in (("latency", 0.26), ("leakage", 0.17)):  # taken as those of 64 bits, whatever the word
        assert max(abs(1 - (1 + 3 * share)) for share in shares[figure]) == approx(most, rel=0.03)


def memory(**fields):
    return technology().components["sram"].model_copy(update=fields)


def kelvin(value):
    return Quantity(value, "K")


def test_a_word_of_another_length_costs_what_it_shares():
    """Of 8 and of 256 bits by hand: 0.42 of the energy and 0.037 of the area follow the length."""
    bits = np.asarray(32 * KB)
    usual, none = memory().cost(context(), bits), memory(word=Quantity(64.0, "bit")).cost(context(), bits)
    assert none[:5] == usual[:5]
    for word in (8, 256):
        found = memory(word=Quantity(float(word), "bit")).cost(context(), bits)
        assert float(found.energy * word) == approx(float(usual.energy) * 64 * (1 + 0.42 * (word / 64 - 1)), rel=1e-9)
        assert float(found.area) == approx(float(usual.area) * (1 + 0.037 * (word / 64 - 1)), rel=1e-9)
        assert (found.latency, found.leakage) == (usual.latency, usual.leakage)
    narrow, wide = (memory(word=Quantity(w, "bit")).cost(context(), bits) for w in (8.0, 256.0))
    assert narrow.energy > usual.energy > wide.energy  # of one bit


def test_a_cooler_memory_leaks_less_and_only_that():
    """Leakage halves over 20 K: from 350 to 300 K to 0.177."""
    bits = np.asarray(32 * KB)
    hot, cool = memory().cost(context(), bits), memory(temperature=kelvin(300.0)).cost(context(), bits)
    assert float(cool.leakage / hot.leakage) == approx(2**-2.5, rel=1e-9)
    assert cool[:3] == hot[:3]
    assert float(memory(temperature=kelvin(350.0)).cost(context(), bits).leakage) == float(hot.leakage)
    beyond = [memory(temperature=kelvin(t)).cost(context(), bits) for t in (250.0, 400.0)]
    assert [[c.quantity for c in cost.checks if c.outside] for cost in beyond] == [["temperature"]] * 2
    assert not any(c.outside for c in cool.checks)
