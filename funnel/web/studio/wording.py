"""The studio's figures, findings and rehearsals in words, in the language of the page."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from flask_babel import ngettext

from funnel.authoring.findings import Finding
from funnel.domain.model import locale_of
from funnel.domain.verdicts import HIDDEN
from funnel.usecases.naming import Names, plain
from funnel.usecases.rehearsal.expectations import Unmet
from funnel.usecases.rehearsal.log import Entry
from funnel.usecases.rehearsal.timeline import Words
from funnel.usecases.studio.overview import Figure
from funnel.web.speech import _, language, tell
from funnel.web.staff.page import Calendar


def number(value: float, most: int = 0) -> str:
    """A number as people here write it."""
    return str(format_decimal(round(value, most), locale=locale_of(language())))


def per_cent(share: float) -> str:
    """`12.5 %` as people here write it: one decimal below ten."""
    return _("%(share)s%%", share=number(share, 1 if 0 < share < 10 else 0))


def figure_title(step: str) -> str:
    """What is counted."""
    known = {
        "visitors": _("Visitors"),
        "leads": _("Leads"),
        "answered": _("Answered"),
        "opened": _("Opened"),
        "clicked": _("Clicked"),
        "downloaded": _("Downloaded"),
        "qualified": _("Qualified"),
        "handed_over": _("Handed over"),
        "accepted": _("Accepted"),
        "booked": _("Booked"),
        "held": _("Took place"),
        "missed": _("Missed"),
        "cancelled": _("Cancelled"),
        "customers": _("Customers"),
    }
    return known.get(step, step)


def figure_rows(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Figures as templates take them: {step, number, of_before, of_leads, target, reached}, all in words."""
    return [
        {
            "step": figure_title(one.step),
            "number": number(one.number) if one.number is not None else None,
            "share": min(100, round(one.of_leads)) if one.of_leads is not None else (100 if one.number else 0),
            "of_before": per_cent(one.of_before) if one.of_before is not None else None,
            "of_leads": per_cent(one.of_leads) if one.of_leads is not None else None,
            "target": _target(one.target),
            "reached": one.reached,
        }
        for one in figures
    ]


def _target(target: str | None) -> str | None:
    if target is None:
        return None
    return per_cent(float(target.strip().removesuffix("%").strip())) if "%" in target else number(int(target))


def finding_row(finding: Finding) -> dict[str, str]:
    """A finding as `funnel check` tells it, in its parts."""
    return {
        "level": finding.level,
        "said": _("error") if finding.level == "error" else _("warning"),
        "place": f"{finding.file}:{finding.line}:{finding.col}",
        "code": finding.code,
        "message": tell(finding.message),
        "fix": tell(finding.fix),
    }


def behaviour(name: str) -> str:
    """How somebody of the crowd behaves."""
    known = {
        "reads": _("reads"),
        "ignores": _("ignores everything"),
        "declines": _("ticks no box"),
        "books": _("books"),
        "books_at_once": _("books at once"),
        "cancels": _("cancels"),
        "misses": _("misses the appointment"),
        "returns": _("comes back"),
        "moves": _("moves to another zone"),
        "unsubscribes": _("unsubscribes"),
        "attends": _("comes to every appointment"),
        "reschedules": _("moves the appointment"),
        "rebooks": _("misses, then books again"),
        "rebooks_late": _("books again after the reminder"),
        "misses_again": _("misses over and over"),
        "mark_corrected": _("was there, marked missed by mistake"),
        "answers": _("answers what a mail asks"),
        "answers_late": _("answers when asked again"),
        "opens": _("opens every mail"),
        "clicks": _("follows the links in mails"),
        "visits": _("looks at pages"),
        "comes_back": _("looks at pages, and comes back"),
        "scanned": _("a scanner follows her links"),
    }
    return known.get(name, plain(name))


def happening(kind: str) -> str:
    """What happened to somebody, in a word or two."""
    known = {
        "form": _("form"), "answers": _("answers"), "loaded": _("loaded"),
        "mail": _("mail"), "skipped": _("mail skipped"), "failed": _("mail that cannot be written"),
        "capped": _("mail held by the cap"),
        "booked": _("appointment made"), "slot_taken": _("time was taken"), "cancelled": _("cancelled"),
        "held": _("took place"), "missed": _("missed"), "handed_over": _("handed over"), "accepted": _("accepted"),
        "rescheduled": _("moved to another time"), "proposed": _("times kept for her"),
        "call_list": _("on the call list"), "put_back": _("put back in the diary"),
        "opened": _("opened a mail"), "clicked": _("followed a link"), "visited": _("looked at a page"),
        "scanned": _("a machine, which counts for nothing"),
        "moved": _("moved zone"), "unsubscribed": _("unsubscribed"), "tag": _("tag"), "status": _("status"),
        "score": _("points"), "task": _("task"), "webhook": _("webhook"), "ended": _("ended"), "parked": _("parked"),
    }  # fmt: skip
    return known.get(kind, plain(kind))


def timeline_words(names: Names, days: Calendar) -> Words:
    """How the picture of a rehearsal speaks in the language of the page."""

    def entry_told(entry: Entry) -> str:
        what, detail = entry_words(entry, names, days)
        told = " ".join(part for part in (happening(entry.kind), what, f"({detail})" if detail else "") if part)
        return _("%(when)s: %(what)s", when=days.short(entry.at), what=told)

    def short_day(day: date) -> str:
        return str(format_date(day, "d MMM", locale=locale_of(language())))

    return Words(_, behaviour, happening, entry_told, short_day)


def entry_words(entry: Entry, names: Names, days: Calendar) -> tuple[str, str]:
    """What an entry is about, and what is worth a line beside it."""
    detail = entry.detail
    match entry.kind:
        case "mail" | "skipped" | "failed" | "capped" | "opened":
            what = names.mail(entry.what)
        case "scanned" if "/" in entry.what:
            what = names.mail(entry.what)
        case "clicked" | "visited" | "scanned":
            what = _("the link that nobody sees") if entry.what == HIDDEN else entry.what
        case "form" | "answers":
            what = ""
        case "booked" | "cancelled" | "held" | "missed" | "slot_taken" | "proposed" | "rescheduled":
            what = names.appointment_type(entry.what)
        case "handed_over" | "accepted":
            what = names.user(entry.what)
        case "ended":
            what = names.ended(entry.what)
        case "webhook":
            what = names.webhook(entry.what)
        case "score" | "moved" | "loaded":
            what = entry.what
        case "unsubscribed":
            what = ""
        case _:
            what = names.told(plain(entry.what))
    said = []
    if reason := detail.get("reason"):
        parked = entry.kind == "parked"
        said.append(names.why_parked(detail.get("scenario", ""), reason) if parked else names.why_skipped(str(reason)))
    if because := detail.get("because"):
        said += [names.reason(str(one)) for one in (because if isinstance(because, list) else [because])]
    if "since" in detail:
        said.append(_("since %(day)s", day=days.date(days.local(detail["since"]).date())))
    if str(detail.get("to", "lead")) != "lead":
        said.append(_("to %(name)s", name=names.user(str(detail["to"]).removeprefix("user:"))))
    known = {
        "replaces": _("in place of the missed one"),
        "blocked": _("blocked without asking"),
        "corrected": _("the mark was corrected"),
    }
    said += [word for key, word in known.items() if key in detail]
    if "starts" in detail:
        said.append(_("%(number)s kept", number=len(detail["starts"])) if detail["starts"] else _("no time is free"))
    if "share" in detail:
        said.append(_("%(share)s of 100", share=detail["share"]))
    if "chose" in detail:
        said.append(_("chose: %(choice)s", choice=plain(detail["chose"])))
    if "consents" in detail:
        ticked = ", ".join(names.purpose(one) for one in detail["consents"])
        said.append(_("ticked: %(boxes)s", boxes=ticked) if ticked else _("ticked no box"))
    return what, " · ".join(said)


def unmet_words(one: Unmet, names: Names, scenario: str) -> dict[str, str]:
    """An expectation that did not come true: who, what was expected, what came instead."""
    labels: Mapping[str, str] = {
        "comes": _("comes"),
        "gets": _("mails"),
        "ends": _("end"),
        "handed_over": _("handed over"),
        "score": _("points"),
        "tags": _("tags"),
    }

    def said(value: object) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if value is None or value == []:
            return _("nothing")
        if isinstance(value, list):
            return ", ".join(map(str, value))
        return str(value)

    found = said(one.found)
    if one.inside is not None:
        found = ngettext("still inside after %(num)s day", "still inside after %(num)s days", one.inside)
    return {"lead": one.lead, "key": labels[one.key], "expected": said(one.expected), "found": found}
