"""Unit costs by hand: plain floats from the YAML files and the published formulas, without the package.

The oracle of the golden bills. Every number is read as a file writes it; every formula is the one of the model's
documentation, written in :mod:`math` for one design at the medians of its inputs.
"""

import itertools
import math
from functools import lru_cache
from pathlib import Path

import yaml

TECH = Path(__file__).resolve().parent.parent / "tech"
SCALE = {
    "": 1, "%": 1e-2, "V": 1, "mV": 1e-3, "nm": 1e-9, "um": 1e-6, "mm": 1e-3, "um^2": 1e-12, "mm^2": 1e-6, "ns": 1e-9,
    "ps": 1e-12, "us": 1e-6, "s": 1, "fF": 1e-15, "fF/um": 1e-9, "fF/um^2": 1e-3, "F/m": 1, "mS": 1e-3, "kohm": 1e3,
    "ohm*m": 1, "ohm*um^2": 1e-12, "uA/um": 1, "fJ": 1e-15, "pJ": 1e-12, "J": 1, "W": 1, "nW": 1e-9, "uW": 1e-6,
    "1/V": 1, "MHz": 1e6, "GHz": 1e9, "Hz": 1, "pJ/bit/mm": 1e-9, "bit": 1, "B": 8, "MB": 8e6, "GB/s": 8e9,
    "TFLOPS": 1e12,
}  # fmt: skip


@lru_cache
def file(name):
    """The content of a YAML file of ``tech``."""
    return yaml.safe_load((TECH / f"{name}.yaml").read_text())


def plain(entry):
    """The SI value of a number as a file writes it; of several sources their mean by the rule of the PDG."""
    if isinstance(entry, dict) and "values" in entry:
        spans = [[math.log(plain(end)) for end in (each["value"], *each["range"])] for each in entry["values"]]
        weights = [1 / (high - low) ** 2 for _, low, high in spans]
        return math.exp(sum(w * x for w, (x, _, _) in zip(weights, spans, strict=True)) / sum(weights))
    text = str(entry["value"] if isinstance(entry, dict) else entry).split(maxsplit=1)
    return float(text[0]) * SCALE[text[1] if len(text) > 1 else ""]


def number(path, name="sot_mram"):
    """The SI value at a dotted path of a file."""
    here = file(name)
    for step in path.split("."):
        here = here[int(step)] if isinstance(here, list) else here[step]
    return plain(here)


class Fields:
    """The numbers of one section, as attributes."""

    def __init__(self, path, name="sot_mram"):
        self._path, self._name = path, name

    def __getattr__(self, key):
        return number(f"{self._path}.{key}", self._name)


VDD, NODE = 0.8, 14e-9
READ = Fields("read")


def part(role):
    """The numbers of a component of sot_mram."""
    return Fields(f"components.{role}")


def cost(area=0.0, energy=0.0, latency=0.0, leakage=0.0, power=0.0):
    """A unit cost."""
    return {"area": area, "energy": energy, "latency": latency, "leakage": leakage, "power": power}


def between(x, points):
    """Log-log interpolation in a table of (abscissa, ordinate)."""
    points = sorted(points)
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 <= x <= x1:
            share = math.log(x / x0) / math.log(x1 / x0)
            return y0 * (y1 / y0) ** share
    raise ValueError(x)


def carried(own, start, anchor=None):
    """A unit cost taken from a node of 22 nm or more at its nominal supply to 14 nm at 0.8 V, the nominal supply there.

    ``anchor`` is its energy at 7 nm over its own; where it is not known, all logic falls alike.
    """
    law = file("laws/scaling")
    rows = law["table"]

    def factor(name, end=NODE):
        table = [(plain(row["node"]), plain(row[name])) for row in rows]
        return between(end, table) / between(start, table)

    share = math.log(22 / 14) / math.log(22 / 7)
    area, above = factor("area"), factor("energy", 22e-9)
    if anchor is None:
        anchor = plain(law["logic_energy"]) * factor("energy", 45e-9)
    assert plain(law["drift"]) == 1
    nodes = [law[key]["value"] for key in ("reference", "anchored_from", "anchor_node")]
    assert nodes == ["45 nm", "22 nm", "7 nm"]
    return cost(
        own["area"] * area, own["energy"] * above ** (1 - share) * anchor**share, own["latency"] * factor("delay"),
        own["leakage"] * area, own["power"] * area,
    )  # fmt: skip


def logic(name, size):
    """Digital logic of ``size`` bits (a multiplier: bit products) at 14 nm; delays grow with the carry tree."""
    row, known = Fields(name, "laws/logic"), file("laws/logic")[name]
    word = 32**2 if name == "multiplier" else 32
    depth = 1 if name == "flip_flop" else (1 + math.log2(size)) / (1 + math.log2(word))
    activity = part("logic").activity
    own = cost(row.area * size, row.energy * size * activity, row.latency * depth, row.leakage * size)
    return carried(own, 40e-9, row.anchor / row.energy if "anchor" in known else None)


def sram(bits):
    """A memory of ``bits`` bits: the cubics of 22 nm, the smallest node of the table, carried to 14 nm."""
    row = next(row for row in file("laws/sram")["table"] if math.isclose(plain(row["node"]), 22e-9))
    size = max(bits, 512 * 8)

    def figure(name, of):
        c3, c2, c1, c0 = (plain(c) for c in row[name])
        x = math.log10(of / 262144)
        return 10 ** (c3 * x**3 + c2 * x**2 + c1 * x + c0)

    residual = number("residual_energy", "laws/sram")
    table = [(plain(each["size"]), plain(each["energy"])) for each in file("laws/sram")["anchors"]]
    within = min(max(size, table[0][0]), table[-1][0])
    anchor = between(within, table) / (figure("read_energy", within) * residual)
    energy = figure("read_energy", size) * residual / 64
    own = cost(figure("area", size), energy, figure("latency", size), figure("leakage", size))
    return carried(own, 22e-9, anchor)


def survey_adc(bits):
    """A converter by the fit of the survey: half a bit is lost, 0.25 GS/s, at the node of the technology.

    One to three bits are 2^b - 1 comparators, by node and supply, in the same time. While it waits a converter draws a
    tenth of what it draws at work, energy over time.
    """
    enob = bits - part("adc").enob_loss
    value = {key: number(key, "laws/adc_survey") for key in
             ("a0", "a_enob", "a_rate", "a_node", "b0", "b_energy", "b_rate", "b_node")}  # fmt: skip
    u, node = math.log10(250e6 / 100e6), math.log10(14 / 32)
    log_e = value["a0"] + value["a_enob"] * enob + value["a_rate"] * u + value["a_node"] * node
    log_a = value["b0"] + value["b_energy"] * log_e + value["b_rate"] * u + value["b_node"] * node
    area, energy, time = 10**log_a * 1e-12, 10**log_e * 1e-12, 4e-9
    if bits < 4:
        area, energy = ((2**bits - 1) * figure for figure in comparator())
    return cost(area, energy, time), cost(power=part("adc").idle * energy / time)


def comparator():
    """Area and energy of a comparator at 14 nm: linear in the node, and by its power of 1.7."""
    own = file("laws/comparator")
    node = NODE / plain(own["reference"])
    return plain(own["area"]) * node ** plain(own["area_node"]), plain(own["capacitance"]) * node * VDD**2


def dac(bits):
    """Energy C B V^2 per conversion, area per level."""
    own = part("dac")
    return cost(own.area_per_level * 2**bits, own.capacitance_per_bit * bits * VDD**2, own.latency, own.leakage)


def sample_hold():
    """A capacitor charged through a switch until ``bits`` bits are settled."""
    own = part("sample_hold")
    settle = own.resistance * own.capacitance * math.log(2 ** (own.bits + 1))
    return cost(
        own.capacitance / own.density + own.switch_area, own.capacitance * VDD**2, own.aperture + settle, own.leakage
    )  # fmt: skip


def amplifier(gain, supplies=1):
    """Bias power from GBW = gain ln(2^(b+1))/(2 pi t) and gm = 2 pi GBW C_L, between one supply and ground or two."""
    own = part("amplifier")
    bandwidth = gain * math.log(2 ** (READ.settle_bits + 1)) / (2 * math.pi * own.settle_time)
    current = 2 * math.pi * bandwidth * own.load / own.gm_over_id
    return cost(own.area, 0.0, own.settle_time, 0.0, own.branches * current * own.span * supplies)


def front_end(tallest, current):
    """An amplifier that holds a pair of lines: gain 10, in one loop with C/G of a line of ``tallest`` cells;
    ``current`` [A] flows in each line."""
    own = part("front_end")
    constants = math.log(2 ** (READ.settle_bits + 1))
    bias = own.branches * own.gain * constants / own.settle_time * own.load / own.gm_over_id * own.span
    on, off = conductances()
    capacitance = tallest * (wires()[3] + part("synapse").capacitance) + READ.load_capacitance
    line = capacitance / (tallest * (on + off) / 2)
    loop = own.loop_factor * constants * math.sqrt(own.settle_time / constants * line)
    return cost(own.area, 0.0, max(own.settle_time, loop), 0.0, bias + 2 * own.span * current)


def winner():
    """A latch of the read-out: 2 C V^2, tau ln 2^(b+1)."""
    own = part("readout")
    latency = own.time_constant * math.log(2 ** (own.bits + 1))
    return cost(own.area, 2 * own.capacitance * VDD**2, latency, own.leakage)


def bus():
    """One lane: energy per bit and length at 45 nm."""
    own = part("bus")
    return carried(cost(own.area, own.energy_per_length * own.length, own.latency, own.leakage), 45e-9)


def digital_neuron(bits=8):
    """The given figures of ISAAC at 32 nm, taken for 8 bits; area, energy and leakage go with the bits."""
    own = part("digital_neuron")
    return carried(cost(own.area * bits / 8, own.energy * bits / 8, own.latency, own.leakage * bits / 8), 32e-9)


def mac(weight=8, activations=(8, 8, 8), accumulator=24):
    """Bit products, an adder and registers at 1 GHz, by layer: built for the widest activations, used by those of the
    layer."""

    def parts(bits):
        return (
            logic("multiplier", weight * bits), logic("adder", accumulator),
            logic("flip_flop", weight + bits + accumulator),
        )  # fmt: skip

    built = {key: sum(each[key] for each in parts(max(activations))) for key in ("area", "leakage")}
    used = [sum(each["energy"] for each in parts(bits)) for bits in activations]
    return [cost(built["area"], energy, 1e-9, built["leakage"]) for energy in used]


def conductances():
    """Conductance of a parallel and of an antiparallel junction."""
    own = part("synapse")
    low = own.ra / (math.pi / 4 * own.length * own.width)
    return 1 / low, 1 / (low * (1 + own.tmr))


def wires():
    """Resistance of a word and of a bit segment, capacitance of both: size effect, Sakurai and Tamaru."""
    own = part("wire")
    k = {i: number(f"k{i}", "laws/wire") for i in range(1, 8)}
    a = own.mean_free_path / own.width * own.reflection / (1 - own.reflection)
    grain = 1 / (1 - 1.5 * a + 3 * a**2 - 3 * a**3 * math.log(1 + 1 / a))
    surface = number("surface", "laws/wire") * (1 - own.specularity) * own.mean_free_path / own.width
    per_length = own.resistivity * (surface + grain) / (own.width * own.thickness)
    w, t, d = own.width / own.height, own.thickness / own.height, own.height / own.distance
    area = (k[1] * w + k[2] * t ** k[3]) / 2
    coupling = (k[4] * w + k[5] * t - k[6] * t ** k[3]) * d ** k[7]
    eps = 8.8541878128e-12 * own.relative_permittivity * (area + coupling)
    word, bit = 2 * part("synapse").cell_width, part("synapse").cell_height
    return per_length * word, per_length * bit, eps * word, eps * bit
