"""How networks are trained and what studies try is data: every number with where it is from."""

from imac_arch.data.files import read_yaml
from imac_arch.data.quantity import STATUSES
from imac_arch.data.schema import validate
from imac_arch.data.units import parse
from imac_arch.data.walk import each_quantity
from imac_arch.studies.accuracy.questions import KNOBS
from imac_arch.studies.accuracy.settings import Ladders, ladders, settings_digest, training_settings
from imac_arch.studies.accuracy.training import gains_for
from tests.conftest import ROOT

OHMS = dict.fromkeys(("r_p", "r_low", "r_high"), "ohm")
UNITS = {**OHMS, "sigma": "", "tmr": "", "wire": "m", "adc_bits": "", "stuck": ""}


def test_every_setting_of_training_says_where_it_is_from():
    given = training_settings()
    cited = set()
    for path, quantity in each_quantity(given):
        if path[-1] == "levels":  # says what a rule is for
            continue
        assert quantity.status in STATUSES, path
        assert quantity.note or set(quantity.source) <= set(given.sources), path
        cited.update(quantity.source)
    assert cited <= set(given.sources)
    assert [rule.levels.value for rule in given.gains] == sorted(rule.levels.value for rule in given.gains)
    assert given.gains[0].levels.value == 2
    assert len(settings_digest()) > 8


def test_gains_follow_the_levels():
    few, more, many, most = (gains_for((784, 128, 10), levels) for levels in (2, 3, 4, 15))
    assert few[0] < more[0] < many[0]
    assert many == most
    assert gains_for((784, 128, 10), 0) == (1.0, 1.0)
    assert [2 * gain for gain in gains_for((784, 128, 10), 2, symmetric=True)] == list(few)


def test_ladders_go_one_way_and_say_why():
    given = validate(Ladders, read_yaml(ROOT / "tech" / "accuracy" / "ladders.yaml"))
    assert set(ladders()) == {*KNOBS, "stuck", "r_low", "r_high"}
    for name, ladder in given.ladders.items():
        assert ladder.note
        assert ladder.status in STATUSES
        assert (ladder.source in given.sources) == (ladder.status == "published")
        if name == "subarray":
            values = [int(text.split("x")[0]) for text in ladder.values]
        else:
            values = [parse(text, UNITS[name]) for text in ladder.values]
        rising = name in ("sigma", "subarray", "stuck", "r_low", "r_high")
        assert values == sorted(set(values), reverse=not rising), name
