import inspect

import imac_arch


def test_the_public_names_are_pinned():
    classes = ["Catalog", "Comparison", "Explanation", "FileCheck", "Netlist", "NetlistCheck", "Neurons"]
    functions = ["catalog", "check_file", "compare", "compare_neurons", "explain", "netlist"]
    assert sorted(imac_arch.__all__) == sorted([*classes, *functions, "__version__"])
    assert set(imac_arch.__all__) <= set(dir(imac_arch))
    assert all(getattr(imac_arch, name).__doc__ for name in (*classes, *functions))
    assert imac_arch.__version__.count(".") == 2


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
    assert repr(found) == "<Comparison 16-8-4 on sot_mram: imac, mixed_signal, digital, gpu>"
    frame = found.to_frame()
    assert set(frame.columns) >= {"technology", "architecture", "metric", "unit", "value", "low", "median", "high"}
    assert list(found.summary().columns) == ["imac", "mixed_signal", "digital", "gpu (h100)"]
    assert found.to_html(tmp_path / "x.html").stat().st_size > 1000
    assert "<table" in found._repr_html_()
