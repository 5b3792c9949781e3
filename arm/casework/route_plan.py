"""The plan of a person's route: which step by which day, from the facts of the case."""

from __future__ import annotations

from arm.casework import reference, route_steps
from arm.casework.what_if import Ground, open_terms
from arm.law import planner
from arm.law.facts import StayFacts
from arm.law.planner import Plan
from arm.law.rulebook import RuleBook


def route_plan(ground: Ground, book: RuleBook, tried: StayFacts | None = None) -> Plan:
    """The steps that are neither passed nor not needed, each with its latest safe day; by the
    facts of the case, or by others that are tried out."""
    facts = tried or ground.facts
    route = reference.route(facts.route)
    states = route_steps.states(facts, ground.marks, _papers(ground, facts))
    open_steps = {step.code for step in states if step.state not in ("done", "not_needed")}
    left = [
        planner.Step(step.code, step.title, step.after, step.wait or planner.DURATION)
        for step in (route.steps if route else ())
        if step.code in open_steps
    ]
    terms = open_terms(facts, book, ground.settled)
    return planner.plan(facts, left, ground.on, book, terms)


def _papers(ground: Ground, facts: StayFacts) -> frozenset[str]:
    """The certificates of the case, with those that the facts tried out bring or take away."""
    had, would_have = _of_facts(ground.facts), _of_facts(facts)
    return (ground.papers - (had - would_have)) | (would_have - had)


def _of_facts(facts: StayFacts) -> frozenset[str]:
    days = {
        "medical": facts.medical_on or facts.medical_until,
        "fingerprints": facts.fingerprints_on,
        "insurance": facts.insurance_until,
    }
    return frozenset(paper for paper, day in days.items() if day is not None)
