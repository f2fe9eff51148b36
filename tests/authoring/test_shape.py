"""What does not fit the models is told in an author's words, at its place, with what was probably meant."""

import pytest

from funnel.authoring.hints import ELSEWHERE, JUMPS
from funnel.authoring.load import load_files
from funnel.domain.tunnel.steps import VERBS
from tests.authoring.trees import SCENARIO, changed

FILE = "scenarios/check_up.yaml"


def told(old: str, new: str, file: str = FILE) -> list[str]:
    """The findings after a change, without the file's name."""
    findings = load_files(changed(file, old, new)).findings
    assert all(finding.file == file for finding in findings), findings
    return [str(finding).removeprefix(f"{file}:") for finding in findings]


def line_of(text: str) -> int:
    return SCENARIO[: SCENARIO.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    "old,new,finding",
    [
        ("why: volume", "wy: volume", "4:1: error[unknown-key]: unknown key 'wy'; fix: did you mean 'why'?"),
        ("why: volume\n", "", "1:1: error[missing-key]: missing key 'why': a tunnel says what it leads to, and why"),
        ("- wait: 2 days", "- wait: {until: mnday}", "14:19: error[bad-value]: 'mnday' is not a time to wait for"),
        ("- wait: 2 days", "- wait: {untl: webinar}", "14:12: error[unknown-key]: unknown key 'untl'; fix: did you"),
        ("- wait: 2 days", "- wait: [2]", "14:11: error[wrong-type]: 'wait' must be a text, not a list"),
        ("propose: {", "propose: {slots: 9, ", "17:22: error[bad-value]: 'slots' must be at most 5, not 9"),
        ("propose: {", "attach: [../us.pdf]\n    propose: {", "17:14: error[bad-value]: '../us.pdf' is not the name"),
        ("why: volume", "why: volumes", "4:6: error[bad-value]: 'volumes' is not allowed for 'why'; fix: did you mean"),
        ("why: volume", "why: 5", "4:6: error[bad-value]: 5 is not allowed for 'why'; fix: use one of new_offer,"),
        ("team: consulting", "team: Consulting", "5:7: error[bad-id]: 'Consulting' is not an id; fix: use lower"),
        ("title: {en: Check-up}", "title: 5", "2:8: error[wrong-type]: 'title' must be a text, not the number 5"),
        ("title: {en: Check-up}", "title: {en: 5}", "2:13: error[wrong-type]: 'en' must be a text, not the number 5"),
        ("title: {en: Check-up}", "title: [a]", "2:8: error[wrong-type]: 'title' must be a text, not a list"),
        ("title: {en: Check-up}", "title:", "2:7: error[wrong-type]: 'title' must be a text, not nothing"),
        ("wait: 2 days", "wait: 2 dys", "14:11: error[bad-span]: '2 dys' is not a span of time; fix: write it like"),
        ("wait: 2 days", "wait: 2", "14:11: error[wrong-type]: 'wait' must be a text, not the number 2; fix: say"),
        ("- wait: 2 days", "- wiat: 2 days", "14:5: error[unknown-verb]: no verb 'wiat'; fix: did you mean 'wait'?"),
        ("- wait: 2 days", "- Wait: 2 days", "14:5: error[unknown-verb]: no verb 'Wait'; fix: did you mean 'wait'?"),
        ("- wait: 2 days", "- wait:2 days", "14:5: error[wrong-type]: a step is a verb with its argument, not the"),
        ("- wait: 2 days", "- book: {}", "14:11: error[missing-key]: missing key 'after'; fix: add 'after:'"),
        ("- wait: 2 days", "- {}", "14:5: error[unknown-verb]: an empty step; fix: use one of email, wait, await"),
        (
            "- wait: 2 days",
            "- wait: 2 days\n    email: offer",
            "15:5: error[two-verbs]: a step has one verb, this one has wait and email; fix: begin a new step with '-'",
        ),
        ("    within: 5 days\n", "", "18:5: error[no-way-out]: an 'await' without 'within' has no way out"),
        ("unless: appointment.booked", "unless: appointment.boked", "16:13: error[bad-value]: 'appointment.boked' is"),
        ("propose: {appointment: r", "propose: {appontment: r", "17:15: error[unknown-key]: unknown key 'appontment'"),
        ("{score: 10}", "{score: 1.5}", "27:22: error[wrong-type]: 'score' must be a whole number, not the number 1.5"),
        ("{score: 10}", "{score: true}", "error[wrong-type]: 'score' must be a whole number, not the yes-or-no true"),
        ("task: Send the plan", "task: {txt: a}", "error[unknown-key]: unknown key 'txt'; fix: did you mean 'text'?"),
        ("task: Send the plan", "task: 5", "error[wrong-type]: 'task' must be a text, not the number 5; fix: quote"),
        ("leads: 25%", "leads: [5]", "error[wrong-type]: 'leads' must be a whole number, not a list"),
        ("propose: {", "atach: [diagnosis.pdf]\n    propose: {", "17:5: error[unknown-key]: unknown key 'atach'; fix:"),
        ("scenario: check_up\n", "scenario: check_up\non: starts\n", "2:5: error[bad-value]: 'starts' is not"),
        ("{phone: optional}", "{email: optional}", "error[bad-value]: 'optional' is not allowed for 'email'; fix: use"),
    ],
)
def test_a_fault_of_a_scenario_is_told_where_it_stands(old: str, new: str, finding: str) -> None:
    assert any(finding in one for one in told(old, new)), told(old, new)


def test_an_await_without_otherwise_says_why_that_is_refused() -> None:
    start = SCENARIO.index("    otherwise:\n")
    end = SCENARIO.index("  - choose:")
    found = told(SCENARIO[start:end], "")
    assert len(found) == 1
    assert "error[no-way-out]: an 'await' without 'otherwise' has no way out: it must say what happens" in found[0]


def test_a_fault_deep_in_a_block_has_its_own_line() -> None:
    found = told("- end: no_answer", "- ende: no_answer")
    line = line_of("- end: no_answer")
    assert found == [f"{line}:9: error[unknown-verb]: no verb 'ende'; fix: did you mean 'end'?"]


@pytest.mark.parametrize(
    "word,verb",
    [
        ("send", "email"),
        ("mail", "email"),
        ("delay", "wait"),
        ("sleep", "wait"),
        ("pause", "wait"),
        ("if", "when"),
        ("condition", "when"),
        ("branch", "choose"),
        ("exit", "end"),
        ("Send-Email", "email"),
    ],
)
def test_a_word_of_another_tool_leads_to_the_verb_that_does_the_same(word: str, verb: str) -> None:
    found = told("- wait: 2 days", f"- {word}: thanks")
    assert found == [f"14:5: error[unknown-verb]: no verb '{word}'; fix: did you mean '{verb}'?"]


def test_who_would_jump_is_told_that_a_way_leads_forward_only() -> None:
    (found,) = told("- wait: 2 days", "- goto: results")
    assert "no verb 'goto'; fix: a way leads forward only: write the steps below, or 'start:' a scenario" in found


def test_no_word_of_another_tool_is_one_of_ours() -> None:
    assert not VERBS.keys() & (ELSEWHERE.keys() | JUMPS)
    assert set(ELSEWHERE.values()) <= VERBS.keys()


def test_one_fault_gives_one_finding() -> None:
    for old, new in (
        ("why: volume", "why: volumes"),
        ("- wait: 2 days", "- wiat: 2 days"),
        ("{score: 10}", "{scor: 10}"),
    ):
        assert len(told(old, new)) == 1, told(old, new)


def test_an_enormous_number_of_faults_is_cut() -> None:
    found = told("targets: {visitors: 400, leads: 25%}", "\n".join(f"x{number}: 1" for number in range(500)))
    assert len(found) == 101
    assert any("400 more faults" in one for one in found)


@pytest.mark.parametrize(
    "old,new,finding",
    [
        ('primary: "#0b5d4e"', 'primary: "green"', "'green' is not a colour; fix: write it like '#0a5c66'"),
        ("country: FR", "country: fr", "error[bad-value]: 'fr' is not a country code; fix: write it like FR or GB-ENG"),
        ('"09:00-12:00"', '"9-12"', "error[bad-value]: '9-12' is not a range of hours; fix: write it like"),
        ("mon: [", "monday: [", "error[unknown-key]: unknown key 'monday'; fix: did you mean 'mon'?"),
        ("minutes: 30", "minutes: 33", "error[bad-value]: 'minutes' must be a multiple of 5, not 33"),
        ("minutes: 30", "minutes: 0", "error[bad-value]: 'minutes' must be at least 5, not 0"),
        ("  plan_sent: {", "  Plan: {", "error[bad-id]: 'Plan' is not an id"),
        ('from: "08:00"', 'from: "8:00"', "error[bad-value]: '8:00' is not a time of day; fix: write it like 08:30"),
        ("role: rep", "role: sales", "error[bad-value]: 'sales' is not allowed for 'role'; fix: use one of admin,"),
        ("locales: [en]", "locales: []", "error[bad-value]: 'locales' must have at least 1 in it"),
        ("teams:", "team:", "error[missing-key]: missing key 'teams'; fix: 'team' may be meant for it"),
    ],
)
def test_a_fault_of_the_company_is_told_in_words(old: str, new: str, finding: str) -> None:
    found = [str(one) for one in load_files(changed("scenarios/company.yaml", old, new)).findings]
    assert any(finding in one for one in found), found


@pytest.mark.parametrize(
    "file,old,new,key",
    [
        ("scenarios/company.yaml", 'accent: "#e2711d"', 'accent: "#e2711d", logo: us.svg', "logo"),
        ("scenarios/questionnaires/cx.yaml", "questionnaire: cx\n", "questionnaire: cx\nagain: never\n", "again"),
        ("email_templates/check_up/offer/email.yaml", "preheader", "in_doubt: resend\npreheader", "in_doubt"),
        (
            "email_templates/check_up/offer/email.yaml",
            "preheader",
            "sender: {name: a, email: a@b.cd}\npreheader",
            "sender",
        ),
    ],
)
def test_a_word_that_would_do_nothing_yet_is_refused(file: str, old: str, new: str, key: str) -> None:
    (finding,) = load_files(changed(file, old, new)).findings
    assert (finding.file, finding.level, finding.code) == (file, "error", "not-available")
    assert finding.message == f"{key!r} belongs to the language, but this version cannot carry it out yet"
