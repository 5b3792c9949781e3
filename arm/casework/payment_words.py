"""What a payment order says of a person: the names and the numbers in its texts.

Banks, terminals and people spoil both: words are joined, letters of the other alphabet or digits
stand for those they look like, series and number are written apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from arm.model.names import fold, has_cyrillic, latin_key, masculine_key

_LOOKS_CYRILLIC = str.maketrans("AaBCcEeHKkMmOoPpTXxYy03468", "АаВСсЕеНКкМмОоРрТХхУуОзчбв")
_LOOKS_LATIN = str.maketrans("АаВСсЕеНКкМмОоРрТХхУу01358", "AaBCcEeHKkMmOoPpTXxYyOIESB")
_LOOKS_DIGIT = str.maketrans("OQDILZEASBG", "00011234586") | {ord("З"): "3", ord("Ч"): "4"}
_CAPITALS = str.maketrans("АВСЕНКМОРТХУ", "ABCEHKMOPTXY")

_ORGANISATION = re.compile(
    r"(?:\A|[^\w])(ооо|оао|зао|пао|нао|ао|ип|банк|сбербанк|отделение|фгуп|муп|llc|ltd|общество)"
    r"(?:[^\w]|\Z)",
    re.IGNORECASE,
)
_ABOUT_PAYMENT = frozenset(
    latin_key(word)
    for word in (
        "ндфл", "фиксированный", "авансовый", "аванс", "авансовые", "платеж", "платежи",
        "по", "за", "патент", "патенту", "патента", "для", "иностранных", "граждан",
        "гражданина", "иностранный", "иностранного", "работника", "сотрудника", "оплата",
        "налог", "налога", "доходы", "физических", "лиц", "мес", "месяц", "месяца",
        "месяцев", "серия", "номер", "паспорт", "инн", "кпп", "фио", "от", "на", "в", "и",
        "с", "ооо", "ип", "без", "ндс", "не", "облагается", "сумма", "руб", "коп", "г",
        "год", "октмо", "кбк", "ndfl", "patent", "oplata", "avans", "nalog", "za", "po",
        "inn", "passport", "плательщик",
    )
)  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")
_CHUNK = re.compile(r"//|[;,|()]|\s[-–]\s")
_WORD = re.compile(r"[^\W_]+(?:['’ʻʼ`-][^\W_]+)*\.?", re.UNICODE)
_OF_FATHER = re.compile(
    r"ovich|evich|ovna|evna|ichna|(?:ogli|oglu|ugli|uglu|kizi|gizi|zoda|zade)\Z"
)
_SHORT = frozenset({"sh", "ch", "kh", "zh", "j", "iu", "ia", "ts"})
_GROUPED = re.compile(r"\d(?:[\s№.\-]{0,3}\d){5,21}")
_TOKEN = re.compile(r"[0-9A-ZА-ЯЁ]+")


@dataclass(frozen=True, slots=True)
class NameWord:
    """One word that may be of a name. ``key``: see :func:`arm.model.names.latin_key`."""

    key: str
    initial: bool
    latin: bool
    of_father: bool
    base: str
    """Without an ending of «за кого», if it has one: «Лазиза» may be «Лазиз»."""


Group = tuple[NameWord, ...]
"""Words that stand together: of the payer, or of one part of the purpose."""


@lru_cache(maxsize=65_536)
def _word(text: str) -> NameWord | None:
    plain = _one_alphabet(text.rstrip("."))
    key = latin_key(plain).replace(" ", "")
    if not key or key.isdigit():
        return None
    short = len(fold(plain)) == 1 or (key in _SHORT and len(plain) <= 2)
    if (short and not plain[0].isupper()) or (not short and key in _ABOUT_PAYMENT):
        return None
    latin = not has_cyrillic(plain)
    key = masculine_key(key)
    inflected = not latin and len(key) >= 4 and key[-1] in "au" and key[-2] not in "aeiou"
    return NameWord(key, short, latin, bool(_OF_FATHER.search(key)), key[:-1] if inflected else "")


def _one_alphabet(text: str) -> str:
    cyrillic = sum("Ѐ" <= char <= "ӿ" for char in text)
    latin = sum(char.isascii() and char.isalpha() for char in text)
    digits = any(char.isdigit() for char in text)
    if not (cyrillic or latin) or not ((cyrillic and latin) or digits):
        return text
    return text.translate(_LOOKS_CYRILLIC if cyrillic >= latin else _LOOKS_LATIN)


def name_groups(payer: str, purpose: str) -> tuple[Group, ...]:
    """The payer's own name (unless an organisation's) first, then the parts of the purpose."""
    texts = [] if _ORGANISATION.search(payer) else [payer]
    texts += _CHUNK.split(purpose)
    groups = (tuple(_words(text)) for text in texts)
    return tuple(dict.fromkeys(group for group in groups if group))


def is_organisation(payer: str) -> bool:
    """Whether the payer's name is not a person's."""
    return bool(_ORGANISATION.search(payer))


def _words(text: str) -> Iterator[NameWord]:
    if not _CAMEL.search(text) and text.isascii() and text.isdigit():
        return
    # «Д.Н.» are two initials
    for match in _WORD.finditer(_CAMEL.sub(" ", text.replace(".", ". "))):
        found = _word(match.group())
        if found is not None:
            yield found


@lru_cache(maxsize=16_384)
def numbers_in(text: str) -> frozenset[str]:
    """Everything in a text that may be the number of a patent, a passport or an ИНН.

    Passport numbers keep their letters (in Latin); a series written apart is joined.
    """
    upper = text.upper()
    found = {re.sub(r"\D", "", match.group()) for match in _GROUPED.finditer(upper)}
    before = ""
    for match in _TOKEN.finditer(upper):
        token = match.group()
        digits = sum(char.isdigit() for char in token)
        if digits >= 5 and digits * 2 > len(token):
            found |= set(_spellings(token, before))
        before = token
    return frozenset(one for one in found if len(one) >= 6)


def _spellings(token: str, before: str) -> Iterable[str]:
    yield normal_number(token)
    letters = len(token) - len(token.lstrip("ABCEHKMOPTXYАВСЕНКМОРТХУFDGIJLNQRSUVWZ"))
    tail = token[letters:].translate(_LOOKS_DIGIT)
    if tail.isdigit():
        yield tail
        yield normal_number(token[:letters]) + tail
    whole = token.translate(_LOOKS_DIGIT)
    if whole.isdigit():
        yield whole
        if before.isdigit() and len(before) <= 4:
            yield before + whole
        elif before.isalpha() and len(before) <= 3:
            yield normal_number(before) + whole


def normal_number(text: str) -> str:
    """A number with letters as it is compared: capitals, Latin, nothing else."""
    latin = text.upper().translate(_CAPITALS)
    return "".join(char for char in latin if char.isalnum())
