"""The nomenclature page names every role, status and read option that the code knows, and no metric that it lacks."""

import re
from typing import get_args

import pytest

from imac_arch.components.roles import ROLES
from imac_arch.data.quantity import STATUSES
from imac_arch.metrics import METRICS
from imac_arch.technology import Read
from tests.helpers import ROOT

PAGE = (ROOT / "docs/nomenclature.md").read_text()
TERMS = set(re.findall(r"`([^`]+)`", PAGE))
OTHERS = {"ops", "adc_bits"}  # of a network and of a bill, beside the metrics
OPTIONS = [value for field in Read.model_fields.values() for value in get_args(field.annotation)]


@pytest.mark.parametrize("name", sorted({*ROLES, *STATUSES, *(v for v in OPTIONS if isinstance(v, str))}))
def test_every_name_is_explained(name):
    explained = {part for term in TERMS for part in (term, term.rsplit(".", 1)[-1])}
    assert name in explained


def test_every_metric_on_the_page_exists():
    """A new metric need not stand there."""
    rows = re.findall(r"^\| ([^|]+) \|", PAGE.partition("\n## Metrics\n")[2].partition("\n## ")[0], re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert len(named) > len(OTHERS)
    assert named - OTHERS <= set(METRICS)


@pytest.mark.parametrize("page", ["README.md", "tech/README.md"])
def test_the_page_is_linked(page):
    assert re.search(r"\((?:\.\./)?docs/nomenclature\.md\)", (ROOT / page).read_text())
