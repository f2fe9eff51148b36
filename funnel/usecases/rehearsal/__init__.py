"""A rehearsal: a scenario run on the real engine, on a virtual clock, with a scripted crowd, before people meet it."""

from funnel.usecases.rehearsal.outcome import Rehearsal
from funnel.usecases.rehearsal.run import rehearse

__all__ = ["Rehearsal", "rehearse"]
