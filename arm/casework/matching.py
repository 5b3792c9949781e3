"""Are two cards one person: the only place that decides it, at entry, after sync and in bulk.

Three answers. ``same``: a strong identifier agrees and nothing speaks against it. ``perhaps``: names
and birth date are alike, or an identifier agrees and something does not; a person decides.
``different``: all else. The number beside an answer says how alike two *cards* are, for sorting;
nobody is merged by it. Each answer says why (:class:`Reason`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    name_number,
    readings,
)
from arm.model.names import sound_key
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
        return frozenset(f"{one.code}{one.sign}{one.mark}" for one in self.reasons if one.sign in "=≈")


@dataclass(frozen=True)
class _Names:
    surname: Readings
    given: Readings
    father: Readings


@lru_cache(maxsize=65_536)
def _names(card: Card) -> _Names:
    return _Names(
        readings(card.surname, card.surname_latin, card.citizenship, surname=True),
        readings(card.given, card.given_latin, card.citizenship),
        father(text for text in (card.patronymic, card.patronymic_latin) if text),
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


def compare(mine: Card, theirs: Card) -> Verdict:
    """The answer for two cards and its reasons; the order of the two does not matter."""
    found = _compared(mine, theirs)
    answer = _answer(found, woman="F" in (mine.sex, theirs.sex))
    return Verdict(answer, _alike(found, answer), tuple(_reasons(found, mine, theirs)))


def _compared(mine: Card, theirs: Card) -> _Compared:
    one, other = _names(mine), _names(theirs)
    surname = likeness(one.surname, other.surname)
    given = likeness(one.given, other.given)
    swapped = False
    if min(surname or 0.0, given or 0.0) < FAIR:
        crossed = (likeness(one.surname, other.given), likeness(one.given, other.surname))
        if min(crossed[0] or 0.0, crossed[1] or 0.0) >= ALIKE:
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
        return _answer_by_identifier(found)
    alike = found.least
    fathers = found.father
    if fathers is not None and fathers < 0.6:
        return "different"
    strict = found.contradicted or found.sex == "✕" or found.country == "✕"
    if strict and (alike < EXACT or fathers is None and found.contradicted):
        return "different"
    if found.birth == "=":
        married = (
            woman
            and not strict
            and (found.given or 0.0) >= ALIKE
            and fathers is not None
            and fathers >= ALIKE
        )
        # the better part must be sure when the other is in doubt: twins share a surname only
        sure = max(found.surname or 0.0, found.given or 0.0) >= 0.8
        return "perhaps" if (alike >= FAIR and sure) or married else "different"
    if strict:
        return "different"
    if found.birth == "≈":
        bar = 0.8 if found.supported else ALIKE if fathers is not None else EXACT
        if (fathers or 0.0) >= ALIKE and max(found.surname or 0.0, found.given or 0.0) >= EXACT:
            bar = FAIR  # two of three names are sure: one slip in the third is likely
        if found.birth_how == "year":
            bar = EXACT
        unsure = fathers is None and found.birth_how == "year" and not found.supported
        fits = alike >= bar and (fathers is None or fathers >= 0.8) and not unsure
        return "perhaps" if fits else "different"
    if found.birth == "":
        known = fathers is not None and fathers >= ALIKE
        return "perhaps" if alike >= 0.93 and (known or found.supported) else "different"
    return "different"


def _answer_by_identifier(found: _Compared) -> Answer:
    alike = found.least
    sure = not found.contradicted and found.sex != "✕"
    if found.birth == "=" and sure and alike >= FAIR:
        return "same"
    if found.birth == "≈" and sure and alike >= ALIKE:
        return "same"
    if found.birth == "" and sure and alike >= 0.9:
        return "same"
    # one number in two cards with another name and another birth date is a slip of whoever typed
    # it, not one person; a generation apart, it is a child under a parent's passport
    apart = found.birth == "✕" and (alike < 0.8 or found.birth_how == "generation")
    return "different" if apart else "perhaps"


_GENERATION = 14
"""Years between a parent and a child, at the least."""
_SIGNED = {"=": 36, "≈": 15}


def _alike(found: _Compared, answer: Answer) -> int:
    parts = (
        30 * _credit(found.surname),
        25 * _credit(found.given),
        4 * _credit(found.father),
        _SIGNED.get(found.birth, 0),
        5 if found.country == "=" else 0,
        -25 if found.sex == "✕" else 0,
    )
    if found.identifiers and answer != "different":
        return 99 if found.identifiers[0].code == "document" else 98
    return max(0, min(97, round(sum(parts))))


def _credit(likeness_of: float | None) -> float:
    if likeness_of is None or likeness_of < 0.6:
        return 0.0
    return 1.0 if likeness_of == 1 else likeness_of * 0.85


def _birth(mine: str, theirs: str) -> tuple[Sign, str]:
    """How two birth dates agree: one digit off, two neighbours swapped, day for month, or only
    the year, where 1 January stands for a day nobody knows."""
    if not mine or not theirs:
        return "", ""
    if mine == theirs:
        return "=", ""
    if mine[:4] == theirs[:4] and mine[5:7] == theirs[8:10] and mine[8:10] == theirs[5:7]:
        return "≈", "swapped"
    wrong = [at for at, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b]
    if len(wrong) == 1:
        return "≈", "digit"
    if (
        len(wrong) == 2
        and wrong[1] - wrong[0] == 1
        and mine[wrong[0]] == theirs[wrong[1]]
        and mine[wrong[1]] == theirs[wrong[0]]
    ):
        return "≈", "transposed"
    if mine[:4] == theirs[:4] and "-01-01" in (mine[4:], theirs[4:]):
        return "≈", "year"
    return "✕", "generation" if abs(int(mine[:4]) - int(theirs[:4])) >= _GENERATION else ""


def _plain(mine: str, theirs: str) -> Sign:
    if not mine or not theirs:
        return ""
    return "=" if mine == theirs else "✕"


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _numbers_differ(mine: str, theirs: str) -> bool:
    one, other = _digits(mine), _digits(theirs)
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
                yield Reason("document", sign, f"{text}: {number}", fingerprint(key))
    for code, title, one, other in (
        ("inn", "Тот же ИНН", mine.inn, theirs.inn),
        ("snils", "Тот же СНИЛС", mine.snils, theirs.snils),
    ):
        digits = _digits(one)
        if digits and digits == _digits(other):
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


# --- where to look: keys that two cards of one person share


def _key(*parts: str) -> int:
    digest = blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


@lru_cache(maxsize=131_072)
def _word_code(word: str) -> str:
    number = name_number(word)
    return f"#{number}" if number is not None else sound_key(word)


@lru_cache(maxsize=65_536)
def keys(card: Card) -> tuple[int, ...]:
    """Numbers under which a card is kept; only cards that share one are compared.

    A full birth date alone is a key (some twenty people in 150,000), so that any slip in the names
    is forgiven there; both names with the year, and one name with day and month in either order,
    forgive a slip in the date.
    """
    found: dict[int, None] = {}

    def add(*parts: str) -> None:
        found[_key(*parts)] = None

    for _, number in card.documents:
        key = number_key(number)
        if len(key) >= 5:
            add("d", key)
            digits = _digits(key)
            if digits != key and len(digits) >= 6:
                add("d", digits)
    if card.inn:
        add("i", _digits(card.inn))
    if card.snils:
        add("s", _digits(card.snils))
    if card.phone and len(phone_key(card.phone)) >= 10:
        add("p", phone_key(card.phone))
    names = _names(card)
    pairs = {" ".join(pair) for pair in _pairs(names.surname, names.given)}
    fathers = {_word_code(words[0]) for words in names.father}
    if card.birth_date:
        add("b", card.birth_date)
        for word in {word for pair in pairs for word in pair.split()}:
            add("w", word, *sorted((card.birth_date[5:7], card.birth_date[8:10])))
    for pair in pairs:
        if card.birth_date:
            add("y", pair, card.birth_date[:4])
        for one in fathers:
            add("n", pair, one)
    return tuple(found)


def _pairs(surname: Readings, given: Readings) -> Iterable[tuple[str, ...]]:
    """Surname and given name by sound, in alphabetical order: they are often swapped."""
    for one, other in zip(surname[:2], given[:2], strict=False):
        yield tuple(sorted((_word_code(one[0]), _word_code(other[0]))))
