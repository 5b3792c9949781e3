"""What a workstation knows before anybody signs in: its office, its people, its centre.

Kept as JSON in ``Home.profile``; holds no secret and no person's data.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from arm.errors import ExpectedError
from arm.office import Office


class NoWorkstation(ExpectedError):
    """The home is empty: nothing has been set up here yet."""

    code = "no_workstation"
    title = "На этом компьютере ещё нет рабочего места"
    advice = (
        "Подключите его к центру командой «arm join» или запустите показ командой «arm demo». "
        "Папка: {folder}"
    )


class DamagedProfile(ExpectedError):
    """The profile can't be read; the records themselves are elsewhere and untouched."""

    code = "damaged_profile"
    title = "Файл настроек рабочего места повреждён: {path}"
    advice = "Записи целы. Подключите рабочее место заново командой «arm join»"


class HomeClosed(ExpectedError):
    """The folder is no folder, or may not be read."""

    code = "home_closed"
    title = "Папка рабочего места недоступна: {folder}"
    advice = "Проверьте права на неё и переменную ARM_HOME"


@dataclass(frozen=True)
class Centre:
    """Where the central PostgreSQL is. ``embedded``: started by us, for a demonstration."""

    host: str
    port: int
    database: str
    embedded: bool = False
    standbys: tuple[tuple[str, int], ...] = ()
    """Further servers (host, port) with the same data: whichever takes edits is the centre."""

    @property
    def servers(self) -> tuple[tuple[str, int], ...]:
        """All servers, in the order in which they are tried."""
        return ((self.host, self.port), *self.standbys)

    def __str__(self) -> str:
        return ", ".join(f"{host}:{port}" for host, port in self.servers)


@dataclass(frozen=True)
class Account:
    """A person who may sign in on this workstation."""

    login: str
    full_name: str
    role: str
    """``center_specialist``, ``center_supervisor``, ``center_desk``, ``admin``."""
    scope: int
    """Home scope: where new records go."""


@dataclass(frozen=True)
class Profile:
    """The workstation's description of itself."""

    office: Office
    accounts: tuple[Account, ...] = ()
    centre: Centre | None = None
    demonstration: bool = False
    people: dict[str, str] = field(default_factory=dict)
    """Login → full name of everybody in the organisation, for history and conflicts."""

    def account(self, login: str) -> Account | None:
        """The account of this login, or None."""
        return next((a for a in self.accounts if a.login == login), None)

    def with_account(self, account: Account) -> Profile:
        """A copy in which this account stands, last."""
        others = tuple(a for a in self.accounts if a.login != account.login)
        return replace(self, accounts=(*others, account))


def read_profile(path: Path) -> Profile:
    """The profile at ``path``. Raises NoWorkstation or DamagedProfile."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise NoWorkstation(folder=path.parent) from None
    except UnicodeDecodeError as error:
        raise DamagedProfile(path=path) from error
    except OSError as error:
        raise HomeClosed(folder=path.parent) from error
    try:
        raw = dict(json.loads(text))
        centre = raw.get("centre")
        standbys = tuple((host, int(port)) for host, port in (centre or {}).get("standbys", ()))
        return Profile(
            office=Office(**raw["office"]),
            accounts=tuple(Account(**a) for a in raw["accounts"]),
            centre=Centre(**{**centre, "standbys": standbys}) if centre else None,
            demonstration=bool(raw.get("demonstration")),
            people=dict(raw.get("people") or {}),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedProfile(path=path) from error


def write_profile(path: Path, profile: Profile) -> None:
    """Replace the profile in one step, so that a crash leaves the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as out:
        json.dump(asdict(profile), out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    fresh.chmod(0o600)
    fresh.replace(path)
