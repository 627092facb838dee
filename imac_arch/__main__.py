"""``python -m imac_arch`` is ``imac-arch``."""

import sys

__all__ = ["main"]

INTERRUPTED = 130


def main() -> None:
    """Run the command line; an interrupt while it is loaded is an interrupt too."""
    try:
        from imac_arch.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
