"""The picture of a rehearsal: each sign at its time, what falls together told apart, and nothing cut off."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest

from funnel.authoring.load import Loaded
from funnel.usecases.rehearsal import Rehearsal, rehearse
from funnel.usecases.rehearsal.marks import WIDTH, is_drawn, marks_of
from funnel.usecases.rehearsal.timeline import STYLE, draw_timeline, undrawn

DAY = 10.0
"""Points for a day, about as many as where three months are drawn."""
SIGN = re.compile(r'<g transform="translate\(([\d.]+),(\d+)\)"><title>([^<]*)</title><path class="(\w+)"')


@pytest.fixture(scope="module")
def drawn(shipped: Loaded) -> Mapping[str, Rehearsal]:
    """Rehearsals with more than fits into a day, and into a picture."""
    company = shipped.company
    assert company is not None
    return {
        name: rehearse(shipped.bundles, company, name, people=24) for name in ("ebook", "no_show", "recurring_visits")
    }


@pytest.mark.parametrize("name", ["ebook", "no_show", "recurring_visits"])
def test_a_sign_stands_at_its_time_and_hides_no_other(drawn: Mapping[str, Rehearsal], name: str) -> None:
    done = drawn[name]

    def x(at: object) -> float:
        return (at - done.begins_at) / timedelta(days=1) * DAY  # type: ignore[operator, no-any-return]

    for person in done.people:
        marks = marks_of(done.of(person.id), x)
        told = [entry for mark in marks for entry in mark.entries]
        assert sorted(map(id, told)) == sorted(map(id, filter(is_drawn, done.of(person.id))))
        assert all(0 <= x(entry.at) - mark.x < WIDTH for mark in marks for entry in mark.entries)
        for mark in marks:
            beside = [one.x for one in marks if one is not mark and one.lane == mark.lane]
            assert all(abs(one - mark.x) >= WIDTH for one in beside)


def test_the_line_of_somebody_ends_with_her_last_sign_and_not_as_her_points_fade(
    drawn: Mapping[str, Rehearsal],
) -> None:
    done = drawn["ebook"]
    fading = [one for one in done.people[:24] if done.of(one.id)[-1].detail.get("because") == "faded"]
    rows = [row.partition('<text x="0"')[0] for row in draw_timeline(done).split('<path class="span"')[1:]]
    row = '<path class="span"' + rows[done.people.index(fading[0])]
    signs = [float(one[0]) for one in SIGN.findall(row)]
    line = re.search(r'class="span" d="M([\d.]+),\d+H([\d.]+)"', row)
    assert line
    assert (float(line[1]), float(line[2])) == (min(signs), max(signs))


def test_every_sign_is_explained_and_nothing_reaches_beyond_the_picture(drawn: Mapping[str, Rehearsal]) -> None:
    for done in drawn.values():
        picture = draw_timeline(done)
        legend = re.findall(
            r'<path class="\w+" transform[^>]*d="([^"]+)"/><text class="soft" x="(\d+)"[^>]*>([^<]+)', picture
        )
        assert {sign for sign, _, _ in legend} == set(re.findall(r'</title><path class="\w+" d="([^"]+)"', picture))
        assert "ended" in [label for _, _, label in legend]
        labels = re.findall(r'<text class="soft" x="([\d.]+)"[^>]*>([^<]+)</text>', picture)
        assert all(float(at) + 6 * len(label) <= 1180 for at, label in labels), labels
        assert " UTC" not in picture


def test_who_is_not_drawn_is_counted_and_a_picture_of_its_own_has_a_size(drawn: Mapping[str, Rehearsal]) -> None:
    done = drawn["ebook"]
    assert undrawn(done) == len(done.leads) - draw_timeline(done).count('class="span"') > 0
    assert ' width="1180" height="' in draw_timeline(done, style=STYLE)
    assert ' width="1180" height="' not in draw_timeline(done)
