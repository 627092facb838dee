"""The command that answers what would clear an accuracy, with a design's own options.

A comparison has no time to search: a value of a knob is a classification of its own. ``accuracy --solve`` does, and
says first what costs most.
"""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Iterator

from imac_arch.architectures import ARCHITECTURES
from imac_arch.data.records import NamedTuple
from imac_arch.document.accuracy import AccuracyRow
from imac_arch.resolve import Request
from imac_arch.studies.accuracy.experiment import IMAGES
from imac_arch.studies.accuracy.statistics import one_chip

__all__ = ["Asking"]

SIDES = ("subarray.rows", "subarray.cols")
ANSWERED = {  # what each knob of --solve answers
    "r_p": "from which cell resistance on it surely clears, if any",
    "adc_bits": "from how many bits of the converter on it surely clears, if any",
    "sigma": "up to which variation of the cells it surely clears, if any",
    "subarray": "up to which size of a subarray it surely clears, if any",
}


class Asking(NamedTuple):
    """What a comparison was asked for, as far as it can be written on a command line.

    Attributes:
        request: of one technology.
        net: widths or path.
        weights: path; None for the shipped ones.
        data: path or name; None for the shipped images.
    """

    request: Request
    net: str
    weights: str | None
    data: str | None

    def sentence(self, row: AccuracyRow, needed: float, dropped: bool) -> str:
        """Return what to ask, and what it answers.

        Args:
            row: the accuracy of a design.
            needed: accuracy from which its check is clear.
            dropped: whether its wires take more of the signal than they should.
        """
        knob = self._knob(row, dropped)
        # a design that is just right is certain to this share only, which is what --solve goes by
        certain = math.ceil(one_chip(needed, 0.0, row.programmings, row.images)[0] * 1e3) / 1e3
        words = [*self._words(), "--arch", row.architecture, *self._counts(row)]
        return f"{ANSWERED[knob]}: {shlex.join([*words, '--solve', knob, '--target', f'{certain:g}'])}"

    def _knob(self, row: AccuracyRow, dropped: bool) -> str:
        """Return what is most likely to clear it: what a check found wrong, else what the design has."""
        if dropped:
            return "r_p"
        if ARCHITECTURES[row.architecture].inference == "converted":
            return "adc_bits"
        return "sigma" if row.sigma else "subarray"

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
        if row.images != IMAGES:
            yield from ("--images", str(row.images))
        if self.request.seed:
            yield from ("--seed", str(self.request.seed))
