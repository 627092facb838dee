"""Nothing silent: what is left out is listed, what is printed was used, and what was assumed says so."""

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
import yaml

from imac_arch.data.errors import ImacError
from imac_arch.data.registry import names
from imac_arch.evaluate import evaluate
from imac_arch.studies.break_even import batch_study
from tests.helpers import ROOT, approx, first, inputs, plain, run


def document(net="784-128-10", tech="sot_mram", samples=0, **options):
    return plain(net, tech, samples=samples, **options)


@pytest.mark.parametrize("tech", ["sot_mram", "sot_mram_imec"])
@pytest.mark.parametrize("name", ["imac", "mixed_signal"])
def test_charging_the_lines_is_counted_or_listed_as_neglected(tech, name):
    found = document(tech=tech)
    rows = [r for r in found["breakdown"] if r["architecture"] == name and r["component"] == "crossbar"]
    per_row = next(c for c in found["components"] if c["architecture"] == name and c["component"] == "crossbar")
    said = " ".join(f"{n['what']} {n['note']}" for n in found["neglected"] if n["architecture"] == name)
    assert rows
    assert per_row["action_energy"] > 0 or "charg" in said or "capacit" in said


def test_a_line_without_a_hold_stays_biased_while_it_is_converted():
    """Sampling ends the bias only where something holds the sample."""
    none = {"components.sample_hold": "none"}
    sampled, phase = (
        first(
            run(overrides={**none, "read.bias_window": rule}, archs=["mixed_signal"])["mixed_signal"].metrics["energy"]
        )
        for rule in ("sampled", "phase")
    )
    assert sampled >= phase * (1 - 1e-12)


@pytest.mark.parametrize(
    ("path", "value", "architecture"),
    [
        ("read.weight_bits", "8", "imac"), ("read.weight_bits", "8", "mixed_signal"),
        ("read.joining", "current", "imac"), ("read.neuron_bits", "12", "imac"),
    ],
)  # fmt: skip
def test_a_condition_that_is_printed_moves_a_result_or_is_refused_or_neglected(path, value, architecture):
    """Printing more bits than are paid for makes unequal precision look equal."""
    plain = document()
    try:
        set_ = document(overrides={path: value})
    except ImacError:
        return
    before, after = (next(a for a in d["architectures"] if a["name"] == architecture) for d in (plain, set_))
    moved = any(before["metrics"][m] != after["metrics"][m] for m in ("area", "energy", "latency"))
    listed = set_["neglected"] != plain["neglected"] or {w["code"] for w in set_["warnings"]} - {
        w["code"] for w in plain["warnings"]
    }
    assert moved or listed


def test_a_number_with_a_source_but_without_a_status_is_not_called_published(tmp_path):
    text = (ROOT / "tech/sot_mram.yaml").read_text()
    old = "vdd: {value: 0.8 V, source: imacsim, status: published}"
    assert old in text
    path = tmp_path / "t.yaml"
    path.write_text(text.replace(old, "vdd: {value: 0.8 V, source: imacsim}"))
    row = next(p for p in document("16-8-4", str(path))["provenance"] if p["path"] == "vdd")
    assert row["status"] != "published"


def shuffled(data, generator):
    if isinstance(data, dict):
        items = [(key, shuffled(value, generator)) for key, value in data.items()]
        generator.shuffle(items)
        return dict(items)
    return [shuffled(item, generator) for item in data] if isinstance(data, list) else data


def test_the_order_of_keys_changes_no_part_of_the_document(tmp_path):
    """Not even the order of tables; only the places of warnings, which are lines of the file."""
    text = (ROOT / "tech/sot_mram.yaml").read_text()
    one, two = tmp_path / "one" / "t.yaml", tmp_path / "two" / "t.yaml"
    for path, content in ((one, yaml.load(text, yaml.BaseLoader)), (two, None)):
        path.parent.mkdir()
        data = content if content else shuffled(yaml.load(text, yaml.BaseLoader), random.Random(7))
        path.write_text(yaml.safe_dump(data, sort_keys=False, default_style='"'))

    def placeless(data):
        if isinstance(data, dict):
            return {k: placeless(v) for k, v in data.items() if k != "where"}
        return [placeless(v) for v in data] if isinstance(data, list) else data

    here, there = (placeless(document(tech=str(p), samples=30)) for p in (one, two))
    for key in here:
        assert here[key] == there[key], key


def test_every_component_says_its_law_and_its_sources():
    for row in document()["components"]:
        assert row["law"]
        assert row["source"] or row["architecture"] == "imac", row["component"]


def test_the_fall_of_the_neurons_magnetoresistance_is_listed_where_it_is_left_out():
    left, given = (
        {n["where"] for n in document(overrides=over)["neglected"] if n["architecture"] == "imac"}
        for over in ({}, {"components.neuron.v_half": "0.5 V"})
    )
    assert "components.neuron.v_half" in left - given
    assert "components.synapse.v_half" in left & given


def test_every_neglected_role_is_listed_with_its_reason():
    found = document("784-128-10", scenario="amin2022")["neglected"]
    roles = {n["what"] for n in found if n["architecture"] == "imac"}
    assert {"amplifier", "row_driver", "readout", "logic", "line_switch"} <= roles
    assert all(n["note"] for n in found)


def test_scaled_numbers_are_listed_with_both_nodes():
    rows = {r["component"]: r["scaled"] for r in document()["components"] if r["architecture"] == "mixed_signal"}
    assert any("45 nm to 14 nm" in text for text in rows["bus"])
    assert any("32 nm to 14 nm" in text for text in rows["digital neuron"])


def test_a_user_number_is_marked_as_an_assumption():
    row = next(
        p for p in document(overrides={"components.amplifier.area": "10 um^2"})["provenance"]
        if p["path"] == "components.amplifier.area"
    )  # fmt: skip
    assert (row["status"], row["value"]) == ("assumed", approx(1e-11))


def at(given, batch):
    """The same inputs at another batch."""
    return replace(given, batch=np.asarray(float(batch)))


@pytest.mark.parametrize("gpu", names("board"))
def test_time_and_energy_per_inference_of_a_board_fall_with_the_batch(gpu):
    given = inputs(gpu=gpu, samples=50)
    rows = batch_study([(given, evaluate(given, ["gpu"]))]).curve
    assert [row.batch for row in rows] == [2**i for i in range(17)]
    for name in ("interval", "energy"):
        figures = [getattr(row, name) for row in rows]
        assert all(b.value <= a.value * (1 + 1e-12) for a, b in itertools.pairwise(figures))
        assert all(f.interval.low <= f.value <= f.interval.high for f in figures)


@pytest.mark.parametrize("gpu", ["v100", "h100", "jetson_orin"])
@pytest.mark.parametrize("tech", ["sot_mram", "sot_mram_imec"])
def test_each_break_even_batch_is_the_first_that_wins(gpu, tech):
    given = inputs(tech=tech, gpu=gpu)
    found = evaluate(given, ["imac", "mixed_signal", "digital", "gpu"])
    rows = batch_study([(given, found)]).break_even
    assert len(rows) == 6
    for row in rows:
        name = "interval" if row.metric == "throughput" else row.metric
        mine = first(next(e for e in found if e.architecture == row.architecture).metrics[name])

        def board(batch, name=name):
            return first(evaluate(at(given, batch), ["gpu"])[0].metrics[name])

        def own(batch, row=row, name=name, mine=mine):
            if row.architecture != "digital":  # an analog network gains nothing from a batch
                return mine
            return first(evaluate(at(given, batch), ["digital"])[0].metrics[name])

        if row.batch is None:
            assert board(row.largest) >= own(row.largest)
            assert row.probability == 0
            continue
        assert board(row.batch) < own(row.batch)
        assert row.batch == 1 or board(row.batch - 1) >= own(row.batch - 1)


def test_the_digital_accelerator_is_given_the_batch_of_the_board_it_is_held_against():
    """At the break-even batch the board must beat the accelerator at that batch too."""
    given = inputs()
    rows = batch_study([(given, evaluate(given, ["digital", "gpu"]))]).break_even
    row = next(r for r in rows if r.metric == "throughput")
    board, digital = (
        first(evaluate(at(given, row.batch), [name])[0].metrics["interval"]) for name in ("gpu", "digital")
    )
    assert board < digital


def test_a_number_that_was_set_for_nothing_is_said():
    """The clock of the digital array moves nothing where there is none; a word or a condition is no such number."""
    over = {"components.mac.clock": "2 GHz", "read.bias_window": "always", "read.voltage": "0.7 V"}
    found = document(arch=["imac"], overrides=over)
    (warning,) = (w for w in found["warnings"] if w["code"] == "unread")
    assert warning["message"] == "components.mac.clock was set, but no figure here depends on it"
    assert not [w for w in document(overrides=over)["warnings"] if w["code"] == "unread"]


@pytest.mark.parametrize(("law", "own"), [("fixed", "1.2 GHz"), ("in_array", "196 MHz"), ("survey", None)])
def test_a_law_that_keeps_its_own_rate_says_so(law, own):
    def said(**over):
        warnings = document(adc_law=law, overrides=over)["warnings"]
        return [w["message"] for w in warnings if w["message"].startswith("mixed_signal, ADC: rate")]

    texts = said(**{"components.adc.rate": "2 GHz"})
    assert texts == ([f"mixed_signal, ADC: rate 2 GHz is outside the range of adc_{law}, {own}"] if own else [])
    assert said() == []
    if law == "fixed":
        assert said(**{"components.adc.rate": own}) == []
