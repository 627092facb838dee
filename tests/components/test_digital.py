"""Systolic array, logic, memory, node scaling and graphics boards."""

import math

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from imac_arch.components.gpu import GpuBoard, finish_times, kernel_time, moving_time, product_time
from imac_arch.components.systolic import cycles
from imac_arch.data.registry import names
from imac_arch.evaluate import evaluate
from imac_arch.inputs import laid_out
from tests import hand
from tests.helpers import ROOT, all_laws, approx, context, first, graphics_board, inputs, run, technology


@given(
    st.integers(1, 2000),
    st.integers(1, 2000),
    st.integers(1, 64),
    st.integers(1, 64),
    st.integers(1, 1000),
    st.integers(1, 64),
)
def test_cycles_never_beat_the_array(fan_in, fan_out, rows, cols, batch, load):
    found = cycles(fan_in, fan_out, rows, cols, batch, load)
    assert found * rows * cols >= fan_in * fan_out * batch
    assert cycles(fan_in, fan_out, rows, cols, batch + 1, load) > found
    assert cycles(fan_in, fan_out, rows, cols, batch, load + 1) > found


@pytest.mark.parametrize(
    ("fields", "cycle_count"),
    [
        # 49 x 8 and 8 x 1 folds; 256 weights of 8 bits at 128 bits a cycle are 16 cycles, of 4 bits 8, of 1 bit 2
        ({}, (49 * 8 + 8) * (16 + 1) + 2 * 48), ({"weight_bits": "4"}, (49 * 8 + 8) * (8 + 1) + 2 * 48),
        ({"weight_bits": "1"}, (49 * 8 + 8) * (2 + 1) + 2 * 48), ({"weight_port": "256 B"}, 400 * (1 + 1) + 2 * 48),
        ({"weight_port": "24 B"}, 400 * (11 + 1) + 2 * 48),  # 2048 bits in words of 192: 10.7 cycles
        ({"activation_bits": "4"}, 400 * 17 + 2 * 48), ({"rows": "8"}, (98 * 8 + 16) * (8 + 1) + 2 * 40),
    ],
)  # fmt: skip
def test_cycles_by_hand(fields, cycle_count):
    over = {f"components.mac.{name}": value for name, value in fields.items()}
    found = run(overrides=over, archs=["digital"], precision="native")["digital"]
    assert found.bill.facts["busy_cycles"].item() == cycle_count


def test_equal_precision_computes_with_what_the_technology_stores():
    """784-128-10 of binary weights: 400 folds of 256 bits in 2 cycles; 1-bit inputs, 4-bit hidden activations."""
    found = run(archs=["digital"])["digital"]
    assert {name: float(value) for name, value in found.bill.bits.items()} == {"weight": 1, "input": 1, "activation": 4}
    assert found.bill.facts["busy_cycles"].item() == 400 * 3 + 2 * 48 == 1296
    sram = next(line for line in found.bill.lines if line.component == "SRAM")
    # weights once, inputs of 1 bit for each of 8 fold columns, hidden ones of 4 bits written and read, 10 outputs
    moved = [784 * 128 + 784 * 8 + 128 * 4, 128 * 10 + 128 * 4 + 10 * 4]
    assert np.broadcast_to(sram.actions, (2, 1)).ravel().tolist() == moved
    stored = 784 * 128 + 128 * 10 + max(784 + 128 * 4, (128 + 10) * 4)
    assert float(sram.units[0].cost.area.item()) == approx(hand.sram(stored)["area"], rel=1e-12)


def test_bits_of_a_synapse_that_stores_more_than_one_are_rounded_up():
    """Nine levels are 3.17 bits: a multiplier needs 4."""
    found = run(tech="sot_mram_pillars")
    levels = found["mixed_signal"].bill.bits["weight"].item()
    assert 1 < levels != np.ceil(levels) == found["digital"].bill.bits["weight"].item()


BITS = {
    "read.input_bits": "equal", "read.neuron_bits": "equal", "components.synapse.columns_per_weight": "equal",
    "read.hidden_bits": "native", "components.mac.weight_bits": "native", "components.mac.activation_bits": "native",
    "components.mac.accumulator_bits": "native",
}  # fmt: skip


@pytest.mark.parametrize(("path", "precision"), BITS.items())
@pytest.mark.parametrize("architecture", ["mixed_signal", "digital"])
def test_more_bits_never_cost_less(path, precision, architecture):
    first = {"components.mac.accumulator_bits": "1"} if path.endswith("accumulator_bits") else {}
    request = inputs(overrides={**first, "read.settle_bits": "16"}, precision=precision)
    (found,) = evaluate(laid_out(request, {path: [1, 2, 3, 4, 8, 12]}), [architecture])
    moved = False
    for name in ("area", "energy_active", "latency", "leakage"):
        total = np.asarray(getattr(found.totals, name))
        rises = np.diff(np.broadcast_to(total, (6, 1))[:, 0])
        assert np.all(rises >= -1e-12 * abs(total).max()), name
        moved = moved or bool(np.any(rises > 0))
    inert = {
        "read.hidden_bits": "digital",
        "components.mac.weight_bits": "mixed_signal",
        "components.mac.activation_bits": "mixed_signal",
        "components.mac.accumulator_bits": "mixed_signal",
    }
    assert moved == (inert.get(path) != architecture)


def test_a_number_at_its_own_node_is_left_alone_and_a_carried_one_says_so():
    logic = technology().components["logic"]
    supply = float(all_laws().by_name["scaling"].nominal(np.asarray(40e-9)))
    own = logic.function("adder", np.asarray(8.0), context(node=40e-9, vdd=supply))
    assert all(number.start == number.end == 40e-9 for number in own.scaled)
    energy = math.sqrt(2.5e-15 * 6.6e-15)  # of two sources of equal weight
    assert float(own.energy) == approx(8 * energy, rel=0.01)
    carried = logic.function("adder", np.asarray(8.0), context(node=14e-9))
    assert len(carried.scaled) == 1
    assert (float(carried.scaled[0].start), float(carried.scaled[0].end)) == (40e-9, 14e-9)
    # by the table to 22 nm, 0.343 of it, and 0.395 of the way from there to 0.94 fJ at 7 nm
    assert float(carried.energy) == approx(8 * (energy * 0.3427) ** 0.6053 * 0.94e-15**0.3947, rel=0.01)


def test_logic_energy_of_published_words():
    logic = technology().components["logic"]
    here = context(node=45e-9, vdd=1.0)
    multiplier = logic.function("multiplier", np.asarray(64.0), here)
    assert 0.2e-12 <= float(multiplier.energy) <= 12.4e-15 * 64 / 0.803
    adder = logic.function("adder", np.asarray(32.0), here)
    assert 0.1e-12 <= float(adder.energy) <= 0.21e-12 / 0.803


@given(st.floats(4096, 1e9))
def test_memory_never_gets_cheaper_with_size(bits):
    memory = technology().components["sram"]
    small, large = (memory.cost(context(), np.asarray(size)) for size in (bits, 2 * bits))
    assert large.area >= small.area
    assert large.leakage >= small.leakage


def test_memory_at_the_reference_size_is_the_reference():
    found = technology().components["sram"].cost(context(node=22e-9, vdd=0.9), np.asarray(262144.0))
    law = all_laws().by_name["sram"].table[-1]  # 22 nm: at the reference every cubic is its last coefficient
    assert float(found.area) == approx(10 ** law.area[3].value)
    # CACTI says 1, Horowitz 1.59: the geometric mean lies nearer to the surer of the two
    assert float(found.energy) * 64 == approx(10 ** law.read_energy[3].value * 1.185, rel=2e-3)
    assert float(found.leakage) == approx(10 ** law.leakage[3].value)
    assert float(found.area) == approx(26120e-12, rel=0.15)  # a run of CACTI for 32 kB


def test_a_kernel_is_bound_by_memory_or_by_arithmetic():
    assert kernel_time(8e12, 8e12, 1.0, 1e15, 0.5) == 1.0
    assert kernel_time(1.0, 8e12, 1e15, 1e15, 0.5) == 2.0


def test_the_v100_answers_one_image_in_22_to_23_microseconds():
    found = first(run(archs=["gpu"], gpu="v100")["gpu"].metrics["latency"])
    assert 22e-6 <= found <= 24e-6
    assert 1e-3 < first(run(archs=["gpu"], gpu="v100")["gpu"].metrics["energy"]) < 3e-3


def test_a_large_batch_on_the_v100_reaches_nanoseconds_and_a_microjoule():
    found = run(archs=["gpu"], gpu="v100", batch=65536)["gpu"].metrics
    assert first(found["interval"]) == approx(6e-9, rel=0.25)
    assert first(found["energy"]) == approx(1.1e-6, rel=0.35)


@pytest.mark.parametrize("name", names("board"))
def test_board_power_is_ordered_and_within_the_board(name):
    board = graphics_board(name)
    assert board.idle_context.x <= board.power_launching <= board.power_busy <= board.tdp.x


def test_graph_launches_are_faster_than_streamed_ones():
    board = graphics_board("h100")
    graph = board.model_copy(update={"launch": "graph"})
    assert graph.per_kernel < board.per_kernel
    for each, whole in ((board, 22e-6), (graph, 12e-6)):  # one image through 784-128-10
        launching, busy = times(each, (784, 128, 10), 1)
        assert each.start + np.sum(launching + busy) == approx(whole, rel=0.05)


OVERLAPPED = {
    "timing": "overlapped", "l2_bandwidth": "8 TB/s", "tile": 64, "step": "1 ns", "stream_launch": "6 us",
    "graph_launch": "1 us", "stream_start": "10 us",
}  # fmt: skip


def overlapped(**changes):
    fields = yaml.safe_load((ROOT / "tech/boards/h100.yaml").read_text())["board"]
    return GpuBoard.model_validate({**fields, **OVERLAPPED, **changes})


def times(board, net, batch):
    sizes = np.array(net, dtype=float)
    return board.times(sizes[:-1, None], sizes[1:, None], np.array([float(batch)]))


def test_streamed_kernels_wait_for_the_host_or_for_each_other():
    """Two layers of two kernels, host 3 us and node 1 us: the second product hides launches, the rest wait."""
    products, activations = np.array([[1e-6], [20e-6]]), np.array([[1e-6], [2e-6]])
    ends = finish_times(products, activations, np.array(2.0), np.array(3e-6), np.array(1e-6))
    # launched at 3, 6, 9, 12: 3+1+1 = 5; 6+1+1 = 8; 9+1+20 = 30; 30+1+2 = 33
    assert ends.ravel() == approx([8e-6, 33e-6])
    graph = finish_times(products, activations, np.array(2.0), np.zeros(()), np.array(1e-6))
    assert graph.ravel() == approx([4e-6, 28e-6])


def test_a_product_costs_whole_tiles_its_traffic_or_its_depth():
    given = {"fan_in": 100.0, "fan_out": 10.0, "batch": 8.0, "tile": 64.0, "rate": 1e12, "step": 1e-10}
    assert product_time(0.0, **given) == approx(2 * 8 * 100 * 64 / 1e12)
    assert product_time(1.0, **given) == 1.0
    assert product_time(0.0, **{**given, "step": 1e-6}) == approx(1e-4)


def test_what_exceeds_the_cache_goes_through_memory():
    assert moving_time(np.array(8.0), 10.0, 4.0, 2.0) == 2.0
    assert moving_time(np.array(14.0), 10.0, 4.0, 2.0) == 2.5 + 2.0


def test_launching_and_kernels_add_up_to_the_pass():
    board = overlapped()
    launching, busy = times(board, (784, 128, 10), 1)
    assert np.all(launching >= 0)
    # four launches of 6 us; the last kernel, of 1 us, ends after the last launch
    activation = 2 * 10 * 16 / (8 * 8e12)
    assert float(np.sum(launching + busy)) == approx(4 * 6e-6 + 1e-6 + activation, rel=1e-6)


def test_large_batches_hide_the_launches_and_graphs_have_none():
    streamed, graph = overlapped(), overlapped(launch="graph")
    net = (784, 4096, 4096, 10)
    # one row: six launches of 6 us and a kernel of 1 us, 37 us; as a graph six kernels of 1 us, 6.4 and 33.6 MB from
    # the cache at 8 TB/s, 4096 steps of 1 ns and two activations of 2 ns, 15.1 us; 65536 rows: the products are 1.418
    # and 7.408 ms at 0.3 of 989.5 TFLOPS and, from memory, 0.152 ms, activations 0.624 ms; with 12 us that is 9.614 ms
    for batch, saved in ((1, 1 - 15.1005 / 37), (65536, 6e-6 / 9.614e-3)):
        slow = float(np.sum(sum(times(streamed, net, batch))))
        fast = float(np.sum(sum(times(graph, net, batch))))
        assert fast <= slow
        assert (slow - fast) / slow == approx(saved, rel=1e-4)
    # from one batch to the next the first launch is all that stays outside the kernels
    assert slow - fast == approx(6e-6)


def test_the_overlapped_law_asks_for_its_numbers_and_the_added_law_for_none_of_them():
    with pytest.raises(ValidationError, match="needs tile"):
        overlapped(tile=None)
    with pytest.raises(ValidationError, match="only timing: overlapped"):
        overlapped(timing="added")


def test_an_overlapped_board_goes_through_a_comparison(tmp_path):
    data = yaml.safe_load((ROOT / "tech/boards/h100.yaml").read_text())
    data["board"] |= OVERLAPPED
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(data))
    found = run(archs=["gpu"], gpu=str(path), samples=20)["gpu"]
    parts = [first(np.sum(part.latency, axis=0)) for part in found.totals.lines]
    assert first(found.metrics["latency"]) == approx(10e-6 + 25e-6, rel=0.01)
    assert np.all(np.isfinite(np.asarray(found.metrics["energy"])))
    assert sum(parts) == approx(first(found.metrics["latency"]))
