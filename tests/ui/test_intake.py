"""«Новый приём»: a scanner, a keyboard and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from center_parts import Window, press, type_text
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from arm.casework import people
from arm.casework.case import open_case
from arm.casework.facts import case_facts
from arm.casework.people import Filter
from arm.exchange.mrz import build_td3
from arm.model.names import from_wrong_layout
from ui.workspaces.center.intake import AUTOSAVE, IntakePage
from ui.workspaces.center.intake_asked import split_card

CTRL = Qt.KeyboardModifier.ControlModifier
ZONE = build_td3(
    surname="JURAEV",
    given="SUHROB",
    number="402771905",
    nationality="TJK",
    issuer="TJK",
    birth_date=date(1998, 2, 4),
    sex="M",
    expiry_date=date(2034, 1, 18),
)


@pytest.fixture
def page(qtbot: QtBot, center: Window) -> IntakePage:
    made = IntakePage(center.context())
    center.show(qtbot, made)
    return made


def scan(center: Window, zone: str) -> None:
    """A keyboard-wedge scanner: letters without a pause, Enter after each line."""
    for line in zone.split("\n"):
        type_text(line, scanned=True)
        press(Qt.Key.Key_Return)
    center.settle(350)
    center.settle(350)


def go_to(page: IntakePage, name: str) -> None:
    """Tab until the field has the focus."""
    for _ in range(60):
        focused = QApplication.focusWidget()
        if focused is not None and focused.objectName() == f"intake-{name}":
            return
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never reached {name}")


def text_of(page: IntakePage, name: str) -> str:
    return page.view.passport.editor(name).text()


def test_a_person_is_taken_in_by_keyboard_alone(center: Window, page: IntakePage) -> None:
    before = people.counts(center.store)["all"]
    press(Qt.Key.Key_F4)
    assert page.view.mrz.hasFocus()
    scan(center, ZONE)
    assert QApplication.focusWidget() is page.view.passport.editor("patronymic")
    type_text("Эркинович")
    go_to(page, "entered_on")
    type_text("03052026")
    go_to(page, "purpose")
    type_text("Раб")
    press(Qt.Key.Key_Return)
    go_to(page, "card")
    type_text("46 26 0048175")
    center.settle(400)
    center.settle(100)
    assert page.view.routes.choice() == "patent"
    go_to(page, "phone")
    type_text("+79000001240")
    go_to(page, "address")
    type_text("г Приокск, улица Лесная, дом 5, кв 12")
    go_to(page, "consent")
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return, CTRL)
    center.settle(100)
    center.settle(100)
    target, args = center.went[-1]
    assert target == "case"
    facts = case_facts(center.store, str(args["person_id"]))
    person = facts.person
    assert (person.surname, person.given, person.patronymic) == ("Джураев", "Сухроб", "Эркинович")
    assert (person.surname_latin, person.given_latin) == ("JURAEV", "SUHROB")
    assert person.birth_date == date(1998, 2, 4)
    assert person.citizenship == "TJK"
    assert facts.document is not None
    assert facts.document.number == "402771905"
    assert facts.card is not None
    assert (facts.card.series, facts.card.number) == ("4626", "0048175")
    assert facts.card.purpose == "work"
    assert facts.case is not None
    assert facts.case.route == "patent"
    assert len(facts.consents) == 1
    assert people.counts(center.store)["all"] == before + 1
    text, more = center.toasts[-1]
    assert person.migrant_id is not None
    assert person.migrant_id in text
    more["on_action"]()
    assert center.went[-1][1]["print"] == "arrival_notice"
    assert center.store.drafts("intake") == []


def test_a_scan_into_another_field_lands_in_the_zone(center: Window, page: IntakePage) -> None:
    editor = page.view.passport.editor("issued_by")
    editor.setFocus()
    type_text("МВД РТ")
    QTest.qWait(80)
    scan(center, ZONE)
    assert editor.text() == "МВД РТ"
    assert text_of(page, "surname_latin") == "JURAEV"


def test_a_scan_in_the_russian_layout_is_understood(center: Window, page: IntakePage) -> None:
    press(Qt.Key.Key_F4)
    scan(center, "\n".join(from_wrong_layout(line) for line in ZONE.split("\n")))
    assert text_of(page, "surname_latin") == "JURAEV"
    assert text_of(page, "document") == "402771905"


def test_a_pasted_zone_is_read(center: Window, page: IntakePage) -> None:
    QGuiApplication.clipboard().setText(f"  {ZONE}\n")
    press(Qt.Key.Key_F4)
    press(Qt.Key.Key_V, CTRL)
    center.settle(350)
    assert text_of(page, "birth_date") == "04.02.1998"
    assert page.view.digits.accessibleName() == "Контрольные цифры верны"
    assert page.view.passport.fields["birth_date"].state == "ok"


def test_each_wrong_check_digit_is_named(center: Window, page: IntakePage) -> None:
    first, second = ZONE.split("\n")
    wrong = second[:9] + "0" + second[10:]
    press(Qt.Key.Key_F4)
    scan(center, f"{first}\n{wrong}")
    assert page.view.digits.accessibleName() == "Проверьте прочитанное"
    assert "номер" in page.view.zone_words.text().lower()
    assert page.view.passport.fields["document"].state != "ok"


def test_garbage_gets_a_message_and_changes_nothing(center: Window, page: IntakePage) -> None:
    press(Qt.Key.Key_F4)
    type_text("qwerty 123")
    center.settle(350)
    assert page.view.digits.accessibleName() == "Не похоже на МЧЗ"
    assert page.view.zone_words.text()
    assert text_of(page, "surname") == ""


def test_what_was_typed_is_not_overwritten_by_a_scan(center: Window, page: IntakePage) -> None:
    page.view.type_by_hand()
    type_text("Жураев")
    press(Qt.Key.Key_F4)
    scan(center, ZONE)
    assert text_of(page, "surname") == "Жураев"
    assert text_of(page, "given") == "Сухроб"


def test_a_known_person_stops_the_record_until_decided(center: Window, page: IntakePage) -> None:
    who = _somebody(center)
    _type_like(page, who)
    center.settle(400)
    assert page.view.side.card.isVisible()
    assert page.view.side.card.person_id == who
    assert not page.view.record.isEnabled()
    press(Qt.Key.Key_Return, CTRL)
    center.settle(100)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "duplicate-continue"
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Return)
    center.settle(100)
    assert not page.view.side.card.isVisible()
    assert page.view.record.isEnabled()
    assert center.went == []


def test_the_found_case_is_continued(center: Window, page: IntakePage) -> None:
    who = _somebody(center)
    before = len(open_case(center.store, who).identity_documents)
    _type_like(page, who)
    page.view.routes.choose("consultation", by_hand=True)
    page._edited("route")
    center.settle(400)
    page.view.side.continue_asked.emit(who)
    center.settle(100)
    center.settle(100)
    assert center.went == [("case", {"person_id": who})]
    assert len(open_case(center.store, who).identity_documents) == before + 1


def test_a_draft_is_saved_within_two_seconds_of_typing(center: Window, page: IntakePage) -> None:
    page.view.type_by_hand()
    type_text("Назаров")
    assert AUTOSAVE < 2000
    center.settle(AUTOSAVE + 100)
    drafts = center.store.drafts("intake")
    assert [draft.body["surname"] for draft in drafts] == ["Назаров"]
    assert page.view.saved_words.text().startswith("Черновик сохранён")


def test_escape_postpones_and_the_draft_comes_back(
    qtbot: QtBot, center: Window, page: IntakePage
) -> None:
    page.view.type_by_hand()
    type_text("Назаров")
    page.view.contacts.editor("host_name").setFocus()
    type_text("Петрова Ольга")
    press(Qt.Key.Key_Escape)
    center.settle()
    assert center.went == [("today", {})]
    draft = center.store.drafts("intake")[0]
    again = IntakePage(center.context())
    center.show(qtbot, again, {"draft_id": draft.id})
    assert text_of(again, "surname") == "Назаров"
    assert again.view.contacts.text("host_name") == "Петрова Ольга"
    again.view.type_by_hand()
    type_text(" ")
    center.settle(AUTOSAVE + 100)
    assert len(center.store.drafts("intake")) == 1


def test_a_wrong_date_is_named_and_nothing_is_kept(
    qtbot: QtBot, center: Window, page: IntakePage
) -> None:
    before = people.counts(center.store)["all"]
    page.view.passport.editor("entered_on").setFocus()
    type_text("31042026")
    press(Qt.Key.Key_Return, CTRL)
    field = page.view.passport.fields["entered_on"]
    qtbot.waitUntil(lambda: field.state == "error", timeout=10_000)
    page._look()  # the answer to what was typed may come after «Записать»
    center.settle(100)
    assert field.state == "error"
    assert people.counts(center.store)["all"] == before
    assert center.went == []


def test_what_is_missing_is_listed(center: Window, page: IntakePage) -> None:
    assert "дата рождения" in page.view.left_words.text()
    press(Qt.Key.Key_F4)
    press(Qt.Key.Key_Return, CTRL)
    center.settle(100)
    center.settle(100)
    assert page.view.passport.fields["surname"].state == "error"
    assert page.view.passport.editor("surname").hasFocus()


def test_a_route_is_closed_with_its_reason(center: Window, page: IntakePage) -> None:
    press(Qt.Key.Key_F4)
    scan(center, ZONE)
    card = page.view.routes._cards["eaeu_work"]
    assert not card.isEnabled()
    assert card.accessibleDescription() == "только граждане ЕАЭС"


def test_first_terms_explain_themselves(center: Window, page: IntakePage) -> None:
    press(Qt.Key.Key_F4)
    scan(center, ZONE)
    page.view.passport.put({"entered_on": date(2026, 5, 3), "purpose": "work"})
    page._edited("entered_on")
    center.settle(400)
    center.settle(100)
    routes = page.view.routes
    assert routes._terms.count() > 0
    routes._why.click()
    assert routes._reasons.isVisible()
    assert routes._reasons_box.count() >= 2


def test_the_consent_is_printed_for_signing(
    center: Window, page: IntakePage, tmp_path: Path
) -> None:
    path = tmp_path / "согласие.pdf"
    page.ask_file = lambda *_asked: path
    press(Qt.Key.Key_F4)
    scan(center, ZONE)
    page.print_consent()
    center.settle()
    assert path.read_bytes().startswith(b"%PDF")


def test_a_host_is_kept_with_the_place_of_stay(center: Window, page: IntakePage) -> None:
    press(Qt.Key.Key_F4)
    scan(center, ZONE)
    page.view.routes.choose("consultation", by_hand=True)
    page.view.contacts.put(
        {"address": "г Приокск, улица Лесная, 5", "host_kind": "person",
         "host_name": "Петрова Ольга Сергеевна"}
    )  # fmt: skip
    page._edited("address")
    page.save()
    center.settle(300)
    center.settle(100)
    facts = case_facts(center.store, str(center.went[-1][1]["person_id"]))
    assert facts.host is not None
    assert (facts.host.surname, facts.host.given) == ("Петрова", "Ольга")
    assert facts.registration is not None
    assert facts.registration.address == "г Приокск, улица Лесная, 5"


@pytest.mark.parametrize(
    ("typed", "series", "number"),
    [
        ("46 26 0048175", "4626", "0048175"),
        ("46260048175", "4626", "0048175"),
        ("", "", ""),
        ("4626", "", "4626"),
        ("АБ 12", "", "АБ 12"),
    ],
)
def test_a_migration_card_is_read_as_people_type_it(typed: str, series: str, number: str) -> None:
    assert split_card(typed) == (series, number)


def _somebody(center: Window) -> str:
    found = people.find(center.store, Filter(citizenship=("UZB",)))
    return people.rows(center.store, found.rowids[:1])[0].person_id


def _type_like(page: IntakePage, person_id: str) -> None:
    """The same name and birth, another passport."""
    person = open_case(page.context.store, person_id).person
    page.view.passport.put(
        {
            "surname": person.surname,
            "given": person.given,
            "surname_latin": person.surname_latin,
            "given_latin": person.given_latin,
            "birth_date": person.birth_date,
            "citizenship": person.citizenship,
            "sex": person.sex,
            "document": "FA 7654321",
        }
    )
    page.view.routes.choose("consultation", by_hand=True)
    page.view.passport.editor("issued_by").setFocus()
    page._edited("surname")
