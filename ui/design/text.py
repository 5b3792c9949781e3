"""Words on the screen: translation, Russian plurals, dates and numbers.

Sources are Russian. Every text a person sees goes through :func:`t`; other languages are flat
tables in ``resources/translations/<language>.toml`` («русский» = "English"; the three forms of a
counted word are one key: «день|дня|дней» = "day|days").
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from ui.design.catalogue import Words

CONTEXT = "edinoe-okno"
NBSP = "\u00a0"

_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "translations"
_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
_LANGUAGE_PROPERTY = "edinoe_okno_language"


class Catalogue(QTranslator):
    """A translator that answers from a TOML table."""

    def __init__(self, table: dict[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._empty = not table
        self._words = Words(table)

    def isEmpty(self) -> bool:
        return self._empty

    def translate(  # type: ignore[override]  # Qt takes None for «not found»
        self,
        context: str,
        sourceText: str,  # noqa: N803 - Qt's own parameter name
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str | None:
        if context != CONTEXT:
            return None
        return self._words.find(sourceText)


def read_table(language: str) -> dict[str, str]:
    """The texts of a language; empty when the file is not there."""
    path = _FOLDER / f"{language}.toml"
    if not path.is_file():
        return {}
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {key: value for key, value in table.items() if isinstance(value, str)}


def use_language(app: QCoreApplication, language: str) -> list[QTranslator]:
    """Speak ``ru`` or ``en``: Qt's own texts, number and date formats, and ours.

    Returns the translators installed; remove them before choosing another language.
    """
    app.setProperty(_LANGUAGE_PROPERTY, language)
    QLocale.setDefault(QLocale("en_GB" if language == "en" else "ru_RU"))
    installed: list[QTranslator] = []
    if language == "ru":
        qt_texts = QTranslator(app)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if qt_texts.load("qtbase_ru", folder):
            installed.append(qt_texts)
    else:
        installed.append(Catalogue(read_table(language), app))
    for translator in installed:
        app.installTranslator(translator)
    return installed


def language() -> str:
    """The language in use, ``ru`` unless another was chosen."""
    app = QCoreApplication.instance()
    chosen = app.property(_LANGUAGE_PROPERTY) if app is not None else None
    return chosen if isinstance(chosen, str) else "ru"


def t(text: str, **params: object) -> str:
    """The text in the language in use, with ``{name}`` places filled.

    Sentences that the core has already filled are found too (:mod:`ui.design.catalogue`).
    """
    translated = QCoreApplication.translate(CONTEXT, text)
    return translated.format_map(params) if params else translated


def plural(n: int, one: str, few: str, many: str) -> str:
    """The word that fits the number: 1 срок, 2 срока, 5 сроков. Gives the word only."""
    count = abs(n)
    if language() != "ru":
        singular, _, rest = t(f"{one}|{few}|{many}").partition("|")
        return singular if count == 1 else rest.rpartition("|")[2]
    if count % 10 == 1 and count % 100 != 11:
        return one
    if 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14:
        return few
    return many


def counted(n: int, one: str, few: str, many: str) -> str:
    """Number and word, kept on one line: «5 сроков»."""
    return f"{fmt_number(n)}{NBSP}{plural(n, one, few, many)}"


def fmt_number(n: int) -> str:
    """«1 248», with non-breaking spaces."""
    return f"{n:,}".replace(",", NBSP)


def fmt_money(kopecks: int) -> str:
    """«8 185 ₽»; kopecks are shown only when there are any."""
    whole, rest = divmod(abs(kopecks), 100)
    sign = "−" if kopecks < 0 else ""
    tail = f",{rest:02d}" if rest else ""
    return f"{sign}{fmt_number(whole)}{tail}{NBSP}₽"


def fmt_date(day: date | None) -> str:
    """«05.05.2026», empty for None."""
    return day.strftime("%d.%m.%Y") if day else ""


def fmt_day(day: date) -> str:
    """«вторник, 5 мая 2026»."""
    return f"{t(_WEEKDAYS[day.weekday()])}, {day.day} {t(_MONTHS[day.month - 1])} {day.year}"


def fmt_instant(at: datetime | None) -> str:
    """«05.05.2026 в 10:22» in the machine's time zone; empty for None."""
    if at is None:
        return ""
    local = at.astimezone()
    return t("{day} в\u00a0{time}", day=fmt_date(local.date()), time=local.strftime("%H:%M"))


def fmt_time(at: datetime | None) -> str:
    """«09:40» in the machine's time zone; empty for None."""
    return at.astimezone().strftime("%H:%M") if at else ""
