"""Leads and what hangs on them: whatever is written is read back the same, on each of the three databases."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from funnel.domain.lead import AnswerSheet, Enrolment, Handoff, Lead, Occurrence
from funnel.domain.scoring.ledger import Entry
from funnel.storage import (
    answers,
    consents,
    enrolments,
    handoffs,
    installation,
    leads,
    scores,
    snapshot,
    submissions,
    suppressions,
    users,
)
from funnel.storage.bulk import insert_many, update_many
from funnel.storage.connections import DatabaseAway
from funnel.storage.database import Database
from tests.storage.conftest import NOW

Make = Callable[[str], int]

HARD = 'O\'Brien "Ümit" 🙂 \\ ; -- $.x {% %} :ids\nnext line'
"""Text that breaks whoever puts statements together by hand."""


def enrolment(**changed: Any) -> Enrolment:
    whole = Enrolment(
        scenario="tunnel",
        version="v1",
        pass_number=1,
        state="awaiting",
        step="await-1",
        began_at=NOW,
        entered_at=NOW + timedelta(microseconds=1),
        base_at=NOW,
        due_at=NOW + timedelta(days=2),
        mail="tunnel/email-1/1",
        happened=(
            Occurrence("form.submitted", None, NOW),
            Occurrence("appointment.booked", "call", NOW + timedelta(microseconds=7), True),
        ),
    )
    return replace(whole, **changed)


def sheet(number: str = "s1", **changed: Any) -> AnswerSheet:
    whole = AnswerSheet(
        id=number,
        questionnaire="cx",
        completed_at=NOW,
        values={"team": "none", "many": ["a", "b"], "scale": 3, "text": HARD, "empty": None},
        score=7,
        share=44,
        themes={"people": 40, "money": 0},
        band="low",
    )
    return replace(whole, **changed)


def test_a_lead_reads_back_as_she_was_written(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    with database.write() as connection:
        before = snapshot.load(connection, [ana])[ana]
        after = replace(
            before,
            email="Ana.Lund@example.org",
            name=HARD,
            phone="+33 4 65 71 20 11",
            company=HARD,
            position="COO",
            language="fr",
            zone="Pacific/Auckland",
            stage="qualified",
            status="warm",
            email_proven=True,
            unsubscribed=True,
            source={"utm_source": HARD, "cta": "a-1"},
            consents={"follow_up_email": True, "visit_tracking": False},
            score=-12,
        )
        leads.write(connection, [(before, after)])
    with database.read() as connection:
        assert snapshot.load(connection, [ana], lock=False) == {ana: after}
        assert leads.find(connection, "ana.lund@example.org") == ana
        assert leads.find(connection, "ana@example.org") is None
        assert leads.every_id(connection) == [ana]


def test_what_is_empty_reads_back_empty(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    with database.write() as connection:
        (lead,) = snapshot.load(connection, [ana]).values()
        other = replace(lead, phone="1", status="warm", zone="Europe/Paris", unsubscribed=True)
        leads.write(connection, [(lead, other)])
        assert snapshot.load(connection, [ana])[ana] == other
        leads.write(connection, [(other, lead)])
        assert snapshot.load(connection, [ana])[ana] == lead
    assert (lead.phone, lead.status, lead.zone, lead.source, lead.enrolments) == (None, None, None, {}, ())


def test_an_address_makes_one_lead_also_in_parallel(database: Database) -> None:
    def make(_: int) -> tuple[int, bool]:
        with database.write() as connection:
            return leads.find_or_create(connection, "Ana@example.org", "ana@example.org", "en", NOW)

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(make, range(18)))
    assert len({lead_id for lead_id, _ in made}) == 1
    assert sum(created for _, created in made) == 1


def test_many_leads_are_locked_and_loaded_in_order_each_with_her_own(database: Database, make_lead: Make) -> None:
    ids = [make_lead(f"lead{n}@example.org") for n in range(12)]
    with database.write() as connection:
        enrolments.put(connection, [(one, enrolment(reason=f"of {one}")) for one in reversed(ids)])
        answers.add(connection, [(one, sheet(f"sheet {one}")) for one in ids])
        leads.add_tags(connection, [{"lead_id": one, "tag": f"tag{one}", "at": NOW} for one in ids])
        handoffs.put(connection, [(one, Handoff(f"{one}-1", "idris", ("why",), "offered", NOW), NOW) for one in ids])
    with database.write() as connection:
        found = snapshot.load(connection, [*ids[6:], *ids[:6], ids[0], 987654])
    assert list(found) == sorted(ids)
    for lead_id, lead in found.items():
        assert [e.reason for e in lead.enrolments] == [f"of {lead_id}"]
        assert [s.id for s in lead.answers] == [f"sheet {lead_id}"]
        assert lead.tags == {f"tag{lead_id}"}
        assert [h.id for h in lead.handoffs] == [f"{lead_id}-1"]


def test_an_enrolment_is_written_over_in_its_place(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    first, second = enrolment(), enrolment(pass_number=2, state="waiting", due_at=None, mail=None, happened=())
    with database.write() as connection:
        enrolments.put(connection, [(ana, first), (ana, second)])
        assert enrolments.of_leads(connection, [ana]) == [(ana, first), (ana, second)]
        moved = replace(first, state="ended", step=None, due_at=None, mail=None, ended_because="no_answer")
        enrolments.put(connection, [(ana, moved)])
        assert enrolments.of_leads(connection, [ana]) == [(ana, moved), (ana, second)]
        assert enrolments.count_by_state(connection) == {("tunnel", "ended"): 1, ("tunnel", "waiting"): 1}


def test_due_steps_come_in_order_and_a_paused_scenario_s_stand_still(database: Database, make_lead: Make) -> None:
    ids = [make_lead(f"lead{n}@example.org") for n in range(4)]
    with database.write() as connection:
        due = [NOW + timedelta(microseconds=n) for n in (3, 1, 2, 10)]
        places = [(one, enrolment(due_at=at)) for one, at in zip(ids, due, strict=True)]
        places += [
            (ids[0], enrolment(scenario="other", due_at=NOW)),
            (ids[1], enrolment(scenario="past", state="parked")),
        ]
        enrolments.put(connection, places)
        installation.store_version(connection, "other", "d1", {"a": b"x"}, NOW)
        installation.publish(connection, "other", "d1", NOW)
        installation.set_paused(connection, ["other"], True)
    now = NOW + timedelta(microseconds=3)
    with database.write() as connection:
        claimed = enrolments.claim_due(connection, now, 500)
        assert [(one.lead_id, one.due_at) for one in claimed] == [
            (ids[1], due[1]), (ids[2], due[2]), (ids[0], due[0]),
        ]  # fmt: skip
        assert {one.scenario for one in claimed} == {"tunnel"}
        assert len(enrolments.claim_due(connection, now, 2)) == 2
        assert enrolments.count_due(connection, now) == 3
        assert enrolments.next_due(connection) == due[1]
        assert [row["due_at"] for row in enrolments.upcoming(connection, 2)] == [NOW, due[1]]
        installation.set_paused(connection, None, False)
        assert enrolments.next_due(connection) == NOW


def test_two_claims_at_once_share_the_leads(postgres_url: Callable[[str], str]) -> None:
    database = Database(postgres_url("16"))
    with database.write() as connection:
        ids = [leads.find_or_create(connection, f"l{n}@x.org", f"l{n}@x.org", "en", NOW)[0] for n in range(6)]
        enrolments.put(connection, [(one, enrolment(due_at=NOW)) for one in ids])
    with database.write() as one, database.write() as two:
        first = enrolments.claim_due(one, NOW, 4)
        second = enrolments.claim_due(two, NOW, 4)
    assert [due.lead_id for due in first] == ids[:4]
    assert [due.lead_id for due in second] == ids[4:]
    database.close()


def test_answers_keep_values_of_every_kind_and_their_order(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    later = sheet("a-later", completed_at=NOW + timedelta(days=1), band=None, scenario="tunnel", pass_number=2)
    with database.write() as connection:
        answers.add(connection, [(ana, sheet("z-first"))])
        answers.add(connection, [(ana, later), (ana, sheet("z-first", score=99))])
        assert answers.of_leads(connection, [ana]) == [(ana, sheet("z-first")), (ana, later)]


def test_a_consent_is_kept_with_its_wording_and_stamped_when_withdrawn(database: Database, make_lead: Make) -> None:
    ana, ben = make_lead("ana@example.org"), make_lead("ben@example.org")

    def row(lead_id: int, purpose: str, given: bool, at: datetime) -> dict[str, Any]:
        return {"lead_id": lead_id, "purpose": purpose, "given": given, "wording": HARD, "page": "/l", "at": at}

    with database.write() as connection:
        asked = [row(one, purpose, True, NOW) for one in (ana, ben) for purpose in ("follow_up_email", "news")]
        consents.add(connection, asked)
        consents.add(connection, [row(ana, "follow_up_email", False, NOW + timedelta(days=1))])
        consents.add(connection, [row(ana, "follow_up_email", True, NOW + timedelta(days=2))])
        consents.add(connection, [row(ana, "follow_up_email", False, NOW + timedelta(days=3))])
        mine, hers = consents.of_lead(connection, ana), consents.of_lead(connection, ben)
    kept = [(one["purpose"], one["given"], one["withdrawn_at"] and (one["withdrawn_at"] - NOW).days) for one in mine]
    assert kept == [
        ("follow_up_email", True, 1), ("news", True, None), ("follow_up_email", False, None),
        ("follow_up_email", True, 3), ("follow_up_email", False, None),
    ]  # fmt: skip
    assert {one["withdrawn_at"] for one in hers} == {None}
    assert {one["wording_hash"] for one in mine} == {hashlib.sha256(HARD.encode()).hexdigest()}
    assert {(one["wording"], one["page"]) for one in mine} == {(HARD, "/l")}


def test_submissions_tags_and_points_are_kept(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    form = {"id": "f1", "lead_id": ana, "scenario": "tunnel", "fields": {"name": HARD}, "page": "/l", "source": {},
            "cta": "fair", "at": NOW}  # fmt: skip
    with database.write() as connection:
        submissions.add(connection, [form])
        submissions.add(connection, [{**form, "page": "/other"}])
        assert submissions.read(connection, "f1") == form
        assert submissions.of_lead(connection, ana) == [form]
        assert submissions.read(connection, "f2") is None
        tag = {"lead_id": ana, "tag": "vip", "at": NOW}
        leads.add_tags(connection, [tag])
        leads.add_tags(connection, [{**tag, "at": NOW + timedelta(1)}, {**tag, "tag": "plan"}])
        entries = [Entry(1, "given", 5, HARD, NOW), Entry(2, "reversed", -3, HARD, NOW, "fit", "r", "s", 1)]
        scores.add(connection, [(ana, one, f"e{one.number}") for one in entries])
        assert [(one["points"], one["event_id"]) for one in scores.of_lead(connection, ana)] == [(5, "e1"), (-3, "e2")]
        assert snapshot.load(connection, [ana])[ana].entries == tuple(entries)
        assert snapshot.load(connection, [ana])[ana].tags == {"vip", "plan"}


def test_a_suppressed_address_is_known_by_its_hash_alone(database: Database) -> None:
    with database.write() as connection:
        key = installation.secret(connection, "suppression")
        hashes = [suppressions.address_hash(key, address) for address in ("Ana@example.org", "ben@example.org")]
        assert hashes[0] == suppressions.address_hash(key, "ana@EXAMPLE.org")
        assert hashes[0] != suppressions.address_hash(b"another key", "ana@example.org")
        suppressions.add(connection, [{"address_hash": hashes[0], "reason": "unsubscribed", "at": NOW}])
        suppressions.add(connection, [{"address_hash": hashes[0], "reason": "complained", "at": NOW}])
        assert suppressions.among(connection, hashes) == {hashes[0]}
        suppressions.remove(connection, hashes)
        assert suppressions.among(connection, hashes) == suppressions.among(connection, []) == set()


def test_a_lead_has_one_open_handoff_whatever_is_tried(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    offered = Handoff("1-1", "idris", ("Reached 50", HARD), "offered", NOW, ("phone",))
    with database.write() as connection:
        handoffs.put(connection, [(ana, offered, NOW)])
        assert handoffs.of_leads(connection, [ana]) == [(ana, offered)]
        assert handoffs.load(connection, ["idris", "camille"]) == {"idris": 1, "camille": 0}
    with pytest.raises((IntegrityError, DatabaseAway)), database.write() as connection:
        handoffs.put(connection, [(ana, replace(offered, id="1-2"), NOW)])
    returned = replace(offered, state="returned", return_reason=HARD, rep="camille", missing=())
    again = replace(offered, id="1-2", offered_at=NOW + timedelta(seconds=1), because=("Booked",))
    with database.write() as connection:
        handoffs.put(connection, [(ana, returned, NOW)])
        handoffs.put(connection, [(ana, again, NOW)])
        assert handoffs.of_leads(connection, [ana]) == [(ana, returned), (ana, again)]
        assert [row["id"] for row in handoffs.listed(connection, ["idris"], ["offered"], 10)] == ["1-2"]
        assert (handoffs.handoff(connection, "1-1") or {})["return_reason"] == HARD
        assert handoffs.handoff(connection, "9-9") is None


def test_tasks_are_ticked_off_once_and_what_is_due_first_stands_first(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    names = ("call", "due_at", "rep", "team", "scenario")

    def task(number: str, **more: Any) -> dict[str, Any]:
        return {"id": number, "lead_id": ana, "text": HARD, "at": NOW, **dict.fromkeys(names), **more}

    with database.write() as connection:
        handoffs.add_tasks(
            connection,
            [
                task("late", rep="idris", due_at=NOW + timedelta(days=2)),
                task("soon", team="consulting", due_at=NOW + timedelta(days=1)),
                task("whenever", rep="idris"),
                task("hers", rep="camille", team="consulting", due_at=NOW),
            ],
        )
        handoffs.add_tasks(connection, [task("late", text="other")])
        mine = handoffs.open_tasks(connection, ["idris"], ["consulting"], 10)
        assert [one["id"] for one in mine] == ["soon", "late", "whenever"]
        handoffs.finish_tasks(connection, [{"id": "soon", "done_at": NOW, "done_by": "idris"}])
        handoffs.finish_tasks(connection, [{"id": "soon", "done_at": NOW + timedelta(1), "done_by": "camille"}])
        done = handoffs.task(connection, "soon") or {}
        assert (done["done_at"], done["done_by"], done["text"]) == (NOW, "idris", HARD)
        assert [one["id"] for one in handoffs.open_tasks(connection, ["idris"], [], 10)] == ["late", "whenever"]
        assert len(handoffs.tasks_of(connection, ana)) == 4


def test_users_have_a_number_a_hash_and_a_generation(database: Database) -> None:
    with database.write() as connection:
        number = users.ensure(connection, "idris")
        assert users.ensure(connection, "idris") == number
        assert users.ensure(connection, "camille") != number
        assert users.with_password(connection) == set()
        users.set_password(connection, "idris", "argon2…")
        users.set_password(connection, "idris", "argon2 again")
        row = users.by_id(connection, "idris") or {}
        assert (row["password_hash"], row["generation"]) == ("argon2 again", 2)
        assert users.by_number(connection, number) == row
        assert users.by_number(connection, 999) is users.by_id(connection, "nobody") is None
        assert users.with_password(connection) == {"idris"}


def test_instants_come_back_in_utc_to_the_microsecond_and_naive_ones_are_refused(database: Database) -> None:
    tokyo = datetime(2027, 3, 28, 10, 30, 0, 1, tzinfo=timezone(timedelta(hours=9)))
    with database.write() as connection:
        leads.find_or_create(connection, "a@x.org", "a@x.org", "en", tokyo)
        (row,) = leads.rows(connection, leads.every_id(connection))
        assert row["created_at"] == tokyo
        assert row["created_at"].tzinfo is UTC
        with pytest.raises(ValueError, match="aware"):
            leads.find_or_create(connection, "b@x.org", "b@x.org", "en", datetime(2027, 1, 1))  # noqa: DTZ001


def test_nothing_is_written_for_nothing(database: Database, make_lead: Make) -> None:
    with database.write() as connection:
        assert insert_many(connection, leads.tags, []) == []
        assert update_many(connection, leads.leads, [], key=("id",)) == []
        assert snapshot.load(connection, []) == {}
        enrolments.put(connection, [])
        leads.write(connection, [])
    assert isinstance(Lead(1, "a@x.org", NOW), Lead)
