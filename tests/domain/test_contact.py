"""What people type about themselves: addresses, their slips, and texts that may stand in a header."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.domain.contact import LONGEST_EMAIL, clean_text, normal_email, suggest_email


@pytest.mark.parametrize(
    "typed, normal",
    [
        (" Anna.Martin@Example.COM ", "anna.martin@example.com"),
        ("o'neil+cx@sub.example.co.uk", "o'neil+cx@sub.example.co.uk"),
        ("anna@Bücher.de", "anna@xn--bcher-kva.de"),
        ("anna@bu\u0308cher.de", "anna@xn--bcher-kva.de"),
        ("anna@xn--bcher-kva.de", "anna@xn--bcher-kva.de"),
        ("anna@straße.de", "anna@xn--strae-oqa.de"),
        ("x@" + "a" * 63 + ".fr", "x@" + "a" * 63 + ".fr"),
    ],
)
def test_an_address_has_one_form(typed: str, normal: str) -> None:
    assert normal_email(typed) == normal


@pytest.mark.parametrize(
    "typed",
    [
        *("", "@", "anna", "anna@", "@example.com", "anna@localhost", "anna@example..com", "anna@.example.com"),
        *("anna@example.com.", "an na@example.com", "anna@exam ple.com", ".anna@example.com", "an..na@example.com"),
        *('"anna"@example.com', "anna@[127.0.0.1]", "anna@127.0.0.1", "anna@-example.com", "anna@example_1.com"),
        *(
            "anna\r\nBcc: x@example.com",
            "anna@example.com\r\nBcc: b@example.com",
            "anna\0@example.com",
            "a@b@example.com",
        ),
        *(
            "=?utf-8?q?a?=@example.com",
            "zoé@example.com",
            "\u212aate@example.com",
            "anna@exam\u200bple.com",
            "a@\ud800.fr",
        ),
        *("a" * 65 + "@example.com", "a@" + "a" * 64 + ".com", "a@" + "a." * 130 + "com", "Anna <anna@example.com>"),
        *("anna@日本。jp", "a@" + "é" * 70 + ".fr"),
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    assert normal_email(typed) is None


@given(st.text(max_size=300) | st.emails() | st.text(alphabet="a@.é-?=\r\n ", max_size=12))
def test_a_normal_address_is_short_plain_ascii_and_stays_as_it_is(typed: str) -> None:
    normal = normal_email(typed)
    if normal is not None:
        assert normal.isascii()
        assert normal.isprintable()
        assert " " not in normal
        assert len(normal) <= LONGEST_EMAIL
        assert normal.count("@") == 1
        assert normal == normal.lower() == normal_email(normal)


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("Anna@gmial.com", "anna@gmail.com"),
        ("anna@gmail.con", "anna@gmail.com"),
        ("anna@gamil.cm", "anna@gmail.com"),
        ("anna@gmail.fr", "anna@gmail.com"),
        ("anna@gmail", "anna@gmail.com"),
        ("anna@gmailcom", "anna@gmail.com"),
        ("anna@gmail,com", "anna@gmail.com"),
        ("anna@hotmial.con", "anna@hotmail.com"),
        ("anna@hotmal.fr", "anna@hotmail.fr"),
        ("anna@outlok.com", "anna@outlook.com"),
        ("anna@yaho.fr", "anna@yahoo.fr"),
        ("anna@wandoo.fr", "anna@wanadoo.fr"),
        ("anna@laposte.fr", None),
        ("anna@laposte.ne", "anna@laposte.net"),
        ("anna@orang.fr", "anna@orange.fr"),
        ("anna@free.ft", "anna@free.fr"),
        ("anna@iclou.com", "anna@icloud.com"),
    ],
)
def test_a_slip_is_offered_its_correction(typed: str, meant: str | None) -> None:
    assert suggest_email(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        *("anna@gmail.com", "ANNA@Orange.fr", "anna@mail.com", "anna@ymail.com", "anna@email.com", "anna@orange.com"),
        *("anna@fred.fr", "anna@me.com", "anna@gmx.net", "anna@yahoo.co.uk", "anna@example.com", "anna@sfr.com"),
        *("", "@", "anna", "an na@gmial.com", "anna\r\n@gmial.com", "anna@" + "g" * 10_000),
    ],
)
def test_nothing_is_suggested_for_a_good_domain_or_a_broken_address(typed: str) -> None:
    assert suggest_email(typed) is None


@given(st.text(max_size=60) | st.text(alphabet="gmail.co@ahotrnefy", max_size=25))
def test_a_suggestion_is_an_address_that_needs_none_itself(typed: str) -> None:
    meant = suggest_email(typed)
    assert meant is None or (normal_email(meant) == meant and suggest_email(meant) is None)


def test_a_text_is_taken_in_nfc_without_outer_space() -> None:
    assert clean_text("  Zoe\u0301 O'Neil-Łukasz 李 👩\u200d💻 ", 40) == "Zoé O'Neil-Łukasz 李 👩\u200d💻"
    assert clean_text("   ", 40) == ""
    assert clean_text("x" * 40, 40) is not None
    assert clean_text("x" * 41, 40) is None
    assert clean_text("one\r\n\ttwo", 40, lines=True) == "one\n\ttwo"


@pytest.mark.parametrize(
    "text",
    [
        *("a\r\nBcc: b", "a\nb", "a\rb", "a\tb", "a\0b", "a\x7fb", "a\x85b", "a\u2028b", "a\u202eb", "a\ud800b"),
        *("=?utf-8?q?a=0d=0aBcc:_b?=", "x =?utf-8?b?YQ==?= y"),
    ],
)
def test_a_text_that_could_leave_its_header_is_refused(text: str) -> None:
    assert clean_text(text, 100) is None


@pytest.mark.parametrize("text", ["a\rb", "a\0b", "a\u2028b", "=?utf-8?q?a?="])
def test_lines_are_no_licence_for_other_controls(text: str) -> None:
    assert clean_text(text, 100, lines=True) is None


@given(st.text(), st.integers(0, 50))
def test_a_taken_text_is_short_one_line_and_stays_as_it_is(text: str, limit: int) -> None:
    clean = clean_text(text, limit)
    if clean is not None:
        assert len(clean) <= limit
        assert len(clean.splitlines()) <= 1
        assert clean_text(clean, limit) == clean
        assert unicodedata.is_normalized("NFC", clean)
