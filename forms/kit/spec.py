"""What a form is: its name, its editions by date, and what is asked before it is printed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import ClassVar

from arm.errors import ExpectedError
from arm.law.tables import Confidence, Row, read_tables
from forms.kit.layout import Layout, read_layout


class NoEdition(ExpectedError):
    """The form did not exist on the asked day, or the asked edition is unknown."""

    code: ClassVar[str] = "forms.no_edition"
    title: ClassVar[str] = "У формы «{form}» нет редакции {edition}"
    advice: ClassVar[str] = "Выберите другую дату или обновите программу"


class UnknownForm(ExpectedError):
    """No form has this name."""

    code: ClassVar[str] = "forms.unknown"
    title: ClassVar[str] = "Формы «{form}» нет"
    advice: ClassVar[str] = "Выберите форму из списка: {known}"


@dataclass(frozen=True)
class Edition:
    """One edition of a form: the days it is in force, its act, and how sure we are of its paper."""

    form: str
    id: str
    title: str
    valid_from: date
    valid_to: date | None
    """Last day, inclusive."""
    act: str
    source: str
    confidence: Confidence
    draft: str
    """Remark to show and to print while the paper has not been compared with the official one."""
    path: Path

    @property
    def layout(self) -> Layout:
        """The paper of this edition."""
        return _layout(self.path)


@dataclass(frozen=True)
class Ask:
    """A question before printing. The answer goes into ``extra`` under ``name``."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    """``(value, label)``; empty = typed freely."""
    default: str


@dataclass(frozen=True)
class FormSpec:
    """A printed form."""

    id: str
    title: str
    subtitle: str
    group: str
    order: int
    asks: tuple[Ask, ...]
    editions: tuple[Edition, ...]
    """Oldest first."""

    @property
    def pages(self) -> int:
        """Number of pages of the newest edition."""
        return len(self.editions[-1].layout.pages)

    def edition_for(self, on: date) -> Edition:
        """The edition in force on the day. Raises :class:`NoEdition`."""
        for edition in self.editions:
            if edition.valid_from <= on and (edition.valid_to is None or on <= edition.valid_to):
                return edition
        raise NoEdition(form=self.title, edition=f"на {on:%d.%m.%Y}")

    def edition(self, edition_id: str) -> Edition:
        """The edition by its id. Raises :class:`NoEdition`."""
        for edition in self.editions:
            if edition.id == edition_id:
                return edition
        raise NoEdition(form=self.title, edition=f"«{edition_id}»")


def read_spec(folder: Path) -> FormSpec:
    """Read ``form.toml`` of one form. Raises :class:`arm.law.tables.BrokenLawTable`."""
    text = (folder / "form.toml").read_text(encoding="utf-8")
    head = tomllib.loads(text)["form"]
    (table,) = read_tables(text, folder.name)
    return FormSpec(
        id=folder.name,
        title=head["title"],
        subtitle=head["subtitle"],
        group=head["group"],
        order=head["order"],
        asks=tuple(
            Ask(
                ask["name"],
                ask["label"],
                tuple((value, label) for value, label in ask.get("choices", ())),
                ask["default"],
            )
            for ask in head.get("asks", ())
        ),
        editions=tuple(_edition(folder, row) for row in table.rows),
    )


def _edition(folder: Path, row: Row) -> Edition:
    return Edition(
        form=folder.name,
        id=row.text("id"),
        title=row.text("title"),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        act=row.act,
        source=row.source,
        confidence=row.confidence,
        draft=row.text("draft") if row.has("draft") else "",
        path=folder / row.text("layout"),
    )


@cache  # a layout file ships with the program; reading one takes some milliseconds
def _layout(path: Path) -> Layout:
    return read_layout(path)
