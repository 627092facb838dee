"""What the terminal shows at any width: rows for columns that do not fit, and nothing broken."""

import io
import os
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from imac_arch import compare, compare_neurons, diff, explain
from imac_arch.show.layout import INTERVALS, UNWRAPPED, item_lines, paragraph, table_lines
from imac_arch.show.sheet import Cell, Item, Table, text_of
from imac_arch.show.terminal import is_plain, open_console, print_plain

WIDTHS = (60, 80, 100, 120, 160)
KEPT = re.compile(r"\d (?:[fpnuµmkMGT]?(?:W|J|s|m²|mm²|Ω|V|A|S)|%)(?!\w)")


@pytest.fixture(scope="module")
def results():
    return {
        "compare": compare("64-32-10", samples=50),
        "two": compare("64-32-10", ["sot_mram", "reram"], samples=50),
        "scenario": compare(scenario="amin2022", samples=20),
        "neurons": compare_neurons(samples=50),
        "diff": diff("sot_mram", "reram", net="64-10", samples=20),
        "adc": explain("adc", samples=50),
        "eap": explain("eap"),
    }


def shown(result, width):
    stream = io.StringIO()
    result.to_terminal(Console(file=stream, width=width, highlight=False))
    return stream.getvalue()


@pytest.mark.parametrize("name", ["compare", "two", "scenario", "neurons", "diff", "adc", "eap"])
def test_no_word_and_no_number_is_broken_at_any_width(results, name):
    whole = shown(results[name], UNWRAPPED)
    words = set(whole.split())
    assert KEPT.search(whole) or name == "eap"
    for width in WIDTHS:
        text = shown(results[name], width)
        for line in text.splitlines():
            assert cell_len(line) <= width or len(line.split()) == 1, (width, line)
            assert not re.search(r"\[[^\]]{,24}$", line), (width, line)
        assert not re.search(r"\d\n *(?:[fpnuµmkMGT]?(?:W|J|s|m²|mm²|Ω|V|A|S)|%)(?!\w)", text)
        lost = {word.strip("[],;:|") for word in words} - {word.strip("[],;:|") for word in text.split()}
        lost -= {"claim", "input", "fact", "path"}  # heads of names, which lists of a row do without
        if width < INTERVALS:  # no intervals of absolute values
            lost = {word for word in lost if not re.fullmatch(r"[\d.,e+-]+|\w*/?[Wsmω²³·%]+[\w/·²]*", word)}
        assert not lost, (width, lost)


def test_designs_become_rows_where_columns_do_not_fit(results):
    wide, narrow = (shown(results["compare"], width) for width in (UNWRAPPED, 80))
    assert re.search(r"^ +imac +mixed_signal +digital +gpu \(h100\)$", wide, re.M)
    assert re.search(r"^latency +\d", wide, re.M)
    assert not re.search(r"^latency +\d", narrow, re.M)
    assert re.search(r"^digital +works +[\d.]+ mW", narrow, re.M)


def test_absolute_values_have_intervals_from_120_columns(results):
    interval = r"^digital .*\d [mµn]?W \[\d"
    for width in WIDTHS:
        assert bool(re.search(interval, shown(results["compare"], width), re.M)) is (width >= 120), width
    assert re.search(r"^power .*\d [mµn]?W \[\d", shown(results["compare"], UNWRAPPED), re.M)
    assert all(re.search(r"x \w+ \[[\d.,]+x, ", shown(results["compare"], width)) for width in WIDTHS)


def test_where_no_terminal_is_lines_are_whole_and_plain(results, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    stream = io.StringIO()
    results["two"].to_terminal(open_console(stream=stream))
    text = stream.getvalue()
    assert "\x1b" not in text
    assert "…" not in text
    assert max(map(len, text.splitlines())) > 200
    assert text == shown(results["two"], UNWRAPPED)
    monkeypatch.setitem(os.environ, "COLUMNS", "70")
    stream = io.StringIO()
    results["eap"].to_terminal(open_console(stream=stream))
    assert max(map(len, stream.getvalue().splitlines())) <= 70


def test_a_pipe_gets_the_lines_of_a_console_without_one(results, monkeypatch, capsys):
    for name in ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    assert is_plain()
    assert is_plain(False)
    assert not is_plain(True)
    for result in results.values():
        stream = io.StringIO()
        result.to_terminal(open_console(stream=stream))
        print_plain(result.sheet())
        assert capsys.readouterr().out == stream.getvalue()
    for name in ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE"):
        with monkeypatch.context() as asked:
            asked.setenv(name, "1")
            assert not is_plain()


def lines(table, width):
    return [line.text for line in table_lines(table, width)]


def test_what_names_a_row_stands_beside_every_part_of_a_wide_table():
    rows = tuple((f"a{n}", f"{n} nm", "1" * 20, "2" * 20, "3" * 20) for n in range(2))
    assert lines(Table(("name", "node", "x", "y", "z"), rows, left=(0, 1)), 40)[::4] == [
        "name  node                     x",
        "name  node                     y",
        "name  node                     z",
    ]


def test_heads_wrap_before_columns_are_parted():
    table = Table(("", "power-area product", "area"), (("imac", "1 W", "2 mm²"),))
    assert lines(table, 25) == ["        power-area", "           product   area", "imac           1 W  2 mm²"]


def test_words_wrap_inside_their_column_and_a_row_is_a_list_where_nothing_else_fits():
    table = Table(("", "value", "source"), (("components.adc.rate", "10 MHz", "volumes " * 8),), left=(0, 2))
    wrapped = lines(table, 60)
    assert len(wrapped) == 3
    assert {line.index("volumes") for line in wrapped[1:]} == {29}
    *head, last = lines(table, 40)
    assert head[:2] == ["components.adc.rate", "    value: 10 MHz | source: volumes"]
    assert last.startswith("    volumes")


def test_a_row_that_is_a_list_is_headed_by_all_that_names_it():
    table = Table(("design", "result", "change"), (("imac", "power", "1" * 30),), left=(0, 1))
    assert lines(table, 34) == ["imac, power", "    change:", "    " + "1" * 30]


def test_a_unit_that_is_that_of_the_ends_too_stands_once():
    assert text_of(Cell("2.5 nJ", ("1.9 nJ", "7 nJ"))) == "2.5 nJ [1.9, 7]"
    assert text_of(Cell("2.5 nJ", ("900 pJ", "7 nJ"), mark="fails")) == "2.5 nJ† [900 pJ, 7 nJ]"
    assert text_of(Cell("5x more", ("2x more", "7x more"), mark="undecided")) == "undecided [2x more, 7x more]"


@given(st.text("ab1 %W,[]", max_size=80), st.integers(1, 60))
def test_a_paragraph_keeps_its_words_and_its_width(text, width):
    broken = paragraph(text, width)
    assert " ".join(broken).split() == text.split()
    assert not any(re.match(r"[W%]", right.lstrip()) and re.search(r"\d$", left)
                   for left, right in pairwise(broken))  # fmt: skip


def test_a_text_without_room_beside_its_head_stands_below_it():
    items = (Item("fails", "current_density", "word " * 12, ("note",)),)
    beside, below = ([line.text for line in item_lines(items, width)] for width in (80, 40))
    assert beside[0].startswith("  fails  current_density  word")
    assert below[0] == "  fails  current_density"
    assert below[1].startswith("         word")
    assert below[-1] == "         note"
