"""A piece of network that does worse than being cut: it delays, doubles, and loses answers.

It knows just enough of PostgreSQL's protocol to tell where a request ends: the server is idle when
the last it said is ReadyForQuery, and a request that may be said twice ends in Sync or is a Query.
"""

from __future__ import annotations

import random
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from arm.central.cut_proxy import CHUNK, CutProxy

READY = b"Z\x00\x00\x00\x05I"
PATIENCE = 15.0
FAULTS = ("twice", "answer lost", "late")


class FaultyLine(CutProxy):
    """``lag`` is the longest delay of each piece, in seconds. ``arm`` has the next whole request
    meet a fault:

    * ``twice``: the server gets and answers it twice, the workstation hears the second answer;
    * ``answer lost``: the server has done it, and the line breaks before the answer;
    * ``late``: the line breaks at once, and the request reaches the server long after, when the
      workstation has said it again over another line.
    """

    def __init__(self, host: str, port: int, seed: int) -> None:
        self.lag = 0.0
        self.met: Counter[str] = Counter()
        self._armed: str | None = None
        self._idle: dict[socket.socket, bool] = {}
        self._chance = random.Random(seed)
        super().__init__(host, port)

    def arm(self, fault: str) -> None:
        """The next whole request meets ``fault``."""
        self._armed = fault

    def _pass_on(
        self, near: socket.socket, far: socket.socket, source: socket.socket, got: bytes
    ) -> None:
        if self.lag:
            time.sleep(self._chance.uniform(0, self.lag))
            self.met["delayed"] += 1
        upward = source is near
        if upward and self._armed and self._idle.get(far) and _is_whole_request(got):
            fault, self._armed = self._armed, None
            self.met[fault] += 1
            self._meet(fault, near, far, got)
            return
        self._idle[far] = not upward and got.endswith(READY)
        super()._pass_on(near, far, source, got)

    def _meet(self, fault: str, near: socket.socket, far: socket.socket, got: bytes) -> None:
        if fault == "late":
            near.shutdown(socket.SHUT_RDWR)
            time.sleep(self._chance.uniform(0.05, 1.5))
        far.sendall(got)
        answer = _answer(far)
        if fault == "twice":
            far.sendall(_without_names_given(got))
            near.sendall(_answer(far))
            self._idle[far] = True
        elif fault == "answer lost":
            assert answer
            raise ConnectionResetError
        else:
            raise ConnectionResetError


def _answer(far: socket.socket) -> bytes:
    """All that the server says until it is ready again."""
    far.settimeout(PATIENCE)
    said = b""
    while not said.endswith(READY):
        got = far.recv(CHUNK)
        if not got:
            raise ConnectionResetError
        said += got
    far.settimeout(None)
    return said


def _messages(got: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Tag and whole text of each message; raises ValueError if the last is not whole."""
    at = 0
    while at < len(got):
        if len(got) < at + 5:
            raise ValueError
        end = at + 1 + int(struct.unpack_from("!I", got, at + 1)[0])
        if end > len(got):
            raise ValueError
        yield got[at : at + 1], got[at:end]
        at = end


def _is_whole_request(got: bytes) -> bool:
    try:
        tags = b"".join(tag for tag, _ in _messages(got))
    except ValueError:
        return False
    return tags == b"Q" or (tags.endswith(b"S") and b"E" in tags)


def _without_names_given(got: bytes) -> bytes:
    """A statement that was given a name in the first saying has it already."""
    return b"".join(
        text for tag, text in _messages(got) if not (tag == b"P" and text[5:6] != b"\x00")
    )


def total(lines: list[FaultyLine]) -> dict[str, Any]:
    """What all lines met."""
    return dict(sum((line.met for line in lines), Counter()))
