"""The forward pass through layers of crossbars: one exact linear map a layer, then amplifiers and neurons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from imac_arch.crossbar.layer import CheckedLayer, Layer, checked_chain, checked_inputs
from imac_arch.crossbar.nodes import amplifier_signals, end_signals, neuron_signals
from imac_arch.crossbar.wires import Array, CrossbarError

__all__ = ["ForwardPass", "LayerOutputs", "outputs"]


@dataclass(frozen=True, slots=True)
class LayerOutputs:
    """What a layer gives for a batch of inputs.

    Attributes:
        ends: what its bit lines read [A] or [V], (..., cols); of tied row tiles the mean.
        amplified: by its amplifiers [V], (..., cols/2); None without a stage.
        neurons: outputs of its neurons [V], (..., cols/2); None without a stage.
    """

    ends: Array
    amplified: Array | None = None
    neurons: Array | None = None

    @property
    def values(self) -> Array:
        """The output of the layer: of its neurons, or of its bit lines where it has none."""
        return self.ends if self.neurons is None else self.neurons


@dataclass(frozen=True, slots=True)
class ForwardPass:
    """A network of crossbars whose linear maps are known; every call is a matrix product a layer.

    A layer of cells whose conductance depends on voltage has no such map; it is solved for every input.

    Attributes:
        layers: from the inputs to the outputs; all but the last have a stage.
        checked: the same, checked.
        maps: of each layer, (rows, cols), in siemens or volts per volt; None where its cells depend on voltage.
    """

    layers: tuple[Layer, ...]
    checked: tuple[CheckedLayer, ...]
    maps: tuple[Array | None, ...]

    @classmethod
    def of(cls, layers: Sequence[Layer]) -> ForwardPass:
        """Return the forward pass through these layers.

        Raises:
            CrossbarError: a value that cannot be, or layers that do not fit.
            UnknownName: a read circuit or joining that does not exist.
        """
        checked = checked_chain(layers)
        return cls(
            tuple(layers), tuple(checked), tuple(layer.map() if layer.cell is None else None for layer in layers)
        )

    def __call__(self, inputs: ArrayLike) -> list[LayerOutputs]:
        """Return what every layer gives.

        Args:
            inputs: of the first layer, without its bias [V], (..., inputs).

        Raises:
            CrossbarError: inputs of another shape, or not finite.
        """
        values = checked_inputs(self.checked[0], inputs)
        given = []
        for layer, linear in zip(self.layers, self.maps, strict=True):
            drive = layer.drive(values)
            ends = layer.ends(drive) if linear is None else drive @ linear
            if layer.stage is None:
                given.append(LayerOutputs(ends))
                continue
            amplified = layer.stage.amplify(ends)
            values = layer.stage.fire(amplified)
            given.append(LayerOutputs(ends, amplified, values))
        return given


def outputs(layers: Sequence[Layer], inputs: ArrayLike) -> dict[str, float]:
    """Return what ngspice should print at the operating point, by the same names, from the exact crossbars.

    The ends of bit lines in tied row tiles are left out: the forward pass knows their mean alone.

    Args:
        layers: from the inputs to the outputs; all but the last need a stage, whose neurons drive the next.
        inputs: [V], (inputs,), one per word line of the first layer, its bias not counted.

    Raises:
        CrossbarError: a value that cannot be, or layers that do not fit.
        UnknownName: a read circuit or joining that does not exist.
    """
    network = ForwardPass.of(layers)
    volts = checked_inputs(network.checked[0], inputs)
    if volts.ndim != 1:
        raise CrossbarError(f"inputs: shape {volts.shape}; an operating point has one value a word line")
    named: dict[str, float] = {}
    for k, (layer, state) in enumerate(zip(network.checked, network(volts), strict=True)):
        groups: list[tuple[list[str], Array | None]] = [
            ([] if layer.tied else end_signals(k, layer)[0], None if layer.tied else state.ends),
            (amplifier_signals(k, layer), state.amplified),
            (neuron_signals(k, layer), state.neurons),
        ]
        for names, values in groups:
            if values is not None:
                named |= dict(zip(names, values.tolist(), strict=True))
    return named
