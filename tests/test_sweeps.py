"""A point of a sweep is the same single comparison, however axes are written, ordered and cut into blocks."""

import itertools
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.data.errors import ImacError, UnknownName, UsageError
from imac_arch.data.quantity import In
from imac_arch.data.units import parse
from imac_arch.data.written import is_ours
from imac_arch.results.designs import table_frame
from imac_arch.studies.sweep.axes import Given, numbers
from imac_arch.studies.sweep.draws import CHUNK, Draws
from imac_arch.studies.sweep.run import Runner
from tests.helpers import ALL, approx

WHOLE = ("subarrays",)
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # which takes minutes where each example takes seconds
SIX = ("area", "energy", "latency", "power", "throughput", "pap")


def swept(*over, **more):
    return imac_arch.sweep("784-128-10", over=list(over), **{"metrics": SIX, **more})


def frames(study, block):
    runner = Runner(study.space, study.architectures, study.metrics, study.laws, block)
    return pd.concat([table_frame(table) for table in runner.tables()])


# ---- a point is the comparison ----

DESIGNS = st.fixed_dictionaries({
    "subarray": st.tuples(st.integers(2, 300), st.integers(2, 300)),
    "read.voltage": st.sampled_from(["0.1 V", "0.25 V"]),
    "adc.bits": st.integers(2, 9).map(str),
    "read.circuit": st.sampled_from(["averaging", "virtual_ground"]),
    "read.encoding": st.sampled_from(["0/V", "-V/+V"]),
    "adc.law": st.sampled_from(["survey", "accelergy", "in_array"]),
    "tech": st.sampled_from(["sot_mram", "reram"]),
    "pipelined": st.booleans(), "batch": st.sampled_from([1, 64]),
    "precision": st.sampled_from(["equal", "native"]),
    "net": st.sampled_from(["784-128-10", "64-32-16-10"]),
})  # fmt: skip


@settings(max_examples=4, phases=NO_SHRINKING)
@given(st.lists(DESIGNS, min_size=2, max_size=2))
def test_a_point_of_a_sweep_is_the_single_comparison(designs):
    over = {name: [design[name] for design in designs] for name in designs[0]}
    found = imac_arch.sweep(over=over, zip=True, metrics=[*SIX, "utilization", "subarrays"]).to_frame()
    assert len(found) == len(designs)
    for design, (_, row) in zip(designs, found.iterrows(), strict=True):
        fields = {name: design[name] for name in ("read.voltage", "adc.bits", "read.encoding", "adc.law")}
        alone = imac_arch.compare(
            design["net"], design["tech"], subarray=design["subarray"], read=design["read.circuit"], overrides=fields,
            pipelined=design["pipelined"], batch=design["batch"], precision=design["precision"], samples=0,
            accuracy="none",
        ).to_frame()  # fmt: skip
        for _, each in alone.iterrows():
            name = f"{each['architecture']}.{each['metric']}"
            if name in found:
                if each["metric"] in WHOLE:
                    assert row[name] == each["value"] or (np.isnan(row[name]) and np.isnan(each["value"]))
                else:
                    assert row[name] == approx(each["value"], rel=1e-12, nan_ok=True), name
                assert row[f"{each['architecture']}.verdict"] == each["verdict"]


AXES = ("subarray=16,64x32", "adc.bits=range(4,7)", "read.voltage=0.1 V,0.4 V", "read.circuit=averaging,virtual_ground")


def test_the_order_of_axes_and_the_size_of_blocks_change_nothing():
    first = swept(*AXES)
    whole = first.to_frame()
    assert len(first) == len(whole) == 24
    keys = ["read.circuit", "subarray.rows", "subarray.cols", "adc.bits", "read.voltage"]
    for block in (1, 5, 12):
        pd.testing.assert_frame_equal(frames(first.study, block), whole, check_exact=True)
    for order in ([3, 2, 1, 0],):
        other = swept(*(AXES[k] for k in order)).to_frame()
        ordered = other.set_index(keys).sort_index()[[name for name in whole if name not in keys]]
        pd.testing.assert_frame_equal(ordered, whole.set_index(keys).sort_index(), check_exact=True)


def test_rows_are_the_product_with_the_last_axis_fastest_and_words_outermost():
    found = swept("adc.bits=4,5", "read.circuit=averaging,virtual_ground", "read.voltage=0.1 V,0.2 V", arch="imac")
    rows = found.to_frame()[["read.circuit", "adc.bits", "read.voltage"]].values.tolist()
    assert rows == [list(each) for each in itertools.product(["averaging", "virtual_ground"], [4, 5], [0.1, 0.2])]


def test_tables_may_begin_anywhere():
    study = swept(*AXES).study
    whole = pd.concat([table_frame(table) for table in study.runner.tables()])
    for start, stop in ((0, 1), (5, 17), (11, 24), (23, 24), (12, 12)):
        parts = [table_frame(table) for table in study.runner.tables(start, stop)]
        if parts:
            pd.testing.assert_frame_equal(pd.concat(parts), whole.iloc[start:stop], check_exact=True)
        else:
            assert start == stop


def test_pairs_of_words_and_numbers():
    over = {"tech": ["sot_mram", "reram", "sot_mram"], "subarray": [32, (64, 128), 32], "batch": [1, 2, 3]}
    found = imac_arch.sweep(over=over, zip=True, metrics=["energy"], arch=["imac", "digital"]).to_frame()
    assert found["tech"].tolist() == over["tech"]
    assert found["subarray.cols"].tolist() == [32, 128, 32]
    alone = imac_arch.sweep(tech="reram", over={"subarray": [(64, 128)]}, batch=2, metrics=["energy"]).to_frame()
    assert found["imac.energy"][1] == alone["imac.energy"][0]


@pytest.mark.parametrize("method", ["sobol", "random"])
def test_samples_lie_within_their_axes_and_follow_from_the_seed(method):
    over = ("synapse.ra=geomspace(5 ohm*um^2, 50000 ohm*um^2, 3)", "adc.bits=range(4,9)", "adc.law=survey,accelergy")
    found = swept(*over, sample=500, method=method, seed=3).to_frame()
    assert len(found) == 500
    assert found["synapse.ra"].between(5e-12, 5e-8).all()
    assert found["synapse.ra"].nunique() > 400
    assert np.median(found["synapse.ra"]) == approx(5e-10, rel=0.5)
    assert set(found["adc.bits"]) == {4, 5, 6, 7, 8}
    assert set(found["adc.law"]) == {"survey", "accelergy"}
    other, more = (
        swept(*over, sample=n, method=method, seed=k, arch="digital").to_frame() for n, k in ((500, 4), (600, 3))
    )
    axes = ["adc.law", "synapse.ra", "adc.bits"]
    assert not found[axes].equals(other[axes])
    pd.testing.assert_frame_equal(found[axes], more[axes].iloc[:500], check_exact=True)


@pytest.mark.parametrize("sobol", [True, False])
def test_draws_do_not_depend_on_where_they_begin(sobol):
    """Beyond the first chunk a Sobol sequence is moved along, and begun again to go back."""
    whole = Draws(3, sobol, 1).scores(0, 5 * CHUNK // 2)
    assert len(np.unique(whole, axis=0)) == len(whole)
    other = Draws(3, sobol, 1)
    for first, last in ((2 * CHUNK, 2 * CHUNK + 10), (CHUNK - 5, CHUNK + 5), (7, 9), (2 * CHUNK - 1, 2 * CHUNK + 1)):
        np.testing.assert_array_equal(other.scores(first, last), whole[first:last])


def test_a_sobol_sequence_ends():
    with pytest.raises(UsageError, match=r"has 4,294,967,296 points; use --method random"):
        swept("subarray=16,32", sample="5e9", yes=True)


def test_a_sampled_design_is_the_design_alone():
    found = swept("subarray.rows=range(2, 400)", "adc.bits=range(2,9)", sample=3, tech="reram").to_frame()
    for _, row in found.iterrows():
        bits, rows = int(row["adc.bits"]), int(row["subarray.rows"])
        alone = swept(f"subarray.rows={rows}", f"adc.bits={bits}", tech="reram").to_frame()
        assert alone["mixed_signal.energy"][0] == row["mixed_signal.energy"]


@pytest.mark.parametrize("given", [{"sample": 40}, {"sample": 40, "method": "random"}, {"zip": True}])
def test_every_row_of_words_alone_has_its_figures(given):
    nets = ("16-8", "4-2") * (2 if "zip" in given else 1)  # pairs may repeat a word
    found = swept(f"net={','.join(nets)}", arch="digital", **given).to_frame()
    assert len(found) > len(set(nets))
    alone = swept("net=16-8,4-2", arch="digital").to_frame().set_index("net")
    assert set(found["net"]) == set(nets)
    for _, row in found.iterrows():
        assert row["digital.energy"] == alone["digital.energy"][row["net"]]
        assert row["digital.verdict"] == alone["digital.verdict"][row["net"]]


def test_designs_that_cannot_be_are_nan_with_a_reason():
    found = swept("subarray.rows=8,32", tiles="26x5,5x1").to_frame()
    assert np.isnan(found["imac.energy"][0])
    assert found["imac.verdict"].tolist()[0] == "refused"
    assert found["imac.reason"].tolist() == ["row tiles of mapping: beyond tiles", ""]
    assert found["digital.verdict"].tolist() == ["works", "works"]
    laws = swept("adc.law=survey,accelergy", "adc.bits=4,16", arch="mixed_signal").to_frame()["mixed_signal.reason"]
    assert laws.tolist() == ["", "enob of ADC: beyond adc_survey", "bits of ADC: beyond adc_accelergy", ""]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("subarray.rows=range(4,9)", [4, 5, 6, 7, 8]), ("subarray.rows=range(4, 10, 3)", [4, 7]),
        ("read.voltage=linspace(0.1 V, 300 mV, 3)", [0.1, 0.2, 0.3]),
        ("read.voltage=linspace(100,300,3) mV", [0.1, 0.2, 0.3]),
        ("synapse.ra=geomspace(5 ohm*um^2, 500 ohm*um^2, 3)", [5e-12, 5e-11, 5e-10]),
        ("synapse.ra=logspace(0, 2, 3) ohm*um^2", [1e-12, 1e-11, 1e-10]), ("read.voltage=range(1,4) V", [1, 2, 3]),
        ("batch=1, 7", [1, 7]), ("laws.inputs.hidden.mean=0.45,0.5", [0.45, 0.5]),
    ],
)  # fmt: skip
def test_values_of_axes(text, values):
    found = swept(text, arch="imac").to_frame()
    assert found[text.partition("=")[0]].tolist() == approx(values, rel=1e-15)


def test_an_axis_in_python_holds_numbers_in_si_units_or_text():
    texts = swept("synapse.ra=geomspace(5 ohm*um^2, 500 ohm*um^2, 3)").to_frame()
    for values in (np.geomspace(5e-12, 5e-10, 3), np.geomspace(5e-12, 5e-10, 3).tolist()):
        numbers = imac_arch.sweep(over={"synapse.ra": values}, metrics=SIX).to_frame()
        assert numbers["imac.energy"].tolist() == approx(texts["imac.energy"].tolist(), rel=1e-12)
    assert len(imac_arch.sweep(over={"adc.bits": range(4, 9)}, metrics=["energy"])) == 5


def test_words_that_do_not_go_together_are_left_out_with_a_reason():
    found = swept("tech=sram_cim,reram", "read.circuit=averaging,virtual_ground", arch="mixed_signal").to_frame()
    assert (found["mixed_signal.verdict"] == "refused").tolist() == [False, True, False, False]
    assert found["mixed_signal.energy"].isna().tolist() == [False, True, False, False]
    assert "circuit must be 'averaging'" in found["mixed_signal.reason"][1]
    reasons = swept("tech=sot_mram,reram,pcm", "timing=settled,declared", "precision=equal,native").document
    told = {f"technology {name!r} declares no cycle; add 'cycle: 1 ns' or use --timing settled": 2
            for name in ("reram", "pcm")}  # fmt: skip
    assert [each.reasons for each in reasons.architectures] == [told] * len(ALL)  # counted without their words
    drawn = swept("tech=sram_cim,reram", "read.circuit=averaging,virtual_ground", "read.voltage=0.1 V,0.2 V",
                  arch="mixed_signal", sample=40).to_frame()  # fmt: skip
    both = (drawn["tech"] == "sram_cim") & (drawn["read.circuit"] == "virtual_ground")
    assert (drawn["mixed_signal.verdict"] == "refused").tolist() == both.tolist()
    assert 0 < both.sum() < 40


# ---- what is refused ----

BAD = [
    ([], "a sweep needs an axis"),
    (["subaray=32"], "did you mean 'subarray'"),
    (["adc.bitts=4,5"], r"--over components\.adc\.bitts=4: .*did you mean 'bits'"),
    (["adc.bits=range(9,4)"], r"range\(9, 4\) is empty or falls; .* did you mean range\(4, 9\)\?"),
    (["adc.bits=range(4,4)"], "is empty or falls"),
    (["read.voltage=linspace(0.4 V, 0.1 V, 3)"], "does not rise; write the lower end first"),
    (["synapse.ra=geomspace(5 fJ, 10 fJ, 3)"], r"--over synapse\.ra: '5 fJ' is an energy; expected"),
    (["synapse.ra=geomspace(5, 10, 3)"], "has no unit"),
    (["synapse.ra=geomspace(0 ohm*um^2, 10 ohm*um^2, 3)"], "must begin above zero"),
    (["synapse.ra=geomspace(1 ohm*um^2, 10 ohm*um^2)"], r"write geomspace\(low, high, count\)"),
    (["synapse.ra=geomspace(1 ohm*um^2, 10 ohm*um^2, 0)"], "0 values are not allowed"),
    (["synapse.ra=geomspce(1 ohm*um^2, 10 ohm*um^2, 2)"], "did you mean 'geomspace'"),
    (["adc.bits=4,5", "components.adc.bits=6"], "varied twice"),
    (["subarray=32,64", "subarray.rows=6"], r"subarray\.rows is varied twice, by subarray too"),
    (["adc.bits=4,4"], "4 is given twice"),
    (["tech=reram,tech/reram.yaml"], r"tech/reram\.yaml is given twice, as reram too"),
    (["net=64-16-10,064-16-10"], "064-16-10 is given twice, as 64-16-10 too"),
    (["gpu=v100,./tech/boards/../boards/v100.yaml"], "given twice, as v100 too"),
    (["tiles=16x8,8x8,8x1;16X8, 8x8,8x1"], "given twice, as 16x8,8x8,8x1 too"),
    (["timing=settled,settled"], "settled is given twice; name each value once"),
    (["adc.bits=4,,5"], "has an empty value"),
    (["adc.bits"], "write NAME=VALUES"),
    (["subarray=32y"], "write rows x columns"),
    (["subarray=0"], "write rows x columns"),
    (["adc.bits=0"], "0 is not allowed; it must be 1 or more"),
    (["adc.bits=4.5"], "it must be an integer"),
    (["read.circuit=avaraging"], "averaging"),
    (["arch=imac"], "choose them with --arch"),
    (["batch=0"], "must be 1 or more"),
    (["timing=setled"], "did you mean 'settled'"),
    (["tech=sot_mram,rerm"], "did you mean 'reram'"),
    (["pipelined=maybe"], "it must be true or false"),
]  # fmt: skip


@pytest.mark.parametrize(("over", "says"), BAD, ids=lambda v: ";".join(v) if isinstance(v, list) else "")
def test_wrong_axes(over, says):
    with pytest.raises(UsageError, match=says):
        imac_arch.sweep(over=over)


def test_wrong_requests():
    with pytest.raises(UsageError, match=r"must have equally many: subarray 2, adc\.bits 3"):
        swept("subarray=32,64", "adc.bits=4,5,6", zip=True)
    with pytest.raises(UsageError, match=r"designs take about .* hours here, at [1-9][\d.,]*(e\+\d+)? a second"):
        swept("read.voltage=linspace(0.1 V,0.3 V,1000000)", "mac.clock=linspace(1 GHz, 2 GHz, 1000000)", arch="digital")
    with pytest.raises(UsageError, match="both set and varied"):
        swept("adc.bits=4,5", overrides={"adc.bits": "6"})
    with pytest.raises(UnknownName, match="did you mean 'energy'"):
        swept("adc.bits=4,5", metrics=["enery"])
    with pytest.raises(UnknownName, match="did you mean 'sobol'"):
        swept("adc.bits=4,5", sample=3, method="sobl")
    with pytest.raises(UsageError, match="--method random says how designs are drawn; add --sample N"):
        swept("adc.bits=4,5", method="random")
    for sample in (0, -1, 1.5, "many"):
        with pytest.raises(UsageError, match="whole number from 1 on"):
            swept("adc.bits=4,5", sample=sample)
    with pytest.raises(UnknownName, match="did you mean 'energy'"):
        swept("adc.bits=4,5", pareto="enery")
    with pytest.raises(UsageError, match="has no unit"):
        swept("adc.bits=4,5", subject="area<=1")
    with pytest.raises(UnknownName, match="metric of this sweep"):
        swept("adc.bits=4,5").best("edp")
    with pytest.raises(UsageError, match="no design of imac keeps verdict=works"):
        swept("adc.bits=4,5").best("energy", arch="imac")


def test_very_many_designs_are_refused_before_any_axis_is_laid_out():
    tracemalloc.start()
    try:
        with pytest.raises(UsageError, match=r"99,999,990,000,000 designs take about .* hours here"):
            swept("read.voltage=linspace(0.1 V,0.3 V,10000000)", "subarray.rows=range(1, 10000000)", arch="digital")
        assert tracemalloc.get_traced_memory()[1] < 5e7
    finally:
        tracemalloc.stop()
    with pytest.raises(UsageError, match=r"20,000,000,000 designs take about"):
        swept("read.voltage=linspace(0.1 V,0.3 V,3)", arch="digital", sample=2e10, method="random")
    with pytest.raises(UsageError, match=r"1000000000 values are not allowed"):
        swept("read.voltage=linspace(0.1 V,0.3 V,1000000000)", "subarray=range(8,16)")


@pytest.mark.parametrize(("unit", "said"), [("", ""), ("mV", "V"), ("kV", "V"), ("%", "")])
def test_a_long_range_is_that_of_its_texts(unit, said):
    axis = Given("x", ("x",), (("1", "3000", "2"),), "range", unit)
    assert numbers(axis, 0, In(said)).tolist() == [parse(f"{k} {unit}".strip(), said) for k in range(1, 3000, 2)]


# ---- files and the command ----


def call(*words):
    return CliRunner().invoke(app, ["sweep", *words])


def test_a_csv_file_holds_every_design(tmp_path):
    path = tmp_path / "x.csv"
    found = swept(*AXES)
    found.write(path, "csv")
    assert is_ours(path)
    read = pd.read_csv(path, keep_default_na=False, na_values=["nan"])
    assert read.pop("generator").str.startswith("imac-arch")[0]
    frame = found.to_frame()
    assert list(read) == list(frame)
    for name in frame.select_dtypes("number"):
        assert pd.to_numeric(read[name]).tolist() == approx(frame[name].tolist(), rel=1e-15, nan_ok=True)
    path.write_text("mine")
    with pytest.raises(ImacError, match="use --force"):
        found.write(path, "csv")
    assert path.read_text() == "mine"


def test_the_command_says_what_designs_are_best(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = call("--over", "subarray=32,64", "--over", "adc.bits=range(4,7)", "-o", "all.csv")
    assert done.exit_code == 0, done.output
    assert "Sweep of 784-128-10 on sot_mram: 6 designs, all combinations" in done.stdout
    assert "subarray       2  32, 64" in done.stdout
    assert "adc.bits       3  4, 5, 6" in done.stdout
    assert len((tmp_path / "all.csv").read_text().splitlines()) == 7
    brief = call("--over", "subarray=32,64", "--json")
    assert brief.exit_code == 0
    wrong = call("--over", "subaray=32,64")
    assert (wrong.exit_code, "did you mean 'subarray'" in wrong.output) == (2, True)
    assert call("--over", "subarray=32", "-o", "x.parq").exit_code == 2
