"""A pause is heard within two seconds, also by a window that was opened before it and could not begin at once."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from funnel.delivery.noted import NotedPostman
from funnel.ports import Letter, Wire, Writer
from funnel.usecases.deliver import WINDOW_SECONDS, deliver
from funnel.usecases.house import House
from funnel.usecases.publish_scenarios import set_paused
from tests.delivery.servers import Session, content, greet, line, script
from tests.support.place import Place

PATIENCE = 120


def hesitant(taken: list[bytes], asked: threading.Event, go_on: threading.Event) -> Session:
    """A server that thinks about its first recipient until it is told to go on, and then takes the mail."""

    def session(stream: socket.socket) -> None:
        greet(stream)
        while True:
            for _ in ("MAIL", "RCPT"):
                line(stream)
                stream.sendall(b"250 fine\r\n")
            line(stream)
            asked.set()
            assert go_on.wait(PATIENCE)
            stream.sendall(b"354 go on\r\n")
            taken.append(content(stream))
            stream.sendall(b"250 taken\r\n")

    return session


def with_relay(place: Place, port: int) -> House:
    """The place's house with a relay of its own."""
    postman = NotedPostman(f"smtp://127.0.0.1:{port}", place.settings.state / "notes", "relay")
    return replace(place.house, postman=postman, notes=postman)


@pytest.mark.parametrize("paused", [True, False])
def test_a_mail_whose_envelope_took_long_asks_once_more_whether_it_may_leave(place: Place, paused: bool) -> None:
    place.starts(place.leads(1))
    taken: list[bytes] = []
    asked, go_on = threading.Event(), threading.Event()
    with ExitStack() as stack:
        server = stack.enter_context(script(hesitant(taken, asked, go_on)))
        house = with_relay(place, server.port)
        stack.callback(house.postman.close)
        stack.callback(go_on.set)
        worker = threading.Thread(target=deliver, args=(house,))
        worker.start()
        assert asked.wait(PATIENCE)
        if paused:
            set_paused(place.house, ["tunnel"], True)
        time.sleep(WINDOW_SECONDS)  # the window is over
        go_on.set()
        worker.join(PATIENCE)
        assert not worker.is_alive()
        assert len(taken) == (0 if paused else 1), "a slow server has its mail, a paused scenario keeps it"
    (row,) = place.rows()
    assert (row["state"], row["attempts"]) == (("ready", 0) if paused else ("sent", 1))
    set_paused(place.house, ["tunnel"], False)
    place.drain()
    assert place.states() == {"sent": 1}
    assert len(taken) + len(place.sent()) == 1


class Slow:
    """A real writer before whose second mail something happens."""

    def __init__(self, real: Writer, before_the_second: Callable[[], None]) -> None:
        self._real = real
        self._built = 0
        self._before_the_second = before_the_second

    def build(self, letter: Letter) -> Wire:
        """Encode it."""
        self._built += 1
        if self._built == 2:
            self._before_the_second()
        return self._real.build(letter)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def test_a_window_that_waited_for_the_next_one_s_mails_to_be_written_asks_once_more(place: Place) -> None:
    place.starts(place.leads(2))

    def write_slowly() -> None:
        until = time.monotonic() + PATIENCE
        while "attempting" not in place.states():
            assert time.monotonic() < until, "the first window was opened"
            time.sleep(0.01)
        set_paused(place.house, ["tunnel"], True)
        time.sleep(WINDOW_SECONDS)

    one_each = place.settings.model_copy(update={"send_window": 1})
    deliver(replace(place.house, settings=one_each, writer=Slow(place.house.writer, write_slowly)))
    assert place.sent() == []
    assert {(row["state"], row["attempts"]) for row in place.rows()} == {("ready", 0)}
    set_paused(place.house, ["tunnel"], False)
    place.drain()
    assert place.states() == {"sent": 2}
    assert len(place.sent()) == 2
