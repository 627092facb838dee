"""Files that are written: whole or not at all, and never over a file that is not ours as we left it.

A text of ours holds a *seal* near its beginning: a word and a hash of everything else in it. A file whose seal fits was
written by imac-arch and is unchanged since. One that quotes a report, or in which somebody has worked, is not.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import signal
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from imac_arch.data.errors import InputOutputError, UsageError
from imac_arch.data.log import logger

__all__ = ["SEAL", "is_ours", "refuse_early", "same_file", "sealed", "write_bytes", "write_parts", "write_text"]

_log = logger(__name__)
SEAL = "imac-arch-seal:"  # what a text has where its seal belongs; the hash goes behind it
HEAD = 8192  # bytes in which a seal stands
MOST = 2**28  # bytes of a file whose seal is checked
DIGITS = 32
_SEALED = re.compile(SEAL.encode() + b"([0-9a-f]{%d})" % DIGITS)
WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
OPEN = WRITE | stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


def sealed(text: str) -> str:
    """Return a text with its hash behind every ``SEAL``: it is the hash of the text without it."""
    return text.replace(SEAL, SEAL + _hash(_encoded(text)))


def is_ours(path: Path) -> bool:
    """Return whether a regular file bears a seal that fits: no more is read of others than their head."""
    try:
        with path.open("rb") as stream:
            found = _SEALED.search(stream.read(HEAD))
            if found is None or os.fstat(stream.fileno()).st_size > MOST:
                return False
            stream.seek(0)
            return _hash(stream.read().replace(found[1], b"")) == found[1].decode()
    except OSError:
        return False


def same_file(a: Path, b: Path) -> bool:
    """Return whether two paths lead to one file."""
    try:
        return a.samefile(b)
    except (OSError, ValueError):  # a name that no file system takes is a ValueError
        return False


def refuse_early(path: Path, *, force: bool = False) -> None:
    """Raise what :func:`write_text` would raise, as far as it is known before there is anything to write.

    Args:
        path: destination; nothing is made.
        force: as there.

    Raises:
        UsageError: the path is a folder.
        InputOutputError: a file that is not ours stands there, or the path is not writable.
    """
    with _writable(path):
        target, _ = _standing(path, force)
        folder = target.parent
        while not folder.is_dir():  # it is made when the file is written
            folder = folder.parent
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def write_text(path: Path, text: str, *, force: bool = False) -> int:
    """Write a text of UTF-8 as :func:`write_bytes` writes bytes, and return its size in bytes."""
    return write_bytes(path, _encoded(text), force=force)


def write_bytes(path: Path, raw: bytes, *, force: bool = False) -> int:
    """Write a file whole or not at all, and return its size in bytes.

    A symbolic link stays one, and what it leads to is written; a file that is overwritten keeps its mode and, where
    that is allowed, its owner. Of two processes that write one file, one file remains.

    Args:
        path: destination; missing folders are created.
        raw: the content.
        force: overwrite a file that is not ours, and one that is write-protected.

    Raises:
        UsageError: the path is a folder.
        InputOutputError: a file that is not ours stands there, or the path is not writable.
    """
    with _writable(path):
        target, old = _target(path, force)
        with _undisturbed():
            _replace(target, [raw], old)
    _log.info("wrote %s, %d bytes", path, len(raw))
    return len(raw)


def write_parts(path: Path, parts: Iterable[str], *, force: bool = False) -> int:
    """Write a file whole or not at all from parts that come one after the other; else as :func:`write_text`.

    The first part holds ``SEAL`` once, which is sealed when all parts are known. Signals are not kept waiting.
    """
    with _writable(path):
        target, old = _target(path, force)
        size = _replace(target, (_encoded(part) for part in parts), old, seal=True)
    _log.info("wrote %s, %d bytes", path, size)
    return size


@contextlib.contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # a name that no file system takes is a ValueError
        raise InputOutputError(f"{path}: cannot be written ({getattr(error, 'strerror', error)})") from None


def _target(path: Path, force: bool) -> tuple[Path, os.stat_result | None]:
    """Return the file that is written and what it was before; a folder for it is made."""
    target, old = _standing(path, force)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target, old


def _standing(path: Path, force: bool) -> tuple[Path, os.stat_result | None]:
    """Return the file that is to be written and what it is now."""
    target = Path(os.path.realpath(path))
    try:
        old = target.stat()
    except FileNotFoundError:
        return target, None
    _refuse(path, target, old, force)
    return target, old


def _refuse(path: Path, target: Path, old: os.stat_result, force: bool) -> None:
    """Raise where what stands at a path must stay."""
    if stat.S_ISDIR(old.st_mode):
        raise UsageError(f"{path} is a folder; name a file in it, such as {path / 'report.html'}")
    if not stat.S_ISREG(old.st_mode):
        raise InputOutputError(f"{path} is no regular file, and stays as it is")
    if force:
        return
    if not is_ours(target):
        text = "exists and was not written by this version of imac-arch, or was edited since"
        raise InputOutputError(f"{path} {text}; use --force to overwrite it")
    if not old.st_mode & WRITE:
        raise InputOutputError(f"{path} is write-protected; use --force to overwrite it")


def _replace(target: Path, parts: Iterable[bytes], old: os.stat_result | None, seal: bool = False) -> int:
    temporary = target.with_name(f".imac-arch-{os.urandom(2**3).hex()}.part")
    mode = OPEN if old is None else OPEN & stat.S_IRWXU  # the umask takes from it
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        with open(handle, "wb") as stream:
            _write_sealed(stream, parts) if seal else stream.writelines(parts)
            size = stream.tell()
        if old is not None:
            _keep(temporary, old)
        os.replace(temporary, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
    return size


def _write_sealed(stream: BinaryIO, parts: Iterable[bytes]) -> None:
    """Write parts, and the hash of them all behind the seal in the first one."""
    known, place = hashlib.sha256(), 0
    for part in parts:
        known.update(part)
        if not place:
            place = part.index(SEAL.encode()) + len(SEAL)
            part = part[:place] + b"0" * DIGITS + part[place:]
        stream.write(part)
    stream.seek(place)
    stream.write(known.hexdigest()[:DIGITS].encode())
    stream.seek(0, os.SEEK_END)


def _keep(path: Path, old: os.stat_result) -> None:
    """Give a file the owner and the mode of another one, in this order, for a new owner takes bits from the mode."""
    if hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):
            os.chown(path, old.st_uid, old.st_gid)
    os.chmod(path, stat.S_IMODE(old.st_mode))


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let signals that end a process wait until a file is whole: none comes between its making and its removal."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, name) for name in SIGNALS})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _encoded(text: str) -> bytes:
    return text.encode(errors="backslashreplace")  # a name may hold bytes that are no text


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:DIGITS]
