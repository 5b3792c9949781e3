"""How accounts are called on the screen: initials and roles."""

from __future__ import annotations

from ui.design.text import counted, plural, t

ROLES = {
    "center_specialist": "специалист",
    "center_supervisor": "руководитель смены",
    "center_desk": "очередь и запись",
    "admin": "администратор",
}


def role_title(role: str) -> str:
    """«специалист» for ``center_specialist``; an unknown role is shown as it is."""
    return t(ROLES[role]) if role in ROLES else role


def place_title(role: str) -> str:
    """«Центр адаптации» for all roles of a centre."""
    return t("Центр адаптации") if role.startswith("center") else t("Управление")


def initials(full_name: str) -> str:
    """«ОМ» for «Орлова Мария Сергеевна»."""
    return "".join(part[0] for part in full_name.split()[:2]).upper()


def short_name(full_name: str) -> str:
    """«Орлова Мария» for «Орлова Мария Сергеевна»."""
    return " ".join(full_name.split()[:2])


def waiting_words(pending: int) -> str:
    """«6 правок ждут отправки»; empty when nothing waits."""
    if not pending:
        return ""
    edits = counted(pending, "правка", "правки", "правок")
    verb = plural(pending, "ждёт отправки", "ждут отправки", "ждут отправки")
    return f"{edits} {verb}"
