"""What is asked of an optimization, checked and completed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import EQUAL
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.metrics import METRICS, known
from imac_arch.network import Network
from imac_arch.paths import found_fields
from imac_arch.plan import BOARD
from imac_arch.resolve import TIMINGS, Request, resolve, usual_architectures
from imac_arch.studies.knobs import OwnKnob, own_knobs
from imac_arch.studies.optimum.circuits import accuracy_last
from imac_arch.studies.optimum.kept import TIES
from imac_arch.studies.optimum.study import Study
from imac_arch.studies.sweep.asked import varied_technologies
from imac_arch.studies.sweep.axes import Given, given_axes
from imac_arch.studies.sweep.space import settled
from imac_arch.studies.sweep.subject import given_subject
from imac_arch.technology_files import load_laws

__all__ = ["ready"]

LOWER, HIGHER = "lower", "higher"


def ready(
    network: Network,
    technology: str,
    over: Mapping[str, Any] | Sequence[str],
    *,
    minimize: str | None,
    maximize: str | None,
    subject: Sequence[str],
    fair: bool,
    arch: Sequence[str] | None,
    baseline: str | None,
    board: str | None,
    most: int,
    seed: int,
    overrides: Mapping[str, Any],
    command: str,
    python: str = "",
    yes: bool = False,
    **conditions: Any,
) -> Study:
    """Return an optimization that is ready to run; see :func:`imac_arch.optimize`. ``conditions`` are those of a
    request: ``batch``, ``tiles``, ``timing``, ``precision``, ``pipelined``.

    Raises:
        ImacError: a wrong name, value, axis, constraint or file.
    """
    metric, better = _objective(minimize, maximize)
    kept = accuracy_last(given_subject(subject).and_works())
    for name in (*(arch or ()), *((baseline,) if baseline else ())):
        if name not in ARCHITECTURES:
            raise UnknownName("architecture", name, ARCHITECTURES)
    if most < 1:
        raise UsageError(f"--most {most} is not allowed; a whole number from 1 on is")
    if not over and not fair:
        raise UsageError(
            "an optimization needs axes, such as --over subarray=32,64,128, or --fair for each architecture's own knobs"
        )
    technologies = varied_technologies(over, technology)
    asked_for = usual_architectures(technologies) if arch is None else arch
    architectures = tuple(name for name in ARCHITECTURES if name in asked_for or name == baseline)
    on_board = any(not ARCHITECTURES[name].uses_technology for name in architectures)
    conditions["timing"] = conditions.get("timing") or TIMINGS[0]
    conditions["precision"] = conditions.get("precision") or EQUAL
    fields = found_fields(overrides, [technology])
    request = Request(network, technology, board or BOARD if on_board else None, fields=fields, **conditions)
    laws = load_laws()
    axes = given_axes(over, technologies) if over else []
    own = _own(request, axes, laws) if fair else ()
    axes += [Given(knob.name, (knob.name,), (knob.values,)) for knob in own]
    space = settled(request, axes, laws)
    names = dict.fromkeys((metric, *kept.metrics, *TIES))
    metrics = tuple(name for name, each in METRICS.items() if each.summary or name in names)
    reference = baseline or next((name for name in architectures if ARCHITECTURES[name].reference), None)
    return Study(
        space, request, architectures, metric, better, metrics, kept, laws, own, fair, reference, most, seed, command,
        python, yes,
    )  # fmt: skip


def _objective(minimize: str | None, maximize: str | None) -> tuple[str, str]:
    """Return the metric, and whether less or more of it is better."""
    if (minimize is None) == (maximize is None):
        names = f"{minimize},{maximize}" if minimize else "energy,latency"
        raise UsageError(
            "an optimization has one objective, --minimize METRIC or --maximize METRIC; "
            f"of several there is a front: imac-arch sweep --pareto {names}"
        )
    name = minimize or maximize or ""
    return known(name).name, LOWER if minimize else HIGHER


def _own(request: Request, axes: Sequence[Given], laws: Mapping[str, Any]) -> tuple[OwnKnob, ...]:
    """Return the knobs that are neither set nor varied by the user."""
    taken = {*request.fields, *(path for axis in axes for path in axis.paths)}
    return tuple(knob for knob in own_knobs(resolve(request, laws).inputs) if knob.name not in taken)
