"""What people type about themselves, made safe and comparable: e-mail addresses, names, short texts.

Telephone numbers are read where their library may be: above the domain.
"""

import re
import unicodedata

LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
LONGEST_LOCAL_PART = 64

_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})

# fmt: off
_COMMON_DOMAINS = (
    "gmail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "yahoo.com", "yahoo.fr", "icloud.com",
    "live.com", "live.fr", "msn.com", "aol.com", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr",
    "neuf.fr", "bbox.fr", "numericable.fr", "gmx.com", "gmx.fr", "gmx.de", "web.de", "t-online.de", "proton.me",
    "protonmail.com", "googlemail.com", "hotmail.co.uk", "yahoo.co.uk", "btinternet.com",
)
"""What people mean when they mistype, the most common first."""

_ALSO_TRUE = frozenset({
    "mail.com", "email.com", "ymail.com", "rocketmail.com", "gmx.net", "gmx.at", "gmx.ch", "me.com", "mac.com",
    "orange.com", "free.org", "aliceadsl.fr", "club-internet.fr", "cegetel.net", "hotmail.de", "hotmail.it",
    "hotmail.es", "hotmail.be", "hotmail.nl", "hotmail.ch", "hotmail.ca", "hotmail.gr", "hotmail.fi", "outlook.de",
    "outlook.it", "outlook.es", "outlook.be", "outlook.pt", "live.be", "live.nl", "live.it", "live.de", "live.ca",
    "live.co.uk", "yahoo.de", "yahoo.it", "yahoo.es", "yahoo.gr", "yahoo.fi", "yahoo.ca", "yahoo.in", "yahoo.co",
    "yahoo.com.br", "yahoo.co.in", "yahoo.co.jp", "aol.fr", "aol.de", "aol.co.uk", "pm.me", "protonmail.ch", "mail.ru",
    "email.cz",
})
"""Domains of real providers that look like a slip of another one."""
# fmt: on


def clean_text(text: str, limit: int | None = None, *, lines: bool = False) -> str | None:
    """The text in NFC without outer space, or none when it cannot be taken.

    Refused: more than `limit` characters; control characters, line ends and unpaired surrogates; the invisible marks
    that reverse the direction of writing; encoded words (`=?...?=`, RFC 2047), which a mail header would decode
    (CVE-2024-6923). With `lines`, line feeds and tabs may stay, and CR LF becomes LF.
    """
    if lines:
        text = text.replace("\r\n", "\n")
    text = unicodedata.normalize("NFC", text).strip()
    if limit is not None and len(text) > limit:
        return None
    allowed = "\n\t" if lines else ""
    # What Python calls printable holds none of these; it is asked first, since nearly every text is.
    if not text.isprintable() and any(
        (unicodedata.category(c) in _UNPRINTABLE and c not in allowed) or c in _BIDI_CONTROLS for c in text
    ):
        return None
    return None if _has_encoded_word(text) else text


def normal_email(text: str) -> str | None:
    """The one form of an address that identifies a lead, or none when it is not an address.

    All lower case; the domain in ASCII (IDNA 2008: `bücher.de` is `xn--bcher-kva.de`). Quoted local parts, address
    literals, domains without a dot and local parts beyond ASCII (few relays carry SMTPUTF8) are refused.
    """
    local, _, domain = text.strip().rpartition("@")
    # `isascii` before `lower`: some letters beyond ASCII have their lower case within it (the Kelvin sign).
    if not local.isascii() or len(local) > LONGEST_LOCAL_PART:
        return None
    local = local.lower()
    if not _LOCAL_PART.fullmatch(local) or _has_encoded_word(local):
        return None
    ascii_domain = _ascii_domain(domain)
    if ascii_domain is None or len(local) + 1 + len(ascii_domain) > LONGEST_EMAIL:
        return None
    return f"{local}@{ascii_domain}"


def suggest_email(text: str) -> str | None:
    """The address that was probably meant (`anna@gmial.con` -> `anna@gmail.com`), or none when nothing looks wrong."""
    local, _, domain = text.strip().lower().rpartition("@")
    if not domain or len(domain) > 30 or domain in _COMMON_DOMAINS or domain in _ALSO_TRUE:
        return None
    distance, meant = min(((_slips(domain, common), common) for common in _COMMON_DOMAINS), key=lambda found: found[0])
    return normal_email(f"{local}@{meant}") if distance < _TOO_FAR else None


_TOO_FAR = 9


def _slips(typed: str, common: str) -> int:
    """How many slips lie between what was typed and a common domain; `_TOO_FAR` when it is rather another domain.

    Short names are only mended behind the dot: `fred.fr` is not `free.fr`.
    """
    name, _, suffix = common.partition(".")
    typed_name, _, typed_suffix = typed.partition(".")
    if name == "gmail" and typed_name == name:  # it has no other country
        return 1
    allowed = 0 if len(name) < 5 else 1 if len(name) < 7 else 2
    if abs(len(typed) - len(common)) > allowed + 1:  # most domains end here, before anything is compared
        return _TOO_FAR
    in_name = _edits(typed_name, name)
    if in_name <= allowed and (in_suffix := _edits(typed_suffix, suffix)) <= 1:
        return in_name + in_suffix
    # A slip at the dot itself: `gmailcom`, `gmail,com`.
    whole = _edits(typed, common) if allowed and typed_suffix != suffix else _TOO_FAR
    return whole if whole <= 1 else _TOO_FAR


def _edits(one: str, other: str) -> int:
    """Letters to insert, drop, change or swap with their neighbour (optimal string alignment distance)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _ascii_domain(domain: str) -> str | None:
    labels = [_ascii_label(label) for label in domain.lower().split(".")]
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return None
    return ".".join(labels)


def _ascii_label(label: str) -> str:
    """The label as DNS knows it; empty for what no domain can hold. The standard library's `idna` codec is that of
    2003 and would send `straße.de` its mail at `strasse.de`, which is somebody else."""
    label = unicodedata.normalize("NFC", label)
    if label.isascii():
        return label
    if len(label) > 63 or not all(unicodedata.category(c)[0] in "LMN" or c == "-" for c in label):
        return ""
    return "xn--" + label.encode("punycode").decode("ascii")


def _has_encoded_word(text: str) -> bool:
    start = text.find("=?")
    return start >= 0 and text.find("?=", start + 2) >= 0
