"""What speaks for one person as the one a payment is made for, and how strongly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from arm.casework.matching import EXACT, Card, Reason, Sign, digits_of
from arm.casework.payment_index import Holder, joined_keys
from arm.casework.payment_words import Group, NameWord
from arm.model.name_likeness import ALIKE, FAIR, Readings, father, likeness, readings, word_likeness
from arm.model.names import latin_key, masculine_key

NameLevel = Literal["full", "alike", "initials", "surname", "other", "none"]
"""How the name agrees: whole, with a slip, with initials, the surname alone; another name; no name
of a person stands in the order."""

_NAME_SCORE = {"full": 34, "alike": 26, "initials": 20, "surname": 10, "other": -20, "none": 0}
_INN_SCORE = {"=": 48, "purpose": 42, "≈": 30, "✕": -10, "": 0}
_FATHER_SCORE = {"=": 6, "✕": -14, "": 0, "≈": 3}


@dataclass(frozen=True, slots=True)
class NameFound:
    """A person's name as found in an order."""

    level: NameLevel
    latin: bool = False
    swapped: bool = False
    father: Sign = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that was compared for one person."""

    place: int
    inn: Literal["=", "purpose", "≈", "✕", ""]
    patent: Sign
    passport: Sign
    name: NameFound
    number: str = ""
    """The number of the patent that was recognised."""

    @property
    def numbered(self) -> bool:
        """A patent or a passport is named exactly."""
        return "=" in (self.patent, self.passport)

    @property
    def score(self) -> int:
        """0–99, for the order of candidates only: nobody is credited by it."""
        total = (
            _INN_SCORE[self.inn] + _NAME_SCORE[self.name.level] + _FATHER_SCORE[self.name.father]
        )
        total += {"=": 40, "≈": 18}.get(self.patent, 0) + {"=": 32, "≈": 12}.get(self.passport, 0)
        return max(1, min(99, total))

    @property
    def named(self) -> bool:
        """Surname and given name agree, at least as an initial."""
        return self.name.level in ("full", "alike", "initials")


_NONE = NameFound("none")
_OTHER = NameFound("other")
_RANK: Sequence[NameLevel] = ("none", "other", "surname", "initials", "alike", "full")


def name_in(groups: Sequence[Group], holder: Holder) -> NameFound:
    """The best agreement of the person's name with any group of words; ``none`` without words."""
    best = _NONE
    card = holder.card
    surnames = readings(card.surname, card.surname_latin, card.citizenship, surname=True)
    given = readings(card.given, card.given_latin, card.citizenship)
    for group in groups:
        found = _in_group(group, surnames, given, card)
        if _better(found, best):
            best = found
        if best.level == "full" and best.father != "✕":
            break
    return best


def _better(one: NameFound, other: NameFound) -> bool:
    ranks = _RANK.index(one.level), _RANK.index(other.level)
    return ranks[0] > ranks[1] or (
        ranks[0] == ranks[1] and _FATHER_SCORE[one.father] > _FATHER_SCORE[other.father]
    )


def _in_group(group: Group, surnames: Readings, given: Readings, card: Card) -> NameFound:
    """«other» is only said of words that stand where a name is written."""
    like, where = _best(group, surnames, longest=True)
    nobody = _OTHER if 2 <= len(group) <= 5 else _NONE
    if like < ALIKE:
        joined = _joined(group, surnames, given)
        if joined is not None or like < FAIR:
            return joined or nobody
    near = [(at, word) for at, word in enumerate(group) if at != where and abs(at - where) <= 2]
    whole = [(at, word) for at, word in near if not word.initial]
    like_given, at_given = _best([word for _, word in whole], given, longest=False)
    latin = group[where].latin
    if like_given >= FAIR:
        place = whole[at_given][0]
        rest = [word for at, word in enumerate(group) if at not in (where, place)]
        level: NameLevel = "full" if min(like, like_given) >= EXACT else "alike"
        return NameFound(level, latin, place < where, _father(rest, card))
    if like < ALIKE:
        return nobody
    short = [(at, word) for at, word in near if word.initial]
    if short:
        fits = any(_initial_fits(short[0][1].key, words) for words in given)
        return NameFound("initials", latin, short[0][0] < where) if fits else _OTHER
    another = any(not word.of_father for _, word in whole) and len(group) <= 4
    return _OTHER if another else NameFound("surname", latin)


def _initial_fits(initial: str, given: Sequence[str]) -> bool:
    # «Джамшед» begins with one letter in the key and with another on paper
    letters = ("d", "j") if initial == "d" else (initial,)
    return any(word.startswith(letters) or initial.startswith(word[:1]) for word in given)


def _best(group: Sequence[NameWord], readings: Readings, *, longest: bool) -> tuple[float, int]:
    wanted = {max(words, key=len) if longest else words[0] for words in readings if words}
    for at, word in enumerate(group):
        if word.key in wanted and not word.initial:
            return 1.0, at  # most names are written as they are: no distance is counted
    best, where = 0.0, 0
    for at, word in enumerate(group):
        if not word.initial:
            like = max((_like(word, key) for key in wanted), default=0.0)
            if like > best:
                best, where = like, at
    return best, where


_INFLECTED = 0.94
"""«За Лазиза» is Лазиз, and may be a woman called Лазиза: never quite equal."""


def _like(word: NameWord, key: str) -> float:
    like = word_likeness(word.key, key)
    return max(like, _INFLECTED * word_likeness(word.base, key)) if word.base else like


def _joined(group: Group, surnames: Readings, given: Readings) -> NameFound | None:
    """«ТурсуновУлугбек» written as one word, or a word torn in two."""
    keys = joined_keys({words[0] for words in surnames}, {words[0] for words in given})
    for word in group:
        if any(word.key.startswith(key) for key in keys):
            return NameFound("full", word.latin)
    together = "".join(word.key for word in group)
    if any(together.startswith(key) for key in keys):
        return NameFound("alike", any(word.latin for word in group))
    return None


@lru_cache(maxsize=16_384)
def _keys(text: str) -> frozenset[str]:
    return frozenset(masculine_key(word) for word in latin_key(text).split())


def _father(rest: Sequence[NameWord], card: Card) -> Sign:
    """How the patronymic agrees, if one is written and one is known."""
    # «угли Анвар» and «Анвар угли» alike: the word beside it names the father
    if not any(word.of_father for word in rest):
        return ""
    known = _keys(card.patronymic)
    if known and known <= {word.key for word in rest}:
        return "="
    fathers = father((card.patronymic, card.patronymic_latin), (card.given, card.given_latin))
    if not fathers:
        return ""
    said = father((" ".join(word.key for word in rest if not word.initial),))
    alike = likeness(said, fathers)
    if alike is None:
        return ""
    return "=" if alike >= ALIKE else "≈" if alike >= FAIR else "✕"


def evidence_reasons(one: Evidence, holder: Holder) -> Iterator[Reason]:
    """The evidence in words a clerk reads."""
    inn = digits_of(holder.card.inn)
    if one.inn == "=":
        yield Reason("inn", "=", f"ИНН совпадает: {inn}")
    elif one.inn == "purpose":
        yield Reason("inn", "=", f"ИНН {inn} указан в назначении платежа")
    elif one.inn == "≈":
        yield Reason("inn", "≈", f"ИНН отличается одной цифрой: должен быть {inn}")
    elif one.inn == "✕":
        yield Reason("inn", "✕", f"ИНН другой: у этого человека {inn}")
    if one.patent == "=":
        yield Reason("patent", "=", f"Номер патента в назначении: {one.number}")
    elif one.patent:
        yield Reason("patent", "≈", "Номер патента отличается одной цифрой")
    if one.passport == "=":
        yield Reason("passport", "=", "Номер паспорта в назначении")
    elif one.passport:
        yield Reason("passport", "≈", "Номер паспорта отличается одной цифрой")
    yield from _name_reasons(one.name)


_SAID: Mapping[NameLevel, tuple[Sign, str]] = {
    "full": ("=", "Имя совпадает"),
    "alike": ("≈", "Имя похоже"),
    "initials": ("≈", "Фамилия совпадает, имя инициалом"),
    "surname": ("≈", "Совпадает только фамилия"),
    "other": ("✕", "Имя другое"),
}


def _name_reasons(name: NameFound) -> Iterator[Reason]:
    if name.level in _SAID:
        yield Reason("name", *_SAID[name.level])
    if name.latin:
        yield Reason("latin", "≈", "Имя написано латиницей")
    if name.swapped:
        yield Reason("swapped", "≈", "Имя стоит перед фамилией")
    if name.father == "=":
        yield Reason("father", "=", "Отчество совпадает")
    elif name.father == "✕":
        yield Reason("father", "✕", "Отчество другое")
