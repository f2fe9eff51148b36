"""Why a step or a mail failed, in its reader's language: what was stored is English, and partly what others said."""

import re

from funnel.catalogue import Speech
from funnel.storage.outbox import UNWRITABLE


def unwritable(message: str, why: str) -> str:
    """Why somebody stands still for a mail: `offer cannot be written: it divides by zero`."""
    return f"{message.rpartition('/')[2]} {UNWRITABLE}{why}"


def mail_and_why(reason: str) -> tuple[str, str] | None:
    """Of what `unwritable` said the mail and why, as its row has it; none of any other reason."""
    mail, cannot, why = reason.partition(f" {UNWRITABLE}")
    return (mail, UNWRITABLE + why) if cannot and " " not in mail else None


def failure(reason: str, speech: Speech) -> str:
    """A stored reason (`enrolments.reason`, `outbox.reason`) told; what is none of ours is told as it stands."""
    say = speech.gettext
    if reason.startswith(UNWRITABLE):
        return say("cannot be written: %(why)s", why=failure(reason.removeprefix(UNWRITABLE), speech))
    for pattern, text in (
        (r"the template takes more than (?P<most>\d+) loop turns and calls",
         say("the template takes more than %(most)s loop turns and calls")),
        (r"the template takes longer than (?P<most>[\d.]+) s", say("the template takes longer than %(most)s s")),
        (r"the template gives more than (?P<most>\d+) characters",
         say("the template gives more than %(most)s characters")),
        (r"the operator (?P<operator>\S+) is for numbers only in mail templates",
         say("the operator %(operator)s is for numbers only in mail templates")),
        (r"powers are not calculated in mail templates", say("powers are not calculated in mail templates")),
        (r"ZeroDivisionError: .*", say("it divides by zero")),
        (r"UndefinedError: '(?P<name>[^']+)' is undefined", say("“%(name)s” is unknown here")),
        (r"UndefinedError: .* has no attribute '(?P<name>[^']+)'", say("“%(name)s” is unknown here")),
        (r"the sending window (?P<window>\S+) does not open within (?P<days>\d+) days",
         say("the sending window %(window)s does not open within %(days)s days")),
        (r"(?P<months>\d+) months after (?P<day>\S+) is beyond the calendar",
         say("%(months)s months after %(day)s is beyond the calendar")),
        (r"it went round more than (?P<most>\d+) times at one instant",
         say("it went round more than %(most)s times at one instant")),
        (r"it started (?P<most>\d+) passes at one instant; put a wait into the loop",
         say("it started %(most)s passes at one instant; put a wait into the loop")),
        (r"the lead is gone", say("the lead is gone")),
        (r"'(?P<user>[^']+)' is not in company.yaml any more", say("'%(user)s' is not in company.yaml any more")),
        (r"(?P<file>\S+) is missing", say("%(file)s is missing")),
        (r"(?P<file>\S+) is not in this version", say("%(file)s is not in this version")),
        (r"she has answered no questionnaire that (?P<file>\S+) could be drawn from",
         say("she has answered no questionnaire that %(file)s could be drawn from")),
    ):  # fmt: skip
        if found := re.fullmatch(pattern, reason):
            return text % found.groupdict()
    return reason
