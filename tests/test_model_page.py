"""``docs/model.md`` has every architecture, kind and law, and for every formula a source, a range and an error."""

import re

import pytest

from imac_arch.architectures import ARCHITECTURES
from imac_arch.components.adc import adc_laws
from imac_arch.components.base import Component
from imac_arch.metrics import METRICS
from tests.conftest import ROOT

PAGE = (ROOT / "docs/model.md").read_text(encoding="utf-8")
LEVELS = "| level | what is instantiated | phases | adds to the latency |"
NO_FORMULA = {"none", "per_activation"}  # of components


def section(head):
    return PAGE.partition(f"\n{head}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_has_a_diagram_and_what_stands_at_each_level(name):
    part = section("## 8 Architectures").partition(f"\n### {name}\n")[2].partition("\n### ")[0]
    assert part.count("```") == 2
    assert "─►" in part
    assert LEVELS in part
    rows = [line for line in part.partition(LEVELS)[2].strip().splitlines()[1:] if line.startswith("|")]
    assert len(rows) >= 3
    assert all(cell.strip() for row in rows for cell in row.strip("|").split("|"))
    assert "| layer |" in part


def test_every_formula_has_a_source_a_range_and_an_error():
    part = section("## 12 Sources, ranges and measured errors")
    rows = [row.strip("|").split(" | ") for row in part.splitlines() if row.startswith("| ") and "---" not in row]
    assert rows[0] == [" formula (section)", "source", "valid for", "measured error "]
    assert len(rows) > 30
    assert [row for row in rows if len(row) != 4 or not all(cell.strip() for cell in row)] == []


def test_what_the_page_names_exists():
    paths = re.findall(r"`((?:tests|fits|tech|benchmarks|imac_arch|components|crossbar)/[\w./]+)`", PAGE)
    assert len(paths) > 10
    assert [path for path in paths if not ((ROOT / path).exists() or (ROOT / "imac_arch" / path).exists())] == []
    anchors = re.findall(r"\]\(#([\w-]+)\)", PAGE)
    heads = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in re.findall(r"^#+ (.+)$", PAGE, re.M)}
    assert set(anchors) <= heads


def test_every_kind_law_of_converters_and_metric_is_on_the_page():
    kinds = {kind for kind, cls in Component.kinds.items() if cls.__module__.startswith("imac_arch.")} - NO_FORMULA
    assert len(kinds) > 15
    assert sorted(kind for kind in kinds if f"`{kind}`" not in PAGE) == []
    assert [law for law in adc_laws() if f"`{law.removeprefix('adc_')}`" not in PAGE] == []
    table = section("## 7 Composition and metrics")
    assert [
        name for name, metric in METRICS.items() if metric.function and metric.summary and f"`{name}`" not in table
    ] == []
