"""Nothing of the studio escapes translation: in a made-up language every text of its pages stands in brackets."""

import re

from tests.web.conftest import Town
from tests.web.staff import SOLENE, employed, submitted
from tests.web.test_pseudo_locale import Words, dates, pseudo, unbracketed

__all__ = ["pseudo"]

STUDIO = "/studio/self-evaluation"
PICTURE = re.compile(r'<svg xmlns="[^"]+" class="(?:graph|tl)\b.*?</svg>', re.DOTALL)
"""A picture shows the file's own words, conditions and ids."""
NAMED = re.compile(r'aria-label="([^"]+)"')
OWN = re.compile(
    r"(?<![⟦\w])(?:otherwise|after \d|within \d|unless|proposes|the first true|if true|\d+ (?:days?|hours?))\b"
)
"""What the picture itself says, outside of brackets."""
CROWD = re.compile(r"<summary><b>[^<]+</b>|<option[^>]*>[^<]*|<dd>(?:<b>)?[^<]*<|[A-Z]\w+/[A-Z]\w+(?:_\w+)?")
"""Names of the crowd, subjects and addresses of a mail to them, zones."""
IDS = re.compile(
    r'title="[a-z0-9_/]+"|improvement plan|(?<=</b> )prices(?=<)|<dt>(?:cta|utm_\w+)</dt>|<pre id[^>]*>[^<]+'
)
"""What files call steps, mails, links and tags, what an address calls its source, what is to be pasted."""


def test_every_page_of_the_studio_is_translated(pseudo: Town) -> None:
    town, wrong = pseudo, {}
    submitted(town)
    town.work()
    solene = employed(town, SOLENE)
    solene.get("/studio?lang=fr")
    pages = {
        "studio": "/studio",
        "scenario": STUDIO,
        "resume": f"{STUDIO}/resume",
        "preview": f"{STUDIO}/preview",
        "mail": f"{STUDIO}/preview?show=mail:self_evaluation/summary_and_meeting",
        "rehearse": f"{STUDIO}/rehearse",
        "rehearsed": f"{STUDIO}/rehearse?people=10&days=90&seed=1",
        "refused": f"{STUDIO}/rehearse?people=900",
        "calls to action": "/studio/-/calls-to-action",
        "call to action": "/studio/-/calls-to-action/service-forum",
        "points": "/studio/-/points?threshold=30",
        "visits": "/studio/-/visits",
        "points refused": "/studio/-/points?threshold=many",
        "segment": "/studio/-/segments/gold",
    }
    solene.post(f"{STUDIO}/pause")
    for name, path in pages.items():
        answer = solene.get(path).text
        drawn = re.sub(r"<[^>]*>", " ", " ".join(PICTURE.findall(answer))) + " ".join(NAMED.findall(answer))
        assert OWN.findall(drawn) == [], name
        assert ("⟦otherwise⟧" in drawn, "⟦Timeline⟧" in drawn) == (name == "scenario", name == "rehearsed")
        page = IDS.sub(" ", CROWD.sub(" ", PICTURE.sub(" ", answer)))
        left = unbracketed(" ¦ ".join(Words(page).found), dates() | {"anglais"})
        if left:
            wrong[name] = sorted(set(left))
    assert not wrong
