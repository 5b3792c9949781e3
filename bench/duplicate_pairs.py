"""Pairs of cards with the right answer: one person entered twice, or two people who look alike.

The same seed makes the same list. :func:`tuned` is the set the rules were made with;
:func:`held_out` and :func:`fresh` have names of their own and another mix of slips, and no rule
was changed after looking at them.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Final

from arm.casework.demonstration import inn_of_person
from arm.casework.matching import Card
from arm.model.names import fold, guess_cyrillic
from arm.places import RESOURCES
from bench.duplicate_names import HELD_OUT as HELD_OUT_NAMES
from bench.duplicate_names import Names

Country = tuple[Names, Names, Names]
"""Surnames, men's names, women's names."""


@dataclass(frozen=True)
class Pair:
    """Two cards, whether they are one person, and how the pair was made."""

    one: Card
    other: Card
    same_person: bool
    how: str


@dataclass(frozen=True)
class Recipe:
    """A list: its seed, its names, how often each slip happens (weights), how many slips a pair."""

    name: str
    seed: int
    countries: Mapping[str, Country]
    slips: Mapping[str, int]
    slips_a_pair: tuple[int, ...]
    pairs: int = 1_600


@dataclass(frozen=True)
class _Person:
    country: str
    woman: bool
    surname: tuple[str, ...]
    given: tuple[str, ...]
    father: tuple[str, ...]
    born: date
    patronymic_style: str

    def card(self, rnd: random.Random) -> Card:
        """The card as a careful clerk writes it."""
        latin = _upper(rnd.choice(self.surname[1:]))
        surname = self.surname[0]
        if self.woman and surname.endswith(("ов", "ев", "ин")):
            surname, latin = surname + "а", latin + "A"
        patronymic, patronymic_latin = _patronymic(self, rnd)
        number = _passport(self.country, rnd)
        return Card(
            surname, self.given[0], patronymic, latin, _upper(rnd.choice(self.given[1:])),
            patronymic_latin, self.born.isoformat(), "F" if self.woman else "M", self.country,
            ((self.country, number),),
            inn_of_person(f"{rnd.randrange(10**10):010d}") if rnd.random() < 0.35 else "",
            f"{rnd.randrange(10**11):011d}" if rnd.random() < 0.15 else "",
            f"+79{rnd.randrange(10**9):09d}" if rnd.random() < 0.7 else "",
        )  # fmt: skip


def _upper(latin: str) -> str:
    return fold(latin).upper()


def _passport(country: str, rnd: random.Random) -> str:
    series = {"UZB": "FA", "KGZ": "AC", "AZE": "C0", "ARM": "AV", "UKR": "FE", "CHN": "EJ"}
    return (
        series.get(country, "")
        + f"{rnd.randrange(10**6, 10**7)}"
        + (f"{rnd.randrange(10)}{rnd.randrange(10)}" if country in {"TJK", "TUR", "SYR"} else "")
    )


def _patronymic(person: _Person, rnd: random.Random) -> tuple[str, str]:
    father, latin = person.father[0], _upper(rnd.choice(person.father[1:]))
    woman = person.woman
    match person.patronymic_style:
        case "ovich":
            return _russian(father, woman=woman), ""
        case "ugli":
            ending = ("кизи", "QIZI") if woman else ("угли", "OGLI")
        case "oglu":
            ending = ("кызы", "QIZI") if woman else ("оглы", "OGLU")
        case "uulu":
            ending = ("кызы", "KYZY") if woman else ("уулу", "UULU")
        case _:
            return "", ""
    return f"{father} {ending[0]}", f"{latin} {ending[1]}"


def _russian(father: str, *, woman: bool) -> str:
    if father[-1] in "йь":
        return father[:-1] + ("евна" if woman else "евич")
    if father[-1] in "аеёиоуыэюя":
        return father + ("евна" if woman else "евич")
    return father + ("овна" if woman else "ович")


_STYLES = {
    "UZB": ("ovich", "ugli", ""), "TJK": ("ovich", ""), "KGZ": ("ovich", "uulu"),
    "AZE": ("oglu",), "KAZ": ("ovich",), "ARM": ("ovich",), "UKR": ("ovich",), "TKM": ("ovich",),
    "MDA": ("ovich", ""),
}  # fmt: skip


# --- slips: what makes the second card of one person differ


Slip = Callable[[Card, "_Person", random.Random], Card]


def _only_latin(card: Card, _person: _Person, _rnd: random.Random) -> Card:
    """Taken from the passport's zone and never translated."""
    if not (card.surname_latin and card.given_latin):
        return card
    return replace(card, surname="", given="", patronymic="")


def _only_russian(card: Card, _person: _Person, _rnd: random.Random) -> Card:
    if not (card.surname and card.given):
        return card
    return replace(card, surname_latin="", given_latin="", patronymic_latin="")


def _other_spelling(card: Card, person: _Person, rnd: random.Random) -> Card:
    surname, given = _upper(rnd.choice(person.surname[1:])), _upper(rnd.choice(person.given[1:]))
    surname += "A" if card.surname_latin.endswith("A") and person.woman else ""
    return replace(card, surname_latin=surname, given_latin=given)


def _translated_anew(card: Card, person: _Person, rnd: random.Random) -> Card:
    """Another notary wrote the Russian name after the Latin one."""
    card = _other_spelling(card, person, rnd)
    return replace(
        card,
        surname=guess_cyrillic(card.surname_latin, person.country),
        given=guess_cyrillic(card.given_latin, person.country),
    )


def _no_patronymic(card: Card, _person: _Person, _rnd: random.Random) -> Card:
    return replace(card, patronymic="", patronymic_latin="")


def _patronymic_otherwise(card: Card, person: _Person, rnd: random.Random) -> Card:
    if not card.patronymic:
        return card
    other = "ovich" if person.patronymic_style != "ovich" else rnd.choice(("ugli", "oglu", "uulu"))
    patronymic, latin = _patronymic(replace(person, patronymic_style=other), rnd)
    return replace(card, patronymic=patronymic, patronymic_latin=latin)


def _father_among_given(card: Card, person: _Person, rnd: random.Random) -> Card:
    """The zone of an Uzbek passport has the patronymic among the given names."""
    ending = "QIZI" if person.woman else "UGLI"
    father = _upper(rnd.choice(person.father[1:]))
    given = f"{card.given_latin} {father} {ending}"
    return replace(card, given_latin=given, patronymic="", patronymic_latin="")


def _swapped_names(card: Card, _person: _Person, _rnd: random.Random) -> Card:
    return replace(
        card, surname=card.given, given=card.surname, surname_latin=card.given_latin,
        given_latin=card.surname_latin,
    )  # fmt: skip


def _letter(text: str, rnd: random.Random, letters: str) -> str:
    """One slip of the finger."""
    if len(text) < 3:
        return text
    at = rnd.randrange(1, len(text))
    kind = rnd.choice(("other", "left out", "twice", "swapped"))
    if kind == "other":
        return text[:at] + rnd.choice(letters) + text[at + 1 :]
    if kind == "left out":
        return text[:at] + text[at + 1 :]
    if kind == "twice":
        return text[:at] + text[at] + text[at:]
    at = min(at, len(text) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


_RUSSIAN = "абвгдежзиклмнопрстуфхчшюя"
_LATIN = "ABCDEFGHIKLMNOPQRSTUVXYZ"


def _slip_in_surname(card: Card, _person: _Person, rnd: random.Random) -> Card:
    return replace(
        card,
        surname=_letter(card.surname, rnd, _RUSSIAN),
        surname_latin=_letter(card.surname_latin, rnd, _LATIN)
        if rnd.random() < 0.5 or not card.surname
        else "",
    )


def _slip_in_given(card: Card, _person: _Person, rnd: random.Random) -> Card:
    return replace(
        card,
        given=_letter(card.given, rnd, _RUSSIAN),
        given_latin=_letter(card.given_latin, rnd, _LATIN)
        if rnd.random() < 0.5 or not card.given
        else "",
    )


def _scanned_badly(card: Card, _person: _Person, rnd: random.Random) -> Card:
    """A camera takes one letter for another."""
    looks = {"O": "D", "I": "L", "U": "V", "M": "N", "E": "F", "B": "R", "G": "C", "H": "N"}

    def misread(text: str) -> str:
        places = [at for at, char in enumerate(text) if char in looks]
        if not places:
            return text
        at = rnd.choice(places)
        return text[:at] + looks[text[at]] + text[at + 1 :]

    if not (card.surname_latin and card.given_latin):
        return card
    if rnd.random() < 0.5:
        return replace(card, surname="", surname_latin=misread(card.surname_latin))
    return replace(card, given="", given_latin=misread(card.given_latin))


def _day_for_month(card: Card, _person: _Person, _rnd: random.Random) -> Card:
    born = date.fromisoformat(card.birth_date)
    if born.day > 12:
        return card
    return replace(card, birth_date=date(born.year, born.day, born.month).isoformat())


def _digit_of_birth(card: Card, _person: _Person, rnd: random.Random) -> Card:
    for _ in range(40):
        at = rnd.choice((2, 3, 6, 8, 9))
        changed = card.birth_date[:at] + str(rnd.randrange(10)) + card.birth_date[at + 1 :]
        try:
            date.fromisoformat(changed)
        except ValueError:
            continue
        if changed != card.birth_date:
            return replace(card, birth_date=changed)
    return card


def _birth_unknown(card: Card, _person: _Person, _rnd: random.Random) -> Card:
    return replace(card, birth_date="")


def _first_of_january(card: Card, _person: _Person, _rnd: random.Random) -> Card:
    return replace(card, birth_date=f"{card.birth_date[:4]}-01-01")


def _double_surname(card: Card, _person: _Person, rnd: random.Random) -> Card:
    second = rnd.choice((("Ахмедов", "AKHMEDOV"), ("Петренко", "PETRENKO"), ("Назари", "NAZARI")))
    return replace(
        card,
        surname=f"{card.surname}-{second[0]}",
        surname_latin=f"{card.surname_latin} {second[1]}" if card.surname_latin else "",
    )


def _married(card: Card, person: _Person, rnd: random.Random) -> Card:
    if not person.woman or person.country in {"VNM", "CHN"}:  # there women keep their surname
        return card
    new = rnd.choice((("Соколова", "SOKOLOVA"), ("Ибрагимова", "IBRAGIMOVA"), ("Ким", "KIM")))
    return replace(card, surname=new[0], surname_latin=new[1])


def _sex_mistaken(card: Card, _person: _Person, _rnd: random.Random) -> Card:
    return replace(card, sex="M" if card.sex == "F" else "F")


def _no_citizenship(card: Card, _person: _Person, _rnd: random.Random) -> Card:
    return replace(card, citizenship="", documents=tuple(("", n) for _, n in card.documents))


def _new_citizenship(card: Card, _person: _Person, _rnd: random.Random) -> Card:
    number = card.documents[0][1]
    return replace(card, citizenship="KAZ", documents=(("KAZ", "N" + number),))


def _nothing(card: Card, _person: _Person, _rnd: random.Random) -> Card:
    return card


SLIPS: Final[Mapping[str, Slip]] = {
    "only Latin": _only_latin,
    "only Russian": _only_russian,
    "other spelling": _other_spelling,
    "translated anew": _translated_anew,
    "no patronymic": _no_patronymic,
    "patronymic otherwise": _patronymic_otherwise,
    "father among given names": _father_among_given,
    "names swapped": _swapped_names,
    "slip in surname": _slip_in_surname,
    "slip in given name": _slip_in_given,
    "scanned badly": _scanned_badly,
    "day for month": _day_for_month,
    "digit of birth date": _digit_of_birth,
    "birth date unknown": _birth_unknown,
    "1 January": _first_of_january,
    "double surname": _double_surname,
    "married": _married,
    "sex mistaken": _sex_mistaken,
    "no citizenship": _no_citizenship,
    "new citizenship": _new_citizenship,
    "nothing": _nothing,
}
_DATE_SLIPS = frozenset({"day for month", "digit of birth date", "birth date unknown", "1 January"})
_NAME_SLIPS = frozenset({"slip in surname", "slip in given name", "scanned badly", "married"})


def _entered_twice(recipe: Recipe, rnd: random.Random) -> Pair:
    person = _person(recipe, rnd)
    card = person.card(rnd)
    chosen: list[str] = []
    for name in rnd.choices(
        tuple(recipe.slips), tuple(recipe.slips.values()), k=rnd.choice(recipe.slips_a_pair)
    ):
        # one slip in the date and one in the letters is what happens; two of a kind is another card
        kinds = (_DATE_SLIPS, _NAME_SLIPS)
        if not any(name in kind and kind & set(chosen) for kind in kinds) and name not in chosen:
            chosen.append(name)
    other = card
    for name in chosen:
        other = SLIPS[name](other, person, rnd)
    other = _second_papers(other, person, rnd)
    return Pair(card, other, same_person=True, how=", ".join(chosen))


def _second_papers(card: Card, person: _Person, rnd: random.Random) -> Card:
    """What papers the second desk saw: mostly a new passport, seldom a number we know already."""
    chance = rnd.random()
    country, number = card.documents[0]
    if chance < 0.55:
        number = _passport(person.country, rnd)
    elif chance < 0.62:
        number = number[2:] if number[:1].isalpha() else number
    elif chance < 0.68:
        number = number[:-1] + str((int(number[-1]) + 1) % 10)
    inn = card.inn if rnd.random() < 0.4 else ""
    snils = card.snils if rnd.random() < 0.4 else ""
    phone = card.phone if rnd.random() < 0.5 else f"+79{rnd.randrange(10**9):09d}"
    return replace(card, documents=((country, number),), inn=inn, snils=snils, phone=phone)


def _person(recipe: Recipe, rnd: random.Random, **fixed: object) -> _Person:
    country = str(fixed.get("country") or rnd.choice(tuple(recipe.countries)))
    surnames, men, women = recipe.countries[country]
    woman = bool(fixed.get("woman", rnd.random() < 0.3))
    born = fixed.get("born") or date(1960, 1, 1) + timedelta(rnd.randrange(46 * 365))
    assert isinstance(born, date)
    return _Person(
        country,
        woman,
        fixed.get("surname") or rnd.choice(surnames),  # type: ignore[arg-type]  # a name of the list
        fixed.get("given") or rnd.choice(women if woman else men),  # type: ignore[arg-type]  # likewise
        fixed.get("father") or rnd.choice(men),  # type: ignore[arg-type]  # likewise
        born,
        rnd.choice(_STYLES.get(country, ("",))),
    )


# --- two people who look alike


def _other_given(
    recipe: Recipe, person: _Person, rnd: random.Random, *, woman: bool
) -> tuple[str, ...]:
    names = recipe.countries[person.country][2 if woman else 1]
    others = [one for one in names if fold(one[0]) != fold(person.given[0])]
    return rnd.choice(others)


def _neighbour(card: Card, other: Card) -> Card:
    """Passports given on one day have numbers side by side."""
    country, number = card.documents[0]
    near = number[:-1] + str((int(number[-1]) + 1) % 10)
    return replace(other, documents=((country, near),), phone=card.phone or other.phone)


def _twins(recipe: Recipe, rnd: random.Random) -> Pair:
    person = _person(recipe, rnd)
    woman = person.woman if rnd.random() < 0.7 else not person.woman
    given = _other_given(recipe, person, rnd, woman=woman)
    if person.country in {"UZB", "TJK"} and not woman and not person.woman and rnd.random() < 0.4:
        person = replace(person, given=("Хасан", "HASAN", "KHASAN"))
        given = ("Хусан", "HUSAN", "KHUSAN")
    twin = replace(person, woman=woman, given=given)
    card = person.card(rnd)
    return Pair(card, _neighbour(card, twin.card(rnd)), same_person=False, how="twins")


def _siblings(recipe: Recipe, rnd: random.Random) -> Pair:
    person = _person(recipe, rnd)
    other = replace(
        person,
        given=_other_given(recipe, person, rnd, woman=person.woman),
        born=person.born + timedelta(rnd.randint(300, 3_000)),
    )
    card = person.card(rnd)
    return Pair(card, _neighbour(card, other.card(rnd)), same_person=False, how="siblings")


def _father_and_son(recipe: Recipe, rnd: random.Random) -> Pair:
    father = _person(recipe, rnd, woman=False)
    # a first son often bears the grandfather's name
    given = father.father if rnd.random() < 0.5 else _other_given(recipe, father, rnd, woman=False)
    son = replace(
        father, given=given, father=father.given,
        born=min(father.born + timedelta(rnd.randint(18 * 365, 35 * 365)), date(2012, 5, 5)),
    )  # fmt: skip
    card = father.card(rnd)
    other = replace(son.card(rnd), phone=card.phone)
    if rnd.random() < 0.25:
        other = replace(other, documents=card.documents)
        return Pair(card, other, same_person=False, how="child under a parent's passport")
    return Pair(card, other, same_person=False, how="father and son")


def _namesakes(recipe: Recipe, rnd: random.Random) -> Pair:
    """The same names in full, born in the same year on another day."""
    person = _person(recipe, rnd)
    day = person.born
    while day == person.born:
        day = date(person.born.year, 1, 1) + timedelta(rnd.randrange(365))
    father = (
        person.father if rnd.random() < 0.3 else rnd.choice(recipe.countries[person.country][1])
    )
    other = replace(person, born=day, father=father)
    return Pair(person.card(rnd), other.card(rnd), same_person=False, how="namesakes, same year")


def _namesakes_other_father(recipe: Recipe, rnd: random.Random) -> Pair:
    person = _person(recipe, rnd, country=rnd.choice([c for c in recipe.countries if c in _STYLES]))
    men = recipe.countries[person.country][1]
    father = rnd.choice([one for one in men if one != person.father])
    one = replace(person, patronymic_style=person.patronymic_style or "ovich")
    other = replace(one, father=father)
    return Pair(one.card(rnd), other.card(rnd), same_person=False, how="namesakes, same birth date")


def _full_namesakes(recipe: Recipe, rnd: random.Random) -> Pair:
    """All names and the birth date are the same, and yet two people: seldom, and nobody could
    tell without more papers. Only «same» would be a fault here, but it is counted as one."""
    person = _person(recipe, rnd)
    return Pair(person.card(rnd), person.card(rnd), same_person=False, how="full namesakes")


def _spouses(recipe: Recipe, rnd: random.Random) -> Pair:
    man = _person(recipe, rnd, woman=False)
    wife = _person(recipe, rnd, woman=True, country=man.country, surname=man.surname)
    wife = replace(wife, born=man.born + timedelta(rnd.randint(-2_000, 2_000)))
    card = man.card(rnd)
    return Pair(card, replace(wife.card(rnd), phone=card.phone), same_person=False, how="spouses")


def _number_of_another_country(recipe: Recipe, rnd: random.Random) -> Pair:
    one, other = _person(recipe, rnd), _person(recipe, rnd)
    number = f"{rnd.randrange(10**7, 10**8)}"
    other_country = rnd.choice([c for c in recipe.countries if c != one.country])
    return Pair(
        replace(one.card(rnd), documents=((one.country, number),)),
        replace(other.card(rnd), documents=((other_country, number),), citizenship=other_country),
        same_person=False,
        how="number of another country",
    )


def _born_the_same_day(recipe: Recipe, rnd: random.Random) -> Pair:
    one = _person(recipe, rnd)
    other = _person(recipe, rnd, country=one.country, born=one.born, woman=one.woman)
    if other.surname == one.surname or (other.given == one.given and rnd.random() < 0.5):
        other = replace(other, given=_other_given(recipe, one, rnd, woman=one.woman))
    if other.surname == one.surname and other.given == one.given:
        return _twins(recipe, rnd)
    return Pair(one.card(rnd), other.card(rnd), same_person=False, how="born the same day")


_LOOKALIKES: Final = (
    (_twins, 22), (_siblings, 14), (_father_and_son, 12), (_namesakes, 20),
    (_namesakes_other_father, 8), (_full_namesakes, 1), (_spouses, 8),
    (_number_of_another_country, 6), (_born_the_same_day, 9),
)  # fmt: skip


def pairs(recipe: Recipe) -> list[Pair]:
    """The list of a recipe, always the same: one half is one person, one half is two."""
    rnd = random.Random(recipe.seed)
    makers, weights = zip(*_LOOKALIKES, strict=True)
    found: list[Pair] = []
    while len(found) < recipe.pairs:
        if len(found) % 2:
            found.append(_entered_twice(recipe, rnd))
        else:
            found.append(rnd.choices(makers, weights)[0](recipe, rnd))
    return found


@cache
def _listed_names() -> dict[str, Country]:
    with (RESOURCES / "reference" / "names.toml").open("rb") as file:
        table = tomllib.load(file)
    return {
        country: tuple(  # type: ignore[misc]  # three kinds of names
            tuple(tuple(name) for name in groups[kind]) for kind in ("surnames", "men", "women")
        )
        for country, groups in table.items()
    }


def tuned() -> Recipe:
    """The set the rules were made with: names of the demonstration."""
    return Recipe(
        "tuned", 20_261_128, _listed_names(),
        {
            "only Latin": 10, "only Russian": 12, "other spelling": 12, "translated anew": 10,
            "no patronymic": 10, "patronymic otherwise": 8, "father among given names": 4,
            "names swapped": 5, "slip in surname": 9, "slip in given name": 8, "day for month": 6,
            "digit of birth date": 6, "birth date unknown": 1, "double surname": 3, "married": 3,
            "sex mistaken": 1, "no citizenship": 3, "new citizenship": 1, "nothing": 6,
        },
        (1, 1, 2, 2, 3),
    )  # fmt: skip


def held_out() -> Recipe:
    """The set nobody looked at: other names, another seed, more slips of other kinds."""
    return Recipe(
        "held out", 7_191_004, HELD_OUT_NAMES,
        {
            "only Latin": 14, "only Russian": 8, "other spelling": 8, "translated anew": 14,
            "no patronymic": 8, "patronymic otherwise": 10, "father among given names": 6,
            "names swapped": 8, "slip in surname": 8, "slip in given name": 10, "scanned badly": 8,
            "day for month": 5, "digit of birth date": 8, "birth date unknown": 1, "1 January": 1,
            "double surname": 4, "married": 2, "sex mistaken": 2, "no citizenship": 2,
            "new citizenship": 1, "nothing": 4,
        },
        (1, 2, 2, 3),
    )  # fmt: skip


def fresh() -> Recipe:
    """People of the held-out kind under a seed that was first used after the rules were done."""
    return replace(held_out(), name="fresh", seed=33_550_336, pairs=3_200)
