"""«Запросы», «Кому передавали сведения» and what other organisations show in the case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from casefile_parts import HostWindow, karimov, opened_office, opened_window
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from arm.casework import requests
from arm.casework.requests import NewRequest
from arm.model import AliasNotice, Disclosure, InfoRequest, Record, SharedCard
from arm.store import tables
from arm.store.store import Store
from ui.casefile.case_page import CasePage
from ui.casefile.disclosures_page import DisclosuresPage
from ui.casefile.request_form import RequestDialog
from ui.casefile.requests_page import RequestsPage

AT = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
TAX = "ИФНС № 7 по Приокской области"


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    yield from opened_office(tmp_path, empty_database)


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, store: Store) -> Iterator[HostWindow]:
    yield from opened_window(qtbot, store, (1280, 760))


def came(store: Store, *records: Record) -> None:
    """Records as the exchange takes them over from the centre."""
    with store.merge() as session:
        for record in records:
            record.scope, record.ver = 11, 1
            session.add(record)
            session.info["touched"].add((record.kind, record.id, record.owner_id))


@pytest.fixture
def person(store: Store) -> str:
    made = karimov(store)
    store.set_meta("organisations", [{"org": 7, "name": TAX, "role": "tax"}])
    came(
        store,
        InfoRequest(
            id="in-1", direction="in", from_name=TAX, from_org=7, person_id=made,
            migrant_id="40-0001-0000017", subject="Каримов Алишер, 12.03.1994",
            question="Продлён ли патент на июнь?", what=["Оплачен по", "Номер патента"],
            ground="НК РФ, ст. 227.1", due_on=date(2026, 5, 1), asked_by="Громова И. П.",
            asked_at=AT,
        ),
        SharedCard(
            id="s-1", person_id=made, rule=4, heading="Платежи по патенту", source=TAX,
            source_role="tax", as_of=date(2026, 5, 2), ground="Соглашение № 4-О",
            confidence="low",
            facts=[{"field": "credited_on", "label": "Последний платёж зачтён",
                    "value": "2026-04-29"}],
        ),
        AliasNotice(id="a-1", person_id=made, migrant_id="40-0001-0000017",
                    alias="40-8901-0000002", found_at=AT),
        Disclosure(
            id="d-1", person_id=made, receiver="ООО «Волжский бетон»", receiver_role="employer",
            way="projection", by_whom="правило 1 «Патент»", ground="ТК РФ, ст. 327.3",
            confidence="medium", disclosed_at=AT,
            what=[{"field": "paid_through", "label": "Патент оплачен по"}],
        ),
    )  # fmt: skip
    return made


def words(part: QWidget) -> str:
    return " ".join(label.text() for label in part.findChildren(QLabel) if label.isVisible())


def press(part: QWidget, name: str) -> None:
    button = part.findChild(QAbstractButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def outbox(store: Store) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(tables.outbox)) or 0


def answered(store: Store) -> requests.RequestView:
    return requests.request(store, "in-1")


def test_looking_at_the_list_sends_nothing_and_opening_tells_the_asker(
    window: HostWindow, store: Store, person: str
) -> None:
    before = outbox(store)
    page = window.show_page(RequestsPage, {})
    assert isinstance(page, RequestsPage)
    assert "запрос ждёт нашего ответа" in page.subtitle()
    assert "Продлён ли патент на июнь?" in words(page)
    assert outbox(store) == before
    press(page, "request-in-1")
    window.settle()
    assert answered(store).state == "seen"
    assert answered(store).overdue


def test_an_answer_is_typed_kept_as_a_draft_and_sent(
    window: HostWindow, store: Store, person: str
) -> None:
    page = window.show_page(RequestsPage, {})
    assert isinstance(page, RequestsPage)
    page.answer.text.setPlainText("Продлён до конца")
    page.hide()
    window.settle()
    (draft,) = store.drafts("request-answer:in-1")
    assert draft.body["text"] == "Продлён до конца"
    page.show()
    page.answer.text.setPlainText("Продлён")
    fact = page.findChild(QWidget, "answerFact-0")
    assert fact is not None
    fact.setText("30.06.2026")  # type: ignore[attr-defined]  # a TextField
    press(page, "answerSend")
    window.settle()
    one = answered(store)
    assert (one.state, one.answer) == ("answered", "Продлён")
    assert one.facts[0].value == "30.06.2026"
    assert store.drafts("request-answer:in-1") == []
    assert window.told.toasts == ["Ответ уйдёт с ближайшим обменом"]


def test_an_empty_answer_is_refused_in_words(window: HostWindow, store: Store, person: str) -> None:
    page = window.show_page(RequestsPage, {})
    press(page, "answerSend")
    window.settle()
    assert answered(store).waits
    assert "Напишите ответ" in window.told.toasts[0]


def test_a_new_request_starts_in_the_case_and_says_what_is_missing(
    window: HostWindow, store: Store, person: str
) -> None:
    page = window.show_page(CasePage, {"person_id": person})
    press(page, "sharedAsk")
    window.settle()
    (dialog,) = window.told.dialogs
    assert isinstance(dialog, RequestDialog)
    dialog.send()
    assert requests.requests(store, "out") == []
    dialog.to.set_value("7")
    dialog.question.setPlainText("Поступил ли платёж?")
    dialog.send()
    window.settle()
    assert requests.requests(store, "out") == []  # no ground yet
    dialog.ground.setText("Соглашение № 4-О")
    dialog.what.setText("Дата; сумма")
    dialog.send()
    window.settle()
    (one,) = requests.requests(store, "out")
    assert (one.other, one.person_id, one.state) == (TAX, person, "sent")
    assert [fact.label for fact in one.facts] == ["Дата", "сумма"]


def test_ones_own_request_is_withdrawn(window: HostWindow, store: Store, person: str) -> None:
    sent = requests.send(
        store, NewRequest(requests.organisations(store)[0], "Есть платёж?", "Закон", None, person)
    )
    page = window.show_page(RequestsPage, {"request_id": sent})
    press(page, "requestWithdraw")
    window.settle()
    assert requests.request(store, sent).state == "withdrawn"
    assert "отозван" in words(page)


def test_the_case_shows_what_others_know_with_source_day_and_ground(
    window: HostWindow, person: str
) -> None:
    page = window.show_page(CasePage, {"person_id": person})
    assert isinstance(page, CasePage)
    told = words(page.overview.shared)
    for said in ("Последний платёж зачтён", "29.04.2026", TAX, "на 02.05.2026",
                 "Соглашение № 4-О", "40-8901-0000002"):  # fmt: skip
        assert said in told, said
    press(page, "sharedRegister")
    assert window.told.visited[-1][0] == "disclosures"
    assert window.told.visited[-1][1]["person_id"] == person


def test_the_register_of_the_office_and_of_one_person(
    window: HostWindow, store: Store, person: str
) -> None:
    came(
        store,
        Disclosure(id="d-2", person_id="other", receiver=TAX, way="request", disclosed_at=AT,
                   ground="Закон", what=[{"field": "question", "label": "Текст запроса"}]),
    )  # fmt: skip
    page = window.show_page(DisclosuresPage, {})
    assert isinstance(page, DisclosuresPage)
    assert page.list.rows.rowCount() == 3  # a day and two lines
    page.search.setText("бетон")
    page.search.searched.emit("бетон")
    assert page.list.rows.rowCount() == 2
    page.search.clear()
    page.shown({"person_id": person, "name": "Каримов Алишер"})
    window.settle()
    assert page.list.rows.rowCount() == 2
    assert page.subtitle() == "Каримов Алишер"
    press(page, "disclosuresPrint")
    window.settle()
    assert window.told.dialogs


def test_empty_pages_say_how_to_begin(window: HostWindow) -> None:
    page = window.show_page(RequestsPage, {})
    assert "Новый запрос начинают из дела" in words(page)
    window.page = None
    page.hide()
    other = window.show_page(DisclosuresPage, {})
    assert "Сведения никому не передавали" in words(other)
