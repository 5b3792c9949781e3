"""Lists that others send: read as they are, every faulty line named, good ones kept."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arm.exchange.dates import DateProblem, read_date
from arm.exchange.roster import Roster, RosterRow, RosterUnreadable, read_roster
from arm.exchange.roster_columns import field_of

TODAY = date(2026, 11, 24)
HEAD = "Фамилия;Имя;Дата рождения;Гражданство;Серия паспорта;Номер паспорта;ИНН;Телефон;Пол\n"
GOOD = "Юлдашев;Улугбек;15.05.1990;Узбекистан;FA;4182907;440580974723;8 900 000-12-40;М\n"


def _read(folder: Path, text: str, encoding: str = "utf-8") -> Roster:
    path = folder / "list.csv"
    path.write_bytes(text.encode(encoding))
    return read_roster(path, TODAY)


PATENT_HOLDERS = """\
n,surname,given,patronymic,surname_lat,given_lat,birth_date,citizenship,passport_series,\
passport_number,inn,patent_series,patent_number,patent_issued,patent_region,profession
1,Джураев,Рашад,Каримович,JURAEV,RASHAD,12.10.1992,TJK,AC,610846881,440580974723,59,5699224467,\
25.01.2026,59,каменщик
2,Джураев,Хуршед,угли Анвар,JURAEV,KHURSHED,14.06.1978,MDA,,3642312,367631632681,59,1271291275,\
03.03.2026,59,штукатур
"""


def test_list_of_patent_holders_is_understood_as_it_is(tmp_path: Path) -> None:
    roster = _read(tmp_path, PATENT_HOLDERS)
    assert roster.problems == ()
    assert roster.unknown == ()
    assert roster.rows[0] == RosterRow(
        line=2, surname="Джураев", given="Рашад", patronymic="Каримович",
        surname_latin="JURAEV", given_latin="RASHAD", birth_date=date(1992, 10, 12),
        citizenship="TJK", document_series="AC", document_number="610846881",
        inn="440580974723", patent_series="59", patent_number="5699224467",
        patent_issued_on=date(2026, 1, 25), patent_region="59", profession="каменщик",
    )  # fmt: skip
    assert roster.rows[1].document_series == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_any_encoding_and_separator(tmp_path: Path, encoding: str, separator: str) -> None:
    roster = _read(tmp_path, (HEAD + GOOD).replace(";", separator), encoding)
    assert roster.problems == ()
    assert roster.rows[0].surname == "Юлдашев"
    assert roster.rows[0].phone == "+79000001240"
    assert roster.rows[0].sex == "M"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("ФИО", "full_name"),
        ("Ф.И.О. (латиницей)", "full_name_latin"),
        ("Фамилия (лат.)", "surname_latin"),
        ("Surname", "surname"),
        ("Given names (latin)", "given_latin"),
        ("Дата рожд.", "birth_date"),
        ("DOB", "birth_date"),
        ("Страна гражданства", "citizenship"),
        ("Паспорт (серия, номер)", "document"),
        ("Серия паспорта", "document_series"),
        ("№ паспорта", "document"),
        ("Passport No", "document_number"),
        ("Паспорт: дата выдачи", "document_issued_on"),
        ("Срок действия паспорта", "document_valid_to"),
        ("Кем выдан паспорт", None),
        ("Номер патента", "patent_number"),
        ("Дата выдачи патента", "patent_issued_on"),
        ("Регион патента", "patent_region"),
        ("Моб. телефон", "phone"),
        ("Должность", "profession"),
        ("Дата въезда в РФ", "entered_on"),
        ("Пол", "sex"),
        ("Полис ДМС", None),
        ("Примечание", None),
    ],
)
def test_headings_are_read_loosely(heading: str, field: str | None) -> None:
    assert field_of(heading) == field


def test_title_above_the_heading_and_empty_lines(tmp_path: Path) -> None:
    roster = _read(tmp_path, f"Список работников;;\n\n{HEAD}\n{GOOD}\n;;;;;;;;\n")
    assert roster.problems == ()
    assert [row.line for row in roster.rows] == [5]


@pytest.mark.parametrize(
    ("line", "column", "part"),
    [
        ("Юлдашев;У;31.02.1990;UZB;FA;1;;;", "Дата рождения", "не бывает"),
        ("Юлдашев;У;вчера;UZB;FA;1;;;", "Дата рождения", "15.05.1990"),
        ("Юлдашев;У;;UZB;FA;1;;;", "Дата рождения", "Нет даты рождения"),
        ("Юлдашев;У;15.05.2027;UZB;FA;1;;;", "Дата рождения", "ещё не наступила"),
        ("Юлдашев;У;15.05.1990;Узбекстан;FA;1;;;", "Гражданство", "Узбекистан"),
        ("Юлдашев;У;15.05.1990;Марс;FA;1;;;", "Гражданство", "UZB"),
        ("Юлдашев;У;15.05.1990;UZB;FA;б/н;;;", "Номер паспорта", "нет цифр"),
        ("Юлдашев;У;15.05.1990;UZB;FA;1;440580974724;;", "ИНН", "не сходятся"),
        ("Юлдашев;У;15.05.1990;UZB;FA;1;4405;;", "ИНН", "12 цифр"),
        ("Юлдашев;У;15.05.1990;UZB;FA;1;;12;", "Телефон", "неполный"),
        ("Юлдашев;У;15.05.1990;UZB;FA;1;;;х", "Пол", "М или Ж"),
        (";У;15.05.1990;UZB;FA;1;;;", "Фамилия", "Нет фамилии"),
        ("Юлдашев;У;15.05.1990;UZB;FA;1;;;М;лишнее", "", "больше значений"),
    ],
)
def test_fault_is_named_and_good_lines_are_kept(
    tmp_path: Path, line: str, column: str, part: str
) -> None:
    roster = _read(tmp_path, f"{HEAD}{line}\n{GOOD}")
    assert [row.surname for row in roster.rows] == ["Юлдашев"]
    assert roster.rows[0].line == 3
    problem = roster.problems[0]
    assert (problem.line, problem.column) == (2, column)
    assert part in problem.text


def test_all_faults_of_a_line_at_once(tmp_path: Path) -> None:
    roster = _read(tmp_path, HEAD + "Юлдашев;У;31.02.1990;Марс;FA;1;4405;;\n")
    assert [p.column for p in roster.problems] == ["Дата рождения", "Гражданство", "ИНН"]


def test_the_same_document_twice(tmp_path: Path) -> None:
    roster = _read(tmp_path, HEAD + GOOD + GOOD)
    assert len(roster.rows) == 1
    assert (roster.problems[0].line, roster.problems[0].column) == (3, "Номер паспорта")
    assert "в строке 2" in roster.problems[0].text


def test_names_go_to_their_script(tmp_path: Path) -> None:
    roster = _read(tmp_path, "ФИО,ДР,Паспорт\nKarimov Aziz Olimovich,1.2.90,fa 1234567\n")
    row = roster.rows[0]
    assert (row.surname, row.surname_latin) == ("", "KARIMOV")
    assert (row.given_latin, row.patronymic_latin) == ("AZIZ", "OLIMOVICH")
    assert (row.document_series, row.document_number) == ("FA", "1234567")


def test_line_numbers_survive_a_break_inside_quotes(tmp_path: Path) -> None:
    text = 'Фамилия;Имя;Дата рождения;Примечание\n"Юлдашев";У;1.1.1990;"две\nстроки"\nА;Б;плохо;\n'
    roster = _read(tmp_path, text)
    assert [row.line for row in roster.rows] == [2]
    assert [problem.line for problem in roster.problems] == [4]


def test_workbook_with_dates_numbers_and_a_title(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Список иностранных работников"])
    sheet.append([])
    sheet.append(["№", "Фамилия", "Имя", "Дата рождения", "Гражданство", "Номер паспорта"])
    sheet.append([1, "Юлдашев", "Улугбек", datetime(1990, 5, 15), "Узбекистан", 4182907])
    sheet.append([2, "Холов", "Далер", "15/05/85", "Таджикистан", "402771905"])
    sheet.append([3, "Каримов", "Азиз", "15.13.1985", "UZ", "402771906"])
    path = tmp_path / "list.xlsx"
    book.save(path)
    roster = read_roster(path, TODAY)
    assert [(r.line, r.surname, r.birth_date, r.document_number) for r in roster.rows] == [
        (4, "Юлдашев", date(1990, 5, 15), "4182907"),
        (5, "Холов", date(1985, 5, 15), "402771905"),
    ]
    assert [(p.line, p.column) for p in roster.problems] == [(6, "Дата рождения")]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15.05.1990", date(1990, 5, 15)),
        ("5.5.1990", date(1990, 5, 5)),
        ("15/05/1990", date(1990, 5, 15)),
        ("15-05-1990", date(1990, 5, 15)),
        ("15/05/90", date(1990, 5, 15)),
        ("15/05/20", date(2020, 5, 15)),
        ("15.05.27", date(1927, 5, 15)),
        ("1990-05-15", date(1990, 5, 15)),
        ("1990-05-15 00:00:00", date(1990, 5, 15)),
        ("15 мая 1990 г.", date(1990, 5, 15)),
        ("1 марта 1990 года", date(1990, 3, 1)),
        ("15051990", date(1990, 5, 15)),
    ],
)
def test_birth_dates_in_many_forms(text: str, day: date) -> None:
    assert read_date(text, today=TODAY, past=True) == day


def test_two_digit_year_ahead_is_of_this_century() -> None:
    assert read_date("15/05/30", today=TODAY) == date(2030, 5, 15)


@pytest.mark.parametrize("text", ["", "31.02.1990", "05/15/1990", "15.05.0020", "12 мартобря 1990"])
def test_what_is_no_date_says_what_to_write(text: str) -> None:
    with pytest.raises(DateProblem, match=r"15\.05\.1990|Проверьте"):
        read_date(text, today=TODAY, past=True)


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_message(text: str) -> None:
    try:
        day = read_date(text, today=TODAY)
    except DateProblem:
        return
    assert 1900 <= day.year <= 2100


def test_list_without_headings_says_what_is_wanted(tmp_path: Path) -> None:
    roster = _read(tmp_path, GOOD)
    assert roster.rows == ()
    assert "Назовите столбцы" in roster.problems[0].text


def test_empty_file(tmp_path: Path) -> None:
    assert "пуст" in _read(tmp_path, "").problems[0].text


@pytest.mark.parametrize("content", [b"%PDF-1.4\x00\x01", b"PK\x03\x04broken", b"\xff\xfe\x00"])
def test_file_that_is_no_table(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    with pytest.raises(RosterUnreadable):
        read_roster(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RosterUnreadable):
        read_roster(tmp_path / "nobody.csv")


def test_cell_longer_than_any_reader_takes(tmp_path: Path) -> None:
    roster = _read(tmp_path, f"{HEAD}{'х' * 200_000};У;1.1.1990;UZB;FA;2;;;\n{GOOD}")
    assert len(roster.rows) == 1
    assert roster.problems[0].line == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.binary(max_size=400))
def test_any_bytes_are_answered(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    try:
        roster = read_roster(path, TODAY)
    except RosterUnreadable:
        return
    assert roster.rows or roster.problems


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.lists(st.lists(st.text(st.characters(min_codepoint=9)), max_size=10), max_size=5))
def test_any_cells_are_answered(tmp_path: Path, lines: list[list[str]]) -> None:
    text = HEAD + "\n".join(";".join(line) for line in lines)
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode("utf-8", errors="replace"))
    roster = read_roster(path, TODAY)
    assert all(problem.text and problem.line for problem in roster.problems)


def test_damaged_workbooks_are_refused_or_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Фамилия", "Имя", "Дата рождения"])
    book.active.append(["Юлдашев", "Улугбек", datetime(1990, 5, 15)])
    path = tmp_path / "list.xlsx"
    book.save(path)
    whole = path.read_bytes()
    rnd = random.Random(4)
    for _ in range(200):
        content = bytearray(whole)
        for _ in range(rnd.randint(1, 12)):
            content[rnd.randrange(4, len(content))] = rnd.randrange(256)
        if rnd.random() < 0.3:
            del content[rnd.randrange(4, len(content)) :]
        path.write_bytes(bytes(content))
        with suppress(RosterUnreadable):
            roster = read_roster(path, TODAY)
            assert roster.rows or roster.problems


HEADING = "surname,given,birth_date,citizenship,passport_number,employer"


@pytest.mark.parametrize(
    "faulty",
    [
        'Назаров,"Лазиз,12.10.1992,UZB,4276948,',
        'Назаров,Лазиз,12.10.1992,UZB,4276948,"ООО Ромашка',
        '"Назаров,Лазиз,12.10.1992,UZB,4276948,',
    ],
)
def test_a_quote_that_nobody_closed_swallows_no_good_line(tmp_path: Path, faulty: str) -> None:
    good = [f"Каримов,Али,01.02.199{n},UZB,12345{n},ООО Мир" for n in range(6)]
    path = tmp_path / "people.csv"
    path.write_text("\n".join([HEADING, faulty, *good[:3], faulty, *good[3:]]), "utf-8")
    roster = read_roster(path)
    assert [row.line for row in roster.rows] == [3, 4, 5, 7, 8, 9]
    assert [problem.line for problem in roster.problems] == [2, 6]


def test_a_quote_inside_a_cell_is_only_a_letter(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    line = 'Каримов,Али,01.02.1990,UZB,123456,ООО "Мир'
    path.write_text("\n".join([HEADING, line, line.replace("123456", "654321")]), "utf-8")
    roster = read_roster(path)
    assert [row.employer for row in roster.rows] == ['ООО "Мир'] * 2
