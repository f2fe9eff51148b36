"""A lead's history in words, for dossier and desk: what she did, what was sent, what was decided (S145)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.lead import NOBODY, Lead
from funnel.domain.verdicts import HIDDEN
from funnel.storage import events, leads, outbox_lists
from funnel.usecases.happening import Happening, visits_told
from funnel.usecases.naming import Names, plain
from funnel.usecases.shelf import Published


def histories(
    connection: Connection, published: Published, people: Mapping[int, Lead], wanted: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], list[Happening]]:
    """The histories of the leads wanted, each in a language, oldest first."""
    return {
        (lead_id, language): history(connection, published, people[lead_id], language) for lead_id, language in wanted
    }


def history(connection: Connection, published: Published, lead: Lead, language: str) -> list[Happening]:
    """Everything about one lead, by whichever of her addresses, in the order of time, told in a language."""
    happened, mails = events.of_person(connection, lead.id), outbox_lists.of_person(connection, lead.id)
    return retell(connection, Names(published, language), lead, happened, mails)


def retell(
    connection: Connection,
    names: Names,
    lead: Lead,
    happened: Sequence[Mapping[str, Any]],
    mails: Sequence[Mapping[str, Any]],
) -> list[Happening]:
    """The same of a lead whose events and mails were read already, with those of the leads for whom she stands."""
    others = {row["payload"].get("other") for row in happened if row["kind"] in _JOINING} - {None}
    owners = {row["lead_id"] for row in (*happened, *mails)}
    addresses = leads.addresses(connection, owners | others) if others or len(owners) > 1 else {}
    gone = {one for one, address in addresses.items() if address.endswith(NOBODY)}
    known = addresses | dict.fromkeys(gone, names.speech.gettext("an erased address"))
    # Of who was erased by herself no event says who or what any more.
    late = _late_acceptances(lead, happened)
    told = [
        row
        for row in happened
        if row["lead_id"] not in gone and row["id"] not in late and not _said_twice(row, lead.id)
    ]
    return tell(names, told, [row for row in mails if row["lead_id"] not in gone], known)


def _said_twice(row: Mapping[str, Any], lead_id: int) -> bool:
    """Whether it is the other one's half of a joining or parting that the lead's own history tells too."""
    return row["kind"] in _JOINING and row["lead_id"] != lead_id and row["payload"].get("other") == lead_id


def _late_acceptances(lead: Lead, happened: Iterable[Mapping[str, Any]]) -> set[str]:
    """The events of reps who accepted what somebody had accepted at the same moment: they changed nothing. Who has it
    in the end may have taken it over from a rep who has left."""
    holder = {one.id: one.rep for one in lead.handoffs}
    by: dict[str, set[str]] = {}
    late: set[str] = set()
    for row in happened:
        if row["kind"] == on.HandoffAccepted.__name__:
            said = row["payload"]
            before = by.setdefault(said["handoff"], set())
            if before and (said["by"] in before or holder.get(said["handoff"], said["by"]) != said["by"]):
                late.add(row["id"])
            before.add(said["by"])
    return late


_JOINING = (on.LeadsMerged.__name__, on.LeadsParted.__name__)


def tell(
    names: Names,
    happened: Iterable[Mapping[str, Any]],
    mails: Iterable[Mapping[str, Any]],
    addresses: Mapping[int, str] | None = None,
) -> list[Happening]:
    """A lead's events (`id`, `kind`, `payload`, `recorded_at`) and outbox rows in words, in the order of time;
    `addresses` by lead's id, where it is to be said by which of them something happened."""
    known = addresses or {}
    rows = list(happened)
    found = list(visits_told(names.speech, rows, known))
    judged = {row["payload"]["of"]: row["payload"]["verdict"] for row in rows if row["kind"] == "VerdictRevised"}
    for row in rows:
        by, what = _told(names, row["kind"], _as_known_now(_naming(row, known), judged))
        if what:
            address = known.get(row.get("lead_id", 0), "")
            found.append(Happening(row["recorded_at"], what, by, row["kind"], row["id"], address))
    found.extend(
        Happening(
            row["left_at"] or row["planned_at"],
            _mail(names, row),
            "machine",
            "mail",
            address=known.get(row.get("lead_id", 0), ""),
        )
        for row in mails
        if row["channel"] == "mail" and row["state"] in ENDED
    )
    return sorted(found, key=lambda one: one.at)


def _as_known_now(said: Mapping[str, Any], judged: Mapping[str, str]) -> Mapping[str, Any]:
    """What an event says; of what was opened or followed, by whom, as it was judged last."""
    anew = judged.get(said.get("key") or "")
    return {**said, "verdict": anew} if anew and "verdict" in said and "of" not in said else said


def _naming(row: Mapping[str, Any], addresses: Mapping[int, str]) -> Mapping[str, Any]:
    """What an event says, with the address of the other lead where two were joined or parted."""
    said: Mapping[str, Any] = row["payload"]
    return {**said, "address": addresses.get(said.get("other", 0), "")} if row["kind"] in _JOINING else said


ENDED = ("sent", "skipped", "refused", "failed", "in_doubt")
"""The states of a mail that are told of."""


def _mail(names: Names, row: Mapping[str, Any]) -> str:
    """How a mail ended: `Mail “Your results” sent`."""
    say = names.speech.gettext
    title = names.mail(row["message"])
    if row["recipient"] != "lead":
        title = say("%(mail)s, to %(name)s", mail=title, name=names.user(row["recipient"].removeprefix("user:")))
    reason = names.why_not_sent(row["reason"] or "")
    match row["state"]:
        case "sent":
            return say("Mail “%(title)s” sent", title=title)
        case "skipped":
            return say("Mail “%(title)s” not sent: %(reason)s", title=title, reason=reason)
        case "refused":
            return say("Mail “%(title)s” refused by the other side: %(reason)s", title=title, reason=reason)
        case "failed":
            return say("Mail “%(title)s” failed: %(reason)s", title=title, reason=reason)
    return say("Mail “%(title)s”: nobody knows whether it arrived (%(reason)s)", title=title, reason=reason)


def _sent(names: Names, said: Mapping[str, Any]) -> str:
    """That she sent a form, and what had brought her there this time."""
    say, title = names.speech.gettext, names.scenario(said["scenario"])
    if origin := names.origin(said.get("source") or {}):
        return say("Sent the form of “%(title)s” (came by “%(origin)s”)", title=title, origin=origin)
    return say("Sent the form of “%(title)s”", title=title)


def _answered(names: Names, said: Mapping[str, Any]) -> str:
    """That she answered, and what of the language's own choices she took."""
    say, share = names.speech.gettext, said["share"]
    if said.get("follow_up") == "summary":
        return say("Completed the questionnaire: %(share)s out of 100, and asks for the summary", share=share)
    if said.get("follow_up") == "call":
        return say("Completed the questionnaire: %(share)s out of 100, and asks for a call", share=share)
    return say("Completed the questionnaire: %(share)s out of 100", share=share)


def _called(names: Names, said: Mapping[str, Any]) -> str:
    """What came of a call of the call list, with what was noted."""
    say, name = names.speech.gettext, names.user(str(said.get("by", "")))
    text = {
        "not_reached": say("Called by %(name)s, nobody answered", name=name),
        "gave_up": say("Not called any more, says %(name)s", name=name),
    }.get(str(said.get("outcome")), say("Called by %(name)s, to be called again", name=name))
    return f"{text}: “{said['note']}”" if said.get("note") else text


def _moved(names: Names, said: Mapping[str, Any]) -> str:
    """That an appointment moved; by the staff, with whom it is now, and why."""
    say = names.speech.gettext
    if said.get("by") == "lead":
        return say("Moved the appointment")
    name, rep = names.user(str(said.get("by", ""))), names.user(str(said.get("rep") or ""))
    if said.get("reason"):
        return say("Moved by %(name)s, with %(rep)s: %(reason)s", name=name, rep=rep, reason=said["reason"])
    return say("Moved by %(name)s, with %(rep)s", name=name, rep=rep)


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


def _told(names: Names, kind: str, said: Mapping[str, Any]) -> tuple[str, str]:
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
            title, rep = names.appointment_type(said["type"]), names.user(said["rep"])
            if by == "lead" or said.get("by") in (None, "scenario"):
                return "lead", say("Booked: %(title)s, with %(rep)s", title=title, rep=rep)
            return by, say("Set by %(name)s: %(title)s, with %(rep)s", name=name, title=title, rep=rep)
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
        case "VisitorJoined":
            return "machine", say("The browser that followed a link in a mail is taken for this lead's")
        case "VisitorParted":
            return "machine", say("A browser was not this lead's: its visits are taken back")
        case "ConsentChanged":
            purpose = names.purpose(said["purpose"])
            return "lead", (
                say("Agreed to %(purpose)s", purpose=purpose)
                if said["given"]
                else say("Withdrew the consent to %(purpose)s", purpose=purpose)
            )
        case "PointsGiven":
            because = names.told(said["because"])
            return "staff", say("%(points)s points: %(because)s", points=f"{said['points']:+d}", because=because)
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
            return "staff", say("Started “%(title)s”", title=names.scenario(said["scenario"]))
        case "StepTriedAgain":
            title = names.scenario(said["scenario"])
            return "staff", say("Tried again by %(name)s: “%(title)s”", name=name, title=title)
        case "StepDue":
            step = names.step(said["scenario"], said["step"])
            return "machine", say("The time is over: %(step)s", step=step)
    return "machine", ""
