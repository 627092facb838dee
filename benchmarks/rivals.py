"""Inference through crossbars with wires beside AIHWKit and CrossSim, where they are installed: time and memory.

    OMP_NUM_THREADS=1 python benchmarks/rivals.py [IMAGES]

784-128-10, the shipped binary network, on subarrays of 128x128 with wires, a virtual ground, no variation and no
converters; everybody in a process of their own, on one thread. What is solved differs: ours the wires of every subarray
exactly, once; CrossSim's circuit solver every input anew, to its own error; AIHWKit's ``ir_drop`` a fixed share by the
place of a column, its ``irdrop_t`` a circuit per input and time slot, with the cells of its own default. So accuracies,
of the first so many images, are printed and not compared. Ours takes all images that are shipped, the others so many;
times are per image, ours with the solution of the wires; memory with what is imported. ``pip install aihwkit``, ``pip
install git+https://github.com/sandialabs/cross-sim``; what is missing is said and left out.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded

import importlib.util
import json
import resource
import subprocess
import sys
import time

import numpy as np

NET, SIDE = "784-128-10", 128
IMAGES = 100
NEEDED = {"aihwkit": "aihwkit", "aihwkit_t": "aihwkit", "crosssim": "simulator"}
RIVALS = {
    "imac_arch": "imac-arch, every subarray exactly", "crosssim": "CrossSim, parasitics per input",
    "aihwkit": "AIHWKit, ir_drop", "aihwkit_t": "AIHWKit, irdrop_t",
}  # fmt: skip


def network():
    """Return the shipped network and images that fit it."""
    from imac_arch.resolve import Request, resolve
    from imac_arch.studies.accuracy.comparison import images_for, net_for

    fields = {"subarray.rows": str(SIDE), "subarray.cols": str(SIDE)}
    request = Request(NET, "sot_mram_imec", samples=0, fields=fields)
    inputs = resolve(request).inputs
    case = inputs.at_medians().case()
    return inputs, net_for(case, None), images_for(case.network, None)


def judged(sums, y):
    return float(np.mean(np.argmax(sums, axis=1) == y))


def imac_arch(count):
    """Return images, seconds and accuracy of ours, all images."""
    from imac_arch.studies.accuracy.experiment import EFFECTS, Experiment
    from imac_arch.studies.accuracy.judge import accuracy_rows

    inputs, net, images = network()
    wanted = Experiment(images=None, programmings=1, exact=True, without=frozenset({*EFFECTS} - {"wires"}))
    start = time.perf_counter()
    found = accuracy_rows(inputs, ["imac"], images, net, None, wanted)[0]
    seconds = time.perf_counter() - start
    return len(images.y), seconds, float(found.chips.by_image[:count].mean())


def hidden(sums, gain):
    return 1 / (1 + np.exp(-gain * sums))


def crosssim(count):
    """Return the same of CrossSim: a core per layer, which splits it into arrays."""
    from simulator import AnalogCore, CrossSimParameters

    from imac_arch.circuit import line_values

    inputs, net, images = network()
    case = inputs.at_medians().case()
    volts = case.technology.read.voltage.x
    low, high = sorted(float(1 / np.ravel(g)[0]) for g in case.synapse.conductances(np.array([1.0]), volts))
    lines = line_values(case)
    start, value = time.perf_counter(), net.shown(images.x[:count])
    for k, (stored, gain) in enumerate(zip(net.weights, net.gains, strict=True)):
        given = CrossSimParameters()
        given.core.rows_max = given.core.cols_max = SIDE
        given.xbar.device.Rmin, given.xbar.device.Rmax = low, high
        wires = given.xbar.array.parasitics
        wires.enable, wires.Rp_row, wires.Rp_col = True, lines.r_word / low, lines.r_bit / low
        core = AnalogCore(stored.T, params=given)
        sums = core.matmat(np.concatenate([value, np.ones((len(value), 1))], axis=1).T).T
        value = hidden(sums, gain) if k < len(net.weights) - 1 else sums
    return count, time.perf_counter() - start, judged(value, images.y[:count])


def by_aihwkit(count, timed):
    """Return the same of AIHWKit: its tiles hold 128x128 weights."""
    import torch
    from aihwkit.nn import AnalogLinearMapped
    from aihwkit.simulator import configs

    torch.set_num_threads(1)
    _, net, images = network()
    rpu = configs.TorchInferenceRPUConfigIRDropT() if timed else configs.InferenceRPUConfig()
    rpu.forward.is_perfect = False
    rpu.forward.ir_drop = 1.0
    rpu.mapping.max_input_size = rpu.mapping.max_output_size = SIDE
    x = torch.tensor(net.shown(images.x[:count]), dtype=torch.float32)
    start = time.perf_counter()
    with torch.no_grad():
        for stored, gain in zip(net.weights, net.gains, strict=True):
            layer = AnalogLinearMapped(stored.shape[0] - 1, stored.shape[1], bias=True, rpu_config=rpu)
            layer.set_weights(torch.tensor(stored[:-1].T.copy(), dtype=torch.float32),
                              torch.tensor(stored[-1].copy(), dtype=torch.float32))  # fmt: skip
            layer.eval()
            sums = layer(x)
            x = torch.sigmoid(gain * sums)
    return count, time.perf_counter() - start, judged(sums.numpy(), images.y[:count])


def aihwkit(count):
    return by_aihwkit(count, False)


def aihwkit_t(count):
    return by_aihwkit(count, True)


def alone(name, count):
    """Run one of them, and print what was measured."""
    number, seconds, accuracy = globals()[name](count)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"images": number, "seconds": seconds, "accuracy": accuracy, "peak": peak}))


def main(count=IMAGES):
    """Measure everybody who is installed."""
    ours = None
    print(f"{'784-128-10 on 128x128':<36} {'images':>7} {'s':>8} {'ms/image':>9} {'x':>8} {'MB':>6} {'right':>7}")
    for name, title in RIVALS.items():
        if name in NEEDED and importlib.util.find_spec(NEEDED[name]) is None:
            print(f"{title:<36} not installed")
            continue
        done = subprocess.run([sys.executable, __file__, name, str(count)], capture_output=True, text=True)
        if done.returncode:
            print(f"{title:<36} failed: {done.stderr.strip().splitlines()[-1]}")
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        each = 1000 * found["seconds"] / found["images"]
        ours = ours or each
        print(f"{title:<36} {found['images']:>7,} {found['seconds']:>8.2f} {each:>9.3f} {each / ours:>8.1f} "
              f"{found['peak']:>6.0f} {found['accuracy']:>7.1%}")  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) > 2:
        alone(sys.argv[1], int(sys.argv[2]))
    else:
        main(*map(int, sys.argv[1:]))
