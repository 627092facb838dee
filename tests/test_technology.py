"""Technology files: wrong things at their place, shipped numbers with a source, draws that depend on nothing else."""

import random

import numpy as np
import pytest
import yaml

from imac_arch.data.errors import FileErrors, UnknownName, UsageError
from imac_arch.data.quantity import In
from imac_arch.data.registry import names
from imac_arch.data.walk import each_quantity
from imac_arch.document.samples import at_medians
from imac_arch.inputs import draw
from imac_arch.technology import KINDS
from imac_arch.technology_files import load_board, load_law, load_technology
from tests.conftest import ROOT
from tests.helpers import approx

SHIPPED = (ROOT / "tech" / "sot_mram.yaml").read_text()


def written(tmp_path, *changes):
    text = SHIPPED
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "t.yaml"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("ra: {value: 10 ohm*um^2", "ra: {valu: 10 ohm*um^2"), "did you mean 'value'"),
        (("ra: {value", "raa: {value"), "did you mean 'ra'"),
        (("vdd: {value: 0.8 V", "vdd: {value: 0.8"), "unit is missing"),
        (("vdd: {value: 0.8 V", "vdd: {value: 2 ns"), "is a time; expected a voltage"),
        (("area: {value: 20 um^2", "area: {value: -20 um^2"), "0 or more"),
        (("value: 20 um^2", "value: .nan"), "not a finite number"),
        (("range: [5 um^2, 50 um^2]", "range: [30 um^2, 50 um^2]"), "does not contain"),
        (("range: [5 um^2, 50 um^2]", "range: [50 um^2]"), "must be a list"),
        (("range: [5 um^2, 50 um^2]", "range: [0 um^2, 50 um^2]"), "above 0"),
        (("source: bitcell", "source: bitcel"), "did you mean 'bitcell'"),
        (("status: assumed", "status: assummed"), "did you mean 'assumed'"),
        (("kind: mtj_pair", "kind: mtj_par"), "did you mean 'mtj_pair'"),
        (("circuit: averaging", "circuit: averagin"), "did you mean 'averaging'"),
        (("  bus:\n", "  buss:\n"), "did you mean 'bus'"),
        (("  neuron:\n    kind: sot_neuron", "  neuron:\n    kind: bus"), "components.neuron"),
        (("rows: {value: 32", "rows: {value: 32.5"), "an integer"),
        (("subarray:", "subaray:"), "did you mean 'subarray'"),
        (("settle_bits: {value: 6", "settle_bits: {value: 5"), "midpoint of its range"),
        (("doi: 10.1145/3583781.3590264", "note: x"), "needs a doi or a url"),
    ],
)
def test_each_error_names_line_path_and_remedy(tmp_path, change, says):
    with pytest.raises(FileErrors) as caught:
        load_technology(written(tmp_path, change))
    text = str(caught.value)
    assert says in text
    assert "t.yaml:" in text
    assert "^" in text
    assert caught.value.exit_code == 2


def test_all_errors_come_at_once(tmp_path):
    changes = [
        ("vdd: {value: 0.8 V", "vdd: {value: 0.8 W"),
        ("ra: {value", "raa: {value"),
        ("value: 20 um^2", "value: 20"),
    ]
    with pytest.raises(FileErrors) as caught:
        load_technology(written(tmp_path, *changes))
    assert len(caught.value.problems) == 3
    assert [p.line for p in caught.value.problems] == sorted(p.line for p in caught.value.problems)


def test_a_missing_role_is_named_when_an_architecture_needs_it(tmp_path, laws, evaluated):
    start = SHIPPED.index("  digital_neuron:\n")
    end = SHIPPED.index("  readout:\n")
    path = tmp_path / "t.yaml"
    path.write_text(SHIPPED[:start] + SHIPPED[end:])
    assert set(evaluated(tech=str(path), archs=["imac"])) == {"imac"}
    with pytest.raises(UsageError, match="has no role 'digital_neuron'"):
        evaluated(tech=str(path), archs=["mixed_signal"])


@pytest.mark.parametrize("name", names("technology") + names("board") + names("law"))
def test_every_shipped_number_is_sourced_and_every_file_bears_its_name(name):
    loaders = {"technology": load_technology, "board": load_board, "law": load_law}
    kind = next(k for k in loaders if name in names(k))
    loaded = loaders[kind](name)
    assert loaded.model.name == name
    numbers = list(each_quantity(loaded.model))
    assert numbers or name == "constants"  # those of metrics, which need none so far
    assert [".".join(map(str, p)) for p, q in numbers if not q.sourced] == []
    assert [p for p, q in numbers if q.status == "calibrated"] == []
    assert [p for p, q in numbers if q.status is None] == []


def shuffled(data, generator):
    if isinstance(data, dict):
        items = [(key, shuffled(value, generator)) for key, value in data.items()]
        generator.shuffle(items)
        return dict(items)
    return [shuffled(item, generator) for item in data] if isinstance(data, list) else data


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_keys_changes_nothing(tmp_path, evaluated, seed):
    data = shuffled(yaml.load(SHIPPED, yaml.BaseLoader), random.Random(seed))
    path = tmp_path / "shuffled.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False, default_style='"'))
    here, there = (evaluated(tech=tech, samples=50) for tech in ("sot_mram", str(path)))
    for name, found in here.items():
        for metric, value in found.metrics.items():
            assert value is None or np.array_equal(value, there[name].metrics[metric]), (name, metric)


def test_percentiles_come_out_where_the_file_puts_them():
    lognormal = In("m^2").parse({"value": "20 um^2", "range": ["5 um^2", "50 um^2"]})
    technology = load_technology("sot_mram").model
    drawn = draw(technology, "technology", 0, 20_000)
    area = drawn.components["amplifier"].area.x[1:]
    assert np.percentile(area, [5, 50, 95]) == approx([5e-12, 20e-12, 50e-12], rel=2e-3)
    bits = drawn.read.settle_bits.x[1:]
    assert (bits.min(), bits.max()) == pytest.approx((4, 8), abs=1e-3)
    assert np.median(bits) == pytest.approx(6, abs=1e-3)
    assert drawn.components["amplifier"].area.x[0] == lognormal.value


def test_normal_quantities_are_symmetric_and_groups_draw_together(tmp_path):
    changes = [
        (
            "capacitance: {value: 0.2 fF, range: [0.1 fF, 0.4 fF]",
            "capacitance: {value: 0.2 fF, dist: normal, range: [0.1 fF, 0.3 fF]",
        ),
        ("group: amplifier_area", "group: g"),
        ("group: amplifier_gm_over_id", "group: g"),
    ]
    drawn = draw(load_technology(written(tmp_path, *changes)).model, "technology", 0, 4000)
    c = drawn.components["synapse"].capacitance.x[1:]
    assert np.percentile(c, [5, 50, 95]) == approx([1e-16, 2e-16, 3e-16], rel=5e-3)
    amplifier = drawn.components["amplifier"]
    order = np.argsort(amplifier.area.x[1:])
    assert np.all(np.diff(amplifier.gm_over_id.x[1:][order]) >= 0)


def test_a_draw_depends_on_its_own_path_and_seed_alone(tmp_path):
    plain = draw(load_technology("sot_mram").model, "technology", 3, 100)
    other = load_technology("sot_mram", {"components.amplifier.area": "{value: 7 um^2, range: [1 um^2, 9 um^2]}"}).model
    changed = draw(other, "technology", 3, 100)
    assert np.array_equal(plain.components["neuron"].load.x, changed.components["neuron"].load.x)
    reseeded = draw(load_technology("sot_mram").model, "technology", 4, 100)
    assert not np.array_equal(plain.components["neuron"].load.x, reseeded.components["neuron"].load.x)


def test_overrides_name_the_option_and_mark_the_number_as_the_users():
    with pytest.raises(UsageError, match=r"did you mean 'components\.adc\.bits'"):
        load_technology("sot_mram", {"component.adc.bits": "6"})
    with pytest.raises(FileErrors, match=r"--set components.adc.bits=x"):
        load_technology("sot_mram", {"components.adc.bits": "x"})
    model = load_technology("sot_mram", {"components.amplifier.area": "10 um^2"}).model
    area = model.components["amplifier"].area
    assert (area.value, area.status, area.note) == (1e-11, "assumed", "set by the user")


@pytest.mark.parametrize(
    ("path", "kind", "says"),
    [
        ("components.adc.kind", "row_driver", "'row_driver' cannot fill the role 'adc'; allowed: {kinds}"),
        ("components.amplifier.kind", "differntial",
         "unknown kind 'differntial'; did you mean 'differential_amplifier'? allowed: {kinds}"),
        ("components.neuron.kind", "per_activaton", "unknown kind 'per_activaton'; did you mean 'per_activation'? "
         "allowed: {kinds}, per_activation"),
    ],
)  # fmt: skip
def test_of_a_component_of_a_wrong_kind_the_kind_alone_is_said(path, kind, says):
    with pytest.raises(FileErrors) as caught:
        load_technology("sot_mram", {path: kind})
    kinds = ", ".join((*KINDS[path.split(".")[1]], "none"))
    assert str(caught.value) == f"--set {path}={kind}: {path}: {says.format(kinds=kinds)}"


@pytest.mark.parametrize(
    ("path", "kind", "whole"),
    [
        ("components.neuron", "analog_neuron", "{kind: analog_neuron, ...}"), ("components.adc", "none", "none"),
        ("components.logic.area", "none", None),
    ],
)  # fmt: skip
def test_another_kind_over_the_keys_of_the_old_one_ends_with_what_to_write(path, kind, whole):
    with pytest.raises(FileErrors) as caught:
        load_technology("sot_mram", {f"{path}.kind" if whole else path: kind})
    lines = str(caught.value).splitlines()
    remedy = f"; another kind has other keys: replace the mapping as a whole, --set '{path}={whole}'"
    assert [line.endswith(remedy) for line in lines] == [False] * (len(lines) - 1) + [whole is not None]
    assert all(line.startswith(f"--set {path}") for line in lines)
    assert len(lines) > 1 or not whole


def test_none_neglects_a_role_and_is_no_silent_zero(evaluated):
    with_driver, without = (
        evaluated(archs=["imac"]),
        evaluated(overrides={"components.row_driver": "none"}, archs=["imac"]),
    )
    assert at_medians(without["imac"].metrics["area"]) < at_medians(with_driver["imac"].metrics["area"])


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(UnknownName, match="did you mean 'sot_mram_imec'"):
        load_technology("sot_mram_imek")
