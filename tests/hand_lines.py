"""The crossbar by hand: what its lines take, lose and need to settle, beside the unit costs of :mod:`tests.hand`."""

import math

from tests.hand import NODE, READ, VDD, conductances, cost, file, part, plain, wires


def distance(mean, square, level):
    """E|x - level| of values between 0 and 1: of a bit, with its variance's share to the power of 2/3."""
    share = (square - mean**2) / (mean * (1 - mean))
    return abs(mean - level) + 2 * share ** (2 / 3) * min(level * (1 - mean), mean * (1 - level))


def supplied(inputs, bias, mean, square, circuit="averaging", load=0.0, signed=False):
    """What supplies give to the lines of a subarray over what they take: VDD E[max(I, 0)], or V E|I| from two rails."""
    cell = sum(conductances()) / 2
    m, s = (2 * mean - 1, 4 * square - 4 * mean + 1) if signed else (mean, square)
    end = cell * (inputs * m + bias) / ((inputs + bias) * cell + load) if circuit == "averaging" else 0.0
    if signed:
        given = 2 * distance(mean, square, (end + 1) / 2)
    else:
        given = VDD / READ.voltage * (distance(mean, square, end) + mean - end) / 2
    return (inputs * given + bias * (1 - end)) / (inputs * (s - m * end) + bias * (1 - end))


def first_root(k, j=0):
    """Root of b tan b = k in the half period from j pi: y (y + j pi) by its rational form, with y = b - j pi."""
    most, end = 2 * j + 2, math.pi**2 / 2 * (j + 0.5)
    bend = (end - most) / (1 - end / 3) if j == 0 else end - most
    product = end * k / (k + (end * bend + most * k) / (bend + k))
    return product if j == 0 else ((math.sqrt((j * math.pi) ** 2 + 4 * product) + j * math.pi) / 2) ** 2


class Tile:
    """One crossbar of equal cells behind its drivers, in four modes of its bit lines and one for the rest."""

    def __init__(self, rows, cols, widest, circuit, load):
        on, off = conductances()
        self.rows, self.cols, self.cell, self.cell2 = rows, cols, (on + off) / 2, (on**2 + off**2) / 2
        self.r_word, self.r_bit, self.c_word, self.c_bit = wires()
        self.total = rows * self.cell
        self.held, self.load = circuit == "virtual_ground", load
        self.source = part("row_driver").loss * input_resistance(widest)
        end = 2 / self.r_bit if self.held else 1 / (self.r_bit / 2 + 1 / load) if load else 0.0
        k = rows * self.r_bit * end or 1e-30
        y2 = rows**2 * self.r_bit * self.cell
        self.share, self.signal, self.factor = [], [], []
        for j in range(4):
            beta2 = first_root(k, j)
            norm = 2 * k / (k**2 + k + beta2)  # 2/(1 + sin 2b/2b) over b^2/(b sin b)
            self.share.append(norm * k / beta2)
            self.signal.append(norm * (math.sqrt(y2) * math.tanh(math.sqrt(y2)) + k) / (y2 + beta2))
            self.factor.append(beta2 / (beta2 + y2))
        local = math.sqrt(self.r_bit * self.cell)
        self.rest = 1 - local / math.sqrt(local**2 + 4)
        self.passed = math.tanh(math.sqrt(y2)) / math.sqrt(y2)

    def line(self, q):
        """What a word line draws whose cells conduct q of themselves, and what reaches its end."""
        x = self.cols * math.sqrt(2 * self.r_word * self.cell * q)
        before = self.source + self.r_word / 2
        inner = 2 * self.cols * self.cell * q * math.tanh(x) / x if x else 0.0
        return inner / (1 + before * inner), 1 / (math.cosh(x) * (1 + before * inner))

    def mixed(self, weights, figure, whole=1.0):
        """The modes' figures, each with its weight, and that of the rest with what is left of the whole."""
        return sum(w * figure(q) for w, q in zip(weights, self.factor, strict=True)) + (whole - sum(weights)) * figure(
            self.rest
        )

    def watts(self, inputs, bias, mean, square, figure):
        """Sum over rows of a figure in the place of what a line draws [W]."""
        rows = inputs + bias
        common, random = ((inputs * mean + bias) / rows) ** 2, inputs * (square - mean**2) / rows
        fixed = (inputs * square + bias) / rows - common - random
        alone = sum((figure(q) - figure(self.rest)) / rows for j, q in enumerate(self.factor) if j < rows)
        whole = (
            common * self.mixed(self.share, figure)
            + (fixed + random) * figure(self.rest)
            + random * self.single() * alone
        )
        return READ.voltage**2 * rows * whole

    def power(self, *inputs):
        """Static power of cells and wires, and what all drivers lose [W]."""
        lost = self.watts(*inputs, lambda q: self.source * self.line(q)[0] ** 2)
        return self.watts(*inputs, lambda q: self.line(q)[0]) - lost, lost

    def ideal(self, inputs, bias, mean, square):
        """Power without wires and drivers [W]."""
        line = self.cell * (inputs * square + bias)
        if not self.held:
            line -= self._square(inputs, bias, mean, square) / (self.total + self.load)
        return 2 * self.cols * READ.voltage**2 * line

    def _square(self, inputs, bias, mean, square):
        own = self.single() * self.cell**2
        return (self.cell * (inputs * mean + bias)) ** 2 + own * inputs * (square - mean**2)

    def single(self):
        """Mean of G^2/(sum G + load) over g^2/(sum g + load), to second order in the cells' deviations."""
        a = 0.0 if self.held else self.total / (self.total + self.load)
        return 1 + (self.cell2 / self.cell**2 - 1) * (1 - (2 * a - a * a) / self.rows)

    def charge(self, inputs, bias, mean, square, lines):
        """Energy of one pass: word lines swing by ``lines``, E|v|, bit lines by the mean square [J]."""
        word = inputs * lines * self.cols * (self.c_word + 2 * part("synapse").capacitance) * READ.voltage**2
        if self.held:
            return word
        swing = self._square(inputs, bias, mean, square) / (self.total + self.load) ** 2 * READ.voltage**2
        return word + 2 * self.cols * (self.rows * self.c_bit + READ.load_capacitance) * swing

    def far(self, mean, square):
        """Share of an active line's voltage at its last column."""
        own = [1 / self.rows if j < self.rows else 0.0 for j in range(4)]
        together = mean**2 / square
        weights = [together * s + (1 - together) * o for s, o in zip(self.share, own, strict=True)]
        return self.mixed(weights, lambda q: self.line(q)[1])

    def signals(self):
        """Slope of the last pair's output over that of ideal wires: of independent inputs, and with all inputs on."""
        end = 0.0 if self.held else self.total / self.load if self.load else 1e6
        behind = self.r_bit / 2 * self.total
        taken = (1 + end) / (1 + self.passed * (end + behind))
        signal = self.line(self.rest)[1] * self.passed * taken
        if not self.held:
            return signal, signal
        return signal, taken * self.mixed(self.signal, lambda q: q * self.line(q)[1], self.passed)

    def tau(self, lines):
        """Slowest time constant: word and bit line together, or the slowest of some bit lines alone [s]."""
        cell, pair = part("synapse").capacitance, 2 * self.cell
        c_word, c_bit, c_end = self.c_word + 2 * cell, self.c_bit + cell, READ.load_capacitance
        before = self.source + self.r_word / 2
        k = self.cols * self.r_word / before
        fed = (first_root(k) / k / (self.cols * before) + pair) / c_word
        slowest = 0.0
        for g, coupling in ((self.cell, pair / c_word), (self.slow(lines), 0.0)):
            rate = 0.0
            for _ in range(1 if self.held else 3):
                left = math.inf if self.held else self.load - rate * c_end
                end = 2 / self.r_bit if self.held else left / (1 + left * self.r_bit / 2)
                k = self.rows * self.r_bit * end
                slope = 0.0 if self.held else 1 / (1 + left * self.r_bit / 2) ** 2
                if k > 0:
                    square = first_root(k)
                elif k < 0:
                    less = -2 * k / 3
                    square = k * (1 / (1 + less + less**2 / 2) - k)
                else:
                    square = k = 1e-30
                slope *= 2 * square / (k**2 + k + square) / self.rows
                charge = c_bit + slope * c_end
                bit = (square / (self.rows**2 * self.r_bit) + slope * rate * c_end + g) / charge
                both = coupling * g / charge
                rate = 2 * (fed * bit - both) / (fed + bit + math.sqrt((fed - bit) ** 2 + 4 * both))
            slowest = max(slowest, 1 / rate)
        return slowest

    def slow(self, lines):
        """Mean conductance of a cell on the slowest of some random lines of two levels."""
        _, off = conductances()
        rare = 1 - 2 ** (-1 / lines)
        z = math.sqrt(-2 * math.log(rare))
        for _ in range(2):
            z = math.sqrt(-2 * math.log(rare * math.sqrt(math.pi / 2) * (z + math.sqrt(z**2 + 4))))
        share = math.sin(math.pi / 4 - z / (2 * math.sqrt(self.rows))) ** 2 - 1 / (4 * self.rows)
        return off + 2 * (self.cell - off) * share


def input_resistance(cols):
    """What the driver of a word line sees [ohm]."""
    x = cols * math.sqrt(wires()[0] * sum(conductances()))
    return math.sqrt(wires()[0] / sum(conductances())) / math.tanh(x)


def subarray(inputs, bias, cols, widest, mean, square, circuit="averaging", load=0.0, lines=None):
    """Static power [W], charge per pass [J] and what the drivers lose [W] of one subarray whose used part has these
    rows and weight columns; a load [S] ends its bit lines where an amplifier does, word lines swing by
    ``lines``, the mean unless said."""
    tile = Tile(inputs + bias, cols, widest, circuit, load)
    power, lost = tile.power(inputs, bias, mean, square)
    return power, tile.charge(inputs, bias, mean, square, mean if lines is None else lines), lost


def settle(tallest, widest, lines, circuit="averaging", load=0.0):
    """Settling of the slowest of the bit lines of a layer."""
    return Tile(tallest, widest, widest, circuit, load).tau(lines) * math.log(2 ** (READ.settle_bits + 1))


def driver(widest, lost, rows, analog):
    """A word-line driver sized for 5 % of the line's input resistance; a buffer where the line is analog.

    ``lost`` is what the ``rows`` drivers of its subarray lose together.
    """
    own, load = part("row_driver"), input_resistance(widest)
    currents = next(row for row in file("laws/transistors")["table"] if math.isclose(plain(row["node"]), NODE))
    width = max(own.resistance_factor * VDD / (plain(currents["on_current"]) * own.loss * load), own.min_width)
    bias = analog * own.analog_bias * READ.voltage / load * VDD
    return cost(
        width * own.area_per_width * own.chain, width * own.capacitance_per_width * own.chain * VDD**2, own.latency,
        width * own.chain * plain(currents["off_current"]) * VDD, lost / rows + bias,
    )  # fmt: skip
