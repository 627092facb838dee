"""The nomenclature page names every metric, role, status, distribution and read option that the code knows."""

import re
from typing import get_args

import pytest

from imac_arch.components.roles import ROLES
from imac_arch.data.quantity import STATUSES
from imac_arch.metrics import METRICS
from imac_arch.technology import Read
from tests.helpers import ROOT

TERMS = set(re.findall(r"`([^`]+)`", (ROOT / "docs/nomenclature.md").read_text()))
OPTIONS = [value for field in Read.model_fields.values() for value in get_args(field.annotation)]


@pytest.mark.parametrize("name", sorted({*METRICS, *ROLES, *STATUSES, *(v for v in OPTIONS if isinstance(v, str))}))
def test_every_name_is_explained(name):
    explained = {part for term in TERMS for part in (term, term.rsplit(".", 1)[-1])}
    assert name in explained


@pytest.mark.parametrize("page", ["README.md", "tech/README.md"])
def test_the_page_is_linked(page):
    assert re.search(r"\((?:\.\./)?docs/nomenclature\.md\)", (ROOT / page).read_text())
