"""The page of a sweep: points, maps and lines are those of the designs, and it draws in a browser."""

import json
import pickle
import re

import numpy as np
import pytest

import imac_arch
from imac_arch.data.written import HEAD, SEAL
from imac_arch.show.report.sweep import render_sweep, sweep_figures
from imac_arch.studies.sweep import drawn as sweep_drawn
from imac_arch.studies.sweep.drawn import Drawing
from tests.helpers import approx
from tests.report.test_report import EVIL, assert_harmless, browser  # noqa: F401  # a fixture

OVER = {"subarray": [32, 64, 128], "adc.bits": "range(4, 7)", "synapse.ra": "geomspace(5 ohm*um^2, 5000 ohm*um^2, 5)"}


@pytest.fixture(scope="module")
def found():
    return imac_arch.sweep("784-16-10", over=OVER, command="imac-arch sweep --over x")


def test_it_is_one_small_offline_file_that_says_how_to_make_it_again(found):
    page = found.page()
    assert len(page.encode()) <= 2_000_000
    assert SEAL in page[:HEAD]
    assert page.count('id="provenance"') == 1
    assert "imac-arch sweep --over x" in page
    for word in ("<script src", '<link rel="stylesheet', "@import", "url(http"):
        assert word not in page.replace("data:", "")
    again = eval(found.document.python, {"imac_arch": imac_arch})
    assert again.document._replace(command="") == found.document._replace(command="")
    assert again.drawn == found.drawn


def test_points_are_designs_of_the_frame(found):
    frame, drawn = found.to_frame(), found.drawn
    assert len(drawn.points) <= 2000 + drawn.fronted
    assert drawn.tried == 4 * len(frame)
    names = [metric.name for metric in found.document.metrics]
    for point in drawn.points[::17]:
        row = frame.loc[point.row]
        assert row[f"{point.architecture}.verdict"] == point.verdict
        assert point.design == (row["subarray.rows"], row["subarray.cols"], row["adc.bits"], row["synapse.ra"])
        place = names.index("energy")
        assert point.metrics[place] == approx(row[f"{point.architecture}.energy"])


def test_designs_that_cannot_be_are_not_drawn():
    found = imac_arch.sweep("784-16-10", over={"adc.bits": [4, 8, 14]}, arch=["mixed_signal", "digital"])
    assert found.to_frame()["mixed_signal.verdict"].tolist()[2] == "refused"
    drawn = {(point.architecture, point.row) for point in found.drawn.points}
    assert drawn == {("mixed_signal", 0), ("mixed_signal", 1), ("digital", 0), ("digital", 1), ("digital", 2)}


def test_maps_hold_the_best_of_what_a_plain_loop_finds(found):
    frame = found.to_frame()
    drawn = {(m.across.name, m.upward.name, m.architecture, m.metric): m for m in found.drawn.maps}
    assert len(drawn) == 3 * 4 * 4
    order = {"works": 0, "doubtful": 1, "fails": 2}
    shown = drawn["subarray", "synapse.ra", "mixed_signal", "energy"]
    for (rows, ra), own in frame.groupby(["subarray.rows", "synapse.ra"]):
        ranked = sorted(
            (order[v], e) for v, e in zip(own["mixed_signal.verdict"], own["mixed_signal.energy"], strict=True)
        )
        x = shown.across.cells.index(f"{rows:g}x{rows:g}")
        y = sorted(frame["synapse.ra"].unique()).index(ra)
        assert shown.values[y][x] == ranked[0][1]
        assert order[shown.verdicts[y][x]] == ranked[0][0]


def test_samples_and_long_axes_are_put_into_cells():
    drawn = imac_arch.sweep(
        "16-8-4", over={"synapse.ra": "geomspace(5 ohm*um^2, 5000 ohm*um^2, 9)", "adc.bits": "range(4, 7)"},
        arch="imac", sample=300, metrics="energy",
    )  # fmt: skip
    (shown,) = drawn.drawn.maps
    assert (len(shown.across.cells), shown.upward.cells) == (40, ("4", "5", "6"))
    least = min(value for row in shown.values for value in row if value is not None)
    assert least == drawn.best("energy", verdict="any")["imac.energy"]
    long = imac_arch.sweep("16-8-4", over={"subarray": "range(2, 90)", "adc.bits": [4, 5]}, arch="digital").drawn.maps[
        0
    ]
    assert len(long.across.cells) == 40
    assert all(verdict for row in long.verdicts for verdict in row)


def test_plotly_knows_every_figure(found):
    import plotly.graph_objects as go

    figures = sweep_figures(found.document, found.drawn)
    assert {"fig-plane-0", "fig-plane-3", "fig-map-0-0-0", "fig-map-2-3-3"} <= set(figures)
    for figure in figures.values():
        assert go.Figure(figure).data
    json.dumps(figures, allow_nan=False)


@pytest.mark.parametrize(
    "options",
    [
        {"over": {"subarray": [32, 64]}}, {"over": {"subarray": [32]}}, {"over": {"tech": ["sot_mram", "reram"]}},
        {"over": {"subarray": [32, 64], "adc.bits": [4, 5]}, "zip": True}, {"over": {"batch": [1, 8]}, "arch": "gpu"},
        {"over": {"subarray": [32, 64], "adc.law": ["survey", "sar"]}, "metrics": "utilization"},
        {"over": {"synapse.ra": "linspace(5 ohm*um^2, 5000 ohm*um^2, 3)"}, "sample": 50, "metrics": ["power", "tops"]},
    ],
    ids=str,
)  # fmt: skip
def test_any_sweep_has_a_page(options):
    page = imac_arch.sweep("16-8-4", **options).page()
    assert "</html>" in page
    assert "None" not in page.split("<script")[0]
    assert not re.search(r"\bnan\b", page.split("<script")[0].partition('id="provenance"')[0])


def test_hostile_names_are_text(found):
    axis = found.document.axes[0]._replace(name=EVIL, words=True, paths=(EVIL,), values=(EVIL,))
    points = tuple(
        point._replace(design=(EVIL * (point.row % 2), *point.design[2:]), architecture=EVIL)
        for point in found.drawn.points
    )
    maps = tuple(
        shown._replace(across=shown.across._replace(name=EVIL, cells=(EVIL,) * len(shown.across.cells)))
        for shown in found.drawn.maps
    )
    document = found.document._replace(
        axes=(axis, *found.document.axes[1:]), command=EVIL, python=EVIL, hashes={EVIL: EVIL},
        architectures=tuple(
            row._replace(name=EVIL, title=EVIL, missed={EVIL: 3}, reasons={EVIL: 2}, best={})
            for row in found.document.architectures
        ),
        front=found.document.front._replace(points=()),
        metrics=tuple(metric._replace(title=EVIL) for metric in found.document.metrics),
    )  # fmt: skip
    drawn = found.drawn._replace(points=points, maps=maps)
    assert_harmless(render_sweep(document, drawn))
    figures = json.dumps(sweep_figures(document, drawn))
    assert "alert(1)" in figures
    for line in figures.split("<br>"):
        assert "<img" not in line
        assert "<script" not in line


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (390, "dark")])
def test_it_draws_what_is_chosen(found, browser, tmp_path, width, scheme):  # noqa: F811
    path = tmp_path / "sweep.html"
    path.write_text(found.page())
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelectorAll('.plot .main-svg').length > 1")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    values = "[...document.querySelectorAll('th.folds ~ td.text + td')]"
    right = "getBoundingClientRect().right"
    ends = page.evaluate(f"{values}.map(value => value.{right} - value.closest('.scroll').{right})")
    assert len(ends) > 4
    assert max(ends) <= 0  # values of the best designs are seen without scrolling to the side
    title = "document.querySelector('#fig-map .xtitle').textContent"
    assert page.evaluate(title) == "adc.bits"  # the axes that say most
    page.locator("select[data-plot=fig-map]").first.select_option("0")
    page.wait_for_function(f"{title} === 'subarray'")
    assert page.locator("svg.parallel polyline").count() > 10
    assert (said, asked) == ([], [path.as_uri()])
    page.close()


def test_a_page_of_long_axes_and_a_large_front_has_two_megabytes_at_most(monkeypatch):
    over = {
        "subarray.rows": "range(8, 256)", "subarray.cols": "range(8, 256)", "adc.columns_per_adc": "range(1, 33)",
        "read.voltage": "linspace(0.05 V, 0.3 V, 20)", "amplifier.settle_time": "geomspace(0.2 ns, 5 ns, 20)",
    }  # fmt: skip
    monkeypatch.setattr(sweep_drawn, "DRAWS", 2)
    found = imac_arch.sweep("784-16-10", "reram", over=over, sample=1000, subject="verdict=any")
    drawn = found.drawn
    assert [(m.across.name, m.upward.name) for m in drawn.maps[:1]] == [("subarray.rows", "subarray.cols")]
    cells = sum(len(m.across.cells) * len(m.upward.cells) for m in drawn.maps)
    assert cells <= max(sweep_drawn.MAPS, len(drawn.maps) * 40 * 40) < 4 * 4 * 6 * 40 * 40
    random, own = np.random.default_rng(1), [point for point in drawn.points if None not in point.metrics]
    points = []
    for k in range(sweep_drawn.FRONTED + sweep_drawn.POINTS):  # as many as there can be, none like another
        point, factor = own[k % len(own)], random.uniform(0.5, 2.0, 20)
        values = tuple(value * own for value, own in zip(point.metrics, factor, strict=False))
        design = tuple(value * own for value, own in zip(point.design, factor, strict=False))
        points.append(point._replace(row=k, design=design, metrics=values, fronted=k < sweep_drawn.FRONTED))
    assert len(render_sweep(found.document, drawn._replace(points=tuple(points))).encode()) <= 2_000_000


def test_a_page_says_where_it_has_no_room_for_all_of_a_front(monkeypatch):
    monkeypatch.setattr(sweep_drawn, "FRONTED", 2)
    monkeypatch.setattr(sweep_drawn, "DRAWS", 2)
    few = imac_arch.sweep("64-16-10", over={"batch": [1]}, arch="digital")
    over = {"subarray": [8, 16, 32, 64], "amplifier.settle_time": "geomspace(0.2 ns, 5 ns, 5)"}
    many = imac_arch.sweep("64-16-10", "reram", over=over, arch="imac", subject="verdict=any")
    size = many.document.front.size
    assert size > 2 == many.drawn.fronted
    assert (
        f"Large: 2 of the {size} designs of the Pareto front, evenly along area, for a page has no room" in many.page()
    )
    assert "Large: the Pareto front. Small: " in few.page()


def test_less_than_eighty_kilobytes_for_each_further_technology():
    def size(*names):
        over = {"tech": list(names), "subarray": [32, 64, 128], "adc.bits": "range(4, 9)"}
        return len(imac_arch.sweep(over=over).page().encode())

    one, two, three = size("sot_mram"), size("sot_mram", "reram"), size("sot_mram", "reram", "pcm")
    assert one <= 2_000_000
    assert np.diff([one, two, three]).max() <= 80_000


@pytest.mark.parametrize(
    ("names", "kinds"),
    [
        (("energy", "area"), {"scatter"}), (("synapse.ra", "energy", "verdict"), {"scatter"}),
        (("subarray", "energy", "adc.bits"), {"scatter"}), (("area", "power", "latency"), {"scatter"}),
        (("subarray", "synapse.ra", "energy"), {"heatmap", "scatter"}),
        (("adc.bits", "subarray", "architecture"), {"scatter"}),
    ],
)  # fmt: skip
def test_a_figure_of_what_one_asks_for(found, names, kinds):
    figure = found.figure(*names)
    assert {trace.type for trace in figure.data} <= kinds
    assert figure.data[0].type in kinds
    if kinds == {"scatter"}:
        drawn = sum(len(trace.x) for trace in figure.data)
        at = [m.name for m in found.document.metrics]
        metrics = [at.index(name) for name in names[:2] if name in at]
        assert drawn == sum(all(p.metrics[k] is not None for k in metrics) for p in found.drawn.points)
        hollow = sum(len(trace.x) for trace in figure.data if trace.marker.symbol.endswith("-open"))
        assert hollow == sum(p.verdict == "fails" for p in found.drawn.points)
    assert len(found.figure("energy", "area", arch="imac").data) < len(found.figure("energy", "area").data)


def test_the_map_that_is_asked_for_is_that_of_the_page(found):
    own = found.figure("subarray", "synapse.ra", "energy", arch="mixed_signal").data[0]
    wanted = ("subarray", "synapse.ra", "mixed_signal", "energy")
    shown = next(m for m in found.drawn.maps if (m.across.name, m.upward.name, m.architecture, m.metric) == wanted)
    assert np.argmin(own.z) == np.argmin(shown.values)
    with pytest.raises(imac_arch.ImacError, match="did you mean 'energy'"):
        found.figure("subarray", "enrgy")
    with pytest.raises(imac_arch.ImacError, match="did you mean 'imac'"):
        found.figure("area", "energy", arch="imacc")
    with pytest.raises(imac_arch.ImacError, match="verdict"):
        found.figure("area", "energy", "verdikt")


def test_blocks_joined_are_blocks_one_after_another(found):
    study = imac_arch.sweep("784-16-10", over=OVER).study
    cut, whole = [Drawing(study) for _ in range(3)], Drawing(study)
    for k, keeper in enumerate(cut):
        for table in study.tables(15 * k, 15 * (k + 1)):
            keeper.add(table)
    for table in study.tables():
        whole.add(table)
    cut[0].join(cut[1])
    cut[0].join(pickle.loads(pickle.dumps(cut[2])))
    assert cut[0].records() == whole.records() == found.drawn
