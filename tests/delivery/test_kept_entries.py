"""What an earlier copy of a calendar tells of entries whose times cannot all be read any more."""

import resource

import pytest

from funnel.delivery.feeds import FeedReader
from funnel.delivery.guarded import GuardedClient
from funnel.ports import CalendarFault
from tests.delivery.test_feeds import AT_TEN, READER, calendar, read_file, utc
from tests.delivery.test_mended_entries import WEEKLY


def test_what_a_copy_tells_of_an_entry_without_a_day_is_kept_and_nothing_else_of_it() -> None:
    copy = calendar(
        "UID:a\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nRRULE:FREQ=DAILY;COUNT=2",
        "UID:a\nRECURRENCE-ID:20261021T080000Z\nDTSTART:20261021T140000Z\nDTEND:20261021T150000Z",
        "UID:b\nDTSTART:20261022T080000Z\nDTEND:20261022T090000Z",
    )
    content = READER.kept(calendar("UID:a\nDTSTART:late", "UID:c\nDTSTART:never"), copy)
    assert [begins for begins, _ in read_file(content).busy] == [utc("20261020T0800"), utc("20261021T0800")]
    assert READER.kept(content, content) == content


def test_a_changed_rule_that_cannot_be_read_leaves_what_the_copy_tells_beside_what_is_sure() -> None:
    copy = calendar(f"UID:a\n{WEEKLY}", "UID:b\nDTSTART;VALUE=DATE:20261022\nDTEND;VALUE=DATE:20261025")
    for broken in ("BYDAY=TUE", "UNTIL=never", "COUNT=", "BYHOUR=25", "X-NAME=1"):
        new = calendar(f"UID:a\nDTSTART:20261021T080000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;{broken}")
        found = read_file(READER.kept(new, copy))
        assert [begins for begins, _ in found.busy] == [
            utc("20261020T0800"), utc("20261021T0800"), utc("20261027T0900"), utc("20261103T0900"),
        ]  # fmt: skip
    new = calendar("UID:b\nDTSTART;VALUE=DATE:20261022\nDTEND:late")
    assert read_file(READER.kept(new, copy)).busy == [(utc("20261021T2200"), utc("20261024T2200"))]
    new = calendar(f"UID:a\n{WEEKLY};BYDAY=TUE\nSTATUS:CANCELLED")
    assert READER.kept(new, copy) == new, "it takes her time no more"


def test_a_start_without_its_time_is_as_the_copy_has_it_and_on_another_day_that_day_too() -> None:
    copy = calendar("UID:a\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z")
    same = READER.kept(calendar("UID:a\nDTSTART:20261020T0800"), copy)
    assert read_file(same).busy == [tuple(map(utc, AT_TEN.split()))]
    other = read_file(READER.kept(calendar("UID:a\nDTSTART:20261023T0800"), copy))
    assert other.busy == [tuple(map(utc, AT_TEN.split())), (utc("20261022T2200"), utc("20261023T2200"))]
    added = read_file(READER.kept(calendar("UID:a\nDTSTART:late\nDURATION:PT1H\nRDATE:20261021T080000Z"), copy))
    assert [begins for begins, _ in added.busy] == [utc("20261020T0800"), utc("20261021T0800")]


def test_a_day_that_is_added_to_an_entry_and_cannot_be_read_is_as_the_copy_has_it() -> None:
    at_ten = "UID:a\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z"
    copy = calendar(f"{at_ten}\nRDATE:20261021T080000Z,20261022T080000Z")
    for broken in ("RDATE:20261021T080000Z,20261022Tbad", "RDATE;VALUE=PERIOD:20261021T080000Z/PT1H,20261022T/PT1H"):
        new = calendar(f"{at_ten}\n{broken}")
        days = [f"{begins:%d}" for begins, _ in read_file(READER.kept(new, copy)).busy]
        assert days == ["20", "21", "22"]
    for sound in ("RDATE:20261023T080000Z", "RDATE;VALUE=PERIOD:20261023T080000Z/PT1H", "RDATE;VALUE=DATE:20261023"):
        new = calendar(f"{at_ten}\n{sound}")
        assert READER.kept(new, copy) == new


THEIRS = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:-0800
TZOFFSETTO:-0800
END:STANDARD
END:VTIMEZONE
"""
"""A zone that nobody else knows."""


@pytest.mark.parametrize(
    "name, named", [("Theirs", "Theirs"), (r"(-08:00) Here\, and there", '"(-08:00) Here, and there"')]
)
@pytest.mark.parametrize("unclosed", ["", "BEGIN:VTIMEZONE\nTZID:Theirs\n"])
def test_what_is_kept_of_a_copy_keeps_the_zone_that_it_names(name: str, named: str, unclosed: str) -> None:
    entry = f"UID:a\nDTSTART;TZID={named}:20261020T100000\nDTEND;TZID={named}:20261020T110000"
    zones = THEIRS.format(name="Other") + THEIRS.format(name=name)
    broken, content = "UID:a\nDTSTART:late", calendar(entry, zones=unclosed + zones)
    for _ in range(2):
        content = READER.kept(calendar(broken), content)
        assert read_file(content).busy == [(utc("20261020T1800"), utc("20261020T1900"))]
        assert content.count(b"BEGIN:VTIMEZONE") == 1, "not those that none of them names"
    own = READER.kept(calendar(broken, zones=THEIRS.format(name=name)), content)
    assert own.count(b"BEGIN:VTIMEZONE") == 1, "its own"


def test_a_zone_that_the_file_tells_no_more_is_as_the_copy_has_it() -> None:
    def entry(hour: int) -> str:
        return f"UID:a\nDTSTART;TZID=Theirs:20261020T{hour}0000\nDTEND;TZID=Theirs:20261020T{hour + 1}0000"

    copy = calendar(entry(10), zones=THEIRS.format(name="Theirs"))
    for _ in range(2):
        same = READER.kept(calendar(entry(10)), copy)
        assert read_file(same).busy == [(utc("20261020T1800"), utc("20261020T1900"))]
        copy = same
    moved = read_file(READER.kept(calendar(entry(11)), copy))
    assert moved.busy == [(utc("20261020T1900"), utc("20261020T2000"))], "at its new time, in the zone as it was"


@pytest.mark.parametrize("zone", ["Nobodys", "America", "america/los_angeles"])
def test_times_in_a_zone_that_no_file_tells_are_as_the_copy_has_them_beside_hers(zone: str) -> None:
    copy = calendar("UID:a\nDTSTART:20261020T180000Z\nDTEND:20261020T190000Z")
    new = calendar(f"UID:a\nDTSTART;TZID={zone}:20261020T100000\nDTEND;TZID={zone}:20261020T110000")
    found = read_file(READER.kept(new, copy))
    assert [begins for begins, _ in found.busy] == [utc("20261020T0800"), utc("20261020T1800")]
    for sound in ("Nobodys;VALUE=DATE:20261021", "Nobodys:20261021T080000Z", "Asia/Tokyo:20261021T080000"):
        known = calendar(f"UID:a\nDTSTART;TZID={sound}")
        assert READER.kept(known, copy) == known


def test_what_is_kept_of_a_copy_does_not_grow_with_every_reading() -> None:
    content = calendar(f"UID:a\n{WEEKLY}", f"UID:b\n{WEEKLY}")
    sizes = set()
    for number in range(9):
        broken = f"UID:a\nX-N:{number}\n{WEEKLY};BYDAY=TUE", f"UID:b\nX-N:{number}\nDTSTART:late"
        content = READER.kept(calendar(*broken), content)
        sizes.add(content.count(b"BEGIN:VEVENT"))
    assert sizes == {4}, "as they are, and as they were"
    assert len(read_file(content).busy) == 3


def worked() -> float:
    """The seconds for which this process and those that it has started have worked, without what they waited."""
    return sum(resource.getrusage(whose).ru_utime for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


HOSTILE = [
    *(calendar(f"{line}\n" * 20_000) for line in ("DTSTART;a=", "UID:" + " " * 40 + "x", 'DTSTART;a="')),
    calendar("DTSTART" + ';a="b"' * 9 + "\n" * 20_000),
    calendar(f"UID:{' ' * 500_000}x"),
    calendar("UID:b").replace(b"END:VEVENT", b"\n" * 40_000),
    calendar("UID:b").replace(b"END:VEVENT", b" \r\n" * 40_000 + b"x"),
    calendar(zones="BEGIN:VTIMEZONE" + "\n\x0b" * 16_000 + "\n"),
    calendar(zones="BEGIN:VTIMEZONE\n" * 20_000 + "END:VTIMEZONE" + " " * 100_000 + "x\n"),
    calendar("UID:b").replace(b"BEGIN:VEVENT", b"BEGIN:VEVENT" + b"\n\x0b" * 16_000).replace(b"END:", b"END;X=1:"),
]
"""Calendars in which what is looked for could be looked for in very many ways."""


@pytest.mark.parametrize("content", HOSTILE)
def test_finding_them_in_a_hostile_calendar_takes_no_time(content: bytes) -> None:
    begun, sound = worked(), "UID:a\nDTSTART:20261020T080000Z\nX-A" + ';TZID="' * 20_000
    kept = READER.kept(calendar("UID:a\nDTSTART:late") + content, calendar(sound) + content)
    assert sound.replace("\n", "\r\n").encode() in kept
    assert worked() - begun < 5


def test_what_takes_too_long_is_looked_for_no_further_and_takes_no_memory_of_this_process() -> None:
    content = calendar(*(f"UID:{number}\nDTSTART:late" for number in range(20_000)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(CalendarFault, match=r"^too_slow$"):
        FeedReader(GuardedClient(), seconds=0.02).kept(content, content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "kB"
