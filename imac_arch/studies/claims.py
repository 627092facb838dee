"""Published ratios of the analog neuron, judged against what the other neurons come out as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from imac_arch.components.base import Source
from imac_arch.components.laws import Claim
from imac_arch.data.quantity import Array
from imac_arch.data.units import format_value
from imac_arch.document import interval, one

__all__ = ["judged"]

Rival = tuple[str, float, str, Mapping[str, Array]]


def judged(claim: Claim, source: Source, mine: Mapping[str, Array], rivals: Sequence[Rival]) -> dict[str, Any]:
    """Return a claim with its verdict: *inside*, *outside* or *not testable*, and why.

    A claim whose rivals have no readable figures is not testable; ``needed`` is what such a rival's figure would have
    to be. Any other is inside where the median ratio of every rival is.

    Args:
        claim: the published range of ratios, other neuron over the analog one.
        source: where it was published.
        mine: figures of the analog neuron by name, arrays over samples.
        rivals: name, node [m], ``one node`` or ``own node``, and figures of the neurons to hold it against.
    """
    low, high = claim.low.value, claim.high.value
    row: dict[str, Any] = {
        "claim": claim.text, "metric": claim.metric, "low": low, "high": high,
        "source": {"key": claim.source, "title": source.title, "link": source.link},
    }  # fmt: skip
    own = one(mine[claim.metric])
    if claim.rivals == "unknown" or not own:
        needed = None if own is None else low * own
        limits = interval(low * mine[claim.metric]) or {}
        shown = "nothing" if needed is None else _shown(claim.metric, needed)
        why = f"{claim.note or 'figures of the rival are unavailable'}; it would need {shown}"
        ends = None if limits.get("low") is None else [limits["low"], limits["high"]]
        return row | {"verdict": "not testable", "why": why, "needed": needed, "needed_interval": ends, "rivals": []}
    found = [_held(rival, claim, mine) for rival in rivals]
    verdict = "inside" if found and all(r["verdict"] == "inside" for r in found) else "outside"
    return row | {"verdict": verdict, "why": _why(found, claim), "rivals": found}


def _held(rival: Rival, claim: Claim, mine: Mapping[str, Array]) -> dict[str, Any]:
    name, node, where, figures = rival
    samples = figures[claim.metric] / mine[claim.metric]
    low, high = claim.low.value, claim.high.value
    ratio = one(samples)
    drawn = np.ravel(samples)[1:] if np.size(samples) > 1 else np.ravel(samples)
    place = "unknown" if ratio is None else "below" if ratio < low else "above" if ratio > high else "inside"
    return {
        "name": name, "node": node, "at": where, "ratio": ratio, **(interval(samples) or {}),
        "verdict": "inside" if place == "inside" else "outside", "place": place,
        "share_inside": float(np.mean((drawn >= low) & (drawn <= high))),
    }  # fmt: skip


def _why(found: Sequence[Mapping[str, Any]], claim: Claim) -> str:
    low, high = claim.low.value, claim.high.value
    within = sum(rival["verdict"] == "inside" for rival in found)
    text = f"{within} of {len(found)} digital neurons lie within {low:g} to {high:g}"
    for place in ("below", "above"):
        names = [f"{r['name']} at {format_value(r['node'], 'm')}" for r in found if r["place"] == place]
        text += f"; {place}: {', '.join(names)}" if names else ""
    ratios = [float(rival["ratio"]) for rival in found if rival["ratio"] is not None]
    if ratios:
        text += f"; the ratios are {format_value(min(ratios), '')} to {format_value(max(ratios), '')}"
    return text + (f"; {claim.note}" if claim.note else "")


def _shown(metric: str, value: float) -> str:
    if metric == "pap":
        return f"a power-area product of {format_value(value * 1e18, '')} µW·µm²"
    return (
        f"{'a power' if metric == 'power' else 'an area'} of {format_value(value, 'W' if metric == 'power' else 'm^2')}"
    )
