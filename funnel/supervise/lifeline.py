"""A process asks, at its own start, to die with its parent: a killed parent leaves nobody behind on the port."""

import ctypes
import os
import signal
import sys
import threading
import time

KERNEL_TIES: bool = sys.platform == "linux"
"""Whether the kernel kills a process whose parent ended; elsewhere the process watches for itself."""

_PR_SET_PDEATHSIG = 1
_LOOK = 0.5


def die_with(parent: int, kernel: bool = KERNEL_TIES) -> None:
    """Be killed when `parent` (a pid, our own parent) ends; end at once when it already has.

    Linux does it (`prctl(2)`, PR_SET_PDEATHSIG): the signal survives `exec` and comes when the parent's *thread* that
    made us ends, so parents make children in their main thread. Each process must ask for itself: a grandchild does
    not inherit it. Elsewhere a thread looks every half second whether we have been given to another parent.
    """
    if kernel:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    else:
        threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os.kill(os.getpid(), signal.SIGKILL)
