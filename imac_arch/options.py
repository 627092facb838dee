"""Options that set fields of the technology."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from imac_arch.components.adc import ADC_LAWS
from imac_arch.data.errors import UnknownName, UsageError

__all__ = ["explicit_fields"]


def explicit_fields(
    subarray: str | None = None,
    adc_bits: int | None = None,
    adc_law: str | None = None,
    read: str | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the technology fields that options set, by path.

    Args:
        subarray: ``128x128``, rows by weight columns.
        adc_bits: bits of the converters.
        adc_law: ``survey``, ``accelergy``, ``in_array`` or ``fixed``.
        read: ``averaging`` or ``virtual_ground``.
        overrides: any field by its path.

    Raises:
        UsageError: an invalid value, or a field that is set twice.
    """
    explicit: dict[str, Any] = {}
    if subarray is not None:
        explicit |= _subarray(subarray)
    if adc_bits is not None:
        explicit["components.adc.bits"] = str(adc_bits)
    if adc_law is not None:
        if adc_law not in ADC_LAWS:
            raise UnknownName("ADC law", adc_law, ADC_LAWS)
        explicit["components.adc.law"] = adc_law
    if read is not None:
        if read not in ("averaging", "virtual_ground"):
            raise UnknownName("read circuit", read, ("averaging", "virtual_ground"))
        explicit["read.circuit"] = read
    for path in overrides or {}:
        if path in explicit:
            raise UsageError(f"{path} is set twice, by --set and by its own option; remove one of the two")
    explicit |= dict(overrides or {})
    return explicit


def _subarray(text: str) -> dict[str, str]:
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) != 2 or not all(re.fullmatch(r"0*[1-9][0-9]{0,8}", p.strip()) for p in parts):
        raise UsageError(f"subarray {text!r} is not allowed; write rows x columns, both 1 or more, such as 128x128")
    return {"subarray.rows": parts[0].strip(), "subarray.cols": parts[1].strip()}
