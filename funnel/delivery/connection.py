"""One ESMTP connection: greeting, TLS, log-in, commands and replies, and how much of a content has left."""

import base64
import contextlib
import re
import socket
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

_LONGEST_LINE = 4096
_LONGEST_REPLY = 200
_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_CODE = re.compile(rb"[2-5][0-9][0-9](?:[ -]|\r?\n|$)")


class SmtpError(Exception):
    """The connection cannot be used.

    SmtpError
    ├── Lost        it could not be made, or died
    ├── Doubtful    it died after a message's end had begun to leave
    └── Refused     the server does not let us in
    """


class Lost(SmtpError):
    """The connection could not be made, timed out, broke, or spoke no SMTP: worth another attempt."""


class Doubtful(SmtpError):
    """The connection broke after a content's end had begun to leave."""


class Refused(SmtpError):
    """The server does not offer what the URL asks for, or refused the log-in; `code` is its reply's, 0 if none."""

    def __init__(self, text: str, code: int = 0) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of the server: its code, and its text on one line."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail goes, from `smtp://`, `smtps://` or `smtp+starttls://[user:password@]host[:port]`."""

    host: str
    port: int
    security: str
    user: str
    password: str

    @classmethod
    def parse(cls, url: str) -> "Relay":
        """`ValueError` says what is wrong with the address; it never repeats the password."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("the relay's address is smtp://, smtps:// or smtp+starttls://[user:password@]host[:port]")
        relay = cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            security=parts.scheme,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )
        if relay.user and relay.security == "smtp" and not _loopback(parts):
            raise ValueError("a password needs smtps:// or smtp+starttls://; smtp:// would send it readable")
        return relay


def _loopback(parts: SplitResult) -> bool:
    with contextlib.suppress(ValueError):
        return ip_address(parts.hostname or "").is_loopback
    return parts.hostname == "localhost"


class Connection:
    """An open session after EHLO; `extensions` are the words the server offered, in capitals."""

    def __init__(self, relay: Relay, name: str, timeout: float, context: ssl.SSLContext | None) -> None:
        """Connect, secure, greet and log in. `Lost` or `Refused`; nothing stays open then."""
        self.extensions: dict[str, str] = {}
        self.used = False
        try:
            self._socket = socket.create_connection((relay.host, relay.port), timeout=timeout)
        except OSError as error:
            raise Lost(f"cannot reach {relay.host}:{relay.port}: {error}") from error
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open(relay, name, context)
        except SmtpError:
            self.drop()
            raise
        except OSError as error:
            self.drop()
            raise Lost(f"{relay.host}:{relay.port}: {error}") from error

    def _open(self, relay: Relay, name: str, context: ssl.SSLContext | None) -> None:
        if relay.security == "smtps":
            self._secure(relay, context)
        self._replies = self._socket.makefile("rb")
        greeting = self.read()
        if greeting.code != 220:
            raise Refused(f"greeting: {greeting}", greeting.code)
        self._greet(name)
        if relay.security == "smtp+starttls":
            if "STARTTLS" not in self.extensions:
                raise Refused(f"{relay.host} does not offer STARTTLS")
            self._expect("STARTTLS", 220)
            # What was sent before the handshake must not count as said inside it (CVE-2011-0411): a fresh buffer.
            self._replies.close()
            self._secure(relay, context)
            self._replies = self._socket.makefile("rb")
            self._greet(name)
        if relay.user:
            self._log_in(relay)

    def _secure(self, relay: Relay, context: ssl.SSLContext | None) -> None:
        self._socket = (context or ssl.create_default_context()).wrap_socket(self._socket, server_hostname=relay.host)

    def _greet(self, name: str) -> None:
        self.write(f"EHLO {name}\r\n".encode("ascii"))
        first, *offered = self._read_lines()
        if first[:3] != b"250":
            raise Refused(f"EHLO: {first.decode('ascii', 'replace').strip()}", int(first[:3]))
        words = [line[4:].decode("ascii", "replace").split() for line in offered]
        self.extensions = {word[0].upper(): " ".join(word[1:]) for word in words if word}

    def _log_in(self, relay: Relay) -> None:
        ways = self.extensions.get("AUTH", "").upper().split()
        if "PLAIN" in ways:
            secret = base64.b64encode(f"\0{relay.user}\0{relay.password}".encode()).decode()
            self._expect(f"AUTH PLAIN {secret}", 235)
        elif "LOGIN" in ways:
            self._expect("AUTH LOGIN", 334)
            self._expect(base64.b64encode(relay.user.encode()).decode(), 334)
            self._expect(base64.b64encode(relay.password.encode()).decode(), 235)
        else:
            raise Refused(f"{relay.host} offers no way to log in that we know (PLAIN, LOGIN)")

    def _expect(self, command: str, code: int) -> None:
        self.write(command.encode() + b"\r\n")
        reply = self.read()
        if reply.code != code:
            raise Refused(f"{command.split()[0]}: {reply}", reply.code)

    def write(self, data: bytes) -> None:
        """Send all of `data`; `Lost` when the connection broke."""
        self.send(data, len(data))

    def send(self, data: bytes, crucial: int) -> None:
        """Send all of `data`. When the connection breaks: `Doubtful` once byte `crucial` has left, else `Lost`."""
        view = memoryview(data)
        sent = 0
        try:
            while sent < len(view):
                sent += self._socket.send(view[sent:])
        except OSError as error:
            kind = Doubtful if sent > crucial else Lost
            raise kind(f"the connection broke: {error}") from error

    def _read_lines(self) -> list[bytes]:
        lines: list[bytes] = []
        try:
            while not lines or lines[-1][3:4] == b"-":
                line = self._replies.readline(_LONGEST_LINE)
                if not line.endswith(b"\n") or not _CODE.match(line) or len(lines) > 100:
                    raise Lost("the connection was closed" if not line else "the server does not speak SMTP")
                lines.append(line)
        except OSError as error:
            raise Lost(f"no reply: {error}") from error
        return lines

    def read(self) -> Reply:
        """The next reply, its lines joined; `Lost` when there is none."""
        lines = self._read_lines()
        text = " ".join(line[4:].decode("utf-8", "replace").strip() for line in lines)
        shown = "".join(character if character.isprintable() else " " for character in text)
        return Reply(int(lines[0][:3]), shown[:_LONGEST_REPLY])

    def quit(self) -> None:
        """Say good-bye and close; a connection that is dead already is simply closed."""
        with contextlib.suppress(SmtpError):
            self.write(b"QUIT\r\n")
            self.read()
        self.drop()

    def drop(self) -> None:
        """Close at once, whatever stands open."""
        if hasattr(self, "_replies"):
            self._replies.close()
        self._socket.close()
