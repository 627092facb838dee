"""Records and frozen classes are those of the standard library, made in less time."""

import copy
import dataclasses
import pickle
import typing

import pytest

from imac_arch.data import records


def frozen(make):
    @make(frozen=True)
    class Point:
        """A point."""

        x: float
        label: str = "a"
        tags: list = dataclasses.field(default_factory=list)
        seen: int = dataclasses.field(default=0, repr=False, compare=False)

        def __post_init__(self):
            if self.x < 0:
                raise ValueError("below 0")

    return Point


@records.dataclass(frozen=True)
class Base:
    x: int


@records.dataclass(frozen=True, repr=False)
class Derived(Base):
    y: tuple = ()

    def __repr__(self):
        return "own"


class Row(records.NamedTuple):
    """A row."""

    a: int
    b: "str | None" = None

    @property
    def twice(self):
        return 2 * self.a


def test_a_frozen_class_is_that_of_the_standard_library():
    ours, theirs = frozen(records.dataclass), frozen(dataclasses.dataclass)
    for make in (ours, theirs):
        one, same, other = make(1.0, seen=1), make(1.0, seen=2), make(1.0, "b")
        assert one == same
        assert one not in (other, (1.0, "a", []))
        assert repr(one).endswith("Point(x=1.0, label='a', tags=[])")
        assert dataclasses.replace(one, x=2.0) == make(2.0)
        assert dataclasses.asdict(one) == {"x": 1.0, "label": "a", "tags": [], "seen": 1}
        assert make(1.0).tags is not make(1.0).tags
        assert copy.deepcopy(one) == one
        assert make.__match_args__ == ("x", "label", "tags", "seen")
        with pytest.raises(ValueError, match="below 0"):
            make(-1.0)
        with pytest.raises(TypeError, match=r"Point.__init__\(\) missing 1 required positional argument: 'x'"):
            make()
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'x'"):
            one.x = 2.0
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'x'"):
            del one.x


def test_frozen_classes_are_derived_hashed_and_pickled():
    assert {Derived(1, (2,)), Derived(1, (2,))} == {Derived(1, (2,))} != {Derived(1)}
    assert Base(1) != Derived(1)
    assert hash(Base(1)) == hash(Base(1))
    assert pickle.loads(pickle.dumps(Derived(1, (2,)))) == Derived(1, (2,))
    assert (repr(Derived(1)), repr(Base(1))) == ("own", "Base(x=1)")


def test_a_record_is_that_of_the_standard_library():
    assert (Row(1), Row(1).twice, Row(a=2, b="c")._asdict()) == ((1, None), 2, {"a": 2, "b": "c"})
    assert (Row.__doc__, Row.__module__, Row._fields, Row._field_defaults) == (
        "A row.",
        __name__,
        ("a", "b"),
        {"b": None},
    )
    assert typing.get_type_hints(Row) == {"a": int, "b": str | None}
    assert pickle.loads(pickle.dumps(Row(1))) == Row(1)
    with pytest.raises(TypeError, match="without a default"):

        class Wrong(records.NamedTuple):
            a: int = 1
            b: int
