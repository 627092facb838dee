"""Work whose worker is killed; in a module of its own, for each worker imports it."""

import os
import signal


def dying(folder, number):
    """Return the number; the worker of the fourth block is killed, once."""
    if number == 3 and not (folder / "once").exists():
        (folder / "once").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number
