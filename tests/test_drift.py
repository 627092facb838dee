"""No digit is printed that depends on the machine: threads of the algebra, versions of Python."""

import builtins
import os
import subprocess
import sys

import pytest

from imac_arch import compare, compare_neurons
from imac_arch.data.pooled import pool
from tests.conftest import ROOT

SOLVE = """
from imac_arch.resolve import Request, resolve
from imac_arch.studies.closed_forms import exact_rows
print(exact_rows(resolve(Request("63-64", fields={"subarray.rows": "64", "subarray.cols": "64"})).inputs, 0))
"""


def test_exact_figures_do_not_depend_on_the_number_of_threads():
    def solved(threads):
        return subprocess.Popen(
            [sys.executable, "-c", SOLVE],
            stdout=subprocess.PIPE,
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            cwd=ROOT,
        )

    runs = [solved(threads) for threads in ("1", "2")]
    one, two = (run.communicate()[0] for run in runs)
    assert one == two
    assert b"ExactRow" in one


@pytest.fixture
def without_plain_sums(monkeypatch):
    """The sum of Python's floats is another one from Python 3.12 on; ``math.fsum`` is the same everywhere."""
    added = builtins.sum

    def strict(values, /, start=0):
        kept = list(values)
        caller = sys._getframe(1).f_code.co_filename
        if "imac_arch" in caller and any(type(value) is float and value != int(value) for value in kept):
            raise AssertionError(f"{caller}: sum() of floats; take math.fsum")
        return added(kept, start)

    monkeypatch.setattr(builtins, "sum", strict)


def test_plain_floats_are_added_by_fsum(without_plain_sums):
    found = compare("16-8-4", exact=True, samples=20)
    assert all(found.text(kind) for kind in ("html", "json", "csv", "md"))
    assert compare_neurons(samples=20).text("html")
    assert pool([(1.0, 0.9, 1.3), (1.1, 0.8, 1.5), (0.3, 0.2, 0.5)])
