"""Amplifiers that hold bit lines at virtual ground: one loop with their line, its current, and who pays for them."""

import math
import shutil

import numpy as np
import pytest

from imac_arch.components.amplifier import loop_settling
from imac_arch.crossbar.ngspice import run_ngspice
from imac_arch.data.errors import UsageError
from imac_arch.evaluate import evaluate
from imac_arch.network import NetworkFile
from imac_arch.technology_files import load_technology
from tests import hand
from tests.agreement import by_layer
from tests.golden import golden
from tests.helpers import approx, inputs, plain, run, technology
from tests.test_line_ends import VIRTUAL, biased, line_of

MEGOHM = technology("sot_mram_imec")
BARE = {"components.wire": "none", "components.row_driver": "none"}
LN = 7 * math.log(2)  # ln 2^(6 + 1)
GROUND, SLOW = {"read.circuit": "virtual_ground"}, {"components.front_end.settle_time": "5 ns"}


def test_line_and_amplifier_in_one_loop_by_hand():
    """128 megohm cells: tau 3.75 ns and an amplifier of 1 ns to 6 bits, 0.206 ns; 1.25 x 4.85 x sqrt(0.206 x 3.75)."""
    found = loop_settling(*map(np.asarray, (1e-9, 6.0, 3.75e-9, 1.25)))
    assert float(found) == approx(1.25 * LN * math.sqrt(1e-9 / LN * 3.75e-9))
    assert float(found) == approx(5.33e-9, rel=1e-3)


def test_a_line_without_capacitance_leaves_the_amplifier_alone():
    assert float(loop_settling(*map(np.asarray, (1e-9, 6.0, 0.0, 1.25)))) == 1e-9
    times = [float(loop_settling(*map(np.asarray, (1e-9, 6.0, tau, 1.25)))) for tau in np.geomspace(1e-12, 1e-8, 9)]
    assert times == sorted(times)
    assert times[0] == 1e-9
    assert times[-1] > 8e-9


def loop(damping, line, amplifier, gain):
    """A netlist: a line of capacitance and conductance before an integrator of unity gain at gain/(2 pi tau_amp), with
    a feedback resistor of ``gain`` over the line's conductance and a capacitor that damps their two poles."""
    conductance = 15e-6
    capacitance, feedback, unity = line * conductance, gain / conductance, gain / amplifier
    held = 0.0
    for _ in range(50):
        slow = math.sqrt(unity / feedback / (capacitance + held))
        held = (2 * damping * slow * (capacitance + held) - conductance - 1 / feedback) / unity
    stop = 20e-9
    return "\n".join([
        "* line and amplifier", "Vin in 0 dc 1 pwl(0 0 1p 1)", f"Rline in x {1 / conductance}",
        f"Cline x 0 {capacitance}", f"Rf x out {feedback}", f"Cf x out {held}", f"Gm 0 a x 0 -{unity * 1e-15}",
        "Ca a 0 1f", f"Ra a 0 {1e4 / (unity * 1e-15)}", "Eo out 0 a 0 1",
        ".options reltol=1e-5 abstol=1e-18 vntol=1e-9", ".control", "op", "print v(out)",
        f"tran {stop / 4000} {stop} 0 {stop / 4000}", "wrdata transient.txt v(out)", "quit", ".endc", ".end",
    ])  # fmt: skip


@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
def test_the_loop_settles_in_ngspice_as_the_factor_says():
    """Damping of 0.7 to 0.9: 4 to 6 ns to half a step of 6 bits, where the factor's range gives 4.3 to 6.4 and its
    value 5.3."""
    times = []
    for damping in (0.7, 0.8, 0.9):
        found = run_ngspice(loop(damping, 3.75e-9, 1e-9 / LN, 30), timeout=120)
        trace = found.traces[:, 0]
        out = np.flatnonzero(np.abs(trace - trace[-1]) > abs(trace[-1]) / 2**7)
        times.append(found.time[out[-1] + 1])
    assert times == approx([5.96e-9, 5.89e-9, 4.72e-9], rel=0.02)
    factor = MEGOHM.components["amplifier"].loop_factor
    ends = [
        float(loop_settling(*map(np.asarray, (1e-9, 6.0, 3.75e-9, f))))
        for f in (factor.range[0], factor.value, factor.range[1])
    ]
    assert all(ends[0] < time < ends[2] for time in times)
    assert np.mean(times) == approx(ends[1], rel=0.05)


def line_tau(rows):
    """Capacitance over conductance of a bit line of sot_mram_imec [s], and the mean conductance of its cells [S]."""
    case = inputs("127-8", "sot_mram_imec", gpu=None).case()
    mean = math.pi / 4 * 90e-9**2 / 38.17e-9 * (1 + 1 / 2.5) / 2  # of parallel and antiparallel
    wire = float(case.wire.segments(case.context)[3])
    return (rows * (wire + 0.35e-15) + 2e-15) / (rows * mean), mean


def test_a_layer_of_megohm_cells_waits_for_line_and_amplifier():
    """784-128-10 on 128 x 128: about 5.3 ns a layer, joined over 785 and over 129 rows."""
    line = line_of(run(tech="sot_mram_imec", archs=["imac"])["imac"], "differential amplifier")
    expected = []
    for rows in (785, 129):
        tau, _ = line_tau(rows)
        expected.append(max(1e-9, 1.25 * LN * math.sqrt(1e-9 / LN * tau)))
    assert by_layer(line.delay, 2) == approx(expected, rel=1e-9)
    assert by_layer(line.delay, 2) == approx([5.3e-9, 5.3e-9], rel=0.03)


IMAC_SIM = {"components.wire.word_segment": "108 nm", "components.wire.bit_segment": "135 nm"}


def test_a_network_of_megohm_cells_against_an_independent_estimate():
    """10.9 ns and 0.91 nJ on a ground that amplifiers hold, one a row tile, with wires of IMAC-Sim's cell and no word
    line that waits for its driver; 3.9 ns with the amplifier alone in the place of the loop."""
    fields = {"read.joining": "voltage_tie", "components.row_driver": "none", **IMAC_SIM}
    found = run(tech="sot_mram_imec", overrides=fields, archs=["imac"])["imac"]
    assert found.metrics["latency"].item() == approx(10.9e-9, rel=0.03)
    assert found.metrics["energy"].item() == approx(0.91e-9, rel=0.07)
    ideal = run(tech="sot_mram_imec", overrides=IMAC_SIM, archs=["imac"])["imac"]
    loops = sum(by_layer(line_of(ideal, "differential amplifier").delay, 2))
    assert ideal.metrics["latency"].item() - loops + 2 * 1e-9 == approx(3.9e-9, rel=0.03)


def test_the_output_sinks_the_current_of_its_lines():
    """785 rows of which 784 carry 0.1928 of 0.8 V: both lines, through the span of 0.8 V."""
    found = run(tech="sot_mram_imec", overrides=BARE, archs=["imac"])["imac"]
    _, mean = line_tau(785)
    current = 0.8 * mean * (784 * 0.1928 + 1)
    bias = hand.amplifier(30)["power"]
    units = line_of(found, "differential amplifier").units[0]
    assert np.ravel(units.cost.power)[0] == approx(bias + 2 * 0.8 * current, rel=1e-9)
    assert np.ravel(units.power)[0] == approx(128 * (bias + 2 * 0.8 * current), rel=1e-9)


@pytest.mark.parametrize(("encoding", "p"), [("0/V", 0.1928), ("-V/+V", 0.1928), ("-V/+V", 0.5)])
@pytest.mark.parametrize("joining", ["current", "voltage_tie"])
def test_the_mean_current_is_that_of_random_weights_and_inputs(encoding, p, joining):
    """Against 4,000 random lines; a signed sum around 0 is where its magnitude is hardest."""
    fields = {"read.encoding": encoding, "read.joining": joining, "components.wire": "none"}
    values = {"mean": p, "mean_square": p}
    network = NetworkFile(layers=[255, 64], input=values, hidden=values).network()
    given = inputs(network, "sot_mram_imec", fields, gpu=None)
    line = line_of(evaluate(given, ["imac"])[0], "differential amplifier")
    (check,) = [check for check in line.checks if check.code == "drive"]
    generator = np.random.default_rng(2)
    g = np.ravel(MEGOHM.components["synapse"].conductances(np.array([-1.0, 1.0]), np.asarray(0.8)))
    rows = 256 if joining == "current" else 128
    x = (generator.random((4000, rows)) < p).astype(float)
    if joining == "current":
        x[:, -1] = 1.0
    else:  # the bias stands in one of both tiles
        x[::2, -1] = 1.0
    volts = 0.8 * (x if encoding == "0/V" else 2 * x - 1)
    cells = np.where(generator.random((4000, rows)) < 0.5, g.min(), g.max())
    drawn = np.mean(np.abs(np.sum(volts * cells, axis=1)))
    assert float(np.ravel(check.value)[0]) == approx(drawn, rel=0.05)


def test_signed_lines_are_amplified_between_two_supplies():
    for circuit in ("averaging", "virtual_ground"):
        one, two = (
            line_of(golden("imac", {"read.circuit": circuit, "read.encoding": encoding}), "differential amplifier")
            for encoding in ("0/V", "-V/+V")
        )
        if circuit == "averaging":
            assert by_layer(two.units[0].cost.power) == approx([2 * p for p in by_layer(one.units[0].cost.power)])
        else:
            bias = [hand.amplifier(gain)["power"] for gain in (30, 30, 10)]
            assert all(p > 2 * b for p, b in zip(by_layer(two.units[0].cost.power), bias, strict=True))


def test_an_ideal_amplifier_leaves_an_ideal_ground():
    found = run(tech="sot_mram_imec", overrides={"components.amplifier": "none"}, archs=["imac"])["imac"]
    assert "differential amplifier" not in {line.component for line in found.bill.lines}


def codes(tech, overrides=None):
    found = plain("784-128-10", tech, samples=0, arch=["imac", "mixed_signal"], overrides=overrides)
    held = [w for w in found["warnings"] if w["quantity"] == "mean current of a bit line"]
    assert all(w["code"] == "drive" for w in held)
    return {(w["architecture"], w["severity"]) for w in held}


def test_a_line_that_its_amplifier_cannot_sink_is_warned_about():
    """Megohm lines carry 14 uA where 50 are delivered; 785 kilohm cells joined carry milliamperes."""
    assert codes("sot_mram_imec") == set()
    assert codes("sot_mram", GROUND) == {("imac", "fails"), ("mixed_signal", "fails")}
    assert codes("sot_mram_imec", {"components.amplifier.output_current": "12 uA"}) == {("imac", "doubtful")}
    assert codes("sot_mram_imec", {"components.amplifier.output_current": "5 uA"}) == {("imac", "fails")}


# ---- mixed-signal ----


def test_every_technology_with_a_virtual_ground_fills_the_front_end():
    for name in (*VIRTUAL, "sot_mram", "made_up"):
        part = load_technology(name).model.components["front_end"]
        assert not part.neglected, name
        assert part.kind == "differential_amplifier"


def test_a_column_has_a_front_end_of_its_own():
    """48 columns of 10, 4 and 2 subarrays; 480, 128 and 28 are in use and biased while lines are read."""
    found = golden("mixed_signal", {**GROUND, "read.input_bits": "8"})
    line = line_of(found, "front end")
    assert by_layer(line.instances) == [480, 192, 96]
    assert biased(line) == [[480, 128, 28]]
    assert by_layer(line.window) == by_layer(line_of(found, "crossbar").window)


def test_columns_may_be_multiplexed_before_a_front_end():
    """48 columns in groups of 8: six a subarray; in use are 6, 4 and 2 of them. Each column settles in its turn."""
    over = {**GROUND, **SLOW, "read.input_bits": "8", "read.front_end": "converter"}
    found, each = golden("mixed_signal", over), golden("mixed_signal", {**GROUND, **SLOW, "read.input_bits": "8"})
    line, hold, adc = (line_of(found, name) for name in ("front end", "sample-and-hold", "ADC"))
    assert by_layer(line.instances) == by_layer(hold.instances) == by_layer(adc.instances) == [60, 24, 12]
    assert biased(line) == [[10 * 6, 4 * 4, 2 * 2]]
    assert by_layer(hold.actions) == by_layer(line_of(each, "sample-and-hold").actions)
    # a conversion of 4 ns waits for loop and sample of the next column, of 5.5 ns, seven times a phase
    conversion = 4e-9
    sample = [loop + hand.sample_hold()["latency"] for loop in by_layer(line.delay)]
    assert all(time > 5e-9 for time in sample)
    convert = [8 * conversion + 7 * (time - conversion) for time in sample]
    phases = (8, 2, 2)
    assert by_layer(adc.delay) == approx([n * c for n, c in zip(phases, convert, strict=True)], rel=1e-12)
    settle = by_layer(found.bill.facts["settle"])
    ready = [settle[i] + sample[i] + 20e-12 for i in range(3)]
    # lines stay until the last column is sampled, so that the next phase overlaps one conversion alone
    window = [phases[i] * (ready[i] + convert[i] - conversion) for i in range(3)]
    assert by_layer(line.window) == approx(window, rel=1e-12)
    delay = [settle[i] + (phases[i] - 1) * max(ready[i] - conversion, 0) for i in range(3)]
    assert by_layer(line_of(found, "crossbar").delay) == approx(delay, rel=1e-12)
    assert found.metrics["latency"].item() > each.metrics["latency"].item()
    assert found.metrics["area"].item() < each.metrics["area"].item()


def test_columns_multiplexed_without_a_sample_and_hold_wait_for_each_conversion():
    over = {**GROUND, "read.input_bits": "8", "read.front_end": "converter", "components.sample_hold": "none"}
    found = golden("mixed_signal", over)
    loop, conversion = by_layer(line_of(found, "front end").delay), 4e-9
    convert = [phases * (8 * conversion + 7 * own) for phases, own in zip((8, 2, 2), loop, strict=True)]
    assert by_layer(line_of(found, "ADC").delay) == approx(convert, rel=1e-12)


def test_the_averaging_read_needs_no_front_end():
    found = golden("mixed_signal")
    assert "front end" not in {line.component for line in found.bill.lines}
    bare = golden("mixed_signal", {"components.front_end": "none"})
    assert found.metrics["energy"].item() == bare.metrics["energy"].item()
    listed = plain("100-10", samples=0, overrides={"components.front_end": "none"})["neglected"]
    assert "components.front_end" not in {n["where"] for n in listed}  # what is not needed is not left out


def test_a_front_end_is_neglected_by_name_alone():
    def of(overrides):
        found = plain("784-128-10", "sot_mram_imec", samples=0, overrides=overrides)
        (mixed,) = [a for a in found["architectures"] if a["name"] == "mixed_signal"]
        return mixed["metrics"], {n["where"] for n in found["neglected"] if n["architecture"] == "mixed_signal"}

    (with_, listed), (without, more) = of({}), of({"components.front_end": "none"})
    assert more - listed == {"components.front_end"}
    for metric in ("area", "energy", "latency"):
        assert without[metric]["value"] < with_[metric]["value"]
    given = inputs("30-10", "sot_mram_imec", gpu=None)
    parts = {role: part for role, part in given.technology.components.items() if role != "front_end"}
    old = given.technology.model_copy(update={"components": parts})
    with pytest.raises(UsageError, match="has no role 'front_end'"):
        evaluate(given.__class__(given.network, old, given.laws, None), ["mixed_signal"])


def test_more_of_anything_settles_slower_or_costs_more():
    def figures(**fields):
        over = {path.replace("__", "."): value for path, value in fields.items()}
        found = run("255-64", "sot_mram_imec", over, ["imac"])["imac"]
        line = line_of(found, "differential amplifier")
        return np.max(by_layer(line.delay, 1)), float(np.sum(line.units[0].power))

    time, power = figures()
    assert figures(components__amplifier__loop_factor="1.5")[0] > time
    assert figures(components__synapse__capacitance="0.8 fF")[0] > time
    assert figures(components__amplifier__settle_time="2 ns")[0] == approx(time * math.sqrt(2))
    assert figures(read__settle_bits="8")[0] == approx(time * math.sqrt(9 / 7))
    assert figures(read__voltage="0.4 V")[1] < power
    assert figures(components__amplifier__span="1.6 V")[1] == approx(2 * power)
