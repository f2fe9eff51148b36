"""A tunnel made from another: its steps, with other words, and every fault told in the caller's own file."""

import pytest

from funnel.authoring.load import Loaded, load_bundle, load_files
from funnel.domain.conditions import Both, Compare
from tests.authoring.trees import QUESTIONNAIRE, SCENARIO, mail, sound_files

BASE = (
    SCENARIO.replace("team: consulting\n", "team: consulting\nparameters: {questionnaire: cx, call: results_call}\n", 1)
    .replace("questionnaire: cx\n  fields", "questionnaire: $questionnaire\n  fields")
    .replace("magnet: {questionnaire: cx}", "magnet: {questionnaire: $questionnaire}")
    .replace("answers.cx.", "answers.$questionnaire.")
    .replace("appointment: results_call", "appointment: $call")
)
CALLER = """\
scenario: service_check
use: check_up
with:
  title: {en: Service check}
  offer: {en: Service plan}
  questionnaire: service
"""


def home(caller: str = CALLER, base: str = BASE) -> Loaded:
    """The sound home with a base that has parameters, a second questionnaire, and a caller."""
    files = {
        **sound_files(),
        "scenarios/check_up.yaml": base.encode(),
        "scenarios/questionnaires/service.yaml": QUESTIONNAIRE.replace("cx", "service").encode(),
        "scenarios/service_check.yaml": caller.encode(),
    }
    return load_files(files)


def test_s146_a_second_tunnel_is_the_first_with_other_words() -> None:
    loaded = home()
    assert loaded.findings == ()
    first, second = loaded.bundles["check_up"], loaded.bundles["service_check"]
    assert second.scenario.title == {"en": "Service check"}
    assert second.scenario.why == "volume"
    assert list(second.program.steps) == list(first.program.steps)
    assert set(second.questionnaires) == {"service"}
    (condition, _) = second.program.steps["choose"].branches[0]
    assert isinstance(condition, Both)
    assert isinstance(condition.left, Compare)
    assert condition.left.name.path == "answers.service.band"
    assert first.program.proposes == second.program.proposes == {"results_call"}


def test_its_version_runs_from_its_own_bytes_after_the_base_has_gone() -> None:
    bundle = home().bundles["service_check"]
    assert "email_templates/service_check/offer/email.yaml" in bundle.files
    assert "landing_pages/service_check/questions.html" in bundle.files
    assert not any(path.startswith("email_templates/check_up/") for path in bundle.files)
    assert load_bundle(bundle.files) == bundle


def test_its_own_mail_comes_before_the_bases() -> None:
    files = {**sound_files(), "scenarios/check_up.yaml": BASE.encode(), "scenarios/service_check.yaml": CALLER.encode()}
    files["scenarios/questionnaires/service.yaml"] = QUESTIONNAIRE.replace("cx", "service").encode()
    offer = mail("email_templates/check_up/offer", "marketing")
    own = {path.replace("check_up", "service_check"): text for path, text in offer.items()}
    own = {path: text.replace(b"Hello", b"Dear") for path, text in own.items()}
    loaded = load_files({**files, **own})
    assert loaded.findings == ()
    assert b"Dear" in loaded.bundles["service_check"].files["email_templates/service_check/offer/body.en.mjml"]
    assert b"Hello" in loaded.bundles["service_check"].files["email_templates/service_check/results/body.en.mjml"]


def test_a_change_of_the_base_is_a_new_version_of_both() -> None:
    before, after = home().bundles, home(base=BASE.replace("wait: 2 days", "wait: 3 days")).bundles
    assert all(before[name].digest != after[name].digest for name in ("check_up", "service_check"))


@pytest.mark.parametrize(
    "old, new, place, code, says",
    [
        ("use: check_up", "use: chek_up", (2, 6), "unknown-id", "did you mean 'check_up'?"),
        ("questionnaire: service", "questionaire: service", (6, 3), "unknown-key", "did you mean 'questionnaire'?"),
        ("questionnaire: service", "questionnaire: servis", (6, 18), "missing-file", "service"),
        ("  offer: {en: Service plan}", "  offer: 7", (5, 10), "wrong-type", "7"),
        ("with:\n", "why: profit\nwith:\n", (3, 1), "misplaced-key", "below 'with:'"),
        ("scenario: service_check", "scenario: servicecheck", (1, 11), "wrong-name", "service_check"),
        ("with:\n", "with: 3\nno:\n", (3, 7), "wrong-type", "mapping"),
    ],
)  # fmt: skip
def test_a_fault_points_at_the_callers_words(old: str, new: str, place: tuple[int, int], code: str, says: str) -> None:
    assert old in CALLER
    findings = [one for one in home(CALLER.replace(old, new)).findings if one.file == "scenarios/service_check.yaml"]
    found = [one for one in findings if one.code == code]
    assert found, findings
    assert ((found[0].line, found[0].col), says in f"{found[0].message} {found[0].fix}") == (place, True), found


def test_a_broken_base_is_told_once_and_stops_its_callers() -> None:
    loaded = home(base=BASE.replace("why: volume", "why: volumes"))
    callers = [one for one in loaded.findings if one.file == "scenarios/service_check.yaml"]
    assert [(one.line, one.col, one.code) for one in callers] == [(2, 6, "missing-file")]
    assert "check_up" in callers[0].message
    assert "service_check" in loaded.broken
    assert loaded.bundles == {}


def test_what_is_made_from_another_is_no_base() -> None:
    third = CALLER.replace("scenario: service_check", "scenario: third").replace("check_up", "service_check")
    files = {**home().files, "scenarios/third.yaml": third.encode()}
    (finding,) = [one for one in load_files(files).findings if one.file == "scenarios/third.yaml"]
    assert (finding.line, finding.col, finding.code) == (2, 6, "unknown-value")
    assert "check_up" in finding.fix


def test_a_fault_in_the_bases_templates_is_told_where_they_are() -> None:
    files = {**home().files}
    path = "email_templates/check_up/offer/body.en.mjml"
    files[path] = files[path].replace(b"lead.name", b"lead.nmae")
    findings = load_files(files).findings
    assert {one.file for one in findings} == {path}
    assert len(findings) == 1


@pytest.mark.parametrize(
    "form", ['"scenario": service_check\n"use": check_up\n', "\ufeffuse: check_up\nscenario: service_check\n"]
)
def test_the_base_is_found_however_its_key_is_written(form: str) -> None:
    assert home(CALLER.replace("scenario: service_check\nuse: check_up\n", form)).findings == ()


def test_a_fault_of_the_bases_own_is_told_there_and_here_only_that_it_is_the_bases() -> None:
    told = [str(one) for one in home(base=BASE.replace("status: plan_sent", "status: plan_snt")).findings]
    assert told == [
        "scenarios/check_up.yaml:31:26: error[unknown-id]: no status 'plan_snt'; fix: did you mean 'plan_sent'?",
        "scenarios/service_check.yaml:2:6: error[missing-file]: check_up, which this is made from, has faults of its "
        "own; fix: mend scenarios/check_up.yaml first",
    ]


@pytest.mark.parametrize("blank", ["\t", "\u00a0\u00a0"])
def test_what_follows_a_blank_that_is_none_may_use_any_parameter(blank: str) -> None:
    (found, _) = home(base=BASE.replace("  - wait: 2 days", f"{blank}- wait: 2 days", 1)).findings
    assert found.code == "syntax"


def test_a_fault_behind_a_parameter_is_told_at_its_column() -> None:
    line = "      - when: answers.$questionnaire.score.people >= 3 and scor > 3"
    base = BASE.replace(
        "answers.$questionnaire.score.people >= 3", "answers.$questionnaire.score.people >= 3 and scor > 3"
    )
    found = next(one for one in home(base=base).findings if one.file == "scenarios/check_up.yaml")
    assert (found.code, found.col) == ("unknown-name", line.index("scor >") + 1)
    base = BASE.replace("answers.$questionnaire.score.people >= 3", "answers.$questionnaire.scor.people >= 3")
    found = next(one for one in home(base=base).findings if one.file == "scenarios/check_up.yaml")
    assert (found.code, found.col) == ("unknown-name", line.index("score.people") + 1)
