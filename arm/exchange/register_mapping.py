"""Which column of a bank's register means what: remembered as JSON, or guessed from the file."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Final, Literal, get_args

from arm.exchange.statement_values import Days, NotAValue, read_kopecks
from arm.places import RESOURCES

Kind = Literal["text", "dbf", "book"]
DayFirst = Literal["day", "month", "year"]
Row = tuple[int, list[str]]
"""Line of the file, from 1, and its cells."""

FIELDS: Final = (
    "number", "on", "received_on", "kopecks", "payer", "payer_inn", "payer_kpp", "payer_account",
    "payer_bik", "payee", "payee_inn", "payee_kpp", "payee_account", "purpose", "kbk", "oktmo",
    "status", "uin",
)  # fmt: skip
ENCODINGS: Final = ("utf-8", "cp1251", "cp866", "koi8-r", "")
_LOOKED_AT: Final = 50


@dataclass(frozen=True)
class RegisterMapping:
    """How to read one bank's registers. Several columns of a field are joined by spaces."""

    name: str
    kind: Kind
    columns: Mapping[str, tuple[int, ...]]
    encoding: str = "cp1251"
    """Of a text; a table and a workbook say theirs."""
    separator: str = ";"
    heading: int = 0
    """Line of the headings, from 1; 0 = the file has none."""
    day_first: DayFirst = "day"
    """What a date begins with."""
    decimal: str = ","
    footer: str = ""
    """How the line of totals begins."""
    footer_count: int = -1
    footer_total: int = -1
    """Columns of the footer; -1 = it has none."""
    width: int = 0
    """How many columns a row has; 0 = any number."""
    tags: tuple[str, ...] = ()
    """Cells «TAG:value» that may stand anywhere; then the date may, too."""
    headings: tuple[str, ...] = field(default=())
    """Names of the columns for what has no field of its own."""

    def to_json(self) -> str:
        """To be remembered for the next file of the same bank."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> RegisterMapping:
        """As it was remembered. Raises ValueError if it is no mapping."""
        try:
            return cls.of(json.loads(text))
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError("not a mapping of a register") from error

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> RegisterMapping:
        """From a table of a file. Raises ValueError, TypeError or KeyError."""
        columns = {name: tuple(map(int, places)) for name, places in written["columns"].items()}
        mapping = cls(
            **{
                **written,
                "columns": columns,
                "tags": tuple(map(str, written.get("tags", ()))),
                "headings": tuple(map(str, written.get("headings", ()))),
            }
        )
        if (
            not columns.keys() <= set(FIELDS)
            or mapping.kind not in get_args(Kind)
            or mapping.day_first not in get_args(DayFirst)
            or mapping.encoding not in ENCODINGS
            or len(mapping.separator) > 1
            or min((place for places in columns.values() for place in places), default=0) < 0
        ):
            raise ValueError("not a mapping of a register")
        return mapping


@dataclass(frozen=True)
class Guess:
    """A mapping for a person to confirm, with what it was made from."""

    mapping: RegisterMapping
    rows: tuple[Row, ...]
    """The first rows as they were taken apart."""
    sure: bool
    """Whether sum, day and payer were recognised by their headings or by a known layout."""


def presets() -> tuple[RegisterMapping, ...]:
    """The layouts that the program knows."""
    with (RESOURCES / "reference" / "register_presets.toml").open("rb") as file:
        return tuple(map(RegisterMapping.of, tomllib.load(file)["preset"]))


# ------------------------------------------------------------------------------- headings

_WORDS: Final[tuple[tuple[str, str], ...]] = (
    ("payee_inn", r"(инн|inn) ?(пол|банк получ|rec|bene)|pol ?inn|inn ?pol"),
    ("payer_inn", r"\bинн|\binn\b|inn ?(пл|pl|pay)|инн$"),
    ("payee_kpp", r"кпп ?пол"),
    ("payer_kpp", r"\bкпп|\bkpp"),
    ("payer_bik", r"бик ?(банка )?пл|^бик$|^bik$|^bic$"),
    ("payee_account", r"сч[её]т ?(№ ?)?получ|р/?с ?получ"),
    ("payer_account", r"сч[её]т ?(№ ?)?плат|р/?с ?плат|^сч[её]т$|^account$"),
    ("received_on", r"дата ?(зачисл|поступ|провод)"),
    ("on", r"^дата\b|\bдата ?(плат|опер|док|оплат)|^date|^data|^dat_|^dt"),
    ("kopecks", r"^сумма( ?(плат|опер|оплат|док|зачисл|руб|,|в вал).*)?$|^amount|^sum(m|$)"),
    ("purpose", r"назначен|^purpose|^naz|^основание"),
    ("payee", r"^получатель|наименование получ|^payee"),
    ("payer", r"^фио|^ф\.? ?и\.? ?о|плательщик|^клиент|^fio|^payer|^plat|^name$"),
    ("surname", r"^фамилия|^fam|^surname|^last ?name"),
    ("given", r"^имя|^im$|^given|^first ?name"),
    ("patronymic", r"^отчество|^ot$|^otch|^patronymic"),
    ("kbk", r"\bкбк|\bkbk"),
    ("oktmo", r"октмо|окато|oktmo|okato"),
    ("uin", r"\bуин\b|\buin\b|^код$"),
    ("status", r"статус ?(сост|плат)|\b101\b|^status$"),
    ("number", r"(номер|№) ?(док|плат|опер|п/?п|п/?д)|^номер$|^суип$|^num|^nom|^ndoc"),
)  # fmt: skip
_HEADINGS: Final = tuple((name, re.compile(words)) for name, words in _WORDS)
_NAME_PARTS: Final = ("surname", "given", "patronymic")


def _columns_of(headings: Sequence[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, int] = {}
    for at, heading in enumerate(headings[:200]):
        plain = " ".join(heading[:60].lower().replace("_", " ").split())
        name = next((n for n, words in _HEADINGS if plain and words.search(plain)), None)
        if name is not None:
            found.setdefault(name, at)
    parts = tuple(found.pop(part) for part in _NAME_PARTS if part in found)
    columns: dict[str, tuple[int, ...]] = {name: (at,) for name, at in found.items()}
    if parts and "payer" not in columns:
        columns["payer"] = parts
    return columns


# ------------------------------------------------------------------------------- guessing


def guess(
    rows: Sequence[Row], kind: Kind, encoding: str, separator: str, known: Sequence[RegisterMapping]
) -> Guess:
    """A mapping for these rows: a known layout, the headings, or the look of the cells."""
    some = [row for row in rows[:_LOOKED_AT] if any(row[1])]
    for mapping in known:
        if mapping.kind == kind and mapping.separator == separator and _suits(mapping, some):
            return Guess(_with(mapping, encoding=encoding), tuple(some), sure=True)
    heading = 0
    columns: dict[str, tuple[int, ...]] = {}
    for line, cells in some[:20]:
        named = _columns_of(cells)
        if len(named) >= 2 and "kopecks" in named:
            heading, columns = line, named
            break
    below = [cells for line, cells in some if line > heading]
    sure = {"kopecks", "on"} <= columns.keys() and bool(
        columns.keys() & {"payer", "payer_inn", "purpose"}
    )
    if not heading:
        columns = _by_look(below)
    headings = next((tuple(cells) for line, cells in some if line == heading), ())
    mapping = RegisterMapping(
        name="", kind=kind, columns=columns, encoding=encoding, separator=separator,
        heading=heading, day_first=_day_first(below, columns.get("on", ())),
        decimal=_decimal(below, columns.get("kopecks", ())), footer=_footer(rows),
        width=len(headings), headings=headings,
    )  # fmt: skip
    return Guess(mapping, tuple(some), sure=sure and bool(below))


def _with(mapping: RegisterMapping, **changed: Any) -> RegisterMapping:
    return RegisterMapping(**{**vars(mapping), **changed})


def _suits(mapping: RegisterMapping, rows: Sequence[Row]) -> bool:
    """Whether nearly all rows have the width of the layout and its values where it says."""
    body = [c for _, c in rows if not (mapping.footer and c[0].startswith(mapping.footer))]
    if mapping.tags:
        body = [c for c in body if any(cell.startswith(_marks(mapping)) for cell in c)]
    right = 0
    for cells in body:
        fits = not mapping.width or len(cells) in {mapping.width, mapping.width + 1}
        right += fits and all(
            _is(test, cells, mapping.columns.get(name, ()))
            for name, test in (("kopecks", _is_sum), ("on", _is_day), ("payer", _is_name))
        )
    return bool(body) and right * 10 >= len(body) * 9


def _marks(mapping: RegisterMapping) -> tuple[str, ...]:
    return tuple(f"{tag}:" for tag in mapping.tags)


def _is(test: Callable[[str], bool], cells: Sequence[str], places: Sequence[int]) -> bool:
    return all(place < len(cells) and test(cells[place]) for place in places)


def _is_sum(text: str) -> bool:
    try:
        return read_kopecks(text) > 0
    except NotAValue:
        return False


def _is_day(text: str) -> bool:
    try:
        return len(text) >= 6 and Days().read(text) is not None
    except NotAValue:
        return False


_NAME: Final = re.compile(r"[^\W\d_]{2,}[\w.'’-]{0,40}(?: +[^\W\d_][\w.'’-]{0,40}){1,4}")


def _is_name(text: str) -> bool:
    return len(text) < 150 and bool(_NAME.fullmatch(text.strip()))


def _by_look(rows: Sequence[Sequence[str]]) -> dict[str, tuple[int, ...]]:
    """Columns told by their cells alone: never sure, a person confirms them."""
    width = min(max((len(row) for row in rows), default=0), 200)
    found: dict[str, tuple[int, ...]] = {}
    sums: list[tuple[float, int]] = []
    for at in range(width):
        cells = [row[at] for row in rows if at < len(row) and row[at]]
        for name, test in (("on", _is_day), ("payer", _is_name), ("payer_inn", _is_inn)):
            if name not in found and _mostly(test, cells):
                found[name] = (at,)
        # without a fraction a number of an operation looks like a sum
        if _mostly(_is_sum, cells) and _mostly(lambda cell: bool(_FRACTION.search(cell)), cells):
            sums.append((median(read_kopecks(c) for c in cells if _is_sum(c)), -at))
    if sums:
        # beside the sum stand what is passed on and the fee: both are less
        found["kopecks"] = (-max(sums)[1],)
    return found


_FRACTION: Final = re.compile(r"[.,]\d{2}$")
_INN: Final = re.compile(r"[0-9]{12}")


def _is_inn(text: str) -> bool:
    return bool(_INN.fullmatch(text))


def _mostly(test: Callable[[str], bool], cells: Sequence[str]) -> bool:
    return bool(cells) and sum(map(test, cells)) * 10 >= len(cells) * 8


_THREE: Final = re.compile(r"^\s*(\d{1,4})[./-](\d{1,2})[./-]\d{2,4}")


def _cells(rows: Sequence[Sequence[str]], places: Sequence[int]) -> Iterator[str]:
    for row in rows:
        for place in places:
            if place < len(row):
                yield row[place].strip()


def _day_first(rows: Sequence[Sequence[str]], places: Sequence[int]) -> DayFirst:
    month = year = 0
    for cell in _cells(rows, places):
        match = _THREE.match(cell)
        if match and len(match[1]) < 4:
            if int(match[1]) > 12:
                return "day"
            month += int(match[2]) > 12
        elif len(cell) == 8 and cell.isdigit():
            # 20260504 is no 20th of a 26th month
            year += cell[:2] in {"19", "20"} and int(cell[2:4]) > 12
    return "month" if month else "year" if year else "day"


def _decimal(rows: Sequence[Sequence[str]], places: Sequence[int]) -> str:
    signs = [match[0][0] for cell in _cells(rows, places) if (match := _FRACTION.search(cell))]
    return "," if signs.count(",") >= signs.count(".") else "."


def _footer(rows: Sequence[Row]) -> str:
    """How the last line begins if it is one of totals."""
    last = next((cells for _, cells in reversed(rows) if any(cells)), [""])
    first = next((cell for cell in last if cell), "").strip()
    if first.startswith("="):
        return "="
    match = re.match(r"(итог|всего|total)\w{0,6}", first, re.IGNORECASE)
    return match[0] if match else ""
