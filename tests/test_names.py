"""Names are text, whatever they hold: where files lie is not told, and no output takes a name for something else."""

import base64
import gzip
import re
import shutil
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from imac_arch.cli import app
from imac_arch.data.registry import portable
from tests.conftest import ROOT

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
