"""A layer by Kirchhoff's law at every node: an answer that shares no code with the program's crossbars."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.linalg import splu


def halves(total, parts):
    """Return parts as equal as can be, larger ones first."""
    return [total // parts + (k < total % parts) for k in range(parts)]


def dealt_out(heights, interleaved):
    """Return which input each word line carries, tile by tile; the bias is the last word line."""
    total = sum(heights)
    if not interleaved:
        return list(range(total))
    tiles = [[] for _ in heights]
    room = [*heights[:-1], heights[-1] - 1]
    row, tile = 0, 0
    while row < total - 1:
        if len(tiles[tile % len(tiles)]) < room[tile % len(tiles)]:
            tiles[tile % len(tiles)].append(row)
            row += 1
        tile += 1
    tiles[-1].append(total - 1)
    return [row for tile in tiles for row in tile]


def read_out(pairs, drive, heights, widths, word, bit, driver, *, averaging=False, load=0.0, joined=False, held=0.0):
    """Return the differential output of every column for drives in volts, (images, columns).

    Args:
        pairs: conductances of the + and the - cells, (2, rows, columns), word lines in the order of the tiles.
        drive: of the word lines in volts, likewise, (images, rows).
        heights: rows of the row tiles.
        widths: columns of the column tiles; each is driven anew.
        word: segment of a word line, one per weight, whose two cells stand on one node [ohm].
        bit: segment of a bit line below each cell [ohm].
        driver: at the left of each word line [ohm].
        averaging: whether voltages are read, at ends with a load [S]; else currents into ground.
        load: see there.
        joined: whether the ends of all row tiles are one node; else outputs of row tiles count alike (voltages).
        held: by how much a virtual ground holds the ends of a pair apart, + above - [V], (row tiles, columns) or 0.
    """
    images, out = drive.shape[0], np.zeros((drive.shape[0], pairs.shape[2]))
    starts, lefts = np.cumsum([0, *heights]), np.cumsum([0, *widths])
    held = np.broadcast_to(held, (len(heights), pairs.shape[2]))
    for c, width in enumerate(widths):
        columns = range(lefts[c], lefts[c] + width)
        branches, known, ends = [], {}, {}
        for t, height in enumerate(heights):
            for i in range(starts[t], starts[t] + height):
                before = ("source", i)
                known[before] = drive[:, i]
                for j in columns:
                    branches.append((before, ("w", i, j), (driver if j == columns[0] else 0.0) + word))
                    before = ("w", i, j)
                    for s in (0, 1):
                        branches.append((("w", i, j), ("b", s, i, j), 1 / pairs[s, i, j]))
                        last = i == starts[t] + height - 1
                        end = ("end", s, j, 0 if joined and averaging else t)
                        branches.append((("b", s, i, j), end if last else ("b", s, i + 1, j), bit))
                        ends[end] = (s, j)
        if averaging:
            branches += [(end, ("ground",), 1 / load) for end in ends] if load else []
            known[("ground",)] = np.zeros(images)
        else:
            known |= {end: np.full(images, held[end[3], end[2]] * (-0.5 if end[1] else 0.5)) for end in ends}
        free = sorted({node for a, b, _ in branches for node in (a, b) if node not in known}, key=str)
        place = {node: k for k, node in enumerate(free)}
        matrix, right = [], np.zeros((len(free), images))
        for a, b, r in branches:
            for here, there in ((a, b), (b, a)):
                if here in place:
                    matrix.append((place[here], place[here], 1 / r))
                    if there in place:
                        matrix.append((place[here], place[there], -1 / r))
                    else:
                        right[place[here]] += known[there] / r
        row, column, value = (np.array(part) for part in zip(*matrix, strict=True))
        volts = splu(coo_array((value, (row, column)), shape=(len(free), len(free))).tocsc()).solve(right)
        for end, (s, j) in ends.items():
            sign = -1 if s else 1
            if averaging:
                out[:, j] += sign * volts[place[end]] / (1 if joined else len(heights))
            else:
                into = [(a, r) for a, b, r in branches if b == end]
                out[:, j] += sign * sum((volts[place[a]] - known[end]) / r for a, r in into)
    return out
