"""Components: fields of a technology file, and a formula that turns them into a unit cost."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from types import FunctionType
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from imac_arch.components.contract import breaches, returns_cost
from imac_arch.components.cost import Check, UnitCost
from imac_arch.components.roles import ROLES, Role
from imac_arch.data.arrays import Array, interpolate, ndim
from imac_arch.data.errors import UsageError
from imac_arch.data.quantity import Quantity, about
from imac_arch.data.recording import Memo, recorded

__all__ = [
    "COMPONENT_KIND",
    "LAW_KIND",
    "OWN",
    "Component",
    "Context",
    "Law",
    "Laws",
    "Rows",
    "Section",
    "Source",
    "instead_of",
]

B = TypeVar("B", bound=BaseModel)
L = TypeVar("L", bound="Law")
P = TypeVar("P")
S = TypeVar("S", bound=BaseModel)
T = TypeVar("T")
Path = tuple[str | int, ...]
COMPONENT_KIND = about("component kind; it selects the fields and the formula")
OWN = "internal"
LAW_KIND = about("law kind; it selects the coefficients and the formula")


class Section(BaseModel):
    """A frozen section of a file; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)


class Source(Section):
    """The source of a number: a title with a DOI or a URL, or the name of data of one's own that is not published."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["title", "doi"]}, {"required": ["title", "url"]}, {"required": [OWN]}]
        }
    )
    title: Annotated[str, about("bibliographic title of the source, with page or table")] = ""
    doi: Annotated[str | None, about("digital object identifier")] = None
    url: Annotated[str | None, about("web address, where there is no DOI")] = None
    internal: Annotated[str | None, about("name of unpublished data, such as wafer 12; no link leads there")] = None
    note: Annotated[str, about("remark on how the source was used")] = ""

    @model_validator(mode="after")
    def _reachable(self) -> "Source":
        if self.internal is not None:
            if self.doi or self.url:
                raise ValueError(f"internal is for data that is not published; this has {self.link}")
            if not self.internal.strip():
                raise ValueError("internal is empty; name the data, such as 'wafer 12'")
        elif not (self.doi or self.url):
            raise ValueError(f"source {self.title!r} needs a doi or a url, or internal where it is not published")
        elif not self.title.strip():
            raise ValueError("missing key 'title'")
        return self

    @property
    def label(self) -> str:
        """The title, with the remark on how the source was used; of unpublished data its name."""
        remarks = (f"unpublished: {self.internal}" if self.internal else "", self.note)
        text = ", ".join(filter(None, remarks))
        return f"{self.title} ({text})".strip() if text else self.title

    @property
    def link(self) -> str:
        """The address of the source; empty where it is not published."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url or ""


class Component(Section):
    """The base of every component kind.

    A subclass names itself in ``kind``, the roles it fills in ``roles``, and its law in one line in ``formula``. When
    it becomes known, it is held to the protocols of its roles, and what its pricing methods read is recorded in the
    costs that they return.
    """

    roles: ClassVar[tuple[str, ...]] = ()
    formula: ClassVar[str] = ""
    kinds: "ClassVar[dict[str, type[Component]]]" = {}
    alternatives: ClassVar[tuple[tuple[tuple[str, ...], ...], ...]] = ()  # keys that say the same in other ways
    note: Annotated[str, about("remark on the component as a whole")] = ""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        for name, method in list(vars(cls).items()):
            if isinstance(method, FunctionType) and returns_cost(method):
                setattr(cls, name, _recorded(method))
        if "kind" not in cls.model_fields:
            return
        kind = str(cls.model_fields["kind"].default)
        for role in cls.roles:
            if role not in ROLES:
                raise TypeError(f"kind {kind!r}: unknown role {role!r}; roles: {', '.join(ROLES)}")
            if reasons := breaches(cls, ROLES[role], cls.model_fields):
                raise TypeError(f"kind {kind!r} cannot fill the role {role!r}: {'; '.join(reasons)}")
        if missing := _unwritten(cls):
            raise TypeError(f"kind {kind!r}: {cls.__name__} must define {', '.join(missing)}")
        _register(Component.kinds, kind, cls)

    @property
    def neglected(self) -> bool:
        """Whether the component stands for a cost that is left out."""
        return False

    @property
    def omits(self) -> Mapping[str, tuple[str, str]]:
        """Effects that are left out because an optional field is absent: field to effect and assumption."""
        return {}


def instead_of(kind: Any, key: str) -> tuple[str, ...]:
    """Return the keys of a component of a kind that say in other ways what a key says; none of an unknown kind."""
    groups = Component.kinds[kind].alternatives if isinstance(kind, str) and kind in Component.kinds else ()
    told = (way for ways in groups if any(key in way for way in ways) for way in ways if key not in way)
    return tuple(name for way in told for name in way)


def _register(kinds: dict[str, type[S]], kind: str, cls: type[S]) -> None:
    """Make a kind known; a class that is made again replaces itself, another one of the same kind is refused."""
    known = kinds.get(kind)
    names = [f"{each.__module__}.{each.__qualname__}" for each in (known or cls, cls)]
    if names[0] != names[1]:
        raise TypeError(f"kind {kind!r} is declared by two classes: {names[0]} and {names[1]}")
    kinds[kind] = cls


def _unwritten(cls: type) -> list[str]:
    """Return the abstract methods of its bases that a class does not define."""
    left = ((name, getattr(cls, name)) for name in sorted(getattr(cls, "__abstractmethods__", ())))
    return [f"{name}({', '.join(list(inspect.signature(method).parameters)[1:])})" for name, method in left]


_made = tuple.__new__  # every cost is made twice; UnitCost itself takes thrice as long


def _recorded(method: Callable[..., UnitCost]) -> Callable[..., UnitCost]:
    @wraps(method)
    def priced(*args: Any, **kwargs: Any) -> UnitCost:
        cost, readings = recorded(method, *args, **kwargs)
        return _made(UnitCost, (*cost[:-1], readings))  # the last field is what was recorded

    return priced


class Rows(Generic[S]):
    """Rows of a law by a rising abscissa: columns as arrays, read as a whole.

    Args:
        rows: sections that each hold the abscissa and the columns as quantities.
        key: field of the abscissa.
    """

    def __init__(self, rows: tuple[S, ...], key: str = "node") -> None:
        self.rows = sorted(rows, key=lambda row: float(getattr(row, key).value))
        self.key = key
        self.memo = Memo()

    def values(self, name: str, change: Callable[[Array], Array] | None = None) -> Any:
        """Return a column: one array of plain numbers, or a list of arrays where a number is one.

        Args:
            name: field of the rows; what it holds may be a sequence of quantities, whose arrays are stacked last.
            change: applied to each value, such as ``np.log``.
        """

        def make() -> Any:
            cells = [_arrays(getattr(row, name)) for row in self.rows]
            plain = (np.ndarray, np.generic)
            if all(isinstance(value, plain) and ndim(value) == 0 for cell in cells for value in cell):
                column = np.array([cell if len(cell) > 1 else cell[0] for cell in cells], dtype=float)
                return change(column) if change else column
            if any(len(cell) > 1 for cell in cells):
                return [[change(value) if change else value for value in cell] for cell in cells]
            return [change(cell[0]) if change else cell[0] for cell in cells]

        return self.memo.get((name, change), make)

    def remembered(self, make: Callable[[], T], what: str, *of: Array) -> T:
        """Return what ``make`` computes of arrays and the rows; of single values it is kept, for studies evaluate the
        same inputs many times."""
        for array in of:
            if ndim(array):
                return make()
        return self.memo.get((what, *map(id, of)), make, keep=of)

    def at(self, x: Array, name: str) -> Array:
        """Return a column at ``x``, log-log interpolated between the rows and constant beyond them."""
        return np.exp(interpolate(np.log(x), self.values(self.key, np.log), self.values(name, np.log)))

    def check(self, x: Array, source: str, unit: str = "m", applies: Array | None = None) -> Check:
        """Return the check that ``x`` lies between the first and the last row."""
        first, last = (getattr(row, self.key).x for row in (self.rows[0], self.rows[-1]))
        return Check(self.key, x, first, last, unit, source=source, applies=applies)


def _arrays(value: Quantity | tuple[Quantity, ...]) -> list[Array]:
    return [value.x] if isinstance(value, Quantity) else [quantity.x for quantity in value]


class Law(Section):
    """The base of every law: a formula in code, its coefficients in a file of ``tech/laws``.

    A law that is one file brings its coefficients along, as the YAML text ``data``.
    """

    kinds: "ClassVar[dict[str, type[Law]]]" = {}
    data: ClassVar[str] = ""
    name: Annotated[str, about("name of the law, as components refer to it")]
    title: Annotated[str, about("one-line title")]
    formula: Annotated[str, about("the law's equation as text")] = ""
    note: Annotated[str, about("remark on validity and origin")] = ""
    sources: Annotated[dict[str, Source], about("sources by key")] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if "kind" in cls.model_fields:
            kind = str(cls.model_fields["kind"].default)
            if missing := _unwritten(cls):
                raise TypeError(f"law kind {kind!r}: {cls.__name__} must define {', '.join(missing)}")
            _register(Law.kinds, kind, cls)


@dataclass(frozen=True)
class Laws:
    """The loaded laws, by name."""

    by_name: dict[str, Law]

    def get(self, kind: type[L], name: str) -> L:
        """Return the law of a name; it must be of the kind that the component works with."""
        law = self.by_name[name]
        if not isinstance(law, kind):
            raise UsageError(f"law {name!r} is a {type(law).__name__}; needed is a {kind.__name__}")
        return law


@dataclass(frozen=True)
class Context:
    """What surrounds a component: node and supply of the technology, the laws, and the other components by role.

    Attributes:
        node_of: node [m], a quantity or an array.
        vdd_of: supply [V], likewise.
        laws: by name.
        components: of the technology, by role.
        ndim: axes of the grid.
    """

    node_of: Quantity | Array
    vdd_of: Quantity | Array
    laws: Laws
    components: Mapping[str, Component] = field(default_factory=dict)
    ndim: int = 0

    @property
    def node(self) -> Array:
        """Node of the technology [m]."""
        return self.node_of.x if isinstance(self.node_of, Quantity) else self.node_of

    @property
    def vdd(self) -> Array:
        """Supply of the technology [V]."""
        return self.vdd_of.x if isinstance(self.vdd_of, Quantity) else self.vdd_of

    @cached_property
    def memo(self) -> Memo:
        """What several components need is computed once."""
        return Memo()

    def built_from(self, role: Role[P], what: str) -> P:
        """Return the component of a role that ``what`` is built from.

        Raises:
            UsageError: the role is neglected or not filled.
        """
        component = self.components.get(role.name)
        if component is None or component.neglected:
            raise UsageError(f"{what} requires role {role.name!r}, which the technology does not fill")
        return component  # type: ignore[return-value]  # held to the protocol when its kind became known
