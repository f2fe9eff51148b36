"""Everybody who is one person with leads that are loaded already."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from funnel.domain.lead import Lead
from funnel.storage import leads, snapshot


def load_same_people(connection: Connection, loaded: Mapping[int, Lead], ids: Iterable[int]) -> dict[int, list[Lead]]:
    """By each of the `ids`, which are among the `loaded`: that lead, then every other that is the same person; without
    a lock."""
    same = leads.same_people(connection, {one: loaded[one].merged_into for one in ids})
    others = {one for hers in same.values() for one in hers} - loaded.keys()
    found = {**loaded, **snapshot.load(connection, sorted(others), lock=False)}
    return {one: [found[each] for each in hers] for one, hers in same.items()}
