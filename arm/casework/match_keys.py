"""Where to look for another card of a person: numbers that two cards of one person share.

A full birth date alone is a key (some twenty people in 150,000), so that any slip in the names is
forgiven there; both names with the year, and one name with day and month in either order, forgive
a slip in the date. Documents, ИНН, СНИЛС and the telephone are keys as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b

from arm.casework.matching import Card, digits_of, names_of
from arm.model.name_likeness import Readings, name_number
from arm.model.names import sound_key
from arm.store.search_index import number_key, phone_key

Parts = tuple[str, ...]


@lru_cache(maxsize=1_024)
def keys(card: Card) -> tuple[int, ...]:
    """The keys of a card; only cards that share one are compared."""
    parts = [*_by_number(card), *_by_name(card)]
    return tuple(dict.fromkeys(_key(*one) for one in parts))


def _key(*parts: str) -> int:
    digest = blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def _by_number(card: Card) -> Iterator[Parts]:
    for _, number in card.documents:
        key = number_key(number)
        digits = digits_of(key)
        if len(key) >= 5:
            yield "d", key
        if digits != key and len(digits) >= 6:
            yield "d", digits  # the series is often left out
    for mark, said in (("i", card.inn), ("s", card.snils)):
        if said:
            yield mark, digits_of(said)
    if len(phone_key(card.phone)) >= 10:
        yield "p", phone_key(card.phone)


def _by_name(card: Card) -> Iterator[Parts]:
    names = names_of(card)
    pairs = set(_pairs(names.surname, names.given))
    fathers = {word_code(words[0]) for words in names.father}
    year, month, day = card.birth_date[:4], card.birth_date[5:7], card.birth_date[8:10]
    if card.birth_date:
        yield "b", card.birth_date
        for word in {word for pair in pairs for word in pair}:
            yield "w", word, *sorted((day, month))
            for one in fathers:
                yield "f", word, one, year
    for pair in pairs:
        if card.birth_date:
            yield "y", *pair, year
        for one in fathers:
            yield "n", *pair, one


def _pairs(surname: Readings, given: Readings) -> Iterable[Parts]:
    """Surname and given name by sound, in alphabetical order: they are often swapped."""
    for one, other in zip(surname[:2], given[:2], strict=False):
        yield tuple(sorted((word_code(one[0]), word_code(other[0]))))


@lru_cache(maxsize=131_072)
def word_code(word: str) -> str:
    """One code for all spellings of a name's word: a known name's number, else its sound."""
    number = name_number(word)
    return f"#{number}" if number is not None else sound_key(word)
