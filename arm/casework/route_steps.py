"""How far a person has come on a route: what was marked, and what the papers prove."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from arm.casework import reference
from arm.law.facts import StayFacts

StepState = Literal["done", "current", "repeat", "ahead", "not_needed"]

_PAPER_STEPS = {"medical", "fingerprints", "exam", "insurance", "translation", "contract"}
_RESIDENCE = {"trp", "trp_education", "prp"}
_PERMIT_STEPS = {
    "patent_application": {"patent"},
    "patent_issue": {"patent"},
    "trp_application": _RESIDENCE,
    "trp_issue": _RESIDENCE,
}
"""Steps that a permit in the case proves."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person recorded at a step."""

    state: str | None
    done_on: date | None = None
    planned_on: date | None = None


@dataclass(frozen=True, slots=True)
class RouteState:
    """One step of the route as it stands."""

    code: str
    title: str
    state: StepState
    on: date | None
    """When it was passed."""


def states(
    facts: StayFacts, marks: Mapping[str, Mark], papers: Collection[str]
) -> tuple[RouteState, ...]:
    """The steps of the person's route; empty without a route.

    ``papers``: types of certificates in the case. The first step that is neither passed nor
    proved is the current one.
    """
    route = reference.route(facts.route)
    if route is None:
        return ()
    found: list[RouteState] = []
    current = False
    for step in route.steps:
        mark = marks.get(step.code)
        if mark is not None and mark.state in ("done", "not_needed", "repeat"):
            state: StepState = mark.state  # type: ignore[assignment]  # checked on this line
            found.append(RouteState(step.code, step.title, state, mark.done_on))
            current = current or state == "repeat"
            continue
        proved, on = _proved(step.code, facts, papers)
        if proved:
            found.append(RouteState(step.code, step.title, "done", on))
            continue
        found.append(RouteState(step.code, step.title, "ahead" if current else "current", None))
        current = True
    return tuple(found)


def progress(
    facts: StayFacts, marks: Mapping[str, str | None], papers: Collection[str]
) -> tuple[int | None, int | None]:
    """How many steps are passed of how many; ``None`` twice without a route.

    ``marks``: recorded states by step. Agrees with :func:`states`, and is faster for lists.
    """
    route = reference.route(facts.route) if facts.route else None
    if route is None or not route.steps:
        return None, None
    passed = 0
    for step in route.steps:
        mark = marks.get(step.code)
        if mark in ("done", "not_needed"):
            passed += 1
            continue
        passed += mark != "repeat" and _proved(step.code, facts, papers)[0]
    return passed, len(route.steps)


def _proved(code: str, facts: StayFacts, papers: Collection[str]) -> tuple[bool, date | None]:
    proved, on = False, None
    if code == "registration":
        on = facts.registered_on
        proved = on is not None or facts.registration_until is not None
    elif code in _PAPER_STEPS:
        proved = code in papers
        on = {"medical": facts.medical_on, "fingerprints": facts.fingerprints_on}.get(code)
    elif code in _PERMIT_STEPS:
        proved = facts.permit_type in _PERMIT_STEPS[code]
        on = None if code.endswith("_application") else facts.permit_issued_on
    return proved, on if proved and on != date.min else None
