"""Components: fields of a technology file, and a formula that turns them into a unit cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, model_validator

from imac_arch.data.errors import UsageError
from imac_arch.data.quantity import Array, Quantity, about

__all__ = [
    "COMPONENT_KIND",
    "LAW_KIND",
    "Check",
    "Component",
    "Law",
    "Laws",
    "Neuron",
    "Part",
    "Priced",
    "Setting",
    "Source",
    "UnitCost",
    "each_quantity",
    "with_quantities",
]

ZERO: Array = np.zeros(())
COMPONENT_KIND = about("component kind; it selects the fields and the formula")
LAW_KIND = about("law kind; it selects the coefficients and the formula")
P = TypeVar("P", bound=BaseModel)
L = TypeVar("L", bound="Law")


@dataclass(frozen=True)
class Check:
    """A variable of a law, and the range in which the law is valid.

    A ``fatal`` check outside its range is an error; any other is reported as the warning ``code``.
    """

    quantity: str
    value: Array
    low: float
    high: float
    unit: str = ""
    fatal: bool = False
    code: str = "extrapolated"
    source: str = ""

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Where the value leaves the range."""
        slack = 1e-9  # a bound given as a decimal must contain itself
        return (self.value < self.low * (1 - slack)) | (self.value > self.high * (1 + slack))


@dataclass(frozen=True)
class UnitCost:
    """Cost of one instance. Arrays broadcast over (layers, designs..., samples), SI units.

    Attributes:
        area: of one instance [m^2].
        energy: of one operation [J].
        latency: of one operation [s].
        leakage: static power of one instance while supplied [W].
        power: static power of one instance while biased [W].
        law: the name of the law or ``table``.
        checks: validity ranges of the law.
        scaled: a sentence for each figure that was scaled from another node.
    """

    area: Array = field(default_factory=lambda: ZERO)
    energy: Array = field(default_factory=lambda: ZERO)
    latency: Array = field(default_factory=lambda: ZERO)
    leakage: Array = field(default_factory=lambda: ZERO)
    power: Array = field(default_factory=lambda: ZERO)
    law: str = "table"
    checks: tuple[Check, ...] = ()
    scaled: tuple[str, ...] = ()


class Part(BaseModel):
    """Base of the immutable models of files; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)


class Source(Part):
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


class Component(Part):
    """Base of the component kinds. A subclass declares its ``kind``, the ``roles`` it can fill, and its cost formula in
    one line (``formula``)."""

    roles: ClassVar[tuple[str, ...]] = ()
    formula: ClassVar[str] = ""
    kinds: ClassVar[dict[str, type[Component]]] = {}
    note: Annotated[str, about("remark on the component as a whole")] = ""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if "kind" in cls.model_fields:
            Component.kinds[cls.model_fields["kind"].default] = cls

    @property
    def neglected(self) -> bool:
        """Whether the component stands for a cost that is left out."""
        return False


class Priced(Component):
    """Base of components whose cost depends only on their surroundings."""

    def cost(self, setting: Setting, what: str = "") -> UnitCost:
        """Return the cost of one unit, with ``energy`` and ``latency`` of one action."""
        raise NotImplementedError  # each kind has its own law


class Neuron(Priced):
    """Base of the analog neurons; their ``cells`` are written when the network is loaded."""

    roles: ClassVar[tuple[str, ...]] = ("neuron",)

    def drive(self, setting: Setting) -> Array:
        """Return the current that the output delivers [A]."""
        raise NotImplementedError  # each kind has its own


class Law(Part):
    """Base of the laws: the formula is code, the coefficients are a file of ``tech/laws``."""

    kinds: ClassVar[dict[str, type[Law]]] = {}
    name: Annotated[str, about("name of the law, as components refer to it")]
    title: Annotated[str, about("one-line title")]
    formula: Annotated[str, about("the law's equation as text")] = ""
    note: Annotated[str, about("remark on validity and origin")] = ""
    sources: Annotated[dict[str, Source], about("sources by key")] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if "kind" in cls.model_fields:
            Law.kinds[cls.model_fields["kind"].default] = cls


@dataclass(frozen=True)
class Laws:
    """The loaded laws, by name."""

    by_name: dict[str, Law]

    def get(self, kind: type[L], name: str) -> L:
        """Return the law of a name; it must be of the kind that the component works with."""
        law = self.by_name[name]
        if not isinstance(law, kind):
            raise TypeError(f"law {name!r} is a {type(law).__name__}, not a {kind.__name__}")
        return law


@dataclass(frozen=True)
class Setting:
    """Surroundings of a component: node and supply of the technology, the laws, and the other components by role."""

    node: Array
    vdd: Array
    laws: Laws
    parts: Mapping[str, Component] = field(default_factory=dict)

    def part(self, role: str, what: str) -> Any:
        """Return the component of a role that ``what`` is built from.

        Raises:
            UsageError: the role is neglected or not filled.
        """
        found = self.parts.get(role)
        if found is None or found.neglected:
            raise UsageError(f"{what} is built from the role {role!r}, which the technology does not fill")
        return found


def each_quantity(part: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Quantity]]:
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


def with_quantities(part: P, change: Callable[[tuple[str | int, ...], Quantity], Quantity]) -> P:
    """Return a copy of a model in which ``change`` has replaced every quantity; the model itself is left alone."""
    return _changed(part, change, ())  # type: ignore[no-any-return]  # the walk keeps the type of what it walks


def _changed(
    part: Any, change: Callable[[tuple[str | int, ...], Quantity], Quantity], path: tuple[str | int, ...]
) -> Any:
    if isinstance(part, Quantity):
        return change(path, part)
    if isinstance(part, BaseModel):
        old = {name: getattr(part, name) for name in type(part).model_fields}
        new = {name: _changed(value, change, (*path, name)) for name, value in old.items()}
        return part.model_copy(update={n: v for n, v in new.items() if v is not old[n]})
    if isinstance(part, dict):
        return {key: _changed(value, change, (*path, key)) for key, value in part.items()}
    if isinstance(part, tuple):
        return tuple(_changed(value, change, (*path, i)) for i, value in enumerate(part))
    return part
