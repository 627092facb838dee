"""Progress of long computations."""

import pytest

from imac_arch.data.progress import advance, each, listening


def test_nobody_listens_by_default():
    advance("samples", 1, 2)
    assert list(each("samples", "ab")) == ["a", "b"]


def test_a_listener_hears_every_step_from_none_to_all():
    heard = []
    with listening(lambda *step: heard.append(step)):
        assert list(each("samples", "abc", (5, 2, 3))) == ["a", "b", "c"]
    assert heard == [("samples", 0, 10), ("samples", 5, 10), ("samples", 7, 10), ("samples", 10, 10)]
    advance("samples", 1, 1)
    assert len(heard) == 4


def test_a_loop_that_is_left_is_over():
    heard = []
    with listening(lambda *step: heard.append(step)):
        for _ in each("designs", "abc"):
            break
    assert heard == [("designs", 0, 3), ("designs", 3, 3)]


def test_a_listener_leaves_with_an_error():
    heard = []
    with pytest.raises(KeyError), listening(lambda *step: heard.append(step)):
        raise KeyError
    advance("samples", 1, 1)
    assert not heard
