"""Any design is a baseline; all designs stand in one ranking; what is the same on several technologies stands once."""

import pytest

from imac_arch import compare
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.show.choices import choice_section
from imac_arch.show.comparison import ratio_table, summary_table
from imac_arch.show.ranking import RANKED_BY, ranking_table
from imac_arch.show.report.render import render
from imac_arch.show.sentences import beside_baseline, columns, heading
from imac_arch.show.sheet import text_of
from tests.helpers import approx

NET = "64-16-4"
TWO = ["sot_mram", "sot_mram_imec"]


@pytest.fixture(scope="module")
def across():
    return compare(NET, TWO, baseline="imac@sot_mram", samples=50).document


def value(document, technology, architecture, metric):
    rows = {(row.technology, row.name): row for row in document.architectures}
    return rows[technology, architecture].metrics[metric].value


def test_ratios_are_against_the_one_design_on_every_technology(across):
    assert across.conditions.baseline == "imac@sot_mram"
    assert {(row.baseline, row.baseline_technology) for row in across.ratios} == {("imac", "sot_mram")}
    found = {(row.technology, row.architecture) for row in across.ratios}
    assert ("sot_mram_imec", "imac") in found
    assert ("sot_mram", "imac") not in found
    for row in across.ratios:
        if row.metric in ("energy", "area"):
            mine = value(across, row.technology, row.architecture, row.metric)
            assert row.value == approx(value(across, "sot_mram", "imac", row.metric) / mine)


def test_ratios_across_technologies_have_intervals(across):
    rows = [row for row in across.ratios if row.architecture == "imac" and row.metric == "energy"]
    assert all(row.interval.low < row.interval.high for row in rows)


def test_equal_technologies_are_equal_in_every_sample(tmp_path):
    path = tmp_path / "same.yaml"
    path.write_text("name: same\nextends: sot_mram\n")
    document = compare(NET, ["sot_mram", str(path)], baseline="imac@same", samples=50).document
    rows = [row for row in document.ratios if row.architecture == "imac"]
    assert rows
    assert all(row.value == row.interval.low == row.interval.high == 1 for row in rows if row.value is not None)
    assert [row.name for row in columns(document)] == ["imac", "mixed_signal", "digital", "gpu"]
    assert [heading(document, row) for row in columns(document)] == ["imac", "mixed_signal", "digital", "gpu (h100)"]


def test_without_a_technology_the_baseline_is_on_each_its_own():
    document = compare(NET, TWO, baseline="digital", samples=0).document
    assert {(row.baseline_technology, row.technology) for row in document.ratios} == {(name, name) for name in TWO}


def test_a_technology_that_only_the_baseline_names_is_compared_too():
    document = compare(NET, "reram", baseline="imac@sot_mram", arch=["imac"], samples=0).document
    assert [row.name for row in document.technologies] == ["reram", "sot_mram"]


def test_a_path_is_named_by_the_name_in_it_or_as_it_was_given(tmp_path):
    path = tmp_path / "file.yaml"
    path.write_text("name: mine\nextends: sot_mram\nread: {voltage: 0.3 V}\n")
    for called in ("mine", str(path)):
        document = compare(NET, ["sot_mram", str(path)], baseline=f"imac@{called}", samples=0).document
        assert document.conditions.baseline == "imac@mine"


@pytest.mark.parametrize(
    ("baseline", "kind", "says"),
    [("imca@sot_mram", UnknownName, "did you mean 'imac'"), ("imac@", UsageError, "name the technology"),
     ("imac@sot_mran", UnknownName, "did you mean 'sot_mram'"), ("imac@h100", UnknownName, "technology of the base")],
)  # fmt: skip
def test_a_wrong_baseline_is_refused(baseline, kind, says):
    with pytest.raises(kind, match=says):
        compare(NET, "sot_mram", baseline=baseline, samples=0)


def test_the_ranking_holds_every_design_once_in_order(across):
    table = ranking_table(across)
    assert len(table.rows) == len(columns(across)) == len({row[0] for row in table.rows})
    assert [row[1] for row in table.rows] == [str(k) for k in range(1, len(table.rows) + 1)]
    fails = [row[2] == "fails" for row in table.rows]
    assert fails == sorted(fails)
    place = table.heads.index(next(m.title for m in across.metrics if m.name == RANKED_BY))
    for group in (True, False):
        values = [row[place].sort for row, failing in zip(table.rows, fails, strict=True) if failing == group]
        assert values == sorted(values)


def test_the_best_of_each_column_is_marked_once_and_does_not_fail(across):
    table = ranking_table(across)
    for place in range(3, len(table.heads)):
        marked = [row for row in table.rows if row[place].mark == "best"]
        assert len(marked) <= 1
        known = [row[place].sort for row in table.rows if row[2] != "fails"]
        for row in marked:
            assert row[place].sort in (min(known), max(known))
            assert text_of(row[place], False).endswith("*")
        assert marked or len(known) < 2


def test_one_design_has_no_ranking():
    assert ranking_table(compare(NET, arch=["gpu"], baseline="gpu", samples=0).document) is None


def test_what_is_the_same_on_both_technologies_stands_once(across):
    heads = [heading(across, row) for row in columns(across)]
    assert "gpu (h100)" in heads
    assert heads.count("digital") == 1  # both technologies are at one node
    assert len(heads) == len(set(heads))
    assert summary_table(across).heads[1:] == tuple(heads)


def test_ratios_against_different_baselines_are_told_apart():
    document = compare(NET, TWO, samples=0).document
    heads = [head for head, _ in beside_baseline(document)]
    assert len(heads) == len(set(heads))
    assert [head for head in heads if head.startswith("gpu")] == [
        f"gpu (h100) against mixed_signal on {name}" for name in TWO
    ]  # fmt: skip
    judged = ratio_table(document).heads[1:]
    assert [head.removesuffix(", fails").removesuffix(", doubtful") for head in judged] == heads


def test_heads_of_ratios_and_their_title_say_which_designs_fail():
    document = compare("784-128-10", samples=0).document
    verdicts = {row.name: row.verdict for row in document.architectures}
    assert verdicts == {"imac": "fails", "mixed_signal": "fails", "digital": "works", "gpu": "works"}
    shown = ratio_table(document)
    assert shown.heads[1:] == ("imac, fails", "digital", "gpu (h100)")
    assert shown.title.startswith("Against mixed_signal, which fails")
    page = render(document).split("<script")[0]
    assert "<h3>Against mixed_signal, which fails</h3>" in page
    assert "in brackets what imac (fails) has" in choice_section(document).table.title
    settled = page[page.index("<h3>Settled and declared</h3>") :].partition("</table>")[0]
    assert settled.count("†") == 2 * settled.count('scope="row"')
    assert ratio_table(compare(NET, samples=0, baseline="digital").document).title.startswith("Against digital")


def test_the_report_has_a_sortable_ranking_and_names_the_baseline(across):
    page = render(across)
    assert 'id="ranking" class="sortable"' in page
    assert "data-sort=" in page
    assert "Against imac@sot_mram" in page


def test_a_heading_of_many_technologies_stays_short():
    document = compare(NET, ["sot_mram", "sot_mram_imec", "fefet", "stt_mram", "reram"], samples=0).document
    heads = [heading(document, row) for row in columns(document)]
    assert "digital (sot_mram and 3 more)" in heads
    assert len(heads) == len(set(heads))
