"""What a password must be like: long rather than odd, nobody's guess, changed when there is cause.

After NIST SP 800-63B (5.1.1.2): length counts, no rules about kinds of signs, no forced change by
date, a list of what everybody takes. Asked where a password is chosen; an older one keeps opening.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from typing import Final

from arm.access.errors import BadPassword
from arm.places import RESOURCES

LEAST: Final = 12
MOST: Final = 256
_SUBSTITUTES: Final = str.maketrans("@$|", "asl")


def problems(password: str, login: str = "") -> list[str]:
    """What is wrong with it, in Russian, the gravest first; empty: it will do."""
    plain = unicodedata.normalize("NFC", password).casefold()
    found = []
    if len(plain) < LEAST:
        found.append(
            f"Нужно не меньше 12 знаков, не хватает: {LEAST - len(plain)}. Проще фраза из слов"
        )
    if len(plain) > MOST:
        found.append("Не длиннее 256 знаков")
    if login and _letters(login) and _letters(login) in _letters(plain):
        found.append("Без своего логина внутри")
    if plain and _of_common_words(plain):
        found.append("Такой пароль подбирают первым: добавьте слова, которых в нём не ждут")
    if plain and (len(set(plain)) < 5 or _of_runs(plain)):
        found.append("Знаки не подряд и не повторяются: «123456», «йцукен», «аааа» угадывают")
    return found


def require_good(password: str, login: str = "") -> None:
    """Raise BadPassword with the gravest problem."""
    found = problems(password, login)
    if found:
        raise BadPassword(why=found[0])


@cache
def _listed(name: str) -> tuple[str, ...]:
    """Lines of a list in ``resources/access``, the longest first."""
    text = (RESOURCES / "access" / name).read_text("utf-8")
    words = {line for line in text.splitlines() if line and not line.startswith("#")}
    return tuple(sorted(words, key=len, reverse=True))


def _of_common_words(plain: str) -> bool:
    """Whether nothing but common words, digits and signs is in it."""
    for text in (plain, plain.translate(_SUBSTITUTES)):
        left = re.sub(r"[\s\-_.]", "", text)
        for word in _listed("common_passwords.txt"):
            left = left.replace(word, "")
        if not re.search(r"[^\W\d]", left):
            return True
    return False


def _of_runs(plain: str) -> bool:
    """Whether most of it follows the alphabet, the digits or the keys of a keyboard."""
    joined = re.sub(r"[\s\-_.]", "", plain)
    pairs = list(pairwise(joined))
    if not pairs:
        return False
    rows = _listed("keyboard_rows.txt")
    runs = sum(any(a + b in one or b + a in one for one in rows) or a == b for a, b in pairs)
    return runs >= 0.7 * len(pairs)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
