"""What can go wrong in casework, said in the caseworker's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from arm.errors import ExpectedError


@dataclass(frozen=True)
class FieldProblem:
    """One field that cannot be saved as it is. ``text`` says what to do."""

    field: str
    text: str


class PersonNotFound(ExpectedError):
    """Nobody with this id, or the case was deleted."""

    code: ClassVar[str] = "casework.person_not_found"
    title: ClassVar[str] = "Дело не найдено: {asked}"
    advice: ClassVar[str] = "Проверьте номер или найдите человека по имени"


class RecordGone(ExpectedError):
    """The record was deleted, perhaps by somebody else."""

    code: ClassVar[str] = "casework.record_gone"
    title: ClassVar[str] = "Этой записи уже нет в деле"
    advice: ClassVar[str] = "Её мог удалить другой специалист. Посмотрите историю дела"


class UnitIsClosed(ExpectedError):
    """The unit does not take records from this person."""

    code: ClassVar[str] = "casework.unit_is_closed"
    title: ClassVar[str] = "Передать дело в это подразделение нельзя"
    advice: ClassVar[str] = (
        "Доступ к подразделению закрыли или оставили только чтение. Попросите администратора"
    )


class WrongValues(ExpectedError):
    """Some fields cannot be saved; ``problems`` says which and why."""

    code: ClassVar[str] = "casework.wrong_values"
    title: ClassVar[str] = "Не сохранено: {first}"
    advice: ClassVar[str] = "Исправьте отмеченные поля"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(first=self.problems[0].text if self.problems else "")


class ConflictGone(ExpectedError):
    """The dispute was settled meanwhile."""

    code: ClassVar[str] = "casework.conflict_gone"
    title: ClassVar[str] = "Это расхождение уже решено"
    advice: ClassVar[str] = "Откройте историю дела: все варианты там"


class FileMissing(ExpectedError):
    """The bytes of an attachment are not on this workstation yet."""

    code: ClassVar[str] = "casework.file_missing"
    title: ClassVar[str] = "Файл ещё не загружен на этот компьютер"
    advice: ClassVar[str] = (
        "Откройте его на вкладке документов: он загрузится, когда будет связь с центром"
    )


class FileTooLarge(ExpectedError):
    """Larger than the centre takes: somebody chose a film instead of a scan."""

    code: ClassVar[str] = "casework.file_too_large"
    title: ClassVar[str] = "Файл «{name}» больше {limit_mb} МБ"
    advice: ClassVar[str] = "Сканируйте с разрешением 200–300 точек на дюйм"


class CardsOverlap(ExpectedError):
    """Both names lead to one card: they were merged already."""

    code: ClassVar[str] = "casework.cards_overlap"
    title: ClassVar[str] = "Это одна и та же карточка"
    advice: ClassVar[str] = "Возможно, карточки уже объединил другой специалист"


class CardsOfTwoOffices(ExpectedError):
    """Cards of two organisations are never one card: each keeps its own."""

    code: ClassVar[str] = "casework.cards_of_two_offices"
    title: ClassVar[str] = "Карточки ведут разные организации, объединить их нельзя"
    advice: ClassVar[str] = "Их связывает общий Мигрант ID: записи каждой организации остаются её"


class MergeGone(ExpectedError):
    """The decision was taken back meanwhile."""

    code: ClassVar[str] = "casework.merge_gone"
    title: ClassVar[str] = "Это решение уже отменено"
    advice: ClassVar[str] = "Обновите список: его мог изменить другой специалист"


class RefusalGone(ExpectedError):
    """Somebody else has dealt with the refused edit, or it is not on this workstation."""

    code: ClassVar[str] = "casework.refusal_gone"
    title: ClassVar[str] = "С этой правкой уже разобрались"
    advice: ClassVar[str] = "Решение видно в списке разобранных"


class NotAnExport(ExpectedError):
    """The file was not written by «Выгрузить неотправленное», or was altered."""

    code: ClassVar[str] = "casework.not_an_export"
    title: ClassVar[str] = "Это не выгрузка правок: {path}"
    advice: ClassVar[str] = "Выберите файл, который записала программа; его нельзя менять"
