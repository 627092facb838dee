"""What the tests of accuracy share: a design on a bench, with its shipped network and images."""

from functools import lru_cache

from imac_arch.studies.accuracy.crossbars import crossbars
from imac_arch.studies.accuracy.experiment import EFFECTS, Experiment
from imac_arch.studies.accuracy.hardware import Hardware
from imac_arch.studies.accuracy.images import fitting, shipped_images
from imac_arch.studies.accuracy.laws import Law
from imac_arch.studies.accuracy.nets import Net, shipped_net
from tests.helpers import inputs

IDEAL = Experiment(images=None, without=frozenset(EFFECTS) - {"loads"})  # what a read computes, its loads included


@lru_cache
def every_image():
    return shipped_images()


def case_of(technology, fields=None, net="784-128-10"):
    return inputs(net, technology, fields).at_medians().case()


def on_bench(technology, fields=None, net="784-128-10", experiment=IDEAL, images=None):
    """Return the hardware of a technology with the shipped network that fits it, and the images it is shown."""
    case = case_of(technology, fields, net)
    found = shipped_net(case)
    shown = fitting(every_image(), case.network.layers[0].fan_in, 10).first(images)
    layers = crossbars(case, found.weights, experiment.without)
    return Hardware(case, found, found.shown(shown.x), experiment, layers), shown


def small(technology, weights, x, experiment=IDEAL, fields=None, gains=None, law=None):
    """Return the hardware of a technology with a small network of one's own."""
    sizes = [weights[0].shape[0] - 1, *(w.shape[1] for w in weights)]
    case = case_of(technology, fields, "-".join(map(str, sizes)))
    net = Net(tuple(weights), tuple(gains or [1.0] * len(weights)), law or Law(), 2, False, "own")
    return Hardware(case, net, x, experiment, crossbars(case, weights, experiment.without))
