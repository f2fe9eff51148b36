"""A stranger walks the self-evaluation: by thumb on a phone, by keyboard alone, without scripts (S126-S130)."""

from collections.abc import Callable

import pytest

from tests.browser.window import Window
from tests.e2e.people import ARTICLE, THANKS, Colleague, Prospect, link
from tests.e2e.place import Place

pytestmark = pytest.mark.browser

WORDS_A_MINUTE = 238  # silent reading, the mean of 190 studies (Brysbaert 2019)
LETTERS_A_SECOND = 3.0  # by thumb, the mean of 37,000 people (Palin et al. 2019: 36 words a minute)
SECONDS_A_TAP = 1.0
THREE_MINUTES = 180
"""From the call to action to her results, for somebody who reads every question with every answer once."""

_WORDS = """form => {
    const copy = form.cloneNode(true);
    copy.querySelectorAll('[aria-hidden], [hidden], .progress, .privacy').forEach(part => part.remove());
    return copy.textContent.split(/\\s+/).filter(Boolean).length}"""

Open = Callable[..., Window]


class Stopwatch:
    """How long the way takes somebody who reads all of it but the fine print."""

    def __init__(self) -> None:
        self.words = 0
        self.taps = 0
        self.letters = 0

    def reads(self, window: Window) -> None:
        """She reads the form of the page."""
        self.words += window.page.locator("form").first.evaluate(_WORDS)

    @property
    def seconds(self) -> float:
        """All in all."""
        reading = 60 * self.words / WORDS_A_MINUTE
        return reading + self.taps * SECONDS_A_TAP + self.letters / LETTERS_A_SECOND


def questions(window: Window) -> list[str]:
    """The names of the page's questions that want one answer."""
    found: list[str] = window.page.evaluate(
        "[...new Set([...document.querySelectorAll('form input[type=radio]')].map(input => input.name))]"
    )
    return found


def test_by_thumb_on_a_phone_with_every_page_examined(place: Place, open_window: Open) -> None:
    lea = Prospect(place)
    window = open_window()
    page, watch = window.page, Stopwatch()
    window.open(ARTICLE)
    window.examine()
    window.follow(page.locator("a[href^='/s/']").last.tap)
    while page.locator("input[name=email]").count() == 0:
        window.examine()
        watch.reads(window)
        for name in questions(window):
            page.locator(f"label:has(input[name={name}])").nth(2).tap()
            watch.taps += 1
        watch.taps += 1
        window.follow(page.locator("button[value=next]").tap)
    window.examine()
    watch.reads(window)
    for field, text in (("name", lea.name), ("email", lea.email)):
        page.locator(f"input[name={field}]").fill(text)
        watch.letters += len(text)
    page.locator("label:has(input[name=consent_follow_up_email])").tap()
    watch.taps += 4
    window.follow(page.locator("button[value=send]").tap)

    assert page.url == place.base + THANKS
    assert watch.seconds < THREE_MINUTES, f"{watch.seconds:.0f} s: {vars(watch)}"
    assert page.locator("figure svg").is_visible()
    window.examine()
    (mail,) = lea.mails(1)
    assert lea.lead["zone"] == "Europe/Paris", "told by the browser"

    window.open(link(mail, "/r/"))
    window.examine()
    window.follow(page.get_by_role("button", name="Yes, this is me").tap)
    window.examine()
    window.follow(page.get_by_role("link", name="Choose a time").tap)
    window.examine()
    days = page.locator("a.day")
    window.follow(days.nth(days.count() - 1).tap)
    page.locator("label.slot").first.tap()
    window.expected.add(422)
    window.follow(page.locator("form:has(input[name=slot]) button").tap)
    window.examine()  # the telephone is missing, and the page says so
    assert page.locator("#phone-error").is_visible()
    page.locator("input[name=phone]").fill("06 12 34 56 78")
    window.follow(page.locator("form:has(input[name=slot]) button").tap)
    assert page.url.endswith("/appointment")
    window.examine()
    assert lea.lead["stage"] == "qualified"

    window.follow(page.get_by_role("link", name="Cancel this appointment").tap)
    window.examine()
    window.follow(page.locator("form[action$='/cancel'] button").tap)
    window.examine()
    assert lea.lead["appointments"][0]["state"] == "cancelled"


def test_with_the_keyboard_alone(place: Place, open_window: Open) -> None:
    lea = Prospect(place)
    window = open_window(width=1280)
    page = window.page
    window.open(ARTICLE)
    window.follow(lambda: window.press_on(page.locator("a[href^='/s/']").last))
    while page.locator("input[name=email]").count() == 0:
        for name in questions(window):
            window.press_on(page.locator(f"input[name={name}]").first, "Space")
            assert page.locator(f"input[name={name}]").first.is_checked()
            page.keyboard.press("ArrowDown")
            assert page.locator(f"input[name={name}]").nth(1).is_checked()
        window.follow(lambda: window.press_on(page.locator("button[value=next]")))
    for field, text in (("name", lea.name), ("email", lea.email)):
        window.tab_to(page.locator(f"input[name={field}]"))
        page.keyboard.type(text)
    window.press_on(page.locator("input[name=consent_follow_up_email]"), "Space")
    window.follow(lambda: window.press_on(page.locator("button[value=send]")))
    assert page.url == place.base + THANKS
    assert lea.lead["consents"]["follow_up_email"] is True
    lea.mails(1)

    window.follow(lambda: window.press_on(page.get_by_role("link", name="Choose a time")))
    days = page.locator("a.day")
    window.follow(lambda: window.press_on(days.nth(days.count() - 1)))
    window.press_on(page.locator("input[name=slot]").first, "Space")
    window.tab_to(page.locator("input[name=phone]"))
    page.keyboard.type("+33 6 12 34 56 78")
    window.follow(lambda: window.press_on(page.locator("form:has(input[name=slot]) button")))
    assert page.url.endswith("asked=yes"), "nobody has proven whose it is: the mail says what came of it"
    window.examine()
    assert lea.lead["stage"] == "qualified"


def test_without_scripts(place: Place, open_window: Open) -> None:
    lea = Prospect(place)
    window = open_window(scripts=False)
    page = window.page
    window.open(ARTICLE)
    window.follow(page.locator("a[href^='/s/']").last.click)
    window.expected.add(422)
    window.follow(page.locator("button[value=next]").click)
    assert page.locator("p.error").count() > 0, "nothing answered: each question says what is missing"
    while page.locator("input[name=email]").count() == 0:
        names = {input.get_attribute("name") for input in page.locator("form input[type=radio]").all()}
        for name in sorted(name for name in names if name):
            page.locator(f"label:has(input[name={name}])").first.click()
        window.follow(page.locator("button[value=next]").click)
    page.locator("input[name=name]").fill(lea.name)
    page.locator("input[name=email]").fill(lea.email.replace("ostrel.example", "gmial.com"))
    window.follow(page.locator("button[value=send]").click)
    lea.email = lea.email.replace("ostrel.example", "gmail.com")
    window.follow(page.get_by_role("button", name=f"Yes, use {lea.email}").click)
    assert "instead" in window.text()
    lea.mails(1)
    window.follow(page.get_by_role("link", name="Choose a time").click)
    page.locator("summary", has_text="time zone").click()
    page.locator("select[name=zone]").select_option("America/New_York")
    window.follow(page.get_by_role("button", name="Use it").click)
    assert "New York" in window.text()
    page.locator("label.slot").first.click()
    page.locator("input[name=phone]").fill("+1 212 555 0123")
    window.follow(page.locator("form:has(input[name=slot]) button").click)
    assert page.url.endswith("asked=yes")
    assert "New York" in window.text()


def test_the_pages_beside_the_way_are_examined(place: Place, open_window: Open) -> None:
    place.to_next(0)  # a Monday: two days later mails leave
    lea = Prospect(place)
    lea.walk_in()
    lea.mails(1)
    place.move(advance="2 days")
    stop = lea.mails(2)[1]["headers"]["List-Unsubscribe"].strip("<>")
    window = open_window()
    for address in ("/privacy", stop, "/", "/login", "/dev/mail", "/dev/mail/1", "/dev/clock"):
        window.open(address)
        window.examine()
    window.open(stop)
    window.follow(window.page.locator("form[action*='/u/'] .wide-s").tap)
    assert "stopped" in window.text().lower()
    window.examine()


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.slow)])
def test_the_reps_pages_are_examined_on_phone_and_laptop(place: Place, open_window: Open, width: int) -> None:
    lea = Prospect(place)
    lea.walk_in()
    offer = next(url for url in lea.page.links if url.startswith("/book/"))
    lea.book(offer, phone="+33 6 12 34 56 78")
    email, password = place.log_in("rep")
    window = open_window(width=width)
    window.log_in(email, password, "/desk")
    window.examine()
    window.open(f"/desk/leads/{lea.lead['id']}")
    window.examine()
    window.follow(window.page.get_by_role("button", name="Accept").first.click)
    window.examine()
    assert lea.lead["stage"] == "accepted"
    assert Colleague(place, "manager").browser.open("/desk/webhooks").status == 200


def test_an_unknown_address_is_a_page_that_helps(place: Place, open_window: Open) -> None:
    window = open_window()
    window.expected.add(404)
    window.open("/r/nowhere")
    window.examine()
    assert window.page.locator("a[href='/'], a[href^='/l/']").count() > 0
