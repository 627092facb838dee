"""Published ratios of the analog neuron, judged against what the other neurons come out as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from imac_arch.components.base import Source
from imac_arch.components.laws import Claim
from imac_arch.data.quantity import Array
from imac_arch.data.units import format_value
from imac_arch.document.neurons import ClaimRow, Rival
from imac_arch.document.samples import at_medians, interval, quotient
from imac_arch.document.shapes import Citation, Figure

__all__ = ["Contender", "judged"]

INSIDE, OUTSIDE = "inside", "outside"


@dataclass(frozen=True, slots=True)
class Contender:
    """A neuron to hold a claim against: node [m], ``one node`` or ``own node``, and its figures, arrays over
    samples."""

    name: str
    node: float
    at: str
    figures: Mapping[str, Array]


def judged(claim: Claim, source: Source, mine: Mapping[str, Array], contenders: Sequence[Contender]) -> ClaimRow:
    """Return a claim with its verdict: *inside*, *outside* or *not testable*, and why.

    A claim whose rivals have no readable figures is not testable; ``needed`` is what such a rival's figure would have
    to be. Any other is inside where the ratio of every rival at the medians is.

    Args:
        claim: the published range of ratios, other neuron over the analog one.
        source: where it was published.
        mine: figures of the analog neuron by name, arrays over samples.
        contenders: the neurons to hold it against.
    """
    own = at_medians(mine[claim.metric])
    needed: Figure | None = None
    rivals: tuple[Rival, ...] = ()
    if claim.rivals == "unknown" or not own:
        value = None if own is None else claim.low.value * own
        needed = Figure(value, interval(claim.low.value * mine[claim.metric]))
        verdict = "not testable"
        why = f"{claim.note or 'figures of the rival are unavailable'}; it would need {_shown(claim.metric, value)}"
    else:
        rivals = tuple(_rival(contender, claim, mine) for contender in contenders)
        verdict = INSIDE if rivals and all(r.verdict == INSIDE for r in rivals) else OUTSIDE
        why = _why(rivals, claim)
    return ClaimRow(
        claim=claim.text,
        metric=claim.metric,
        low=claim.low.value,
        high=claim.high.value,
        source=Citation(claim.source, source.label, source.link),
        verdict=verdict,
        why=why,
        needed=needed,
        rivals=rivals,
    )


def _rival(contender: Contender, claim: Claim, mine: Mapping[str, Array]) -> Rival:
    samples = contender.figures[claim.metric] / mine[claim.metric]
    low, high = claim.low.value, claim.high.value
    ratio = at_medians(samples)
    drawn = np.ravel(samples)[1:] if np.size(samples) > 1 else np.ravel(samples)
    place = "unknown" if ratio is None else "below" if ratio < low else "above" if ratio > high else INSIDE
    return Rival(
        name=contender.name,
        node=contender.node,
        at=contender.at,
        ratio=quotient(samples),
        verdict=INSIDE if place == INSIDE else OUTSIDE,
        place=place,
        share_inside=float(np.mean((drawn >= low) & (drawn <= high))),
    )


def _why(rivals: Sequence[Rival], claim: Claim) -> str:
    low, high = claim.low.value, claim.high.value
    within = sum(rival.verdict == INSIDE for rival in rivals)
    text = f"{within} of {len(rivals)} digital neurons lie within {low:g} to {high:g}"
    for place in ("below", "above"):
        names = [f"{r.name} at {format_value(r.node, 'm')}" for r in rivals if r.place == place]
        text += f"; {place}: {', '.join(names)}" if names else ""
    ratios = [rival.ratio.value for rival in rivals if rival.ratio.value is not None]
    if ratios:
        text += f"; the ratios are {format_value(min(ratios), '')} to {format_value(max(ratios), '')}"
    return text + (f"; {claim.note}" if claim.note else "")


def _shown(metric: str, value: float | None) -> str:
    if value is None:
        return "nothing"
    if metric == "pap":
        return f"a power-area product of {format_value(value * 1e18, '')} µW·µm²"
    what, unit = ("a power", "W") if metric == "power" else ("an area", "m^2")
    return f"{what} of {format_value(value, unit)}"
