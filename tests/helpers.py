"""Short ways to laws, contexts and evaluations, for tests that look at numbers."""

import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from imac_arch.api import compare
from imac_arch.components.base import Context, Laws
from imac_arch.document.plain import to_plain
from imac_arch.evaluate import evaluate
from imac_arch.resolve import Request, resolve
from imac_arch.technology_files import load_board, load_laws, load_technology

ROOT = Path(__file__).resolve().parent.parent
ALL = ("imac", "mixed_signal", "digital", "gpu")
BY_CURRENT = {"read.mode": "settle", "read.circuit": "virtual_ground"}  # cells of sram_cim as ports, not capacitors


@lru_cache
def loaded_laws():
    return load_laws()


@lru_cache
def all_laws():
    return Laws({name: loaded.model for name, loaded in loaded_laws().items()})


@lru_cache
def technology(name="sot_mram"):
    return load_technology(name).model


@lru_cache
def graphics_board(name="h100"):
    return load_board(name).model.board


def context(node=14e-9, vdd=0.8):
    return Context(np.asarray(node), np.asarray(vdd), all_laws())


def resolved(network="784-128-10", technology="sot_mram", **options):
    """Inputs and files of a request."""
    return resolve(Request(network, technology, **options), loaded_laws())


def inputs(net="784-128-10", tech="sot_mram", overrides=None, samples=0, seed=0, gpu="h100", **options):
    request = {"fields": overrides or {}, "samples": samples, "seed": seed, "board": gpu, **options}
    return resolved(net, tech, **request).inputs


def run(net="784-128-10", tech="sot_mram", overrides=None, archs=ALL, samples=0, seed=0, gpu="h100", **options):
    evaluations = evaluate(inputs(net, tech, overrides, samples, seed, gpu, **options), archs)
    return {e.architecture: e for e in evaluations}


def plain(net=None, tech=None, **options):
    """The document of a comparison as a reader of its JSON sees it."""
    return to_plain(compare(net, tech, **options).document)


def first(values):
    """The value at the medians of the inputs, summed over whatever layers are left."""
    array = np.asarray(values, dtype=float)
    return float(array[..., 0].sum()) if array.ndim else float(array)


def approx(expected, rel=1e-6, abs=0, nan_ok=False):  # as pytest names them
    """As pytest's, but without its absolute tolerance of 1e-12: that is more than many an area, energy or time here."""
    return pytest.approx(expected, rel=rel, abs=abs, nan_ok=nan_ok)


def nameless(part):
    """Return a text for the name of a test, without the places of objects in memory, which differ from run to run."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(part))
