"""Numbers and days in Russian words."""

from __future__ import annotations

from datetime import date


def plural(count: int, one: str, few: str, many: str) -> str:
    """«1 срок», «2 срока», «5 сроков»: the noun in the form its number asks for."""
    tail, tens = abs(count) % 10, abs(count) % 100
    if tail == 1 and tens != 11:
        word = one
    elif 2 <= tail <= 4 and not 12 <= tens <= 14:
        word = few
    else:
        word = many
    return f"{count} {word}"


def days(count: int) -> str:
    """«8 дней»."""
    return plural(count, "день", "дня", "дней")


def time_left(due_on: date, today: date) -> str:
    """«на 5 дней» (overdue), «сегодня», «завтра», «8 дней»."""
    left = (due_on - today).days
    if left < 0:
        return f"на {plural(-left, 'день', 'дня', 'дней')}"
    if left == 0:
        return "сегодня"
    return "завтра" if left == 1 else days(left)
