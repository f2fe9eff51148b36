"""Who is a machine by what its request says of itself."""

import pytest
from werkzeug.datastructures import Headers

from funnel.domain.verdicts import judge
from funnel.web.machines import signals_of

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
PEOPLE = (
    SAFARI,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13; CUBOT KINGKONG) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36 [LinkedInApp]",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
)
MACHINES = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "WhatsApp/2.23.20.0",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Go-http-client/2.0",
)


def says(headers: dict[str, str]) -> str:
    """Who made a request with these headers."""
    return judge(signals_of(Headers(headers))).says


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_person_with_a_browser_is_none(agent: str) -> None:
    assert says({"User-Agent": agent, "Sec-Fetch-Mode": "navigate"}) == "human"


@pytest.mark.parametrize("agent", MACHINES)
def test_a_program_that_names_itself_is_one(agent: str) -> None:
    assert says({"User-Agent": agent}) == "machine"


@pytest.mark.parametrize(
    "header, value",
    [("Purpose", "prefetch"), ("Sec-Purpose", "prefetch;prerender"), ("X-Purpose", "preview"), ("X-Moz", "prefetch")],
)
def test_a_link_fetched_ahead_is_not_followed_by_anybody_yet(header: str, value: str) -> None:
    assert says({"User-Agent": SAFARI, header: value}) == "machine"


def test_a_program_without_a_name_may_be_anybody() -> None:
    assert says({}) == "unsure"
