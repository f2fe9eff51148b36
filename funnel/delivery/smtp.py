"""The Postman: carries built messages over one kept ESMTP connection, pipelined where the server offers it.

RFC 5321, RFC 2920: MAIL, RCPT and DATA leave in one write, and the next message's envelope rides behind the content
of the one before, so a message costs one round trip. An envelope says nothing yet: a message has *begun* when its
content leaves, and is *in doubt* only if the connection dies between its final dot and the reply.
"""

import re
import socket
import ssl
import time
from collections.abc import Callable, Generator, Sequence

from funnel.delivery.connection import Connection, Doubtful, Lost, Refused, Relay, Reply, SmtpError
from funnel.ports import Result, Wire

_TIMEOUT = 30.0
_CLOSING = 421


_GRACE = 40.0
"""Seconds after the window's end in which a content may still begin: beyond it the row's lease may be another's."""


def _nobody(_: int) -> None:
    return None


def _nothing(_: int, __: str) -> None:
    return None


def _always(_: int) -> bool:
    return True


def result_of(reply: Reply) -> Result:
    """2xx accepted, 5xx permanent, anything else temporary."""
    if 200 <= reply.code < 300:
        return Result("accepted", str(reply))
    return Result("permanent" if reply.code >= 500 else "temporary", str(reply))


def stuffed(content: bytes) -> bytes:
    """`content` with dots doubled at the heads of lines, ending in CRLF (RFC 5321, 4.5.2), without the last dot."""
    done = content.replace(b"\r\n.", b"\r\n..")
    if done.startswith(b"."):
        done = b"." + done
    return done if done.endswith(b"\r\n") else done + b"\r\n"


class SmtpPostman:
    """`funnel.ports.Postman` over SMTP. Not for several threads at once; `close` says good-bye to the server."""

    def __init__(
        self,
        url: str,
        *,
        name: str = "",
        timeout: float = _TIMEOUT,
        context: ssl.SSLContext | None = None,
        on_begun: Callable[[int], None] = _nobody,
        on_accepted: Callable[[int, str], None] = _nothing,
    ) -> None:
        """`name` greets the server (default: this host's); `timeout` in seconds is for each wait; the hooks are called
        just before a content leaves and just after its acceptance was read, before the result is yielded."""
        self._relay = Relay.parse(url)
        self._name = re.sub(r"[^A-Za-z0-9.-]", "-", name or socket.gethostname()) or "localhost"
        self._timeout = timeout
        self._context = context
        self._on_begun = on_begun
        self._on_accepted = on_accepted
        self._connection: Connection | None = None
        self._unfinished = False
        """Whether the server still holds an envelope that the next one must clear by RSET."""

    def carry(
        self, batch: Sequence[tuple[int, Wire]], until: float, still: Callable[[int], bool] = _always
    ) -> Generator[tuple[int, Result], None, None]:
        """Send each (outbox id, message) in order and yield its result; what is not begun at `until` is not yielded,
        but for a message that the server was slow to take an envelope for, and that may `still` begin.

        When the server cannot be reached, every message of the batch is temporary, after one attempt to connect.
        """
        ahead = False  # whether the server waits for a content: an envelope of ours is open there
        down: Result | None = None
        try:
            for place, (number, wire) in enumerate(batch):
                if time.monotonic() >= until:
                    return
                if down is None:
                    try:
                        refusal = self._announce(wire, ahead)
                    except SmtpError as error:
                        self._drop()
                        down = Result("temporary", str(error))
                ahead = False
                if time.monotonic() >= until + _GRACE:
                    self._drop()  # the server took too long over the envelope: nothing has been begun
                    return
                if down is not None:
                    yield number, down
                    continue
                if refusal is not None:
                    yield number, refusal
                    continue
                if time.monotonic() >= until and not still(number):
                    self._drop()  # the server waits for a content that must not begin any more
                    return
                ahead = True
                following = batch[place + 1][1] if place + 1 < len(batch) and time.monotonic() < until else None
                result, ahead = self._hand_over(number, wire, following)
                yield number, result
        finally:
            if ahead:
                self._drop()

    def close(self) -> None:
        """End the session."""
        if self._connection is not None:
            self._connection.quit()
            self._connection = None

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.drop()
            self._connection = None
        self._unfinished = False

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(self._relay, self._name, self._timeout, self._context)
            self._unfinished = False
        return self._connection

    def _announce(self, wire: Wire, ahead: bool) -> Result | None:
        """Have the server ready for the content: none, or why it will not have it. `SmtpError` when it cannot be
        reached. A kept connection may have been closed meanwhile: then once more on a new one."""
        kept = self._connection is not None
        try:
            return self._envelope(self._connected(), wire, ahead)
        except SmtpError:
            self._drop()
            if not kept:
                raise
        return self._envelope(self._connected(), wire, False)

    def _envelope(self, connection: Connection, wire: Wire, ahead: bool) -> Result | None:
        unfit = _unfit(connection, wire)
        if unfit is not None:
            return unfit
        commands = self._commands(connection, wire)
        clearing = self._unfinished
        if ahead or "PIPELINING" in connection.extensions:
            if not ahead:
                connection.write(b"".join(commands))
            replies = [_read(connection) for _ in commands]
        else:
            replies = []
            for command in commands:
                connection.write(command)
                replies.append(_read(connection))
                if replies[-1].code >= 400:
                    break
        self._unfinished = False
        wanted = replies[1:] if clearing else replies
        refused = next((reply for reply in wanted if reply.code >= 400), None)
        if refused is None:
            return None
        if wanted[-1].code == 354:
            # It waits for a content although it refused sender or recipient: an empty one ends that (RFC 2920, 3.1).
            connection.write(b".\r\n")
            _read(connection)
        else:
            self._unfinished = True
        return result_of(refused)

    def _commands(self, connection: Connection, wire: Wire) -> list[bytes]:
        options = f" SIZE={len(wire.content)}" if "SIZE" in connection.extensions else ""
        if not (wire.sender + wire.recipient).isascii():
            options += " SMTPUTF8"
        commands = [f"MAIL FROM:<{wire.sender}>{options}\r\n", f"RCPT TO:<{wire.recipient}>\r\n", "DATA\r\n"]
        if self._unfinished:
            commands.insert(0, "RSET\r\n")
        return [command.encode() for command in commands]

    def _hand_over(self, number: int, wire: Wire, following: Wire | None) -> tuple[Result, bool]:
        """Send the content, and behind it the next envelope; the result, and whether that envelope is on its way."""
        connection = self._connected()
        content = stuffed(wire.content)
        ahead = following is not None and "PIPELINING" in connection.extensions and not _unfit(connection, following)
        behind = b"".join(self._commands(connection, following)) if ahead and following is not None else b""
        self._on_begun(number)
        try:
            connection.send(content + b".\r\n" + behind, crucial=len(content))
        except Lost as error:
            self._drop()
            return Result("temporary", str(error)), False
        except Doubtful as error:
            return self._last_word(connection, number, str(error)), False
        try:
            reply = connection.read()
        except SmtpError as error:
            self._drop()
            return Result("unknown", str(error)), False
        result = result_of(reply)
        if result.outcome == "accepted":
            self._on_accepted(number, result.reply)
        elif reply.code == _CLOSING:
            self._drop()
            ahead = False
        return result, ahead

    def _last_word(self, connection: Connection, number: int, why: str) -> Result:
        """Writing broke behind the final dot: the reply may have come all the same."""
        try:
            result = result_of(connection.read())
        except SmtpError:
            result = Result("unknown", why)
        if result.outcome == "accepted":
            self._on_accepted(number, result.reply)
        self._drop()
        return result


def _read(connection: Connection) -> Reply:
    reply = connection.read()
    if reply.code == _CLOSING:
        raise Refused(str(reply), _CLOSING)
    return reply


def _unfit(connection: Connection, wire: Wire) -> Result | None:
    """Why this server can never take this message, by what it offers."""
    if any(character in "\r\n\0<> " for character in wire.sender + wire.recipient):
        return Result("permanent", "the envelope's address carries characters that end a command")
    if not (wire.sender + wire.recipient).isascii() and "SMTPUTF8" not in connection.extensions:
        return Result("permanent", "the address is not ASCII and the relay does not offer SMTPUTF8")
    limit = connection.extensions.get("SIZE", "")
    if limit.isdigit() and 0 < int(limit) < len(wire.content):
        return Result("permanent", f"the message has {len(wire.content)} bytes, the relay takes {limit}")
    return None
