"""Signals at moments at which Python, or what it loads, makes something else of what they raise."""

import signal
import subprocess
import sys

import pytest

from imac_arch.cli import streams
from tests.helpers import ROOT

MOMENTS = {
    "plain": "os.kill(os.getpid(), number)",
    # Python before 3.12 makes a RuntimeError of it
    "a class that names its attributes": (
        "type('Named', (), {'of': type('Own', (), {'__set_name__': lambda *_: os.kill(os.getpid(), number)})()})"
    ),
    "a callback of a weak reference": (
        "held = [type('Held', (), {})()]; reference = weakref.ref(held[0], lambda _: os.kill(os.getpid(), number)); "
        "held.clear(); time.sleep(0.1)"
    ),
}
CODES = (  # what C code that loads another module does
    "try: os.kill(os.getpid(), number)\n"
    "        except BaseException: pass\n"
    "        raise ImportError('a module failed to import')"
)
FIRST, LATER = "imac_arch.cli", "imac_arch.api"  # before signals are listened to, and within a command
BETWEEN = "imac_arch.cli.compare"  # when they are, and no command runs yet


def ended(module, moment, number):
    """Return how a command ends that gets a signal when a module is looked for."""
    code = (
        "import os, runpy, signal, sys, time, weakref\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name != {module!r}: return\n"
        f"        number = signal.{number}\n"
        f"        {moment}\n"
        "sys.meta_path.insert(0, Finder())\n"
        "sys.argv = ['imac-arch', 'compare', '--net', '4-2', '--samples', '0', '--json']\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "for each in signal.SIGTERM, signal.SIGHUP: signal.signal(each, signal.SIG_DFL)\n"
        "runpy.run_module('imac_arch', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_an_interrupt_while_the_command_line_is_loaded_is_one(moment):
    assert ended(FIRST, moment, "SIGINT") == (130, "", "")


@pytest.mark.parametrize("moment", [*MOMENTS.values(), CODES], ids=[*MOMENTS, "a module of C"])
@pytest.mark.parametrize(("number", "code", "said"), [("SIGINT", 130, "interrupted\n"), ("SIGTERM", 143, "")])
def test_a_signal_while_a_command_loads_modules_ends_it(moment, number, code, said):
    assert ended(LATER, moment, number) == (code, "", said)


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_before_a_command_runs_ends_it_without_a_word(moment, number, code):
    assert ended(BETWEEN, moment, number) == (code, "", "")


def test_the_last_of_several_signals_says_how_a_command_ends():
    first = "try: os.kill(os.getpid(), signal.SIGINT)\n        except BaseException: pass\n        "
    assert ended(LATER, first + CODES, "SIGTERM") == (143, "", "")


def test_a_signal_that_is_ignored_stays_so():
    """As under nohup, and of a command that a script starts in the background."""
    code = (
        "import os, signal\n"
        "from imac_arch.cli.streams import prepare\n"
        "for number in signal.SIGHUP, signal.SIGINT: signal.signal(number, signal.SIG_IGN)\n"
        "prepare()\n"
        "for number in signal.SIGHUP, signal.SIGINT: os.kill(os.getpid(), number)\n"
        "print('went on', flush=True)\n"
        "os.kill(os.getpid(), signal.SIGTERM)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (143, "went on\n", "")


def test_a_bug_is_one_where_no_signal_came():
    code, _, err = ended(LATER, "raise RuntimeError('planted')", "SIGINT")
    assert (code, err.count("bug: RuntimeError: planted")) == (70, 1)


def test_an_error_that_is_dropped_after_a_signal_is_told_and_is_no_second_signal(monkeypatch):
    class Wrong:
        def __del__(self):
            raise self.error

    told, raised = [], []
    monkeypatch.setattr(streams, "_signalled", [130])
    monkeypatch.setattr(sys, "unraisablehook", streams._dropped)
    monkeypatch.setattr(sys, "__unraisablehook__", lambda found: told.append(found.exc_type))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(signal, "setitimer", lambda *given: raised.append(given))
    for error in (ValueError, KeyboardInterrupt):
        wrong = Wrong()
        wrong.error = error
        del wrong
    assert (told, len(raised)) == ([ValueError], 1)
