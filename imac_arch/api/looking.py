"""What can be looked up: roles, laws, files, fields and circuits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from imac_arch import given as plain
from imac_arch.given import DEFAULT_NET, Fields, Net, Pair, Partition
from imac_arch.network import Network
from imac_arch.network_files import load_network
from imac_arch.packages import extended, load
from imac_arch.results.sheets import Catalog, Explanation, FileCheck, Keys, Netlist, NetlistCheck

__all__ = [
    "Catalog",
    "Explanation",
    "FileCheck",
    "Keys",
    "Netlist",
    "NetlistCheck",
    "catalog",
    "check_file",
    "explain",
    "keys",
    "netlist",
]


@extended
def explain(
    name: str,
    tech: str | Path = "sot_mram",
    net: Net | Network = DEFAULT_NET,
    *,
    overrides: Fields | None = None,
    gpu: str | Path = "h100",
    samples: int = 500,
    seed: int = 0,
) -> Explanation:
    """Explain a role of a technology, a law or a board (formula, unit costs, numbers, sources, validity range), or a
    warning, an architecture, a metric or an option.

    Args:
        name: a role (``adc``), a law (``adc_survey``), a board (``h100``), a warning (``ir_drop``), an architecture
            (``imac``), a metric (``eap``) or an option (``encoding``).
        tech: the technology, by name or path.
        net: the network for which unit costs are shown.
        overrides: fields of the technology by their path.
        gpu: the board behind the role ``board``.
        samples: draws behind the 90 % intervals.
        seed: of the draws.

    Raises:
        ImacError: nothing bears the name, or a file is wrong.
    """
    from imac_arch.studies.explain import explain as study

    return Explanation(study(
        plain.name("name", name), plain.name("tech", tech), load_network(net),
        overrides=plain.fields("overrides", overrides), gpu=plain.name("gpu", gpu),
        samples=plain.whole("samples", samples), seed=plain.whole("seed", seed),
    ))  # fmt: skip


@extended
def netlist(
    net: Net | Network,
    tech: str | Path = "sot_mram",
    *,
    layer: int | None = None,
    subarray_index: str | Sequence[int] | None = None,
    subarray: Pair | None = None,
    tiles: Partition | None = None,
    read: str | None = None,
    overrides: Fields | None = None,
    weights: str | Path | None = None,
    inputs: str | Path | None = None,
    seed: int = 0,
) -> Netlist:
    """Return one subarray, or without ``layer`` the whole network, as a netlist for ngspice.

    Args:
        net: ``784-128-10``, ``[784, 128, 10]``, the path of a YAML file, or a Network.
        tech: technology by name or path.
        layer: counted from 1.
        subarray_index: row tile and column tile, counted from 0, ``0,0`` or ``(0, 0)``.
        subarray: rows by weight columns, ``128x64`` or ``(128, 64)``.
        tiles: row tiles x column tiles of each layer, ``16x8,8x1`` or ``[(16, 8), (8, 1)]``.
        read: ``averaging`` or ``virtual_ground``.
        overrides: any field of the technology by its dotted path.
        weights: see :func:`imac_arch.weights.read_weights`; random where None are given.
        inputs: see :func:`imac_arch.weights.read_inputs`, those of the layer; random where None are given.
        seed: of what is random.

    Raises:
        ImacError: a wrong name, value, file or path, or a circuit too large.
    """
    from imac_arch.studies.netlist import circuit

    place = partial(plain.pair, between=",", example=(0, 0))
    return Netlist(circuit(
        load_network(net), plain.name("tech", tech), layer=plain.optional(plain.whole, "layer", layer),
        subarray_index=plain.optional(place, "subarray_index", subarray_index),
        subarray=plain.optional(plain.pair, "subarray", subarray),
        tiles=plain.optional(plain.partition, "tiles", tiles),
        read=plain.optional(plain.name, "read", read), overrides=plain.fields("overrides", overrides),
        weights=plain.optional(plain.name, "weights", weights), inputs=plain.optional(plain.name, "inputs", inputs),
        seed=plain.whole("seed", seed),
    ))  # fmt: skip


def catalog() -> Catalog:
    """Return what there is by name, and where it is from: technologies, boards, scenarios, laws, neurons, networks."""
    from imac_arch.studies.catalog import catalog as study

    load()
    return Catalog(study())


def keys(pattern: str = "", kind: str | None = None) -> Keys:
    """Return the fields of files that a pattern matches, with description, unit, default and usual range.

    Args:
        pattern: a piece of a path (``adc.bits``, ``ra``, ``synapse.*``), or words of a description; all by default.
        kind: component kind, role, law kind or kind of file (``mtj_pair``, ``synapse``, ``board``); all by default.

    Raises:
        ImacError: no field is like the pattern, or there is no such kind.
    """
    from imac_arch.studies.keys import matching_keys

    load()
    return Keys(
        matching_keys(plain.name("pattern", pattern) if pattern else "", plain.optional(plain.name, "kind", kind))
    )


@extended
def check_file(name: str | Path) -> FileCheck:
    """Check a file of any kind, by name or path.

    Raises:
        ImacError: everything that is wrong with the file.
    """
    from imac_arch.studies.catalog import check

    return FileCheck(check(plain.name("name", name)))
