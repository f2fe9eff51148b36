"""The socket on which a process listens, whoever has opened it: granian has no option for what the system is to do with
the connections that come by it."""

import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import suppress

_GONE_AFTER = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}
"""Seconds of silence until somebody is asked whether she is still there, and between asking, and how often."""


def part_from_who_is_gone(port: int) -> None:
    """Have the system end, within a minute, connections of who has vanished without a word, as a telephone does that
    loses its network: what she was sending would be waited for until the next start. Waits for this process to listen
    on the port, ten seconds at most; each connection has what the socket has by which it came."""
    for _ in range(100):
        if sum(_asks_who_is_silent(one) for one in _own_sockets() if _listens(one, port)):
            return
        time.sleep(0.1)


def _asks_who_is_silent(one: socket.socket) -> bool:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _GONE_AFTER.items():
        if option := getattr(socket, name, None):  # macOS has another name for the first
            one.setsockopt(socket.IPPROTO_TCP, option, value)
    return True


def _own_sockets() -> Iterator[socket.socket]:
    """The open sockets of this process, each until the next one."""
    for name in os.listdir("/dev/fd"):
        with suppress(OSError):  # closed meanwhile
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                with socket.socket(fileno=os.dup(int(name))) as one:
                    yield one


def _listens(one: socket.socket, port: int) -> bool:
    if one.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    return bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)) and one.getsockname()[1] == port
