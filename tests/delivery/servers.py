"""Small real servers on loopback for tests: a server that follows a script, and an HTTP server of answers."""

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Session = Callable[[socket.socket], None]


class Script:
    """Listens on a free port and hands each connection to the next session function, the last one for ever."""

    def __init__(self, *sessions: Session) -> None:
        self._sessions = list(sessions)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self._current: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            session = self._sessions[min(self.connections, len(self._sessions) - 1)]
            self.connections += 1
            self._current = connected
            with connected:
                try:
                    session(connected)
                except (OSError, EOFError):
                    continue

    def close(self) -> None:
        for stream in (self._listener, self._current):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)


def line(stream: socket.socket) -> bytes:
    """One CRLF line, byte by byte, so that nothing behind it is taken."""
    read = b""
    while not read.endswith(b"\r\n"):
        piece = stream.recv(1)
        if not piece:
            raise EOFError
        read += piece
    return read


def greet(stream: socket.socket, *extensions: str) -> None:
    """220, EHLO, and what is offered."""
    stream.sendall(b"220 test\r\n")
    line(stream)
    words = ["test", *extensions]
    stream.sendall(b"".join(f"250{'-' if word is not words[-1] else ' '}{word}\r\n".encode() for word in words))


def content(stream: socket.socket) -> bytes:
    """A message up to its lone dot, which is left out."""
    read = b""
    while read != b".\r\n" and not read.endswith(b"\r\n.\r\n"):
        read += line(stream)
    return read[:-3]


@contextmanager
def script(*sessions: Session) -> Iterator[Script]:
    """A scripted server for a with block."""
    server = Script(*sessions)
    try:
        yield server
    finally:
        server.close()


class Answers(ThreadingHTTPServer):
    """Answers by path (status, headers, body) and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Answers

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers.items()), body))
        status, headers, said = self.server.answers.get(self.path, (404, {}, b"nothing here"))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(said)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = _answer  # noqa: N815  # http.server's names

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


@contextmanager
def http_answers(context: ssl.SSLContext | None = None) -> Iterator[Answers]:
    """A real HTTP server on loopback for a with block, over TLS with `context`."""
    server = Answers()
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext] | None:
    """Contexts of a server and of a client that trusts it, for `localhost`; none where there is no openssl."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
        "-keyout",
        str(key),
        "-out",
        str(cert),
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
    ]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        return None
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return server, ssl.create_default_context(cafile=str(cert))
