"""Several threads: the order of what comes, what an item may do itself, and what an interrupt leaves."""

import threading
import time

import numpy as np
import pytest

from imac_arch.crossbar.exact import bit_line_ends
from imac_arch.data import threads
from imac_arch.data.keeping import collected, keeping
from imac_arch.data.progress import listening
from imac_arch.data.threads import threaded


@pytest.fixture(params=[1, 2, 3])
def count(request, monkeypatch):
    monkeypatch.setattr(threads, "processors", lambda: request.param)
    return request.param


def test_results_come_in_the_order_of_the_items(count):
    def work(item):
        time.sleep(0.01 * (item % 3 == 0))  # the first of each three is the last to be done
        return item, threading.get_ident()

    found = list(threaded(work, range(9)))
    assert [item for item, _ in found] == list(range(9))
    assert len({thread for _, thread in found}) <= count
    assert (count == 1) == (threading.get_ident() in {thread for _, thread in found})


def test_no_more_items_are_under_way_than_there_are_processors(count):
    inside, most, lock = [0], [0], threading.Lock()

    def work(_):
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.01)
        with lock:
            inside[0] -= 1

    assert len(list(threaded(work, range(8)))) == 8
    assert most[0] == count


def test_an_item_works_alone(count):
    def inner(_):
        return threading.get_ident()

    def work(_):
        return {*threaded(inner, range(3))} == {threading.get_ident()}

    assert all(threaded(work, range(4)))
    assert list(threaded(inner, [])) == []


def test_an_error_ends_the_work_and_an_interrupt_keeps_what_is_finished(count):
    begun = []

    def work(item):
        begun.append(item)
        if item == 4:
            raise KeyboardInterrupt
        return item

    shown = []
    with keeping() as kept, listening(lambda *step: shown.append(step)):
        assert collected("items", range(50), work, threads=True) == [0, 1, 2, 3]
    assert kept.stopped == "after 4 of 50 items"
    assert len(begun) < 5 + count
    assert shown[-1] == ("items", 4, 50)
    with pytest.raises(KeyboardInterrupt):
        list(threaded(work, range(50)))


def test_crossbars_are_the_same_to_the_last_bit_whatever_solves_them(monkeypatch):
    g = np.random.default_rng(0).uniform(1e-5, 1e-4, (40, 30, 32))
    monkeypatch.setattr("imac_arch.crossbar.exact._AT_ONCE", 7 * 30 * 32)
    found = []
    for count in (1, 2, 5):
        monkeypatch.setattr(threads, "processors", lambda count=count: count)
        found.append(bit_line_ends(g, 2.0, 3.0, 10.0))
    for transfer, output in found[1:]:
        assert np.array_equal(transfer, found[0][0])
        assert np.array_equal(output, found[0][1])
