"""Published systems, each composed under the assumptions of its scenario: claims beside what comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from imac_arch.data.errors import ImacError
from imac_arch.data.progress import each
from imac_arch.data.registry import data_folder, names
from imac_arch.document.validation import SystemPart, SystemRow
from imac_arch.evaluate import Evaluation, evaluate
from imac_arch.metrics import METRICS
from imac_arch.resolve import Request, resolve
from imac_arch.studies.reproduce import reached
from imac_arch.studies.scenario import Assumption, Scenario, load_scenario
from imac_arch.technology_files import Loaded

__all__ = ["systems"]

BOARD = "h100"
FOLDER = "scenarios/systems"  # read here alone


def systems(laws: Mapping[str, Loaded]) -> tuple[SystemRow, ...]:
    """Return the claims of every shipped scenario, and of the systems that stand beside them."""
    beside = sorted(str(path) for path in (data_folder() / FOLDER).glob("*.yaml"))
    scenarios = [*names("scenario", shipped=True), *beside]
    return tuple(row for name in each("systems", scenarios) for row in _claims(name, laws))


def _claims(name: str, laws: Mapping[str, Loaded]) -> Iterator[SystemRow]:
    scenario: Scenario = load_scenario(name).model
    if not scenario.figures:  # its claims are of accuracies
        return

    def under(assumptions: Sequence[Assumption]) -> list[Evaluation]:
        fields = {path: value for assumption in assumptions for path, value in assumption.set.items()}
        board = (scenario.gpu or BOARD) if "gpu" in scenario.architectures else None
        request = Request(scenario.workload(), scenario.technology, board, fields, timing=scenario.timing,
                          precision=scenario.precision)  # fmt: skip
        return evaluate(resolve(request, laws).inputs, scenario.architectures)

    try:
        found = reached(scenario, under)
    except ImacError:  # somebody's own technology may lack what a scenario needs
        return
    whole = {target.metric for target, _, _ in found if target.component is None}
    for target, value, status in found:
        if value is None or (target.component is not None and target.metric in whole):  # a line of the whole
            continue
        unit = "" if target.baseline else METRICS[target.metric].unit
        parts = tuple(
            SystemPart(part.component or "", part.value, mine, unit, part.note)
            for part, mine, _ in found
            if part.component is not None and part.metric == target.metric and not part.set
        )
        why = "; ".join(text for text in (_kind(status), target.note) if text)
        yield SystemRow(
            scenario.name, scenario.title, target.claim, unit, target.value, value, value / target.value,
            parts if target.baseline is None else (), why,
        )  # fmt: skip


def _kind(status: str) -> str:
    return "reproduced under its scenario" if status == "reproduced" else status
