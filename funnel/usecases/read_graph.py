"""A published scenario's graph with where its people are now: for the studio and the command line."""

from collections import Counter
from collections.abc import Iterable

from funnel.catalogue import Speech
from funnel.domain.tunnel.graph import Graph, People, Standing, Words, graph_of
from funnel.storage import enrolments, installation
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.wording import span_in_words


def read_graph(house: House, scenario: str, language: str = "en") -> tuple[Graph, People]:
    """The newest version's graph, and its people: those pinned to an older version stand at the step of the same id,
    else they are counted as `elsewhere`. `NotFound` for a name that is not published."""
    with house.database.read() as connection:
        newest = house.shelf.published(connection, installation.moment(connection).revision).newest
        if scenario not in newest:
            raise NotFound(f"{scenario} is not published; there are: {', '.join(sorted(newest)) or 'none'}")
        counted = enrolments.count_by_step(connection, scenario)
    graph = graph_of(newest[scenario].program, words_of(language))
    return graph, people_of(graph, counted)


def words_of(language: str) -> Words:
    """How a picture speaks to a reader of this language."""
    return Words(language, Speech(language).gettext, lambda span: span_in_words(span, language))


def people_of(graph: Graph, counted: Iterable[tuple[str, str | None, str | None, int]]) -> People:
    """Where they stand, from numbers by (state, step, reason of the end)."""
    at: dict[str, Counter[str]] = {node.id: Counter() for node in graph.nodes}
    ended: Counter[str] = Counter()
    elsewhere = 0
    for state, step, because, number in counted:
        if state == "ended":
            ended[because or "completed"] += number
        elif step in at:
            at[step]["waiting" if state == "paused" else state] += number
        else:
            elsewhere += number
    return People({step: Standing(**numbers) for step, numbers in at.items() if numbers}, dict(ended), elsewhere)
