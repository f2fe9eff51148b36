"""A rehearsal as files: JSON for programs, a page with the timeline for people, each mail and invitation as it left."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from funnel.domain.timing import local_time
from funnel.usecases.naming import plain
from funnel.usecases.rehearsal.expectations import unmet
from funnel.usecases.rehearsal.outcome import Rehearsal, faults, parked, standing_still
from funnel.usecases.rehearsal.post import Posted
from funnel.usecases.rehearsal.tell import in_short
from funnel.usecases.rehearsal.timeline import STYLE, draw_timeline, undrawn
from funnel.usecases.rehearsal.totals import totals

_SHOWN = 60
"""People whose story stands on the page; the JSON holds everybody's."""

_PAGES = Environment(
    loader=PackageLoader("funnel.usecases.rehearsal", "."), autoescape=select_autoescape(), trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip


def as_json(done: Rehearsal) -> dict[str, Any]:
    """Everything, as plain data; instants as UTC text."""
    return {
        "scenario": done.bundle.name,
        "version": done.bundle.digest,
        "seed": done.seed,
        "begins_at": _instant(done.begins_at),
        "ends_at": _instant(done.ends_at),
        "totals": totals(done).as_json(),
        "unmet": [
            {"lead": one.lead, "key": one.key, "expected": one.expected, "found": one.found} for one in unmet(done)
        ],
        "unwritten": [
            {"lead": one.person, "mail": one.message, "file": one.file, "why": one.why} for one in done.unwritten
        ],
        "people": [
            {
                "id": person.id,
                "behaves": person.behaves,
                "name": person.fields.get("name", ""),
                "language": person.language,
                "zone": lead.zone,
                "stage": lead.stage,
                "score": lead.score,
                "tags": sorted(lead.tags),
                "story": [
                    {"at": _instant(e.at), "kind": e.kind, "what": e.what, **_plain(e.detail)}
                    for e in done.of(person.id)
                ],
            }
            for person in done.people
            if (lead := done.leads.get(person.id))
        ],
    }  # fmt: skip


def files(done: Rehearsal, posted: Sequence[Posted]) -> dict[str, bytes]:
    """The folder of a rehearsal, by path; the same rehearsal gives the same bytes."""
    found = {
        "rehearsal.json": json.dumps(as_json(done), ensure_ascii=False, indent=1).encode() + b"\n",
        "timeline.svg": draw_timeline(done, style=STYLE).encode(),
        "index.html": _page(done, posted).encode(),
    }
    for one in posted:
        found |= {
            f"{one.stem}.html": one.html.encode(),
            f"{one.stem}.txt": one.text.encode(),
            f"{one.stem}.eml": one.eml,
        }
        if one.invitation:
            found[f"{one.stem}.ics"] = one.invitation
        found |= {f"{one.stem}_{attached.name}": attached.content for attached in one.attachments}
    return found


def _page(done: Rehearsal, posted: Sequence[Posted]) -> str:
    zone, counted = done.company.company.zone, totals(done)
    letters: dict[tuple[str, datetime, str], Posted] = {(one.person, one.at, one.message): one for one in posted}
    people = [
        {
            "id": person.id,
            "behaves": person.behaves,
            "name": person.fields.get("name", ""),
            "zone": person.zone,
            "story": [
                {"when": f"{local_time(e.at, zone):%a %d %b, %H:%M}", "kind": e.kind, "what": plain(e.what),
                 "detail": detail_in_words(e.detail, zone), "letter": letters.get((person.id, e.at, e.what))}
                for e in in_short(done.of(person.id))
            ],
        }
        for person in done.people[:_SHOWN]
    ]  # fmt: skip
    return _PAGES.get_template("report.html").render(
        title=done.bundle.name,
        zone=zone,
        done=done,
        totals=counted,
        mail_names=mail_names(one.message for one in counted.mails),
        faults=faults(done),
        still=standing_still(done),
        parked=Counter(one.reason for one in parked(done)),
        unmet=unmet(done),
        timeline=draw_timeline(done),
        undrawn=undrawn(done),
        style=STYLE,
        people=people,
        words=plain,
    )


def mail_names(messages: Iterable[str]) -> dict[str, str]:
    """Each mail's name in words, with its scenario where two of them share it."""
    found = {message: plain(message) for message in messages}
    shared = {name for name, number in Counter(found.values()).items() if number > 1}
    return {
        message: f"{plain(message.partition('/')[0])}: {name}" if name in shared else name
        for message, name in found.items()
    }


SAID = {
    "replaces": "in place of the missed one",
    "blocked": "blocked without asking",
    "corrected": "the mark was corrected",
}
"""What a detail says by being there."""


def detail_in_words(detail: dict[str, Any], zone: str) -> str:
    """What is worth a line beside the name; times are those of `zone`."""
    said = []
    if detail.get("reason"):
        said.append(str(detail["reason"]))
    if detail.get("because"):
        because = detail["because"]
        said.append("; ".join(because) if isinstance(because, list) else str(because))
    if "since" in detail:
        said.append(f"since {local_time(detail['since'], zone):%a %d %b}")
    if str(detail.get("to", "lead")) != "lead":
        said.append(f"to {str(detail['to']).removeprefix('user:')}")
    if detail.get("rep"):
        said.append(f"with {detail['rep']}")
    if detail.get("starts"):
        said.append(", ".join(f"{local_time(at, zone):%a %d %b %H:%M}" for at in detail["starts"]))
    elif "starts" in detail:
        said.append("no time is free")
    said += [word for key, word in SAID.items() if key in detail]
    if detail.get("band"):
        said.append(f"{detail['band']}, {detail['share']} of 100")
    if "chose" in detail:
        said.append(f"chose {plain(detail['chose'])}")
    if "consents" in detail:
        said.append("ticked " + (", ".join(map(plain, detail["consents"])) or "no box"))
    return " · ".join(said)


def _plain(detail: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _instant(value)
        if isinstance(value, datetime)
        else [_instant(one) if isinstance(one, datetime) else one for one in value]
        if isinstance(value, list)
        else value
        for key, value in detail.items()
    }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
