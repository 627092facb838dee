"""The public functions that compare: architectures, neurons, technologies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from imac_arch import given as plain
from imac_arch.given import DEFAULT_NET, Fields, Names, Net, Pair, Partition
from imac_arch.network import Network
from imac_arch.packages import extended
from imac_arch.results.compared import Comparison, Neurons

if TYPE_CHECKING:
    from imac_arch.data.quantity import Array
    from imac_arch.plan import Arguments
    from imac_arch.results.difference import Difference

__all__ = ["Comparison", "Neurons", "compare", "compare_neurons", "diff"]

DEFAULT_SAMPLES = 2000


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
        Interrupted: a ``KeyboardInterrupt`` while the accuracy was found, after some programmings; the comparison with
            those is its ``result``.
    """
    from imac_arch.plan import Arguments

    return _compared(Arguments.of(
        net, tech, arch, baseline, gpu, batch, subarray, adc_bits, adc_law, read, pipelined, timing, precision, tiles,
        scenario, overrides, exact, accuracy, data, weights, inputs, samples, seed, command,
    ))  # fmt: skip


def _compared(given: Arguments) -> Comparison:
    from imac_arch.compared import run
    from imac_arch.data.keeping import Interrupted, keeping
    from imac_arch.plan import settle

    with keeping() as kept:
        document, everything = run(settle(given))
    found = Comparison(document, [c.evaluations for c in everything])
    if kept.stopped:
        raise Interrupted(kept.stopped, found)
    return found


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
        plain.name("tech", tech), node=plain.optional(plain.name, "node", node),
        bits=plain.optional(plain.whole, "bits", bits), extra=plain.names("extra", extra),
        overrides=plain.fields("overrides", overrides),
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
    from imac_arch.results.difference import Difference

    given = Arguments.of(
        DEFAULT_NET if net is None else net, None, None, None, gpu, 1, None, None, None, None, False, None, None, None,
        None, None, False, "none", None, None, None, samples, seed, command,
    )  # fmt: skip
    return Difference(differ(plain.name("a", a), plain.name("b", b), given))
