"""What a user changed is said: fields that options set, numbers that kept their source, reports of other designs."""

import json

import pytest
from typer.testing import CliRunner

from imac_arch import compare
from imac_arch.cli import app
from imac_arch.data.registry import names
from imac_arch.document.plain import to_plain
from imac_arch.show.report.name import design_key
from imac_arch.show.report.render import render
from imac_arch.show.report.summary import headlines
from imac_arch.show.sentences import changed_line, conditions_line, variant
from tests.conftest import ROOT

NET = "16-8-4"


def changed(**options):
    return compare(NET, samples=0, **{"tech": "sot_mram", **options}).document.conditions.changed


def test_a_field_that_an_option_set_stands_with_what_stood_there():
    found = changed(overrides={"read.voltage": "0.3V", "components.row_driver": "none"}, adc_bits=7, subarray="64x32")
    assert [(row.path, row.from_, row.to) for row in found] == [
        ("subarray.rows", "32", "64"), ("components.adc.bits", "auto", "7"), ("read.voltage", "0.8 V", "0.3 V"),
        ("components.row_driver", "row_driver", "none"),
    ]  # fmt: skip
    assert {row.technology for row in found} == {"sot_mram"}


@pytest.mark.parametrize(
    "options",
    [
        {}, {"overrides": {"read.voltage": "800 mV"}}, {"subarray": "32x32"}, {"read": "averaging"},
        {"overrides": {"read.encoding": "0/V"}}, {"overrides": {"read.settle_bits": "{value: 6, range: [4, 8]}"}},
    ],
    ids=str,
)  # fmt: skip
def test_what_says_the_same_is_no_change(options):
    assert changed(**options) == ()


def test_a_lost_range_is_a_change():
    (row,) = changed(overrides={"read.settle_bits": "6"})
    assert (row.from_, row.to) == ("6 [4, 8]", "6")


def test_a_scenario_is_what_an_option_changes():
    (row,) = compare(scenario="amin2022", adc_bits=8, samples=0).document.conditions.changed
    assert (row.path, row.from_, row.to) == ("components.adc.bits", "6", "8")
    assert compare(scenario="amin2022", samples=0).document.conditions.changed == ()


def test_changes_stand_in_conditions_titles_and_json():
    document = compare(NET, samples=0, overrides={"read.voltage": "0.3 V"}).document
    assert changed_line(document) == "changed: read.voltage 0.8 V -> 0.3 V"
    assert changed_line(document) in conditions_line(document)
    page = render(document)
    head = page[: page.index("<main")]
    assert f"<title>{NET} on sot_mram with read.voltage 0.3 V" in head
    assert "<h1>16-8-4 on sot_mram with read.voltage 0.3 V</h1>" in head
    assert "changed: read.voltage 0.8 V -&gt; 0.3 V" in head
    row = {"technology": "sot_mram", "path": "read.voltage", "from": "0.8 V", "to": "0.3 V"}
    assert to_plain(document)["conditions"]["changed"] == [row]


def test_technologies_that_said_different_things_are_told_apart_and_titles_stay_short():
    document = compare(
        NET, ["sot_mram", "reram"], samples=0,
        overrides={"read.voltage": "0.3 V", "read.encoding": "-V/+V", "read.input_bits": "2"},
    ).document  # fmt: skip
    line = changed_line(document)
    assert "read.voltage 0.8 V -> 0.3 V (sot_mram)" in line
    assert "-> 0.3 V (reram)" in line
    assert "read.encoding 0/V -> -V/+V," in line
    assert variant(document) == "read.voltage 0.3 V, read.encoding -V/+V and 1 more change"


def test_a_ratio_names_what_was_changed_of_its_own_technologies():
    document = compare(NET, ["sot_mram", "reram"], samples=0, overrides={"sot_mram:read.voltage": "0.3 V"}).document
    told = {text for text in (head.text for head in headlines(document)) if "0.3 V" in text}
    assert told == {head.text for head in headlines(document) if "on sot_mram" in head.text}
    assert told


def kept(path, **options):
    return [w for w in compare(NET, str(path), samples=0, **options).document.warnings if w.code == "kept_source"]


def test_an_edited_number_that_kept_its_source_is_named(tmp_path):
    path = tmp_path / "mine.yaml"
    edit = "{value: 0.4 V, source: imacsim, status: published}"
    path.write_text(f"name: mine\nextends: sot_mram\nread: {{voltage: {edit}}}\n")
    (found,) = kept(path)
    assert "read.voltage (source of sot_mram)" in found.message
    assert found.where == "mine.yaml:3"
    path.write_text("name: mine\nextends: sot_mram\nread: {voltage: {value: 0.4 V, status: assumed, note: ours}}\n")
    assert kept(path) == []
    path.write_text(path.read_text().replace("0.4 V, status: assumed, note: ours", "800 mV, source: imacsim"))
    assert kept(path) == []  # the same number


def test_a_copy_is_held_against_what_it_was_copied_from(tmp_path):
    path = tmp_path / "copy.yaml"
    text = (ROOT / "tech/sot_mram.yaml").read_text().replace("name: sot_mram", "name: copy")
    path.write_text(text)
    assert kept(path) == []
    path.write_text(text.replace("tmr: {value: 200 %", "tmr: {value: 150 %"))
    (found,) = kept(path)
    assert "components.synapse.tmr (source and note of sot_mram)" in found.message


def test_boards_laws_and_technologies_found_by_name_are_held_against_the_shipped_ones(tmp_path, monkeypatch):
    board = (ROOT / "tech/boards/h100.yaml").read_text().replace("name: h100", "name: ours")
    path = tmp_path / "ours.yaml"
    path.write_text(board)
    assert kept("sot_mram", gpu=str(path)) == []
    path.write_text(board.replace("peak: {value: 989.5 TFLOPS", "peak: {value: 600 TFLOPS"))
    (found,) = kept("sot_mram", gpu=str(path))
    assert "board.peak (source and note of h100)" in found.message
    assert found.where.startswith("ours.yaml:")
    assert kept("sot_mram", gpu=str(path), arch=["imac", "digital"], baseline="digital") == []  # not compared
    (found,) = kept("sot_mram", overrides={"limits.drive.value": "3"})
    assert "laws.limits.drive (note of limits)" in found.message
    assert kept("sot_mram", overrides={"limits.drive": "3"}) == []

    for folder, file, name in (("laws", "laws/adc_survey", "adc_ours"), ("", "sot_mram", "by_name")):
        text = (
            (ROOT / f"tech/{file}.yaml").read_text().replace(f"\nname: {file.rpartition('/')[2]}", f"\nname: {name}", 1)
        )
        assert f"name: {name}" in text
        own = tmp_path / "own" / folder
        own.mkdir(parents=True, exist_ok=True)
        (own / f"{name}.yaml").write_text(
            text.replace("a0: {value: -1.6127", "a0: {value: -1.2").replace("tmr: {value: 200 %", "tmr: {value: 150 %")
        )
    monkeypatch.setenv("IMAC_ARCH_PATH", str(tmp_path / "own"))
    said = " ".join(found.message for found in kept("by_name", adc_law="ours"))
    assert "components.synapse.tmr (source and note of sot_mram)" in said
    assert "laws.adc_ours.a0 (source of adc_survey)" in said


def test_an_option_that_sets_the_value_alone_keeps_the_source():
    (found,) = kept("sot_mram", overrides={"read.voltage.value": "0.4 V"})
    assert "read.voltage (source of sot_mram)" in found.message
    assert kept("sot_mram", overrides={"read.voltage": "0.4 V"}) == []


@pytest.mark.parametrize("tech", names("technology"))
def test_shipped_files_are_not_held_against_one_another(tech):
    assert kept(tech) == []


def test_every_design_has_a_report_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call, words = CliRunner().invoke, ["compare", "--net", NET, "--samples", "0"]
    variants = (
        [], ["--set", "read.voltage=0.3 V"], ["--set", "read.voltage=0.4 V"], ["--subarray", "16x16"],
        ["--gpu", "v100"], ["--batch", "8"], ["--pipelined"], ["--precision", "native"], ["--timing", "declared"],
        ["--arch", "imac"],
        ["--set", "components.adc.law=accelergy"], ["--baseline", "digital"],
    )  # fmt: skip
    for k, more in enumerate(variants):
        done = call(app, [*words, *more])
        assert done.exit_code == 0, done.output
        assert len(list((tmp_path / "reports").iterdir())) == k + 1, more
    assert (tmp_path / "reports/16-8-4_sot_mram_read.voltage-0.3_V.html").exists()


def test_another_design_of_the_same_name_does_not_overwrite_and_the_same_one_does(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.yaml"
    call = CliRunner().invoke
    for voltage in ("0.4 V", "0.5 V", "0.4 V", "0.5 V"):
        path.write_text(f"name: mine\nextends: sot_mram\nread: {{voltage: {voltage}}}\n")
        done = call(app, ["compare", "--net", NET, "--samples", "0", "--tech", "mine.yaml"])
        assert done.exit_code == 0
        assert ("of another design and stays" in done.stderr) == (voltage == "0.5 V")
    assert len(list((tmp_path / "reports").iterdir())) == 2


def test_draws_make_no_other_design():
    keys = {design_key(compare(NET, samples=n, seed=seed).document) for n, seed in ((0, 0), (20, 0), (20, 1))}
    assert len(keys) == 1


def test_json_and_an_output_file_write_no_report(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["compare", "--net", NET, "--samples", "0"]
    done = CliRunner().invoke(app, [*words, "--json", "--set", "read.voltage=0.3 V"])
    assert json.loads(done.stdout)["conditions"]["changed"][0]["to"] == "0.3 V"
    CliRunner().invoke(app, [*words, "-q", "-o", "x.html"])
    assert [path.name for path in tmp_path.iterdir()] == ["x.html"]
