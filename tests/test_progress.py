"""Progress of long computations."""

import os
import struct
import sys
import threading

import pytest

import imac_arch.cli.progress as shown
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


def test_a_terminal_that_does_not_know_its_width_shows_the_whole_line(monkeypatch):
    """As a pseudo-terminal whose size nobody has set: 0 columns."""
    assert "samples [##########----------] 50 %" in drawn(monkeypatch, 0, " left")


def test_a_bar_leaves_the_last_column_free(monkeypatch):
    """A terminal whose last column was written to may begin another line, which is never cleared."""
    line = drawn(monkeypatch, 12, shown.CLEAR + "samples").split(shown.CLEAR)[-1]
    assert line == "samples [##"


def drawn(monkeypatch, columns, until):
    """Return what a terminal of so many columns is written, until a text is in it."""
    pty, fcntl, termios = (pytest.importorskip(each) for each in ("pty", "fcntl", "termios"))
    monkeypatch.setattr(shown, "PATIENCE", 0.0)
    monkeypatch.setattr(shown, "TICK", 0.01)
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24 if columns else 0, columns, 0, 0))
    assert os.get_terminal_size(side).columns == columns
    bar, over = shown.Bar(), threading.Event()
    bar.advance("samples", 0, 10)
    bar.advance("samples", 5, 10)
    with os.fdopen(side, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        thread = threading.Thread(target=shown._show, args=(bar, over))
        thread.start()
        found = b""
        while until.encode() not in found and len(found) < 10**4:
            found += os.read(main, 10**3)
        over.set()
        thread.join()
    os.close(main)
    return found.decode()
