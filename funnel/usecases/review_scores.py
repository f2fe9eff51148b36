"""Scores that are due to be looked at anew: points that fade today, and all of them when the rules have changed."""

import structlog
from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.storage import installation, leads
from funnel.usecases.house import House
from funnel.usecases.record_events import Recorded, record, record_batch

log = structlog.get_logger()

BATCH = 500


def review_scores(house: House) -> bool:
    """Review one batch of leads; whether there was one."""

    def work(connection: Connection) -> Recorded | None:
        moment = installation.moment(connection)
        due = leads.claim_reviews(connection, moment.now, BATCH)
        if not due:
            return None
        batch = [on.ScoreReviewed(lead_id=lead, occurred_at=moment.now) for lead in due]
        recorded = record(connection, house, batch, moment)
        # Whoever could not be decided about is kept in the events with the reason, and not asked for again at once.
        stuck = [lead for lead in due if (at := recorded.leads[lead].review_at) and at <= moment.now]
        if stuck:
            log.error("scores could not be looked at anew", leads=stuck)
            leads.plan_reviews(connection, None, stuck)
        return recorded

    return record_batch(house, work)
