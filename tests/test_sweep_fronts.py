"""The best designs of a sweep and its front: what brute force finds, under constraints and however tables are cut."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import imac_arch
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.show.sweep import sweep_sheet
from imac_arch.studies.sweep import fronts
from imac_arch.studies.sweep.fronts import Front, front_of, sorted_front
from imac_arch.studies.sweep.run import LABELS, Table
from imac_arch.studies.sweep.subject import given_subject
from tests.helpers import ALL
from tests.test_sweeps import swept

POINTS = st.lists(st.lists(st.sampled_from([0.0, 1, 2, 3, np.inf]), min_size=3, max_size=3), max_size=30)


@given(POINTS)
def test_a_front_is_what_brute_force_finds_ties_kept(points):
    values = np.array(points, dtype=float).reshape(-1, 3)
    beaten = [
        any(all(a <= b for a, b in zip(p, q, strict=True)) and p != q for p in values.tolist())
        for q in values.tolist()
    ]  # fmt: skip
    unbeaten = [k for k, lost in enumerate(beaten) if not lost]
    assert front_of(values).tolist() == unbeaten
    assert not points or sorted_front(values).tolist() == unbeaten


@pytest.mark.parametrize(
    ("sign", "kept"),
    [("<=", [True, True, True, False]), ("<", [True, False, False, False]),
     (">=", [False, True, True, True]), (">", [False, False, True, True])],
)  # fmt: skip
def test_a_bound_is_met_by_itself_unless_it_is_excluded_and_whatever_its_last_bits(sign, kept):
    area = np.array([0.5e-6, 1e-6, 1e-6 * (1 + 1e-12), 2e-6])
    (constraint,) = given_subject([f"area{sign}1 mm^2"]).constraints
    table = Table(0, {"imac.area": area, "imac.verdict": np.zeros(4, dtype=np.int32)}, {"imac.verdict": LABELS})
    assert constraint.bound == area[1]
    assert constraint.met(table, "imac").tolist() == kept
    if sign == ">=":
        assert constraint.met(table._replace(columns={"imac.area": area * (1 - 1e-12)}), "imac").tolist() == kept


def test_best_and_front_are_those_of_the_frame():
    found = swept(
        "subarray=8,16,32", "synapse.ra=geomspace(1e4 ohm*um^2, 1e6 ohm*um^2, 9)", "read.voltage=0.05 V,0.1 V"
    )
    frame = found.to_frame()
    for name in ALL:
        works = frame[frame[f"{name}.verdict"] == "works"]
        if len(works):
            assert found.best("energy", name)["row"] == works[f"{name}.energy"].idxmin()
            assert found.best("throughput", name)["row"] == works[f"{name}.throughput"].idxmax()
    any_ = found.pareto("power", "latency", arch="imac", verdict="any")
    points = frame[["imac.power", "imac.latency"]].to_numpy()
    assert sorted(any_["row"]) == front_of(points).tolist()
    assert len(any_) > 1
    ties = found.pareto("energy", arch="digital", ties=True)
    assert (len(ties), found.pareto("energy", arch="digital")["alike"].tolist()) == (54, [54])


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_large_fronts_are_the_same_with_and_without_the_library(count):
    pytest.importorskip("moocore")
    generator = np.random.default_rng(count)
    values = np.round(-np.sqrt(generator.dirichlet(np.ones(count), 3000)) * generator.uniform(0.9, 1, (3000, 1)), 2)
    assert front_of(values).tolist() == sorted_front(values).tolist()


@pytest.mark.parametrize("ties", [False, True])
def test_a_front_of_many_tables_is_that_of_all_points(monkeypatch, ties):
    """Of random points, some of them alike, that wait for one another or not."""
    values = np.round(np.random.default_rng(0).random((4000, 3)), 1)
    names = ("imac", "digital")
    columns = {f"{name}.{metric}": values[:, k] for name in names for k, metric in enumerate(fronts.FRONT)}
    columns |= {f"{name}.verdict": np.zeros(4000, dtype=np.int32) for name in names}
    unbeaten = sorted_front(values)
    kinds, counts = np.unique(values[unbeaten], axis=0, return_counts=True)
    for held in (1, 10**6):
        monkeypatch.setattr(fronts, "HELD", held)
        front = Front(names, ties=ties)
        for start in range(0, 4000, 70):
            cut = {name: column[start : start + 70] for name, column in columns.items()}
            front.add(Table(start, cut, {f"{name}.verdict": LABELS for name in names}))
        found = front.sorted()
        if ties:
            assert [row["row"] for row in found if row["architecture"] == "imac"] == sorted(
                unbeaten, key=lambda k: (*values[k], k)
            )
            assert len(found) == len(front) == 2 * len(unbeaten)
        else:
            assert [[row[f"imac.{metric}"] for metric in fronts.FRONT] for row in found] == kinds.tolist()
            assert [row["alike"] for row in found] == (2 * counts).tolist()
            assert {row["architecture"] for row in found} == {"imac"}
        assert front.sorted(2) == found[:2]


@pytest.mark.parametrize("lacking", range(len(fronts.FRONT)))
def test_a_design_that_lacks_a_metric_is_on_no_front(lacking):
    values = np.array([[1.0, 1, 1], [2, 2, 2], [3, 3, 1]])
    values[0, lacking] = np.nan
    columns = {f"imac.{metric}": values[:, k] for k, metric in enumerate(fronts.FRONT)}
    front = Front(("imac",))
    front.add(Table(0, columns | {"imac.verdict": np.zeros(3, dtype=np.int32)}, {"imac.verdict": LABELS}))
    assert sorted(row["row"] for row in front.sorted()) == [1, 2]


def test_constraints_hold_for_the_best_and_the_front():
    over = ["subarray=8,16,32", "read.voltage=0.05 V,0.1 V,0.4 V", "row_driver.loss=1 %,5 %"]
    texts = ["verdict>=doubtful", "margin_ir_drop>=0.7", "area<=0.3 mm^2"]
    found = swept(*over, tech="pcm", pareto=["energy", "interval"], subject=texts)
    frame = found.to_frame()
    points = {}
    for row in found.document.architectures:
        name = row.name
        kept = frame[f"{name}.verdict"].isin(["works", "doubtful"]) & (frame[f"{name}.area"] <= 0.3e-6)
        if f"{name}.margin_ir_drop" in frame:
            kept &= frame[f"{name}.margin_ir_drop"] >= 0.7
        assert row.kept == kept.sum()
        best = row.best["energy"]
        assert (best is None) == (not kept.any())
        assert best is None or best.metrics["energy"] == frame[f"{name}.energy"][kept].min()
        points |= {(name, k): (frame[f"{name}.energy"][k], frame[f"{name}.interval"][k]) for k in frame.index[kept]}
    keys = list(points)
    unbeaten = {points[keys[k]] for k in sorted_front(np.array(list(points.values())))}
    front = found.document.front
    assert front.metrics == ("energy", "interval")
    assert {(p.metrics["energy"], p.metrics["interval"]) for p in front.points} == unbeaten
    assert len(found.pareto()) == front.size
    one = found.best("energy", "imac", subject="verdict=any")
    assert one["imac.margin_ir_drop"] >= 0.7  # the sweep's own constraints hold too
    with pytest.raises(UsageError, match="no design of imac keeps"):
        found.best("energy", "imac", subject="latency<1 ps")
    with pytest.raises(UnknownName, match="metric of this sweep"):
        found.best("energy", "imac", subject="leakage<1 W")


def test_who_says_which_verdict_will_do_gets_the_best_of_these():
    over = ["tech=sot_mram,reram", "subarray=32,128"]
    best = {}
    for text in ("area<=1e3 mm^2", "verdict>=doubtful"):
        found = swept(*over, subject=text)
        best[text] = next(row for row in found.document.architectures if row.name == "mixed_signal").best["energy"]
    assert [point.verdict for point in best.values()] == ["works", "doubtful"]
    assert best["verdict>=doubtful"].metrics["energy"] == found.best("energy", "mixed_signal")["mixed_signal.energy"]
    made = imac_arch.optimize(tech="sot_mram", over=over, minimize="energy", subject=text, arch="mixed_signal")
    assert made.best()["energy"] == best[text].metrics["energy"]
    assert sweep_sheet(found.document).sections[2].notes == ("† a design that does not work",)


def test_a_sweep_without_the_accuracy_says_that_it_would_outrank():
    sheets = [sweep_sheet(swept("subarray=16,64", arch=arch, subject=text).document)
              for arch, text in (("imac", []), ("digital", []), ("imac", "accuracy>=0.5"))]  # fmt: skip
    assert ["--subject 'accuracy>=0.95'" in "".join(sheet.sections[1].notes) for sheet in sheets] == [
        True, False, False,
    ]  # fmt: skip


def test_what_is_set_for_all_designs_is_said():
    given = {"overrides": {"read.voltage": "0.3 V"}, "precision": "native", "batch": 2}
    assert sweep_sheet(swept("subarray=16,64", **given).document).subtitle == (
        "set: read.voltage 0.3 V; native precision; batch 2"
    )
    assert sweep_sheet(swept("subarray=16,64").document).subtitle == ""


def test_daggers_and_empty_tables_are_explained():
    kept = swept("subarray=16,64", "adc.bits=4,8", tech="reram", subject="area<=0.5 mm^2")
    best = sweep_sheet(kept.document).sections[2]
    marked = {row[1] for row in best.table.rows if row[2].mark}
    assert marked == {"imac", "mixed_signal"}  # designs of the latter work, but they are too large
    assert best.notes[0].startswith("† no design of imac, mixed_signal works with area<=0.5 mm^2: ")
    none = sweep_sheet(swept("subarray=16,64", subject="area<=0 mm^2").document).sections[2]
    assert none.table is None
    top = [sweep_sheet(swept(*over, subject=own).document).sections[0].paragraphs for over, own in (
        (["subarray=16,64"], ["area<=0 mm^2", "energy<=1 J"]), (["subarray=16"], ["area<=0 mm^2"]),
        (["subarray=16,64"], ["area<=0.5 mm^2"]), (["subarray=16,64"], []),
    )]  # fmt: skip
    assert top == [
        ("No design is left: none of 2 designs keeps area<=0 mm^2 and energy<=1 J, on any architecture.",),
        ("No design is left: the one design does not keep area<=0 mm^2, on any architecture.",),
        (), (),
    ]  # fmt: skip
    names = ("imac", "mixed_signal", "digital", "gpu")
    assert none.notes == tuple(f"{name}: area<=0 mm^2 leaves none of 2 designs" for name in names)
    first = swept("subarray=16,64", arch="imac", subject=["verdict=any", "area<=1 m^2", "energy<=0 J", "area>=0 m^2"])
    assert sweep_sheet(first.document).sections[2].notes == ("imac: energy<=0 J leaves none of 2 designs",)
    assert first.document.architectures[0].left == (2, 2, 2, 0, 0)


def test_documents_do_not_say_where_files_lie(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("kind: technology\nname: mine\ntitle: mine\nextends: reram\n", encoding="utf-8")
    one = swept("subarray=16,32", tech=str(mine), arch="digital").document
    best = imac_arch.optimize(tech=str(mine), over="subarray=16,32", arch="digital", minimize="energy").document
    for document in (one, best):
        assert document.conditions.technology == "mine.yaml"
        assert str(tmp_path) not in repr(document)
        assert "mine.yaml" in document.hashes
    (tmp_path / "other").mkdir()
    other = tmp_path / "other/mine.yaml"
    other.write_text(mine.read_text().replace("name: mine", "name: yours"), encoding="utf-8")
    several = swept(f"tech={mine},reram", "subarray=16,32", arch="digital")
    assert list(several.to_frame()["tech"].unique()) == ["mine.yaml", "reram"]
    assert str(tmp_path) not in repr([several.document.axes, several.document.architectures])
    alike = swept(f"tech={mine},{other}", arch="digital").to_frame()  # whose names do not tell them apart
    assert list(alike["tech"]) == [str(mine), str(other)]


def test_one_axis_may_be_one_text():
    assert imac_arch.sweep(over="adc.bits=4,5", arch="digital").document.rows == 2


def test_a_front_does_not_depend_on_how_tables_are_cut():
    study = swept("subarray=8,16,32", "synapse.ra=geomspace(1e4 ohm*um^2, 1e6 ohm*um^2, 9)").study
    whole, parts = (Front(study.architectures, ("energy", "area"), None) for _ in range(2))
    for table in study.runner.tables():
        whole.add(table)
    for start in range(0, 27, 4):
        for table in study.runner.tables(start, start + 4):
            parts.add(table)
    assert [(r["row"], r["architecture"], r["alike"]) for r in whole.sorted()] == [
        (r["row"], r["architecture"], r["alike"]) for r in parts.sorted()
    ]


def test_an_axis_between_whose_ends_designs_are_drawn_is_no_list():
    texts = ("tiles=26x5,5x1;30x6,7x1", "synapse.ra=geomspace(5 ohm*um^2, 50000 ohm*um^2, 40)", "adc.bits=range(4,6)")
    for sample, ra in ((None, ("40", "5 Ω·µm², 6.33 Ω·µm², 8.02 Ω·µm², ..., 50,000 Ω·µm²")),
                       (9, ("any", "5 Ω·µm² to 50,000 Ω·µm²"))):  # fmt: skip
        rows = sweep_sheet(swept(*texts, arch="imac", sample=sample).document).sections[0].table.rows
        assert rows == (("tiles", "2", "26x5,5x1; 30x6,7x1"), ("synapse.ra", *ra), ("adc.bits", "2", "4, 5"))


def test_refusals_say_what_is_meant():
    with pytest.raises(UnknownName, match="unknown axis 'board'; did you mean 'gpu'"):
        swept("board=h100,a100")
    with pytest.raises(UsageError, match="--sample 1e15 is not allowed; 140,737,488,355,328 is the most"):
        swept("adc.bits=4,5", sample="1e15", method="random")
    with pytest.raises(UsageError, match=r"hidden\.mean=0\.1: "):
        swept("laws.inputs.hidden.mean=0.1,0.3")
