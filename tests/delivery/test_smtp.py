"""The postman, against the real sink and against servers that misbehave at a chosen moment."""

import base64
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from funnel.delivery.connection import Relay
from funnel.delivery.ledger import Ledger
from funnel.delivery.message import build, message_id
from funnel.delivery.sink import Sink
from funnel.delivery.smtp import SmtpPostman, stuffed
from funnel.ports import Letter, Result, Wire
from tests.delivery.servers import Script, certificate, content, greet, line, script

SOON = 30.0


def wire(to: str = "lead@example.org", text: str = "Hello\n") -> Wire:
    return build(
        Letter(
            message_id=message_id(to + text, "example.org"),
            date=datetime(2026, 11, 21, tzinfo=UTC),
            sender=("Acme", "hello@example.org"),
            to=("", to),
            subject="Hello",
            html="<p>x</p>",
            text=text,
            language="en",
        )
    )


class Office:
    """Makes postmen and closes them in the end."""

    def __init__(self) -> None:
        self._made: list[SmtpPostman] = []

    def __call__(self, url: str, **named: Any) -> SmtpPostman:
        self._made.append(SmtpPostman(url, **named))
        return self._made[-1]

    def to(self, server: Script, timeout: float = 5.0) -> SmtpPostman:
        return self(f"smtp://127.0.0.1:{server.port}", timeout=timeout)

    def close(self) -> None:
        for postman in self._made:
            postman.close()


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office()
    yield made
    made.close()


def carry(postman: SmtpPostman, *wires: Wire) -> list[tuple[int, str]]:
    found = postman.carry(list(enumerate(wires)), time.monotonic() + SOON)
    return [(number, result.outcome) for number, result in found]


def test_a_batch_arrives_byte_for_byte_and_in_order(office: Office, sink: Sink, tmp_path: Path) -> None:
    sent = [wire(f"lead{i}@example.org", ".dot\n..\n" * i) for i in range(30)]
    postman = office(sink.url)
    assert carry(postman, *sent) == [(i, "accepted") for i in range(30)]
    postman.close()
    kept = Ledger(tmp_path / "mail").list()
    assert [entry.raw for entry in kept] == [one.content for one in sent]
    assert [entry.to for entry in kept] == [(one.recipient,) for one in sent]


def test_refusals_are_temporary_or_permanent_and_do_not_touch_their_neighbours(
    office: Office, sink: Sink, tmp_path: Path
) -> None:
    names = ["a", "refuse+550", "b", "refuse+451", "refuse+550", "reject+554", "c", "reject+452", "d"]
    found = carry(office(sink.url), *(wire(f"{name}@example.org") for name in names))
    assert [outcome for _, outcome in found] == [
        "accepted",
        "permanent",
        "accepted",
        "temporary",
        "permanent",
        "permanent",
        "accepted",
        "temporary",
        "accepted",
    ]
    kept = Ledger(tmp_path / "mail").list()
    assert [entry.to[0][0] for entry in kept] == ["a", "b", "c", "d"]


def test_a_connection_lost_after_the_content_is_in_doubt_and_the_rest_goes_on(
    office: Office, sink: Sink, tmp_path: Path
) -> None:
    names = ["a", "vanish", "b", "swallow", "c"]
    found = carry(office(sink.url), *(wire(f"{name}@example.org") for name in names))
    assert [outcome for _, outcome in found] == ["accepted", "unknown", "accepted", "unknown", "accepted"]
    assert [entry.to[0].split("@")[0] for entry in Ledger(tmp_path / "mail").list()] == ["a", "b", "swallow", "c"]


def test_nothing_is_begun_after_the_window_closed(office: Office, sink: Sink, tmp_path: Path) -> None:
    postman = office(sink.url)
    assert list(postman.carry([(1, wire())], time.monotonic() - 1)) == []
    carrying = postman.carry([(i, wire(f"l{i}@example.org")) for i in range(9)], time.monotonic() + SOON)
    assert next(iter(carrying))[1].outcome == "accepted"
    carrying.close()
    assert carry(postman, wire("later@example.org")) == [(0, "accepted")]
    assert [entry.to[0] for entry in Ledger(tmp_path / "mail").list()] == ["l0@example.org", "later@example.org"]


def test_the_hooks_hear_of_each_message_before_its_result(office: Office, sink: Sink) -> None:
    heard: list[tuple[str, int]] = []
    postman = office(
        sink.url, on_begun=lambda i: heard.append(("begun", i)), on_accepted=lambda i, _: heard.append(("accepted", i))
    )
    batch = [(7, wire()), (8, wire("refuse+550@example.org")), (9, wire("reject+550@example.org"))]
    for number, result in postman.carry(batch, time.monotonic() + SOON):
        heard.append((result.outcome, number))
    assert heard == [
        ("begun", 7),
        ("accepted", 7),
        ("accepted", 7),
        ("permanent", 8),
        ("begun", 9),
        ("permanent", 9),
    ]


def test_a_hook_that_fails_leaves_no_half_open_envelope(office: Office, sink: Sink, tmp_path: Path) -> None:
    def full(number: int) -> None:
        if number == 0:
            raise OSError("the disk is full")

    postman = office(sink.url, on_begun=full)
    with pytest.raises(OSError, match="full"):
        list(postman.carry([(0, wire("a@example.org"))], time.monotonic() + SOON))
    ((_, result),) = postman.carry([(1, wire("b@example.org"))], time.monotonic() + SOON)
    assert result.outcome == "accepted"
    assert [entry.to[0] for entry in Ledger(tmp_path / "mail").list()] == ["b@example.org"]


def test_a_server_that_is_not_there_makes_every_message_temporary(office: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    found = carry(office(f"smtp://127.0.0.1:{port}"), wire(), wire("b@example.org"))
    assert found == [(0, "temporary"), (1, "temporary")]


def test_without_pipelining_each_command_waits_for_its_reply(office: Office) -> None:
    seen: list[bytes] = []

    def session(stream: socket.socket) -> None:
        greet(stream)
        while True:
            command = line(stream)
            stream.setblocking(False)
            try:
                ahead = stream.recv(1, socket.MSG_PEEK)
            except BlockingIOError:
                ahead = b""
            stream.setblocking(True)
            assert not ahead, "something was sent before the reply"
            seen.append(command.split(b":")[0].strip())
            stream.sendall(b"354 go on\r\n" if command == b"DATA\r\n" else b"250 OK\r\n")
            if command == b"DATA\r\n":
                content(stream)
                stream.sendall(b"250 taken\r\n")

    with script(session) as server:
        assert carry(office.to(server), wire(), wire()) == [(0, "accepted"), (1, "accepted")]
    assert seen == [b"MAIL FROM", b"RCPT TO", b"DATA"] * 2


def test_a_server_that_goes_away_before_the_content_is_asked_once_more(office: Office) -> None:
    def gone(stream: socket.socket) -> None:
        greet(stream, "PIPELINING")
        for _ in range(3):
            line(stream)
        stream.sendall(b"250 OK\r\n250 OK\r\n354 go on\r\n")
        content(stream)
        stream.sendall(b"250 taken\r\n421 too many\r\n")

    def good(stream: socket.socket) -> None:
        greet(stream, "PIPELINING")
        for _ in range(3):
            line(stream)
        stream.sendall(b"250 OK\r\n250 OK\r\n354 go on\r\n")
        content(stream)
        stream.sendall(b"250 taken\r\n")

    with script(gone, good) as server:
        assert carry(office.to(server), wire(), wire()) == [(0, "accepted"), (1, "accepted")]
        assert server.connections == 2


def test_a_connection_that_breaks_in_the_middle_of_the_content_is_temporary(office: Office) -> None:
    def breaks(stream: socket.socket) -> None:
        greet(stream)
        for reply in (b"250 OK\r\n", b"250 OK\r\n", b"354 go on\r\n"):
            line(stream)
            stream.sendall(reply)
        stream.recv(1000)
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with script(breaks) as server:
        large = wire(text="x" * 70 + "\n" + "a line of a long text\n" * 900_000)
        assert carry(office.to(server), large) == [(0, "temporary")]


def test_silence_after_the_content_is_in_doubt_and_before_it_temporary(office: Office) -> None:
    def mute(stream: socket.socket) -> None:
        greet(stream)
        time.sleep(1)

    def mute_after(stream: socket.socket) -> None:
        greet(stream, "PIPELINING")
        for _ in range(3):
            line(stream)
        stream.sendall(b"250 OK\r\n250 OK\r\n354 go on\r\n")
        content(stream)
        time.sleep(1)

    for session, outcome in ((mute, "temporary"), (mute_after, "unknown")):
        with script(session) as server:
            assert carry(office.to(server, timeout=0.2), wire()) == [(0, outcome)]


def test_what_speaks_no_smtp_is_temporary(office: Office) -> None:
    with script(lambda stream: stream.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        assert carry(office.to(server), wire()) == [(0, "temporary")]


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(office: Office, sink: Sink, tmp_path: Path) -> None:
    assert carry(office(sink.url), wire("zoé@example.org")) == [(0, "accepted")]
    assert Ledger(tmp_path / "mail").list()[0].to == ("zoé@example.org",)
    with script(lambda stream: greet(stream, "PIPELINING")) as server:
        assert carry(office.to(server), wire("zoé@example.org")) == [(0, "permanent")]


def test_a_message_larger_than_the_server_takes_is_not_sent(office: Office) -> None:
    with script(lambda stream: greet(stream, "SIZE 100")) as server:
        assert carry(office.to(server), wire()) == [(0, "permanent")]


def test_starttls_and_a_log_in_come_before_any_mail(office: Office, tmp_path: Path) -> None:
    contexts = certificate(tmp_path)
    if contexts is None:
        pytest.skip("needs openssl to make a certificate")
    told: list[bytes] = []

    def session(stream: socket.socket) -> None:
        greet(stream, "STARTTLS")
        assert line(stream) == b"STARTTLS\r\n"
        stream.sendall(b"220 go\r\n")
        with contexts[0].wrap_socket(stream, server_side=True) as secure:
            told.append(line(secure))
            secure.sendall(b"250-test\r\n250-AUTH PLAIN\r\n250 PIPELINING\r\n")
            told.append(line(secure))
            secure.sendall(b"235 welcome\r\n")
            for _ in range(3):
                line(secure)
            secure.sendall(b"250 OK\r\n250 OK\r\n354 go on\r\n")
            content(secure)
            secure.sendall(b"250 taken\r\n")
            line(secure)

    with script(session) as server:
        postman = office(
            f"smtp+starttls://me%40x:pass%20word@localhost:{server.port}", name="us.example", context=contexts[1]
        )
        assert carry(postman, wire()) == [(0, "accepted")]
        postman.close()
    assert told[0] == b"EHLO us.example\r\n"
    assert base64.b64decode(told[1].split()[2]) == b"\0me@x\0pass word"


def test_a_refused_log_in_or_missing_starttls_waits_for_the_operator(office: Office, tmp_path: Path) -> None:
    with script(lambda stream: greet(stream, "AUTH PLAIN")) as server:
        found = list(
            office(f"smtp+starttls://localhost:{server.port}", context=ssl.create_default_context()).carry(
                [(1, wire())], time.monotonic() + SOON
            )
        )
    assert found == [(1, Result("temporary", "localhost does not offer STARTTLS"))]


@pytest.mark.parametrize("url", ["", "http://x", "smtp://", "smtp://u:secret@mail.example.org", "smtp://x:port"])
def test_a_wrong_address_is_said_at_once_without_its_password(url: str) -> None:
    with pytest.raises(ValueError) as caught:
        Relay.parse(url)
    assert "secret" not in str(caught.value)


def test_dots_at_the_heads_of_lines_are_doubled() -> None:
    assert stuffed(b".a\r\n..\r\nb.\r\n.") == b"..a\r\n...\r\nb.\r\n..\r\n"


def test_an_envelope_can_never_carry_a_command(office: Office, sink: Sink, tmp_path: Path) -> None:
    evil = Wire("a@example.org", "b@example.org>\r\nRCPT TO:<c@example.org", b"x\r\n", "")
    assert carry(office(sink.url), evil) == [(0, "permanent")]
    assert Ledger(tmp_path / "mail").count() == 0
