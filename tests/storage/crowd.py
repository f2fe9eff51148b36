"""Leads for conditions: their vocabulary, a small cast to reason about, many by chance, and how they are kept."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from funnel.authoring.vocabulary import Declared, Vocabulary
from funnel.domain.known import FIELDS
from funnel.domain.lead import AnswerSheet, Appointment, AppointmentState, Enrolment, Lead, Stage
from funnel.domain.scoring.ledger import Entry
from funnel.domain.scoring.rules import GROUPS, Group
from funnel.storage import answers, appointments, enrolments, leads, scores, snapshot

NOW = datetime(2027, 6, 7, 8, 0, 0, 123456, tzinfo=UTC)

WORDS = Vocabulary(
    {
        **{f"lead.{field}": Declared("text") for field in FIELDS},
        "score": Declared("number"),
        "score.engagement": Declared("number"),
        "score.fit": Declared("number"),
        "pass": Declared("number"),
        "stage": Declared("text"),
        "status": Declared("text"),
        "tags": Declared("list"),
        "consents.follow_up_email": Declared("boolean"),
        "consents.visit_tracking": Declared("boolean"),
        "appointment.type": Declared("text"),
        "appointment.state": Declared("text"),
        "appointment.starts_at": Declared("instant"),
        "appointment.misses": Declared("number"),
        "answers.cx.team": Declared("text"),
        "answers.cx.size": Declared("number"),
        "answers.cx.topics": Declared("list"),
        "answers.cx.wish": Declared("text"),
        "answers.cx.sure": Declared("boolean"),
        "answers.cx.score": Declared("number"),
        "answers.cx.share": Declared("number"),
        "answers.cx.score.people": Declared("number"),
        "answers.cx.band": Declared("text"),
        "answers.cx.follow_up": Declared("text"),
        "answers.nps.size": Declared("number"),
    },
    ("source.",),
)


def _sheet(number: int, values: Mapping[str, Any], **more: Any) -> AnswerSheet:
    plain: dict[str, Any] = {"score": 0, "share": 0, "themes": {}, "band": None}
    return AnswerSheet(f"sheet{number}", "cx", NOW, values=values, **(plain | more))


def _meeting(kind: str, starts_at: str, state: AppointmentState, **more: Any) -> Appointment:
    """`id` and `replaces` count a lead's own meetings; in the database they have numbers of their own."""
    at = datetime.fromisoformat(starts_at)
    return Appointment(more.pop("id", 0), kind, "camille", at, at + timedelta(minutes=30), state, **more)


def _given(*points: tuple[Group, int]) -> tuple[Entry, ...]:
    """Entries of a ledger; here it says nothing of the whole score."""
    return tuple(Entry(place + 1, "given", number, "why", NOW, group) for place, (group, number) in enumerate(points))


def _inside(scenario: str, pass_number: int, ended: bool = False) -> Enrolment:
    state: Any = "ended" if ended else "waiting"
    return Enrolment(scenario, "v", pass_number, state, None if ended else "wait", NOW, NOW, NOW)


CAST: Mapping[str, Lead] = {
    # everything known, texts in their composed form
    "ana": Lead(
        0, "Ana@Example.org", NOW, name="Ana Lund", phone="+4520123456", company="Société Générale", position="CEO",
        language="fr", zone="Europe/Paris", stage="engaged", status="warm", source={"utm_source": "Newsletter",
        "utm_medium": "", "cta": "12"}, tags=frozenset({"vip", "plan"}), consents={"follow_up_email": True,
        "visit_tracking": False}, score=50, entries=_given(("engagement", 30), ("fit", 10), ("engagement", 10)),
        answers=(_sheet(1, {"team": "some", "size": 12, "topics": ["prices", "people"], "wish": "Große Straße",
        "sure": True}, score=20, share=60, themes={"people": 75}, band="high", follow_up="call"),),
        appointments=(_meeting("call", "2027-06-10T09:00+00:00", "booked"),),
    ),
    # nothing known but what must be; the same company in capitals, its accents apart
    "zoe": Lead(
        0, "zoe@example.org", NOW, name="ZOE\u0301", company="SOCIE\u0301TE\u0301 GE\u0301NE\u0301RALE",
        consents={"follow_up_email": False}, tags=frozenset({"late"}),
    ),
    # empty texts; answers of an older version, each of another type than today's
    "kai": Lead(
        0, "kai@example.org", NOW, name="", phone="", company="", position="ceo", zone="", score=-5,
        entries=_given(("fit", -5)),
        source={"utm_source": "news", "utm_medium": "mail"},
        answers=(_sheet(2, {"team": ["some"], "size": "12", "topics": "prices", "wish": 7, "sure": "true"},
        themes={"people": 0}),),
        appointments=(_meeting("visit", "2027-06-10T09:00+00:00", "missed"),
        _meeting("call", "2027-06-10T11:00+02:00", "cancelled")),
    ),
    # two sheets, an empty list and text, a null; the Turkish capital, German capitals, a ligature
    "ivo": Lead(
        0, "ivo@example.org", NOW, name="\u0130vo", company="STRASSE 9", position="CFO", language="de", score=49,
        zone="Europe/Berlin", status="cold", source={"utm_source": "NEWSLETTER"}, stage="qualified",
        consents={"visit_tracking": True},
        answers=(_sheet(3, {"team": "none", "size": 100, "topics": ["time"]}, score=9, share=90, band="low"),
        _sheet(4, {"team": "some", "size": 0, "topics": [], "wish": "", "sure": None}, score=3, share=30,
        themes={"people": 30}, band="high", follow_up="mail")),
    ),
    # Greek with a final sigma, the largest number, a text that looks like SQL, the end of February abroad
    "mia": Lead(
        0, "mia@example.org", NOW, name="Robert'); DROP TABLE leads; --", company="ΟΔΟΣ", position="100%",
        score=2**31 - 1, zone="America/New_York", source={"utm_source": "a\\b\"c"}, stage="customer",
        answers=(_sheet(5, {"team": "other", "size": 2**53 + 1, "topics": ["people"], "wish": "ﬁn_de%"}, score=100,
        share=100, themes={"people": 100}, band="high"),),
        appointments=(_meeting("call", "2028-02-29T23:30-05:00", "held"),),
    ),
    # twice inside a scenario, each pass with answers and a meeting of its own, and answers given elsewhere since
    "lea": Lead(
        0, "lea@example.org", NOW, name="Léa", score=10,
        enrolments=(_inside("tunnel", 1, ended=True), _inside("tunnel", 2), _inside("other", 1)),
        answers=(_sheet(6, {"team": "none", "size": 1}, scenario="tunnel", pass_number=1),
        _sheet(7, {"team": "some", "size": 2}, scenario="tunnel", pass_number=2, band="low"),
        _sheet(8, {"team": "other", "size": 3}, scenario=None, band="high")),
        appointments=(_meeting("call", "2027-01-01T00:00+00:00", "held", scenario="tunnel", pass_number=1),
        _meeting("visit", "2027-01-09T00:00+00:00", "missed", id=1),
        _meeting("visit", "2027-01-16T00:00+00:00", "missed", id=2, replaces=1),
        _meeting("visit", "2027-02-01T00:00+00:00", "booked", id=3, replaces=2)),
    ),
}  # fmt: skip
"""By name; ids are given when they are kept."""


def keep(connection: Connection, crowd: Sequence[Lead]) -> list[int]:
    """Write leads by the product's own statements; their ids, in order."""
    ids = [leads.find_or_create(connection, lead.email, lead.email, lead.language, NOW)[0] for lead in crowd]
    numbered = [replace(lead, id=lead_id) for lead, lead_id in zip(crowd, ids, strict=True)]
    new = snapshot.load(connection, ids)
    leads.write(connection, [(new[one.id], one) for one in numbered])
    leads.add_tags(connection, [{"lead_id": one.id, "tag": tag, "at": NOW} for one in numbered for tag in one.tags])
    scores.add(connection, [(one.id, entry, None) for one in numbered for entry in one.entries])
    answers.add(connection, [(one.id, sheet) for one in numbered for sheet in one.answers])
    for one in numbered:
        made: dict[int | None, int] = {}
        for meeting in one.appointments:
            names = ("type", "rep", "starts_at", "ends_at", "state", "sequence", "marks", "scenario", "pass_number")
            row = {name: getattr(meeting, name) for name in names} | {"replaces": made.get(meeting.replaces)}
            kept = insert(appointments.appointments).values(**row, lead_id=one.id, booked_by="lead", booked_at=NOW)
            made[meeting.id] = connection.execute(kept.returning(appointments.appointments.c.id)).scalar_one()
        inside = [replace(e, appointment=made.get(e.appointment)) for e in one.enrolments]
        enrolments.put(connection, [(one.id, place) for place in inside])
    return ids


TEXTS = ("", "ceo", "CEO", "Zoé", "zoe\u0301", "ZOÉ", "straße", "STRASSE", "ΟΔΟΣ", "οδος", "ﬁn", "FIN", "\u0130", "i",
         "ı", "12", "12.0", "true", "a%", "a_", "z", "é", "\U0001f600", "\uffee", "' OR 1=1 --")  # fmt: skip
"""Small enough that chance meets the same text again: in capitals, composed, apart, beyond the first plane."""

NUMBERS = (-(2**40), -5, -1, 0, 1, 2, 12, 49, 50, 51, 100, 2**31 - 1, 2**31, 10**14)
WORDS_OF_LISTS = ("vip", "plan", "late", "prices", "people")
INSTANTS = tuple(datetime(2027, 3, 27, tzinfo=UTC) + timedelta(hours=number * 7, microseconds=1) for number in range(8))


def by_chance(number: int, seed: int) -> list[Lead]:
    """Leads whose every part is drawn from small sets, missing as often as not; the same for the same seed."""
    dice = random.Random(seed)

    def maybe(values: Sequence[Any]) -> Any:
        return dice.choice(values) if dice.random() < 0.7 else None

    def answer() -> Any:
        some = (dice.choice(TEXTS), dice.choice(NUMBERS), True, False, None, _some(dice), 0.5)
        return dice.choice(some)

    def sheet(name: str) -> AnswerSheet:
        values = {key: answer() for key in ("team", "size", "topics", "wish", "sure") if dice.random() < 0.8}
        where: dict[str, Any] = dice.choice(({}, {"scenario": "tunnel", "pass_number": dice.choice((1, 2))}))
        small = [one for one in NUMBERS if abs(one) < 2**31]
        return AnswerSheet(
            name, dice.choice(("cx", "nps")), NOW, values, dice.choice(small), dice.choice(small),
            {"people": dice.choice(NUMBERS)} if dice.random() < 0.7 else {}, maybe(("low", "high")),
            maybe(("call", "mail")), **where,
        )  # fmt: skip

    def meeting(place: int) -> Appointment:
        at = dice.choice(INSTANTS)
        states: Sequence[AppointmentState] = ("booked", "moved", "cancelled", "held", "missed")
        where: dict[str, Any] = dice.choice(({}, {"scenario": "tunnel", "pass_number": dice.choice((1, 2))}))
        kind = dice.choice(("call", "visit"))
        before = place if place and dice.random() < 0.6 else None
        until, state = at + timedelta(minutes=30), dice.choice(states)
        return Appointment(place + 1, kind, "camille", at, until, state, replaces=before, **where)

    stages: Sequence[Stage] = ("new", "engaged", "qualified")
    return [
        Lead(
            0, f"{seed}.{place}@example.org", NOW, name=dice.choice(TEXTS), phone=maybe(TEXTS), company=maybe(TEXTS),
            position=maybe(TEXTS), language=dice.choice(("en", "fr", "pt-BR")), zone=maybe(("Europe/Paris", "UTC")),
            stage=dice.choice(stages), status=maybe(("warm", "cold")), tags=frozenset(_some(dice)),
            source={key: dice.choice(TEXTS) for key in ("utm_source", "utm_medium", "cta") if dice.random() < 0.6},
            consents={key: dice.random() < 0.5 for key in ("follow_up_email", "visit_tracking") if dice.random() < 0.7},
            score=dice.choice([one for one in NUMBERS if abs(one) < 2**31]),
            entries=_given(*((dice.choice(GROUPS), dice.choice((-5, 1, 12, 49))) for _ in range(dice.randrange(4)))),
            enrolments=tuple(
                replace(_inside("tunnel", count + 1), appointment=dice.choice((None, 1)))
                for count in range(dice.randrange(3))
            ),
            answers=tuple(sheet(f"{seed}.{place}.{count}") for count in range(dice.randrange(4))),
            appointments=tuple(meeting(count) for count in range(dice.randrange(4))),
        )
        for place in range(number)
    ]  # fmt: skip


def _some(dice: random.Random) -> list[str]:
    return dice.sample(WORDS_OF_LISTS, dice.randrange(3))
