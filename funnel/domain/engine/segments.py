"""Segments: who is in which, judged whenever something of her changes; entering and leaving are events (S83)."""

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.conditions import is_true
from funnel.domain.engine.entry import happen, may_enter
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import begin, note
from funnel.domain.lead import Occurrence


def judge_segments(turn: Turn, *, anew: bool = False) -> None:
    """Write which segments she is in, and tell of those she has come into or left; only where this turn has changed
    what conditions look at, or `anew`. Who is joined with another lead is in those where she was, and judged again
    when they are parted."""
    lead = turn.lead
    if lead.merged_into is not None:
        return
    if not (turn.book.segments or lead.segments) or not turn.judges(anew=anew):
        return
    values = turn.values
    now = {name for name, condition in turn.book.segments.items() if is_true(condition, values)}
    before = set(lead.segments)
    if now == before:
        return
    turn.do(do.ChangeDetails({"segments": {name: lead.segments.get(name, turn.stamp) for name in sorted(now)}}))
    for name in sorted(before - now):
        turn.do(do.TellSegment(name, entered=False))
    for name in sorted(now - before):
        turn.do(do.TellSegment(name, entered=True))


def segment_told(turn: Turn, event: on.SegmentEntered | on.SegmentLeft) -> None:
    """Her enrolments know it, it gives its points, and what starts on it begins; unless it is so no more."""
    if isinstance(event, on.SegmentEntered) != (event.segment in turn.lead.segments):
        return
    kind = "segment.entered" if isinstance(event, on.SegmentEntered) else "segment.left"
    _told(turn, kind, event.segment)


def score_told(turn: Turn, event: on.ScoreReached) -> None:
    """The same of a number of points; a threshold there begins its scenario."""
    _told(turn, "score.reached", str(event.score))
    for threshold in turn.book.company.thresholds:
        program = turn.book.newest(threshold.start) if threshold.start and threshold.score == event.score else None
        if program and may_enter(turn, program):
            begin(turn, program, ())


def _told(turn: Turn, kind: str, subject: str) -> None:
    for enrolment in [one for one in turn.lead.enrolments if one.runs]:
        note(turn, enrolment, Occurrence(kind, subject, turn.now))
    happen(turn, kind, subject, f"{kind}/{subject}/{turn.now.isoformat()}")
