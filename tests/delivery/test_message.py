"""Bytes that any mail reader takes apart into what was put in; nothing that could become another header."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.delivery.message import build, message_id
from funnel.ports import Attachment, Letter

LETTER = Letter(
    message_id=message_id("1/email_summary/1:shop/hello:lead:7", "example.org"),
    date=datetime(2026, 11, 21, 12, 0, tzinfo=timezone(timedelta(hours=1))),
    sender=("Acme, Inc.", "hello@example.org"),
    to=("Zoé Müller", "zoe@example.net"),
    subject="Your résumé – ready",
    html="<p>Été</p>",
    text="Été\n",
    language="fr",
)
PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=200)
BODIES = st.text(st.sampled_from("a b.é\n=\t😀<>\"'-_From"), max_size=600)


def parsed(letter: Letter) -> EmailMessage:
    content = build(letter).content
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    message = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    assert not [defect for part in message.walk() for defect in part.defects]
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_headers_stand_in_their_order_with_the_alternatives_behind() -> None:
    letter = replace(LETTER, reply_to=("", "rep@example.org"), one_click="https://example.org/u/x")
    message = parsed(letter)
    assert message.keys() == [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Reply-To",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Auto-Submitted",
        "Content-Language",
        "MIME-Version",
        "Content-Type",
    ]
    assert message["From"] == '"Acme, Inc." <hello@example.org>'
    assert message["To"].addresses[0].display_name == "Zoé Müller"
    assert message["Date"] == "Sat, 21 Nov 2026 11:00:00 +0000"
    assert message["List-Unsubscribe"] == "<https://example.org/u/x>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_an_invitation_is_an_alternative_and_files_are_attached() -> None:
    files = (Attachment("a b.pdf", "application/pdf", bytes(range(256)) * 9), Attachment("Été.txt", "text/plain", b"x"))
    invited = ("REQUEST", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    message = parsed(replace(LETTER, invitation=invited, attachments=files))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/pdf",
        "text/plain",
    ]
    calendar = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    assert calendar["Content-Type"].params["method"] == "REQUEST"
    assert calendar.get_payload(decode=True) == b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    attached = list(message.iter_attachments())
    assert [part.get_filename() for part in attached] == ["a b.pdf", "Été.txt"]
    assert attached[0].get_payload(decode=True) == files[0].content


def test_the_same_letter_gives_the_same_bytes_and_their_digest() -> None:
    one, two = build(LETTER), build(replace(LETTER))
    assert one == two
    assert one.digest == hashlib.sha256(one.content).hexdigest()
    assert message_id("a", "example.org") != message_id("b", "example.org")


@settings(max_examples=150, deadline=None)
@given(subject=PRINTABLE, name=PRINTABLE, html=BODIES, text=BODIES)
def test_whatever_is_written_is_read_back(subject: str, name: str, html: str, text: str) -> None:
    letter = replace(LETTER, subject=subject, to=(name, "a@example.org"), html=html, text=text)
    try:
        message = parsed(letter)
    except ValueError:
        assert "=?" in subject + name
        return
    assert message["Subject"] == subject or subject != subject.strip()
    assert message["To"].addresses[0].addr_spec == "a@example.org"
    if not name.isascii() and "=?" not in name:
        # The stdlib's newer parser puts a space between adjacent encoded words of a name (3.11), its older one none.
        raw = message_from_bytes(build(letter).content)["To"].rpartition("<")[0].strip()
        assert str(make_header(decode_header(raw))) == name
    elif '"' not in name and name == " ".join(name.split()):
        assert message["To"].addresses[0].display_name == name
    assert body(message, "html").rstrip("\n") == html.rstrip("\n")
    assert body(message, "plain").rstrip("\n") == text.rstrip("\n")


@settings(deadline=None)
@given(st.text("abc é😀", min_size=40, max_size=400).map(str.strip))
def test_long_headers_are_folded_at_76_columns(subject: str) -> None:
    head = build(replace(LETTER, subject=" ".join(subject.split()))).content.split(b"\r\n\r\n")[0]
    lines = head.split(b"\r\n")
    assert all(len(line) <= 76 for line in lines if not line.startswith((b"Message-ID", b" boundary")))
    assert all(line.strip() for line in lines)


@pytest.mark.parametrize(
    "bad",
    [
        "a\r\nBcc: x@example.org",
        "a\nb",
        "a\0b",
        "a\x7fb",
        "a\u2028b",
        "a\x85b",
        "a\tb",
        "=?utf-8?q?a=0D=0ABcc:_x?=",
        "=?utf-8?b?YQ0KQmNjOiB4?= tail",
        "\ud800",
    ],
)
def test_control_characters_are_refused_everywhere_also_behind_encoded_words(bad: str) -> None:
    for letter in (
        replace(LETTER, subject=bad),
        replace(LETTER, sender=(bad, "a@example.org")),
        replace(LETTER, to=(bad, "a@example.org")),
        replace(LETTER, to=("a", f"{bad}@example.org")),
        replace(LETTER, reply_to=("a", f"a@{bad}")),
        replace(LETTER, message_id=f"<{bad}@example.org>"),
        replace(LETTER, one_click=f"https://example.org/{bad}"),
        replace(LETTER, headers={"X-Scenario": bad}),
        replace(LETTER, language=bad),
        replace(LETTER, attachments=(Attachment(bad, "text/plain", b""),)),
    ):
        with pytest.raises(ValueError):
            build(letter)


@pytest.mark.parametrize("name", ["Bcc", "to", "X-A:", "X A", "", "X\r\nY", "Content-Type"])
def test_extra_headers_cannot_be_ours_or_malformed(name: str) -> None:
    with pytest.raises(ValueError):
        build(replace(LETTER, headers={name: "x"}))


@pytest.mark.parametrize("address", ["", "a", "a@b@c", "a b@example.org", "<a@example.org>", "a@x.y>", "a,b@x.y"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError):
        build(replace(LETTER, to=("", address)))


def test_an_encoded_word_in_a_name_is_shown_as_it_was_typed() -> None:
    assert parsed(replace(LETTER, subject="=?utf-8?q?hello?=")).get("Subject") == "=?utf-8?q?hello?="


def test_addresses_beyond_ascii_get_idna_domains_and_keep_their_local_part() -> None:
    assert build(replace(LETTER, to=("", "zoe@bücher.example"))).recipient == "zoe@xn--bcher-kva.example"
    assert build(replace(LETTER, to=("", "zoé@example.org"))).recipient == "zoé@example.org"


def test_auto_submitted_can_be_said_otherwise() -> None:
    message = parsed(replace(LETTER, headers={"Auto-Submitted": "no", "X-Scenario": "shop"}))
    assert (message["Auto-Submitted"], message["X-Scenario"]) == ("no", "shop")


def test_a_date_needs_a_zone() -> None:
    assert parsed(replace(LETTER, date=datetime(2026, 1, 1, tzinfo=UTC)))["Date"].endswith("+0000")
    with pytest.raises(ValueError):
        build(replace(LETTER, date=datetime(2026, 1, 1)))  # noqa: DTZ001  # that is the point
