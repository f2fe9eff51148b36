"""TCP ports on the loopback: which are free, and which to propose instead."""

import socket

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there. Asked without SO_REUSEPORT, which would let two servers share a port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(after: int | None = None, host: str = LOOPBACK) -> int:
    """A free port: the next one after `after`, or any."""
    if after is not None:
        for port in range(after + 1, min(after + 100, 65536)):
            if is_free(port, host):
                return port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port = probe.getsockname()[1]
    return int(port)
