"""Systolic array, logic, memory, node scaling and graphics boards."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imac_arch.components.gpu import kernel_time
from imac_arch.components.systolic import cycles
from tests.helpers import all_laws, first, graphics_board, run, setting, technology


@given(st.integers(1, 2000), st.integers(1, 2000), st.integers(1, 64), st.integers(1, 64), st.integers(1, 1000))
def test_cycles_never_beat_the_array(fan_in, fan_out, rows, cols, batch):
    found = cycles(fan_in, fan_out, rows, cols, batch)
    assert found * rows * cols >= fan_in * fan_out * batch
    assert cycles(fan_in, fan_out, rows, cols, batch + 1) > found


def test_a_number_at_its_own_node_is_left_alone_and_a_carried_one_says_so():
    logic = technology().components["logic"]
    own = logic.function("adder", np.asarray(8.0), setting(node=45e-9, vdd=1.0))
    assert own.scaled == ()
    assert float(own.energy) == pytest.approx(8 * 4.5e-15)
    carried = logic.function("adder", np.asarray(8.0), setting(node=14e-9))
    assert len(carried.scaled) == 1
    assert "45 nm to 14 nm" in carried.scaled[0]
    assert float(carried.energy) == pytest.approx(8 * 4.5e-15 * 0.1117)


def test_logic_energy_of_published_words():
    logic = technology().components["logic"]
    here = setting(node=45e-9, vdd=1.0)
    multiplier = logic.function("multiplier", np.asarray(64.0), here)
    assert float(multiplier.energy) == pytest.approx(0.2e-12, rel=0.02)
    adder = logic.function("adder", np.asarray(32.0), here)
    assert 0.1e-12 <= float(adder.energy) <= 0.21e-12


@given(st.floats(4096, 1e9))
def test_memory_never_gets_cheaper_with_size(bits):
    memory = technology().components["sram"]
    small, large = (memory.cost(setting(), np.asarray(size)) for size in (bits, 2 * bits))
    assert large.area >= small.area
    assert large.leakage >= small.leakage


def test_memory_at_the_reference_size_is_the_reference():
    found = technology().components["sram"].cost(setting(node=22e-9, vdd=0.9), np.asarray(262144.0))
    law = all_laws().by_name["sram"].table[-1]  # 22 nm: at the reference every cubic is its last coefficient
    assert float(found.area) == pytest.approx(10 ** law.area[3].value)
    assert float(found.energy) * 64 == pytest.approx(10 ** law.read_energy[3].value)
    assert float(found.leakage) == pytest.approx(10 ** law.leakage[3].value)
    assert float(found.area) == pytest.approx(26120e-12, rel=0.15)  # a run of CACTI for 32 kB


def test_a_kernel_is_bound_by_memory_or_by_arithmetic():
    assert kernel_time(8e12, 8e12, 1.0, 1e15, 0.5) == 1.0
    assert kernel_time(1.0, 8e12, 1e15, 1e15, 0.5) == 2.0


def test_the_v100_answers_one_image_in_22_to_23_microseconds():
    found = first(run(archs=["gpu"], gpu="v100")["gpu"].metrics["latency"])
    assert 22e-6 <= found <= 24e-6
    assert 1e-3 < first(run(archs=["gpu"], gpu="v100")["gpu"].metrics["energy"]) < 3e-3


def test_a_large_batch_on_the_v100_reaches_nanoseconds_and_a_microjoule():
    found = run(archs=["gpu"], gpu="v100", batch=65536)["gpu"].metrics
    assert first(found["interval"]) == pytest.approx(6e-9, rel=0.25)
    assert first(found["energy"]) == pytest.approx(1.1e-6, rel=0.35)


@pytest.mark.parametrize("name", ["v100", "h100", "jetson_orin"])
def test_board_power_is_ordered_and_within_the_board(name):
    board = graphics_board(name)
    assert board.idle_context.x <= board.power_launching <= board.power_busy <= board.tdp.x


def test_graph_launches_are_faster_than_streamed_ones():
    board = graphics_board("h100")
    graph = board.model_copy(update={"launch": "graph"})
    assert graph.per_kernel < board.per_kernel
