"""Free Russian address text → the rows and boxes of the arrival notice.

Rows and boxes as in annex 4 to order МВД № 856: region; municipality, settlement or inner-city
district; locality; planning structure or street; boxes for house, korpus and stroenie, and for
flat and room, each with type and number. Nothing typed is lost: what is not recognised stays in
the street row, and what no row has room for is reported as overflow. Only a postal code and the
word «Россия» are left out, the form has no place for them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

ROW_CELLS: Final = 31
"""Cells of one row."""


@dataclass(frozen=True)
class FormAddress:
    """An address as the form wants it."""

    rows: tuple[str, str, str, str]
    """Region; municipality; locality; street. Longer than ``ROW_CELLS`` means it does not fit."""
    house: str = ""
    korpus: str = ""
    stroenie: str = ""
    flat: str = ""
    room: str = ""
    overflow: tuple[str, ...] = ()
    """Parts that were not understood and found no room in the street row."""

    @property
    def too_long(self) -> tuple[int, ...]:
        """Numbers (from 1) of the rows with more letters than cells."""
        return tuple(n for n, row in enumerate(self.rows, 1) if len(row) > ROW_CELLS)


_REGION, _MUNICIPALITY, _LOCALITY, _STREET = range(4)

_ROW_WORDS: Final = {
    **dict.fromkeys(("обл", "область", "край", "респ", "республика", "ао", "аобл"), _REGION),
    **dict.fromkeys(
        ("р-н", "район", "м.р-н", "мр-н", "г.о", "го", "м.о", "мо", "с/п", "сп", "г/п", "гп",
         "сельсовет", "с/с", "с/мо", "вн.р-н", "вн.тер", "улус", "кожуун", "волость"),
        _MUNICIPALITY,
    ),
    **dict.fromkeys(
        ("г", "гор", "город", "с", "село", "дер", "деревня", "п", "пос", "поселок", "пгт", "рп",
         "р.п", "ст-ца", "станица", "х", "хутор", "аул", "сл", "слобода", "пст", "с-ц", "нп"),
        _LOCALITY,
    ),
    **dict.fromkeys(
        ("ул", "улица", "пр-кт", "пр-т", "пр", "просп", "проспект", "пер", "переулок", "ш",
         "шоссе", "пл", "площадь", "б-р", "бул", "бульвар", "наб", "набережная", "пр-д", "проезд",
         "туп", "тупик", "аллея", "линия", "тракт", "мкр", "мкрн", "микрорайон", "кв-л",
         "квартал", "тер", "территория", "снт", "днт", "тсн", "просека", "спуск", "съезд"),
        _STREET,
    ),
}  # fmt: skip
_BEFORE_ONLY: Final = frozenset({"г", "гор", "город", "с", "село", "п", "пос", "поселок", "пгт"})
"""Words that stand before a name only; the others may follow it («Волжский район»)."""

_BOX_WORDS: Final = {
    **dict.fromkeys(("д", "дом"), ("house", "Дом")),
    **dict.fromkeys(("вл", "владение"), ("house", "Владение")),
    **dict.fromkeys(("двлд", "домовладение"), ("house", "Домовладение")),
    **dict.fromkeys(("зд", "здание"), ("house", "Здание")),
    **dict.fromkeys(("уч", "участок", "з/у"), ("house", "Участок")),
    **dict.fromkeys(("к", "кор", "корп", "корпус"), ("korpus", "Корпус")),
    **dict.fromkeys(("стр", "строение"), ("stroenie", "Строение")),
    **dict.fromkeys(("соор", "сооружение"), ("stroenie", "Сооружение")),
    **dict.fromkeys(("лит", "литера", "литер"), ("stroenie", "Литера")),
    **dict.fromkeys(("кв", "квартира"), ("flat", "Квартира")),
    **dict.fromkeys(("оф", "офис"), ("flat", "Офис")),
    **dict.fromkeys(("общ", "общежитие"), ("house", "Общежитие")),
    **dict.fromkeys(("пом", "помещение"), ("room", "Помещение")),
    **dict.fromkeys(("ком", "комн", "комната"), ("room", "Комната")),
}
_FEDERAL_CITIES: Final = frozenset({"москва", "санкт-петербург", "севастополь"})
_COUNTRY: Final = frozenset({"россия", "рф", "российская федерация"})
_HOUSE_NUMBER: Final = re.compile(r"\d+[а-яёa-z]?(?:[/-]\d*[а-яёa-z]?)*\Z", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?:№\s*)?[\dа-яёa-z][\d/а-яёa-z-]*\Z", re.IGNORECASE)
_GLUED: Final = re.compile(
    r"(?<![\w.])(д|дом|кв|корп|к|стр|пом|оф|ком|г|ул|пр-кт|пер|пос|пгт|обл|р-н|с|п|вл|лит)"
    r"\.?(?=\d)|(?<![\w.])(д|г|ул|пр-кт|пер|пос|обл|с|п|ш|пл|наб|респ|мкр)\.(?=[А-ЯЁ\d])"
)
_POSTAL_CODE: Final = re.compile(r"\d{6}\Z")


@dataclass
class _Parts:
    """What has been placed so far."""

    rows: list[list[str]] = field(default_factory=lambda: [[], [], [], []])
    boxes: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def box(self, name: str, text: str) -> None:
        """Fill a box; a second value for the same box is not understood, so it stays visible."""
        if name in self.boxes:
            self.unknown.append(text)
        else:
            self.boxes[name] = text


def split_address(text: str) -> FormAddress:
    """Fit an address written in one line to the form. Never fails; see the module for losses."""
    parts = _Parts()
    for segment in re.split(r"[,;\n\r\t]+", text):
        apart = _GLUED.sub(lambda m: f"{m.group().rstrip('.')}. ", segment)
        words = re.sub(r"№\s+", "№", apart).split()
        if words and not _left_out(words, parts):
            _place(words, parts)
    street = parts.rows[_STREET]
    overflow = []
    for unknown in parts.unknown:
        if len(", ".join((*street, unknown))) <= ROW_CELLS:
            street.append(unknown)
        else:
            overflow.append(unknown)
    if not street and overflow:
        street.append(overflow.pop(0))
    rows = tuple(", ".join(row) for row in parts.rows)
    return FormAddress(
        (rows[0], rows[1], rows[2], rows[3]), overflow=tuple(overflow), **parts.boxes
    )


def _left_out(words: list[str], parts: _Parts) -> bool:
    if " ".join(words).lower().strip(".") in _COUNTRY:
        return True
    if _POSTAL_CODE.match(words[0]) and not any(parts.rows):
        del words[0]
    return not words


def _plain(word: str) -> str:
    return word.lower().replace("ё", "е").strip(".:")


def _place(words: list[str], parts: _Parts) -> None:
    """Place the words of one segment, which may hold several parts without commas."""
    at = 0
    name: list[str] = []
    kind: int | None = None
    while at < len(words):
        word = _plain(words[at])
        follows = words[at + 1] if at + 1 < len(words) else ""
        if _begins_box(word, follows, parts):
            _settle(name, kind, parts)
            name, kind = [], None
            box, title = _BOX_WORDS[word]
            parts.box(box, f"{title} {follows.lstrip('№').strip()}")
            at += 2
            continue
        row = _row_of(words, at)
        begins = row is not None and name and (kind is not None or word in _BEFORE_ONLY)
        if (begins and not _goes_on(name, word)) or _is_closed(name, kind, words[at]):
            _settle(name, kind, parts)
            name, kind = [], None
        if row is not None and kind is None:
            kind = row
        elif _is_bare_house(words, at, name, kind, parts):
            _settle(name, kind, parts)
            name, kind = [], None
            parts.box("house", f"Дом {words[at]}")
            at += 1
            continue
        name.append(words[at])
        at += 1
    _settle(name, kind, parts)


_SECOND_WORDS: Final = frozenset(
    {"округ", "район", "р-н", "область", "поселение", "образование", "территория"}
)
"""Second halves of two-word names of units: «муниципальный район», «сельское поселение»."""


def _goes_on(name: list[str], word: str) -> bool:
    return word in _SECOND_WORDS and _row_of([name[-1], word], 0) is not None


def _is_closed(name: list[str], kind: int | None, word: str) -> bool:
    """Whether «Самарская обл» is complete, so that the next capital begins another part."""
    if kind is None or len(name) < 2 or not word[:1].isupper():
        return False
    last = _plain(name[-1])
    return last in _ROW_WORDS and _plain(name[0]) not in _ROW_WORDS and last not in _BEFORE_ONLY


def _row_of(words: list[str], at: int) -> int | None:
    """The row that a word announces. «д» before a name is a village, «АО» closes a region."""
    word = _plain(words[at])
    follows = words[at + 1] if at + 1 < len(words) else ""
    if word in {"д", "дер", "деревня"} and follows[:1].isalpha():
        return _LOCALITY
    if word in {"автономный", "автономная"} and _plain(follows) in {"округ", "область"}:
        return _REGION
    if word in {"городской", "муниципальный", "сельское", "городское", "внутригородской"}:
        return _MUNICIPALITY
    return _ROW_WORDS.get(word)


def _begins_box(word: str, follows: str, parts: _Parts) -> bool:
    if word not in _BOX_WORDS or not follows:
        return False
    if not any(c.isdigit() for c in follows) and _BOX_WORDS[word][1] not in {"Литера", "Корпус"}:
        return False
    if len(word) == 1 and word == "к" and "house" not in parts.boxes:
        return False  # «к 5» without a house is no korpus
    return bool(_NUMBER.match(follows))


def _is_bare_house(
    words: list[str], at: int, name: list[str], kind: int | None, parts: _Parts
) -> bool:
    """A number after a street («ул Победы 5»), or alone after one («…, 5, кв. 2»)."""
    if not _HOUSE_NUMBER.match(words[at]) or "house" in parts.boxes:
        return False
    last = at + 1 == len(words) or _plain(words[at + 1]) in _BOX_WORDS
    if not last:
        return False
    named = [word for word in name if _plain(word) not in _ROW_WORDS]
    return (kind == _STREET and bool(named)) or (not name and bool(parts.rows[_STREET]))


def _settle(name: list[str], kind: int | None, parts: _Parts) -> None:
    """Put a finished part into its row."""
    if not name:
        return
    text = " ".join(name)
    bare = " ".join(w for w in name if _plain(w) not in _ROW_WORDS).lower()
    if bare in _FEDERAL_CITIES and kind in {None, _LOCALITY} and not parts.rows[_REGION]:
        parts.rows[_REGION].append(text)
    elif kind is None:
        parts.unknown.append(text)
    else:
        parts.rows[kind].append(text)
