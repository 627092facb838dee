"""Every field has one record: path, description, unit, default and usual range, each said once."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel

from imac_arch.components.base import Component
from imac_arch.data.fields import usual_range, usual_text
from imac_arch.data.quantity import COUNT, In, Quantity, about
from imac_arch.data.walk import each_quantity
from imac_arch.fields import ANY, each_key, technology_keys
from imac_arch.studies.schemas import _hovers
from imac_arch.technology import Technology
from tests.helpers import approx, loaded_laws
from tests.test_descriptions import reachable


class Made(BaseModel):
    energy: Annotated[Quantity, In("J", "energy of a thing", usual="10 fJ .. 10 pJ")]
    count: Annotated[Quantity, COUNT.said("number of things", "1 .. 16")]
    time: Annotated[Annotated[Quantity, In("s", usual="1 ns .. 1 us")] | None, about("its time")] = None
    word: Annotated[Literal["a", "b"], about("a word")] = "a"
    falling: Annotated[Quantity, In("J", usual="10 pJ .. 10 fJ")]
    wrong: Annotated[Quantity, In("J", usual="10 ps .. 10 pJ")]


def test_a_usual_range_is_written_at_the_field_and_read_when_asked_for():
    assert usual_range(Made, "energy") == approx((1e-14, 1e-11))
    assert usual_range(Made, "count") == (1, 16)
    assert usual_range(Made, "time") == approx((1e-9, 1e-6))
    assert usual_range(Made, "word") is None
    for name in ("falling", "wrong"):
        with pytest.raises(ValueError, match=rf"Made\.{name}"):
            usual_range(Made, name)


def test_the_hover_of_editors_says_the_usual_range():
    shown = _hovers(Made.model_json_schema())["properties"]
    assert shown["energy"]["description"] == "energy of a thing; usually 10 fJ .. 10 pJ"
    assert shown["count"]["description"] == "number of things; usually 1 .. 16"
    assert "usual" not in str(shown).replace("usually", "")


@pytest.mark.parametrize("model", reachable(), ids=lambda model: model.__qualname__)
def test_every_usual_range_is_a_range_in_the_unit_of_its_field(model):
    for name, field in model.model_fields.items():
        assert (usual_range(model, name) is not None) == bool(usual_text(field))


def test_every_field_of_a_technology_has_a_record():
    keys = list(technology_keys())
    assert {key.path for key in keys if "." not in key.path} == set(Technology.model_fields)
    for kind, component in Component.kinds.items():
        for role in component.roles:
            names = {key.path.split(".")[2] for key in keys if (key.kind, key.role) == (kind, role)}
            assert names == set(component.model_fields) or role == "board"
    assert all(key.description for key in keys)
    assert len({(key.path, key.kind) for key in keys}) == len(keys)


def test_the_record_says_what_the_declaration_says():
    keys = {(key.path, key.kind): key for key in each_key()}
    bits = keys["components.adc.bits", "adc"]
    assert (bits.role, bits.unit, bits.default, bits.required, bits.words) == ("adc", "", "auto", False, ("auto",))
    ra = keys["components.synapse.ra", "mtj_pair"]
    assert (ra.unit, ra.default, ra.required) == ("ohm*m^2", "", False)  # r_p takes its place
    assert keys["read.circuit", "technology"].words == ("averaging", "virtual_ground")
    assert keys["read", "technology"].section
    assert keys["laws.limits.drive", "limits"].default == "1"
    assert keys[f"laws.scaling.table.{ANY}.delay", "scaling"].default == ""
    assert keys["board.peak", "gpu_board"].file == "board"
    assert keys["neuron.guard", "cordic_neuron"].file == "neuron"


def test_every_number_of_a_shipped_law_has_a_record():
    known = {key.path for key in each_key()}
    for name, law in loaded_laws().items():
        if name == "choices":  # its keys are paths themselves
            continue
        for path, quantity in each_quantity(law.model):
            general = ".".join(ANY if isinstance(step, int) else step for step in ("laws", name, *path))
            assert {quantity.path, general, general.removesuffix(f".{ANY}")} & known
