"""The command that answers what would clear an accuracy, with a design's own options.

A comparison has no time to search: a value of a knob is a classification of its own. ``accuracy --solve`` does, by the
same check, and says what costs most. Nor has it time to find that: a knob is named where another check found its cause.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Iterator

from imac_arch.data.records import NamedTuple
from imac_arch.document.accuracy import AccuracyRow
from imac_arch.resolve import Request
from imac_arch.studies.accuracy.experiment import Experiment

__all__ = ["Asking"]

SIDES = ("subarray.rows", "subarray.cols")
ANSWERED = {  # what each knob of --solve answers
    "r_p": "from which cell resistance on it is clear, if any",
    "adc_bits": "from how many bits of the converter on it is clear, if any",
}
UNKNOWN = "which knob of --solve sets that, if any"


class Asking(NamedTuple):
    """What a comparison was asked for, as far as it can be written on a command line.

    Attributes:
        request: of one technology.
        net: widths or path.
        weights: path; None for the shipped ones.
        data: path or name; None for the shipped images.
        experiment: how accuracies were found.
    """

    request: Request
    net: str
    weights: str | None
    data: str | None
    experiment: Experiment

    def sentence(self, row: AccuracyRow, knobs: Collection[str]) -> str:
        """Return what to ask, and what it answers.

        Args:
            row: the accuracy of a design.
            knobs: of ``--solve`` that set what its other checks found wrong: where there are several, nobody knows
                which of them counts.
        """
        words = [*self._words(), "--arch", row.architecture, *self._counts(row)]
        if len(knobs) != 1:
            return f"{UNKNOWN}: {shlex.join(words)}"
        (knob,) = knobs
        return f"{ANSWERED[knob]}: {shlex.join([*words, '--solve', knob])}"

    def _words(self) -> Iterator[str]:
        yield from ("imac-arch", "accuracy", "--net", self.net, "--tech", self.request.technology)
        fields = dict(self.request.fields)
        if all(isinstance(fields.get(side), str | int) for side in SIDES):  # without a remark or a source
            yield from ("--subarray", "x".join(str(fields.pop(side)) for side in SIDES))
        for path, value in fields.items():
            yield from ("--set", f"{path}={value if isinstance(value, str) else json.dumps(value)}")
        for name, given in (("--weights", self.weights), ("--data", self.data)):
            if given is not None:
                yield from (name, given)

    def _counts(self, row: AccuracyRow) -> Iterator[str]:
        if self.experiment.images is None:
            yield from ("--images", str(row.images))
        if self.experiment.programmings != Experiment().programmings:
            yield from ("--programmings", str(self.experiment.programmings))
        if self.experiment.exact:
            yield "--exact"
        if self.request.seed:
            yield from ("--seed", str(self.request.seed))
