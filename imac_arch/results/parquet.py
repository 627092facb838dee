"""The designs of a sweep as a folder of Parquet files, which an interrupted sweep goes on with.

Every part is written aside and renamed, so that a file with its name is whole. What the folder holds is said in
``_sweep.json``, before the first part; parts that are there are read, not computed again.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from imac_arch.data.errors import InputOutputError, UsageError
from imac_arch.program.recorded import VERDICT
from imac_arch.studies.sweep.about import about
from imac_arch.studies.sweep.executors import Asked, spread
from imac_arch.studies.sweep.run import LABELS, TABLE, Table
from imac_arch.studies.sweep.study import Keepers, Study

__all__ = ["MANIFEST", "PART", "write_folder"]

PART = 2**20  # rows of a file
FEW = 2**13  # values of a column up to which they are numbered
MANIFEST = "_sweep.json"  # readers of data sets leave out what begins so
NAME = "part-{:05d}.parquet"
OURS = re.compile(r"part-\d{5,}\.parquet")
ASIDE = re.compile(r"\.(?:part-\d{5,}\.parquet|_sweep\.json)\.([A-Za-z0-9-]*)\.(\d+)")
KEY = b"imac_arch"
SHOWN = 3  # names of foreign files


def write_folder(study: Study, folder: Path, *, force: bool = False, executor: Asked | None = None) -> Keepers:
    """Fill a folder with the parts of a sweep, and return what took note of all designs.

    Args:
        study: the sweep.
        folder: made where there is none; parts of the same sweep in it are kept.
        force: remove what another sweep left there.
        executor: whose workers write a part each.

    Raises:
        InputOutputError: another sweep or something else stands there, or it cannot be written.
        UsageError: pyarrow is not installed.
    """
    _arrow()
    count = _parts(study)
    total, written = study.keepers(), 0
    there: set[int] = set()  # parts that are not computed now

    def done(number: int) -> None:
        nonlocal written
        written += min((number + 1) * PART, study.space.rows) - number * PART
        study.passed(written, found=number in there)

    try:
        _prepare(study, folder, force)
        given = (study, folder.absolute(), PART)
        if executor is None or count == 1:
            parts = (_part(given, number) for number in range(count))
        else:
            study.passed(0)
            there = {number for number in range(count) if (folder / NAME.format(number)).exists()}
            parts = spread(_part, given, count, executor, done)
        try:
            with contextlib.closing(parts):
                for kept in parts:
                    total.join(kept)
        except BaseException as stop:
            _tidy(folder)  # of workers that were ended
            if isinstance(stop, KeyboardInterrupt):
                whole = sum(OURS.fullmatch(path.name) is not None for path in folder.iterdir())
                told = f"with {whole:,} of {count:,} parts in {folder}; the same command goes on with them"
                raise KeyboardInterrupt(told) from None
            raise
        _tidy(folder, every=True)
        _say(study, folder, complete=True)
    except OSError as error:
        text = f"{folder}: cannot be written ({error.strerror or error}); the same command goes on with what is there"
        raise InputOutputError(text) from None
    return total


def _part(given: tuple[Study, Path, int], number: int) -> Keepers:
    """Write a part of so many rows where it is not there, and return what took note of its designs."""
    study, folder, size = given
    arrow, path, kept = _arrow(), folder / NAME.format(number), study.keepers()
    rows = number * size, min((number + 1) * size, study.space.rows)
    there = _whole(study, path, rows, arrow)
    for table in _read(study, path, rows, arrow) if there else _written(study, path, rows, arrow):
        kept.add(table)
    return kept


def _arrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UsageError(
            "Parquet needs pyarrow: pip install 'imac-arch[parquet]'; or write comma-separated values, -o designs.csv"
        ) from None
    return pyarrow


def _prepare(study: Study, folder: Path, force: bool) -> None:
    """Make a folder ready for a sweep; what is not ours stays.

    Raises:
        InputOutputError: something that must stay is there.
    """
    if os.path.lexists(folder) and not folder.is_dir():
        raise InputOutputError(f"{folder} is no folder, and stays as it is; name another one")
    folder.mkdir(parents=True, exist_ok=True)
    _tidy(folder)
    there = {path.name for path in folder.iterdir()}
    if MANIFEST in there:
        said = _manifest(folder)
        if said.get("fingerprint") == study.fingerprint:
            _refuse_foreign(folder, there, study)
            return
        if not force:
            which = f" ({said['command']})" if said.get("command") else ""
            raise InputOutputError(
                f"{folder} holds another sweep{which}, and stays as it is; name another folder, or use --force"
            )
        _refuse_foreign(folder, there)
        for name in (name for name in there if OURS.fullmatch(name)):
            (folder / name).unlink()
    elif there:
        raise InputOutputError(f"{folder} is not empty and holds no sweep, and stays as it is; name another folder")
    _say(study, folder, complete=False)


def _refuse_foreign(folder: Path, there: Collection[str], study: Study | None = None) -> None:
    """Refuse what readers of the folder would take for designs: whatever is no part, or one that ``study`` has not.

    Raises:
        InputOutputError: with the names.
    """
    own = range(_parts(study)) if study else None
    foreign = sorted(
        name for name in there if not name.startswith(("_", "."))  # which readers leave out
        and not (OURS.fullmatch(name) and (own is None or int(name[len("part-") : -len(".parquet")]) in own))
    )  # fmt: skip
    if foreign:
        names = ", ".join(foreign[:SHOWN]) + (f" and {len(foreign) - SHOWN} more" if len(foreign) > SHOWN else "")
        raise InputOutputError(
            f"{folder} holds what is not of this sweep ({names}), which readers would take for designs; "
            "move it away, or name another folder"
        )


def _parts(study: Study) -> int:
    """Return how many parts a sweep has."""
    return -(-study.space.rows // PART)


def _tidy(folder: Path, every: bool = False) -> None:
    """Remove what processes of this machine that are gone left half-written; ``every``: when all is there, the rest."""
    for path in list(folder.iterdir()):
        aside = ASIDE.fullmatch(path.name)
        if aside and (every or (aside[1] == _machine() and not _alive(int(aside[2])))):
            path.unlink(missing_ok=True)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{_machine()}.{os.getpid()}")


def _machine() -> str:
    return re.sub("[^A-Za-z0-9-]", "-", platform.node())


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError):
        return {}
    return said if isinstance(said, dict) else {}


def _say(study: Study, folder: Path, *, complete: bool) -> None:
    """Say what a folder holds; nothing in it depends on when or where."""
    said = {**about(study), "rows_per_part": PART, "complete": complete}
    aside = _aside(folder / MANIFEST)
    try:
        aside.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
        with contextlib.suppress(FileNotFoundError):  # tidied away by another process that says the same
            os.replace(aside, folder / MANIFEST)
    finally:
        aside.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _written(study: Study, path: Path, rows: tuple[int, int], arrow: Any) -> Iterator[Table]:
    """Give the tables of a part while it is written."""
    aside = _aside(path)
    schema = _schema(study, arrow)
    same = {name for name in study.runner.few(1) if not study.runner.coded(name)}  # which need no numbering
    few = [name for name in study.runner.few(FEW) if name not in same]
    split = [name for name in schema.names if name not in few and name not in same]
    quick = split if study.space.sample else ()  # numbers that are all different: zstd takes twice as long for 5 % less
    codec = {name: "lz4" if name in quick else "zstd" for name in schema.names}
    axes = [name for name in schema.names if name not in study.runner.results]
    verdicts = [name for name in schema.names if name.endswith(f".{VERDICT}")]
    try:
        with arrow.parquet.ParquetWriter(
            aside, schema, compression=codec, use_dictionary=few, use_byte_stream_split=split,
            compression_level={name: 1 for name, own in codec.items() if own == "zstd"},
            write_statistics=[*axes, *verdicts],  # by which readers leave rows out
        ) as writer:  # fmt: skip
            for table in study.tables(*rows):
                writer.write_table(_arrow_table(table, schema, arrow))
                yield table
        try:
            os.replace(aside, path)
        except FileNotFoundError:  # tidied away by another process that found all parts there
            if not _whole(study, path, rows, arrow):
                raise
    finally:
        aside.unlink(missing_ok=True)


def _schema(study: Study, arrow: Any) -> Any:
    words = {axis.name for axis in study.space.words}
    coded = arrow.dictionary(arrow.int32(), arrow.string())
    fields = [
        arrow.field(name, coded if name in words or study.runner.coded(name) else arrow.float64(), nullable=False)
        for name in study.runner.columns
    ]  # fmt: skip
    return arrow.schema(fields).with_metadata({KEY: json.dumps(about(study)).encode()})


def _arrow_table(table: Table, schema: Any, arrow: Any) -> Any:
    arrays = []
    for name in schema.names:
        values, labels = table.columns[name], table.labels.get(name)
        if labels is None:
            arrays.append(_array(values, arrow.float64(), arrow))
            continue
        low, high = int(values.min()), int(values.max())
        kinds = [low] if low == high else np.flatnonzero(np.bincount(values, minlength=len(labels))).tolist()
        texts = sorted(labels[kind] for kind in kinds)  # whatever the order in which reasons became known
        place = np.zeros(len(labels), dtype=np.int32)
        place[kinds] = [texts.index(labels[kind]) for kind in kinds]
        codes = np.zeros(len(values), dtype=np.int32) if low == high else place.take(values, mode="clip")
        given = _array(codes, arrow.int32(), arrow), _texts(texts, arrow)
        arrays.append(arrow.DictionaryArray.from_arrays(*given, safe=False))
    return arrow.Table.from_arrays(arrays, schema=schema)


def _array(values: Any, kind: Any, arrow: Any) -> Any:
    """Return numbers as pyarrow's; ``pyarrow.array`` loads pandas, to see whether it is given something of that."""
    own = np.ascontiguousarray(values, dtype=kind.to_pandas_dtype())
    return arrow.Array.from_buffers(kind, len(own), [None, arrow.py_buffer(own)])


def _texts(texts: Sequence[str], arrow: Any) -> Any:
    raw = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, raw)], dtype=np.int32)
    return arrow.StringArray.from_buffers(len(raw), arrow.py_buffer(ends), arrow.py_buffer(b"".join(raw)))


def _numbers(found: Any) -> Any:
    """Return numbers of pyarrow's, of which none is missing, as NumPy's."""
    _, held = found.buffers()
    own = np.dtype(found.type.to_pandas_dtype())
    return np.frombuffer(held, own, len(found), found.offset * own.itemsize)


def _whole(study: Study, path: Path, rows: tuple[int, int], arrow: Any) -> bool:
    """Return whether a part of this sweep is there."""
    try:
        with arrow.parquet.ParquetFile(path) as file:
            said = json.loads((file.schema_arrow.metadata or {}).get(KEY, b"{}"))
            return bool(said.get("fingerprint") == study.fingerprint and file.metadata.num_rows == rows[1] - rows[0])
    except (FileNotFoundError, ValueError, arrow.ArrowException):
        return False


def _read(study: Study, path: Path, rows: tuple[int, int], arrow: Any) -> Iterator[Table]:
    """Give the tables of a part that is there.

    Raises:
        InputOutputError: it is damaged.
    """
    start, _ = rows
    try:
        with arrow.parquet.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                table = _table(study, file.read_row_group(group), start)
                start += table.rows
                yield table
    except arrow.ArrowException as error:
        raise InputOutputError(f"{path} is damaged ({error}); remove it, and the same command makes it again") from None
    study.passed(start, found=True)


def _table(study: Study, part: Any, start: int) -> Table:
    columns: dict[str, Any] = {}
    known = {axis.name: axis.labels for axis in study.space.words}
    labels: dict[str, Sequence[str]] = {}
    for name in part.column_names:
        chunk = part.column(name).combine_chunks()
        chunk = chunk.chunk(0) if hasattr(chunk, "num_chunks") else chunk
        if hasattr(chunk, "dictionary"):
            texts = chunk.dictionary.to_pylist()
            own = known.get(name, LABELS if name.endswith(f".{VERDICT}") else tuple(dict.fromkeys(["", *texts])))
            places = np.array([own.index(text) for text in texts], dtype=np.int32)
            columns[name], labels[name] = places[_numbers(chunk.indices)], own
        else:
            columns[name] = _numbers(chunk)
    return Table(start, columns, labels)


assert PART % TABLE == 0  # a part is whole tables
