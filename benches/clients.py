"""Browsers that tell of page visits, as many at once as asked, in a process of their own.

`python -m benches.clients PORT REQUESTS CONNECTIONS` prints requests a second and the 99th percentile in seconds."""

import asyncio
import json
import secrets
import sys
import time

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
SITE = "https://www.bench.example"


def visit(port: int) -> bytes:
    """One message of the tracker, as a browser sends it."""
    told = {
        "told": "visit",
        "visitor": secrets.token_hex(16),
        "visit": secrets.token_hex(16),
        "url": f"{SITE}/pricing?utm_source=bench",
        "title": "Prices, for teams of every size",
        "referrer": f"{SITE}/",
        "proof": "",
    }
    body = json.dumps(told, separators=(",", ":")).encode()
    head = (
        f"POST /t HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: {AGENT}\r\nOrigin: {SITE}\r\n"
        f"Content-Type: text/plain;charset=UTF-8\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _browser(port: int, messages: list[bytes], took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for message in messages:
        begun = time.perf_counter()
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        took.append(time.perf_counter() - begun)
        assert head.startswith(b"HTTP/1.1 204"), head
    writer.close()


async def run(port: int, requests: int, connections: int) -> tuple[float, float]:
    """Requests a second, and the 99th percentile in seconds."""
    messages = [visit(port) for _ in range(requests)]
    took: list[float] = []
    begun = time.perf_counter()
    await asyncio.gather(*(_browser(port, messages[one::connections], took) for one in range(connections)))
    seconds = time.perf_counter() - begun
    return requests / seconds, sorted(took)[int(len(took) * 0.99)]


if __name__ == "__main__":
    rate, worst = asyncio.run(run(*(int(word) for word in sys.argv[1:4])))
    print(json.dumps({"rate": rate, "p99": worst}))
