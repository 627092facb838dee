"""Shipped files are kept as they were parsed, and what is kept never counts for another text."""

import os
import shutil
import sys

import pytest

from imac_arch.data import kept
from imac_arch.data.errors import FileErrors
from imac_arch.data.files import parse_text, read_yaml
from tests.conftest import ROOT


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "data_folder", lambda: tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def beside(path):
    return list((path.parent / "__pycache__").glob(f"{path.name}*"))


@pytest.mark.parametrize("name", ["sot_mram.yaml", "laws/scaling.yaml", "boards/h100.yaml"])
def test_what_is_recalled_is_what_was_parsed(shipped, monkeypatch, name):
    path = shipped / "a.yaml"
    shutil.copy(ROOT / "tech" / name, path)
    first = read_yaml(path)
    monkeypatch.setattr("imac_arch.data.files.parse_text", None)  # called no more
    again = read_yaml(path)
    assert (again.data, again.places) == (first.data, first.places)
    assert list(again.data) == list(first.data)
    assert (again.lines, again.name) == (first.lines, first.name)
    again.data.clear()
    assert read_yaml(path).data == first.data


def test_another_text_and_another_reader_are_parsed_anew(shipped, monkeypatch):
    path = shipped / "a.yaml"
    path.write_text("a: 1\n")
    assert read_yaml(path).data == {"a": 1}
    path.write_text("a: 2\n")
    assert read_yaml(path).data == {"a": 2}
    monkeypatch.setattr(kept, "_reader", lambda: "later")
    assert kept.recalled(path, "a: 2\n") is None
    assert read_yaml(path).data == {"a": 2}
    assert kept.recalled(path, "a: 2\n")[0] == {"a": 2}
    assert len(beside(path)) == 1


def test_a_reader_that_was_changed_or_another_python_does_not_take_what_was_kept(shipped, monkeypatch):
    reader, path = shipped / "events.py", shipped / "a.yaml"
    path.write_text("a: 1\n")
    monkeypatch.setattr(kept, "__file__", str(shipped / "kept.py"))
    monkeypatch.setattr(kept, "_reader", kept._reader.__wrapped__)
    for text, second in (("a = 1", 1), ("a = 1", 2), ("a = 23", 2)):  # of the same size, and of the same time
        reader.write_text(text)
        os.utime(reader, (second, second))
        assert kept.recalled(path, "a: 1\n") is None
        read_yaml(path)
        assert kept.recalled(path, "a: 1\n")[0] == {"a": 1}
    monkeypatch.setattr(sys.implementation, "cache_tag", "another-1")
    assert kept.recalled(path, "a: 1\n") is None


@pytest.mark.parametrize("left", [b"", b"no marshal", b"\xe3", b"i\x01\x00\x00\x00"])
def test_what_is_not_as_it_was_left_does_not_count(shipped, left):
    path = shipped / "a.yaml"
    path.write_text("a: 1\n")
    read_yaml(path)
    (own,) = beside(path)
    own.write_bytes(left)
    assert read_yaml(path).data == {"a": 1}
    assert own.read_bytes() != left


def test_nothing_is_kept_of_other_files_nor_of_wrong_ones(shipped, tmp_path_factory, monkeypatch):
    other = tmp_path_factory.mktemp("own") / "a.yaml"
    other.write_text("a: 1\n")
    read_yaml(other)
    wrong = shipped / "wrong.yaml"
    wrong.write_text("a: 1\na: 2\n")
    for _ in range(2):
        with pytest.raises(FileErrors, match="duplicate key"):
            read_yaml(wrong)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    asked = shipped / "b.yaml"
    asked.write_text("a: 1\n")
    assert read_yaml(asked).data == parse_text("a: 1\n", "").data
    assert beside(other) == beside(wrong) == beside(asked) == []


def test_a_folder_that_takes_nothing_costs_no_result(shipped):
    path = shipped / "a.yaml"
    path.write_text("a: 1\n")
    (shipped / "__pycache__").write_text("a file stands here")
    assert read_yaml(path).data == {"a": 1}


def test_what_cannot_be_kept_leaves_no_part_of_it(shipped):
    path = shipped / "a.yaml"
    path.write_text("a: 1\n")
    read_yaml(path)
    (own,) = beside(path)
    own.unlink()
    own.mkdir()
    assert read_yaml(path).data == {"a": 1}
    assert beside(path) == [own]
