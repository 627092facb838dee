"""Mistakes that architects make, each with the message that it must give: the place, what was found, what is allowed,
and the nearest right thing.

A row is what is done to a shipped file, or what stands on the command line, and the pieces that the message must
contain; LINE is the line of the mistake.
"""

import json

import numpy as np
import pytest

from tests.helpers import ROOT
from tests.test_cli import call

SOT, ZAND, BOARD = "sot_mram.yaml", "scenarios/zand2020.yaml", "boards/v100.yaml"
LAW = "laws/adc_survey.yaml"

# (file, what stands there, what is written instead, what `tech check my.yaml` says, exit code 2)
IN_FILES = {
    "unit spelled out": (
        SOT, "vdd: {value: 0.8 V,", "vdd: {value: 0.8 volts,",
        "my.yaml:LINE:7: vdd.value:  | '0.8 volts' | unknown unit 'volts' | a voltage | did you mean '0.8 V'? "
        "| \n    vdd: {value: 0.8 volts | \n          ^",
    ),
    "decimal comma": (
        SOT, "vdd: {value: 0.8 V,", "vdd: {value: '0,8 V',", "my.yaml:LINE:7 | '0,8 V' | did you mean '0.8 V'?",
    ),
    "no unit": (
        SOT, "vdd: {value: 0.8 V,", "vdd: {value: 0.8,",
        "my.yaml:LINE:7 | a unit is missing | a voltage | did you mean '0.8 V'?",
    ),
    "node without unit": (
        SOT, "node: {value: 14 nm, source: imacsim, status: published}\nvdd", "node: 14\nvdd",
        "my.yaml:LINE:1: node:  | a unit is missing | a length | did you mean '14 nm'?",
    ),
    "percent left out": (
        SOT,
        'tmr: {value: 200 %, source: imacsim, status: derived, note: "reproduces 25464.79 ohm exactly; at zero '
        'bias"}\n    cell',
        "tmr: 180\n    cell", "my.yaml:LINE:5 | a percentage | components.synapse.tmr | did you mean '180 %'?",
    ),
    "metres for nanometres": (
        SOT, "node: {value: 14 nm, source: imacsim, status: published}\nvdd", "node: {value: 22 m}\nvdd",
        "my.yaml:LINE:8: node.value | 22 m is above the usual range, 1 nm to 1 um | did you mean '22 nm'? | range: "
        "[low, high]",
    ),
    "kilovolts": (
        SOT, "vdd: {value: 0.8 V,", "vdd: {value: 0.9 kV,",
        "my.yaml:LINE:7 | 0.9 kV is above the usual range | 0.2 V to 5 V | did you mean '0.9 V'?",
    ),
    "millimetres for nanometres": (
        SOT, "    width: {value: 27 nm,", "    width: {value: 27 mm,",
        "my.yaml:LINE:13 | components.wire.width.value | 27 mm is above the usual range | did you mean '27 nm'?",
    ),
    "decibels": (
        SOT, "    gain: {value: 30, source", "    gain: {value: 30 dB, source",
        "components.amplifier.gain.value | unknown unit 'dB' | expected a plain number | did you mean '31.6'?",
    ),
    "square millimetres": (
        SOT, "area: {value: 5 um^2, range: [1 um^2, 20 um^2],", "area: {value: 5e4 mm^2,",
        "components.readout.area.value | above the usual range | 0.01 um^2 to 0.1 mm^2 | did you mean '5e4 um^2'?",
    ),
    "product of ohm and square metres": (
        SOT, "ra: {value: 10 ohm*um^2, source", "ra: {value: 10 ohm*m^2, source",
        "components.synapse.ra.value | above the usual range | did you mean '10 ohm*um^2'?",
    ),
    "resistance for a product": (
        SOT, "ra: {value: 10 ohm*um^2, source", "ra: {value: 10 ohm, source",
        "'10 ohm' is a resistance; expected a resistance-area product | did you mean '10 ohm*um^2'?",
    ),
    "energy for a power": (
        SOT, "leakage: {value: 9.8 nW,", "leakage: {value: 9.8 nJ,",
        "components.sample_hold.leakage.value | '9.8 nJ' is an energy; expected a power, such as '60 uW'",
    ),
    "frequency for a time": (
        SOT, "cycle: {value: 1 ns,", "cycle: {value: 1 GHz,",
        "cycle.value | '1 GHz' is a rate; expected a time | did you mean '1 ns'?",
    ),
    "samples per second": (
        SOT, "clock: {value: 1 GHz, range: [0.5 GHz, 1.5 GHz],", "clock: {value: 1 GS/s,",
        "components.mac.clock.value | expected a rate | did you mean '1 GHz'?",
    ),
    "suffix of a circuit simulator": (
        SOT, "resistance: {value: 10 kohm, range: [5 kohm, 20 kohm],", "resistance: {value: 10k,",
        "components.sample_hold.resistance.value | '10k' | did you mean '10 kohm'?",
    ),
    "capital letters": (
        SOT, "pulse: {value: 2 ns, range: [1 ns, 10 ns],", "pulse: {value: 2 NS, range: [1 ns, 10 ns],",
        "components.synapse.programming.pulse.value | unknown unit | did you mean '2 ns'?",
    ),
    "degrees": (
        SOT, "sram: {kind: sram, }", "sram: {kind: sram, temperature: 30 C}",
        "components.sram.temperature | a temperature | did you mean '303.15 K'?",
    ),
    "unit of a count": (
        SOT, "    bits: auto", "    bits: 6 bits", "components.adc.bits | expected a plain number | did you mean '6'?",
    ),
    "half a row": (
        SOT, "rows: {value: 32,", "rows: {value: 32.5,",
        "my.yaml:LINE:10: subarray.rows.value | 32.5 is not allowed here: it must be an integer",
    ),
    "negative area": (
        SOT, "area: {value: 0 um^2,", "area: {value: -1 um^2,",
        "components.bus.area.value | '-1 um^2' is not allowed here: it must be 0 or more",
    ),
    "more than all": (
        SOT, "loss: {value: 5 %,", "loss: {value: 500 %,", "components.row_driver.loss.value | it must be 1 or less",
    ),
    "range the wrong way round": (
        SOT, "range: [5 um^2, 50 um^2]", "range: [50 um^2, 5 um^2]",
        "components.amplifier.area.range | low <= value <= high | did you mean [5 um^2, 50 um^2]?",
    ),
    "range without units": (
        SOT, "range: [1 ns, 10 ns]", "range: [1, 10]",
        "components.synapse.programming.pulse.range.0 | a unit is missing | did you mean '1 ns'? | did you mean "
        "'10 ns'?",
    ),
    "range as a text": (
        SOT, "range: [1 ns, 10 ns]", "range: 1 ns - 10 ns",
        "a range must be a list [low, high], not '1 ns - 10 ns' | did you mean [1 ns, 10 ns]?",
    ),
    "key misspelt": (
        SOT, "    length: {value: 50 nm", "    lenght: {value: 50 nm",
        "my.yaml:LINE:5: components.synapse.lenght:  | unknown key 'lenght' | did you mean 'length'?",
    ),
    "key of another kind": (
        SOT, "    ra: {value: 10 ohm*um^2", "    r_on: 10 kohm\n    ra: {value: 10 ohm*um^2",
        "my.yaml:LINE:5 | 'r_on' is a key of kind 'resistive_pair', this is 'mtj_pair'",
    ),
    "key one level too high": (
        SOT, "    programming:\n", "    attempts: 3\n    programming:\n",
        "components.synapse.attempts | unknown key 'attempts' here | did you mean 'programming.attempts'?",
    ),
    "key at the top": (
        SOT, "subarray:\n", "voltage: 0.3 V\nsubarray:\n",
        "my.yaml:LINE:1: voltage:  | unknown key 'voltage' here | did you mean 'read.voltage'?",
    ),
    "role at the top": (
        SOT, "subarray:\n", "adc: {kind: adc}\nsubarray:\n", "my.yaml:LINE:1: adc:  | did you mean 'components.adc'?",
    ),
    "kind of another role": (
        SOT, "  dac:\n    kind: dac", "  dac:\n    kind: adc",
        "my.yaml:LINE:5: components.dac.kind | 'adc' cannot fill the role 'dac' | did you mean 'dac'? | allowed: "
        "dac, none",
    ),
    "kind misspelt": (
        SOT, "kind: mtj_pair", "kind: mtj",
        "components.synapse.kind | unknown kind 'mtj' | did you mean 'mtj_pair'? | allowed: level_pair, mtj_pair, "
        "resistive_pair, none",
    ),
    "role misspelt": (
        SOT, "  amplifier:\n", "  amplifer:\n",
        "components.amplifer | unknown role 'amplifer' | did you mean 'amplifier'?",
    ),
    "choice misspelt": (
        SOT, "circuit: averaging", "circuit: average",
        "read.circuit | 'average' is not allowed | did you mean 'averaging'? | virtual_ground",
    ),
    "source that is not listed": (
        SOT, "rows: {value: 32, source: imacsim", "rows: {value: 32, source: imac_sim",
        "subarray.rows.source | source 'imac_sim' is not in 'sources' | did you mean 'imacsim'?",
    ),
    "status misspelt": (
        SOT, "clock: {value: 1 GHz, range: [0.5 GHz, 1.5 GHz], status: assumed", "clock: {value: 1 GHz, status: guess",
        "unknown status 'guess' | allowed: published",
    ),
    "size as a text": (
        SOT,
        "subarray:\n  rows: {value: 32, source: imacsim, status: published}\n  cols: {value: 32, source: imacsim, "
        'status: published, note: "weight columns, each with a + and a - bit line"}\n',
        "subarray: 128x128\n", "my.yaml:LINE:1: subarray:  | '128x128' | {rows: 128, cols: 128}",
    ),
    "tabulator": (SOT, "  rows: {value", "\trows: {value", "my.yaml:LINE:1 | malformed YAML | tab | spaces"),
    "no space after the colon": (
        SOT, "vdd: {value: 0.8 V", "vdd:{value: 0.8 V",
        "my.yaml:LINE: | malformed YAML | a space is missing after the colon: write 'vdd: '",
    ),
    "brace left open": (
        SOT,
        '  cols: {value: 32, source: imacsim, status: published, note: "weight columns, each with a + and a - bit '
        'line"}',
        "  cols: {value: 32", "malformed YAML | '{' of line LINE, column 9 is not closed",
    ),
    "key given twice": (
        SOT, "cycle: {value: 1 ns", "vdd: 0.7 V\ncycle: {value: 1 ns",
        "duplicate key 'vdd', first given in line  | remove one of the two",
    ),
    "base misspelt": (
        SOT, "title: SOT", "extends: sot_mran\ntitle: SOT",
        "my.yaml:LINE:1: extends | unknown technology 'sot_mran' | did you mean 'sot_mram'?",
    ),
    "assumption that sets no field": (
        ZAND, "{components.adc.idle:", "{components.adc.idel:",
        "my.yaml:LINE:11 | components.adc.idel | did you mean 'idle'?",
    ),
    "assumption in a wrong unit": (
        ZAND, "power: {value: 60 uW, range: [25 uW, 110 uW],", "power: {value: 60 W,",
        "my.yaml:LINE: | 60 W is above the usual range | did you mean '60 uW'?",
    ),
    "metric misspelt": (
        ZAND, "metric: latency", "metric: latncy", "my.yaml:LINE: | unknown metric 'latncy' | did you mean 'latency'?",
    ),
    "claim without a number": (ZAND, "value: 100,", "value: '100x',", "my.yaml:LINE: | targets.0.value | '100x'"),
    "rate for a bandwidth": (
        BOARD, "900 GB/s", "900 GBps", "board.bandwidth.value | '900 GBps' | a bandwidth | did you mean '900 GB/s'?",
    ),
    "board's power without unit": (
        BOARD, "tdp: {value: 300 W", "tdp: {value: 300", "board.tdp.value | a unit is missing | did you mean '300 W'?",
    ),
    "length for an area": (
        BOARD, "815 mm^2", "815 mm", "'815 mm' is a length; expected an area | did you mean '815 mm^2'?",
    ),
    "law's range in another unit": (
        LAW, "max_rate: {value: 5 GHz", "max_rate: {value: 5 ns", "max_rate.value | expected a rate",
    ),
}  # fmt: skip

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


@pytest.mark.parametrize(("source", "old", "new", "says"), IN_FILES.values(), ids=IN_FILES)
def test_a_mistake_in_a_file(here, source, old, new, says):
    text = (ROOT / "tech" / source).read_text()
    assert old in text
    changed = text.replace(old, new, 1)
    (here / "my.yaml").write_text(changed)
    lines = zip(text.splitlines(), changed.splitlines(), strict=False)
    line = next(number for number, (before, after) in enumerate(lines, 1) if before != after)
    code, out, err = call("tech", "check", "my.yaml")
    assert (code, out) == (2, ""), err
    assert [each for each in says.replace("LINE", str(line)).split(" | ") if each not in err] == [], err


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


def test_what_is_unusual_in_a_file_is_noted_at_its_line(here):
    text = (ROOT / "tech" / SOT).read_text().replace("value: 5 %, range: [3 %, 6 %]", "value: 5")
    (here / "my.yaml").write_text(text)
    line = next(n for n, each in enumerate(text.splitlines(), 1) if "variation" in each)
    code, out, _ = call("tech", "check", "my.yaml")
    says = "components.synapse.variation: 5 is above the usual range, 0.1 % to 100 %; did you mean '5 %'?"
    assert code == 0
    assert f"my.yaml:{line}: unusual: {says}" in " ".join(out.split())
