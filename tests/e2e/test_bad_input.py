"""What must not get in: wrong fields, poisoned headers, oversized bodies, clicks by the hundred, unknown links."""

import http.client
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.utils import getaddresses
from urllib.parse import urlencode, urlsplit

import pytest

from tests.e2e.browser import Fields, Page
from tests.e2e.people import DETAILS, LANDING, Prospect, invitation, link
from tests.e2e.place import Place, on_both

CLICKS = 100


@pytest.fixture
def one_place(places: Callable[[str], Place]) -> Place:
    """Where the database does not matter: the product on SQLite."""
    return places("sqlite")


def post_in_parallel(prospects: list[Prospect], bodies: list[bytes], path: str) -> list[int]:
    """The same or different posts at once, each with its browser's cookies; the statuses. Nothing is followed."""

    def click(prospect: Prospect, body: bytes) -> int:
        cookies = "; ".join(f"{one.name}={one.value}" for one in prospect.browser.cookies)
        connection = http.client.HTTPConnection("127.0.0.1", prospect.place.port, timeout=60)
        try:
            kind = "application/x-www-form-urlencoded"
            connection.request("POST", path, body, {"Cookie": cookies, "Content-Type": kind})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(click, prospects, bodies))


def body_of(page: Page, fields: Fields, having: str) -> bytes:
    """What the page's form would post."""
    return urlencode({**page.form(having=having).fields, **fields}, doseq=True).encode()


def test_wrong_and_missing_fields_come_back_filled_in_and_nothing_is_stored(one_place: Place) -> None:
    lea = Prospect(one_place)
    lea.read_article()
    lea.answer_all()
    before = one_place.known()
    page = lea.leave_details(
        {"name": "", "email": "nobody at home", "phone": "none", "company": "Ostrel & <b>Sons</b>"}
    )
    assert page.status == 422
    form = page.form(having="email")
    assert form.fields["email"] == ["nobody at home"]
    assert form.fields["company"] == ["Ostrel & <b>Sons</b>"]
    assert form.fields["consent_follow_up_email"] == ["yes"], "what was ticked stays ticked"
    for name in ("name", "email", "phone"):
        assert f'id="{name}-error"' in page.html, name
        assert f'aria-describedby="{name}-error"' in page.html, name
    assert 'id="company-error"' not in page.html
    assert "<b>Sons</b>" not in page.html
    assert one_place.known() == before
    assert lea.leave_details({"phone": ""}).status == 200, "mended, it goes through"
    lea.mails(1)


def test_questions_without_their_answers_come_back(one_place: Place) -> None:
    lea = Prospect(one_place)
    lea.read_article()
    page = lea.browser.send({"go": "next"}, having="csrf_token")
    assert page.status == 422
    assert 'id="q_feedback-error"' in page.html
    page = lea.browser.send({"q_feedback": "whatever", "go": "next"}, having="csrf_token")
    assert page.status == 422
    lea.browser.open(DETAILS)
    assert lea.browser.path == f"{LANDING}/1", "nobody gets past what is required"


@pytest.mark.parametrize(
    "poison",
    ["Léa\r\nBcc: everybody@example.org", "Léa\nX-Evil: 1", "Léa \0 Martin", "=?utf-8?q?L=C3=A9a=0D=0ABcc:_x=40y.z?=",
     "Léa \u2028 Martin", "\u202emartin"],
)  # fmt: skip
def test_what_would_poison_a_header_is_refused(one_place: Place, poison: str) -> None:
    lea = Prospect(one_place)
    lea.read_article()
    lea.answer_all()
    before = one_place.known()
    for field in ("name", "company"):
        page = lea.leave_details({field: poison})
        assert page.status == 422, field
        assert f'id="{field}-error"' in page.html
    assert one_place.known() == before


def test_odd_names_reach_a_header_as_a_name_and_nothing_else(one_place: Place) -> None:
    name = 'Zoë "Z", <zoe@elsewhere.example>; Bcc: all@example.org (%0d%0a) {{ 7*7 }} <script>'
    zoe = Prospect(one_place, name)
    zoe.walk_in({"company": "A, B <c@d.example>"})
    (mail,) = zoe.mails(1)
    message = message_from_bytes(one_place.content(mail["raw_url"]))
    assert [address for _, address in getaddresses(message.get_all("To", []))] == [zoe.email]
    assert message["Bcc"] is None
    assert message["Cc"] is None
    assert mail["to"] == [zoe.email]
    assert "49" not in mail["subject"], "what she typed is never a template"
    assert "<script>" not in mail["html"]
    assert "<script>" not in zoe.page.html.replace("<script src", "")


def test_a_body_that_is_too_large_is_answered_413(one_place: Place) -> None:
    lea = Prospect(one_place)
    lea.read_article()
    lea.answer_all()
    before = one_place.known()
    page = lea.leave_details({"company": "x" * 300_000})
    assert page.status == 413
    assert "<html" in page.html
    assert one_place.known() == before


@pytest.mark.parametrize("told", ["Transfer-Encoding: chunked", "Content-Length: 3120000"])
def test_who_sends_far_too_much_is_answered_413_and_not_cut_off(one_place: Place, told: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", one_place.port, timeout=60)
    name, _, value = told.partition(": ")
    kind = {"Content-Type": "application/x-www-form-urlencoded", name: value}
    try:
        parts = (b"name=" + b"x" * 64_995 for _ in range(48))
        connection.request("POST", DETAILS, parts, kind, encode_chunked="chunked" in told)
        answer = connection.getresponse()
        page = answer.read()
        assert answer.status == 413, page
        assert b"<html" in page
    finally:
        connection.close()


def test_a_forged_post_is_refused(one_place: Place) -> None:
    before = one_place.known()
    page = one_place.browser().post(DETAILS, {"name": "Eve", "email": "eve@example.org", "go": "send"})
    assert page.status == 400
    elsewhere = one_place.browser().request("GET", "/", headers={"Host": "verdanne.evil.example"})
    assert elsewhere.status == 403
    assert one_place.known() == before


@on_both
def test_a_hundred_equal_clicks_make_one_lead_one_enrolment_and_one_mail(place: Place) -> None:
    lea = Prospect(place)
    lea.read_article()
    lea.answer_all()
    told = {"name": lea.name, "email": lea.email, "consent_follow_up_email": "yes", "go": "send"}
    body = body_of(lea.page, told, "email")
    assert Counter(post_in_parallel([lea] * CLICKS, [body] * CLICKS, DETAILS)) == {303: CLICKS}
    place.settle()
    lea.mails(1)
    assert len(lea.lead["enrolments"]) == 1


@on_both
def test_one_slot_is_given_to_one_of_many_who_want_it_at_once(place: Place) -> None:
    place.to_next(0)
    people = [Prospect(place) for _ in range(6)]
    offers = []
    for one in people:
        one.walk_in()
        offers += [url for url in one.page.links if url.startswith("/book/")]
    people[0].browser.open(offers[0])
    slot = people[0].camilles_slot()
    clicks = []
    for one, offer in zip(people, offers, strict=True):
        one.browser.open(offer)
        fields = {"slot": slot, "phone": "+33 6 12 34 56 78"}
        clicks += [(one, body_of(one.page, fields, "once"), urlsplit(offer).path)] * 2  # and each clicks twice
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda click: post_in_parallel([click[0]], [click[1]], click[2])[0], clicks))
    booked = [one for one in people if one.lead["appointments"]]
    assert len(booked) == 1, statuses
    assert Counter(statuses) == {303: 2, 409: 10}
    place.settle()
    (appointment,) = booked[0].lead["appointments"]
    assert appointment["rep"] == "camille"
    assert invitation(place, booked[0].mails(2)[1]).sequence == 0


def test_unknown_tokens_open_nothing(one_place: Place) -> None:
    lea = Prospect(one_place)
    lea.walk_in()
    good = link(lea.mails(1)[0], "/r/")
    offer = next(url for url in lea.page.links if url.startswith("/book/"))
    token = good.rsplit("/", 1)[1]
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    other_purpose = offer.rsplit("/", 1)[1]
    browser = one_place.browser()
    one_place.settle()
    before = one_place.known(), lea.lead
    for path in (
        "/r/x", f"/r/{forged}", f"/r/{other_purpose}", f"/book/{token}", f"/u/{token}", "/u/%00", "/book/" + "A" * 5000,
        f"/book/{token}/appointment", "/l/nowhere", "/l/self-evaluation/99", "/articles/nowhere", "/q/x", "/desk/x",
    ):  # fmt: skip
        assert browser.open(path).status == 404, path
        assert "<html" in browser.page.html
    assert browser.post(f"/u/{forged}", {"List-Unsubscribe": "One-Click"}).status == 404
    assert (one_place.known(), lea.lead) == before
