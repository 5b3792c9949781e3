"""The left side of «Расхождения»: what waits for a decision, what was refused, what is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, cast

from arm.casework.conflicts import DisputedCase
from arm.casework.refused import RefusedEdit
from ui.casefile.conflict_parts import CaseItem
from ui.casefile.refused_view import RefusedItem
from ui.casefile.side_list import ListLine, Place, Section, SideList
from ui.casefile.wording import day_text, moment_text
from ui.design.text import fmt_time, t

WIDTH = 240
Kind = Literal["dispute", "settled", "refused", "done"]
Chosen = tuple[Kind, str]
"""What stands in the middle: a person's dispute, or a refused edit by its key."""


@dataclass
class Lists:
    """All that the list shows."""

    open: list[DisputedCase] = field(default_factory=list)
    settled: list[DisputedCase] = field(default_factory=list)
    refused: list[RefusedEdit] = field(default_factory=list)
    done: list[RefusedEdit] = field(default_factory=list)


class ConflictsList(SideList):
    """Disputes and refused edits; ``chosen`` sends what somebody wants to see in the middle."""

    def __init__(self) -> None:
        super().__init__(
            "disputedList",
            WIDTH,
            (
                Section("open", t("Нужно решить"), stays=True),
                Section("others", t("Спорят коллеги")),
                Section("refused", t("Не принято центром")),
                Section("officeRefused", t("Не принято у коллег")),
                Section("settled", t("Решены сегодня")),
                Section("done", t("Разобраны")),
            ),
            t("Ни одна правка не теряется: все варианты остаются в истории дела."),
        )

    def show_lists(self, lists: Lists, today: date) -> None:
        """Show other lists."""
        self.fill(
            {
                "open": _cases((one for one in lists.open if one.own), today),
                "others": _cases((one for one in lists.open if not one.own), today),
                "settled": _cases(lists.settled, today, "settled"),
                "refused": _edits((one for one in lists.refused if one.own), today),
                "officeRefused": _edits((one for one in lists.refused if not one.own), today),
                "done": _edits(lists.done, today, "done"),
            }
        )

    def set_decided(self, person: str, decided: int) -> None:
        """How many fields of a dispute have a choice."""
        item = self.line(("dispute", person))
        if isinstance(item, CaseItem):
            item.set_decided(decided)

    def order(self, kinds: Sequence[Kind]) -> list[Chosen]:
        """What can be walked through, as it stands in the list."""
        return [place for place in map(_chosen, self.places()) if place[0] in kinds]


def _chosen(place: Place) -> Chosen:
    return cast("Chosen", place)


def _cases(
    cases: Iterable[DisputedCase], today: date, kind: Kind = "dispute"
) -> dict[Place, ListLine]:
    over = kind == "settled"
    return {
        (kind, one.person_id): CaseItem(
            one, fmt_time(one.at) if over else day_text(one.at, today), settled=over
        )
        for one in cases
    }


def _edits(
    edits: Iterable[RefusedEdit], today: date, kind: Kind = "refused"
) -> dict[Place, ListLine]:
    return {(kind, one.key): RefusedItem(one, moment_text(one.at, today)) for one in edits}
