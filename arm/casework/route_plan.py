"""The plan of a person's route: which step by which day, from the facts of the case."""

from __future__ import annotations

from arm.casework import reference
from arm.casework.what_if import Ground
from arm.law import planner
from arm.law.planner import Plan
from arm.law.rulebook import RuleBook, open_rulebook


def route_plan(ground: Ground, book: RuleBook | None = None) -> Plan:
    """The steps that are neither passed nor not needed, each with its latest safe day."""
    route = reference.route(ground.facts.route)
    open_steps = {step.code for step in ground.steps if step.state not in ("done", "not_needed")}
    left = [
        planner.Step(step.code, step.title, step.after, step.wait or planner.DURATION)
        for step in (route.steps if route else ())
        if step.code in open_steps
    ]
    return planner.plan(ground.facts, left, ground.on, book or open_rulebook())
