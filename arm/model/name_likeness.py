"""How like two names are, whatever alphabet or spelling each is written in.

The distance is counted in letters over :func:`arm.model.names.latin_key`, and it is cheap to swap
letters that alphabets and clerks swap (o and a, h and g, d and t). Beside it stand two lists from
``resources/reference``: names known to be one name («Гасан» and HASAN) and names known to be two
(«Хасан» and «Хусан», the usual names of twins). A slip of the pen seldom makes another known name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from hashlib import blake2b

from arm.model.names import guess_cyrillic, has_cyrillic, latin_key, masculine_key
from arm.places import RESOURCES

ALIKE = 0.88
"""From here on two spellings are the same name for all we know."""
FAIR = 0.72
"""From here on they may be: a slip in a name of average length."""
_ONE_NAME = 0.97
_TWO_NAMES = 0.5

_NEAR = {
    "ao": 0.25, "ou": 0.3, "ei": 0.2, "ae": 0.3, "ai": 0.7, "au": 0.9, "iu": 0.7, "eo": 0.5,
    "bp": 0.4, "dt": 0.4, "gk": 0.4, "fv": 0.4, "sz": 0.4, "gh": 0.3, "hk": 0.4, "jz": 0.5,
    "uv": 0.4, "bv": 0.5, "ij": 0.5, "mn": 0.7, "js": 0.7,
}  # fmt: skip
_SWAP = {pair: cost for two, cost in _NEAR.items() for pair in (two, two[::-1])}
_LOOSE = {"h": 0.4, "i": 0.4, "a": 0.7, "e": 0.6, "o": 0.7, "u": 0.7}
_TRANSPOSED = 0.8


@lru_cache(maxsize=131_072)
def distance(one: str, other: str) -> float:
    """Letters that differ between two keys, neighbours swapped counting as one slip."""
    before: list[float] = []
    above = [0.0]
    for letter in other:
        above.append(above[-1] + _LOOSE.get(letter, 1.0))
    for at, mine in enumerate(one):
        row = [above[0] + _LOOSE.get(mine, 1.0)]
        for to, theirs in enumerate(other):
            if mine == theirs:
                best = above[to]
            else:
                best = min(
                    above[to] + _SWAP.get(mine + theirs, 1.0),
                    above[to + 1] + _LOOSE.get(mine, 1.0),
                    row[to] + _LOOSE.get(theirs, 1.0),
                )
                if at and to and mine == other[to - 1] and theirs == one[at - 1]:
                    best = min(best, before[to - 1] + _TRANSPOSED)
            row.append(best)
        before, above = above, row
    return above[-1]


@cache
def _known() -> tuple[dict[str, int], frozenset[tuple[int, int]]]:
    """Every listed name's key → number of the name; pairs of numbers that are different names."""
    with (RESOURCES / "reference" / "names.toml").open("rb") as file:
        listed = tomllib.load(file)
    with (RESOURCES / "reference" / "name_variants.toml").open("rb") as file:
        variants = tomllib.load(file)
    groups: list[list[str]] = [
        *variants["same"],
        *(group for country in listed.values() for kind in country.values() for group in kind),
    ]
    number: dict[str, int] = {}
    for group in groups:
        keys = {masculine_key(latin_key(name)) for name in group if " " not in name}
        meeting = {number[key] for key in keys if key in number}
        chosen = min(meeting, default=len(number))
        if len(meeting) > 1:
            number.update({key: chosen for key, held in number.items() if held in meeting})
        number.update(dict.fromkeys(keys, chosen))
    apart = set()
    for one, other in variants["different"]:
        for key in (one, other):
            number.setdefault(masculine_key(latin_key(key)), len(number) + 100_000)
        pair = (number[masculine_key(latin_key(one))], number[masculine_key(latin_key(other))])
        apart |= {pair, pair[::-1]}
    return number, frozenset(apart)


@cache
def fingerprint() -> str:
    """Changes when the lists of names do: what was computed from them is then out of date."""
    told = blake2b(digest_size=8)
    for name in ("names.toml", "name_variants.toml"):
        told.update((RESOURCES / "reference" / name).read_bytes())
    return told.hexdigest()


def name_number(key: str) -> int | None:
    """The number of a known name by its key: all spellings of a name share it."""
    return _known()[0].get(key)


@lru_cache(maxsize=131_072)
def word_likeness(one: str, other: str) -> float:
    """0–1 for two keys of one word each."""
    if one == other:
        return 1.0
    numbers, apart = _known()
    mine, theirs = numbers.get(one), numbers.get(other)
    letters = distance(one, other)
    near = max(0.0, 1 - letters / max(len(one), len(other), 1))
    if mine is not None and theirs is not None:
        if (mine, theirs) in apart:
            return min(near, _TWO_NAMES)
        if mine == theirs:
            return max(near, _ONE_NAME)
        # both are names that people really bear: only vowels of dialects make them one
        return near if near >= 0.93 else min(near, _TWO_NAMES)
    short, long = sorted((one, other), key=len)
    least = 0.0
    if len(short) >= 4 and long.startswith(short):
        least = 0.8
    elif letters <= 1 and len(short) >= 3:
        least = FAIR  # one slip is one slip in a short name, too
    return max(near, least)


Words = tuple[str, ...]
Readings = tuple[Words, ...]
"""A name as words of keys, once for each spelling we have of it."""


def likeness(mine: Readings, theirs: Readings) -> float | None:
    """0–1 for two names of any number of words, the best of all spellings; None if unknown."""
    found = [_words_likeness(one, other) for one in mine for other in theirs]
    return max(found, default=None)


@lru_cache(maxsize=131_072)
def _words_likeness(one: Words, other: Words) -> float:
    if one == other:
        return 1.0
    few, many = sorted((one, other), key=len)
    left = list(many)
    worst = 1.0
    for word in sorted(few, key=len, reverse=True):
        near = [word_likeness(word, against) for against in left]
        best = max(near)
        left.pop(near.index(best))
        worst = min(worst, best)
    together = "".join(one), "".join(other)
    if len(few) == len(many):
        # one slip in a name of several short words, perhaps in the space between them
        slip = _TWO_NAMES < worst < FAIR and distance(*together) <= 1
        return FAIR if slip else worst
    # what one side leaves out costs a little: a double surname, a second given name
    return max(worst * 0.96, word_likeness(*together))


_OF_FATHER = re.compile(
    r"\b(ogli|oglu|ugli|uglu|ulu|uli|kizi|gizi|kizy|zoda|zada|zade|bint|bin|ibn)\b"
)
_RUSSIAN_ENDING = re.compile(r"(ovich|evich|ovna|evna|yevich|inichna|ichna|ich)\b")
_WRITTEN_TOGETHER = re.compile(r"(?<=...)(ogli|ugli|oglu|kizi|zoda|zade)\b")
_SON = re.compile(r"(zoda|zade)\Z")
_PREFIX = frozenset({"al", "el", "ul"})


def readings(
    cyrillic: str, latin: str, citizenship: str = "", *, surname: bool = False
) -> Readings:
    """The spellings we have of a surname or a given name, made ready for :func:`likeness`.

    Words about the father that stand among the given names are left out; a Latin name from a
    country with rules of its own is also read as a Russian passport translation would write it.
    """
    return _readings(cyrillic, latin, citizenship, surname)


@lru_cache(maxsize=131_072)
def _readings(cyrillic: str, latin: str, citizenship: str, surname: bool) -> Readings:
    texts = [text for text in (cyrillic, latin) if text]
    if latin and not has_cyrillic(latin) and not cyrillic:
        texts.append(guess_cyrillic(latin, citizenship))
    found: dict[Words, None] = {}
    for text in texts:
        words = latin_key(text).split()
        if not surname:
            words = _without_father(words)[0]
        # of given names as well: a name may stand in the other's place
        kept = [masculine_key(word) for word in words if word not in _PREFIX] or words
        if kept:
            found[tuple(kept)] = None
    if surname:
        # «Рахимов» of yesterday's passport is «Рахимзода» in today's
        found |= {tuple(_SON.sub("ov", word) for word in words): None for words in tuple(found)}
    return tuple(found)


def _without_father(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is left of given names, and what stands among them about the father."""
    kept: list[str] = []
    about: list[str] = []
    for word in words:
        if _OF_FATHER.fullmatch(word):
            if len(kept) > 1:
                about.append(kept.pop())
        elif kept and _RUSSIAN_ENDING.search(word) and len(word) > 6:
            about.append(word)
        else:
            kept.append(word)
    return kept, about


def _stems(key: str) -> Iterable[str]:
    """The father's name without the ending of a patronymic; before «-евич» a vowel may be lost:
    «Юрьевич» is Юрий, «Василеевич» is Василе."""
    stem = _RUSSIAN_ENDING.sub("", key).strip()
    if stem != key and key[len(stem)] == "e":
        return stem, f"{stem}e", f"{stem}i"
    return (_WRITTEN_TOGETHER.sub("", stem),)


def father(patronymics: Iterable[str], given: Iterable[str] = ()) -> Readings:
    """The father's name out of patronymics: «Шавкатович», SHAVKAT UGLI, «Шавкат угли»; and of what
    stands among given names: ULUGBEK SHAVKAT UGLI."""
    keys = [_OF_FATHER.sub(" ", latin_key(text)).strip() for text in patronymics]
    keys += [" ".join(_without_father(latin_key(text).split())[1]) for text in given]
    stems = (stem.split() for key in keys for stem in _stems(key))
    return tuple(dict.fromkeys(tuple(words) for words in stems if words))
