"""The document of a comparison, put together from evaluations and from what the studies found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata

from imac_arch.data.files import digest
from imac_arch.data.records import NamedTuple
from imac_arch.data.registry import portable
from imac_arch.data.walk import each_quantity
from imac_arch.data.written import SEAL
from imac_arch.document.comparison import (
    BoardRow,
    ChangedField,
    ComparisonDocument,
    Conditions,
    InputImages,
    LayerRow,
    NetworkRow,
    Ratio,
    SubarraySize,
    TechnologyConditions,
    TechnologyRow,
)
from imac_arch.document.crossbar import ExactRow, NotSolved
from imac_arch.document.drives import Drive
from imac_arch.document.evaluated import (
    Compared,
    architecture_row,
    bits_of,
    breakdown_rows,
    component_rows,
    mapping_rows,
    ratio_rows,
)
from imac_arch.document.neglected import neglected_rows
from imac_arch.document.provenance import listed, origins, provenance, unread, unsourced, unusual
from imac_arch.document.shapes import SCHEMA_VERSION, Finding, Generator, MetricRow
from imac_arch.document.studied import Alternative, BatchStudy, ProgrammingRow, Reproduction
from imac_arch.metrics import METRICS
from imac_arch.network import Network
from imac_arch.paths import OF
from imac_arch.technology import Board, Technology
from imac_arch.technology_files import Loaded
from imac_arch.weights import Images

__all__ = ["Run", "Studies", "build", "generator"]


class Run(NamedTuple):
    """What was asked for, as the document repeats it."""

    network: Network
    architectures: Sequence[str]
    baseline: str
    batch: int
    pipelined: bool
    timing: str
    precision: str
    scenario: str | None
    seed: int
    samples: int
    overrides: Mapping[str, str]
    changed: tuple[ChangedField, ...]
    weights: str | None
    weights_hash: str | None
    images: Images | None
    command: str


class Studies(NamedTuple):
    """What the studies beside the comparison itself found."""

    programming: tuple[ProgrammingRow, ...]
    alternatives: tuple[Alternative, ...]
    batch: BatchStudy
    drives: tuple[Drive, ...]
    exact: tuple[ExactRow, ...] | None
    not_solved: tuple[NotSolved, ...]
    scenario: Reproduction | None


def generator() -> Generator:
    """Return name and version of this program, and where the seal of a file belongs."""
    return Generator("imac-arch", metadata.version("imac-arch"), SEAL)


def build(
    everything: Sequence[Compared], run: Run, board: Loaded | None, laws: Mapping[str, Loaded], studies: Studies
) -> ComparisonDocument:
    """Return the document of a comparison.

    Args:
        everything: what is known about each technology.
        run: what was asked for.
        board: the graphics board; None where none is compared.
        laws: every law.
        studies: what they found.
    """
    pairs = [(compared, evaluation) for compared in everything for evaluation in compared.evaluations]
    files = [(compared.loaded, compared.readings) for compared in everything]
    read = listed(origins(files, [] if board is None else [board], laws, [run.network]))
    numbers = provenance(read)
    return ComparisonDocument(
        schema_version=SCHEMA_VERSION,
        generator=generator(),
        command=run.command,
        network=_network(run.network),
        technologies=tuple(_technology(c.loaded) for c in everything),
        board=None if board is None else _board(board),
        conditions=_conditions(everything, run, board),
        metrics=tuple(
            MetricRow(m.name, m.title, m.unit, m.better, m.scale, m.printed, m.summary, m.ratio, m.headline, m.words)
            for m in METRICS.values()
        ),
        architectures=tuple(
            architecture_row(*each)
            for c in everything
            for each in zip(c.evaluations, c.checks, c.shares, c.together, c.accuracy, strict=True)
        ),
        mapping=tuple(row for c in everything for row in mapping_rows(c)),
        ratios=tuple(_ratios(everything, run.baseline)),
        breakdown=tuple(row for _, evaluation in pairs for row in breakdown_rows(evaluation)),
        components=tuple(row for c, evaluation in pairs for row in component_rows(evaluation, c.inputs)),
        neglected=tuple(row for c, evaluation in pairs for row in neglected_rows(evaluation.architecture, c.inputs)),
        programming=studies.programming,
        alternatives=studies.alternatives,
        batch_curve=studies.batch.curve,
        batch_followers=studies.batch.followers,
        break_even=studies.batch.break_even,
        drives=studies.drives,
        exact=studies.exact,
        not_solved=studies.not_solved,
        scenario=studies.scenario,
        provenance=numbers,
        warnings=_warnings(everything)
        + unusual(read, run.overrides)
        + unsourced(numbers)
        + _unread(everything, run, laws),
        hashes=_hashes(everything, run, board, laws),
    )


def _ratios(everything: Sequence[Compared], baseline: str) -> Iterator[Ratio]:
    """Give the ratios against an architecture, on each technology its own, or against one design of all,
    ``architecture@technology``."""
    name, _, technology = baseline.partition("@")
    all_ = [e for c in everything for e in c.evaluations]
    one = next((e for e in all_ if (e.architecture, e.technology) == (name, technology)), None)
    for compared in everything:
        against = one or next((e for e in compared.evaluations if e.architecture == name), None)
        if against is not None:
            yield from ratio_rows(compared.evaluations, against)


def _network(network: Network) -> NetworkRow:
    layers = tuple(LayerRow(n.fan_in, n.fan_out, n.activation, n.row_tiles, n.col_tiles) for n in network.layers)
    return NetworkRow(network.name, layers, network.bias, network.macs, network.ops)


def _technology(loaded: Loaded) -> TechnologyRow:
    model: Technology = loaded.model
    cycle = None if model.cycle is None else model.cycle.value
    return TechnologyRow(model.name, model.title, model.node.value, model.vdd.value, cycle, loaded.hash)


def _board(loaded: Loaded) -> BoardRow:
    model: Board = loaded.model
    run = model.sources["run"].title if model.status == "measured" and "run" in model.sources else None
    return BoardRow(model.name, model.title, model.status, run, model.board.launch, model.board.precision, loaded.hash)


def _design(model: Technology) -> TechnologyConditions:
    parts = model.components
    counted = {role: not parts[role].neglected if role in parts else None for role in ("row_driver", "amplifier")}
    return TechnologyConditions(
        technology=model.name,
        subarray=SubarraySize(int(model.subarray.rows.value), int(model.subarray.cols.value)),
        read=model.read.circuit if model.read.conducts else model.read.mode,
        encoding=model.read.encoding,
        bias_window=model.read.bias_window,
        input_mode=model.read.input_mode,
        adc_law=getattr(parts.get("adc"), "law", None),
        settle_bits=model.read.settle_bits.value,
        **counted,
    )


def _conditions(everything: Sequence[Compared], run: Run, board: Loaded | None) -> Conditions:
    designs = tuple(_design(c.loaded.model) for c in everything)
    first = designs[0]
    return Conditions(
        subarray=first.subarray,
        read=first.read,
        encoding=first.encoding,
        bias_window=first.bias_window,
        adc_law=first.adc_law,
        bits={evaluation.architecture: bits_of(evaluation) for evaluation in everything[0].evaluations},
        gpu=None if board is None else board.model.name,
        baseline=run.baseline,
        per_technology=designs,
        batch=run.batch,
        pipelined=run.pipelined,
        timing=run.timing,
        precision=run.precision,
        scenario=run.scenario,
        seed=run.seed,
        samples=run.samples,
        overrides=dict(run.overrides),
        changed=run.changed,
        weights=run.weights,
        inputs=None
        if run.images is None
        else InputImages(run.images.file and portable(run.images.file), len(run.images.values), run.images.given),
    )


def _warnings(everything: Sequence[Compared]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(warning for compared in everything for warning in compared.warnings))


def _unread(everything: Sequence[Compared], run: Run, laws: Mapping[str, Loaded]) -> tuple[Finding, ...]:
    """Return the warnings of numbers that the user set and that nothing read."""
    read = frozenset().union(*(compared.readings for compared in everything))
    models = [*(c.loaded.model for c in everything), *(law.model for law in laws.values() if law.before is not None)]
    return unread(models, read, [path.rpartition(OF)[2] for path in run.overrides])


def _hashes(
    everything: Sequence[Compared], run: Run, board: Loaded | None, laws: Mapping[str, Loaded]
) -> dict[str, str]:
    network = run.network
    numbers = {".".join(map(str, path)): (q.value, q.range, q.dist) for path, q in each_quantity(network)}
    shape = network.model_dump(mode="json", exclude={"input", "hidden"}, exclude_none=True)
    return {
        "network": digest([shape, numbers]),
        **{c.loaded.model.name: c.loaded.hash for c in everything},
        **({f"boards/{board.model.name}": board.hash} if board else {}),
        "laws": digest({name: law.hash for name, law in sorted(laws.items())}),
        **({"weights": run.weights_hash} if run.weights_hash else {}),
        **({"inputs": digest(run.images.values.tolist())} if run.images else {}),
    }
