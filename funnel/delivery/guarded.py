"""The one HTTP client for addresses that an operator or a rep configured: it does not let them reach inside.

A name is resolved once and the connection goes to that very address, so no second answer can slip in. Refused are
private, loopback, link-local, shared, reserved and multicast ranges (cloud metadata lives there), also inside IPv6
transition addresses, unless the host is on the operator's list. Redirects are checked again and bounded; so are the
reply's size and the time of the whole exchange. Only the resolver's own time-out bounds the name look-up.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import cast
from urllib.parse import SplitResult, urljoin, urlsplit

_NAT64 = IPv6Network("64:ff9b::/96")
_THIS_NETWORK = IPv4Network("0.0.0.0/8")
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536


class GuardedError(Exception):
    """A guarded call did not give a reply.

    GuardedError
    ├── AddressRefused    never: the address is not one we call
    │   └── NotOnTheWeb   ... it is not http:// or https:// with a host
    ├── TooMuch           never: the reply is larger, or redirected further, than allowed
    │   └── TooFar        ... redirected further
    └── Unreachable       try again: no name, no connection, a time-out, a broken reply
    """


class AddressRefused(GuardedError):
    """The address is malformed, or leads to a range that is not for outside calls."""


class NotOnTheWeb(AddressRefused):
    """The address is no web address, whatever it leads to."""


class TooMuch(GuardedError):
    """The reply went over its size, or over the number of redirects."""


class TooFar(TooMuch):
    """The address led from one to the next, over the number of redirects."""


class Unreachable(GuardedError):
    """The other side could not be reached in time, or broke off."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, headers by lower-case name, the body, and the address that gave it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of `url`."""

    method: str
    url: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class _Stream(io.RawIOBase):
    """Reads a socket until a deadline, however slowly it drips."""

    def __init__(self, wire: "_Wire") -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        return self._wire.receive(buffer)


class _Wire:
    """A socket as `http.client` wants it, in which every wait counts against one deadline."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket = connected
        self._deadline = deadline

    def _hurry(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for this call is over")
        self._socket.settimeout(left)

    def receive(self, buffer: object) -> int:
        self._hurry()
        return self._socket.recv_into(buffer)  # type: ignore[arg-type]  # RawIOBase hands over a writable buffer

    def sendall(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._hurry()
            view = view[self._socket.send(view) :]

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(_Stream(self))

    def close(self) -> None:
        """Nothing yet: `http.client` closes its socket while the reply is still to be read from it."""

    def hang_up(self) -> None:
        self._socket.close()


class GuardedClient:
    """Calls http and https addresses under limits. Without state; may be shared between threads."""

    def __init__(
        self,
        allowed_hosts: Collection[str] = (),
        *,
        seconds: float = 10.0,
        largest: int = 1_000_000,
        redirects: int = 3,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """`allowed_hosts` (names or addresses) may lie in private ranges. `seconds` is for a whole call with its
        redirects, `largest` the bytes of a reply's body."""
        self._allowed = {host.casefold().strip("[]") for host in allowed_hosts}
        self._seconds = seconds
        self._largest = largest
        self._redirects = redirects
        self._given_context = context

    @cached_property
    def _context(self) -> ssl.SSLContext:
        """Made when it is first needed: reading every authority of the machine takes long, and few processes call."""
        return self._given_context or ssl.create_default_context()

    def call(self, request: Request) -> Answer:
        """The reply of `request`, after its redirects. Raises the tree of `GuardedError`."""
        deadline = time.monotonic() + self._seconds
        for _ in range(self._redirects + 1):
            answer = self._once(request, deadline)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not target or not self._redirects:
                return answer
            request = _redirected(request, answer.status, urljoin(request.url, target))
        raise TooFar(f"more than {self._redirects} redirects")

    def _once(self, request: Request, deadline: float) -> Answer:
        parts = _checked_url(request.url)
        host = parts.hostname or ""
        port = parts.port or _PORTS[parts.scheme]
        address = self._resolve(host, port)
        connection = http.client.HTTPConnection(host, port)
        wire: _Wire | None = None
        try:
            wire = self._connect(parts.scheme, host, port, address, deadline)
            connection.sock = cast(socket.socket, wire)
            connection.auto_open = 0
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            default = port == _PORTS[parts.scheme]
            shown = f"[{host}]" if ":" in host else host
            headers = {"Host": shown if default else f"{shown}:{port}", "Connection": "close", **request.headers}
            connection.request(request.method, path, request.body, headers)
            reply = connection.getresponse()
            body = self._body(reply)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"{host}: {type(error).__name__}: {error}") from error
        except ValueError as error:
            raise AddressRefused(f"{host}: {error}") from error
        finally:
            connection.close()
            if wire is not None:
                wire.hang_up()
        found = {name.lower(): value for name, value in reply.getheaders()}
        return Answer(reply.status, found, body, request.url)

    def _resolve(self, host: str, port: int) -> str:
        """The address that will be called: the name's first. Refused if any of its addresses is inside."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"{host}: no such name: {error}") from error
        addresses = [str(entry[4][0]) for entry in found]
        if host.casefold() not in self._allowed:
            for address in addresses:
                if not is_outside(address):
                    raise AddressRefused(f"{host} leads to {address}, which is not for outside calls")
        return addresses[0]

    def _connect(self, scheme: str, host: str, port: int, address: str, deadline: float) -> _Wire:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for this call is over")
        connected = socket.create_connection((address, port), timeout=left)
        if scheme == "https":
            try:
                connected = self._context.wrap_socket(connected, server_hostname=host)
            except OSError:
                connected.close()
                raise
        return _Wire(connected, deadline)

    def _body(self, reply: http.client.HTTPResponse) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while piece := reply.read(_CHUNK):
            size += len(piece)
            if size > self._largest:
                raise TooMuch(f"the reply is larger than {self._largest} bytes")
            pieces.append(piece)
        return b"".join(pieces)


def is_outside(address: str) -> bool:
    """Whether an IP address is one of the public internet, looked at through IPv6 transition addresses."""
    found = ip_address(address.split("%")[0])
    if isinstance(found, IPv6Address):
        inner = _inner(found)
        if inner is not None:
            return is_outside(str(inner))
    elif found in _THIS_NETWORK:
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _checked_url(url: str) -> SplitResult:
    if any(ord(letter) <= 0x20 or ord(letter) >= 0x7F for letter in url):
        raise AddressRefused("the address holds spaces, control characters or letters that need encoding")
    try:
        parts = urlsplit(url)
        known = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise AddressRefused(f"not an address: {error}") from error
    if not known:
        raise NotOnTheWeb("the address is not http:// or https:// with a host")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("the address holds a user or password")
    return parts


def _redirected(request: Request, status: int, url: str) -> Request:
    """RFC 9110, 15.4: 307 and 308 repeat the request, the others ask with GET. Headers stay with their host."""
    old, new = urlsplit(request.url), urlsplit(url)
    same = (old.scheme, old.netloc) == (new.scheme, new.netloc)
    kept = replace(request, url=url, headers=request.headers if same else {})
    if status in (307, 308) or request.method in ("GET", "HEAD"):
        return kept
    return replace(kept, method="GET", body=None)
