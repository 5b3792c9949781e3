"""How right the search for duplicates is on labelled pairs: precision, recall, each wrong answer.

A pair counts as found if the cards share a key *and* the answer is «same» or «perhaps»: what the
keys never bring together is missed, however alike it is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from arm.casework.match_keys import keys
from arm.casework.matching import Verdict, compare
from bench.duplicate_pairs import Pair, Recipe, pairs


@dataclass(frozen=True)
class Wrong:
    """One pair that was answered wrongly. ``kept_apart``: the keys never brought it together."""

    pair: Pair
    verdict: Verdict
    kept_apart: bool

    def words(self) -> str:
        """One line for the confusion list; the people are invented."""
        one, other = self.pair.one, self.pair.other
        kind = "missed" if self.pair.same_person else "false"
        why = (
            "no key in common"
            if self.kept_apart
            else "; ".join(reason.text for reason in self.verdict.reasons)
        )
        names = " | ".join(
            " ".join(
                part
                for part in (
                    card.surname, card.given, card.patronymic, card.surname_latin,
                    card.given_latin, card.birth_date, card.citizenship,
                )
                if part
            )
            for card in (one, other)
        )  # fmt: skip
        return f"{kind:6}  {self.pair.how}: {names} -> {self.verdict.answer} ({why})"


@dataclass(frozen=True)
class Measured:
    """The figures of one list."""

    name: str
    pairs: int
    found: int
    rightly: int
    one_person: int
    called_same: int
    called_same_rightly: int
    wrong: tuple[Wrong, ...]

    @property
    def precision(self) -> float:
        """Of the pairs shown to people, how many are one person."""
        return self.rightly / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Of the pairs that are one person, how many are shown."""
        return self.rightly / self.one_person if self.one_person else 0.0

    def kinds_of_wrong(self) -> list[tuple[str, int]]:
        """Kinds of people shown in vain and slips in the missed pairs, the most frequent first; a
        missed pair counts once for each of its slips."""
        return Counter(
            f"{'missed' if one.pair.same_person else 'false'}: {kind}"
            for one in self.wrong
            for kind in (one.pair.how.split(", ") if one.pair.same_person else (one.pair.how,))
        ).most_common()


def measure(recipe: Recipe) -> Measured:
    """Compare every pair of the list."""
    found = rightly = one_person = called = called_rightly = 0
    wrong: list[Wrong] = []
    made = pairs(recipe)
    for pair in made:
        verdict = compare(pair.one, pair.other)
        apart = not set(keys(pair.one)) & set(keys(pair.other))
        shown = verdict.answer != "different" and not apart
        one_person += pair.same_person
        found += shown
        rightly += shown and pair.same_person
        if shown and verdict.answer == "same":
            called += 1
            called_rightly += pair.same_person
        if shown != pair.same_person:
            wrong.append(Wrong(pair, verdict, apart))
    return Measured(
        recipe.name, len(made), found, rightly, one_person, called, called_rightly, tuple(wrong)
    )
