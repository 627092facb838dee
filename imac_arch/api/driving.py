"""The public function behind ``sensitivity``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from imac_arch import given as plain
from imac_arch.given import DEFAULT_NET, Fields, Names, Net, Pair, Partition
from imac_arch.network import Network
from imac_arch.packages import extended
from imac_arch.results.sensitivity import Sensitivity

__all__ = ["Sensitivity", "sensitivity"]

SAMPLES = 2000


@extended
def sensitivity(
    net: Net | Network | None = None,
    tech: Names | None = None,
    *,
    arch: Names | None = None,
    metrics: Names | None = None,
    baseline: str | Sequence[str] | None = None,
    gpu: str | Path | None = None,
    batch: int = 1,
    subarray: Pair | None = None,
    adc_bits: int | None = None,
    adc_law: str | None = None,
    read: str | None = None,
    pipelined: bool = False,
    timing: str | None = None,
    precision: str | None = None,
    tiles: Partition | None = None,
    scenario: str | Path | None = None,
    overrides: Fields | None = None,
    samples: int = SAMPLES,
    sobol: int | None = None,
    seed: int = 0,
    command: str = "",
) -> Sensitivity:
    """Say what drives metrics and ratios of a comparison, and what would flip them.

    Args:
        net: as of :func:`compare`; 784-128-10 where neither it nor a scenario is given.
        tech: one technology or a list, by name or path.
        arch: the designs that are looked at; the subjects of headlines by default.
        metrics: one or a list; energy, latency and area by default.
        baseline: what ratios are against, as of :func:`compare`; ``none`` asks for the metrics themselves.
        gpu: as of :func:`compare`, and so are the next ones.
        batch: inferences at once.
        subarray: rows by weight columns.
        adc_bits: bits of the converters.
        adc_law: name of the converter law.
        read: ``averaging`` or ``virtual_ground``.
        pipelined: layers overlap.
        timing: ``settled`` or ``declared``.
        precision: ``equal`` or ``native``.
        tiles: row tiles x column tiles of each layer.
        scenario: a named list of assumptions, under which all is looked at.
        overrides: any field by its path.
        samples: draws of the uncertain quantities, which the budget is fitted to; 0 for none.
        sobol: points of Saltelli's design for Sobol indices, a power of two; 0 for none. None: only for results of
            which the fit explains less than 95 %.
        seed: of the draws.
        command: the command line, for the report.

    Raises:
        ImacError: a wrong name, value, file or path; see :mod:`imac_arch.data.errors`.
    """
    given = dict(locals())
    from imac_arch.document.again import call_text
    from imac_arch.plan import Arguments
    from imac_arch.studies.sensitivity.report import ALONE, Ask, sensitivity_document

    alone = baseline == ALONE
    asked = Arguments.of(
        DEFAULT_NET if net is None and scenario is None else net, tech, arch, None if alone else baseline, gpu, batch,
        subarray, adc_bits, adc_law, read, pipelined, timing, precision, tiles, scenario, overrides, False, "none",
        None, None, None, samples, seed, command,
    )  # fmt: skip
    names = plain.optional(plain.some, "metrics", metrics) or ()
    return Sensitivity(
        sensitivity_document(
            asked, Ask(names, alone, plain.optional(plain.whole, "sobol", sobol), call_text(sensitivity, given))
        )
    )
