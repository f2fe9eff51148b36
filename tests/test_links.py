"""Tokens say only what was signed, for one purpose, by one of our keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.links import BadToken, Links, Purpose, Token

OURS = Links([b"a" * 32])

tokens = st.builds(
    Token,
    st.sampled_from(Purpose),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**15 - 1),
    st.booleans(),
)


@given(tokens)
def test_a_token_is_read_as_it_was_signed(token: Token) -> None:
    text = OURS.sign(token)
    assert OURS.read(text, token.purpose) == token
    assert len(text) == 46


@given(tokens, st.integers(0, 45), st.sampled_from("Aa0-_"))
def test_one_changed_letter_opens_nothing(token: Token, place: int, letter: str) -> None:
    text = OURS.sign(token)
    changed = text[:place] + letter + text[place + 1 :]
    if changed != text:
        with pytest.raises(BadToken):
            OURS.read(changed, token.purpose)


@given(tokens, st.sampled_from(Purpose))
def test_a_token_opens_its_own_purpose_only(token: Token, other: Purpose) -> None:
    if other != token.purpose:
        with pytest.raises(BadToken):
            OURS.read(OURS.sign(token), other)


@pytest.mark.parametrize("text", ["", "x", "é" * 46, "A" * 46, "A" * 45 + "\n", "=" * 46, "A" * 10_000])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(BadToken):
        OURS.read(text, Purpose.BOOK)


def test_every_key_verifies_and_the_first_signs() -> None:
    token = Token(Purpose.BOOK, 7)
    old = OURS.sign(token)
    turned = Links([b"b" * 32, b"a" * 32])
    assert turned.read(old, Purpose.BOOK) == token
    with pytest.raises(BadToken):
        OURS.read(turned.sign(token), Purpose.BOOK)


def test_a_generation_goes_round_rather_than_into_the_mark() -> None:
    assert OURS.read(OURS.sign(Token(Purpose.BOOK, 1, 0, 2**15)), Purpose.BOOK) == Token(Purpose.BOOK, 1)
