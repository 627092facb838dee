"""What tests share."""

import os

import pytest
from hypothesis import settings

import imac_arch.plan
from tests.helpers import ALL, ROOT, all_laws, graphics_board, run

__all__ = ["ALL", "ROOT"]

imac_arch.plan.DEFAULT_ACCURACY = "none"  # a second for each comparison of a shipped network
os.environ.pop("COLUMNS", None)  # a worker of xdist has one; output that is no terminal's is whole
settings.register_profile("suite", deadline=None, derandomize=True, database=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def laws():
    return all_laws()


@pytest.fixture(scope="session")
def board():
    return graphics_board()


@pytest.fixture(scope="session")
def evaluated():
    """Return a function from options to the evaluations, by architecture."""
    return run


@pytest.fixture(autouse=True)
def _accuracy_where_it_is_tested(request, monkeypatch):
    """Let comparisons classify images, as they do by default, in the tests that ask for it."""
    if request.node.get_closest_marker("accuracy") is not None:
        monkeypatch.setattr("imac_arch.plan.DEFAULT_ACCURACY", "quick")
