"""Blocks of designs by several processes or machines: any ``concurrent.futures.Executor``, one of spawned processes, or
dask.distributed's.

A block is asked for by its number and is the same whoever computes it; blocks are handed on in their order. A worker
that is killed takes the blocks of its pool along: these are asked for again, from a new pool.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import multiprocessing
import os
import pickle
import re
import signal
import threading
import zlib
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from typing import Any, TypeVar

from imac_arch.data.errors import InputOutputError, UnknownName, UsageError

__all__ = ["EXECUTORS", "Asked", "read_executor", "spread"]

T = TypeVar("T")
Task = Callable[[Any, int], T]
EXECUTORS = PROCESSES, DASK = ("processes", "dask")
Asked = tuple[str, str] | Executor  # a name and what is behind its "="
AHEAD = 2**8  # blocks beyond the first one that is missing
ADDRESS = re.compile(r"(?:(?:tcp|tls|ws|wss)://)?(?:[\w.-]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}")
TRIES = 2  # pools in a row that break without a block, before it is given up
ENVIRON, TRIM = "distributed.nanny.pre-spawn-environ", "MALLOC_TRIM_THRESHOLD_"  # as dask names them
PATIENCE = 10  # seconds until a scheduler must have answered
MOST_WORKERS = 2**10
NOBODY = "workers end before they finish a block: killed, out of memory, or of a script that lacks: " \
         "if __name__ == '__main__':"  # fmt: skip


def read_executor(given: object) -> Asked | None:
    """Return the executor that is asked for: ``processes``, ``processes=4``, ``dask``, ``dask=tcp://host:8786``, an
    object, or None.

    Raises:
        UnknownName: there is no such executor.
        UsageError: it is none, a wrong number of workers, or dask.distributed is not installed.
    """
    if given is None or isinstance(given, Executor):
        return given
    if not isinstance(given, str):
        raise UsageError(
            f"executor={given!r} is not allowed; give 'processes', 'dask' or a concurrent.futures.Executor"
        )
    name, equals, more = (part.strip() for part in given.partition("="))
    if name not in EXECUTORS:
        raise UnknownName("executor", name, EXECUTORS, "Behind an equals sign: workers, or dask's scheduler.")
    counted = bool(re.fullmatch(r"[0-9]{1,9}", more))
    if (
        (counted and not 1 <= int(more) <= MOST_WORKERS)
        or (equals and not more)
        or (name == PROCESSES and more and not counted)
    ):
        raise UsageError(f"--executor {given}: {more!r} workers are not allowed; 1 to {MOST_WORKERS} are")
    if name == DASK:
        _dask()
        if more and not counted:  # before anything is written
            if not ADDRESS.fullmatch(more):
                raise InputOutputError(f"--executor {given}: no such scheduler; write dask=tcp://host:8786")
            with _cluster(more):
                pass
    return name, more


def spread(
    task: Task[T], given: Any, count: int, asked: Asked, done: Callable[[int], None]
) -> Generator[T, None, None]:
    """Give ``task(given, number)`` of all numbers from 0 up to ``count``, in their order, as the executor finds them.

    Args:
        task: a function of a module.
        given: what can be pickled; it is sent with each number, and unpacked once a worker.
        count: how many.
        asked: the executor.
        done: is told of each number when it is finished, in any order.

    Raises:
        InputOutputError: no such scheduler, or workers that end again and again.
    """
    raw = zlib.compress(pickle.dumps(given, pickle.HIGHEST_PROTOCOL), 1)
    blocks = _Blocks(task, raw, count, done)
    failed = 0
    while blocks.at < count:
        before = blocks.finished
        try:
            with _opened(asked) as pool:
                yield from blocks.by(pool)
        except _Lost as lost:
            failed = failed + 1 if blocks.finished == before else 0
            if failed > TRIES or isinstance(asked, Executor):
                raise InputOutputError(f"{NOBODY} ({lost}); the same command goes on with what is there") from None


class _Lost(Exception):
    """A worker ended, and the pool or the block with it."""


class _Blocks:
    """Blocks that are asked for, finished and handed on."""

    def __init__(self, task: Task[Any], raw: bytes, count: int, done: Callable[[int], None]) -> None:
        self.task, self.key, self.raw = task, hashlib.sha256(raw).hexdigest(), raw
        self.count, self.done = count, done
        self.at = self.finished = self.next = 0
        self.again: list[int] = []
        self.found: dict[int, Any] = {}

    def by(self, pool: Executor) -> Generator[Any, None, None]:
        """Give the blocks that are left.

        Raises:
            _Lost: a worker ended.
        """
        waiting: dict[Future[Any], int] = {}
        try:
            while self.at < self.count:
                while (number := self._asked_next()) is not None:
                    waiting[pool.submit(_run, self.task, self.key, self.raw, number)] = number
                finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    self._take(waiting[future], future)
                    del waiting[future]
                while self.at in self.found:
                    yield self.found.pop(self.at)
                    self.at += 1
        except BrokenExecutor as error:  # of submit
            raise _Lost(type(error).__name__) from None
        finally:
            for future, number in waiting.items():
                if future.done() and not future.cancelled() and future.exception() is None:
                    self._take(number, future)
                else:
                    future.cancel()
                    self.again.append(number)

    def _asked_next(self) -> int | None:
        """Return the block that is to be asked for, where there is one and not too many are ahead."""
        if self.again:
            self.again.sort(reverse=True)
            return self.again.pop()
        if self.next < min(self.count, self.at + AHEAD):
            self.next += 1
            return self.next - 1
        return None

    def _take(self, number: int, future: Future[Any]) -> None:
        try:
            self.found[number] = future.result()
        except (BrokenExecutor, CancelledError, ConnectionError) as error:
            raise _Lost(type(error).__name__) from None
        except Exception as error:
            if type(error).__name__ == "KilledWorker":  # of dask, which need not be installed
                raise _Lost("KilledWorker") from None
            raise
        self.finished += 1
        self.done(number)


_own = threading.local()


def _run(task: Task[T], key: str, raw: bytes, number: int) -> T:
    """Run a task in a worker, whose threads have unpacked what it works on each by itself."""
    if getattr(_own, "key", None) != key:
        _own.given, _own.key = pickle.loads(zlib.decompress(raw)), key
    return task(_own.given, number)


@contextlib.contextmanager
def _opened(asked: Asked) -> Iterator[Executor]:
    if isinstance(asked, Executor):
        yield asked
        return
    name, more = asked
    opened = _processes(_workers(more)) if name == PROCESSES else _cluster(more)
    with opened as pool:
        yield pool


def _workers(given: str) -> int:
    return (
        int(given)
        if given
        else max(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 1)
    )


@contextlib.contextmanager
def _processes(count: int) -> Iterator[Executor]:
    """Open a pool of processes, which end at once when this one does or is interrupted."""
    context = multiprocessing.get_context("spawn")
    stays, leaves = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_follow, initargs=(stays,))
    try:
        yield pool
    except BaseException:
        leaves.close()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        leaves.close()
        stays.close()


def _follow(stays: Any) -> None:
    """Let a worker end with its parent, which alone hears of an interrupt."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end, args=(stays,), daemon=True).start()


def _end(stays: Any) -> None:
    from multiprocessing import connection

    parent = multiprocessing.parent_process()
    connection.wait([stays, *([] if parent is None else [parent.sentinel])])
    os._exit(1)


def _dask() -> Any:
    try:
        import distributed
    except ImportError:
        raise UsageError("--executor dask needs dask.distributed: pip install 'imac-arch[dask]'") from None
    return distributed


@contextlib.contextmanager
def _cluster(more: str) -> Iterator[Executor]:
    """Open an executor of a scheduler at an address, or of a cluster of this machine alone."""
    distributed = _dask()
    with contextlib.ExitStack() as stack:
        if more and not more.isdecimal():
            try:
                client = stack.enter_context(distributed.Client(more, timeout=PATIENCE, set_as_default=False))
            except (OSError, ValueError, TimeoutError) as error:
                raise InputOutputError(f"--executor dask={more}: no such scheduler ({error})") from None
        else:
            stack.enter_context(_memory_kept())
            cluster = stack.enter_context(distributed.LocalCluster(
                n_workers=_workers(more), threads_per_worker=1, processes=True, host="127.0.0.1",
                dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL,
            ))  # fmt: skip
            client = stack.enter_context(distributed.Client(cluster, set_as_default=False))
        yield client.get_executor(pure=False)


@contextlib.contextmanager
def _memory_kept() -> Iterator[None]:
    """Let workers of a cluster keep the memory that they free, as other processes do: those of dask hand it back to the
    system at once, and get each table's anew, which takes half of their time."""
    import dask.config

    environ = dict(dask.config.get(ENVIRON, {}))
    environ.pop(TRIM, None)
    with dask.config.set({ENVIRON: environ}):
        yield
