"""A second opinion on the analog neuron: ngspice with a model card, beside the law with that card's own anchors.

    python benchmarks/neuron_card.py CARD.pm 22n        a file with .model nmos and .model pmos, gate length

Prints currents, swing and barrier lowering of the card, and of both: current at half supply, mean power, slope.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from imac_arch.components.base import Context, Laws
from imac_arch.components.inverter import Inverter, output, slope, supply_power
from imac_arch.components.transistors import Transistors, drain_current
from imac_arch.crossbar.ngspice import run_ngspice
from imac_arch.technology_files import load_laws, load_technology

VDD, STEP = 0.8, 0.01
PROBES = {  # gate and drain voltages
    "on": (VDD, VDD), "off": (0.0, VDD), "swing": (0.07, VDD), "low": (0.1, 0.05), "high": (0.1, VDD),
    "middle": (0.4, 0.4),
}  # fmt: skip


def main(card: str, length: str) -> None:
    laws = Laws({name: found.model for name, found in load_laws().items()})
    context = Context(np.asarray(14e-9), np.asarray(VDD), laws)
    neuron = load_technology("sot_mram").model.components["neuron"]
    shipped = neuron.circuit(context)
    width, low, high = (float(v) for v in (shipped.width, shipped.low, shipped.high))
    inputs = np.ravel(neuron.inputs(shipped))
    points = np.concatenate([inputs, [-STEP, STEP]]).tolist()
    lines = ["neuron with a model card", Path(card).read_text()]
    for kind, sign in (("nmos", 1), ("pmos", -1)):
        for name, (gate, drain) in PROBES.items():
            key = f"{kind}_{name}"
            lines += [f"Vg{key} g{key} 0 {sign * gate}", f"Vd{key} d{key} 0 {sign * drain}"]
            lines.append(f"M{key} d{key} g{key} 0 0 {kind} W={width} L={length}")
    for k, v in enumerate(points):
        lines += [
            f"Vs{k} s{k} 0 {VDD}", f"Va{k} a{k} 0 {v + VDD / 2!r}",
            f"Rl{k} a{k} x{k} {low!r}", f"Rh{k} o{k} x{k} {high!r}",
            f"Mn{k} o{k} x{k} 0 0 nmos W={width} L={length}", f"Mp{k} o{k} x{k} s{k} s{k} pmos W={width} L={length}",
        ]  # fmt: skip
    names = [f"i(Vd{kind}_{name})" for kind in ("nmos", "pmos") for name in PROBES]
    names += [name for k in range(len(points)) for name in (f"v(o{k})", f"i(Vs{k})", f"i(Va{k})")]
    lines += [".control", "op", f"print {' '.join(names)}", "quit", ".endc", ".end"]
    found = run_ngspice("\n".join(lines) + "\n").values
    n, p = ({name: abs(found[f"i(vd{kind}_{name})"]) / width for name in PROBES} for kind in ("nmos", "pmos"))
    swing = 0.07 / np.log10(n["swing"] / n["off"])
    lowering = swing * np.log10(n["high"] / n["low"]) / (VDD - 0.05)
    out = np.array([found[f"v(o{k})"] for k in range(len(points))])
    power = [-VDD * found[f"i(vs{k})"] - (v + VDD / 2) * found[f"i(va{k})"] for k, v in enumerate(points)]
    steep = 4 * (out[-2] - out[-1]) / (2 * STEP) / VDD
    print(f"card: on n {n['on']:.0f} p {p['on']:.0f} A/m, off n {n['off']:.3g} A/m")
    print(f"      swing {swing * 1e3:.0f} mV, barrier lowering {lowering:.3f} V/V")
    print(f"      half supply {n['middle']:.1f} A/m, power {np.mean(power[:-2]) * 1e6:.1f} uW, slope {steep:.2f} /V")
    law = laws.get(Transistors, "transistors")
    law = law.model_copy(update={"swing": law.swing.at(np.asarray(swing)), "dibl": law.dibl.at(np.asarray(lowering))})
    for transition in (*law.transition.range, law.transition.value):
        each = law.model_copy(update={"transition": law.transition.at(np.asarray(transition))})
        device = each.device(np.asarray(n["on"]), np.asarray(n["off"]), np.asarray(VDD))
        circuit = Inverter(device, shipped.width, np.asarray(p["on"] / n["on"]), shipped.vdd, *shipped_divider(shipped))
        middle = float(drain_current(np.asarray(0.4), np.asarray(0.4), device))
        mean = float(supply_power(inputs, circuit).mean())
        apart = float(np.max(np.abs(output(np.array(points), circuit) - out)))
        print(
            f"law, transition {transition * 1e3:.0f} mV: half supply {middle:.1f} A/m, power {mean * 1e6:.1f} uW, "
            f"slope {float(slope(circuit)):.2f} /V, output at most {apart * 1e3:.0f} mV apart"
        )


def shipped_divider(circuit: Inverter) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return circuit.low, circuit.high, circuit.offset


if __name__ == "__main__":
    main(*sys.argv[1:3])
