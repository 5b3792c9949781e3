"""Payments for patents with the errors that people, terminals and banks make, and the truth.

Every recipe is a function of one name; whose payment it is and how it must end stand beside it.
All persons are invented.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from arm.casework.payment_index import HeldPatent, Holder
from arm.exchange.statement import StatementPayment
from arm.model.names import fold, to_latin_icao
from bench.duplicates import cards
from forms.kit.check import inn_is_right

DAY = date(2026, 5, 4)
ACCOUNT = "03100643000000018500"
RATE = 813_700
End = Literal["settle", "look", "unknown", "ignore", "duplicate"]


@dataclass(frozen=True)
class Made:
    """One payment with its truth: ``person`` is empty where nobody or anybody of several is."""

    payment: StatementPayment
    kind: str
    person: str
    months: int
    end: End


def people(n: int, seed: int = 7) -> list[Holder]:
    """Holders of patents of Perm: each with ИНН, passport and patent."""
    chance = random.Random(seed)
    taken: set[str] = set()
    found = []
    for number, card in enumerate(cards(n), 1):
        inn = _fresh(taken, lambda: _inn(chance))
        patent = _fresh(taken, lambda: f"59{chance.randrange(10**9, 10**10)}")
        issued = date(2025, chance.randrange(6, 13), chance.randrange(1, 28))
        held = (HeldPatent("59", patent, issued),)
        found.append(Holder(str(number), replace(card, inn=inn), held))
    return found


def _fresh(taken: set[str], made: Callable[[], str]) -> str:
    one = made()
    while one in taken:
        one = made()
    taken.add(one)
    return one


def _inn(chance: random.Random) -> str:
    first = f"{chance.randrange(10**9, 10**10)}"
    weights = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
    for row in weights:
        digits = [int(char) for char in first]
        first += str(sum(d * w for d, w in zip(digits, row, strict=True)) % 11 % 10)
    return first


class Writer:
    """Writes payments with errors for one list of people."""

    def __init__(self, holders: Sequence[Holder], seed: int) -> None:
        self.chance = random.Random(seed)
        self.holders = holders
        self.number = 0
        named: dict[tuple[str, str], list[Holder]] = defaultdict(list)
        for holder in holders:
            named[fold(holder.card.surname), fold(holder.card.given)].append(holder)
        self.namesakes = [group for group in named.values() if len(group) > 1]
        self.inns = {holder.card.inn for holder in holders}

    def write(self, n: int) -> list[Made]:
        """``n`` payments by all recipes in their shares."""
        recipes = [recipe for recipe, share in _SHARES.items() for _ in range(share)]
        made: list[Made] = []
        while len(made) < n:
            recipe = self.chance.choice(recipes)
            made += recipe(self, self.chance.choice(self.holders))
        return made[:n]

    def order(self, holder: Holder, **changes: object) -> StatementPayment:
        """A faultless order of this person."""
        self.number += 1
        card = holder.card
        said: dict[str, object] = {
            "line": self.number,
            "number": str(self.number),
            "on": DAY,
            "received_on": DAY,
            "kopecks": RATE,
            "payer": " ".join(filter(None, (card.surname, card.given, card.patronymic))),
            "payer_inn": card.inn,
            "payer_kpp": "0",
            "payer_account": f"40817810{self.chance.randrange(10**11, 10**12)}",
            "payer_bik": "044525225",
            "payee": "Казначейство России (ФНС России)",
            "payee_inn": "7727406020",
            "payee_kpp": "770701001",
            "payee_account": ACCOUNT,
            "purpose": f"НДФЛ фиксированный авансовый платеж по патенту {self.patent(holder)}",
            "kbk": "18210102040011000110",
            "oktmo": "57701000",
            "status": "13",
            "uin": "0",
        }
        return StatementPayment(**(said | changes))  # type: ignore[arg-type]

    @staticmethod
    def patent(holder: Holder) -> str:
        """«59 7877461735»."""
        number = holder.patents[0].number
        return f"{number[:2]} {number[2:]}"

    def slip(self, number: str) -> str:
        """One digit wrong, two swapped or one lost; never another person's."""
        while True:
            at = self.chance.randrange(len(number))
            how = self.chance.random()
            if how < 0.7:
                wrong = number[:at] + self.chance.choice("0123456789") + number[at + 1 :]
            elif how < 0.9 and at:
                wrong = number[: at - 1] + number[at] + number[at - 1] + number[at + 1 :]
            else:
                wrong = number[:at] + number[at + 1 :]
            if wrong != number and wrong not in self.inns:
                return wrong


def _one(
    writer: Writer, holder: Holder, kind: str, end: End, months: int = 1, **changes: object
) -> list[Made]:
    changes.setdefault("kopecks", months * RATE)
    return [Made(writer.order(holder, **changes), kind, holder.id, months, end)]


# --- settled by itself


def exact(w: Writer, h: Holder) -> list[Made]:
    return _one(w, h, "exact", "settle", w.chance.choice((1, 1, 1, 2, 3, 6, 12)))


def initials(w: Writer, h: Holder) -> list[Made]:
    payer = f"{h.card.surname.upper()} {h.card.given[:1].upper()}."
    return _one(w, h, "initials", "settle", payer=payer, purpose="ЗА ПАТЕНТ")


def swapped(w: Writer, h: Holder) -> list[Made]:
    payer = f"{h.card.given} {h.card.surname}"
    return _one(w, h, "swapped names", "settle", payer=payer, purpose="НДФЛ патент")


def joined(w: Writer, h: Holder) -> list[Made]:
    payer = f"{h.card.surname}{h.card.given}"
    payer = payer.upper() if w.chance.random() < 0.5 else payer
    return _one(w, h, "joined words", "settle", payer=payer, purpose="НДФЛ патент")


def no_spaces(w: Writer, h: Holder) -> list[Made]:
    purpose = f"НДФЛпопатенту{h.patents[0].number}"
    return _one(w, h, "missing spaces", "settle", purpose=purpose)


_VARIANTS = (("KH", "H"), ("KH", "X"), ("J", "DZH"), ("ZH", "J"), ("IE", "E"), ("Y", "I"),
             ("IU", "YU"), ("IA", "YA"), ("Q", "K"), ("CH", "TCH"))  # fmt: skip


def transliterated(w: Writer, h: Holder) -> list[Made]:
    payer = to_latin_icao(f"{h.card.surname} {h.card.given}")
    for one, other in w.chance.sample(_VARIANTS, 3):
        payer = payer.replace(one, other)
    return _one(w, h, "transliterated", "settle", payer=payer, purpose="NDFL patent")


def foreign_letters(w: Writer, h: Holder) -> list[Made]:
    looks = str.maketrans("аеорсухАВЕКМНОРСТХ", "aeopcyxABEKMHOPCTX")
    payer = "".join(
        char.translate(looks) if w.chance.random() < 0.4 else char
        for char in f"{h.card.surname} {h.card.given}"
    )
    return _one(w, h, "foreign letters", "settle", payer=payer, purpose="НДФЛ патент")


def digits_in_name(w: Writer, h: Holder) -> list[Made]:
    payer = f"{h.card.surname} {h.card.given}".replace("о", "0", 1).replace("з", "3", 1)
    return _one(w, h, "digits in the name", "settle", payer=payer, purpose="НДФЛ патент")


def read_by_machine(w: Writer, h: Holder) -> list[Made]:
    number = h.patents[0].number.translate(str.maketrans("015", "OIS"))
    return _one(w, h, "patent number misread", "settle", purpose=f"НДФЛ по патенту {number}")


def slip_in_name(w: Writer, h: Holder) -> list[Made]:
    at = w.chance.randrange(1, len(h.card.surname))
    surname = h.card.surname[:at] + h.card.surname[at + 1 :]
    return _one(w, h, "letter lost", "settle", payer=f"{surname} {h.card.given}")


def for_whom(w: Writer, h: Holder) -> list[Made]:
    purpose = f"За {h.card.surname}а {h.card.given}а НДФЛ патент {w.patent(h)}"
    return _one(w, h, "another pays", "settle", payer="Сидорова Анна", purpose=purpose)


def employer_pays(w: Writer, h: Holder) -> list[Made]:
    purpose = f"6644368404//590401001//{h.card.surname} {h.card.given}//НДФЛ по патенту"
    return _one(w, h, "employer pays", "settle", payer='ООО "Строй-63"', purpose=purpose)


def old_kpp(w: Writer, h: Holder) -> list[Made]:
    return _one(w, h, "old KPP", "settle", payee_kpp="770801001")


def two_at_once(w: Writer, h: Holder) -> list[Made]:
    account = f"40817810{w.chance.randrange(10**11, 10**12)}"
    return [
        *_one(w, h, "two at once", "settle", payer_account=account),
        *_one(w, h, "two at once", "settle", payer_account=account),
    ]


def only_patent(w: Writer, h: Holder) -> list[Made]:
    return _one(w, h, "no INN, patent number", "settle", payer_inn="0")


# --- a person looks


def slip_in_inn(w: Writer, h: Holder) -> list[Made]:
    return _one(w, h, "slip in the INN", "look", payer_inn=w.slip(h.card.inn))


def slips_in_both(w: Writer, h: Holder) -> list[Made]:
    purpose = f"НДФЛ по патенту {w.slip(h.patents[0].number)}"
    return _one(
        w, h, "slips in INN and number", "look", payer_inn=w.slip(h.card.inn), purpose=purpose
    )


def employers_inn(w: Writer, h: Holder) -> list[Made]:
    name = " ".join(filter(None, (h.card.surname, h.card.given, h.card.patronymic)))
    purpose = f"6644368404//590401001//{name}//НДФЛ по патенту {w.patent(h)}"
    return _one(
        w, h, "employer's INN", "look", payer='ООО "Строй"', payer_inn="6644368404", purpose=purpose
    )


def for_several(w: Writer, h: Holder) -> list[Made]:
    other = w.chance.choice([one for one in w.chance.sample(w.holders, 5) if one.id != h.id])
    names = [f"{one.card.surname} {one.card.given}" for one in (h, other)]
    made = _one(
        w, h, "employer for several", "look", 2, payer='ООО "Строй"', payer_inn="6644368404",
        purpose=f"НДФЛ патент за {', '.join(names)}",
    )  # fmt: skip
    return [replace(one, person="") for one in made]


def also_for_another(w: Writer, h: Holder) -> list[Made]:
    other = next(
        one for one in w.chance.sample(w.holders, 50)
        if fold(one.card.surname)[:4] != fold(h.card.surname)[:4]
        and fold(one.card.given)[:4] != fold(h.card.given)[:4]
    )  # fmt: skip
    purpose = f"НДФЛ за себя, {other.card.surname} {other.card.given}"
    return _one(w, h, "also for another", "look", 2, purpose=purpose)


def rounded(w: Writer, h: Holder) -> list[Made]:
    return _one(w, h, "rounded sum", "look", kopecks=w.chance.choice((810_000, 815_000, 820_000)))


def last_years_rate(w: Writer, h: Holder) -> list[Made]:
    return _one(w, h, "last year's rate", "look", kopecks=710_000)


def latin_without_inn(w: Writer, h: Holder) -> list[Made]:
    name = to_latin_icao(f"{h.card.surname} {h.card.given}")
    passport = h.card.documents[0][1].replace(" ", "") if h.card.documents else ""
    purpose = f"NDFL PATENT {passport} {name}"
    return _one(w, h, "Latin, no INN", "look", payer=name, payer_inn="0", purpose=purpose)


def other_region(w: Writer, h: Holder) -> list[Made]:
    return _one(w, h, "other OKTMO", "look", oktmo="45382000")


def others_inn(w: Writer, h: Holder) -> list[Made]:
    other = next(
        one for one in w.chance.sample(w.holders, 80)
        if fold(one.card.surname)[:3] != fold(h.card.surname)[:3]
        and fold(one.card.given)[:3] != fold(h.card.given)[:3]
    )  # fmt: skip
    made = _one(w, h, "another's INN", "look", payer_inn=other.card.inn)
    # whose it is, its clerk decides: both are shown
    return [replace(one, person="") for one in made]


def namesake(w: Writer, h: Holder) -> list[Made]:
    if not w.namesakes:
        return exact(w, h)
    one = w.chance.choice(w.chance.choice(w.namesakes))
    payer = f"{one.card.surname} {one.card.given}"
    made = _one(w, one, "namesakes", "look", payer=payer, payer_inn="", purpose="НДФЛ за патент")
    return [replace(found, person="") for found in made]


# --- nobody, nothing, again


def stranger(w: Writer, h: Holder) -> list[Made]:
    inn = _inn(w.chance)
    while inn in w.inns or not inn_is_right(inn):
        inn = _inn(w.chance)
    made = _one(
        w, h, "stranger", "unknown", payer="Зыбков Прохор", payer_inn=inn, purpose="НДФЛ патент"
    )
    return [replace(one, person="") for one in made]


def other_tax(w: Writer, h: Holder) -> list[Made]:
    return _one(
        w, h, "other tax", "ignore", kbk="18210604012021000110", purpose="Транспортный налог"
    )


def repeated(w: Writer, h: Holder) -> list[Made]:
    (first,) = _one(w, h, "exact", "settle")
    return [first, Made(first.payment, "repeated", h.id, 0, "duplicate")]


Recipe = Callable[[Writer, Holder], list[Made]]
_SHARES: dict[Recipe, int] = {
    exact: 24, initials: 5, swapped: 4, joined: 4, no_spaces: 3, transliterated: 5,
    foreign_letters: 4, digits_in_name: 2, read_by_machine: 3, slip_in_name: 4, for_whom: 2,
    employer_pays: 4, old_kpp: 3, two_at_once: 2, only_patent: 2,
    slip_in_inn: 5, slips_in_both: 1, employers_inn: 3, for_several: 2, also_for_another: 1,
    rounded: 2, last_years_rate: 2, latin_without_inn: 4, other_region: 2, others_inn: 2,
    namesake: 3, stranger: 2, other_tax: 2, repeated: 2,
}  # fmt: skip
