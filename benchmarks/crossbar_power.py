"""Power of the crossbars of 400-120-84-10 over the size of the subarray, beside the figure of IMAC-Sim's authors.

    python benchmarks/crossbar_power.py

Binary random weights, a quarter of the inputs on, averaging read, wires of IMAC-Sim, every shape of tile solved
exactly. The published figure is read from a plot (+-0.1 W) whose device is not stated; its ratios follow from the
wires alone.
"""

from imac_arch.data.files import parse_text
from imac_arch.data.schema import validate
from imac_arch.network import NetworkFile
from imac_arch.resolve import Request, resolve
from imac_arch.studies.closed_forms import exact_rows

SIDES = (32, 64, 128, 256)
PUBLISHED = (3.2, 1.9, 1.0, 1.0)  # W, IMAC-Sim's authors, STT-MRAM, 1T-1R
NETWORK = "layers: [400, 120, 84, 10]\ninput: {mean: 0.25, mean_square: 0.25}\n"


def power(side, r_on="5 kohm", r_off="15 kohm", encoding="0/V"):
    """Return the power of all crossbars [W] on subarrays of side x side."""
    cell = {
        "kind": "resistive_pair", "r_on": r_on, "r_off": r_off, "device_levels": 2,
        "cell_width": "108 nm", "cell_height": "135 nm",  # as their wires are, and one cell a weight
        "cells_per_weight": 1, "columns_per_weight": 1, "capacitance": "0.2 fF", "leakage": "0 W", "variation": "1 %",
    }  # fmt: skip
    fields = {
        "subarray.rows": side, "subarray.cols": side, "read.encoding": encoding, "components.synapse": cell,
    }  # fmt: skip
    network = validate(NetworkFile, parse_text(NETWORK, "network")).network()
    rows = exact_rows(resolve(Request(network, "sot_mram", fields=fields)).inputs, seed=0)
    return sum(row.count * row.power.exact for row in rows)


def main():
    cases = {
        "published": PUBLISHED,
        "0/0.8 V, 5k/15k": [power(side) for side in SIDES],
        "+-0.8 V, 6.5k/19.5k": [power(side, "6.5 kohm", "19.5 kohm", "-V/+V") for side in SIDES],
    }
    print(f"{'W':<22}" + "".join(f"{f'{side}x{side}':>9}" for side in SIDES) + "   ratios")
    for name, found in cases.items():
        ratios = " : ".join(f"{watt / found[0]:.2f}" for watt in found)
        print(f"{name:<22}" + "".join(f"{watt:>9.2f}" for watt in found) + f"   {ratios}")


if __name__ == "__main__":
    main()
