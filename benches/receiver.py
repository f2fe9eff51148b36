"""The fastest honest SMTP receiver we can make: a process of its own that pipelines, counts and forgets.

Both sides of a comparison talk to it, so that neither is measured against the sink of the demonstration.
"""

import asyncio
import multiprocessing as mp
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized


class Receiver:
    """Start it, send to `url`, read `count`."""

    def __init__(self) -> None:
        context = mp.get_context("fork")
        self._count: Synchronized[int] = context.Value("q", 0)
        mine, its = context.Pipe()
        self._process = context.Process(target=_serve, args=(its, self._count), daemon=True)
        self._process.start()
        self.port: int = mine.recv()
        self.url = f"smtp://127.0.0.1:{self.port}"

    @property
    def count(self) -> int:
        """Messages accepted so far."""
        return self._count.value

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join(5)


class _Protocol(asyncio.Protocol):
    """Reads whole buffers and answers them at once: commands line by line, a content by its final dot."""

    def __init__(self, count: "Synchronized[int]") -> None:
        self._count = count
        self._left = b""
        self._in_content = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 bench\r\n")

    def data_received(self, data: bytes) -> None:
        data = self._left + data
        out = []
        while data:
            if self._in_content:
                end = data.find(b"\r\n.\r\n")
                if end < 0:
                    break
                data = data[end + 5 :]
                self._in_content = False
                self._count.value += 1
                out.append(b"250 kept\r\n")
                continue
            line, found, rest = data.partition(b"\r\n")
            if not found:
                break
            data = rest
            verb = line[:4].upper()
            if verb == b"EHLO":
                out.append(b"250-bench\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
            elif verb == b"DATA":
                self._in_content = True
                out.append(b"354 go on\r\n")
            elif verb == b"QUIT":
                out.append(b"221 bye\r\n")
            else:
                out.append(b"250 ok\r\n")
        self._left = data
        if out:
            self._transport.write(b"".join(out))


def _serve(told: Connection, count: "Synchronized[int]") -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Protocol(count), "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())
