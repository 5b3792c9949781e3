"""Are two cards one person: the only place that decides it, at entry, after sync and in bulk.

Three answers. ``same``: a strong identifier agrees and nothing speaks against it. ``perhaps``:
names and birth date are alike, or an identifier agrees and something does not; a person decides.
``different``: all else. The number beside an answer says how alike two *cards* are, for sorting;
nobody is merged by it. Each answer says why (:class:`Reason`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

from arm.model.name_likeness import (
    ALIKE,
    FAIR,
    Readings,
    father,
    likeness,
    readings,
)
from arm.model.names import fold
from arm.store.search_index import number_key, phone_key

Answer = Literal["same", "perhaps", "different"]
Sign = Literal["=", "≈", "✕", ""]
"""Equal, similar, different; empty where one side is not known."""

EXACT = 0.95
"""As alike as two spellings of one name are when no slip was made."""


@dataclass(frozen=True)
class Card:
    """What is compared of one person. Empty means not known; ``birth_date`` is ISO 8601.

    ``documents``: issuing country, series and number.
    """

    surname: str = ""
    given: str = ""
    patronymic: str = ""
    surname_latin: str = ""
    given_latin: str = ""
    patronymic_latin: str = ""
    birth_date: str = ""
    sex: str = ""
    citizenship: str = ""
    documents: tuple[tuple[str, str], ...] = ()
    inn: str = ""
    snils: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Reason:
    """One thing that was compared. ``code`` with ``mark`` tells whether it was known before;
    ``text`` is Russian, for people."""

    code: str
    sign: Sign
    text: str
    mark: str = ""
    """Fingerprint of the agreeing value: never the value itself."""


@dataclass(frozen=True)
class Verdict:
    """An answer, how alike the cards are (0–100) and why."""

    answer: Answer
    alike: int
    reasons: tuple[Reason, ...]

    @property
    def evidence(self) -> frozenset[str]:
        """What speaks for one person: a decision «не дубль» holds until this grows."""
        return frozenset(
            f"{one.code}{one.sign}{one.mark}" for one in self.reasons if one.sign in "=≈"
        )


@dataclass(frozen=True)
class Names:
    """The names of a card in every spelling we have of them."""

    surname: Readings
    given: Readings
    father: Readings


@lru_cache(maxsize=4_096)
def names_of(card: Card) -> Names:
    """The names of a card, ready for :func:`likeness`."""
    return Names(
        readings(card.surname, card.surname_latin, card.citizenship, surname=True),
        readings(card.given, card.given_latin, card.citizenship),
        father((card.patronymic, card.patronymic_latin), (card.given, card.given_latin)),
    )


@dataclass(frozen=True)
class _Compared:
    """The parts of a comparison: likenesses 0–1 or None, signs of the rest."""

    surname: float | None
    given: float | None
    father: float | None
    swapped: bool
    birth: Sign
    birth_how: str
    country: Sign
    sex: Sign
    identifiers: tuple[Reason, ...]
    phone: bool
    supported: bool
    """A telephone, or a document number but for one character, agrees."""
    contradicted: bool
    """Both have an ИНН or a СНИЛС, and not the same."""

    @property
    def least(self) -> float:
        """The weaker of surname and given name; what is not known counts as nothing."""
        return min(self.surname or 0.0, self.given or 0.0)

    @property
    def father_agrees(self) -> bool:
        """Both name the same father."""
        return (self.father or 0.0) >= ALIKE

    @property
    def corroborated(self) -> bool:
        """Something besides names and birth date speaks for one person."""
        return self.father_agrees or self.supported

    @property
    def most(self) -> float:
        """The stronger of the two."""
        return max(self.surname or 0.0, self.given or 0.0)


def compare(mine: Card, theirs: Card) -> Verdict:
    """The answer for two cards and its reasons; the order of the two does not matter."""
    found = _compared(mine, theirs)
    answer = _answer(found, woman="F" in (mine.sex, theirs.sex))
    return Verdict(
        answer, _alike(found, answer, mine, theirs), tuple(_reasons(found, mine, theirs))
    )


def _compared(mine: Card, theirs: Card) -> _Compared:
    one, other = names_of(mine), names_of(theirs)
    surname = likeness(one.surname, other.surname)
    given = likeness(one.given, other.given)
    swapped = False
    if min(surname or 0.0, given or 0.0) < ALIKE:
        crossed = (likeness(one.surname, other.given), likeness(one.given, other.surname))
        least = min(crossed[0] or 0.0, crossed[1] or 0.0)
        if least >= FAIR and least > min(surname or 0.0, given or 0.0):
            (surname, given), swapped = crossed, True
    identifiers = tuple(_identifiers(mine, theirs))
    birth, how = _birth(mine.birth_date, theirs.birth_date)
    phone = bool(mine.phone) and phone_key(mine.phone) == phone_key(theirs.phone)
    return _Compared(
        surname,
        given,
        likeness(one.father, other.father),
        swapped,
        birth,
        how,
        _plain(mine.citizenship, theirs.citizenship),
        _plain(mine.sex, theirs.sex),
        tuple(reason for reason in identifiers if reason.sign == "="),
        phone,
        phone or any(reason.sign == "≈" for reason in identifiers),
        _numbers_differ(mine.inn, theirs.inn) or _numbers_differ(mine.snils, theirs.snils),
    )


def _answer(found: _Compared, *, woman: bool) -> Answer:
    if found.identifiers:
        fits = _fits_with_identifier(found)
        return "perhaps" if fits is None else "same" if fits else "different"
    if _speaks_against(found):
        return "different"
    strict = found.contradicted or found.sex == "✕" or found.country == "✕"
    fits = False
    if found.birth == "=":
        fits = _fits_same_day(found) or (woman and not strict and _married(found))
    elif found.birth == "≈":
        fits = (not strict or found.corroborated) and _fits_near_day(found)
    elif found.birth == "":
        fits = not strict and _fits_without_day(found)
    return "perhaps" if fits else "different"


def _speaks_against(found: _Compared) -> bool:
    """Another father, number, sex or country that what agrees does not outweigh."""
    if found.father is not None and found.father < FAIR:
        return True
    if found.contradicted:
        return found.father is None or found.least < EXACT
    if found.sex == "✕" and (found.given or 0.0) < EXACT:
        return True  # twins; a mistaken sex comes with the very same given name
    differs = found.sex == "✕" or found.country == "✕"
    return differs and found.least < EXACT and not found.corroborated


def _fits_same_day(found: _Compared) -> bool:
    # the better part must be sure when the other is in doubt: twins share a surname only
    return found.least >= FAIR and found.most >= 0.8


def _married(found: _Compared) -> bool:
    """Another surname, and all else is the same: a woman who married."""
    return (found.given or 0.0) >= ALIKE and found.corroborated


def _fits_near_day(found: _Compared) -> bool:
    """Born on days that differ by a slip, or on a day nobody knows in the same year."""
    fathers = found.father
    if fathers is not None and fathers < 0.8:
        return False
    if found.birth_how == "year":
        return found.least >= EXACT and (fathers is not None or found.supported)
    # few people are born on one's day with day and month exchanged: as good as the day itself
    sure = found.corroborated or found.birth_how == "swapped"
    if sure and found.most >= EXACT:
        return found.least >= FAIR  # one slip in the date and one in a name
    return found.least >= (0.8 if found.supported else ALIKE if fathers is not None else EXACT)


def _fits_without_day(found: _Compared) -> bool:
    if found.father_agrees and found.supported and found.most >= EXACT:
        return found.least >= FAIR
    return found.least >= 0.93 and found.corroborated


_ENOUGH: Mapping[Sign, float] = {"=": FAIR, "≈": ALIKE, "": 0.9}
"""How alike the names must be, by how the birth dates agree, when an identifier is the same."""


def _fits_with_identifier(found: _Compared) -> bool | None:
    """True: one person; False: not; None: people must look."""
    sure = not found.contradicted and found.sex != "✕"
    if sure and found.birth in _ENOUGH and found.least >= _ENOUGH[found.birth]:
        return True
    # one number in two cards with another name and another birth date is a slip of whoever typed
    # it, not one person; a generation apart, it is a child under a parent's passport
    if found.birth == "✕" and (found.least < 0.8 or found.birth_how == "generation"):
        return False
    return None


_GENERATION = 14
"""Years between a parent and a child, at the least."""
_SIGNED = {"=": 36, "≈": 15}


def _alike(found: _Compared, answer: Answer, mine: Card, theirs: Card) -> int:
    letters = [
        any(one and fold(one) == fold(other) for one, other in zip(mine_said, said, strict=True))
        for mine_said, said in (
            ((mine.surname, mine.surname_latin), (theirs.surname, theirs.surname_latin)),
            ((mine.given, mine.given_latin), (theirs.given, theirs.given_latin)),
            ((mine.patronymic,), (theirs.patronymic,)),
        )
    ]
    parts = (
        30 * _credit(found.surname, letters[0]),
        25 * _credit(found.given, letters[1]),
        4 * _credit(found.father, letters[2]),
        _SIGNED.get(found.birth, 0),
        5 if found.country == "=" else 0,
        -25 if found.sex == "✕" else 0,
    )
    if found.identifiers and answer != "different":
        return 99 if found.identifiers[0].code == "document" else 98
    return max(0, min(97, int(sum(parts))))


def _credit(likeness_of: float | None, same_letters: bool) -> float:
    if likeness_of is None or likeness_of < 0.6:
        return 0.0
    return 1.0 if same_letters else likeness_of * 0.85


def _birth(mine: str, theirs: str) -> tuple[Sign, str]:
    """How two birth dates agree: one digit off, two neighbours swapped, day for month, or only
    the year, where 1 January stands for a day nobody knows."""
    if not mine or not theirs:
        return "", ""
    if mine == theirs:
        return "=", ""
    same_year = mine[:4] == theirs[:4]
    wrong = [at for at, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b]
    how = ""
    if same_year and (mine[5:7], mine[8:10]) == (theirs[8:10], theirs[5:7]):
        how = "swapped"
    elif len(wrong) == 1:
        how = "digit"
    elif wrong[1:] == [wrong[0] + 1] and mine[wrong[0] : wrong[1] + 1] == (
        theirs[wrong[1]] + theirs[wrong[0]]
    ):
        how = "transposed"
    elif same_year and "-01-01" in (mine[4:], theirs[4:]):
        how = "year"
    if how:
        return "≈", how
    return "✕", "generation" if abs(int(mine[:4]) - int(theirs[:4])) >= _GENERATION else ""


def _plain(mine: str, theirs: str) -> Sign:
    if not mine or not theirs:
        return ""
    return "=" if mine == theirs else "✕"


def digits_of(text: str) -> str:
    """Only the digits."""
    return "".join(char for char in text if char.isdigit())


def _numbers_differ(mine: str, theirs: str) -> bool:
    one, other = digits_of(mine), digits_of(theirs)
    if not one or not other or len(one) != len(other):
        return False
    return sum(a != b for a, b in zip(one, other, strict=True)) > 2


def _identifiers(mine: Card, theirs: Card) -> Iterator[Reason]:
    for country, number in mine.documents:
        key = number_key(number)
        for other_country, other_number in theirs.documents:
            if country and other_country and country != other_country:
                continue
            sign = _document_sign(key, number_key(other_number))
            if sign:
                text = "Тот же документ" if sign == "=" else "Номер документа отличается знаком"
                both = "|".join(sorted((key, number_key(other_number))))
                yield Reason("document", sign, f"{text}: {number}", fingerprint(both))
    for code, title, one, other in (
        ("inn", "Тот же ИНН", mine.inn, theirs.inn),
        ("snils", "Тот же СНИЛС", mine.snils, theirs.snils),
    ):
        digits = digits_of(one)
        if digits and digits == digits_of(other):
            yield Reason(code, "=", f"{title}: {one}", fingerprint(digits))


def _document_sign(mine: str, theirs: str) -> Sign:
    if len(mine) < 5 or len(theirs) < 5:
        return ""
    if mine == theirs:
        return "="
    if len(mine) != len(theirs):
        short, long = sorted((mine, theirs), key=len)
        return "≈" if len(short) >= 6 and long.endswith(short) else ""
    wrong = [at for at in range(len(mine)) if mine[at] != theirs[at]]
    one_slip = len(wrong) == 1 or (
        len(wrong) == 2 and sorted(mine[at] for at in wrong) == sorted(theirs[at] for at in wrong)
    )
    return "≈" if one_slip else ""


@lru_cache(maxsize=65_536)
def fingerprint(text: str) -> str:
    """A short mark of a value that can be compared but not read."""
    return blake2b(text.encode(), digest_size=6).hexdigest()


# --- reasons in words


def _reasons(found: _Compared, mine: Card, theirs: Card) -> Iterator[Reason]:
    yield from found.identifiers
    if found.contradicted:
        yield Reason("numbers", "✕", "ИНН или СНИЛС разные")
    yield from _name_reasons(found)
    born = {
        "swapped": "В дате рождения переставлены день и месяц",
        "digit": "Дата рождения отличается одной цифрой",
        "transposed": "В дате рождения переставлены цифры",
        "year": "Совпадает год рождения, день не известен точно",
    }
    if found.birth:
        text = {"=": "Та же дата рождения", "✕": "Даты рождения разные"}.get(
            found.birth, born.get(found.birth_how, "")
        )
        mark = fingerprint(mine.birth_date) if found.birth == "=" else ""
        yield Reason("birth", found.birth, text, mark)
    if found.country:
        same = found.country == "="
        text = "То же гражданство" if same else "Гражданство разное"
        yield Reason("country", found.country, text)
    if found.sex == "✕":
        yield Reason("sex", "✕", "Пол разный")
    if found.phone:
        yield Reason("phone", "=", "Тот же телефон", fingerprint(phone_key(mine.phone)))
    elif found.supported:
        yield from (one for one in _identifiers(mine, theirs) if one.sign == "≈")


def _name_reasons(found: _Compared) -> Iterator[Reason]:
    if found.swapped:
        yield Reason("names", "≈", "Фамилия и имя поменялись местами")
    for code, alike, equal, near, apart in (
        ("surname", found.surname, "Та же фамилия", "Похожая фамилия", "Фамилии разные"),
        ("given", found.given, "То же имя", "Похожее имя", "Имена разные"),
        ("father", found.father, "То же отчество", "Похожее отчество", "Отчества разные"),
    ):
        if alike is None or (found.swapped and code != "father"):
            continue
        sign: Sign = "=" if alike >= EXACT else "≈" if alike >= FAIR else "✕"
        yield Reason(code, sign, {"=": equal, "≈": near, "✕": apart}[sign])
