"""A piece of network that can be cut: for rehearsals of lost connections (tests and the tour).

Listens on a free loopback port and passes bytes on to the centre. ``cut`` breaks what is open and
refuses what comes; ``hold`` swallows bytes without a word, as a dead cable does; ``cut_after``
breaks in the middle of a conversation.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from types import TracebackType

HOST = "127.0.0.1"
CHUNK = 65_536


class CutProxy:
    """Between a workstation and the centre at ``host``:``port``."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._lock = threading.Lock()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._open = True
        self._held = False
        self._closing = False
        self._left: int | None = None
        self._listener = socket.create_server((HOST, 0))
        self.host = HOST
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="cut-proxy", daemon=True).start()

    def cut(self) -> None:
        """Break every connection and refuse new ones until ``restore``."""
        with self._lock:
            self._open = False
        self._break_all()

    def hold(self) -> None:
        """Let connections stand but pass nothing: a half-open line."""
        self._held = True

    def cut_after(self, count: int) -> None:
        """Pass ``count`` more bytes (both ways together), then cut."""
        with self._lock:
            self._left = count

    def restore(self) -> None:
        """The network is back."""
        self._break_all()  # what was held half-open does not come back to life
        with self._lock:
            self._open, self._held, self._left = True, False, None

    def close(self) -> None:
        """Stop for good."""
        self._closing = True
        self.cut()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self) -> CutProxy:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closing:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if not self._open:
                _reset(near)
                continue
            try:
                far = socket.create_connection(self._target, timeout=10)
            except OSError:
                _reset(near)
                continue
            far.settimeout(None)
            with self._lock:
                self._pairs.add((near, far))
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        try:
            with selectors.DefaultSelector() as ready:
                ready.register(near, selectors.EVENT_READ, far)
                ready.register(far, selectors.EVENT_READ, near)
                while True:
                    for key, _ in ready.select():
                        source = key.fileobj
                        assert isinstance(source, socket.socket)
                        got = source.recv(CHUNK)
                        if not got:
                            return
                        self._pass_on(near, far, source, got)
        except (OSError, ValueError):
            return  # cut, or either side has gone
        finally:
            with self._lock:
                self._pairs.discard((near, far))
            near.close()
            far.close()

    def _pass_on(
        self, near: socket.socket, far: socket.socket, source: socket.socket, got: bytes
    ) -> None:
        if not self._held:
            (far if source is near else near).sendall(self._rationed(got))

    def _rationed(self, got: bytes) -> bytes:
        """What may still pass; the last of a ration cuts the line."""
        with self._lock:
            if self._left is None:
                return got
            if self._left >= len(got):
                self._left -= len(got)
                return got
            self._open = False
        raise ConnectionResetError

    def _break_all(self) -> None:
        with self._lock:
            pairs = tuple(self._pairs)
        for pair in pairs:
            for side in pair:
                with contextlib.suppress(OSError):
                    side.shutdown(socket.SHUT_RDWR)


def _reset(near: socket.socket) -> None:
    with contextlib.suppress(OSError):
        near.shutdown(socket.SHUT_RDWR)
    near.close()
