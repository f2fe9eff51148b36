"""What findings say stays plain English for terminals and JSON, and is told whole in any other language."""

import json

from funnel.authoring.findings import Finding
from funnel.authoring.saying import NOTHING, Saying, say, say_many
from funnel.catalogue import translations

FRENCH = translations("fr")


def test_a_saying_is_plain_english_to_whoever_does_not_ask() -> None:
    finding = Finding("a.yaml", 2, 3, "error", "missing-key", say("missing key %(key)s", key="'title'"))
    assert finding.message == "missing key 'title'"
    assert str(finding) == "a.yaml:2:3: error[missing-key]: missing key 'title'"
    assert type(finding.as_json()["message"]) is str
    assert json.loads(json.dumps(finding.as_json()))["message"] == "missing key 'title'"
    assert {finding: 1}[Finding("a.yaml", 2, 3, "error", "missing-key", Saying("missing key 'title'"))] == 1


def test_a_saying_is_told_with_the_sayings_in_it() -> None:
    told = say("use %(words)s", words=say("%(one)s or %(other)s", one="vip", other="partner"))
    assert told == "use vip or partner"
    assert told.told(FRENCH) == "utilisez vip ou partner"
    assert say("write it like 500 or 20%").told(FRENCH) == "écrivez par exemple 500 ou 20%"
    assert Saying("'a word of the author'").told(FRENCH) == "'a word of the author'"
    assert NOTHING.told(FRENCH) == ""


def test_a_number_chooses_between_one_and_many() -> None:
    one, many = (
        "this line begins %(num)s space from the left; each level is two",
        ("this line begins %(num)s spaces from the left; each level is two"),
    )
    assert say_many(one, many, 1) == "this line begins 1 space from the left; each level is two"
    assert say_many(one, many, 3) == "this line begins 3 spaces from the left; each level is two"
    assert say_many(one, many, 3).told(FRENCH).startswith("cette ligne commence à 3 espaces")
