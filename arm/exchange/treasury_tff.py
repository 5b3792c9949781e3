"""Text files of the Federal Treasury (ТФФ): payments in ``BD`` with its records, extracts ``VT``.

A record a line, ``|`` after every field. The columns differ by version, and the file names its
version; profiles say which columns a version has (``resources/reference/treasury_columns.toml``
and those that people have confirmed). For a version without a profile nothing is guessed:
:class:`TreasuryVersionUnknown` carries the records for a person to look at.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, ClassVar, Final

from arm.errors import ExpectedError
from arm.exchange.statement import Problem, Statement, StatementPayment
from arm.exchange.statement_values import (
    Days,
    NotAValue,
    decoded,
    read_kopecks,
    roubles,
    utf16_as_utf8,
)
from arm.places import RESOURCES

FORMAT: Final = "TFF"

_FIELDS: Final = {
    "number": "NUM_PP", "on": "DATE_PP", "received_on": "DATE_IN_TOFK", "payer": "CNAME_PAY",
    "payer_inn": "INN_PAY", "payer_kpp": "KPP_PAY", "payer_account": "BS_PAY",
    "payer_bik": "BIC_PAY", "payee": "CNAME_UBP_RCP", "payee_inn": "INN_RCP",
    "payee_kpp": "KPP_RCP", "payee_account": "BS_RCP", "purpose": "PURPOSE", "kbk": "KBK",
    "oktmo": "OKATO", "status": "PAYSTATUS", "uin": "UIN",
}  # fmt: skip
"""Column of each field; a profile names its columns by these words of the requirements."""
_SUM: Final = "SUM_PP"
_SHOWN: Final = 5


@dataclass(frozen=True)
class Profile:
    """Which columns the records have in some versions."""

    name: str
    versions: tuple[str, ...]
    payment: str
    """Tag of the record of a payment: ``BDPD``, ``BDPL``, ``VTOPER``."""
    part: str
    """Tag of the records that split it by budget codes; may be empty."""
    columns: Mapping[str, tuple[str, ...]]
    """Names of the columns by tag, without the tag itself."""

    def confirmed_for(self, version: str) -> Profile:
        """The profile that a person has found right for one version more."""
        return replace(self, versions=(*self.versions, version))

    def to_json(self) -> str:
        """To be remembered."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Profile:
        """As it was remembered."""
        return cls.of(json.loads(text))

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Profile:
        """From a table of a file."""
        columns = {tag: tuple(names) for tag, names in written["columns"].items()}
        return cls(
            str(written["name"]),
            tuple(written["versions"]),
            str(written["payment"]),
            str(written["part"]),
            columns,
        )


@dataclass(frozen=True)
class Preview:
    """What a person needs to say which column is which."""

    version: str
    records: Mapping[str, tuple[tuple[str, ...], ...]]
    """The first records of each tag, without the tag."""
    fitting: tuple[Profile, ...]
    """Profiles whose number of columns is the file's."""


class TreasuryVersionUnknown(ExpectedError):
    """No profile is known for the version of the file."""

    code: ClassVar[str] = "statement.treasury_version"
    title: ClassVar[str] = "Столбцы файла казначейства версии «{version}» ещё не сверены"
    advice: ClassVar[str] = (
        "Сравните столбцы с образцом и подтвердите их. Программа запомнит эту версию"
    )

    def __init__(self, preview: Preview) -> None:
        # the records hold names of people: they are no parameter, parameters get into logs
        super().__init__(version=preview.version)
        self.preview = preview


def shipped_profiles() -> tuple[Profile, ...]:
    """The profiles that the program knows without anybody's help."""
    with (RESOURCES / "reference" / "treasury_columns.toml").open("rb") as file:
        return tuple(map(Profile.of, tomllib.load(file)["profile"]))


def recognise(content: bytes) -> bool:
    """Whether the file begins as the Treasury's do."""
    return content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"FK|")


def read(
    content: bytes, profile: Profile | None = None, remembered: Sequence[Profile] = ()
) -> Statement:
    """Read a whole file by ``profile``, or by the one that knows its version.

    Raises :class:`TreasuryVersionUnknown` if there is none. Faults are told in ``problems``.
    """
    content = utf16_as_utf8(content)
    encoding = "utf-8" if content.startswith(b"\xef\xbb\xbf") else "cp1251"
    text, damaged = decoded(content, encoding)
    records = list(_records(text))
    version = next((r.values[0] for r in records if r.tag == "FK" and r.values), "")[:40]
    known = (*remembered, *shipped_profiles())
    chosen = profile or next((p for p in known if version in p.versions), None)
    if chosen is None:
        raise TreasuryVersionUnknown(_preview(version, records, known))
    reading = _Reading(chosen)
    if damaged:
        reading.tell(damaged, "", "В файле есть повреждённые знаки. Запросите его ещё раз")
    return reading.statement(records, version, encoding)


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    tag: str
    values: list[str]
    closed: bool
    """Whether ``|`` stands after the last field too."""


def _records(text: str) -> Iterator[_Record]:
    for line, written in enumerate(text.split("\n"), 1):
        if written.strip():
            tag, *values = written.split("|")
            closed = bool(values) and not values[-1].strip()
            values = values[:-1] if closed else values
            yield _Record(line, tag.strip().upper(), [v.strip() for v in values], closed)


def _preview(version: str, records: Sequence[_Record], known: Sequence[Profile]) -> Preview:
    shown: dict[str, list[tuple[str, ...]]] = {}
    for record in records:
        some = shown.setdefault(record.tag[:20], [])
        if len(some) < _SHOWN:
            some.append(tuple(record.values))
    fitting = tuple(
        p
        for p in known
        if (rows := shown.get(p.payment)) and len(rows[0]) == len(p.columns.get(p.payment, ()))
    )
    return Preview(version, {tag: tuple(rows) for tag, rows in shown.items()}, fitting)


class _Reading:
    """One pass over the records by a profile."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.days = Days()
        self.problems: list[Problem] = []

    def tell(self, line: int, field: str, text: str) -> None:
        """Remember a fault."""
        self.problems.append(Problem(line, field, text))

    def statement(self, records: Sequence[_Record], version: str, encoding: str) -> Statement:
        """Everything the records say."""
        payments: list[StatementPayment] = []
        heads: list[tuple[_Record, dict[str, str]]] = []
        at = 0
        while at < len(records):
            record, at = records[at], at + 1
            if record.tag == self.profile.payment:
                parts = []
                while at < len(records) and self.profile.part == records[at].tag:
                    parts.append(records[at])
                    at += 1
                payment = self._payment(record, parts)
                payments.extend([payment] if payment else [])
            elif record.tag in {"BD", "VT"} and record.tag in self.profile.columns:
                named = self._named(record)
                heads.extend([(record, named)] if named else [])
            elif self.profile.part and record.tag == self.profile.part:
                self.tell(record.line, record.tag, "Расшифровка без своего платежа пропущена")
        total = self._check_totals(heads, records, payments)
        days = sorted(day for record, head in heads if (day := self._day(record, head, "DATE")))
        return Statement(
            format=FORMAT, version=version, encoding=encoding,
            account=heads[0][1].get("LS", "") if heads else "",
            first_day=days[0] if days else None, last_day=days[-1] if days else None,
            payments=tuple(payments), total_kopecks=total,
            problems=tuple(sorted(self.problems, key=lambda problem: problem.line)),
        )  # fmt: skip

    def _named(self, record: _Record) -> dict[str, str] | None:
        """The values by the names of their columns, or ``None`` with a fault told."""
        names = self.profile.columns.get(record.tag, ())
        if len(names) != len(record.values) or not record.closed:
            self.tell(
                record.line,
                record.tag,
                f"В записи {len(record.values)} полей, а должно быть {len(names)}, с чертой после"
                " каждого. Запись пропущена. Запросите файл ещё раз",
            )
            return None
        return dict(zip(names, record.values, strict=True))

    def _kopecks(self, record: _Record, values: Mapping[str, str], column: str) -> int | None:
        try:
            return read_kopecks(values.get(column, ""))
        except NotAValue as fault:
            self.tell(record.line, column, f"{fault}. Сверьте с казначейством")
            return None

    def _day(self, record: _Record, values: Mapping[str, str], column: str) -> date | None:
        try:
            return self.days.read(values.get(column, ""))
        except NotAValue as fault:
            self.tell(record.line, column, str(fault))
            return None

    def _payment(self, record: _Record, parts: Sequence[_Record]) -> StatementPayment | None:
        values = self._named(record)
        if values is None:
            return None
        kopecks = self._kopecks(record, values, _SUM)
        if kopecks is None or kopecks <= 0:
            if kopecks is not None:
                self.tell(record.line, _SUM, "Сумма не больше нуля. Платёж пропущен")
            return None
        more = dict(values)
        split = self._split(record, parts, kopecks)
        for number, part in enumerate(split, 1):
            more |= {f"{self.profile.part}{number}.{name}": text for name, text in part.items()}
        for column in ("KBK", "OKATO"):
            # the order may leave the code to its only part
            if not values.get(column, "").strip("0") and len(split) == 1 and split[0].get(column):
                values[column] = split[0][column]
        texts = {
            field: values.get(column, "")
            for field, column in _FIELDS.items()
            if field not in {"on", "received_on"}
        }
        for column in (*_FIELDS.values(), _SUM):
            more.pop(column, None)
        return StatementPayment(
            line=record.line,
            on=self._day(record, values, "DATE_PP"),
            received_on=self._day(record, values, "DATE_IN_TOFK"),
            kopecks=kopecks,
            more=more,
            **texts,
        )

    def _split(
        self, record: _Record, parts: Sequence[_Record], kopecks: int
    ) -> list[dict[str, str]]:
        split = [named for part in parts if (named := self._named(part)) is not None]
        sums = [self._kopecks(record, part, "SUM") for part in split if part.get("SUM")]
        whole = len(sums) == len(parts) and None not in sums
        if whole and sums and sum(s or 0 for s in sums) != kopecks:
            self.tell(record.line, "SUM", "Расшифровка не сходится с суммой платежа")
        return split

    def _check_totals(
        self,
        heads: Sequence[tuple[_Record, dict[str, str]]],
        records: Sequence[_Record],
        payments: Sequence[StatementPayment],
    ) -> int | None:
        """The sum that the file declares, compared with what was read."""
        declared = [
            (r, s)
            for r, h in heads
            if h.get("SUM_TOTAL") and (s := self._kopecks(r, h, "SUM_TOTAL"))
        ]
        total = sum(kopecks for _, kopecks in declared) if declared else None
        counted = sum(payment.kopecks for payment in payments)
        if total is not None and total != counted:
            text = (
                f"Итог не сходится: указано {roubles(total)}, по платежам {roubles(counted)}."
                " Запросите файл ещё раз"
            )
            self.tell(declared[0][0].line, "SUM_TOTAL", text)
        numbers = [head.get("KOL", "") for _, head in heads]
        if heads and all(n.isascii() and n.isdigit() and len(n) < 10 for n in numbers):
            held = sum(record.tag == self.profile.payment for record in records)
            if sum(map(int, numbers)) != held:
                text = f"Указано платежей: {sum(map(int, numbers))}, в файле их {held}"
                self.tell(heads[0][0].line, "KOL", text)
        return total
