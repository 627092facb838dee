"""What is asked of a sweep, checked and completed: from names and texts to designs that are ready to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import EQUAL
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.network import Network
from imac_arch.paths import found_fields
from imac_arch.plan import BOARD
from imac_arch.resolve import MOST_SAMPLES, TIMINGS, Request, usual_architectures
from imac_arch.studies.sweep.axes import MOST_VALUES, Given, given_axes, length, texts, thinned
from imac_arch.studies.sweep.draws import MOST_SOBOL
from imac_arch.studies.sweep.space import settled
from imac_arch.studies.sweep.study import METHODS, SOBOL, TRIED, Study, asked_metrics
from imac_arch.studies.sweep.subject import given_subject
from imac_arch.technology_files import load_laws

__all__ = ["ready", "varied_technologies"]

MOST_DRAWN = 2**47  # designs of a sample
MOST_ROWS = 10**10  # that are computed without being asked again
FEW = 10**2  # values of an axis by which the time of very many designs is told


def ready(
    network: Network,
    technology: str,
    over: Mapping[str, Any] | Sequence[str],
    *,
    arch: Sequence[str] | None,
    board: str | None,
    metrics: Sequence[str] | None,
    zipped: bool,
    sample: int | str | None,
    method: str,
    seed: int,
    yes: bool,
    batch: int,
    tiles: str | None,
    timing: str | None,
    precision: str | None,
    pipelined: bool,
    overrides: Mapping[str, Any],
    command: str,
    python: str = "",
    pareto: Sequence[str] | None = None,
    subject: Sequence[str] = (),
    samples: int | None = None,
) -> Study:
    """Return a sweep that is ready to run; see :func:`imac_arch.sweep`.

    Raises:
        ImacError: a wrong name, value, axis or file.
    """
    for name in arch or ():
        if name not in ARCHITECTURES:
            raise UnknownName("architecture", name, ARCHITECTURES)
    if method not in METHODS:
        raise UnknownName("method", method, METHODS)
    if zipped and sample is not None:
        raise UsageError("--zip pairs all values of the axes, --sample draws some; keep one of the two")
    technologies = varied_technologies(over, technology)
    asked_for = usual_architectures(technologies) if arch is None else arch
    architectures = tuple(name for name in ARCHITECTURES if name in asked_for)
    on_board = any(not ARCHITECTURES[name].uses_technology for name in architectures)
    axes = given_axes(over, technologies)
    request = Request(
        network, technology, board or BOARD if on_board else None, fields=found_fields(overrides, [technology]),
        tiles=tiles, batch=batch, pipelined=pipelined, timing=timing or TIMINGS[0], precision=precision or EQUAL,
    )  # fmt: skip
    laws = load_laws()
    if samples is not None and not 0 <= samples <= MOST_SAMPLES:
        raise UsageError(f"{samples} samples are not allowed; whole numbers from 0 to {MOST_SAMPLES:,} are")
    drawn = _drawn(sample, method)
    kept = given_subject(subject)
    chosen, front = asked_metrics(metrics, pareto, kept)

    def study(axes: Sequence[Given], sample: int) -> Study:
        space = settled(request, axes, laws, zipped=zipped, sample=sample, sobol=method == SOBOL, seed=seed)
        return Study(space, request, architectures, chosen, laws, command, python, kept, front, samples, sure=yes)

    count = drawn or (0 if zipped else prod(map(length, axes)))
    if count > MOST_ROWS and not yes and all(length(axis) <= MOST_VALUES for axis in axes):
        study([thinned(axis, FEW) for axis in axes], min(drawn, TRIED)).refuse(count)
    made = study(axes, drawn)
    if kept.classifies:
        made.accuracies.refuse_many(yes)
    return made


def varied_technologies(over: Mapping[str, Any] | Sequence[str], technology: str) -> list[str]:
    """Return the technologies whose fields axes may vary: those of an axis of them, where there is one."""
    if isinstance(over, str):
        over = [over]
    pairs = over.items() if isinstance(over, Mapping) else (str(text).partition("=")[::2] for text in over)
    for name, values in pairs:
        if str(name).strip() == "tech":
            return list(map(str, texts(values) if isinstance(values, str) else values))
    return [technology]


def _drawn(sample: int | str | None, method: str) -> int:
    """Return how many designs a sample has; 0 for none."""
    if sample is None:
        if method != SOBOL:
            raise UsageError(f"--method {method} says how designs are drawn; add --sample N, such as --sample 1e6")
        return 0
    most = MOST_SOBOL if method == SOBOL else MOST_DRAWN
    try:
        count = float(sample)
    except (TypeError, ValueError):
        count = 0.0
    if most < count <= MOST_DRAWN:
        raise UsageError(f"--sample {sample} is not allowed: a Sobol sequence has {most:,} points; use --method random")
    if MOST_DRAWN < count < float("inf"):
        raise UsageError(f"--sample {sample} is not allowed; {MOST_DRAWN:,} is the most")
    if not 1 <= count <= most or count != int(count):
        raise UsageError(f"--sample {sample} is not allowed; a whole number from 1 on is, such as 10000 or 1e6")
    return int(count)
