"""Reference data kept outside the repository: looked for only in the folder that ``IMAC_ARCH_TRUTH`` names.

It holds what may not be shipped (the converter survey, runs of CACTI, a grid of a published model) or is too large to
type in. Every test that reads it has a smaller one beside it whose figures are typed in, and so always runs.
"""

import os
from pathlib import Path

import pytest

VARIABLE = "IMAC_ARCH_TRUTH"


def folder():
    """Return the folder, or None where the variable is not set."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def files(pattern):
    """Return the files of a name or pattern in the folder and the folders within, sorted."""
    root = folder()
    return sorted(root.rglob(pattern)) if root else []


def needs(name):
    """Return the mark that skips a test where the file is not at hand."""
    return pytest.mark.skipif(not files(name), reason=f"{VARIABLE} names no folder with {name}")


def file(name):
    """Return the file of a name; ask with ``needs`` first."""
    return files(name)[0]
