"""Designs a second beside a tool that searches mappings, in one run, for scale.

    python benchmarks/mappers.py [PYTHON WITH ZIGZAG]

784-128-10. ZigZag (``pip install zigzag-dse six``, in an environment of its own) looks for the best mapping of each
design on its accelerator ``tpu_like``; here the mapping is given, so that a point is less work: the figures tell how
many designs one can look at, not who is quicker at the same. AccelForge, which searches mappings too, has models that
need NeuroSim's binary and graphviz, and is left out. Wall time, the median of a few designs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time

OVER = {"subarray": "range(16, 257)", "adc.bits": "range(4, 9)", "read.voltage": "linspace(50 mV, 200 mV, 800)"}
ZIGZAG = """
import logging, statistics, time
from importlib.resources import files
import yaml
from zigzag.api import get_hardware_performance_zigzag
logging.disable(logging.CRITICAL)
def layer(k, inputs, outputs):
    return {"id": k, "name": f"fc{k}", "operator_type": "Gemm", "equation": "O[b][k]+=W[k][c]*I[b][c]",
            "dimension_relations": [], "loop_dims": ["B", "K", "C"], "loop_sizes": [1, outputs, inputs],
            "operand_precision": {"W": 8, "I": 8, "O": 16, "O_final": 8},
            "operand_source": {"I": max(k - 1, 0), "W": k}}
with open("net.yaml", "w") as file:
    yaml.safe_dump([layer(0, 784, 128), layer(1, 128, 10)], file)
place, times = files("zigzag") / "inputs", []
for _ in range(7):
    begun = time.perf_counter()
    get_hardware_performance_zigzag("net.yaml", str(place / "hardware/tpu_like.yaml"),
        str(place / "mapping/tpu_like.yaml"), opt="energy", dump_folder="out", pickle_filename="out/x",
        loma_show_progress_bar=False)
    times.append(time.perf_counter() - begun)
print(statistics.median(times))
"""


def main() -> None:
    """Print how many designs a second."""
    import imac_arch

    begun = time.perf_counter()
    found = imac_arch.sweep("784-128-10", "reram", over=OVER)
    counted = sum(each.works + each.doubtful + each.fails for each in found.document.architectures)
    seconds = time.perf_counter() - begun
    print(f"imac-arch: {counted / seconds:,.0f} designs a second, verdicts and front with them ({len(found):,} rows)")
    with tempfile.TemporaryDirectory() as place:
        words = [sys.argv[1] if len(sys.argv) > 1 else sys.executable, "-c", ZIGZAG]
        done = subprocess.run(words, cwd=place, capture_output=True, text=True, check=False)
    if done.returncode:
        print("ZigZag: not installed here (pip install zigzag-dse six); name another Python")
        return
    print(f"ZigZag: {1 / float(done.stdout.split()[-1]):.1f} designs a second, the mapping of each searched")


if __name__ == "__main__":
    main()
