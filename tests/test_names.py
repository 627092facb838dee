"""Names are text, whatever they hold: where files lie is not told, and no output takes a name for something else."""

import base64
import csv
import gzip
import io
import json
import re
import shutil
import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from markdown_it import MarkdownIt
from rich.console import Console
from typer.testing import CliRunner

from imac_arch import compare, netlist
from imac_arch.cli import app
from imac_arch.cli.streams import say
from imac_arch.data.registry import portable
from imac_arch.data.text import CONTROL, visible
from imac_arch.results.sheets import Netlist
from imac_arch.show.comparison import comparison_sheet, summary_table
from imac_arch.show.escapes import csv_field, latex_text, markdown_text, plot_text
from imac_arch.show.files import COLUMNS, csv_text, latex, markdown, metric_rows
from imac_arch.show.report.figures import figures
from imac_arch.show.report.render import render
from imac_arch.show.terminal import print_sheet
from tests.conftest import ROOT
from tests.report.test_report import browser  # noqa: F401  # a fixture

PACKED = re.compile(r'data-form="JSON[^>]*>([A-Za-z0-9+/=\s]*)<')


@pytest.fixture
def call(monkeypatch):
    """Run a command as a process with these words would."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["imac-arch", *words])
        result = CliRunner().invoke(app, [*words])
        assert result.exit_code == 0, result.stderr
        return result.stdout

    return run


def unpacked(text):
    """A text with what a report carries."""
    return text + "".join(gzip.decompress(base64.b64decode(found)).decode() for found in PACKED.findall(text))


def test_a_path_travels_from_the_working_folder_or_as_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert portable(f"{tmp_path}/tech/mine.yaml") == "tech/mine.yaml"
    assert portable(f"{tmp_path.parent}/mine.yaml") == "mine.yaml"
    assert portable(str(tmp_path)) == tmp_path.name
    assert portable("../tech/mine.yaml") == "../tech/mine.yaml"


def test_no_document_says_where_files_lie(tmp_path, monkeypatch, call):
    files, work = (tmp_path / name for name in ("private", "work"))
    for folder in (files, work):
        folder.mkdir()
    for source, name in (("sot_mram", "mine"), ("boards/v100", "board"), ("neurons/cordic", "neuron")):
        shutil.copy(ROOT / f"tech/{source}.yaml", files / f"{name}.yaml")
    np.savez(files / "w.npz", W1=np.full((5, 3), 0.1), W2=np.full((4, 2), 0.1))
    np.savez(files / "x.npz", x=np.full((9, 4), 0.5))
    monkeypatch.chdir(work)
    net, few, tech = "--net=4-3-2", "--samples=0", f"--tech={files}/mine.yaml"
    exact = ("--exact", "--weights", f"{files}/w.npz", f"--inputs={files}/x.npz", "--gpu", f"{files}/board.yaml")
    texts = [call("compare", net, tech, *exact, "--arch=imac", "--arch=gpu", few, "-o", f"{work}/c.html")]
    texts.append(call("diff", f"{files}/mine.yaml", "reram", net, few, f"--output={work}/d.json"))
    texts.append(call("neurons", tech, f"--neuron={files}/neuron.yaml", few, "-q", "-o", f"{work}/n.html"))
    texts.append(call("netlist", net, tech, f"--weights={files}/w.npz", "-o", "-"))
    texts.append(call("tech", "show", f"{files}/mine.yaml", "--json"))
    texts.append(call("explain", "adc", tech, "--json"))
    texts += [unpacked(path.read_text()) for path in work.iterdir()]
    assert len(list(work.iterdir())) == 3
    for text in texts:
        assert str(tmp_path) not in text
        assert "private/" not in text
    report = unpacked((work / "c.html").read_text())
    assert "--tech=mine.yaml" in report
    assert '"where":"mine.yaml:' in report


NASTY = [
    '<a href="https://evil.example/">click</a>', "<b>bold</b><br>", "&lt;b&gt;", "%{x}</extra>", "a|b", "`code`",
    "*a* _b_", "[x](https://evil.example/)", "![i](http://evil.example/i.png)", "see https://evil.example",
    "www.evil.example", '=cmd|"/c calc"!A1', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1",
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\u202egnp.exe",
    "\x9b31m", "two\nlines", "[red]x[/red]", "\\input{x}", "$x^2$", "50%_&#{}~", "[1] *", "\\", "$$", "~~x~~",
]  # fmt: skip


@pytest.fixture(scope="module")
def document():
    return compare("16-8-4", ["sot_mram", "reram"], samples=20).document


def renamed(part, new, old="reram"):
    """A document in which a technology bears another name, wherever it stands."""
    if isinstance(part, str):
        return new if part == old else part.replace(f"@{old}", f"@{new}").replace(f"on {old}", f"on {new}")
    if isinstance(part, dict):
        return {renamed(key, new): renamed(value, new) for key, value in part.items()}
    if isinstance(part, tuple):
        parts = [renamed(each, new) for each in part]
        return type(part)(*parts) if hasattr(part, "_fields") else tuple(parts)
    return part


class Text(HTMLParser):
    """The tags of a page and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


def shown(document):
    out = io.StringIO()
    print_sheet(comparison_sheet(document), Console(file=out, width=400, color_system=None))
    return out.getvalue()


@pytest.mark.parametrize("name", NASTY)
def test_a_terminal_shows_a_name_and_does_not_obey_it(document, name, capsys):
    text = shown(renamed(document, name))
    assert not CONTROL.search(text)
    assert visible(name).replace("\n", " ").replace("\t", " ") in text
    lines = [len(each.splitlines()) for each in (text, shown(renamed(document, "x" * len(visible(name)))))]
    assert lines[0] == lines[1] or "\n" in name  # a paragraph keeps its own
    say(f"error: {name}")
    assert not CONTROL.search(capsys.readouterr().err)


@pytest.mark.parametrize("name", NASTY)
def test_markdown_takes_a_name_for_text(document, name):
    page = Text(MarkdownIt("commonmark").enable("table").render(markdown(summary_table(renamed(document, name)))))
    assert set(page.tags) == {"table", "thead", "tbody", "tr", "th", "td"}
    assert " ".join(visible(name).split()) in " ".join(page.text.split())
    assert not re.search(r"(?<!\\)://", markdown_text(name))  # what some readers make a link of
    assert "www." not in markdown_text(name)


@pytest.mark.parametrize("name", NASTY)
def test_a_spreadsheet_takes_a_name_for_text(document, name):
    rows = list(csv.reader(io.StringIO(csv_text(COLUMNS, metric_rows(renamed(document, name))))))
    assert {len(row) for row in rows} == {len(COLUMNS)}
    found = {row[1] for row in rows[1:]} - {"sot_mram"}
    assert found == {name if name[0] not in "=+-@\t" else f"'{name}"}
    assert all(csv_field(value) == value for value in ("-1.5e-3", "+2", -1.0, None, "sot_mram"))


@pytest.mark.parametrize("name", NASTY)
def test_latex_takes_a_name_for_text(document, name):
    lines = latex(summary_table(renamed(document, name))).splitlines()
    assert lines[1:4:2] == ["\\hline", "\\hline"]
    assert {len(re.findall(r"(?<!\\)&", line)) for line in lines[4:-2]} == {len(re.findall(r"(?<!\\)&", lines[2]))}
    rest = re.sub(r"\\text[a-z]+\{\}|\\[_%&#${}]|\{[\[\]*]\}", "", latex_text(name))
    assert not re.search(r"[\\{}$&#^_~%<>|\[\]*]", rest)


@pytest.mark.parametrize("name", NASTY)
def test_a_figure_takes_a_name_for_text(document, name):
    for plot in figures(renamed(document, name)).values():
        assert not re.search(r"<(?!br>|extra>|/extra>)", str(plot))
        for trace in plot["data"]:
            assert name not in trace.get("hovertemplate", "")
    assert plot_text("<br>\n&") == "&lt;br&gt;<br>&amp;"


def test_a_page_takes_names_for_text(document, browser, tmp_path):  # noqa: F811
    name = '=<a href="https://evil.example/">click</a>&lt;i&gt;|_[x](https://evil.example/)'
    hostile = renamed(document, name)
    hostile = hostile._replace(
        breakdown=tuple(row._replace(component=f"{row.component} {name}") for row in hostile.breakdown)
    )
    path = tmp_path / "report.html"
    path.write_text(render(hostile))
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelectorAll('.plot .main-svg').length > 0")
    assert page.locator("svg a").count() == 0
    assert page.locator("a[href*=evil]").count() == 0
    assert page.locator("svg text", has_text="<a href=").count() > 10
    assert page.locator("svg text", has_text="&lt;").count() > 10
    page.evaluate("""
        document.execCommand = () => { window.copied = document.querySelector('textarea').value; };
        navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); };
        0
    """)
    copied = {}
    for kind in ("CSV", "Markdown", "LaTeX"):
        page.locator(f"[data-copy-table=summary][data-format={kind}]").click()
        copied[kind] = page.evaluate("window.copied")
    page.close()
    assert not re.search(r"(?<!\\)://", copied["Markdown"])
    assert {"a", "em", "code"}.isdisjoint(
        Text(MarkdownIt("commonmark").enable("table").render(copied["Markdown"])).tags
    )
    heads = next(csv.reader(io.StringIO(copied["CSV"])))
    assert heads[0] == "metric"
    assert heads[4] == f"imac ({name})"
    assert latex_text(name) in copied["LaTeX"]


@pytest.mark.parametrize("name", [name for name in NASTY if CONTROL.search(name) or "\n" in name])
def test_a_file_with_a_name_that_is_no_text_is_refused(tmp_path, name):
    text = (ROOT / "tech/sot_mram.yaml").read_text().replace("name: sot_mram", f"name: {json.dumps(name)}")
    (tmp_path / "x.yaml").write_text(text)
    result = CliRunner().invoke(app, ["tech", "check", str(tmp_path / "x.yaml")])
    assert result.exit_code == 2
    assert re.search(r"x.yaml:\d+:7: name: (the character U\+[0-9A-F]{4} controls|a name is one line)", result.stderr)
    assert not CONTROL.search(result.stderr)


def test_a_netlist_takes_a_name_for_a_remark():
    found = netlist("3-2", seed=0)
    plain = [line for line in found.text().splitlines() if not line.startswith("*")]
    for name in (*NASTY, "a\n.control\nshell touch x\n.endc", "a\r+ b\x0b.end\x85.end\u2028.end"):
        text = Netlist(replace(found.circuit, title=name)).text()
        assert not CONTROL.search(text)
        assert [line for line in text.split("\n")[:-1] if not line.startswith("*")] == plain
