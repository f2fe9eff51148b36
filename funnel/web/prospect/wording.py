"""The codes of what cannot be taken, in words that say what to do."""

from datetime import datetime

from funnel.domain.diagnosis import Refusal
from funnel.domain.questionnaire import Question
from funnel.web.speech import _


def answer_error(question: Question, refusal: Refusal) -> str:
    """What is wrong with an answer."""
    match refusal.code:
        case "required":
            return _("Please answer this one.") if question.choices or question.scale else _("Please fill this in.")
        case "unknown_choice":
            return _("Please choose one of the answers shown.")
        case "one_only":
            return _("Please choose one answer only.")
        case "not_a_number":
            return _("Write a whole number, such as 24.")
        case "too_small":
            return _("Write %(limit)s or more.", limit=refusal.limit)
        case "too_large":
            return _("Write %(limit)s or less.", limit=refusal.limit)
        case "too_long":
            return _("Shorten it to %(limit)s characters.", limit=refusal.limit)
        case "unreadable":
            return _("It holds characters that we cannot read. Type it again, without pasting.")


def too_much() -> str:
    """The answers so far fill all the room there is."""
    return _("That is more than we can hold with your other answers. Shorten it a little.")


def slot_code(starts_at: datetime | None, now: datetime) -> str:
    """The code of a time that nobody can have: it has passed, or never was one."""
    return "passed" if starts_at and starts_at <= now else "never"


def field_error(field: str, code: str) -> str:
    """What is wrong with a field of the details, or of a booking."""
    match field, code:
        case "name", "required":
            return _("Tell us your name.")
        case "email", "required":
            return _("Tell us where to send your private link.")
        case "email", _code:
            return _("Write an address like name@company.com.")
        case "phone", "required":
            return _("Tell us the number that we may call.")
        case "phone", _code:
            return _("Write a telephone number like +33 6 12 34 56 78.")
        case "slot", "passed":
            return _("This time has passed. Choose another one.")
        case "slot", "never":
            return _("This time cannot be booked. Choose another one.")
        case "slot", _code:
            return _("Choose a time.")
        case _field, "required":
            return _("Please fill this in.")
        case _field, "too_long":
            return _("That is longer than we can keep. Shorten it.")
    return _("It holds characters that we cannot read. Type it again, without pasting.")
