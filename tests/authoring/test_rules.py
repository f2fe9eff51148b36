"""The rules of company, questionnaire, scenario, mails and pages: each broken once, told at its place."""

import re
from pathlib import Path

import pytest

import funnel.domain.engine
from funnel.authoring.gather import gather
from funnel.authoring.jinja import MAILS
from funnel.authoring.load import load_files
from funnel.authoring.rules.company import contrast_on_white
from funnel.authoring.rules.mails import HOUSE_MAILS
from funnel.delivery.sandbox import HTML
from funnel.usecases.calendar_letter import MESSAGE as CALENDAR
from funnel.usecases.digest_letter import MESSAGE as DIGEST
from tests.authoring.trees import changed, sound_files

ROOT = Path(__file__).parents[2]
TALK = "scenarios/conference.yaml"
COMPANY, SCENARIO, CX = "scenarios/company.yaml", "scenarios/check_up.yaml", "scenarios/questionnaires/cx.yaml"


def told(file: str, old: str, new: str, count: int = 1) -> list[str]:
    return [str(finding) for finding in load_files(changed(file, old, new, count)).findings]


@pytest.mark.parametrize(
    "old,new,finding",
    [
        (
            '.follow_up == "call"',
            '.follow_up == "cal"',
            "error[unknown-value]: it can never be 'cal'; fix: did you mean 'call'?",
        ),
        (
            "[follow_up_email, visit_tracking]",
            "[visit_tracking]",
            "warning[no-consent]: this form does not ask for the consent 'follow_up_email', so 'feedback' needs"
            " one given elsewhere; fix: add 'consents: [follow_up_email]' to the form",
        ),
        (
            "    follow_up: nothing\n",
            "",
            "warning[left-out]: this lead says nothing of 'follow_up': what she chooses is drawn; fix: add"
            " 'follow_up:'",
        ),
        (
            "targets: {visitors: 120, leads: 40%",
            "targets: {visitors: 120",
            "warning[left-out]: this scenario has no target for 'leads', the others like it do; fix: add 'leads:'",
        ),
        (
            "call: interview, within: 1 working day",
            "call: interview",
            "warning[left-out]: this call may be made whenever, all others have a time; fix: add 'within:'",
        ),
        (
            "team: consulting\n",
            "",
            "warning[left-out]: this scenario says nothing of 'team', the others like it do; fix: add 'team:'",
        ),
    ],
)
def test_what_a_shipped_scenario_leaves_out_or_gets_wrong_beside_the_others(old: str, new: str, finding: str) -> None:
    files, _ = gather(ROOT)
    text = files[TALK].decode()
    assert old in text
    found = load_files({**files, TALK: text.replace(old, new, 1).encode()}).findings
    assert [(one.file, str(one).partition(": ")[2]) for one in found] == [(TALK, finding)]


def test_the_sound_home_has_no_finding() -> None:
    assert load_files(sound_files()).findings == ()


@pytest.mark.parametrize(
    "old,new,finding",
    [
        (
            "#0b5d4e",
            "#7fc8b8",
            ":4:18: error[bad-contrast]: #7fc8b8 on white has a contrast of 1.93:1; text needs 4.5:1",
        ),
        (
            "Europe/Paris",
            "Europe/Pari",
            ":5:7: error[bad-zone]: no time zone 'Europe/Pari'; fix: did you mean 'Europe/Pa",
        ),
        ("Europe/Paris", "Paris", ":5:7: error[bad-zone]: no time zone 'Paris'; fix: did you mean 'Europe/Paris'?"),
        ("Europe/Paris", "../etc", ":5:7: error[bad-zone]: no time zone '../etc'; fix: write it like 'Europe/Paris'"),
        ("locales: [en]", "locales: [en, english]", ":7:15: error[bad-value]: 'english' is not a language"),
        ("locales: [en]", "locales: [en, en]", ":7:15: error[duplicate-id]: the language 'en' stands twice"),
        ("hello@verdanne.example}", "hello}", "error[bad-address]: 'hello' is not an e-mail address"),
        ("hello@verdanne.example}", '"a@b.c, d@e.f"}', "error[bad-address]: 'a@b.c, d@e.f' is not an e-mail"),
        ('to: "19:00"', 'to: "07:00"', ":9:37: error[bad-hours]: the window ends at 07:00, before it begins at 08:00"),
        ("sending_window: {", "sending_window: {days: [], ", "error[bad-hours]: a window without days"),
        (
            "[improvement_plan]",
            "[improvement_plan, improvement_plan]",
            "error[duplicate-id]: the tag 'improvement_plan'",
        ),
        (
            "team: consulting\n",
            "team: consultin\n",
            ":26:11: error[unknown-id]: no team 'consultin'; fix: did you mean",
        ),
        (
            "    team: consulting\n",
            "",
            "error[missing-key]: the rep 'camille' is in no team, so gets no leads; fix: add",
        ),
        ("zone: Europe/Paris\n    ", "zone: Europe\n    ", ":27:11: error[bad-zone]: no time zone 'Europe'"),
        ('"14:00-17:30"', '"17:30-14:00"', ":28:41: error[bad-hours]: 17:30-14:00 ends before it begins"),
        ('"14:00-17:30"', '"11:00-17:30"', ":28:41: error[bad-hours]: 11:00-17:30 overlaps other hours of mon"),
        ('"14:00-17:30"', '"14:00-24:30"', ":28:41: error[bad-hours]: 14:00-24:30 ends after midnight"),
        ('from: "2026-12-21"', 'from: "2026-12-32"', "error[bad-date]: '2026-12-32' is not a date"),
        ('from: "2026-12-21"', 'from: "2027-12-21"', "error[bad-date]: the absence ends on 2027-01-02, before it"),
        ("minutes: 30, team: consulting", "minutes: 30, team: sales", "error[unknown-id]: no team 'sales'; fix: use"),
        ("https://crm", "ftp://crm", "error[bad-address]: 'ftp://crm.verdanne.example/hook' is not a web address"),
        (
            "https://crm",
            "https://[crm",
            "error[bad-address]: 'https://[crm.verdanne.example/hook' is not a web address",
        ),
        ("You may write to me.", '""', "error[empty-text]: the consent 'follow_up_email' has no words"),
        (
            "- {id: crm,",
            "- {id: crm, url: 'https://a.example'}\n  - {id: crm,",
            "error[duplicate-id]: two webhooks have",
        ),
    ],
)
def test_a_rule_of_the_company(old: str, new: str, finding: str) -> None:
    found = told(COMPANY, old, new)
    assert any(COMPANY in one and finding in one for one in found), found


def test_two_users_may_not_share_an_address() -> None:
    twin = "  - {id: idris, name: Idris, email: Camille@Verdanne.example, role: admin}\nappointment_types:"
    found = told(COMPANY, "appointment_types:", twin)
    assert any("error[duplicate-id]: Camille@Verdanne.example is camille's address already" in one for one in found)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast_on_white("#000000") == pytest.approx(21)
    assert contrast_on_white("#ffffff") == pytest.approx(1)
    assert contrast_on_white("#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    "old,new,finding",
    [
        (
            "questionnaire: cx\n",
            "questionnaire: xc\n",
            ":1:16: error[wrong-name]: this file is 'cx', so it cannot hold",
        ),
        ("theme: people", "theme: poeple", ":14:16: error[unknown-id]: no theme 'poeple'; fix: did you mean 'people'?"),
        (
            "kind: number",
            "kind: single",
            "error[bad-question]: the question 'size' is of kind 'single' and has no choi",
        ),
        ("kind: scale", "kind: short_text", "error[bad-question]: the question 'mood' is of kind 'short_text', which"),
        ("kind: scale", "kind: slider", "error[bad-value]: 'slider' is not allowed for 'kind'; fix: use one of"),
        (
            "        scale: {low: 1, high: 5}\n",
            "",
            "error[bad-question]: the question 'mood' is of kind 'scale' and has",
        ),
        ("low: 1, high: 5", "low: 5, high: 5", ":29:16: error[bad-question]: the question 'mood' has a scale from 5"),
        ("low: 1, high: 5", "low: 1, high: 100", "error[bad-question]: the question 'mood' has a scale of 100 steps"),
        (
            "kind: single",
            "kind: long_text",
            "error[bad-question]: the question 'team' is of kind 'long_text', which has",
        ),
        (
            "          - {id: none, text: {en: No}, points: 0}\n",
            "",
            "error[bad-question]: the question 'team' has a single choice",
        ),
        ("id: some,", "id: none,", ":18:18: error[duplicate-id]: two choices have the id 'none'"),
        ("id: mood", "id: team", "error[duplicate-id]: two questions have the id 'team'"),
        ("id: mood", "id: score", "error[reserved-id]: 'score' is what conditions call the questionnaire's own result"),
        ("minimum: 1", "minimum: 900", ":23:18: error[bad-question]: the question 'size' allows from 900 to 500"),
        (
            "scale: {low: 1, high: 5}",
            "scale: {low: 1, high: 5}\n        minimum: 1",
            "error[bad-question]: the question",
        ),
        (
            "scale: {low: 1, high: 5}",
            "scale: {low: 1, high: 5}\n        unit: {en: h}",
            "error[bad-question]: the question 'mood' is of kind 'scale'; 'unit' is for numbers",
        ),
        ('answers.cx.team == "some"', 'answers.cx.team == "sum"', "error[unknown-value]: it can never be 'sum'"),
        ('answers.cx.team == "some"', "answers.cx.mood == 1", ":24:32: error[unknown-name]: no name 'mood' after"),
        ('answers.cx.team == "some"', "score > 1", "error[unknown-name]: no name 'score'; fix: use answers"),
        ("at_least: 0", "at_least: 10", "error[bad-points]: shares below 10 have no band"),
        ("at_least: 60", "at_least: 0", "error[bad-points]: the bands 'low' and 'high' both begin at 0"),
        ("below: 50", "below: 101", "error[bad-points]: the advice of 'people' is not in order"),
        ("id: high,", "id: low,", "error[duplicate-id]: two bands have the id 'low'"),
    ],
)
def test_a_rule_of_a_questionnaire(old: str, new: str, finding: str) -> None:
    found = told(CX, old, new)
    assert any(CX in one and finding in one for one in found), found


def test_a_theme_without_questions_is_only_a_warning() -> None:
    lonely = "themes:\n  - {id: lonely, title: {en: L}, advice: [{below: 101, text: {en: Go.}}]}\n"
    (finding,) = load_files(changed(CX, "themes:\n", lonely)).findings
    assert (finding.level, finding.code, finding.line) == ("warning", "unknown-id", 4)


@pytest.mark.parametrize(
    "old,new,finding",
    [
        ("scenario: check_up", "scenario: checkup", ":1:11: error[wrong-name]: this file is 'check_up', so it cannot"),
        ("team: consulting", "team: consultin", ":5:7: error[unknown-id]: no team 'consultin'; fix: did you mean 'con"),
        (
            "why: volume",
            "why: volume\npersona: boss",
            "error[missing-file]: no persona 'boss'; fix: create scenarios/per",
        ),
        ("why: volume", "why: volume\nagain: sometimes", "error[bad-value]: 'sometimes' does not say when a lead may"),
        ("why: volume", "why: volume\nagain: after 9 dys", "error[bad-value]: 'after 9 dys' does not say when a lead"),
        ("page: questions", "page: question", ":7:9: error[missing-file]: no page 'question'; fix: did you mean"),
        (
            "page: questions",
            "page: start",
            "error[missing-file]: no page 'start'; fix: create landing_pages/check_up/s",
        ),
        ("  questionnaire: cx", "  questionnaire: xcx", ":8:18: error[missing-file]: no questionnaire 'xcx'"),
        ("[follow_up_email]", "[follow_up]", ":10:14: error[unknown-id]: no consent 'follow_up'; fix: did you mean"),
        (
            "[follow_up_email]",
            "[follow_up_email, follow_up_email]",
            "error[duplicate-id]: the consent 'follow_up_email",
        ),
        ("wait: 2 days", "wait: 99999 years", ":14:11: error[bad-span]: '99999 years' is longer than 10 years; fix"),
        ("within: 5 days", "within: 3653 days", "error[bad-span]: '3653 days' is longer than 10 years"),
        ("task: Send the plan", "task: {text: x, within: 600 weeks}", "error[bad-span]: '600 weeks' is longer than"),
        ("why: volume", "why: volume\nagain: after 11 years", ":5:8: error[bad-span]: '11 years' is longer than"),
        ("magnet: {questionnaire: cx}", "magnet: {}", "error[missing-key]: a magnet that gives nothing; fix: keep"),
        ("magnet: {questionnaire: cx}", "magnet: {questionnaire: c}", "error[missing-file]: no questionnaire 'c'"),
        ("email: results", "email: result", ":13:12: error[missing-file]: no e-mail 'result'; fix: did you mean"),
        (
            "appointment: results_call",
            "appointment: result_call",
            "error[unknown-id]: no appointment type 'result_call'",
        ),
        ("    within: 5 days", "    appointment: x\n    within: 5 days", "error[unknown-id]: no appointment type 'x'"),
        (
            "    within: 5 days",
            "    questionnaire: cx\n    within: 5 days",
            "error[misplaced-key]: 'questionnaire' says",
        ),
        (
            "tag: improvement_plan",
            "tag: improvement",
            "error[unknown-id]: no tag 'improvement'; fix: did you mean 'imp",
        ),
        ("status: plan_sent", "status: sent", "error[unknown-id]: no status 'sent'; fix: did you mean 'plan_sent'?"),
        ("webhook: crm", "webhook: cmr", "error[unknown-id]: no webhook 'cmr'"),
        ("hand_off: {", "hand_off: {team: sales, ", "error[unknown-id]: no team 'sales'"),
        ("task: Send the plan", "task: {within: 2 days}", "error[missing-key]: a task that says nothing"),
        ("webhook: crm", "start: chek_up", "error[missing-file]: no scenario 'chek_up'; fix: did you mean 'check_up'?"),
        ("leads: 25%", "leads: many", "error[bad-value]: 'many' is not a target; fix: write it like 500 or 20%"),
        (
            "id: offer_again",
            "unless: form.submitted",
            "error[needs-id]: this step would be 'email_offer', but an equal",
        ),
        ('band == "low"', 'band == "lwo"', ":26:34: error[unknown-value]: it can never be 'lwo'; fix: did you mean"),
        ("cx.score.people", "cx.score.peple", ":28:32: error[unknown-name]: no name 'peple' after 'answers.cx.score'"),
        ("in tags", "in tag", "error[unknown-name]: no name 'tag'; fix: did you mean 'tags'?"),
    ],
)
def test_a_rule_of_a_scenario(old: str, new: str, finding: str) -> None:
    found = told(SCENARIO, old, new)
    assert any(SCENARIO in one and finding in one for one in found), found


@pytest.mark.parametrize("awaits", ["score.reached, score: 60", "form.submitted, form: check_up", "form.submitted"])
def test_an_await_names_the_number_of_points_or_whose_form_it_waits_for(awaits: str) -> None:
    step = f"- {{await: {awaits}, within: 2 days, otherwise: [{{end: silent}}]}}"
    assert told(SCENARIO, "- wait: 2 days", step) == []


def test_a_scenario_waits_for_and_starts_on_no_more_points_than_there_can_be() -> None:
    files = changed(COMPANY, "half_life: 60 days}}", "half_life: 60 days}, fit: {most: 20}}")
    await_ = b"- {await: score.reached, score: %d, within: 2 days, otherwise: [{end: silent}]}"
    reachable, beyond = dict(files), dict(files)
    reachable[SCENARIO] = files[SCENARIO].replace(b"- wait: 2 days", await_ % 100, 1)
    assert load_files(reachable).findings == ()
    beyond[SCENARIO] = files[SCENARIO].replace(b"- wait: 2 days", await_ % 101, 1)
    [found] = map(str, load_files(beyond).findings)
    assert "error[bad-value]: nobody comes to 101 points: there can be no more than 100" in found


def test_no_mail_to_staff_is_proposed_where_an_opening_is_meant() -> None:
    """No picture tells of theirs (docs/privacy.md)."""
    old = "on: {questionnaire.completed: cx}, points: 10"
    told_of = told(COMPANY, old, "on: {email.opened: mail_of_none}, points: 10")
    [found] = [one for one in told_of if "no e-mail 'mail_of_none'" in one]
    assert "offer" in found
    assert not [mail for mail in ("dossier", "digest", "_rep") if mail in found], found


def test_a_team_that_is_given_leads_or_appointments_needs_a_rep() -> None:
    files = changed(COMPANY, "teams:\n", "teams:\n  - {id: sales, name: Sales}\n")
    assert load_files(files).findings == ()
    files[COMPANY] = files[COMPANY].replace(b"minutes: 30, team: consulting", b"minutes: 30, team: sales")
    files[SCENARIO] = files[SCENARIO].replace(b"team: consulting", b"team: sales")
    files[SCENARIO] = files[SCENARIO].replace(b"hand_off: {", b"hand_off: {team: sales, ")
    found = [str(finding) for finding in load_files(files).findings]
    assert [one.split(": ", 1)[1].split(";")[0] for one in found] == ["error[no-reps]: the team 'sales' has no rep"] * 3
    assert [one.split(":")[0] for one in found] == [SCENARIO, SCENARIO, COMPANY]


def test_types_of_any_team_and_a_single_team_need_a_rep_too() -> None:
    files = changed(COMPANY, "minutes: 30, team: consulting", "minutes: 30, horizon: 4000 days")
    files[COMPANY] = files[COMPANY].replace(b"role: rep", b"role: manager")
    files[SCENARIO] = files[SCENARIO].replace(b"team: consulting\n", b"")
    found = "\n".join(str(finding) for finding in load_files(files).findings)
    assert "error[no-reps]: nobody can be booked for 'results_call'" in found
    assert "error[no-reps]: the team 'consulting' has no rep" in found
    assert "error[bad-span]: '4000 days' is longer than 10 years" in found


def test_a_hand_over_among_several_teams_must_name_one() -> None:
    files = changed(SCENARIO, "team: consulting\n", "")
    files[COMPANY] = files[COMPANY].replace(b"teams:\n", b"teams:\n  - {id: sales, name: Sales}\n")
    found = [str(finding) for finding in load_files(files).findings]
    assert any("nothing says which team gets the lead; fix: add 'team:' here or above" in one for one in found)


@pytest.mark.parametrize(
    "file,content,finding",
    [
        (
            "offer/email.yaml",
            "kind: marketing\npreheader: x",
            ":1:1: error[missing-key]: marketing needs the consent it",
        ),
        ("offer/email.yaml", "kind: asked\npurpose: follow_up_email\npreheader: x", ":2:1: error[misplaced-key]"),
        ("offer/email.yaml", "kind: marketing\npurpose: x\npreheader: x", ":2:10: error[unknown-id]: no consent 'x'"),
        (
            "offer/email.yaml",
            "kind: marketting\npreheader: x",
            "error[bad-value]: 'marketting' is not allowed for 'kind'",
        ),
        (
            "offer/email.yaml",
            "kind: staff\npreheader: x",
            ":1:7: error[bad-value]: a scenario's mails go to the lead; 'kind: staff' would show her",
        ),
        ("offer/email.yaml", "kind: asked", ":1:1: error[missing-key]: missing key 'preheader'; fix: add 'preheader:'"),
        ("offer/email.yaml", "", ":1:1: error[empty-file]"),
        ("offer/subject.en.txt", "Hello {{ lead.name }", ":1:1: error[template-syntax]: '}' cannot stand here"),
        ("offer/subject.en.txt", "Hello\nyou", ":2:1: error[bad-value]: a subject is one line"),
        ("offer/subject.en.txt", " \n", ":1:1: error[empty-file]: the template is empty"),
        (
            "offer/body.en.mjml",
            "<mjml>\n <mj-boddy>",
            ":2:2: error[unknown-mjml]: no MJML tag 'mj-boddy'; fix: did you",
        ),
        ("offer/body.en.mjml", "<mjml>\n{% if x %}", ":2:1: error[template-syntax]: '{% if %}' is never closed"),
        ("offer/body.en.mjml", "<mj-include path='/etc/passwd'/>", "error[unknown-mjml]: no MJML tag 'mj-include'"),
        ("offer/boddy.en.txt", "x", ":1:1: warning[unknown-file]: 'boddy.en.txt' is no part of an e-mail"),
        ("offer/body.de.mjml", "<mjml></mjml>", ":1:1: warning[unknown-file]: 'de' is not among the company's locales"),
    ],
)
def test_a_rule_of_an_email(file: str, content: str, finding: str) -> None:
    files = sound_files()
    path = f"email_templates/check_up/{file}"
    files[path] = content.encode()
    found = [str(one) for one in load_files(files).findings]
    assert any(path in one and finding in one for one in found), found


def test_a_mail_of_the_house_is_no_marketing() -> None:
    path = "email_templates/house/dossier/email.yaml"
    (finding,) = told(path, "kind: staff", "kind: marketing\npurpose: follow_up_email")
    assert finding.startswith(f"{path}:1:7: error[bad-value]: the house's mails rest on no consent")


@pytest.mark.parametrize("name", ["email.yaml", "subject.en.txt", "body.en.mjml"])
def test_each_missing_part_of_an_email_is_told(name: str) -> None:
    files = sound_files()
    del files[f"email_templates/check_up/offer/{name}"]
    found = [str(one) for one in load_files(files).findings]
    assert len(found) == 1
    assert f"error[missing-file]: no {name} in email_templates/check_up/offer/; fix: create it" in found[0]


def test_every_language_of_the_company_needs_its_subject_and_body() -> None:
    found = told(COMPANY, "locales: [en]", "locales: [en, fr]")
    assert sum("no subject.fr.txt" in one for one in found) == 16
    assert sum("no body.fr.mjml" in one for one in found) == 16


@pytest.mark.parametrize("page", ["check_up/questions.html", "_base.html", "articles/three_firms.html", "privacy.html"])
def test_a_page_that_jinja_cannot_read_is_told_with_its_line(page: str) -> None:
    files = sound_files()
    files[f"landing_pages/{page}"] = b"<p>\n<b>{% endif %}\n"
    (finding,) = load_files(files).findings
    assert str(finding).startswith(f"landing_pages/{page}:2:1: error[template-syntax]: '{{% endif %}}' belongs to")


@pytest.mark.parametrize(
    "content", [b"{{ " + b"(" * 5000, b"{{ " + b"9" * 6000 + b" }}", b"\xff", b"{% for", b"{{ '\\x' }}"]
)
def test_no_template_ends_in_a_traceback(content: bytes) -> None:
    files = sound_files()
    files["landing_pages/privacy.html"] = content
    assert [finding.level for finding in load_files(files).findings] == ["error"]


def test_a_page_may_be_one_file_a_language() -> None:
    files = sound_files()
    files["landing_pages/check_up/questions.en.html"] = files.pop("landing_pages/check_up/questions.html")
    assert load_files(files).findings == ()


def test_a_home_needs_a_page_for_the_privacy_notice() -> None:
    files = sound_files()
    del files["landing_pages/privacy.html"]
    (finding,) = load_files(files).findings
    assert str(finding).startswith("landing_pages/privacy.html:1:1: error[no-privacy-notice]: there is no page")
    assert load_files({**files, "landing_pages/privacy.en.html": b"{% extends '_base.html' %}"}).findings == ()


def test_a_page_whose_words_are_translated_needs_no_twin() -> None:
    files = changed(COMPANY, "locales: [en]", "locales: [en, fr]")
    files["landing_pages/check_up/questions.html"] = (
        b'{% extends "_base.html" %}{% block main %}<p class="small">{% trans %}Results{% endtrans %}</p>'
        b"{{ form_html }}{% endblock %}"
    )
    told = [finding for finding in load_files(files).findings if finding.file.startswith("landing_pages/check_up")]
    assert told == []


@pytest.mark.parametrize("comment", ["<!-- %s -->", "{# %s #}"])
def test_what_stands_in_a_comment_of_a_page_is_not_held_against_it(comment: str) -> None:
    old = "{{ form_html }}"
    assert told("landing_pages/check_up/questions.html", old, old + comment % '<a href="/gone">gone</a>') == []
    if "{#" in comment:
        assert told("landing_pages/check_up/questions.html", old, old + comment % "{% include 'gone.html' %}") == []


def test_what_mails_can_use_is_what_they_are_drawn_with() -> None:
    assert MAILS.filters.keys() == {name for name in HTML.filters if not name.startswith("_")}
    assert MAILS.globals.keys() == HTML.globals.keys()
    assert MAILS.tests.keys() == HTML.tests.keys()


@pytest.mark.parametrize("name", HOUSE_MAILS)
def test_each_mail_that_the_product_sends_by_itself_must_be_there(name: str) -> None:
    folder = f"email_templates/house/{name}/"
    awaiting = "- {await: questionnaire.completed, questionnaire: cx, within: 3 days, otherwise: []}"
    steps = "- book: {appointment: results_call, after: 4 months}\n  " + awaiting
    blocking = changed(SCENARIO, "- webhook: crm", steps)
    blocking[COMPANY] = blocking[COMPANY].replace(b"follow_up_email: {", b"follow_up_email: {double_opt_in: true, ")
    files = {file: content for file, content in blocking.items() if not file.startswith(folder)}
    (finding,) = load_files(files).findings
    assert str(finding).startswith(f"{folder}email.yaml:1:1: error[missing-file]: no {folder}, which is sent when")


def test_the_mails_of_the_house_are_those_that_the_engine_sends_and_those_to_reps() -> None:
    engine = "".join(file.read_text(encoding="utf-8") for file in Path(*funnel.domain.engine.__path__).glob("*.py"))
    others = {one.partition("/")[2] for one in (CALENDAR, DIGEST)}
    assert set(re.findall(r'"house/([a-z_]+)"', engine)) | others == set(HOUSE_MAILS)


def test_a_mail_misspelt_in_a_step_is_told_there_and_not_at_each_lead_who_expects_it() -> None:
    files = changed(SCENARIO, "- email: offer", "- email: ofer")
    files[SCENARIO] += b"expect:\n  - {lead: ana, gets: [results, offer]}\n  - {lead: ben, gets: [results, offr]}\n"
    found = [str(finding) for finding in load_files(files).findings]
    assert [one.split(":", 3)[3] for one in found] == [
        " error[missing-file]: no e-mail 'ofer'; fix: did you mean 'offer'?",
        " error[unknown-id]: no e-mail of this scenario 'offr'; fix: did you mean 'offer'?",
    ]


PUT_BACK = """\
scenario: put_back
title: {en: Put back}
on: appointment.missed
sequence:
  - wait: 2 days
  - email: again
    propose: {appointment: same}
"""


def put_back(scenario: str = PUT_BACK, kind: str = "asked", body: str = "{{ appointment.when }}") -> list[str]:
    """What is told of a scenario that follows a missed appointment, with a mail of its own."""
    folder = "email_templates/put_back/again/"
    foot = '{{ company.postal_address|join(", ") }}'
    files = sound_files() | {
        "scenarios/put_back.yaml": scenario.encode(),
        f"{folder}email.yaml": f"kind: {kind}\npreheader: {{en: New times}}\n".encode(),
        f"{folder}subject.en.txt": b"New times\n",
        f"{folder}body.en.mjml": (
            "<mjml><mj-body><mj-section><mj-column>"
            f"<mj-text>{body} {foot}</mj-text></mj-column></mj-section></mj-body></mjml>\n"
        ).encode(),
    }
    return [str(finding) for finding in load_files(files).findings]


def test_s94_new_times_days_after_a_missed_appointment_were_asked_for_and_their_mail_knows_it() -> None:
    assert put_back() == []


def test_a_scenario_that_no_event_starts_has_no_appointment_and_no_entry() -> None:
    found = put_back(PUT_BACK.replace("on: appointment.missed", "on: start"))
    assert any("no-entry" in one and "by hand alone, on a lead's page" in one for one in found)
    assert any("'appointment' is not filled in put_back/again" in one for one in found)


AFTER = "scenario: after\ntitle: After the call\noffer: Plan\nwhy: profit\nsequence: [{tag: improvement_plan}]\n"


def test_s91_who_comes_to_a_threshold_comes_into_the_scenario_that_it_starts() -> None:
    files = changed(COMPANY, "start: check_up", "start: after") | {"scenarios/after.yaml": AFTER.encode()}
    assert [str(finding) for finding in load_files(files).findings] == []
    other = changed(COMPANY, "start: check_up", "tag: improvement_plan") | {"scenarios/after.yaml": AFTER.encode()}
    (finding,) = [str(finding) for finding in load_files(other).findings]
    assert "no-entry" in finding
    torn = {**other, COMPANY: other[COMPANY].replace(b"tag: improvement_plan", b"start: 7")}
    found = [str(finding) for finding in load_files(torn).findings]
    assert found
    assert not [one for one in found if "no-entry" in one], "what the thresholds start is not known"


def test_a_link_to_cancel_what_is_over_is_asked_for_first() -> None:
    (finding,) = put_back(body='<a href="{{ links.cancel }}">Cancel</a>')
    assert "only an appointment that is still ahead" in finding


SELF = "scenarios/self_evaluation.yaml"
SWING = """    - {id: swing, title: {en: Swing, fr: Retour}, when: '"»warming_up" in segments', points: -10}
    - id: attended
"""


@pytest.mark.parametrize(
    "file,old,new,finding",
    [
        (COMPANY, "minutes: 30", "minutes: »0", "'minutes' must be at least 5, not 0"),
        (COMPANY, "on: webinar.attended", "on: »webinar.atended", "'webinar.atended' is not allowed for 'on'"),
        (COMPANY, "on: webinar.attended", "»onn: webinar.attended", "unknown key 'onn'; fix: did you mean 'on'?"),
        (COMPANY, "channel: phone", "channel: »phoen", "'phoen' is not allowed for 'channel'"),
        (COMPANY, "half_life: 45 days", "half_life: »45 dyas", "'45 dyas' is not a span of time"),
        (COMPANY, "notice: 4 hours", "notice: »90 days", "nothing could ever be booked: notice is 90 days"),
        (COMPANY, "    - id: attended\n", SWING, "points for what she is cannot hang on points"),
        (COMPANY, "when: score >= 25", "when: »pass > 1 and score >= 25", "no name 'pass'"),
        (
            COMPANY,
            "when: score >= 25",
            'when: answers.cx_maturity.band > »"building" and score >= 25',
            "what 'answers.cx_maturity.band' can be has no order; fix: name all that are meant",
        ),
        (
            COMPANY,
            "calls_to_action:  ",
            'tracking: {sites: [»"https://x.example"]}\ncalls_to_action:  ',
            "'https://x.example' is not the name of a website; fix: write it like www.example.com",
        ),
        (SELF, "$questionnaire.band", "»$questionaire.band", "'parameters:' gives no $questionaire; fix: did you mean"),
        (
            SELF,
            "when: answers.$questionnaire.band ==",
            "when: answers.$questionnaire.share > 1 and answers.»$questionnair.band ==",
            "'parameters:' gives no $questionnair; fix: did you mean",
        ),
        (SELF, "questionnaire: cx_maturity", "questionnaire: »cx_maturty", "no questionnaire 'cx_maturty'"),
        (SELF, "held: 8%", "held: »80%", "more appointments cannot take place than are booked: 10%"),
        (SELF, "booked: 10%", "booked: »110%", "'110%' is more than all"),
        (SELF, "visitors: 400", "visitors: »4%", "nobody knows of whom visitors would be a share"),
    ],
)
def test_one_slip_is_told_once_and_where_it_was_made(file: str, old: str, new: str, finding: str) -> None:
    files, _ = gather(ROOT)
    text = files[file].decode()
    assert old in text
    marked = text.replace(old, new, 1)
    above = marked[: marked.index("»")].split("\n")
    (told,) = load_files({**files, file: marked.replace("»", "", 1).encode()}).findings
    assert (told.file, told.line, told.col) == (file, len(above), len(above[-1]) + 1)
    assert str(told).partition("]: ")[2].startswith(finding)


def test_a_rule_for_being_in_another_segment_is_sound_and_capitals_hide_none() -> None:
    files, _ = gather(ROOT)
    sound = SWING.replace("»", "").replace(
        '"warming_up" in segments', '"gold" in segments and lead.company == "warming_up"'
    )
    hidden = SWING.replace("»", "").replace("warming_up", "Warming_Up")
    for rule, codes in ((sound, []), (hidden, ["bad-condition"])):
        company = files[COMPANY].decode().replace("    - id: attended\n", rule, 1)
        assert [one.code for one in load_files({**files, COMPANY: company.encode()}).findings] == codes


def test_a_slip_in_one_scenario_makes_nothing_left_out_in_another() -> None:
    files, _ = gather(ROOT)
    wrong = files["scenarios/ebook.yaml"].replace(b"\nteam: ", b"\ntaem: ", 1)
    told = load_files({**files, "scenarios/ebook.yaml": wrong}).findings
    assert not [one for one in told if one.code == "left-out" and one.file != "scenarios/ebook.yaml"]
    without = {file: content for file, content in files.items() if "self_evaluation" not in file}
    told = load_files(without).findings
    assert not [one for one in told if one.file == "scenarios/webinar.yaml" and "'answered'" in one.message]


@pytest.mark.parametrize(
    "notice,horizon,never",
    [
        ("4 working days", "5 days", False),  # from a Monday on: the Friday
        ("5 working days", "5 days", True),
        ("4 days", "3 working days", False),  # from a Friday on: the Tuesday and the Wednesday
        ("30 days", "10 working days", True),
        ("3 working days", "3 working days", True),
        ("30 days", "1 month", False),  # July
        ("31 days", "1 month", True),
        ("1 month", "30 days", False),  # February
        ("12 months", "1 year", False),
        ("25 hours", "1 day", True),
    ],
)
def test_nothing_can_ever_be_booked_where_the_notice_outlasts_the_horizon_on_every_day(
    notice: str, horizon: str, never: bool
) -> None:
    files = changed(COMPANY, "minutes: 30, team: consulting", f"minutes: 30, notice: {notice}, horizon: {horizon}")
    told = [str(one) for one in load_files(files).findings]
    assert any("nothing could ever be booked" in one for one in told) == never, told


def test_what_is_drawn_may_have_been_meant_by_the_name_of_a_file() -> None:
    files, _ = gather(ROOT)
    wrong = files["scenarios/ebook.yaml"].replace(b"[diagnosis.pdf]", b"[diagnosis.pfd]", 1)
    told = [str(one) for one in load_files({**files, "scenarios/ebook.yaml": wrong}).findings]
    assert any(one.endswith("no asset 'diagnosis.pfd'; fix: did you mean 'diagnosis.pdf'?") for one in told)
