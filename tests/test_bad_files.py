"""Files and names that are wrong end as errors of the tree, whatever kind of file they are."""

import contextlib

import pytest

from imac_arch.api import compare
from imac_arch.data.errors import FileErrors, ImacError, InputOutputError, UsageError
from imac_arch.data.units import UnitError, parse, parse_unit
from imac_arch.studies.catalog import check
from tests.helpers import ROOT

LONG = "x" * 300


def changed(tmp_path, source, old, new):
    text = (ROOT / "tech" / source).read_text()
    assert old in text
    path = tmp_path / "changed.yaml"
    path.write_text(text.replace(old, new, 1))
    return str(path)


@pytest.mark.parametrize(
    "text", ["1e999999999 s", "1e-999999999 s", "1 s^" + "9" * 5000, "9" * 5000 + " s", "1e308 Ps"]
)
def test_huge_numbers_and_powers_are_read_or_refused(text):
    with contextlib.suppress(UnitError):
        parse(text, "s")


@pytest.mark.parametrize("text", ["ns*", "*ns", "J//s", "ns..", "J/*s", "/", "*", ".", "m^", "^2", "m^-", "1^2^3"])
def test_malformed_units_are_refused(text):
    with pytest.raises(UnitError):
        parse_unit(text)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("net", f"{LONG}.yaml"),
        ("tech", f"{LONG}.yaml"),
        ("gpu", f"{LONG}.yaml"),
        ("scenario", f"{LONG}.yaml"),
        ("tech", LONG),
    ],
)
def test_a_name_too_long_for_the_file_system_is_an_error_of_ours(option, value):
    with pytest.raises((InputOutputError, UsageError)):
        compare(**{"net": "16-8-4", "samples": 0, option: value})


def test_a_report_with_a_name_too_long_is_an_input_output_error(tmp_path):
    with pytest.raises(InputOutputError):
        compare("16-8-4", samples=0).to_html(tmp_path / f"{LONG}.html")


@pytest.mark.parametrize(
    "text", ["²x4", "4x²", "9" * 5000 + "x4", "x", "4x", "4x4x4", "-4x4", "0x128", "1.5x4", "", "axb"]
)
def test_wrong_subarrays(text):
    with pytest.raises(UsageError, match="128x128"):
        compare("16-8-4", subarray=text, samples=0)


@pytest.mark.parametrize("batch", [0, -1, 1.5, float("nan"), float("inf")])
def test_a_batch_is_a_positive_whole_number(batch):
    with pytest.raises(UsageError):
        compare("16-8-4", batch=batch, samples=0)


@pytest.mark.parametrize(
    ("source", "old", "new", "says"),
    [
        ("laws/limits.yaml", "sources: {}", "sources: {a: {title: x}}", "needs a doi or a url"),
        ("laws/limits.yaml", "kind: limits", "kind: limit", "did you mean 'limits'"),
        ("laws/adc_fixed.yaml", "source: isaac", "source: isaak", "did you mean 'isaac'"),
        ("boards/v100.yaml", "source: specs", "source: spec", "did you mean 'specs'"),
        ("boards/v100.yaml", "bandwidth: {value: 900 GB/s", "bandwidth: {value: 900 GHz", "a rate"),
        ("boards/v100.yaml", "efficiency: {value: 0.3", "efficiency: {value: 1.3", "1 or less"),
        ("scenarios/imac_sim.yaml", "0.0001, source: imacsim", "0.0001, source: imacsin", "imacsin"),
        ("scenarios/imac_sim.yaml", "metric: area", "metric: aera", "aera"),
        ("scenarios/imac_sim.yaml", "value: 3.4016e-9", "value: 0", "value"),
        ("scenarios/imac_sim.yaml", "metric: area, architecture: imac", "metric: area, architecture: imca", "imca"),
        ("scenarios/imac_sim.yaml", "baseline: imac", "baseline: imca", "imca"),
        ("scenarios/imac_sim.yaml", "architectures: [imac]", "architectures: [imca]", "imca"),
        ("scenarios/imac_sim.yaml", "network: 400-120-84-10", "network: 400-120-0-10", "400-120-0-10"),
        ("scenarios/zand2020.yaml", "gpu: v100", "gpu: v10", "v10"),
        ("scenarios/imac_sim.yaml", "components.amplifier.area", "components.amplifier.aera", "aera"),
    ],
)  # fmt: skip
def test_checking_finds_what_is_wrong_in_a_law_a_board_or_a_scenario(tmp_path, source, old, new, says):
    with pytest.raises(ImacError) as caught:
        check(changed(tmp_path, source, old, new))
    assert says in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("old", "new"), [("0.0001, source: imacsim", "0.0001, source: x"), ("metric: area", "metric: x")]
)
def test_a_wrong_scenario_is_an_error_of_ours_in_a_comparison(tmp_path, old, new):
    path = changed(tmp_path, "scenarios/imac_sim.yaml", old, new)
    with pytest.raises(ImacError):
        compare("400-120-84-10", scenario=path, samples=0)


def test_a_file_of_another_kind_is_said_to_be_that():
    for options in ({"tech": str(ROOT / "tech/boards/v100.yaml")}, {"gpu": str(ROOT / "tech/sot_mram.yaml")}):
        with pytest.raises(FileErrors, match=r"kind: this file is of kind '(board|technology)'; a file of kind"):
            compare("16-8-4", samples=0, **options)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "empty"), (b" \n\n", "empty"), (b"\x89PNG\r\n\x1a\n\x00", "not a text file"), (b"a: \x00", "NUL"),
        (b"a: [1", "malformed"), (b"# nothing\n", "no data"), (b"5\n", "mapping of keys"),
        (b"- 1\n", "mapping of keys"),
        (b"a: 1\na: 2\n", "duplicate key 'a'"), (b"a: 1\n---\nb: 1\n", "document"), (b"a: *b\n", "b"),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("option", ["tech", "gpu", "scenario", "net"])
def test_no_file_of_any_kind_may_be_broken(tmp_path, option, text, says):
    path = tmp_path / "broken.yaml"
    path.write_bytes(text)
    with pytest.raises(FileErrors) as caught:
        compare(**{"net": "16-8-4", "samples": 0, option: str(path)})
    assert says in str(caught.value)
    assert "broken.yaml" in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("option", ["tech", "gpu", "scenario", "net"])
def test_an_absent_path_or_a_folder_is_an_input_output_error(tmp_path, option):
    (tmp_path / "folder.yaml").mkdir()
    for name in ("absent.yaml", "folder.yaml"):
        with pytest.raises(InputOutputError) as caught:
            compare(**{"net": "16-8-4", "samples": 0, option: str(tmp_path / name)})
        assert caught.value.exit_code == 4
        assert name in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("components.adc.bitz", "6", "did you mean 'bits'"), ("component.adc.bits", "6", "components.adc.bits"),
        ("components.adc.bits.value.x", "6", "--set"),
        ("components.adk.bits", "6", "did you mean 'components.adc.bits'"),
        ("components.adc.bits", "six", "auto"), ("components.adc.bits", "0", "1 or more"), ("vdd", "0.8", "0.8"),
        ("components.adc.bits", "6.5", "an integer"), ("vdd", "-1 V", "greater than 0"), ("vdd", "1 W", "a power"),
        ("components.adc.law", "surwey", "did you mean 'survey'"), ("read.circuit", "avg", "averaging"),
        ("components.synapse", "none", "requires role"), ("components.adc", "none", "requires role"),
        ("components.amplifier.area", "{value: 1 um^2, source: nowhere}", "nowhere"), ("vdd", "[", "malformed"),
        ("components.bus", "{kind: adc}", "adc"), ("cycle", "0 s", "greater than 0"),
        ("subarray.rows", "0", "1 or more"),
        ("components.amplifier.area", "{range: [1 um^2, 2 um^2]}", "needs a value"), ("", "1", "no path of a field"),
    ],
)  # fmt: skip
def test_wrong_settings_name_the_setting_and_the_remedy(path, value, says):
    with pytest.raises(UsageError) as caught:
        compare("16-8-4", overrides={path: value}, samples=0)
    assert says in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("path", ["components.amplifier.area", "vdd", "components.row_driver.loss"])
@pytest.mark.parametrize("value", [".nan", ".inf", "nan uW", "true", "[]", "{}", "~", "''"])
def test_no_setting_takes_what_is_no_number(path, value):
    with pytest.raises(UsageError):
        compare("16-8-4", overrides={path: value}, samples=0)


@pytest.mark.parametrize("bits", [0, 12, 99])
def test_bits_outside_the_range_of_the_law(bits):
    with pytest.raises(UsageError):
        compare("16-8-4", adc_bits=bits, samples=0)


def test_converter_scenarios_of_few_bits_do_not_warn_of_arithmetic():
    """The law in force takes four bits; another one, shown beside it, is outside its range and must say so quietly."""
    rows = compare("16-8-4", adc_law="in_array", adc_bits=4, samples=500).document.alternatives
    assert "outside the range" in next(r for r in rows if r.name == "accelergy").error
