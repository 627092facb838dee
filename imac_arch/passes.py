"""The passes of a read: input bits one after the other, and rows and columns of which not all are read at once."""

from __future__ import annotations

import numpy as np

from imac_arch.case import Case
from imac_arch.data.arrays import ONE, Array
from imac_arch.data.errors import UsageError
from imac_arch.data.quantity import Quantity
from imac_arch.data.records import NamedTuple

__all__ = [
    "BIT_SERIAL",
    "PULSE",
    "Groups",
    "bits_of_a_pass",
    "groups_of",
    "not_summed",
    "pulses_of",
    "refuse_no_circuit",
]

BIT_SERIAL, PULSE = "bit_serial", "pulse"
READ_IN_PARTS = "rows or columns are read in parts"


class Groups(NamedTuple):
    """Parts of a subarray that are read one after the other; ``ONE`` where all of it is read at once.

    Attributes:
        rows: of its rows; their sums are added up behind the converters.
        cols: of its weight columns.
    """

    rows: Array
    cols: Array


def groups_of(case: Case) -> Groups:
    """Return the parts of a layer's largest tile; its other tiles have as many, of fewer rows or columns."""
    subarray, mapping = case.technology.subarray, case.mapping
    return Groups(_parts(subarray.active_rows, mapping.tallest), _parts(subarray.active_cols, mapping.widest))


def _parts(active: Quantity | None, total: Array) -> Array:
    return ONE if active is None else np.ceil(total / active.x)


def bits_of_a_pass(case: Case, input_bits: Array) -> Array:
    """Return the bits that one pass applies to inputs of ``input_bits`` bits."""
    read = case.technology.read
    if read.pass_bits is None:
        return case.each if read.input_mode == BIT_SERIAL else input_bits
    return np.minimum(read.pass_bits.x, input_bits)


def pulses_of(case: Case, bits: Array) -> Array:
    """Return the unit pulses that a pass of ``bits`` bits takes: ``2^bits - 1`` where inputs are widths of pulses."""
    return np.exp2(bits) - 1 if case.technology.read.input_mode == PULSE else ONE


def refuse_no_circuit(case: Case, what: str) -> None:
    """Raise where crossbars are no circuit of resistors that is read as a whole.

    Args:
        case: the case.
        what: what is asked for, as the message says it.

    Raises:
        UsageError: with the field that is to blame.
    """
    read, subarray = case.technology.read, case.technology.subarray
    reason = ""
    if not read.conducts:
        reason = f"has read.mode {read.mode!r}, which moves charge (settle, static and sampled are circuits)"
    elif subarray.active_rows is not None or subarray.active_cols is not None:
        reason = "is read in parts (subarray.active_rows, active_cols)"
    elif read.single_ended:
        reason = "has one bit line of each pair (read.single_ended)"
    if reason:
        raise UsageError(f"{what} a circuit of resistors, read as a whole; {case.technology.name!r} {reason}")


def not_summed(case: Case) -> str:
    """Return why the sums of a case's converters are not those that an accuracy is computed of; empty where they
    are."""
    read = case.technology.read
    if case.technology.subarray.active_rows is not None:
        return READ_IN_PARTS
    if read.single_ended:
        return "single-ended columns are not computed"
    if read.slices == "analog" and case.synapse.columns_per_weight.value > 1:
        return "slices that are joined before the converter are not computed"
    return "inputs of several passes of several bits are not computed" if read.pass_bits is not None else ""
