"""Two technologies, run and compared, or two saved documents, read and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from imac_arch.compared import run
from imac_arch.data.errors import UsageError
from imac_arch.data.files import digest, read_yaml
from imac_arch.data.registry import find, is_path, portable
from imac_arch.document.build import generator
from imac_arch.document.difference import DifferenceDocument, DifferenceSide
from imac_arch.document.evaluated import Compared
from imac_arch.document.plain import to_plain
from imac_arch.document.samples import without_samples
from imac_arch.document.shapes import SCHEMA_VERSION
from imac_arch.evaluate import Evaluation
from imac_arch.plan import Arguments, settle
from imac_arch.studies.difference import (
    Factors,
    changed_inputs,
    changed_results,
    changed_verdicts,
    inputs_of_document,
    inputs_of_technology,
    new_warnings,
    refuse_unlike,
)
from imac_arch.studies.saved import SUFFIXES, kind_of, read_saved

__all__ = ["differ"]

TECHNOLOGY = "technology"


def differ(a: str, b: str, given: Arguments) -> DifferenceDocument:
    """Return what differs between two technologies or two documents, and what that does to the results.

    Args:
        a: a technology by name or path, or a document: a JSON file or a report.
        b: likewise, of the same kind.
        given: how technologies are run.

    Raises:
        ImacError: a wrong name, file or path, or two unlike kinds.
    """
    documents = [read_saved(side) if _saved(side) else None for side in (a, b)]
    kinds = [_technology_kind(s) if d is None else kind_of(d) for s, d in zip((a, b), documents, strict=True)]
    refuse_unlike(kinds, (a, b))
    if documents[0] is not None and documents[1] is not None:
        return _of_documents(a, b, documents[0], documents[1], given.command)
    return _of_technologies(a, b, given)


def _saved(side: str) -> bool:
    return Path(side).suffix.lower() in SUFFIXES


def _technology_kind(side: str) -> str:
    """Return the kind of a YAML file; what a name stands for is told when it is looked for."""
    if not is_path(side):
        return TECHNOLOGY
    data = read_yaml(find(TECHNOLOGY, side)).data
    return str(data.get("kind", TECHNOLOGY)) if isinstance(data, dict) else TECHNOLOGY


def _of_documents(a: str, b: str, old: Mapping[str, Any], new: Mapping[str, Any], command: str) -> DifferenceDocument:
    try:
        prefixed = max(len(side["technologies"]) for side in (old, new)) > 1
        inputs = [inputs_of_document(side, prefixed) for side in (old, new)]
        return _document("documents", (a, old), (b, new), inputs, None, command)
    except (KeyError, TypeError, AttributeError) as error:
        text = f"{a} or {b} lacks what a comparison's document holds ({error}); make it again"
        raise UsageError(text) from None


def _of_technologies(a: str, b: str, given: Arguments) -> DifferenceDocument:
    (old, olds), (new, news) = (_run(side, given) for side in (a, b))
    inputs = [inputs_of_technology(compared.loaded) for compared in (olds, news)]
    factors = _factors(olds.evaluations, news.evaluations)
    document = _document("technologies", (a, to_plain(old)), (b, to_plain(new)), inputs, factors, given.command)
    return document if given.samples else without_samples(document)


def _run(side: str, given: Arguments) -> tuple[Any, Compared]:
    """Return the comparison on one technology, and what is known about it."""
    document, (compared,) = run(settle(replace(given, tech=(side,))))
    return document, compared


def _factors(olds: Sequence[Evaluation], news: Sequence[Evaluation]) -> Factors:
    """Return B over A of every draw, by design and metric; draws of equal paths are shared."""
    found = {}
    for old, new in zip(olds, news, strict=True):
        for name, values in new.metrics.items():
            other = old.metrics.get(name)
            if values is not None and other is not None:
                with np.errstate(divide="ignore", invalid="ignore"):
                    found[old.architecture, name] = np.asarray(values / other)
    return found


def _document(
    of: str,
    a: tuple[str, Mapping[str, Any]],
    b: tuple[str, Mapping[str, Any]],
    inputs: Sequence[Mapping[str, Any]],
    factors: Factors | None,
    command: str,
) -> DifferenceDocument:
    (_, old), (_, new) = a, b
    results, ratios, only_a, only_b = changed_results(old, new, factors)
    names = dict.fromkeys(side["network"]["name"] for side in (old, new))
    return DifferenceDocument(
        schema_version=SCHEMA_VERSION,
        generator=generator(),
        command=command,
        of=of,
        network=" and ".join(names),
        a=_side(*a, of),
        b=_side(*b, of),
        inputs=changed_inputs(inputs[0], inputs[1]),
        verdicts=changed_verdicts(old, new),
        results=results,
        ratios=ratios,
        warnings=new_warnings(old, new),
        only_a=only_a,
        only_b=only_b,
    )


def _side(name: str, document: Mapping[str, Any], of: str) -> DifferenceSide:
    """Return a side by its name."""
    shown = portable(name)
    rows = document["technologies"]
    if of == "technologies":
        return DifferenceSide(shown, rows[0]["title"], rows[0]["hash"])
    title = f"{document['network']['name']} on {', '.join(row['name'] for row in rows)}"
    return DifferenceSide(shown, title, digest(document))
