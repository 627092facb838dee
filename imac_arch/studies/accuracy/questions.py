"""Questions about accuracy: what costs how much, how it goes with a knob, and up to which value a target is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

from imac_arch.architectures import ARCHITECTURES
from imac_arch.components.laws import Limits
from imac_arch.components.roles import SYNAPSE, WIRE
from imac_arch.data.arrays import single
from imac_arch.data.errors import FileErrors, UnknownName, UsageError
from imac_arch.data.keeping import collected, interrupted, until_interrupted
from imac_arch.data.records import NamedTuple
from imac_arch.data.units import parse
from imac_arch.document.accuracy import AccuracyRow, Answer, Point, Share
from imac_arch.inputs import Inputs
from imac_arch.resolve import Request, resolve
from imac_arch.studies.accuracy.comparison import judged
from imac_arch.studies.accuracy.experiment import GAINS, Experiment
from imac_arch.studies.accuracy.images import Images
from imac_arch.studies.accuracy.judge import CROSSBARS, Judged
from imac_arch.studies.accuracy.nets import Weights
from imac_arch.studies.accuracy.settings import ladders
from imac_arch.technology_files import Loaded

__all__ = ["KNOBS", "STUDIES", "TILES", "Knob", "Question", "answer", "study"]

COARSE = 8  # values of a ladder that are tried where its first one fails
TILES = "tiles"  # of each layer, the fewest that keep a target: more than a knob
STUCK = "share of cells that are stuck"


class Question(NamedTuple):
    """A design and how its accuracy is found.

    Attributes:
        request: network, technology and fields.
        architecture: that is asked about.
        experiment: how.
        weights: of the user; None for the shipped ones.
        data: of the user, likewise.
        laws: loaded before; None loads them for every design.
    """

    request: Request
    architecture: str
    experiment: Experiment
    weights: Weights | None = None
    data: str | Path | Images | None = None
    laws: Mapping[str, Loaded] | None = None

    @property
    def inputs(self) -> Inputs:
        """The design as it stands."""
        return self.resolved(self.request)

    def resolved(self, request: Request) -> Inputs:
        """Return another design."""
        return resolve(request, self.laws).inputs

    def judged(self, fields: Mapping[str, object], experiment: Experiment | None = None) -> Judged:
        """Return the accuracy with some fields set.

        Raises:
            UsageError: there are no weights or no images for the network.
        """
        request = replace(self.request, fields={**self.request.fields, **fields})
        inputs = self.resolved(request)
        (found,) = judged(inputs, [self.architecture], experiment or self.experiment, self.weights, self.data)
        if found.row.value is None:
            raise UsageError(f"accuracy: {found.row.reason}")
        return found

    def point(self, fields: Mapping[str, object], experiment: Experiment | None = None) -> Point:
        """Return the same as a point of a study.

        Raises:
            UsageError: there are no weights or no images for the network.
        """
        row = self.judged(fields, experiment).row
        return Point(row.architecture, {}, *known(row), row.weights)


def checked_question(architectures: Sequence[str], about: str | None, solve: str | None, target: float | None) -> str:
    """Return the architecture that is asked about: the first one on which a knob, if there is one, does anything.

    Raises:
        UnknownName: no such study or knob.
        UsageError: a target that is no share or stands alone, tiles without one, or a knob that does nothing on any of
            the architectures.
    """
    if about is not None and about not in STUDIES:
        raise UnknownName("study", about, STUDIES)
    if solve is not None and solve not in (*KNOBS, TILES):
        raise UnknownName("knob", solve, (*KNOBS, TILES))
    if solve is None and target is not None:
        raise UsageError("--target belongs to --solve, such as --target 0.95 --solve r_p")
    if solve == TILES and target is None:
        raise UsageError("--solve tiles needs a --target, such as --target 0.95")
    if target is not None and not 0 < target < 1:
        raise UsageError(f"--target is {target:g}; expected a share between 0 and 1, such as 0.95")
    asked = list(architectures)
    for name in (about, solve):
        ways = WAYS.get(name or "", CROSSBARS) if name else None
        fit = [each for each in asked if ways is None or ARCHITECTURES[each].inference in ways]
        if not fit:
            wanted = " or ".join(each for each, known in ARCHITECTURES.items() if known.inference in (ways or ()))
            raise UsageError(f"{name} changes nothing on {', '.join(asked)}; ask for {wanted}")
        asked = fit
    return asked[0]


def check_knobs(question: Question, about: str | None, solve: str | None) -> None:
    """Try the values of a study and of a knob on the technology, before anything long is computed or written.

    Raises:
        ImacError: the technology does not have the field of a knob, or refuses a value of it.
    """
    inputs = question.inputs
    for asked, knobs in ((about, STUDIES.get(about or "", ())), (solve, [solve] if solve in KNOBS else [])):
        for knob in [KNOBS[name] for name in knobs]:
            for value in knob.values:
                fields = knob.fields(inputs, value)
                try:
                    question.resolved(replace(question.request, fields={**question.request.fields, **fields}))
                except FileErrors as error:
                    why = "; ".join(str(replace(problem, file="")) for problem in error.problems)
                    raise UsageError(f"{asked} varies the {knob.title}; {why}") from error


def known(row: AccuracyRow) -> tuple[float, float, float, float, Share]:
    """Return value, ends, software and loss of a design whose accuracy is known."""
    assert row.value is not None
    assert row.low is not None
    assert row.high is not None
    assert row.software is not None
    assert row.loss is not None
    return row.value, row.low, row.high, row.software, row.loss


class Knob(NamedTuple):
    """What an accuracy depends on.

    Attributes:
        title: of the knob.
        paths: of the fields that get the value; none where the cells' resistances are scaled to it.
        values: that are tried, from harmless to harmful.
        bound: of what is kept: the least or the most value.
    """

    title: str
    paths: tuple[str, ...]
    values: tuple[str, ...]
    bound: str

    def fields(self, inputs: Inputs, value: str) -> dict[str, object]:
        """Return the fields of a technology that give the knob a value."""
        if self.paths:
            parts = value.split("x") if len(self.paths) > 1 else [value]
            return dict(zip(self.paths, parts, strict=True))
        case = inputs.at_medians().case()
        synapse = inputs.technology.components[SYNAPSE.name]
        now = max(single(g) for pair in case.synapse.states(case.technology.read.voltage.x) for g in pair)
        factor = parse(value, "ohm") * now
        fields: dict[str, object] = {}
        for name, power in getattr(synapse, "resistance_fields", {}).items():
            quantity = getattr(synapse, name, None)
            if quantity is not None:
                several = quantity if isinstance(quantity, tuple) else (quantity,)
                scaled = [f"{each.value * factor**power:.6g} {each.unit}" for each in several]
                fields[f"components.{SYNAPSE.name}.{name}"] = scaled if isinstance(quantity, tuple) else scaled[0]
        return fields


def study(question: Question, name: str) -> list[Point]:
    """Return the accuracy over the values of a study.

    Raises:
        ImacError: there are no weights or no images for the network, or a technology without the field of the knob.
    """
    if name == "stuck":
        shares = [float(text) for text in ladders()["stuck"]]
        return collected("designs", shares, lambda share: question.point(
            {}, question.experiment._replace(stuck=share)
        )._replace(fields={STUCK: f"{share * 100:g} %"}))  # fmt: skip
    if name == "gain":
        return collected("designs", GAINS, lambda rule: question.point(
            {}, question.experiment._replace(gain=rule)
        )._replace(fields={"gain of the amplifiers": rule}))  # fmt: skip
    knobs = [KNOBS[part] for part in STUDIES[name]]
    inputs = question.inputs

    def point(values: Sequence[str]) -> Point:
        shown = {knob.title: value for knob, value in zip(knobs, values, strict=True)}
        fields: dict[str, object] = {}
        for knob, value in zip(knobs, values, strict=True):
            fields |= knob.fields(inputs, value)
        return question.point(fields)._replace(fields=shown)

    return collected("designs", list(product(*(knob.values for knob in knobs))), point)


def answer(question: Question, name: str, target: float | None) -> Answer:
    """Return the most harmful value of a knob whose accuracy is at least a target, by bisection over its values;
    without a target, the one whose loss the check in a comparison finds clear.

    The same random numbers are drawn for each value, and :meth:`Answer.keeps` says whether it does.

    Raises:
        ImacError: no weights or images for the network, or a technology without the field of the knob.
    """
    knob, inputs = KNOBS[name], question.inputs
    limit = single(inputs.laws.get(Limits, "limits").accuracy_loss.x) if target is None else None
    path = ", ".join(knob.fields(inputs, knob.values[0]))
    asked = Answer(question.architecture, knob.title, path, knob.bound, None, None, 0.0, target, limit, ())
    runs: dict[int, Point] = {}

    def keeps(place: int) -> bool:
        value = knob.values[place]
        runs[place] = question.point(knob.fields(inputs, value))._replace(fields={knob.title: value})
        return asked.keeps(runs[place])

    low, high = -1, len(knob.values)
    with until_interrupted(lambda: f"{len(runs)} values of the {knob.title}" if runs else ""):
        low, high = _bracket(len(knob.values), keeps)
    if interrupted():
        low = max((place for place, run in runs.items() if asked.keeps(run)), default=-1)
        high = min((place for place in runs if place > low), default=high)
    kept = knob.values[low] if low >= 0 else None
    unkept = knob.values[high] if high < len(knob.values) else None
    ordered = tuple(runs[place] for place in sorted(runs))
    best = max(point.value for point in ordered)
    return asked._replace(value=kept, unkept=unkept, best=best, runs=ordered)


def _bracket(count: int, keeps: Callable[[int], bool]) -> tuple[int, int]:
    """Return the place of the last value of a ladder that keeps a target, -1 for none, and of one beyond it that does
    not, the length of the ladder where every one does."""
    if keeps(0):
        if keeps(count - 1):
            return count - 1, count
        low, high = 0, count - 1
    else:  # what is harmless in one respect may be harmful in another, as large resistances beside a load
        tried = range(0, count, max(1, count // COARSE))
        good = [place for place in tried if place and keeps(place)]
        low = max(good, default=-1)
        high = next((place for place in tried if place > low), count) if good else 0
    while 0 <= low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if keeps(middle) else (low, middle)
    return low, high


CELL = f"components.{SYNAPSE.name}"
PATHS = {
    "sigma": (f"{CELL}.variation",),
    "subarray": ("subarray.rows", "subarray.cols"),
    "adc_bits": ("components.adc.bits",),
    "tmr": (f"{CELL}.tmr",),
    "wire": (f"components.{WIRE.name}.width",),
}
TITLES = {
    "r_p": "resistance of the low state",
    "sigma": "variation of a cell's conductance",
    "subarray": "size of a subarray",
    "adc_bits": "bits of a converter",
    "tmr": "tunnelling magnetoresistance",
    "wire": "width of the wires",
}
WAYS = {"adc_bits": ("converted",), "adc-bits": ("converted",), "gain": ("analog",)}  # others: any crossbar
BOUNDS = {"sigma": "at_most", "subarray": "at_most"}
KNOBS = {
    name: Knob(title, PATHS.get(name, ()), ladders()[name], BOUNDS.get(name, "at_least"))
    for name, title in TITLES.items()
}
STUDIES: dict[str, tuple[str, ...]] = {
    "ra-tmr": ("r_p", "tmr"),
    "r-low-r-high": (),  # see resistances.py
    "r-p": ("r_p",),
    "subarray": ("subarray",),
    "sigma": ("sigma",),
    "adc-bits": ("adc_bits",),
    "wire": ("wire",),
    "stuck": (),
    "gain": (),
}
