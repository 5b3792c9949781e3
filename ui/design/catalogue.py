"""English for Russian texts: those that stand in the code, and those that the core has filled.

The core gives finished Russian sentences («въезд 21.04, 7 раб. дней»), some of them kept in the
local database. Their English is found by the template they were made from («въезд {day}, {days}»);
what stands in the places is looked up in turn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACE = re.compile(r"\{(\w+)\}")
_LETTER = re.compile("[а-яёА-ЯЁ]")
_NUMBERED = re.compile(r"(\d[\d\u00a0 ]*)([\u00a0 ])(\D.*)", re.DOTALL)
_JOINTS = {" · ": " · ", "; ": "; ", ": ": ": ", ", ": ", ", " — ": " — ", " и ": " and "}
_DEEPEST = 3
"""Templates in templates in templates: deeper there is only what people typed."""
_FEW = 2
"""A template of fewer fixed letters («{day} в {time}») fits numbers only, not any sentence."""
_REMEMBERED = 4_096


class Template:
    """A sentence with places: «Законно до {day}» → «Lawful until {day}»."""

    def __init__(self, russian: str, english: str) -> None:
        self.english = english
        self.names: list[str] = []
        pattern, end = "", 0
        for place in _PLACE.finditer(russian):
            pattern += re.escape(russian[end : place.start()]) + "(.+?)"
            self.names.append(place.group(1))
            end = place.end()
        self._pattern = re.compile(pattern + re.escape(russian[end:]), re.DOTALL)
        self.start = russian.split("{", 1)[0]
        self.fixed = len(_LETTER.findall(_PLACE.sub("", russian)))

    def values(self, text: str) -> dict[str, str] | None:
        """What stands in the places of a text made from this template."""
        if not text.startswith(self.start):
            return None
        found = self._pattern.fullmatch(text)
        if found is None or (self.fixed < _FEW and _LETTER.search("".join(found.groups()))):
            return None
        return dict(zip(self.names, found.groups(), strict=True))


class Words:
    """A table of texts, asked by the finished Russian sentence."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._known = {key: text for key, text in table.items() if text}
        self._counted: dict[str, tuple[str, str]] = {}
        for key, text in table.items():
            if "|" in key and text:
                one, many = text.split("|")
                self._counted |= dict.fromkeys(key.split("|"), (one, many))
        templates = [Template(key, text) for key, text in self._known.items() if "{" in key]
        self._templates = sorted(
            (one for one in templates if one.fixed),
            # «на {days}» before «{number} дней»: a beginning tells more than an end
            key=lambda one: (not _LETTER.search(one.start), -one.fixed),
        )
        self._remembered: dict[str, str | None] = {}

    def find(self, text: str) -> str | None:
        """The text in the other language; ``None`` when nothing of it is known."""
        known = self._known.get(text)
        if known is not None or not _LETTER.search(text):
            return known
        if text not in self._remembered:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[text] = self._made(text, 0)
        return self._remembered[text]

    def _made(self, text: str, depth: int) -> str | None:
        known = self._known.get(text) or self._in_other_case(text)
        if known is not None or depth >= _DEEPEST:
            return known
        return self._number(text) or self._filled(text, depth) or self._joined(text, depth)

    def _value(self, text: str, depth: int) -> str:
        if not _LETTER.search(text):
            return text
        return self._made(text, depth + 1) or text

    def _in_other_case(self, text: str) -> str | None:
        """«телефон» by «Телефон» and the reverse: a label inside a sentence, a sentence's start."""
        first = text[:1]
        known = self._known.get((first.upper() if first.islower() else first.lower()) + text[1:])
        if not known:
            return None
        if first.isupper():
            return known[0].upper() + known[1:]
        return known if known[1:2].isupper() else known[0].lower() + known[1:]

    def _number(self, text: str) -> str | None:
        """«5 дней», «7 раб. дней»."""
        found = _NUMBERED.fullmatch(text)
        if found is None:
            return None
        number, space, word = found.groups()
        pair = self._counted.get(word)
        if pair is not None:
            return f"{number}{space}{pair[0] if number == '1' else pair[1]}"
        known = self._known.get(word)
        return f"{number}{space}{known}" if known else None

    def _filled(self, text: str, depth: int) -> str | None:
        for template in self._templates:
            values = template.values(text)
            if values is not None:
                shown = {name: self._value(value, depth) for name, value in values.items()}
                return template.english.format_map(shown)
        return None

    def _joined(self, text: str, depth: int) -> str | None:
        for joint, said in _JOINTS.items():
            parts = text.split(joint)
            if len(parts) > 1:
                shown = [self._value(part, depth) for part in parts]
                return said.join(shown) if shown != parts else None
        return None
