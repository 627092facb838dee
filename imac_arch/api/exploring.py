"""The public functions that walk through a space of designs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from imac_arch import given as plain
from imac_arch.given import DEFAULT_NET, Fields, Names, Net, Partition
from imac_arch.network import Network
from imac_arch.network_files import load_network
from imac_arch.packages import extended
from imac_arch.results.sweep import Sweep

__all__ = ["Sweep", "sweep"]


@extended
def sweep(
    net: Net | Network = DEFAULT_NET,
    tech: str | Path = "sot_mram",
    *,
    over: Mapping[str, object] | Sequence[str],
    arch: Names | None = None,
    gpu: str | Path | None = None,
    metrics: Names | None = None,
    pareto: Names | None = None,
    subject: Names | None = None,
    zip: bool = False,
    sample: int | str | None = None,
    method: str = "sobol",
    samples: int | None = None,
    seed: int = 0,
    yes: bool = False,
    executor: object = None,
    batch: int = 1,
    tiles: Partition | None = None,
    timing: str | None = None,
    precision: str | None = None,
    pipelined: bool = False,
    overrides: Fields | None = None,
    command: str = "",
) -> Sweep:
    """Evaluate designs along axes: all combinations of their values, pairs of them, or samples.

    Args:
        net: as of :func:`compare`.
        tech: the technology, by name or path.
        over: axes by name, the path of a field or an ending of it, ``subarray``, ``batch``, or ``net``, ``tech``,
            ``gpu``, ``tiles``, ``timing``, ``precision``, ``pipelined``; with a list of texts or of numbers in SI
            units, or a text, ``"32,64"``, ``"range(4, 9)"``, ``"geomspace(5 ohm*um^2, 50 kohm*um^2, 40)"``; or texts
            ``name=values``.
        arch: one architecture or a list; all of them by default.
        gpu: the board by name or path; ``h100`` by default.
        metrics: one or a list; those of summaries by default.
        pareto: metrics of the front, a list or ``"energy,area"``; area, energy and latency by default.
        subject: what the best designs and those of the front must keep, ``"area<=0.1 mm^2"``, ``"verdict>=doubtful"``,
            ``"margin_ir_drop>=1.2"``, ``"accuracy>=0.95"``; one or a list. The front is of designs that work unless one
            says otherwise.
        zip: pair the values of the axes, instead of all combinations.
        sample: so many designs, spread over all of them, also between the ends of what is spaced evenly.
        method: of the sample, ``sobol`` or ``random``.
        samples: draws of the uncertain numbers behind the 90 % intervals of the best designs and of the front, and in
            rows behind columns ``imac.energy_low`` and ``imac.energy_high`` of each metric, as ``compare`` has them of
            the same design; 0 for none. By default 200 for the error bars of a page, and none elsewhere.
        seed: of the sample, and of these draws.
        yes: compute more than 10^10 designs, the accuracy of more than 500 circuits, or rows with more than 10^8 draws.
        executor: who evaluates the designs of a summary or a folder: ``processes``, ``processes=4``, ``dask`` (on this
            machine), ``dask=tcp://host:8786``, or any ``concurrent.futures.Executor``; by default this process.
        batch: inferences at once.
        tiles: as of :func:`compare`.
        timing: ``settled`` or ``declared``.
        precision: ``equal`` or ``native``.
        pipelined: layers of the analog architectures overlap.
        overrides: any field of the technology by its path.
        command: the command line.

    Raises:
        ImacError: a wrong name, value, axis or file.
    """
    asked = dict(locals())
    from imac_arch.document.again import call_text
    from imac_arch.studies.sweep.asked import ready
    from imac_arch.studies.sweep.executors import read_executor

    workers = read_executor(executor)
    return Sweep(ready(
        load_network(net), plain.name("tech", tech), over,
        arch=plain.optional(plain.some, "arch", arch), board=plain.optional(plain.name, "gpu", gpu),
        metrics=plain.optional(plain.some, "metrics", metrics), zipped=plain.flag("zip", zip), sample=sample,
        method=plain.name("method", method), seed=plain.whole("seed", seed), yes=plain.flag("yes", yes),
        batch=plain.whole("batch", batch), tiles=plain.optional(plain.partition, "tiles", tiles),
        timing=plain.optional(plain.name, "timing", timing),
        precision=plain.optional(plain.name, "precision", precision), pipelined=plain.flag("pipelined", pipelined),
        overrides=plain.fields("overrides", overrides or {}),
        command=plain.name("command", command), python=call_text(sweep, asked),
        pareto=None if pareto is None else [name for each in plain.some("pareto", pareto) for name in each.split(",")],
        subject=plain.names("subject", subject or ()), samples=plain.optional(plain.whole, "samples", samples),
    ), workers)  # fmt: skip
