"""Records: what ``typing.NamedTuple`` and ``dataclasses.dataclass`` make, in less than half of the time.

The one compiles the type of every field to look at it, the other six methods of every class, one by one: a tenth of
what a run takes. Here types stay as they are written, which is all that the schema of a document and a type checker
need, and of a frozen class ``__init__`` alone is compiled.
"""

import sys
from typing import TYPE_CHECKING

__all__ = ["NamedTuple", "dataclass"]

if TYPE_CHECKING or sys.version_info >= (3, 14):  # later ones know the types of fields in another way
    from dataclasses import dataclass
    from typing import NamedTuple
else:
    import dataclasses
    from collections import namedtuple
    from operator import attrgetter
    from reprlib import recursive_repr

    LEFT = {"__module__", "__qualname__", "__annotations__"}  # which a record has of its own
    MISSING = dataclasses.MISSING

    class _Kind(type):
        """Makes a record of a class statement, and remains the type of the base alone."""

        def __new__(cls, name, bases, given):
            if not bases:
                return super().__new__(cls, name, bases, given)
            if len(bases) > 1:
                raise TypeError(f"record {name} has another base than NamedTuple")
            fields = given.get("__annotations__", {})
            defaults = [given[field] for field in fields if field in given]
            made = namedtuple(name, fields, defaults=defaults, module=given["__module__"])
            if list(made._field_defaults) != [field for field in fields if field in given]:
                raise TypeError(f"record {name}: a field without a default follows one that has one")
            made.__annotations__ = fields
            for key in given.keys() - fields.keys() - LEFT:
                setattr(made, key, given[key])
            return made

    class NamedTuple(metaclass=_Kind):
        """The base of a record."""

    def dataclass(cls=None, /, **asked):
        """Return a data class; a frozen one without slots, of no other one, in less time."""
        if cls is None:
            return lambda cls: dataclass(cls, **asked)
        if asked.keys() - {"frozen", "repr"} or not asked.get("frozen") or dataclasses.is_dataclass(cls):
            return dataclasses.dataclass(cls, **asked)
        own = {"__init__": _init, "__eq__": _eq, "__hash__": _hash, "__setattr__": _set, "__delattr__": _delete}
        if asked.get("repr", True):
            own["__repr__"] = _repr
        declared = vars(cls).keys() - {"__hash__"} if vars(cls).get("__hash__", MISSING) is None else vars(cls).keys()
        left = own.keys() - declared
        made = dataclasses.dataclass(cls, init=False, repr=False, eq=False)
        made.__dataclass_params__.frozen = True  # for those that derive from it
        for name in left:
            setattr(made, name, own[name](made))
        return made

    def _init(cls):
        known = {"_set": object.__setattr__, "_absent": MISSING}
        words, lines = [], []
        for field in dataclasses.fields(cls):
            name = field.name
            known |= {f"_made_{name}": field.default_factory, f"_given_{name}": field.default}
            if field.default_factory is not MISSING:
                words.append(f"{name}=_absent")
                lines.append(f"_set(self, {name!r}, _made_{name}() if {name} is _absent else {name})")
            else:
                words.append(name if field.default is MISSING else f"{name}=_given_{name}")
                lines.append(f"_set(self, {name!r}, {name})")
        lines.append("self.__post_init__()" if hasattr(cls, "__post_init__") else "pass")
        made = {}
        exec(f"def __init__(self, {', '.join(words)}):\n " + "\n ".join(lines), known, made)
        made["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
        return made["__init__"]

    def _values(cls):
        names = [field.name for field in dataclasses.fields(cls) if field.compare]
        return attrgetter(*names) if len(names) > 1 else lambda self: tuple(getattr(self, name) for name in names)

    def _eq(cls):
        values = _values(cls)
        return lambda self, other: (
            values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented
        )

    def _hash(cls):
        values = _values(cls)
        return lambda self: hash(values(self))

    def _repr(cls):
        names = [field.name for field in dataclasses.fields(cls) if field.repr]

        def shown(self):
            return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

        return recursive_repr()(shown)

    def _set(cls):
        return _refused_to_set

    def _delete(cls):
        return _refused_to_delete

    def _refused_to_set(self, name, value):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refused_to_delete(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
