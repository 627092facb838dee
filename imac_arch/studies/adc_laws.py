"""Converter laws side by side: every architecture with converters priced by each law, against the subject."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.components.adc import adc_laws
from imac_arch.components.roles import ADC
from imac_arch.data.arrays import Array
from imac_arch.data.errors import ImacError
from imac_arch.document.samples import figures
from imac_arch.document.studied import AdcScenario
from imac_arch.evaluate import Evaluation, evaluate
from imac_arch.findings import refuse
from imac_arch.inputs import Inputs
from imac_arch.metrics import METRICS

__all__ = ["priced_by_each_law"]


def priced_by_each_law(inputs: Inputs, evaluations: Sequence[Evaluation]) -> Iterator[AdcScenario]:
    """Give a row for each architecture with converters and each law.

    Args:
        inputs: network, technology, laws and board with their samples.
        evaluations: of the comparison on this technology; the subject among them is what ratios are against.
    """
    subject = next((e for e in evaluations if ARCHITECTURES[e.architecture].subject), None)
    for evaluation in evaluations:
        if ADC.name in ARCHITECTURES[evaluation.architecture].roles:
            for law in adc_laws():
                yield _under(law, inputs, evaluation, subject)


def _under(law: str, inputs: Inputs, evaluation: Evaluation, subject: Evaluation | None) -> AdcScenario:
    """Return an architecture under a law; where the law does not apply, why."""
    name, metrics, error = evaluation.architecture, {}, ""
    ratios: dict[str, Array] = {}
    try:
        settled = replace(inputs.with_component(ADC.name, law=law), timing="settled")
        priced = evaluate(settled, [name])[0]
        refuse(priced)
        priced = priced.masked()
        metrics = figures(priced.metrics)
        ratios = {} if subject is None else _over(priced, subject)
    except ImacError as refused:
        error = str(refused)
    return AdcScenario(
        technology=evaluation.technology,
        architecture=name,
        law=law,
        title=inputs.laws.by_name[f"adc_{law}"].title,
        subject=None if subject is None else subject.architecture,
        error=error,
        metrics=metrics,
        ratios=figures(ratios),
    )


def _over(evaluation: Evaluation, subject: Evaluation) -> dict[str, Array]:
    """Return every metric that has ratios, so that above 1 favours the subject, arrays over samples."""
    ratios = {}
    for name, metric in METRICS.items():
        own, other = subject.metrics[name], evaluation.metrics[name]
        if metric.ratio and own is not None and other is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                ratios[name] = other / own if metric.better == "lower" else own / other
    return ratios
