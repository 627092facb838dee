"""Short ways to laws, settings and evaluations, for tests that look at numbers."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from imac_arch.api import compare
from imac_arch.components.base import Laws, Setting
from imac_arch.document.plain import to_plain
from imac_arch.evaluate import evaluate, prepare
from imac_arch.network import Network, parse_network
from imac_arch.technology import load_board, load_laws, load_technology

ROOT = Path(__file__).resolve().parent.parent
ALL = ("imac", "mixed_signal", "digital", "gpu")


@lru_cache
def all_laws():
    return Laws({name: found.model for name, found in load_laws().items()})


@lru_cache
def technology(name="sot_mram"):
    return load_technology(name).model


@lru_cache
def graphics_board(name="h100"):
    return load_board(name).model.board


def setting(node=14e-9, vdd=0.8):
    return Setting(np.asarray(node), np.asarray(vdd), all_laws())


def inputs(net="784-128-10", tech="sot_mram", overrides=None, samples=0, seed=0, gpu="h100"):
    network = net if isinstance(net, Network) else parse_network(net)
    model = load_technology(tech, overrides).model if overrides else technology(tech)
    return prepare(network, model, all_laws(), graphics_board(gpu), samples=samples, seed=seed)


def run(net="784-128-10", tech="sot_mram", overrides=None, archs=ALL, samples=0, seed=0, gpu="h100", **options):
    found = evaluate(inputs(net, tech, overrides, samples, seed, gpu), archs, **options)
    return {e.architecture: e for e in found}


def plain(net=None, tech=None, **options):
    """The document of a comparison as a reader of its JSON sees it."""
    return to_plain(compare(net, tech, **options).document)


def first(values):
    """The value at the medians of the inputs, summed over whatever layers are left."""
    array = np.asarray(values, dtype=float)
    return float(array[..., 0].sum()) if array.ndim else float(array)
