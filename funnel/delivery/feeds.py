"""Reading a rep's own calendar from an .ics address: when she is busy, and nothing else of what stands in it.

The calendar is somebody else's and may be broken or hostile: its size, its events, how often one comes, and the time
and memory that reading takes are limited; what goes over a limit gives nothing, so that the last good copy stays.
"""

import json
import os
import subprocess
import sys
from datetime import datetime
from typing import Any

from funnel.delivery.guarded import AddressRefused, GuardedClient, GuardedError, NotOnTheWeb, Request, TooFar, TooMuch
from funnel.ports import CalendarFault, CalendarReply, Reading

LARGEST = 2_000_000
"""Bytes of a calendar."""
SECONDS = 10.0
"""How long one look at a calendar may take."""

_GRACE = 2.0


class FeedReader:
    """Fetches calendars through the guarded client, and finds the busy times in them within so many seconds."""

    def __init__(self, client: GuardedClient, seconds: float = SECONDS) -> None:
        self._client = client
        self._seconds = seconds

    def fetch(self, url: str) -> CalendarReply:
        """The calendar's bytes, or why there are none."""
        if url.casefold().startswith("webcal://"):
            url = "https" + url[len("webcal") :]
        try:
            answer = self._client.call(Request("GET", url, headers={"Accept": "text/calendar"}))
        except (NotOnTheWeb, TooFar):
            return CalendarReply(b"", "unreachable")
        except AddressRefused:
            return CalendarReply(b"", "refused")
        except TooMuch:
            return CalendarReply(b"", "too_large")
        except GuardedError:
            return CalendarReply(b"", "unreachable")
        if answer.status != 200:
            return CalendarReply(b"", "not_found" if answer.status in (401, 403, 404, 410) else "unreachable")
        return CalendarReply(answer.body)

    def busy(self, content: bytes, first: datetime, last: datetime, zone: str, whose: str, ours: str) -> Reading:
        """The busy times from `first` to `last` (aware UTC), in order and joined where they touch; see `Calendars`."""
        said = self._told("busy_times", content, first.isoformat(), last.isoformat(), zone, whose, ours)
        busy = [(datetime.fromisoformat(begins), datetime.fromisoformat(ends)) for begins, ends in said["busy"]]
        return Reading(busy, said["left_out"])

    def kept(self, content: bytes, copy: bytes) -> bytes:
        """A calendar with what an earlier copy of it tells of its entries whose times cannot all be read (any more)."""
        kept: str = self._told("kept_entries", content + copy, str(len(content)))["kept"]
        return kept.encode("latin-1")

    def _told(self, program: str, content: bytes, *asked: str) -> dict[str, Any]:
        """What one of our programs tells of a calendar; it runs in a process of its own, which is killed where its own
        limits do not hold it."""
        command = [sys.executable, "-P", "-m", f"funnel.delivery.{program}", str(self._seconds), *asked]
        where = {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
        try:
            ended = subprocess.run(
                command, input=content, env=where, stdout=subprocess.PIPE, timeout=self._seconds + _GRACE, check=False
            )
        except subprocess.TimeoutExpired as late:
            raise CalendarFault("too_slow") from late
        if ended.returncode < 0:  # killed by the kernel
            raise CalendarFault("too_slow")
        if ended.returncode:
            raise RuntimeError(f"a calendar's process has ended with {ended.returncode}; its log says why")
        said: dict[str, Any] = json.loads(ended.stdout)
        if fault := said.get("fault"):
            raise CalendarFault(fault)
        return said
