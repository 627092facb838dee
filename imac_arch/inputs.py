"""What an evaluation depends on, as arrays: samples drawn, design axes laid out."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from statistics import NormalDist
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from imac_arch.case import EQUAL, Case
from imac_arch.components.base import Laws, Path
from imac_arch.components.cost import Check
from imac_arch.components.gpu import GpuBoard
from imac_arch.components.roles import Board
from imac_arch.data.arrays import Array
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.fields import declaration
from imac_arch.data.quantity import In, Quantity
from imac_arch.data.usual import far, reach
from imac_arch.data.walk import each_quantity, with_quantities
from imac_arch.grid import Grid
from imac_arch.network import Network
from imac_arch.technology import Technology

__all__ = ["Inputs", "draw", "drawn_by", "drawn_scores", "freed", "laid_out", "listed", "undrawn"]

M = TypeVar("M", bound=BaseModel)
BATCH, DESIGN = "batch", "design"
MISSING = object()
FEW = 10_000  # samples whose orders are kept, 256 of them in 20 MB
MOST_KEPT = 3_900_000  # numbers, just under 32 MB
WHOLE = In("", ge=1, whole=True)


@dataclass(frozen=True)
class Inputs:
    """Everything that an evaluation depends on; made by :func:`imac_arch.resolve.resolve`.

    Attributes:
        network: the workload.
        technology: its quantities hold arrays over (*grid, samples).
        laws: component laws, likewise.
        board: the graphics board, likewise; None where none is compared.
        samples: draws of the uncertain numbers; the sample axis has one more, the medians, in front.
        grid: design axes, numbers only.
        batch: inferences at once, (*grid, 1) or less.
        pipelined: layers of the analog architectures overlap.
        timing: ``settled`` or ``declared``; the latter uses the technology's cycle where it declares one.
        precision: ``equal`` or ``native``, see :class:`imac_arch.case.Case`.
        whole: design axes with those of words, where there are any.
        variants: then the inputs of each combination of words, in the order of their axes.
        slips: of design axes with values that a file would be refused for: where they are, designs are left out.
    """

    network: Network
    technology: Technology
    laws: Laws
    board: GpuBoard | None
    samples: int = 0
    grid: Grid = Grid()  # noqa: RUF009  # frozen
    batch: Array = field(default_factory=lambda: np.ones(()))
    pipelined: bool = False
    timing: str = "settled"
    precision: str = EQUAL
    whole: Grid = Grid()  # noqa: RUF009  # frozen
    variants: Mapping[tuple[str, ...], Inputs] = field(default_factory=dict)
    slips: tuple[Check, ...] = ()

    def at_medians(self) -> Inputs:
        """Return the same designs at the medians of their uncertain numbers, without samples."""
        return self._medians

    @cached_property
    def _medians(self) -> Inputs:
        return self._with_first(0)  # several studies of a comparison ask for them

    def thinned(self, samples: int) -> Inputs:
        """Return the same designs with the first of their draws, at most as many as asked for."""
        return self if self.samples <= samples else self._with_first(samples)

    def _with_first(self, samples: int) -> Inputs:
        return self.block(0, samples)

    def block(self, start: int, stop: int) -> Inputs:
        """Return the same designs at their medians and for the draws from ``start``, counted from 0, up to ``stop``."""
        samples = stop - start

        def first(path: Path, quantity: Quantity) -> Quantity:
            array = quantity.raw
            if not array.ndim or array.shape[-1] == 1:
                return quantity
            if start:
                return quantity.at(np.concatenate([array[..., :1], array[..., start + 1 : stop + 1]], axis=-1))
            return quantity.at(array[..., : samples + 1] if samples or array.ndim > 1 else array[0])

        return replace(
            self,
            network=with_quantities(self.network, first) if self._network_drawn else self.network,
            technology=with_quantities(self.technology, first),
            laws=Laws({name: with_quantities(law, first) for name, law in self.laws.by_name.items()}),
            board=None if self.board is None else with_quantities(self.board, first),
            samples=samples,
            variants={words: inputs.block(start, stop) for words, inputs in self.variants.items()},
        )

    @cached_property
    def _network_drawn(self) -> bool:
        """Whether the network holds arrays; blocks are many, and so may be its layers."""
        return any(quantity.raw.ndim for _, quantity in each_quantity(self.network))

    def case(self) -> Case:
        """Return what architectures are given."""
        board = cast("Board | None", self.board)  # held to the protocol when its kind became known
        return Case(
            self.network, self.technology, self.laws, board, self.batch, self.pipelined, self.grid, self.precision
        )

    def with_component(self, role: str, **changes: object) -> Inputs:
        """Return the same inputs with other words or switches in the component of a role."""
        component = self.technology.components[role].model_copy(update=changes)
        components = {**self.technology.components, role: component}
        return replace(self, technology=self.technology.model_copy(update={"components": components}))


@lru_cache(maxsize=1)
def _keep_pages() -> None:
    """Let the allocator keep the memory of temporaries between operations, instead of returning it each time.

    glibc raises its thresholds for that to the largest block that was freed, up to 32 MB, of which no page is touched.
    Arrays of a few thousand samples otherwise cost as much in page faults as in arithmetic.
    """
    np.empty(MOST_KEPT)


@lru_cache(maxsize=8)
def _scores(samples: int) -> tuple[Array, Array]:
    """Return evenly spread uniform and standard-normal scores, one of each for every sample."""
    uniform = (np.arange(samples) + 0.5) / samples
    normal = NormalDist()
    return uniform, np.array([normal.inv_cdf(u) for u in uniform])


def drawn_by(prefix: str, path: Path, quantity: Quantity) -> str:
    """Return what a quantity is drawn by: its own path below a prefix, or the group that draws it with others."""
    return f"group:{quantity.group}" if quantity.group else ".".join([prefix, *map(str, path)])


@lru_cache(maxsize=256)  # drivers are looked up again by what they were drawn by
def _kept_order(key: str, seed: int, samples: int) -> NDArray[np.int64]:
    return np.random.default_rng([seed, zlib.crc32(key.encode())]).permutation(samples)


def _order(key: str, seed: int, samples: int) -> NDArray[np.int64]:
    return (_kept_order if samples <= FEW else _kept_order.__wrapped__)(key, seed, samples)


def drawn_scores(key: str, seed: int, samples: int) -> Array:
    """Return the standard-normal scores that :func:`draw` has given to what is drawn by a key."""
    return _scores(samples)[1][_order(key, seed, samples)]


def draw(model: M, prefix: str, seed: int, samples: int) -> M:
    """Return a model whose uncertain quantities hold ``1 + samples`` values: the median, then the samples.

    Each quantity is drawn by its own generator, seeded by its path or its group, so that neither the order of keys nor
    another quantity changes its samples, and equal paths in two technologies draw together. The samples are
    stratified: a permutation of evenly spread scores.
    """
    if not samples:
        return model
    _keep_pages()
    uniform, normal = _scores(samples)

    def fill(path: Path, quantity: Quantity) -> Quantity:
        if not quantity.uncertain:
            return quantity
        order = _order(drawn_by(prefix, path, quantity), seed, samples)
        return quantity.at(np.concatenate([[quantity.value], quantity.quantile(normal[order], uniform[order])]))

    return with_quantities(model, fill)


def laid_out(inputs: Inputs, axes: Mapping[str, Sequence[float]]) -> Inputs:
    """Return inputs in which the number at each path holds an array along a design axis of its own.

    Args:
        inputs: one design.
        axes: paths of numbers of the technology (``subarray.rows``), of laws (``laws.adc_survey.a0``), of the board
            (``board.peak``) or of the network (``network.hidden.mean``), or ``batch``; with their values in SI units. A
            number of a component may be left out, or a word take its place (``auto``): the axis gives it.

    Raises:
        UsageError: a path that leads to no number, a value that its field does not admit, or inputs with axes already.
    """
    if inputs.grid.axes:
        raise UsageError("these inputs have design axes already; lay out all axes at once")
    grid = Grid.of(axes)
    for axis in grid.axes:
        if axis.words:
            raise UsageError(f"axis {axis.path!r} holds words; a request lays them out")
    if set(axes) == {BATCH}:  # nothing to walk over
        _admitted(BATCH, grid.axes[0].values, WHOLE)
        return replace(inputs, grid=grid, batch=grid.along(BATCH))
    return _placed(inputs, axes, grid, {path: grid.along(path) for path in axes})


def freed(inputs: Inputs, axes: Mapping[str, Sequence[float]], free: Mapping[str, Array]) -> Inputs:
    """Return inputs in which the number at each path is free: an array of any type that follows NumPy's protocols.

    Args:
        inputs: one design.
        axes: paths, as for :func:`laid_out`, with values that the number will have, the least and the largest among
            them.
        free: by path, what stands for the number.

    Raises:
        UsageError: see :func:`laid_out`.
    """
    return _placed(inputs, axes, Grid(), free)


def _placed(inputs: Inputs, axes: Mapping[str, Sequence[float]], grid: Grid, arrays: Mapping[str, Array]) -> Inputs:
    known: dict[str, Quantity] = {}

    def fill(path: str, quantity: Quantity) -> Quantity:
        known[path] = quantity
        return quantity.at(arrays[path]) if path in axes else quantity

    placed = _with_numbers(replace(inputs, technology=_filled(inputs.technology, axes)), fill)
    for path, values in axes.items():
        if path != BATCH and path not in known:
            if _without_number(inputs.technology, path):
                raise UsageError(f"axis {path!r} holds words in this technology, or nothing that has a number")
            raise UnknownName("number", path, [*known, BATCH])
        _admitted(path, values, WHOLE if path == BATCH else known[path].declared)
    batch = arrays.get(BATCH, inputs.batch)
    slips = tuple(
        check
        for path in axes
        if path in known
        for check in _slips(path, axes[path], arrays[path], known[path].declared)
    )
    return replace(placed, grid=grid, batch=batch, slips=slips)


def _with_numbers(inputs: Inputs, change: Callable[[str, Quantity], Quantity]) -> Inputs:
    """Return inputs in which each number is changed, by its path."""

    def fill(prefix: str, path: Path, quantity: Quantity) -> Quantity:
        return change(prefix + ".".join(map(str, path)), quantity)

    return replace(
        inputs,
        network=with_quantities(inputs.network, partial(fill, "network.")),
        technology=with_quantities(inputs.technology, partial(fill, "")),
        laws=Laws({n: with_quantities(law, partial(fill, f"laws.{n}.")) for n, law in inputs.laws.by_name.items()}),
        board=None if inputs.board is None else with_quantities(inputs.board, partial(fill, "board.")),
    )


def undrawn(inputs: Inputs, free: Callable[[str, Array], Array]) -> Inputs:
    """Return inputs in which each number that was drawn is free, as in :func:`freed`; ``free`` is given its path and
    its values, the median first."""

    def change(path: str, quantity: Quantity) -> Quantity:
        values = quantity.raw
        return quantity.at(free(path, values)) if values.ndim == 1 and len(values) > 1 else quantity

    return replace(_with_numbers(inputs, change), samples=0)


def listed(inputs: Inputs, designs: Mapping[str, Sequence[float]]) -> Inputs:
    """Return inputs of a list of designs along one axis, which differ in several numbers of the technology at once.

    Args:
        inputs: one design, without samples.
        designs: paths of numbers of the technology, each with a value for every design, in SI units.

    Raises:
        UsageError: inputs with axes or samples, lists of several lengths, or a path that leads to no number.
    """
    lengths = {len(values) for values in designs.values()}
    if inputs.grid.axes or inputs.samples or len(lengths) != 1:
        raise UsageError("a list of designs is made from one design without samples; each field has a value a design")
    left = dict(designs)

    def fill(path: Path, quantity: Quantity) -> Quantity:
        values = left.pop(".".join(map(str, path)), None)
        return quantity if values is None else quantity.at(np.asarray(values, dtype=float).reshape(-1, 1))

    technology = with_quantities(inputs.technology, fill)
    for path in left:
        raise UsageError(f"{path!r} holds no number in this technology")
    return replace(inputs, technology=technology, grid=Grid.of({DESIGN: range(lengths.pop())}))


def _filled(technology: Technology, axes: Mapping[str, Sequence[float]]) -> Technology:
    """Return a technology with a number wherever an axis will give one to a field that is left out or holds a word."""
    for path, values in axes.items():
        *above, name = path.split(".")
        part: object = technology
        for step in above:
            part = part.get(step) if isinstance(part, dict) else getattr(part, step, None)
        given = getattr(part, name, MISSING)
        if isinstance(part, BaseModel) and (given is None or isinstance(given, str)):
            said = declaration(type(part).model_fields[name])
            if said is not None:
                quantity = Quantity(float(values[0]), said.unit, path=path, declared=said)
                technology = _with(technology, (*above, name), quantity)
    return technology


def _with(part: M, path: Sequence[str], quantity: Quantity) -> M:
    """Return a model with a quantity at a path."""
    step, *rest = path
    if isinstance(part, dict):
        return {**part, step: _with(part[step], rest, quantity)}
    new = _with(getattr(part, step), rest, quantity) if rest else quantity
    return part.model_copy(update={step: new})


def _without_number(technology: Technology, path: str) -> bool:
    """Whether a path leads to a field that is left out or holds a word, such as ``auto``."""
    part: object = technology
    for step in path.split("."):
        part = part.get(step) if isinstance(part, dict) else getattr(part, step, MISSING)
    return part is None or isinstance(part, str)


def _slips(path: str, values: Sequence[float], array: Array, said: In | None) -> Iterator[Check]:
    """Give the check of an axis that is somewhere far beyond what is usual; zero is no slip."""
    usual = None if said is None else said.common
    if said is not None and usual is not None and any(far(float(value), usual) for value in values):
        low, high = reach(usual)
        source = f"what is usual ({said.usual})"
        yield Check(path, array, low, high, said.unit, fatal=True, source=source, applies=np.abs(np.sign(array)))


def _admitted(path: str, values: Sequence[float | str], declared: In | None) -> None:
    """Refuse values that a file could not hold in the field either."""
    for value in values:
        needed = "" if declared is None else declared.refusal(float(value))
        if needed:
            raise UsageError(f"axis {path!r}: {value:g} is not allowed; it must be {needed}")
