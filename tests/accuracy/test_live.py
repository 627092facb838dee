"""Networks that live in Python: torch.nn.Sequential and whatever looks like it."""

import sys

import numpy as np
import pytest

import imac_arch
from imac_arch.data.errors import UsageError
from imac_arch.live import is_live, live_network
from imac_arch.studies.accuracy.experiment import EFFECTS
from imac_arch.studies.accuracy.laws import Law, chosen, logistic, outputs
from imac_arch.studies.accuracy.nets import given_net
from tests.accuracy.bench import case_of


class Tensor:
    """An array that gives its numbers only to whoever asks as one asks PyTorch."""

    def __init__(self, values, grad=True):
        self.values, self.grad = np.asarray(values, dtype=np.float32), grad

    def detach(self):
        return Tensor(self.values, grad=False)

    def cpu(self):
        return self

    def double(self):
        return self

    def __array__(self, dtype=None, copy=None):
        if self.grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.\nUse tensor.detach().numpy() instead.")
        return self.values.astype(dtype or np.float32)


class Module:
    pass


class Linear(Module):
    def __init__(self, inputs, outputs, bias=True, scale=3.0, seed=0):
        generator = np.random.default_rng([seed, inputs, outputs])
        self.weight = Tensor(scale * generator.standard_normal((outputs, inputs)))
        self.bias = Tensor(generator.standard_normal(outputs)) if bias else None


class Sequential(list):
    pass


class Mine(Linear):
    """A layer of somebody's own that is a linear one."""


def kind(name):
    return type(name, (Module,), {})()


def net(*layers):
    return Sequential(layers or [kind("Flatten"), Linear(6, 4), kind("Sigmoid"), Linear(4, 3), kind("LogSoftmax")])


def computed(layers, x):
    for layer in layers:
        if isinstance(layer, Linear):
            x = x @ layer.weight.values.T + (0 if layer.bias is None else layer.bias.values)
        elif type(layer).__name__ == "Sigmoid":
            x = logistic(x)
    return x


@pytest.fixture
def data():
    x = (np.random.default_rng(1).random((200, 6)) > 0.5).astype(float)
    return x, chosen(computed(net(), x))


def test_what_crossbars_hold_computes_the_same(data):
    live = live_network(net())
    assert live.network.name == "6-4-3"
    weights = [live.weights["W1"], live.weights["W2"]]
    assert [np.abs(w).max() for w in weights] == [1, 1]
    given = given_net(live.weights, case_of("sot_mram_imec", {}, "6-4-3"))
    sums = outputs(data[0], given.weights, given.gains, Law())[-1]
    assert sums == pytest.approx(computed(net(), data[0]), rel=1e-5, abs=1e-5)


def test_a_live_network_is_judged(data):
    found = imac_arch.accuracy(net(), "sot_mram_imec", data, arch="imac", without=list(EFFECTS))
    (row,) = found.document.accuracy
    assert row.software == 1.0
    assert row.value == 1.0
    assert "layers divided by" in row.note
    assert "weights between the 2 levels that cells hold" in row.note
    assert "inputs shown as 1 bit" in row.note
    averaged = imac_arch.accuracy(net(), "sot_mram", data, arch="imac").document.accuracy[0]
    assert "taken as trained for virtual_ground, read by averaging" in averaged.note
    bipolar = imac_arch.accuracy(net(), "sot_mram_imec", data, overrides={"read.encoding": "-V/+V"}, arch="imac")
    assert "taken as trained for inputs at 0 and V" in bipolar.document.accuracy[0].note
    assert "torch" not in sys.modules


def test_arrays_of_images_are_taken_as_they_are(data):
    x, y = data
    pairs = [imac_arch.accuracy(net(), "sot_mram_imec", given, arch="digital") for given in (data, {"x": x, "y": y})]
    assert pairs[0].document.accuracy == pairs[1].document.accuracy


def test_layers_without_bias_inside_one_another_and_of_ones_own():
    live = live_network(net(Sequential([Mine(6, 4, bias=False), kind("Dropout")]), kind("Sigmoid"), Linear(4, 3)))
    assert not live.weights["W1"][-1].any()
    assert live.weights["W1"].shape == (7, 4)
    assert live_network(net(Linear(6, 3, scale=0.0, bias=False))).weights["gain"] == 1


def test_other_activations_are_taken_and_named(data):
    for name in ("ReLU", "Tanh"):
        given = net(Linear(6, 4), kind(name), Linear(4, 3))
        assert live_network(given).network.name == f"6-4:{name.lower()}-3"
        row = imac_arch.accuracy(given, "sot_mram_imec", data).document.accuracy[0]
        assert row.value is None
        assert name.lower() in row.reason


NAN = Linear(6, 4)
NAN.weight = Tensor(np.full((4, 6), np.nan))
FLAT = Linear(6, 4)
FLAT.weight = Tensor(np.ones(24))
WORDS = Linear(6, 4)
WORDS.weight = "many"
LONG = Linear(6, 4)
LONG.bias = Tensor(np.ones(5))
BAD = {
    "convolution": ((kind("Conv2d"), Linear(6, 4)), r"net\[0\] is a Conv2d, which no crossbar .* allowed are Lin"),
    "two linear": ((Linear(6, 4), Linear(4, 3)), r"net\[1\], a Linear, follows another one"),
    "inside": ((Sequential([Linear(6, 4), kind("GELU")]), Linear(4, 3)), r"net\[0\]\[1\] is a GELU"),
    "first": ((kind("Sigmoid"), Linear(6, 4)), r"net\[0\], a Sigmoid, does not follow a Linear"),
    "twice": ((Linear(6, 4), kind("Sigmoid"), kind("ReLU"), Linear(4, 3)), r"net\[2\], a ReLU, does not follow"),
    "softmax inside": ((Linear(6, 4), kind("Softmax"), Linear(4, 3)), r"net\[0\] is followed by a Softmax"),
    "relu at the end": ((Linear(6, 4), kind("ReLU")), r"the last layer, is followed by a ReLU; allowed are Sigmoid"),
    "widths": ((Linear(6, 4), kind("Sigmoid"), Linear(5, 3)), r"net\[2\] takes 5 inputs; the layer before it gives 4"),
    "nothing": ((kind("Flatten"),), "net has no Linear layer"),
    "not a number": ((NAN,), r"net\[0\]\.weight has the shape \(4, 6\); expected finite numbers"),
    "flat": ((FLAT,), r"net\[0\]\.weight has the shape \(24,\)"),
    "words": ((WORDS,), r"net\[0\]\.weight is no array of numbers"),
    "bias": ((LONG,), r"net\[0\]\.bias has 5 values; its weight has 4 outputs"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_crossbars_do_not_compute_is_refused(name):
    layers, says = BAD[name]
    with pytest.raises(UsageError, match=says):
        imac_arch.accuracy(net(*layers))


def test_what_else_is_given_is_refused(data):
    with pytest.raises(UsageError, match="weights are given beside a network that has its own"):
        imac_arch.accuracy(net(), weights={"W1": 1})
    for wrong, says in (
        (3, "data: a int"), ((data[0],), "data: a tuple"), ((data[0], "x"), "y has"),
        ((data[0].reshape(200, 2, 3), data[1]), r"reshape\(200, -1\)"), ((data[0] * 255, data[1]), "divide bytes"),
        (([[1, 2], [3]], [0]), "data: no arrays"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=says):
            imac_arch.accuracy(net(), "sot_mram_imec", wrong)
    assert not is_live("784-128-10")
    assert not is_live([784, 10])


def test_a_live_network_of_pytorch(data):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    layers = [torch.nn.Flatten(), torch.nn.Linear(6, 4), torch.nn.Sigmoid(), torch.nn.Linear(4, 3)]
    for given in (torch.nn.Sequential(*layers), torch.nn.Sequential(*layers).to(torch.bfloat16)):
        live = live_network(given)
        with torch.no_grad():
            wanted = given(torch.tensor(data[0]).to(given[1].weight.dtype)).double().numpy()
        net_ = given_net(live.weights, case_of("sot_mram_imec", {}, "6-4-3"))
        found = outputs(data[0], net_.weights, net_.gains, Law())[-1]
        assert found == pytest.approx(wanted, abs=1e-5 if given[1].weight.dtype == torch.float32 else 0.05)
    x, y = torch.tensor(data[0]), torch.tensor(data[1])
    assert imac_arch.accuracy(given, "sot_mram_imec", (x, y), arch="digital").document.accuracy[0].value is not None
