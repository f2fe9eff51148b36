"""The picture and the text of a scenario: the same bytes each time, safe in a page, with every count."""

import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from funnel.authoring.load import load_folder
from funnel.domain.tunnel.graph import Graph, People, Standing, Words, graph_of
from funnel.domain.tunnel.picture import Form
from funnel.domain.tunnel.steps import VERBS as STEPS
from funnel.usecases.draw_graph import describe, draw_graph, verbs
from funnel.usecases.graph_shapes import ICONS
from funnel.usecases.read_graph import words_of
from funnel.usecases.write_mermaid import write_mermaid
from tests.domain.engine.world import program
from tests.domain.tunnel.forty import forty

ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).parent / "graphs"
FORMS: tuple[Form, ...] = ("wide", "narrow")
ENGLISH = re.compile(
    r"\b(?:after|otherwise|within|unless|proposes|first true|if true|next pass|completed|here|ended|hours?|days?|weeks?"
    r"|months?|Wait|Choose|Hand off)\b"
)
"""What a picture says of its own, beside the file's words."""

PEOPLE = People(
    {
        "email_results": Standing(waiting=1),
        "await_appointment_booked": Standing(awaiting=1200, waiting=3, parked=2),
        "hand_off": Standing(parked=4),
    },
    {"completed": 7, "no_answer": 12, "unsubscribed": 3, "erased": 1},
    elsewhere=5,
)


def shipped() -> Graph:
    """The scenario that comes with the product, as its file is now."""
    return graph_of(load_folder(ROOT).bundles["self_evaluation"].program)


def read(picture: str) -> str:
    """Everything that a picture says."""
    return " ".join(ET.fromstring(picture).itertext())


def same_as_kept(name: str, text: str) -> None:
    """Equal to the file that was looked at; `FUNNEL_KEEP_GRAPHS=1` keeps what is drawn now: look at it then."""
    file = KEPT / name
    if os.environ.get("FUNNEL_KEEP_GRAPHS"):
        file.write_text(text)
    assert text == file.read_text(), f"{name} has changed: keep it by FUNNEL_KEEP_GRAPHS=1, and look at it"


@pytest.mark.parametrize("form", FORMS)
def test_forty_steps_look_as_they_did_when_they_were_looked_at(form: Form) -> None:
    same_as_kept(f"forty-{form}.svg", draw_graph(graph_of(forty()), form, PEOPLE))


@pytest.mark.parametrize("form", FORMS)
def test_the_shipped_scenario_looks_as_it_did_when_it_was_looked_at(form: Form) -> None:
    same_as_kept(f"self_evaluation-{form}.svg", draw_graph(shipped(), form))


def test_the_texts_for_a_wiki_are_as_they_were() -> None:
    same_as_kept("forty.mmd", write_mermaid(graph_of(forty()), PEOPLE))
    same_as_kept("self_evaluation.mmd", write_mermaid(shipped()))


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_is_sound_xml_without_style_script_or_two_equal_ids(form: Form) -> None:
    text = draw_graph(graph_of(forty()), form, PEOPLE)
    tree = ET.fromstring(text)
    assert text == draw_graph(graph_of(forty()), form, PEOPLE)
    names = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert names == {"svg", "title", "desc", "g", "path", "rect", "text", "tspan"}
    assert not [key for element in tree.iter() for key in element.attrib if key == "style" or key.startswith("on")]
    ids = [one for element in tree.iter() if (one := element.get("id"))]
    assert sorted(ids) == sorted((tree.get("aria-labelledby") or "").split())
    assert (tree.get("role"), tree.get("class")) == ("img", f"graph {form}")


def test_two_forms_on_one_page_share_no_id() -> None:
    both = "".join(draw_graph(graph_of(forty()), form) for form in FORMS)
    ids = re.findall(r' id="([^"]+)"', both)
    assert len(ids) == len(set(ids)) == 4


@pytest.mark.parametrize("form", FORMS)
def test_counts_stand_at_their_steps_and_the_rest_below(form: Form) -> None:
    tree = ET.fromstring(draw_graph(graph_of(forty()), form, PEOPLE))
    badges = ["".join(one.itertext()) for one in tree.iter() if (one.get("class") or "").startswith("badge")]
    assert sorted(badges) == ["1 here", "1,203 here", "12 ended", "2 parked", "4 parked", "7 ended"]
    foot = " ".join("".join(one.itertext()) for one in tree.iter() if one.get("class") == "foot")
    assert foot == "Left otherwise: erased 1, unsubscribed 3 · At steps of older versions: 5"
    plain = draw_graph(graph_of(forty()), form)
    assert "badge" not in plain
    assert "foot" not in plain


def test_what_authors_write_is_text_and_nothing_else() -> None:
    poison = '</text><script>alert(1)</script> & "quotes" \x07 #35; `x`'
    graph = graph_of(program([{"score": 5, "because": poison}, {"task": poison[:60]}]))
    for form in FORMS:
        tree = ET.fromstring(draw_graph(graph, form))
        assert not [element for element in tree.iter() if "script" in element.tag]
        assert any('<script>alert(1)</script> & "quotes"' in (title.text or "") for title in tree.iter() if title.text)
    text = write_mermaid(graph)
    assert "<script" not in text
    assert "#60;script#62;" in text
    assert all(line.count('"') in (0, 2) for line in text.splitlines())


def test_a_picture_can_be_read_to_whoever_cannot_see_it() -> None:
    graph = graph_of(program([{"when": "score >= 50", "do": [{"tag": "vip"}]}, {"end": "done"}]))
    people = People({"tag_vip": Standing(parked=2)})
    assert describe(graph, people) == (
        "Start tunnel → When if true. When if true → score >= 50: Tag vip; otherwise: End done. Tag vip (2) → End done."
        " End done."
    )


def test_a_reader_of_another_language_sees_her_own_words() -> None:
    people = People({"wait_2_days": Standing(waiting=4)}, {"completed": 3, "unsubscribed": 1}, elsewhere=2)
    spoken = read(draw_graph(graph_of(forty(), words_of("fr")), people=people)).replace("\u00a0", " ")
    own = "Attente|4 ici|3 terminé|Partis autrement|2 jours|après 5 jours|sous 2 jours ouvrés|sinon|propose call|"
    own += "sauf si appointment.booked|le premier cas vrai|Si c'est vrai|le passage suivant|1 mois"
    assert [word for word in own.split("|") if word not in spoken] == []
    assert ENGLISH.findall(spoken) == []
    assert ENGLISH.findall(read(draw_graph(graph_of(forty()), people=people)))


def test_conditions_that_lead_the_same_way_are_joined_in_the_readers_language() -> None:
    branches = program([{"choose": [{"when": "score >= 50", "do": []}], "otherwise": []}, {"end": "done"}])
    for form in FORMS:
        assert "score &gt;= 50 ou sinon" in draw_graph(graph_of(branches, words_of("fr")), form)


def test_every_verb_has_a_name_a_symbol_and_a_colour_sheet_that_knows_it() -> None:
    assert {*STEPS, "form"} == set(verbs(Words())) == set(ICONS)
    sheet = (ROOT / "funnel" / "web" / "static" / "graph.css").read_text()
    drawn = {
        one for kind in FORMS for one in re.findall(r'class="([^"]+)"', draw_graph(graph_of(forty()), kind, PEOPLE))
    }
    plain = {"task", "tag", "status", "score", "webhook", "node", "label", "on", "wide", "narrow", "here"}
    assert {word for words in drawn for word in words.split()} - plain <= set(re.findall(r"\.([a-z_]+)", sheet))
