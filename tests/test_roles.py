"""Roles: a kind is held to the contract of its roles, and a role may be filled anew for each activation."""

from typing import Annotated, ClassVar, Literal

import numpy as np
import pytest

from imac_arch.bill import Bill
from imac_arch.components.adc import AdcLaw
from imac_arch.components.adc_survey import SurveyAdc
from imac_arch.components.base import COMPONENT_KIND, LAW_KIND, Component, Context, Law
from imac_arch.components.contract import breaches
from imac_arch.components.cost import UnitCost
from imac_arch.components.roles import ROLES
from imac_arch.components.synapse import Synapse
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity
from imac_arch.data.registry import names
from imac_arch.evaluate import evaluate
from imac_arch.technology import KINDS
from tests.helpers import ALL, approx, first, inputs, nameless


@pytest.fixture
def kinds(monkeypatch):
    """Let a test make kinds known that no other test gets to see."""
    others = {kind: known for kind, known in Component.kinds.items() if kind not in ("follower", "broken", "blank")}
    monkeypatch.setattr(Component, "kinds", others)


def made_up():
    class Follower(Component):
        """A follower: a fixed power, twice as much in the output layer."""

        roles: ClassVar[tuple[str, ...]] = ("amplifier",)
        kind: Annotated[Literal["follower"], COMPONENT_KIND] = "follower"
        own: Annotated[Quantity, In("W", "static power")]

        def cost(self, context: Context, last: Array, bits: Array) -> UnitCost:
            return UnitCost(np.asarray(3e-12), latency=np.asarray(2e-9), power=self.own.x * (1 + last), law="made up")

        def ground(self, context: Context, last: Array, bits: Array, line: Array, current: Array) -> UnitCost:
            return self.cost(context, last, bits)

        def gain_at(self, last: Array) -> Array:
            return np.ones(())

    return Follower


def test_a_second_kind_of_amplifier_is_priced_and_stands_in_the_bill(kinds):
    follower = made_up()(own=Quantity(5e-6, "W", path="components.amplifier.own"))
    assert Component.kinds["follower"] is type(follower)
    given = inputs("100-32-10", gpu=None)
    plain = evaluate(given, ["imac"])[0]
    components = {**given.technology.components, "amplifier": follower}
    technology = given.technology.model_copy(update={"components": components})
    found = evaluate(given.__class__(given.network, technology, given.laws, None), ["imac"])[0]
    line = next(line for line in found.bill.lines if line.role == "amplifier")
    assert line.units[0].cost.power.ravel().tolist() == [5e-6, 1e-5]
    assert line.units[0].cost.law == "made up"
    assert line.readings == ("components.amplifier.own",)
    assert "components.amplifier.own" in found.readings
    assert not any(path.startswith("components.amplifier.") and path != line.readings[0] for path in found.readings)
    count = 4 * 32 + 2 * 32  # row tiles times installed columns: 101 rows in 4 tiles of 32, 33 rows in 2
    areas = [e.metrics["area"].item() for e in (found, plain)]
    assert areas[0] - areas[1] == approx(count * (3e-12 - 20e-12), rel=1e-9)


def lacking(**members):
    """Make a kind known that says it is an amplifier."""
    members = {"__module__": __name__, "roles": ("amplifier",), "kind": "broken", **members}
    annotations = {"roles": ClassVar[tuple[str, ...]], "kind": Literal["broken"]}
    return type("Broken", (Component,), {"__annotations__": annotations, **members})


def cost(self, context, last, bits) -> UnitCost:
    return UnitCost()


def gain_at(self, last):
    return 1


def ground(self, context, last, bits, line, current) -> UnitCost:
    return UnitCost()


def priced(self, context, what="") -> UnitCost:
    return UnitCost()


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"cost": cost, "ground": ground},
         r"kind 'broken' cannot fill the role 'amplifier': it lacks method gain_at\(last\)$"),
        ({"gain_at": gain_at, "ground": ground}, r"it lacks method cost\(context, last, bits\)$"),
        ({"gain_at": gain_at, "cost": cost}, r"it lacks method ground\(context, last, bits, line, current\)$"),
        ({"ground": ground}, r"it lacks method cost\(context, last, bits\), method gain_at\(last\)$"),
        ({"cost": cost, "ground": ground, "gain_at": lambda self, end: 1},
         r"'amplifier': its method gain_at\(end\) must be gain_at\(last\)$"),
        ({"cost": lambda self, context, bits, last: None, "gain_at": gain_at, "ground": ground},
         r"its method cost\(context, bits, last\) must be cost\(context, last, bits\)$"),
        ({"cost": lambda self, context, last: None, "ground": ground},
         r"it lacks method gain_at\(last\); its method cost\(context, last\) must be cost\(context, last, bits\)$"),
        ({"cost": lambda self, context, last, bits: None, "gain_at": gain_at, "ground": ground},
         r"its method cost\(context, last, bits\) must be annotated '-> UnitCost'$"),
        ({"cost": cost, "ground": ground, "gain_at": lambda self, last, more: 1},
         r"its method gain_at\(last, more\) must be gain_at\(last\)$"),
        ({"roles": ("amplifer",)}, r"kind 'broken': unknown role 'amplifer'; roles: synapse, wire, "),
        ({"roles": ("digital_neuron",), "cost": priced},
         r"it lacks attribute 'computes', attribute 'shared'; its method cost\(context, what\) must be "
         r"cost\(context, what, bits\)$"),
        ({"roles": ("board",)}, r"it lacks attribute 'bits', attribute 'peak', property 'start', method die_cost"),
    ],
    ids=nameless,
)  # fmt: skip
def test_a_kind_that_breaks_the_contract_of_its_role_is_refused(kinds, members, says):
    known = dict(Component.kinds)
    with pytest.raises(TypeError, match=says):
        lacking(**members)
    assert Component.kinds == known


@pytest.mark.parametrize(
    "more",
    [
        lambda self, last, extra=1: 1,
        lambda self, last, **options: 1,
    ],
)
def test_a_kind_may_offer_more_than_its_role_asks_for(kinds, more):
    lacking(cost=cost, gain_at=more, ground=ground)
    assert "broken" in Component.kinds


def test_a_second_kind_of_one_name_is_refused(kinds):
    made_up()
    again = made_up()  # the same class, made anew
    with pytest.raises(
        TypeError, match=r"kind 'follower' is declared by two classes: .*made_up.*Follower and .*Other$"
    ):

        class Other(again):
            """Another class of the same kind."""

    assert Component.kinds["follower"] is again


def test_a_law_without_its_formula_or_of_a_taken_name_is_refused(monkeypatch):
    monkeypatch.setattr(Law, "kinds", dict(Law.kinds))
    with pytest.raises(
        TypeError, match=r"^law kind 'adc_x': Empty must define convert\(bits, enob, rate, rows, context, "
    ):

        class Empty(AdcLaw):
            """A law without a formula."""

            kind: Annotated[Literal["adc_x"], LAW_KIND] = "adc_x"

    with pytest.raises(TypeError, match=r"kind 'adc_survey' is declared by two classes: .*SurveyAdc and .*Second$"):

        class Second(SurveyAdc):
            """A second law of a shipped kind."""

    assert "adc_x" not in Law.kinds


def test_a_kind_of_synapse_without_levels_is_refused(kinds):
    with pytest.raises(TypeError, match=r"^kind 'blank': Blank must define states\(voltage\)$"):

        class Blank(Synapse):
            """Cells without levels."""

            kind: Annotated[Literal["blank"], COMPONENT_KIND] = "blank"


def test_every_shipped_kind_keeps_its_contract_and_every_role_has_a_kind():
    for kind, component in Component.kinds.items():
        for role in component.roles:
            assert breaches(component, ROLES[role], component.model_fields) == [], kind
            assert kind in KINDS[role]
    assert all(KINDS[role] for role in ROLES)


@pytest.mark.parametrize("name", names("technology"))
def test_every_shipped_technology_is_valid(name):
    for evaluation in evaluate(inputs("16-8-4", name), ALL):
        assert isinstance(evaluation.bill, Bill)
        assert first(evaluation.metrics["area"]) > 0
