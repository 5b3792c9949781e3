"""What a payment order says of a person: the names and the numbers in its texts.

Banks, terminals and people spoil both: words are joined, letters of the other alphabet or digits
stand for those they look like, series and number are written apart.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from arm.model.names import fold, has_cyrillic, latin_key, masculine_key
from arm.places import RESOURCES

_LOOKS_CYRILLIC = str.maketrans("AaBCcEeHKkMmOoPpTXxYy03468", "АаВСсЕеНКкМмОоРрТХхУуОзчбв")
_LOOKS_LATIN = str.maketrans("АаВСсЕеНКкМмОоРрТХхУу01358", "AaBCcEeHKkMmOoPpTXxYyOIESB")
_LOOKS_DIGIT = str.maketrans("OQDILZEASBG", "00011234586") | {ord("З"): "3", ord("Ч"): "4"}
_CAPITALS = str.maketrans("АВСЕНКМОРТХУ", "ABCEHKMOPTXY")


@cache
def _listed() -> Mapping[str, Sequence[str]]:
    with (RESOURCES / "reference" / "payment_words.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _about_payment() -> frozenset[str]:
    return frozenset(latin_key(word) for word in _listed()["about_payment"])


@cache
def _any_of(listed: str) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in _listed()[listed])
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


_CAMEL = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")
_CHUNK = re.compile(r"//|[;,|()]|\s[-–]\s")
_WORD = re.compile(r"[^\W_]+(?:['’ʻʼ`-][^\W_]+)*\.?", re.UNICODE)
_OF_FATHER = re.compile(
    r"ovich|evich|ovna|evna|ichna|(?:\A|(?<=...))(?:ogli|oglu|ugli|uglu|kizi|gizi|zoda|zade)\Z"
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
    if (short and not plain[0].isupper()) or (not short and key in _about_payment()):
        return None
    latin = not has_cyrillic(plain)
    key = masculine_key(key)
    inflected = not latin and len(key) >= 4 and key[-1] in "au" and key[-2] not in "aeiou"
    return NameWord(key, short, latin, bool(_OF_FATHER.search(key)), key[:-1] if inflected else "")


def _one_alphabet(text: str) -> str:
    """A word of two alphabets, or with digits, in the one that all its letters may belong to."""
    cyrillic = {char for char in text if "Ѐ" <= char <= "ӿ"}
    latin = {char for char in text if char.isascii() and char.isalpha()}
    digits = any(char.isdigit() for char in text)
    if not (cyrillic or latin) or not ((cyrillic and latin) or digits):
        return text
    looks = all(ord(char) in _LOOKS_CYRILLIC for char in latin)
    return text.translate(_LOOKS_CYRILLIC if cyrillic and looks else _LOOKS_LATIN)


def name_groups(payer: str, purpose: str) -> tuple[Group, ...]:
    """The payer's own name (unless an organisation's) first, then the parts of the purpose."""
    texts = [] if _any_of("organisation").search(payer) else [payer]
    texts += _CHUNK.split(purpose)
    groups = (_group(text) for text in texts)
    return tuple(dict.fromkeys(group for group in groups if group))


def is_organisation(payer: str) -> bool:
    """Whether the payer's name is not a person's."""
    return bool(_any_of("organisation").search(payer))


def is_of_other_tax(purpose: str) -> bool:
    """Whether the purpose names another tax, a duty or a fine."""
    return bool(_any_of("other_tax").search(purpose))


@lru_cache(maxsize=16_384)
def _group(text: str) -> Group:
    return tuple(_words(text))


def _words(text: str) -> Iterator[NameWord]:
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
    letters = next(at for at, char in enumerate(token) if char.isdigit())
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
