"""What tests share."""

from pathlib import Path

import pytest
from hypothesis import settings

from imac_arch.components.base import Laws
from imac_arch.evaluate import evaluate, prepare
from imac_arch.network import parse_network
from imac_arch.technology import load_board, load_laws, load_technology

ROOT = Path(__file__).resolve().parent.parent
settings.register_profile("suite", deadline=None, derandomize=True, database=None)
settings.load_profile("suite")
ALL = ("imac", "mixed_signal", "digital", "gpu")


@pytest.fixture(scope="session")
def laws():
    return Laws({name: found.model for name, found in load_laws().items()})


@pytest.fixture(scope="session")
def board():
    return load_board("h100").model.board


@pytest.fixture(scope="session")
def evaluated(laws, board):
    """Return a function from options to the evaluations, by architecture."""

    def run(net="784-128-10", tech="sot_mram", overrides=None, archs=ALL, samples=0, seed=0, **options):
        technology = load_technology(tech, overrides).model
        inputs = prepare(parse_network(net), technology, laws, board, samples=samples, seed=seed)
        return {e.architecture: e for e in evaluate(inputs, archs, **options)}

    return run
