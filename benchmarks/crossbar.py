"""Exact crossbars against badcrossbar, a sparse solve by scipy, and ngspice: ratios within one run, on one thread.

    OMP_NUM_THREADS=1 python benchmarks/crossbar.py [--sizes 32 64 128] [--inputs 1 100 10000] [--large]
    OMP_NUM_THREADS=1 python benchmarks/crossbar.py --promises --figure docs/crossbar.svg
    OMP_NUM_THREADS=1 python benchmarks/crossbar.py --weak

badcrossbar (``apt-get install libcairo2-dev pkg-config``, ``pip install badcrossbar``) and ngspice are left out where
they are not installed; the figure needs ``pip install imac-arch[bench]``. Ours includes finding the effective
conductance; "solve" finds every node too. ``x`` is how many times faster ours is, ``off`` how far the answers differ,
relative to the largest output. ``--promises`` runs 128x128 with 1, 100 and 10,000 inputs, holds the ratios against what
is promised and exits 1 where one is missed; badcrossbar takes some 10 GB for 10,000 inputs. ``--weak`` takes one input
of weakly coupled crossbars to 1e-9, against CrossSim where it is installed (``pip install
git+https://github.com/sandialabs/cross-sim``), with its matrix in place and set anew, and against its fixed-point
iteration alone, written anew here without its checks and options.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import functools
import itertools
import resource
import shutil
import statistics
import time

import numpy as np

from imac_arch.crossbar import Layer, effective_conductance, netlist, run_ngspice, solve

R_WORD, R_BIT = 5.0, 3.0
CELLS = (1e4, 5e6)
PROMISES = {1: 3, 100: 10, 10_000: 300}  # times faster than badcrossbar at 128x128, by inputs
SAME = 1e-8


def timed(function, seconds=1.0):
    """Return the median time of a call [s] and its result; one call where it is slow."""
    times, result = [], None
    while not times or (sum(times) < seconds and len(times) < 9):
        start = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def ours(g, volts):
    return volts @ effective_conductance(g, R_WORD, R_BIT)


def by_badcrossbar(g, volts):
    import logging

    import badcrossbar

    logging.disable(logging.INFO)
    solution = badcrossbar.compute(volts.T, 1 / g, r_i_word_line=R_WORD, r_i_bit_line=R_BIT, node_voltages=False)
    return np.asarray(solution.currents.output)


def by_scipy(g, volts):
    """The plain way: one sparse matrix of all nodes, factorised once."""
    from scipy.sparse import coo_array
    from scipy.sparse.linalg import splu

    rows, cols = g.shape
    word = np.arange(rows * cols).reshape(rows, cols)
    bit = word + rows * cols
    a = np.concatenate([word.ravel(), word[:, :-1].ravel(), bit[:-1].ravel()])
    b = np.concatenate([bit.ravel(), word[:, 1:].ravel(), bit[1:].ravel()])
    y = np.concatenate([g.ravel(), np.full(rows * (cols - 1), 1 / R_WORD), np.full((rows - 1) * cols, 1 / R_BIT)])
    fed = np.concatenate([word[:, 0], bit[-1]])
    at = np.concatenate([np.full(rows, 1 / R_WORD), np.full(cols, 1 / R_BIT)])
    entry = np.concatenate([y, y, -y, -y, at])
    places = np.concatenate([a, b, a, b, fed]), np.concatenate([a, b, b, a, fed])
    matrix = coo_array((entry, places), shape=(2 * rows * cols,) * 2).tocsc()
    right = np.zeros((2 * rows * cols, len(volts)))
    right[word[:, 0]] = volts.T / R_WORD
    return splu(matrix, permc_spec="MMD_AT_PLUS_A").solve(right)[bit[-1]].T / R_BIT


def by_fixed_point(g, volts, segments, within=1e-9, damping=0.9, most=10_000):
    """What wires take from each cell is subtracted again and again, damped, until no voltage changes by ``within``.

    It says nothing of how far the answer is from exact, and starts again with less damping where it diverges.
    """
    r_word, r_bit = segments
    free = np.repeat(volts[:, None], g.shape[1], axis=1)
    seen = free.copy()
    for _ in range(most):
        current = g * seen
        along = np.cumsum(current[:, ::-1], axis=1)[:, ::-1]
        taken = r_word * np.cumsum(along, axis=1)
        taken += r_bit * np.cumsum(np.cumsum(current, axis=0)[::-1], axis=0)[::-1]
        change = free - taken - seen
        error = np.abs(change).max()
        if error < within:
            return current.sum(axis=0)
        if not error < 1e3:
            return by_fixed_point(g, volts, segments, within, damping * 0.8, most)
        seen += damping * change
    raise RuntimeError("no convergence")


def by_crosssim(g, segments):
    """Return functions of the inputs that run CrossSim itself to 1e-9: with its core as it is, and with the matrix set
    anew before, as one crossbar for one input takes it; None where it is not installed."""
    try:
        from simulator import AnalogCore, CrossSimParameters
    except ImportError:
        return None, None
    largest, given = g.max(), CrossSimParameters()
    given.core.rows_max, given.core.cols_max = g.shape
    given.simulation.Verr_th_mvm = 1e-9
    given.xbar.device.Rmin, given.xbar.device.Rmax = 1 / largest, 1e30
    wires = given.xbar.array.parasitics
    wires.enable, wires.Rp_row, wires.Rp_col = True, *segments
    core = AnalogCore(g.T / largest, params=given)

    def anew(volts):
        core.set_matrix(g.T / largest)
        return core.matvec(volts) * largest

    return lambda volts: core.matvec(volts) * largest, anew


WEAK = ((5e6, (5.0, 3.0)), (1e5, (1.0, 1.0)), (1e4, (0.1, 0.1)), (1e4, (1.0, 1.0)), (1e4, (5.0, 3.0)))


def in_turn(functions, seconds=1.0):
    """Return the median time of a call of each [s] and what they gave; called in turn, so that all see one machine."""
    times, results = [[] for _ in functions], [None] * len(functions)
    while sum(map(sum, times)) < seconds * len(functions) and len(times[0]) < 300:
        for place, function in enumerate(functions):
            start = time.perf_counter()
            results[place] = function()
            times[place].append(time.perf_counter() - start)
    return [statistics.median(each) for each in times], results


def weak(sizes=(32, 64, 128)):
    """Print times of one input to 1e-9."""
    print("times faster than the bare iteration and than CrossSim itself, its matrix in place and set anew;")
    print("off and bound relative to the largest output")
    print(f"{'cells/ohm':>10} {'wires/ohm':>10} {'size':>8} {'path':>7} {'ours/ms':>8} {'off':>7} {'bound':>7}", end="")
    print(f" {'iteration/ms':>13} {'x':>5} {'off':>7} {'CrossSim/ms':>12} {'x':>5} {'off':>7} {'anew/ms':>12} {'x':>5}")
    for (cell, segments), size in itertools.product(WEAK, sizes):
        rng = np.random.default_rng(size)
        g, volts = 1 / rng.uniform(cell, 3 * cell, (size, size)), rng.random(size)
        exact = volts @ effective_conductance(g, *segments)
        rivals = {"iteration": lambda v, g=g, s=segments: by_fixed_point(g, v, s)}
        rivals["CrossSim"], rivals["anew"] = by_crosssim(g, segments)
        run = [functools.partial(solve, g, volts, *segments, tolerance=1e-9)]
        run += [functools.partial(rival, volts) for rival in rivals.values() if rival is not None]
        (spent, *theirs), (found, *others) = in_turn(run)
        line = f"{cell:>10g} {segments[0]:>10g} {f'{size}x{size}':>8} {found.path:>7} {spent * 1e3:>8.2f}"
        line += f" {np.abs(found.output_current - exact).max() / exact.max():>7.0e}"
        line += f" {(found.bound / exact.max()).max():>7.0e}"
        for width, taken, other, last in zip((13, 12, 12), theirs, others, (False, False, True), strict=False):
            line += f" {taken * 1e3:>{width}.2f} {taken / spent:>5.1f}"
            line += "" if last else f" {np.abs(other - exact).max() / exact.max():>7.0e}"
        print(line, flush=True)


def by_ngspice(g, volts):
    values = run_ngspice(netlist([Layer(g, R_WORD, R_BIT)], volts[0])).values
    return np.array([[values[f"i(vo0_{j})"] for j in range(g.shape[1])]])


def compare(sizes, inputs, cell):
    """Print times and ratios; return a row for each size, number of inputs and rival."""
    rivals = {"scipy": by_scipy}
    try:
        import badcrossbar  # noqa: F401

        rivals["badcrossbar"] = by_badcrossbar
    except ImportError:
        print("badcrossbar is not installed: left out")
    if shutil.which("ngspice"):
        rivals["ngspice"] = by_ngspice
    else:
        print("ngspice is not installed: left out")
    print(f"cells {cell:g} to {3 * cell:g} ohm")
    heads = "".join(f"{name:>13}/ms      x     off" for name in rivals)
    print(f"{'size':>9} {'inputs':>7} {'ours/ms':>9} {'solve/ms':>9}{heads}")
    rows = []
    for size in sizes:
        rng = np.random.default_rng(size)
        g = 1 / rng.uniform(cell, 3 * cell, (size, size))
        for count in inputs:
            volts = rng.random((count, size))
            mine, wanted = timed(lambda g=g, volts=volts: ours(g, volts))
            full = timed(lambda g=g, volts=volts: solve(g, volts, R_WORD, R_BIT))[0] if count <= 100 else np.nan
            line = f"{f'{size}x{size}':>9} {count:>7} {mine * 1e3:>9.1f} {full * 1e3:>9.1f}"
            for name, rival in rivals.items():
                spice_limit, scipy_limit = count > 1 or size > 64, count * size**2 > 10_000_000
                if (name == "ngspice" and spice_limit) or (name == "scipy" and scipy_limit):
                    line += f"{'-':>16} {'-':>6} {'-':>7}"
                    continue
                theirs, found = timed(lambda rival=rival, g=g, volts=volts: rival(g, volts))
                off = np.abs(found - wanted).max() / np.abs(wanted).max()
                times = theirs / min(mine, full if count == 1 else mine)
                line += f"{theirs * 1e3:>16.1f} {times:>6.1f} {off:>7.0e}"
                rows.append({"cell": cell, "size": size, "inputs": count, "rival": name, "times": times, "off": off})
            print(line, flush=True)
    return rows


def kept(rows):
    """Print each promise against badcrossbar with what was found, and return whether all are kept."""
    whole = True
    for row in rows:
        promised = PROMISES.get(row["inputs"]) if row["rival"] == "badcrossbar" and row["size"] == 128 else None
        if promised is None:
            continue
        good = bool(row["times"] >= promised and row["off"] <= SAME)
        whole &= good
        print(
            f"{'kept' if good else 'MISSED'}: {row['cell']:g} ohm, {row['inputs']} inputs, {row['times']:.1f}x "
            f"(promised {promised}x), off by {row['off']:.0e} (promised {SAME:.0e})"
        )
    return whole


def draw(rows, path):
    """Draw how many times faster ours is at 128x128, over the number of inputs."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams |= {"svg.hashsalt": "imac-arch", "svg.fonttype": "none"}
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(8, 3.4), sharey=True, layout="constrained")
    for axis, cell in zip(axes, CELLS, strict=True):
        for name, marker in (("badcrossbar", "o"), ("scipy", "s")):
            own = [r for r in rows if (r["cell"], r["rival"], r["size"]) == (cell, name, 128)]
            label = {"scipy": "scipy, sparse LU"}.get(name, name)
            axis.loglog([r["inputs"] for r in own], [r["times"] for r in own], marker=marker, label=label)
        axis.plot(list(PROMISES), list(PROMISES.values()), "k_", markersize=14, label="promised against badcrossbar")
        axis.axhline(1, color="0.6", linewidth=0.8)
        axis.set_title(f"cells {_ohm(cell)} to {_ohm(3 * cell)}", fontsize=10)
        axis.set_xlabel("inputs")
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("times faster, 128 x 128")
    axes[0].legend(frameon=False, fontsize=9)
    figure.savefig(path, metadata={"Date": None})
    print(f"wrote {path}")


def _ohm(value):
    return f"{value / 1e6:g} MΩ" if value >= 1e6 else f"{value / 1e3:g} kΩ"


def alone(shapes):
    print(f"{'shape':>9} {'ours/s':>8}  effective conductance alone, one thread")
    for rows, cols in shapes:
        g = 1 / np.random.default_rng(rows).uniform(1e4, 3e4, (rows, cols))
        spent, _ = timed(lambda g=g: effective_conductance(g, R_WORD, R_BIT, 100.0, 100.0))
        print(f"{f'{rows}x{cols}':>9} {spent:>8.3f}", flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[32, 64, 128])
    parser.add_argument("--inputs", type=int, nargs="+", default=[1, 100])
    parser.add_argument("--large", action="store_true", help="also 512x512 alone")
    parser.add_argument("--promises", action="store_true", help="128x128, 1, 100 and 10,000 inputs; exit 1 if missed")
    parser.add_argument("--weak", action="store_true", help="one input of weakly coupled crossbars to 1e-9")
    parser.add_argument("--figure", metavar="FILE", help="draw the ratios at 128x128")
    options = parser.parse_args()
    if options.weak:
        weak()
        return
    if options.promises:
        options.sizes, options.inputs = [128], list(PROMISES)
    else:
        alone([(64, 64), (128, 128), (256, 256), (785, 10), *([(512, 512)] if options.large else [])])
    rows = [row for cell in CELLS for row in compare(options.sizes, options.inputs, cell)]
    if options.figure:
        draw(rows, options.figure)
    if options.promises and not kept(rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
