"""Who would meet a condition now: the people and their number; what is wrong with one, at its column."""

import pytest

from funnel.domain import events as on
from funnel.usecases.match_leads import BadCondition, match_leads
from tests.support.place import Place

# The mark `§` stands before the character that the error must point at.
WRONG = [
    ("§skore >= 50", "unknown-name", "did you mean 'score'?"),
    ("score >= 50 and lead.§phon is known", "unknown-name", "did you mean 'phone'?"),
    ("§lead == 'x'", "unknown-name", "add one of"),
    ("score >= §'50'", "type-mismatch", ""),
    ("lead.phone is known or score == §true", "type-mismatch", ""),
    ("lead.name == §5", "type-mismatch", 'quote it: "5"'),
    ("(score > 1 and §tags)", "type-mismatch", ""),
    ("'vip' in §lead.name", "type-mismatch", "=="),
    ("tags == §'vip'", "type-mismatch", "'vip' in tags"),
    ("§'vop' in tags", "unknown-value", "did you mean 'vip'?"),
    ("not (status in ['warm', §'wram'])", "unknown-value", "did you mean 'warm'?"),
    ("stage == §'qualifed'", "unknown-value", "did you mean 'qualified'?"),
    ("appointment.type == §'cal'", "unknown-value", "did you mean 'call'?"),
    ("appointment.starts_at > §'2027-06-07'", "type-mismatch", "write it like"),
    ("score §= 50", "bad-condition", "write '=='"),
    ("score §=> 50", "bad-condition", ""),
    ("score >= 50 §&& lead.phone is known", "bad-condition", ""),
    ("score §+ 1 > 50", "bad-condition", ""),
    ("lead.name §| lower == 'x'", "bad-condition", ""),
    ("lead.name.§upper() == 'X'", "unknown-name", ""),
    ("1 < score §< 5", "bad-condition", "join them by 'and'"),
    ("lead.name is §knwon", "bad-condition", "did you mean 'known'?"),
    ("lead.name is known and §", "bad-condition", ""),
    ("(score > 1§", "bad-condition", "close it with ')'"),
    ("lead.name == §'Zoé", "bad-condition", "close the quotes"),
    ("lead.name == 'é' and §pas == 1", "unknown-name", "did you mean 'pass'?"),
    ("lead.name == 'SOCIE\u0301TE\u0301 \U0001f600' and §pas == 1", "unknown-name", "did you mean 'pass'?"),
    ("score > 1\n  and §scor < 9", "unknown-name", "did you mean 'score'?"),
    ("§", "bad-condition", ""),
]


def test_what_is_wrong_is_told_at_its_column(lite: Place) -> None:
    for marked, code, fix in WRONG:
        with pytest.raises(BadCondition) as caught:
            match_leads(lite.house, marked.replace("§", ""))
        wrong = caught.value
        assert (wrong.code, wrong.column) == (code, marked.index("§") + 1), (marked, wrong.message)
        assert fix in wrong.fix, marked
        assert str(wrong) == f"column {wrong.column}: {wrong.message}"


def test_the_people_who_meet_a_condition_are_counted_and_the_first_are_named(place: Place) -> None:
    ids = place.leads(5)
    place.lead("zoe@example.org", name="Zoé", company="Straße 9", score=60)
    place.sql("UPDATE leads SET score = 50 WHERE id = :id", id=ids[3])
    found = match_leads(place.house, "score >= 50", most=1)
    assert (found.count, [(one.lead, one.name) for one in found.people]) == (2, [(ids[3], "Lead 3")])
    assert match_leads(place.house, "not score >= 50").count == 4
    assert match_leads(place.house, 'lead.email == "LEAD2@example.org"').count == 1
    assert match_leads(place.house, "score > 1000").people == ()


def test_what_a_form_brought_is_found_in_any_spelling(place: Place) -> None:
    place.submits("Ana@Example.org", fields={"name": "Ana", "company": "Société Générale"}, consent=False)
    for text in ('lead.company == "SOCIE\u0301TE\u0301 GE\u0301NE\u0301RALE"', 'lead.email == "ana@example.org"'):
        assert [one.email.lower() for one in match_leads(place.house, text).people] == ["ana@example.org"], text


def test_asked_about_a_scenario_only_those_running_in_it_count_with_their_pass(place: Place) -> None:
    ids = place.leads(3)
    place.starts(ids[:2])
    place.happens(on.Unsubscribed(lead_id=ids[1], occurred_at=place.now, page="/u"))
    found = match_leads(place.house, "pass == 1", scenario="tunnel")
    assert [(one.lead, one.pass_number) for one in found.people] == [(ids[0], 1)]
    assert match_leads(place.house, "pass == 1").count == 0
