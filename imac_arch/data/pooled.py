"""One number from several sources: their weighted mean, and a range that is widened where they disagree.

The rule of the Particle Data Group (Review of Particle Physics, introduction, section 5.2.2): with errors s_i the mean
is weighted by ``1/s_i^2``; where ``chi^2 = sum((x_i - mean)^2/s_i^2)`` exceeds its expectation ``N - 1``, the error of
the mean is multiplied by the scale factor ``S = sqrt(chi^2/(N - 1))``. Positive numbers are averaged in the logarithm,
as their ranges are log-normal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist
from typing import Any

from pydantic_core import PydanticCustomError

from imac_arch.data.records import NamedTuple

__all__ = ["Pooled", "each_source", "pool", "told"]

Problems = list[tuple[tuple[str | int, ...], str]]
ALONE = ("value", "range", "dist", "source")  # what each source has for itself

Z95 = NormalDist().inv_cdf(1 - 1 / 20)


class Pooled(NamedTuple):
    """What several sources say together.

    Attributes:
        value: weighted mean.
        low: 5th percentile, widened.
        high: 95th percentile, widened.
        scale: by what the error of the mean was multiplied; 1 where the sources agree.
    """

    value: float
    low: float
    high: float
    scale: float


def pool(values: Sequence[tuple[float, float, float]]) -> Pooled:
    """Return the mean of numbers given as value and 5th and 95th percentile, all positive, each of some width."""
    errors = [math.log(high / low) / (2 * Z95) for _, low, high in values]
    weights = [1 / error**2 for error in errors]
    logs = [math.log(value) for value, _, _ in values]
    mean = math.fsum(w * x for w, x in zip(weights, logs, strict=True)) / math.fsum(weights)
    chi2 = math.fsum(w * (x - mean) ** 2 for w, x in zip(weights, logs, strict=True))
    scale = max(1.0, math.sqrt(chi2 / (len(values) - 1)))
    half = Z95 * scale / math.sqrt(math.fsum(weights))
    return Pooled(math.exp(mean), math.exp(mean - half), math.exp(mean + half), scale)


def each_source(form: Mapping[str, Any], parse: Callable[[Any], Any]) -> tuple[list[Any], Problems]:
    """Return the quantities that several sources give, and everything that is wrong with them.

    Args:
        form: the mapping with the key ``values``.
        parse: turns what one source says into a quantity, or raises with its problems.
    """
    given = form["values"]
    problems: Problems = [((key,), f"{key!r} belongs to each of 'values'") for key in form if key in ALONE]
    if not isinstance(given, list) or len(given) < 2 or not all(isinstance(entry, dict) for entry in given):
        return [], [*problems, (("values",), "give a list of two or more {value, range, source}")]
    parts = []
    for i, entry in enumerate(given):
        try:
            part = parse(entry)
        except PydanticCustomError as error:
            problems += [(("values", i, *at), text) for at, text in (error.context or {})["problems"]]
            continue
        parts.append(part)
        if not part.uncertain or part.dist != "lognormal":
            problems.append((("values", i), "what one of several sources says needs a log-normal range"))
    return parts, problems


def told(found: Pooled, values: Sequence[str]) -> str:
    """Return what a reader is told of the sources of a number."""
    listed = f"{', '.join(values[:-1])} and {values[-1]}"
    if found.scale > 1:
        return f"{listed} disagree: range of their mean widened by the PDG scale factor {found.scale:.3g}"
    return f"mean of {listed}, which agree"
