"""The bills of one network by hand, line by line, and how an evaluation is held against them.

The network is 150-48-32-7 on subarrays of 32 rows and 48 weight columns, a weight taking two columns. With the bias
row the layers need 151, 49 and 33 rows, so 5, 2 and 2 row tiles of 31+30+30+30+30, 25+24 and 17+16 rows, the bias row
being the last one. They need 96, 64 and 14 columns, so 2, 2 and 1 column tiles of 48, 32 and 14 columns. That makes
10 + 4 + 2 = 16 subarrays.
"""

from imac_arch.evaluate import evaluate
from imac_arch.network import Layer, Network
from tests import hand, hand_lines
from tests.helpers import context, inputs, technology

WIDTHS = (150, 48, 32, 7)
FIELDS = {
    "subarray.rows": "32", "subarray.cols": "48", "components.synapse.columns_per_weight": "2",
    "mapping.order": "interleaved", "read.hidden_bits": "2", "read.input_bits": "1",
}  # fmt: skip
# (layer, input rows, bias rows, columns) of a subarray and how many there are
SHAPES = (
    (0, 31, 0, 48, 2), (0, 30, 0, 48, 6), (0, 29, 1, 48, 2),
    (1, 25, 0, 32, 2), (1, 23, 1, 32, 2),
    (2, 17, 0, 14, 1), (2, 15, 1, 14, 1),
)  # fmt: skip
SUBARRAYS = (10, 4, 2)
TALLEST, WIDEST = (31, 25, 17), (48, 32, 14)
BINARY, GREY, HIDDEN = (0.1928, 0.1928), (0.1325, 0.1140), (0.5, 0.4)
FLIP_FLOP = hand.logic("flip_flop", 1)


def each(unit, key):
    """A unit cost by layer; one that all layers share is repeated."""
    return [layer[key] for layer in unit] if isinstance(unit, list) else [unit[key]] * 3


class Row:
    """A line by hand: instances and actions by layer, totals of area, energy per use, leakage and power by layer.

    Area and leakage are of all that is installed, power of what is ``biased``, which is all of it unless said.
    """

    def __init__(
        self, name, unit, instances, actions=(0, 0, 0), delay=(0, 0, 0), window=(0, 0, 0), busy=(0, 0, 0), biased=None
    ):
        self.name, self.instances, self.actions = name, tuple(instances), tuple(actions)
        self.delay, self.window, self.shared = tuple(delay), window, len(self.instances) == 1
        layers = range(len(self.instances))
        self.area, self.leakage = (
            [self.instances[i] * each(unit, key)[i] for i in layers] for key in ("area", "leakage")
        )
        self.power = [(biased or self.instances)[i] * each(unit, "power")[i] for i in layers]
        self.energy = [self.actions[i] * each(unit, "energy")[i] for i in range(3)]
        self.busy, self.spared = tuple(busy), [busy[i] * each(unit, "power")[i] for i in range(3)]

    def crossbar(self, power, energy):
        """Replace power and energy per use, which differ between the subarrays of a layer."""
        self.power, self.energy = power, energy
        return self


def crossbar(values, passes, delay, window, analog, circuit="averaging", load=0.0, signed=False):
    """Crossbar and row drivers: seven shapes of subarray, their power and charge summed by layer.

    ``values`` are mean and mean square of what lines carry, before they are signed.
    """
    swings = [2 * hand_lines.distance(*each, 0.5) if signed else each[0] for each in values]
    statistics = [signs(*each) for each in values] if signed else values
    static, charge, lost = [0.0] * 3, [0.0] * 3, [0.0] * 3
    for layer, rows, bias, cols, count in SHAPES:
        power, energy, loss = hand_lines.subarray(
            rows, bias, cols, WIDEST[layer], *statistics[layer], circuit, load, swings[layer]
        )
        more = hand_lines.supplied(rows, bias, *values[layer], circuit, load, signed) if analog[layer] else 1.0
        static[layer] += count * power * more
        charge[layer] += count * energy * passes[layer]
        # of 32 drivers those of the rows in use are biased; that of the bias row carries no analog value
        share = analog[layer] * rows / (rows + bias)
        each = hand_lines.driver(WIDEST[layer], loss * more, rows + bias, share)
        lost[layer] += count * (rows + bias) * each["power"]
    synapse = hand.part("synapse")
    cell = hand.cost(32 * 48 * 2 * synapse.cell_width * synapse.cell_height, leakage=32 * 48 * 2 * synapse.leakage)
    subarrays = Row("crossbar", cell, SUBARRAYS, [SUBARRAYS[i] * passes[i] for i in range(3)], delay, window)
    drivers = [hand_lines.driver(WIDEST[i], 0.0, 32, 0.0) for i in range(3)]
    # 32 drivers a subarray; an input row is charged in each of the column tiles, 2, 2 and 1
    driven = [(300, 96, 32)[i] * passes[i] * swings[i] for i in range(3)]
    row = Row("row driver", drivers, (320, 128, 64), driven, (20e-12,) * 3, window)
    return [subarrays.crossbar(static, charge), row.crossbar(lost, row.energy)]


def settles(load=0.0, circuit="averaging"):
    """The slowest of all bit lines of a layer: two for each of 96, 64 and 14 columns in 5, 2 and 2 row tiles."""
    lines = (2 * 96 * 5, 2 * 64 * 2, 2 * 14 * 2)
    sides = zip(TALLEST, WIDEST, lines, strict=True)
    return [hand_lines.settle(tall, wide, count, circuit, load) for tall, wide, count in sides]


def front_ends(statistics):
    """Amplifiers at virtual ground: a line carries G V (inputs mu + 1)/row tiles, less what wires and drivers take."""
    drawn, ideal = [0.0] * 3, [0.0] * 3
    on, off = hand.conductances()
    for layer, rows, bias, cols, count in SHAPES:
        tile = hand_lines.Tile(rows + bias, cols, WIDEST[layer], "virtual_ground", 0.0)
        drawn[layer] += count * sum(tile.power(rows, bias, *statistics[layer]))
        ideal[layer] += count * tile.ideal(rows, bias, *statistics[layer])
    currents = [
        hand.READ.voltage * (on + off) / 2 * (fan_in * statistics[i][0] + 1) / tiles * drawn[i] / ideal[i]
        for i, (fan_in, tiles) in enumerate(((150, 5), (48, 2), (32, 2)))
    ]
    return [hand.front_end(tall, current) for tall, current in zip(TALLEST, currents, strict=True)]


def neuron():
    """Area by hand: 20 fins and two cells; power and delay are the circuit's, checked where it is solved."""
    own, solved = hand.part("neuron"), technology().components["neuron"].cost(context())
    area = 2 * own.fins * own.fin_pitch * own.gate_pitch * own.layout + own.cells * own.cell_area
    return hand.cost(area, 0.0, float(solved.latency), float(solved.leakage), float(solved.power))


def signs(mean, square):
    """Statistics of 2x - 1: lines at -V and +V."""
    return 2 * mean - 1, 4 * square - 4 * mean + 1


def imac(bits, encoding="0/V"):
    """Input bits 1: a driver alone. More input bits: converters, and the first word lines are analog too."""
    grey = bits > 1
    first = GREY if grey else BINARY
    values, signed = [first, HIDDEN, HIDDEN], encoding == "-V/+V"
    ff, hold, latch = FLIP_FLOP, hand.sample_hold(), hand.winner()
    registers = 150 * bits
    rows = [Row("input register", ff, (registers, 0, 0), (registers, 0, 0), (ff["latency"], 0, 0))]
    converter, count = hand.dac(bits), (150 if grey else 0, 0, 0)
    rows.append(Row("input DAC", converter, count, count, (converter["latency"] if grey else 0, 0, 0)))
    load = hand.READ.load_conductance  # of the amplifiers
    rows += crossbar(values, (1, 1, 1), settles(load), None, (int(grey), 1, 1), load=load, signed=signed)
    span = 2 if signed else 1  # signed lines take a supply on either side
    amplifiers = [hand.amplifier(gain, span) for gain in (30, 30, 10)]
    # one for each of 48 columns of 10, 4 and 2 subarrays; in use are 5 x 96, 2 x 64, 2 x 14
    rows.append(
        Row("differential amplifier", amplifiers, (480, 192, 96), delay=(1e-9,) * 3, window=None, biased=(480, 128, 28))
    )
    analog = neuron()
    rows.append(Row("analog neuron", analog, (48, 32, 7), delay=(analog["latency"],) * 3, window=None))
    # one for each weight of two columns that 2 x 48 columns hold; what the last layer gives is read out at once
    rows.append(Row("sample-and-hold", hold, (48, 48, 0), (48, 32, 0), (hold["latency"], hold["latency"], 0)))
    rows.append(Row("read-out", latch, (0, 0, 7), (0, 0, 7), (0, 0, latch["latency"])))
    return rows


# by input bits and mode: phases, converter bits, conversions, width of the adders, additions
MIXED = {
    # conversions: 480, 128 and 28 columns with their row tiles, in each phase
    # width: converter bits + ceil(log2 row tiles) 3, 1, 1 + phases - 1 + one bit of the second slice
    # additions: outputs x (2 slices x row tiles x phases - 1)
    (1, "bit_serial"): ((1, 2, 2), (6, 6, 6), (480, 256, 56), (10, 9, 9), (48 * 9, 32 * 7, 7 * 7)),
    (8, "bit_serial"): ((8, 2, 2), (6, 6, 6), (3840, 256, 56), (17, 9, 9), (48 * 79, 32 * 7, 7 * 7)),
    # with a converter per word line: 32 rows of 1, 255 or 3 steps are log2 32, 8160 or 96 -> 6, 14 or 8, at most 8
    (1, "dac"): ((1, 1, 1), (6, 8, 8), (480, 128, 28), (10, 10, 10), (48 * 9, 32 * 3, 7 * 3)),
    (8, "dac"): ((1, 1, 1), (8, 8, 8), (480, 128, 28), (12, 10, 10), (48 * 9, 32 * 3, 7 * 3)),
}
# the same for hidden activations of 4 bits, those of the analog neuron
EQUAL = {
    (1, "bit_serial"): ((1, 4, 4), (6, 6, 6), (480, 512, 112), (10, 11, 11), (48 * 9, 32 * 15, 7 * 15)),
    # 32 rows of 15 steps are log2 480 -> 10 bits, at most 8
    (8, "dac"): ((1, 1, 1), (8, 8, 8), (480, 128, 28), (12, 10, 10), (48 * 9, 32 * 3, 7 * 3)),
}


def mixed_signal(bits, mode="bit_serial", rule="sampled", hold=True, circuit="averaging", hidden=2, few=None):
    """Hidden activations of 2 bits are native, of 4 bits equal to those of the analog neuron; ``few`` bits of all
    converters leave as many less to the adders."""
    phases, adc_bits, conversions, width, adds = (MIXED if hidden == 2 else EQUAL)[bits, mode]
    if few:
        width = [w - b + few for w, b in zip(width, adc_bits, strict=True)]
        adc_bits = (few,) * 3
    first = GREY if bits > 1 else BINARY
    statistics = [first, HIDDEN, HIDDEN]
    if mode == "bit_serial":  # a bit is 0 or 1: its square is itself
        statistics = [(mean, mean) for mean, _ in statistics]
    ff, sample = FLIP_FLOP, hand.sample_hold() if hold else hand.cost()
    front = front_ends(statistics) if circuit == "virtual_ground" else [hand.cost()] * 3
    ready = [
        time + own["latency"] + sample["latency"] + 20e-12
        for time, own in zip(settles(circuit=circuit), front, strict=True)
    ]
    convert = [32e-9] * 3  # 8 columns share a converter of 0.25 GS/s
    wait = [max(ready[i] - convert[i], 0) if hold else ready[i] for i in range(3)]
    delay = [settles(circuit=circuit)[i] + (phases[i] - 1) * wait[i] for i in range(3)]
    until = [ready[i] + phases[i] * convert[i] + (phases[i] - 1) * wait[i] for i in range(3)]
    sampled = [phases[i] * ready[i] for i in range(3)] if hold else until
    window = {"sampled": sampled, "phase": until, "always": None}[rule]
    rows = [Row("input register", ff, (150 * bits, 0, 0), (150 * bits, 0, 0), (ff["latency"], 0, 0))]
    if mode == "dac":
        converters = [hand.dac(bits), hand.dac(hidden), hand.dac(hidden)]
        rows.append(Row("input DAC", converters, (150, 48, 32), (150, 48, 32), (converters[0]["latency"],) * 3))
    # behind converters of several bits lines are analog: inputs of 8 bits, activations of 2
    analog = (int(bits > 1), 1, 1) if mode == "dac" else (0, 0, 0)
    rows += crossbar(statistics, phases, delay, window, analog, circuit)
    if circuit == "virtual_ground":  # as the samples below; 5 x 96, 2 x 64 and 2 x 14 columns are in use
        loops = [own["latency"] for own in front]
        rows.append(Row("front end", front, (480, 192, 96), delay=loops, window=window, biased=(480, 128, 28)))
    if hold:  # one for each of the 48 columns of 10, 4 and 2 subarrays
        rows.append(Row("sample-and-hold", sample, (480, 192, 96), conversions, (sample["latency"],) * 3))
    converters, waiting = zip(*(hand.survey_adc(b) for b in adc_bits), strict=True)
    rows.append(Row("ADC", list(converters), (60, 24, 12), conversions, [p * 32e-9 for p in phases]))
    # subarrays of 48, 32 and 14 columns use 6, 4 and 2 of their 6 converters; a conversion takes 4 ns
    busy = [4e-9 * n for n in conversions]
    rows.append(Row("idle ADC", list(waiting), (60, 16, 4), window=None, busy=busy))
    adders = [hand.logic("adder", w) for w in width]
    levels = (3, 1, 1)
    rows.append(
        Row("shift-and-add", adders, (60, 24, 12), adds, [(levels[i] + 1) * adders[i]["latency"] for i in range(3)])
    )
    rows.append(Row("accumulator register", [hand.logic("flip_flop", w) for w in width], (48, 32, 7), adds))
    unit = hand.digital_neuron(8 if hidden == 2 else hidden)  # serves eight outputs in turn, which arrive in turn
    rows.append(Row("digital neuron", unit, (6, 4, 1), (48, 32, 7), (unit["latency"],) * 3))
    moved = (48 * hidden, 32 * hidden, 7 * hidden)
    rows.append(Row("activation register", ff, moved, moved, (ff["latency"],) * 3))
    rows.append(Row("bus", hand.bus(), (hidden, hidden, 0), (*moved[:2], 0)))
    compare = hand.logic("comparator", hidden)  # six comparisons find the largest of seven, in three levels
    rows.append(Row("read-out", compare, (0, 0, 6), (0, 0, 6), (0, 0, 3 * compare["latency"])))
    return rows


# by precision: bits of weights, inputs and hidden activations, of the accumulators, and cycles to load a fold
# native: 8 + 8 + ceil(log2 150) bits; 256 weights of 8 bits at 128 bits a cycle
# equal: the larger of 2 + 1 + ceil(log2 150) and 2 + 4 + ceil(log2 48) bits; 256 weights of 2 bits
DIGITAL = {"native": (8, 8, 8, 24, 16), "equal": (2, 1, 4, 12, 4)}


def digital(batch=1, uses=(1, 1, 1), precision="native"):
    """A 16 by 16 array: folds of 10 x 3, 3 x 2 and 2 x 1, each with cycles to load and one for each use."""
    weight, first, hidden, wide, load = DIGITAL[precision]
    macs, streams = (7200, 1536, 224), [batch * u for u in uses]
    cycles = [(30, 6, 2)[i] * (load + streams[i]) + 16 + 2 * 16 for i in range(3)]
    unit, neurons = hand.mac(weight, (first, hidden, hidden), wide), hand.digital_neuron(hidden)
    compare = hand.logic("comparator", hidden)
    rows = [Row("MAC array", unit, (256,), macs, [c * 1e-9 for c in cycles])]
    # all weights, and the activations of the widest layer: 150 inputs and 48 outputs; the next has 48 and 32
    stored = weight * (7200 + 1536 + 224) + max(150 * first + 48 * hidden, (48 + 32) * hidden)
    # inputs once per fold of columns
    moved = (150 * 3 * first + 48 * hidden, (48 * 2 + 32) * hidden, (32 * 1 + 7) * hidden)
    reads = [macs[i] * weight / streams[i] + moved[i] for i in range(3)]
    rows.append(Row("SRAM", hand.sram(stored), (1,), reads))
    rows.append(Row("digital neuron", neurons, (16,), (48, 32, 7), (neurons["latency"],) * 3))
    rows.append(Row("read-out", compare, (0, 0, 1), (0, 0, 6), (0, 0, compare["latency"])))
    return rows


def gpu(batch=1, uses=(1, 1, 1)):
    """Two launches a layer, kernels bound by memory or by arithmetic, 3350 GB/s and 0.3 of 989.5 TFLOPS."""
    board = hand.Fields("board", "boards/h100")
    rows_ = [batch * u for u in uses]
    body = [
        max(n * (m + k) * 16 / board.bandwidth, 2 * n * m * k / (board.peak * board.efficiency))
        for n, m, k in zip(rows_, WIDTHS, WIDTHS[1:], strict=False)
    ]
    idle, launching = board.idle_context, board.launch_power
    busy = max(board.busy_share * board.tdp, launching)
    start, launch = board.stream_start, 2 * board.stream_launch
    first = (start / batch, 0, 0)
    return [
        Row("board", hand.cost(board.die_area, leakage=idle), (1,)),
        Row("host to first kernel", hand.cost(power=launching - idle), (1,), delay=(start, 0, 0), window=first),
        Row("kernel launches", hand.cost(power=launching - idle), (1, 1, 1), delay=(launch,) * 3,
            window=[launch / batch] * 3),
        Row("kernels", hand.cost(power=busy - idle), (1, 1, 1), delay=body, window=[b / batch for b in body]),
    ]  # fmt: skip


def totals(rows, batch=1, pipelined=True, batched=False, uses=(1, 1, 1), passes=None):
    """Area, energy, latency, interval and leakage by the rules of composition, in loops."""
    passes = uses if passes is None else passes
    by_layer = [sum(row.delay[i] for row in rows) * passes[i] for i in range(3)]
    single = sum(by_layer)
    interval = single / batch if batched else max(by_layer) if pipelined else single
    latency = single if batched else single + (batch - 1) * interval
    leakage = sum(sum(row.leakage) for row in rows)
    active = 0.0
    for row in rows:
        active += sum((row.energy[i] - row.spared[i]) * uses[i] for i in range(3))
        if row.window is None:
            active += sum(row.power) * interval
        else:
            shared = row.power * 3 if row.shared else row.power
            active += sum(shared[i] * row.window[i] * passes[i] for i in range(3))
    return {
        "area": sum(sum(row.area) for row in rows),
        "leakage": leakage,
        "latency": latency,
        "interval": interval,
        "energy_active": active,
        "energy": active + leakage * interval,
        "power": (active + leakage * interval) / interval,
        "throughput": 1 / interval,
    }


def golden(name, fields=None, batch=1, pipelined=True, uses=(1, 1, 1), precision="native"):
    """The evaluation that a bill by hand is held against; hidden activations have 2 bits, or 4 at equal precision."""
    layers = tuple(
        Layer(fan_in=m, fan_out=n, uses=u) for m, n, u in zip(WIDTHS, WIDTHS[1:], uses, strict=False)
    )  # fmt: skip
    network = Network(name="150-48-32-7", layers=layers)
    given = inputs(
        network, overrides={**FIELDS, **(fields or {})}, batch=batch, pipelined=pipelined, precision=precision
    )
    return evaluate(given, [name])[0]
