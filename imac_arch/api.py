"""The public functions: files and options in, results out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from imac_arch import given as plain
from imac_arch.driven import Sensitivity, sensitivity
from imac_arch.explored import Sweep, sweep
from imac_arch.given import Fields, Names, Net, Pair, Partition
from imac_arch.network import Network
from imac_arch.packages import extended
from imac_arch.reference import (
    DEFAULT_NET,
    Catalog,
    Explanation,
    FileCheck,
    Keys,
    Netlist,
    NetlistCheck,
    catalog,
    check_file,
    explain,
    keys,
    netlist,
)
from imac_arch.results.accuracy import Accuracy, finished
from imac_arch.results.compared import Comparison, Neurons
from imac_arch.results.difference import Difference
from imac_arch.results.validation import Validation

if TYPE_CHECKING:
    from imac_arch.data.quantity import Array
    from imac_arch.plan import Arguments

__all__ = [
    "Accuracy", "Catalog", "Comparison", "Difference", "Explanation", "FileCheck", "Keys", "Netlist",
    "NetlistCheck", "Neurons", "Sensitivity", "Sweep", "Validation", "accuracy", "catalog", "check_file", "compare",
    "compare_neurons", "diff", "explain", "keys", "netlist", "sensitivity", "sweep", "validate",
]  # fmt: skip

DEFAULT_SAMPLES = 2000
VALIDATE_SAMPLES = 200  # of each of some forty operating points


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
    net: Net | Network | object = DEFAULT_NET,
    tech: str | Path = "sot_mram",
    data: str | Path | Sequence[Array] | Mapping[str, Array] | None = None,
    *,
    weights: str | Path | Sequence[Array] | Mapping[str, Array] | None = None,
    train: str | Path | None = None,
    epochs: int | None = None,
    train_sigma: float = 0.0,
    force: bool = False,
    scenario: str | Path | None = None,
    arch: Names | None = None,
    subarray: Pair | None = None,
    read: str | None = None,
    overrides: Fields | None = None,
    images: int | None = None,
    programmings: int = 10,
    exact: bool = False,
    control: int | None = None,
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
        net: as of :func:`compare`; or a ``torch.nn.Sequential`` of linear layers and sigmoids with its weights, each
            layer divided by its largest one, its gain multiplied by it.
        tech: the technology, by name or path.
        data: folder of MNIST's IDX files, an ``.npz`` file of ``x`` and ``y``, or both arrays, ``(x, y)``; 2,000
            shipped images where None.
        weights: ``.npz`` file or arrays, see :func:`imac_arch.weights.read_weights`; the shipped ones that fit best.
        train: an ``.npz`` file for weights that are trained for this technology on ``data``, and judged by images that
            they were not trained on. Interrupted, the same call goes on from ``NAME.unfinished.npz`` beside it.
        epochs: of the training; 20 where None (``tech/accuracy/training.yaml``).
        train_sigma: relative standard deviation of the conductances during training.
        force: overwrite the file of weights, and an unfinished training of other settings.
        scenario: assumptions with published accuracies, which are judged; it brings what they are about.
        arch: one architecture or a list; all of them by default.
        subarray: rows by weight columns.
        read: ``averaging`` or ``virtual_ground``.
        overrides: any field of the technology by its path.
        images: how many are classified; 1,000 where None.
        programmings: draws of the cells' conductances.
        exact: solve the wires of every programming anew, instead of taking them from the nominal cells.
        control: how many programmings are solved anew to correct the others; 0 for none. None: 10 beyond 10.
        gain: of the amplifiers: ``nominal`` by the law of the read, ``trimmed`` to the nominal cells, or ``given``.
        stuck: share of cells that hold the least or the largest conductance, whatever they should.
        without: effects that are left out, of :data:`imac_arch.studies.accuracy.experiment.EFFECTS`.
        study: how the accuracy goes with a knob, see :data:`imac_arch.studies.accuracy.questions.STUDIES`.
        solve: a knob whose limit is asked for, of :data:`imac_arch.studies.accuracy.questions.KNOBS`, or ``tiles``.
        target: the accuracy that is to be kept.
        seed: of the draws.
        command: the command line.

    Raises:
        ImacError: a wrong name, value or file.
        Interrupted: a ``KeyboardInterrupt`` after something was finished, which is its ``result``.
    """
    from imac_arch.live import network_and_weights
    from imac_arch.resolve import explicit_fields
    from imac_arch.studies.accuracy.experiment import IMAGES, Experiment
    from imac_arch.studies.accuracy.images import given_images
    from imac_arch.studies.accuracy.published import document_of
    from imac_arch.studies.accuracy.trained import Training
    from imac_arch.studies.accuracy.variate import exact_beside

    network, weights = network_and_weights(net, weights)
    training = Training.of(train, epochs, train_sigma, force)
    return finished(document_of(
        plain.optional(plain.name, "scenario", scenario), {"net": net != DEFAULT_NET, "tech": tech != "sot_mram"},
        network, plain.name("tech", tech), plain.optional(plain.some, "arch", arch),
        explicit_fields(
            plain.optional(plain.pair, "subarray", subarray), None, None, plain.optional(plain.name, "read", read),
            plain.fields("overrides", overrides or {}),
        ),
        Experiment(
            IMAGES if images is None else plain.whole("images", images), plain.whole("programmings", programmings),
            plain.flag("exact", exact), plain.name("gain", gain), frozenset(plain.names("without", without)),
            plain.whole("seed", seed), plain.real("stuck", stuck),
            exact_beside(plain.optional(plain.whole, "control", control), programmings, exact),
        ),
        weights=weights, data=None if data is None else given_images(data), training=training,
        about=plain.optional(plain.name, "study", study), solve=plain.optional(plain.name, "solve", solve),
        target=plain.optional(plain.real, "target", target),
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

    given = Arguments.of(
        DEFAULT_NET if net is None else net, None, None, None, gpu, 1, None, None, None, None, False, None, None, None,
        None, None, False, "none", None, None, None, samples, seed, command,
    )  # fmt: skip
    return Difference(differ(plain.name("a", a), plain.name("b", b), given))


@extended
def validate(
    macros: Names = (),
    *,
    samples: int = VALIDATE_SAMPLES,
    seed: int = 0,
    fail_on: str | None = None,
    command: str = "",
) -> Validation:
    """Hold predictions against published silicon: the shipped chips, and those of macro files.

    Args:
        macros: names, files or folders of macro files (``kind: macro``), each with one chip or several; chips without
            measured values are only predicted.
        samples: draws of what files leave out, at least 2.
        seed: of the draws.
        fail_on: a condition, such as ``median<=1.8``, see :meth:`Validation.hold`.
        command: the command line, for the document.

    Raises:
        ImacError: wrong files, with all of their errors, or a condition that does not hold.
    """
    from imac_arch.results.validation import threshold
    from imac_arch.studies.validate.run import validation

    if fail_on is not None:
        threshold(plain.name("fail_on", fail_on), None)
    found = Validation(validation(
        plain.names("macros", macros), samples=plain.whole("samples", samples), seed=plain.whole("seed", seed),
        command=plain.name("command", command),
    ))  # fmt: skip
    if fail_on is not None:
        found.hold(fail_on)
    return found
