"""A scenario: a list of assumptions that reproduces a published result, and fixes all that it needs."""

from __future__ import annotations

from typing import Any, Literal

from imac_arch.components.base import Part
from imac_arch.files import digest, read_yaml
from imac_arch.registry import find
from imac_arch.schema import validate
from imac_arch.technology import Loaded, Source, shown_name

__all__ = ["Assumption", "Scenario", "Target", "load_scenario"]


class Assumption(Part):
    """One assumption in words, and the fields of the technology that it sets."""

    text: str
    set: dict[str, Any] = {}
    timing: Literal["settled", "declared"] | None = None
    gpu: str | None = None


class Target(Part):
    """A published claim: a ratio of baseline over architecture (or a metric's own value where no baseline is given)."""

    claim: str
    metric: str
    architecture: str
    baseline: str | None = None
    value: float
    kind: Literal["about", "at_least"] = "about"
    tolerance: float = 0.0
    source: str


class Scenario(Part):
    """A scenario file."""

    kind: Literal["scenario"] = "scenario"
    name: str
    title: str
    sources: dict[str, Source] = {}
    network: str
    technology: str
    architectures: tuple[str, ...]
    baseline: str
    assumptions: tuple[Assumption, ...]
    targets: tuple[Target, ...]
    note: str = ""

    @property
    def overrides(self) -> dict[str, Any]:
        """Every field that the assumptions set, by path."""
        return {path: value for assumption in self.assumptions for path, value in assumption.set.items()}

    @property
    def timing(self) -> str:
        """The timing that an assumption asks for, else settled."""
        return next((a.timing for a in self.assumptions if a.timing), "settled")

    @property
    def gpu(self) -> str | None:
        """The board that an assumption asks for."""
        return next((a.gpu for a in self.assumptions if a.gpu), None)


def load_scenario(name: str) -> Loaded:
    """Load a scenario by name or path."""
    document = read_yaml(find("scenario", name))
    document.name = shown_name(document.name, "scenario", name)
    scenario = validate(Scenario, document)
    return Loaded(scenario, document, digest(document.data))
