"""Names in two scripts: folding for comparison, keys for search, spelling from one to the other.

Four strengths of likeness, from strict to loose:

* :func:`fold` – the same letters, whatever the case, accents, ё or national letters;
* :func:`latin_key` – the same name written in Cyrillic or in any usual Latin spelling
  («Рахимов», RAKHIMOV, RAHIMOV, RAXIMOV);
* :func:`sound_key` – alike by ear («Каримов» and «Керимов», «Юлдашев» and YOʻLDOSHEV);
* :func:`from_wrong_layout` – what was meant by keys pressed on the other keyboard layout.

Sources: ICAO Doc 9303-3, 8th edition, section 6 (transliteration of national characters and of
Cyrillic as used in Russian passports since 2013); Uzbek alphabet law of 1993/1995 (oʻ, gʻ, x).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache

from arm.places import RESOURCES

_APOSTROPHES = "'’‘ʻʼ`´ʹʽ′ˈ"

_FOLD = {
    "ё": "е", "ў": "у", "қ": "к", "ғ": "г", "ҳ": "х", "ҷ": "дж", "ӯ": "у", "ӣ": "и", "ө": "о",
    "ү": "у", "ұ": "у", "ң": "н", "ә": "а", "һ": "х", "җ": "дж", "і": "и", "ї": "и", "є": "е",
    "ґ": "г", "ҝ": "г", "ҹ": "дж", "ј": "й",
    "ə": "a", "ı": "i", "đ": "d", "ð": "d", "ł": "l", "ø": "o", "œ": "oe", "æ": "ae", "ß": "ss",
    "þ": "th", "ş": "s", "ç": "c", "ğ": "g",
}  # fmt: skip
"""Letters that no decomposition takes apart, or that Russian papers write in a fixed way."""

_KEEP_WHOLE = frozenset("й")
"""Letters that Unicode would take apart although they are letters of their own."""


@lru_cache(maxsize=4_096)
def _fold_char(char: str) -> str:
    if char in _FOLD:
        return _FOLD[char]
    if char in _KEEP_WHOLE:
        return char
    if char in _APOSTROPHES:
        return ""
    bare = "".join(c for c in unicodedata.normalize("NFD", char) if not unicodedata.combining(c))
    return _FOLD.get(bare, bare)


_PLAIN = re.compile(r"[a-z0-9а-я ]*\Z")


def fold(text: str) -> str:
    """Lower case, no accents, no apostrophes, «ё» as «е», national letters as in Russian papers.

    Hyphens and other punctuation become single spaces; the result has no outer spaces.
    """
    low = unicodedata.normalize("NFC", text).lower()
    if not _PLAIN.match(low):
        low = "".join([_fold_char(c) for c in low])
        low = "".join([c if c.isalnum() else " " for c in low])
    return " ".join(low.split())


def words(text: str) -> list[str]:
    """The folded words of a name or of a query, in order."""
    return fold(text).split()


_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "j", "з": "z", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "",
    "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
_TO_KEY = str.maketrans(_CYRILLIC)

_UZBEK_O = re.compile(rf"[oоO][{_APOSTROPHES}]")
_HAS_DIGRAPH = re.compile(r"dzh|dj|zh|kh|gh|shch|sch|ph|ck|[qwxyc]|дж")
_DIGRAPHS = (
    ("dzh", "j"), ("дж", "j"), ("dj", "j"), ("zh", "j"), ("kh", "h"), ("gh", "g"), ("shch", "sh"),
    ("sch", "sh"), ("ph", "f"), ("ck", "k"), ("q", "k"), ("w", "v"), ("x", "h"), ("y", "i"),
)  # fmt: skip
_BARE_C = re.compile(r"c(?!h)")
_DOUBLE = re.compile(r"(.)\1+")
_GLIDE = re.compile(r"(?:(?<=[aeou])|(?<![a-z]))ie|(?<=[aeou])i(?=o)")


@lru_cache(maxsize=65_536)
def _key_of_word(word: str) -> str:
    if _HAS_DIGRAPH.search(word):
        for spelled, letter in _DIGRAPHS:
            word = word.replace(spelled, letter)
        word = _BARE_C.sub("k", word)
    word = _DOUBLE.sub(r"\1", word.translate(_TO_KEY))
    return _GLIDE.sub(lambda m: m.group()[1:], word)


def latin_key(text: str) -> str:
    """One spelling in plain Latin letters for all usual spellings of a name, in either script.

    «Джураев», «Жўраев», JURAEV and JO'RAYEV all give ``juraev``. Words stay separated by spaces.
    """
    folded = fold(_UZBEK_O.sub("u", text))
    return " ".join([_key_of_word(word) for word in folded.split()])


def masculine_key(key: str) -> str:
    """The key of a surname without the Russian feminine ending: ``karimova`` → ``karimov``."""
    return key[:-1] if key.endswith(("ova", "eva", "ina")) and len(key) > 4 else key


_SOUND = str.maketrans(
    {"b": "p", "d": "t", "g": "k", "h": "k", "f": "v", "e": "a", "i": "a", "o": "a", "u": "a"}
)


@lru_cache(maxsize=65_536)
def _sound_of_word(key: str) -> str:
    heard = key.replace("sh", "s").replace("ch", "c").replace("ts", "s").translate(_SOUND)
    return _DOUBLE.sub(r"\1", heard).rstrip("a") or "a"


def sound_key(text: str) -> str:
    """What a name sounds like: voiced and unvoiced consonants as one, all vowels as one.

    «Каримов», «Керимов», «Гаримов» and «Каримова» share a key; «Рахимов» shares it with RAHIMOV
    and «Рагимов». Words stay separated by spaces.
    """
    return " ".join([_sound_of_word(word) for word in latin_key(text).split()])


_ON_LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>"
_ON_CYRILLIC_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбюЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ"
_TO_CYRILLIC_LAYOUT = str.maketrans(_ON_LATIN_KEYS, _ON_CYRILLIC_KEYS)
_TO_LATIN_LAYOUT = str.maketrans(_ON_CYRILLIC_KEYS, _ON_LATIN_KEYS)
_IS_CYRILLIC = re.compile("[Ѐ-ӿ]")


def has_cyrillic(text: str) -> bool:
    """Whether any letter is Cyrillic."""
    return bool(_IS_CYRILLIC.search(text))


def from_wrong_layout(text: str) -> str:
    """The same keys pressed on the other layout (ЙЦУКЕН ↔ QWERTY): ``.klfitd`` → ``юлдашев``.

    Text with any Cyrillic letter is read as typed on the Russian layout, other text as typed on
    the Latin one.
    """
    return text.translate(_TO_LATIN_LAYOUT if has_cyrillic(text) else _TO_CYRILLIC_LAYOUT)


_ICAO = {
    "А": "A", "Б": "B", "В": "V", "Г": "G", "Д": "D", "Е": "E", "Ё": "E", "Ж": "ZH", "З": "Z",
    "И": "I", "Й": "I", "К": "K", "Л": "L", "М": "M", "Н": "N", "О": "O", "П": "P", "Р": "R",
    "С": "S", "Т": "T", "У": "U", "Ф": "F", "Х": "KH", "Ц": "TS", "Ч": "CH", "Ш": "SH",
    "Щ": "SHCH", "Ъ": "IE", "Ы": "Y", "Ь": "", "Э": "E", "Ю": "IU", "Я": "IA",
    "Ў": "U", "Қ": "Q", "Ғ": "G", "Ҳ": "H", "Ҷ": "J", "Ӯ": "U", "Ӣ": "I", "Ө": "O", "Ү": "U",
    "Ұ": "U", "Ң": "N", "Ә": "A", "Һ": "H", "І": "I", "Ї": "I", "Є": "IE", "Ґ": "G", "Ј": "J",
}  # fmt: skip
_LATIN_ICAO = {
    "Ə": "A", "Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "SS", "ẞ": "SS", "Đ": "D", "Ø": "OE",
    "Å": "AA", "Æ": "AE", "Œ": "OE", "Þ": "TH", "Ð": "D", "Ł": "L", "İ": "I", "I": "I", "Ñ": "N",
}  # fmt: skip


def to_latin_icao(text: str) -> str:
    """A name as a machine-readable zone would spell it, in capitals (ICAO Doc 9303-3 section 6).

    Words stay separated by spaces, hyphens are kept; letters outside the tables lose accents.
    """
    out: list[str] = []
    for char in unicodedata.normalize("NFC", text).upper():
        if char in _ICAO:
            out.append(_ICAO[char])
        elif char in _LATIN_ICAO:
            out.append(_LATIN_ICAO[char])
        elif char in _APOSTROPHES:
            continue
        else:
            parts = unicodedata.normalize("NFD", char)
            out.append("".join(c for c in parts if not unicodedata.combining(c)))
    return "".join(out)


@cache
def _spellings() -> dict[str, dict[str, str]]:
    """Known Russian spellings by citizenship (or ``""``) and folded Latin spelling."""
    with (RESOURCES / "reference" / "names.toml").open("rb") as file:
        table = tomllib.load(file)
    found: dict[str, dict[str, str]] = {"": {}}
    for country, groups in table.items():
        known = found.setdefault(country, {})
        for group in groups.values():
            for cyrillic, *latins in group:
                for latin in latins:
                    for spelled, russian in _both_sexes(fold(latin), cyrillic):
                        known.setdefault(spelled, russian)
                        found[""].setdefault(spelled, russian)
    return found


def _both_sexes(latin: str, cyrillic: str) -> tuple[tuple[str, str], ...]:
    if cyrillic.endswith(("ов", "ев", "ёв", "ин")):
        return (latin, cyrillic), (f"{latin}a", f"{cyrillic}а")
    return ((latin, cyrillic),)


_RULES_COMMON = (
    ("shch", "щ"), ("dzh", "дж"), ("kh", "х"), ("zh", "ж"), ("sh", "ш"), ("ch", "ч"), ("ts", "ц"),
    ("iye", "ие"), ("iya", "ия"), ("iyo", "иё"), ("iyu", "ию"),
    ("yo", "ё"), ("yu", "ю"), ("ya", "я"), ("ye", "е"), ("iy", "ий"), ("iu", "ю"), ("ia", "ия"),
    ("gh", "г"), ("ph", "ф"), ("ck", "к"), ("ay", "ай"), ("ey", "ей"), ("oy", "ой"), ("uy", "уй"),
    ("a", "а"), ("b", "б"), ("c", "к"), ("d", "д"), ("e", "е"), ("f", "ф"), ("g", "г"),
    ("h", "х"), ("i", "и"), ("j", "дж"), ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"),
    ("o", "о"), ("p", "п"), ("q", "к"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"),
    ("v", "в"), ("w", "в"), ("x", "х"), ("y", "ы"), ("z", "з"),
)  # fmt: skip
_RULES = {
    "AZE": (("j", "дж"), ("c", "дж"), ("y", "й")),
    "MDA": (
        ("che", "ке"), ("chi", "ки"), ("ghe", "ге"), ("ghi", "ги"), ("cea", "ча"), ("cio", "чо"),
        ("ciu", "чу"), ("ce", "че"), ("ci", "чи"), ("gea", "джа"), ("ge", "дже"), ("gi", "джи"),
        ("ia", "ия"), ("ea", "я"), ("j", "ж"), ("x", "кс"),
    ),
    "VNM": (
        ("ngh", "нг"), ("nh", "нь"), ("ng", "нг"), ("th", "тх"), ("tr", "ч"), ("ph", "ф"),
        ("kh", "кх"), ("gi", "з"), ("qu", "ку"), ("uye", "уе"), ("x", "с"), ("d", "з"),
        ("c", "к"), ("y", "и"), ("j", "дж"),
    ),
    "CHN": (("zh", "чж"), ("x", "с"), ("q", "ц"), ("j", "цз"), ("c", "ц"), ("y", "й")),
}  # fmt: skip
_VOWELS = "aeiou"


def _by_rules(word: str, citizenship: str) -> str:
    rules = (*_RULES.get(citizenship, ()), *_RULES_COMMON)
    out: list[str] = []
    at = 0
    while at < len(word):
        rest = word[at:]
        if word[at] == "y" and at and word[at - 1] in _VOWELS:
            # a glide: «ALIYEV» is «Алиев», «BAYRAM» is «Байрам»
            if rest[1:2] == "e":
                at += 1
                continue
            if rest[1:2] not in tuple(_VOWELS):
                out.append("й")
                at += 1
                continue
        spelled, letter = next(
            ((s, c) for s, c in rules if rest.startswith(s)), (word[at], word[at])
        )
        if spelled == "e" and at == 0 and citizenship not in {"AZE", "UZB", "TJK", "KGZ"}:
            letter = "э"
        out.append(letter)
        at += len(spelled)
    return "".join(out)


def guess_cyrillic(latin: str, citizenship: str = "") -> str:
    """A likely Russian spelling of a passport's Latin name, to be confirmed by a person.

    Known names come from ``resources/reference/names.toml``, others by rules of the country
    (ISO alpha-3). Latin to Cyrillic is not defined by any standard: the notarised translation
    decides, so callers show the guess as a guess.
    """
    known = _spellings()
    out: list[str] = []
    for part in re.split(r"([\s<-]+)", latin.strip()):
        if not part or not part[0].isalpha():
            out.append(" " if part.strip() in {"", "<"} and part else part)
            continue
        plain = fold(part)
        spelled = known.get(citizenship, {}).get(plain)
        if spelled is None and citizenship not in _RULES:
            spelled = known[""].get(plain)
        if spelled is None and has_cyrillic(part):
            spelled = part.lower()
        out.append(spelled or _by_rules(plain, citizenship))
    return "".join(part[:1].upper() + part[1:] for part in out)
