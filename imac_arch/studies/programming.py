"""Writing a network into its cells: a one-off before the first inference, never mixed into one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import Case
from imac_arch.components.synapse import Synapse
from imac_arch.data.quantity import Array
from imac_arch.document import interval, one
from imac_arch.evaluate import Inputs

__all__ = ["programming_rows"]


def programming_rows(inputs: Inputs, architectures: Sequence[str]) -> list[dict[str, Any]]:
    """Return energy [J], time [s] and endurance of loading the network, for each architecture with a crossbar.

    The junctions of analog neurons are written with the weights. Where the technology says nothing about writing, the
    figures are None.
    """
    technology = inputs.technology
    synapse = technology.components.get("synapse")
    if not isinstance(synapse, Synapse):
        return []
    mapping = Case(inputs.network, technology, inputs.laws, None, np.ones(())).mapping
    weights: Array = (mapping.total_rows * mapping.total_cols).sum(axis=0) * synapse.cells_per_weight.x
    rows = []
    for name in architectures:
        roles = ARCHITECTURES[name].roles
        if "synapse" not in roles:
            continue
        own = getattr(technology.components.get("neuron"), "cells", None) if "neuron" in roles else None
        neurons = np.zeros(()) if own is None else mapping.fan_out.sum(axis=0) * own.x
        load = synapse.programming.load(weights + neurons) if synapse.programming else None
        found = {key: None if load is None else getattr(load, key) for key in ("energy", "time", "loads")}
        rows.append(
            {"technology": technology.name, "architecture": name}
            | {"synapse_cells": one(weights), "neuron_cells": one(neurons)}
            | {key: one(values) for key, values in found.items()}
            | {"intervals": {key: interval(values) for key, values in found.items()}}
        )
    return rows
