import inspect
import subprocess
import sys

import imac_arch
import imac_arch.crossbar
from imac_arch.resolve import usual_architectures
from tests.conftest import ROOT
from tests.helpers import ALL


def test_the_public_names_are_pinned():
    classes = [
        "Accuracy",
        "Catalog",
        "Comparison",
        "Difference",
        "Explanation",
        "FileCheck",
        "Keys",
        "Netlist",
        "NetlistCheck",
        "Neurons",
        "Optimum",
        "Sensitivity",
        "Sweep",
        "Validation",
    ]
    functions = [
        "accuracy",
        "catalog",
        "check_file",
        "compare",
        "compare_neurons",
        "diff",
        "explain",
        "keys",
        "netlist",
        "optimize",
        "sensitivity",
        "sweep",
        "validate",
    ]
    errors = ["FileErrors", "ImacError", "InfeasibleError", "InputOutputError", "UnknownName", "UsageError"]
    assert sorted(imac_arch.__all__) == sorted([*classes, *functions, *errors, "__version__"])
    assert all(getattr(imac_arch, name).__doc__ for name in (*classes, *functions, *errors))
    assert imac_arch.__version__.count(".") == 2


CROSSBAR = {
    "Cell", "TunnelJunction",
    "Approximation", "CrossbarError", "ForwardPass", "Layer", "LayerOutputs", "Lines", "Modes",
    "Ports", "Settling", "Solution", "SpiceResult", "Stage", "Transient", "approximate_conductance", "attenuation",
    "bit_line_power", "dominant_time_constant", "drawn_by", "effective_conductance", "effective_transfer", "excitation",
    "far_share", "ladder_length", "layer_map", "line_modes", "line_power", "line_resistivity", "netlist",
    "outputs", "pair_word_segments", "ports", "reached_by", "run_ngspice", "settling_time", "signal_share",
    "signal_share_all_on", "slow_cell", "solve", "step_settling_time", "time_constant", "wire_capacitance",
    "word_line_input_resistance",
}  # fmt: skip


def test_the_names_of_the_crossbar_are_pinned_and_there():
    assert set(imac_arch.crossbar.__all__) == CROSSBAR
    assert set(dir(imac_arch.crossbar)) >= CROSSBAR
    for name in CROSSBAR:
        assert getattr(imac_arch.crossbar, name).__name__ == name  # no module stands in its place
    assert not hasattr(imac_arch.crossbar, "solv")


def test_no_module_of_the_crossbar_bears_the_name_of_a_function():
    """Importing such a module would put it where the function was."""
    assert not CROSSBAR & {path.stem for path in (ROOT / "imac_arch" / "crossbar").glob("*.py")}


def test_the_crossbar_loads_its_names_when_they_are_asked_for():
    code = (
        "import sys, imac_arch.crossbar as c; dir(c);"
        "print([m for m in ('numpy', 'scipy') if m in sys.modules]);"
        "from imac_arch.crossbar import solve, netlist, Layer; print(callable(solve) and callable(netlist))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "True"]


def test_compare_takes_the_documented_arguments():
    names = list(inspect.signature(imac_arch.compare).parameters)
    assert names[:2] == ["net", "tech"]
    for name in (
        "arch",
        "baseline",
        "gpu",
        "batch",
        "subarray",
        "adc_bits",
        "adc_law",
        "read",
        "pipelined",
        "scenario",
    ):
        assert name in names


def test_a_comparison_offers_frames_json_and_a_report(tmp_path):
    found = imac_arch.compare("16-8-4", "sot_mram", samples=20)
    judged = "imac fails, mixed_signal fails, digital works, gpu (h100) works"
    assert [word.split()[0] for word in judged.split(", ")] == list(usual_architectures(["sot_mram"]))
    assert repr(found) == f"<Comparison 16-8-4 on sot_mram: {judged}>"
    frame = found.to_frame()
    assert set(frame.columns) >= {"technology", "architecture", "metric", "unit", "value", "low", "high", "verdict"}
    verdicts = found.verdicts().set_index(["technology", "architecture"])["verdict"]
    assert verdicts["sot_mram", "digital"] == "works"
    assert set(found.checks()["status"]) <= {"clear", "doubtful", "fails"}
    columns = [name for name in found.summary().columns if name.partition(" ")[0] in ALL]
    assert columns == ["imac", "mixed_signal", "digital", "gpu (h100)"]
    assert found.to_html(tmp_path / "x.html").stat().st_size > 1000
    assert "<table" in found._repr_html_()
