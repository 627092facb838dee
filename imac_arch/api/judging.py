"""The public function behind ``accuracy``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from imac_arch import given as plain
from imac_arch.given import DEFAULT_NET, Fields, Names, Net, Pair
from imac_arch.network import Network
from imac_arch.packages import extended
from imac_arch.results.accuracy import Accuracy, finished

if TYPE_CHECKING:
    from imac_arch.data.quantity import Array

__all__ = ["Accuracy", "accuracy"]


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
    train_levels: int | str | None = None,
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
        train_levels: of a weight, or ``"float"``, which is not rounded; those of the technology's cells where None.
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
        target: the accuracy that is to be kept; where None, the loss is to clear its check in :func:`compare`.
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
    training = Training.of(train, epochs, train_sigma, force, train_levels)
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
