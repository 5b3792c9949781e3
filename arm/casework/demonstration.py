"""Invented people for demonstrations, tests and measurements: plausible, consistent, repeatable.

The same arguments always give the same people. Nobody is real; names are common ones of their
countries (``resources/reference/names.toml``), telephones, ИНН (with right check digits) and
document numbers are made up, each telephone once.
"""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from types import MappingProxyType
from typing import Any, Final

from arm.model import migrant_id
from arm.model.names import fold
from arm.places import RESOURCES

Made = tuple[str, str, dict[str, Any]]
"""Kind, id and fields in wire form of one record."""

_CITIZENSHIPS: Final = {
    "UZB": 40, "TJK": 26, "KGZ": 9, "AZE": 7, "MDA": 4, "ARM": 4, "KAZ": 3, "VNM": 3, "TKM": 2,
    "IND": 1, "CHN": 1,
}  # fmt: skip
_EAEU: Final = frozenset({"ARM", "KAZ", "KGZ"})
_VISA: Final = frozenset({"VNM", "TKM", "IND", "CHN"})
_SERIES: Final = {
    "UZB": ("FA", "FB", "AB", "AC", "AD"), "TJK": ("",), "KGZ": ("PE", "ID", "AC"), "AZE": ("C",),
    "MDA": ("A", "B"), "ARM": ("AN", "AT", "AU"), "KAZ": ("N",), "VNM": ("C", "K"), "TKM": ("A",),
    "IND": ("N", "P", "R"), "CHN": ("E", "G"),
}  # fmt: skip
_NUMBER_DIGITS: Final = {"TJK": 9, "AZE": 8, "MDA": 8, "KAZ": 8, "CHN": 8}
_ISSUERS: Final = {
    "UZB": ("МВД 26283", "МВД 27224", "МВД 10201"), "TJK": ("МВД РТ", "ХШБ ВКД"),
    "KGZ": ("МКК 218055", "МКК 211061"), "AZE": ("МВД АР",), "MDA": ("MAI 04",), "ARM": ("007",),
    "KAZ": ("МВД РК",), "VNM": ("Иммиграционная служба",), "TKM": ("ГМС Туркменистана",),
    "IND": ("Дели",), "CHN": ("МОБ КНР",),
}  # fmt: skip
_LANGUAGES: Final = {
    "UZB": ["ru", "uz"], "TJK": ["ru", "tg"], "KGZ": ["ky", "ru"], "AZE": ["az", "ru"],
    "MDA": ["ro", "ru"], "ARM": ["hy", "ru"], "KAZ": ["kk", "ru"], "VNM": ["vi"], "TKM": ["tk"],
    "IND": ["en", "hi"], "CHN": ["zh"],
}  # fmt: skip
_BIRTH_PLACES: Final = {
    "UZB": ("Ташкент", "Самарканд", "Андижан", "Фергана", "Наманган", "Бухара", "Хива"),
    "TJK": ("Душанбе", "Худжанд", "Куляб", "Бохтар", "Истаравшан"),
    "KGZ": ("Бишкек", "Ош", "Джалал-Абад"), "AZE": ("Баку", "Гянджа", "Ленкорань"),
    "MDA": ("Кишинёв", "Бельцы", "Комрат"), "ARM": ("Ереван", "Гюмри"),
    "KAZ": ("Алматы", "Шымкент"), "VNM": ("Ханой", "Дананг"), "TKM": ("Ашхабад", "Мары"),
    "IND": ("Дели", "Мумбаи"), "CHN": ("Харбин", "Пекин"),
}  # fmt: skip
_PROFESSIONS: Final = (
    "каменщик", "бетонщик", "штукатур", "маляр", "подсобный рабочий", "уборщик", "повар",
    "водитель автомобиля", "сварщик", "электромонтажник", "швея", "кухонный рабочий", "грузчик",
)  # fmt: skip
_EMPLOYERS: Final = (
    "ООО «Стройлиния»", "ООО «Волжский бетон»", "ООО «Чистый двор»", "АО «Теплосеть-2»",
    "ООО «Пекарня на Лесной»", "ИП Соколов А. В.", "ООО «Монтажник»", "ООО «Фабрика Север»",
)  # fmt: skip
_STREETS: Final = (
    "улица Лесная", "улица Победы", "проспект Кирова", "улица Стара-Загора", "улица Речная",
    "переулок Школьный", "улица Мира", "шоссе Московское", "проезд Заводской", "улица Советская",
)  # fmt: skip
_TOWNS: Final = {
    "40": ("Приокская область", ("г Приокск", "г Заречный", "пгт Лесной")),
    "63": ("Самарская область", ("г Самара", "г Тольятти", "г Сызрань", "с Кинель-Черкассы")),
    "59": ("Пермский край", ("г Пермь", "г Березники")),
    "77": ("г Москва", ("",)),
    "78": ("г Санкт-Петербург", ("",)),
}
_HOST_NAMES: Final = (
    ("Петрова", "Ольга", "Сергеевна"), ("Кузнецов", "Андрей", "Викторович"),
    ("Сидорова", "Татьяна", "Ивановна"), ("Морозов", "Павел", "Олегович"),
    ("Волкова", "Нина", "Петровна"), ("Лебедев", "Игорь", "Николаевич"),
    ("Соловьёва", "Анна", "Дмитриевна"), ("Фёдоров", "Олег", "Юрьевич"),
)  # fmt: skip
_HOST_ORGANISATIONS: Final = ("ООО «Общежитие на Речной»", "ООО «Гостиный дом»", "АО «Теплосеть-2»")

_SITUATIONS: Final = {
    "closed": 38, "patent": 37, "eaeu": 8, "fresh": 4, "study": 4, "residence": 4, "family": 5,
}  # fmt: skip
_CONSENT_PURPOSE: Final = "Сопровождение в центре адаптации"


@cache
def _names() -> Mapping[str, Mapping[str, list[list[str]]]]:
    with (RESOURCES / "reference" / "names.toml").open("rb") as file:
        return MappingProxyType(tomllib.load(file))


def people(  # noqa: PLR0917 – each argument is one plain fact, named at every call
    n: int,
    seed: int,
    on: date,
    office_region: str,
    workstation_number: int,
    logins: Sequence[str],
) -> Iterator[Made]:
    """The records of ``n`` invented people, person by person, as they stand on ``on``.

    Hosts come before the people who use them. Ids are UUIDs of version 7 whose times increase
    from person to person, so that one person's records lie together in any index. Terms are
    spread around ``on``: some overdue, some today, more in the week after, most later.
    """
    rnd = Random(seed)  # noqa: S311 – repeatable on purpose, nothing secret is made of it
    maker = _Maker(rnd, on, office_region, workstation_number, tuple(logins), n)
    for number in range(n):
        yield from maker.person(number)


def _uuid7(millis: int, order: int, rnd: Random) -> str:
    value = (millis & ((1 << 48) - 1)) << 80 | 0x7 << 76 | order << 64
    return str(uuid.UUID(int=value | 0b10 << 62 | rnd.getrandbits(62)))


def inn_of_person(digits: str) -> str:
    """Twelve digits of a person's ИНН from its first ten (order ММВ-7-6/435: two check digits)."""
    for weights in ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)):
        total = sum(int(d) * w for d, w in zip(digits, weights, strict=True))
        digits += str(total % 11 % 10)
    return digits


@dataclass(frozen=True, slots=True)
class _Name:
    surname: str
    given: str
    patronymic: str | None
    surname_latin: str
    given_latin: str
    patronymic_latin: str | None


@dataclass(slots=True)
class _Person:
    """One person being made: where the ids continue and what later records need."""

    id: str
    case_id: str
    millis: int
    citizenship: str
    entered: date
    order: int = 2
    made: list[Made] = field(default_factory=list)


@dataclass(slots=True)
class _Maker:
    rnd: Random
    on: date
    region: str
    workstation: int
    logins: tuple[str, ...]
    total: int
    hosts: list[tuple[str, str]] = field(default_factory=list)
    """Id and address of the hosts made so far."""

    def person(self, number: int) -> list[Made]:
        rnd = self.rnd
        noon = datetime(self.on.year, self.on.month, self.on.day, 5, tzinfo=UTC)
        millis = int(noon.timestamp() * 1000) - (self.total - number) * 60_000
        citizenship = self._pick(_CITIZENSHIPS)
        situation = self._situation(citizenship)
        person = _Person(
            _uuid7(millis, 0, rnd),
            _uuid7(millis, 1, rnd),
            millis,
            citizenship,
            self._entered(situation),
        )
        profession = rnd.choice(_PROFESSIONS) if situation not in {"study", "family"} else None
        self._identity(person, number, profession)
        make = {
            "closed": self._closed, "patent": self._patent, "eaeu": self._eaeu,
            "fresh": self._fresh, "study": self._study, "residence": self._residence,
            "family": self._family,
        }[situation]  # fmt: skip
        make(person, profession)
        if situation != "closed" and rnd.random() < 0.25:
            self._add(person, "consent", given_on=person.entered, purpose=_CONSENT_PURPOSE)
        if situation != "closed" and rnd.random() < 0.04:
            self._own_term(person)
        return person.made

    # ------------------------------------------------------------------ parts

    def _pick(self, weights: Mapping[str, int]) -> str:
        return self.rnd.choices(tuple(weights), tuple(weights.values()))[0]

    def _situation(self, citizenship: str) -> str:
        found = self._pick(_SITUATIONS)
        if citizenship in _EAEU and found in {"patent", "fresh"}:
            return "eaeu"
        if citizenship in _VISA and found in {"patent", "fresh", "eaeu"}:
            return "study"
        return "patent" if found == "eaeu" and citizenship not in _EAEU else found

    def _entered(self, situation: str) -> date:
        rnd = self.rnd
        low, high = {
            "closed": (300, 1_800), "patent": (45, 320), "eaeu": (3, 300), "fresh": (0, 31),
            "study": (60, 600), "residence": (100, 700), "family": (3, 88),
        }[situation]  # fmt: skip
        return self.on - timedelta(rnd.randint(low, high))

    def _add(self, person: _Person, kind: str, **fields: Any) -> str:
        made_id = _uuid7(person.millis, person.order, self.rnd)
        person.order += 1
        body = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in fields.items()
            if value is not None
        }
        person.made.append((kind, made_id, {"person_id": person.id, **body}))
        return made_id

    def _name(self, citizenship: str, *, woman: bool) -> _Name:
        rnd, names = self.rnd, _names()[citizenship]
        surname, *surname_spellings = rnd.choice(names["surnames"])
        given, *given_spellings = rnd.choice(names["women" if woman else "men"])
        father, *father_spellings = rnd.choice(names["men"])
        latin = _machine(rnd.choice(surname_spellings))
        if woman and surname.endswith(("ов", "ев", "ёв", "ин")):
            surname, latin = surname + "а", latin + "A"
        patronymic, patronymic_latin = self._patronymic(
            citizenship, father, _machine(rnd.choice(father_spellings)), woman=woman
        )
        given_latin = _machine(rnd.choice(given_spellings))
        return _Name(surname, given, patronymic, latin, given_latin, patronymic_latin)

    def _patronymic(
        self, citizenship: str, father: str, latin: str, *, woman: bool
    ) -> tuple[str | None, str | None]:
        chance = self.rnd.random()
        if citizenship in {"VNM", "IND", "CHN"} or (citizenship == "TJK" and chance < 0.4):
            return None, None
        if citizenship == "MDA" and chance < 0.7:
            return None, None
        if citizenship == "AZE":
            ending, spelled = ("кызы", "QIZI") if woman else ("оглы", "OGLU")
            return f"{father} {ending}", f"{latin} {spelled}"
        if citizenship == "UZB" and chance < 0.35:
            ending, spelled = ("кизи", "QIZI") if woman else ("угли", "OGLI")
            return f"{father} {ending}", f"{latin} {spelled}"
        return _russian_patronymic(father, woman=woman), None

    def _identity(self, person: _Person, number: int, profession: str | None) -> None:
        rnd, citizenship = self.rnd, person.citizenship
        woman = rnd.random() < 0.3
        name = self._name(citizenship, woman=woman)
        born = self.on - timedelta(int(rnd.triangular(18.2, 64, 29) * 365.25))
        phone = _phone(number) if rnd.random() < 0.9 else None
        inn = inn_of_person(f"{rnd.randrange(10**10):010d}") if rnd.random() < 0.6 else None
        body: dict[str, Any] = {
            "migrant_id": migrant_id.make(
                self.region,
                (self.workstation + number // 1_000_000) % 10_000,
                number % 1_000_000,
            ),
            "surname": name.surname, "given": name.given, "patronymic": name.patronymic,
            "surname_latin": name.surname_latin, "given_latin": name.given_latin,
            "patronymic_latin": name.patronymic_latin, "birth_date": born.isoformat(),
            "sex": "F" if woman else "M", "citizenship": citizenship,
            "birth_country": citizenship, "birth_place": rnd.choice(_BIRTH_PLACES[citizenship]),
            "phone": phone, "languages": _LANGUAGES[citizenship], "inn": inn,
            "profession": profession,
            "employer": rnd.choice(_EMPLOYERS) if profession and rnd.random() < 0.5 else None,
        }  # fmt: skip
        kept = {key: value for key, value in body.items() if value is not None}
        person.made.append(("person", person.id, kept))
        self._passport(person)

    def _passport(self, person: _Person) -> None:
        rnd, citizenship = self.rnd, person.citizenship
        digits = _NUMBER_DIGITS.get(citizenship, 7)
        # most passports outlive the visit; a few run out soon
        left = rnd.randint(200, 3_300) if rnd.random() < 0.985 else rnd.randint(5, 90)
        valid_to = self.on + timedelta(left)
        issued = _years(valid_to, -10) + timedelta(1)
        first = "4" if citizenship == "TJK" else str(rnd.randrange(10))
        self._add(
            person,
            "identity_document",
            document_type="passport",
            country=citizenship,
            series=rnd.choice(_SERIES[citizenship]) or None,
            number=first + f"{rnd.randrange(10 ** (digits - 1)):0{digits - 1}d}",
            issued_on=issued,
            valid_to=valid_to,
            issued_by=rnd.choice(_ISSUERS[citizenship]),
        )

    def _case(self, person: _Person, route: str | None, closed: date | None = None) -> None:
        opened = min(person.entered + timedelta(self.rnd.randint(0, 5)), self.on)
        body = {
            "person_id": person.id, "route": route, "opened_on": opened.isoformat(),
            "closed_on": closed.isoformat() if closed else None,
            "responsible": self.rnd.choice(self.logins) if self.logins else None,
        }  # fmt: skip
        kept = {key: value for key, value in body.items() if value is not None}
        person.made.append(("case_file", person.case_id, kept))

    def _card(
        self,
        person: _Person,
        purpose: str,
        left: date | None = None,
        extended: date | None = None,
    ) -> date:
        entered = person.entered
        until = extended or entered + timedelta(89)
        self._add(
            person, "migration_card", series=f"46{entered:%y}",
            number=f"{self.rnd.randrange(10**7):07d}", entered_on=entered, purpose=purpose,
            stay_until=until, left_on=left,
        )  # fmt: skip
        return until

    def _host(self, person: _Person) -> tuple[str, str]:
        rnd = self.rnd
        if self.hosts and rnd.random() < 0.84:
            return rnd.choice(self.hosts)
        region, towns = _TOWNS.get(self.region, ("", ("",)))
        place = ", ".join(p for p in (region, rnd.choice(towns), rnd.choice(_STREETS)) if p)
        address = f"{place}, д. {rnd.randint(1, 180)}, кв. {rnd.randint(1, 220)}"
        host_id = _uuid7(person.millis - 1, 0, rnd)
        if rnd.random() < 0.8:
            surname, given, patronymic = rnd.choice(_HOST_NAMES)
            body = {
                "host_kind": "person", "surname": surname, "given": given,
                "patronymic": patronymic, "document_type": "Паспорт гражданина РФ",
                "document_series": f"36{rnd.randint(10, 24)}",
                "document_number": f"{rnd.randrange(10**6):06d}",
                "document_issued_on": f"20{rnd.randint(10, 24)}-0{rnd.randint(1, 9)}-17",
                "address": address, "phone": f"+7900000{rnd.randrange(10_000):04d}",
            }  # fmt: skip
        else:
            body = {
                "host_kind": "organisation", "organisation": rnd.choice(_HOST_ORGANISATIONS),
                "organisation_inn": "6300000000", "organisation_address": address,
                "phone": f"+7900000{rnd.randrange(10_000):04d}",
            }  # fmt: skip
        person.made.append(("host_party", host_id, body))
        self.hosts.append((host_id, address))
        return host_id, address

    def _register(self, person: _Person, until: date, registered: date | None = None) -> None:
        host_id, address = self._host(person)
        at = registered or person.entered + timedelta(self.rnd.randint(1, 5))
        self._add(
            person, "registration", host_id=host_id, address=address, place_kind="dwelling",
            arrived_on=person.entered, registered_on=min(at, self.on), valid_to=until,
        )  # fmt: skip

    def _certificate(self, person: _Person, kind: str, issued: date, days: int | None) -> None:
        number = f"{self.rnd.randint(100, 99_999)}"
        valid_to = issued + timedelta(days) if days else None
        self._add(
            person, "certificate", certificate_type=kind, number=number, issued_on=issued,
            valid_to=valid_to,
        )  # fmt: skip

    def _own_term(self, person: _Person) -> None:
        title = self.rnd.choice(
            ("Перезвонить работодателю", "Отдать перевод паспорта", "Проверить запись к врачу")
        )
        self._add(
            person, "deadline", case_id=person.case_id, rule="manual", title_text=title,
            due_on=self._soon(), responsible=self.rnd.choice(self.logins) if self.logins else None,
            state="open",
        )  # fmt: skip

    def _soon(self) -> date:
        """A day for a term: few overdue, some today, more this week, most later."""
        chance = self.rnd.random()
        if chance < 0.010:
            days = -self.rnd.randint(1, 22)
        elif chance < 0.018:
            days = 0
        elif chance < 0.06:
            days = self.rnd.randint(1, 6)
        else:
            days = self.rnd.randint(7, 150)
        return self.on + timedelta(days)

    # ------------------------------------------------------------------ situations

    def _closed(self, person: _Person, _profession: str | None) -> None:
        closed = min(person.entered + timedelta(self.rnd.randint(30, 290)), self.on)
        self._case(person, None if self.rnd.random() < 0.4 else "patent", closed)
        if self.rnd.random() < 0.6:
            self._card(person, "work", left=closed)

    def _patent(self, person: _Person, profession: str | None) -> None:
        rnd = self.rnd
        issued = min(person.entered + timedelta(rnd.randint(12, 40)), self.on - timedelta(1))
        valid_to = _years(issued, 1) - timedelta(1)
        paid = min(self._soon(), valid_to)
        self._case(person, "patent")
        self._card(person, "work")
        self._register(person, valid_to)
        for kind, days in (("medical", 364), ("fingerprints", None), ("exam", 1_095)):
            made = max(person.entered, issued - timedelta(rnd.randint(2, 12)))
            if kind != "medical" or made + timedelta(364) > self.on:
                self._certificate(person, kind, made, days)
        self._add(
            person, "stay_permit", permit_type="patent", series=self.region,
            number=f"{rnd.randrange(10**10):010d}", issued_on=issued, valid_to=valid_to,
            paid_through=max(paid, issued), region=self.region, profession=profession,
            issued_by="МВД",
        )  # fmt: skip

    def _fresh(self, person: _Person, _profession: str | None) -> None:
        rnd = self.rnd
        gone = (self.on - person.entered).days
        self._case(person, "patent")
        until = self._card(person, "work")
        if rnd.random() < (0.35 if gone < 5 else 0.96):
            self._register(person, until)
        for step in ("medical", "fingerprints", "exam", "patent_application"):
            late = {"exam": 24, "patent_application": 28}.get(step, 22)
            if gone > 3 and rnd.random() < (0.985 if gone >= late else 0.25):
                self._add(
                    person, "route_step", case_id=person.case_id, step=step, state="done",
                    done_on=person.entered + timedelta(rnd.randint(2, gone)),
                )  # fmt: skip

    def _eaeu(self, person: _Person, _profession: str | None) -> None:
        self._case(person, "eaeu_work")
        self._card(person, "work")
        if self.rnd.random() < 0.8 or not 25 < (self.on - person.entered).days < 40:
            self._register(person, max(self._soon(), person.entered + timedelta(30)))
        self._certificate(person, "contract", person.entered + timedelta(2), 700)
        if (self.on - person.entered).days > 20:
            for step in ("medical", "fingerprints"):
                self._step_done(person, step)

    def _step_done(self, person: _Person, step: str) -> None:
        done = min(person.entered + timedelta(self.rnd.randint(3, 25)), self.on)
        self._add(
            person, "route_step", case_id=person.case_id, step=step, state="done", done_on=done
        )

    def _study(self, person: _Person, _profession: str | None) -> None:
        self._case(person, "study")
        until = max(self._soon(), person.entered + timedelta(89))
        self._card(person, "study", extended=until)
        self._register(person, until)
        if person.citizenship in _VISA:
            self._add(
                person, "stay_permit", permit_type="visa", series="20",
                number=f"{self.rnd.randrange(10**7):07d}", issued_on=person.entered,
                valid_to=until + timedelta(20), issued_by="МВД",
            )  # fmt: skip
        for step in ("medical", "fingerprints", "enrolment"):
            self._step_done(person, step)

    def _residence(self, person: _Person, _profession: str | None) -> None:
        rnd = self.rnd
        self._case(person, "residence")
        self._card(person, "private")
        issued = min(person.entered + timedelta(rnd.randint(60, 99)), self.on)
        valid_to = _years(issued, 3) - timedelta(1)
        self._register(person, valid_to)
        self._add(
            person, "stay_permit", permit_type="trp" if rnd.random() < 0.6 else "prp",
            series=f"{rnd.randint(80, 83)}", number=f"{rnd.randrange(10**7):07d}",
            issued_on=issued, valid_to=valid_to, region=self.region, issued_by="МВД",
        )  # fmt: skip

    def _family(self, person: _Person, _profession: str | None) -> None:
        self._case(person, "family")
        until = self._card(person, "private")
        if self.rnd.random() < 0.8 or not 5 < (self.on - person.entered).days < 20:
            self._register(person, until)


def _phone(number: int) -> str:
    """A telephone that no other invented person has; multiplying spreads neighbours apart."""
    if number < 10_000:
        return f"+7900000{number * 7_919 % 10_000:04d}"
    return f"+7945{number * 7_654_321 % 10_000_000:07d}"


def _machine(spelling: str) -> str:
    """A name as a passport's machine-readable zone has it: no apostrophes, no accents."""
    return fold(spelling).upper()


def _russian_patronymic(father: str, *, woman: bool) -> str:
    last = father.rsplit(maxsplit=1)[-1]
    if last[-1] in "йь":
        return last[:-1] + ("евна" if woman else "евич")
    if last[-1] in "аеиоуыэюя":
        return last[:-1] + ("евна" if woman else "евич")
    return last + ("овна" if woman else "ович")


def _years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
