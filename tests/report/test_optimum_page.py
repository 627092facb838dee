"""The page of ``optimize``: figures are those of its document, names are text, and it draws in a browser."""

import html
import json

import pytest

import imac_arch
from imac_arch.show.report.optimum import optimum_figures, render_optimum
from tests.helpers import approx
from tests.report.test_report import EVIL, assert_harmless, browser  # noqa: F401  # a fixture


@pytest.fixture(scope="module")
def found():
    over = {"subarray": [16, 32], "adc.bits": [4, 8]}
    return imac_arch.optimize("784-16-10", "reram", minimize="energy", over=over, subject="verdict>=doubtful")


def test_bars_and_dots_are_the_numbers_of_the_document(found):
    figures, document = found.figures(), found.document
    assert set(figures) == {"optima", "ratios"}
    titles = {metric.name: metric.title for metric in document.metrics}
    lines = {name for trace in figures["ratios"].data if trace.mode == "markers" for name in trace.y}
    assert {name.replace("<br>", " ") for name in lines} <= {
        f"{row.architecture}: {titles[row.metric]}" for row in document.ratios
    }
    bars = [trace for trace in figures["optima"].data if trace.type == "bar"]
    best = {trace.y[0]: trace.x[0] for trace in bars if trace.name == "at its optimum"}
    default = {trace.y[0]: trace for trace in bars if trace.name == "by default"}
    for row in document.architectures:
        ratio = default[row.name].x[0] / row.default.metrics["energy"]
        assert (row.name in best) == (row.optimum is not None)
        if row.optimum is not None:
            assert best[row.name] == approx(row.optimum.metrics["energy"] * ratio, rel=1e-12)
        assert bool(default[row.name].marker.pattern.shape) == (row.default.verdict != "works")
    dots = {trace.name: len(trace.x) for trace in figures["ratios"].data if trace.mode == "markers"}
    assert dots["by default"] == sum(bool(ratio.default) for ratio in document.ratios)
    assert dots["both at their optimum"] == sum(bool(ratio.optimum) for ratio in document.ratios)
    assert document.python in html.unescape(found.page())


def test_every_number_has_its_source_but_those_that_are_varied(found):
    document, page = found.document, found.page()
    paths = {row.path for row in document.provenance}
    assert {"components.synapse.ra", "laws.adc_survey.a0"} & paths or len(paths) > 100
    assert not {path for knob in document.knobs for path in knob.paths} & paths
    assert page.count('id="provenance"') == 1
    assert all(f'class="text code">{path}<' in page for path in paths)
    assert "provenance" not in json.loads(found.to_json(brief=True))


def test_hostile_names_are_text(found):
    document = found.document
    changed = document._replace(
        command=EVIL, python=EVIL, constraints=(EVIL,), baseline=EVIL, hashes={EVIL: EVIL},
        metrics=tuple(metric._replace(title=EVIL) for metric in document.metrics),
        architectures=tuple(row._replace(name=EVIL, title=EVIL, reason=EVIL) for row in document.architectures),
        ratios=tuple(ratio._replace(architecture=EVIL) for ratio in document.ratios),
    )  # fmt: skip
    assert_harmless(render_optimum(changed))
    assert "<img" not in json.dumps(optimum_figures(changed)["fig-ratios"])


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (390, "dark")])
def test_it_draws_in_a_browser(found, browser, tmp_path, width, scheme):  # noqa: F811
    path = tmp_path / "optimum.html"
    path.write_text(found.page())
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelectorAll('.plot .main-svg').length > 2")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    below = page.locator("#table-1 th small.narrow").first
    assert below.text_content().startswith("subarray=")
    assert below.is_visible() == (width < 640)  # else it has a column
    assert page.locator("#table-1 td.wide").first.is_visible() == (width >= 640)
    inside = "th => th.getBoundingClientRect().right <= th.closest('.scroll').getBoundingClientRect().right"
    assert all(page.locator("#table-1 th", has_text=head).evaluate(inside) for head in ("by default", "against it"))
    assert said == []
    page.close()
