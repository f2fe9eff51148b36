"""What the engine writes of its own, in one language, told in another: tasks, reasons, how somebody left a scenario."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from funnel.domain import cap
from funnel.domain.engine import merging
from funnel.domain.engine.doubts import ANOTHER, MACHINE, TWO
from funnel.domain.engine.handing import HANDED_OVER
from funnel.domain.engine.handoffs import TAKEN
from funnel.domain.engine.late import ASKED
from funnel.domain.engine.led_on import RECALLED, STAYS
from funnel.domain.engine.mails import ADDRESS_CORRECTED, CHANGED, OTHER_IS_WRITTEN_TO
from funnel.domain.engine.meetings import CORRECTED, NO_TIME, UNREACHED
from funnel.domain.engine.points import FADED
from funnel.storage import overdue
from funnel.storage.erasure import ERASED

Say = Callable[[str], str]
"""A text in the reader's language."""


def own_texts(say: Say) -> Mapping[str, str]:
    """Tasks and reasons that stand in no file, by how they are stored."""
    return {
        NO_TIME: say("No free time was found to block: agree on one"),
        UNREACHED: say("Their address was corrected, but mails about the appointment go to the first one: call them"),
        ASKED: say("Asked to be called"),
        FADED: say("faded"),
        CORRECTED: say("the mark was corrected"),
        TAKEN: say("A colleague has accepted this lead, who was offered to you"),
        MACHINE.because: say("A machine had clicked, not a person"),
        MACHINE.withdrawn: say("The points for this hand-over were a machine's: it is withdrawn"),
        MACHINE.flagged: say("The points for this hand-over were a machine's: ask before you rely on them"),
        ANOTHER.because: say("The browser was not hers"),
        ANOTHER.withdrawn: say("The points for this hand-over were somebody else's: it is withdrawn"),
        ANOTHER.flagged: say("The points for this hand-over were somebody else's: ask before you rely on them"),
        STAYS: say("A machine's click has led on in a scenario: see whether what comes next still fits"),
        merging.SHARED: say("Points of the other address"),
        TWO.because: say("The two addresses are two people after all"),
        TWO.withdrawn: say(
            "What brought this hand-over was the other address's, somebody else after all: it is withdrawn"
        ),
        TWO.flagged: say(
            "What brought this hand-over was the other address's, somebody else after all: ask before you rely on it"
        ),
        merging.ALREADY_HERS: say("Is the same person as a lead whom you have accepted"),
        merging.WITHDRAWN: say("This lead was found to be the same person as another: the hand-over is withdrawn"),
        merging.TWO_PEOPLE: say(
            "This lead and the one whom you have are two people after all: the hand-over is withdrawn"
        ),
    }


def awaited(say: Say) -> Mapping[str, str]:
    """What a scenario waits for, by the event's name."""
    return {
        "form.submitted": say("a form"),
        "questionnaire.completed": say("the answers to the questionnaire"),
        "asset.downloaded": say("the file to be downloaded"),
        "appointment.booked": say("a booking"),
        "appointment.moved": say("an appointment to be moved"),
        "appointment.held": say("the appointment to take place"),
        "appointment.missed": say("an appointment to be missed"),
        "appointment.cancelled": say("a cancellation"),
        "webinar.attended": say("the list of who was at the webinar"),
        "webinar.missed": say("the list of who was not at the webinar"),
        "segment.entered": say("a segment to be entered"),
        "segment.left": say("a segment to be left"),
        "score.reached": say("enough points"),
        "email.opened": say("a mail to be opened"),
        "link.clicked": say("a click in a mail"),
        "page.visited": say("a visit to a page"),
        "visit.returned": say("a visit after a while away"),
    }


class Unsent(NamedTuple):
    """Why a mail did not leave: in a word or two, and with what can be done about it."""

    short: str
    long: str


def skip_reasons(say: Say) -> Mapping[str, Unsent]:
    """Why mails did not leave, by how the reason is stored."""
    return {
        "no consent": Unsent(
            say("no consent"),
            say("no consent to such mails: that box of the form was not ticked. Call instead."),
        ),
        "unsubscribed": Unsent(
            say("unsubscribed"),
            say("these mails were stopped by their reader. Only their reader can ask for them again."),
        ),
        "other address": Unsent(
            say("another address wants none"),
            say("no such mails are wanted at another address of the same person."),
        ),
        OTHER_IS_WRITTEN_TO: Unsent(
            say("written to at another address"),
            say("this address belongs to the same person as another one, who is written to there."),
        ),
        "suppressed": Unsent(
            say("address wants none"),
            say("this address wants no such mails. Only its owner can ask for them again."),
        ),
        HANDED_OVER: Unsent(
            say("a rep has taken over"),
            say("a rep has taken over, so marketing is silent until the lead comes back."),
        ),
        cap.SKIPPED: Unsent(
            say("too many mails at once"),
            say("too many mails in too short a time. The next ones leave again."),
        ),
        ADDRESS_CORRECTED: Unsent(
            say("address corrected"),
            say("the address was corrected; what was asked for went to the right one."),
        ),
        CHANGED: Unsent(
            say("appointment changed"),
            say("the appointment has changed since; the newer mail tells it."),
        ),
        CORRECTED: Unsent(
            say("the mark was corrected"),
            say("the mark was corrected: nothing was missed."),
        ),
        RECALLED: Unsent(
            say("a machine had clicked"),
            say("a machine had followed the link that led to it, no person."),
        ),
        overdue.SKIPPED: Unsent(
            say("skipped at resume"),
            say("it was overdue when its scenario was resumed, and overdue mails were skipped."),
        ),
        ERASED: Unsent(
            say("its reader was erased"),
            say("its reader was erased: nothing is sent there any more."),
        ),
    }


def endings(say: Say) -> Mapping[str, str]:
    """How somebody left a scenario, by the ending's name; those of the shipped ones stand here too."""
    return {
        "completed": say("all steps are done"),
        "unsubscribed": say("mails were stopped"),
        "disqualified": say("not a lead for us"),
        "address_corrected": say("the address was corrected"),
        "no_answer": say("no answer"),
        "no_appointment": say("no appointment"),
        "not_held": say("the appointment did not take place"),
        "call_held": say("the call took place"),
        "no_choice": say("no choice was made"),
        "put_back": say("put back in the diary"),
        "to_be_called": say("to be called"),
        "missed_again": say("missed again and again"),
        "mark_corrected": say("the mark was corrected"),
        "no_visit": say("no visit took place"),
        "no_time": say("no time was free"),
        "gold_no_more": say("Gold no more"),
        "no_interview": say("no interview was booked"),
        "interview_booked": say("an interview was booked"),
        "interview_held": say("the interview took place"),
        "came_after": say("came after the webinar"),
        "not_there": say("was not at the webinar"),
    }
