"""The public functions: files and options in, results out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from imac_arch import given as plain
from imac_arch.data.errors import UnknownName
from imac_arch.given import Fields, Names, Net, Pair, Partition
from imac_arch.network import Network
from imac_arch.network_files import load_network
from imac_arch.packages import extended, load
from imac_arch.results.accuracy import Accuracy
from imac_arch.results.compared import Comparison, Neurons
from imac_arch.results.difference import Difference
from imac_arch.results.sheets import Catalog, Explanation, FileCheck, Keys, Netlist, NetlistCheck

if TYPE_CHECKING:
    from imac_arch.data.quantity import Array
    from imac_arch.plan import Arguments

__all__ = [
    "Accuracy",
    "Catalog",
    "Comparison",
    "Difference",
    "Explanation",
    "FileCheck",
    "Keys",
    "Netlist",
    "NetlistCheck",
    "Neurons",
    "accuracy",
    "catalog",
    "check_file",
    "compare",
    "compare_neurons",
    "diff",
    "explain",
    "keys",
    "netlist",
]

T = TypeVar("T")
DEFAULT_SAMPLES = 2000
DEFAULT_NET = "784-128-10"


@extended
def compare(
    net: Net | Network | None = None,
    tech: Names | None = None,
    *,
    arch: Names | None = None,
    baseline: str | Sequence[str] | None = None,
    gpu: str | Path | None = None,
    batch: int = 1,
    subarray: Pair | None = None,
    adc_bits: int | None = None,
    adc_law: str | None = None,
    read: str | None = None,
    pipelined: bool = False,
    timing: str | None = None,
    precision: str | None = None,
    tiles: Partition | None = None,
    scenario: str | Path | None = None,
    overrides: Fields | None = None,
    exact: bool = False,
    accuracy: str | None = None,
    data: str | Path | None = None,
    weights: str | Path | Sequence[Array] | Mapping[str, Array] | None = None,
    inputs: str | Path | Array | None = None,
    samples: int = DEFAULT_SAMPLES,
    seed: int = 0,
    command: str = "",
) -> Comparison:
    """Compare architectures for one network.

    Args:
        net: ``784-128-10``, ``[784, 128, 10]``, the path of a YAML file, or a Network; a scenario brings its own.
        tech: one technology or a list, by name or path; ``sot_mram`` by default.
        arch: one architecture or a list; all of them by default.
        baseline: what ratios are against: an architecture, or one design of all, ``imac@sot_mram`` or a pair.
        gpu: the board by name or path; ``h100`` by default.
        batch: inferences at once.
        subarray: rows by weight columns, ``128x64``, ``(128, 64)`` or ``{"rows": 128, "cols": 64}``.
        adc_bits: bits of the converters.
        adc_law: ``survey``, ``accelergy``, ``in_array`` or ``fixed``.
        read: ``averaging`` or ``virtual_ground``.
        pipelined: layers of the analog architectures overlap.
        timing: ``settled`` or ``declared``.
        precision: ``equal``: digital parts have the bits that the technology stores; ``native``: their own.
        tiles: row tiles x column tiles of each layer, ``16x8,auto`` or ``[(16, 8), "auto"]``; auto: as few as fit.
        scenario: a named list of assumptions; explicit arguments win over it.
        overrides: any field of the technology by its dotted path, a mapping or a list of ``path=value``.
        exact: check the closed forms against the exact network of one subarray of each shape, of random weights.
        accuracy: ``quick``, the default: the first 1,000 images and ten programmings; ``full``: all of them and 30
            exact ones; ``none``.
        data: images for the accuracy: folder of IDX files or ``.npz`` file of ``x`` and ``y``; shipped ones where None.
        weights: for the accuracy and for ``exact``, of every subarray: a file
            (:func:`imac_arch.weights.read_weights`) or the arrays.
        inputs: for ``exact``, of the first layer: a file (:func:`imac_arch.weights.given_images`) or the array.
        samples: draws of the uncertain quantities; 0 for none.
        seed: of the draws.
        command: the command line, for the report.

    Raises:
        ImacError: a wrong name, value, file or path; see :mod:`imac_arch.data.errors`.
    """
    from imac_arch.plan import Arguments

    return _compared(Arguments.of(
        net, tech, arch, baseline, gpu, batch, subarray, adc_bits, adc_law, read, pipelined, timing, precision, tiles,
        scenario, overrides, exact, accuracy, data, weights, inputs, samples, seed, command,
    ))  # fmt: skip


def _compared(given: Arguments) -> Comparison:
    from imac_arch.compared import run
    from imac_arch.plan import settle

    document, everything = run(settle(given))
    return Comparison(document, [c.evaluations for c in everything])


@extended
def accuracy(
    net: Net | Network = DEFAULT_NET,
    tech: str | Path = "sot_mram",
    data: str | Path | None = None,
    *,
    weights: str | Path | Sequence[Array] | Mapping[str, Array] | None = None,
    arch: Names | None = None,
    subarray: Pair | None = None,
    read: str | None = None,
    overrides: Fields | None = None,
    images: int | None = None,
    programmings: int = 10,
    exact: bool = False,
    gain: str = "nominal",
    stuck: float = 0.0,
    without: Names = (),
    study: str | None = None,
    solve: str | None = None,
    target: float | None = None,
    seed: int = 0,
    command: str = "",
) -> Accuracy:
    """Say whether a network still computes on a technology, and what costs how much.

    Args:
        net: ``784-128-10``, ``[784, 128, 10]``, the path of a YAML file, or a Network.
        tech: the technology, by name or path.
        data: folder of MNIST's IDX files, or an ``.npz`` file of ``x`` and ``y``; 2,000 shipped images where None.
        weights: ``.npz`` file or arrays, see :func:`imac_arch.weights.read_weights`; the shipped ones that fit best.
        arch: one architecture or a list; all of them by default.
        subarray: rows by weight columns.
        read: ``averaging`` or ``virtual_ground``.
        overrides: any field of the technology by its path.
        images: how many are classified; 1,000 where None, or all of a user's ``data``.
        programmings: draws of the cells' conductances.
        exact: solve the wires of every programming anew, instead of taking them from the nominal cells.
        gain: of the amplifiers: ``nominal``, by the law of the read, or ``trimmed``, once for the nominal cells.
        stuck: share of cells that hold the least or the largest conductance, whatever they should.
        without: effects that are left out, of ``wires``, ``variation``, ``converter`` and ``bits``.
        study: how the accuracy goes with a knob, see :data:`imac_arch.studies.accuracy.questions.STUDIES`.
        solve: a knob whose limit is asked for, see :data:`imac_arch.studies.accuracy.questions.KNOBS`.
        target: the accuracy that is to be kept.
        seed: of the draws.
        command: the command line.

    Raises:
        ImacError: a wrong name, value or file.
    """
    from imac_arch.architectures import ARCHITECTURES
    from imac_arch.resolve import Request, explicit_fields
    from imac_arch.studies.accuracy.judge import IMAGES, Experiment
    from imac_arch.studies.accuracy.report import accuracy_document

    names = plain.names("arch", arch) if arch is not None else tuple(ARCHITECTURES)
    for each in names:
        if each not in ARCHITECTURES:
            raise UnknownName("architecture", each, ARCHITECTURES)
    fields = explicit_fields(
        None if subarray is None else plain.pair("subarray", subarray), None, None, read,
        {} if overrides is None else plain.fields("overrides", overrides),
    )  # fmt: skip
    count = IMAGES if images is None else plain.whole("images", images)
    experiment = Experiment(
        count, plain.whole("programmings", programmings), exact, gain, frozenset(plain.names("without", without)),
        plain.whole("seed", seed), stuck,
    )  # fmt: skip
    board = "h100" if any(not ARCHITECTURES[each].uses_technology for each in names) else None
    request = Request(load_network(net), plain.name("tech", tech), board, fields)
    return Accuracy(accuracy_document(
        request, names, experiment, weights=weights, data=data, about=study, solve=solve, target=target,
        command=plain.name("command", command),
    ))  # fmt: skip


@extended
def compare_neurons(
    tech: str | Path = "sot_mram",
    *,
    node: str | None = None,
    bits: int | None = None,
    extra: Names = (),
    overrides: Fields | None = None,
    samples: int = DEFAULT_SAMPLES,
    seed: int = 0,
    command: str = "",
) -> Neurons:
    """Compare the analog neuron of a technology with digital ones, and with what papers claim of it.

    Args:
        tech: the technology, by name or path; it fills the roles ``neuron``, ``logic`` and ``sram``.
        node: the one node for all, such as ``14 nm``; by default that of the technology.
        bits: of the digital neurons; by default what their files say.
        extra: paths of more neuron files.
        overrides: fields of the technology by their path.
        samples: draws behind the intervals, shared by all neurons.
        seed: of the draws.
        command: the command line, for the report's footer.

    Raises:
        ImacError: a wrong file, node or option.
    """
    from imac_arch.document.samples import without_samples
    from imac_arch.studies.neurons import compare_neurons as study

    document = study(
        plain.name("tech", tech), node=_optional(plain.name, "node", node), bits=_optional(plain.whole, "bits", bits),
        extra=plain.names("extra", extra), overrides=plain.fields("overrides", overrides),
        samples=plain.whole("samples", samples), seed=plain.whole("seed", seed), command=plain.name("command", command),
    )  # fmt: skip
    return Neurons(document if document.conditions.samples else without_samples(document))


@extended
def diff(
    a: str | Path,
    b: str | Path,
    *,
    net: Net | Network | None = None,
    gpu: str | Path | None = None,
    samples: int = DEFAULT_SAMPLES,
    seed: int = 0,
    command: str = "",
) -> Difference:
    """Return what differs between two technologies or two saved comparisons, and what that does to the results.

    Args:
        a: a technology by name or path, or a comparison that was saved as JSON or as a report.
        b: the other one, of the same kind.
        net: the network that two technologies run; ``784-128-10`` by default.
        gpu: the board by name or path; ``h100`` by default.
        samples: draws of the uncertain quantities, shared by both technologies; 0 for none.
        seed: of the draws.
        command: the command line, for the document.

    Raises:
        ImacError: a wrong name, file or path, or two unlike kinds.
    """
    from imac_arch.differed import differ
    from imac_arch.plan import Arguments

    given = Arguments.of(
        DEFAULT_NET if net is None else net, None, None, None, gpu, 1, None, None, None, None, False, None, None, None,
        None, None, False, None, None, samples, seed, command,
    )  # fmt: skip
    return Difference(differ(plain.name("a", a), plain.name("b", b), given))


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

    return Netlist(circuit(
        load_network(net), plain.name("tech", tech), layer=_optional(plain.whole, "layer", layer),
        subarray_index=_optional(partial(plain.pair, between=",", example=(0, 0)), "subarray_index", subarray_index),
        subarray=_optional(plain.pair, "subarray", subarray), tiles=_optional(plain.partition, "tiles", tiles),
        read=_optional(plain.name, "read", read), overrides=plain.fields("overrides", overrides),
        weights=_optional(plain.name, "weights", weights), inputs=_optional(plain.name, "inputs", inputs),
        seed=plain.whole("seed", seed),
    ))  # fmt: skip


def _optional(read: Callable[[str, object], T], what: str, given: object) -> T | None:
    return None if given is None else read(what, given)


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
    return Keys(matching_keys(plain.name("pattern", pattern) if pattern else "", _optional(plain.name, "kind", kind)))


@extended
def check_file(name: str | Path) -> FileCheck:
    """Check a file of any kind, by name or path.

    Raises:
        ImacError: everything that is wrong with the file.
    """
    from imac_arch.studies.catalog import check

    return FileCheck(check(plain.name("name", name)))
