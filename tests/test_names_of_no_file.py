"""A name with a NUL, which no file can have, is refused as one of ours wherever a path may be given."""

import numpy as np
import pytest

import imac_arch
from imac_arch.data.errors import ImacError

ASKED = {
    "tech": lambda name: imac_arch.compare("4-3-2", name),
    "net": lambda name: imac_arch.compare(name, "sot_mram"),
    "gpu": lambda name: imac_arch.compare("4-3-2", "sot_mram", gpu=name),
    "scenario": lambda name: imac_arch.compare(scenario=name),
    "weights": lambda name: imac_arch.compare("4-3-2", "sot_mram", weights=name),
    "data": lambda name: imac_arch.accuracy("4-3-2", data=name),
    "train": lambda name: imac_arch.accuracy("4-3-2", "sot_mram_imec", "images.npz", train=name, epochs=1),
    "axis": lambda name: imac_arch.sweep(over={"tech": [name]}),
    "diff": lambda name: imac_arch.diff(name, name),
    "macros": lambda name: imac_arch.validate(macros=name),
}


@pytest.mark.parametrize("name", ["\0", "./\0.yaml", "folder/\0", "\0.npz"])
@pytest.mark.parametrize("what", ASKED)
def test_a_name_that_no_file_can_have_is_refused(tmp_path, monkeypatch, what, name):
    monkeypatch.chdir(tmp_path)
    np.savez("images.npz", x=np.zeros((12, 4)), y=np.arange(12) % 2)
    with pytest.raises(ImacError):
        ASKED[what](name)
    assert [path.name for path in tmp_path.iterdir()] == ["images.npz"]
