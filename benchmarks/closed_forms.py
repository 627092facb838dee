"""How far the closed forms of a crossbar are from its exact network, over random circuits.

    python benchmarks/closed_forms.py [--circuits 500] [--cells 300000] [--seed 0]
    python benchmarks/closed_forms.py --shipped 32 64 128 256

Prints for each quantity, read and pattern the share of the circuits within 15 %, the median and the 95th percentile of
the error, and the worst one. 500 circuits take some 20 minutes of one core. Conductances, resistances, capacitances
and sides are drawn log-uniformly; every fourth circuit has 32 to 512 lines each way, the others 8 to 256.

Patterns: ``balanced``, weights of either sign and half of the inputs on; ``sparse``, a tenth of the weights of each
sign, the others zero, and a tenth of the inputs on; ``all on``, all weights positive and all inputs on, so that + and -
lines differ throughout. The forms know mean, variance and least value of the cells, and the bit line that conducts
least; ``tau, statistics`` is the time constant from mean, variance and least value alone, as a comparison uses it.
"""

import argparse
import itertools
import sys

import numpy as np

from imac_arch import compare
from imac_arch.crossbar import dominant_time_constant, pair_word_segments, ports, solve
from imac_arch.crossbar.modes import (
    Lines,
    drawn_by,
    excitation,
    far_share,
    line_modes,
    line_power,
    own_answer,
    reached_by,
    signal_share,
    slow_cell,
    time_constant,
)
from imac_arch.data.registry import names

READS = ("virtual_ground", "averaging")
PATTERNS = {"balanced": 0.5, "sparse": 0.1, "all on": 1.0}  # share of the inputs that are on
CLOSE = 0.15
FIGURES = ("power", "far_share", "signal_share", "time_constant")
LEFT = 0.01  # of a signal, below which its error matters to nobody
NAMES = ("rows", "weights", "g_on", "g_off", "r_word", "r_bit", "c_word", "c_bit", "c_end", "source", "sense", "load")


def draw(generator, large):
    """Return the numbers of one circuit by name."""

    def between(low, high):
        return float(np.exp(generator.uniform(np.log(low), np.log(high))))

    sides = (32, 512) if large else (8, 256)
    rows, bit_lines = (round(between(*sides)) for _ in range(2))
    weights = max(1, bit_lines // 2)
    g_on = 1 / between(1e3, 1e7)
    g_off = g_on / (1 + between(0.5, 30))
    r_word, r_bit = between(0.5, 50), between(0.5, 50)
    cell = between(0.1e-15, 0.8e-15)
    c_word, c_bit = (between(0.03e-15, 0.5e-15) + cells * cell for cells in (2, 1))
    pair = g_on + g_off
    x = weights * np.sqrt(r_word * pair)
    source, sense, load = generator.random(3) < 0.5
    total = rows * pair / 2
    return dict(zip(NAMES, (
        rows, weights, g_on, g_off, r_word, r_bit, c_word, c_bit, between(0.5e-15, 20e-15),
        source * between(0.01, 0.3) * x / np.tanh(x) / (weights * pair), sense * generator.uniform(0, 0.3) / total,
        load * between(0.01, 3) * total,
    ), strict=True))  # fmt: skip


def cells(generator, circuit, pattern):
    """Return the conductances of a circuit [S], (rows, 2*weights)."""
    place = generator.random((circuit["rows"], circuit["weights"]))
    share = {"balanced": 0.5, "sparse": 0.1, "all on": 1.0}[pattern]
    on = np.stack([place < share, place >= 1 - share if share < 1 else place < 0], axis=-1)
    return np.where(on, circuit["g_on"], circuit["g_off"]).reshape(circuit["rows"], -1)


def exact(generator, circuit, g, read, mean):
    """Return power [S], share of the far column, slope of the last pair's output and time constant [s]."""
    rows, word = circuit["rows"], pair_word_segments(circuit["r_word"], circuit["weights"])
    held = read == "virtual_ground"
    sense, load = (circuit["sense"], 0.0) if held else (0.0, circuit["load"])
    wires = (word, circuit["r_bit"], circuit["source"], sense)
    seen = ports(g, *wires)
    drawn, passed = seen.input, seen.transfer
    if not held:
        passed = np.linalg.solve(seen.output + load * np.eye(g.shape[1]), seen.transfer)
        drawn = drawn - seen.transfer.T @ passed
    power = mean**2 * drawn.sum() + (mean - mean**2) * np.trace(drawn)
    # all rows at once, and signs at random: the mean of sign times voltage is what each row gives to itself
    volts = np.concatenate([np.ones((1, rows)), generator.choice([-1.0, 1.0], (4, rows))])
    state = solve(g, volts, *wires, read=read, g_load=load)
    together, alone = np.split(np.mean(volts * state.word_voltage[..., -1], axis=-1), [1])
    total = g[:, -2:].sum(axis=0)
    ideal = g[:, -2:] / (1 + sense * total if held else total + load)
    wanted, found = ideal[:, 0] - ideal[:, 1], passed[-2] - passed[-1]
    slow = dominant_time_constant(
        g, *wires, c_word=np.tile([circuit["c_word"], 0.0], circuit["weights"]), c_bit=circuit["c_bit"],
        c_end=circuit["c_end"], read=read, g_load=load,
    )  # fmt: skip
    return {
        "power": power,
        "far column": mean * together[0] + (1 - mean) * alone.mean(),
        "signal": wanted @ found / (wanted @ wanted) if wanted.any() else 0.0,
        "tau": float(slow.time_constant),
    }


def closed(circuit, g, read, mean):
    """Return the same by the closed forms, and ``tau, statistics``."""
    rows, average, square = circuit["rows"], g.mean(), (g**2).mean()
    held = read == "virtual_ground"
    end = circuit["load"] if not held else 1 / circuit["sense"] if circuit["sense"] else np.inf
    numbers = (circuit["weights"], rows, circuit["r_word"], circuit["r_bit"], average, circuit["source"], end)
    lines = Lines(*(np.asarray(float(number)) for number in numbers))
    modes = line_modes(lines)
    drawn = drawn_by(lines, modes.factor)
    reached = reached_by(lines, modes.factor, drawn)
    random = slow_cell(average, square, g.min(), rows, g.shape[1])
    charges = (circuit["c_word"], circuit["c_bit"], circuit["c_end"])
    known, guessed = (time_constant(lines, slow, *charges) for slow in (g.mean(axis=0).min(), random))
    within = 0.0 if held else rows * average / (rows * average + end)
    own = own_answer(square / average**2 - 1, rows, within)
    excited = excitation(modes, rows * mean, rows * mean**2, rows * (mean - mean**2) * own)
    return {
        "power": line_power(drawn, excited, lines.r_source)[0],
        "far column": far_share(reached, modes, mean),
        "signal": signal_share(lines, modes, reached),
        "tau": known,
        "tau, statistics": guessed,
    }


def errors(circuits, seed=0, most=300_000, patterns=PATTERNS, told=lambda done: None):
    """Return the relative errors of each (quantity, read, pattern), one for each circuit of at most ``most`` cells."""
    found = {}
    done = number = 0
    while done < circuits:
        generator = np.random.default_rng([seed, number])
        number += 1
        circuit = draw(generator, number % 4 == 0)
        if 2 * circuit["rows"] * circuit["weights"] > most:
            continue
        done += 1
        for pattern in patterns:
            g, mean = cells(generator, circuit, pattern), PATTERNS[pattern]
            for read in READS:
                forms, solved = closed(circuit, g, read, mean), exact(generator, circuit, g, read, mean)
                if read == "averaging" and mean == 1 and not circuit["load"]:
                    del forms["power"]  # equal voltages draw nothing
                if pattern != "balanced":
                    del forms["signal"]  # its slope is that of lines that are alike
                for name, form in forms.items():
                    value = solved[name.split(",")[0]]
                    if value:
                        found.setdefault((name, read, pattern), []).append(float(form) / value - 1)
        told(done)
    return {key: np.array(values) for key, values in found.items()}


def shipped(sides):
    """Return the worst error by side and figure over the shipped technologies, with where it is, as ``compare --exact``
    finds them on full squares; of a signal only where a share of ``LEFT`` or more is left."""
    worst = {}
    for side, tech, read in itertools.product(sides, names("technology"), READS):
        size, conduct = f"{side}x{side}", {"read.mode": "settle"}  # of those that are read by charge too
        found = compare(f"{side - 1}-{side}", tech, subarray=size, read=read, overrides=conduct, exact=True, samples=0)
        for row, name in itertools.product(found.document.exact, FIGURES):
            figure = getattr(row, name)
            if figure.error is None or (name == "signal_share" and max(figure.exact, figure.closed) < LEFT):
                continue
            key = (side, name)
            worst[key] = max(worst.get(key, (0.0, "")), (abs(figure.error), f"{tech}, {read}, {figure.exact:.3g}"))
    return worst


def main():
    """Draw, solve and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--circuits", type=int, default=500)
    parser.add_argument("--cells", type=int, default=300_000, help="most cells of a circuit")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--shipped", type=int, nargs="+", metavar="SIDE", help="shipped technologies on squares instead"
    )
    given = parser.parse_args()
    if given.shipped:
        for (side, name), (error, where) in sorted(shipped(given.shipped).items()):
            print(f"{side:>4}  {name:<15}{error:>8.1%}  {where}")
        return
    found = errors(
        given.circuits, given.seed, given.cells,
        told=lambda done: print(f"\r{done} of {given.circuits}", end="", file=sys.stderr, flush=True),
    )  # fmt: skip
    heads = ("circuits", "within 15 %", "median", "95 %", "worst")
    print(f"\n{'quantity':<17}{'read':<16}{'pattern':<10}" + "".join(f"{head:>13}" for head in heads))
    for (name, read, pattern), values in sorted(found.items()):
        size = np.abs(values)
        numbers = (np.mean(size <= CLOSE), np.median(size), np.quantile(size, 0.95), values[np.argmax(size)])
        row = f"{name:<17}{read:<16}{pattern:<10}{len(values):>13}"
        print(row + "".join(f"{number:>13.1%}" for number in numbers))


if __name__ == "__main__":
    main()
