"""A lead's history in words, for dossier and desk: what she did, what was sent, what was decided (S145)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.lead import NOBODY, Lead
from funnel.storage import events, leads, outbox_lists, scores
from funnel.usecases.event_words import event_told
from funnel.usecases.happening import Happening, visits_told
from funnel.usecases.naming import Names
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
    said = [row for row in happened if row["lead_id"] not in gone and not events.is_emptied(row)]
    late = _late_acceptances(lead, said)
    told = [row for row in said if row["id"] not in late and not _said_twice(row, lead.id)]
    return tell(names, _held_back(connection, told), [row for row in mails if row["lead_id"] not in gone], known)


def _held_back(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The same events; those that give points with how many of them were `given`, for a limit may have held them."""
    asked = {row["id"]: row["lead_id"] for row in rows if row["kind"] == on.PointsGiven.__name__}
    entries = (entry for lead_id in sorted({*asked.values()}) for entry in scores.of_lead(connection, lead_id))
    given = {entry["event_id"]: entry["points"] for entry in entries if entry["kind"] == "given"}
    return [
        {**row, "payload": {**row["payload"], "given": given.get(row["id"], 0)}} if row["id"] in asked else row
        for row in rows
    ]


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
_SCHEDULING = (on.AppointmentBooked.__name__, on.AppointmentMoved.__name__)


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
    for row, before in zip(rows, _as_before(rows), strict=True):
        said = {**_naming(row, known), **before}
        by, what = event_told(names, row["kind"], _as_known_now(said, judged))
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


def _as_before(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """For each event, when the appointment that it moved was to begin `before`, and with whom (`former`), where an
    earlier one says so."""
    stood: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        said = row["payload"]
        if row["kind"] in _SCHEDULING:
            yield stood.get(said["appointment"], {})
            stood[said["appointment"]] = {"before": said["starts_at"], "former": said.get("rep")}
        else:
            yield {}


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
