"""Documents as records: their JSON is what their schema says, every command has four exits, and no field is Any."""

import json
import typing

import jsonschema
import pytest
from rich.console import Console
from typer.testing import CliRunner

import imac_arch
from imac_arch import compare
from imac_arch.cli import app
from imac_arch.data.errors import InputOutputError, UnknownName
from imac_arch.document.crossbar import CheckDocument, CheckRow
from imac_arch.document.plain import LEFT_OUT, json_schema, to_plain
from imac_arch.document.samples import figure, figures
from imac_arch.document.shapes import SCHEMA_VERSION, Figure, Interval
from imac_arch.results.sheets import NetlistCheck
from imac_arch.studies.schemas import DOCUMENTS, schema_text

COMPARISONS = {
    "plain": {}, "points": {"samples": 0}, "two": {"tech": ["sot_mram", "sot_mram_imec"]},
    "declared": {"timing": "declared", "batch": 3, "pipelined": True}, "scenario": {"scenario": "amin2022"},
    "board": {"arch": ["gpu"], "baseline": "gpu"}, "analog": {"arch": ["imac"], "baseline": "imac"},
    "exact": {"net": "40-8", "exact": True, "overrides": {"read.input_bits": "8"}}, "tiles": {"tiles": "30x5,8x1"},
    "refused": {"adc_law": "in_array", "adc_bits": 3},
}  # fmt: skip
CHECK = CheckDocument(
    SCHEMA_VERSION, "made up", (CheckRow("power", "W", 1.0, float("inf"), float("inf"), 1e-6, False),), False
)  # fmt: skip
OTHERS = {
    "neurons": lambda: imac_arch.compare_neurons(samples=20),
    "given neurons": lambda: imac_arch.compare_neurons(samples=0, node="7 nm"),
    "explanation": lambda: imac_arch.explain("adc", samples=20),
    "explanation of a law": lambda: imac_arch.explain("adc_survey"),
    "explanation of a board": lambda: imac_arch.explain("h100", samples=0),
    "difference": lambda: imac_arch.diff("sot_mram", "sot_mram_imec", net="16-8-4", samples=20),
    "check": lambda: NetlistCheck(CHECK),
    "catalog": imac_arch.catalog,
    "keys": lambda: imac_arch.keys("adc"),
    "file_check": lambda: imac_arch.check_file("sot_mram"),
    "validation": lambda: imac_arch.validate(samples=0),
    "file_check of a scenario": lambda: imac_arch.check_file("amin2022"),
}


def results():
    for name, options in COMPARISONS.items():
        yield f"comparison {name}", lambda o=options: imac_arch.compare(**{"net": "784-128-10", "samples": 20, **o})
    yield from OTHERS.items()


RESULTS = dict(results())


@pytest.fixture(scope="module", params=RESULTS)
def result(request):
    return RESULTS[request.param]()


def strict(text):
    """Read JSON as the standard has it, without NaN."""
    return json.loads(text, parse_constant=lambda word: pytest.fail(word))


def test_a_document_is_what_its_schema_says(result):
    schema = json_schema(type(result.document))
    jsonschema.Draft202012Validator.check_schema(schema)
    document = strict(result.to_json())
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)
    assert document["schema_version"] == SCHEMA_VERSION == "3.1"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_schema_asks_for_every_field_and_allows_no_other(name):
    schema = json_schema(DOCUMENTS[name])
    for part in (schema, *schema["$defs"].values()):
        optional = {LEFT_OUT} if part is schema else set()  # brief documents do without
        assert part["required"] == [name for name in part["properties"] if name not in optional]
        assert part["additionalProperties"] is False
        assert part["description"]


def test_a_document_with_a_field_missing_or_misspelt_is_refused():
    document, schema = to_plain(CHECK), json_schema(CheckDocument)
    jsonschema.validate(document, schema)
    for wrong in (
        {k: v for k, v in document.items() if k != "ok"}, document | {"foreign": 1}, document | {"ok": "yes"},
        document | {"rows": [{**document["rows"][0], "limt": 1}]}, document | {"rows": [{"what": "power"}]},
    ):  # fmt: skip
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


def test_every_result_has_the_four_exits(result, tmp_path):
    frame = result.to_frame()
    assert len(frame) > 0
    path = result.to_html(tmp_path / "page.html")
    assert "</html>" in path.read_text()
    result.to_html(path)  # our own page is overwritten
    path.write_text("someone else's")
    with pytest.raises(InputOutputError, match="force"):
        result.to_html(path)
    with (tmp_path / "out.txt").open("w") as stream:
        result.to_terminal(Console(file=stream, width=160))
    assert (tmp_path / "out.txt").read_text().strip()
    assert repr(result).startswith(f"<{type(result).__name__}")
    assert len(repr(result)) < 200
    assert isinstance(result._repr_html_(), str)


def test_the_command_line_prints_the_schema_of_every_document():
    for name, record in DOCUMENTS.items():
        done = CliRunner().invoke(app, ["tech", "schema", "--of", name])
        assert json.loads(done.stdout) == json.loads(json.dumps(json_schema(record)))
    assert CliRunner().invoke(app, ["tech", "schema", "--of", "comparisom"]).exit_code == 2
    with pytest.raises(UnknownName, match="did you mean 'comparison'"):
        schema_text("comparisom")


def records(record, seen):
    """Every record type below one, with its hints."""
    if record in seen:
        return
    seen[record] = typing.get_type_hints(record)
    stack = list(seen[record].values())
    while stack:
        hint = stack.pop()
        stack += typing.get_args(hint)
        if hasattr(hint, "_fields"):
            records(hint, seen)


def test_records_are_frozen_and_typed():
    seen = {}
    for record in DOCUMENTS.values():
        records(record, seen)
    assert len(seen) > 40
    for record, hints in seen.items():
        assert issubclass(record, tuple)
        assert typing.Any not in hints.values()
        assert record.__doc__


def test_a_hint_without_a_place_in_json_is_refused():
    class Odd(typing.NamedTuple):
        values: typing.Any

    with pytest.raises(TypeError, match="no place in a document"):
        json_schema(Odd)
    with pytest.raises(TypeError, match="no place in a document"):
        to_plain(object())


def test_what_is_not_finite_is_null():
    assert to_plain(CHECK)["rows"][0]["ngspice"] is None
    assert to_plain((float("nan"), 1.0)) == [None, 1.0]


def test_figures_of_many_arrays_are_those_of_each():
    import numpy as np

    generator = np.random.default_rng(0)
    arrays = {
        "a": generator.normal(size=101), "b": generator.normal(size=101), "c": np.ones(()), "d": None,
        "e": np.r_[np.inf, np.full(100, np.inf)], "f": np.r_[1.0, np.inf, np.arange(99.0)],
    }  # fmt: skip
    assert figures(arrays) == {name: figure(values) for name, values in arrays.items()}
    with pytest.raises(ValueError, match="has more axes than 1"):
        figures({"two designs": np.ones((2, 1))})
    low, high = np.percentile(arrays["a"][1:], [5, 95])
    assert figures(arrays)["a"] == Figure(float(arrays["a"][0]), Interval(low, high))
    assert figures(arrays)["e"] == Figure(None, None)


def test_a_citation_tells_how_its_source_was_used():
    sources = {c.key: c.title for n in compare("16-8-4", samples=0).document.provenance for c in n.source}
    assert sources["vs"].endswith("(entered from memory, not resolved)")
    assert not sources["horowitz"].endswith(")")
