"""Finding people as one types, in a real encrypted database."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from arm.store.database import create_database, writing
from arm.store.search import (
    SearchEntry,
    SearchResult,
    compact,
    index_people,
    remove_people,
    search,
)
from bench.search import entries, keystrokes

PERSONS = int(os.environ.get("SEARCH_PERSONS", "4000"))

KNOWN = (
    SearchEntry(
        900_001, "p1", "Юлдашев", "Отабек", "Рустамович", "YOLDOSHEV", "OTABEK",
        ("FA4182907", "5951827364"), ("+7 900 111-22-33",), "440580974723", "112-233-445 95",
        "63-0777-1234566", "1991-08-12",
    ),
    SearchEntry(
        900_002, "p2", "Жўраев", "Сухроб", None, "JURAEV", "SUHROB", ("402771905",),
        ("+992 90 123 45 67",), None, None, "63-0777-1234574", "1998-02-04",
    ),
    SearchEntry(
        900_003, "p3", "Керимова", "Севда", "Намик кызы", "KARIMOVA", "SEVDA", ("C02117746",),
        (), None, None, "63-0777-1234582", "1992-08-08",
    ),
    SearchEntry(
        900_004, "p4", "Рахимджанов", "Шохрух", None, "RAXIMJANOV", "SHOXRUX", ("AC7771112",),
        ("89005556677",), None, None, "63-0777-1234590", "1985-11-30",
    ),
    SearchEntry(
        900_005, "p5", "Фёдорова-Нгуен", "Тхи Лан", None, "FEDOROVA NGUYEN", "THI LAN",
        ("№ 1234567",), (), None, None, "63-0777-1234603", "2001-01-01",
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = create_database(tmp_path_factory.mktemp("search") / "records.db", bytes(32))
    with Session(writing(made)) as session:
        index_people(session, [*entries(PERSONS), *KNOWN])
        session.commit()
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as opened:
        yield opened


def _titles(result: SearchResult) -> list[str]:
    return [title for title, _ in result.groups]


@pytest.mark.parametrize(
    ("typed", "rowid"),
    [
        ("Юлдашев Отабек Рустамович", 900_001),
        ("отабек юлдашев 12.08.1991", 900_001),
        ("yoldoshev otabek 1991", 900_001),
        ("YOʻLDOSHEV OTABEK rustam", 900_001),
        ("FA4182907", 900_001),
        ("fa 4182907", 900_001),
        ("FA № 4182907", 900_001),
        ("4182907", 900_001),
        ("182907", 900_001),
        ("5951827364", 900_001),
        ("440580974723", 900_001),
        ("0580974", 900_001),
        ("112-233-445 95", 900_001),
        ("+7 900 111-22-33", 900_001),
        ("8 900 111 22 33", 900_001),
        ("8(900)1112233", 900_001),
        ("9001112233", 900_001),
        ("111-22-33", 900_001),
        ("63-0777-1234566", 900_001),
        ("63 0777 1234566", 900_001),
        ("07771234566", 900_001),
        ("жураев сухроб 1998", 900_002),
        ("джураев сухроб 04.02.1998", 900_002),
        ("JO'RAYEV suhrob 1998-02-04", 900_002),
        ("402 771 905", 900_002),
        ("992 90 123 45 67", 900_002),
        ("керимова севда намик", 900_003),
        ("рахимджанов", 900_004),
        ("rakhimjanov", 900_004),
        ("ahimjan", 900_004),
        ("рахимжанов шохрух", 900_004),
        ("АС7771112", 900_004),
        ("федорова нгуен", 900_005),
        ("лан фёдорова", 900_005),
        ("№ 1234567", 900_005),
    ],
)
def test_right_person_comes_first(session: Session, typed: str, rowid: int) -> None:
    assert search(session, typed).rowids[0] == rowid


@pytest.mark.parametrize(
    ("typed", "rowid"),
    [
        (">klfitd Jnf,tr Hecnfvjdbx", 900_001),
        ("hf[bvl;fyjd", 900_004),
        ("афктшд", None),
        ("нщдвщырум щефиул 1991", 900_001),
        ("АФ4182907", 900_001),
        ("a`ljhjdf yuety", 900_005),
    ],
)
def test_wrong_keyboard_layout_is_noticed(session: Session, typed: str, rowid: int | None) -> None:
    result = search(session, typed)
    if rowid is None:
        assert "раскладка" not in result.hint
    else:
        assert result.rowids[0] == rowid
        assert "раскладка" in result.hint


def test_surname_on_the_wrong_layout_finds_its_bearers(session: Session) -> None:
    wrong, right = search(session, ".klfitd"), search(session, "юлдашев")
    assert list(wrong.rowids) == list(right.rowids)
    assert "«юлдашев»" in wrong.hint


def test_exact_stands_before_similar(session: Session, engine: Engine) -> None:
    result = search(session, "Керимов")
    titles = _titles(result)
    assert titles[0] == "Совпала фамилия"
    assert titles[-1] == "Похоже по звучанию"
    surname = _surnames(session, result)
    exact = result.groups[0][1]
    assert set(surname[:exact]) == {"керимов"}
    assert "каримов" in surname[exact:]
    assert "керимова" not in surname[-result.groups[-1][1] :]


def _surnames(session: Session, result: SearchResult) -> list[str]:
    rows = session.connection().exec_driver_sql("SELECT rowid, surname FROM search_person")
    by_rowid = {row[0]: row[1] for row in rows.fetchall()}
    return [by_rowid[rowid] for rowid in result.rowids]


def test_latin_spelling_finds_other_spellings_too(session: Session) -> None:
    assert {"юлдашев"} <= set(_surnames(session, search(session, "YOʻLDOSHEV")))
    assert {"юлдашев"} <= set(_surnames(session, search(session, "yuldashev")))
    assert {"джураев", "жураев"} <= set(_surnames(session, search(session, "Жўраев")))
    assert {"рахимов", "рагимов"} <= set(_surnames(session, search(session, "Rahimov")))


def test_whole_number_before_a_beginning_before_a_fragment(engine: Engine) -> None:
    numbers = ("X5550001", "5550001", "55500012", "995550001")
    with Session(writing(engine)) as session:
        index_people(
            session,
            [SearchEntry(800_000 + n, f"n{n}", "Я", documents=(d,)) for n, d in enumerate(numbers)],
        )
        found = search(session, "555000")
        whole = search(session, "5550001")
        session.rollback()
    assert set(found.rowids[:3]) == {800_000, 800_001, 800_002}
    assert found.rowids[3] == 800_003
    assert set(whole.rowids[:2]) == {800_000, 800_001}


@pytest.mark.parametrize("typed", ["ю", "к", "k", "5", "41", "ка", "ul"])
def test_first_keys_answer_already(session: Session, typed: str) -> None:
    assert len(search(session, typed).rowids) > 0


def test_more_than_a_screenful_is_said(session: Session) -> None:
    result = search(session, "а", limit=20)
    assert len(result.rowids) == 20
    assert result.more
    assert "первые 20" in result.hint
    assert sum(count for _, count in result.groups) == 20


def test_nobody_found_says_what_to_do(session: Session) -> None:
    result = search(session, "Мельхиседек Пржевальский")
    assert len(result.rowids) == 0
    assert "Никого не нашли" in result.hint


@pytest.mark.parametrize("typed", ["", "   ", "…", "+", '"', "'*", "(", "№"])
def test_nothing_typed_finds_nobody(session: Session, typed: str) -> None:
    assert len(search(session, typed).rowids) == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.text(max_size=40))
def test_any_text_is_answered(session: Session, typed: str) -> None:
    result = search(session, typed, limit=30)
    assert len(result.rowids) == len(set(result.rowids)) <= 30


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.text(alphabet="\"*()^:-+ANDORT фкя12'", max_size=24))
def test_query_language_of_the_index_does_not_leak(session: Session, typed: str) -> None:
    search(session, typed, limit=30)


def test_everybody_is_found_by_everything(session: Session) -> None:
    known = list(entries(PERSONS))
    rnd = random.Random(3)
    for sought in rnd.sample(known, 150):
        for typed in _ways(sought):
            assert sought.rowid in search(session, typed).rowids, typed


def _ways(sought: SearchEntry) -> Sequence[str]:
    surname, given = sought.surname or "", sought.given or ""
    year = (sought.birth_date or "")[:4]
    ways = [
        f"{surname} {given} {year}",
        f"{given[:4]} {surname[:5]} {year}",
        f"{sought.surname_latin} {sought.given_latin} {year}".lower(),
        sought.documents[0],
        sought.documents[0][-6:],
        sought.migrant_id or "",
    ]
    if sought.phones:
        ways += [sought.phones[0], "8" + sought.phones[0][2:], sought.phones[0][-7:]]
    return ways + ([sought.inn] if sought.inn else [])


def test_every_key_of_a_typed_name_is_answered(session: Session) -> None:
    typed = keystrokes(list(entries(200)), targets=14)
    assert [text for text in typed if not search(session, text).rowids] == []


def test_changed_person_is_found_by_the_new_name_only(engine: Engine) -> None:
    with Session(writing(engine)) as session:
        index_people(session, [SearchEntry(700_001, "c", "Переименов", "Пётр")])
        index_people(session, [SearchEntry(700_001, "c", "Новофамильев", "Пётр")])
        assert list(search(session, "новофамильев").rowids) == [700_001]
        assert 700_001 not in search(session, "переименов").rowids
        assert 700_001 not in search(session, "еимено").rowids
        remove_people(session, [700_001, 123_456_789])
        assert len(search(session, "новофамильев").rowids) == 0
        session.rollback()


def test_undone_transaction_leaves_the_index_as_it_was(engine: Engine) -> None:
    with Session(writing(engine)) as session:
        index_people(session, [SearchEntry(700_002, "u", "Несохранённов")])
        session.rollback()
    with Session(engine) as session:
        assert len(search(session, "несохраненнов").rowids) == 0


def test_compacting_changes_no_answer(engine: Engine) -> None:
    with Session(writing(engine)) as session:
        before = [list(search(session, typed).rowids) for typed in ("юлд", "4182", "karimov")]
        compact(session)
        session.commit()
        after = [list(search(session, typed).rowids) for typed in ("юлд", "4182", "karimov")]
    assert [set(rows) for rows in before] == [set(rows) for rows in after]


def test_names_lie_encrypted_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    engine = create_database(path, bytes(32))
    with Session(writing(engine)) as session:
        index_people(session, KNOWN)
        session.commit()
    engine.dispose()
    for file in tmp_path.iterdir():
        held = file.read_bytes()
        assert b"yoldoshev" not in held.lower()
        assert "юлдашев".encode() not in held


def test_the_end_of_a_number_comes_before_its_middle(tmp_path: Path) -> None:
    def person(rowid: int, surname: str, phone: str) -> SearchEntry:
        return SearchEntry(
            rowid, f"q{rowid}", surname, "Али", None, None, None, (), (phone,),
            None, None, None, None,
        )  # fmt: skip

    made = create_database(tmp_path / "records.db", bytes(32))
    with Session(writing(made)) as opened:
        middle, end = "+7 940 003-36-99", "+7 900 000-33-69"
        index_people(opened, [person(1, "Абдуллаев", middle), person(2, "Юлдашев", end)])
        opened.commit()
        assert list(search(opened, "003369").rowids) == [2, 1]
    made.dispose()
