"""Hand-overs from before 0021 learn which threshold has brought them, where that is certain; of all others the words go
on saying it.

It is certain where the words are those of one threshold alone, by the same number in every company published until
then that has them, and nothing else says them: no scenario, nobody by hand, no lead who is the same person; and where
she had so many points.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
import yaml
from alembic import op

from funnel.storage.database import Instant, Json

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_COMPANY = "scenarios/company.yaml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PARAMETER = re.compile(r"\\\$[a-z][a-z0-9_]*")

Words = Mapping[str, Sequence[int]]
"""The thresholds at which somebody is handed over, by what is said of them."""


def upgrade() -> None:
    """Make the change."""
    rows = [row for row in _handoffs() if set(row.because) - set(row.scores)]
    companies = list(_companies()) if rows else []
    if not any(words for _, words in companies):
        return
    elsewhere, reached = list(_said_in_scenarios()), _reached()

    @cache
    def in_a_scenario(reason: str) -> bool:
        return any(text.fullmatch(reason) for text in elsewhere)

    by_hand, joined = _said_by_people()
    for row in rows:
        known = [words for at, words in companies if at <= row.changed_at]
        found = dict(row.scores)
        for reason in row.because if row.lead_id not in joined and None not in known else ():
            score = _only([words for words in known if words], reason)
            says_so = (row.lead_id, reason) in by_hand or in_a_scenario(reason)
            if score and not says_so and reached(row.lead_id, row.changed_at) >= score:
                found.setdefault(reason, score)
        if found != row.scores:
            op.get_bind().execute(_UPDATE, {"of": row.id, "scores": found})


def downgrade() -> None:
    """Nothing to take back: what is known stays true."""


_UPDATE = sa.text("UPDATE handoffs SET scores = :scores WHERE id = :of").bindparams(sa.bindparam("scores", type_=Json))


def _handoffs() -> Sequence[sa.Row[Any]]:
    wanted = sa.text("SELECT id, lead_id, because, scores, changed_at FROM handoffs")
    return op.get_bind().execute(wanted.columns(because=Json, scores=Json, changed_at=Instant())).all()


def _only(companies: Sequence[Words], reason: str) -> int | None:
    """The one number of points that these words have ever meant."""
    meant = [words[reason] for words in companies if reason in words]
    numbers = {score for scores in meant for score in scores}
    return numbers.pop() if len(numbers) == 1 and all(len(scores) == 1 for scores in meant) else None


def _companies() -> Iterator[tuple[datetime, Words | None]]:
    """Every company that was published, and since when; none where its file cannot be read."""
    wanted = sa.text(
        "SELECT first_published_at, content FROM versions JOIN version_files ON version_files.digest = versions.digest"
        " JOIN blobs ON blob = sha256 WHERE name = 'company' AND path = :path"
    ).columns(first_published_at=Instant())
    for row in op.get_bind().execute(wanted, {"path": _COMPANY}):
        yield row.first_published_at, _words(row.content)


def _words(content: bytes) -> Words | None:
    try:
        company = yaml.load(bytes(content), _LOADER)  # noqa: S506 - a safe loader
        first, found = company["locales"][0], dict[str, list[int]]()
        for one in company.get("thresholds") or []:
            if one.get("hand_over", True):
                found.setdefault(_said(one.get("because"), first) or f"Reached {one['score']} points", []).append(
                    int(one["score"])
                )
    except (yaml.YAMLError, LookupError, TypeError, ValueError, AttributeError):
        return None
    return found


def _said(text: Any, language: str) -> str:
    if isinstance(text, Mapping):
        return str(text.get(language) or next(iter(text.values()), ""))
    return str(text or "")


def _said_in_scenarios() -> Iterator[re.Pattern[str]]:
    """Every text of every scenario that was published; a parameter in it may be anything."""
    wanted = sa.text(
        "SELECT DISTINCT content FROM blobs JOIN version_files ON blob = sha256"
        " WHERE path LIKE 'scenarios/%.yaml' AND path <> :path"
    )
    texts: set[str] = set()
    for (content,) in op.get_bind().execute(wanted, {"path": _COMPANY}):
        try:
            texts.update(_texts(yaml.load(bytes(content), _LOADER)))  # noqa: S506 - a safe loader
        except yaml.YAMLError:
            continue  # it has never run
    return (re.compile(_PARAMETER.sub(".*", re.escape(text)), re.DOTALL) for text in texts)


def _texts(node: Any) -> Iterator[str]:
    match node:
        case str():
            yield node
        case Mapping():
            for one in node.values():
                yield from _texts(one)
        case list():
            for one in node:
                yield from _texts(one)


def _said_by_people() -> tuple[set[tuple[int, str]], set[int]]:
    """The reasons for which somebody was handed over by hand, by lead; the leads who are one person with another."""
    wanted = sa.text(
        "SELECT lead_id, kind, payload FROM events"
        " WHERE kind IN ('HandOffAsked', 'HandOverShared', 'LeadsMerged', 'LeadsParted')"
    ).columns(payload=Json)
    by_hand, joined = set[tuple[int, str]](), set[int]()
    for row in op.get_bind().execute(wanted):
        if row.kind == "HandOffAsked":
            by_hand.add((row.lead_id, row.payload.get("because", "")))
        else:
            joined.add(row.lead_id)
    return by_hand, joined


class _Reached:
    """The most points that each lead has had until an instant."""

    def __init__(self, rows: Sequence[sa.Row[Any]]) -> None:
        self._entries: dict[int, list[tuple[datetime, int]]] = {}
        for row in rows:
            self._entries.setdefault(row.lead_id, []).append((row.at, row.points))

    def __call__(self, lead_id: int, until: datetime) -> int:
        score = most = 0
        for at, points in self._entries.get(lead_id, ()):
            score += points if at <= until else 0
            most = max(most, score)
        return most


def _reached() -> _Reached:
    wanted = sa.text(
        "SELECT lead_id, at, points FROM score_entries WHERE lead_id IN (SELECT lead_id FROM handoffs)"
        " ORDER BY lead_id, number"
    ).columns(at=Instant())
    return _Reached(op.get_bind().execute(wanted).all())
