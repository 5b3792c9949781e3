"""The list of cases: its columns and how a person looks in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache, partial

from arm.casework import reference
from arm.casework.labels import short_full_name
from arm.casework.people import PersonRow
from ui.casefile.wording import term_pill
from ui.design.text import t
from ui.tables.columns import Column
from ui.tables.rows import Cell, Pill, PillKind, RowLook

ORDER_OF: Mapping[str, str] = {
    "name": "name",
    "latin": "name_latin",
    "citizenship": "citizenship",
    "born": "birth_date",
    "document": "document",
    "status": "lawful_until",
    "migrant_id": "migrant_id",
    "next_due": "next_due_on",
    "route": "steps_done",
    "responsible": "responsible",
    "phone": "phone",
    "marked": "marked",
    "updated": "updated_at",
}
"""Column of the screen → column of ``people.Order``."""


def columns() -> tuple[Column, ...]:
    """All columns of the list; the first six are shown to everybody at first."""
    return (
        Column(
            "name",
            t("Фамилия, имя, отчество"),
            220,
            kind="name",
            menu_title=t("Фамилия и имя"),
            locked=True,
            stretch=True,
        ),
        Column("citizenship", t("Гражданство"), 116),
        Column("born", t("Рождение"), 100, kind="date", menu_title=t("Дата рождения")),
        Column("document", t("Паспорт"), 116),
        Column("status", t("Законно"), 156, kind="pill", menu_title=t("Законно до")),
        Column("migrant_id", t("Мигрант ID"), 132, shown=False),
        Column("next_due", t("Ближайший срок"), 220, kind="pill", shown=False),
        Column("route", t("Маршрут"), 176, shown=False),
        Column("responsible", t("Специалист"), 140, shown=False),
        Column("phone", t("Телефон"), 140, shown=False),
        Column("latin", t("Латиницей"), 180, shown=False),
        Column("marked", t("Пометка"), 130, shown=False),
        Column("updated", t("Обновлено"), 132, kind="date", shown=False, descending_first=True),
    )


def fmt_iso(day: str | None) -> str:
    """«05.05.2026» from ISO 8601; what is no date stays as it is."""
    if not day:
        return ""
    year, dash, rest = day.partition("-")
    return f"{rest[3:5]}.{rest[:2]}.{year}" if dash and len(rest) >= 5 else day


def fmt_phone(number: str | None) -> str:
    """«+7 900 000-12-40» for a Russian number; any other stays as it is."""
    digits = "".join(char for char in number or "" if char.isdigit())
    if len(digits) != 11 or digits[0] not in "78":
        return number or ""
    return f"+7 {digits[1:4]} {digits[4:7]}-{digits[7:9]}-{digits[9:]}"


def status_pill(status: str | None, until: str | None, *, long: bool = False) -> Pill | None:
    """The lawfulness of a stay in two words: «до 13.05.2026». ``long`` for headings."""
    if status in ("ok", "warn"):
        kind: PillKind = "ok" if status == "ok" else "warn"
        icon = "circle-check" if status == "ok" else "triangle-alert"
        words = t("Законно") if long else t("законно")
        if until:
            day = fmt_iso(until)
            words = t("Законно до {day}", day=day) if long else t("до {day}", day=day)
        return Pill(kind, words, icon)
    if status == "bad":
        return Pill("bad", t("Нет оснований") if long else t("нет оснований"), "octagon-x")
    if status == "eaeu":
        return Pill("ok", t("ЕАЭС"), "circle-check")
    return Pill("neutral", t("Неизвестно") if long else t("неизвестно"), "circle-help")


class PersonLook:
    """Turns rows of the list into looks. Made anew each day and when colleagues change."""

    def __init__(self, today: date, people: Mapping[str, str]) -> None:
        self.today = today
        self.people = people

    def __call__(self, row: PersonRow | None) -> RowLook:
        """The look of a person; of an empty row if the person is gone."""
        if row is None:
            return RowLook({"name": t("Дело удалено")})
        return RowLook(
            {"name": row.name},
            partial(self._cell, row),
            _tags(row) if row.conflict or row.marked else (),
            row.unsent,
            t("не отправлено") if row.unsent else "",
        )

    def _cell(self, row: PersonRow, key: str) -> Cell:
        if key == "status":
            if row.closed:
                return Pill("neutral", t("дело закрыто"), "archive")
            return status_pill(row.status, row.lawful_until) or ""
        if key == "next_due":
            if row.next_due_on and row.next_due_title:
                return self._due(row.next_due_on, t(row.next_due_title))
            return ""
        return _TEXTS[key](self, row) if key in _TEXTS else ""

    def route(self, row: PersonRow) -> str:
        """«Патент на работу, 3/7»."""
        title = t(reference.route_title(row.route))
        if not title or not row.steps_all:
            return title
        return f"{title}, {row.steps_done or 0}/{row.steps_all}"

    def colleague(self, login: str | None) -> str:
        """«Орлова М. С.» behind a login."""
        return short_full_name(self.people.get(login, login)) if login else ""

    def _due(self, due_on: str, title: str) -> Pill:
        return replace(
            term_pill(date.fromisoformat(due_on), self.today),
            text=f"{fmt_iso(due_on)[:5]} {title}",
        )


def _tags(row: PersonRow) -> tuple[Pill, ...]:
    tags: list[Pill] = []
    if row.conflict:
        tags.append(Pill("warn", t("расхождение"), "git-compare-arrows"))
    if row.marked:
        tags.append(Pill("accent", row.marked, "bookmark"))
    return tuple(tags)


@lru_cache(maxsize=4096)
def _local(instant: str) -> datetime:
    return datetime.fromisoformat(instant).astimezone()


def fmt_updated(instant: str | None, today: date) -> str:
    """«сегодня в 09:58», «вчера в 17:20» or a date."""
    if not instant:
        return ""
    local = _local(instant)
    if local.date() == today:
        return t("сегодня в {time}", time=local.strftime("%H:%M"))
    if local.date() == today - timedelta(days=1):
        return t("вчера в {time}", time=local.strftime("%H:%M"))
    return local.strftime("%d.%m.%Y")


_TEXTS: Mapping[str, Callable[[PersonLook, PersonRow], str]] = {
    "citizenship": lambda _look, row: t(reference.country_name(row.citizenship)),
    "born": lambda _look, row: fmt_iso(row.birth_date),
    "document": lambda _look, row: row.document or "",
    "migrant_id": lambda _look, row: row.migrant_id or "",
    "route": lambda look, row: look.route(row),
    "responsible": lambda look, row: look.colleague(row.responsible),
    "phone": lambda _look, row: fmt_phone(row.phone),
    "latin": lambda _look, row: row.name_latin or "",
    "marked": lambda _look, row: row.marked or "",
    "updated": lambda look, row: fmt_updated(row.updated_at, look.today),
}
"""Texts of the plain columns."""
