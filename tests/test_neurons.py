"""``neurons``: figures that hang together, claims that are judged, files and errors."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from imac_arch.cli import app
from imac_arch.components.inverter import output, slope
from imac_arch.data.errors import FileErrors, UsageError
from imac_arch.data.registry import names
from imac_arch.data.units import format_value
from imac_arch.document.plain import to_plain
from imac_arch.show.neurons import neuron_ratio_table
from imac_arch.show.report.neurons import render_neurons
from imac_arch.studies.neurons import compare_neurons as study
from imac_arch.technology_files import load_neuron, load_technology
from tests.helpers import ROOT, approx, context, technology

KEYS = {"name", "node", "metrics", "ratios", "error"}


def compare_neurons(**options):
    return to_plain(study(**options))


@pytest.fixture(scope="module")
def record():
    return study(samples=200)


@pytest.fixture(scope="module")
def document(record):
    return to_plain(record)


def value(found, name):
    return found["metrics"][name]["value"]


def row(document, name, at="one node"):
    return next(r for r in document["neurons"] if (r["name"], r["at"]) == (name, at))


def test_every_neuron_stands_at_the_one_node_and_at_its_own(document):
    assert {r["name"] for r in document["neurons"]} == {"analog", *names("neuron")}
    for name in names("neuron"):
        assert row(document, name)["node"] == 14e-9
        if not row(document, name)["analog"]:
            assert row(document, name, "own node")["node"] > 14e-9
    for found in document["neurons"]:
        assert set(found) >= KEYS


def by_activation(**parts):
    return {"components.neuron": {"kind": "per_activation", "activations": parts}}


def test_of_neurons_by_activation_that_of_the_sigmoid_is_compared(document):
    shipped = load_technology("sot_mram").document.data["components"]["neuron"]
    found = compare_neurons(samples=20, overrides=by_activation(sigmoid=shipped, relu="none"))
    for name in ("power", "area", "latency"):
        assert value(row(found, "analog"), name) == value(row(document, "analog"), name)
    assert row(found, "analog")["kind"] == "sot_neuron"
    assert found["transfer"]["vdd"] == document["transfer"]["vdd"]


@pytest.mark.parametrize(("parts", "have"), [({"sigmoid": "none"}, "none"), ({}, "relu"), ({"tanh": "none"}, "relu")])
def test_neurons_by_activation_without_a_sigmoid_are_refused(parts, have):
    figures = {"power": "1 uW", "area": "1 um^2", "latency": "1 ns", "leakage": "1 nW", "drive_current": "1 uA"}
    given = {
        **parts,
        **({"relu": {"kind": "analog_neuron", "computes": ["relu"], **figures}} if have == "relu" else {}),
    }
    with pytest.raises(
        UsageError, match=rf"'sot_mram' has no sigmoid neuron to compare; its neurons compute: {have}; b"
    ):
        study(samples=0, overrides=by_activation(**given))


def test_power_energy_and_product_hang_together(document):
    for found in document["neurons"]:
        assert value(found, "energy") == approx(value(found, "power") * value(found, "latency"))
        assert value(found, "pap") == approx(value(found, "power") * value(found, "area"))
        for name in ("power", "area", "pap"):
            low, high = (found["metrics"][name]["interval"][end] for end in ("low", "high"))
            assert low <= value(found, name) * 1.05
            assert high >= value(found, name) * 0.95
            assert low < high or found["name"] == "isaac"


def test_the_analog_neuron_is_the_one_of_the_comparison(document):
    neuron = technology().components["neuron"]
    cost = neuron.cost(context())
    assert value(row(document, "analog"), "power") == approx(float(np.ravel(cost.power + cost.leakage)[0]))
    assert value(row(document, "analog"), "area") == approx(float(np.ravel(cost.area)[0]))


def test_given_figures_of_an_analog_neuron_hold_at_their_own_node_alone(document):
    assert value(row(document, "given"), "power") == approx(60e-6)
    rows = [r for r in compare_neurons(node="7 nm", samples=0)["neurons"] if r["name"] == "given"]
    assert [(r["node"], r["at"]) for r in rows] == [(14e-9, "own node")]
    assert all(r["name"] != "given" for c in document["claims"] for r in c["rivals"])


def test_a_technology_with_given_figures_warns_away_from_its_node():
    fields = load_neuron("given").document.data["neuron"]
    overrides = {"components.neuron": {**fields, "drive_current": "0.5 mA"}}
    here, there = (compare_neurons(node=node, samples=0, overrides=overrides) for node in ("14 nm", "7 nm"))
    assert here["transfer"] is None
    assert not [w for w in here["warnings"] if w["code"] == "law_node"]
    assert [w for w in there["warnings"] if w["code"] == "law_node"]


def test_the_transfer_curve_is_that_of_the_circuit_and_its_error_that_of_the_row(document):
    curve = document["transfer"]
    neuron = technology().components["neuron"]
    circuit = neuron.circuit(context())
    points = np.array(curve["input"])
    assert (points[0], points[-1]) == (-0.8, 0.8)
    assert curve["output"] == pytest.approx(output(points, circuit), abs=1e-9)
    assert np.all(np.diff(curve["output"]) < 0)
    assert curve["slope"]["value"] == approx(float(slope(circuit)))
    assert curve["slope"]["interval"]["low"] < curve["slope"]["value"] < curve["slope"]["interval"]["high"]
    assert np.all(np.array(curve["low"]) <= np.array(curve["high"]))
    ideal = 0.8 / (1 + np.exp(curve["slope"]["value"] * points))
    assert curve["error"] == approx(np.max(np.abs(np.array(curve["output"]) - ideal)) / 0.8)
    assert row(document, "analog")["error"] == curve["error"]
    assert row(document, "given")["error"] is None


def test_a_published_unit_at_its_own_node_is_as_published(document):
    own = row(document, "isaac", "own node")
    assert value(own, "area") == approx(300e-12)
    assert value(own, "latency") == approx(1e-9)
    assert value(own, "power") == approx(0.26e-3)


def test_ratios_are_of_the_figures(document):
    base = row(document, "analog")
    for found in document["neurons"]:
        for name, ratio in found["ratios"].items():
            assert ratio["value"] == approx(value(found, name) / value(base, name))


def test_each_claim_is_judged_by_its_own_numbers(document):
    claims = {(c["metric"], c["low"]): c for c in document["claims"]}
    assert set(claims) == {("power", 1.8), ("area", 2.5), ("pap", 12.0), ("pap", 74.0)}
    for claim in document["claims"]:
        assert claim["verdict"] in ("inside", "outside", "not testable")
        assert claim["why"]
        for rival in claim["rivals"]:
            assert rival["verdict"] == (
                "inside" if claim["low"] <= rival["ratio"]["value"] <= claim["high"] else "outside"
            )
            places = {"below": rival["ratio"]["value"] < claim["low"], "above": rival["ratio"]["value"] > claim["high"]}
            assert places.get(rival["place"], rival["verdict"] == "inside")
            assert 0 <= rival["share_inside"] <= 1
            ends = rival["ratio"]["interval"]
            if ends["low"] > claim["low"] and ends["high"] < claim["high"]:
                assert rival["share_inside"] >= 0.9
            assert rival["place"] == "inside" or f"{rival['name']} at" in claim["why"]
    for low in (12.0, 74.0):
        assert claims["pap", low]["verdict"] == "not testable"
        assert claims["pap", low]["needed"]["value"] == approx(low * value(row(document, "analog"), "pap"))
        assert f"{low * value(row(document, 'analog'), 'pap') * 1e18:.3g} µW·µm²" in claims["pap", low]["why"]
        ends = row(document, "analog")["metrics"]["pap"]["interval"]
        assert claims["pap", low]["needed"]["interval"] == approx({k: low * v for k, v in ends.items()})
    verdicts = {r["verdict"] for r in claims["power", 1.8]["rivals"]}
    assert claims["power", 1.8]["verdict"] == ("inside" if verdicts == {"inside"} else "outside")


def test_the_readme_says_how_the_claims_of_neurons_come_out(document):
    claims = {(c["metric"], c["low"]): c for c in document["claims"]}
    spans = {
        metric: (min(found), max(found))
        for metric, low in (("power", 1.8), ("area", 2.5))
        for found in [[rival["ratio"]["value"] for rival in claims[metric, low]["rivals"]]]
    }
    power, area = (spans[metric] for metric in ("power", "area"))
    above = sum(rival["place"] == "above" for rival in claims["area", 2.5]["rivals"])
    needed = [claims["pap", low]["needed"]["value"] * 1e18 for low in (12.0, 74.0)]
    rows = [line for line in (ROOT / "README.md").read_text().splitlines() if line.endswith("| `neurons` |")]
    assert f"{power[0]:.2g} to {power[1]:.2g}x; {area[0]:.3g} to {round(area[1], -2):,.0f}x" in rows[0]
    assert f"inside; {above} of {len(claims['area', 2.5]['rivals'])} above" in rows[0]
    assert f"{needed[0]:.0f} and {needed[1]:.0f} µW·µm2" in rows[1]


def test_a_claim_can_come_out_inside():
    """With a neuron of a tenth of the power every digital one lies inside the published range of power."""
    overrides = {"components.neuron": {"kind": "analog_neuron", "power": "25 uW", "area": "0.16 um^2",
                 "latency": "20 ps", "leakage": "0 W", "drive_current": "0.5 mA"}}  # fmt: skip
    found = compare_neurons(samples=0, overrides=overrides)
    assert {c["metric"]: c["verdict"] for c in found["claims"]}["power"] == "inside"


def test_another_node_moves_every_neuron_there():
    found = compare_neurons(node="7 nm", samples=0)
    assert {r["node"] for r in found["neurons"] if r["at"] == "one node"} == {7e-9}
    assert value(row(found, "isaac"), "area") < value(row(compare_neurons(samples=0), "isaac"), "area")


@pytest.mark.parametrize(("node", "vdd"), [("7 nm", 0.7), ("10 nm", 0.75), ("20 nm", 0.9)])
def test_a_node_of_nanometres_is_told_from_another_one(node, vdd):
    """Nodes differ by less than 1e-8, which numpy takes for equal unless told otherwise."""
    found = compare_neurons(node=node, samples=0)
    assert row(found, "analog")["vdd"] == approx(vdd)
    assert (row(found, "analog", "own node")["node"], row(found, "analog", "own node")["vdd"]) == (14e-9, 0.8)


def test_samples_depend_on_the_seed_alone():
    one, two, other = (compare_neurons(samples=50, seed=s)["neurons"] for s in (1, 1, 2))
    assert one == two
    assert one != other


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"node": "14"}, "--node '14'"), ({"node": "-3 nm"}, "greater than 0"), ({"node": "3 s"}, "--node '3 s'"),
        ({"bits": 1}, "between 2 and 16"), ({"bits": 40}, "between 2 and 16"), ({"samples": -1}, "0 to 100,000"),
        ({"overrides": {"components.neuron": "none"}}, "no neuron to compare"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_an_error(options, message):
    with pytest.raises(UsageError, match=message):
        compare_neurons(**options)


def test_a_file_of_ones_own_joins(tmp_path):
    path = tmp_path / "mine.yaml"
    fields = "area: 1 um^2, energy: 1 fJ, latency: 1 ns, leakage: 0 W"
    path.write_text(f"kind: neuron\nname: mine\ntitle: my own\nnode: 14 nm\nneuron: {{kind: table, {fields}}}\n")
    found = compare_neurons(extra=[str(path)], samples=0)
    assert value(row(found, "mine"), "power") == approx(1e-6)
    path.write_text(path.read_text().replace("kind: table", "kind: sram").replace(f", {fields}", ""))
    with pytest.raises(FileErrors, match="no neuron; allowed kinds"):
        compare_neurons(extra=[str(path)], samples=0)


def test_the_report_is_one_offline_file_the_same_every_time(record, document):
    text = render_neurons(record)
    assert render_neurons(record) == text
    assert len(text.encode()) <= 2_000_000
    for word in ("<script src", '<link rel="stylesheet', "@import"):
        assert word not in text
    for claim in document["claims"]:
        assert claim["verdict"] in text


def test_the_command_prints_a_table_a_document_or_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    shown = runner.invoke(app, ["neurons", "--samples", "20"])
    assert shown.exit_code == 0
    for text in ("cordic", "isaac", "not testable", "1.8 to 27x"):
        assert text in shown.stdout
    printed = json.loads(runner.invoke(app, ["neurons", "--samples", "20", "--json"]).stdout)
    assert set(printed["neurons"][0]) >= KEYS
    for suffix in ("html", "json", "csv", "md", "tex"):
        done = runner.invoke(app, ["neurons", "--samples", "20", "-q", "-o", f"n.{suffix}"])
        assert done.exit_code == 0, done.output
        again = runner.invoke(app, ["neurons", "--samples", "20", "-q", "-o", f"n.{suffix}"])
        assert again.exit_code == 0, again.output
    (tmp_path / "other.html").write_text("someone else's")
    kept = runner.invoke(app, ["neurons", "--samples", "20", "-o", "other.html"])
    assert kept.exit_code == 4
    assert runner.invoke(app, ["neurons", "--node", "x"]).exit_code == 2


def test_a_number_beyond_its_usual_range_is_noted():
    found = compare_neurons(samples=0, overrides={"vdd": "0.1 V"})
    assert [each["message"] for each in found["warnings"] if each["code"] == "unusual"] == [
        "vdd: 0.1 V is below the usual range, 0.2 V to 5 V"
    ]


def test_neurons_stand_beside_the_analog_one_in_words():
    found = study(samples=50)
    table = neuron_ratio_table(found)
    names = [figure.name for figure in found.figures]
    for row in table.rows:
        neuron = next(n for n in found.neurons if (n.name, format_value(n.node, "m")) == (row[0], row[1]) and n.ratios)
        for name, cell in zip(names, row[2:], strict=True):
            ratio = neuron.ratios[name]
            if ratio.value is None:
                assert cell.value == "—"
                continue
            worse = {"area": "larger", "latency": "slower"}.get(name, "more")
            if ratio.value > 1.1:
                assert cell.value.endswith(f"x {worse}")
            assert (cell.mark == "undecided") == (ratio.interval.low <= 1 <= ratio.interval.high)
