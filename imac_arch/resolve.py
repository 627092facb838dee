"""The single entry point: names, files and options of a request become the inputs of an evaluation."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from imac_arch import given as plain
from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import EQUAL, NATIVE_BITS, PRECISIONS
from imac_arch.components.adc import adc_laws
from imac_arch.components.base import Laws, instead_of
from imac_arch.data.errors import ImacError, UnknownName, UsageError
from imac_arch.data.extends import mentions, read_extended
from imac_arch.grid import Grid
from imac_arch.inputs import BATCH, Inputs, draw, laid_out
from imac_arch.network import Network
from imac_arch.network_files import load_network
from imac_arch.packages import extended
from imac_arch.paths import OF, fields_on, found_axes, without_laws
from imac_arch.technology_files import Loaded, changed_laws, load_board, load_laws, load_technology, named

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Files", "Request", "Resolved", "explicit_fields", "refuse_idle", "resolve", "usual_architectures"]

READS = ("averaging", "virtual_ground")
TIMINGS = ("settled", "declared")
OPTIONS = ("technology", "board", "timing", "precision")  # words of a request that are no field of the technology
MOST_SAMPLES = 10**5  # of which the ends of an interval are known to a thousandth of a rank
MOST_BATCH = 10**12


@dataclass(frozen=True)
class Request:
    """What somebody asks to be evaluated.

    Attributes:
        network: ``784-128-10``, the path of a YAML file, or a Network.
        technology: name or path.
        board: name or path; None where no board is compared.
        fields: any field of the technology or of a law by its dotted path, see :mod:`imac_arch.paths`.
        axes: design axes, paths, found as those of fields are, with numbers in SI units or with words, see
            :class:`imac_arch.grid.Grid`; the words ``technology``, ``board``, ``timing`` and ``precision`` are those of
            this request, others are fields. An axis takes the place of what ``fields`` say of its path.
        tiles: ``16x8,8x8,8x1``, row tiles x column tiles of each layer, ``auto`` for as few as fit.
        batch: inferences at once.
        pipelined: layers of the analog architectures overlap.
        timing: ``settled`` or ``declared``.
        precision: ``equal``: whatever is digital computes with the bits that the technology stores; ``native``: with
            its own.
        samples: draws of the uncertain numbers; 0 for none.
        seed: of the draws.
    """

    network: str | Path | Network
    technology: str = "sot_mram"
    board: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    axes: Mapping[str, Sequence[float | str]] = field(default_factory=dict)
    tiles: str | None = None
    batch: int = 1
    pipelined: bool = False
    timing: str = "settled"
    precision: str = EQUAL
    samples: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Files:
    """The files behind the inputs, with the lines and hashes of what stands in them."""

    technology: Loaded
    board: Loaded | None
    laws: Mapping[str, Loaded]


@dataclass(frozen=True)
class Resolved:
    """Inputs, and the files that they were made from."""

    inputs: Inputs
    files: Files


def resolve(request: Request, laws: Mapping[str, Loaded] | None = None) -> Resolved:
    """Load, check and draw everything that a request names.

    Args:
        request: names, files and options.
        laws: loaded before; every shipped law where none are given.

    Raises:
        ImacError: a wrong name, value, file or path; see :mod:`imac_arch.data.errors`.
    """
    return _alone(request) if laws is None else _asked(request, laws)


@extended
def _alone(request: Request) -> Resolved:
    return _asked(request, load_laws())


def _asked(request: Request, laws: Mapping[str, Loaded]) -> Resolved:
    plain.axes("axes", request.axes)
    request = _found(request)
    refuse_idle(request.axes, request.precision)
    return _resolved(request, laws)


def refuse_idle(axes: Collection[str], precision: str) -> None:
    """Refuse an axis along which nothing changes.

    Args:
        axes: whole paths of fields, and words of the request.
        precision: of the request.

    Raises:
        UsageError: a number that counts at native precision alone is varied at equal precision.
    """
    idle = next((path for path in axes if path in NATIVE_BITS), None)
    if idle and precision == EQUAL and "precision" not in axes:
        raise UsageError(f"axis {idle!r} counts at native precision alone; ask for precision 'native'")


def _found(request: Request) -> Request:
    """Return a request with the whole paths of its fields and axes."""
    if not (request.fields or request.axes):
        return request
    plain.name("technology", request.technology)
    axes = found_axes(request.axes, [request.technology], (*OPTIONS, BATCH))
    return replace(request, fields=fields_on(request.technology, request.fields), axes=axes)


def _resolved(request: Request, loaded_laws: Mapping[str, Loaded]) -> Resolved:
    _checked(request)
    grid = Grid.of(request.axes)
    if grid.words.axes:
        return _by_words(request, grid, loaded_laws)
    network = named(load_network(request.network), "network.")
    network = network if request.tiles is None else network.partitioned(plain.partition("tiles", request.tiles))
    laws = changed_laws(loaded_laws, request.fields)
    technology = load_technology(request.technology, without_laws(request.fields))
    board = None if request.board is None else load_board(request.board)
    samples, seed = request.samples, request.seed
    inputs = Inputs(
        network=draw(network, "network", seed, samples),
        technology=draw(technology.model, "technology", seed, samples),
        laws=Laws({name: draw(law.model, f"laws.{name}", seed, samples) for name, law in laws.items()}),
        board=None if board is None else draw(board.model.board, "board", seed, samples),
        samples=samples,
        batch=np.asarray(float(request.batch)),
        pipelined=request.pipelined,
        timing=request.timing,
        precision=request.precision,
    )
    if request.axes:
        inputs = laid_out(inputs, {axis.path: [float(v) for v in axis.values] for axis in grid.axes})
    return Resolved(inputs, Files(technology, board, laws))


def _by_words(request: Request, grid: Grid, laws: Mapping[str, Loaded]) -> Resolved:
    """Resolve each combination of words by itself, over the axes of numbers."""
    numbers = {axis.path: axis.values for axis in grid.numbers.axes}
    variants: dict[tuple[str, ...], Inputs] = {}
    files: Files | None = None
    for point in grid.words.points():
        options = {key: value for key, value in point.items() if key in OPTIONS}
        fields = {**request.fields, **{key: value for key, value in point.items() if key not in options}}
        variant = _resolved(replace(request, fields=fields, axes=numbers, **options), laws)  # type: ignore[arg-type]
        variants[tuple(str(value) for value in point.values())] = variant.inputs
        files = files or variant.files
    assert files is not None  # a grid has at least one point
    return Resolved(replace(next(iter(variants.values())), whole=grid, variants=variants), files)


def _checked(request: Request) -> None:
    plain.name("technology", request.technology)
    if request.board is not None:
        plain.name("board", request.board)
    if not (_whole(request.batch) and request.batch >= 1):
        raise UsageError(f"batch {request.batch} is not allowed; it must be a whole number, 1 or more")
    if request.batch > MOST_BATCH:
        few = request.batch < MOST_BATCH**2  # not a screen of digits
        shown = f"{request.batch:,}" if few else f"about 1e{round(math.log10(request.batch))}"
        raise UsageError(f"a batch of {shown} is not allowed; at most {MOST_BATCH:,} are")
    if not (_whole(request.samples) and 0 <= request.samples <= MOST_SAMPLES):
        raise UsageError(f"{request.samples} samples are not allowed; whole numbers from 0 to {MOST_SAMPLES:,} are")
    if not (_whole(request.seed) and request.seed >= 0):
        raise UsageError(f"seed {request.seed} is not allowed; it must be a whole number, 0 or more")
    if not isinstance(request.pipelined, bool):
        raise UsageError(f"pipelined {request.pipelined!r} is not allowed; it must be True or False")
    if request.timing not in TIMINGS:
        raise UnknownName("timing", request.timing, TIMINGS)
    if request.precision not in PRECISIONS:
        raise UnknownName("precision", request.precision, PRECISIONS)


def _whole(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool)


def explicit_fields(
    subarray: str | None = None,
    adc_bits: int | None = None,
    adc_law: str | None = None,
    read: str | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the fields that options ask for, by path.

    Args:
        subarray: ``128x128``, rows by weight columns.
        adc_bits: bits of the converters.
        adc_law: name of a converter law, such as ``survey``.
        read: ``averaging`` or ``virtual_ground``.
        overrides: any field by its whole path.

    Raises:
        UsageError: a value that cannot be, or a field that is set twice.
    """
    explicit: dict[str, Any] = {}
    if subarray is not None:
        explicit |= _subarray(subarray)
    if adc_bits is not None:
        explicit["components.adc.bits"] = str(adc_bits)
    if adc_law is not None:
        if adc_law not in adc_laws():
            raise UnknownName("ADC law", adc_law, adc_laws())
        explicit["components.adc.law"] = adc_law
    if read is not None:
        if read not in READS:
            raise UnknownName("read circuit", read, READS)
        explicit["read.circuit"] = read
    for path in overrides or {}:
        if path.rpartition(OF)[2] in explicit:
            raise UsageError(f"{path} is set twice, by --set and by its own option; keep one of the two")
    explicit |= dict(overrides or {})
    return explicit


def _subarray(text: str) -> dict[str, str]:
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) != 2 or not all(re.fullmatch(r"0*[1-9][0-9]{0,8}", p.strip()) for p in parts):
        numbers = re.findall(r"[1-9][0-9]{0,5}", text) if re.fullmatch(r"[0-9]{1,6}([ *,:-]+[0-9]{1,6})?", text) else []
        meant = f"; did you mean '{numbers[0]}x{numbers[-1]}'?" if numbers else ", such as 128x128"
        raise UsageError(f"subarray {text!r} is not allowed; write rows x columns, both 1 or more{meant}")
    return {"subarray.rows": parts[0].strip(), "subarray.cols": parts[1].strip()}


def usual_architectures(technologies: Sequence[str]) -> tuple[str, ...]:
    """Return the architectures that are compared where none is named: all but those that are compared on request, and
    these where every technology fills their roles."""
    return tuple(
        name
        for name, each in ARCHITECTURES.items()
        if not each.on_request or all(_fills(technology, each.roles) for technology in technologies)
    )


def _fills(technology: str, roles: Sequence[str]) -> bool:
    """Return whether a technology's file binds roles; one that cannot be read is refused elsewhere."""
    if not all(mentions("technology", technology, role) for role in roles):
        return False  # files are read once where that is enough
    try:
        data = read_extended("technology", technology, instead=instead_of).data
    except ImacError:
        return False
    parts = data.get("components") if isinstance(data, dict) else None
    filled = (parts.get(role) if isinstance(parts, dict) else None for role in roles)
    return all(isinstance(part, dict) and part.get("kind") != "none" for part in filled)
