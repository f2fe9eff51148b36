"""An entry of which something cannot be read: its rule is followed, and what of it was moved stands where it is."""

from zoneinfo import ZoneInfo

import pytest

from tests.delivery.test_feeds import READER, calendar, read, read_file, utc

HERS = ZoneInfo("Europe/Paris")
WEEKLY = "DTSTART;TZID=Europe/Paris:20240102T100000\nDTEND;TZID=Europe/Paris:20240102T110000\nRRULE:FREQ=WEEKLY"
"""On Tuesdays, for years."""


@pytest.mark.parametrize(
    "broken, ends",
    [
        (f"{WEEKLY}\nBEGIN:VALARM\nTRIGGER:-P15M\nEND:VALARM", "11:00"),
        (f"{WEEKLY}\nBEGIN:VALARM\nTRIGGER:-PT15M\nREPEAT:once\nEND:VALARM", "11:00"),
        (f"{WEEKLY}\nSEQUENCE:", "11:00"),
        (f"{WEEKLY}\nRECURRENCE-ID:", "11:00"),
        (f"{WEEKLY};X-NAME=1", "11:00"),
        (f"{WEEKLY};BYHOUR=25", "11:00"),
        (f"{WEEKLY};BYMONTH=13", "11:00"),
        (f"{WEEKLY};BYSETPOS=0", "11:00"),
        (f"{WEEKLY}\nEXDATE", "11:00"),
        (WEEKLY.replace("DTEND;TZID=Europe/Paris:", "DTEND;TZID:"), "00:00"),
        (WEEKLY.replace("DTEND;TZID=Europe/Paris:20240102T110000", "DTEND"), "00:00"),
        (WEEKLY.replace("=Europe/Paris", "=Europe"), "11:00"),
        (WEEKLY.replace("T110000", "T1100"), "00:00"),
        (WEEKLY.replace("DTEND", "DURATION"), "00:00"),
        (WEEKLY.replace("T100000", "T10"), "00:00"),
    ],
)
def test_a_rule_that_can_be_read_is_followed_whatever_else_of_its_entry_cannot(broken: str, ends: str) -> None:
    found = read(f"UID:a\n{broken}")
    assert found.left_out == ["2024-01-02"]
    local = [(begins.astimezone(HERS), until.astimezone(HERS)) for begins, until in found.busy]
    assert [f"{begins:%d}" for begins, _ in local] == ["20", "27", "03"]
    assert {f"{until:%H:%M}" for _, until in local} == {ends}


@pytest.mark.parametrize("rule", ["RRULE FREQ=WEEKLY", "RRULE:", "RRULE;X:FREQ=WEEKLY", "RRULE:BYDAY=TU"])
def test_of_an_entry_whose_rule_is_none_its_day_is_told_and_the_copy_is_asked(rule: str) -> None:
    broken = calendar(f"UID:a\n{WEEKLY.replace('RRULE:FREQ=WEEKLY', rule)}")
    assert read_file(broken).left_out == ["2024-01-02"]
    found = read_file(READER.kept(broken, calendar(f"UID:a\n{WEEKLY}")))
    assert len(found.busy) == 3, "as the last copy had it"


def test_the_rule_of_an_entry_without_its_end_is_followed() -> None:
    found = read_file(calendar(f"UID:a\n{WEEKLY}").replace(b"END:VEVENT\r\n", b""))
    assert (len(found.busy), found.left_out) == (3, ["2024-01-02"])


def test_an_occurrence_that_was_moved_stands_where_it_is_with_a_line_that_cannot_be_read() -> None:
    moved = "DTSTART:20261028T140000Z\nDTEND:20261028T150000Z"
    series, which = f"UID:a\n{WEEKLY}", "RECURRENCE-ID;TZID=Europe/Paris:20261027T100000"
    tuesday, wednesday = utc("20261027T0900"), utc("20261028T1400")
    for line in (f"{which}\nBEGIN:VALARM\nTRIGGER:-P15M\nEND:VALARM", f"{which}\nSEQUENCE:x"):
        begins = {one for one, _ in read(series, f"UID:a\n{moved}\n{line}").busy}
        assert (tuesday in begins, wednesday in begins) == (False, True)
    begins = {one for one, _ in read(series, f"UID:a\n{moved}\nRECURRENCE-ID:lost").busy}
    assert {tuesday, wednesday} <= begins, "nobody knows which one was moved"
