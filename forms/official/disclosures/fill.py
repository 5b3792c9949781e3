"""Boxes of the extract from the register of disclosures.

The register is known to casework, not to forms: it hands the lines over in
``extra["disclosures"]``, one a line, newest first, tabs between: when, who, what, ground, way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from arm.law.tables import LawTables
from arm.model import CaseFacts
from forms.kit.sources import full_name, words
from forms.kit.spec import Edition

FIRST: Final = 13
MORE: Final = 16
PAGES: Final = 5
ROOM: Final = FIRST + MORE * (PAGES - 1)


def fill(
    facts: CaseFacts,
    extra: Mapping[str, str],
    edition: Edition,  # noqa: ARG001 – all forms are filled by one signature
    tables: LawTables,  # noqa: ARG001
) -> dict[str, str]:
    """The lines in their places; if there are more than the paper holds, the last says so."""
    person = facts.person
    name = full_name(person.surname, person.given, person.patronymic)
    lines = [line.split("\t") for line in extra.get("disclosures", "").splitlines() if line]
    boxes = {
        "full_name": name,
        "count": f"Записей: {len(lines)}" if lines else "Сведения никому не передавали",
        "signed": f"Выдал: {facts.filled_by}",
        "footer": words(facts.on),
    }
    shown = lines if len(lines) <= ROOM else lines[: ROOM - 1]
    for number, (at, who, what, ground, way) in enumerate(shown, 1):
        boxes |= {
            f"line{number}_at": at,
            f"line{number}_who": who,
            f"line{number}_what": what,
            f"line{number}_why": f"{ground}\n{way}",
        }
    if len(lines) > ROOM:
        boxes[f"line{ROOM}_what"] = (
            f"и ещё записей: {len(lines) - len(shown)} (полный список в программе)"
        )
    for page in range(2, PAGES + 1):
        if len(shown) > FIRST + MORE * (page - 2):
            boxes[f"name{page}"] = name
    return boxes
