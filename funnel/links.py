"""Tokens in links: signed, short, not stored. base64url(version, key id, purpose, generation, subject, number, MAC).

The highest bit of the generation says that the link was given to a browser, not to the address. Of opens and clicks,
which no row revokes, its other 15 bits hold the day on which the token was made: they end by their age.

The MAC is HMAC-SHA256 cut to 128 bits. The first key signs, every key verifies; a key's id is two bytes of its own
hash, so keys can be rotated without a table. Revocable purposes carry the generation number kept on their row.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum

_HEAD = struct.Struct(">B2sBHQI")
_VERSION = 1
_MAC = 16
_LENGTH = -(-(_HEAD.size + _MAC) * 4 // 3)
"""Characters of every token: what is longer or shorter need not be decoded."""
_GENERATIONS = 0x8000
_FIRST_DAY = date(2020, 1, 1)


def day_number(at: datetime) -> int:
    """The day of an instant (UTC), counted from 2020-01-01; as a generation it lasts until 2109."""
    return (at.astimezone(UTC).date() - _FIRST_DAY).days


class Purpose(IntEnum):
    """What a token opens; each has its own place in the address space."""

    RESULTS = 1
    BOOK = 2
    PREFERENCES = 3
    OWN_PAGE = 4
    APPOINTMENT = 5
    PASSWORD = 6
    FEED = 12
    ASSET = 7
    QUESTIONNAIRE = 8
    OUTCOME = 9
    OPEN = 10
    CLICK = 11
    CLICKED = 13
    AGREED = 14


class BadToken(Exception):
    """Not ours, tampered with, or for another purpose. Views answer 404."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: `subject` is a row id, `number` a second small number (a pass, a link).

    `generation` is the row's when the link was made (0 to 32767, round and round); a link of an older one is revoked.
    Of an open or a click it is the `day_number` of the mail.
    `unproven` marks a link that a page gave to whoever had typed the address: nobody has shown that it is hers.
    """

    purpose: Purpose
    subject: int
    number: int = 0
    generation: int = 0
    unproven: bool = False


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:2]


def _mac(key: bytes, head: bytes) -> bytes:
    return hmac.digest(key, b"link" + head, "sha256")[:_MAC]


class Links:
    """Signs and reads tokens with the installation's keys."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("a secret key is needed to sign links")
        self._keys = {_key_id(key): key for key in keys}
        self._first = keys[0]
        self._first_id = _key_id(keys[0])

    def sign(self, token: Token) -> str:
        """The token's text for a link, `_LENGTH` characters."""
        generation = token.generation % _GENERATIONS + token.unproven * _GENERATIONS
        head = _HEAD.pack(_VERSION, self._first_id, token.purpose, generation, token.subject, token.number)
        return base64.urlsafe_b64encode(head + _mac(self._first, head)).rstrip(b"=").decode()

    def read(self, text: str, purpose: Purpose) -> Token:
        """The token, if it is ours and for `purpose`; else `BadToken`."""
        _, _, kind, generation, subject, number = _HEAD.unpack(self._signed(text)[: _HEAD.size])
        if kind != purpose:
            raise BadToken("not a token for this")
        return Token(purpose, subject, number, generation % _GENERATIONS, generation >= _GENERATIONS)

    def has_signed(self, text: str) -> bool:
        """Whether it is a token of ours, whatever it opens."""
        try:
            self._signed(text)
        except BadToken:
            return False
        return True

    def _signed(self, text: str) -> bytes:
        """The bytes of a token that is ours; else `BadToken`."""
        if len(text) != _LENGTH:
            raise BadToken("not a token")
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            version, key_id = _HEAD.unpack(raw[: _HEAD.size])[:2]
        except (binascii.Error, struct.error, ValueError) as error:
            raise BadToken("not a token") from error
        key = self._keys.get(key_id)
        good = key is not None and hmac.compare_digest(raw[_HEAD.size :], _mac(key, raw[: _HEAD.size]))
        if not good or version != _VERSION or self._canonical(raw) != text:
            raise BadToken("not a token of this installation")
        return raw

    @staticmethod
    def _canonical(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
