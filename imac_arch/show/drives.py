"""What drives ratios and what would flip them in words: beside a comparison, and in the study of its own."""

from __future__ import annotations

from imac_arch.data.units import format_value
from imac_arch.document.comparison import ComparisonDocument
from imac_arch.document.drives import Drive, Flip, Share
from imac_arch.show.sentences import called
from imac_arch.show.sheet import Item
from imac_arch.show.values import ratio_words, show_value

__all__ = ["DRIVES", "chance", "drive_items", "driver_named", "factor", "flip_text", "percent"]

DRIVES = "What drives it, and what would flip it"
TINY = 1e-4  # a probability, below which none is written
MUCH = 0.1  # a share, from which it is written without a decimal
MOST = 2  # designs of which every metric has its line; of more the first alone
LOW = 0.95  # a share of the variance, below which it is said how much the fit explains


def drive_items(document: ComparisonDocument) -> tuple[Item, ...]:
    """Return a line for each ratio of the subjects: the top of its budget, with the nearest flips below."""
    designs = dict.fromkeys((drive.architecture, drive.technology) for drive in document.drives)
    shown = document.drives
    if len(designs) > MOST:
        shown = tuple(drive for drive in shown if drive.metric == shown[0].metric)
    return tuple(_item(document, drive, several=len(designs) > 1) for drive in shown)


def _item(document: ComparisonDocument, drive: Drive, *, several: bool) -> Item:
    metric = next(metric for metric in document.metrics if metric.name == drive.metric)
    row = next(
        row for row in document.architectures if (row.name, row.technology) == (drive.architecture, drive.technology)
    )
    name = called(document, row, (drive.technology,)) if several else drive.architecture
    near = "; ".join(flip_text(flip) for flip in drive.flips)
    turns = f"flips {near}" if near else "no number alone flips it"
    said = _spread(drive, metric.words)
    return Item("", f"{metric.name} of {name}", said or turns, (turns,) if said else ())


def _spread(drive: Drive, words: tuple[str, str]) -> str:
    """Return what most of the spread of a ratio is; empty where that is not known."""
    if not drive.shares:
        return ""
    top = drive.shares[0]
    ends = top.frozen
    held = (
        f"; at its median {_between(ends.low, ends.high, words)} is left" if ends and 0 < ends.low < ends.high else ""
    )
    poor = drive.r2 is not None and drive.r2 < LOW
    more = f" (the fit explains {percent(drive.r2 or 0.0)}: imac-arch sensitivity)" if poor else ""
    return f"{percent(top.share)} of the spread is {driver_named(top)}{held}{more}"


def _between(low: float, high: float, words: tuple[str, str]) -> str:
    return f"{ratio_words(low, words)} to {ratio_words(high, words)}"


def flip_text(flip: Flip) -> str:
    """Write where one number flips a ratio: ``above read.voltage 1.2 V (1.5 times, probability 3.0 %)``."""
    if flip.at is None:
        return f"{flip.path}: never"
    likely = "" if flip.probability is None else f", probability {chance(flip.probability)}"
    return f"{flip.bound} {flip.path} {show_value(flip.at, flip.unit)} ({factor(flip)}{likely})"


def factor(flip: Flip) -> str:
    """Write how far a number is from where it flips a ratio."""
    if flip.factor is None or flip.factor <= 0:
        return f"now {show_value(flip.value, flip.unit)}"
    up = flip.factor >= 1
    return f"{format_value(flip.factor, '', 2)} times" if up else f"1/{format_value(1 / flip.factor, '', 2)}"


def chance(probability: float) -> str:
    """Write a probability; a small one is below what is written."""
    return percent(probability) if probability >= TINY else "below 0.01 %"


def percent(share: float) -> str:
    """Write a share as a percentage."""
    if abs(share) >= MUCH:
        return f"{100 * share:.0f} %"
    return f"{100 * share:.1f} %" if abs(share) >= MUCH / 100 or share == 0 else f"{100 * share:.2f} %"


def driver_named(share: Share) -> str:
    """Write what a driver is called, with the first words on what it is."""
    about = share.about.partition(";")[0]
    return f"{share.driver} ({about})" if about else share.driver
