"""Draw what ``board.py`` measured against the fitted law; only ever from a file of real measurements.

python benchmarks/board_plot.py DIR/raw.json docs/boards_h200.svg
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))


def draw(data: Mapping[str, Any], path: Path, precision: str = "fp16") -> None:
    """Draw time of a pass over the batch: points as measured, lines as the law fitted to them.

    Args:
        data: raw results.
        path: where the figure goes; its suffix is its format.
        precision: which precision.

    Raises:
        Unfit: too little was measured for a law.
        ImportError: matplotlib is not installed.
    """
    import matplotlib

    matplotlib.use("Agg")
    import numpy as np
    from board_fit import fit, fitted_board, predict
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "board"
    found = fit(data, precision, resamples=0)
    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4.2), sharey=True)
    nets = list(dict.fromkeys(r["net"] for r in found.rows))
    batches = np.geomspace(1, max(r["batch"] for r in found.rows), 200)
    for axis, (mode, launch) in zip(axes, (("eager", "stream"), ("graph", "graph")), strict=True):
        for colour, net in enumerate(nets):
            rows = [r for r in found.rows if r["net"] == net and r["mode"] == mode]
            style = {"color": f"C{colour}"}
            axis.plot([r["batch"] for r in rows], [r["host"] * 1e6 for r in rows], "o", label=net, **style)
            board = fitted_board(data, found).model_copy(update={"launch": launch})
            axis.plot(batches, predict(board, net, batches)[0] * 1e6, "-", linewidth=1, **style)
        axis.set(xscale="log", yscale="log", xlabel="batch", title=f"{mode}, {precision}")
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("time of a pass [us]")
    axes[0].legend(title="points measured, lines law", fontsize=8, title_fontsize=8)
    figure.suptitle(f"{data['device']['name']}, {data['date']}")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)


def main(given: list[str]) -> int:
    """Draw; return the exit code."""
    if len(given) not in (2, 3):
        print("usage: board_plot.py RAW.json FIGURE.svg [fp16|fp32|int8]", file=sys.stderr)
        return 2
    try:
        draw(json.loads(Path(given[0]).read_text()), Path(given[1]), *given[2:])
    except ImportError as error:
        print(f"error: {error}; pip install -e '.[bench]'", file=sys.stderr)
        return 4
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
