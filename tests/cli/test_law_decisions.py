"""Norms in force without a new program, on the command line: packs, single values, taking back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from arm.cli.main import main
from tests.cli.conftest import Command

CHIEF = ("--login", "tikhonova")
PACK = """
[pack]
name = "Нормы на 2027 год"
issued_on = 2026-12-01

[["ndfl.deflator"]]
valid_from = 2027-01-01
valid_to = 2027-12-31
value = 3.012
act = "Приказ Минэкономразвития России"
published = 2026-11-20
source = "publication.pravo.gov.ru"
confidence = "H"
checked_on = 2026-12-01
"""


@pytest.fixture
def passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The password of the signing key is in files, as without a terminal."""
    path = tmp_path / "пароль.txt"
    path.write_text("пароль ключа", "utf-8")
    with monkeypatch.context() as only_here:
        only_here.setenv("ARM_PASSWORD_FILE", str(path))
        only_here.setenv("ARM_NEW_PASSWORD_FILE", str(path))
        yield only_here


@pytest.fixture
def signed(tmp_path: Path, passwords: pytest.MonkeyPatch) -> Path:
    """A pack, signed; the password files are gone afterwards."""
    text, key, out = tmp_path / "пакет.toml", tmp_path / "ключ.pem", tmp_path / "подписан.toml"
    text.write_text(PACK, "utf-8")
    assert main(("law", "pack", "key", "--out", str(key))) == 0
    sign = ("law", "pack", "sign", str(text), "--key", str(key), "--out", str(out))
    assert main(sign) == 0
    passwords.undo()
    return out


def test_a_pack_is_signed_checked_accepted_and_taken_back(arm: Command, signed: Path) -> None:
    seen = arm.json("law", "pack", "check", str(signed), *CHIEF)
    assert arm.code == 0
    assert (seen["name"], seen["known"]) == ("Нормы на 2027 год", False)
    assert seen["values"][0]["after"] == "value 3.012"
    assert seen["effects"]["complete"]
    assert seen["effects"]["people"] > 50

    refused = arm.json("law", "pack", "accept", str(signed), "--reason", "письмо", *CHIEF)
    assert (arm.code, refused["error"]["code"]) == (1, "law.unknown_signer")
    code = ("--code", seen["signer"])
    kept = arm.json("law", "pack", "accept", str(signed), *code, "--reason", "письмо", *CHIEF)
    assert arm.code == 0
    (one,) = [
        row
        for row in arm.json("law", "decisions", *CHIEF)["decisions"]
        if row["id"] == kept["decision"]
    ]
    assert one["in_force"]
    assert one["by"] == "Тихонова Елена Викторовна"

    back = ("law", "withdraw", kept["decision"], "--reason", "проверка", *CHIEF)
    arm.json(*back)
    assert arm.code == 0
    again = arm.json(*back)
    assert (arm.code, "error" in again) == (1, True)


def test_a_coefficient_is_corrected_and_the_answer_says_from_what_to_what(arm: Command) -> None:
    done = arm.json(
        "law", "decide", "ndfl.region", "--key", "63", "--on", "2026-05-04",
        "--set", "coefficient=3,5", "--reason", "сверено с законом", *CHIEF,
    )  # fmt: skip
    assert arm.code == 0
    assert done["before"] == "coefficient 3.45; amount 11936"
    assert done["after"] == "coefficient 3.5; amount 11936"
    arm.json("law", "withdraw", done["decision"], "--reason", "проверка", *CHIEF)
    assert arm.code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("nothing.here",), "law.no_such_value"),
        (("ndfl.region", "--key", "63", "--on", "2026-05-04", "--set", "coefficient=много"),
         "law.column_unreadable"),
        (("ndfl.region", "--key", "63", "--on", "2026-05-04", "--set", "koef=3"),
         "law.column_unreadable"),
        (("ndfl.region", "--key", "63", "--on", "вчера"), "law.not_a_day"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_told(arm: Command, words: tuple[str, ...], code: str) -> None:
    said = arm.json("law", "decide", *words, "--reason", "сверено", *CHIEF)
    assert (arm.code, said["error"]["code"]) == (1, code)


def test_a_specialist_decides_nothing(arm: Command) -> None:
    said = arm.json("law", "decide", "patent.reissue", "--reason", "сверено", "--login", "orlova")
    assert arm.code == 1
    assert "подтверждение и исправление норм" in said["error"]["title"]


def test_a_pack_with_a_mistake_is_not_signed(
    arm: Command, signed: Path, passwords: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrong = tmp_path / "ошибка.toml"
    for content, problem in (
        (PACK.replace("ndfl.deflator", "ndfl.nothing").encode(), "ndfl.nothing"),
        (PACK.encode("cp1251"), "UTF-8"),
    ):
        wrong.write_bytes(content)
        arm(
            "law", "pack", "sign", str(wrong), "--key", str(tmp_path / "ключ.pem"),
            "--out", str(tmp_path / "не будет.toml"),
        )  # fmt: skip
        assert arm.code == 1
        assert problem in arm.errors
    assert not (tmp_path / "не будет.toml").exists()
    assert signed.exists()
