"""The report as a file and as a page in a browser."""

import gzip
import hashlib
import shutil

import pytest

from imac_arch import compare, compare_neurons
from imac_arch.data.written import HEAD, SEAL
from imac_arch.document.shapes import Citation, Finding, Generator
from imac_arch.show.report.html import table
from imac_arch.show.report.neurons import render_neurons
from imac_arch.show.report.render import render
from imac_arch.show.report.sheet import render_sheet
from imac_arch.show.sheet import Cell, Item, Section, Sheet, Table
from tests.conftest import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def document():
    return compare("784-128-10", "sot_mram", samples=100, command="imac-arch compare --net 784-128-10").document


def test_it_is_one_small_offline_file_that_we_know_again(document):
    text = render(document)
    assert len(text.encode()) <= 2_000_000
    assert SEAL in text[:HEAD]
    assert text.count("plotly.js v") <= 1
    assert text.count("<script") == text.count("</script") == 5  # nothing that stands in a script ends it
    for word in ("<script src", '<link rel="stylesheet', "@import", "url(http"):
        assert word not in text.replace("data:", "")
    assert render(document) == text


def test_it_says_what_was_promised(document):
    text = render(document)
    for word in (
        "Against mixed_signal", "Settled and declared", "Breakdown by component", "Components, per unit",
        "Tiles on subarrays",
        "The GPU and its batch", "Choices, side by side", "Every number and its source", "Warnings", "Neglected",
        "imac-arch compare --net 784-128-10", "seed 0", document.hashes["sot_mram"][:16], "showSendToCloud",
    ):  # fmt: skip
        assert word in text


def test_plotly_knows_every_figure():
    figures = compare("784-128-10", ["sot_mram", "sot_mram_imec"], samples=20).figures()
    assert set(figures) == {
        "answer", "total-energy", "total-area",
        "pap", "throughput", "plane", "energy", "area", "latency", "batch-time", "batch-energy", "precision",
        "adc_law", "columns_per_adc",
    }  # fmt: skip
    assert all(figure.data for figure in figures.values())


EVIL = "</script><img src=x onerror='alert(1)' title=\"><script>alert(1)</script>"


def test_hostile_texts_are_escaped(document):
    evil = EVIL
    cited = (Citation(evil, evil, "javascript:alert(1)"), Citation(evil, evil, f"https://x/{evil}"))
    text = render(
        document._replace(
            network=document.network._replace(name=evil),
            generator=Generator(evil, evil, evil),
            metrics=tuple(metric._replace(title=evil) for metric in document.metrics),
            technologies=(document.technologies[0]._replace(name=evil, title=evil),),
            architectures=tuple(row._replace(technology=evil, title=evil) for row in document.architectures),
            components=tuple(row._replace(component=evil, law=evil, scaled=(evil,)) for row in document.components),
            breakdown=tuple(row._replace(component=evil) for row in document.breakdown),
            neglected=tuple(row._replace(what=evil, note=evil, where=evil) for row in document.neglected),
            warnings=(Finding(evil, evil, evil),),
            drives=tuple(
                row._replace(
                    technology=evil,
                    shares=tuple(share._replace(driver=evil, about=evil) for share in row.shares),
                    flips=tuple(flip._replace(path=evil, about=evil) for flip in row.flips),
                )
                for row in document.drives
            ),
            alternatives=tuple(
                row._replace(title=evil, name=evil, text=evil, error=evil) for row in document.alternatives
            ),
            board=document.board._replace(name=evil, title=evil),
            conditions=document.conditions._replace(overrides={evil: evil}),
            command=evil,
            hashes={evil: evil},
            provenance=(document.provenance[0]._replace(path=evil, note=evil, where=evil, source=cited),),
        )
    )
    assert_harmless(text)


def assert_harmless(text):
    assert "alert(1)" in text
    assert EVIL not in text
    assert "<img" not in text
    assert "<script>alert" not in text
    assert "javascript:alert" not in text


def test_hostile_texts_are_escaped_on_other_pages():
    document = compare_neurons(samples=0).document
    rows = tuple(row._replace(name=EVIL, scaled=(EVIL,)) for row in document.neurons)
    claims = tuple(claim._replace(claim=EVIL, why=EVIL) for claim in document.claims)
    technology = document.technology._replace(name=EVIL, title=EVIL)
    assert_harmless(render_neurons(document._replace(neurons=rows, claims=claims, technology=technology, command=EVIL)))
    shown = Table((EVIL, EVIL), ((EVIL, Cell(EVIL, (EVIL, EVIL), EVIL)),), EVIL)
    section = Section(EVIL, (EVIL,), shown, (Item("", EVIL, EVIL, (EVIL,)),), (EVIL,))
    assert_harmless(render_sheet(Sheet(EVIL, EVIL, (section,)), EVIL, Generator(EVIL, EVIL, EVIL)))
    assert_harmless(table(shown, EVIL))


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//x.org", "ftp://x.org", "a.pdf", ""])
def test_only_web_addresses_are_links(document, address):
    def named(link):
        return document._replace(provenance=(document.provenance[0]._replace(source=(Citation("key", "T", link),)),))

    assert '<td class="text">key</td>' in render(named(address))
    assert "<a " not in table(Table(("a", "b"), (("row", Cell("v", link=address)),)))
    kept = 'href="https://x.org/?a&amp;b" rel="noopener noreferrer"'
    assert f'<a {kept} title="T">key</a>' in render(named("https://x.org/?a&b"))
    assert f"<a {kept}>v</a>" in table(Table(("a", "b"), (("row", Cell("v", link="https://x.org/?a&b")),)))


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


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (390, "dark")])
def test_it_draws_in_a_browser_without_a_request_or_an_error(document, browser, tmp_path, width, scheme):
    path = tmp_path / "report.html"
    path.write_text(render(document))
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
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
    if width >= 1400:
        fits = "own => own.every(table => table.parentElement.scrollWidth <= table.parentElement.clientWidth)"
        assert page.eval_on_selector_all("#ranking, #summary", fits)
    assert page.locator("text=/share chart/i").count() == 0
    assert page.locator(".modebar-btn").count() == 0
    page.fill("#search", "synapse.ra")
    shown = page.locator("#numbers tbody tr:visible")
    assert shown.count() == 1
    page.close()


def test_long_paths_stay_within_their_tiles(browser, tmp_path):
    path = tmp_path / "report.html"
    overrides = {"sot_mram:components.synapse.ra": "2000 ohm*um^2"}
    path.write_text(render(compare("16-8-4", ["sot_mram", "reram"], samples=0, overrides=overrides).document))
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(path.as_uri())
    assert page.locator(".head", has_text="sot_mram:components.synapse.ra").count()
    assert page.eval_on_selector_all(".head", "own => own.every(tile => tile.scrollWidth <= tile.clientWidth)")
    page.close()


@pytest.mark.parametrize("width", [1400, 390])
def test_values_beside_the_ratios_do_not_cover_one_another(browser, tmp_path, width):
    path = tmp_path / "report.html"
    overrides = {"sot_mram:components.synapse.ra": "2000 ohm*um^2", "sot_mram:read.voltage": "200 mV"}
    given = {"overrides": overrides, "samples": 200, "accuracy": "none"}
    path.write_text(render(compare("784-128-10", ["sot_mram", "reram"], **given).document))
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelectorAll('#fig-answer .textpoint text').length > 0")
    sides = "own => own.map(text => (({left, right, top, bottom}) => [left, right, top, bottom])"
    boxes = page.eval_on_selector_all("#fig-answer .textpoint text", f"{sides}(text.getBoundingClientRect()))")
    assert any(bottom - top > 20 for _, _, top, bottom in boxes)  # of two lines
    for k, (left, right, top, bottom) in enumerate(boxes):
        for other in boxes[k + 1 :]:
            beside = min(right, other[1]) <= max(left, other[0])
            assert beside or min(bottom, other[3]) - max(top, other[2]) <= 1
    page.close()


def test_a_design_that_fails_is_marked_and_hatched_on_the_page(document, browser, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(render(document))
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelectorAll('.plot .main-svg').length > 0")
    failing = [row for row in document.architectures if row.verdict == "fails"]
    assert failing
    assert page.locator("main ul.verdicts").first.locator("li").count() == len(document.architectures)
    assert page.locator("main ul.verdicts").first.locator(".mark.fails").count() == len(failing)
    above = "document.querySelector('ul.verdicts').getBoundingClientRect().top < document.querySelector('.heads')"
    assert page.evaluate(f"{above}.getBoundingClientRect().top")
    assert page.locator("#summary td.fails").count() == len(failing) * sum(m.summary for m in document.metrics)
    style = page.locator("#summary td.fails").first.evaluate("cell => getComputedStyle(cell).backgroundImage")
    assert "repeating-linear-gradient" in style
    assert page.locator(".main-svg pattern").count() > 0
    assert page.locator(".head.undecided b").all_inner_texts().count("undecided") >= 1
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


def test_the_library_of_figures_is_the_one_that_its_readme_names():
    folder = ROOT / "imac_arch/show/report/assets"
    raw = gzip.decompress((folder / "plotly-cartesian.min.js.gz").read_bytes())
    assert hashlib.sha256(raw).hexdigest() in (folder / "README.md").read_text()


def test_a_click_orders_the_ranking_and_says_so(document, browser, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(render(document))
    page = browser.new_page()
    page.goto(path.as_uri())
    column = page.locator("#ranking thead th").filter(has_text="latency")
    heads = page.locator("#ranking thead th").all_inner_texts()
    place = next(k for k, head in enumerate(heads) if "latency" in head)
    read = f"Array.from(document.querySelectorAll('#ranking tbody tr')).map(r => Number(r.cells[{place}].dataset.sort))"
    column.get_by_role("button").click()
    assert column.get_attribute("aria-sort") == "ascending"
    up = page.evaluate(read)
    column.get_by_role("button").click()
    assert column.get_attribute("aria-sort") == "descending"
    assert page.evaluate(read) == sorted(up, reverse=True)
    assert up == sorted(up)
    assert len(up) == 4
    page.close()


def test_eight_technologies_stay_below_two_megabytes():
    from imac_arch.data.registry import names

    eight = [name for name in names("technology") if name != "made_up"]
    assert len(eight) >= 8
    page = render(compare("784-128-10", eight[:8], samples=200).document)
    assert len(page.encode()) <= 2_000_000
