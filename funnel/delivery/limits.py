"""The limits of a process that reads what a stranger has written: the time and memory that it may take."""

import json
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from funnel.ports import CalendarFault

MEMORY = 512 * 1024 * 1024
"""Bytes that reading a calendar may take."""


class TooLong(Exception):
    """Reading has taken all the time it may: no fault of the calendar's form, which libraries would try to mend."""


RAN_OUT: dict[type[Exception], str] = {TooLong: "too_slow", MemoryError: "too_many"}
"""What is raised where a limit is reached, and the fault that it is."""


def limit(seconds: float) -> None:
    """From now on this process takes no more time and memory: `TooLong` is raised in it, and it is ended soon after."""
    signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    _at_most(resource.RLIMIT_CPU, round(seconds) + 2)
    if sys.platform == "linux":  # elsewhere it counts what was loaded at the start
        _at_most(resource.RLIMIT_AS, MEMORY)


def tell(find: Callable[[], Mapping[str, Any]], why: Mapping[type[Exception], str] = RAN_OUT) -> str:
    """What is found in a stranger's file, or why nothing can be told of it (`fault`), as JSON. Time and memory may also
    run out when all is found; what was found in time is told, however long that takes."""
    try:
        found = find()
        signal.setitimer(signal.ITIMER_REAL, 0)
        return json.dumps(found)
    except CalendarFault as fault:
        said = str(fault)
    except tuple(why) as error:
        said = why[type(error)]
    except Exception:  # noqa: BLE001 - whatever a stranger's file makes a library raise is the file's fault
        traceback.print_exc()
        said = "no_calendar"
    return json.dumps({"fault": said})


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TooLong


def _at_most(which: int, amount: int) -> None:
    _soft, hard = resource.getrlimit(which)
    resource.setrlimit(which, (amount if hard == resource.RLIM_INFINITY else min(amount, hard), hard))
