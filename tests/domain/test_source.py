"""Where somebody came from: codes as people type them, what a link tells, and which of two tellings stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.domain.company import CallToAction, Utm
from funnel.domain.source import KEYS, LONGEST, UTM, first_of, read_code, read_source, source_of

TOLD = st.dictionaries(st.sampled_from((*KEYS, "referrer")), st.text(min_size=1, max_size=3))


def cta(**utm: str) -> CallToAction:
    return CallToAction(id="service_forum", kind="talk", title="A talk", scenario="conference", utm=Utm(**utm))


@pytest.mark.parametrize(
    "typed", ["service_forum", "service-forum", "Service-Forum", " SERVICE_FORUM ", "service-forum.", "service-forum)/"]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_code(typed) == "service_forum"


@pytest.mark.parametrize("typed", ["", ".", "9lives", "a b", "a/b", "//evil.example", "é", "a" * 65, "a\nb", "ａ"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_a_link_tells_its_code_and_utm_values_that_follow_from_the_rest() -> None:
    assert source_of(cta()) == {
        "cta": "service_forum", "utm_source": "service_forum", "utm_medium": "talk", "utm_campaign": "conference"
    }  # fmt: skip
    written = source_of(cta(source="forum", medium="qr", campaign="spring", term="calls", content="last slide"))
    assert written == {
        "cta": "service_forum", "utm_source": "forum", "utm_medium": "qr", "utm_campaign": "spring",
        "utm_term": "calls", "utm_content": "last slide",
    }  # fmt: skip


def test_only_what_is_known_is_read_and_cut_and_cleaned() -> None:
    told = {"utm_source": "x" * 200, "cta": "a\x00b", "utm_medium": "", "utm_term": "a ", "fbclid": "1", "gclid": "2"}
    assert read_source(told) == {"utm_source": "x" * LONGEST, "utm_term": "a"}


def test_utm_values_of_two_visits_are_never_mixed() -> None:
    ad = {"utm_source": "linkedin", "utm_campaign": "spring"}
    later = {"utm_source": "letter", "utm_medium": "email", "cta": "talk", "referrer": "news.example"}
    assert first_of(ad, later) == {**ad, "cta": "talk", "referrer": "news.example"}
    assert first_of({"cta": "talk"}, later) == {**later, "cta": "talk"}


@given(TOLD, TOLD)
def test_what_was_told_first_stays_whatever_comes_later(first: dict[str, str], later: dict[str, str]) -> None:
    kept = first_of(first, later)
    assert {name: kept[name] for name in first} == first
    assert set(kept) <= set(first) | set(later)
    utm = {name: value for name, value in kept.items() if name in UTM}
    assert any(utm == {n: v for n, v in one.items() if n in UTM} for one in (first, later))
