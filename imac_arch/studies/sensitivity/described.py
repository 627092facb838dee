"""Descriptions of numbers whose quantity has none of its own: those of their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from imac_arch.document.sensitivity import SensitivityDocument
from imac_arch.fields import ANY, each_key
from imac_arch.technology_files import Loaded

__all__ = ["described"]


def described(document: SensitivityDocument, laws: Mapping[str, Loaded]) -> SensitivityDocument:
    """Return a document whose drivers, shares and flips all say what they are, as far as their fields do; ``laws`` as
    loaded."""
    said = _descriptions(laws)
    paths = {driver.name: driver.paths[0] for driver in document.drivers}

    def about(name: str) -> str:
        return said(paths.get(name, name))

    return document._replace(
        drivers=tuple(row._replace(about=row.about or about(row.name)) for row in document.drivers),
        results=tuple(
            row._replace(
                budget=tuple(share._replace(about=share.about or about(share.driver)) for share in row.budget),
                flips=tuple(flip._replace(about=flip.about or about(flip.path)) for flip in row.flips),
            )
            for row in document.results
        ),
    )


def _descriptions(laws: Mapping[str, Loaded]) -> Callable[[str], str]:
    """Return what says what a path means; nothing where kinds of a role say different things."""
    known: dict[str, set[str]] = {}
    for key in each_key(laws):
        known.setdefault(key.path, set()).add(key.description)

    def said(path: str) -> str:
        listed = ".".join(ANY if step.isdecimal() else step for step in path.split("."))
        texts = known.get(path) or known.get(listed) or set()
        return next(iter(texts)) if len(texts) == 1 else ""

    return said
