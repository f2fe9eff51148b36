"""A real SMTP sink on aiosmtpd that keeps every accepted message in a ledger; for `funnel up` and for tests.

It behaves as a local part says, so that a test needs no knob beside the address (and only here):

    refuse+550@...   RCPT is answered with that code, 400 to 599
    reject+451@...   the content is answered with that code, and not kept
    vanish@...       the connection is dropped after the content arrived, before a reply; nothing is kept
    swallow@...      the content is kept, then the connection is dropped without a reply
    stall@...        the content is kept, and the reply to the first one never comes
"""

import asyncio
import contextlib
import logging
import re
import signal
from collections.abc import Callable
from pathlib import Path

from aiosmtpd.controller import Controller, UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from funnel.delivery.ledger import Recorder

_LARGEST = 33_554_432
_IDLE_SECONDS = 300
_BEHAVIOUR = re.compile(
    r"(?P<what>refuse|reject)\+(?P<code>[45][0-9]{2})@|(?P<drop>vanish|swallow|stall)@", re.IGNORECASE
)
_PLAIN_PATH = re.compile(r"<([A-Za-z0-9._+=-]{1,64}@[A-Za-z0-9.-]{1,200})>(.*)$", re.DOTALL)


class _Keeper:
    """aiosmtpd's handler: what is done with recipients and contents."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._stalled: set[str] = set()

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer PIPELINING beside SIZE, 8BITMIME and SMTPUTF8: the line reader has always honoured it."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, or refuse as its local part says."""
        behaviour = _BEHAVIOUR.match(address)
        if behaviour and behaviour["what"] and behaviour["what"].lower() == "refuse":
            return f"{behaviour['code']} refused, as the address asks"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message, then say so."""
        content = envelope.content
        raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content or b""
        behaviour = next(filter(None, map(_BEHAVIOUR.match, envelope.rcpt_tos)), None)
        if behaviour and behaviour["what"]:
            return f"{behaviour['code']} refused, as the address asks"
        drop = behaviour["drop"].lower() if behaviour else ""
        number = 0
        if drop != "vanish":
            number = self._recorder.keep(envelope.mail_from or "", envelope.rcpt_tos, raw)
        if drop == "stall":
            if self._stalled.isdisjoint(envelope.rcpt_tos):
                self._stalled.update(envelope.rcpt_tos)
                await asyncio.sleep(_IDLE_SECONDS)
        elif drop and server.transport is not None:
            server.transport.abort()  # type: ignore[attr-defined]
        return f"250 OK kept as {number}"


class _Session(SMTP):
    """aiosmtpd's session, which reads a content in one go: line by line it is several times slower at 10 KB."""

    line_length_limit = _LARGEST

    def __init__(self, keeper: _Keeper) -> None:
        self._answers: list[bytes] = []
        super().__init__(
            keeper,
            data_size_limit=_LARGEST,
            enable_SMTPUTF8=True,
            hostname="sink.localhost",
            timeout=_IDLE_SECONDS,
        )

    async def push(self, status: str | bytes) -> None:
        """Answer; good news to commands that came in one packet goes back in one, a good-bye before the door shuts."""
        answer = status.encode() if isinstance(status, str) else status
        self._answers.append(answer)
        if not answer.startswith((b"250", b"354")):
            self._flush()
        elif len(self._answers) == 1:
            self.loop.call_soon(self._flush)

    def _flush(self) -> None:
        answers, self._answers = self._answers, []
        if answers and self.transport is not None and not self.transport.is_closing():
            self._writer.write(b"".join(answer + b"\r\n" for answer in answers))

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """A plain address in angle brackets without the grammar of RFC 5322 headers, which takes a third of a mail's
        time; whatever else is read as aiosmtpd does."""
        plain = _PLAIN_PATH.match(arg or "")
        return (plain[1], plain[2]) if plain else super()._getaddr(arg)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Read up to the lone dot, undo dot-stuffing, and ask the handler."""
        if await self.check_helo_needed() or self.envelope is None:
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = b""
        while content != b".\r\n" and not content.endswith(b"\r\n.\r\n"):
            try:
                content += await self._reader.readuntil(b".\r\n")
            except asyncio.LimitOverrunError:
                self._writer.close()
                return
            if len(content) > _LARGEST:
                await self.push("552 Error: Too much mail data")
                self._writer.close()
                return
        lines = content[:-3]
        self.envelope.content = self.envelope.original_content = (
            lines[1:] if lines.startswith(b".") else lines
        ).replace(b"\r\n.", b"\r\n")
        status = await self._call_handler_hook("DATA")
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        await self.push(status)


class Sink(Controller):
    """The sink in a thread of this process. Port 0 takes a free one; `url` says where it listens after `start`."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", port: int = 0) -> None:
        self._recorder = Recorder(folder)
        self._keeper = _Keeper(self._recorder)
        super().__init__(self._keeper, hostname=host, port=port)

    def factory(self) -> SMTP:
        """A session for a connection."""
        return _Session(self._keeper)

    @property
    def url(self) -> str:
        """Where mails go: the postman's address."""
        return f"smtp://{self.hostname}:{self.port}"

    def _trigger_server(self) -> None:
        if self.server is not None and not self.port:
            self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        super()._trigger_server()  # type: ignore[no-untyped-call]

    def stop(self, no_assert: bool = False) -> None:
        """Stop listening, drop the connections, close the ledger."""
        super().stop(no_assert)
        self._recorder.close()


class _Server(UnthreadedController):
    def __init__(self, recorder: Recorder, host: str, port: int, loop: asyncio.AbstractEventLoop) -> None:
        self._keeper = _Keeper(recorder)
        super().__init__(self._keeper, hostname=host, port=port, loop=loop)

    def factory(self) -> SMTP:
        return _Session(self._keeper)


def run(host: str, port: int, folder: Path, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGTERM or SIGINT: the main of a process. `OSError` when the port is taken."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # else it notes every recipient for good
    recorder = Recorder(folder)
    loop = asyncio.new_event_loop()
    server = _Server(recorder, host, port, loop)
    server.begin()  # type: ignore[no-untyped-call]
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, loop.stop)
    ready()
    try:
        loop.run_forever()
    finally:
        server.end()  # type: ignore[no-untyped-call]
        for task in asyncio.all_tasks(loop):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        recorder.close()
