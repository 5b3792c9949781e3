"""A day's statement of 50,000 payments in 1C's format, beside splitting its lines into dicts."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from arm.exchange import client_bank_1c
from bench.line import Line, lower_is_better

PAYMENTS = 50_000
_DOCUMENT = """СекцияДокумент=Платежное поручение
Номер={n}
Дата=04.05.2026
Сумма={sum}.00
ПлательщикСчет=40817810{a}
Плательщик={name}
ПлательщикИНН={inn}
Плательщик1={name}
ПлательщикРасчСчет=40817810{a}
ПлательщикБанк1=ПАО СБЕРБАНК
ПлательщикБИК=044525225
ПлательщикКорсчет=30101810400000000225
ДатаПоступило=04.05.2026
ПолучательСчет=03100643000000018500
Получатель=Казначейство России (ФНС России)
ПолучательИНН=7727406020
ПолучательКПП=770701001
ПолучательБанк1=ОТДЕЛЕНИЕ ТУЛА БАНКА РОССИИ//УФК по Тульской области
ПолучательБИК=017003983
ПолучательКорсчет=40102810445370000059
ВидОплаты=01
Код=0
СтатусСоставителя=13
ПлательщикКПП=0
ПоказательКБК=18210102040011000110
ОКАТО=57701000
ПоказательОснования=0
ПоказательПериода=0
ПоказательНомера=0
ПоказательДаты=0
Очередность=5
НазначениеПлатежа=НДФЛ фиксированный авансовый платеж по патенту 59 {patent}
КонецДокумента
"""


def statement(count: int, seed: int = 1) -> bytes:
    """``count`` payments of different people."""
    chance = random.Random(seed)
    surnames = ("Турсунов", "Зокиров", "Каримов", "Назаров", "Джураев")
    names = ("Улугбек", "Сафарали", "Далер", "Лазиз", "Рашад")
    documents = (
        _DOCUMENT.format(
            n=n,
            sum=chance.choice((8137, 16274, 4000, 24411)),
            a=chance.randrange(10**11, 10**12),
            name=f"{chance.choice(surnames)} {chance.choice(names)} {n}",
            inn=chance.randrange(10**11, 10**12),
            patent=chance.randrange(10**9, 10**10),
        )
        for n in range(1, count + 1)
    )
    head = "1CClientBankExchange\nВерсияФормата=1.03\nКодировка=Windows\n"
    text = head + "".join(documents) + "КонецФайла\n"
    return text.replace("\n", "\r\n").encode("cp1251")


def _split(content: bytes) -> int:
    """The least any reader must do: lines, pairs, a dict a document."""
    documents: list[dict[str, str]] = []
    current: dict[str, str] = {}
    for line in content.decode("cp1251").splitlines():
        key, _, value = line.partition("=")
        if key == "СекцияДокумент":
            current = {}
        elif key == "КонецДокумента":
            documents.append(current)
        else:
            current[key] = value
    return len(documents)


def _read(content: bytes) -> int:
    return len(client_bank_1c.read(content).payments)


def _seconds(work: Callable[[bytes], int], content: bytes) -> float:
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        assert work(content) == PAYMENTS
        best = min(best, time.process_time() - began)
    return best


def run() -> list[Line]:
    """Seconds of processor time to read the day, best of three."""
    content = statement(PAYMENTS)
    ours, baseline = _seconds(_read, content), _seconds(_split, content)
    name = f"1C, {PAYMENTS} payments, {len(content) / 1e6:.0f} MB"
    return [lower_is_better(name, ours, "s", "lines into dicts", baseline)]
