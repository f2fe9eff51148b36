"""The guarded client reaches what is outside or listed, and nothing else, within its limits."""

import socket
import threading
import time
from pathlib import Path

import pytest

from funnel.delivery.guarded import AddressRefused, GuardedClient, Request, TooMuch, Unreachable, is_outside
from tests.delivery.servers import certificate, http_answers

INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "0.0.0.0",
    "0.1.2.3",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", INSIDE)
def test_ranges_that_are_not_for_outside_calls_are_known(address: str) -> None:
    assert not is_outside(address)


def test_public_addresses_are_outside() -> None:
    assert all(map(is_outside, ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::1.1.1.1"]))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://",
        "//example.org",
        "http://user:p@example.org/",
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://example.org/a b",
        "http://example.org/\r\nX: y",
        "http://[::1/",
        "http://é.org/",
    ],
)
def test_addresses_that_reach_inside_or_are_none_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        GuardedClient().call(Request("GET", url))


def test_a_listed_host_is_called() -> None:
    with http_answers() as server:
        server.answers["/x?y=1"] = (200, {"X-A": "b"}, b"hello")
        answer = GuardedClient(["localhost"]).call(Request("POST", f"{server.url}/x?y=1", b"body", {"X-C": "d"}))
        assert (answer.status, answer.body, answer.headers["x-a"]) == (200, b"hello", "b")
        method, _, headers, body = server.asked[0]
        assert (method, body, headers["X-C"], headers["Host"]) == ("POST", b"body", "d", server.url[7:])


def test_redirects_are_followed_checked_again_and_bounded() -> None:
    with http_answers() as server:
        server.answers["/a"] = (302, {"Location": "/b"}, b"")
        server.answers["/b"] = (200, {}, b"there")
        server.answers["/inside"] = (307, {"Location": f"http://127.0.0.1:{server.server_port}/b"}, b"")
        server.answers["/file"] = (302, {"Location": "file:///etc/passwd"}, b"")
        server.answers["/round"] = (302, {"Location": "/round"}, b"")
        client = GuardedClient(["localhost"])
        assert client.call(Request("POST", f"{server.url}/a", b"x")).body == b"there"
        assert [(asked[0], asked[3]) for asked in server.asked] == [("POST", b"x"), ("GET", b"")]
        for path in ("/inside", "/file"):
            with pytest.raises(AddressRefused):
                client.call(Request("GET", server.url + path))
        with pytest.raises(TooMuch):
            client.call(Request("GET", f"{server.url}/round"))
        assert GuardedClient(["localhost"], redirects=0).call(Request("GET", f"{server.url}/a")).status == 302


def test_a_reply_that_is_too_large_is_stopped() -> None:
    with http_answers() as server:
        server.answers["/"] = (200, {}, b"x" * 5000)
        with pytest.raises(TooMuch):
            GuardedClient(["localhost"], largest=4999).call(Request("GET", server.url))


def test_a_reply_that_drips_is_stopped_at_the_deadline() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        stream, _ = listener.accept()
        with stream:
            try:
                for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
                    stream.sendall(bytes((byte,)))
                    time.sleep(0.05)
            except OSError:
                return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        GuardedClient(["127.0.0.1"], seconds=0.5).call(Request("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/"))
    assert time.monotonic() - begun < 20, "half a second, not the 50 s in which it drips"
    listener.close()
    thread.join(5)


def test_what_is_not_there_or_breaks_off_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable):
        GuardedClient(["127.0.0.1"]).call(Request("GET", f"http://127.0.0.1:{port}/"))
    with pytest.raises(Unreachable):
        GuardedClient().call(Request("GET", "http://no-such-host.invalid/"))


def test_tls_is_checked_against_the_name(tmp_path: Path) -> None:
    contexts = certificate(tmp_path)
    if contexts is None:
        pytest.skip("needs openssl to make a certificate")
    with http_answers(contexts[0]) as server:
        server.answers["/"] = (200, {}, b"safe")
        url = f"https://localhost:{server.server_port}/"
        allowed = ["localhost", "127.0.0.1"]
        assert GuardedClient(allowed, context=contexts[1]).call(Request("GET", url)).body == b"safe"
        with pytest.raises(Unreachable):
            GuardedClient(allowed).call(Request("GET", url))
        with pytest.raises(Unreachable):
            GuardedClient(allowed, context=contexts[1]).call(Request("GET", url.replace("localhost", "127.0.0.1")))
