"""What an event of a lead's history is called: whose doing it was, and what happened."""

from collections.abc import Mapping
from typing import Any

from funnel.domain.verdicts import HIDDEN
from funnel.usecases.naming import Names, plain
from funnel.usecases.source_words import origin
from funnel.usecases.waiting_consents import BUTTON_ON, DENIED_BY


def event_told(names: Names, kind: str, said: Mapping[str, Any]) -> tuple[str, str]:
    """Whose doing an event was, and what it was; nothing for what nobody wants to read."""
    say = names.speech.gettext
    by = "lead" if said.get("by") == "lead" else "staff"
    name = names.user(str(said.get("by", "")))
    match kind:
        case "FormSubmitted":
            return "lead", _sent(names, said)
        case "QuestionnaireCompleted":
            return "lead", _answered(names, said)
        case "AssetDownloaded":
            title, verdict = names.scenario(said["scenario"]), said.get("verdict", "human")
            if verdict == "human":
                return "lead", say("Loaded “%(title)s”", title=title)
            if verdict == "machine":
                return "machine", say("A machine loaded “%(title)s”", title=title)
            return "machine", say("Somebody or a machine loaded “%(title)s”", title=title)
        case "AssetAsked":
            return "lead", say("Asked for a new link to “%(title)s”", title=names.scenario(said["scenario"]))
        case "EmailProven" if said.get("ticked") and said.get("page") == BUTTON_ON:
            purposes = ", ".join(names.purpose(one) for one in sorted(said["ticked"]))
            return "lead", say("Confirmed the tick for %(purposes)s", purposes=purposes)
        case "EmailProven":
            return "lead", say("Confirmed the e-mail address")
        case "EmailCorrected":
            return "lead", say("Corrected the e-mail address")
        case "DetailsChanged":
            return by, say("Gave %(details)s", details=", ".join(names.field(one) for one in sorted(said["fields"])))
        case "SlotChosen":
            phone = said.get("phone")
            return "lead", say("Asks to be called on %(phone)s", phone=phone) if phone else ""
        case "AppointmentBooked":
            told = {"title": names.appointment_type(said["type"]), "rep": names.user(said["rep"])}
            told["when"] = names.instant(said["starts_at"])
            if by == "lead" or said.get("by") in (None, "scenario"):
                return "lead", say("Booked: %(title)s on %(when)s, with %(rep)s", **told)
            return by, say("Set by %(name)s: %(title)s on %(when)s, with %(rep)s", name=name, **told)
        case "AppointmentMoved":
            return by, _moved(names, said)
        case "AppointmentCancelled":
            if said.get("reason"):
                return by, say("Cancelled by %(name)s: %(reason)s", name=name, reason=said["reason"])
            return by, say("Cancelled the appointment")
        case "OtherTimeAsked":
            return by, say("Asked by mail to choose another time, by %(name)s", name=name)
        case "ReplyNoted":
            wrote = say("Wrote back, says %(name)s", name=name)
            return "lead", f"{wrote}: {said['said']}" if said["said"] else wrote
        case "TagGiven":
            return by, say("Marked %(tag)s by %(name)s", tag=plain(said["tag"]), name=name)
        case "TagTaken":
            return by, say("No longer marked %(tag)s, by %(name)s", tag=plain(said["tag"]), name=name)
        case "AppointmentHeld":
            return "staff", say("The appointment took place, says %(name)s", name=name)
        case "AppointmentMissed":
            return "staff", say("The appointment was missed, says %(name)s", name=name)
        case "HandOffAsked":
            return "staff", say("Handed over by %(name)s", name=name)
        case "HandoffAccepted":
            return "staff", say("Accepted by %(name)s", name=name)
        case "HandoffReturned":
            return "staff", say("Returned by %(name)s: %(reason)s", name=name, reason=said["reason"])
        case "LeadsMerged":
            return "staff", say("Joined with %(address)s by %(name)s: one person", address=said["address"], name=name)
        case "LeadsParted":
            return "staff", say("Parted from %(address)s by %(name)s: two people", address=said["address"], name=name)
        case "TaskDone":
            return "staff", say("Task done by %(name)s", name=name)
        case "CallMade":
            return "staff", _called(names, said)
        case "EmailOpened" | "LinkClicked" | "VerdictRevised":
            return _touched(names, kind, said)
        case "StepRevised":
            return "machine", _led_on(names, said)
        case "Unsubscribed":
            return "lead", say("Stopped marketing mail")
        case "VisitorJoined" if said["how"] == "form":
            return "machine", say("The browser that sent the form is known as this lead's")
        case "VisitorJoined" if said["how"] == "own_page":
            return "machine", say(
                "The browser in which visits were agreed to on this lead's own page is known as this lead's"
            )
        case "VisitorJoined" if said["how"] == "pass":
            return "machine", say("A browser that came by a link from one of this lead's is taken for this lead's")
        case "VisitorJoined":
            return "machine", say("The browser that followed a link in a mail is taken for this lead's")
        case "VisitorParted":
            return "machine", say("A browser was not this lead's: its visits are taken back")
        case "ConsentChanged" if said.get("page") == DENIED_BY:
            return "lead", say("Did not mean the tick for %(purposes)s", purposes=names.purpose(said["purpose"]))
        case "ConsentChanged":
            purpose = names.purpose(said["purpose"])
            return "lead", (
                say("Agreed to %(purpose)s", purpose=purpose)
                if said["given"]
                else say("Withdrew the consent to %(purpose)s", purpose=purpose)
            )
        case "PointsGiven":
            return "staff", _given(names, said)
        case "SegmentEntered":
            return "machine", say("Came into the segment “%(title)s”", title=names.segment(said["segment"]))
        case "SegmentLeft":
            return "machine", say("Left the segment “%(title)s”", title=names.segment(said["segment"]))
        case "SuggestionMade":
            return "machine", say("Suggested: “%(title)s”", title=names.suggestion(said["suggestion"]))
        case "SuggestionEnded":
            return _ended(names, said)
        case "ScoreReached":
            return "machine", say("Came to %(points)s points", points=said["score"])
        case "ScenarioStarted":
            return "staff", say("Started by %(name)s: “%(title)s”", name=name, title=names.scenario(said["scenario"]))
        case "StepTriedAgain":
            title = names.scenario(said["scenario"])
            return "staff", say("Tried again by %(name)s: “%(title)s”", name=name, title=title)
        case "StepDue":
            step = names.step(said["scenario"], said["step"])
            return "machine", say("The time is over: %(step)s", step=step)
    return "machine", ""


def _sent(names: Names, said: Mapping[str, Any]) -> str:
    """That she sent a form, and what had brought her there this time."""
    say, title = names.speech.gettext, names.scenario(said["scenario"])
    if by := origin(names, said.get("source") or {}):
        return say("Sent the form of “%(title)s” (came by “%(origin)s”)", title=title, origin=by)
    return say("Sent the form of “%(title)s”", title=title)


def _answered(names: Names, said: Mapping[str, Any]) -> str:
    """That she answered, and what of the language's own choices she took."""
    say, share = names.speech.gettext, said["share"]
    if said.get("follow_up") == "summary":
        return say("Completed the questionnaire: %(share)s out of 100, and asks for the summary", share=share)
    if said.get("follow_up") == "call":
        return say("Completed the questionnaire: %(share)s out of 100, and asks for a call", share=share)
    return say("Completed the questionnaire: %(share)s out of 100", share=share)


def _given(names: Names, said: Mapping[str, Any]) -> str:
    """How many points, and why; and how many a limit left room for, where it did not for all."""
    say, points = names.speech.gettext, said["points"]
    told = names.speech.ngettext(
        "%(points)s point: %(because)s", "%(points)s points: %(because)s", abs(points),
        points=f"{points:+d}", because=names.told(said["because"]),
    )  # fmt: skip
    given = said.get("given", points)
    if given == points:
        return told
    if given:
        return say("%(told)s (a limit left room for %(given)s)", told=told, given=f"{given:+d}")
    return say("%(told)s (a limit left no room)", told=told)


def _called(names: Names, said: Mapping[str, Any]) -> str:
    """What came of a call of the call list, with what was noted."""
    say, name = names.speech.gettext, names.user(str(said.get("by", "")))
    text = {
        "not_reached": say("Called by %(name)s, nobody answered", name=name),
        "gave_up": say("Not called any more, says %(name)s", name=name),
    }.get(str(said.get("outcome")), say("Called by %(name)s, to be called again", name=name))
    return f"{text}: “{said['note']}”" if said.get("note") else text


def _moved(names: Names, said: Mapping[str, Any]) -> str:
    """That an appointment moved, when it is now and was `before`; by the staff, with whom it is now, and why. Where its
    rep is the `former` one too, it is kept after all."""
    say, stays = names.speech.gettext, said.get("before") == said["starts_at"]
    when = names.instant(said["starts_at"])
    if said.get("before") and not stays:
        span = say("from %(before)s to %(when)s", before=names.instant(said["before"]), when=when)
    else:
        span = say("to %(when)s", when=when)
    if said.get("by") == "lead" and stays:
        return say("Keeps the appointment of %(when)s, with %(rep)s", when=when, rep=names.user(str(said.get("rep"))))
    if said.get("by") == "lead":
        return say("Moved the appointment %(span)s", span=span)
    people = {"name": names.user(str(said.get("by", ""))), "rep": names.user(str(said.get("rep") or ""))}
    if stays and said.get("rep") == said.get("former"):
        what = say("Kept by %(name)s after all: %(when)s, with %(rep)s", when=when, **people)
    elif stays:
        what = say("Given to %(rep)s by %(name)s, still on %(when)s", when=when, **people)
    else:
        what = say("Moved by %(name)s %(span)s, with %(rep)s", span=span, **people)
    return say("%(what)s: %(reason)s", what=what, reason=said["reason"]) if said.get("reason") else what


def _touched(names: Names, kind: str, said: Mapping[str, Any]) -> tuple[str, str]:
    """That a mail was opened or a link followed, and by whom: a person's is the lead's doing, the rest is folded."""
    say, mail, verdict = names.speech.gettext, names.mail(said["message"]), said["verdict"]
    by = "lead" if verdict == "human" else "machine"
    if said.get("link") == HIDDEN:
        return by, say("A machine followed the hidden link in the mail “%(mail)s”", mail=mail)
    if kind == "EmailOpened" or said.get("touched") == "email.opened":
        text = {
            "human": say("Opened the mail “%(mail)s”", mail=mail),
            "machine": say("A machine opened the mail “%(mail)s”", mail=mail),
        }
        what = text.get(verdict, say("Somebody or a machine opened the mail “%(mail)s”", mail=mail))
    else:
        link = names.link(said["link"] if kind == "LinkClicked" else said["subject"])
        text = {
            "human": say("Followed the link “%(link)s” in the mail “%(mail)s”", link=link, mail=mail),
            "machine": say("A machine followed the link “%(link)s” in the mail “%(mail)s”", link=link, mail=mail),
        }
        doubt = say("Somebody or a machine followed the link “%(link)s” in the mail “%(mail)s”", link=link, mail=mail)
        what = text.get(verdict, doubt)
    return by, say("Judged anew: %(what)s", what=what) if kind == "VerdictRevised" else what


def _led_on(names: Names, said: Mapping[str, Any]) -> str:
    """What became of her whom a machine's click had led on."""
    say, scenario = names.speech.gettext, names.scenario(said["scenario"])
    step = names.step(said["scenario"], said["step"])
    if said["back"]:
        return say("Back in “%(scenario)s”, for a machine had clicked: %(step)s", scenario=scenario, step=step)
    return say("Led on in “%(scenario)s” by a machine: %(step)s", scenario=scenario, step=step)


def _ended(names: Names, said: Mapping[str, Any]) -> tuple[str, str]:
    """How a suggestion ended: by whose answer, or by itself."""
    say, title = names.speech.gettext, names.suggestion(said["suggestion"])
    name = names.user(str(said.get("by", "")))
    match said["because"]:
        case "accepted":
            return "staff", say("“%(title)s” accepted by %(name)s", title=title, name=name)
        case "declined":
            return "staff", say("“%(title)s”: not now, says %(name)s", title=title, name=name)
    return "machine", say("No longer suggested: “%(title)s”", title=title)
