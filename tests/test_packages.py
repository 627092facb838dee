"""Technologies, boards, networks, kinds and laws of others: folders in IMAC_ARCH_PATH and installed packages."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from imac_arch.data import registry
from tests.conftest import ROOT
from tests.test_cli import call

EXAMPLE = ROOT / "tests" / "example_package"
FAST = ("--samples", "0", "--json")


def cli(*words, cwd, path="", packages=(), **kept):
    """The command line in a process of its own: what packages bring along stays in it."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, *packages))), "IMAC_ARCH_PATH": path, **kept}
    done = subprocess.run(
        [sys.executable, "-m", "imac_arch", *words], cwd=cwd, env=env, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


def package(folder, name, entries, files):
    """An installed package: modules and data beside a dist-info, as pip leaves them."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entries)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.fixture
def lab(tmp_path):
    """A folder for IMAC_ARCH_PATH."""
    folder = tmp_path / "my files"
    for kind in ("boards", "laws", "nets"):
        (folder / kind).mkdir(parents=True)
    text = "kind: technology\nname: mine\ntitle: mine\nextends: pcm\nread: {voltage: 0.1 V}\n"
    (folder / "mine.yaml").write_text(text)
    board = (ROOT / "tech/boards/v100.yaml").read_text().replace("name: v100", "name: my_board")
    (folder / "boards/my_board.yaml").write_text(board)
    law = (ROOT / "tech/laws/adc_fixed.yaml").read_text().replace("name: adc_fixed", "name: adc_mine")
    (folder / "laws/adc_mine.yaml").write_text(law)
    (folder / "nets/small.yaml").write_text("layers: [16, 8, 4]\n")
    return folder


def test_a_package_brings_a_technology_a_board_a_network_a_kind_and_a_law(tmp_path):
    code, out, err = cli(
        "compare", "--net", "lab_net", "--tech", "lab_mram", "--tech", "pcm", "--gpu", "lab_board",
        "--adc-law", "lab", *FAST, cwd=tmp_path, packages=[EXAMPLE],
    )  # fmt: skip
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert [row["name"] for row in document["technologies"]] == ["lab_mram", "pcm"]
    assert document["conditions"]["gpu"] == "lab_board"
    assert document["conditions"]["adc_law"] == "lab"
    switch = next(row for row in document["components"] if row["component"] == "line switch")
    assert switch["area"] == pytest.approx(0.2e-12, rel=1e-9, abs=0)
    (number,) = [row for row in document["provenance"] if row["path"].endswith("line_switch.area")]
    assert number["where"].startswith("imac-lab/lab_mram.yaml:")
    assert str(EXAMPLE) not in out


def test_kinds_of_a_package_serve_files_and_options_too(tmp_path):
    (tmp_path / "own.yaml").write_text(
        "kind: technology\nname: own\ntitle: own\nextends: sot_mram\n"
        "components: {line_switch: {kind: lab_switch, area: 0.3 um^2}, adc: {law: lab}}\n"
    )
    for words in (
        ["compare", "--net", "4-2", "--tech", "own.yaml", *FAST],
        ["tech", "check", "own.yaml"],
        ["tech", "show", "pcm", "--set", "components.line_switch={kind: lab_switch, area: 0.3 um^2}"],
        ["explain", "adc_lab"],
        ["tech", "keys", "--kind", "lab_switch"],
    ):
        code, _, err = cli(*words, cwd=tmp_path, packages=[EXAMPLE])
        assert code == 0, err
    assert "lab_switch" in cli("tech", "schema", cwd=tmp_path, packages=[EXAMPLE])[1]
    code, _, err = cli("tech", "check", "own.yaml", cwd=tmp_path)
    assert code == 2
    assert "lab_switch" in err


def test_lists_and_errors_name_what_packages_bring(tmp_path):
    code, out, _ = cli("tech", "list", "--json", cwd=tmp_path, packages=[EXAMPLE])
    assert code == 0
    found = {(row["kind"], row["name"]): row["origin"] for row in json.loads(out)["files"]}
    ours = {("technology", "lab_mram"), ("board", "lab_board"), ("law", "adc_lab"), ("network", "lab_net")}
    assert {key for key, origin in found.items() if origin == "imac-lab"} == ours
    assert {origin for key, origin in found.items() if key not in ours} == {"shipped"}
    code, _, err = cli("compare", "--net", "4-2", "--tech", "lab_mrm", *FAST, cwd=tmp_path, packages=[EXAMPLE])
    assert code == 2
    assert "did you mean 'lab_mram'" in err


def test_packages_are_not_looked_for_where_all_is_shipped(tmp_path):
    trap = package(
        tmp_path / "site", "trap", "[imac_arch.components]\ntrap = trap\n", {"trap.py": "print('imported'); 1 / 0\n"}
    )
    for words in (["compare", "--net", "4-2", *FAST], ["explain", "adc"]):
        code, out, err = cli(*words, cwd=tmp_path, packages=[trap])
        assert (code, err) == (0, ""), err
        assert "imported" not in out
    code, out, err = cli("tech", "list", cwd=tmp_path, packages=[trap, EXAMPLE])
    assert code == 0
    assert "lab_mram" in out  # others are there all the same
    assert "warning: package trap: its kinds are left out, trap cannot be loaded: division by zero" in err


TAKEN = """
from typing import Annotated, Literal
from imac_arch.components.base import COMPONENT_KIND, Component


class Mine(Component):
    kind: Annotated[Literal["adc"], COMPONENT_KIND] = "adc"
"""


def test_a_kind_or_a_name_that_is_taken_is_said(tmp_path):
    files = {
        "taken.py": TAKEN, "data/pcm.yaml": "kind: technology\nname: pcm\ntitle: not ours\nextends: reram\n",
        "data/lab_mram.yaml": "kind: technology\nname: lab_mram\ntitle: the second\nextends: reram\n",
    }  # fmt: skip
    entries = "[imac_arch.components]\ntaken = taken\n[imac_arch.technologies]\ntaken = data\ngone = nowhere\n"
    site = package(tmp_path / "site", "taken", entries, files)
    code, out, err = cli("tech", "list", "--json", cwd=tmp_path, packages=[EXAMPLE, site])
    assert code == 0
    assert "package taken: its kinds are left out, taken cannot be loaded: kind 'adc' is declared by two classes" in err
    assert "package taken: its files are left out: nowhere is no folder" in err
    rows = {row["name"]: row for row in json.loads(out)["files"] if row["kind"] == "technology"}
    assert (rows["pcm"]["origin"], rows["pcm"]["hidden"]) == ("shipped", ["taken/pcm.yaml"])
    assert (rows["lab_mram"]["origin"], rows["lab_mram"]["hidden"]) == ("imac-lab", ["taken/lab_mram.yaml"])


@pytest.fixture
def inside(tmp_path, monkeypatch):
    """The command line in this process: folders leave nothing behind in it but what was said once."""
    monkeypatch.chdir(tmp_path)

    def run(*words, path=""):
        monkeypatch.setenv("IMAC_ARCH_PATH", path)
        registry._there.cache_clear()
        registry._hidden.cache_clear()
        return call(*words)

    return run


def test_a_folder_brings_a_technology_a_board_a_law_and_a_network(tmp_path, lab, inside):
    words = ["compare", "--net", "small", "--tech", "mine", "--gpu", "my_board", "--adc-law", "mine", *FAST]
    code, out, err = inside(*words, path=f"{lab}{os.pathsep}")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["conditions"]["gpu"] == "my_board"
    assert document["conditions"]["adc_law"] == "mine"
    assert str(tmp_path) not in out  # reports travel
    for what, name in (("--tech", "mine"), ("--gpu", "my_board"), ("--adc-law", "mine"), ("--net", "small")):
        code, _, err = inside("compare", *("--net", "4-2") * (what != "--net"), what, name, *FAST)
        assert code == 2
        assert name in err


def test_a_shipped_name_means_the_same_everywhere_and_what_it_hides_is_said(tmp_path, lab, inside):
    (lab / "pcm.yaml").write_text("kind: technology\nname: pcm\ntitle: not ours\nextends: reram\n")
    (tmp_path / "other").mkdir()
    shutil.copy(lab / "mine.yaml", tmp_path / "other" / "mine.yaml")
    path = os.pathsep.join(["my files", "other", "nowhere"])
    words = ["compare", "--net", "4-2", "--tech", "pcm", *FAST]
    plain = inside(*words)[1]
    code, out, err = inside(*words, path=path)
    assert code == 0
    assert json.loads(out)["architectures"] == json.loads(plain)["architectures"]
    assert "warning: tech/pcm.yaml is used; my files/pcm.yaml bears the same name and is not" in err
    assert err.count("IMAC_ARCH_PATH: nowhere is no folder, and is left out") == 1
    code, _, err = inside("tech", "check", "mine", path=path)
    assert code == 0
    assert "my files/mine.yaml is used; other/mine.yaml bears the same name and is not" in err
    assert inside(*words, "-q", path=path)[2] == ""
    rows = json.loads(inside("tech", "list", "--json", path=path)[1])["files"]
    assert {"my files"} == {row["origin"] for row in rows if row["name"] == "mine"}


def test_a_path_is_that_file_whatever_its_name(tmp_path, lab, inside):
    (tmp_path / "pcm.yaml").write_text("kind: technology\nname: ours\ntitle: ours\nextends: pcm\n")
    code, out, err = inside("tech", "check", "./pcm.yaml", path=str(lab))
    assert (code, err) == (0, "")
    assert out.startswith("pcm.yaml: valid")


def test_a_broken_file_of_somebody_else_stops_no_list(lab, inside):
    (lab / "broken.yaml").write_text("a: [\n")
    code, out, _ = inside("tech", "list", path=str(lab))
    assert code == 0
    assert "cannot be read" in out
    assert inside("compare", "--net", "4-2", *FAST, path=str(lab))[0] == 0
