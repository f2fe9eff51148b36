"""When Python looks for garbage among what is alive: rarely, and never among what a process has loaded to stay.

Each look into everything takes a process of ours 60 ms and more, several times a second where thousands of rows come.
"""

import gc

_AFTER = 20_000
"""Things made before the newest are looked at; Python's own 700 cost a twentieth of every start."""


def look_rarely() -> None:
    """From the start on."""
    gc.set_threshold(_AFTER)


def spare_what_is_loaded() -> None:
    """What is there now stays until the process ends: called once all is loaded, before work comes."""
    gc.collect()
    gc.freeze()
