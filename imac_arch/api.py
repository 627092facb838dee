"""The main job: files and options in, a Comparison out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imac_arch.architectures import ARCHITECTURES
from imac_arch.assemble import assemble
from imac_arch.components.base import Laws
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.files import digest, write_text
from imac_arch.document import Compared
from imac_arch.evaluate import Evaluation, evaluate, prepare
from imac_arch.findings import refuse
from imac_arch.mapping import refuse_tiles
from imac_arch.network import Network
from imac_arch.network_files import load_network
from imac_arch.options import explicit_fields
from imac_arch.studies.reproduce import reproduce
from imac_arch.studies.scenario import Scenario, load_scenario
from imac_arch.technology import load_board, load_laws, load_technology
from imac_arch.weights import given_weights

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from imac_arch.studies.closed_forms import ExactRow

__all__ = ["Comparison", "compare"]

DEFAULT_SAMPLES = 2000


@dataclass(frozen=True, repr=False)
class Comparison:
    """Architectures side by side on one or more technologies.

    Attributes:
        document: everything there is to know, as plain data: what :meth:`to_json` writes.
        evaluations: the arrays behind it, by technology.
    """

    document: dict[str, Any]
    evaluations: Sequence[Sequence[Evaluation]]

    def __repr__(self) -> str:
        names = ", ".join(dict.fromkeys(a["name"] for a in self.document["architectures"]))
        techs = ", ".join(t["name"] for t in self.document["technologies"])
        return f"<Comparison {self.document['network']['name']} on {techs}: {names}>"

    def _repr_html_(self) -> str:
        return str(self.summary().to_html())

    def to_frame(self) -> pd.DataFrame:
        """Return a tidy frame, one row per technology, architecture and metric, with value and interval in SI units."""
        from imac_arch.show.tables import metrics_frame

        return metrics_frame(self.document)

    def summary(self) -> pd.DataFrame:
        """Return the summary table: metrics as rows, architectures as columns, values written for people."""
        from imac_arch.show.tables import summary_frame

        return summary_frame(self.document)

    def figures(self) -> dict[str, Any]:
        """Return the report's figures as ``plotly.graph_objects.Figure``, by name."""
        import plotly.graph_objects as go

        from imac_arch.show.report.figures import figures

        return {name.removeprefix("fig-"): go.Figure(data) for name, data in figures(self.document).items()}

    def to_json(self) -> str:
        """Return the JSON document."""
        return json.dumps(self.document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def to_html(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the report and return its path.

        Raises:
            InputOutputError: the path cannot be written, or a file stands there that is no report of ours.
        """
        from imac_arch.show.report.render import MARK, render

        write_text(Path(path), render(self.document), ours=MARK, force=force)
        return Path(path)


def compare(
    net: str | Path | Network | None = None,
    tech: str | Sequence[str] | None = None,
    *,
    arch: str | Sequence[str] | None = None,
    baseline: str | None = None,
    gpu: str | None = None,
    batch: int = 1,
    subarray: str | None = None,
    adc_bits: int | None = None,
    adc_law: str | None = None,
    read: str | None = None,
    pipelined: bool = False,
    timing: str | None = None,
    tiles: str | None = None,
    scenario: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    exact: bool = False,
    weights: str | Path | Sequence[NDArray[Any]] | None = None,
    samples: int = DEFAULT_SAMPLES,
    seed: int = 0,
    command: str = "",
) -> Comparison:
    """Compare architectures for one network.

    Args:
        net: ``784-128-10``, the path of a YAML file, or a Network; a scenario brings its own.
        tech: technologies by name or path; ``sot_mram`` by default.
        arch: architectures; all of them by default.
        baseline: what ratios are taken against; ``mixed_signal`` by default, else the first architecture.
        gpu: the board by name or path; ``h100`` by default.
        batch: inferences at once.
        subarray: ``128x128``, rows by weight columns.
        adc_bits: bits of the converters.
        adc_law: ``survey``, ``accelergy``, ``in_array`` or ``fixed``.
        read: ``averaging`` or ``virtual_ground``.
        pipelined: layers of the analog architectures overlap.
        timing: ``settled`` or ``declared``.
        tiles: ``16x8,8x8,8x1``, row tiles x column tiles of each layer, ``auto`` for as few as fit.
        scenario: a named list of assumptions; explicit arguments win over it.
        overrides: any field of the technology by its dotted path.
        exact: hold the closed forms against the exact network of one subarray of each shape, of random weights.
        weights: for ``exact``, of which every subarray is then solved: a file, see
            :func:`imac_arch.weights.read_weights`, or the arrays themselves.
        samples: draws of the uncertain quantities; 0 for none.
        seed: of the draws.
        command: the command line, for the report.

    Raises:
        ImacError: a wrong name, value, file or path; see :mod:`imac_arch.data.errors`.
    """
    plan = None if scenario is None else load_scenario(scenario)
    chosen: Scenario | None = plan.model if plan else None
    explicit = explicit_fields(subarray, adc_bits, adc_law, read, overrides)
    fields = chosen.fields(explicit) if chosen else explicit
    architectures = _architectures([arch] if isinstance(arch, str) else arch, chosen, baseline)
    usual = chosen.baseline if chosen else "mixed_signal"
    against = baseline or (usual if usual in architectures else architectures[0])
    if against not in ARCHITECTURES:
        raise UnknownName("architecture", against, ARCHITECTURES)
    if not (isinstance(batch, int) and batch >= 1):
        raise UsageError(f"batch {batch} is not allowed; it must be a whole number, 1 or more")
    if samples < 0 or samples > 1_000_000:
        raise UsageError(f"{samples} samples are not allowed; 0 to 1,000,000 are")
    if seed < 0:
        raise UsageError(f"seed {seed} is not allowed; it must be 0 or more")
    pace = timing or (chosen.timing if chosen else "settled")
    if pace not in ("settled", "declared"):
        raise UnknownName("timing", pace, ("settled", "declared"))
    if net is None and chosen is None:
        raise UsageError("name the network, such as 784-128-10, or a scenario, which brings its own")
    network = load_network(net if net is not None else str(chosen and chosen.network))
    network = network if tiles is None else network.partitioned(tiles)
    if weights is not None and not exact:
        raise UsageError("weights change no closed form; give them with exact (--exact), which solves their subarrays")
    held = None if weights is None else given_weights(weights, network)
    names = [tech] if isinstance(tech, str) else list(tech or ())
    names = names or [chosen.technology if chosen else "sot_mram"]
    if len(set(names)) < len(names):
        raise UsageError(f"the same technology is given twice: {', '.join(names)}; name each once")
    board = load_board(gpu or (chosen.gpu if chosen else None) or "h100") if "gpu" in architectures else None
    loaded_laws = load_laws()
    laws = Laws({name: found.model for name, found in loaded_laws.items()})
    everything: list[Compared] = []
    for name in names:
        loaded = load_technology(name, fields)
        if any(c.loaded.model.name == loaded.model.name for c in everything):
            raise UsageError(f"two technologies are called {loaded.model.name!r}; give the copy a name of its own")
        inputs = prepare(network, loaded.model, laws, board.model.board if board else None, samples=samples, seed=seed)
        if any("synapse" in ARCHITECTURES[name].roles for name in architectures):
            refuse_tiles(inputs.nominal().case().mapping, network.tiles)
        found = evaluate(inputs, architectures, batch=batch, pipelined=pipelined, timing=pace)
        for evaluation in found:
            refuse(evaluation)
        everything.append(Compared(loaded, inputs, found))

    document = assemble(everything, network, board, loaded_laws, against, architectures)
    document["conditions"] |= {
        "batch": batch, "pipelined": pipelined, "timing": pace, "scenario": chosen.name if chosen else None,
        "seed": seed, "samples": samples, "overrides": {k: str(v) for k, v in (overrides or {}).items()},
    }  # fmt: skip
    document["command"] = command
    if exact:
        from imac_arch.studies.closed_forms import exact_rows  # the crossbars' algebra takes time to load

        document["conditions"]["weights"] = "random" if held is None else "given"
        document["hashes"] |= {} if held is None else {"weights": digest([part.tolist() for part in held])}
        document["exact"] = [_plain(row) for c in everything for row in exact_rows(c.inputs, seed, held)]
    if chosen is not None:
        document["scenario"] = reproduce(
            chosen, document, network, names[0], architectures, laws, explicit=explicit, gpu=gpu,
            options={"batch": batch, "pipelined": pipelined}, timing=timing,
        )  # fmt: skip
    return Comparison(document, [c.evaluations for c in everything])


def _plain(row: ExactRow) -> dict[str, Any]:
    """Return a row of the closed forms as the document holds it: figures by exact, closed and error."""
    heads = ("technology", "layer", "rows", "cols", "count", "row_tile", "col_tile")
    plain = {name: getattr(row, name) for name in heads if getattr(row, name) is not None}
    figures = {name: getattr(row, name) for name in ("power", "far_share", "time_constant")}
    kinds = ("exact", "closed", "error")
    return plain | {kind: {name: getattr(figure, kind) for name, figure in figures.items()} for kind in kinds}


def _architectures(arch: Sequence[str] | None, scenario: Scenario | None, baseline: str | None) -> list[str]:
    names = list(arch) if arch else list(scenario.architectures) if scenario else list(ARCHITECTURES)
    for name in names:
        if name not in ARCHITECTURES:
            raise UnknownName("architecture", name, ARCHITECTURES)
    if baseline in ARCHITECTURES and baseline not in names:
        names.append(str(baseline))
    return [name for name in ARCHITECTURES if name in names]
