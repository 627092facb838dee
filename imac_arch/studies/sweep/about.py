"""What the rows of a sweep follow from, and their units, as the metadata of its files."""

from __future__ import annotations

from typing import Any

from imac_arch.document.build import generator
from imac_arch.document.plain import to_plain
from imac_arch.metrics import METRICS
from imac_arch.studies.sweep.echoed import echoed
from imac_arch.studies.sweep.intervals import columns_of
from imac_arch.studies.sweep.run import column_values
from imac_arch.studies.sweep.study import Study

__all__ = ["about"]


def about(study: Study) -> dict[str, Any]:
    """Return what a folder and each of its parts say; nothing in it depends on when or where."""
    return {
        "generator": f"{generator().name} {generator().version}", "fingerprint": study.fingerprint,
        "command": study.command, "conditions": to_plain(study.conditions),
        "axes": to_plain(echoed(study.space)), "rows": study.space.rows,
        "units": _units(study), "hashes": study.space.portable_hashes,
    }  # fmt: skip


def _units(study: Study) -> dict[str, str]:
    """Return the units of the columns that have one."""
    axes = {name: axis.unit for axis in study.space.numbers for name in column_values(axis)}
    metrics = {
        column: METRICS[metric].unit
        for metric in study.metrics
        for name in study.architectures
        for column in (f"{name}.{metric}", *columns_of(f"{name}.{metric}"))
    }
    return {name: unit for name in study.runner.columns if (unit := (axes | metrics).get(name))}
