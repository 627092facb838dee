"""A design is judged by its own figures: each check clears, doubts and fails exactly at its limits."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest

from imac_arch import checks as source
from imac_arch import compare
from imac_arch.checks import CODES, STATUS, VERDICTS, DesignCheck, checks, severity
from imac_arch.data.registry import names
from imac_arch.document.judged import check_rows, verdict_of
from imac_arch.evaluate import evaluate
from imac_arch.inputs import laid_out
from imac_arch.remedies import KNOBS
from tests.duck import Duck, plain
from tests.helpers import ALL, approx, inputs, loaded_laws
from tests.test_traceable import symbolic

NONE = {"components.row_driver": "none"}
CASES = {  # a knob, and what moves the figure of a check in proportion to it, or against it
    "ir_drop": ("sot_mram", {}, "components.synapse.ra", 1e-11, "mixed_signal"),
    "current_density": ("sot_mram", {}, "read.voltage", 0.1, "mixed_signal"),
    "read voltage": ("sot_mram", {}, "read.voltage", 0.1, "mixed_signal"),
    "current density of a junction": ("sot_mram", {}, "components.synapse.ra", 1e-11, "mixed_signal"),
    "heat": ("sot_mram", {}, "components.amplifier.area", 1e-12, "imac"),
    "load": ("sot_mram", {}, "read.load_conductance", 1e-5, "imac"),
    "drive": ("sot_mram", NONE, "components.synapse.ra", 1e-11, "imac"),
    "declared_cycle": ("sot_mram", {}, "cycle", 1e-9, "imac"),
}


def found(name, tech, overrides, path, values, architecture, timing):
    """The check of that code or quantity, over a design axis."""
    given = laid_out(inputs(tech=tech, overrides=overrides, timing=timing), {path: values})
    rows = checks(evaluate(given, [architecture])[0], given.case())
    return next(check for check in rows if name in (check.code, check.quantity))


@pytest.mark.parametrize("name", CASES)
def test_each_check_turns_at_its_limit_and_at_its_hard_limit_and_nowhere_else(name):
    """Bisected along its knob: one step short of a limit it is still of the lower severity, one step beyond it not."""
    tech, overrides, path, start, architecture = CASES[name]
    timing = "declared" if name == "declared_cycle" else "settled"

    def worst(value):
        check = found(name, tech, overrides, path, [value], architecture, timing)
        kept = np.ravel(np.broadcast_arrays(check.margin, check.severity)[0])
        layer = int(np.argmin(kept))
        at = {
            key: float(np.ravel(np.broadcast_to(getattr(check, key), check.margin.shape))[layer])
            for key in ("value", "limit", "hard")
        }
        return int(np.max(check.severity)), at, check.least

    grid = [start * 10 ** (k / 10) for k in range(-25, 45)]
    seen = [worst(value)[0] for value in grid]
    assert set(seen) == {0, 1, 2}, name
    turns = [(a, b) for a, b in itertools.pairwise(range(len(grid))) if seen[a] != seen[b]]
    assert len(turns) == 2, name
    for a, b in turns:
        low, high = grid[a], grid[b]
        for _ in range(50):
            middle = (low * high) ** 0.5
            low, high = (middle, high) if worst(middle)[0] == seen[a] else (low, middle)
        _, figures, least = worst(high)
        limit = figures["limit" if {seen[a], seen[b]} == {0, 1} else "hard"]
        assert figures["value"] == approx(limit, rel=1e-6)
        clear, beyond = sorted((low, high), key=lambda value: worst(value)[0])
        assert worst(clear)[0] == worst(beyond)[0] - 1
        assert least == (name == "ir_drop")


def test_the_limits_are_those_of_the_file():
    law = loaded_laws()["limits"].model
    wanted = {
        "signal_share": (0.7, 0.3), "wire_density": (1e11, 1e12), "junction_voltage": (0.3, 0.9),
        "junction_density": (2e10, 6e10), "power_density": (1e6, 1e7), "drive": (1, 2), "load_share": (0.1, 0.5),
        "cycle": (1, 2),
    }  # fmt: skip
    for name, ends in wanted.items():
        pair = [getattr(law, name), getattr(law, f"{name}_hard")]
        assert [q.value for q in pair] == approx(list(ends), rel=1e-12), name
        assert all(q.status == "assumed" and q.note for q in pair), name


def test_a_cell_that_names_its_own_voltage_fails_in_proportion():
    rows = compare("784-128-10", "reram", overrides={"read.voltage": "0.4 V"}, samples=0).document.architectures
    row = next(c for c in rows[0].checks if c.quantity == "read voltage")
    assert (row.limit, row.hard_limit, row.status) == (0.4, approx(1.2), "clear")


def test_converters_are_doubted_from_one_bit_short_and_never_fail():
    for bits, status in ((6, "clear"), (5, "doubtful"), (1, "doubtful")):
        document = compare("784-128-10", adc_bits=bits, adc_law="in_array", samples=0).document
        row = next(c for a in document.architectures for c in a.checks if c.code == "adc_bits")
        assert (row.value, row.limit, row.hard_limit, row.status) == (bits, 6, None, status)


@pytest.mark.parametrize("tech", ["sot_mram", "sot_mram_imec", "reram", "sram_cim"])
def test_a_verdict_does_not_depend_on_what_else_is_compared(tech):
    whole = compare("784-128-10", [tech, "stt_mram"], samples=20).document
    kept = {(row.technology, row.name): (row.verdict, row.checks) for row in whole.architectures}
    for some in (["imac"], ["mixed_signal", "digital"], ["gpu"], ["mixed_signal"], ["gpu", "imac"]):
        for row in compare("784-128-10", tech, arch=some, baseline=some[0], samples=20).document.architectures:
            assert (row.verdict, row.checks) == kept[row.technology, row.name], (some, row.name)


@pytest.mark.parametrize("tech", names("technology"))
def test_the_verdict_is_that_of_the_worst_check_and_each_of_these_warns(tech):
    document = json.loads(compare("784-128-10", tech, samples=0).to_json())
    for row in document["architectures"]:
        statuses = [check["status"] for check in row["checks"]]
        worst = max(map(STATUS.index, statuses))
        assert row["verdict"] == VERDICTS[worst]
        beyond = [(c["code"], c["quantity"], c["status"]) for c in row["checks"] if c["status"] != "clear"]
        said = [
            (w["code"], w["quantity"], w["severity"]) for w in document["warnings"]
            if w["architecture"] == row["name"] and w["severity"] != "note"
        ]  # fmt: skip
        assert said == beyond
        for check in row["checks"]:
            ratio = check["value"] / check["limit"]
            assert check["margin"] == approx(ratio if check["bound"] == "at_least" else 1 / ratio, rel=1e-9)
            assert (check["margin"] >= 1) == (check["status"] == "clear")


def test_a_verdict_says_in_which_share_of_the_samples_it_holds():
    for row in compare("784-128-10", "reram", samples=0).document.architectures:
        assert (row.works_in, row.fails_in) == (None, None)
    found = compare("784-128-10", "reram", samples=300)
    for row in found.document.architectures:
        shares = {"works": row.works_in, "fails": row.fails_in, "doubtful": 1 - row.works_in - row.fails_in}
        assert all(-1e-12 <= share <= 1 for share in shares.values())
    given = inputs(tech="reram", samples=300)
    row = next(a for a in found.document.architectures if a.name == "imac")
    worst = [0.0] * 300
    for check in checks(evaluate(given, ["imac"])[0], given.case()):
        levels = np.broadcast_to(given.grid.layered(check.severity), (2, 301)).max(axis=0)[1:]
        worst = [max(pair) for pair in zip(worst, levels, strict=True)]
    assert row.fails_in == approx(sum(level == 2 for level in worst) / 300, rel=1e-12)
    assert 0 < row.fails_in < 1


def test_verdicts_of_known_designs():
    verdicts = {
        tech: {row.name: row.verdict for row in compare("784-128-10", tech, samples=0).document.architectures}
        for tech in ("sot_mram", "sot_mram_imec")
    }
    assert verdicts["sot_mram"] == {"imac": "fails", "mixed_signal": "fails", "digital": "works", "gpu": "works"}
    assert verdicts["sot_mram_imec"] == {
        "imac": "doubtful", "mixed_signal": "doubtful", "digital": "works", "gpu": "works",
    }  # fmt: skip


def test_a_declared_cycle_is_checked_only_where_it_is_used():
    for timing, status in (("declared", "fails"), ("settled", "note")):
        document = compare("784-128-10", timing=timing, samples=0).document
        assert [w.severity for w in document.warnings if w.code == "declared_cycle"] == [status]
        rows = [c for a in document.architectures for c in a.checks if c.code == "declared_cycle"]
        assert len(rows) == (timing == "declared")


def test_a_grid_of_designs_has_the_verdicts_of_each():
    axes = {"read.voltage": [0.1, 0.3, 0.8], "components.synapse.ra": [1e-11, 1e-9]}
    given = laid_out(inputs(), axes)
    case = given.case()
    for evaluation in evaluate(given, ALL):
        worst = np.broadcast_to(severity(checks(evaluation, case), given.grid), (3, 2, 1))
        for (i, volts), (j, ra) in itertools.product(*(enumerate(axis) for axis in axes.values())):
            alone = inputs(overrides={"read.voltage": f"{volts} V", "components.synapse.ra": f"{ra * 1e12} ohm*um^2"})
            rows = check_rows(checks(evaluate(alone, [evaluation.architecture])[0], alone.case()))
            assert VERDICTS[int(worst[i, j, 0])] == verdict_of(rows)


def test_checks_ask_for_no_value():
    given = inputs(overrides=NONE, timing="declared")
    ducks = symbolic(given)
    with np.errstate(all="ignore"):
        for symbol, number in zip(evaluate(ducks, ALL), evaluate(given, ALL), strict=True):
            pairs = zip(checks(symbol, ducks.case()), checks(number, given.case()), strict=True)
            for mine, other in pairs:
                assert isinstance(mine.severity, Duck)
                assert np.array_equal(plain(mine.severity), other.severity), other.code


def test_a_figure_that_is_no_number_fails_and_one_of_nothing_is_clear():
    assert DesignCheck("heat", "q", np.array([np.nan]), np.ones(1), 2 * np.ones(1)).severity.tolist() == [2]
    assert DesignCheck("heat", "q", np.zeros(1), np.ones(1), 2 * np.ones(1)).severity.tolist() == [0]
    assert DesignCheck("ir_drop", "q", np.zeros(1), np.ones(1), np.ones(1) / 2, "", True).severity.tolist() == [2]


def test_every_code_is_listed_and_has_knobs():
    """By which a constraint on the margin of a check that there is not is refused."""
    given = set(re.findall(r'DesignCheck\("(\w+)"', Path(source.__file__).read_text()))
    assert set(CODES) == given == set(KNOBS)


def test_each_check_says_what_it_measures():
    over = {**NONE, "cycle": "1 ns", "read.circuit": "averaging"}
    given = inputs(overrides=over, timing="declared")
    rows = checks(evaluate(given, ["imac"])[0], given.case())
    assert {(row.code, row.quantity, row.unit) for row in rows} >= {
        ("heat", "power density", "W/m^2"), ("ir_drop", "signal of the last column", ""),
        ("current_density", "current density of a word line", "A/m^2"), ("drive", "current of a word line", "A"),
        ("read_disturb", "read voltage", "V"), ("read_disturb", "current density of a junction", "A/m^2"),
        ("load", "load over line conductance", ""), ("declared_cycle", "settled latency", "s"),
    }  # fmt: skip
