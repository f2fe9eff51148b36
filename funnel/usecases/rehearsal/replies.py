"""What people of a rehearsal do with the links of a mail: load the file, answer, choose what is to follow, confirm."""

from collections.abc import Mapping
from random import Random
from typing import Any

from funnel.authoring.branches import branching
from funnel.authoring.bundle import Bundle
from funnel.domain import events as on
from funnel.domain.diagnosis import read_answers
from funnel.domain.engine.forms import CONFIRM_CONSENT
from funnel.domain.lead import Enrolment, Lead
from funnel.domain.model import in_language
from funnel.usecases.ask_questionnaire import answered, choices_of
from funnel.usecases.rehearsal.crowd import Person, draw_answers
from funnel.usecases.rehearsal.world import World
from funnel.usecases.waiting_consents import BUTTON_ON

_PHONE = "+33 1 99 00 00 00"


class Replies:
    """The links that a scenario's mails give, and what is done with them."""

    def __init__(self, world: World, bundle: Bundle) -> None:
        self._world = world
        self._bundle = bundle
        self._program = bundle.program
        self._giving = self._mails_with("links.asset")
        self._asking = self._mails_with("links.questionnaire")

    def gives(self, row: Mapping[str, Any]) -> bool:
        """Whether a mail has the link to the file."""
        return row["message"] in self._giving

    def asks(self, row: Mapping[str, Any]) -> bool:
        """Whether a mail has the link to a questionnaire."""
        return row["message"] in self._asking

    def asks_to_confirm(self, row: Mapping[str, Any]) -> bool:
        """Whether a mail asks whether she means what she ticked."""
        return bool(row["message"] == CONFIRM_CONSENT)

    def confirm(self, person: Person, lead: Lead) -> None:
        """What she ticked counts, by the button of her own page."""
        company = self._world.book.company
        ticked = {
            name: in_language(box.text, lead.language)
            for name, box in company.consents.items()
            if name in person.consents and company.confirms(name) and not lead.consents.get(name)
        }
        now = self._world.now
        self._world.record([on.EmailProven(lead_id=lead.id, occurred_at=now, ticked=ticked, page=BUTTON_ON)])

    def download(self, lead: Lead) -> None:
        """She loads the file."""
        enrolment = self._enrolment(lead)
        if enrolment and self._program.assets:
            loaded = on.AssetDownloaded(
                lead_id=lead.id,
                occurred_at=self._world.now,
                asset=self._program.assets[0],
                scenario=enrolment.scenario,
                pass_number=enrolment.pass_number,
            )
            self._world.record([loaded])

    def answer(self, person: Person, lead: Lead) -> bool:
        """She answers what the mail asks, once, and chooses what is expected of her, else one of what is offered;
        whether she did."""
        enrolment = self._enrolment(lead)
        name = self._program.asked_after(enrolment.step) if enrolment else None
        if enrolment is None or name is None or _has_answered(lead, enrolment, name):
            return False
        questionnaire = self._bundle.questionnaires[name]
        drawn = draw_answers(questionnaire, Random(f"{person.id}/{name}"), person.given)
        values = read_answers(questionnaire.questions, drawn, branching(questionnaire)).values
        step = self._program.awaiting(name, enrolment.step)
        choices = choices_of(step) if step else []
        wanted = person.expected.follow_up if person.expected else None
        offered = choices if len(choices) > 1 else [*choices, None]  # one alone is a box, which may stay empty
        picked = offered[int(person.pick * len(offered))]
        choice = next((one for one in choices if one.id == wanted), None) if wanted else picked
        batch: list[on.AnyEvent] = [on.EmailProven(lead_id=lead.id, occurred_at=self._world.now)]
        if choice and choice.phone and not lead.phone:
            fields = {"phone": _PHONE}
            batch.append(on.DetailsChanged(lead_id=lead.id, occurred_at=self._world.now, fields=fields))
        batch.append(answered(lead, enrolment, questionnaire, values, choice.id if choice else None, self._world.now))
        self._world.record(batch)
        return True

    def _mails_with(self, link: str) -> frozenset[str]:
        """The messages whose template has a link."""
        folder = f"email_templates/{self._bundle.name}/"
        paths = [path for path, content in self._bundle.files.items() if link.encode() in content]
        return frozenset(
            f"{self._bundle.name}/{path.removeprefix(folder).partition('/')[0]}"
            for path in paths
            if path.startswith(folder)
        )

    def _enrolment(self, lead: Lead) -> Enrolment | None:
        return next((one for one in reversed(lead.enrolments) if one.scenario == self._program.name), None)


def _has_answered(lead: Lead, enrolment: Enrolment, questionnaire: str) -> bool:
    own = (enrolment.scenario, enrolment.pass_number, questionnaire)
    return any((one.scenario, one.pass_number, one.questionnaire) == own for one in lead.answers)
