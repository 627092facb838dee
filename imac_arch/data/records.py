"""The base of records: what ``typing.NamedTuple`` makes, in less than half the time.

That compiles the type of every field to look at it, and a run makes 900 fields. Here types stay as they are written,
which is all that the schema of a document and a type checker need.
"""

import sys
from typing import TYPE_CHECKING

__all__ = ["NamedTuple"]

if TYPE_CHECKING or sys.version_info >= (3, 14):  # later ones know the types of fields in another way
    from typing import NamedTuple
else:
    from collections import namedtuple

    LEFT = {"__module__", "__qualname__", "__annotations__"}  # which a record has of its own

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
