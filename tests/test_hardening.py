"""No input ends as a bug, hangs, or passes as a result that cannot be."""

import json
import os
import subprocess
import sys
import time
from decimal import Decimal, localcontext

import pytest

from imac_arch.api import compare
from imac_arch.crossbar.lines import line_resistivity
from imac_arch.data.errors import UsageError
from tests.helpers import ROOT, approx
from tests.test_cli import COMMAND, call, here  # noqa: F401  # a fixture

SMALL = ("compare", "--net", "16-8-4", "--samples", "0")
MEANT = "{value: 1e300 ohm*m^2, range: [1e299 ohm*m^2, 1e301 ohm*m^2]}"  # with a range of its own no slip


@pytest.mark.parametrize(
    ("overrides", "figure", "path", "usual"),
    [
        ({"components.wire.height": "10 um"}, "segment of the wire is -", "components.wire.height = 10 um", "nm"),
        ({"components.synapse.ra": MEANT}, "not a number", "components.synapse.ra = 1e300", "Ω·µm²"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of arithmetic, which the command line leaves out
def test_a_result_that_cannot_be_names_the_number_to_blame(overrides, figure, path, usual):
    with pytest.raises(UsageError) as caught:
        compare("16-8-4", samples=0, overrides=overrides)
    said = str(caught.value)
    assert said.startswith("imac: ")
    assert figure in said
    assert path in said
    assert f"(--set {path.split()[0]}) is to blame; with the usual " in said
    assert said.endswith(f"{usual} the result holds")


def test_explain_and_neurons_refuse_what_cannot_be(here):  # noqa: F811
    code, out, _ = call("explain", "wire", "--set", "components.wire.height=10 um", "--json")
    assert code == 0
    assert "cannot be" in json.loads(out)["problems"][0]
    code, _, err = call("neurons", "--samples", "0", "--set", "components.logic.energy=1e308 J")
    assert (code, "components.logic.energy" in err) == (2, True), err


@pytest.mark.parametrize("option", ["gpu", "timing", "precision", "baseline", "tech", "scenario", "arch"])
def test_an_empty_word_is_no_default(here, option):  # noqa: F811
    code, out, err = call(*SMALL, f"--{option}", "")
    assert (code, out) == (2, ""), err


def test_a_warning_that_no_knob_moves_has_no_remedy(here):  # noqa: F811
    code, _, err = call(*SMALL, "--json", "--arch", "digital", "--tech", "pcm", "--set", "vdd=256 V")
    assert code in (0, 2), err


@pytest.mark.parametrize("kind", ["[1]", "{a: 1}", "{value: 1 V}", "3"])
def test_the_kind_of_a_component_is_a_word(here, kind):  # noqa: F811
    code, out, err = call(*SMALL, "--set", f"components.bus.kind={kind}")
    assert (code, out) == (2, "")
    assert "unknown kind" in err


def test_what_is_too_long_to_be_read_is_shortened(here):  # noqa: F811
    (here / "f.yaml").write_text(f"name: f\nextends: sot_mram\nread: {{circuit: {'x' * 9000}, encoding: y}}\n")
    code, _, err = call(*SMALL, "--tech", "f.yaml")
    assert code == 2
    assert "averaging" in err
    assert max(map(len, err.splitlines())) < 1100
    caret = next(line for line in err.splitlines() if line.strip() == "^")
    assert "circuit" in err
    assert len(caret) < 200


HUGE = "1" + "0" * 400


@pytest.mark.parametrize(
    "words",
    [
        ("--batch", HUGE), ("--samples", HUGE), ("--adc-bits", HUGE), ("--set", "vdd=1e99999999999"),
        ("--set", "vdd=1e99999999999 V"), ("--set", f"subarray.rows=0x{'f' * 300}"),
        ("--set", f"components.adc.bits=0x{'f' * 300}"), ("--set", f"components.adc.bits=0x{'f' * 5000}"),
        ("--set", f"components.adc.bits={HUGE}"), ("--set", "components.wire.reflection=1"),
    ],
)  # fmt: skip
def test_numbers_beyond_all_bounds_are_refused(here, words):  # noqa: F811
    code, out, err = call(*SMALL, *words)
    assert (code, out) == (2, ""), err


@pytest.mark.parametrize("words", [(*SMALL, "--json"), ("--help",), ("tech", "list")], ids=" ".join)
def test_a_full_disk_under_stdout_is_an_input_output_error(tmp_path, words):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*COMMAND, *words], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert "No space left" in done.stderr


def test_an_argument_that_is_no_text_is_refused(tmp_path):
    done = subprocess.run([*map(os.fsencode, COMMAND), b"compare", b"--net", b"16-\xff4"], cwd=tmp_path,
                          capture_output=True, check=False)  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"not valid UTF-8" in done.stderr


def test_an_interrupt_while_the_command_line_is_loaded_is_one(tmp_path):
    """The interrupt comes from within the import of the command line, as soon as its first module is looked for."""
    code = (
        "import os, runpy, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'imac_arch.cli': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "sys.argv = ['imac-arch', '--help']\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "runpy.run_module('imac_arch', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize(("traced", "words", "code"), [(False, "list", 0), (False, "lost", 2), (True, "list", 0)])
def test_a_process_in_which_all_is_done_ends_as_it_is(tmp_path, traced, words, code):
    """What was registered meanwhile runs first, and what was printed is whole; one that is traced ends as usual."""
    script = (
        "import atexit, os, sys\n"
        "import imac_arch.cli as cli\n"
        "class Kept:\n"
        "    def __del__(self, write=os.write): write(2, b'taken apart')\n"
        "sys.kept, make = Kept(), cli.application\n"
        "cli.application = lambda words: (atexit.register(print, 'at the end'), make(words))[1]\n"
        f"sys.argv = ['imac-arch', 'tech', {words!r}]\n"
        f"{'sys.settrace(lambda *_: None)' if traced else ''}\n"
        "cli.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == code
    assert done.stdout.endswith("at the end\n")
    assert ("sot_mram" in done.stdout) is (code == 0)
    assert ("taken apart" in done.stderr) is traced


GAP = " " * 50_000


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "--net", "4-2", "--set", f"a{'.' * len(GAP)}=1"),
        ("compare", "--net", "4-2", "--set", f"vdd=1x{GAP}y"),
        ("compare", "--net", "4-2", "--set", f"{'a' * len(GAP)}=1"),
        ("explain", "a" * len(GAP)),
        ("tech", "keys", "a" * len(GAP)),
        ("sweep", "--over", f"vdd=a(b){GAP}("),
        ("sweep", "--over", "adc.bits=4,6", "--subject", f"area<=1{GAP}x"),
        ("validate", "--fail-on", f"median<=1{GAP}x"),
    ],
    ids=lambda words: words[-1][:20].strip(),
)
def test_a_long_text_is_refused_at_once(here, words):  # noqa: F811
    started = time.process_time()
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert time.process_time() - started < 3  # quadratic patterns took 13 s and more


@pytest.mark.parametrize("count", ["1e99999999999", "1" + "0" * 400, "nan", "-5", "1e12", "2.5"])
def test_an_axis_has_a_count_of_values(here, count):  # noqa: F811
    code, out, err = call("sweep", "--net", "4-2", "--over", f"vdd=linspace(0.7 V, 0.9 V, {count})")
    assert (code, out) == (2, "")
    assert "a whole number from 1 to 10,000,000 is" in err


def test_nothing_is_loaded_before_an_interrupt_is_waited_for():
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "import imac_arch.__main__\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["imac_arch", "imac_arch.__main__"]


@pytest.mark.parametrize("reflection", ["0.01", "0.3", "0.95", "0.9", "0.99", "0.999999", "0.9999999999999999"])
def test_the_resistivity_of_narrow_wires_holds_up_to_total_reflection(reflection):
    """In 80 digits nothing cancels."""
    with localcontext() as exact:
        exact.prec = 80
        a = Decimal(39) / 20 * Decimal(reflection) / (1 - Decimal(reflection))
        grain = 1 / (1 - 3 * a / 2 + 3 * a**2 - 3 * a**3 * (1 + 1 / a).ln())
        wanted = float(2 * (Decimal("0.75") * Decimal(39) / 20 / 2 + grain))
    found = line_resistivity(2.0, 39e-9, 20e-9, 0.5, float(reflection), 0.75)
    assert found == approx(wanted, rel=1e-8 if float(reflection) < 1 - 1e-9 else 0.3)  # a float has no more digits


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["compare", "--samples", "2k"], "error: --samples '2k': needed is a whole number\n"),
        (["compare", "--foo"], "error: no such option: --foo; did you mean --f"),
        (["compar"], "error: no such command 'compar'. Did you mean 'compare'?\n"),
        (["compare", "--net", "7-7", "--batch", "1" + "0" * 400], "error: a batch of about 1e400 is not allowed"),
        (["tech", "list", "x" * 5000], "error: got unexpected extra argument"),
    ],
)
def test_a_wrong_command_line_is_an_error_of_ours(here, words, said):  # noqa: F811
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert err.startswith(said)
    assert max(map(len, err.splitlines())) < 1200


def test_help_to_a_reader_that_went_away_is_no_error(tmp_path):
    for words in ("--help", "compare --help", "--version"):
        line = f"'{sys.executable}' -m imac_arch {words} | true; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert (done.stdout.strip(), done.stderr) == ("0", "")


def test_no_accuracy_of_layers_that_do_not_fit():
    code, out, _ = call(
        "compare",
        "--net",
        "128-784-8",
        "--arch",
        "gpu",
        "--tiles",
        "99x1,auto",
        "--samples",
        "0",
        "--json",
        "--accuracy",
        "quick",
    )
    assert code == 0
    assert "do not fit the subarrays" in out


@pytest.mark.parametrize(("bits", "wrong"), [(64, None), (745, "64 or less")])
def test_digital_neurons_of_long_words(tmp_path, here, bits, wrong):  # noqa: F811
    for kind, more in (("cordic", "expansions: 3, guard: 9"), ("pwl", "shared: 1"), ("lut", "shared: 1")):
        (tmp_path / "n.yaml").write_text(
            f"{{kind: neuron, name: n, title: N, node: 40 nm, sources: {{}}, "
            f"neuron: {{kind: {kind}_neuron, bits: {bits}, span: 8, {more}}}}}"
        )
        code, _, err = call("neurons", "--samples", "0", "--neuron", str(tmp_path / "n.yaml"))
        assert code == (2 if wrong else 0)
        assert (wrong or "") in err
