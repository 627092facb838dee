"""Exact crossbars against badcrossbar, a sparse solve by scipy, and ngspice: ratios within one run, on one thread.

    OMP_NUM_THREADS=1 python benchmarks/crossbar.py [--sizes 32 64 128] [--inputs 1 100 10000] [--large]

badcrossbar (``pip install badcrossbar``) and ngspice are left out where they are not installed. Ours includes finding
the effective conductance; "solve" finds every node too. ``x`` is how many times faster ours is, ``off`` how far the
answers differ, relative to the largest output.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import resource
import shutil
import statistics
import time

import numpy as np

from imac_arch.crossbar.exact import effective_conductance
from imac_arch.crossbar.netlist import Layer, netlist
from imac_arch.crossbar.ngspice import run_ngspice
from imac_arch.crossbar.solve import solve

R_WORD, R_BIT = 5.0, 3.0


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


def by_ngspice(g, volts):
    values = run_ngspice(netlist([Layer(g, R_WORD, R_BIT)], volts[0])).values
    return np.array([[values[f"i(vo0_{j})"] for j in range(g.shape[1])]])


def compare(sizes, inputs, cell):
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
                line += f"{theirs * 1e3:>16.1f} {theirs / min(mine, full if count == 1 else mine):>6.1f} {off:>7.0e}"
            print(line, flush=True)


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
    options = parser.parse_args()
    alone([(64, 64), (128, 128), (256, 256), (785, 10), *([(512, 512)] if options.large else [])])
    for cell in (1e4, 5e6):
        compare(options.sizes, options.inputs, cell)


if __name__ == "__main__":
    main()
