"""The exchange file: what is written is read by whom it is for, and nothing else is believed."""

from __future__ import annotations

import io
import json
import random
import struct
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arm.errors import ExpectedError
from arm.exchange import signed_package
from arm.exchange.signed_package import (
    FRAME,
    Entry,
    Head,
    Keys,
    NotAPackage,
    NotForUs,
    PackageAltered,
    PackageTooNew,
    PackageTruncated,
    UnknownSigner,
    check,
    read,
    recognise,
    write,
)

SENDER, RECIPIENT, STRANGER = Keys.new(), Keys.new(), Keys.new()
ENTRIES = [
    Entry("about", "кто и откуда".encode()),
    Entry("empty", b""),
    Entry("big", random.Random(1).randbytes(2 * FRAME + 11)),
]


def made(entries: list[Entry] = ENTRIES, keys: Keys = SENDER) -> bytes:
    file = io.BytesIO()
    head = Head("outbox", "п-1", "workstation", keys.public, {"note": "без людей"})
    write(file, head, keys, [RECIPIENT.public.box], iter(entries))
    return file.getvalue()


WHOLE = made()


def opened(content: bytes, keys: Keys = RECIPIENT, known: bool = True) -> list[Entry]:
    _, entries = read(io.BytesIO(content), keys, lambda _: known)
    return list(entries)


def test_the_recipient_reads_what_was_written() -> None:
    head, entries = read(io.BytesIO(WHOLE), RECIPIENT, lambda head: head.sender == "workstation")
    assert list(entries) == ENTRIES
    assert (head.kind, head.id, head.keys) == ("outbox", "п-1", SENDER.public)
    assert head.facts == {"note": "без людей"}


@pytest.mark.parametrize("size", [0, 1, FRAME - 15, FRAME, FRAME + 1, 2 * FRAME, 3 * FRAME + 5])
def test_every_size_comes_back(size: int) -> None:
    entries = [Entry("e", random.Random(size).randbytes(size))]
    assert opened(made(entries)) == entries
    assert opened(made([])) == []


def test_the_same_content_never_makes_the_same_file() -> None:
    assert made() != made()
    assert "кто и откуда".encode() not in WHOLE


def test_a_file_for_others_is_said_so() -> None:
    with pytest.raises(NotForUs, match="не для этого рабочего места"):
        opened(WHOLE, STRANGER)


def test_an_unknown_signer_is_named_by_the_code_people_compare() -> None:
    with pytest.raises(UnknownSigner, match=SENDER.public.fingerprint):
        opened(WHOLE, known=False)


def test_a_recipient_cannot_write_in_the_senders_name() -> None:
    """Who can decrypt knows the content key, but not the key to sign with."""
    forged = made([Entry("about", b"forged")], RECIPIENT)
    head_length = struct.unpack(">I", WHOLE[8:12])[0]
    with pytest.raises(PackageAltered):
        opened(WHOLE[: 12 + head_length] + forged[12 + struct.unpack(">I", forged[8:12])[0] :])
    # with the sender's name but one's own key it is somebody unknown
    _, entries = read(
        io.BytesIO(forged), RECIPIENT, lambda head: head.keys.sign == RECIPIENT.public.sign
    )
    assert list(entries) == [Entry("about", b"forged")]
    with pytest.raises(UnknownSigner):
        read(io.BytesIO(forged), RECIPIENT, lambda head: head.keys.sign == SENDER.public.sign)


def test_each_flipped_bit_is_noticed_before_anything_is_decrypted() -> None:
    places = {*range(600), *range(600, len(WHOLE), 4_999), *range(len(WHOLE) - 90, len(WHOLE))}
    for place in sorted(places):
        spoilt = bytearray(WHOLE)
        spoilt[place] ^= 1 << place % 8
        with pytest.raises((PackageAltered, PackageTruncated, NotAPackage, PackageTooNew)):
            opened(bytes(spoilt))


def test_each_missing_end_is_noticed() -> None:
    for length in {*range(8, 500), *range(500, len(WHOLE), 3_001), len(WHOLE) - 1}:
        with pytest.raises(PackageTruncated, match="неполный"):
            opened(WHOLE[:length])
    for length in range(6):
        with pytest.raises(NotAPackage):
            opened(WHOLE[:length])


def test_anything_after_the_end_is_refused() -> None:
    with pytest.raises(PackageAltered):
        opened(WHOLE + b"\0")


def test_frames_changed_over_are_noticed_even_with_a_right_signature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A signer's own program that mixes frames up: decryption itself refuses."""
    nonce = signed_package._nonce
    monkeypatch.setattr(
        signed_package, "_nonce", lambda number, *, last: nonce(number ^ 1, last=last)
    )
    mixed = made()
    monkeypatch.undo()
    with pytest.raises(PackageAltered):
        opened(mixed)


def test_a_later_version_asks_for_the_update() -> None:
    with pytest.raises(PackageTooNew, match="более новой версией"):
        opened(WHOLE[:6] + b"02" + WHOLE[8:])


def test_other_files_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "что-то"
    for content, is_ours in ((WHOLE, True), (b"%PDF-1.7", False), (b"", False)):
        path.write_bytes(content)
        assert recognise(path) is is_ours
    assert not recognise(tmp_path / "нет")
    with pytest.raises(NotAPackage):
        opened(b"%PDF-1.7")


def signed_anyway(header: bytes, rest: bytes = bytes(4)) -> bytes:
    """Bytes of an attacker who has a known key: signed right, written wrong."""
    body = b"EOPACK01" + struct.pack(">I", len(header)) + header + rest
    signing = signed_package.hashlib.sha512(body)
    key = signed_package.Ed25519PrivateKey.from_private_bytes(SENDER.sign)
    return body + key.sign(signing.digest())


def header_of(change: Callable[[dict[str, object]], object]) -> bytes:
    length = struct.unpack(">I", WHOLE[8:12])[0]
    said = json.loads(WHOLE[12 : 12 + length])
    change(said)
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.pop("once"),
        lambda said: said.update(once="AAAA"),
        lambda said: said.update(once="не base64"),
        lambda said: said.update({"for": []}),
        lambda said: said.update({"for": dict.fromkeys(said["for"], 5)}),
        lambda said: said.update({"for": dict.fromkeys(said["for"], "AAAA")}),
        lambda said: said.update(facts=None),
        lambda said: said.update(sign="AAAA"),
        lambda said: said.update(box=7),
        lambda said: said.pop("kind"),
    ],
)
def test_a_known_signer_who_writes_nonsense_is_refused_too(
    change: Callable[[dict[str, object]], object],
) -> None:
    with pytest.raises((PackageAltered, NotForUs)):
        opened(signed_anyway(header_of(change)))


@pytest.mark.parametrize(
    "header", [b"[" * 100_000, b"{}", b"null", b'"x"', b"\xff\xfe", b"1" * 5_000, b"NaN"]
)
def test_a_header_that_is_no_header_is_refused(header: bytes) -> None:
    with pytest.raises(PackageAltered):
        opened(signed_anyway(header))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.integers(0, len(WHOLE)), st.integers(0, 3))
def test_no_bytes_crash_or_hang(junk: bytes, place: int, way: int) -> None:
    content = {
        0: junk,
        1: b"EOPACK01" + junk,
        2: WHOLE[:place] + junk + WHOLE[place:],
        3: WHOLE[:place] + junk + WHOLE[place + len(junk) :],
    }[way]
    try:
        found = opened(content)
    except ExpectedError:
        return
    assert found == ENTRIES


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=40), st.binary(max_size=2_000)), max_size=8).map(
        lambda pairs: [Entry(*pair) for pair in pairs]
    )
)
def test_any_entries_come_back(entries: list[Entry]) -> None:
    assert opened(made(entries)) == entries


def test_a_hundred_megabytes_take_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "обмен.eopack"
    piece = random.Random(2).randbytes(1024 * 1024)
    head = replace(check(io.BytesIO(WHOLE)), id="big")
    tracemalloc.start()
    with path.open("wb") as out:
        write(
            out, head, SENDER, [RECIPIENT.public.box], (Entry("piece", piece) for _ in range(100))
        )
    with path.open("rb") as file:
        _, entries = read(file, RECIPIENT, lambda _: True)
        assert sum(len(entry.content) for entry in entries) == 100 * len(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 1024 * 1024
