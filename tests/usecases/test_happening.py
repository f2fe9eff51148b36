"""Pages that were looked at, as a history tells them: by sitting, and by page."""

from datetime import UTC, datetime, timedelta

from funnel.catalogue import Speech
from funnel.usecases.happening import Happening, Page, gather, pages_seen

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ENGLISH = Speech("en")


def looked(minutes: int, path: str, seconds: int = 0) -> Happening:
    """A page that she looked at, so many minutes after noon."""
    page = Page(f"www.verdanne.example{path}", path.strip("/").title(), seconds)
    return Happening(NOON + timedelta(minutes=minutes), f"Looked at {page.title}", "lead", "PageVisited", page=page)


def other(minutes: int, by: str) -> Happening:
    """Something else."""
    return Happening(NOON + timedelta(minutes=minutes), f"Something of the {by}'s", by, "Other")


def test_pages_of_one_sitting_are_one_line_whatever_the_machine_does_meanwhile() -> None:
    told = [looked(0, "/prices", 42), other(1, "machine"), looked(2, "/team"), looked(40, "/prices")]
    assert [one.what for one in gather(told, ENGLISH)] == [
        "Looked at 2 pages: “Prices” (42 s), “Team”",
        "Something of the machine's",
        "Looked at Prices",
    ]


def test_a_page_that_she_comes_back_to_in_one_sitting_is_named_once() -> None:
    told = [looked(0, "/prices", 42), looked(1, "/team"), looked(2, "/prices", 8)]
    assert [one.what for one in gather(told, ENGLISH)] == ["Looked at 2 pages: “Prices” (50 s), “Team”"]
    told = [looked(0, "/results"), looked(1, "/results", 1), looked(2, "/results")]
    assert [one.what for one in gather(told, ENGLISH)] == ["Looked at “Results” (1 s), 3 times"]


def test_what_she_or_her_rep_does_meanwhile_stands_where_it_was() -> None:
    told = [looked(0, "/prices"), other(1, "lead"), looked(2, "/team"), other(3, "staff"), looked(4, "/jobs")]
    assert [one.what for one in gather(told, ENGLISH)] == [one.what for one in told]


def test_pages_are_told_by_how_long_they_were_looked_at() -> None:
    told = [looked(0, "/team", 5), looked(1, "/prices", 30), looked(99, "/prices", 20), other(100, "lead")]
    found = [(one.page.title, one.times, one.seconds, one.last_at) for one in pages_seen(told)]
    assert found == [("Prices", 2, 50, NOON + timedelta(minutes=99)), ("Team", 1, 5, NOON)]
