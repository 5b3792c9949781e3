"""All printed forms, and the three things done with one: fill it, check it, draw it.

A form is a folder under ``forms/official``; ``docs/forms.md`` says how to add one.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from arm.law.tables import LawTables, load_tables
from arm.model import CaseFacts
from forms import official
from forms.kit import paper
from forms.kit.check import Problem, check
from forms.kit.sources import from_facts, on_paper
from forms.kit.spec import Edition, FormSpec, UnknownForm, read_spec

__all__ = [
    "Edition",
    "Filled",
    "FormSpec",
    "Problem",
    "all_forms",
    "draw",
    "draw_boxes",
    "draw_many",
    "fill",
    "form",
]


class Fill(Protocol):
    """What ``fill.py`` of a form offers."""

    def __call__(
        self, facts: CaseFacts, extra: Mapping[str, str], edition: Edition, tables: LawTables
    ) -> dict[str, str]:
        """Boxes that are not simply a field of a record."""


@dataclass(frozen=True)
class Filled:
    """A filled form, not yet drawn."""

    form: str
    edition: str
    boxes: dict[str, str]
    """Every filled box by id, exactly as on paper: keep it to print the same paper again."""
    problems: list[Problem]


def all_forms() -> list[FormSpec]:
    """Every form, in the order of the list."""
    return sorted(_specs().values(), key=lambda spec: (spec.order, spec.id))


def form(form_id: str) -> FormSpec:
    """One form. Raises :class:`forms.kit.spec.UnknownForm`."""
    try:
        return _specs()[form_id]
    except KeyError:
        raise UnknownForm(form=form_id, known=", ".join(sorted(_specs()))) from None


def fill(
    form_id: str,
    facts: CaseFacts,
    extra: Mapping[str, str] | None = None,
    tables: LawTables | None = None,
) -> Filled:
    """Fill the edition in force on ``facts.on`` and say what is missing or does not fit.

    ``extra``: what was typed for this print, by box id, and answers to the form's questions.
    ``tables``: the law in force here; read from the program's own files if not given, which takes
    10 ms: hand it over when filling many.
    Raises UnknownForm or NoEdition.
    """
    spec = form(form_id)
    edition = spec.edition_for(facts.on)
    layout = edition.layout
    given = {ask.name: ask.default for ask in spec.asks} | facts.extra | dict(extra or {})
    boxes = from_facts(layout, facts)
    boxes |= _fill_of(form_id)(facts, given, edition, tables or load_tables())
    known = layout.boxes
    boxes |= {name: value for name, value in given.items() if name in known}
    for box in known.values():
        if box.copy_of and box.id not in boxes:
            boxes[box.id] = boxes.get(box.copy_of, "")
    shown = {name: on_paper(box, boxes.get(name, "")) for name, box in known.items()}
    filled = {name: value for name, value in shown.items() if value}
    return Filled(form_id, edition.id, filled, check(layout, filled))


def draw(filled: Filled, mark_problems: bool = False) -> bytes:
    """The PDF of a filled form. ``mark_problems`` numbers the problems on the paper, for the
    preview; a value that does not fit is left out either way."""
    return draw_many([filled], mark_problems=mark_problems)


def draw_many(filled: Sequence[Filled], mark_problems: bool = False) -> bytes:
    """One PDF of several filled forms: what each form prints is stored in it once."""
    specs = [form(one.form) for one in filled]
    sheets = [
        paper.Sheet(
            spec.edition(one.edition).layout,
            one.boxes,
            one.problems if mark_problems else (),
        )
        for spec, one in zip(specs, filled, strict=True)
    ]
    return paper.draw(sheets, specs[0].title if specs else "")


def draw_boxes(form_id: str, edition: str, boxes: Mapping[str, str]) -> bytes:
    """Print an issued form again: the same boxes give the same bytes as the first time.

    Raises UnknownForm or NoEdition.
    """
    return draw(Filled(form_id, edition, dict(boxes), []))


@cache  # forms ship with the program
def _specs() -> dict[str, FormSpec]:
    root = Path(official.__path__[0])
    return {
        module.name: read_spec(root / module.name)
        for module in pkgutil.iter_modules(official.__path__)
    }


@cache
def _fill_of(form_id: str) -> Fill:
    made: Fill = importlib.import_module(f"{official.__name__}.{form_id}.fill").fill
    return made
