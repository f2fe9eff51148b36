"""Conditions as SQL: one statement picks the leads that meet one, with the meaning of `funnel.domain.conditions`.

Every atom is true or false, never NULL, so `not` has two truth values here too. Texts are compared by their folded
twins, byte by byte (the order of code points on both databases); what an author wrote is only ever a bound parameter.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Table,
    Text,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy.sql.selectable import NamedFromClause

from funnel.domain.conditions import Both, Compare, Condition, IsIn, Known, Name, Not, Operator, fits, fold
from funnel.domain.known import FIELDS
from funnel.domain.scoring.rules import GROUPS
from funnel.storage.answers import answers
from funnel.storage.appointments import appointments
from funnel.storage.database import Instant
from funnel.storage.enrolments import enrolments
from funnel.storage.json_values import json_values
from funnel.storage.leads import leads, tags
from funnel.storage.scores import score_entries

_COMPARE: dict[Operator, Callable[[Any, Any], Any]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class UnknownName(Exception):
    """Storage has no such name: the vocabulary declares something that is kept nowhere."""


def meeting(
    condition: Condition, dialect: str, *, scenario: str | None = None, running: bool = False
) -> Select[tuple[int, int | None]]:
    """Select `id` of every lead that meets the condition by her latest answers and appointment; `pass_number` is NULL.
    Who is joined with another lead is left out: that one stands for her.

    With a scenario: each of its enrolments (with `running`, those not ended) for which the condition holds there: this
    enrolment's answers and appointment come before later ones, and `pass` is known. More `where` may be added.
    """
    picker = _Picker(dialect, inside=scenario is not None)
    where = picker.where(condition)
    number = null().label("pass_number") if scenario is None else enrolments.c.pass_number
    wanted = select(leads.c.id, number).select_from(picker.source).where(where, leads.c.merged_into.is_(None))
    if scenario is not None:
        wanted = wanted.where(enrolments.c.scenario == scenario)
        wanted = wanted.where(enrolments.c.state != "ended") if running else wanted
    return wanted


def count(connection: Connection, condition: Condition) -> int:
    """How many leads meet a condition."""
    wanted = meeting(condition, connection.dialect.name).subquery()
    return int(connection.execute(select(func.count()).select_from(wanted)).scalar_one())


def page(
    connection: Connection, wanted: Select[tuple[int, int | None]], most: int, before: int = 0
) -> tuple[int, Sequence[Row[Any]]]:
    """How many a `meeting` picks, and so many of its rows by id with `name` and `email`, behind those that stand
    `before`; one statement. None at all when there are no more than those."""
    named = wanted.add_columns(leads.c.name, leads.c.email, func.count().over().label("all"))
    rows = connection.execute(named.order_by(leads.c.id, "pass_number").limit(most).offset(before)).all()
    return (rows[0].all if rows else 0), rows


class _Picker:
    """Turns a tree into a predicate, joining each questionnaire's sheet and the appointment once, when first named."""

    def __init__(self, dialect: str, *, inside: bool) -> None:
        self._json = json_values(dialect)
        self._inside = inside
        self._sheets: dict[str, NamedFromClause] = {}
        self._appointment: NamedFromClause | None = None
        self.source: FromClause = leads.join(enrolments, enrolments.c.lead_id == leads.c.id) if inside else leads

    def where(self, condition: Condition) -> ColumnElement[bool]:
        """The predicate; true or false for every row."""
        match condition:
            case Both("and", left, right):
                return and_(self.where(left), self.where(right))
            case Both(_, left, right):
                return or_(self.where(left), self.where(right))
            case Not(inner):
                return not_(self.where(inner))
            case Known(name, known):
                found = self._any(name, None) if name.type == "list" else self._value(name).is_not(None)
                return found if known else not_(found)
            case IsIn(name, literals):
                wanted = sorted({fold(one) for one in literals})
                if name.type == "list":
                    return self._any(name, wanted)
                return _sure(self._value(name).in_(wanted)) if name.type == "text" else false()
            case Compare(name, how, wanted_):
                if not fits(name.type, wanted_, how):
                    return false()
                return _sure(_COMPARE[how](self._value(name), self._literal(name, wanted_)))

    def _literal(self, name: Name, value: Any) -> ColumnElement[Any]:
        match name.type:
            case "number":
                return self._json.exactly(value)
            case "boolean":
                return literal("true" if value else "false", Text)
            case "instant":
                return literal(_utc(value), Instant)
            case _:
                return literal(fold(value), Text)

    def _value(self, name: Name) -> ColumnElement[Any]:
        """The value under a name, folded; NULL when it is missing, empty or of another type."""
        kind, value = self._found(name)
        if kind != name.type:
            return null()
        return func.nullif(self._json.bytewise(value), "") if kind == "text" else value

    def _found(self, name: Name) -> tuple[str, ColumnElement[Any]]:
        """What is kept under a name: its type, its value."""
        match name.path.split(".", 2):
            case ["lead", field] if field in FIELDS:
                return "text", self._own(field)
            case ["status"]:
                return "text", self._own("status")
            case ["stage"]:
                return "text", leads.c.stage
            case ["score"]:
                return "number", leads.c.score
            case ["score", group] if group in GROUPS:
                return "number", _points(group)
            case ["pass"]:
                return "number", enrolments.c.pass_number if self._inside else null()
            case ["source", key]:
                twin = self._json.text(leads.c.folded, name.path)
                return "text", func.coalesce(twin, self._json.text(leads.c.source, key))
            case ["consents", purpose]:
                return "boolean", self._json.truth(leads.c.consents, purpose)
            case ["appointment", "type" | "state" | "starts_at" as column]:
                return "instant" if column == "starts_at" else "text", self._meeting().c[column]
            case ["appointment", "misses"]:
                return "number", self._misses(self._meeting())
            case ["answers", questionnaire, rest]:
                return self._answer(self._sheet(questionnaire), rest, name)
            case _:
                raise UnknownName(name.path)

    def _own(self, column: str) -> ColumnElement[Any]:
        return func.coalesce(self._json.text(leads.c.folded, column), leads.c[column])

    def _answer(self, sheet: NamedFromClause, rest: str, name: Name) -> tuple[str, ColumnElement[Any]]:
        if rest in ("score", "share"):
            return "number", sheet.c[rest]
        if rest in ("band", "follow_up"):
            return "text", func.coalesce(self._json.text(sheet.c.folded, rest), sheet.c[rest])
        if rest.startswith("score."):
            return "number", self._json.number(sheet.c.themes, rest.removeprefix("score."))
        match name.type:
            case "number":
                return "number", self._json.number(sheet.c["values"], rest)
            case "boolean":
                return "boolean", self._json.truth(sheet.c["values"], rest)
            case _:
                return "text", self._json.text(self._words(sheet), rest)

    def _words(self, sheet: NamedFromClause) -> ColumnElement[Any]:
        return self._json.merged(sheet.c["values"], sheet.c.folded)

    def _any(self, name: Name, texts: list[str] | None) -> ColumnElement[bool]:
        """Whether a list has one of the texts; without texts, whether it has anything."""
        if name.path == "segments":
            if texts is None:
                return not_(leads.c.segments.cast(Text) == "{}")
            return or_(false(), *(self._json.text(leads.c.segments, one).is_not(None) for one in texts))
        if name.path == "tags":
            mine = exists().where(tags.c.lead_id == leads.c.id).correlate(leads)
            return mine if texts is None else mine.where(tags.c.tag.in_(texts))
        match name.path.split(".", 2):
            case ["answers", questionnaire, rest]:
                words = self._words(self._sheet(questionnaire))
                found = self._json.has_any(words, rest, texts) if texts else self._json.has_items(words, rest)
                return _sure(found)
            case _:
                raise UnknownName(name.path)

    def _sheet(self, questionnaire: str) -> NamedFromClause:
        if questionnaire not in self._sheets:
            one = answers.alias()
            mine = and_(one.c.lead_id == leads.c.id, one.c.questionnaire == questionnaire)
            self._sheets[questionnaire] = self._join(answers, "number", self._latest(one, "number", mine))
        return self._sheets[questionnaire]

    def _meeting(self) -> NamedFromClause:
        if self._appointment is None:
            one = appointments.alias()
            latest = self._latest(one, "id", one.c.lead_id == leads.c.id)
            if self._inside:
                latest = func.coalesce(enrolments.c.appointment, latest)
            self._appointment = self._join(appointments, "id", latest)
        return self._appointment

    def _misses(self, meeting: NamedFromClause) -> ColumnElement[Any]:
        """How many of an appointment and those that it was booked in place of were missed."""
        one = appointments.alias()
        first = select(one.c.id, one.c.replaces, one.c.state).where(one.c.id == meeting.c.id).correlate(meeting)
        chain = first.cte("chain", recursive=True, nesting=True)
        before = appointments.alias()
        chain = chain.union_all(
            select(before.c.id, before.c.replaces, before.c.state).where(before.c.id == chain.c.replaces)
        )
        counted = select(func.count()).select_from(chain).where(chain.c.state == "missed").scalar_subquery()
        return case((meeting.c.id.is_not(None), counted), else_=null())

    def _latest(self, one: NamedFromClause, key: str, mine: ColumnElement[bool]) -> ColumnElement[Any]:
        """The key of the row that counts: the latest of this enrolment, else the latest of the lead."""
        latest = select(func.max(one.c[key])).where(mine).correlate(leads, enrolments)
        if not self._inside:
            return latest.scalar_subquery()
        own = (one.c.scenario == enrolments.c.scenario, one.c.pass_number == enrolments.c.pass_number)
        return func.coalesce(latest.where(*own).scalar_subquery(), latest.scalar_subquery())

    def _join(self, table: Table, key: str, latest: ColumnElement[Any]) -> NamedFromClause:
        row = table.alias()
        self.source = self.source.outerjoin(row, row.c[key] == latest)
        return row


def _points(group: str) -> ColumnElement[Any]:
    """The sum of a lead's entries of a group."""
    hers = score_entries.c.lead_id == leads.c.id, score_entries.c.group == group
    return select(func.coalesce(func.sum(score_entries.c.points), 0)).where(*hers).correlate(leads).scalar_subquery()


def _sure(found: ColumnElement[bool]) -> ColumnElement[bool]:
    """What cannot be compared is false."""
    return func.coalesce(found, false())


def _utc(text: str) -> datetime:
    """An instant in UTC; one that no calendar has there is the nearest end of time."""
    at = datetime.fromisoformat(text)
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return _EARLIEST if at.year == 1 else _LATEST
