"""The steps of the tour. Each does one thing through the widgets and says what it compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import openpyxl
import psycopg
import pypdfium2
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPlainTextEdit, QTableView

from arm.casework import duplicates
from arm.casework.facts import case_facts
from arm.central.connect import connect
from arm.demonstration import NEIGHBOUR
from arm.exchange.mrz import build_td3
from arm.model import Person
from arm.password_file import DEMONSTRATION_PASSWORD
from arm.store.backup import check
from forms.catalogue import fill
from ui.casefile.what_if import MoveRow
from ui.tour.hands import NotSeen, wait_until
from ui.tour.stage import FULL, PEOPLE_OF_DESKS, SMALL, Desk, Stage

SURNAME, GIVEN = "ZAMONOV", "BEKZOD"
NUMBER = "FA7654321"
PHONE_A, PHONE_B = "+7 900 111-22-33", "+7 900 444-55-66"
EMAIL, EMPLOYER = "bekzod@example.org", "ООО «Заречный хлеб»"
ADDRESS = "Приокская область, г. Приокск, ул. Садовая, д. 7, кв. 15"
HOST = "Ковалёва Анна Петровна"


def require(held: object, what: str) -> None:
    """A comparison of the tour; what is not so ends the step."""
    if not held:
        raise NotSeen(f"expected: {what}")


def _is_signed_in(desk: Desk) -> bool:
    return desk.frame.main is not None


def _has_everybody(desk: Desk, persons: int) -> bool:
    return desk.window.workstation.people_count() == persons


def _is_in_phase(desk: Desk, phase: str) -> bool:
    engine = desk.window.workstation.sync
    return engine is not None and engine.state.phase == phase


def _is_quiet(desk: Desk) -> bool:
    return desk.window.background.busy == 0


def _has_value(desk: Desk, person_id: str, field: str, text: str) -> bool:
    held = desk.value(field, "person", person_id)
    return held == text or _digits(held) == _digits(text) != ""


def _has_converged(desk: Desk, person_id: str) -> bool:
    """What one desk alone changed is here, and the one dispute is known."""
    return (
        desk.value("email", "person", person_id) == EMAIL
        and desk.value("employer", "person", person_id) == EMPLOYER
        and _open_conflicts(desk) == 1
    )


def centre_up(stage: Stage) -> str:
    """A real PostgreSQL from nothing."""
    central = stage.raise_centre()
    with psycopg.connect(central.admin_dsn()) as connection:
        version = connection.info.server_version // 10_000
        people = connection.execute(
            "SELECT count(*) FROM arm.doc WHERE kind = 'person'"
            " AND scope = (SELECT min(scope) FROM arm.scope_head)"
        ).fetchone()
    require(people is not None and people[0] == stage.persons, "all people are at the centre")
    return f"PostgreSQL {version}, людей в центре {stage.persons}"


def desks_joined(stage: Stage) -> str:
    """Two computers of the office, each with a network of its own."""
    for name, person in PEOPLE_OF_DESKS.items():
        stage.set_desk(name, person)
        require(stage.desks[name].home.database.exists(), "an encrypted database")
    return "рабочие места A и B подключены, базы созданы"


def signed_in(stage: Stage) -> str:
    """A wrong password first, then the right one, typed."""
    for desk in stage.desks.values():
        hands = desk.hands
        hands.front()
        hands.click(f"account-{desk.person.login}")
        hands.type_into("password", "не тот пароль")
        hands.press("Return")
        hands.wait_for_text("Пароль не подошёл")
        require(desk.frame.main is None, "a wrong password opens nothing")
        hands.type_into("password", DEMONSTRATION_PASSWORD)
        if desk is stage.a:
            hands.picture("01-sign-in")
        hands.press("Return")
        wait_until(partial(_is_signed_in, desk), f"{desk.name} signed in")
        hands.wait_for("page-today")
    return "неверный пароль ничего не открыл, верный открыл «Сегодня»"


def first_loaded(stage: Stage) -> str:
    """Everything of the office comes to both desks."""
    for desk in stage.desks.values():
        wait_until(partial(_has_everybody, desk, stage.persons), f"{desk.name} has loaded", 180)
        wait_until(
            partial(_is_in_phase, desk, "idle"),
            f"{desk.name} has finished the exchange",
        )
    return f"на каждом месте {stage.persons} человек"


def today_seen(stage: Stage) -> str:
    """The day's deadlines."""
    hands = stage.a.hands
    hands.front()
    table = hands.find_as("today-table", QTableView)
    hands.click("segment-office" if hands.sees("segment-office") else "today-whose")
    hands.wait(lambda: table.model().rowCount() > 0, "deadlines in «Сегодня»")
    _in_all_looks(stage.a, "02-today")
    return f"строк в «Требуют внимания»: {table.model().rowCount()}"


def terms_worked(stage: Stage) -> str:
    """A term is put off with a reason from the list, found among the put off, and brought back."""
    hands, window = stage.a.hands, stage.a.window
    window.navigate("terms", {"shown": "ahead", "mine": False})
    table = hands.find_as("terms-table", QTableView)
    hands.wait(lambda: table.model().rowCount() > 0, "deadlines in «Сроки»")
    table.setFocus()
    hands.press("Home")
    hands.wait(lambda: hands.sees("term-snooze"), "the term is explained")
    hands.press("F7")
    hands.wait_for("snoozeSheet")
    hands.type_into("snoozeReason", "ждём копию паспорта")
    hands.press("Return")
    hands.wait(lambda: not hands.sees("snoozeSheet"), "the sheet has closed")
    window.navigate("terms", {"shown": "snoozed", "mine": False})
    hands.wait(lambda: table.model().rowCount() == 2, "one deadline is put off")
    hands.click("term-wake")
    hands.wait(lambda: not table.isVisible(), "none is put off")
    window.navigate("terms", {"shown": "open", "mine": False})
    hands.wait(lambda: table.isVisible() and table.model().rowCount() > 0, "all open deadlines")
    _in_all_looks(stage.a, "terms")
    return f"срок отложен с причиной и возвращён, строк в «Сроках»: {table.model().rowCount()}"


def people_found(stage: Stage) -> str:
    """The same person by five spellings."""
    hands = stage.a.hands
    hands.click("nav-cases")
    table = hands.find_as(_table_name(stage.a), QTableView)
    counts = []
    given = _some_given_name(stage.a, "Юлдашев")
    for text in ("юлдашев", "yuldashev", "YOʻLDOSHEV", ".klfitd", f"{given} юлд"):
        hands.type_into("cases-search", text)
        hands.wait(lambda: stage.a.window.background.busy == 0, "the search answered")
        hands.wait(
            lambda: any("Юлдашев" in line for line in _lines(table)[:5]), f"Юлдашев for {text}"
        )
        counts.append(f"{text}: {table.model().rowCount()}")
    hands.type_into("cases-search", "karimov")
    hands.wait(lambda: any("Каримов" in line for line in _lines(table)[:5]), "Каримов for karimov")
    hands.press("Down")
    _in_all_looks(stage.a, "04-cases")
    return "Юлдашев найден по " + ", ".join(counts)


def _some_given_name(desk: Desk, surname: str) -> str:
    with desk.window.workstation.store.read() as session:
        found = session.connection().exec_driver_sql(
            "SELECT given FROM person WHERE surname = ? ORDER BY id LIMIT 1", (surname,)
        )
        return str(found.scalar_one())


def _table_name(desk: Desk) -> str:
    desk.hands.wait_for("cases-table")
    return "cases-table"


def _lines(table: QTableView) -> list[str]:
    """What the table shows, a text a row (the accessible text is what a screen reader says)."""
    model = table.model()
    texts = []
    for row in range(min(model.rowCount(), 40)):
        cells = [str(model.index(row, c).data() or "") for c in range(model.columnCount())]
        texts.append(" ".join(cells))
    return texts


def person_taken_in(stage: Stage) -> str:
    """From the passport's zone to a case file."""
    hands, today = stage.a.hands, stage.a.window.workstation.clock.today()
    hands.press("Ctrl+N")
    hands.wait_for("page-intake")
    zone = build_td3(
        surname=SURNAME,
        given=GIVEN,
        number=NUMBER,
        nationality="UZB",
        issuer="UZB",
        birth_date=date(1994, 3, 5),
        sex="M",
        expiry_date=date(today.year + 4, 5, 23),
    )
    hands.press("F4")
    field = hands.find_as("intake-mrz", QPlainTextEdit)
    hands.type_into("intake-mrz", zone.replace("\n", ""))
    hands.wait(lambda: SURNAME in _text(hands.find("intake-surname_latin")), "the zone was read")
    require(field.toPlainText().count("<") > 10, "the zone is shown")
    guessed = _text(hands.find("intake-surname"))
    require(guessed, "a Cyrillic surname was proposed")
    entered = today - timedelta(days=2)
    for name, text in (
        ("surname", "Замонов"),
        ("given", "Бекзод"),
        ("entered_on", f"{entered:%d.%m.%Y}"),
        ("card", "4626 0048175"),
        ("address", ADDRESS),
        ("host_name", HOST),
        ("host_phone", "+7 900 000-70-15"),
    ):
        hands.type_into(f"intake-{name}", text)
    hands.wait(lambda: stage.a.window.background.busy == 0, "the form was judged")
    hands.click("route-patent")
    consent = hands.find("intake-consent")
    consent.setFocus()
    hands.press("Space")
    _in_all_looks(stage.a, "05-intake")
    hands.press("Ctrl+Return")
    hands.wait_for("page-case")
    stage.person_id = _person_by_number(stage.a)
    hands.wait(lambda: hands.sees("caseName"), "the case file")
    return f"дело заведено по МЧЗ {NUMBER}, предложено «{guessed}»"


def _text(widget: object) -> str:
    if isinstance(widget, QLineEdit):
        return widget.text()
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText()
    return str(getattr(widget, "text", lambda: "")())


def _person_by_number(desk: Desk) -> str:
    with desk.window.workstation.store.read() as session:
        found = session.connection().exec_driver_sql(
            "SELECT person_id FROM identity_document WHERE series || number = ? AND NOT deleted",
            (NUMBER,),
        )
        person = found.scalar_one_or_none()
    require(person is not None, "the passport is on disk")
    return str(person)


def seen_on_b(stage: Stage) -> str:
    """The new case travels to the other desk."""
    stage.a.exchange()
    stage.b.window.exchange.now()
    wait_until(
        lambda: stage.b.value("surname", "person", stage.person_id) == "Замонов", "B has the case"
    )
    hands = stage.b.hands
    hands.front()
    hands.click("nav-cases")
    hands.type_into("cases-search", "zamonov")
    table = hands.find_as(_table_name(stage.b), QTableView)
    hands.wait(lambda: any("Замонов" in line for line in _lines(table)), "B finds the person")
    stage.b.window.navigate("case", {"person_id": stage.person_id})
    hands.wait_for("page-case")
    return "место B получило дело и нашло его по «zamonov»"


def network_cut(stage: Stage) -> str:
    """No way to the centre from either desk."""
    for desk in stage.desks.values():
        desk.proxy.cut()
        desk.window.exchange.now()
        wait_until(
            partial(_is_in_phase, desk, "offline"),
            f"{desk.name} knows it is offline",
        )
    stage.a.hands.front()
    stage.a.hands.wait(stage.a.window.strip.isVisible, "the offline strip")
    return "оба места видят, что связи нет, и работают дальше"


def edited_apart(stage: Stage) -> str:
    """Different fields on both desks, and one same field."""
    for desk, edits in (
        (stage.a, (("phone", PHONE_A), ("email", EMAIL))),
        (stage.b, (("phone", PHONE_B), ("employer", EMPLOYER))),
    ):
        desk.hands.front()
        before = desk.window.workstation.store.pending()
        for field, text in edits:
            _edit_inline(desk, field, text)
            wait_until(
                partial(_has_value, desk, stage.person_id, field, text),
                f"{desk.name} saved {field}",
            )
        require(desk.window.workstation.store.pending() >= before + 2, "edits wait in the queue")
    stage.a.hands.picture("03-case-offline")
    return "A: телефон и почта; B: телефон и работодатель; всё на диске и в очереди"


def _digits(value: object) -> str:
    return "".join(c for c in str(value or "") if c.isdigit())


def _edit_inline(desk: Desk, field: str, text: str) -> None:
    name = f"field-person-{field}"
    shown = desk.hands.wait_for(f"{name}-value")
    shown.setFocus()
    desk.hands.press("F2")
    desk.hands.type_into(f"{name}-editor", text)
    desk.hands.press("Return")


def network_back(stage: Stage) -> str:
    """Both exchange; what one alone changed is the same on both, the rest is one conflict."""
    for desk in stage.desks.values():
        desk.proxy.restore()
    stage.a.exchange()
    stage.b.exchange()
    for desk in stage.desks.values():
        desk.window.exchange.now()
        wait_until(partial(_has_converged, desk, stage.person_id), f"{desk.name} has converged")
    phones = {str(d.value("phone", "person", stage.person_id)) for d in stage.desks.values()}
    require(len(phones) == 1, f"one phone in force on both, not {phones}")
    return "почта и работодатель сошлись, по телефону одно расхождение на обоих местах"


def _open_conflicts(desk: Desk) -> int:
    with desk.window.workstation.store.read() as session:
        found = session.connection().exec_driver_sql(
            "SELECT count(*) FROM conflict WHERE state = 'open'"
        )
        return int(found.scalar_one())


def conflict_settled(stage: Stage) -> str:
    """Both versions are shown; a person chooses."""
    hands = stage.b.hands
    hands.front()
    hands.click("nav-conflicts")
    hands.wait_for("conflictSave")
    require(not hands.find("conflictSave").isEnabled(), "nothing is chosen beforehand")
    hands.picture("09-conflicts")
    hands.click("takeMine")
    hands.wait(lambda: hands.find("conflictSave").isEnabled(), "the choice is complete")
    _in_all_looks(stage.b, "09-conflicts-chosen")
    hands.press("Ctrl+Return")
    wait_until(lambda: _open_conflicts(stage.b) == 0, "B has settled")
    stage.b.exchange()
    stage.a.window.exchange.now()
    wait_until(lambda: _open_conflicts(stage.a) == 0, "A knows the decision")
    values = [_digits(d.value("phone", "person", stage.person_id)) for d in stage.desks.values()]
    require(values[0] == values[1], f"the same phone on both, not {values}")
    require(values[0] == _digits(PHONE_B), "the chosen phone")
    return "выбрана правка B, она на обоих местах; обе версии в истории"


def notice_printed(stage: Stage) -> str:
    """The arrival notice: gaps filled in the dialog, PDF saved, text read back."""
    hands = stage.a.hands
    hands.front()
    stage.a.window.navigate("case", {"person_id": stage.person_id})
    hands.wait_for("casePrint")
    _in_all_looks(stage.a, "03-case")
    hands.press("Ctrl+P")
    hands.wait_for("printDialog")
    hands.click("form-arrival_notice")
    hands.wait(lambda: stage.a.window.background.busy == 0, "the sheet is drawn")
    _in_all_looks(stage.a, "12-print")
    today = stage.a.window.workstation.clock.today()
    for box, text in _gaps(today).items():
        hands.type_into(f"printBoxEditor-{box}", text)
        hands.press("Tab")
        hands.wait(partial(_is_quiet, stage.a), f"{box} is drawn and saved")
    hands.picture("12-print-filled")
    facts = case_facts(stage.a.window.workstation.store, stage.person_id)
    left = fill("arrival_notice", facts).problems
    require(not left, f"no gaps are left, not {[problem.label for problem in left]}")
    target = stage.out / "arrival-notice.pdf"
    _answer_file_dialog(target)
    hands.click("printSave")
    hands.wait(target.exists, "the PDF")
    with pypdfium2.PdfDocument(target) as document:
        pages = len(document)
        text = "".join(page.get_textpage().get_text_range() for page in document)
    letters = "".join(text.split()).upper()
    require(pages == 4, f"four pages, not {pages}")
    require("ЗАМОНОВ" in letters and "ZAMONOV" in letters, "both spellings on paper")
    hands.click("printClose")
    wait_until(lambda: _issued(stage) == 1, "the print is remembered")
    return "11 пропусков заполнены, 4 страницы читаются, печать записана в дело"


def _gaps(today: date) -> dict[str, str]:
    """What the passport's zone does not say and the notice asks for."""
    until = f"{today + timedelta(days=80):%d.%m.%Y}"
    return {
        "person.birth_country": "Узбекистан",
        "person.birth_place": "Фергана",
        "identity_document.issued_on": "24.05.2021",
        "migration_card.purpose": "работа",
        "migration_card.stay_until": until,
        "registration.place_kind": "жилое помещение",
        "host_party.document_type": "Паспорт",
        "host_party.document_number": "612345",
        "host_party.document_issued_on": "03.04.2015",
        "host_party.address": ADDRESS,
        "registration.valid_to": until,
    }


def _issued(stage: Stage) -> int:
    with stage.a.window.workstation.store.read() as session:
        found = session.connection().exec_driver_sql(
            "SELECT count(*) FROM issued_form WHERE person_id = ?", (stage.person_id,)
        )
        return int(found.scalar_one())


def _answer_file_dialog(target: Path) -> None:
    """The dialog of the operating system is the one window we can't work: answer for it."""
    QFileDialog.getSaveFileName = staticmethod(  # type: ignore[method-assign]
        lambda *_args, **_kw: (str(target), "")
    )


def list_exported(stage: Stage) -> str:
    """The whole list as a table, opened by another library."""
    hands = stage.a.hands
    hands.click("nav-cases")
    table = hands.find_as(_table_name(stage.a), QTableView)
    hands.type_into("cases-search", "karimov")
    hands.wait(lambda: any("Каримов" in line for line in _lines(table)), "the search answered")
    hands.wait(lambda: stage.a.window.background.busy == 0, "the list is complete")
    table.setFocus()
    hands.press("Ctrl+A")
    hands.wait_for("bulk-bar")
    hands.picture("04-cases-marked")
    target = stage.out / "cases.xlsx"
    _answer_file_dialog(target)
    hands.click("bulk-export")
    hands.wait(lambda: target.exists() and stage.a.window.background.busy == 0, "the table")
    sheet = openpyxl.load_workbook(target).active
    require(sheet is not None and sheet.max_row > 1, "rows in the table")
    names = [str(row[0].value) for row in sheet.iter_rows(min_row=2)] if sheet else []
    require(any("Каримов" in name for name in names), "Каримов in the table")
    hands.press("Escape")
    return f"в таблице {len(names)} строк, шапка закреплена: {sheet.freeze_panes if sheet else ''}"


def stores_sound(stage: Stage) -> str:
    """Databases whole, queue and history consistent, the neighbour office blind."""
    for desk in stage.desks.values():
        findings = check(desk.window.workstation.store)
        require(not findings, f"{desk.name} is sound: {findings[:3]}")
    central = stage.central
    assert central is not None
    with connect(
        central.host, central.port, central.database, NEIGHBOUR.login, DEMONSTRATION_PASSWORD
    ) as stranger:
        seen = stranger.execute("SELECT count(*) FROM arm.doc").fetchone()
    require(seen is not None and seen[0] == 0, "the second office sees nothing")
    return "обе базы целы, чужая организация видит 0 записей"


def _in_all_looks(desk: Desk, name: str) -> None:
    """The screen as it stands: full size, small, and dark."""
    hands, look = desk.hands, desk.frame.look
    hands.picture(name, FULL)
    hands.picture(f"{name}-1280x720", SMALL)
    look.set_theme("dark")
    hands.picture(f"{name}-dark", FULL)
    look.set_theme("light")


def _far_on_the_way(desk: Desk) -> str:
    with desk.window.workstation.store.read() as session:
        found = session.connection().exec_driver_sql(
            "SELECT person_id FROM listing WHERE route = 'patent' AND status = 'ok' "
            "AND NOT closed AND phone IS NOT NULL AND next_due_on > ? "
            "ORDER BY steps_done DESC, next_due_on LIMIT 1",
            (desk.window.workstation.clock.today().isoformat(),),
        )
        return str(found.scalar_one())


def duplicate_found(stage: Stage) -> str:
    """The same person was entered a second time, with a slip; comparing finds it by itself."""
    desk = stage.a
    store = desk.window.workstation.store
    with store.write("Принят человек") as session:
        first = session.get_one(Person, stage.person_id)
        session.add(
            Person(
                surname=first.surname,
                given=first.given,
                birth_date=first.birth_date,
                citizenship=first.citizenship,
                phone=PHONE_B,
            )
        )
    desk.hands.wait(lambda: duplicates.count(store) > 0, "the second card is suspected", 60)
    desk.window.navigate("duplicates", {})
    desk.hands.wait(partial(_is_quiet, desk), "the pair is shown")
    return f"подозрений на дубль: {duplicates.count(store)}"


def asked_what_if(stage: Stage) -> str:
    """A later day of entry is tried out, seen and left: nothing is written. Then the plan."""
    desk = stage.a
    hands, store = desk.hands, desk.window.workstation.store
    desk.window.navigate("case", {"person_id": stage.person_id})
    hands.wait(partial(_is_quiet, desk), "the case is shown")
    hands.wait(lambda: not hands.sees("toast"), "the messages have gone")
    pending = store.pending()
    hands.press("F7")
    hands.wait_for("ask-entered_on-editor")
    hands.wait(partial(_is_quiet, desk), "the facts are read")
    later = store.clock.today() - timedelta(days=1)
    hands.type_into("ask-entered_on-editor", f"{later:%d.%m.%Y}")
    hands.wait_for("move-patent_application")
    moved = len([row for row in desk.window.findChildren(MoveRow) if row.isVisible()])
    _in_all_looks(desk, "03-case-what-if")
    hands.click("segment-plan")
    hands.wait_for("plan-patent_application")
    _in_all_looks(desk, "03-case-plan")
    hands.click("asideClose")
    hands.wait(lambda: not hands.sees("caseAside"), "the panel is put away")
    require(store.pending() == pending, "a question writes nothing")
    return f"сроков сдвинулось бы: {moved}, записано: 0"


def other_screens(stage: Stage) -> str:
    """What the way did not pass: the other pages, exchange, palette, English, the lock."""
    desk = stage.a
    passed = {"today", "terms", "cases", "intake"}
    pages = [one.page_id for one in desk.window.workspace.pages if one.in_sidebar]
    for page in (one for one in pages if one not in passed):
        desk.window.navigate(page, {})
        desk.hands.wait(partial(_is_quiet, desk), f"{page} is shown")
        _in_all_looks(desk, page)
    desk.window.navigate("case", {"person_id": _far_on_the_way(desk)})
    desk.hands.wait(partial(_is_quiet, desk), "a case far on its way is shown")
    desk.hands.wait(lambda: not desk.hands.sees("toast"), "the messages have gone")
    _in_all_looks(desk, "03-case-patent")
    desk.window.open_sync_panel()
    desk.hands.wait_for("sync-panel")
    _in_all_looks(desk, "sync-panel")
    desk.hands.press("Escape")
    desk.window.open_palette()
    desk.hands.picture("palette")
    desk.hands.press("Escape")
    desk.frame.look.set_language("en")
    for name, page, args in (
        ("02-today-english", "today", {}),
        ("03-case-english", "case", {"person_id": stage.person_id}),
    ):
        desk.window.navigate(page, args)
        desk.hands.wait(partial(_is_quiet, desk), f"{page} is shown")
        desk.hands.picture(name, FULL)
    desk.frame.look.set_language("ru")
    desk.frame.lock()
    desk.hands.picture("lock")
    return f"ещё страниц: {len(pages) - len(passed)}, обмен, палитра, английский язык, блокировка"


STEPS: tuple[tuple[str, Callable[[Stage], str]], ...] = (
    ("centre", centre_up),
    ("workstations", desks_joined),
    ("sign-in", signed_in),
    ("first-load", first_loaded),
    ("today", today_seen),
    ("terms", terms_worked),
    ("search", people_found),
    ("intake", person_taken_in),
    ("second-workstation", seen_on_b),
    ("network-cut", network_cut),
    ("edits-apart", edited_apart),
    ("network-back", network_back),
    ("conflict", conflict_settled),
    ("arrival-notice", notice_printed),
    ("export", list_exported),
    ("checks", stores_sound),
    ("duplicate", duplicate_found),
    ("what-if", asked_what_if),
    ("screens", other_screens),
)
"""Name in ``tour.json`` and what is done."""
