"""Files that people ask for: there as a whole under their name, or not at all."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, ClassVar, Final

from arm.errors import ExpectedError

A_DAY: Final = 86_400.0


class NotWritable(ExpectedError):
    """The folder or the disk refuses."""

    code: ClassVar[str] = "export.not_writable"
    title: ClassVar[str] = "Файл не записать: {path}"
    advice: ClassVar[str] = (
        "Закройте его в другой программе, проверьте место на диске или выберите другую папку"
    )


@contextmanager
def in_place_of(path: Path) -> Iterator[IO[bytes]]:
    """A file beside ``path`` that takes its name if all went well, and is gone otherwise.

    Raises :class:`NotWritable`; what was at ``path`` before then stays as it was.
    """
    # short, so that beside any name that fits this one fits too
    unfinished = path.with_name(f".arm-{secrets.token_hex(8)}.part")
    try:
        _sweep(path.parent)
        if path.exists() and not path.is_file():
            raise NotWritable(path=path)  # to take the place of a device would break the machine
        with unfinished.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise NotWritable(path=path) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what killed exports left here a day ago or more: it may be full of names."""
    for left in folder.glob(".arm-????????????????.part"):
        if time.time() - left.stat().st_mtime > A_DAY:
            left.unlink()


def write_whole(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``. Raises :class:`NotWritable`."""
    with in_place_of(path) as file:
        file.write(content)
