"""Who opened or clicked: a table of signals, and links followed together."""

from datetime import UTC, datetime, timedelta

import pytest

from funnel.domain.verdicts import Seen, Signals, after_sending, judge, together

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
NOON = datetime(2027, 6, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "signals, says, reasons",
    [
        (Signals("click", BROWSER), "human", ()),
        (Signals("open", BROWSER), "human", ()),
        (Signals("click", BROWSER, method="HEAD"), "machine", ("head",)),
        (Signals("click", BROWSER, ahead="prefetch;prerender"), "machine", ("prefetch",)),
        (Signals("click", BROWSER, trap=True), "machine", ("trap",)),
        (Signals("click", "curl/8.5.0"), "machine", ("agent",)),
        (Signals("click", "Mozilla/5.0 (compatible; Googlebot/2.1)"), "machine", ("agent",)),
        (Signals("click", "Barracuda Sentinel (EE)"), "machine", ("agent",)),
        (Signals("click", ""), "unsure", ("no_agent",)),
        (Signals("open", "Mozilla/5.0"), "unsure", ("proxy",)),
        (Signals("open", "Mozilla/5.0 (Windows NT 5.1) Firefox/11.0 (via ggpht.com GoogleImageProxy)"),
         "unsure", ("proxy",)),
        (Signals("open", "YahooMailProxy; https://help.yahoo.com"), "unsure", ("proxy",)),
        (Signals("click", "curl/8", method="HEAD", trap=True), "machine", ("trap", "head", "agent")),
    ],
)  # fmt: skip
def test_what_a_request_tells(signals: Signals, says: str, reasons: tuple[str, ...]) -> None:
    judged = judge(signals)
    assert (judged.says, judged.reasons) == (says, reasons)


@pytest.mark.parametrize(
    "agent",
    [
        "node", "node/22.1", "undici", "PostmanRuntime/7.43.0", "insomnia/10", "GuzzleHttp/7", "RestSharp/112.0",
        f"{BROWSER} GTmetrix", f"{BROWSER} Site24x7", f"{BROWSER} StatusCake", f"{BROWSER} DatadogSynthetics",
        f"{BROWSER} NewRelicSynthetics/3.0", "NewRelicPinger/1.0 (1)", "Checkly/1.0 (https://www.checklyhq.com)",
        f"{BROWSER} (Catchpoint)", "Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)", "GoogleOther",
        f"{BROWSER} (compatible; Google-Read-Aloud)", f"{BROWSER} Prerender (+https://github.com/prerender/prerender)",
        "Better Uptime", "Mediapartners-Google",
    ],
)  # fmt: skip
def test_programs_that_say_so_are_none_the_less_machines_beside_a_browser_s_name(agent: str) -> None:
    assert judge(Signals("click", agent)).reasons == ("agent",)


@pytest.mark.parametrize(
    "agent",
    [
        BROWSER,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
        "Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 15; CUBOT X90) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile "
        "Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/138.0 Electron/37.2 Safari/537.36 Node/22",
    ],
)
def test_browsers_are_people_s(agent: str) -> None:
    assert judge(Signals("click", agent)).says == "human"


def test_who_names_nothing_but_what_all_do_may_be_anybody() -> None:
    assert judge(Signals("click", "Mozilla/5.0")).reasons == ("no_agent",)


@pytest.mark.parametrize(
    "seconds, says", [(0, "machine"), (4, "machine"), (5, "unsure"), (19, "unsure"), (20, "human"), (9000, "human")]
)
def test_nobody_reads_a_mail_in_the_second_it_leaves(seconds: int, says: str) -> None:
    assert after_sending((), timedelta(seconds=seconds)).says == says


def touches(*found: tuple[int | None, float]) -> list[Seen]:
    """Links followed (none: the mail opened), so many seconds after noon."""
    return [Seen(f"{link}@{at}", link, NOON + timedelta(seconds=at), trap=link == 0) for link, at in found]


@pytest.mark.parametrize(
    "found, machines",
    [
        ([(1, 0), (1, 1), (1, 2)], []),
        ([(1, 0), (2, 9)], []),
        ([(1, 0), (2, 1)], ["1@0", "2@1"]),
        ([(1, 0), (2, 5), (3, 10), (1, 70)], ["1@0", "2@5", "3@10"]),
        ([(1, 0), (2, 5), (3, 11)], []),
        ([(1, 0), (0, 30), (2, 120)], ["0@30", "1@0"]),
        ([(None, 0), (1, 3), (2, 4), (None, 60)], ["1@3", "2@4", "None@0"]),
        ([(None, 0), (1, 3), (None, 4)], []),
        ([(1, 0), (None, 25), (0, 30)], ["0@30", "1@0", "None@25"]),
    ],
)
def test_links_followed_together_are_no_persons(found: list[tuple[int | None, float]], machines: list[str]) -> None:
    assert sorted(together(touches(*reversed(found)))) == machines
