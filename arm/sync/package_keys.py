"""Keys for exchange files: our own, kept in the encrypted database, and those of colleagues as the
centre tells them. Whoever registered over a login of the organisation is trusted."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from arm.store.database import raw_of
from arm.store.store import Store
from arm.sync.wire import Wire

KNOWN_META: Final = "package_keys"
REGISTERED_META: Final = "package_keys_registered"
CENTRE: Final = "centre"


class OwnKeys(NamedTuple):
    """Private keys, 32 bytes each: to sign with (Ed25519) and to be written to (X25519)."""

    sign: bytes
    box: bytes

    @property
    def public(self) -> tuple[bytes, bytes]:
        """What others may know of them."""
        return (
            Ed25519PrivateKey.from_private_bytes(self.sign).public_key().public_bytes_raw(),
            X25519PrivateKey.from_private_bytes(self.box).public_key().public_bytes_raw(),
        )


class KeyWire(Wire):
    """The part of ``sync_v1`` that speaks of keys."""

    def register(self, client: str, public: tuple[bytes, bytes], login: str) -> None:
        """Make keys known in the name of a login."""
        self._ask(
            "SELECT sync_v1.register_keys(%s, %s, %s, %s)::text",
            (client, *map(_text, public), login),
        )

    def known(self) -> list[dict[str, Any]]:
        """All keys of the organisation and the centre's."""
        found: list[dict[str, Any]] = self._ask("SELECT sync_v1.package_keys()", ())
        return found


def own_keys(store: Store) -> OwnKeys:
    """The keys of this workstation; made when first needed, anew when it became another one."""
    name = f"package {store.client_id}"
    with store.merge() as session:
        raw = raw_of(session)
        row = raw.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()
        if row is not None:
            return OwnKeys(row[0][:32], row[0][32:])
        made = OwnKeys(
            Ed25519PrivateKey.generate().private_bytes_raw(),
            X25519PrivateKey.generate().private_bytes_raw(),
        )
        raw.execute("INSERT INTO secret (name, value) VALUES (?, ?)", (name, made.sign + made.box))
        return made


def stale(store: Store) -> bool:
    """Whether it is time to speak of keys with the centre: daily, and when this workstation or its
    person is new."""
    return bool(store.meta(REGISTERED_META) != _stamp(store))


def exchange_keys(store: Store, wire: KeyWire) -> None:
    """Make our keys known and learn those of colleagues. This workstation has greeted before."""
    wire.register(store.client_id, own_keys(store).public, store.actor.login)
    learn(store, wire.known())
    store.set_meta(REGISTERED_META, _stamp(store))


def _stamp(store: Store) -> list[str]:
    return [store.client_id, store.actor.login, store.clock.today().isoformat()]


def learn(store: Store, said: Iterable[Mapping[str, Any]]) -> None:
    """Keep what the centre said of keys."""
    store.set_meta(KNOWN_META, [dict(one) for one in said])


def add(store: Store, said: Iterable[Mapping[str, Any]]) -> None:
    """Keep keys that came in a file beside those that are known."""
    held = [dict(one) for one in store.meta(KNOWN_META, [])]
    known = {(one["client"], one["sign"], one["login"]) for one in held}
    learn(
        store,
        held + [o for o in said if (o["client"], o["sign"], o["login"]) not in known],
    )


def known_keys(store: Store) -> list[dict[str, Any]]:
    """All that is known, our own included."""
    sign, box = own_keys(store).public
    own = {
        "client": store.client_id,
        "sign": _text(sign),
        "box": _text(box),
        "login": store.actor.login,
        "revoked": False,
    }
    others = [one for one in store.meta(KNOWN_META, []) if one["sign"] != own["sign"]]
    return [own, *others]


def logins_of(store: Store, sender: str, sign: bytes) -> frozenset[str]:
    """Who is known to work at a workstation of these keys."""
    return frozenset(
        one["login"]
        for one in store.meta(KNOWN_META, [])
        if one["client"] == sender and one["sign"] == _text(sign) and not one["revoked"]
    )


def is_revoked(store: Store, sender: str, sign: bytes) -> bool:
    """Whether the centre has said that this workstation is lost."""
    return any(
        one["client"] == sender and one["sign"] == _text(sign) and one["revoked"]
        for one in store.meta(KNOWN_META, [])
    )


def recipients(store: Store) -> list[bytes]:
    """Who may read what we write: the workstations of the organisation and the centre."""
    boxes = {one["box"] for one in store.meta(KNOWN_META, []) if not one["revoked"]}
    return sorted({b64decode(box) for box in boxes} | {own_keys(store).public[1]})


def _text(key: bytes) -> str:
    return b64encode(key).decode()
