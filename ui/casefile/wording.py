"""How the case file says ages, dates, distances and sizes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from arm.casework import labels
from arm.casework.conflicts import OWN_EDIT
from arm.casework.terms import TermState, state_of
from arm.errors import ExpectedError
from ui.design.text import counted, fmt_date, language, t
from ui.tables.rows import Pill, PillKind

_UNITS = ((1 << 30, "ГБ"), (1 << 20, "МБ"), (1 << 10, "КБ"))


def age_on(born: date, on: date) -> int:
    """Full years lived on a day; a birthday of 29 February counts from 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age_text(years: int) -> str:
    return counted(years, "год", "года", "лет")


def days_text(days: int) -> str:
    return counted(days, "день", "дня", "дней")


_TERM_LOOKS: Mapping[TermState, tuple[PillKind, str]] = MappingProxyType(
    {
        "overdue": ("bad", "octagon-x"),
        "today": ("warn", "clock"),
        "soon": ("plain", "clock"),
        "ahead": ("plain", "clock"),
        "done": ("ok", "check"),
        "not_needed": ("neutral", "ban"),
    }
)


def term_pill(
    due: date, on: date, settled: str | None = None, snoozed_until: date | None = None
) -> Pill:
    """How a term stands: «на 5 дней» (overdue), «сегодня», «завтра», «3 дня», «сделано»,
    «отложен до 06.05»."""
    if snoozed_until is not None and settled is None:
        return Pill("neutral", t("отложен до {day}", day=f"{snoozed_until:%d.%m}"), "pause")
    state = state_of(due, on, settled)
    kind, icon = _TERM_LOOKS[state]
    return Pill(kind, _term_words(state, (due - on).days), icon)


def _term_words(state: TermState, left: int) -> str:
    if state == "done":
        return t("сделано")
    if state == "not_needed":
        return t("не нужно")
    if state == "overdue":
        return t("на {days}", days=days_text(-left))
    if state == "today":
        return t("сегодня")
    return t("завтра") if left == 1 else days_text(left)


def moment_text(at: datetime | None, on: date) -> str:
    """«сегодня в 08:41», «вчера в 17:20», «30.04.2026 в 17:20» in the office's time."""
    if at is None:
        return t("неизвестно когда")
    local = at.astimezone()
    clock = f"{local:%H:%M}"
    apart = (on - local.date()).days
    if apart == 0:
        return t("сегодня в {clock}", clock=clock)
    if apart == 1:
        return t("вчера в {clock}", clock=clock)
    return t("{day} в {clock}", day=fmt_date(local.date()), clock=clock)


def day_text(at: datetime | None, on: date) -> str:
    """«сегодня», «вчера», «30.04.2026» in the office's time."""
    if at is None:
        return ""
    day = at.astimezone().date()
    return {0: t("сегодня"), 1: t("вчера")}.get((on - day).days) or fmt_date(day)


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def size_text(size: int) -> str:
    """File size as people say it: «2,4 МБ»."""
    for unit, name in _UNITS:
        if size >= unit:
            return f"{size / unit:.1f}".replace(".", ",") + f" {name}"
    return t("{size} байт", size=size)


def value_text(kind: str, field: str, value: object) -> str:
    """A value of a record as people read it: titles of codes in the language in use."""
    return said(kind, field, labels.display(kind, field, value))


def said(kind: str, field: str | None, text: str) -> str:
    """A shown value in the language in use, unless somebody typed it.

    Without a field the text sums a record up: titles and typed values, separated by commas.
    """
    if not text or language() == "ru":
        return text
    if field:
        return t(text) if labels.is_coded(kind, field) else text
    ours = labels.titles_of(kind)
    return ", ".join(t(part) if part in ours else part for part in text.split(", "))


def error_text(error: ExpectedError) -> str:
    """What happened and what to do, in one line."""
    parts = (t(error.title_text), t(error.advice_text) if error.advice else "")
    return ". ".join(part for part in parts if part)


def initials(surname: str | None, given: str | None) -> str:
    letters = [part[0] for part in (given, surname) if part]
    if len(letters) == 2:
        letters.reverse()
    return "".join(letters).upper() or "?"


def whose(who: str) -> str:
    """«Ваша правка», or the short name of the colleague whose edit it is."""
    return t(who) if who == OWN_EDIT else short_name(who)


def short_name(full: str) -> str:
    """«Тихонова Елена Викторовна» → «Тихонова Е. В.»."""
    parts = full.split()
    if len(parts) < 2:
        return full
    return parts[0] + " " + " ".join(f"{part[0]}." for part in parts[1:3])
