"""Independent answers: rational arithmetic for small crossbars, a plain sparse nodal solve for larger ones."""

import json
from fractions import Fraction

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.linalg import splu

from tests.truth import VARIABLE, files

# ngspice 39, `.op` with reltol=1e-9, abstol=1e-18, vntol=1e-15, gmin=1e-18: typed in so that there is always an oracle.
# Per word line one voltage source, R_source and a segment into the first cell, a segment between cells; per bit line a
# segment between cells, one more and R_sense after the last, into 0 V. The outputs are `print i(vo0) ...`, 12 digits.
CASE_3X4 = {  # no driver or sense resistance, wires as resistive as a tenth of a cell, one negative input
    "R_wordline_segment_ohm": 300.0,
    "R_bitline_segment_ohm": 150.0,
    "R_source_ohm": 0.0,
    "R_sense_ohm": 0.0,
    "conductance_S": [[2e-4, 5e-4, 1e-4, 3e-4], [4e-4, 1e-4, 2e-4, 5e-4], [3e-4, 2e-4, 5e-4, 1e-4]],
    "input_V": [0.1, 0.25, -0.2],
    "output_A": [3.579954370234e-05, 1.718437946501e-05, -1.94415199026e-05, 5.508092089422e-05],
}
CASE_4X3 = {
    "R_wordline_segment_ohm": 5.0,
    "R_bitline_segment_ohm": 3.0,
    "R_source_ohm": 200.0,
    "R_sense_ohm": 100.0,
    "conductance_S": [
        [0.00058952909, 0.000210859406, 0.000965946085],
        [0.000925496874, 0.000477795905, 0.000670201232],
        [0.00023023251, 0.000237262325, 0.000302751985],
        [0.000698574291, 0.000228129233, 0.000971683832],
    ],
    "input_V": [0.021107, 0.057986, 0.026659, 0.230968],
    "output_A": [0.0001420011093843, 6.25476184145e-05, 0.0001695263443364],
}


def truth_cases():
    """Give the larger truth cases that are at hand as pytest parameters, or one that says why there are none."""
    named = [(path.stem, json.loads(path.read_text())) for path in files("case*.json")]
    cases = [pytest.param(case, id=name) for name, case in named if "conductance_S" in case]
    reason = f"{VARIABLE} names no folder with crossbar cases (case*.json)"
    return cases or [pytest.param(None, marks=pytest.mark.skip(reason=reason))]


def wires_of(case):
    keys = "R_wordline_segment_ohm", "R_bitline_segment_ohm", "R_source_ohm", "R_sense_ohm"
    return tuple(case[key] for key in keys)


def rational(g, left, below):
    """Return the effective conductance by exact elimination; ``left`` and ``below`` include driver and termination."""
    rows, cols = g.shape
    size = rows * cols
    g, left, below = ([[Fraction(float(x)) for x in row] for row in values] for values in (g, left, below))
    system = [[Fraction(0)] * (size + rows) for _ in range(size)]
    for i in range(rows):
        for j in range(cols):
            row = system[i * cols + j]  # current of cell = g*(source - drops by all currents on shared wires)
            row[i * cols + j] += 1
            for k in range(cols):
                row[i * cols + k] += g[i][j] * sum(left[i][: min(j, k) + 1])
            for k in range(rows):
                row[k * cols + j] += g[i][j] * sum(below[q][j] for q in range(max(i, k), rows))
            row[size + i] = g[i][j]
    for c in range(size):
        pivot = next(r for r in range(c, size) if system[r][c])
        system[c], system[pivot] = system[pivot], system[c]
        inverse = 1 / system[c][c]
        system[c] = [x * inverse for x in system[c]]
        for r in range(size):
            if r != c and system[r][c]:
                factor = system[r][c]
                system[r] = [x - factor * y if y else x for x, y in zip(system[r], system[c], strict=True)]
    return np.array(
        [[float(sum(system[q * cols + j][size + i] for q in range(rows))) for j in range(cols)] for i in range(rows)]
    )


def nodal(g, left, below):
    """Return the effective conductance by a plain sparse solve; a wire without resistance joins its nodes."""
    rows, cols = g.shape
    parent = {}

    def find(node):
        while parent.get(node, node) != node:
            node = parent[node]
        return node

    edges = []
    for i in range(rows):
        for j in range(cols):
            before = ("w", i, j - 1) if j else ("source", i)
            after = ("b", i + 1, j) if i + 1 < rows else ("end", j)
            edges.append((before, ("w", i, j), left[i, j]))
            edges.append((("b", i, j), after, below[i, j]))
    for one, other, resistance in edges:
        if resistance == 0:
            a, b = find(one), find(other)
            if a != b:  # the fixed node stays the root
                a, b = (b, a) if a[0] in ("source", "end") else (a, b)
                parent[a] = b
    wires = [(find(a), find(b), 1.0 / r) for a, b, r in edges if r > 0]
    cells = [(find(("w", i, j)), find(("b", i, j)), g[i, j]) for i in range(rows) for j in range(cols) if g[i, j] > 0]
    branches = wires + cells
    inner = sorted({node for a, b, _ in branches for node in (a, b) if node[0] in "wb"})
    number = {node: k for k, node in enumerate(inner)}
    entries, known = [], np.zeros((len(inner), rows))
    for one, other, y in branches:
        for a, b in ((one, other), (other, one)):
            if a in number:
                entries.append((number[a], number[a], y))
                if b in number:
                    entries.append((number[a], number[b], -y))
                elif b[0] == "source":
                    known[number[a], b[1]] += y
    volts = np.zeros((0, rows))
    if inner:
        row, column, value = (np.array(part) for part in zip(*entries, strict=True))
        matrix = coo_array((value, (row, column)), shape=(len(inner), len(inner))).tocsc()
        volts = splu(matrix).solve(known)

    def voltage(node):
        if node in number:
            return volts[number[node]]
        return np.eye(rows)[node[1]] if node[0] == "source" else np.zeros(rows)

    result = np.zeros((rows, cols))
    for a, b, y in branches:
        for node, far in ((a, b), (b, a)):
            if node[0] == "end":
                result[:, node[1]] += y * (voltage(far) - voltage(node))
    return result


def graph(g, r_word, r_bit, r_source, r_sense, r_far_source, r_far_sense):
    """Return the effective conductance of the graph that is left: open segments are no edges, shorts join their nodes.

    Exact elimination of the nodal equations; nodes that are connected to nothing fixed are left out.
    """
    rows, cols = g.shape
    edges = []
    for i in range(rows):
        for j in range(cols):
            before = ("w", i, j - 1) if j else ("near", i)
            after = ("b", i + 1, j) if i + 1 < rows else ("under", j)
            edges += [(before, ("w", i, j), r_word[i, j]), (("b", i, j), after, r_bit[i, j])]
        edges += [(("source", i), ("near", i), r_source[i]), (("source", i), ("w", i, cols - 1), r_far_source[i])]
    for j in range(cols):
        edges += [(("end", j), ("under", j), r_sense[j]), (("end", j), ("b", 0, j), r_far_sense[j])]
    parent = {}

    def find(node):
        while node in parent:
            node = parent[node]
        return node

    for one, other, resistance in edges:
        if resistance == 0 and find(one) != find(other):
            one, other = sorted((find(one), find(other)), key=lambda node: node[0] in ("source", "end"))
            parent[one] = other  # the fixed node stays the root
    links = {}
    branches = [(a, b, 1 / Fraction(float(r))) for a, b, r in edges if 0 < r < np.inf]
    branches += [
        (("w", i, j), ("b", i, j), Fraction(float(g[i, j]))) for i in range(rows) for j in range(cols) if g[i, j] > 0
    ]
    for one, other, y in branches:
        a, b = find(one), find(other)
        if a != b:
            for here, there in ((a, b), (b, a)):
                at = links.setdefault(here, {})
                at[there] = at.get(there, 0) + y
    for node in [node for node in links if node[0] not in ("source", "end")]:
        mine = links.pop(node)
        total = sum(mine.values())
        for a in mine:
            del links[a][node]
        for a, ya in mine.items():
            for b, yb in mine.items():
                if a != b:
                    links[a][b] = links[a].get(b, 0) + ya * yb / total
    return np.array(
        [[float(links.get(("source", i), {}).get(("end", j), 0)) for j in range(cols)] for i in range(rows)]
    )
