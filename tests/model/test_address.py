"""Addresses as landlords dictate them, and the rows of the arrival notice."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arm.model.address import FormAddress, split_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "443001, Самарская область, г. Самара, ул. Лесная, д. 23, корп. 2, кв. 17",
            FormAddress(
                ("Самарская область", "", "г. Самара", "ул. Лесная"),
                house="Дом 23", korpus="Корпус 2", flat="Квартира 17",
            ),
        ),
        (
            "Самарская обл Волжский р-н с Дубовый Умет ул Советская 12а кв 3",
            FormAddress(
                ("Самарская обл", "Волжский р-н", "с Дубовый Умет", "ул Советская"),
                house="Дом 12а", flat="Квартира 3",
            ),
        ),
        (
            "г.Москва ул.8 Марта д.5 стр.1 кв.12",
            FormAddress(
                ("г. Москва", "", "", "ул. 8 Марта"),
                house="Дом 5", stroenie="Строение 1", flat="Квартира 12",
            ),
        ),
        (
            "Россия, Санкт-Петербург, Московское шоссе, 15, к. 2, лит. А, пом. 3Н",
            FormAddress(
                ("Санкт-Петербург", "", "", "Московское шоссе"),
                house="Дом 15", korpus="Корпус 2", stroenie="Литера А", room="Помещение 3Н",
            ),
        ),
        (
            "Московская обл., г.о. Химки, д. Поярково, СНТ Берёзка, уч. 17",
            FormAddress(
                ("Московская обл.", "г.о. Химки", "д. Поярково", "СНТ Берёзка"),
                house="Участок 17",
            ),
        ),
        (
            "Общежитие № 3, комната 12",
            FormAddress(("", "", "", ""), house="Общежитие 3", room="Комната 12"),
        ),
        ("", FormAddress(("", "", "", ""))),
    ],
)  # fmt: skip
def test_address_fits_the_form(text: str, expected: FormAddress) -> None:
    assert split_address(text) == expected


def test_what_is_not_understood_stays_on_paper() -> None:
    split = split_address("г. Самара, за мостом")
    assert split.rows[3] == "за мостом"


def test_what_has_no_room_is_reported() -> None:
    split = split_address("г. Самара, ул. Лесная, подъезд 3 за углом синей двери у магазина")
    assert split.overflow == ("подъезд 3 за углом синей двери у магазина",)


def test_row_longer_than_its_cells_is_named() -> None:
    split = split_address("Ханты-Мансийский автономный округ — Югра, г Сургут, пр-кт Ленина 40")
    assert split.too_long == (1,)
    assert split.house == "Дом 40"


_WORDS = (
    "Самара Лесная Победы Волжский г. г с. обл край р-н ул ул. пр-кт д. д дом кв. корп стр лит"
    " к № 5 12а 17/2 3-я мкр СНТ — , ; республика городской округ АО Москва"
)
_PIECES = st.sampled_from(_WORDS.split(" "))


def shown(text: str) -> str:
    """Everything that stands on the form and beside it once the text is split."""
    split = split_address(text)
    boxes = (split.house, split.korpus, split.stroenie, split.flat, split.room)
    return " ".join((*split.rows, *boxes, *split.overflow))


@given(st.lists(_PIECES, max_size=14).map(" ".join))
def test_no_name_and_no_number_is_ever_lost(text: str) -> None:
    kept = Counter(re.findall(r"\d+|Самара|Лесная|Победы|Волжский|Москва", shown(text)))
    typed = Counter(re.findall(r"\d+|Самара|Лесная|Победы|Волжский|Москва", text))
    assert kept == typed


@given(st.text(max_size=120))
def test_any_text_is_an_address_of_sorts(text: str) -> None:
    whole = shown(text)
    assert [word for word in re.findall(r"[^\W\d_]{4,}", text) if word not in whole] == []
