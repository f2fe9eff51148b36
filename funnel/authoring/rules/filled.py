"""The rule of names: what a condition looks at is filled by some form, questionnaire, booking or step of the home."""

from collections.abc import Collection, Iterator, Mapping

from funnel.authoring.compile import all_steps
from funnel.authoring.conditions import names_in
from funnel.authoring.findings import Path, Problem
from funnel.authoring.home import Home
from funnel.authoring.rulebook import RULES
from funnel.authoring.saying import NOTHING, Saying, say
from funnel.domain.company import Company
from funnel.domain.conditions import Condition
from funnel.domain.scoring.rules import Rulebook, Scoring
from funnel.domain.tunnel.program import Program
from funnel.domain.tunnel.steps import AwaitStep, ChooseStep, EmailStep, TagStep, WhenStep

_FIELDS = ("phone", "company", "position")
"""What a form may leave out; name and e-mail are always asked."""


class Filled:
    """What the whole home fills, gathered once."""

    def __init__(self, home: Home) -> None:
        scenarios = list(home.scenarios.values())
        steps = [step for scenario in scenarios for _, step in all_steps(scenario.sequence)]
        forms = [scenario.form for scenario in scenarios if scenario.form is not None]
        self._whole = home.whole
        self._asked = {form.questionnaire for form in forms}
        self._asked |= {scenario.magnet.questionnaire for scenario in scenarios if scenario.magnet is not None}
        self._asked |= {step.questionnaire for step in steps if isinstance(step, AwaitStep)}
        self._offers = {s.questionnaire for s in steps if isinstance(s, AwaitStep) and s.follow_up}
        self._tagged = any(isinstance(step, TagStep) for step in steps) or _tags(home.company)
        self._booked = any(isinstance(step, EmailStep) and step.propose for step in steps)
        self._booked |= any(scenario.follows_appointment for scenario in scenarios)
        self._fields = {key for form in forms for key in _FIELDS if getattr(form.fields, key)}
        if self._booked:  # who books leaves a number
            self._fields.add("phone")

    def problems(self, program: Program) -> Iterator[Problem]:
        """Names in a scenario's conditions that nothing ever fills; none while files are broken that might."""
        if not self._whole:
            return
        places = {id(step): path for path, step in all_steps(program.scenario.sequence)}
        unoffered = dict(self._unoffered(program))
        for name, path in unoffered.items():
            message = say("missing key 'follow_up': a condition asks what is chosen at the end of %(name)s", name=name)
            fix = say("add 'follow_up:' with the choices, or ask nothing of it")
            yield Problem(path, "missing-key", message, fix, at="key")
        for instruction in program.steps.values():
            texts = _texts(instruction.step, places[id(instruction.step)])
            if len(texts) != len(instruction.branches):
                continue
            for (path, text), (condition, _) in zip(texts, instruction.branches, strict=True):
                told = {f"answers.{questionnaire}.follow_up" for questionnaire in unoffered}
                yield from self._unfilled(path, text, condition, told)

    def _unoffered(self, program: Program) -> Iterator[tuple[str, Path]]:
        """The questionnaires at whose end this scenario's conditions expect a choice that none of its awaits offers,
        with the first such await."""
        conditions = [condition for step in program.steps.values() for condition, _ in step.branches]
        names = {name for condition in conditions for name in names_in(condition)}
        for path, step in reversed(list(all_steps(program.scenario.sequence))):
            if not isinstance(step, AwaitStep) or step.questionnaire in {None, *self._offers}:
                continue
            if f"answers.{step.questionnaire}.follow_up" in names:
                yield str(step.questionnaire), (*path, "follow_up") if step.model_fields_set & {"follow_up"} else path

    def of_profile(self, text: str, valid_when: Condition) -> Iterator[Problem]:
        """The same of a persona's `valid_when`, placed in its own file."""
        if self._whole:
            yield from self._unfilled(("valid_when",), text, valid_when)

    def of_rules(self, rulebook: Rulebook, scoring: Scoring) -> Iterator[Problem]:
        """The same of the company's rules of points."""
        for index, rule in enumerate(scoring.rules if self._whole else ()):
            compiled = rulebook.by_id.get(rule.id)
            if rule.when is not None and compiled is not None and compiled.when is not None:
                yield from self._unfilled((*RULES, index, "when"), rule.when, compiled.when)

    def of_segments(self, segments: Mapping[str, Condition], company: Company) -> Iterator[Problem]:
        """The same of the company's segments."""
        for name, condition in segments.items() if self._whole else ():
            yield from self._unfilled(("segments", name, "when"), company.segments[name].when, condition)

    def of_suggestions(self, suggestions: Mapping[str, Condition], company: Company) -> Iterator[Problem]:
        """The same of what the company suggests."""
        for index, one in enumerate(company.suggestions if self._whole else ()):
            if one.id in suggestions:
                yield from self._unfilled(("suggestions", index, "when"), one.when, suggestions[one.id])

    def _unfilled(self, path: Path, text: str, condition: Condition, told: Collection[str] = ()) -> Iterator[Problem]:
        for name in dict.fromkeys(names_in(condition)):
            if name not in told and (why := self._why_not(name)):
                offset = max(text.find(name), 0)
                fix = say("ask for it, or take it out of the condition")
                message = say("nothing fills %(name)s: %(why)s", name=repr(name), why=why)
                yield Problem(path, "unfilled-name", message, fix, "warning", offset=offset)

    def _why_not(self, name: str) -> Saying:
        match name.split("."):
            case ["answers", questionnaire, *_] if questionnaire not in self._asked:
                return say("no form asks the questionnaire %(name)s", name=repr(questionnaire))
            case ["answers", questionnaire, "follow_up"] if questionnaire not in self._offers:
                return say("no 'await' offers choices at its end")
            case ["lead", field] if field in _FIELDS and field not in self._fields:
                return say("no form asks for %(field)s", field=repr(field))
            case ["appointment", *_] if not self._booked:
                return say("no mail proposes an appointment")
            case ["tags"] if not self._tagged:
                return say("no step puts a tag on anybody")
        return NOTHING


def _tags(company: Company | None) -> bool:
    """Whether the company's own file puts tags on people."""
    if company is None:
        return False
    return any(one.tag for one in company.thresholds) or any(one.tag for one in company.suggestions)


def _texts(step: object, path: Path) -> list[tuple[Path, str]]:
    match step:
        case WhenStep():
            return [((*path, "when"), step.when)]
        case ChooseStep():
            return [((*path, "choose", number, "when"), case.when) for number, case in enumerate(step.choose)]
        case _:
            return []
