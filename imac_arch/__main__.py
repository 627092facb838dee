"""``python -m imac_arch`` is ``imac-arch``."""

from imac_arch.cli import main

main()
