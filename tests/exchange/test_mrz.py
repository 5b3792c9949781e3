"""Machine-readable zones: ICAO's own specimens, scanners' habits, and nonsense."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arm.exchange.mrz import Kind, build, build_td3, check_digit, read_mrz
from arm.model.names import from_wrong_layout

TODAY = date(2026, 11, 24)

# ICAO Doc 9303, 8th edition: part 4 app. B, part 5 and 6 app. B, part 7 app. B
SPECIMENS: dict[str, str] = {
    "TD3": "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    "TD2": "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6",
    "TD1": "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\n"
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    "MRV-A": "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
    "L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
    "MRV-B": "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<",
}
LONG_NUMBERS = {
    "TD1": "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\n"
    "STEVENSON<<PETER<JOHN<<<<<<<<<",
    "TD2": "I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\nD23145890<UTO3407127M95071227349<<<8",
}


@pytest.mark.parametrize("kind", SPECIMENS)
def test_specimen_of_icao(kind: str) -> None:
    zone = read_mrz(SPECIMENS[kind], TODAY)
    assert (zone.kind, zone.surname, zone.given) == (kind, "ERIKSSON", "ANNA MARIA")
    assert zone.problems == ()
    assert all(digit.ok for digit in zone.check_digits)
    assert zone.sex == "F"
    born = date(1940, 9, 7) if kind.startswith("MRV") else date(1974, 8, 12)
    assert zone.birth_date == born


def test_every_field_of_the_passport_specimen() -> None:
    zone = read_mrz(SPECIMENS["TD3"], TODAY)
    assert zone.number == "L898902C3"
    assert zone.nationality == zone.issuer == "UTO"
    assert zone.expiry_date == date(2012, 4, 15)
    assert zone.personal_number == "ZE184226B"
    assert [digit.name for digit in zone.check_digits] == [
        "document_number", "birth_date", "expiry_date", "personal_number", "composite",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", LONG_NUMBERS)
def test_number_too_long_for_its_field(kind: str) -> None:
    zone = read_mrz(LONG_NUMBERS[kind], TODAY)
    assert (zone.kind, zone.number) == (kind, "D23145890734")
    assert zone.problems == ()
    assert zone.birth_date == date(1934, 7, 12)


@pytest.mark.parametrize(
    ("place", "name", "word"),
    [
        (0, "document_number", "номера документа"),
        (13, "birth_date", "даты рождения"),
        (21, "expiry_date", "срока действия"),
        (30, "personal_number", "личного номера"),
        (43, "composite", "всей строки"),
    ],
)
def test_each_wrong_check_digit_is_named(place: int, name: str, word: str) -> None:
    first, second = SPECIMENS["TD3"].split("\n")
    wrong = "9" if second[place] != "9" else "8"
    zone = read_mrz(f"{first}\n{second[:place]}{wrong}{second[place + 1 :]}", TODAY)
    bad = [digit.name for digit in zone.check_digits if not digit.ok]
    assert name in bad
    assert bad in ([name], [name, "composite"])
    said = next(p for p in zone.problems if p.code == f"check_digit.{name}")
    assert word in said.text


@pytest.mark.parametrize("kind", SPECIMENS)
def test_each_wrong_check_digit_of_other_formats(kind: str) -> None:
    text = SPECIMENS[kind].replace("740812", "740813").replace("400907", "400908")
    zone = read_mrz(text, TODAY)
    assert "birth_date" in [digit.name for digit in zone.check_digits if not digit.ok]


def _on_russian_layout(text: str) -> str:
    return "".join(c if c.isdigit() or c.isspace() else from_wrong_layout(c) for c in text)


@pytest.mark.parametrize("kind", ["TD3", "TD2", "TD1", "MRV-A"])
@pytest.mark.parametrize(
    "habit",
    [
        pytest.param(str.lower, id="small letters"),
        pytest.param(lambda t: t.replace("\n", ""), id="no line break"),
        pytest.param(lambda t: t.replace("\n", "\r"), id="carriage return"),
        pytest.param(lambda t: t.replace("\n", "\r\n") + "\r\n", id="enter at the end"),
        pytest.param(lambda t: "\x02]C1" + t.replace("\n", "\r") + "\x03\r", id="prefix, suffix"),
        pytest.param(_on_russian_layout, id="Russian layout"),
        pytest.param(lambda t: _on_russian_layout(t.lower()), id="Russian layout, small"),
        pytest.param(lambda t: t.replace("<", "«"), id="fillers as quotes"),
        pytest.param(lambda t: t.replace("<", " "), id="fillers as spaces"),
        pytest.param(lambda t: t.replace("<", ";"), id="German layout"),
        pytest.param(lambda t: f"Паспорт:\n\n{t}\n", id="text around"),
        pytest.param(" ".join, id="space after each sign"),
    ],
)
def test_what_scanners_and_people_make_of_it(kind: str, habit: object) -> None:
    text = SPECIMENS[kind]
    assert callable(habit)
    zone, right = read_mrz(habit(text), TODAY), read_mrz(text, TODAY)
    assert (zone.kind, zone.surname, zone.given, zone.number, zone.birth_date) == (
        right.kind, right.surname, right.given, right.number, right.birth_date,
    )  # fmt: skip
    assert zone.problems == ()


def test_lost_fillers_at_the_end_of_a_line() -> None:
    first, second = SPECIMENS["TD3"].split("\n")
    assert read_mrz(f"{first.rstrip('<')}\n{second}", TODAY).problems == ()


def test_letters_taken_for_digits_in_dates() -> None:
    text = SPECIMENS["TD3"].replace("7408122F1204159", "74O8I22F12O4I59")
    assert read_mrz(text, TODAY).problems == ()


def test_birth_year_later_than_today_is_of_the_last_century() -> None:
    old = _passport(birth_date=date(1930, 5, 4), expiry_date=date(2034, 1, 1))
    assert read_mrz(old, TODAY).birth_date == date(1930, 5, 4)
    child = _passport(birth_date=date(2019, 5, 4), expiry_date=date(2029, 1, 1))
    assert read_mrz(child, TODAY).birth_date == date(2019, 5, 4)


def test_german_code_and_stateless_person() -> None:
    assert read_mrz(_passport(nationality="D"), TODAY).nationality == "DEU"
    assert read_mrz(_passport(nationality="XXA"), TODAY).nationality == "XXA"


def test_russian_internal_passport_gives_cyrillic_names() -> None:
    # names of the kind's own specimen (order МВД 773): letters one to one, 3 = Ч, 8 = Я
    line = "PNRUSPETROV<<IL98<SERGEEVI3".ljust(44, "<")
    second = "360512345<"
    second = f"{second[:9]}{check_digit(second[:9])}RUS8001019M<<<<<<<"
    second += "5120101630001" + "<"
    second += str(check_digit(second[28:42]))
    second += str(check_digit(second[:10] + second[13:20] + second[21:43]))
    zone = read_mrz(f"{line}\n{second}", TODAY)
    assert (zone.surname, zone.given) == ("ПЕТРОВ", "ИЛЬЯ СЕРГЕЕВИЧ")
    assert zone.expiry_date is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \r\n ", "empty"),
        ("Юлдашев Улугбек, паспорт FA 4182907", "not_mrz"),
        ("P<UTOERIKSSON<<ANNA<MARIA", "not_mrz"),
        ("<" * 88, "not_mrz"),
        ("A" * 90, "not_mrz"),
        ("1234567890" * 40, "not_mrz"),
        ("\x00\x01\x02", "not_mrz"),
        ("ST00012|Name=УФК|PersonalAcc=03100643000000018500", "not_mrz"),
    ],
)
def test_nonsense_gets_a_message(text: str, code: str) -> None:
    zone = read_mrz(text, TODAY)
    assert zone.kind == ""
    assert [problem.code for problem in zone.problems] == [code]
    assert zone.problems[0].text


def test_impossible_date_is_named() -> None:
    text = SPECIMENS["TD3"].replace("7408122", "7413322")
    problem = next(p for p in read_mrz(text).problems if p.code == "birth_date.impossible")
    assert "741332" in problem.text


def _passport(**changed: object) -> str:
    facts: dict[str, object] = {
        "surname": "Джураев", "given": "Сухроб", "number": "402771905", "nationality": "TJK",
        "birth_date": date(1998, 2, 4), "sex": "M", "expiry_date": date(2034, 1, 18),
    }  # fmt: skip
    return build_td3(**{**facts, **changed})  # type: ignore[arg-type]  # facts of one passport


letters = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=12)
kinds: st.SearchStrategy[Kind] = st.sampled_from(("TD1", "TD2", "TD3", "MRV-A", "MRV-B"))


@given(
    kind=kinds,
    surname=letters,
    given_name=letters,
    number=st.text(alphabet="ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=5, max_size=9),
    born=st.dates(date(1930, 1, 1), date(2026, 1, 1)),
    expires=st.dates(date(2026, 1, 1), date(2060, 1, 1)),
    sex=st.sampled_from("MF"),
)
def test_what_is_written_is_read(
    kind: Kind, surname: str, given_name: str, number: str, born: date, expires: date, sex: str
) -> None:
    text = build(
        kind,
        surname=surname,
        given=given_name,
        number=number,
        nationality="UZB",
        birth_date=born,
        sex=sex,
        expiry_date=expires,
    )
    zone = read_mrz(text, TODAY)
    assert zone.problems == ()
    assert (zone.kind, zone.surname, zone.given, zone.number, zone.sex) == (
        kind, surname, given_name, number, sex,
    )  # fmt: skip
    assert (zone.birth_date, zone.expiry_date) == (born, expires)


@given(kind=st.sampled_from(("TD1", "TD2")), length=st.integers(10, 13))
def test_long_numbers_are_written_and_read(kind: Kind, length: int) -> None:
    number = "AB1234567890X"[:length]
    text = build(
        kind,
        surname="HO",
        given="LAN",
        number=number,
        nationality="VNM",
        birth_date=date(1990, 1, 2),
        sex="F",
        expiry_date=date(2030, 1, 2),
    )
    zone = read_mrz(text, TODAY)
    assert (zone.number, zone.problems) == (number, ())


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    zone = read_mrz(text, TODAY)
    assert zone.kind or zone.problems


@given(
    st.sampled_from(sorted(SPECIMENS)),
    st.lists(st.tuples(st.integers(0, 90), st.characters()), max_size=6),
)
def test_damaged_zones_are_answered(kind: str, damage: list[tuple[int, str]]) -> None:
    text = list(SPECIMENS[kind])
    for place, char in damage:
        text[place % len(text)] = char
    zone = read_mrz("".join(text))
    assert zone.kind or zone.problems
    assert all(problem.text for problem in zone.problems)


@pytest.mark.parametrize("kind", sorted(SPECIMENS))
def test_a_no_break_space_in_a_zone_is_a_filler_and_no_crash(kind: str) -> None:
    text = SPECIMENS[kind]
    for place in range(0, len(text), 3):
        zone = read_mrz(f"{text[:place]}\xa0{text[place + 1 :]}", TODAY)
        assert zone.kind or zone.problems
