"""The studio through real requests: what it shows, who may see it, and what its buttons do."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from funnel.domain.engine.led_on import STAYS
from funnel.usecases.naming import Names
from funnel.usecases.publish_scenarios import publish_scenarios
from funnel.usecases.read_ledger import NO_SCENARIO, read_ledger
from tests.support.homes import copy_home
from tests.web.conftest import Town
from tests.web.staff import CAMILLE, HUGO, SOLENE, booked, employed, submitted

STUDIO = "/studio/self-evaluation"
PAGES = ("/studio", STUDIO, f"{STUDIO}/preview", f"{STUDIO}/rehearse", f"{STUDIO}/resume", "/studio/-/resume")


def test_a_marketer_and_a_manager_may_open_every_page_and_a_rep_none(town: Town) -> None:
    solene, hugo, camille = (employed(town, who) for who in (SOLENE, HUGO, CAMILLE))
    for path in PAGES:
        assert solene.get(path).status_code == 200, path
        assert hugo.get(path).status_code == 200, path
        refused = camille.get(path)
        assert refused.status_code == 403, path
        assert 'class="bar-top"' in refused.text
        stranger = town.app.test_client().get(path)
        assert (stranger.status_code, stranger.headers["Location"].partition("?")[0]) == (303, "/login"), path


def test_the_top_bar_leads_a_marketer_to_the_studio_and_a_rep_not(town: Town) -> None:
    assert 'href="/studio"' in employed(town, SOLENE).get("/desk").text
    assert 'href="/studio"' not in employed(town, CAMILLE).get("/desk").text


def test_a_scenario_that_is_not_published_is_not_found(town: Town) -> None:
    solene = employed(town, SOLENE)
    for path in ("/studio/nothing", "/studio/nothing/preview", "/studio/nothing/rehearse", "/studio/nothing/resume"):
        assert solene.get(path).status_code == 404, path


def test_figures_stand_beside_the_targets_of_the_file(town: Town) -> None:
    booked(town, submitted(town))
    submitted(town, "Jonas Weber", "jonas@halden.example")
    page = employed(town, SOLENE).get("/studio").text
    page = page[page.index('href="/studio/self-evaluation"') :]
    found = re.findall(r'<span class="label">([^<]+)</span><b>([^<]+)</b>', page)
    figures = dict(reversed(found[:6]))
    assert figures == {
        "Visitors": "–",
        "Leads": "2",
        "Answered": "2",
        "Qualified": "1",
        "Booked": "1",
        "Took place": "0",
    }
    assert "50% of all leads" in page
    assert "target 10%" in page
    assert "target 400" in page
    assert "2 people inside" in page


def test_whom_a_machine_had_led_on_is_looked_at_there_and_on_her_page(town: Town) -> None:
    lead = submitted(town)
    solene = employed(town, SOLENE)
    assert "Led on by a machine" not in solene.get(STUDIO).text
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE enrolments SET reason = :stays"), {"stays": STAYS})
    page = solene.get(STUDIO).text
    panel = page[page.index('id="led-on"') :].partition("</section>")[0]
    assert f'href="/desk/leads/{lead}">Léa Martin</a> <span class="quiet">waits</span>' in panel
    assert "led on by a machine: waits" in solene.get(f"/desk/leads/{lead}").text
    assert "Avancés par un automate" in solene.get(f"{STUDIO}?lang=fr").text
    assert "avancé par un automate\u00a0: attend" in solene.get(f"/desk/leads/{lead}").text


def test_a_fault_of_the_file_is_told_with_its_line_and_the_way_to_mend_it(
    build_town: Callable[..., Town], tmp_path: Path
) -> None:
    home = copy_home(tmp_path / "home")
    town = build_town(home=home)
    solene = employed(town, SOLENE)
    assert "The linter finds nothing" in solene.get("/studio").text
    file = home / "scenarios" / "self_evaluation.yaml"
    whole = file.read_text()
    line = whole[: whole.index("why: volume")].count("\n") + 1
    file.write_text(whole.replace("why: volume", "why: volumes"))
    publish_scenarios(town.house, home, sound_only=True)
    page = solene.get("/studio").text
    assert f"scenarios/self_evaluation.yaml:{line}:" in page
    assert "To mend it:" in page
    assert "the last good version goes on running" in page
    assert "&#39;volumes&#39; is not allowed for &#39;why&#39;" in page
    french = solene.get("/studio?lang=fr").text
    assert "&#39;volumes&#39; n&#39;est pas permis pour &#39;why&#39;" in french
    assert "vouliez-vous dire &#39;volume&#39;\u202f?" in french
    assert "did you mean" not in french
    shown = solene.get("/").text
    assert "6:6\u00a0: erreur[bad-value]\u00a0: &#39;volumes&#39; n&#39;est pas permis" in shown, "in a demonstration"
    solene.get("/studio?lang=en")
    assert f"scenarios/self_evaluation.yaml:{line}:" in solene.get(STUDIO).text
    assert town.app.test_client().get("/l/self-evaluation").status_code == 200


def test_a_scenario_shows_its_way_with_people_and_what_became_of_its_mails(town: Town) -> None:
    submitted(town)
    town.work()
    solene = employed(town, SOLENE)
    page = solene.get(STUDIO).text
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="graph') == 2
    assert "1 here" in page
    assert re.search(r"Your customer experience profile</a></td><td class=\"n num\" data-head=\"Sent\">1</td>", page)
    assert re.search(
        r"<td><span title=\"[^\"]+\">waits 2 days, then: mail “[^<]+”</span></td>"
        r"<td class=\"n num\" data-head=\"Until a time\">1</td>",
        page,
    )
    assert "Formulaire" in solene.get(f"{STUDIO}?lang=fr").text


def test_two_waits_are_told_apart_where_people_are(town: Town) -> None:
    first, second = submitted(town), submitted(town, "Jonas Weber", "jonas@halden.example")
    steps = town.published.newest["ebook"].program.steps.values()
    one, other = (one.id for one in steps if getattr(one.step, "await_", "") == "questionnaire.completed")
    with town.house.database.write() as connection:
        for lead, step in ((first, one), (second, other)):
            connection.execute(
                text(
                    "UPDATE enrolments SET scenario = 'ebook', state = 'awaiting', step = :step WHERE lead_id = :lead"
                ),
                {"step": step, "lead": lead},
            )
    solene = employed(town, SOLENE)
    rows = re.findall(r'<tr><td><span title="[^"]+">(waits[^<]+)</span>', solene.get("/studio/ebook").text)
    reminder = Names(town.published, "en").mail("ebook/reminder")
    assert rows == [
        f"waits for the answers to the questionnaire, else: mail “{reminder}”",
        "waits for the answers to the questionnaire, else: no answer",
    ]


def test_who_stands_still_for_a_mail_is_not_said_to_wait(town: Town) -> None:
    submitted(town)
    town.work()
    reason = "summary_and_meeting cannot be written: the lead is gone"
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE enrolments SET state = 'parked', reason = :why"), {"why": reason})
    page = employed(town, SOLENE).get(STUDIO).text
    assert "a mail could not be written; stands still at: waits 2 days, then: mail “" in page


def test_what_pausing_says_stands_there_once(town: Town) -> None:
    solene = employed(town, SOLENE)
    solene.get(STUDIO)
    solene.post(f"{STUDIO}/pause")
    assert solene.get(STUDIO).text.count("its mails and steps stand still") == 1


def test_why_a_mail_could_not_be_written_stands_at_that_mail(town: Town) -> None:
    submitted(town)
    town.work()
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE outbox SET state = 'failed', reason = 'cannot be written: <no>'"))
    page = employed(town, SOLENE).get(STUDIO).text
    assert "cannot be written: &lt;no&gt;</code> 1" in page


def test_who_has_ended_and_who_is_at_steps_of_older_versions_is_told_in_numbers_of_people(town: Town) -> None:
    submitted(town)
    older = submitted(town, "Jonas Weber", "jonas@halden.example")
    town.work()
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE enrolments SET state = 'ended', step = NULL, ended_because = 'no_answer'"))
        connection.execute(
            text("UPDATE enrolments SET state = 'waiting', step = 'gone' WHERE lead_id = :id"), {"id": older}
        )
    solene = employed(town, SOLENE)
    for language, words in (("en", "1 person"), ("fr", "1 personne")):
        assert solene.get(f"{STUDIO}?lang={language}").text.count(f'colspan="3">{words}</td>') == 2


def test_parked_people_are_listed_with_the_reason_and_go_on_by_a_button(town: Town) -> None:
    first, second = submitted(town), submitted(town, "Jonas Weber", "jonas@halden.example")
    town.work()
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE enrolments SET state = 'parked', reason = 'the template loops for ever'"))
    solene = employed(town, SOLENE)
    page = solene.get(STUDIO).text
    assert page.count("the template loops for ever") == 2
    assert "2 need help" in solene.get("/studio").text
    solene.get(STUDIO)
    assert solene.post(f"{STUDIO}/again", lead=str(first)).status_code == 303
    page = solene.get(STUDIO).text
    assert "1 person goes on." in page
    assert page.count("the template loops for ever") == 1
    solene.post(f"{STUDIO}/again")
    page = solene.get(STUDIO).text
    assert "the template loops for ever" not in page
    assert second != first
    for nobody in ("nobody", "9" * 25):
        solene.post(f"{STUDIO}/again", lead=nobody)
        assert "There is no such lead." in solene.get(STUDIO).text


@pytest.mark.parametrize("arrived, state", [("yes", "sent"), ("", "ready")])
def test_a_mail_in_doubt_is_settled_by_a_button(town: Town, arrived: str, state: str) -> None:
    submitted(town)
    with town.house.database.write() as connection:
        connection.execute(
            text("UPDATE outbox SET state = 'in_doubt', reason = 'connection lost' WHERE kind = 'asked'")
        )
        mail = connection.execute(text("SELECT id FROM outbox WHERE kind = 'asked'")).scalar_one()
    solene = employed(town, SOLENE)
    assert "connection lost" in solene.get(STUDIO).text
    assert solene.post(f"{STUDIO}/mails/{mail}/settle", arrived=arrived).status_code == 303
    with town.house.database.read() as connection:
        now = connection.execute(text("SELECT state FROM outbox WHERE id = :id"), {"id": mail}).scalar_one()
    assert now == state
    assert "connection lost" not in solene.get(STUDIO).text
    solene.post(f"{STUDIO}/mails/{mail}/settle", arrived=arrived)
    assert "not in doubt" in solene.get(STUDIO).text


def test_nothing_of_the_studio_is_posted_without_the_token_or_by_a_rep(town: Town) -> None:
    posts = ("/studio/-/pause", f"{STUDIO}/pause", f"{STUDIO}/resume", f"{STUDIO}/again", f"{STUDIO}/test")
    solene, camille = employed(town, SOLENE), employed(town, CAMILLE)
    for path in posts:
        assert solene.client.post(path).status_code == 400
        assert camille.post(path).status_code == 403
    assert "running" in solene.get("/studio").text


def test_a_test_mail_reaches_its_sender_marked_and_is_counted_nowhere(town: Town) -> None:
    solene = employed(town, SOLENE)
    message = "self_evaluation/summary_and_meeting"
    shown = {"show": f"mail:{message}", "in": "fr"}
    page = solene.get(f"{STUDIO}/preview", query_string=shown).text
    assert "Send me a test" in page
    answer = solene.post(f"{STUDIO}/test", **{"mail": message, "in": "fr"})
    assert answer.status_code == 303
    assert SOLENE in solene.get(answer.headers["Location"]).text
    mails = town.mails()
    assert [list(one.to) for one in mails] == [[SOLENE]]
    subject = mails[0].subject
    assert subject.startswith("[Test] ")
    assert "vos réponses" in subject
    assert town.leads() == []
    assert {line.scenario for line in read_ledger(town.house).lines} == {NO_SCENARIO}
    figures = dict(re.findall(r'<span class="label">([^<]+)</span><b>([^<]+)</b>', solene.get("/studio?lang=en").text))
    assert figures["Leads"] == "0"
    mail = 'title="self_evaluation/summary_and_meeting">[^<]+</a>'
    line = re.compile(rf'{mail}</td><td class="n num" data-head="Sent">0<')
    assert line.search(solene.get(STUDIO).text)


def test_nobody_fills_a_mailbox_with_test_mails(town: Town) -> None:
    solene, hugo = employed(town, SOLENE), employed(town, HUGO)
    for staff in (solene, hugo):
        staff.get(f"{STUDIO}/preview?show=mail:self_evaluation/your_results")
    for _ in range(90):  # more than an hour allows, however slow the machine
        if solene.post(f"{STUDIO}/test", mail="self_evaluation/your_results").status_code == 429:
            break
    else:
        raise AssertionError("nobody stops her")
    assert hugo.post(f"{STUDIO}/test", mail="self_evaluation/your_results").status_code == 303


def test_a_test_of_a_mail_that_is_not_there_is_not_found(town: Town) -> None:
    solene = employed(town, SOLENE)
    solene.get("/studio")
    assert solene.post(f"{STUDIO}/test", mail="self_evaluation/../house").status_code == 404


def test_a_rehearsal_is_told_on_the_page_that_asks_for_it(town: Town) -> None:
    solene = employed(town, SOLENE)
    assert "Nothing is sent and nothing is stored." in solene.get(f"{STUDIO}/rehearse").text
    page = solene.get(f"{STUDIO}/rehearse?people=12&days=60&seed=3")
    assert page.status_code == 200
    assert 'class="tl"' in page.text
    assert page.text.count('<details class="story"') >= 12
    again = solene.get(f"{STUDIO}/rehearse?people=12&days=60&seed=3")
    came_of_it = re.compile(r'class="tl".*</main>', re.DOTALL)  # above it stands what time it is
    assert came_of_it.search(again.text)[0] == came_of_it.search(page.text)[0]  # type: ignore[index]
    assert town.leads() == []
    french = solene.get(f"{STUDIO}/rehearse?people=12&days=60&seed=3&lang=fr").text
    assert "changement d&#x27;heure" in french
    assert "Chronologie" in french


def test_a_story_and_the_timeline_tell_the_same_times(town: Town) -> None:
    page = employed(town, SOLENE).get(f"{STUDIO}/rehearse?people=3&days=30&seed=3").text
    (story,) = re.findall(r'<details class="story" open>.*?</details>', page, re.DOTALL)[:1]
    times = re.findall(r'<span class="quiet num">([^<]+)</span>', story)
    drawn = page[page.index('class="tl"') : page.index('id="h-stories"')]
    assert times[0] == "Mon 15 March, 09:00"
    assert f"<title>{times[0]}: form" in drawn


def test_a_rehearsal_tells_a_mail_that_cannot_be_written(build_town: Callable[..., Town], tmp_path: Path) -> None:
    home = copy_home(tmp_path / "home")
    file = "email_templates/self_evaluation/reminder/subject.en.txt"
    (home / file).write_text("Still worth {{ 60 // (lead.score - lead.score) }} minutes?\n")
    town = build_town(home=home)
    publish_scenarios(town.house, home, sound_only=True)
    page = employed(town, SOLENE).get(f"{STUDIO}/rehearse?people=12&days=60&seed=3")
    assert page.status_code == 200
    assert "cannot be written" in page.text
    assert f"<code>{file}</code></td><td>it divides by zero" in page.text
    assert "needs help" in page.text
    borrowed = employed(town, SOLENE).get("/studio/service_centre_check/rehearse?people=12&days=60&seed=3")
    assert f"<code>{file}</code>" in borrowed.text, "its mail is that of the scenario it is made from"


def test_a_rehearsal_is_told_in_french_down_to_its_points(town: Town) -> None:
    solene = employed(town, SOLENE)
    page = solene.get("/studio/ebook/rehearse?people=40&days=200&seed=3&lang=fr").text
    assert "estompés" in page
    assert "faded" not in page
    graph = solene.get("/studio/ebook?lang=fr").text
    assert "demandé" in graph
    assert "asked" not in re.sub(r"<[^>]*>", "", graph)


def test_a_rehearsal_out_of_its_limits_comes_back_with_the_form(town: Town) -> None:
    solene = employed(town, SOLENE)
    for asked in ("people=201", "people=-1", "people=ten", "days=0", "days=9999", "seed=1.5", "people=²"):
        name, _equals, typed = asked.partition("=")
        query = {"people": "5", "days": "10", "seed": "1"} | {name: typed}
        answer = solene.get(f"{STUDIO}/rehearse", query_string=query)
        assert answer.status_code == 422, asked
        assert 'aria-invalid="true"' in answer.text


def test_who_has_not_come_within_the_days_is_told_among_the_unmet(town: Town) -> None:
    page = employed(town, SOLENE).get("/studio/webinar/rehearse?people=2&days=10&seed=1")
    assert page.status_code == 200
    assert "comes" in page.text


def test_unmet_expectations_come_first(build_town: Callable[..., Town], tmp_path: Path) -> None:
    home = copy_home(tmp_path / "home")
    town = build_town(home=home)
    file = home / "scenarios" / "self_evaluation.yaml"
    whole = file.read_text().partition("\nexpect:")[0]
    file.write_text(f"{whole}\nexpect:\n  - {{lead: lea, behaves: books, name: Léa Martin, gets: [reminder]}}\n")
    assert not publish_scenarios(town.house, home).broken
    solene = employed(town, SOLENE)
    page = solene.get(f"{STUDIO}/rehearse?people=0&days=60&seed=1").text
    assert "1 expectation did not come true" in page
    assert page.index("did not come true") < page.index('class="tl"')
    preview = solene.get(f"{STUDIO}/preview?show=mail:self_evaluation/your_results").text
    assert "Léa Martin (books)" in preview


def test_a_form_that_would_come_back_is_told_in_the_language_of_the_page(
    build_town: Callable[..., Town], tmp_path: Path
) -> None:
    home = copy_home(tmp_path / "home")
    file = home / "scenarios" / "self_evaluation.yaml"
    whole = file.read_text().partition("\nexpect:")[0]
    file.write_text(f"{whole}\nexpect:\n  - {{lead: lea, phone: call me}}\n")
    town = build_town(home=home)
    assert not publish_scenarios(town.house, home).broken
    solene = employed(town, SOLENE)
    for language, words in (
        ("en", "the form of lea is refused (phone: not a number)"),
        ("fr", "le formulaire de lea est refusé (phone\u00a0: numéro non valable)"),
    ):
        refused = solene.get(f"{STUDIO}/rehearse?people=0&days=60&seed=1&lang={language}")
        assert refused.status_code == 422
        assert words in refused.text
