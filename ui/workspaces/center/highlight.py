"""Shows in a name which letters the search found, whichever script they were typed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from arm.model.names import fold, latin_key

Span = tuple[int, int]
MEMORY = 4_000


def search_marks(text: str) -> Callable[[str], Sequence[Span]] | None:
    """A function from a name to the parts of it that a search for ``text`` found.

    Each typed word marks the beginning of at most one word of the name. None when no letters
    were typed.
    """
    typed = tuple(word for word in fold(text).split() if not any(c.isdigit() for c in word))
    if not typed:
        return None
    keys = tuple(latin_key(word) for word in typed)

    @lru_cache(maxsize=MEMORY)
    def marks(name: str) -> tuple[Span, ...]:
        found: list[Span] = []
        left = list(zip(typed, keys, strict=True))
        for start, word in _words(name):
            for pair in left:
                length = _matched(word, *pair)
                if length:
                    found.append((start, length))
                    left.remove(pair)
                    break
        return tuple(found)

    return marks


def _words(name: str) -> Iterator[tuple[int, str]]:
    start = 0
    for word in name.split(" "):
        if word:
            yield start, word
        start += len(word) + 1


def _matched(word: str, letters: str, key: str) -> int:
    """How many first letters of ``word`` were typed; 0 when it is another word."""
    folded = fold(word)
    if folded.startswith(letters):
        return len(letters) if len(folded) == len(word) else _grown(word, letters, fold)
    if not key or not latin_key(word).startswith(key):
        return 0
    return _grown(word, key, latin_key)


def _grown(word: str, wanted: str, key_of: Callable[[str], str]) -> int:
    """The shortest beginning of ``word`` whose key holds ``wanted``."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high) // 2
        if key_of(word[:middle]).startswith(wanted):
            high = middle
        else:
            low = middle + 1
    return low
