"""Parts of an optimization by themselves: axes that are left out, and the nearest designs that are kept."""

import numpy as np

import imac_arch
from imac_arch.data.errors import UsageError
from imac_arch.resolve import Request
from imac_arch.studies.optimum.kept import Optima
from imac_arch.studies.optimum.reach import reduced
from imac_arch.studies.sweep.run import Table
from imac_arch.studies.sweep.space import Space, Words
from imac_arch.studies.sweep.subject import given_subject


def test_words_that_are_left_out_stand_at_the_first_that_goes_together():
    tech, circuit = Words("tech", "technology", ("a", "b")), Words("circuit", "read.circuit", ("c", "d"))
    places, wrong = ((0, 0), (0, 1), (1, 0), (1, 1)), UsageError("these do not go together")
    requests = tuple(Request("16-8-4", name) for name in ("ac", "ad", "bc", "bd"))
    own = reduced(Space((tech, circuit), (), places, requests, refused={0: wrong}), {"tech"})
    assert ([each.technology for each in own.requests], dict(own.refused)) == (["ad", "bc"], {})
    none = reduced(Space((tech, circuit), (), places, requests, refused={0: wrong, 1: wrong}), {"tech"})
    assert ([each.technology for each in none.requests], dict(none.refused)) == (["ac", "bc"], {0: wrong})


def test_words_of_a_component_are_varied_where_an_architecture_has_it():
    over = ["adc.law=survey,sar", "read.voltage=0.1 V,0.2 V"]
    found = imac_arch.optimize(tech="reram", over=over, subject="verdict=any", minimize="energy").document
    knobs = {row.name: row.knobs for row in found.architectures}
    assert (knobs["imac"], knobs["digital"]) == (("read.voltage",), ())
    assert knobs["mixed_signal"] == ("adc.law", "read.voltage")


def test_the_nearest_is_one_of_those_that_keep_what_comes_before():
    optima = Optima("imac", "energy", given_subject(["area<=1 m^2", "power<=1 W"]), "lower")
    columns = {"imac.area": [0.5, 2.0], "imac.power": [4.0, 1.1], "imac.energy": [1.0, 1.0]}
    optima.add(
        Table(0, {name: np.array(own) for name, own in columns.items()} | {"imac.verdict": np.zeros(2, int)}, {})
    )
    assert [value for _, value, _ in optima.nearest] == [0.5, 4.0]
