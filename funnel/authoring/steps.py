"""The steps of a raw scenario before any model sees them: each has one verb, and a block is a list of steps."""

from collections.abc import Iterator
from typing import Any

from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import any_of, kind_of, nearest, quote
from funnel.domain.tunnel.scenario import VERBS, Step

MAX_STEPS = 500
"""Steps and cases of a scenario; more is no tunnel that a person can follow."""


def raw_steps(sequence: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Every step below a raw block, outermost first, with its path. What is not a list holds none."""
    if not isinstance(sequence, list):
        return
    for index, step in enumerate(sequence):
        here: Path = (*path, index)
        yield here, step
        if not isinstance(step, dict):
            continue
        for key in ("do", "otherwise"):
            yield from raw_steps(step.get(key), (*here, key))
        cases = step.get("choose")
        for number, case in enumerate(cases if isinstance(cases, list) else []):
            if isinstance(case, dict):
                yield from raw_steps(case.get("do"), (*here, "choose", number, "do"))


def verb_problems(data: Any) -> list[Problem]:
    """Steps without a verb, with two, with one that is not finished. Their own keys need no further check."""
    if not isinstance(data, dict):
        return []
    steps = list(raw_steps(data.get("sequence"), ("sequence",)))
    cases = (step.get("choose") for _, step in steps if isinstance(step, dict))
    number = len(steps) + sum(len(each) for each in cases if isinstance(each, list))
    if number > MAX_STEPS:
        message = f"{number:,} steps and cases; the limit is {MAX_STEPS}"
        return [Problem(("sequence",), "too-big", message, "split it, and 'start:' the next")]
    found = (_verb_problem(path, step) for path, step in steps)
    return [problem for problem in found if problem is not None]


def _verb_problem(path: Path, step: Any) -> Problem | None:
    if not isinstance(step, dict):
        fix = "write it like '- wait: 2 days'"
        if isinstance(step, str) and (near := nearest(step.split(":")[0], VERBS)):
            fix = f"write '- {near}: ...', with a space after the colon"
        return Problem(path, "wrong-type", f"a step is a verb with its argument, not {kind_of(step)}", fix)
    # `when` beside `do` names a step; in a case of `choose` it is no step at all.
    verbs = [key for key in step if key in VERBS]
    if len(verbs) == 1:
        return None
    if len(verbs) > 1:
        message = f"a step has one verb, this one has {' and '.join(verbs)}"
        return Problem((*path, verbs[1]), "two-verbs", message, "begin a new step with '-'", at="key")
    owners = {key: [verb for verb, model in VERBS.items() if _has(model, key)] for key in step}
    for key in step:
        if not owners[key] and (near := nearest(key, VERBS)):
            return Problem((*path, key), "unknown-verb", f"no verb {quote(key)}", f"did you mean {near!r}?", at="key")
    if not step:
        return Problem(path, "unknown-verb", "an empty step", f"use {_all_verbs()}")
    for key, verbs in owners.items():
        if 0 < len(verbs) < len(VERBS):
            message = f"a step without its verb: {key!r} belongs to {any_of([repr(verb) for verb in verbs])}"
            return Problem(path, "unknown-verb", message, f"add '{verbs[0]}:'")
    first = next(iter(step))
    message = f"no verb in this step: {quote(first)}"
    return Problem(path, "unknown-verb", message, f"use {_all_verbs()}")


def _has(model: type[Step], key: object) -> bool:
    return any(key == (field.alias or name) for name, field in model.model_fields.items())


def _all_verbs() -> str:
    return f"one of {', '.join(VERBS)}"
