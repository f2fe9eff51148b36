"""A rehearsal shows what a scenario does, the same each time."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from itertools import pairwise
from pathlib import Path

import pytest
from icalendar import Calendar

from funnel.authoring.load import Loaded, load_bundle, load_folder
from funnel.bootstrap import build_paper
from funnel.domain.tunnel.expectation import Expectation
from funnel.usecases import fold
from funnel.usecases.errors import NotFound
from funnel.usecases.rehearsal import Rehearsal, rehearse
from funnel.usecases.rehearsal.check import unmet_findings
from funnel.usecases.rehearsal.expectations import unmet
from funnel.usecases.rehearsal.habits import BEHAVIOURS
from funnel.usecases.rehearsal.log import Entry
from funnel.usecases.rehearsal.outcome import faults, parked
from funnel.usecases.rehearsal.post import Posted, PostOffice
from funnel.usecases.rehearsal.report import as_json, files
from funnel.usecases.rehearsal.run import FormRefused
from funnel.usecases.rehearsal.timeline import draw_timeline
from funnel.usecases.rehearsal.totals import totals
from tests.support.home import COMPANY, TUNNEL, write_home

SCENARIO = "self_evaluation"
BEGINS = datetime(2027, 5, 20, 12, tzinfo=UTC)
"""The webinar: 14:00 in Paris."""
HOUR = timedelta(hours=1)


def run(shipped: Loaded, **options: object) -> tuple[Rehearsal, list[Posted]]:
    """A rehearsal of the shipped self-evaluation, with its mails."""
    assert shipped.company is not None
    post = PostOffice(build_paper(shipped.bundles.values(), shipped.company), shipped.bundles, shipped.company)
    done = rehearse(shipped.bundles, shipped.company, SCENARIO, post=post, **options)  # type: ignore[arg-type]
    return done, post.posted


@pytest.fixture(scope="module")
def done(shipped: Loaded) -> Rehearsal:
    """One of each behaviour."""
    return run(shipped, people=len(BEHAVIOURS))[0]


def expecting(shipped: Loaded, *expected: Mapping[str, object]) -> Rehearsal:
    """The shipped scenario with other expectations, and nobody else."""
    assert shipped.company is not None
    bundle = shipped.bundles[SCENARIO]
    scenario = bundle.scenario.model_copy(update={"expect": [Expectation.model_validate(one) for one in expected]})
    return rehearse({SCENARIO: replace(bundle, scenario=scenario)}, shipped.company, SCENARIO, people=0)


def mails(done: Rehearsal, person: str) -> list[str]:
    """What left to her of the scenario's own mails."""
    return [e.what.partition("/")[2] for e in done.of(person) if e.kind == "mail" and e.what.startswith(SCENARIO)]


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_people(shipped: Loaded) -> None:
    first = files(*run(shipped, people=12))
    assert files(*run(shipped, people=12)) == first
    other = files(*run(shipped, people=12, seed=2))
    assert other["rehearsal.json"] != first["rehearsal.json"]
    assert other["timeline.svg"] != first["timeline.svg"]


def test_everybody_behaves_as_the_name_says(done: Rehearsal) -> None:
    by_behaviour = {person.behaves: person.id for person in done.people if person.expected is None}
    assert by_behaviour.keys() == BEHAVIOURS.keys()
    kinds = {behaves: [e.kind for e in done.of(person)] for behaves, person in by_behaviour.items()}
    assert "booked" not in kinds["reads"] + kinds["ignores"] + kinds["declines"]
    assert mails(done, by_behaviour["ignores"]) == ["your_results", "summary_and_meeting", "reminder"]
    assert mails(done, by_behaviour["declines"]) == ["your_results"]
    assert kinds["books"][-3:].count("ended") == 1
    assert {"booked", "held"} <= set(kinds["books"]) & set(kinds["books_at_once"])
    assert {"booked", "cancelled"} <= set(kinds["cancels"])
    assert {"booked", "missed"} <= set(kinds["misses"])
    assert kinds["returns"].count("form") == 2
    assert done.leads[by_behaviour["moves"]].zone == "America/Montreal"
    assert kinds["unsubscribes"][-2:] == ["unsubscribed", "ended"]


def test_time_goes_forward_and_the_night_of_the_clock_change_is_inside(done: Rehearsal) -> None:
    assert all(before.at <= after.at for before, after in pairwise(done.entries))
    assert done.begins_at.date() < date(2027, 3, 28) < done.ends_at.date()
    reader = next(person for person in done.people if person.behaves == "reads" and person.zone == "Europe/Paris")
    planned = [e.detail["planned_at"] for e in done.of(reader.id) if e.kind == "mail"]
    (ended,) = [e.at for e in done.of(reader.id) if e.kind == "ended"]
    assert ended - planned[-1] == timedelta(days=10, hours=-1), "the local hour stays, an hour of the night is missing"


def test_figures_balance(done: Rehearsal) -> None:
    counted = totals(done)
    assert counted.people == len(done.people)
    assert sum(counted.ended.values()) + counted.inside + counted.parked == counted.people
    assert counted.happened["booked"] >= counted.happened["held"] + counted.happened["missed"]
    assert counted.parked == 0
    assert sum(mail.sent for mail in counted.mails) == sum(e.kind == "mail" for e in done.entries)


def test_no_rep_is_in_two_places(shipped: Loaded) -> None:
    done, _ = run(shipped, people=300, days=40)
    meetings = [one for lead in done.leads.values() for one in lead.appointments]
    kept = sorted((one.rep, one.starts_at, one.ends_at) for one in meetings if one.state != "cancelled")
    assert len(kept) > 50
    for (rep, _, ends), (next_rep, begins, _) in pairwise(kept):
        assert rep != next_rep or ends <= begins


def test_mails_and_invitations_are_those_that_would_leave(shipped: Loaded) -> None:
    done, posted = run(shipped, people=10)
    written = files(done, posted)
    assert len(posted) == sum(e.kind == "mail" for e in done.entries)
    booker = next(person for person in done.people if person.behaves == "books")
    hers = [one for one in posted if one.person == booker.id]
    assert [one.number for one in hers] == list(range(1, len(hers) + 1))
    invited = next(one for one in hers if one.message == "house/appointment_booked")
    message = message_from_bytes(written[f"{invited.stem}.eml"], policy=policy.default)
    assert message["To"].addresses[0].addr_spec == booker.fields["email"]
    (event,) = Calendar.from_ical(written[f"{invited.stem}.ics"]).walk("VEVENT")
    (booked,) = [e for e in done.of(booker.id) if e.kind == "booked"]
    assert event.decoded("DTSTART") == booked.detail["starts_at"]
    dossier = next(one for one in hers if one.message == "house/dossier")
    assert "Completed the questionnaire" in dossier.text
    assert f'href="{invited.stem}.html"' in written["index.html"].decode()


def test_what_the_file_expects_is_looked_at(shipped: Loaded) -> None:
    met = expecting(shipped, {"lead": "lea", "behaves": "books", "ends": "call_held", "handed_over": True})
    assert unmet(met) == []
    wrong = expecting(
        shipped,
        {"lead": "lea", "behaves": "declines", "gets": ["your_results", "reminder"], "ends": "call_held"},
        {"lead": "ana", "behaves": "ignores", "handed_over": True, "tags": ["listening"], "score": 1000},
    )
    assert [(one.place, one.key) for one in unmet(wrong)] == [
        (0, "gets"), (0, "ends"), (1, "handed_over"), (1, "score"), (1, "tags"),
    ]  # fmt: skip
    assert str(unmet(wrong)[0]) == "lea gets [your_results], not [your_results, reminder]"


def test_a_lead_of_the_file_comes_as_she_is_written(shipped: Loaded) -> None:
    answers = {"horizon": "this_quarter"}
    done = expecting(
        shipped,
        {"lead": "lea", "name": "Léa Martin", "phone": "+33 6 12 34 56 78", "zone": "Asia/Tokyo",
         "consents": ["visit_tracking"], "answers": answers},
    )  # fmt: skip
    lead = done.leads["lea"]
    assert (lead.name, lead.zone, lead.phone) == ("Léa Martin", "Asia/Tokyo", "+33 6 12 34 56 78")
    assert lead.consents == {"follow_up_email": False, "visit_tracking": True}
    assert lead.answers[0].values["horizon"] == "this_quarter"


def test_a_lead_of_the_file_without_a_name_is_called_by_the_word_that_the_file_has_for_her(shipped: Loaded) -> None:
    done = expecting(shipped, {"lead": "dora"}, {"lead": "small_team"})
    assert [done.leads[lead].name.rpartition(" ")[0] for lead in ("dora", "small_team")] == ["Dora", "Small team"]


def test_a_lead_of_the_file_may_be_called_like_one_of_the_crowd(shipped: Loaded) -> None:
    assert shipped.company is not None
    bundle = shipped.bundles[SCENARIO]
    named = bundle.scenario.model_copy(update={"expect": [Expectation(lead="lead_1", behaves="declines")]})
    done = rehearse({SCENARIO: replace(bundle, scenario=named)}, shipped.company, SCENARIO, people=3)
    assert len({person.id for person in done.people}) == len(done.leads) == 4
    assert mails(done, "lead_1") == ["your_results"]
    assert [e.kind for e in done.of("lead_1")].count("form") == 1


def small_home(folder: Path, **scenarios: str) -> Loaded:
    """A home of these scenarios, sound but for what a rehearsal finds."""
    loaded = load_folder(write_home(folder, scenarios))
    assert loaded.sound, loaded.findings
    return loaded


def test_ends_are_those_of_the_scenario_itself(tmp_path: Path) -> None:
    first = TUNNEL[: TUNNEL.index("sequence:")] + (
        "sequence:\n  - email: results\n  - start: after\n  - end: first_end\n"
        "expect: [{lead: lea, behaves: ignores, ends: first_end}]\n"
    )
    after = "scenario: after\ntitle: {en: After}\noffer: {en: After}\nwhy: volume\nsequence:\n"
    loaded = small_home(tmp_path, tunnel=first, after=f"{after}  - wait: 2 days\n  - end: second_end\n")
    assert loaded.company is not None
    done = rehearse(loaded.bundles, loaded.company, "tunnel", people=0)
    assert [e.what for e in done.of("lea") if e.kind == "ended"] == ["first_end", "second_end"]
    assert unmet(done) == []
    assert totals(done).ended == {"first_end": 1}


def test_a_form_that_would_come_back_is_told_at_its_lead(tmp_path: Path) -> None:
    lead = "expect: [{lead: lea, phone: '12'}]\n"
    loaded = small_home(tmp_path, tunnel=TUNNEL + lead)
    assert loaded.company is not None
    with pytest.raises(FormRefused, match=r"the form of lea is refused \(phone: not a number\)"):
        rehearse(loaded.bundles, loaded.company, "tunnel")
    (finding,) = unmet_findings(loaded)
    line = (TUNNEL + lead).splitlines().index(lead.strip()) + 1
    assert (finding.file, finding.line, finding.col) == ("scenarios/tunnel.yaml", line, lead.index("'12'") + 1)
    assert "lea's form is refused" in finding.message


SPOILT = {"email_templates/tunnel/offer/subject.en.txt": "For {{ 60 // lead.score }} minutes"}


def spoilt_home(folder: Path, expect: str = "") -> Loaded:
    """A home whose second mail divides by her points, which are none; the linter cannot know that."""
    write_home(folder, {"tunnel": TUNNEL + expect})
    for file, text in SPOILT.items():
        (folder / file).write_text(text)
    loaded = load_folder(folder)
    assert loaded.sound, loaded.findings
    return loaded


def test_a_mail_that_cannot_be_written_parks_its_lead_and_the_others_go_on(tmp_path: Path) -> None:
    loaded = spoilt_home(tmp_path)
    assert loaded.company is not None
    post = PostOffice(build_paper(loaded.bundles.values(), loaded.company), loaded.bundles, loaded.company, most=2)
    done = rehearse(loaded.bundles, loaded.company, "tunnel", people=4, post=post)
    why = "ZeroDivisionError: integer division or modulo by zero"
    first = done.people[0].id
    told = [(e.kind, e.what, e.detail["reason"]) for e in done.of(first) if e.kind in ("failed", "parked")]
    assert told == [
        ("failed", "tunnel/offer", f"cannot be written: {why}"),
        ("parked", "await_appointment_booked", f"offer cannot be written: {why}"),
    ]
    counted = totals(done)
    number = sum(e.kind == "failed" for e in done.entries)
    assert counted.parked == number >= 3, "whoever comes after those whose mails are kept is written the same mail"
    (offer,) = [one for one in counted.mails if one.message == "tunnel/offer"]
    assert (offer.sent, offer.failed) == (0, {f"cannot be written: {why}": number})
    assert len([one for one in post.posted if one.message == "tunnel/results"]) == 2
    page = files(done, post.posted)["index.html"].decode()
    assert f"email_templates/tunnel/offer/subject.en.txt: {why} ({len(done.unwritten)} times)" in page, "told once"
    assert page.count("email_templates/tunnel/offer/") == 1
    assert as_json(done)["unwritten"][0] == {
        "lead": first, "mail": "tunnel/offer", "file": "email_templates/tunnel/offer/subject.en.txt", "why": why,
    }  # fmt: skip


def test_who_is_parked_is_counted_and_told_and_is_an_error_of_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fold, "MOST_ROUNDS", 0)  # what goes round for ever is refused by the linter
    write_home(tmp_path, {"tunnel": TUNNEL + "expect: [{lead: lea, ends: booked}]\n"}, COMPANY)
    loaded = load_folder(tmp_path)
    assert loaded.sound, loaded.findings
    assert loaded.company is not None
    done = rehearse(loaded.bundles, loaded.company, "tunnel", people=2)
    why = "it went round more than 0 times at one instant"
    assert [(one.person, one.reason) for one in parked(done)] == [(person.id, why) for person in done.people]
    assert as_json(done)["totals"]["parked"] == 3
    assert "3 parked" in files(done, [])["index.html"].decode()
    assert {(e.what, e.detail["reason"]) for e in done.of("lea") if e.kind == "parked"} == {("", why)}
    (finding,) = unmet_findings(loaded)
    assert (finding.file, finding.level, finding.code) == ("scenarios/tunnel.yaml", "error", "unmet-expectation")
    assert str(finding.message) == f"lea is parked: {why}"


def failed_at(done: Rehearsal, *reasons: str) -> str:
    """The first of the people, to whom events happened that could not be decided."""
    person = done.people[0].id
    done.note(Entry(done.ends_at, person, "parked", "", {"reason": reason}) for reason in reasons)
    return person


def test_whose_event_failed_is_parked_and_not_inside_too(shipped: Loaded) -> None:
    done, _ = run(shipped, people=4, days=2)
    before = totals(done)
    failed_at(done, "it went round")
    counted = totals(done)
    assert (counted.parked, counted.inside) == (1, before.inside - 1)
    assert sum(counted.ended.values()) + counted.inside + counted.parked == counted.people


def test_the_list_of_who_stands_still_is_headed_with_how_many_people_it_tells_of(tmp_path: Path) -> None:
    loaded = spoilt_home(tmp_path)
    assert loaded.company is not None
    post = PostOffice(build_paper(loaded.bundles.values(), loaded.company), loaded.bundles, loaded.company)
    done = rehearse(loaded.bundles, loaded.company, "tunnel", people=4, post=post)
    person = failed_at(done, "it went round", "it went on")
    assert [(one.person, one.reason) for one in parked(done)] == [(person, "it went round"), (person, "it went on")]
    assert totals(done).parked > 1, "those whose mail cannot be written are listed by themselves"
    assert "<strong>1 parked</strong>" in files(done, post.posted)["index.html"].decode()


def test_a_check_with_rehearsal_tells_a_mail_that_cannot_be_written_at_its_file_and_once(tmp_path: Path) -> None:
    loaded = spoilt_home(tmp_path, "expect: [{lead: lea, ends: no_answer}, {lead: ben, gets: [results, offer]}]\n")
    assert loaded.company is not None
    (finding,) = unmet_findings(loaded, build_paper(loaded.bundles.values(), loaded.company))
    assert (finding.file, finding.code) == ("email_templates/tunnel/offer/subject.en.txt", "template-syntax")
    assert str(finding.message).startswith("lea's mail cannot be written: ZeroDivisionError")


def test_a_mail_of_the_bases_that_cannot_be_written_is_told_once_where_it_is(tmp_path: Path) -> None:
    caller = "scenario: second\nuse: tunnel\nwith:\n  title: {en: B}\n  offer: {en: B}\n  expect: [{lead: kaja}]\n"
    spoilt_home(tmp_path, "expect: [{lead: lea}]\n")
    (tmp_path / "scenarios" / "second.yaml").write_text(caller)
    loaded = load_folder(tmp_path)
    assert loaded.company is not None
    assert "second" in loaded.bundles
    (finding,) = unmet_findings(loaded, build_paper(loaded.bundles.values(), loaded.company))
    assert finding.file == "email_templates/tunnel/offer/subject.en.txt"


def test_a_rehearsal_from_a_base_names_the_file_that_is_there(tmp_path: Path) -> None:
    caller = "scenario: second\nuse: tunnel\nwith:\n  title: {en: B}\n  offer: {en: B}\n"
    spoilt_home(tmp_path)
    (tmp_path / "scenarios" / "second.yaml").write_text(caller)
    loaded = load_folder(tmp_path)
    assert loaded.company is not None
    for bundles, origins in (
        (loaded.bundles, loaded.origins),
        ({name: load_bundle(one.files) for name, one in loaded.bundles.items()}, None),
    ):
        paper = build_paper(bundles.values(), loaded.company)
        post = PostOffice(paper, bundles, loaded.company, origins=origins)
        done = rehearse(bundles, loaded.company, "second", people=2, post=post)
        ((fault, number),) = faults(done)
        assert number == len(done.unwritten) == 2
        assert (fault.message, fault.file) == ("second/offer", "email_templates/tunnel/offer/subject.en.txt")
        assert all((tmp_path / one["file"]).exists() for one in as_json(done)["unwritten"])
    own = "email_templates/second/offer"
    shutil.copytree(tmp_path / "email_templates/tunnel/offer", tmp_path / own)
    (tmp_path / own / "subject.en.txt").write_text("Mine for {{ 60 // lead.score }} minutes")
    loaded = load_folder(tmp_path)
    assert loaded.company is not None
    bundles = {name: load_bundle(one.files) for name, one in loaded.bundles.items()}
    post = PostOffice(build_paper(bundles.values(), loaded.company), bundles, loaded.company)
    done = rehearse(bundles, loaded.company, "second", people=1, post=post)
    assert {one.file for one in done.unwritten} == {f"{own}/subject.en.txt"}


def test_who_must_leave_a_telephone_and_has_none_in_the_file_leaves_one(tmp_path: Path) -> None:
    asking = TUNNEL.replace("phone: optional", "phone: required") + "expect: [{lead: lea}]\n"
    loaded = small_home(tmp_path, tunnel=asking)
    assert loaded.company is not None
    assert rehearse(loaded.bundles, loaded.company, "tunnel", people=0).leads["lea"].phone


def test_s147_a_list_tells_who_came_to_the_webinar_and_a_lead_comes_when_her_file_says(shipped: Loaded) -> None:
    assert shipped.company is not None
    done = rehearse(shipped.bundles, shipped.company, "webinar", people=0)
    assert unmet(done) == []
    assert [(done.of(lead)[0].at - BEGINS) / HOUR for lead in ("samir", "tilde", "umar")] == [-20, 0.25, 20]
    gone = rehearse(shipped.bundles, shipped.company, "webinar", people=0, days=30)
    assert {(one.lead, one.key) for one in unmet(gone)} >= {("umar", "comes")}
    assert "umar does not come in the time that is rehearsed" in [str(one) for one in unmet(gone)]


def test_what_cannot_be_rehearsed_says_why(shipped: Loaded) -> None:
    assert shipped.company is not None
    with pytest.raises(NotFound, match="no scenario 'nothing'"):
        rehearse(shipped.bundles, shipped.company, "nothing")


@pytest.mark.parametrize("scenario", ["no_show", "after_appointment", "recurring_visits"])
def test_a_scenario_without_a_form_is_rehearsed_with_an_appointment(shipped: Loaded, scenario: str) -> None:
    assert shipped.company is not None
    done = rehearse(shipped.bundles, shipped.company, scenario, people=6)
    assert len(done.leads) == 6 + len(done.bundle.scenario.expect)
    assert unmet(done) == []
    assert totals(done).ended
    assert totals(done).parked == 0


def test_s93_times_kept_moves_and_the_call_list_are_told_everywhere(shipped: Loaded) -> None:
    assert shipped.company is not None
    done = rehearse(shipped.bundles, shipped.company, "no_show", people=8)
    counted = totals(done).happened
    assert counted["put_back"] > 5
    assert counted["call_list"] > 3
    ines = {line["kind"]: line for line in next(one for one in as_json(done)["people"] if one["id"] == "ines")["story"]}
    assert len(ines["proposed"]["starts"]) == 3
    assert ines["booked"]["replaces"]
    drawn = draw_timeline(done)
    assert "times kept for her" in drawn
    assert "on the call list" in drawn
    page = files(done, [])["index.html"].decode()
    assert "in place of the missed one" in page
    assert "the mark was corrected" in page


def test_s93_who_rebooks_takes_a_time_that_was_kept_for_her_with_the_same_rep(shipped: Loaded) -> None:
    assert shipped.company is not None
    done = rehearse(shipped.bundles, shipped.company, "no_show", people=0)
    proposed = next(e for e in done.of("ines") if e.kind == "proposed")
    first, again = [e for e in done.of("ines") if e.kind == "booked"]
    assert again.detail["starts_at"] in proposed.detail["starts"]
    assert again.detail["rep"] == proposed.detail["rep"] == first.detail["rep"]


def test_s84_what_the_cap_holds_back_waits_and_says_so(tmp_path: Path) -> None:
    four = (
        TUNNEL[: TUNNEL.index("sequence:")]
        + "sequence:\n  - email: results\n  - email: first\n  - wait: 1 day\n  - email: second\n  - wait: 1 day\n"
        "  - email: third\n  - wait: 1 week\n  - end: heard_all\n"
        "expect: [{lead: lea, behaves: ignores, gets: [results, first, second, third], ends: heard_all}]\n"
    )
    loaded = small_home(tmp_path, tunnel=four)
    assert loaded.company is not None
    post = PostOffice(build_paper(loaded.bundles.values(), loaded.company), loaded.bundles, loaded.company)
    done = rehearse(loaded.bundles, loaded.company, "tunnel", people=0, post=post)
    assert unmet(done) == []
    story = {(e.kind, e.what.partition("/")[2]): e for e in done.of("lea")}
    held, first, third = story["capped", "third"], story["mail", "first"], story["mail", "third"]
    assert held.at - first.at == timedelta(days=2)
    assert third.at - first.at == timedelta(weeks=1)
    assert held.detail["until"] == third.at
    assert totals(done).happened["capped"] == 1
    assert "held by the cap" in draw_timeline(done)
    assert "cap" in files(done, post.posted)["index.html"].decode()


@pytest.fixture(scope="module")
def confirming(shipped: Loaded) -> Loaded:
    """The shipped home, where a tick for mails is to be confirmed."""
    assert shipped.company is not None
    boxes = dict(shipped.company.company.consents)
    boxes["follow_up_email"] = boxes["follow_up_email"].model_copy(update={"double_opt_in": True})
    company = shipped.company.company.model_copy(update={"consents": boxes})
    return replace(shipped, company=replace(shipped.company, company=company))


def test_a_tick_that_is_to_be_confirmed_is_confirmed_by_all_but_those_who_do_nothing(confirming: Loaded) -> None:
    assert confirming.company is not None
    done = rehearse(confirming.bundles, confirming.company, SCENARIO, people=len(BEHAVIOURS))
    by_behaviour = {person.behaves: person for person in done.people if person.expected is None}
    agreed = {behaves for behaves, one in by_behaviour.items() if done.leads[one.id].consents.get("follow_up_email")}
    assert agreed == by_behaviour.keys() - {"ignores", "declines", "scanned", "unsubscribes"}
    told = [
        event
        for event in done.happened
        if event.lead_id == done.leads[by_behaviour["books"].id].id and getattr(event, "ticked", None)
    ]
    [confirmed] = told
    assert getattr(confirmed, "page", None) == "/me"
    assert mails(done, by_behaviour["ignores"].id) == ["your_results"]
    assert "summary_and_meeting" in mails(done, by_behaviour["reads"].id)


def test_only_who_does_nothing_gets_less_where_a_tick_is_to_be_confirmed(confirming: Loaded) -> None:
    assert confirming.company is not None
    done = [rehearse(confirming.bundles, confirming.company, name, people=0) for name in confirming.bundles]
    assert {one.bundle.scenario.expect[short.place].behaves for one in done for short in unmet(one)} == {
        "ignores", "scanned",
    }  # fmt: skip


def test_whether_somebody_confirms_can_be_said(confirming: Loaded) -> None:
    done = expecting(
        confirming,
        {"lead": "ada", "behaves": "reads", "confirms": False, "gets": ["your_results"]},
        {"lead": "bea", "behaves": "ignores", "confirms": True, "ends": "no_answer"},
    )
    assert [(one.lead, one.key) for one in unmet(done) if one.key == "gets"] == []
    assert mails(done, "bea") == ["your_results", "summary_and_meeting", "reminder"]


def test_a_mail_that_the_cap_holds_keeps_times_that_lie_ahead_when_it_leaves(tmp_path: Path) -> None:
    tunnel = TUNNEL.replace("propose: {appointment: call}", "propose: {appointment: call, slots: 3}")
    before = tunnel.replace("  - email: offer", "  - email: reminder\n  - wait: 1 day\n  - email: offer").replace(
        "      - email: reminder\n", ""
    )
    home = write_home(tmp_path, {"tunnel": before}, COMPANY + "cap: {mails: 1, per: 1 week, hold: 14 days}\n")
    loaded = load_folder(home)
    assert loaded.sound, loaded.findings
    assert loaded.company is not None
    done = rehearse(loaded.bundles, loaded.company, "tunnel", people=len(BEHAVIOURS))
    reads = next(one.id for one in done.people if one.behaves == "reads")
    story = done.of(reads)
    [left] = [one.at for one in story if one.kind == "mail" and one.what == "tunnel/offer"]
    [kept] = [one for one in story if one.kind == "proposed"]
    assert "capped" in [one.kind for one in story]
    assert len(kept.detail["starts"]) == 3
    assert min(kept.detail["starts"]) > left
