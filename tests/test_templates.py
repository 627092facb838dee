"""New files to edit: every key is there with what it is, and every line may be uncommented by itself."""

import re
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from imac_arch.cli import app
from imac_arch.components.base import instead_of
from imac_arch.data import extends
from imac_arch.data.extends import read_extended
from imac_arch.data.files import parse_text, read_yaml
from imac_arch.data.leaves import find_part
from imac_arch.data.registry import data_folder, names
from imac_arch.fields import technology_keys
from imac_arch.studies.templates import template_text
from imac_arch.technology_files import load_technology
from tests.helpers import ROOT, technology

KEY = re.compile(r"( *)#([a-z_]+): ")
COMMENTED = {base: template_text("mine", base).splitlines() for base in (None, "sot_mram")}
PLACES = [(base, n) for base, lines in COMMENTED.items() for n, line in enumerate(lines) if KEY.match(line)]


def written(tmp_path, lines):
    path = tmp_path / "mine.yaml"
    path.write_text("\n".join(lines))
    return str(path)


def uncommented(line):
    return KEY.sub(r"\1\2: ", line, count=1)


def test_there_are_lines_to_uncomment():
    assert sum(base is None for base, _ in PLACES) > 30
    assert sum(base == "sot_mram" for base, _ in PLACES) > 130


@pytest.fixture
def read_once(monkeypatch):
    """The file below is read once, not for every line."""
    known = cache(read_yaml)
    monkeypatch.setattr(extends, "read_yaml", lambda path: (known if "mine" not in path.name else read_yaml)(path))


def merged(tmp_path, lines):
    data = read_extended("technology", written(tmp_path, lines), instead=instead_of).data
    return {key: value for key, value in data.items() if key not in ("name", "title", "extends")}


def test_any_single_line_of_the_template_may_be_uncommented(tmp_path):
    lines = COMMENTED[None]
    assert load_technology(written(tmp_path, lines)).model.components == technology("made_up").components
    for n in (n for base, n in PLACES if base is None):
        changed = [*lines[:n], uncommented(lines[n]), *lines[n + 1 :]]
        own = load_technology(written(tmp_path, changed)).document.data  # raises where it is not valid
        assert own != parse_text("\n".join(lines), "").data, lines[n]


def test_any_single_line_of_what_is_inherited_may_be_uncommented(tmp_path, read_once):
    """One that the file below has changes nothing; one that it leaves out is set."""
    lines, set_ = COMMENTED["sot_mram"], 0
    plain = merged(tmp_path, lines)
    load_technology(written(tmp_path, lines))
    for n in (n for base, n in PLACES if base):
        changed = [*lines[:n], uncommented(lines[n]), *lines[n + 1 :]]
        found = merged(tmp_path, changed)
        if found != plain:
            load_technology(written(tmp_path, changed))  # raises where it is not valid
            set_ += 1
    below = read_yaml(ROOT / "tech/sot_mram.yaml").data
    assert plain == {key: value for key, value in below.items() if key not in ("name", "title")}
    assert 20 < set_ < 70  # what the file below does not say


def test_a_line_that_is_wrong_would_be_noticed(tmp_path):
    lines = [uncommented(line).replace("binary", "binry") for line in COMMENTED[None]]
    with pytest.raises(Exception, match="binry"):
        load_technology(written(tmp_path, lines))


@pytest.mark.parametrize("name", names("technology"))
def test_all_that_is_inherited_may_be_uncommented_at_once(name, tmp_path):
    lines = template_text("mine", name).splitlines()
    below = read_yaml(ROOT / "tech" / f"{name}.yaml").data
    own = load_technology(name).document.data
    path: list[str] = []
    for n, line in enumerate(lines):
        match = re.match(r"( *)(#?)([a-z_]+):", line)
        if match:
            path[len(match[1]) // 2 :] = [match[3]]
            if match[2] and find_part(own, path) is not None:
                lines[n] = uncommented(line)
    found = load_technology(written(tmp_path, lines)).model
    assert found.model_dump(exclude={"name", "title", "extends"}) == load_technology(name).model.model_dump(
        exclude={"name", "title", "extends"}
    )
    assert below.keys() <= own.keys()


def test_every_key_is_there_with_description_unit_default_and_usual_range():
    text = " ".join(template_text("mine").replace("#", " ").split())
    data = read_yaml(ROOT / "tech/made_up.yaml").data
    for key in technology_keys():
        kind = (data["components"].get(key.role) or {}).get("kind") if key.role else None
        if key.kind not in ("technology", kind) or key.path.startswith("sources."):
            continue
        name = key.path.rpartition(".")[2]
        head, _, _ = key.path.rpartition(".")
        said = key.description + (f" [{key.unit}]" if key.unit else "")
        assert said in text or name in ("kind", "name", "title", "sources"), key.path
        fields = find_part(data, head.split(".")) if head else data
        shown = f"{name}:" if not set(instead_of(fields.get("kind"), name)) & fields.keys() else f"({name})"
        assert shown in text
        if key.usual:
            assert f"{said}; " in text
            assert f"usually {key.usual}" in text
        if key.default and name not in ("kind", "zero"):
            assert f"default {key.default}" in text


@pytest.mark.parametrize("words", [(), ("--extends", "sot_mram")])
def test_a_new_file_leads_editors_to_the_schema(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub dir").mkdir()
    for file in ("mine.yaml", "sub dir/mine.yaml"):
        assert CliRunner().invoke(app, ["tech", "new", file, *words]).exit_code == 0
        line = (tmp_path / file).read_text().splitlines()[0]
        way = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", line)[1]
        assert not Path(way).is_absolute()
        assert (tmp_path / file).parent.joinpath(way).resolve() == data_folder() / "technology.schema.json"
    monkeypatch.chdir(ROOT)
    assert template_text("mine", None, Path()).splitlines()[0].endswith("=tech/technology.schema.json")


def test_a_base_in_another_folder_is_found_from_the_new_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    runner = CliRunner()
    assert runner.invoke(app, ["tech", "new", "base.yaml", "--extends", "reram"]).exit_code == 0
    for file in ("sub/mine.yaml", "next.yaml"):
        assert runner.invoke(app, ["tech", "new", file, "--extends", "./base.yaml"]).exit_code == 0
        assert runner.invoke(app, ["tech", "check", file]).exit_code == 0
    assert "extends: ../base.yaml" in (tmp_path / "sub/mine.yaml").read_text()
    assert "extends: ./base.yaml" in (tmp_path / "next.yaml").read_text()


def test_lines_fit_where_they_can():
    for lines in COMMENTED.values():
        assert [line for line in lines if line.lstrip().startswith("# ") and len(line) > 120] == []


def test_a_count_is_written_short():
    line = next(line for line in COMMENTED["sot_mram"] if "#programming" in line)
    assert "endurance: {value: 7e+12, range: [5e+10, 1e+15]" in line
