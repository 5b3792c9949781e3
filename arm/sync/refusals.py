"""Why the centre refused an operation, for its author's eyes. Codes travel, texts do not."""

from __future__ import annotations

REFUSALS: dict[str, str] = {
    "no_right": "Нет права менять эти записи: доступ изменили, пока правка ждала отправки",
    "no_record": "Записи больше нет или доступ к ней закрыт",
    "bad_op": "Центр не понял правку: обновите программу и внесите её заново",
    "read_only": "Эти сведения ведёт центр или другая организация: здесь их не меняют",
    "not_askable": "Этой организации запросы не отправляют",
    "no_ground": "Запрос без вопроса или без основания центр не передаёт",
    "erased": "Данные этого человека уничтожены по закону: правка не сохранена нигде",
    "id_taken": "Запись с таким номером уже есть: внесите её заново",
}


def refusal_text(why: str) -> str:
    """The Russian text of a code; unknown codes come from a newer centre."""
    return REFUSALS.get(why, "Центр не принял правку: обновите программу и внесите её заново")
