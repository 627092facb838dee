"""Fields are found by the ending of their path, in laws too, and on one technology of several."""

import json

import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.fields import ANY, each_key
from imac_arch.paths import find_path, found_fields
from imac_arch.show.report.name import report_path
from imac_arch.show.report.render import render
from imac_arch.show.sentences import changed_line
from tests.helpers import inputs, plain

NET = "16-8-4"
RA = "5 ohm*um^2"


def compared(*settings, tech=("sot_mram",)):
    """Exit code, document (or None) and what stands on stderr of a comparison from outside."""
    words = [word for text in settings for word in ("--set", text)] + [w for name in tech for w in ("--tech", name)]
    done = CliRunner().invoke(app, ["compare", "--net", NET, "--samples", "0", "--json", *words])
    return done.exit_code, json.loads(done.stdout) if done.exit_code == 0 else None, done.stderr


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("adc.bits", "components.adc.bits"), ("synapse.ra", "components.synapse.ra"), ("encoding", "read.encoding"),
        ("components.adc.bits", "components.adc.bits"), ("row_driver", "components.row_driver"), ("node", "node"),
        ("adc.rate.range", "components.adc.rate.range"), ("adc_survey.a0", "laws.adc_survey.a0"),
        ("signal_share", "laws.limits.signal_share"), ("scaling.table.3.delay", "laws.scaling.table.3.delay"),
        ("synapse.conductance.2", "components.synapse.conductance.2"), ("wire.k1", "laws.wire.k1"),
        ("neuron.activations.relu.power", "components.neuron.activations.relu.power"),
        ("adc.bitz", "components.adc.bitz"),  # said to be wrong with the place in the file
    ],
)  # fmt: skip
def test_a_field_is_found_by_an_ending(given, path):
    assert find_path(given) == path


def test_every_field_is_found_by_its_whole_path_and_by_some_ending():
    paths = dict.fromkeys(key.path for key in each_key() if key.file in ("technology", "law"))
    for path in paths:
        assert find_path(path) == path
    unique = {path.partition(".")[2]: path for path in paths if path.startswith("components.") and ANY not in path}
    sample = list(unique.items())[::20]
    assert len(sample) > 10
    assert all(find_path(ending) == path for ending, path in sample)


def test_of_several_fields_that_of_a_kind_at_hand_is_meant():
    for technologies in ((), ("sot_mram",), ("reram", "sot_mram")):
        with pytest.raises(UsageError, match=r"components\.neuron\.tmr, components\.synapse\.tmr$"):
            find_path("tmr", technologies)
    assert find_path("tmr", ["reram"]) == "components.neuron.tmr"
    assert find_path("resistance", ["sot_mram", "reram"]) == "components.sample_hold.resistance"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("bits", r"several fields end in 'bits'; write one of components\.adc\.bits, .*components\.sample_hold\.bits"),
        ("a0", r"laws\.adc_in_array\.a0, laws\.adc_survey\.a0"),
        ("delay", r"laws\.scaling\.table\.\*\.delay is of a list; write a number"),
        ("encodin", r"^unknown field 'encodin'; did you mean 'read\.encoding'\?"),
        ("synapse.rb", None), ("zzzz", r"^unknown field 'zzzz'\. imac-arch tech keys WORD"),
        ("adc_survey.a00", r"did you mean 'laws\.adc_survey\.a0'"), ("limts.drive", r"'laws\.limits\.drive'"),
    ],
)  # fmt: skip
def test_what_is_not_one_field_names_the_nearest_few(given, says):
    code, _, err = compared(f"{given}=1")
    assert code == 2
    assert len(err) < 700
    if says:
        with pytest.raises(UsageError, match=says):
            find_path(given, ["sot_mram"])


@pytest.mark.parametrize("axis", ["bitz", "ra", "laws.scaling.table.3.dely", "components.adc.nothing", "board.nothing"])
def test_an_unknown_axis_names_a_few(axis):
    with pytest.raises(UsageError) as caught:
        inputs(axes={axis: [1.0, 2.0]})
    assert str(caught.value).count(",") < 10
    assert len(str(caught.value)) < 700


def test_endings_reach_json_terminal_page_and_file_name_as_whole_paths():
    code, document, _ = compared("adc.bits=6", f"synapse.ra={RA}", "encoding=-V/+V")
    assert code == 0
    given = {"components.adc.bits": "6", "components.synapse.ra": RA, "read.encoding": "-V/+V"}
    assert document["conditions"]["overrides"] == given
    assert [row["path"] for row in document["conditions"]["changed"]] == list(given)
    found = imac_arch.compare(NET, samples=0, overrides={"adc.bits": 6}).document
    assert "components.adc.bits auto -> 6" in changed_line(found)
    assert "components.adc.bits=6" in render(found)
    assert report_path(found).path.endswith("_adc.bits-6.html")
    whole = plain(NET, overrides={"components.adc.bits": 6}, samples=0)
    assert plain(NET, overrides={"adc.bits": 6}, samples=0) == whole


def test_a_law_is_changed_and_the_change_is_said_everywhere():
    before, after = (plain(NET, samples=0, overrides=o) for o in ({}, {"adc_survey.a0": "3"}))
    energies = [d["architectures"][1]["metrics"]["energy"]["value"] for d in (before, after)]
    assert energies[1] > 2 * energies[0]
    assert before["hashes"]["laws"] != after["hashes"]["laws"]
    (row,) = after["conditions"]["changed"]
    assert (row["path"], row["to"]) == ("laws.adc_survey.a0", "3")
    (number,) = (n for n in after["provenance"] if n["path"] == "laws.adc_survey.a0")
    assert (number["value"], number["status"], number["note"]) == (3, "assumed", "set by the user")
    found = imac_arch.compare(NET, samples=0, overrides={"adc_survey.a0": "3"}).document
    assert report_path(found).path.endswith("_laws.adc_survey.a0-3.html")
    codes = {w["code"]: w for w in plain(NET, samples=0, overrides={"sram_hp.temperature": "310 K"})["warnings"]}
    assert codes["unread"]["where"] == "laws.sram_hp.temperature"


def test_a_limit_of_a_law_clears_a_warning():
    assert any(w["code"] == "heat" for w in plain(samples=0, net="784-128-10")["warnings"])
    fields = {"limits.power_density": "1 kW/mm^2", "limits.power_density_hard": "2 kW/mm^2"}
    assert not any(w["code"] == "heat" for w in plain("784-128-10", samples=0, overrides=fields)["warnings"])


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("laws.limits.drive=-3", "--set laws.limits.drive=-3: drive: -3 is not allowed here: it must be 0 or more"),
        ("laws.limits.driv=3", "did you mean 'drive'"), ("laws.limit.drive=3", "did you mean 'limits'"),
        ("scaling.table.99.delay=3", "laws.scaling.table is a list of 11; its places are 0 to 10"),
        ("laws.limits=3", "--set laws.limits"), ("laws=3", "--set laws"),
        ("limits.drive={value: 2, source: nowhere}", "source 'nowhere' is not in 'sources'"),
    ],
)  # fmt: skip
def test_a_law_refuses_what_its_file_could_not_hold(setting, says):
    code, _, err = compared(setting)
    assert (code, says in err) == (2, True), err


def test_one_technology_of_several_is_set():
    both = ("sot_mram", "reram")
    code, document, err = compared(f"sot_mram:synapse.ra={RA}", tech=both)
    assert code == 0, err
    assert document["conditions"]["overrides"] == {"sot_mram:components.synapse.ra": RA}
    (row,) = document["conditions"]["changed"]
    assert (row["technology"], row["path"]) == ("sot_mram", "components.synapse.ra")
    found = imac_arch.compare(NET, both, samples=0, overrides={"sot_mram:adc.bits": 6}).document
    assert "(sot_mram)" in changed_line(found)
    assert "sot_mram_components.adc.bits" not in report_path(found).path
    assert report_path(found).path.endswith("_sot_mram_adc.bits-6.html")
    bits = {row.technology: row for row in found.conditions.changed}
    assert list(bits) == ["sot_mram"]


def test_a_technology_is_named_by_itself_its_file_or_its_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("kind: technology\nname: other\nextends: sot_mram\n")
    for name in ("other", "mine", "./mine.yaml"):
        found = found_fields({f"{name}:adc.bits": 6}, ["./mine.yaml", "reram"])
        assert found == {"other:components.adc.bits": 6}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (["adc.bits=6", "components.adc.bits=7"], "components.adc.bits is set twice, by adc.bits=6 and "),
        (["adc.bits=6", "adc.bits=6"], "twice"), (["adc.bits=6", "sot_mram:adc.bits=7"], "twice"),
        (["sot_mram:adc.bits=7", "adc.bits=6"], "twice"),
        (["sot_mram:adc.bits=7", "sot_mram:components.adc.bits=6"], "twice"),
        (["pcm:adc.bits=6"], "unknown technology of --set pcm:adc.bits 'pcm'. Allowed: reram, sot_mram."),
        (["sot_mram:limits.drive=2"], "laws are the same for every technology; write laws.limits.drive"),
    ],
)  # fmt: skip
def test_a_field_is_set_once(settings, says):
    code, _, err = compared(*settings, tech=("sot_mram", "reram"))
    assert (code, says in err) == (2, True), err


def test_the_same_field_of_two_technologies_may_differ():
    code, document, _ = compared("sot_mram:adc.bits=6", "reram:adc.bits=5", tech=("sot_mram", "reram"))
    assert code == 0
    assert {row["technology"]: row["to"] for row in document["conditions"]["changed"]} == {
        "sot_mram": "6",
        "reram": "5",
    }


def test_an_own_option_and_an_ending_are_one_field():
    with pytest.raises(UsageError, match=r"components\.adc\.bits is set twice, by --set and by its own option"):
        imac_arch.compare(NET, samples=0, adc_bits=6, overrides={"adc.bits": 7})


@pytest.mark.parametrize(
    "words",
    [
        ["neurons", "--samples", "0", "--set", "neuron.ra=8 ohm*um^2"], ["explain", "adc", "--set", "adc.law=in_array"],
        ["explain", "adc_survey", "--set", "adc_survey.a0=2"], ["tech", "show", "sot_mram", "--set", "adc.bits=6"],
        ["netlist", "--net", "4-2", "--set", "synapse.ra=8 ohm*um^2"],
    ],
    ids=lambda words: words[0],
)  # fmt: skip
def test_every_command_finds_fields_the_same_way(words):
    path = find_path(words[-1].partition("=")[0])
    found = [CliRunner().invoke(app, [*words[:-1], f"{name}={words[-1].partition('=')[2]}"]) for name in (
        words[-1].partition("=")[0], path)]  # fmt: skip
    assert [done.exit_code for done in found] == [0, 0]
    assert found[0].stdout == found[1].stdout
    assert found[0].stdout != CliRunner().invoke(app, words[:-2]).stdout


def test_a_limit_moves_what_follows_from_a_technology():
    usual, wide = (
        CliRunner().invoke(app, ["tech", "show", "sot_mram", *words]).stdout
        for words in ([], ["--set", "limits.signal_share=0.5"])
    )
    changed = [line for line in usual.splitlines() if line not in wide.splitlines()]
    assert changed
    assert all(line.startswith("#") for line in changed)


def test_axes_are_found_as_fields_are():
    short, whole = (
        inputs(axes={name: [4.0, 6.0]}, overrides={"adc.law": "survey"}) for name in ("adc.bits", "components.adc.bits")
    )
    assert short.grid == whole.grid
    assert inputs(axes={"adc_survey.a0": [1.0, 2.0]}).grid.axes[0].path == "laws.adc_survey.a0"
    assert inputs(axes={"encoding": ["0/V", "-V/+V"]}).whole.axes[0].path == "read.encoding"
    with pytest.raises(UsageError, match=r"two axes vary components\.adc\.bits"):
        inputs(axes={"adc.bits": [4.0, 6.0], "components.adc.bits": [5.0]})
    with pytest.raises(UnknownName, match="unknown axis 'bitz'"):
        inputs(axes={"bitz": [4.0, 6.0]})


def test_an_axis_takes_the_place_of_a_field_however_both_are_spelled():
    alone = inputs(axes={"adc.columns_per_adc": [2.0, 4.0]})
    both = inputs(axes={"components.adc.columns_per_adc": [2.0, 4.0]}, overrides={"adc.columns_per_adc": "8"})
    assert alone.technology.components["adc"].columns_per_adc.x.tolist() == [[2.0], [4.0]]
    assert both.technology.components["adc"].columns_per_adc.x.tolist() == [[2.0], [4.0]]
