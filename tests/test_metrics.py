"""A metric is one function: tables, terminal, report, ratios and files follow from its declaration."""

import csv
import io

import pytest

from imac_arch import compare
from imac_arch.components.laws import Constants
from imac_arch.data.errors import FileErrors, UnknownName, UsageError
from imac_arch.metrics import METRICS, known, metric
from imac_arch.resolve import usual_architectures
from imac_arch.show.values import show_value, show_written
from imac_arch.technology_files import load_law
from tests.helpers import approx, plain


@pytest.fixture
def registry(monkeypatch):
    """The metrics, put back afterwards."""
    saved = dict(METRICS)
    yield METRICS
    METRICS.clear()
    METRICS.update(saved)


@pytest.fixture
def constants(monkeypatch, tmp_path):
    """Return a function that puts constants beside the shipped laws."""

    def put(text):
        path = tmp_path / "constants.yaml"
        path.write_text(f"kind: constants\nname: constants\ntitle: made up\nvalues:\n  {text}\n")
        law = load_law(str(path))
        import imac_arch.compared

        shipped = imac_arch.compared.load_laws()
        monkeypatch.setattr(imac_arch.compared, "load_laws", lambda: {**shipped, "constants": law})
        return law.model

    return put


def seen(result, tmp_path):
    """Every place that people and programs read."""
    document = result.document
    with (tmp_path / "terminal").open("w+") as stream:
        from rich.console import Console

        result.to_terminal(Console(file=stream, width=200))
        stream.seek(0)
        terminal = stream.read()
    rows = list(csv.DictReader(io.StringIO(result.text("csv"))))
    return document, terminal, result.text("html"), rows, result.text("md") + result.text("tex")


def test_a_made_up_metric_is_everywhere(registry, tmp_path):
    @metric("made-up merit", "J*m^2/s^2", "higher")
    def merit(eap, latency):
        """Made up."""
        return eap / latency**2

    result = compare("784-128-10", samples=50)
    document, terminal, html, rows, tables = seen(result, tmp_path)
    row = document.architectures[0]
    figures = {name: f.value for name, f in row.metrics.items()}
    assert figures["merit"] == approx(figures["eap"] / figures["latency"] ** 2)
    ratio = next(r for r in document.ratios if (r.metric, r.architecture) == ("merit", "imac"))
    assert (
        ratio.value == row.metrics["merit"].value / document.architectures[1].metrics["merit"].value
    )  # higher is better
    assert ratio.interval.low < ratio.interval.high
    assert next(m for m in document.metrics if m.name == "merit").unit == "J*m^2/s^2"
    assert terminal.count("made-up merit") == 2  # summary and ratios
    assert html.count("made-up merit") >= 2
    assert "mm²" in next(line for line in terminal.splitlines() if "made-up merit" in line)
    assert {r["architecture"] for r in rows if r["metric"] == "merit"} == set(usual_architectures(["sot_mram"]))
    assert tables.count("made-up merit") == 2
    assert "made-up merit" in result.to_json()
    assert "merit" in set(result.to_frame()["metric"])
    assert document.alternatives[0].metrics["merit"].value


def test_a_metric_may_hide_itself(registry, tmp_path):
    @metric("hidden merit", "J", summary=False, ratio=False)
    def hidden(energy):
        return energy

    document, terminal, html, rows, _ = seen(compare("16-8-4", samples=0), tmp_path)
    assert document.architectures[0].metrics["hidden"].value > 0
    assert [r for r in rows if r["metric"] == "hidden"]
    assert "hidden merit" not in terminal + html
    assert not [r for r in document.ratios if r.metric == "hidden"]


def test_a_headline_opens_the_report(registry):
    @metric("shouted merit", "J", headline=True)
    def shouted(energy):
        return energy

    html = compare("16-8-4", samples=20).text("html")
    assert "shouted merit, imac" in html  # then its verdict, where it does not work, and the baseline
    assert "imac (fails): shouted" in html  # beside each choice


def test_a_metric_asks_for_a_constant_by_name(registry, constants, tmp_path):
    law = constants("carbon_intensity: {value: 0.1 kg/J, range: [0.05 kg/J, 0.2 kg/J], status: assumed}")
    assert isinstance(law, Constants)
    assert law.values["carbon_intensity"].unit == "s^2/m^2"  # a joule is a kg m^2/s^2

    @metric("carbon per inference", "kg")
    def carbon(energy, carbon_intensity):
        return energy * carbon_intensity

    document, terminal, html, rows, _ = seen(compare("784-128-10", samples=200), tmp_path)
    row = document.architectures[0]
    assert row.metrics["carbon"].value == approx(0.1 * row.metrics["energy"].value)
    wide = [f.interval.high / f.interval.low for f in (row.metrics["carbon"], row.metrics["energy"])]
    assert wide[0] > wide[1]  # its range is drawn
    number = next(n for n in document.provenance if n.path == "laws.constants.values.carbon_intensity")
    assert (number.value, number.range, number.status) == (0.1, (0.05, 0.2), "assumed")
    assert "carbon per inference" in terminal
    assert "carbon per inference" in html
    assert "carbon_intensity" in html
    assert [r for r in rows if r["metric"] == "carbon"]


def test_a_constant_that_is_not_there_is_named(registry):
    @metric("made up", "")
    def merit(energy, price):
        return energy * price

    with pytest.raises(KeyError, match="'price' is no metric, no base quantity and no constant"):
        compare("16-8-4", samples=0)


def test_a_constant_that_is_no_quantity_is_an_error_with_its_place(constants):
    with pytest.raises(FileErrors, match=r"constants.yaml:5:.*values.price: unknown unit 'gulden'"):
        constants("price: 3 gulden")
    with pytest.raises(FileErrors, match=r"'three' is not a number with a unit"):
        constants("price: three")


def test_no_shipped_constant_bears_the_name_of_a_metric():
    constants = load_law("constants")
    assert isinstance(constants.model, Constants)
    assert not set(constants.model.values) & set(METRICS)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.155e-6, "W*m^2", "155 mW·mm²"), (15.2e6, "W/m^2", "15.2 W/mm²"), (58.6, "Top/s/W", "58.6 Top/s/W"),
        (0.298, "Top/s/mm2", "298 Gop/s/mm²"), (4.42e8, "1/s", "442 M/s"), (12.0, "1/s", "12 /s"),
        (3.47e-9, "J", "3.47 nJ"), (0.1e-6, "m^2", "0.1 mm²"), (2e-9, "J*s", "2 nJ·s"), (3.0, "", "3"),
        (7.94e-25, "W*m^2*s^2", "794 mW·mm²·ns²"), (2e3, "kg/s", "2,000 kg/s"), (None, "J*m^2", "—"),
        (0.0, "W*m^2", "0 W·mm²"), (3.32e-8, "ohm*m^2", "33,200 Ω·µm²"),
    ],
)  # fmt: skip
def test_how_a_value_is_printed_follows_from_its_unit(value, unit, text):
    assert show_value(value, unit) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [("28.3 kohm", "28.3 kΩ"), ("10 ohm*um^2", "10 Ω·µm²"), ("1e3 um", "1e3 µm"), ("28 nm", "28 nm"), ("1 %", "1 %"),
     ("64x64", "64x64"), ("typical of columns", "typical of columns"), ("8", "8"), ("", "")],
)  # fmt: skip
def test_what_was_written_is_shown_with_the_symbols_of_other_values(written, text):
    assert show_written(written) == text


def test_every_metric_with_a_ratio_has_one_in_the_document():
    document = plain("16-8-4", samples=0)
    wanted = {m["name"] for m in document["metrics"] if m["ratio"]}
    assert wanted == {r["metric"] for r in document["ratios"]}
    assert wanted >= {
        "area", "power", "latency", "interval", "throughput", "energy", "pap", "pap_equal_throughput", "eap", "edp",
        "tops", "tops_per_watt", "tops_per_mm2",
    }  # fmt: skip


def test_a_metric_that_does_not_exist_is_told_the_nearest():
    with pytest.raises(UnknownName, match=r"^unknown metric 'energi'; did you mean 'energy'\?"):
        known("energi")


def test_accuracy_is_told_where_it_is_found():
    with pytest.raises(UsageError, match=r"^accuracy is no metric.*--subject 'accuracy>=0\.95' of sweep and optimize"):
        known("accuracy")


def test_base_quantities_are_shown_as_they_are_declared():
    assert {"area", "latency", "energy"} <= {name for name, each in METRICS.items() if each.headline}
    assert METRICS["area"].words == ("larger", "smaller")
    assert METRICS["latency"].words == METRICS["interval"].words == ("slower", "faster")
    aside = ("interval", "energy_active", "leakage", "subarrays")  # not in the tables that people read
    assert not any(METRICS[name].summary for name in aside)
    assert METRICS["utilization"].printed == "%"
    assert not METRICS["utilization"].ratio
