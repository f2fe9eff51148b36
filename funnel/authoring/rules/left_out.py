"""What all others of a kind state and one does not, over all scenarios: probably forgotten, so a warning."""

from collections.abc import Iterator

from funnel.authoring.compile import all_steps
from funnel.authoring.findings import Path, Problem
from funnel.authoring.home import Home
from funnel.authoring.saying import say
from funnel.domain.tunnel.steps import Task, TaskStep

_FEWEST = 3
"""Scenarios, or calls, of which one is an exception and not a taste of its own."""


def left_out_beside(home: Home, name: str) -> Iterator[Problem]:
    """What one scenario leaves out beside those like it: tunnels with a form, or scenarios without. What is made by
    `use:` has it from its base."""
    mine = home.scenarios[name]
    if not home.names <= home.scenarios.keys():  # of one that cannot be read nobody knows what it states
        return
    like = [
        other
        for file, other in home.scenarios.items()
        if (other.form is None) == (mine.form is None) and file not in home.bases
    ]
    if mine not in like or len(like) < _FEWEST:
        return
    others = [other for other in like if other is not mine]
    for key in ("again", "team", "targets", "expect", "leave_when"):
        if key not in mine.model_fields_set and all(key in other.model_fields_set for other in others):
            message = say("this scenario says nothing of %(key)s, the others like it do", key=repr(key))
            yield Problem((), "left-out", message, say("add '%(key)s:'", key=key), "warning")
    for key in others[0].targets if mine.targets else ():
        if key not in mine.targets and (key != "answered" or mine.magnet) and all(key in one.targets for one in others):
            message = say("this scenario has no target for %(key)s, the others like it do", key=repr(key))
            yield Problem(("targets",), "left-out", message, say("add '%(key)s:'", key=key), "warning")
    for key in ("position", "company"):
        if (
            mine.form
            and not getattr(mine.form.fields, key)
            and all(other.form and getattr(other.form.fields, key) for other in others)
        ):
            path: Path = ("form", "fields") if "fields" in mine.form.model_fields_set else ("form",)
            message = say("this form says nothing of %(key)s, the others do", key=repr(key))
            yield Problem(path, "left-out", message, say("add '%(key)s:'", key=key), "warning")


def calls_left_out(home: Home) -> Iterator[tuple[str, Problem]]:
    """The scenario and the call in it that alone has no time by which it is to be made: nobody would be told that it
    is late."""
    if not home.names <= home.scenarios.keys():
        return
    calls = [
        (name, path, step.task)
        for name, scenario in home.scenarios.items()
        if name not in home.bases
        for path, step in all_steps(scenario.sequence)
        if isinstance(step, TaskStep) and isinstance(step.task, Task) and step.task.call
    ]
    without = [(name, path) for name, path, task in calls if task.within is None]
    if len(without) == 1 and len(calls) >= _FEWEST:
        [(name, path)] = without
        message = say("this call may be made whenever, all others have a time")
        yield name, Problem((*path, "task"), "left-out", message, say("add '%(key)s:'", key="within"), "warning")
