"""Intervals of the designs of a sweep: those of the single comparison, in rows, for the best designs and on pages."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.data.errors import UsageError
from imac_arch.document.samples import ends_along, interval
from imac_arch.show.report.sweep import sweep_figures
from imac_arch.studies.sweep import intervals
from imac_arch.studies.sweep import study as studies
from tests.helpers import approx

NET = "64-16-10"
OVER = {"tech": ["reram", "sot_mram"], "subarray": [16, 64], "adc.bits": [5, 6]}


@pytest.fixture(scope="module")
def found():
    return imac_arch.sweep(NET, over=OVER, arch=["imac", "mixed_signal"], samples=60, seed=3)


@pytest.fixture(scope="module")
def frame(found):
    return found.to_frame()


def alone(tech, side, bits):
    fields = {"components.adc.bits": str(bits)}
    document = imac_arch.compare(
        NET, tech, arch=["imac", "mixed_signal"], subarray=(side, side), samples=60, seed=3, overrides=fields,
        accuracy="none",
    ).document  # fmt: skip
    return {row.name: row.metrics for row in document.architectures}


def test_the_ends_of_a_row_are_those_of_the_single_comparison(frame):
    for k in (3, 4):
        row = frame.loc[k]
        for name, metrics in alone(row["tech"], int(row["subarray.rows"]), int(row["adc.bits"])).items():
            for metric in ("area", "energy", "latency", "power", "utilization"):
                wanted = metrics[metric].interval
                own = row[f"{name}.{metric}_low"], row[f"{name}.{metric}_high"]
                assert own == approx((wanted.low, wanted.high), rel=1e-12)
                assert metric == "utilization" or own[0] < own[1]


def test_the_best_designs_and_the_front_have_them_too(found, frame):
    points = [p for row in found.document.architectures for p in row.best.values()]
    for point in [*points, *found.document.front.points]:
        row = frame.loc[point.row]
        for metric, ends in point.intervals.items():
            assert (ends.low, ends.high) == tuple(
                row[f"{point.architecture}.{metric}{end}"] for end in ("_low", "_high")
            )
    assert found.document.conditions.samples == 60
    without = imac_arch.sweep(NET, over={"batch": [1, 2]}, arch="digital")
    assert "digital.energy_low" not in without.to_frame()
    assert without.document.architectures[0].best["energy"].intervals is None


def test_the_best_design_and_the_front_as_frames_have_them(found, frame):
    names = [c for c in frame.columns if c.endswith(("_low", "_high"))]
    best = found.best("energy", verdict="any")
    front = found.pareto("area", "energy", "latency", verdict="any")
    assert list(best.index)[-len(names) :] == list(front.columns)[-len(names) :] == names
    assert best[names].tolist() == frame.loc[best.name, names].tolist()
    assert front[names].equals(frame.loc[front["row"], names].reset_index(drop=True))
    assert len(set(front["tech"])) == 2
    assert front[names].notna().any(axis=None)
    empty = found.pareto("area", arch="imac", verdict="any", subject="area<=1 nm^2")
    assert not len(empty)


def test_how_rows_are_cut_and_stored_changes_nothing(found, frame, tmp_path):
    read = pytest.importorskip("pyarrow.parquet").read_table
    found.to_parquet(tmp_path / "designs")
    again = read(tmp_path / "designs").to_pandas()
    assert list(again.columns) == list(frame.columns)
    assert np.array_equal(again["imac.energy_low"], frame["imac.energy_low"])
    found.write(tmp_path / "designs.csv", "csv")
    heads = (tmp_path / "designs.csv").read_text().partition("\n")[0].split(",")
    assert {"mixed_signal.area_low", "mixed_signal.area_high"} <= set(heads)
    wide = found.study.widened
    parts = [table.columns["imac.energy_high"] for k in range(4) for table in wide.tables(2 * k, 2 * k + 2)]
    assert np.array_equal(np.concatenate(parts), frame["imac.energy_high"])


def test_designs_that_cannot_be_have_no_ends():
    frame = imac_arch.sweep(
        NET, over={"vdd": ["0.2 V", "0.8 V"], "read.circuit": ["averaging", "virtual_ground"]}, arch="imac", samples=20
    ).to_frame()
    refused = frame["imac.verdict"] == "refused"
    assert 0 < refused.sum() < len(frame)
    assert (frame["imac.energy_low"].isna() == refused).all()


def test_numbers_beside_words_and_no_axis_of_numbers():
    frame = imac_arch.sweep(NET, over={"adc.law": ["survey", "sar"]}, arch="mixed_signal", samples=30).to_frame()
    assert (frame["mixed_signal.energy_low"] < frame["mixed_signal.energy_high"]).all()
    drawn = imac_arch.sweep(
        NET, over={"synapse.ra": "geomspace(5 ohm*um^2, 500 ohm*um^2, 9)"}, arch="imac", sample=30, samples=30
    ).to_frame()
    assert len(set(drawn["imac.energy_low"])) == 30


def test_designs_that_are_drawn_group_by_group_are_the_same(monkeypatch, frame):
    monkeypatch.setattr(intervals, "TOGETHER", 3 * 61)  # groups of three, of four designs with the same words
    again = imac_arch.sweep(NET, over=OVER, arch=["imac", "mixed_signal"], samples=60, seed=3).to_frame()
    assert again.equals(frame)


def test_a_design_that_cannot_be_has_no_ends_whatever_its_draws(found):
    columns = {"tech": ["reram"] * 2, "subarray.rows": [16, 64], "subarray.cols": [16, 64], "adc.bits": [5, 6]}
    ends = found.study.intervals.beside({**columns, "imac.energy": [np.nan, 1e-9]})
    assert np.isnan(ends["imac.energy_low"]).tolist() == np.isnan(ends["imac.energy_high"]).tolist() == [True, False]


@pytest.mark.parametrize("samples", [1, 2, 7, 100])
def test_ends_of_many_designs_are_those_of_each(samples):
    draws = np.random.default_rng(samples).normal(size=(40, samples))
    draws[draws > 1.5] = np.nan
    draws[7] = np.nan
    draws[8, 0] = np.inf
    found = ends_along(draws)
    for k, own in enumerate(draws):
        wanted = interval(np.concatenate([[0.0], own]))
        if wanted is None:
            assert np.isnan(found[:, k]).all()
        else:
            assert tuple(found[:, k]) == tuple(wanted)


def test_a_page_has_error_bars_of_the_front_and_of_the_best():
    found = imac_arch.sweep(NET, over={"subarray": [16, 64]}, arch=["imac", "digital"])
    assert found.drawn.samples == 200
    names = [metric.name for metric in found.document.metrics]
    barred = {(p.row, p.architecture): p for p in found.drawn.points if p.intervals}
    for row in found.document.architectures:
        assert {(p.row, row.name) for p in row.best.values()} <= set(barred)
    assert all(p.intervals for p in found.drawn.points if p.fronted)
    traces = sweep_figures(found.document, found.drawn)["fig-plane-1"]["data"]
    own = {t["name"]: t for t in traces if "error_x" in t}
    assert set(own) == {"imac", "digital"}
    points = [p for p in barred.values() if p.architecture == "digital"]
    factors = [1 + up / x for x, up in zip(own["digital"]["x"], own["digital"]["error_x"]["array"], strict=True)]
    at = names.index("area")
    assert factors == approx([p.intervals[at].high / p.metrics[at] for p in points], rel=1e-3)
    bare = imac_arch.sweep(NET, over={"batch": [1]}, arch="digital", samples=0)
    assert not any(p.intervals for p in bare.drawn.points)
    assert "90 % intervals" not in bare.page()
    assert "90 % intervals over 200 samples" in found.page()


def test_wrong_and_very_many_draws(monkeypatch):
    with pytest.raises(UsageError, match=r"-1 samples are not allowed; whole numbers from 0 to 100,000 are"):
        imac_arch.sweep(NET, over=OVER, samples=-1)
    monkeypatch.setattr(studies, "MOST_DRAWN", 100)
    many = {"over": {"subarray": [16, 32, 64]}, "arch": "digital", "samples": 50}
    with pytest.raises(UsageError, match=r"3 designs of 50 samples each take about .* hours here.*--yes"):
        imac_arch.sweep(NET, **many).to_frame()
    assert imac_arch.sweep(NET, **many).document.rows == 3  # a summary costs little
    assert len(imac_arch.sweep(NET, **many, yes=True).to_frame()) == 3


def test_the_command_shows_them():
    words = ["sweep", "--net", NET, "--arch", "digital", "--over", "subarray=16,32", "--samples", "40", "--seed", "5"]
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0
    assert "90 % intervals over 40 samples, seed 5" in shown.stdout
    assert "J [" in shown.stdout
    document = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    assert document["front"]["points"][0]["intervals"]["energy"]["low"] > 0
