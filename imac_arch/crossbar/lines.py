"""Closed forms for single lines of a crossbar, and the resistance and capacitance of its wires.

All functions broadcast over arrays and use SI units. They apply nothing but arithmetic, ufuncs and ``np.where``, so
that array types which record what is done to them pass through as well. The symbols are those of the literature:
``g`` the conductance with which one weight loads the word line (both cells of the pair), ``r`` the resistance of one
wire segment, ``n`` the columns in use.
"""

from __future__ import annotations

import numpy as np

from imac_arch.data.quantity import Array

__all__ = [
    "attenuation",
    "bit_line_power",
    "ladder_length",
    "line_resistivity",
    "settling_time",
    "wire_capacitance",
    "word_line_input_resistance",
]


MANY = 100  # reflections per mean free path, above which five terms of a series are exact to 1e-9


def bit_line_power(
    circuit: str, sum_g: Array, sum_g_nu: Array, sum_g_mu: Array, sum_g2_var: Array, voltage: Array, g_load: Array
) -> Array:
    """Expected static power that one bit line draws from its word lines, in watts, for ideal wires.

    With independent inputs of mean ``mu`` and mean square ``nu`` (normalised to ``voltage``) on cells of conductance G:
    virtual ground ``V^2 sum G nu``; averaging ``V^2 (sum G nu - E[(sum G v)^2]/(sum G + G_load))`` with
    ``E[(sum G v)^2] = (sum G mu)^2 + sum G^2 (nu - mu^2)``.

    Args:
        circuit: ``virtual_ground`` or ``averaging``.
        sum_g: sum of the conductances on the line [S].
        sum_g_nu: sum of G times the mean square of its input [S].
        sum_g_mu: sum of G times the mean of its input [S].
        sum_g2_var: sum of G squared times the variance of its input [S^2].
        voltage: line voltage at full scale [V].
        g_load: conductance of the load at the end of the line [S].
    """
    if circuit == "virtual_ground":
        return voltage**2 * sum_g_nu
    total = sum_g + g_load
    drawn = sum_g_nu - (sum_g_mu**2 + sum_g2_var) / np.where(total > 0, total, 1.0)
    return voltage**2 * np.maximum(drawn, 0.0)  # a single row without a load draws nothing, but for rounding


def ladder_length(n: Array, r: Array, g: Array) -> Array:
    """Electrical length ``x = n sqrt(r g)`` of a word line; below 0.3 it hardly matters."""
    length: Array = n * np.sqrt(r * g)
    return length


def attenuation(x: Array) -> Array:
    """Power of a word line with wires as a share of its ideal power, ``tanh(x)/x``; 1 for ``x = 0``."""
    safe = np.where(x == 0, 1.0, x)  # what is not a number stays so
    return np.where(x == 0, 1.0, np.tanh(safe) / safe)


def word_line_input_resistance(x: Array, n: Array, g: Array) -> Array:
    """Resistance that the driver of a word line sees, ``sqrt(r/g)/tanh(x)`` written as ``x/tanh(x)/(n g)``, in ohms."""
    return 1 / (n * g * attenuation(x))


def settling_time(tau: Array, bits: Array) -> Array:
    """Time to settle within half a step of ``bits`` bits, ``tau ln 2^(bits+1)``, in seconds."""
    time: Array = tau * np.log(2.0) * (bits + 1)
    return time


def line_resistivity(
    bulk: Array, mean_free_path: Array, width: Array, specularity: Array, reflection: Array, c_surface: Array
) -> Array:
    """Resistivity of a narrow wire, in ohm metres: Fuchs-Sondheimer and Mayadas-Shatzkes in IMAC-Sim's form.

    ``rho = rho0 [c (1-p) l0/w + 1/(1 - 3a/2 + 3a^2 - 3a^3 ln(1+1/a))]`` with ``a = l0 R/(w (1-R))``. Where
    ``a`` is large the terms cancel, and the series of their sum in ``1/a`` takes its place.

    Source: iCAS-Lab/IMAC-Sim, mapLayer.py; doi:10.1145/3583781.3590264.
    """
    a = mean_free_path / width * reflection / (1 - reflection)
    many = a > MANY
    few, u = np.where(many, 1.0, a), 1 / a
    direct = 1 - 3 * few / 2 + 3 * few**2 - 3 * few * few * few * np.log(1 + 1 / few)
    series = 3 * u * (1 / 4 - u / 5 + u**2 / 6 - u**3 / 7 + u**4 / 8)
    grain = 1 / np.where(many, series, direct)
    return bulk * (c_surface * (1 - specularity) * mean_free_path / width + grain)


def wire_capacitance(
    length: Array, width: Array, thickness: Array, height: Array, distance: Array, eps: Array, k: dict[str, Array]
) -> Array:
    """Capacitance of one wire segment, in farads: half of Sakurai and Tamaru's area term and its coupling term.

    ``C = eps L {1/2 [k1 w/h + k2 (t/h)^k3] + [k4 w/h + k5 t/h - k6 (t/h)^k3] (h/d)^k7}``.

    Source: Sakurai and Tamaru 1983, doi:10.1109/T-ED.1983.21093, as used by IMAC-Sim, mapLayer.py.
    """
    w, t = width / height, thickness / height
    ground = (k["k1"] * w + k["k2"] * t ** k["k3"]) / 2
    coupling = (k["k4"] * w + k["k5"] * t - k["k6"] * t ** k["k3"]) * (height / distance) ** k["k7"]
    return eps * length * (ground + coupling)
