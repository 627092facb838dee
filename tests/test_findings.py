"""Coded warnings name the layer that offends, and every architecture that prices an activation as another."""

import ast

import numpy as np

from imac_arch import compare
from imac_arch.architectures import ARCHITECTURES
from imac_arch.components.cost import Check
from imac_arch.data.units import format_value
from imac_arch.findings import offending
from imac_arch.technology_files import load_technology
from tests.helpers import ALL, ROOT, approx


def codes(**options):
    return [(f.code, f.message) for f in compare(**{"samples": 0, **options}).document.warnings]


def test_a_check_names_the_layer_in_which_it_fails():
    value = np.array([4.0, 12.0, 20.0]).reshape(3, 1)
    assert offending(Check("bits", value, 1, 8)) == (12.0, 2)
    assert offending(Check("bits", value[:1], 1, 8)) == (4.0, None)
    assert offending(Check("bits", np.asarray(30.0), 1, 8)) == (30.0, None)
    assert offending(Check("bits", np.full((2, 3), 9.0), 1, 8)) == (9.0, None)


def test_the_value_of_the_second_layer_is_the_one_that_is_printed():
    """Inputs of one bit and hidden activations of twelve: the input DAC of layer 2 alone leaves its range."""
    overrides = {"read.input_mode": "dac", "read.hidden_bits": "12"}
    (text,) = [
        text for _, text in codes(net="784-128-10", arch=ALL, overrides=overrides, precision="native") if "DAC" in text
    ]
    assert text == "mixed_signal, input DAC: bits 12 in layer 2 is outside the range of dac, 1 to 8"


def test_a_note_that_tells_a_figure_has_it_as_data():
    overrides = {"read.input_mode": "dac", "read.hidden_bits": "12"}
    found = compare("784-128-10", arch=ALL, overrides=overrides, precision="native", samples=0).document.warnings
    (law,) = [f for f in found if "DAC" in f.message]
    assert (law.technology, law.architecture, law.layer, law.severity) == ("sot_mram", "mixed_signal", 2, "note")
    assert (law.quantity, law.value, law.limit, law.unit) == ("bits", 12, 8, "")
    assert law.margin == 8 / 12
    (cycle,) = [f for f in found if f.code == "declared_cycle"]
    assert cycle.limit == 1e-9
    assert cycle.margin == approx(cycle.limit / cycle.value)
    assert f"{cycle.value / cycle.limit:.2g} times shorter" in cycle.message
    (node,) = [f for f in compare(scenario="amin2022", samples=0).document.warnings if f.code == "law_node"]
    assert (node.quantity, node.value, node.limit, node.unit) == ("node", 14e-9, 28e-9, "m")
    (none,) = [
        f for f in compare(scenario="amin2022", samples=0).document.warnings
        if f.code == "drive" and f.severity == "note"
    ]  # fmt: skip
    assert (none.layer, none.unit, none.limit) == (1, "A", None)
    assert format_value(none.value, "A") in none.message


def test_what_ranks_differ_on_is_named():
    found = compare("784-128-10", ["sot_mram", "sot_mram_imec"], samples=0).document.warnings
    rows = [f for f in found if f.code == "rank_differs"]
    assert {f.technology for f in rows} == {"sot_mram", "sot_mram_imec"}
    assert all(f.message.startswith(f"on {f.technology} ranked by power-area product: ") for f in rows)


def test_every_architecture_that_prices_an_activation_as_a_sigmoid_says_so():
    texts = [text for code, text in codes(net="784-128:relu-10") if code == "activation"]
    names = [text.partition(":")[0] for text in texts]
    assert [name for name in names if name in ALL] == ["imac", "mixed_signal", "digital"]
    assert all("relu" in text and "sigmoid" in text for text in texts)
    assert not [text for code, text in codes(net="784-128-10") if code == "activation"]


def test_a_neuron_that_is_neglected_prices_nothing():
    overrides = {"components.neuron": "none"}
    texts = [text for code, text in codes(net="16-8:tanh-4", overrides=overrides) if code == "activation"]
    names = [text.partition(":")[0] for text in texts]
    assert [name for name in names if name in ALL] == ["mixed_signal", "digital"]


def test_each_part_of_a_neuron_by_activation_says_what_it_computes():
    shipped = load_technology("sot_mram").document.data["components"]["neuron"]
    figures = {"power": "1 uW", "area": "1 um^2", "latency": "1 ns", "leakage": "1 nW", "drive_current": "1 uA"}
    given = {"kind": "analog_neuron", "computes": ["relu"], **figures}
    parts = {"sigmoid": shipped, "relu": shipped, "tanh": given, "identity": "none"}
    overrides = {"components.neuron": {"kind": "per_activation", "activations": parts}}
    found = compare(
        "16-8:relu-8:tanh-8:sigmoid-4:identity", arch="imac", baseline="imac", overrides=overrides, samples=0
    )
    rows = [row.message for row in found.document.warnings if row.code == "activation"]
    says = "imac: the neuron of {0} computes {1}; layers of {0} are priced as if they did too"
    assert rows == [says.format("relu", "sigmoid"), says.format("tanh", "relu")]


ARGUMENT = {"gpu"}  # which names a board too
FAMILY = {"digital"}  # a family of published chips
MACROS = {
    "imac_arch/document/validation.py": FAMILY,
    "imac_arch/show/validation.py": FAMILY,
    "imac_arch/show/report/validation.py": FAMILY,
    "imac_arch/studies/validate/chips.py": FAMILY,
    "imac_arch/studies/validate/fields.py": FAMILY,
    "imac_arch/studies/validate/law.py": FAMILY,
    "imac_arch/studies/validate/run.py": FAMILY,
    "imac_arch/studies/validate/design.py": FAMILY,
    "imac_arch/studies/validate/systems.py": ARGUMENT,
}


def test_names_of_architectures_stand_in_their_own_files_alone():
    """Whatever an architecture is called, no other file asks for it by name."""
    quoted = {}
    for path in sorted((ROOT / "imac_arch").rglob("*.py")):
        if path.parent.name == "architectures":
            continue
        named = path.parent.name in ("cli", "api") or path.stem in ("axes", "given", "plan")
        names = set(ARCHITECTURES) - (ARGUMENT if named else set())
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and node.value in names:
                quoted.setdefault(str(path.relative_to(ROOT)), []).append((node.lineno, node.value))
    quoted.pop("imac_arch/components/laws.py", None)  # rivals of a claim are digital neurons, whatever is compared
    for path, words in MACROS.items():
        quoted[path] = [(line, word) for line, word in quoted.pop(path, []) if word not in words]
    quoted = {path: words for path, words in quoted.items() if words}
    for joined in ("technology", "macro"):  # slices of a weight are joined in digital or before
        quoted.pop(f"imac_arch/{joined}.py", None)
    quoted.pop("imac_arch/studies/scenario.py", None)  # the key of a board in a scenario's file
    assert quoted == {}


def test_another_name_for_every_architecture_changes_nothing_but_names(monkeypatch):
    """Documents and reports know architectures by what they declare."""
    from dataclasses import replace

    renamed = {f"my_{name}": replace(a, name=f"my_{name}") for name, a in ARCHITECTURES.items()}
    plain = compare("784-128-10", samples=20)
    original = dict(ARCHITECTURES)
    ARCHITECTURES.clear()
    ARCHITECTURES.update(renamed)
    try:
        other = compare("784-128-10", samples=20)
        html = other.text("html")
    finally:
        ARCHITECTURES.clear()
        ARCHITECTURES.update(original)
    assert [a.metrics for a in other.document.architectures] == [a.metrics for a in plain.document.architectures]
    assert other.document.conditions.baseline == "my_mixed_signal"
    assert len(other.document.alternatives) == len(plain.document.alternatives) > 0
    assert len(other.document.break_even) == len(plain.document.break_even) > 0
    assert "my_imac (fails) against my_mixed_signal (fails)" in html
    assert html.count('class="plot"') == plain.text("html").count('class="plot"')


def test_the_signal_with_all_inputs_on_stands_beside_that_of_the_layer():
    from dataclasses import replace

    from imac_arch.checks import checks
    from imac_arch.document.judged import check_rows
    from imac_arch.evaluate import evaluate
    from imac_arch.findings import findings
    from imac_arch.remedies import Mended
    from tests.helpers import inputs

    given = inputs()
    found = evaluate(given, ["imac"])[0]
    facts = {**found.bill.facts, "signal_share_all_on": np.array([[0.123], [0.456]])}
    found = replace(found, bill=replace(found.bill, facts=facts))
    rows = check_rows(checks(found, given.case()))
    said = findings([found], [rows], Mended({}, {}), given, str)
    text = next(finding.message for finding in said if finding.code == "ir_drop")
    assert text.endswith(", 12.3 % with all inputs on")
    assert "in layer 1" in text
