"""The exchange file of offices without a network: signed by the workstation that made it, readable
only by those it is made for.

Layout, all numbers big-endian::

    8   EOPACK, two digits of the format's version
    4   length of the header, then the header: canonical JSON (below)
    …   frames: 4 bytes of length, AES-256-GCM ciphertext with its tag
    4   zero: the end of the frames
    64  Ed25519 signature of SHA-512 of everything before it

The header names the sender and holds the content key once a recipient: X25519 of a key made for
this file with the recipient's, HKDF-SHA256, AES-256-GCM. A frame's nonce is its number and whether
it is the last, so frames can be neither dropped nor changed over. Inside the frames lie entries one
after another: 2 bytes of name length, 8 of content length, name, content.

The signature is checked over the whole file before anything is decrypted, so nothing of an altered
file is believed; who can read a file still can't write one in the sender's name.
"""

from __future__ import annotations

import hashlib
import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from arm.errors import ExpectedError

MAGIC: Final = b"EOPACK"
VERSION: Final = 1
FRAME: Final = 256 * 1024
TAG: Final = 16
SIGNATURE: Final = 64
LONGEST_HEADER: Final = 256 * 1024
LONGEST_NAME: Final = 200
LONGEST_ENTRY: Final = 16 * 1024 * 1024
_PURPOSE: Final = b"edinoe-okno exchange file "
_ENTRY: Final = struct.Struct(">HQ")


class NotAPackage(ExpectedError):
    """Some other file."""

    code = "package_other_file"
    title = "Это не файл обмена «Единого окна»"
    advice = "Выберите файл с расширением .eopack, созданный командой обмена файлом"


class PackageTooNew(ExpectedError):
    """A later program wrote it."""

    code = "package_too_new"
    title = "Файл обмена создан более новой версией программы"
    advice = "Обновите программу на этом компьютере и загрузите файл снова"


class PackageTruncated(ExpectedError):
    """The end is missing."""

    code = "package_truncated"
    title = "Файл обмена неполный: конец отсутствует"
    advice = "Скопируйте его с исходного компьютера заново. Ничего не загружено"


class PackageAltered(ExpectedError):
    """The bytes are not those that were signed."""

    code = "package_altered"
    title = "Файл обмена изменён или повреждён: подпись не сходится"
    advice = "Скопируйте его заново; если повторится, сообщите администратору. Ничего не загружено"


class UnknownSigner(ExpectedError):
    """Signed well, by somebody we do not know."""

    code = "package_unknown_signer"
    title = "Файл обмена подписан неизвестным рабочим местом, код {fingerprint}"
    advice = (
        "Сверьте код с тем, что показан на том компьютере в окне «Обмен файлом». "
        "Если совпадает, подтвердите его; иначе не загружайте. Ничего не загружено"
    )


class NotForUs(ExpectedError):
    """Made for other recipients."""

    code = "package_not_for_us"
    title = "Файл обмена зашифрован не для этого рабочего места"
    advice = "Загрузите его там, для кого он создан, или создайте заново после обмена с центром"


@dataclass(frozen=True)
class Keys:
    """Private keys of one workstation or centre: 32 bytes to sign with, 32 to be written to."""

    sign: bytes
    box: bytes

    @classmethod
    def new(cls) -> Keys:
        """Fresh ones."""
        return cls(
            Ed25519PrivateKey.generate().private_bytes_raw(),
            X25519PrivateKey.generate().private_bytes_raw(),
        )

    @property
    def public(self) -> PublicKeys:
        """What others may know."""
        return PublicKeys(
            Ed25519PrivateKey.from_private_bytes(self.sign).public_key().public_bytes_raw(),
            X25519PrivateKey.from_private_bytes(self.box).public_key().public_bytes_raw(),
        )


@dataclass(frozen=True)
class PublicKeys:
    """The public halves."""

    sign: bytes
    box: bytes

    @property
    def fingerprint(self) -> str:
        """What people compare: «4f2a-91c0-…», 64 bits of SHA-256 of both keys."""
        digest = hashlib.sha256(self.sign + self.box).hexdigest()
        return "-".join(digest[start : start + 4] for start in range(0, 16, 4))


@dataclass(frozen=True)
class Head:
    """What a file says of itself; to be believed only with the signature checked."""

    kind: str
    """``outbox`` or ``answer``."""
    id: str
    sender: str
    """Id of the workstation, or ``centre``."""
    keys: PublicKeys
    facts: Mapping[str, Any]
    """What else the maker says in clear: nothing about people."""


class Entry(NamedTuple):
    """One named piece of content."""

    name: str
    content: bytes


def recognise(path: Path) -> bool:
    """Whether a file is of this format, of whatever version."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def write(
    file: BinaryIO,
    head: Head,
    keys: Keys,
    recipients: Sequence[bytes],
    entries: Iterable[tuple[str, bytes]],
) -> None:
    """Write a file for the owners of these X25519 public keys; ``head.keys`` are ignored in favour
    of those of ``keys``. Memory stays small however long ``entries`` is."""
    secret = AESGCM.generate_key(256)
    once = X25519PrivateKey.generate()
    once_public = once.public_key().public_bytes_raw()
    said = {
        "kind": head.kind,
        "id": head.id,
        "sender": head.sender,
        "sign": _text(keys.public.sign),
        "box": _text(keys.public.box),
        "facts": dict(head.facts),
        "once": _text(once_public),
        "for": {
            _name_of(public): _text(
                _wrap_cipher(once, public, once_public, public).encrypt(
                    bytes(12), secret, head.id.encode()
                )
            )
            for public in recipients
        },
    }
    header = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    if len(header) > LONGEST_HEADER:
        raise ValueError("the header is too long")
    signing = hashlib.sha512()

    def put(part: bytes) -> None:
        signing.update(part)
        file.write(part)

    put(MAGIC + b"%02d" % VERSION + struct.pack(">I", len(header)) + header)
    about, cipher = hashlib.sha256(header).digest(), AESGCM(secret)
    for number, (plain, last) in enumerate(_framed(_serial(entries))):
        sealed = cipher.encrypt(_nonce(number, last=last), plain, about)
        put(struct.pack(">I", len(sealed)) + sealed)
    put(bytes(4))
    file.write(Ed25519PrivateKey.from_private_bytes(keys.sign).sign(signing.digest()))


def check(file: BinaryIO) -> Head:
    """Read the whole file once and check its shape and signature; who signed is for the caller to
    judge. Raises NotAPackage, PackageTooNew, PackageTruncated, PackageAltered."""
    signing = hashlib.sha512()
    head, _ = _read_header(file, signing)
    while length := _length(file, signing):
        if length > FRAME + TAG:
            raise PackageAltered
        signing.update(_exactly(file, length))
    signature = _exactly(file, SIGNATURE)
    if file.read(1):
        raise PackageAltered
    try:
        Ed25519PublicKey.from_public_bytes(head.keys.sign).verify(signature, signing.digest())
    except (InvalidSignature, ValueError) as error:
        raise PackageAltered from error
    return head


def read(file: BinaryIO, keys: Keys, known: Callable[[Head], bool]) -> tuple[Head, Iterator[Entry]]:
    """Head and entries of a file that ``known`` answers for.

    The file must be seekable. Raises as :func:`check`, and UnknownSigner, NotForUs; the iterator
    may raise PackageAltered where a signer wrote nonsense.
    """
    file.seek(0)
    head = check(file)
    if not known(head):
        raise UnknownSigner(fingerprint=head.keys.fingerprint)
    file.seek(0)
    _, said = _read_header(file, hashlib.sha512())
    header = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    public = keys.public.box
    try:
        wrapped = _bytes(said["for"][_name_of(public)])
        once = _bytes(said["once"])
        wrap = _wrap_cipher(X25519PrivateKey.from_private_bytes(keys.box), once, once, public)
        secret = wrap.decrypt(bytes(12), wrapped, head.id.encode())
        cipher = AESGCM(secret)
    except (KeyError, TypeError, ValueError, InvalidTag) as error:
        raise NotForUs from error
    return head, _entries(_plain(file, cipher, hashlib.sha256(header).digest()))


# --- the header


def _read_header(file: BinaryIO, signing: Any) -> tuple[Head, dict[str, Any]]:
    start = file.read(len(MAGIC) + 2)
    if not start.startswith(MAGIC):
        raise NotAPackage
    signing.update(start)
    if len(start) < len(MAGIC) + 2:
        raise PackageTruncated
    if start[len(MAGIC) :] != b"%02d" % VERSION:
        raise PackageTooNew
    length = _length(file, signing)
    if length > LONGEST_HEADER:
        raise PackageAltered
    header = _exactly(file, length)
    signing.update(header)
    try:
        said = json.loads(header)
        if not isinstance(said["facts"], dict) or not isinstance(said["for"], dict):
            raise PackageAltered
        head = Head(
            kind=str(said["kind"]),
            id=str(said["id"]),
            sender=str(said["sender"]),
            keys=PublicKeys(_bytes(said["sign"]), _bytes(said["box"])),
            facts=said["facts"],
        )
        plain = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if plain.encode() != header:
            raise PackageAltered  # one meaning, one text
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PackageAltered from error
    return head, said


def _text(key: bytes) -> str:
    return b64encode(key).decode()


def _bytes(text: str) -> bytes:
    return b64decode(text, validate=True)


def _name_of(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:32]


def _wrap_cipher(private: X25519PrivateKey, peer: bytes, once: bytes, recipient: bytes) -> AESGCM:
    shared = private.exchange(X25519PublicKey.from_public_bytes(peer))
    info = _PURPOSE + once + recipient
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(shared))


# --- frames


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">QI", number, int(last))


def _framed(parts: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Pieces of exactly FRAME bytes, and the rest, however short, marked as the last."""
    held = bytearray()
    for part in parts:
        held += part
        while len(held) > FRAME:
            yield bytes(held[:FRAME]), False
            del held[:FRAME]
    yield bytes(held), True


def _plain(file: BinaryIO, cipher: AESGCM, about: bytes) -> Iterator[bytes]:
    """Decrypted frames. The signature was checked already: what fails here was signed wrong."""
    number = 0
    sealed = _exactly(file, _length(file, None))
    while sealed:
        following = _exactly(file, _length(file, None))
        try:
            yield cipher.decrypt(_nonce(number, last=not following), sealed, about)
        except (InvalidTag, ValueError) as error:
            raise PackageAltered from error
        number, sealed = number + 1, following


def _length(file: BinaryIO, signing: Any) -> int:
    packed = _exactly(file, 4)
    if signing is not None:
        signing.update(packed)
    return int(struct.unpack(">I", packed)[0])


def _exactly(file: BinaryIO, count: int) -> bytes:
    got = file.read(count)
    if len(got) < count:
        raise PackageTruncated
    return got


# --- entries


def _serial(entries: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    for title, content in entries:
        name = title.encode()
        if len(name) > LONGEST_NAME or len(content) > LONGEST_ENTRY:
            raise ValueError("an entry is too long")
        yield _ENTRY.pack(len(name), len(content)) + name
        yield content


def _entries(parts: Iterator[bytes]) -> Iterator[Entry]:
    held = bytearray()

    def take(count: int) -> bytes | None:
        """The next bytes; None where the content ends before them."""
        while len(held) < count:
            part = next(parts, None)
            if part is None:
                return None
            held.extend(part)
        taken = bytes(held[:count])
        del held[:count]
        return taken

    while (head := take(_ENTRY.size)) is not None:
        name_length, length = _ENTRY.unpack(head)
        if name_length > LONGEST_NAME or length > LONGEST_ENTRY:
            raise PackageAltered
        name, content = take(name_length), take(length)
        if name is None or content is None:
            raise PackageAltered
        try:
            yield Entry(name.decode(), content)
        except UnicodeDecodeError as error:
            raise PackageAltered from error
    if held:
        raise PackageAltered
