"""«Дубли»: people compare two cards, merge them or keep them apart; the machine decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NoReturn

import pytest
from casefile_parts import HostWindow, karimov, opened_office, opened_window
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from arm.casework import duplicates
from arm.casework.case import open_case, set_field
from arm.casework.duplicate_watch import compare_all
from arm.model import CaseFile, IdentityDocument, Note, Person, Registration, new_id
from arm.store.errors import DiskFull
from arm.store.store import Store
from ui.casefile.case_page import CasePage
from ui.casefile.duplicates_page import DuplicatesPage


def karimov_again(store: Store, **values: object) -> str:
    """The man of the mockups as another desk took him in."""
    said: dict[str, object] = {
        "migrant_id": "40-0018-0000022", "surname": "Керимов", "given": "Улугбек",
        "surname_latin": "KARIMOV", "given_latin": "ULUGBEK", "birth_date": date(1991, 8, 12),
        "sex": "M", "citizenship": "UZB", "phone": "+7 900 000-44-44", "inn": "440580974723",
        "languages": frozenset({"uz", "tg"}),
    }  # fmt: skip
    person = Person(id=new_id(), **(said | values))
    with store.write("Заведено дело") as session:
        session.add(person)
        for record in (
            CaseFile(route="patent", opened_on=date(2026, 5, 4), responsible="orlova"),
            IdentityDocument(
                document_type="passport", country="UZB", series="FB", number="0011223"
            ),
            Registration(address="г. Приокск, ул. Садовая, д. 7", valid_to=date(2026, 8, 1)),
            Note(text="Новый паспорт", author="orlova"),
        ):
            record.person_id = person.id
            session.add(record)
    return person.id


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    yield from opened_office(tmp_path, empty_database)


@pytest.fixture
def both(store: Store) -> tuple[str, str]:
    found = karimov(store), karimov_again(store)
    compare_all(store)
    return found


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, store: Store) -> Iterator[HostWindow]:
    yield from opened_window(qtbot, store, (1208, 760))


@pytest.fixture
def page(window: HostWindow, both: tuple[str, str]) -> DuplicatesPage:
    return opened(window)


def opened(window: HostWindow, **args: object) -> DuplicatesPage:
    shown = window.show_page(DuplicatesPage, args)
    assert isinstance(shown, DuplicatesPage)
    window.settle()
    return shown


def words(page: DuplicatesPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def key(page: DuplicatesPage, code: Qt.Key, *, ctrl: bool = False) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    modifier = control if ctrl else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(QApplication.focusWidget() or page, code, modifier)


def test_pair_stands_side_by_side_with_what_differs_marked(
    page: DuplicatesPage, both: tuple[str, str]
) -> None:
    assert page.comparison is not None
    assert {page.comparison.keep_id, page.comparison.other_id} == set(both)
    rows = {row.field.name: row for row in page.rows}
    assert set(rows["surname"].cards) == {"keep", "other"}
    assert set(rows["languages"].cards) == {"keep", "other", "both"}
    assert rows["birth_date"].cards == {}
    assert page.subtitle() == "1\u00a0пара ждёт решения"
    shown = words(page)
    assert "Придут из второй карточки" in shown
    assert "Новый паспорт" in shown


def test_keys_choose_and_merge_without_a_mouse(
    window: HostWindow, page: DuplicatesPage, store: Store, both: tuple[str, str]
) -> None:
    assert page.comparison is not None
    keep, other = page.comparison.keep_id, page.comparison.other_id
    page.setFocus()
    key(page, Qt.Key.Key_Down)
    rows = [row for row in page.rows if row.field.differs]
    assert QApplication.focusWidget() is rows[0]
    phone = next(place for place, row in enumerate(rows) if row.field.name == "phone")
    for _ in range(phone):
        key(page, Qt.Key.Key_Down)
    key(page, Qt.Key.Key_2)
    assert rows[phone].side == "other"
    wanted = rows[phone].field.other
    preview = page.findChild(QLabel, "preview-phone")
    assert isinstance(preview, QLabel)
    assert preview.text() == wanted
    key(page, Qt.Key.Key_Return, ctrl=True)
    window.settle()
    assert window.told.toasts == ["Карточки объединены"]
    view = open_case(store, other)
    assert view.person.id == keep
    assert view.person.phone == wanted
    assert view.person.inn == "440580974723"
    assert view.person.languages == {"uz", "ru", "tg"}
    assert "Похожих карточек нет" in words(page) or page.lists.decided


def test_other_card_can_be_the_one_that_stays(
    window: HostWindow, page: DuplicatesPage, store: Store
) -> None:
    assert page.comparison is not None
    before = page.comparison.keep_id
    page.setFocus()
    key(page, Qt.Key.Key_R, ctrl=True)
    window.settle()
    assert page.comparison.other_id == before
    page.merge_button.click()
    window.settle()
    assert open_case(store, before).person.id != before


def test_not_a_duplicate_goes_from_the_list_and_can_be_asked_again(
    window: HostWindow, page: DuplicatesPage, store: Store
) -> None:
    page.setFocus()
    key(page, Qt.Key.Key_D, ctrl=True)
    window.settle()
    assert window.told.toasts == ["Решено: не дубль"]
    assert duplicates.count(store) == 0
    (one,) = page.lists.decided
    page.choose_decided(one.id)
    page.undo_button.click()
    window.settle()
    assert duplicates.count(store) == 1
    assert page.comparison is not None


def test_merge_is_taken_apart_from_the_list_of_decisions(
    window: HostWindow, page: DuplicatesPage, store: Store, both: tuple[str, str]
) -> None:
    page.merge_button.click()
    window.settle()
    (one,) = page.lists.decided
    assert one.kind == "merged"
    page.choose_decided(one.id)
    assert "Разъединение вернёт обе карточки" in words(page)
    page.undo_button.click()
    window.settle()
    for person in both:
        assert open_case(store, person).person.id == person


def test_choices_survive_another_pair_and_a_colleagues_change(
    window: HostWindow, page: DuplicatesPage, store: Store, both: tuple[str, str]
) -> None:
    third = karimov_again(store, given="Улугбек", surname="Каримова", phone="+7 900 000-55-55")
    compare_all(store)
    window.settle()
    first = page._pair
    assert first is not None
    row = next(row for row in page.rows if row.field.name == "phone")
    row.choose("other")
    pairs = [(pair.left_id, pair.right_id) for pair in page.lists.pairs]
    other = next(both for both in pairs if set(both) != set(first))
    assert third in other
    page.choose(other)
    window.settle()
    page.choose(first)
    window.settle()
    row = next(row for row in page.rows if row.field.name == "phone")
    assert row.side == "other"
    set_field(store, "person", third, "email", "a@example.org")
    window.settle()
    row = next(row for row in page.rows if row.field.name == "phone")
    assert row.side == "other"


def test_empty_list_says_that_everybody_is_compared(window: HostWindow, store: Store) -> None:
    page = opened(window)
    assert "Похожих карточек нет" in words(page)
    assert page.subtitle() == ""
    karimov(store)
    window.settle()
    assert page.subtitle() == "ещё сравниваем: 1"


def test_what_cannot_be_read_is_said_with_a_way_to_repeat(
    window: HostWindow, both: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> NoReturn:
        raise DiskFull()

    with monkeypatch.context() as failing:
        failing.setattr(duplicates, "suspects", full)
        page = opened(window)
        assert DiskFull().title_text in words(page)
    page.reload()
    window.settle()
    assert page.comparison is not None


def test_what_cannot_be_written_keeps_the_choices(
    window: HostWindow, page: DuplicatesPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> NoReturn:
        raise DiskFull()

    row = next(row for row in page.rows if row.field.name == "phone")
    row.choose("other")
    monkeypatch.setattr(duplicates, "merge", full)
    page.merge_button.click()
    window.settle()
    assert [type(error) for error in window.told.errors] == [DiskFull]
    assert row.side == "other"
    assert page._may_act()


def test_pair_that_a_colleague_merged_meanwhile_leaves_the_page(
    window: HostWindow, page: DuplicatesPage, store: Store, both: tuple[str, str]
) -> None:
    duplicates.merge(store, *both)
    window.settle()
    assert page.lists.pairs == []
    assert not page._may_act()


def test_case_leads_to_its_possible_duplicate_and_tells_what_it_was_merged_from(
    window: HostWindow, store: Store, both: tuple[str, str]
) -> None:
    shown = window.show_page(CasePage, {"person_id": both[0]})
    window.settle()
    assert isinstance(shown, CasePage)
    shown.header.findChild(object, "caseDuplicates").click()  # type: ignore[attr-defined]
    assert window.told.visited == [("duplicates", {"person_id": both[0]})]
    duplicates.merge(store, *both)
    shown.shown({"person_id": both[1]})
    window.settle()
    assert shown.desk.person_id == both[0]
    marks = [tag.accessibleName() for tag in shown.header._marks.children() if tag.isWidgetType()]
    assert "объединено из 40-0018-0000022" in marks
