"""No interval of nothing: half and twice of every number, and which of those that move a headline have no range."""

import math
import re
from dataclasses import replace
from fnmatch import fnmatch
from functools import lru_cache

import numpy as np
import pytest

from imac_arch.components.adc import adc_laws
from imac_arch.components.base import Laws
from imac_arch.data.registry import names
from imac_arch.data.walk import each_quantity, with_quantities
from imac_arch.evaluate import evaluate
from imac_arch.resolve import usual_architectures
from imac_arch.technology_files import load_neuron
from tests.helpers import ALL, ROOT, approx, inputs, run

HEADLINES = ("power", "area", "latency", "energy", "pap", "eap", "throughput")
KNOWN = {"published", "derived", "measured", "simulated", "fitted"}
FACTORS = (0.5, 2.0, 0.8, 1.25)  # the last two for what cannot be halved: mean and mean square bind one another
MOST = math.log(1.05)
TECHNOLOGIES = [name for name in names("technology") if name != "made_up"]  # a template, every number of it made up
CASES = {
    **{name: {"tech": name} for name in TECHNOLOGIES},
    **{f"law {law}": {"overrides": {"components.adc.law": law}} for law in adc_laws()},
    **{f"board {board}": {"gpu": board} for board in names("board")},
    "native": {"precision": "native"},
    "declared": {"timing": "declared"},
    "pipelined": {"pipelined": True},
    "signed": {"overrides": {"read.encoding": "-V/+V"}},
    "always biased": {"overrides": {"read.bias_window": "always"}},
    "input converters": {"overrides": {"read.input_mode": "dac", "read.input_bits": "8"}},
    "pulses": {"overrides": {"read.input_mode": "pulse", "read.input_bits": "4"}},
    "virtual ground": {"overrides": {"read.circuit": "virtual_ground"}},
    "averaging": {"tech": "sot_mram_imec", "overrides": {"read.circuit": "averaging"}},
    "fast memory": {"overrides": {"components.sram.law": "sram_hp"}},
    **{f"wires of {metal}": {"overrides": {"components.wire": f"{{kind: node_wire, metal: {metal}}}"}}
       for metal in ("m1", "local")},
    **{f"neuron {name}": {"overrides": {"components.digital_neuron": {
        **load_neuron(name).document.data["neuron"], "shared": {"value": 8, "status": "assumed"}}}}
       for name in ("cordic", "lut", "pwl")},
}  # fmt: skip
# what no headline rests on: limits that designs are judged by, choices themselves, claims, ends of validity, and the
# span over which the error of a digital neuron is said
ASIDE = (
    "laws.limits.*", "laws.choices.*", "laws.neuron_claims.*", "laws.*.m[ai][nx]_*", "*.max_read_voltage",
    "components.digital_neuron.span",
)  # fmt: skip


def listed():
    """The patterns of the page of choices."""
    page = (ROOT / "docs" / "choices.md").read_text()
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    return [pattern for row in rows for pattern in re.findall(r"`([^`]+)`", row)]


def parts(given):
    yield "", given.technology
    yield "board.", given.board
    yield from ((f"laws.{name}.", law) for name, law in given.laws.by_name.items())


def dotted(prefix, path):
    return prefix + ".".join(map(str, path))


def compared(given):
    """The four of every comparison, and whatever else the technology is about."""
    more = usual_architectures([given.technology.name])
    return (*ALL, *(name for name in more if name not in ALL))


def spread(given, points):
    """Inputs with a sample for each point, a path and a factor: the number there is multiplied, all others stay."""
    at = {}
    for k, (path, factor) in enumerate(points, start=1):
        at.setdefault(path, []).append((k, factor))

    def change(prefix):
        def fill(path, quantity):
            own = at.get(dotted(prefix, path))
            if own is None:
                return quantity
            values = np.full(len(points) + 1, quantity.value)
            for k, factor in own:
                values[k] = quantity.value * factor
            return quantity.at(values)

        return fill

    laws = {name: with_quantities(law, change(f"laws.{name}.")) for name, law in given.laws.by_name.items()}
    return replace(
        given, technology=with_quantities(given.technology, change("")), laws=Laws(laws),
        board=with_quantities(given.board, change("board.")), samples=len(points),
    )  # fmt: skip


def moved(given):
    """By how much each number that is read moves the headline that it moves most, as a logarithm of the ratio.

    Not a number where no design with another value can be.
    """
    whole = compared(given)
    read = set().union(*(evaluation.readings for evaluation in evaluate(given, whole)))
    every = {dotted(prefix, path): q for prefix, model in parts(given) for path, q in each_quantity(model)}
    used = {path: every[path] for path in sorted(read & every.keys()) if every[path].value}
    points = [(path, f) for path, q in used.items() for f in FACTORS if not q.declared.refusal(q.value * f)]
    with np.errstate(all="ignore"):
        found = {e.architecture: e.masked().metrics for e in evaluate(spread(given, points), whole)}
    ways = []
    for other in whole[1:]:
        for name in HEADLINES:
            ratio = np.broadcast_to(np.log(found[other][name] / found["imac"][name]), (len(points) + 1,))
            ways.append(np.abs(ratio[1:] - ratio[0]))
    most = np.max(ways, axis=0)
    result = {}
    for (path, _), value in zip(points, most, strict=True):
        before = result.get(path, math.nan)
        result[path] = value if math.isnan(before) else before if math.isnan(value) else max(before, value)
    return used, result


@lru_cache
def of(case):
    return moved(inputs(**CASES[case]))


def unranged(case):
    """Numbers that move a headline by more than 5 % and have neither a range nor a source of their value."""
    used, most = of(case)
    return {
        path: value
        for path, value in most.items()
        if not value <= MOST and not used[path].uncertain and used[path].status not in KNOWN
    }


@pytest.mark.parametrize("case", CASES)
def test_a_number_that_moves_a_headline_has_a_range_or_is_a_choice(case):
    patterns = listed()
    wrong = {
        path: f"{math.exp(value) - 1:+.0%}"
        for path, value in unranged(case).items()
        if not any(fnmatch(path, pattern) for pattern in patterns)
    }
    assert not wrong, "give these a range with a note, or list them in docs/choices.md with the reason"


def test_a_number_that_none_of_these_reads_has_a_range_or_a_source_too():
    every = {}
    for case in CASES:
        for prefix, model in parts(inputs(**CASES[case])):
            every |= {dotted(prefix, path): quantity for path, quantity in each_quantity(model)}
    left = every.keys() - set().union(*(of(case)[0] for case in CASES))
    assert len(left) < len(every) / 8
    bare = [
        path for path in left if every[path].value and not every[path].uncertain and every[path].status not in KNOWN
    ]
    assert [path for path in bare if not any(fnmatch(path, pattern) for pattern in ASIDE)] == []


def test_every_listed_choice_is_one():
    needed = set().union(*(unranged(case) for case in CASES))
    assert [pattern for pattern in listed() if not any(fnmatch(path, pattern) for path in needed)] == []


def test_every_number_could_be_moved():
    for case in CASES:
        assert [path for path, value in of(case)[1].items() if math.isnan(value)] == []


def test_the_sweep_moves_what_a_file_with_another_number_would_move():
    """Half and twice the amplifiers' settling time and the columns of the digital accelerator, against designs that
    set them."""
    _, most = of("sot_mram")
    for path, values in (
        ("components.amplifier.settle_time", ("0.5 ns", "2 ns")),
        ("components.mac.cols", ("8", "32")),
    ):
        largest = 0.0
        plain = run()
        for value in values:
            there = run(overrides={path: value})
            for other in ALL[1:]:
                for name in HEADLINES:
                    ratios = [np.ravel(e[other].metrics[name] / e["imac"].metrics[name])[0] for e in (plain, there)]
                    largest = max(largest, abs(math.log(ratios[1] / ratios[0])))
        assert most[path] == approx(largest, rel=1e-9)


def test_a_number_without_a_range_is_found():
    """The amplifier's time, with its range taken away."""
    given = inputs()

    def bare(path, quantity):
        return replace(quantity, range=None) if path[-1] == "settle_time" else quantity

    used, most = moved(replace(given, technology=with_quantities(given.technology, bare)))
    assert most["components.amplifier.settle_time"] > MOST
    assert not used["components.amplifier.settle_time"].uncertain
    assert not any(fnmatch("components.amplifier.settle_time", pattern) for pattern in listed())


def test_the_latency_ratio_spans_what_is_not_known():
    """Converters between 0.1 and 1 GS/s and amplifiers between 0.2 and 3 ns: a factor of about ten, no longer 1.1."""
    found = run(samples=2000, archs=("imac", "mixed_signal"))
    ratio = found["mixed_signal"].metrics["latency"] / found["imac"].metrics["latency"]
    low, high = np.percentile(ratio[1:], [5, 95])
    assert 10 < low < 30
    assert 100 < high < 400
    assert 60 < ratio[0] < 90


def test_the_amplifier_alone_spans_a_factor_of_ten():
    """Converters at 1 GS/s and hidden activations of 8 bits, which gave 34.5 [32-36]: with the range of the amplifier's
    time about 10 to 110."""
    fast = {"components.adc.rate": "1 GHz"}
    found = run(samples=2000, archs=("imac", "mixed_signal"), overrides=fast, precision="native")
    ratio = found["mixed_signal"].metrics["latency"] / found["imac"].metrics["latency"]
    low, high = np.percentile(ratio[1:], [5, 95])
    assert ratio[0] == approx(34.5, rel=0.01)
    assert low == approx(12.5, rel=0.1)
    assert high == approx(112, rel=0.1)


def test_each_of_both_ranges_moves_the_latency_ratio_as_far_as_the_other():
    """At an end of one range, the other at its value: 27 to 250 and 20 to 180 about 73."""
    paths = {"components.amplifier.settle_time": ("3 ns", "0.2 ns"), "components.adc.rate": ("1 GHz", "0.1 GHz")}
    for (path, values), ends in zip(paths.items(), ((27, 250), (20, 180)), strict=True):
        for value, expected in zip(values, ends, strict=True):
            found = run(archs=("imac", "mixed_signal"), overrides={path: value})
            ratio = found["mixed_signal"].metrics["latency"] / found["imac"].metrics["latency"]
            assert ratio.item() == approx(expected, rel=0.03)
