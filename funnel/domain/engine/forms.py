"""Forms and answers: what a submission changes, who enters which scenario, what is sent again."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine.entry import happen, may_enter
from funnel.domain.engine.handing import check_qualified, progress
from funnel.domain.engine.late import answered_late
from funnel.domain.engine.mails import repeat
from funnel.domain.engine.meeting_mails import INVITATION, change, mail_about
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import begin, note, way_on
from funnel.domain.lead import AnswerSheet, Enrolment, Occurrence, about_mails
from funnel.domain.model import in_language
from funnel.domain.timing import local_time
from funnel.domain.tunnel import steps as verbs
from funnel.domain.tunnel.program import Program

CONFIRM_CONSENT = "house/confirm_consent"
"""The mail that asks whether she means what she ticked."""

_FIELDS = ("name", "phone", "company", "position")


def form_submitted(turn: Turn, event: on.FormSubmitted) -> None:
    """Keep the submission, fill what is empty, keep each consent's wording, enter the scenario (S128)."""
    if event.created:
        key = f"{turn.lead.id}/lead_created"
        turn.do(do.RecordFact(key=key, kind="lead_created", at=turn.now, scenario=event.scenario))
    turn.do(
        do.RecordSubmission(event.submission, event.scenario, event.fields, event.page, event.source, event.occurred_at)
    )
    _take_details(turn, event)
    _take_consents(turn, event)
    program = turn.book.newest(event.scenario)
    if program and not event.answered:
        enter(turn, program, event.submission, ())
    _tell_others(turn, event.scenario)
    happen(turn, "form.submitted", event.scenario, f"submission/{event.submission}")


def _tell_others(turn: Turn, form: str) -> None:
    """A form is told where another scenario waits for it by its name, or for any and has none itself."""
    for enrolment in [one for one in turn.lead.enrolments if one.runs and one.scenario != form]:
        program = turn.program(enrolment)
        wanted = (form,) if program.scenario.form else (form, None)
        if any(one.event == "form.submitted" and one.subject in wanted for one in program.awaited):
            note(turn, enrolment, Occurrence("form.submitted", form, turn.now))


def _take_details(turn: Turn, event: on.FormSubmitted) -> None:
    """An unproven browser only fills what is empty; language, zone and source come from the first form."""
    lead = turn.lead
    changes: dict[str, object] = {}
    for name in _FIELDS:
        offered = event.fields.get(name)
        if offered and (event.proven or not getattr(lead, name)):
            changes[name] = offered
    if event.created or event.proven:
        changes["language"] = event.language
    if event.zone and (event.proven or not lead.zone):
        changes["zone"] = event.zone
    if event.source and not lead.source:
        changes["source"] = dict(event.source)
    changes = {name: value for name, value in changes.items() if getattr(lead, name) != value}
    if changes:
        turn.do(do.ChangeDetails(changes))
        check_qualified(turn)


def _take_consents(turn: Turn, event: on.FormSubmitted) -> None:
    """A box left unticked withdraws nothing that was given before; a ticked one is kept with its wording. An unproven
    browser changes no answer that stands, nor that she has stopped the mails: its tick waits with the event until she
    proves the address. She is asked to confirm the same once a day at most, whoever sends how many forms in her
    name; once she has answered, another tick is another question."""
    waits = [purpose for purpose, given in event.consents.items() if given and _waits(turn, purpose, event)]
    if waits:
        _ask_to_confirm(turn, waits, [event.decided_at[one] for one in waits if one in event.decided_at])
    for purpose, given in event.consents.items():
        if purpose in waits or (turn.lead.unsubscribed and lifts(purpose, given) and not event.proven):
            continue
        if purpose not in turn.lead.consents or (given and event.proven):
            wording = event.wordings.get(purpose, "")
            turn.do(do.RecordConsent(purpose, given, wording, event.page, event.occurred_at))
    if event.proven and turn.lead.unsubscribed and any(lifts(*consent) for consent in event.consents.items()):
        turn.do(do.LiftSuppression(turn.now))


def _ask_to_confirm(turn: Turn, waits: Sequence[str], answered: Sequence[datetime] = ()) -> None:
    """Ask by mail whether she means these ticks, since she has `answered` last; once a day at each address."""
    day = local_time(turn.now, turn.book.company.zone).date()
    what = sha256("+".join(sorted(waits)).encode()).hexdigest()[:12]
    since = sorted(f"{at:%Y%m%dT%H%M%S%f}" for at in answered)[-1:]
    turn.do(
        do.SendEmail(
            cause="/".join(["confirm", what, str(turn.lead.generation), str(day), *since]),
            message=CONFIRM_CONSENT,
            kind="asked",
            at=turn.now,
            not_before=turn.now,
            data={"purposes": list(waits)},
        )
    )


def _waits(turn: Turn, purpose: str, event: on.FormSubmitted) -> bool:
    """Whether a tick must be confirmed by mail first (double opt-in): not by who came by her own link, nor again."""
    needs = turn.book.company.confirms(purpose)
    return needs and not event.proven and not turn.lead.consents.get(purpose)


def email_proven(turn: Turn, event: on.EmailProven) -> None:
    """The address is hers, and so is what her forms ticked; that she wants mails again, who has unsubscribed says by
    other means."""
    if not turn.lead.email_proven:
        turn.do(do.ChangeDetails({"email_proven": True}))
    for purpose, wording in event.ticked.items():
        stopped = turn.lead.unsubscribed and about_mails(purpose)
        if not stopped and not turn.lead.consents.get(purpose):
            page = event.pages.get(purpose, event.page)
            turn.do(do.RecordConsent(purpose, True, wording, page, event.times.get(purpose, turn.now)))


def lifts(purpose: str, given: bool) -> bool:
    """Whether a consent says that she wants mail again; to be looked at on the web is no such wish."""
    return given and about_mails(purpose)


def enter(turn: Turn, program: Program, submission: str, because: tuple[Occurrence, ...]) -> None:
    """Begin a pass if `again:` allows one; someone inside gets again what she asked for, and starts nothing.

    The form that begins an enrolment is not among what happens in it; one that she sends later is.
    """
    if may_enter(turn, program):
        begin(turn, program, because)
        return
    passes = [e for e in turn.lead.enrolments if e.scenario == program.name]
    send_again(turn, passes[-1], submission)
    for enrolment in passes:
        if enrolment.runs:
            note(turn, enrolment, Occurrence("form.submitted", program.name, turn.now))


def address_corrected(turn: Turn, event: on.EmailCorrected) -> None:
    """Send once more all that she has asked for by forms, whichever page has corrected the address, invite her to what
    she has booked, and ask her about the ticks that wait: what was sent before stands in a mailbox that is not hers,
    and leads nowhere any more."""
    if event.to_confirm:
        _ask_to_confirm(turn, event.to_confirm)
    passes = {one.scenario: one for one in turn.lead.enrolments if turn.program(one).scenario.begins_by_forms}
    if corrected := turn.lead.enrolment(event.scenario, event.pass_number):
        passes[event.scenario] = corrected
    for enrolment in passes.values():
        send_again(turn, enrolment, event.key or event.email)
    for appointment in [one for one in turn.lead.appointments if one.open and one.starts_at > turn.now]:
        by = event.booked_by.get(str(appointment.id), "lead")
        if by != "scenario" or appointment.sequence:  # of what was blocked for her she has not heard
            again, said = f"/at/{turn.lead.generation}", change(turn, by)
            mail_about(turn, appointment, INVITATION, "lead", again=again, said=said)


def send_again(turn: Turn, enrolment: Enrolment, submission: str) -> None:
    """Send once more the asked mails before the first wait of the version she is in, on her way as it is now."""
    inside = turn.program(enrolment)
    sent: set[str] = set()
    step = inside.first
    while step is not None:
        instruction = inside.steps[step]
        verb = instruction.step
        skipped = enrolment.has_seen(verb.unless)
        match verb:
            case verbs.EmailStep(email=name) if inside.mails[name].kind != "marketing" and not skipped:
                if name not in sent:
                    repeat(turn, inside, enrolment, instruction, f"submission/{submission}")
                sent.add(name)
            case verbs.WaitStep() | verbs.AwaitStep() | verbs.EndStep():
                return
            case verbs.ChooseStep() | verbs.WhenStep() if not skipped:
                step = way_on(turn, inside, enrolment, instruction)
                continue
        step = instruction.next


def questionnaire_completed(turn: Turn, event: on.QuestionnaireCompleted) -> None:
    """Keep the answers and tell whoever waits for them; as a form, enter its scenario first."""
    pass_number = event.pass_number
    program = turn.book.newest(event.scenario) if event.scenario and event.submission else None
    enters = program is not None and may_enter(turn, program)
    if program:
        passes = [e.pass_number for e in turn.lead.enrolments if e.scenario == program.name]
        pass_number = max(passes, default=0) + (1 if enters else 0)
    sheet = AnswerSheet(
        id=event.sheet,
        questionnaire=event.questionnaire,
        completed_at=turn.now,
        values=event.values,
        score=event.score,
        share=event.share,
        themes=event.themes,
        band=event.band,
        follow_up=event.follow_up,
        scenario=event.scenario,
        pass_number=pass_number,
    )
    turn.do(do.StoreAnswers(sheet))
    turn.do(
        do.RecordFact(
            key=f"answers/{event.sheet}",
            kind="answered",
            at=turn.now,
            scenario=event.scenario,
            offer=in_language(program.scenario.offer, "en") if program else None,
            amount=event.share,
        )
    )
    progress(turn, "engaged")
    answered = Occurrence("questionnaire.completed", event.questionnaire, turn.now)
    entered = bool(program and event.submission and enters)
    if program and event.submission:
        enter(turn, program, event.submission, (answered,))
    if not entered:
        for enrolment in [e for e in turn.lead.enrolments if e.runs and _concerns(e, event, pass_number)]:
            note(turn, enrolment, answered)
        own = turn.lead.enrolment(event.scenario, event.pass_number or 0) if event.scenario else None
        if own and own.state == "ended":
            answered_late(turn, own, sheet)
    happen(turn, answered.event, event.questionnaire, f"answers/{event.sheet}")


def has_file(turn: Turn, asset: str, scenario: str, pass_number: int) -> None:
    """She has what was given to her (S132, S139)."""
    fact = f"{turn.lead.id}/{scenario}/{pass_number}/downloaded/{asset}"
    turn.do(do.RecordFact(key=fact, kind="downloaded", at=turn.now, scenario=scenario))
    enrolment = turn.lead.enrolment(scenario, pass_number)
    if enrolment and enrolment.runs:
        note(turn, enrolment, Occurrence("asset.downloaded", asset, turn.now))
    happen(turn, "asset.downloaded", asset, f"{fact}/{turn.now.isoformat()}")


def asset_asked(turn: Turn, event: on.AssetAsked) -> None:
    """Send once more the mails that gave her the file: each has a new link in it."""
    enrolment = turn.lead.enrolment(event.scenario, event.pass_number)
    if enrolment:
        send_again(turn, enrolment, f"{event.asset}/{turn.now.isoformat()}")


def webinar_told(turn: Turn, event: on.WebinarAttended | on.WebinarMissed) -> None:
    """Whether she was at the webinar, as the import says; another import corrects nothing that was told before,
    also when the scenario has ended for her: it is kept there too."""
    happened = "webinar.attended" if isinstance(event, on.WebinarAttended) else "webinar.missed"
    inside = [e for e in turn.lead.enrolments if e.scenario == event.scenario]
    if not inside or any(o.event.startswith("webinar.") for o in inside[-1].happened):
        return
    fact = f"{turn.lead.id}/{event.scenario}/{inside[-1].pass_number}/{happened}"
    turn.do(do.RecordFact(key=fact, kind=happened.replace(".", "_"), at=turn.now, scenario=event.scenario))
    note(turn, inside[-1], Occurrence(happened, event.scenario, turn.now))
    happen(turn, happened, event.scenario, fact)


def _concerns(enrolment: Enrolment, event: on.QuestionnaireCompleted, pass_number: int | None) -> bool:
    if event.scenario is None:
        return True
    return enrolment.scenario == event.scenario and pass_number in (None, enrolment.pass_number)
