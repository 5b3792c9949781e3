"""What the exchange is doing and has done, for the screen that always shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from arm.errors import ExpectedError

Phase = Literal["never", "loading", "exchanging", "idle", "offline", "paused", "stopped"]


@dataclass(frozen=True)
class RightsChange:
    """What became of the person's right to a scope: told until they have seen it."""

    what: Literal["given", "read_only", "writable", "taken"]
    title: str
    """The scope's name."""


@dataclass(frozen=True)
class SyncState:
    """A picture of the exchange at one moment; replaced as a whole when anything changes."""

    phase: Phase = "never"
    pending: int = 0
    """Operations the centre has not acknowledged."""
    conflicts: int = 0
    """Open conflicts that this workstation knows."""
    rejected: int = 0
    """Operations of this workstation that the centre refused and that nobody has dealt with."""
    office_rejected: int = 0
    """Such operations of other workstations: of the whole office for supervisors, otherwise one's
    own."""
    held: int = 0
    """Edits of somebody who is not signed in, to records that whoever is may not write."""
    last_exchange_at: datetime | None = None
    """When an exchange last went through to its end, UTC."""
    offline_since: datetime | None = None
    sent: int = 0
    """Operations acknowledged in this exchange."""
    received: int = 0
    """Others' entries of the feed taken over in this exchange."""
    loaded: int = 0
    """Records of the first load that are here, of ``total``."""
    total: int = 0
    rate: int | None = None
    """Records a second that the first load brings, once that can be said."""
    server_ms: int | None = None
    """How long the centre's last answer to a greeting took, milliseconds."""
    error: ExpectedError | None = None
    history_lost: int = 0
    """Entries that this workstation saw and the centre no longer has, not explained by anybody."""
    today_sent: int = 0
    today_received: int = 0
    rights: tuple[RightsChange, ...] = ()
    """Changes of the person's rights that they have not been told of."""


@dataclass(frozen=True)
class SyncReport:
    """What one exchange did."""

    sent: int = 0
    """Operations acknowledged."""
    received: int = 0
    """Others' entries of the feed taken over."""
    conflicts: int = 0
    """Conflicts open after it."""
    loaded: int = 0
    """Records taken over by a first load."""
    busy: bool = False
    """Whether operations stayed because others held their scope; they go with the next exchange."""
