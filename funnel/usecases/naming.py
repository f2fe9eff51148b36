"""What ids are called in words: mails, steps, webhooks, types, people, reasons, in a reader's language."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from funnel.catalogue import Speech
from funnel.domain.engine.doubts import REASON_GONE
from funnel.domain.engine.handoffs import NO_REP
from funnel.domain.engine.merging import ACCEPTED_BY, WITH_ANOTHER
from funnel.domain.engine.points import NO_LONGER
from funnel.domain.model import Text, in_language
from funnel.domain.source import read_code
from funnel.domain.tunnel import steps as verbs
from funnel.usecases.engine_texts import Unsent, awaited, endings, own_texts, skip_reasons
from funnel.usecases.failures import failure, mail_and_why
from funnel.usecases.shelf import Published
from funnel.usecases.wording import describe_time

_FILLED = re.compile(r"\{\{.*?\}\}")
_ORDERS = re.compile(r"\{%.*?%\}")
_ELSE = re.compile(r"\{% if .*?\{% else %\}|\{% if .*?\{% elif .*? %\}")
"""What a subject says in a special case; what stands behind it is the usual."""


class Names:
    """What is published now, told in one language, and instants as a zone's clock shows them (the company's, unless
    another is given). An id that is nowhere any more is shown without its underscores."""

    def __init__(self, published: Published, language: str, zone: str | None = None) -> None:
        self.published = published
        self.language = language
        self.company = published.company.company
        self.zone = zone or self.company.zone
        self.speech = Speech(language)

    def scenario(self, name: str) -> str:
        """Its title."""
        bundle = self.published.newest.get(name)
        return (in_language(bundle.scenario.title, self.language) if bundle else "") or plain(name)

    def questionnaire(self, name: str) -> str:
        """A questionnaire's title."""
        found = (bundle.questionnaires.get(name) for bundle in self.published.newest.values())
        known = next((one for one in found if one), None)
        return in_language(known.title, self.language) if known else plain(name)

    def mail(self, message: str) -> str:
        """Its subject, without what is filled in for each lead."""
        owner = message.partition("/")[0]
        bundle = self.published.newest.get(owner)
        files = bundle.files if bundle else self.published.company.files
        folder = f"email_templates/{message}/subject"
        written = sorted(path for path in files if path.startswith(f"{folder}.") and path.endswith(".txt"))
        own = f"{folder}.{self.language}.txt"
        subject = files[own if own in files else written[0]].decode(errors="replace") if written else ""
        return _without_fillings(subject) or plain(message)

    def link(self, name: str) -> str:
        """A link of a mail: what its author called it, else its place."""
        if place := re.fullmatch(r"link_(\d+)", name):
            return self.speech.gettext("no. %(number)s", number=place[1])
        return plain(name)

    def appointment_type(self, type_id: str) -> str:
        """Its title."""
        kind = self.company.appointment_type(type_id)
        return in_language(kind.title, self.language) if kind else plain(type_id)

    def instant(self, at: datetime | str) -> str:
        """`Tue 8 June, 09:30`; an event that comes from the database has it as text."""
        known = datetime.fromisoformat(at) if isinstance(at, str) else at
        return describe_time(known, self.zone, self.language, "EEE d MMMM")["when"]

    def webhook(self, webhook_id: str) -> str:
        """Its title, if it has one."""
        hook = self.company.webhook(webhook_id)
        return (in_language(hook.title, self.language) if hook else "") or plain(webhook_id)

    def call_to_action(self, code: str) -> str:
        """Its title, also when the file has given it up; a code that was never published is shown as it is."""
        cta = self.published.calls_to_action.get(read_code(code) or "")
        return (in_language(cta.title, self.language) if cta else "") or code

    def user(self, user_id: str) -> str:
        """Their name, as it was last for who has left."""
        return self.company.called(user_id)

    def purpose(self, purpose: str) -> str:
        """What a consent is for, shortly; the exact wording stands with each consent."""
        known = {
            "follow_up_email": self.speech.gettext("mails beyond what was asked for"),
            "visit_tracking": self.speech.gettext("a record of the pages and mails that are opened"),
        }
        return known.get(purpose, plain(purpose))

    def field(self, field: str) -> str:
        """What a detail of a lead is called."""
        say = self.speech.gettext
        known = {
            "name": say("the name"),
            "phone": say("the telephone number"),
            "company": say("the company"),
            "position": say("the position"),
            "zone": say("the time zone"),
            "email": say("the e-mail address"),
        }
        return known.get(field, plain(field))

    def missing(self, field: str) -> str:
        """That a detail of a lead is not known."""
        say = self.speech.gettext
        if field == "profile":
            return say("outside the profile")
        return say("no telephone") if field == "phone" else say("unknown: %(detail)s", detail=self.field(field))

    def reason(self, because: str) -> str:
        """Why a lead was handed over, or given points: `booked results_call` names the appointment's title; a text of
        the company's files is told in this language."""
        if because.startswith("booked "):
            title = self.appointment_type(because.removeprefix("booked "))
            return self.speech.gettext("Booked: %(title)s", title=title)
        if found := re.fullmatch(r"Reached (-?\d+) points", because):
            return self.speech.gettext("Reached %(points)s points", points=found[1])
        if because.startswith(ACCEPTED_BY):
            rep = self.user(because.removeprefix(ACCEPTED_BY))
            return self.speech.gettext("Is the same person as a lead whom %(rep)s has accepted", rep=rep)
        if because.endswith(NO_LONGER):
            return self.speech.gettext("%(why)s: no longer so", why=self.reason(because.removesuffix(NO_LONGER)))
        return self.told(because)

    def rule(self, rule: str, because: str) -> str:
        """What a rule gives points for; as it was stored when the rule has gone from the company's file."""
        known = self.published.company.rules.by_id.get(rule)
        return in_language(known.title, self.language) if known else self.reason(because)

    def segment(self, segment: str) -> str:
        """Its title."""
        known = self.company.segments.get(segment)
        return in_language(known.title, self.language) if known else plain(segment)

    def suggestion(self, suggestion: str) -> str:
        """The question that is asked about a lead."""
        known = self.company.suggestion(suggestion)
        return in_language(known.title, self.language) if known else plain(suggestion)

    def status(self, status: str) -> str:
        """The company's own word for where a lead stands."""
        return in_language(self.company.statuses.get(status), self.language) or plain(status)

    def told(self, stored: str) -> str:
        """A text of the company's files, or of the engine's own tasks, stored in one language, in this one; as stored
        when it has gone from them."""
        if stored.startswith(NO_REP):
            reason = self.reason(stored.removeprefix(NO_REP))
            return self.speech.gettext("No rep could take this lead: %(reason)s", reason=reason)
        if stored.startswith(REASON_GONE):
            reason = self.reason(stored.removeprefix(REASON_GONE))
            return self.speech.gettext("A reason for this hand-over is gone: %(reason)s", reason=reason)
        if stored.startswith(WITH_ANOTHER):
            rep = self.user(stored.removeprefix(WITH_ANOTHER))
            return self.speech.gettext(
                "This is the same person as your lead, and %(rep)s has her too: agree who goes on", rep=rep
            )
        text = self._twins.get(stored)
        return in_language(text, self.language) if text else self._own_texts.get(stored, stored)

    @cached_property
    def _twins(self) -> Mapping[str, Text]:
        """Every text of the published files that has more than one language, by each of its wordings."""
        found: dict[str, Text] = {}
        models: list[BaseModel] = [self.company, *(one.scenario for one in self.published.newest.values())]
        locales = set(self.company.locales)
        for model in models:
            for text in _texts(model.model_dump(), locales):
                found |= dict.fromkeys(text.values(), text)
        return found

    @cached_property
    def _own_texts(self) -> Mapping[str, str]:
        return own_texts(self.speech.gettext)

    @cached_property
    def _skip_reasons(self) -> Mapping[str, Unsent]:
        return skip_reasons(self.speech.gettext)

    @cached_property
    def _events(self) -> Mapping[str, str]:
        return awaited(self.speech.gettext)

    @cached_property
    def _endings(self) -> Mapping[str, str]:
        return endings(self.speech.gettext)

    def step(self, scenario: str, step: str) -> str:
        """What a step does, as a phrase: `waits for a booking`."""
        bundle = self.published.newest.get(scenario)
        instruction = bundle.program.steps.get(step) if bundle else None
        return self._verb(scenario, instruction.step) if instruction else plain(step)

    def _verb(self, scenario: str, step: verbs.Step) -> str:
        say = self.speech.gettext
        match step:
            case verbs.EmailStep(email=email):
                return say("mail “%(title)s”", title=self.mail(f"{scenario}/{email}"))
            case verbs.WaitStep():
                return say("waits")
            case verbs.AwaitStep(await_=event):
                return say("waits for %(event)s", event=self.event(event))
            case verbs.HandOffStep():
                return say("is handed over")
            case verbs.TaskStep():
                return say("a task for the desk")
            case verbs.WebhookStep(webhook=webhook):
                return say("another system is told: %(title)s", title=self.webhook(webhook))
            case verbs.ScoreStep():
                return say("points")
            case verbs.BookStep(book=book):
                return say("keeps a time: %(title)s", title=self.appointment_type(book.appointment))
            case verbs.StartStep(start=started):
                return say("begins “%(title)s”", title=self.scenario(started))
            case verbs.TagStep() | verbs.StatusStep():
                return say("is marked")
            case verbs.EndStep():
                return say("the end")
        return say("a choice")

    def event(self, event: str) -> str:
        """What is waited for."""
        return self._events.get(event, event)

    def why_not_sent(self, reason: str) -> str:
        """Why a mail did not leave, and what can be done about it."""
        known = self._skip_reasons.get(reason)
        return known.long if known else failure(reason, self.speech)

    def why_skipped(self, reason: str) -> str:
        """The same, shortly."""
        known = self._skip_reasons.get(reason)
        return known.short if known else failure(reason, self.speech)

    def why_parked(self, scenario: str, reason: str) -> str:
        """Why somebody stands still in a scenario; a mail that could not be written is named as it is called."""
        if not (found := mail_and_why(reason)):
            return failure(reason, self.speech)
        mail, why = found
        title = self.mail(f"{scenario}/{mail}")
        return self.speech.gettext("mail “%(title)s”: %(why)s", title=title, why=failure(why, self.speech))

    def ended(self, because: str) -> str:
        """Why an enrolment has ended."""
        return self._endings.get(because, plain(because))


def names_mail(reason: str) -> bool:
    """Whether somebody stands still for a mail that cannot be written."""
    return mail_and_why(reason) is not None


def plain(name: str) -> str:
    """`self_evaluation/your_results` -> `your results`."""
    return name.rpartition("/")[2].replace("_", " ")


def _without_fillings(subject: str) -> str:
    """`Booked: {{ title }}, {{ when }}` -> `Booked`."""
    text = _FILLED.sub("…", _ORDERS.sub("", _ELSE.sub("", subject))).strip()
    text = re.sub(r"^(…[\s,:]*)+|([\s,:]*(?<!\w )…)+$", "", text)
    text = re.sub(r"[\s,:]*…(?=[\s\u00a0\u202f]*[?!]$)", "", text).strip(" ,:\u00a0\u202f")
    return text[:1].upper() + text[1:]


def _texts(value: Any, locales: set[str]) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if value and set(value) <= locales and all(isinstance(one, str) for one in value.values()):
            yield value
        else:
            for one in value.values():
                yield from _texts(one, locales)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one, locales)
