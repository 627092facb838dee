"""What tests share."""

import pytest
from hypothesis import settings

from tests.helpers import ALL, ROOT, all_laws, graphics_board, run

__all__ = ["ALL", "ROOT"]

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
def _no_accuracy_unless_it_is_tested(request, monkeypatch):
    """Comparisons of the shipped networks would classify images in every test; those of accuracy ask for it."""
    if request.node.get_closest_marker("accuracy") is None:
        monkeypatch.setattr("imac_arch.plan.DEFAULT_ACCURACY", "none")
