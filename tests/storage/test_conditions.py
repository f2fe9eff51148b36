"""Conditions mean the same in Python, on SQLite, on PostgreSQL 16 and 18: a table written by hand, then by chance."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnel.authoring.conditions import parse_condition
from funnel.authoring.vocabulary import scenario_vocabulary
from funnel.domain.conditions import Both, Compare, Condition, IsIn, Known, Name, Not, Operator, Type, is_true
from funnel.domain.known import values_of
from funnel.domain.lead import Lead
from funnel.storage import snapshot
from funnel.storage.conditions import UnknownName, meeting
from funnel.storage.database import Database
from tests.conftest import BACKENDS
from tests.storage.crowd import CAST, INSTANTS, NUMBERS, TEXTS, WORDS, WORDS_OF_LISTS, by_chance, keep
from tests.support.databases import sqlite_template
from tests.support.postgres import Postgres

SEEDS = (7, 2027)
EACH = 60

# Who meets a condition: of ana, zoe, kai, ivo, mia, lea (`tests/storage/crowd.py`), worked out by hand.
TABLE = [
    # -- missing, null, empty: a comparison is false, `not` turns that true
    ("lead.phone is known", "ana"),
    ("lead.phone is missing", "zoe kai ivo mia lea"),
    ("lead.phone is not known", "zoe kai ivo mia lea"),
    ("not lead.phone is known", "zoe kai ivo mia lea"),
    ("lead.phone is not missing", "ana"),
    ('lead.phone == ""', ""),
    ('lead.phone != ""', "ana"),
    ('lead.position != "CEO"', "ivo mia"),
    ('not lead.position == "CEO"', "zoe ivo mia lea"),
    ('not lead.position != "CEO"', "ana zoe kai lea"),
    ('not not lead.position == "CEO"', "ana kai"),
    ("lead.name is missing", "kai"),
    ("lead.zone is missing", "zoe kai lea"),
    ("source.utm_medium is known", "kai"),
    ("source.utm_content is known", ""),
    ('source.utm_content != "x"', ""),
    ('not source.utm_content == "x"', "ana zoe kai ivo mia lea"),
    ("status is missing", "zoe kai mia lea"),
    ("answers.cx.size is missing", "zoe kai"),
    ("answers.cx.wish is known", "ana mia"),
    ("answers.cx.sure is known", "ana"),
    ("answers.cx.follow_up is known", "ana ivo"),
    ("answers.cx.score is known", "ana kai ivo mia lea"),
    ("answers.cx.score.people is known", "ana kai ivo mia"),
    ("answers.nps.size is known", ""),
    ("pass is known", ""),
    ("not pass >= 1", "ana zoe kai ivo mia lea"),
    ("tags is known", "ana zoe"),
    ("answers.cx.topics is known", "ana mia"),
    ("answers.cx.topics is missing", "zoe kai ivo lea"),
    ("appointment.type is missing", "zoe ivo"),
    # -- text: folded and composed on both sides
    ('lead.company == "société générale"', "ana zoe"),
    ('lead.company == "SOCIÉTÉ GÉNÉRALE"', "ana zoe"),
    ('lead.company == "societe generale"', ""),
    ('lead.company != "Société Générale"', "ivo mia"),
    ('lead.name == "zoé"', "zoe"),
    ('lead.name == "LÉA"', "lea"),
    ('lead.company == "straße 9"', "ivo"),
    ('answers.cx.wish == "GROSSE STRASSE"', "ana"),
    ('answers.cx.wish == "große straße"', "ana"),
    ('lead.company == "οδος"', "mia"),
    ('lead.company == "οδοσ"', "mia"),
    ('lead.name == "i̇vo"', "ivo"),
    ('lead.name == "ivo"', ""),
    ('answers.cx.wish == "FIN_DE%"', "mia"),
    ('answers.cx.wish == "finxdex"', ""),
    ('lead.email == "ana@example.ORG"', "ana"),
    ('lead.language == "FR"', "ana"),
    ('lead.zone == "europe/paris"', "ana"),
    ('lead.zone in ["EUROPE/PARIS", "america/new_york"]', "ana mia"),
    ('source.utm_source == "newsletter"', "ana ivo"),
    ('status == "WARM"', "ana"),
    ('stage in ["qualified", "CUSTOMER"]', "ivo mia"),
    ('lead.name == "Robert\'); DROP TABLE leads; --"', "mia"),
    ('lead.position == "100%"', "mia"),
    ('lead.position == "%"', ""),
    ('source.utm_source == "a\\\\b\\"c"', "mia"),
    # -- the order of texts: code points, after folding
    ('lead.position < "cf"', "ana kai mia"),
    ('lead.position >= "CFO"', "ivo"),
    ('lead.name > "z"', "zoe"),
    ('lead.name > "l"', "zoe mia lea"),
    ('lead.company > "straße"', "ivo mia"),
    ('"m" < lead.name', "zoe mia"),
    # -- numbers
    ("score >= 50", "ana mia"),
    ("score < 49.5", "zoe kai ivo lea"),
    ("score >= 49.5", "ana mia"),
    ("score == 50.0", "ana"),
    ("score != 0", "ana kai ivo mia lea"),
    ("score <= -5", "kai"),
    ("10 <= score", "ana ivo mia lea"),
    ("score >= 2147483647", "mia"),
    ("score < 2147483648", "ana zoe kai ivo mia lea"),
    ("score > -999999999999999", "ana zoe kai ivo mia lea"),
    ("score.engagement >= 40", "ana"),
    ("score.engagement == 0", "zoe kai ivo mia lea"),
    ("score.engagement is known", "ana zoe kai ivo mia lea"),
    ("score.fit < 0", "kai"),
    ("score.fit >= 10 and score.engagement > 39.5", "ana"),
    ("answers.cx.size > 999999999999999", "mia"),
    ("answers.cx.size == 0", "ivo"),
    ("score >= 10 and score <= 50", "ana ivo lea"),
    ("not (score >= 10 and score <= 50)", "zoe kai mia"),
    # -- numbers as text, and the contrary: another type than the name's is missing
    ("answers.cx.size == 12", "ana"),
    ("not answers.cx.size == 12", "zoe kai ivo mia lea"),
    ('source.cta == "12"', "ana"),
    ('source.cta == "12.0"', ""),
    ('answers.cx.wish == "7"', ""),
    ('answers.cx.team == "some"', "ana ivo"),
    # -- the sheet that counts is the latest, whole
    ("answers.cx.size == 100", ""),
    ("answers.cx.size == 3", "lea"),
    ('answers.cx.band == "high"', "ana ivo mia lea"),
    ("answers.cx.share >= 60", "ana mia"),
    ("answers.cx.score >= 20", "ana mia"),
    ("answers.cx.score.people >= 30", "ana ivo mia"),
    ("answers.cx.score.people == 0", "kai"),
    ('answers.cx.follow_up == "CALL"', "ana"),
    # -- lists
    ('"vip" in tags', "ana"),
    ('"VIP" in tags', "ana"),
    ('"vip" not in tags', "zoe kai ivo mia lea"),
    ('tags in ["vip", "late"]', "ana zoe"),
    ('tags not in ["vip", "late"]', "kai ivo mia lea"),
    ('"people" in answers.cx.topics', "ana mia"),
    ('"prices" in answers.cx.topics', "ana"),
    ('"time" in answers.cx.topics', ""),
    ('not "people" in answers.cx.topics', "zoe kai ivo lea"),
    ('answers.cx.topics in ["time", "PRICES"]', "ana"),
    ('lead.position in ["ceo", "cfo"]', "ana kai ivo"),
    ('lead.position not in ["ceo", "cfo"]', "zoe mia lea"),
    # -- booleans
    ("consents.follow_up_email", "ana"),
    ("not consents.follow_up_email", "zoe kai ivo mia lea"),
    ("consents.follow_up_email == false", "zoe"),
    ("consents.follow_up_email != true", "zoe"),
    ("consents.visit_tracking != false", "ivo"),
    ("consents.visit_tracking is known", "ana ivo"),
    ("answers.cx.sure == true", "ana"),
    ("answers.cx.sure == false", ""),
    # -- instants, in whatever zone they are written
    ('appointment.starts_at == "2027-06-10T09:00Z"', "ana kai"),
    ('appointment.starts_at == "2027-06-10T11:00+02:00"', "ana kai"),
    ('appointment.starts_at <= "2027-06-10T10:59:59.999999+02:00"', "lea"),
    ('appointment.starts_at > "2027-06-10T09:00:00+00:00"', "mia"),
    ('appointment.starts_at >= "2028-03-01T04:30+00:00"', "mia"),
    ('appointment.starts_at < "2028-02-29T23:31-05:00"', "ana kai mia lea"),
    ('not appointment.starts_at > "2027-06-10T09:00Z"', "ana zoe kai ivo lea"),
    ('appointment.starts_at > "0001-01-01T00:00+14:00"', "ana kai mia lea"),
    ('appointment.starts_at < "9999-12-31T23:59-14:00"', "ana kai mia lea"),
    ('appointment.type == "call" and appointment.state == "cancelled"', "kai"),
    ('appointment.type == "visit"', "lea"),
    ("appointment.misses == 2", "lea"),
    ("appointment.misses == 0", "ana kai mia"),
    ("appointment.misses >= 1", "lea"),
    ("appointment.misses is missing", "zoe ivo"),
    # -- `and` before `or`, `not` the whole comparison
    ('score >= 50 or score <= 0 and lead.language == "en"', "ana zoe kai mia"),
    ('(score >= 50 or score <= 0) and lead.language == "en"', "zoe kai mia"),
    ('not score >= 50 and "vip" in tags', ""),
    ('not (score >= 50 and "vip" in tags)', "zoe kai ivo mia lea"),
    ("lead.phone is missing and not lead.position is missing or score == 10", "kai ivo mia lea"),
]

# In a scenario: of "name/pass" of `tunnel`.
INSIDE = [
    ("pass == 1", "lea/1"),
    ("pass >= 1", "lea/1 lea/2"),
    ("answers.cx.size == 1", "lea/1"),
    ("answers.cx.size == 2", "lea/2"),
    ("answers.cx.size == 3", ""),
    ('answers.cx.band == "low"', "lea/2"),
    ("answers.cx.band is missing", "lea/1"),
    ('appointment.type == "call"', "lea/1"),
    ('appointment.type == "visit"', "lea/2"),
    ('lead.name == "léa" and not pass < 2', "lea/2"),
]


class Crowd:
    """Leads in one database, as they come back from it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as connection:
            ids = keep(connection, list(CAST.values()))
            self.cast = dict(zip(CAST, ids, strict=True))
            self.strangers = [one for seed in SEEDS for one in keep(connection, by_chance(EACH, seed))]
        with database.read() as connection:
            self.leads = snapshot.load(connection, [*ids, *self.strangers], lock=False)

    def pick(self, condition: Condition, scenario: str | None = None) -> set[tuple[int, ...]]:
        """Whom the database picks, by one statement."""
        with self.database.read() as connection:
            wanted = meeting(condition, connection.dialect.name, scenario=scenario)
            return {tuple(one for one in row if one is not None) for row in connection.execute(wanted)}

    def judge(self, condition: Condition, scenario: str | None = None) -> set[tuple[int, ...]]:
        """For whom it is true in Python."""
        if scenario is None:
            return {(one.id,) for one in self.leads.values() if is_true(condition, values_of(one))}
        return {
            (one.id, place.pass_number)
            for one in self.leads.values()
            for place in one.enrolments
            if place.scenario == scenario and is_true(condition, values_of(one, place))
        }

    def named(self, found: set[tuple[int, ...]]) -> set[str]:
        """Those of the cast, by name; with its pass where there is one."""
        names = {lead_id: name for name, lead_id in self.cast.items()}
        return {"/".join([names[one[0]], *map(str, one[1:])]) for one in found if one[0] in names}


@pytest.fixture(scope="module", params=BACKENDS)
def crowd(
    request: pytest.FixtureRequest,
    postgres_server: Callable[[str], Postgres],
    shared_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Crowd]:
    """The same people on each of the three databases, kept once for all rows: they are only read."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("crowd") / "funnel.db"
        shutil.copy(sqlite_template(shared_folder), file)
        database = Database(f"sqlite:///{file}")
        yield Crowd(database)
        database.close()
        return
    server = postgres_server(request.param.removeprefix("pg"))
    url = server.create()
    database = Database(url)
    yield Crowd(database)
    database.close()
    server.drop(url)


@pytest.mark.parametrize("text,who", TABLE)
def test_a_condition_picks_whom_the_table_says_in_python_and_in_the_database(text: str, who: str, crowd: Crowd) -> None:
    condition = parse_condition(text, WORDS)
    assert {name for name, lead in CAST.items() if is_true(condition, values_of(lead))} == set(who.split())
    assert crowd.named(crowd.judge(condition)) == set(who.split())
    assert crowd.named(crowd.pick(condition)) == set(who.split())


@pytest.mark.parametrize("text,who", INSIDE)
def test_inside_a_scenario_her_own_answers_and_appointment_come_first(text: str, who: str, crowd: Crowd) -> None:
    condition = parse_condition(text, WORDS)
    assert crowd.named(crowd.judge(condition, "tunnel")) == set(who.split())
    assert crowd.named(crowd.pick(condition, "tunnel")) == set(who.split())


def test_the_table_is_long_and_every_row_stands_once() -> None:
    assert len(TABLE) + len(INSIDE) >= 60
    assert len({text for text, _ in TABLE}) == len(TABLE)


def _names(kind: Type) -> st.SearchStrategy[Name]:
    declared = [path for path, one in WORDS.names.items() if one.type == kind]
    return st.sampled_from([Name(path, kind) for path in declared + (["source.utm_source"] if kind == "text" else [])])


_ORDER: tuple[Operator, ...] = ("==", "!=", "<", "<=", ">", ">=")
_EQUAL: tuple[Operator, ...] = ("==", "!=")
_texts = st.sampled_from((*TEXTS, "low", "call", "warm", "engaged", "europe/PARIS", "PT-br", "held")) | st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=3
)
_numbers = st.sampled_from(NUMBERS) | st.integers(-(10**14), 10**14) | st.floats(-1e6, 1e6).map(lambda one: one + 0.0)
_instants = st.sampled_from([at.isoformat() for at in INSTANTS] + ["2027-03-28T02:30+01:00", "2027-03-29T00:00:00Z"])
_atoms: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Compare, _names("text"), st.sampled_from(_ORDER), _texts),
    st.builds(Compare, _names("number"), st.sampled_from(_ORDER), _numbers),
    st.builds(Compare, _names("boolean"), st.sampled_from(_EQUAL), st.booleans()),
    st.builds(Compare, _names("instant"), st.sampled_from(_ORDER), _instants),
    st.builds(IsIn, _names("text"), st.lists(_texts, min_size=1, max_size=4).map(tuple)),
    st.builds(
        IsIn, _names("list"), st.lists(st.sampled_from(WORDS_OF_LISTS) | _texts, min_size=1, max_size=3).map(tuple)
    ),
    st.builds(Known, st.sampled_from([Name(path, one.type) for path, one in WORDS.names.items()]), st.booleans()),
)
_trees = st.recursive(
    _atoms,
    lambda inner: st.builds(Not, inner) | st.builds(Both, st.sampled_from(("and", "or")), inner, inner),
    max_leaves=8,
)


@given(condition=_trees, scenario=st.sampled_from((None, "tunnel")))
@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_condition_picks_the_same_people_in_python_and_in_the_database(
    crowd: Crowd, condition: Condition, scenario: str | None
) -> None:
    assert crowd.pick(condition, scenario) == crowd.judge(condition, scenario)


def test_the_longest_condition_that_can_be_written_is_still_one_statement(crowd: Crowd) -> None:
    text = " or ".join(f"score=={number}" for number in range(75))
    nested = "not (" * 9 + "score >= 50" + ")" * 9
    assert 900 < len(text) <= 1000
    for one in (text, nested):
        condition = parse_condition(one, WORDS)
        assert crowd.pick(condition) == crowd.judge(condition)


def test_what_is_typed_is_a_parameter_and_never_part_of_the_statement(crowd: Crowd) -> None:
    poison = "x'); DROP TABLE leads; --"
    texts = [f'lead.name == "{poison}"', f'lead.name in ["{poison}", "b"]', f'"{poison}" in answers.cx.topics']
    with crowd.database.read() as connection:
        for text in texts:
            statement = str(meeting(parse_condition(text, WORDS), connection.dialect.name).compile(connection))
            assert "DROP" not in statement
            assert "drop" not in statement
    assert all(crowd.pick(parse_condition(text, WORDS)) == set() for text in texts)


def test_every_name_that_scenarios_may_use_is_kept_somewhere(crowd: Crowd) -> None:
    for path, declared in scenario_vocabulary({}, None).names.items():
        crowd.pick(Known(Name(path, declared.type), True))
    with pytest.raises(UnknownName, match="moods"):
        crowd.pick(Known(Name("moods", "list"), True))


def test_the_cast_comes_back_as_it_was_kept(crowd: Crowd) -> None:
    def said(lead: Lead) -> dict[str, object]:
        return dict(values_of(lead))

    assert {name: said(crowd.leads[key]) for name, key in crowd.cast.items()} == {
        name: said(lead) for name, lead in CAST.items()
    }
