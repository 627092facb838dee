"""What every component, law and cost has in common: sources, rows by node, ranges, what a cost says it rests on."""

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal

import numpy as np
import pytest
from pydantic import ValidationError

from imac_arch.components.base import COMPONENT_KIND, LAW_KIND, Component, Context, Law, Laws, Rows, Section, Source
from imac_arch.components.contract import returns_cost
from imac_arch.components.cost import Check, UnitCost
from imac_arch.components.logic import LogicLaw
from imac_arch.components.roles import LOGIC, NEURON
from imac_arch.components.scaling import Scaling
from imac_arch.data.errors import UsageError
from imac_arch.data.quantity import In, Quantity
from imac_arch.data.recording import Readings, recording
from tests.helpers import all_laws, approx, context, technology


def test_a_source_has_an_address_and_a_doi_comes_first():
    assert Source(title="a", doi="10.1/x").link == "https://doi.org/10.1/x"
    assert Source(title="a", url="https://b.org").link == "https://b.org"
    assert Source(title="a", doi="10.1/x", url="https://b.org").link == "https://doi.org/10.1/x"
    with pytest.raises(ValidationError, match="source 'a' needs a doi or a url"):
        Source(title="a")


def test_sections_are_frozen_and_refuse_what_they_do_not_know():
    source = Source(title="a", doi="10.1/x")
    with pytest.raises(ValidationError, match="frozen"):
        source.title = "b"
    with pytest.raises(ValidationError, match="Extra inputs"):
        Source(title="a", doi="10.1/x", tittle="b")


def test_a_component_stands_for_its_cost_and_omits_nothing_unless_it_says_so():
    amplifier = technology().components["amplifier"]
    assert amplifier.neglected is False
    assert amplifier.omits == {}


# ---- rows of a law ----


class Row(Section):
    node: Annotated[Quantity, In("m")]
    size: Annotated[Quantity, In("", plain=True)]
    cubic: tuple[Annotated[Quantity, In("", plain=True)], ...]


def row(node, size, *cubic):
    return Row(node=Quantity(node, "m"), size=Quantity(size, ""), cubic=tuple(Quantity(k, "") for k in cubic))


TABLE = (row(40e-9, 8.0, 1.0, 2.0), row(10e-9, 2.0, 3.0, 4.0), row(20e-9, 4.0, 5.0, 6.0))


def test_rows_stand_in_rising_order_whatever_their_order_in_the_file():
    rows = Rows(TABLE)
    assert rows.key == "node"
    assert rows.values("node").tolist() == [10e-9, 20e-9, 40e-9]
    assert rows.values("size").tolist() == [2, 4, 8]
    assert rows.values("size").dtype == float
    assert rows.values("size", np.log2).tolist() == [1, 2, 3]
    assert rows.values("cubic").tolist() == [[3, 4], [5, 6], [1, 2]]
    assert rows.values("cubic", np.negative).tolist() == [[-3, -4], [-5, -6], [-1, -2]]
    other = Rows(TABLE, "size")
    assert (other.key, other.values("node").tolist()) == ("size", [10e-9, 20e-9, 40e-9])


def test_rows_are_read_on_a_straight_line_between_logarithms_and_kept_beyond():
    """Size is proportional to the node here: the square root of two between two rows."""
    rows = Rows(TABLE)
    nodes = np.array([5e-9, 10e-9, 10e-9 * 2**0.5, 30e-9, 40e-9, 50e-9])
    assert rows.at(nodes, "size") == approx([2, 2, 2 * 2**0.5, 6, 8, 8], rel=1e-12)
    reads = Rows(TABLE, "size").at(np.array([2.0, 4 * 2**0.5, 9.0]), "node")
    assert reads == approx([10e-9, 20e-9 * 2**0.5, 40e-9], rel=1e-12)


def test_the_check_of_rows_is_their_ends():
    rows = Rows(TABLE)
    check = rows.check(np.array([5e-9, 10e-9, 40e-9, 41e-9]), "made up")
    assert (check.quantity, check.low, check.high, check.unit, check.source) == ("node", 10e-9, 40e-9, "m", "made up")
    assert check.outside.tolist() == [True, False, False, True]
    assert check.applies is None
    own = Rows(TABLE, "size").check(np.array([1.0, 1.0]), "made up", "", np.array([0.0, 1.0]))
    assert (own.quantity, own.low, own.high, own.unit) == ("size", 2, 8, "")
    assert own.outside.tolist() == [False, True]


def test_rows_of_designs_are_arrays_of_their_own():
    """A row whose number holds an array over designs gives a list; a row of plain numbers stays one."""
    moved = TABLE[2].model_copy(update={"size": TABLE[2].size.at(np.array([4.0, 5.0]))})
    rows = Rows((TABLE[1], moved, TABLE[0]))
    found = rows.values("size")
    assert isinstance(found, list)
    assert [np.asarray(each).tolist() for each in found] == [2, [4, 5], 8]
    assert [np.asarray(each).tolist() for each in rows.values("size", np.negative)] == [-2, [-4, -5], -8]
    assert rows.at(np.asarray(20e-9), "size") == approx([4, 5], rel=1e-12)
    cubic = (moved.cubic[0].at(np.array([7.0, 9.0])), moved.cubic[1])
    both = Rows((TABLE[1], moved.model_copy(update={"cubic": cubic})))
    assert [[np.asarray(v).tolist() for v in each] for each in both.values("cubic")] == [[3, 4], [[7, 9], 6]]
    turned = both.values("cubic", np.negative)
    assert [[np.asarray(v).tolist() for v in each] for each in turned] == [[-3, -4], [[-7, -9], -6]]


def test_a_column_is_read_once_and_noted_every_time():
    node = Quantity(10e-9, "m", path="laws.x.table.0.node")
    rows = Rows((TABLE[1].model_copy(update={"node": node}),))
    for _ in range(2):
        with recording() as readings:
            first = rows.values("node")
        assert list(readings) == ["laws.x.table.0.node"]
        assert rows.values("node") is first
    assert rows.values("node", np.log) is not first


# ---- laws and contexts ----


def test_a_law_is_found_by_name_and_must_be_of_its_kind():
    assert all_laws().get(LogicLaw, "logic").name == "logic"
    with pytest.raises(UsageError, match=r"^law 'scaling' is a Scaling; needed is a LogicLaw$"):
        all_laws().get(LogicLaw, "scaling")
    assert Laws({"a": all_laws().by_name["scaling"]}).get(Scaling, "a").name == "scaling"


def test_a_context_takes_numbers_of_a_file_or_arrays():
    node, vdd = Quantity(14e-9, "m", path="node"), Quantity(0.8, "V", path="vdd")
    given = Context(node, vdd, all_laws())
    with recording() as readings:
        assert (float(given.node), float(given.vdd)) == (14e-9, 0.8)
    assert list(readings) == ["node", "vdd"]
    plain = context(22e-9, 0.7)
    assert (float(plain.node), float(plain.vdd), plain.ndim) == (22e-9, 0.7, 0)
    assert given.memo is given.memo
    assert given.memo is not plain.memo
    assert given.components == {}


def test_what_a_component_is_built_from_is_there_and_not_neglected():
    parts = technology().components
    here = Context(np.asarray(14e-9), np.asarray(0.8), all_laws(), parts)
    assert here.built_from(LOGIC, "a part") is parts["logic"]
    for components in ({}, {"logic": Nothing()}):
        bare = Context(here.node, here.vdd, all_laws(), components)
        with pytest.raises(UsageError, match=r"^a part requires role 'logic', which the technology does not fill$"):
            bare.built_from(LOGIC, "a part")
    assert NEURON.name == "neuron"


class Nothing:
    neglected = True


# ---- kinds ----


def test_a_kind_whose_base_leaves_a_method_to_it_must_write_it(monkeypatch):
    monkeypatch.setattr(Component, "kinds", dict(Component.kinds))
    monkeypatch.setattr(Law, "kinds", dict(Law.kinds))

    class Base(Component):
        @abstractmethod
        def first(self, x, y):
            """Left to the kinds."""

        @abstractmethod
        def second(self):
            """Left to the kinds."""

        def third(self):
            return 1

    assert "component" not in Component.kinds
    with pytest.raises(TypeError, match=r"^kind 'half': Half must define first\(x, y\)$"):

        class Half(Base):
            kind: Annotated[Literal["half"], COMPONENT_KIND] = "half"

            def second(self):
                return 2

    with pytest.raises(TypeError, match=r"^kind 'none_of_it': Neither must define first\(x, y\), second\(\)$"):

        class Neither(Base):
            kind: Annotated[Literal["none_of_it"], COMPONENT_KIND] = "none_of_it"

    class Whole(Base):
        kind: Annotated[Literal["whole"], COMPONENT_KIND] = "whole"

        def first(self, x, y):
            return x

        def second(self):
            return 2

    assert Component.kinds["whole"] is Whole
    assert not {"half", "none_of_it"} & set(Component.kinds)

    class Said(Law):
        kind: Annotated[Literal["said"], LAW_KIND] = "said"

    assert Law.kinds["said"] is Said

    class Formula(Law):
        @abstractmethod
        def at(self, x):
            """Left to the kinds."""

        @abstractmethod
        def then(self, y):
            """Left to the kinds."""

    with pytest.raises(TypeError, match=r"^law kind 'left': Left must define at\(x\), then\(y\)$"):

        class Left(Formula):
            kind: Annotated[Literal["left"], LAW_KIND] = "left"

    assert "left" not in Law.kinds


def test_what_a_price_reads_stands_in_the_cost_and_other_methods_stay_as_they_are(monkeypatch):
    monkeypatch.setattr(Component, "kinds", dict(Component.kinds))

    class Priced(Component):
        kind: Annotated[Literal["priced"], COMPONENT_KIND] = "priced"
        formula: ClassVar[str] = "a"
        own: Annotated[Quantity, In("m^2")]

        def cost(self, context, what="x") -> UnitCost:
            """Say what it costs."""
            return UnitCost(self.own.x, law=what, recorded=Readings(["wrong"]))

        def half(self):
            return self.own.x / 2

    part = Priced(own=Quantity(3.0, "m^2", path="components.x.own"))
    found = part.cost(None, what="y")
    assert found.readings == ("components.x.own",)
    assert (float(found.area), found.law) == (3.0, "y")
    assert part.cost(None).law == "x"
    assert (Priced.cost.__doc__, Priced.cost.__name__) == ("Say what it costs.", "cost")
    assert Priced.half.__name__ == "half"
    assert not hasattr(Priced.half, "__wrapped__")
    assert float(part.half()) == 1.5


def test_a_unit_cost_is_known_by_its_annotation_in_every_spelling():
    def a() -> UnitCost: ...
    def b() -> "UnitCost": ...
    def c() -> "imac_arch.components.cost.UnitCost": ...  # noqa: F821
    def d() -> "'UnitCost'": ...
    def e() -> float: ...
    def f() -> "tuple[UnitCost, ...]": ...
    def g(): ...
    def h() -> "UnitCosts": ...  # noqa: F821

    assert [returns_cost(method) for method in (a, b, c, d, e, f, g, h)] == [True] * 4 + [False] * 4
    assert not returns_cost(object())


# ---- ranges and costs ----


def test_a_bound_contains_itself_and_little_more():
    for value, outside in ((1.0, False), (1 - 5e-10, False), (1 - 5e-9, True), (3.0, False), (3 + 2e-9, False),
                           (3 + 1e-8, True), (2.0, False), (np.nan, True)):  # fmt: skip
        assert bool(Check("x", np.asarray(value), 1.0, 3.0).outside) is outside, value
    several = Check("x", np.array([0.0, 0.0, 2.0]), 1.0, 3.0, applies=np.array([1.0, 0.0, 1.0]))
    assert several.outside.tolist() == [True, False, False]
    check = Check("x", np.zeros(()), 1.0, 3.0)
    assert (check.unit, check.fatal, check.code, check.source, check.text) == ("", False, "extrapolated", "", "")


def test_a_cost_says_which_laws_it_rests_on():
    paths = ["laws.sram.m", "components.laws.x", "laws.adc_survey.a0", "laws.sram.table.1.area", "node"]
    cost = UnitCost(recorded=Readings(paths))
    assert cost.readings == tuple(paths)
    assert cost.laws == ("adc_survey", "sram")
    assert [float(v) for v in cost[:5]] == [0] * 5
    assert (cost.law, cost.checks, cost.scaled) == ("given figures", (), ())
    assert UnitCost().readings == ()


def test_checks_are_added_behind_those_that_are_there():
    one, two, three = (Check(name, np.zeros(()), 0.0, 1.0) for name in "abc")
    cost = UnitCost(np.asarray(2.0), law="x", checks=(one,)).with_checks(two, three)
    assert cost.checks == (one, two, three)
    assert (float(cost.area), cost.law) == (2.0, "x")
