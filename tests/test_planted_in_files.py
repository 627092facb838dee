"""Mistakes that architects make in files, each with the message that it must give: the place, what was found, what is
allowed, and the nearest right thing.

A row is what is done to a shipped file, and the pieces that the message must contain; LINE is the line of the mistake.
"""

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
    "per cent left out": (
        SOT, "variation: {value: 5 %, range: [3 %, 6 %],", "variation: {value: 5,",
        "my.yaml:LINE | components.synapse.variation.value: | 5 is not allowed here | 1 or less | did you mean '5 %'?",
    ),
    "a spread above all": (
        SOT, "variation: {value: 5 %, range: [3 %, 6 %],", "variation: {value: 1000 %,", "my.yaml:LINE | 1 or less",
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


def test_what_is_unusual_in_a_file_is_noted_at_its_line(here):
    text = (ROOT / "tech" / SOT).read_text().replace("value: 0.3 mm, range: [0.1 mm, 1 mm]", "value: 300 mm")
    (here / "my.yaml").write_text(text)
    line = next(n for n, each in enumerate(text.splitlines(), 1) if "value: 300 mm" in each)
    code, out, _ = call("tech", "check", "my.yaml")
    says = "components.bus.length: 300 mm is above the usual range, "
    assert code == 0
    assert f"my.yaml:{line}: unusual: {says}" in " ".join(out.split())
