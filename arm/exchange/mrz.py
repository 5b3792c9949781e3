"""Machine-readable zones of passports, identity cards and visas (ICAO Doc 9303, 8th edition).

TD1 (three lines of 30, part 5), TD2 (two of 36, part 6), TD3 (two of 44, part 4), visas MRV-A
(44) and MRV-B (36, part 7). Check digits: part 3, section 4.9: weights 7-3-1, A = 10 … Z = 35,
filler = 0, modulo 10.

The text may come from a keyboard-wedge scanner on the wrong layout, in small letters, without line
breaks, with a prefix or suffix, or be typed by hand. Nothing raises: what is wrong is said in
``problems``, in Russian, naming the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from arm.model.names import from_wrong_layout, has_cyrillic, to_latin_icao

Kind = Literal["TD1", "TD2", "TD3", "MRV-A", "MRV-B", ""]

_LONGEST: Final = 400
"""A scanner gives 92 characters at most; more than this is no machine-readable zone."""


@dataclass(frozen=True, slots=True)
class CheckDigit:
    """One check digit. ``name``: ``document_number``, ``birth_date``, ``expiry_date``,
    ``personal_number`` or ``composite``."""

    name: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong. ``code`` is stable; ``text`` says what happened and what to do."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Mrz:
    """What a zone says. ``kind`` is empty if the text is no zone at all.

    Names as printed in the zone (Latin capitals); ``nationality`` and ``issuer`` as ICAO codes,
    except that Germany's ``D`` is given as ``DEU``; ``sex``: ``M``, ``F`` or empty.
    """

    kind: Kind
    surname: str = ""
    given: str = ""
    number: str = ""
    nationality: str = ""
    issuer: str = ""
    birth_date: date | None = None
    sex: str = ""
    expiry_date: date | None = None
    personal_number: str = ""
    """Personal number or other optional data, without fillers."""
    check_digits: tuple[CheckDigit, ...] = ()
    problems: tuple[Problem, ...] = ()
    document_code: str = ""
    """First two characters: ``P``, ``PN``, ``V``, ``I``, ``IP`` …"""
    lines: tuple[str, ...] = ()
    """The zone as understood, each line in full."""


_NOTHING: Final = Problem("empty", "Строка пуста. Отсканируйте паспорт или вставьте строки МЧЗ")
_NO_ZONE: Final = Problem(
    "not_mrz",
    "Это не машиночитаемая зона. Отсканируйте нижние строки документа ещё раз или введите данные"
    " вручную",
)


def check_digit(field: str) -> int:
    """The check digit of a field (ICAO Doc 9303-3, 4.9). Raises ValueError for other characters."""
    return sum(_value(char) * (7, 3, 1)[at % 3] for at, char in enumerate(field)) % 10


def _value(char: str) -> int:
    if char == "<":
        return 0
    if "0" <= char <= "9":
        return ord(char) - 48
    if "A" <= char <= "Z":
        return ord(char) - 55
    raise ValueError(f"not a character of a machine-readable zone: {char!r}")


def read_mrz(text: str, today: date | None = None) -> Mrz:
    """Read a zone from any text a scanner or a person gives.

    ``today`` settles the century of birth: a two-digit year later than today is of the 1900s.
    Without it nobody is taken to be born after the document ends.
    """
    if not text.strip():
        return Mrz("", problems=(_NOTHING,))
    best: tuple[int, Kind, tuple[str, ...]] | None = None
    for kind, lines in _candidates(text[:_LONGEST]):
        score = _score(kind, lines)
        if best is None or score > best[0]:
            best = (score, kind, lines)
    if best is None or best[0] < _CONVINCING:
        return Mrz("", problems=(_NO_ZONE,))
    return _read(best[1], best[2], today)


# ------------------------------------------------------------------------- finding the lines

_LOOKALIKES: Final = str.maketrans("АВЕКМНОРСТУХІЅЈ", "ABEKMHOPCTYXISJ")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2060\ufeff]")
_FILLERS: Final = re.compile(r"[^A-Z0-9\s]")
_SPACE: Final = re.compile(r"\s")
_MISREAD_TAIL: Final = re.compile(r"(?<=<)[K<]{4,}$")
_SIZES: Final = ((44, 2), (36, 2), (30, 3))
_CODES: Final = frozenset("PVIAC")


def _candidates(text: str) -> Iterator[tuple[Kind, tuple[str, ...]]]:
    seen: set[tuple[str, ...]] = set()
    for clean in _spellings(text):
        for lines in _splits(clean):
            if lines not in seen:
                seen.add(lines)
                yield _kind(lines), lines


def _spellings(text: str) -> Iterator[str]:
    """The text as Latin capitals and fillers, in each way the keys may have been meant."""
    typed = _CONTROL.sub("", text)
    readings = [typed]
    if has_cyrillic(typed):
        readings = [from_wrong_layout(typed), typed.upper().translate(_LOOKALIKES)]
    for reading in readings:
        # «ı» and «ſ» have capitals in ASCII; no scanner means anything else by them
        capitals = reading.replace("ß", "<").upper()
        yield _FILLERS.sub("<", capitals)


def _splits(clean: str) -> Iterator[tuple[str, ...]]:
    written = [line for line in clean.splitlines() if line.strip()]
    close = ["".join(line.split()) for line in written]
    spaced = [_SPACE.sub("<", line.strip()) for line in written]
    for exact in (True, False):
        for lines in (close, spaced):
            for width, count in _SIZES:
                for start in range(len(lines) - count + 1):
                    some = lines[start : start + count]
                    if (set(map(len, some)) == {width}) is exact:
                        yield from _fitted(some, width)
    joined = "".join(close)
    for width, count in _SIZES:
        whole = width * count
        for start in range(len(joined) - whole + 1):
            if joined[start] in _CODES:
                piece = joined[start : start + whole]
                yield tuple(piece[at : at + width] for at in range(0, whole, width))


def _fitted(lines: list[str], width: int) -> Iterator[tuple[str, ...]]:
    """Lines of nearly the width: fillers lost at the end are put back, surplus ones dropped."""
    if min(map(len, lines)) < 10:
        return
    fitted = []
    for line in lines:
        surplus = line[width:]
        kept = line if not surplus else line[:width] if not surplus.strip("<") else line[-width:]
        fitted.append(kept.ljust(width, "<"))
    yield tuple(fitted)


def _kind(lines: tuple[str, ...]) -> Kind:
    if len(lines) == 3:
        return "TD1"
    visa = lines[0].startswith("V")
    if len(lines[0]) == 44:
        return "MRV-A" if visa else "TD3"
    return "MRV-B" if visa else "TD2"


# ------------------------------------------------------------------------- reading the fields


@dataclass(frozen=True, slots=True)
class _Raw:
    """The fields of a zone as they stand, with fillers."""

    code: str
    issuer: str
    names: str
    number: str
    number_check: str
    nationality: str
    birth: str
    birth_check: str
    sex: str
    expiry: str
    expiry_check: str
    optional: str
    optional_check: str
    """Empty if the format has none."""
    composed: str
    composite_check: str
    """Empty if the format has none."""


_DIGITS_FOR_LETTERS: Final = str.maketrans("OQDIL|ZSBG", "0001112586")


def _digits(field: str) -> str:
    """Letters that are taken for digits in fields where only digits can stand."""
    return field.translate(_DIGITS_FOR_LETTERS)


def _raw(kind: Kind, lines: tuple[str, ...]) -> _Raw:
    first, second = lines[0], lines[1]
    if kind == "TD1":
        number, check, optional = _long_number(first[5:14], first[14], first[15:30])
        birth, birth_check = _digits(second[0:6]), _digits(second[6])
        expiry, expiry_check = _digits(second[8:14]), _digits(second[14])
        composed = first[5:30] + birth + birth_check + expiry + expiry_check + second[18:29]
        return _Raw(
            first[:2], first[2:5], lines[2], number, check, second[15:18], birth, birth_check,
            second[7], expiry, expiry_check, optional + second[18:29], "", composed,
            _digits(second[29]),
        )  # fmt: skip
    birth, birth_check = _digits(second[13:19]), _digits(second[19])
    expiry, expiry_check = _digits(second[21:27]), _digits(second[27])
    dates = birth + birth_check, expiry + expiry_check
    number, check, optional = second[0:9], _digits(second[9]), second[28:]
    composed, composite, optional_check = "", "", ""
    if kind == "TD3":
        optional, optional_check = second[28:42], _digits(second[42])
        composed = number + check + dates[0] + dates[1] + optional + optional_check
        composite = _digits(second[43])
    elif kind == "TD2":
        composed = second[0:9] + second[9] + dates[0] + dates[1] + second[28:35]
        composite = _digits(second[35])
        number, check, optional = _long_number(second[0:9], second[9], second[28:35])
    return _Raw(
        first[:2], first[2:5], first[5:], number, check, second[10:13], birth, birth_check,
        second[20], expiry, expiry_check, optional, optional_check, composed, composite,
    )  # fmt: skip


def _long_number(number: str, check: str, optional: str) -> tuple[str, str, str]:
    """A number longer than nine characters goes on in the optional data, where a filler stands
    in place of its check digit; the digit follows the number's end (Doc 9303-5 note j)."""
    rest = optional.split("<", 1)[0]
    if check != "<" or len(rest) < 2:
        return number, _digits(check) if check != "<" else check, optional
    return number + rest[:-1], _digits(rest[-1]), optional[len(rest) :]


_CHECKS: Final = {
    "document_number": "номера документа",
    "birth_date": "даты рождения",
    "expiry_date": "срока действия",
    "personal_number": "личного номера",
    "composite": "всей строки",
}
_ADVICE: Final = {
    "document_number": "Сверьте номер с документом",
    "birth_date": "Сверьте дату рождения с документом",
    "expiry_date": "Сверьте срок действия с документом",
    "personal_number": "Сверьте личный номер с документом",
    "composite": "Сверьте строку с документом или отсканируйте ещё раз",
}


def _checks(raw: _Raw) -> list[tuple[str, str, str]]:
    """Name, field and printed digit of each check digit that the format has."""
    found = [
        ("document_number", raw.number, raw.number_check),
        ("birth_date", raw.birth, raw.birth_check),
        ("expiry_date", raw.expiry, raw.expiry_check),
    ]
    if raw.optional_check:
        found.append(("personal_number", raw.optional, raw.optional_check))
    if raw.composite_check:
        found.append(("composite", raw.composed, raw.composite_check))
    return found


def _fits(field: str, printed: str) -> bool:
    if printed == "<":
        # an empty optional field may have a filler for its check digit
        return not field.strip("<")
    return printed == str(check_digit(field))


_NAME: Final = re.compile(r"[A-Z<]+\Z")
_NAME_RUSSIAN: Final = re.compile(r"[A-Z0-9<]+\Z")
_SIX: Final = re.compile(r"[0-9<]{6}\Z")
_CONVINCING: Final = 9
"""Three check digits, or two and a regular shape, make a zone; names alone do not."""


def _score(kind: Kind, lines: tuple[str, ...]) -> int:
    if lines[0][0] not in _CODES:
        return 0
    raw = _raw(kind, lines)
    right = sum(_fits(field, printed) for _, field, printed in _checks(raw) if field.strip("<"))
    shape = (
        bool(_SIX.match(raw.birth)),
        bool(_SIX.match(raw.expiry)),
        raw.sex in "MFX<",
        bool(_NAME.match(raw.names)),
        "<<" in raw.names.rstrip("<"),
        bool(_NAME.match(raw.issuer)) and bool(_NAME.match(raw.nationality)),
    )
    return 3 * right + sum(shape) if sum(shape) >= 4 else right


def _read(kind: Kind, lines: tuple[str, ...], today: date | None) -> Mrz:
    raw = _raw(kind, lines)
    problems: list[Problem] = []
    digits = []
    for name, field, printed in _checks(raw):
        ok = _fits(field, printed)
        digits.append(CheckDigit(name, ok))
        if not ok:
            problems.append(_wrong_digit(name, field, printed))
    expiry = _date(raw.expiry, "expiry_date", problems, lambda y: 1900 if y >= 70 else 2000)
    latest = today or expiry or date(2099, 12, 31)
    birth = _birth(raw.birth, latest, problems)
    surname, given = _names(raw, problems)
    return Mrz(
        kind=kind,
        surname=surname,
        given=given,
        number=_text(raw.number, "document_number", problems),
        nationality=_country(raw.nationality, "nationality", problems),
        issuer=_country(raw.issuer, "issuer", problems),
        birth_date=birth,
        sex=_sex(raw.sex, problems),
        expiry_date=expiry,
        personal_number=raw.optional.strip("<").replace("<", " "),
        check_digits=tuple(digits),
        problems=tuple(problems),
        document_code=raw.code.rstrip("<"),
        lines=lines,
    )


def _wrong_digit(name: str, field: str, printed: str) -> Problem:
    shown = "пусто" if printed == "<" else f"стоит {printed}"
    return Problem(
        f"check_digit.{name}",
        f"Контрольная цифра {_CHECKS[name]} не сходится: {shown}, должна быть"
        f" {check_digit(field)}. {_ADVICE[name]}",
    )


_DATES: Final = {"birth_date": "рождения", "expiry_date": "окончания срока"}


def _date(
    field: str, name: str, problems: list[Problem], century: Callable[[int], int]
) -> date | None:
    if "<" in field:
        if name == "birth_date" or field.strip("<"):
            text = f"Дата {_DATES[name]} в документе неполная. Впишите её вручную"
            problems.append(Problem(f"{name}.incomplete", text))
        return None
    try:
        year, month, day = int(field[:2]), int(field[2:4]), int(field[4:])
        return date(century(year) + year, month, day)
    except ValueError:
        text = f"Даты {_DATES[name]} {field} не бывает. Сверьте её с документом"
        problems.append(Problem(f"{name}.impossible", text))
        return None


def _birth(field: str, latest: date, problems: list[Problem]) -> date | None:
    known = _date(field, "birth_date", problems, lambda _: 2000)
    if known is not None and known <= latest:
        return known
    if known is None:
        return None
    # the year 2000 + y lies ahead, so 1900 + y is meant
    return _date(field, "birth_date", [], lambda _: 1900)


def _names(raw: _Raw, problems: list[Problem]) -> tuple[str, str]:
    field = raw.names
    internal = raw.code == "PN" and raw.issuer == "RUS"
    if not (_NAME_RUSSIAN if internal else _NAME).match(field):
        text = "В имени есть цифры. Сверьте фамилию и имя с документом"
        problems.append(Problem("name.digits", text))
    field = _MISREAD_TAIL.sub("", field).strip("<")
    surname, _, given = field.partition("<<")
    if not surname:
        problems.append(Problem("name.missing", "В строке нет фамилии. Впишите её вручную"))
    if internal:
        surname, given = surname.translate(_RUSSIAN), given.translate(_RUSSIAN)
    return " ".join(surname.replace("<", " ").split()), " ".join(given.replace("<", " ").split())


_RUSSIAN: Final = str.maketrans(
    "ABVGDE2JZIQKLMNOPRSTUFHC34WXY9678",
    "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
)
"""Letters of the zone in a Russian internal passport, one to one (order МВД 773, annex)."""


def _text(field: str, name: str, problems: list[Problem]) -> str:
    bare = field.strip("<").replace("<", "")
    if not bare:
        text = "В строке нет номера документа. Впишите его вручную"
        problems.append(Problem(f"{name}.missing", text))
    return bare


def _country(field: str, name: str, problems: list[Problem]) -> str:
    bare = field.rstrip("<")
    if not re.fullmatch(r"[A-Z]{3}|D", bare):
        which = "гражданства" if name == "nationality" else "страны выдачи"
        text = f"Код {which} «{bare}» не читается. Выберите страну из списка"
        problems.append(Problem(f"{name}.unreadable", text))
    return "DEU" if bare == "D" else bare


def _sex(field: str, problems: list[Problem]) -> str:
    if field not in "MFX<":
        text = f"Пол обозначен знаком «{field}». Выберите пол вручную"
        problems.append(Problem("sex.unreadable", text))
    return field if field in "MF" else ""


# ------------------------------------------------------------------------- writing


def build(
    kind: Kind,
    *,
    surname: str,
    given: str,
    number: str,
    nationality: str,
    birth_date: date,
    sex: str,
    expiry_date: date,
    issuer: str = "",
    personal_number: str = "",
    code: str = "",
) -> str:
    """A zone with right check digits, lines separated by a newline: for demonstrations and tests.

    Names in either script; too long ones are cut as Doc 9303 allows. Numbers longer than nine
    characters are possible in TD1 and TD2. Raises ValueError for a kind that is not a format.
    """
    issuer = (issuer or nationality).ljust(3, "<")
    nationality = nationality.ljust(3, "<")
    names = f"{_machine(surname)}<<{_machine(given)}"
    dates = [_with_check(f"{day:%y%m%d}") for day in (birth_date, expiry_date)]
    held, sex = _machine(number), sex if sex in {"M", "F"} else "<"
    if kind in {"TD3", "MRV-A", "MRV-B"}:
        width = 36 if kind == "MRV-B" else 44
        code = (code or ("P" if kind == "TD3" else "V")).ljust(2, "<")
        second = _with_check(held[:9].ljust(9, "<")) + nationality + dates[0] + sex + dates[1]
        if kind == "TD3":
            personal = personal_number.ljust(14, "<")[:14]
            second += _with_check(personal) if personal_number else personal + "<"
            second += str(check_digit(second[:10] + second[13:20] + second[21:43]))
        else:
            second = (second + personal_number).ljust(width, "<")[:width]
        return f"{(code + issuer + names).ljust(width, '<')[:width]}\n{second}"
    code = (code or "I").ljust(2, "<")
    shown = _with_check(held.ljust(9, "<")) if len(held) <= 9 else f"{held[:9]}<"
    rest = "" if len(held) <= 9 else f"{held[9:]}{check_digit(held)}<"
    optional = rest + personal_number
    if kind == "TD2":
        second = shown + nationality + dates[0] + sex + dates[1] + optional.ljust(7, "<")[:7]
        second += str(check_digit(second[:10] + second[13:20] + second[21:35]))
        return f"{(code + issuer + names).ljust(36, '<')[:36]}\n{second}"
    if kind != "TD1":
        raise ValueError(f"no such format: {kind!r}")
    first = (code + issuer + shown + optional).ljust(30, "<")[:30]
    second = dates[0] + sex + dates[1] + nationality + "<" * 11
    second += str(check_digit(first[5:] + second[:7] + second[8:15] + second[18:]))
    return f"{first}\n{second}\n{names.ljust(30, '<')[:30]}"


def build_td3(
    *,
    surname: str,
    given: str,
    number: str,
    nationality: str,
    birth_date: date,
    sex: str,
    expiry_date: date,
    issuer: str = "",
    personal_number: str = "",
) -> str:
    """The two lines of a passport: see :func:`build`."""
    return build(
        "TD3",
        surname=surname,
        given=given,
        number=number,
        nationality=nationality,
        birth_date=birth_date,
        sex=sex,
        expiry_date=expiry_date,
        issuer=issuer,
        personal_number=personal_number,
    )


def _machine(text: str) -> str:
    return re.sub("[^A-Z0-9]+", "<", to_latin_icao(text)).strip("<")


def _with_check(field: str) -> str:
    return field + str(check_digit(field))
