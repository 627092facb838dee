"""How analog neurons differ from one another."""

from typing import Annotated

from imac_arch.data.quantity import SHARE, In, Quantity, about

__all__ = ["SPREAD", "Mismatch", "SlopeVariation", "spread_omitted"]

SPREAD = ("mismatch", "slope_variation")  # which cost accuracy, not energy

Mismatch = Annotated[
    Annotated[Quantity, In("V", usual="0.1 mV .. 0.2 V")] | None,
    about("standard deviation between neurons of the input at which the output is half"),
]
SlopeVariation = Annotated[
    Annotated[Quantity, SHARE.said(usual="0.1 % .. 50 %")] | None,
    about("relative standard deviation between neurons of the slope in the middle"),
]


def spread_omitted(mismatch: Quantity | None, slope_variation: Quantity | None) -> dict[str, tuple[str, str]]:
    """Return what of the variation between neurons is not given, as :attr:`Component.omits` has it."""
    texts = {
        "mismatch": ("mismatch between neurons in the accuracy", "all switch at the same input"),
        "slope_variation": ("variation of the neurons' slope in the accuracy", "all are as steep"),
    }
    given = {"mismatch": mismatch, "slope_variation": slope_variation}
    return {name: text for name, text in texts.items() if given[name] is None}
