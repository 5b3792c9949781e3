"""Holders of patents, and where to look for the one a payment means.

Built once for many payments: by ИНН, by number of a patent or a passport, by a pair of name words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal

from arm.casework.match_keys import word_code
from arm.casework.matching import Card, digits_of
from arm.casework.payment_words import Group, NameWord, normal_number
from arm.model.names import latin_key, masculine_key


@dataclass(frozen=True, slots=True)
class HeldPatent:
    """One patent of a person. ``region``: two digits; ``id`` is the record's, if it has one."""

    region: str
    number: str
    """Series and number, digits only."""
    issued_on: date | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who may pay for a patent. ``id``: whatever the caller knows people by."""

    id: str
    card: Card
    patents: tuple[HeldPatent, ...] = ()


_DOUBLE = re.compile(r"(.)\1+")
NumberKind = Literal["patent", "passport"]


@dataclass(slots=True)
class PaymentIndex:
    """Places of holders in ``holders`` by what a payment may say of them."""

    holders: Sequence[Holder]
    by_inn: dict[str, list[int]] = field(default_factory=dict)
    by_number: dict[str, list[tuple[NumberKind, int]]] = field(default_factory=dict)
    by_names: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    by_joined: dict[str, list[int]] = field(default_factory=dict)

    def with_inn(self, inn: str) -> Sequence[int]:
        """Who has this ИНН."""
        return self.by_inn.get(inn, ())

    def near_inn(self, inn: str) -> set[int]:
        """Whose ИНН is one slip of the pen from this one."""
        return {
            place for near in slips(inn) if len(near) == 12 for place in self.by_inn.get(near, ())
        }

    def with_number(self, number: str) -> Sequence[tuple[NumberKind, int]]:
        """Whose patent or passport has this number."""
        return self.by_number.get(number, ())

    def near_number(self, number: str) -> set[tuple[NumberKind, int]]:
        """Whose patent or passport number is one digit from this one; a patent's from nine."""
        if len(number) < 9:
            return set()
        return {held for near in slips(number) for held in self.by_number.get(near, ())}

    def with_names(self, group: Group) -> set[int]:
        """Who bears a surname and a given name of two near words of the group, however spelt."""
        found: set[int] = set()
        for one, other in _neighbours(group):
            for pair in _pairs(one, other):
                found.update(self.by_names.get(pair, ()))
        for word in group:
            if len(word.key) >= 8:
                found.update(self.by_joined.get(word.key, ()))
        return found


def build_index(holders: Iterable[Holder]) -> PaymentIndex:
    """The index of these people."""
    held = tuple(holders)
    inns: dict[str, list[int]] = defaultdict(list)
    numbers: dict[str, list[tuple[NumberKind, int]]] = defaultdict(list)
    names: dict[tuple[str, str], list[int]] = defaultdict(list)
    joined: dict[str, list[int]] = defaultdict(list)
    for place, holder in enumerate(held):
        inn = digits_of(holder.card.inn)
        if inn.strip("0"):
            inns[inn].append(place)
        for kind, number in set(_numbers(holder)):
            numbers[number].append((kind, place))
        card = holder.card
        pairs, together = _name_keys(card.surname, card.surname_latin, card.given, card.given_latin)
        for pair in pairs:
            names[pair].append(place)
        for key in together:
            joined[key].append(place)
    return PaymentIndex(held, inns, numbers, names, joined)


def joined_keys(surnames: Iterable[str], given: Iterable[str]) -> frozenset[str]:
    """Keys of surname and given name written as one word, in either order."""
    found: set[str] = set()
    for surname in surnames:
        ending = ("", "a") if surname.endswith(("ov", "ev", "in")) else ("",)
        for name in given:
            found |= {surname + end + name for end in ending}
            found.add(name + surname)
    return frozenset(_DOUBLE.sub(r"\1", key) for key in found)


@lru_cache(maxsize=65_536)
def _name_keys(
    surname: str, surname_latin: str, given: str, given_latin: str
) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    """The pairs of words and the joined words by which a name is found."""
    surnames, names = _first(surname, surname_latin), _first(given, given_latin)
    pairs = {_name_pair(one, name) for one in surnames for name in names}
    pairs |= {_initial_pair(one, name[:1]) for one in surnames for name in names}
    return frozenset(pairs), joined_keys(surnames, names)


def _first(*texts: str) -> set[str]:
    return {_first_key(text) for text in texts if text} - {""}


@lru_cache(maxsize=65_536)
def _first_key(text: str) -> str:
    words = latin_key(text).split()
    return masculine_key(words[0]) if words else ""


def _numbers(holder: Holder) -> Iterator[tuple[NumberKind, str]]:
    for patent in holder.patents:
        digits = digits_of(patent.number)
        if len(digits) >= 9:
            yield "patent", digits
        if len(digits) >= 11:
            yield "patent", digits[2:]  # the series is often left out
    for _, number in holder.card.documents:
        key = normal_number(number)
        if len(key) >= 6:
            yield "passport", key
        digits = digits_of(key)
        if digits != key and len(digits) >= 7:
            yield "passport", digits


def _neighbours(group: Group) -> Iterator[tuple[NameWord, NameWord]]:
    for at, one in enumerate(group):
        for other in group[at + 1 : at + 3]:
            if not (one.initial and other.initial):
                yield one, other


def _pairs(one: NameWord, other: NameWord) -> Iterator[tuple[str, str]]:
    if one.initial or other.initial:
        whole, short = (other, one) if one.initial else (one, other)
        yield _initial_pair(whole.key, short.key[:1])
        return
    for mine in (one.key, one.base):
        for theirs in (other.key, other.base):
            if mine and theirs:
                yield _name_pair(mine, theirs)


@lru_cache(maxsize=65_536)
def _name_pair(one: str, other: str) -> tuple[str, str]:
    first, second = sorted((word_code(one), word_code(other)))
    return first, second


def _initial_pair(surname: str, letter: str) -> tuple[str, str]:
    return word_code(surname), f"{letter}."


def slips(number: str) -> Iterator[str]:
    """Every number one slip away: a digit wrong, two neighbours swapped, one lost or too many."""
    for at, digit in enumerate(number):
        for other in "0123456789":
            if other != digit:
                yield number[:at] + other + number[at + 1 :]
        yield number[:at] + number[at + 1 :]
        if at and number[at - 1] != digit:
            yield number[: at - 1] + digit + number[at - 1] + number[at + 1 :]
    for at in range(len(number) + 1):
        for other in "0123456789":
            yield number[:at] + other + number[at:]
