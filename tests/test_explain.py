"""``explain``: every role, law and board has a law, numbers with sources, and a range."""

import json

import pytest
from typer.testing import CliRunner

from imac_arch.cli import app
from imac_arch.components.base import Component
from imac_arch.components.roles import ROLES
from imac_arch.data.errors import UnknownName
from imac_arch.data.registry import names
from imac_arch.document.plain import to_plain
from imac_arch.network import parse_network
from imac_arch.studies.explain import explain as study
from imac_arch.technology_files import load_technology
from tests.helpers import approx, first, run

NET = parse_network("784-128-10")


def explain(*words, **options):
    return to_plain(study(*words, **options))


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("tech", ["sot_mram", "reram"])
def test_every_role_is_explained(role, tech):
    found = explain(role, tech, NET, samples=20)
    assert found["text"]
    assert found["used_by"]
    for row in found["numbers"] + [n for law in found["laws"] for n in law["numbers"]]:
        assert row["sourced"], row["path"]
        assert row["where"]


@pytest.mark.parametrize("law", sorted(set(names("law")) - set(ROLES)))
def test_every_law_is_explained_by_its_own_numbers(law):
    (part,) = explain(law, "sot_mram", NET)["laws"]
    assert part["name"] == law
    assert part["text"]
    assert part["numbers"] or law == "constants"
    assert all(row["path"].startswith(f"laws.{law}.") for row in part["numbers"])
    assert all(":" in row["where"] for row in part["numbers"])


@pytest.mark.parametrize("board", names("board"))
def test_every_board_is_explained(board):
    found = explain(board, "sot_mram", NET, samples=20)
    assert found["what"] == "board"
    assert found["costs"]
    assert [row["path"] for row in found["numbers"] if row["path"].endswith("die_area")] == [f"boards.{board}.die_area"]


def test_unit_costs_are_those_that_the_comparison_uses():
    cost = explain("amplifier", "sot_mram", NET, samples=20)["costs"][0]
    line = next(p.line for p in run(archs=("imac",))["imac"].totals.lines if p.line.role == "amplifier")
    assert cost["power"]["value"] == approx(first(line.units[0].cost.power[:1]))
    assert cost["instances"] == approx(first(line.instances))


def test_the_range_of_a_law_and_what_happens_outside_are_told():
    rows = {row["quantity"]: row for row in explain("adc", "sot_mram", NET)["range"]}
    assert (rows["enob"]["low"], rows["enob"]["high"], rows["enob"]["outside"]) == (3, 10, "error")
    assert rows["rate"]["outside"] == "warning extrapolated"


def test_an_option_changes_what_is_explained():
    found = explain("adc", "sot_mram", NET, overrides={"components.adc.law": "in_array"})
    assert "adc_in_array" in [law["name"] for law in found["laws"]]
    assert found["choices"]["law"] == "in_array"


def test_a_role_filled_for_each_activation_shows_every_part():
    shipped = load_technology("sot_mram").document.data["components"]
    figures = {"power": "1 uW", "area": "1 um^2", "latency": "1 ns", "leakage": "1 nW", "drive_current": "1 uA"}
    relu = {"kind": "analog_neuron", "computes": ["relu"], **figures}
    table = {"kind": "table", "area": "1 um^2", "energy": "1 pJ", "latency": "1 ns", "leakage": "1 nW"}
    over = {
        "components.neuron": {"kind": "per_activation", "activations": {"sigmoid": shipped["neuron"], "relu": relu}},
        "components.digital_neuron": {
            "kind": "per_activation",
            "activations": {"sigmoid": shipped["digital_neuron"], "relu": {**table, "node": "45 nm"}},
        },
    }
    net = parse_network("16-8:relu-4")
    found = explain("neuron", "sot_mram", net, overrides=over)
    costs = {row["component"]: row["area"]["value"] for row in found["costs"]}
    assert list(costs) == ["analog neuron (relu)", "analog neuron (sigmoid)"]
    assert costs["analog neuron (relu)"] == 1e-12
    formulas = {name: Component.kinds[name].formula for name in ("sot_neuron", "analog_neuron")}
    assert found["kind"] == "per_activation"
    assert found["formula"] == (
        f"sigmoid: sot_neuron ({formulas['sot_neuron']}); relu: analog_neuron ({formulas['analog_neuron']})"
    )
    assert any(row["path"] == "components.neuron.activations.relu.power" for row in found["numbers"])
    found = explain("digital_neuron", "sot_mram", net, overrides=over)
    names = {(row["architecture"], row["component"]) for row in found["costs"]}
    assert names >= {(a, f"digital neuron ({f})") for a in ("mixed_signal", "digital") for f in ("relu", "sigmoid")}


def test_an_unknown_name_proposes_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'amplifier'"):
        explain("amplifer", "sot_mram", NET)


def test_the_command_prints_a_table_or_one_document():
    runner = CliRunner()
    shown = runner.invoke(app, ["explain", "amplifier"])
    assert shown.exit_code == 0
    for text in ("gm_over_id", "15 1/V", "assumed", "Sources", "differential amplifier (imac)"):
        assert text in shown.stdout
    printed = runner.invoke(app, ["explain", "amplifier", "--json"])
    assert json.loads(printed.stdout)["name"] == "amplifier"
    wrong = runner.invoke(app, ["explain", "amplifer"])
    assert wrong.exit_code == 2
    assert "did you mean 'amplifier'" in wrong.output
