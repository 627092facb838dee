import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imac_arch.data.errors import FileErrors, InputOutputError
from imac_arch.data.files import digest, parse_text, read_yaml


def test_scalars_follow_yaml_1_2():
    text = "a: 1e-15\nb: no\nc: 0o17\nd: 'true'\ne: true\nf: ~\ng: .5\nh: 1_000\ni: .nan\nj: 12:30\n"
    data = parse_text(text, "x").data
    assert (data["a"], data["b"], data["c"], data["d"], data["e"], data["f"], data["g"]) == (
        1e-15,
        "no",
        15,
        "true",
        True,
        None,
        0.5,
    )
    assert (data["h"], data["j"]) == ("1_000", "12:30")
    assert data["i"] != data["i"]


def test_places_are_lines_and_columns():
    document = parse_text("a: 1\nb:\n  c: {d: 2}\n", "x.yaml")
    assert str(document.problem("wrong", ("b", "c", "d"))) == "x.yaml:3:7: b.c.d: wrong\n      c: {d: 2}\n          ^"


def test_every_duplicate_key_is_reported_with_the_first_line():
    with pytest.raises(FileErrors) as caught:
        parse_text("a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\n", "x")
    assert [p.line for p in caught.value.problems] == [3, 4]
    assert "first given in line 1" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["a: [1, 2", "a: b: c", "\t- x", "a: 1\n---\nb: 2", "{a: 1", "? [a]\n: b", "!!binary x: [", "# only"]
)
def test_malformed_text_is_a_file_error_with_a_place(text):
    with pytest.raises(FileErrors):
        parse_text(text, "x.yaml")


def test_hostile_nesting_and_aliases_stay_bounded():
    with pytest.raises(FileErrors):
        parse_text("[" * 100_000, "x")
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
    )
    with pytest.raises(FileErrors, match="alias"):
        parse_text(bomb, "x")
    with pytest.raises(FileErrors, match="values"):
        parse_text("[" + "1," * 200_010 + "]", "x")


@given(st.text(max_size=60))
def test_any_text_parses_or_is_a_file_error(text):
    with contextlib.suppress(FileErrors):
        parse_text(text, "x")


def test_unreadable_paths(tmp_path):
    with pytest.raises(InputOutputError, match="no such file"):
        read_yaml(tmp_path / "missing.yaml")
    with pytest.raises(InputOutputError, match="folder"):
        read_yaml(tmp_path)
    for raw in (b"", b"  \n", b"\xff\xfe\x00", b"a: \x00"):
        (tmp_path / "x.yaml").write_bytes(raw)
        with pytest.raises(FileErrors):
            read_yaml(tmp_path / "x.yaml")


def test_the_digest_ignores_order_layout_and_comments():
    one, two = (
        parse_text("a: 1\nb: {c: 2, d: 3}\n", "x").data,
        parse_text("# hello\nb:\n  d: 3\n  c: 2\na: 1\n", "y").data,
    )
    assert digest(one) == digest(two)
    assert digest(one) != digest({**one, "a": 2})
    assert json.dumps(one) != json.dumps(two)
