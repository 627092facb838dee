"""Choices side by side: an architecture with each alternative of what a designer chooses, against the subject.

A choice, such as the converter law, is no uncertainty: its alternatives are scenarios, never sampled together. They
are listed in the law ``choices``. The alternative that the comparison has is not evaluated again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.components.adc import adc_laws
from imac_arch.components.base import Laws
from imac_arch.components.laws import Choice, Choices
from imac_arch.components.roles import ADC
from imac_arch.data.arrays import Array
from imac_arch.data.errors import ImacError, UsageError
from imac_arch.data.quantity import Quantity
from imac_arch.document.evaluated import bits_of, ratio_arrays
from imac_arch.document.samples import figures, quotients
from imac_arch.document.studied import Alternative
from imac_arch.evaluate import Evaluation, evaluate
from imac_arch.findings import refuse
from imac_arch.inputs import Inputs
from imac_arch.metrics import METRICS
from imac_arch.soundness import senseless

__all__ = ["side_by_side"]

FEW = 500
PRECISION, LAWS = "precision", "laws"
ANOTHER = "as compared"
WORDS = {"components.adc.law": (ADC.name, adc_laws)}
Settings = Mapping[str, Quantity | str]


def side_by_side(inputs: Inputs, evaluations: Sequence[Evaluation]) -> Iterator[Alternative]:
    """Give a row for each choice, each architecture that it concerns, and each alternative.

    Args:
        inputs: network, technology, laws and board with their samples.
        evaluations: of the comparison on this technology; the subject among them is what ratios are against.
    """
    subject = next((e for e in evaluations if ARCHITECTURES[e.architecture].subject), None)
    few = replace(inputs.thinned(FEW), timing="settled")
    for choice in inputs.laws.get(Choices, "choices").choices:
        for evaluation in evaluations:
            if choice.role in ARCHITECTURES[evaluation.architecture].roles:
                alternatives = list(_alternatives(choice, inputs))
                if alternatives and not any(_chosen(few, settings) for _, _, settings in alternatives):
                    alternatives.append((ANOTHER, "", {}))  # the comparison has none of them
                for name, text, settings in alternatives:
                    yield _row(choice, (name, text), settings, few, evaluation, subject)


def _alternatives(choice: Choice, inputs: Inputs) -> Iterator[tuple[str, str, Settings]]:
    """Give name, description and settings of each alternative; none where the component has not the fields."""
    if choice.each:
        role, words = WORDS[choice.each]
        titles = {word: inputs.laws.by_name[f"{role}_{word}"].title for word in words()}
        every: Mapping[str, tuple[str, Settings]] = {word: (titles[word], {choice.each: word}) for word in words()}
    else:
        every = {name: ("", settings) for name, settings in choice.variations.items()}
    for name, (text, settings) in every.items():
        if all(path == PRECISION or _place(inputs, path) for path in settings):
            yield name, text, settings


def _place(inputs: Inputs, path: str) -> tuple[str, str] | None:
    """Return role, or law, and field of a path; None where what fills the role, or the law, has no such field."""
    top, role, field = path.split(".")
    component = inputs.laws.by_name.get(role) if top == LAWS else inputs.technology.components.get(role)
    return (role, field) if component is not None and field in type(component).model_fields else None


def _row(
    choice: Choice,
    called: tuple[str, str],
    settings: Settings,
    few: Inputs,
    evaluation: Evaluation,
    subject: Evaluation | None,
) -> Alternative:
    """Return an architecture with an alternative; where that does not apply, why."""
    chosen, found, error = _chosen(few, settings), evaluation, ""
    metrics, ratios = evaluation.settled, {}
    if not chosen:
        try:
            found = evaluate(_with(few, settings), [evaluation.architecture])[0]
            refuse(found)
            if (nonsense := senseless(found)) is not None:
                raise UsageError(str(nonsense))
            metrics = found.masked().metrics
        except ImacError as refused:
            error = str(refused)
    if subject is not None and not error:
        above, below = ratio_arrays(subject.metrics, metrics)
        kept = [name for name in above if METRICS[name].summary]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = {name: np.divide(*_as_many(above[name], below[name])) for name in kept}
    return Alternative(
        technology=evaluation.technology,
        architecture=evaluation.architecture,
        choice=choice.name,
        title=choice.title,
        name=called[0],
        text=called[1],
        chosen=chosen,
        bits=None if error else bits_of(found),
        subject=None if subject is None else subject.architecture,
        error=error,
        metrics={} if error else figures({name: metrics[name] for name in METRICS if METRICS[name].summary}),
        ratios=quotients(ratios),
    )


def _chosen(inputs: Inputs, settings: Settings) -> bool:
    """Whether a design has an alternative already; a field that is left out has what the component's law says."""
    for path, wanted in settings.items():
        own = inputs.precision if path == PRECISION else _own(inputs, path)
        if isinstance(own, Quantity) and isinstance(wanted, Quantity):
            if np.any(own.raw != wanted.raw):
                return False
        elif own != wanted:
            return False
    return True


def _own(inputs: Inputs, path: str) -> object:
    top, role, field = path.split(".")
    if top == LAWS:
        return getattr(inputs.laws.by_name[role], field)
    component = inputs.technology.components[role]
    own = getattr(component, field)
    law = inputs.laws.by_name.get(f"{role}_{getattr(component, 'law', '')}")
    return getattr(law, field, None) if own is None else own


def _with(inputs: Inputs, settings: Settings) -> Inputs:
    """Return the inputs with the settings of an alternative."""
    for path, value in settings.items():
        if path == PRECISION:
            inputs = replace(inputs, precision=str(value))
        else:
            top, role, field = path.split(".")
            if top == LAWS:
                law = inputs.laws.by_name[role].model_copy(update={field: value})
                inputs = replace(inputs, laws=Laws({**inputs.laws.by_name, role: law}))
            else:
                inputs = inputs.with_component(role, **{field: value})
    return inputs


def _as_many(one: Array, other: Array) -> tuple[Array, Array]:
    """Return arrays over samples cut to the draws that both have; one value stands for all."""
    count = min((np.size(each) for each in (one, other) if np.size(each) > 1), default=1)
    return one[..., :count], other[..., :count]
