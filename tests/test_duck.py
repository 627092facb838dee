"""The duck array of the tests computes as numpy does, and refuses what a formula may not ask."""

import numpy as np
import pytest

from tests.duck import Duck

GRID = np.array([[1.0, 2.5, 4.0], [0.5, -1.0, 3.0]])
ROW = np.array([0.0, 1.0, 2.0])
CALLS = {
    "operators": lambda a, b: (2 - a) * b / (1 + a**2) + (-a) + abs(a),
    "ufuncs": lambda a, b: np.maximum(np.exp(a), np.log1p(np.abs(b))),
    "reduced ufunc": lambda a, b: np.maximum.reduce(a, axis=0) + np.add.reduce(b),
    "where": lambda a, b: np.where(a > b, a, b),
    "clip": lambda a, b: np.clip(a, 0, 2) + a.clip(0, 1),
    "interp": lambda a, b: np.interp(a, [0.0, 1.0, 3.0], [1.0, 2.0, 0.0]),
    "stack": lambda a, b: np.stack([b, 2 * b]),
    "concatenate": lambda a, b: np.concatenate((a, a), axis=1),
    "broadcast arrays": lambda a, b: np.stack(np.broadcast_arrays(a, b)),
    "broadcast to": lambda a, b: np.broadcast_to(b, (2, 3)),
    "sums": lambda a, b: np.sum(a, axis=0) + a.sum(axis=1).max() + a.mean(axis=-1).min() + np.max(b),
    "diff": lambda a, b: np.diff(a, axis=-1),
    "polyval": lambda a, b: np.polyval([1.0, 2.0, 3.0], a),
    "percentile": lambda a, b: np.percentile(a, [5, 95], axis=-1),
    "items": lambda a, b: a[:, None, 1:] + a[0, 0] + b[..., np.newaxis],
    "shapes": lambda a, b: (
        a.reshape(3, -1).T.reshape(2, 3) + np.ones(np.broadcast_shapes(np.shape(a), (2, a.ndim + 1)))
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_it_computes_as_an_array(name):
    expected, found = CALLS[name](GRID, ROW), CALLS[name](Duck(GRID), Duck(ROW))
    assert isinstance(found, Duck)
    assert found.shape == expected.shape
    assert np.array_equal(found.values, expected)


@pytest.mark.parametrize(
    "ask",
    [
        bool, float, int, list, np.asarray, np.array, lambda d: d.item(), lambda d: d if d > 0 else -d,
        lambda d: max(d, 0.0), lambda d: np.exp(d, out=np.zeros(())), lambda d: 1.0 in d,
    ],
)  # fmt: skip
def test_it_refuses_what_a_formula_may_not_ask(ask):
    with pytest.raises(TypeError, match=r"no formula may|a formula asks for the values"):
        ask(Duck(np.asarray(1.0)))
