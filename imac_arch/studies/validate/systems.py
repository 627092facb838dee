"""Published systems, each composed under the assumptions of its scenario: claims beside what comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from imac_arch.data.errors import ImacError
from imac_arch.data.progress import each
from imac_arch.data.registry import data_folder, names
from imac_arch.document.samples import layers_at_medians
from imac_arch.document.validation import SystemPart, SystemRow
from imac_arch.evaluate import Evaluation, evaluate
from imac_arch.metrics import METRICS
from imac_arch.resolve import Request, resolve
from imac_arch.studies.reproduce import reached
from imac_arch.studies.scenario import Assumption, Scenario, Target, load_scenario
from imac_arch.technology_files import Loaded

__all__ = ["systems"]

BOARD = "h100"
FOLDER = "scenarios/systems"  # read here alone
ENERGY, AREA = "energy", "area"  # metrics that are sums of lines
Reached = Sequence[tuple[Target, float | None, str]]


def systems(laws: Mapping[str, Loaded]) -> tuple[SystemRow, ...]:
    """Return the claims of every shipped scenario, and of the systems that stand beside them."""
    beside = sorted(str(path) for path in (data_folder() / FOLDER).glob("*.yaml"))
    scenarios = [*names("scenario", shipped=True), *beside]
    return tuple(row for name in each("systems", scenarios) for row in _claims(name, laws, name in beside))


def _claims(name: str, laws: Mapping[str, Loaded], beside: bool) -> Iterator[SystemRow]:
    scenario: Scenario = load_scenario(name).model
    if not scenario.figures:  # its claims are of accuracies
        return

    made: list[Evaluation] = []  # under all assumptions, the first that is asked for

    def under(assumptions: Sequence[Assumption]) -> list[Evaluation]:
        fields = {path: value for assumption in assumptions for path, value in assumption.set.items()}
        board = (scenario.gpu or BOARD) if "gpu" in scenario.architectures else None
        request = Request(scenario.workload(), scenario.technology, board, fields, timing=scenario.timing,
                          precision=scenario.precision)  # fmt: skip
        found = evaluate(resolve(request, laws).inputs, scenario.architectures)
        made.extend(() if made else found)
        return found

    try:
        found = reached(scenario, under)
    except ImacError:  # somebody's own technology may lack what a scenario needs
        return
    whole = {target.metric for target, _, _ in found if target.component is None}
    for target, value, status in found:
        if value is None or (target.component is not None and target.metric in whole):  # a line of the whole
            continue
        unit = "" if target.baseline else METRICS[target.metric].unit
        parts = _itemised(found, target, unit)
        if beside and target.baseline is None and target.metric in (ENERGY, AREA):
            parts = _all_lines(scenario, target, parts, made)
        why = "; ".join(text for text in (_kind(status), target.note) if text)
        yield SystemRow(
            scenario.name, scenario.title, target.claim, unit, target.value, value, value / target.value,
            parts if target.baseline is None else (), why,
        )  # fmt: skip


def _itemised(found: Reached, target: Target, unit: str) -> tuple[SystemPart, ...]:
    """Return the lines of a total that the source gives."""
    return tuple(
        SystemPart(part.component or "", part.value, mine, unit, part.note)
        for part, mine, _ in found
        if part.component is not None and part.metric == target.metric and not part.set
    )


def _all_lines(
    scenario: Scenario, target: Target, itemised: Sequence[SystemPart], made: Sequence[Evaluation]
) -> tuple[SystemPart, ...]:
    """Return the lines that the source itemises, ours that it does not, the largest first, and what else it has; ours
    add up to our total, and those of the source to its own."""
    unit, ours = METRICS[target.metric].unit, _ours(target, made)
    known = [part._replace(predicted=ours.pop(part.component, 0.0)) for part in itemised]
    rows = sorted(((value, name) for name, value in ours.items() if value > 0), reverse=True)
    parts = [SystemPart(name, None, value, unit, scenario.lines.get(name, "")) for value, name in rows]
    rest = target.value - sum(part.published or 0.0 for part in known)
    if rest > 0:
        told = "the source itemises no more" if known else "the source itemises nothing that could be read"
        parts.append(SystemPart("anything else", rest, None, unit, told))
    return (*known, *parts)


def _ours(target: Target, made: Sequence[Evaluation]) -> dict[str, float]:
    """Return the energy with what leaks [J], or the area [m^2], of each component."""
    evaluation = next(each for each in made if each.architecture == target.architecture)
    ours: dict[str, float] = {}
    for row in evaluation.totals.lines:
        values = row.area if target.metric == AREA else row.energy + row.leakage_energy
        ours[row.line.component] = ours.get(row.line.component, 0.0) + float(layers_at_medians(values).sum())
    return ours


def _kind(status: str) -> str:
    return "reproduced under its scenario" if status == "reproduced" else status
