"""What is done on a page before its picture is taken."""

from collections.abc import Callable

from playwright.sync_api import Page

from scripts.screens import people
from scripts.screens.story import Story

Act = Callable[[Story, Page], None]

FORM = people.LANDING
BROKEN = "scenarios/self_evaluation.yaml"


def press(selector: str) -> Act:
    """Press what the selector finds."""

    def act(_: Story, page: Page) -> None:
        people.press(page, selector)

    return act


def answered(number: int, *, refuse: bool = False) -> Act:
    """She has answered what comes before a page; `refuse`: and sends this one as it is."""

    def act(_: Story, page: Page) -> None:
        page.goto(FORM)
        while not page.url.endswith(f"/{number}"):
            people.answer_page(page, people.LEA)
        if refuse:
            page.fill("#q_reply_hours", "a day or two") if page.locator("#q_reply_hours").count() else None
            people.press(page, "button[value=next]")

    return act


def begun(story: Story, page: Page) -> None:
    """She has answered the first pages."""
    answered(3)(story, page)
    page.goto(FORM)


def details(*, wrong: bool = False, send: bool = False) -> Act:
    """She fills in her details, wrongly or well, and sends them or not."""

    def act(_: Story, page: Page) -> None:
        people.answer_here(page, people.LEA)
        if wrong:
            page.fill("#email", "lea.martin@")
            page.fill("#company", people.LONG.company)
            page.fill("#phone", "call me")
        elif send:
            people.fill_details(page, people.LEA)
        if wrong or send:
            people.press(page, "button[value=send]")

    return act


def wrong_address(_: Story, page: Page) -> None:
    """She corrects her address to one that is none."""
    page.locator("main details:has(#email) summary").click()
    page.fill("#email", "paul.dubois@")
    people.press(page, "main details:has(#email) button")


def other_address(_: Story, page: Page) -> None:
    """She corrects it to the one that is proposed."""
    people.press(page, ".notice form button")


def asks_unproven(story: Story, page: Page) -> None:
    """She books from the results of the form that she has just sent."""
    people.answer_here(page, people.FRESH)
    people.fill_details(page, people.FRESH)
    people.press(page, "button[value=send]")
    people.press(page, "a[href^='/book/']")
    page.locator("[name=slot]").first.check(force=True)
    people.press(page, people.BOOK)


def no_slot(_: Story, page: Page) -> None:
    """She books without choosing a time, with a number that is none."""
    page.fill("#phone", "12")
    people.press(page, people.BOOK)


def sets_nothing(_: Story, page: Page) -> None:
    """The staff sets an appointment without choosing a time."""
    page.fill("#phone", "12") if page.locator("#phone").count() else None
    people.press(page, "form:has(#slot) button:has-text('Set the appointment'), form:has(#slot) button.button")


def joins(_: Story, page: Page) -> None:
    """Two leads are one person; joined before, the page is opened alone."""
    lead = page.url.partition("/same/")[0]
    if page.locator("main form button.button").count():
        page.locator("main form button.button").first.click()
    page.goto(lead)


def changes(story: Story, page: Page) -> None:
    """The staff opens her appointment."""
    page.goto(f"/desk/leads/{story.facts['leads']['Tom Okafor']}")
    people.press(page, "a[href^='/diary/appointments/']")


def moves_nothing(story: Story, page: Page) -> None:
    """The staff moves it without choosing a time."""
    changes(story, page)
    people.press(page, "form:has(#slot) button.button")


def no_calendar(_: Story, page: Page) -> None:
    """A rep names a calendar that is no address."""
    page.fill("#calendar", "my calendar")
    people.press(page, "form[action='/diary/calendar'] button")


def wrong_number(_: Story, page: Page) -> None:
    """She gives a number that is none."""
    page.fill("#phone", "12")
    people.press(page, "#details form button")


def no_time(_: Story, page: Page) -> None:
    """She presses the button without a time."""
    people.press(page, people.BOOK)


def too_late_for_the_slot(story: Story, page: Page) -> None:
    """She has chosen a time; somebody else is faster."""
    page.locator("[name=slot]").first.check(force=True)
    value = page.locator("[name=slot]").first.get_attribute("value")
    for who in (*people.CROWD[4:], people.INES, people.TYPO):  # every rep who is free then
        if not (diary := story.diary_of(who)):
            continue
        other = story.browser_of(who.name).new_page()
        other.goto(diary)
        choice = other.locator(f"[name=slot][value='{value}']")
        if choice.count():
            choice.check(force=True)
            if other.locator("#phone").count():
                other.fill("#phone", "+33 6 11 22 33 44")
            people.press(other, people.BOOK)
        other.close()
    if page.locator("#phone").count():
        page.fill("#phone", "+33 6 11 22 33 44")
    people.press(page, people.BOOK)


def returned_without_a_reason(_: Story, page: Page) -> None:
    """A rep gives a lead back, and does not say why."""
    page.locator("details.menu summary").first.click()
    page.locator("[name=reason]").first.evaluate("one => one.required = false")
    people.press(page, "details.menu button.danger")


def too_much(_: Story, page: Page) -> None:
    """She sends more than is taken."""
    people.answer_here(page, people.LEA)
    page.eval_on_selector("#name", "one => { one.maxLength = 1e6; one.value = 'x'.repeat(3e5); }")
    people.press(page, "button[value=send]")


def backwards(_: Story, page: Page) -> None:
    """The clock is to go back."""
    page.eval_on_selector("[name=to]", "one => one.value = '2001-01-01T08:00:00Z'")
    people.press(page, "[name=to]")


def wrong_password(_: Story, page: Page) -> None:
    """Somebody types another password."""
    page.fill("#email", "camille@verdanne.example")
    page.fill("#password", "not this one")
    people.press(page, "form[action='/login'] button")


def two_passwords(_: Story, page: Page) -> None:
    """Somebody types two that differ."""
    page.fill("#password", "a short sentence is easy")
    page.fill("#again", "a short sentence is hard")
    people.press(page, "form[action^='/login/'] button")


def unfolded(_: Story, page: Page) -> None:
    """Everything that is folded is opened."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def no_hours(_: Story, page: Page) -> None:
    """The marketer spreads what waits over no hours."""
    page.check("[name=how][value=spread]")
    page.fill("#hours", "a day")
    people.press(page, "form[action$='/resume'] button")


def registers_late(_: Story, page: Page) -> None:
    """Somebody registers after it has begun."""
    people.fill_details(page, people.FRESH)
    people.press(page, "button[value=send]")


def all_answered(_: Story, page: Page) -> None:
    """She answers everything."""
    people.answer_here(page, people.EVA)


def nothing_chosen(story: Story, page: Page) -> None:
    """She sends it without choosing what is to follow."""
    all_answered(story, page)
    people.press(page, "button[value=send]")
    page.check("[data-calls]", force=True)


def somebody_called(_: Story, page: Page) -> None:
    """A rep notes that nobody answered."""
    page.locator("details.menu summary").first.click()
    page.locator("[name=note]").first.fill("On the train, rather after five")
    people.press(page, "button[value=not_reached]")


def no_outcome(_: Story, page: Page) -> None:
    """A rep sends an outcome that is none."""
    page.locator("details.menu summary").first.click()
    page.locator("[name=note]").first.fill("On the train, rather after five")
    page.locator("button[name=outcome]").first.evaluate("one => one.value = 'perhaps'")
    people.press(page, "button[name=outcome]")


def table(story: Story, page: Page) -> None:
    """A manager has a table looked at, with a line twice and one about nobody."""
    lines = ("appointment,outcome", f"{story.facts['over']},held", f"{story.facts['over']},missed", "999999,held")
    page.fill("#table", "\n".join(lines))
    people.press(page, "button[value=look]")


def no_table(_: Story, page: Page) -> None:
    """A manager has something looked at that is no table."""
    page.fill("#table", "Léa came, Tom did not")
    people.press(page, "button[value=look]")


def agrees(_: Story, page: Page) -> None:
    """A rep opens the times for somebody on the call list."""
    page.locator("a[href^='/diary/new?call=']").first.click()
    page.wait_for_load_state()


def agrees_on_nothing(story: Story, page: Page) -> None:
    """She chooses none of them."""
    agrees(story, page)
    sets_nothing(story, page)
