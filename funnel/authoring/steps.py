"""The steps of a raw scenario before any model sees them: each has one verb, and a block is a list of steps."""

from collections.abc import Iterator
from typing import Any

from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import ELSEWHERE, JUMPS, all_of, any_of, did_you_mean, grouped, kind_of, nearest, quote
from funnel.authoring.saying import Saying, say
from funnel.domain.tunnel.steps import VERBS, Step

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
        message = say("%(number)s steps and cases; the limit is %(most)s", number=grouped(number), most=MAX_STEPS)
        return [Problem(("sequence",), "too-big", message, say("split it, and 'start:' the next"))]
    found = (_verb_problem(path, step) for path, step in steps)
    return [problem for problem in found if problem is not None]


def _verb_problem(path: Path, step: Any) -> Problem | None:
    if not isinstance(step, dict):
        fix = say("write it like '- wait: 2 days'")
        if isinstance(step, str) and (near := nearest(step.split(":")[0], VERBS)):
            fix = say("write '- %(near)s: ...', with a space after the colon", near=near)
        return Problem(
            path, "wrong-type", say("a step is a verb with its argument, not %(kind)s", kind=kind_of(step)), fix
        )
    # `when` beside `do` names a step; in a case of `choose` it is no step at all. `score` beside `await` is its key.
    named = [key for key in step if key in VERBS]
    verbs = [key for key in named if not any(_has(VERBS[other], key) for other in named if other != key)]
    if len(verbs) == 1:
        return None
    if len(verbs) > 1:
        message = say("a step has one verb, this one has %(words)s", words=all_of(verbs))
        return Problem((*path, verbs[1]), "two-verbs", message, say("begin a new step with '-'"), at="key")
    owners = {key: [verb for verb, model in VERBS.items() if _has(model, key)] for key in step}
    for key in step:
        if (not owners[key] or key in ELSEWHERE) and (meant := _meant(key)):
            return Problem((*path, key), "unknown-verb", say("no verb %(key)s", key=quote(key)), meant, at="key")
    if not step:
        return Problem(path, "unknown-verb", say("an empty step"), say("use %(words)s", words=_all_verbs()))
    for key, verbs in owners.items():
        if 0 < len(verbs) < len(VERBS):
            message = say(
                "a step without its verb: %(key)s belongs to %(verbs)s",
                key=repr(key),
                verbs=any_of([repr(verb) for verb in verbs]),
            )
            return Problem(path, "unknown-verb", message, say("add '%(verb)s:'", verb=verbs[0]))
    first = next(iter(step))
    message = say("no verb in this step: %(first)s", first=quote(first))
    return Problem(path, "unknown-verb", message, say("use %(words)s", words=_all_verbs()))


def _meant(key: object) -> Saying | None:
    """The fix for a word that another tool has, or that is nearly one of the verbs."""
    word = str(key).strip().lower().replace("-", "_").replace(" ", "_")
    if word in JUMPS:
        return say("a way leads forward only: write the steps below, or 'start:' a scenario, or this one's next pass")
    near = ELSEWHERE.get(word) or nearest(key, VERBS)
    return did_you_mean(near) if near else None


def _has(model: type[Step], key: object) -> bool:
    return any(key == (field.alias or name) for name, field in model.model_fields.items())


def _all_verbs() -> Saying:
    return say("one of %(words)s", words=", ".join(VERBS))
