"""``python -m imac_arch`` is ``imac-arch``."""

import sys

__all__ = ["main"]

INTERRUPTED = 130


def main() -> None:
    """Run the command line; an interrupt while it is loaded is an interrupt too.

    Python drops one that comes in a callback of a weak reference, of which every import has some, and before 3.12 makes
    a RuntimeError of one that comes while a class tells its attributes their names.
    """
    dropped: list[sys.UnraisableHookArgs] = []
    sys.unraisablehook = dropped.append
    try:
        from imac_arch.cli import main as run

        if any(each.exc_type is KeyboardInterrupt for each in dropped):
            raise KeyboardInterrupt
        run()
    except (KeyboardInterrupt, RuntimeError) as error:
        stop: BaseException | None = error
        while stop is not None and not isinstance(stop, (KeyboardInterrupt, SystemExit)):
            stop = stop.__context__
        if isinstance(stop, KeyboardInterrupt):
            sys.exit(INTERRUPTED)
        raise stop or error from None


if __name__ == "__main__":
    main()
