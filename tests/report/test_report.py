"""The report as a file and as a page in a browser."""

import shutil
from dataclasses import replace

import pytest

from imac_arch import compare
from imac_arch.document.shapes import Citation, Finding
from imac_arch.show.report.render import MARK, render

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def document():
    return compare("784-128-10", "sot_mram", samples=100, command="imac-arch compare --net 784-128-10").document


def test_it_is_one_small_offline_file_that_we_know_again(document):
    text = render(document)
    assert len(text.encode()) <= 2_000_000
    assert MARK in text[:8192]
    assert text.count("plotly.js v") <= 1
    for word in ("<script src", '<link rel="stylesheet', "@import", "url(http"):
        assert word not in text.replace("data:", "")
    assert render(document) == text


def test_it_says_what_was_promised(document):
    text = render(document)
    for word in (
        "Against mixed_signal", "Settled and declared", "Breakdown by component", "Components, per unit",
        "Tiles on subarrays",
        "The GPU and its batch", "Converter laws, side by side", "Every number and its source", "Warnings", "Neglected",
        "imac-arch compare --net 784-128-10", "seed 0", document.hashes["sot_mram"][:16], "showSendToCloud",
    ):  # fmt: skip
        assert word in text


def test_plotly_knows_every_figure():
    figures = compare("784-128-10", ["sot_mram", "sot_mram_imec"], samples=20).figures()
    assert set(figures) == {
        "pap", "throughput", "plane", "energy", "area", "latency", "batch-time", "batch-energy", "adc",
    }  # fmt: skip
    assert all(figure.data for figure in figures.values())


def test_hostile_texts_are_escaped(document):
    evil = "</script><img src=x onerror=alert(1)>"
    cited = (Citation(evil, evil, "javascript:alert(1)"), Citation(evil, evil, f"https://x/{evil}"))
    text = render(
        replace(
            document,
            technologies=(replace(document.technologies[0], name=evil),),
            architectures=tuple(replace(row, technology=evil) for row in document.architectures),
            components=tuple(replace(row, component=evil, law=evil, scaled=(evil,)) for row in document.components),
            breakdown=tuple(replace(row, component=evil) for row in document.breakdown),
            neglected=tuple(replace(row, what=evil, note=evil, where=evil) for row in document.neglected),
            warnings=(Finding(evil, evil, evil),),
            adc_scenarios=tuple(replace(row, title=evil, error=evil) for row in document.adc_scenarios),
            board=replace(document.board, name=evil, title=evil),
            conditions=replace(document.conditions, overrides={evil: evil}),
            command=evil,
            hashes={evil: evil},
            provenance=(replace(document.provenance[0], path=evil, note=evil, where=evil, source=cited),),
        )
    )
    assert evil not in text
    assert "<img" not in text
    assert "javascript:alert" not in text


@pytest.mark.parametrize(
    "options",
    [
        {"arch": ["gpu"], "baseline": "gpu"}, {"arch": ["imac"], "baseline": "imac"},
        {"tech": ["sot_mram", "sot_mram_imec"]},
        {"net": "20000-20000-10"}, {"samples": 0}, {"scenario": "amin2022"},
        {"overrides": {"components.amplifier": "none", "components.neuron": "none"}},
    ],
    ids=str,
)  # fmt: skip
def test_any_comparison_has_a_report(options):
    found = compare(**{"net": "784-10", "samples": 20, **options})
    text = render(found.document)
    assert "</html>" in text
    assert "None" not in text.split("<script")[0].replace("None.", "")


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_it_draws_in_a_browser_without_a_request_or_an_error(document, browser, tmp_path, width, scheme):
    path = tmp_path / "report.html"
    path.write_text(render(document))
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelectorAll('.plot .main-svg').length > 0")
    plots = page.locator(".plot")
    assert plots.count() >= 8
    for i in range(plots.count()):
        assert plots.nth(i).locator(".main-svg").count() >= 1
    assert said == []
    assert asked == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator("text=/share chart/i").count() == 0
    assert page.locator(".modebar-btn").count() == 0
    page.fill("#search", "synapse.ra")
    shown = page.locator("#numbers tbody tr:visible")
    assert shown.count() == 1
    page.close()


def test_every_figure_has_a_caption_and_its_numbers(document, browser, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(render(document))
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.locator("figure").count() == page.locator("figure figcaption").count() == page.locator(".plot").count()
    assert page.locator("table").count() >= 10
    assert page.locator("table th:not([scope])").count() == 0
    assert page.locator(".plot:not([aria-label])").count() == 0
    page.close()
