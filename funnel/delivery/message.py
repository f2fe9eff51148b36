"""A letter becomes bytes: spliced, not by the stdlib builder (60 times slower); the same letter gives the same bytes.

RFC 5322 lines and header order, RFC 2047 encoded words, RFC 2045 quoted-printable and base64, RFC 2231 file names,
RFC 2046 nesting: multipart/mixed [multipart/alternative [text, HTML, text/calendar], attachments]. Control
characters are refused in every value, also behind encoded words, and the finished header bytes are looked at once
more (CVE-2024-6923).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from email_validator import EmailNotValidError, validate_email

from funnel.delivery.errors import BadHeader
from funnel.ports import Attachment, Letter, Wire

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@]{1,400}@[^\s<>()\[\]\\,;:\"@]{1,400}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+", re.IGNORECASE)
_METHOD = re.compile(r"[A-Z]{1,20}")
_HEADERS = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]*: ?[^\r\n\x00]*\r\n(?: [^\r\n\x00]+\r\n)*)+")
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")
_LINE, _WORD = 76, 60
_OURS = re.compile(
    "from|to|cc|bcc|sender|subject|date|message-id|reply-to|list-unsubscribe|list-unsubscribe-post|mime-version|"
    "content-type|content-transfer-encoding|content-language|return-path|received",
    re.IGNORECASE,
)


def message_id(key: str, domain: str) -> str:
    """The Message-ID of an outbox key, by SHA-256: a repeated send carries the same one."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def one_line(text: str) -> str:
    """`text` without line breaks and other control characters, its white space single: fit for a subject."""
    return " ".join(_CONTROL.sub(" ", text).split())


def build(letter: Letter) -> Wire:
    """Encode `letter`. `BadHeader` (a `ValueError`) when a value or an address cannot stand in a header."""
    sender, recipient = _address(letter.sender[1]), _address(letter.to[1])
    head = [
        _mailbox("From", letter.sender[0], sender),
        _mailbox("To", letter.to[0], recipient),
        _header("Subject", letter.subject),
        f"Date: {_date(letter.date)}",
        f"Message-ID: {_identity(letter.message_id)}",
    ]
    if letter.reply_to:
        head.append(_mailbox("Reply-To", letter.reply_to[0], _address(letter.reply_to[1])))
    if letter.one_click:
        head.append(_link("List-Unsubscribe", letter.one_click))
        head.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    extra = {"Auto-Submitted": "auto-generated", **letter.headers}
    head += [_extra(name, value) for name, value in extra.items()]
    if letter.language:
        head.append(_header("Content-Language", letter.language))
    head.append("MIME-Version: 1.0\r\n")
    content = _checked("\r\n".join(head).encode()) + _body(letter)
    return Wire(sender, recipient, content, hashlib.sha256(content).hexdigest())


def _checked(head: bytes) -> bytes:
    """The last look at what will really be sent: whole header lines and folds, no bare CR, LF or NUL."""
    if not _HEADERS.fullmatch(head):
        raise BadHeader("the serialized header holds a line that is no header")
    return head


def _refuse_control(name: str, value: str) -> None:
    if _CONTROL.search(value):
        raise BadHeader(f"control characters in {name}")
    if "=?" not in value:
        return
    try:
        words = decode_header(value)
        decoded = "".join(part if isinstance(part, str) else part.decode(code or "ascii") for part, code in words)
    except (HeaderParseError, LookupError, UnicodeDecodeError, binascii.Error) as error:
        raise BadHeader(f"unreadable encoded words in {name}") from error
    if _CONTROL.search(decoded):
        raise BadHeader(f"control characters in {name}, behind an encoded word")


@lru_cache(maxsize=256)
def _address(address: str) -> str:
    """`address`, its domain in ASCII where it was not (IDNA). `BadHeader` when it is none."""
    if not _ADDRESS.fullmatch(address) or _CONTROL.search(address) or "=?" in address or len(address) > 254:
        raise BadHeader(f"not an e-mail address: {address[:80]!r}")
    if address.isascii():
        return address
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadHeader(f"not an e-mail address: {address[:80]!r}: {error}") from error
    return checked.ascii_email or f"{checked.local_part}@{checked.ascii_domain}"


@lru_cache(maxsize=256)
def _header(name: str, value: str) -> str:
    _refuse_control(name, value)
    if not value.isascii() or "=?" in value:
        return f"{name}: {_encoded(value, len(name) + 2)}"
    if len(name) + 2 + len(value) <= _LINE and value == value.strip():
        return f"{name}: {value}"
    words = value.split(" ")
    if "" in words or max(map(len, words)) > _LINE:
        return f"{name}: {_encoded(value, len(name) + 2)}"
    return f"{name}: {_folded(words, len(name) + 2)}"


def _folded(words: Iterable[str], used: int) -> str:
    out: list[str] = []
    for word in words:
        if out and used + 1 + len(word) > _LINE:
            out.append("\r\n " + word)
            used = 1 + len(word)
        else:
            out.append(" " + word if out else word)
            used += len(word) + bool(len(out) > 1)
    return "".join(out)


def _encoded(text: str, used: int) -> str:
    """RFC 2047: `text` as encoded words, whole characters each, folded; the shorter of B and Q."""
    raw = text.encode()
    plain = sum(byte in _PLAIN or byte == 0x20 for byte in raw)
    by_q = plain + 3 * (len(raw) - plain) <= len(raw) * 4 // 3
    words: list[str] = []
    chunk: list[bytes] = []
    size = 0
    # 12 characters are `=?utf-8?q??=`; the first word shares its line with the header's name.
    room = max(_LINE - used - 12, 12)
    for character in text:
        piece = _q(character.encode()) if by_q else character.encode()
        if size + len(piece) > (room if by_q else room * 3 // 4 - 3):
            words.append(_word(b"".join(chunk), by_q))
            chunk, size, room = [], 0, _WORD
        chunk.append(piece)
        size += len(piece)
    words.append(_word(b"".join(chunk), by_q))
    return "\r\n ".join(words)


def _q(raw: bytes) -> bytes:
    return b"".join(b"_" if byte == 0x20 else bytes((byte,)) if byte in _PLAIN else b"=%02X" % byte for byte in raw)


def _word(chunk: bytes, by_q: bool) -> str:
    coded = chunk if by_q else binascii.b2a_base64(chunk, newline=False)
    return f"=?utf-8?{'q' if by_q else 'b'}?{coded.decode()}?="


@lru_cache(maxsize=256)
def _mailbox(header: str, name: str, address: str) -> str:
    _refuse_control(header, name)
    if not name.strip():
        return f"{header}: {address}"
    if not name.isascii() or "=?" in name or len(name) > _WORD:
        shown = _encoded(name, len(header) + 2)
    elif _ATOMS.fullmatch(name):
        shown = name
    else:
        shown = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    last = len(header) + 2 + len(shown) if "\r\n" not in shown else len(shown) - shown.rindex("\r\n") - 2
    return f"{header}: {shown}{' ' if last + len(address) + 3 <= _LINE else chr(13) + chr(10) + ' '}<{address}>"


def _date(at: datetime) -> str:
    if at.tzinfo is None:
        raise BadHeader("the Date needs a zone")
    return _second(at.astimezone(UTC).replace(microsecond=0))


@lru_cache(maxsize=16)
def _second(at: datetime) -> str:
    return format_datetime(at)


def _identity(value: str) -> str:
    bare = value.removeprefix("<").removesuffix(">")
    if not _ADDRESS.fullmatch(bare) or not bare.isascii() or _CONTROL.search(bare) or "=?" in bare:
        raise BadHeader(f"not a Message-ID: {value[:80]!r}")
    return f"<{bare}>"


def _link(name: str, url: str) -> str:
    _refuse_control(name, url)
    if not re.fullmatch(r"https?://[!-;=?-~]{1,900}", url):
        raise BadHeader(f"{name} needs an absolute address without spaces: {url[:80]!r}")
    return f"{name}: <{url}>"


def _extra(name: str, value: str) -> str:
    if not _NAME.fullmatch(name) or _OURS.fullmatch(name):
        raise BadHeader(f"not a header that may be added: {name[:60]!r}")
    return _header(name, value)


def _qp(text: str) -> bytes:
    return b"\r\n".join(map(_qp_line, text.replace("\r\n", "\n").replace("\r", "\n").split("\n")))


@lru_cache(maxsize=2048)
def _qp_line(line: str) -> bytes:
    """One line. Most lines of a mail are its template's, the same for everyone: they are encoded once (5 times as
    quick for a compiled template; without it, encoding is more than half of the whole building)."""
    return binascii.b2a_qp(line.encode(), istext=True).replace(b"\n", b"\r\n")


def _text_part(subtype: str, text: str) -> bytes:
    return b"Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%s\r\n" % (
        subtype.encode(),
        _qp(text),
    )


def _base64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def _invitation_part(method: str, content: bytes) -> bytes:
    if not _METHOD.fullmatch(method):
        raise BadHeader(f"not an iCalendar method: {method[:20]!r}")
    return b"Content-Type: text/calendar; charset=utf-8; method=%s\r\nContent-Transfer-Encoding: base64\r\n\r\n%s" % (
        method.encode(),
        _base64(content),
    )


def _attachment_part(attachment: Attachment) -> bytes:
    _refuse_control("a file's name", attachment.name)
    if not _TYPE.fullmatch(attachment.content_type):
        raise BadHeader(f"not a content type: {attachment.content_type[:60]!r}")
    if not 0 < len(attachment.name.encode()) <= 255:
        raise BadHeader(f"a file's name needs 1 to 255 bytes: {attachment.name[:60]!r}")
    safe = re.fullmatch(r"[A-Za-z0-9._ -]{1,60}", attachment.name)
    name = f'filename="{attachment.name}"' if safe else f"filename*=utf-8''{quote(attachment.name, safe='')}"
    head = (
        f"Content-Type: {attachment.content_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {name}\r\n"
    )
    return _checked(head.encode()) + b"\r\n" + _base64(attachment.content)


def _multipart(kind: str, boundary: str, parts: Iterable[bytes]) -> bytes:
    # `=_` cannot come about in quoted-printable or base64, so the boundary is never found inside a part.
    mark = f"--{boundary}".encode()
    head = f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    return head + b"".join(mark + b"\r\n" + part for part in parts) + mark + b"--\r\n"


def _body(letter: Letter) -> bytes:
    boundary = "=_" + hashlib.sha256(letter.message_id.encode()).hexdigest()[:32]
    parts = [_text_part("plain", letter.text), _text_part("html", letter.html)]
    if letter.invitation:
        parts.append(_invitation_part(*letter.invitation))
    alternative = _multipart("alternative", boundary, parts)
    if not letter.attachments:
        return alternative
    parts = [alternative, *map(_attachment_part, letter.attachments)]
    return _multipart("mixed", boundary.replace("_", "_m", 1), parts)
