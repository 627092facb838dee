"""Components: fields of a technology file, and a formula that turns them into a unit cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from types import FunctionType
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, model_validator

from imac_arch.components.roles import ROLES, Role, breaches
from imac_arch.data.arrays import ZERO, Array, interpolate, ndim
from imac_arch.data.errors import UsageError
from imac_arch.data.quantity import Quantity, about
from imac_arch.data.recording import Memo, recording

__all__ = [
    "COMPONENT_KIND", "LAW_KIND", "ZERO", "Cells", "Check", "Component", "Context", "Law", "Laws", "Rows",
    "ScaledNumber", "Section", "Source", "UnitCost", "each_quantity", "with_quantities", "zero",
]  # fmt: skip

B = TypeVar("B", bound=BaseModel)
L = TypeVar("L", bound="Law")
P = TypeVar("P")
S = TypeVar("S", bound="Section")
Path = tuple[str | int, ...]
COMPONENT_KIND = about("component kind; it selects the fields and the formula")
LAW_KIND = about("law kind; it selects the coefficients and the formula")
SLACK = 1e-9  # a bound given as a decimal must contain itself


def zero() -> Array:
    """Return the cost of what costs nothing."""
    return ZERO


@dataclass(frozen=True, slots=True)
class Check:
    """A value that a law depends on, and the range in which the law holds.

    A ``fatal`` check outside its range makes a design invalid; any other is the coded warning ``code``.

    Attributes:
        quantity: what is checked.
        value: array over (layers, *grid, samples), or fewer axes.
        low: lower end, likewise.
        high: upper end, likewise.
        unit: SI unit of all three.
        fatal: whether a design outside has no meaning.
        code: of the warning.
        source: law, role or field that asks for the range.
        applies: 1 where the value matters at all; None is everywhere.
        text: what a reader is told instead of the range.
    """

    quantity: str
    value: Array
    low: Array | float
    high: Array | float
    unit: str = ""
    fatal: bool = False
    code: str = "extrapolated"
    source: str = ""
    applies: Array | None = None
    text: str = ""

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Where the value leaves the range; a value that is no number is outside."""
        inside = (self.value >= self.low * (1 - SLACK)) & (self.value <= self.high * (1 + SLACK))
        outside = np.logical_not(inside)
        return outside if self.applies is None else outside & (self.applies > 0)


@dataclass(frozen=True, slots=True)
class ScaledNumber:
    """A unit cost taken from one node and supply to another: arrays, SI units.

    Attributes:
        what: which component.
        start: node of the source [m].
        end: node of the technology [m].
        vdd: supply of the technology [V].
        share: that supply over the nominal one of the node.
        area: factor of the area.
        energy: factor of the energy.
        delay: factor of the delay.
    """

    what: str
    start: Array
    end: Array
    vdd: Array
    share: Array
    area: Array
    energy: Array
    delay: Array


@dataclass(frozen=True, slots=True)
class UnitCost:
    """What one instance costs. Arrays broadcast over (layers, *grid, samples), SI units.

    Attributes:
        area: of one instance [m^2].
        energy: of one action [J].
        latency: of one action [s].
        leakage: power of one instance whenever it is supplied [W].
        power: static power of one instance while it is biased [W].
        law: what the costs follow from, in a few words for people.
        checks: ranges that the law depends on.
        scaled: what was scaled from another node.
        readings: paths of all numbers that were read while it was priced.
    """

    area: Array = field(default_factory=zero)
    energy: Array = field(default_factory=zero)
    latency: Array = field(default_factory=zero)
    leakage: Array = field(default_factory=zero)
    power: Array = field(default_factory=zero)
    law: str = "given figures"
    checks: tuple[Check, ...] = ()
    scaled: tuple[ScaledNumber, ...] = ()
    readings: tuple[str, ...] = ()

    @property
    def laws(self) -> tuple[str, ...]:
        """Names of the laws whose numbers were read, sorted."""
        return tuple(sorted({path.split(".")[1] for path in self.readings if path.startswith("laws.")}))

    def with_checks(self, *checks: Check) -> UnitCost:
        """Return the same cost with more checks."""
        return replace(self, checks=(*self.checks, *checks))


@dataclass(frozen=True, slots=True)
class Cells:
    """Conductances of cells that hold random weights, every level as likely as the other.

    Attributes:
        mean: of one cell [S].
        square: mean of its square [S^2].
        pair: mean of + and - cell together [S].
    """

    mean: Array
    square: Array
    pair: Array


class Section(BaseModel):
    """A frozen section of a file; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)


class Source(Section):
    """The source of a number: a title, and a DOI or a URL."""

    title: Annotated[str, about("bibliographic title of the source, with page or table")]
    doi: Annotated[str | None, about("digital object identifier")] = None
    url: Annotated[str | None, about("web address, where there is no DOI")] = None
    note: Annotated[str, about("remark on how the source was used")] = ""

    @model_validator(mode="after")
    def _reachable(self) -> Source:
        if not (self.doi or self.url):
            raise ValueError(f"source {self.title!r} needs a doi or a url")
        return self

    @property
    def link(self) -> str:
        """The address of the source."""
        return f"https://doi.org/{self.doi}" if self.doi else str(self.url)


class Component(Section):
    """The base of every component kind.

    A subclass names itself in ``kind``, the roles it fills in ``roles``, and its law in one line in ``formula``. When
    it becomes known, it is held to the protocols of its roles, and what its pricing methods read is recorded in the
    costs that they return.
    """

    roles: ClassVar[tuple[str, ...]] = ()
    formula: ClassVar[str] = ""
    kinds: ClassVar[dict[str, type[Component]]] = {}
    note: Annotated[str, about("remark on the component as a whole")] = ""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        for name, method in list(vars(cls).items()):
            if isinstance(method, FunctionType) and method.__annotations__.get("return") in ("UnitCost", UnitCost):
                setattr(cls, name, _recorded(method))
        if "kind" not in cls.model_fields:
            return
        kind = str(cls.model_fields["kind"].default)
        for role in cls.roles:
            if role not in ROLES:
                raise TypeError(f"kind {kind!r}: unknown role {role!r}; roles: {', '.join(ROLES)}")
            if lacking := breaches(cls, ROLES[role], cls.model_fields):
                raise TypeError(f"kind {kind!r} cannot fill the role {role!r}: it lacks {', '.join(lacking)}")
        Component.kinds[kind] = cls

    @property
    def neglected(self) -> bool:
        """Whether the component stands for a cost that is left out."""
        return False

    @property
    def omits(self) -> Mapping[str, tuple[str, str]]:
        """Effects that are left out because an optional field is absent: field to effect and assumption."""
        return {}


def _recorded(method: Callable[..., UnitCost]) -> Callable[..., UnitCost]:
    @wraps(method)
    def priced(*args: Any, **kwargs: Any) -> UnitCost:
        with recording() as readings:
            cost = method(*args, **kwargs)
        return UnitCost(
            cost.area, cost.energy, cost.latency, cost.leakage, cost.power, cost.law, cost.checks, cost.scaled,
            tuple(readings),
        )  # fmt: skip

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
            if all(ndim(value) == 0 and isinstance(value, np.ndarray) for cell in cells for value in cell):
                column = np.array([cell if len(cell) > 1 else cell[0] for cell in cells], dtype=float)
                return change(column) if change else column
            if any(len(cell) > 1 for cell in cells):
                return [[change(value) if change else value for value in cell] for cell in cells]
            return [change(cell[0]) if change else cell[0] for cell in cells]

        return self.memo.get((name, change), make)

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

    kinds: ClassVar[dict[str, type[Law]]] = {}
    data: ClassVar[str] = ""
    name: Annotated[str, about("name of the law, as components refer to it")]
    title: Annotated[str, about("one-line title")]
    formula: Annotated[str, about("the law's equation as text")] = ""
    note: Annotated[str, about("remark on validity and origin")] = ""
    sources: Annotated[dict[str, Source], about("sources by key")] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if "kind" in cls.model_fields:
            Law.kinds[str(cls.model_fields["kind"].default)] = cls


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


def each_quantity(part: Any, path: Path = ()) -> Iterator[tuple[Path, Quantity]]:
    """Walk over every quantity in a model, with its path."""
    if isinstance(part, Quantity):
        yield path, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from each_quantity(getattr(part, name), (*path, name))
    elif isinstance(part, dict):
        for key, value in sorted(part.items()):  # whatever the order in the file
            yield from each_quantity(value, (*path, key))
    elif isinstance(part, (list, tuple)):
        for i, value in enumerate(part):
            yield from each_quantity(value, (*path, i))


def with_quantities(part: B, change: Callable[[Path, Quantity], Quantity]) -> B:
    """Return a copy of a model in which ``change`` has replaced every quantity; the model itself is left alone."""
    return _changed(part, change, ())  # type: ignore[no-any-return]  # the walk keeps the type of what it walks


def _changed(part: Any, change: Callable[[Path, Quantity], Quantity], path: Path) -> Any:
    if isinstance(part, Quantity):
        return change(path, part)
    if isinstance(part, BaseModel):
        old = {name: getattr(part, name) for name in type(part).model_fields}
        new = {name: _changed(value, change, (*path, name)) for name, value in old.items()}
        update = {name: value for name, value in new.items() if value is not old[name]}
        if not update:
            return part
        copy = part.model_copy(update=update)
        for name in copy.__dict__.keys() - old.keys():  # what was computed from the quantities of old
            del copy.__dict__[name]
        return copy
    if isinstance(part, dict):
        mapping = {key: _changed(value, change, (*path, key)) for key, value in part.items()}
        return mapping if any(mapping[key] is not part[key] for key in part) else part
    if isinstance(part, tuple):
        items = tuple(_changed(value, change, (*path, i)) for i, value in enumerate(part))
        return items if any(a is not b for a, b in zip(items, part, strict=True)) else part
    return part
