"""The electrics of a crossbar: closed forms, exact solution, one circuit for a layer, netlists.

The names are loaded when they are first asked for, so that importing the package takes no time and no library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imac_arch.crossbar.approximation import Approximation, approximate_conductance
    from imac_arch.crossbar.cell import Cell, TunnelJunction
    from imac_arch.crossbar.exact import Ports, effective_conductance, effective_transfer, ports
    from imac_arch.crossbar.forward import ForwardPass, LayerOutputs, outputs
    from imac_arch.crossbar.layer import Layer
    from imac_arch.crossbar.lines import (
        attenuation,
        bit_line_power,
        ladder_length,
        line_resistivity,
        settling_time,
        wire_capacitance,
        word_line_input_resistance,
    )
    from imac_arch.crossbar.modes import (
        Lines,
        Modes,
        drawn_by,
        excitation,
        far_share,
        line_modes,
        line_power,
        reached_by,
        signal_share,
        signal_share_all_on,
        slow_cell,
        time_constant,
    )
    from imac_arch.crossbar.ngspice import SpiceResult, run_ngspice
    from imac_arch.crossbar.partition import layer_map
    from imac_arch.crossbar.settling import Settling, dominant_time_constant, step_settling_time
    from imac_arch.crossbar.solution import Solution, solve
    from imac_arch.crossbar.spice import Transient, netlist
    from imac_arch.crossbar.stage import Stage
    from imac_arch.crossbar.wires import CrossbarError, pair_word_segments

__all__ = [
    "Approximation",
    "Cell",
    "CrossbarError",
    "ForwardPass",
    "Layer",
    "LayerOutputs",
    "Lines",
    "Modes",
    "Ports",
    "Settling",
    "Solution",
    "SpiceResult",
    "Stage",
    "Transient",
    "TunnelJunction",
    "approximate_conductance",
    "attenuation",
    "bit_line_power",
    "dominant_time_constant",
    "drawn_by",
    "effective_conductance",
    "effective_transfer",
    "excitation",
    "far_share",
    "ladder_length",
    "layer_map",
    "line_modes",
    "line_power",
    "line_resistivity",
    "netlist",
    "outputs",
    "pair_word_segments",
    "ports",
    "reached_by",
    "run_ngspice",
    "settling_time",
    "signal_share",
    "signal_share_all_on",
    "slow_cell",
    "solve",
    "step_settling_time",
    "time_constant",
    "wire_capacitance",
    "word_line_input_resistance",
]

# A module must not bear the name of a public function: importing it would put the module in the function's place.
_NAMES = {
    "approximation": ("Approximation", "approximate_conductance"),
    "cell": ("Cell", "TunnelJunction"),
    "exact": ("Ports", "effective_conductance", "effective_transfer", "ports"),
    "forward": ("ForwardPass", "LayerOutputs", "outputs"),
    "layer": ("Layer",),
    "lines": (
        "attenuation", "bit_line_power", "ladder_length", "line_resistivity", "settling_time", "wire_capacitance",
        "word_line_input_resistance",
    ),
    "modes": (
        "Lines", "Modes", "drawn_by", "excitation", "far_share", "line_modes", "line_power", "reached_by",
        "signal_share", "signal_share_all_on", "slow_cell", "time_constant",
    ),
    "ngspice": ("SpiceResult", "run_ngspice"),
    "partition": ("layer_map",),
    "settling": ("Settling", "dominant_time_constant", "step_settling_time"),
    "solution": ("Solution", "solve"),
    "spice": ("Transient", "netlist"),
    "stage": ("Stage",),
    "wires": ("CrossbarError", "pair_word_segments"),
}  # fmt: skip
_MODULES = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name; see PEP 562."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
