"""What a kind is held to when it becomes known: every attribute and method of its roles' protocols, with parameters of
the same names."""

import inspect
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from imac_arch.components.roles import Role

__all__ = ["breaches", "returns_cost"]

VARIABLE = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS


def breaches(kind: type, role: Role[Any], fields: Mapping[str, Any]) -> list[str]:
    """Return why a kind cannot fill a role: attributes and methods that it lacks, methods of another form.

    A method whose protocol returns a unit cost must be annotated so in the kind too, for what it reads is recorded.

    Args:
        kind: the class.
        role: that it says it fills.
        fields: the kind's own fields.
    """
    lacking = [
        f"attribute {name!r}"
        for name in role.protocol.__annotations__
        if name not in fields and not hasattr(kind, name)
    ]
    other = []
    for name, wanted in vars(role.protocol).items():
        if isinstance(wanted, property) and not hasattr(kind, name) and name not in fields:
            lacking.append(f"property {name!r}")
        if not isinstance(wanted, FunctionType) or name.startswith("_"):
            continue
        method = inspect.unwrap(getattr(kind, name, None) or _missing)
        if _parameters(method) == _parameters(wanted) and returns_cost(method) >= returns_cost(wanted):
            continue  # which is the usual case, and takes a tenth of the time of a signature
        needed = list(inspect.signature(wanted).parameters)[1:]
        if method is _missing:
            lacking.append(f"method {name}({', '.join(needed)})")
            continue
        given = list(inspect.signature(method).parameters.values())[1:]
        same = [p.name for p in given[: len(needed)]] == needed
        if not same or any(p.default is p.empty and p.kind is not p.VAR_KEYWORD for p in given[len(needed) :]):
            found = f"{name}({', '.join(p.name for p in given)})"
            other.append(f"its method {found} must be {name}({', '.join(needed)})")
        elif returns_cost(wanted) and not returns_cost(method):
            other.append(f"its method {name}({', '.join(needed)}) must be annotated '-> UnitCost'")
    return [f"it lacks {', '.join(lacking)}", *other] if lacking else other


def _parameters(method: Callable[..., Any]) -> tuple[object, ...]:
    """Return names and kinds of the parameters of a method, in their order; of what is no plain function itself."""
    code = getattr(method, "__code__", None)
    if code is None:
        return (method,)
    counts = code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags & VARIABLE
    return (*counts, code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


def returns_cost(method: Callable[..., Any]) -> bool:
    """Return whether a method is annotated to return a unit cost, as a class or as text."""
    given = getattr(method, "__annotations__", {}).get("return")
    text = given if isinstance(given, str) else getattr(given, "__name__", "")
    return text.strip("'\"").rpartition(".")[2] == "UnitCost"


def _missing() -> None:
    """Stand for a method that is not there."""
