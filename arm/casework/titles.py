"""Names of actions as people read them in history and in «Отменить»."""

from __future__ import annotations

from collections.abc import Collection

from arm.casework.labels import field_label

_CHANGED = {
    "Действует до": "Изменён срок действия",
    "Кем выдан": "Изменено, кем выдан документ",
    "Учёт до": "Изменён срок учёта",
    "Поставлен на учёт": "Изменена дата постановки на учёт",
    "Снят с учёта": "Изменена дата снятия с учёта",
    "Оплачено по": "Изменена дата оплаты патента",
    "Открыто": "Изменена дата открытия дела",
    "Закрыто": "Изменена дата закрытия дела",
    "Ответственный": "Изменён ответственный",
    "Дано": "Изменена дата согласия",
    "Отозвано": "Изменена дата отзыва согласия",
    "Кто принимает": "Изменена принимающая сторона",
    "Кто делает": "Изменено, кто делает",
    "Отложен до": "Изменено, до какого дня отложен срок",
    "Почему отложен": "Изменено, почему отложен срок",
    "Кто отложил": "Изменено, кто отложил срок",
    "Отложен при сроке": "Срок отложен",
    "Что сделать": "Изменено, что сделать",
    "Пройден": "Изменена дата шага",
    "Записан на": "Изменена дата записи",
    "Документ действует до": "Изменён срок документа",
}
_ADDED = {
    "identity_document": "Добавлен документ",
    "migration_card": "Добавлена миграционная карта",
    "stay_permit": "Добавлен разрешительный документ",
    "registration": "Добавлен учёт по месту пребывания",
    "host_party": "Добавлена принимающая сторона",
    "certificate": "Добавлена справка",
    "attachment": "Добавлен файл",
    "consent": "Добавлено согласие",
    "issued_form": "Напечатана форма",
    "note": "Добавлена заметка",
    "deadline": "Добавлен срок",
    "route_step": "Отмечен шаг маршрута",
    "case_file": "Заведено дело",
    "person": "Заведён человек",
    "shared_card": "Получены сведения другой организации",
    "alias_notice": "Найден второй Мигрант ID",
    "info_request": "Запрос",
    "disclosure": "Переданы сведения",
    "person_merge": "Карточки объединены",
    "not_duplicate": "Решено: не дубль",
    "law_pack": "Принят пакет норм",
    "law_value": "Решение о норме",
}
_DELETED = {
    "identity_document": "Удалён документ",
    "migration_card": "Удалена миграционная карта",
    "stay_permit": "Удалён разрешительный документ",
    "registration": "Удалён учёт по месту пребывания",
    "host_party": "Удалена принимающая сторона",
    "certificate": "Удалена справка",
    "attachment": "Удалён файл",
    "consent": "Удалено согласие",
    "issued_form": "Удалена запись о печати",
    "note": "Удалена заметка",
    "deadline": "Удалён срок",
    "route_step": "Снята отметка шага",
    "case_file": "Удалено дело",
    "person": "Удалён человек",
    "shared_card": "Отозваны сведения другой организации",
    "alias_notice": "Второй Мигрант ID не подтвердился",
    "info_request": "Удалён запрос",
    "disclosure": "Удалена запись о передаче сведений",
    "person_merge": "Объединение отменено",
    "not_duplicate": "Отменено решение «не дубль»",
    "law_pack": "Удалён пакет норм",
    "law_value": "Удалено решение о норме",
}


_FEMININE = frozenset({"цель", "часть"})
"""Nouns whose ending does not tell their gender."""


def changed(kind: str, names: Collection[str]) -> str:
    """«Изменён телефон», «Изменены: телефон, почта»."""
    labels = [field_label(kind, name) for name in names]
    if len(labels) != 1:
        return f"Изменены: {', '.join(_lower(label) for label in labels)}"
    label = labels[0]
    return _CHANGED.get(label) or _changed(label.split()[0].lower(), _lower(label))


def added(kind: str) -> str:
    """«Добавлен документ»."""
    return _ADDED.get(kind, "Добавлена запись")


def deleted(kind: str) -> str:
    """«Удалён документ»."""
    return _DELETED.get(kind, "Удалена запись")


def _changed(noun: str, what: str) -> str:
    """The participle in the gender of the noun that follows it."""
    if noun == "имя" or noun.endswith(("о", "е")):
        return f"Изменено {what}"
    if noun.endswith(("а", "я")) or noun in _FEMININE:
        return f"Изменена {what}"
    if noun.endswith(("ы", "и")):
        return f"Изменены {what}"
    return f"Изменён {what}"


def _lower(label: str) -> str:
    """The label within a sentence; abbreviations keep their capitals."""
    first = label.split(maxsplit=1)[0]
    keeps = len(first) > 1 and first.isupper()
    return label if keeps or first == "Мигрант" else label[0].lower() + label[1:]
