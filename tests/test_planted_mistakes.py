"""Mistakes that architects make, each with the message that it must give: the place, what was found, what is allowed,
and the nearest right thing.

A row is what stands on the command line, or in a file of weights or of a network, and the pieces that the message must
contain. Those of other files: `test_planted_in_files.py`.
"""

import json

import numpy as np
import pytest

from tests.test_cli import call

# (words behind `compare`, exit code, what it says); 784-128-10 on sot_mram where nothing else is said
ON_THE_COMMAND_LINE = {
    "network with x": (["--net", "784x128x10"], 2, "network '784x128x10' | did you mean '784-128-10'?"),
    "network with commas": (["--net", "784, 128, 10"], 2, "did you mean '784-128-10'?"),
    "activation that is not modelled": (
        ["--net", "784-128:softmax-10"], 2, "unknown activation 'softmax' | allowed: sigmoid, tanh, relu, identity",
    ),
    "activation in capitals": (["--net", "784-128:ReLU-10"], 2, "unknown activation 'ReLU' | did you mean 'relu'?"),
    "network's file that is absent": (["--net", "mlp.yaml"], 4, "mlp.yaml: no such file"),
    "setting without a unit": (
        ["--set", "vdd=0.9"], 2, "--set vdd=0.9: vdd:  | a unit is missing | did you mean '0.9 V'?",
    ),
    "setting a thousand times off": (
        ["--set", "read.voltage=300 V"], 2,
        "--set read.voltage=300 V: read.voltage:  | above the usual range, 10 mV to 2 V | did you mean '300 mV'?",
    ),
    "setting with a misspelt key": (["--set", "components.adc.bit=6"], 2, "components.adc.bit | did you mean | bits"),
    "setting of another kind's key": (
        ["--set", "components.synapse.r_on=5 kohm"], 2,
        "--set components.synapse.r_on=5 kohm | 'r_on' is a key of kind 'resistive_pair', this is 'mtj_pair'",
    ),
    "setting without an equals sign": (["--set", "vdd 0.9 V"], 2, "--set 'vdd 0.9 V' | PATH=VALUE"),
    "setting with a colon": (["--set", "vdd: 0.9 V"], 2, "--set 'vdd: 0.9 V' | PATH=VALUE"),
    "setting of a kind that another role has": (
        ["--set", "components.readout.kind=adc"], 2, "'adc' cannot fill the role 'readout' | winner_take_all",
    ),
    "setting of a word": (["--set", "components.adc.bits=six"], 2, "components.adc.bits | 'six' | 'auto'"),
    "source that is not listed": (
        ["--set", "components.wire.width.source=imac_sim"], 2,
        "--set components.wire.width.source=imac_sim: | 'imac_sim' is not in 'sources' | did you mean 'imacsim'?",
    ),
    "source of a claim that is not listed": (
        ["--set", "laws.neuron_claims.claims.2.source=zand2021"], 2,
        "--set laws.neuron_claims.claims.2.source=zand2021: claims.2.source: | did you mean 'zand2020'? | zand2020b",
    ),
    "subarray with an asterisk": (["--subarray", "128*128"], 2, "subarray '128*128' | did you mean '128x128'?"),
    "subarray of one number": (["--subarray", "128"], 2, "subarray '128' | did you mean '128x128'?"),
    "technology in capitals": (["--tech", "SOT-MRAM"], 2, "unknown technology 'SOT-MRAM' | did you mean 'sot_mram'?"),
    "technologies with a comma": (
        ["--tech", "sot_mram,reram"], 2,
        "unknown technology 'sot_mram,reram' | give each by itself: sot_mram and reram",
    ),
    "setting of a mapping without spaces": (
        ["--set", "components.synapse={kind:resistive_pair}"], 2,
        "missing key 'kind' | level_pair, mtj_pair, resistive_pair | a space is missing after the colon",
    ),
    "technology's file that is absent": (["--tech", "reram.yaml"], 4, "reram.yaml: no such file | write 'reram'"),
    "board in capitals": (["--gpu", "H-100"], 2, "unknown board 'H-100' | did you mean 'h100'?"),
    "board as a technology": (["--tech", "h100"], 2, "'h100' is a board"),
    "architecture with a hyphen": (
        ["--arch", "mixed-signal"], 2, "unknown architecture 'mixed-signal' | did you mean 'mixed_signal'?",
    ),
    "law that does not exist": (["--adc-law", "sra"], 2, "unknown ADC law 'sra' | did you mean 'sar'?"),
    "bits beyond the law": (
        ["--adc-bits", "16"], 2, "ADC: enob 15.5 is outside the range of adc_survey, 3 to 10 | another law or value",
    ),
    "bits with a unit": (["--adc-bits", "6b"], 2, "--adc-bits '6b': needed is a whole number"),
    "timing misspelt": (["--timing", "settle"], 2, "unknown timing 'settle' | did you mean 'settled'?"),
    "batch of none": (["--batch", "0"], 2, "batch 0 is not allowed | 1 or more"),
    "tiles of another network": (["--tiles", "2x2"], 2, "tiles '2x2' are for 1 layers, 784-128-10 has 2"),
    "tiles that do not fit": (
        ["--tiles", "2x2,1x1"], 3, "layer 1: 2 row tiles for 785 rows; a subarray has 32; use at least 25",
    ),
    "option misspelt": (["--techs", "reram"], 2, "no such option: --techs | did you mean --tech"),
    "report as PDF": (["-o", "report.pdf"], 2, "unknown output format 'pdf' | html"),
    "weights without --exact": (["--weights", "w.npz"], 2, "--exact"),
}  # fmt: skip


# (what the file of weights of 8-4-2 holds, what it says)
IN_WEIGHTS = {
    "transposed": ({"W1": np.zeros((4, 9)), "W2": np.zeros((2, 5))}, ["W1", "(4, 9)", "(9, 4)", "transpose it", "W2"]),
    "without the bias": ({"W1": np.zeros((8, 4)), "W2": np.zeros((4, 2))}, ["W1", "(8, 4)", "(9, 4)", "bias"]),
    "layer left out": ({"W1": np.zeros((9, 4))}, ["contains 'W1'; expected W1, W2"]),
    "other names": ({"fc1": np.zeros((9, 4)), "fc2": np.zeros((5, 2))}, ["contains 'fc1', 'fc2'; expected W1, W2"]),
    "beyond one": (
        {"W1": np.full((9, 4), 3.0), "W2": np.zeros((5, 2))},
        ["W1", "3", "between -1 and 1", "divide by 3"],
    ),
}

# (a network's file, what it says); the place is of the key
IN_NETWORKS = {
    "key misspelt": ("layer: [784, 10]", "net.yaml:1:1: layer: unknown key 'layer' | did you mean 'layers'?"),
    "activation in capitals": (
        "layers: [784, {width: 128, activation: Relu}, 10]",
        "net.yaml:1:1: layers: | unknown activation 'Relu' | did you mean 'relu'?",
    ),
    "width misspelt": (
        "layers: [784, {widht: 128}, 10]",
        "net.yaml:1:1: layers: | layer 1 is {'widht': 128} | {width: 128",
    ),
    "share beyond one": (
        "layers: [784, 10]\ninput: {mean: 13, mean_square: 10 %}",
        "net.yaml:2:9: input.mean: | 13 is not allowed here: it must be 1 or less | did you mean '13 %'?",
    ),
    "text for layers": ("layers: 784-128-10", "net.yaml:1:1: layers: | '784-128-10' | did you mean [784, 128, 10]?"),
}
# (setting, what is remarked on it): it may be meant, so that the comparison is made
NOTED = {
    "millimetres for micrometres": (
        "components.bus.length=60 mm",
        "components.bus.length: 60 mm is above the usual range, 1 um to 50 mm; did you mean '60 um'?",
    ),
    "end of a range": (
        "components.bus.length={value: 1 mm, range: [1 nm, 2 mm]}",
        "components.bus.length: an end of its range, 1 nm, is below the usual range, 1 um to 50 mm",
    ),
    "slip with a range of its own": (
        "components.bus.length={value: 1 km, range: [0.9 km, 1.1 km]}",
        "components.bus.length: 1 km is above the usual range, 1 um to 50 mm; did you mean '1 mm'?",
    ),
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("words", "code", "says"), ON_THE_COMMAND_LINE.values(), ids=ON_THE_COMMAND_LINE)
def test_a_mistake_on_the_command_line(here, words, code, says):
    net = [] if "--net" in words else ["--net", "784-128-10"]
    found, out, err = call("compare", *net, "--samples", "0", *words)
    plain = " ".join(err.replace("│", " ").split())
    assert (found, out) == (code, ""), err
    assert [each for each in says.split(" | ") if each not in plain] == [], err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(("arrays", "says"), IN_WEIGHTS.values(), ids=IN_WEIGHTS)
def test_a_mistake_in_weights(here, arrays, says):
    np.savez(here / "w.npz", **arrays)
    code, out, err = call("compare", "--net", "8-4-2", "--samples", "0", "--exact", "--weights", "w.npz")
    assert (code, out) == (2, ""), err
    assert [each for each in ("w.npz", *says) if each not in err] == [], err


@pytest.mark.parametrize(("text", "says"), IN_NETWORKS.values(), ids=IN_NETWORKS)
def test_a_mistake_in_a_network(here, text, says):
    (here / "net.yaml").write_text(f"{text}\n")
    code, out, err = call("compare", "--net", "net.yaml", "--samples", "0")
    assert (code, out) == (2, ""), err
    assert [each for each in says.split(" | ") if each not in err] == [], err


@pytest.mark.parametrize(("setting", "says"), NOTED.values(), ids=NOTED)
def test_what_is_unusual_is_noted(here, setting, says):
    words = ["--net", "8-4-2", "--arch", "mixed_signal", "--samples", "0", "--json", "--set", setting]
    code, out, err = call("compare", *words)
    assert (code, err) == (0, "")
    (note,) = [each for each in json.loads(out)["warnings"] if each["code"] == "unusual"]
    assert note["message"] == says
    assert (note["where"], note["severity"]) == ("--set components.bus.length", "note")
