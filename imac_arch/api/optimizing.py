"""The public function behind ``optimize``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from imac_arch import given as plain
from imac_arch.given import DEFAULT_NET, Fields, Names, Net, Partition
from imac_arch.network import Network
from imac_arch.network_files import load_network
from imac_arch.packages import extended
from imac_arch.results.optimum import Optimum

__all__ = ["Optimum", "optimize"]

MOST = 10**7  # designs of an architecture that are all computed


@extended
def optimize(
    net: Net | Network = DEFAULT_NET,
    tech: str | Path = "sot_mram",
    *,
    minimize: str | None = None,
    maximize: str | None = None,
    subject: Names | None = None,
    over: Mapping[str, object] | Sequence[str] = (),
    fair: bool = False,
    arch: Names | None = None,
    baseline: str | None = None,
    gpu: str | Path | None = None,
    most: int = MOST,
    seed: int = 0,
    yes: bool = False,
    batch: int = 1,
    tiles: Partition | None = None,
    timing: str | None = None,
    precision: str | None = None,
    pipelined: bool = False,
    overrides: Fields | None = None,
    command: str = "",
) -> Optimum:
    """Find the design of each architecture that is best by a metric and keeps constraints.

    Args:
        net: as of :func:`compare`.
        tech: the technology, by name or path.
        minimize: the metric that is to be least; give this one or the next.
        maximize: the metric that is to be most.
        subject: constraints, ``"area<=0.1 mm^2"``, ``"latency<20 ns"``, ``"margin_ir_drop>=1.2"``,
            ``"accuracy>=0.95"``; a design must also work, unless one of them says ``"verdict>=doubtful"`` or
            ``"verdict=any"``.
        over: axes, as of :func:`sweep`.
        fair: give each architecture its own knobs (subarrays, amplifiers, converters, arrays of the digital one ...)
            in place of axes for all, or beside them.
        arch: one architecture or a list; all of them by default.
        baseline: the architecture that ratios are against.
        gpu: the board by name or path; ``h100`` by default.
        most: compute all designs of an architecture up to so many (*proven*), and search among more (*found*).
        seed: of a search.
        yes: find the accuracy of more than 500 circuits, where a constraint asks for it.
        batch: inferences at once.
        tiles: as of :func:`compare`.
        timing: ``settled`` or ``declared``.
        precision: ``equal`` or ``native``.
        pipelined: layers of the analog architectures overlap.
        overrides: any field of the technology by its path; knobs that are set stay as they are.
        command: the command line.

    Raises:
        InfeasibleError: no design keeps the constraints; says which one leaves none.
        ImacError: a wrong name, value, axis, constraint or file.
    """
    asked = dict(locals())
    from imac_arch.document.again import call_text
    from imac_arch.studies.optimum.asked import ready

    study = ready(
        load_network(net), plain.name("tech", tech), over,
        minimize=plain.optional(plain.name, "minimize", minimize),
        maximize=plain.optional(plain.name, "maximize", maximize),
        subject=plain.names("subject", subject or ()), fair=plain.flag("fair", fair),
        arch=plain.optional(plain.some, "arch", arch), baseline=plain.optional(plain.name, "baseline", baseline),
        board=plain.optional(plain.name, "gpu", gpu), most=plain.whole("most", most), seed=plain.whole("seed", seed),
        yes=plain.flag("yes", yes),
        batch=plain.whole("batch", batch), tiles=plain.optional(plain.partition, "tiles", tiles),
        timing=plain.optional(plain.name, "timing", timing),
        precision=plain.optional(plain.name, "precision", precision), pipelined=plain.flag("pipelined", pipelined),
        overrides=plain.fields("overrides", overrides or {}), command=plain.name("command", command),
        python=call_text(optimize, asked),
    )  # fmt: skip
    return Optimum(study.document())
