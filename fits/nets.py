"""Train the networks of tech/nets from MNIST's training set: python fits/nets.py FOLDER [NAME ...].

FOLDER holds the published IDX files, gzipped or not. Each network is trained for 20 epochs with seed 0; its accuracy on
the 10,000 test images, by the law of its read without wires, is printed. Those for averaging are trained for lines
without a load and with that of sot_mram, batch by batch in turn, since converters put none on them and amplifiers do.
"""

import sys
from pathlib import Path

import numpy as np

from imac_arch.circuit import cell_values, line_values
from imac_arch.mapping import even
from imac_arch.resolve import Request, resolve
from imac_arch.studies.accuracy.images import fitting, read_images
from imac_arch.studies.accuracy.laws import Law, outputs
from imac_arch.studies.accuracy.nets import FOLDER, Known, Net, file_name, write
from imac_arch.studies.accuracy.training import Recipe, train

ROOT = Path(__file__).resolve().parent.parent
SIZES = ((784, 128, 10), (784, 16, 10), (400, 120, 84, 10))
BITWISE, GREY, AVERAGED = (2, 3, 7, 9, 15), (0, 2, 3, 9), (32, 64, 128)
SEED = 0


def recipes():
    """Give (recipe, grey, rows of an averaging tile or None) of every shipped network: inputs at 0 and V, and binary
    ones at -V and +V."""
    case = resolve(Request("784-128-10", "sot_mram", board="h100", samples=0)).inputs.at_medians().case()
    load = line_values(case).g_load / cell_values(case).mean
    plus, minus = case.synapse.conductances(np.array([1.0]), case.technology.read.voltage.x)
    contrast = float((plus - minus)[0] / (plus + minus)[0])
    for sizes in SIZES:
        for levels in BITWISE:
            yield Recipe(sizes, levels, seed=SEED), False, None
        for levels in GREY:
            yield Recipe(sizes, levels, seed=SEED), True, None
        for rows in AVERAGED:
            heights = tuple(tuple(even(size + 1, -(-(size + 1) // rows))) for size in sizes[:-1])
            for symmetric in (False, True):
                law = Law("averaging", heights, contrast, load, symmetric)
                yield Recipe(sizes, 2, law, seed=SEED, loads=(0.0, load)), False, rows
        yield Recipe(sizes, 2, Law(symmetric=True), seed=SEED), False, None


def main(folder, *names):
    """Train, write and judge."""
    for recipe, grey, rows in recipes():
        name = file_name(recipe.sizes, Known(grey, recipe.levels, rows, recipe.law.symmetric))
        if names and name not in names:
            continue
        learnt, judged = (fitting(read_images(folder, training=t), recipe.sizes[0], 10) for t in (True, False))
        net = Net((), (), recipe.law, recipe.levels, grey, name)
        for trained in train(recipe, net.shown(learnt.x), learnt.y):
            net = net._replace(weights=trained.weights, gains=trained.gains)
        right = outputs(net.shown(judged.x), net.weights, net.gains, net.law)[-1].argmax(axis=1) == judged.y
        write(ROOT / "tech" / FOLDER / f"{name}.npz", net, f"python fits/nets.py mnist {name}", SEED)
        print(f"{name}: {right.mean():.2%}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
