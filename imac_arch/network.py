"""The workload: a multi-layer perceptron as layer widths, activation functions and activity statistics."""

import itertools
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.config import JsonDict

from imac_arch.data.errors import UsageError, nearest
from imac_arch.data.quantity import In, Quantity, about

__all__ = ["MAX_WEIGHTS", "Activity", "Layer", "Network", "parse_network"]

Activation = Literal["sigmoid", "tanh", "relu", "identity"]
USUAL: Activation = "sigmoid"
ACTIVATIONS: tuple[str, ...] = get_args(Activation)
MAX_WEIGHTS = 10**12
MANY = 200  # characters of a text in which widths are looked for
MAX_LAYERS = 10**3  # each is a row of every table
TILES = ("row_tiles", "col_tiles")
SHARE = In("", ge=0, le=1, plain=True)


class TileVariance(BaseModel):
    """How far the mean of a tile of neighbouring values fluctuates."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    rows: Annotated[Quantity, In("", "values in a contiguous tile", ge=1, plain=True, usual="1 .. 1e6")]
    variance: Annotated[
        Quantity, SHARE.said("variance of their mean over that of one value; 1/rows if independent", "1e-6 .. 1")
    ]


class Activity(BaseModel):
    """Mean and mean square of the normalized values on a set of lines, 0 to 1, and how neighbours go together."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    mean: Annotated[Quantity, SHARE.said("mean of the normalized values", "0.001 .. 1")]
    mean_square: Annotated[Quantity, SHARE.said("mean square of the normalized values", "0.0001 .. 1")]
    tiles: Annotated[
        tuple[TileVariance, ...], about("variance of the mean of contiguous tiles, by height; independent where none")
    ] = ()

    @model_validator(mode="after")
    def _possible(self) -> "Activity":
        mean, square = self.mean.value, self.mean_square.value
        if not mean**2 * (1 - 1e-9) <= square <= mean * (1 + 1e-9):
            raise ValueError(
                f"no values between 0 and 1 have a mean of {mean:g} and a mean square of {square:g}; "
                f"the mean square lies between {mean**2:.4g} and {mean:g}"
            )
        return self


class Layer(BaseModel):
    """One layer: ``fan_in`` inputs, ``fan_out`` neurons. The bias is not counted in ``fan_in``.

    ``uses`` is how often one inference uses it, 1 for a dense layer. ``row_tiles`` and ``col_tiles`` are the requested
    partition; None for the fewest that fit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    fan_in: int = Field(gt=0)
    fan_out: int = Field(gt=0)
    activation: Activation = USUAL
    uses: int = Field(1, gt=0)
    row_tiles: int | None = Field(None, gt=0)
    col_tiles: int | None = Field(None, gt=0)


class Network(BaseModel):
    """A multi-layer perceptron.

    Attributes:
        name: the short form, ``784-128-10``, or ``784-128:relu-10`` with an activation other than sigmoid.
        layers: the dense layers, at least one.
        bias: ``row`` adds one crossbar row per layer; ``neuron`` moves the bias into the neuron.
        input: statistics of the inputs; None takes the measured MNIST ones.
        hidden: statistics of the hidden activations; None takes the assumed ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    layers: tuple[Layer, ...] = Field(min_length=1)
    bias: Literal["row", "neuron"] = "row"
    input: Activity | None = None
    hidden: Activity | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Network":
        for before, after in itertools.pairwise(self.layers):
            if before.fan_out != after.fan_in:
                raise ValueError(f"a layer of {before.fan_out} outputs cannot feed one of {after.fan_in} inputs")
        if len(self.layers) > MAX_LAYERS:
            raise ValueError(_too_deep(len(self.layers)))
        if self.macs > MAX_WEIGHTS:
            raise ValueError(_too_large(self.macs))
        return self

    @cached_property
    def fan_in(self) -> NDArray[np.int64]:
        """Inputs of each layer, shape (layers,)."""
        return np.array([layer.fan_in for layer in self.layers], dtype=np.int64)

    @cached_property
    def fan_out(self) -> NDArray[np.int64]:
        """Neurons of each layer, shape (layers,)."""
        return np.array([layer.fan_out for layer in self.layers], dtype=np.int64)

    @property
    def tiles(self) -> tuple[tuple[int | None, int | None], ...]:
        """Requested row tiles and column tiles of each layer; None for the fewest that fit."""
        return tuple((layer.row_tiles, layer.col_tiles) for layer in self.layers)

    def partitioned(self, text: str) -> "Network":
        """Return the network with the partitions of ``16x8,8x8,8x1``: row tiles x column tiles of each layer.

        ``auto`` for a layer selects the fewest tiles that fit.

        Raises:
            UsageError: the number of layers differs, or a count is not an integer of 1 or more.
        """
        parts = [part.strip().lower().replace("×", "x") for part in text.split(",")]
        if len(parts) != len(self.layers):
            raise UsageError(
                f"tiles {text!r} are for {len(parts)} layers, {self.name} has {len(self.layers)}; "
                "write row tiles x column tiles of each, such as 16x8,8x8,8x1, or auto in the place of one"
            )
        layers = []
        for number, (part, layer) in enumerate(zip(parts, self.layers, strict=True), 1):
            match = re.fullmatch(r"0*([1-9][0-9]{0,11})x0*([1-9][0-9]{0,11})", part)
            if match is None and part != "auto":
                raise UsageError(f"tiles {text!r}: layer {number} is {part!r}; write row tiles x column tiles, or auto")
            counts = (int(match[1]), int(match[2])) if match else (None, None)
            layers.append(layer.model_copy(update=dict(zip(("row_tiles", "col_tiles"), counts, strict=True))))
        return self.model_copy(update={"layers": tuple(layers)})

    @property
    def after(self) -> tuple[tuple[int, ...], ...]:
        """The layers, counted from 0, whose outputs each layer waits for: a graph, whose only form is the chain."""
        return tuple((layer - 1,) if layer else () for layer in range(len(self.layers)))

    @property
    def macs(self) -> int:
        """Multiply-accumulate operations per inference; biases are not counted."""
        return sum(layer.uses * layer.fan_in * layer.fan_out for layer in self.layers)

    @property
    def ops(self) -> int:
        """Operations per inference, two for each multiply-accumulate."""
        return 2 * self.macs

    @property
    def bias_rows(self) -> int:
        """Rows that the bias adds to each layer's crossbar: 1 or 0."""
        return 1 if self.bias == "row" else 0


WIDTH: JsonDict = {"type": "integer", "minimum": 1, "description": "neurons of the layer"}
TILED: JsonDict = {"type": "integer", "minimum": 1, "description": "partitions of the layer that are asked for"}
LAYER: JsonDict = {  # how the list of layers is written, for editors
    "type": "object",
    "properties": {"width": WIDTH, "activation": {"enum": [*ACTIVATIONS]}, **dict.fromkeys(TILES, TILED)},
    "required": ["width"],
    "additionalProperties": False,
}


class NetworkFile(BaseModel):
    """The YAML form: ``layers: [784, {width: 128, activation: sigmoid}, 10]`` and the statistics of the data."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Annotated[str | None, about("name of the network; its widths where absent")] = None
    layers: Annotated[
        tuple[Any, ...],
        Field(
            description="number of inputs, then a width or {width, activation, row_tiles, col_tiles} per layer",
            json_schema_extra={"items": {"anyOf": [WIDTH, LAYER]}, "minItems": 2},
        ),
    ]
    bias: Annotated[Literal["row", "neuron"], about("the bias as a crossbar row, or inside the neuron")] = "row"
    input: Annotated[Activity | None, about("statistics of the inputs; measured MNIST statistics where absent")] = None
    hidden: Annotated[Activity | None, about("statistics of the hidden activations; assumed ones where absent")] = None

    @field_validator("layers")
    @classmethod
    def _layers(cls, given: tuple[Any, ...]) -> tuple[Any, ...]:
        parts = []
        for i, item in enumerate(given):
            if isinstance(item, dict):
                unknown = set(item) - {"width", "activation", *TILES}
                if unknown or "width" not in item:
                    raise ValueError(
                        f"layer {i} is {item!r}; allowed: a width, or {{width: 128, activation: sigmoid}}, "
                        "with row_tiles and col_tiles where partitions are asked for"
                    )
                for name in TILES:
                    count = item.get(name)
                    if count is not None and (i == 0 or type(count) is not int or count < 1):
                        needed = "the inputs have none" if i == 0 else "needed is a whole number of 1 or more"
                        raise ValueError(f"layer {i}: {name} is {count!r}; {needed}")
                parts.append((str(item["width"]), item.get("activation", "")))
            else:
                parts.append((str(item), ""))
        try:
            widths = _widths(parts)
        except UsageError as error:
            raise ValueError(str(error)) from None
        asked = [item if isinstance(item, dict) else {} for item in given]
        return tuple((*pair, *(item.get(name) for name in TILES)) for pair, item in zip(widths, asked, strict=True))

    def network(self) -> Network:
        """Return the network."""
        layers = _layers(self.layers)
        name = self.name or _name([(width, activation) for width, activation, *_ in self.layers])
        return Network(name=name, layers=layers, bias=self.bias, input=self.input, hidden=self.hidden)


def parse_network(text: str) -> Network:
    """Read the short form of a network: widths joined by ``-``, each with an optional ``:activation``.

    ``784-128-10``, ``784-128:sigmoid-10:identity``. The first width is the number of inputs.

    Raises:
        UsageError: fewer than two widths, a width that is not a positive integer, an unknown activation, or more
            than 10^12 weights or 1,000 layers.
    """
    stripped = text.strip()
    if not stripped:
        raise UsageError("the network is empty; write its widths joined by '-', such as 784-128-10")
    parts = [tuple(part.split(":", 1)) if ":" in part else (part, "") for part in stripped.split("-")]
    widths = _widths([(str(a), str(b)) for a, b in parts])
    return Network(name=_name(widths), layers=_layers(tuple(widths)))


def _name(widths: Sequence[tuple[int, str]]) -> str:
    """Return the short form: widths, with the activations that are no sigmoid."""
    return "-".join(f"{width}" if act == USUAL else f"{width}:{act}" for width, act in widths)


def _widths(parts: list[tuple[str, str]]) -> list[tuple[int, str]]:
    """Check widths and activations; the message names the position and the closest match."""
    given = "-".join(width + (f":{act}" if act else "") for width, act in parts)
    if len(parts) < 2:
        first = parts[0][0].strip() if parts else ""
        several = re.fullmatch(r"[1-9][0-9]*(?:[x×*,;_> ]+[1-9][0-9]*)+", first) and len(first) < MANY
        meant = f"; did you mean {'-'.join(re.findall('[0-9]+', first))!r}?" if several else ""
        example = f"{first}-10" if re.fullmatch(r"[1-9][0-9]{0,9}", first) else "784-10"
        text = f"network {given!r}: a network needs at least two widths, inputs and outputs, such as {example}"
        raise UsageError(text + meant)
    if len(parts) - 1 > MAX_LAYERS:
        raise UsageError(f"network {parts[0][0]}-{parts[1][0]}-...: {_too_deep(len(parts) - 1)}")
    checked: list[tuple[int, str]] = []
    for place, (width, activation) in enumerate(parts, 1):
        if not re.fullmatch(r"[0-9]+", width.strip()) or not 0 < len(width.strip().lstrip("0")) <= 13:
            what = "is empty" if not width.strip() else f"is {width.strip()!r}"
            raise UsageError(
                f"network {given!r}: width {place} {what}; a width is a positive whole number of "
                "at most 13 digits, such as 784-128-10"
            )
        name = str(activation or USUAL)
        if name not in ACTIVATIONS:
            guess = nearest(name, ACTIVATIONS)
            hint = f"did you mean {guess!r}? " if guess else ""
            raise UsageError(f"network {given!r}: unknown activation {name!r}; {hint}allowed: {', '.join(ACTIVATIONS)}")
        if place == 1 and activation:
            raise UsageError(f"network {given!r}: the first width is the number of inputs, which have no activation")
        checked.append((int(width.strip()), name))
    weights = sum(a * b for (a, _), (b, _) in itertools.pairwise(checked))
    if weights > MAX_WEIGHTS:
        raise UsageError(f"network {given!r}: {_too_large(weights)}")
    return checked


def _too_large(weights: float) -> str:
    return f"{weights:,.0f} weights; at most {MAX_WEIGHTS:,.0f} are allowed"


def _too_deep(layers: int) -> str:
    return f"{layers:,} layers; at most {MAX_LAYERS:,} are allowed"


def _layers(widths: Sequence[tuple[Any, ...]]) -> tuple[Layer, ...]:
    names = ("fan_out", "activation", *TILES)
    return tuple(
        Layer.model_validate({"fan_in": before[0], **dict(zip(names, after, strict=False))})
        for before, after in itertools.pairwise(widths)
    )
