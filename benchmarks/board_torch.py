"""A CUDA device through PyTorch: builds multilayer perceptrons and times them with events."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from board_device import HOW_TO_GET, Run, Skipped, Unavailable, power_meter

ROWS, GRAIN = 32, 8  # torch._int_mm takes more than 16 rows and multiples of 8


class TorchDevice:
    """The first CUDA device. Bare idle is read before PyTorch makes its context."""

    def __init__(self, idle_seconds: float = 2.0) -> None:
        try:
            import torch
        except ImportError:
            raise Unavailable(f"PyTorch is not installed. {HOW_TO_GET}") from None
        if not torch.cuda.is_available():
            raise Unavailable(f"PyTorch {torch.__version__} reaches no CUDA device. {HOW_TO_GET}")
        self.torch = torch
        self.meter = power_meter()
        self.idle = {"bare": self._resting(idle_seconds)}
        torch.zeros(1, device="cuda")
        torch.cuda.synchronize()
        properties = torch.cuda.get_device_properties(0)
        uuid = getattr(properties, "uuid", None)
        if uuid is not None:
            self.meter = power_meter(str(uuid))
        self.idle["context"] = self._resting(idle_seconds)
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        self.properties = properties

    def _resting(self, seconds: float) -> Any:
        time.sleep(seconds / 2)
        self.meter.start()
        for _ in range(10):
            time.sleep(seconds / 20)
            self.meter.poll()
        return self.meter.stop()

    def describe(self) -> dict[str, Any]:
        """Return name, driver, versions and what the driver says of the device."""
        torch, p = self.torch, self.properties
        about = self.meter.about()
        keys = ("multi_processor_count", "total_memory", "L2_cache_size", "major", "minor", "clock_rate",
                "memory_clock_rate", "memory_bus_width")  # fmt: skip
        return {
            "name": p.name, "torch": torch.__version__, "cuda": torch.version.cuda, **about,
            **{k: getattr(p, k, None) for k in keys}, "idle": self.idle, "tf32": False,
            "triton": _version("triton"), "power_read_by": type(self.meter).__name__,
        }  # fmt: skip

    def synchronise(self) -> None:
        """Wait for the device."""
        self.torch.cuda.synchronize()

    def clock(self) -> float:
        """Time of the host [s]."""
        return time.perf_counter()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def events(self, run: Run, repeats: int) -> list[float]:
        """Time each pass between two events of the device [s], synchronised after each."""
        event = self.torch.cuda.Event
        times = []
        for _ in range(repeats):
            first, last = event(enable_timing=True), event(enable_timing=True)
            first.record()
            run()
            last.record()
            self.torch.cuda.synchronize()
            times.append(first.elapsed_time(last) / 1e3)
        return times

    def release(self) -> None:
        """Give the memory of what was built back."""
        import gc

        gc.collect()
        self.torch.cuda.empty_cache()

    def build(self, layers: Sequence[int], batch: int, precision: str, mode: str) -> Run:
        """Return a function that starts one pass over a batch; raise Skipped with the reason where there is none."""
        torch = self.torch
        try:
            with torch.inference_mode():
                step, x = (self._int8 if precision == "int8" else self._floating)(layers, batch, precision)
                if "compiled" in mode:
                    step = self._compiled(step, x)
                run = self._graph(step, x) if "graph" in mode else self._plain(step, x)
                run()
                torch.cuda.synchronize()
                return run
        except Skipped:
            raise
        except torch.cuda.OutOfMemoryError:
            raise Skipped("out of memory") from None
        except Exception as error:  # whatever a version or board cannot do becomes the reason
            raise Skipped(
                f"{type(error).__name__}: {str(error).strip().splitlines()[0][:200] if str(error) else ''}"
            ) from error

    def _floating(self, layers: Sequence[int], batch: int, precision: str) -> tuple[Callable[[Any], Any], Any]:
        torch = self.torch
        kind = {"fp32": torch.float32, "fp16": torch.float16}[precision]
        parts: list[Any] = []
        for m, n in pairwise(layers):
            parts += [torch.nn.Linear(m, n, device="cuda", dtype=kind), torch.nn.Sigmoid()]
        return torch.nn.Sequential(*parts).eval(), torch.rand(batch, layers[0], device="cuda").to(kind)

    def _int8(self, layers: Sequence[int], batch: int, precision: str) -> tuple[Callable[[Any], Any], Any]:
        """Integer products, dequantised, activated and quantised again; sizes padded to what the product takes."""
        torch = self.torch
        if not hasattr(torch, "_int_mm"):
            raise Skipped("this PyTorch has no torch._int_mm")
        sizes = [math.ceil(n / GRAIN) * GRAIN for n in layers]
        weights = [torch.randint(-127, 128, (n, m), device="cuda", dtype=torch.int8).t() for m, n in pairwise(sizes)]
        scales = [torch.full((n,), 1 / (127 * 127 * math.sqrt(m)), device="cuda") for m, n in pairwise(sizes)]

        def step(x: Any) -> Any:
            for weight, scale in zip(weights, scales, strict=True):
                y = torch._int_mm(x, weight)
                x = (torch.sigmoid(y * scale) * 127).to(torch.int8)
            return x

        return step, torch.randint(0, 128, (max(batch, ROWS), sizes[0]), device="cuda", dtype=torch.int8)

    def _compiled(self, step: Callable[[Any], Any], x: Any) -> Callable[[Any], Any]:
        torch = self.torch
        if not hasattr(torch, "compile"):
            raise Skipped("this PyTorch has no torch.compile")
        if _version("triton") is None:
            raise Skipped("torch.compile needs triton, which is not installed")
        torch._dynamo.reset()  # otherwise the ninth shape silently runs uncompiled
        compiled = torch.compile(step, dynamic=False)
        for _ in range(3):
            compiled(x)
        torch.cuda.synchronize()
        return compiled

    def _plain(self, step: Callable[[Any], Any], x: Any) -> Run:
        inference = self.torch.inference_mode

        def run() -> None:
            with inference():
                step(x)

        return run

    def _graph(self, step: Callable[[Any], Any], x: Any) -> Run:
        torch = self.torch
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                step(x)
        torch.cuda.current_stream().wait_stream(side)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            kept = step(x)

        def run(graph: Any = graph, kept: Any = (x, kept, step)) -> None:
            graph.replay()

        return run

    def kernels(self, run: Run) -> int | None:
        """Count the kernels of one pass with the profiler."""
        try:
            from torch.profiler import ProfilerActivity, profile

            with profile(activities=[ProfilerActivity.CUDA]) as found:
                run()
                self.torch.cuda.synchronize()
            cuda = self.torch.autograd.DeviceType.CUDA
            return (
                sum(1 for e in found.events() if e.device_type == cuda and not e.name.startswith(("Memcpy", "Memset")))
                or None
            )
        except Exception:
            return None

    def probes(self) -> dict[str, Any]:
        """Measure copies through memory and cache [B/s], square products [op/s] and tiny kernels [s]."""
        torch, found = self.torch, {}

        def best(run: Run, count: int) -> float:
            for _ in range(3):
                run()
            self.synchronise()
            return min(self.events(lambda: [run() for _ in range(count)], 5)) / count

        def attempt(name: str, measure: Callable[[], float]) -> None:
            try:
                with torch.inference_mode():
                    found[name] = measure()
            except Exception as error:
                found[name] = f"{type(error).__name__}: {str(error)[:200]}"
            self.release()

        def copy(size: int, count: int) -> float:
            a, b = (torch.zeros(size, device="cuda", dtype=torch.uint8) for _ in range(2))
            run = lambda: b.copy_(a)  # noqa: E731
            if count > 1:
                run = self._graph(lambda _: [b.copy_(a) for _ in range(count)], a)
            return 2 * size * count / best(run, 4)

        def square(precision: str, n: int) -> float:
            if precision == "int8":
                a, b = (torch.randint(-9, 9, (n, n), device="cuda", dtype=torch.int8) for _ in range(2))
                return 2 * n**3 / best(lambda: torch._int_mm(a, b.t()), 5)
            kind = torch.float16 if precision == "fp16" else torch.float32
            a, b = (torch.randn(n, n, device="cuda").to(kind) for _ in range(2))
            return 2 * n**3 / best(lambda: a @ b, 5)

        total = self.properties.total_memory
        attempt("copy_memory", lambda: copy(min(1 << 30, total // 8), 1))
        for size in (1, 2, 4, 8, 16):
            attempt(f"copy_{size}MiB_in_graph", lambda size=size: copy(size << 20, 20))
        for precision in ("fp32", "fp16", "int8"):
            for n in (2048, 8192):
                attempt(f"square_{precision}_{n}", lambda p=precision, n=n: square(p, n))
        one = torch.zeros(1, device="cuda")
        for count in (1, 10, 40):

            def tiny(count: int = count) -> float:
                return best(self._graph(lambda _: [one.add_(1) for _ in range(count)], one), 1)

            attempt(f"graph_of_{count}_tiny", tiny)
            attempt(f"stream_of_{count}_tiny", lambda count=count: best(lambda: [one.add_(1) for _ in range(count)], 1))
        return found


def _version(name: str) -> str | None:
    import importlib.metadata

    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
