"""The table of pictures: every route of the application, in the states that it can be in.

A route is written as the application's URL map writes it. `NO_PAGE` names those that show nothing to people.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Literal, NamedTuple

from playwright.sync_api import Page

from scripts.screens import people
from scripts.screens.story import Story

State = Literal["empty", "full", "failing"]
Act = Callable[[Story, Page], None]
Around = Callable[[Story], AbstractContextManager[None]]


class Picture(NamedTuple):
    """One page in one state: `who` looks, at `path` (filled in with the story's facts), after having done `act`."""

    route: str
    state: State
    name: str
    who: str
    path: str
    act: Act | None = None
    around: Around | None = None
    """What is broken while the picture is taken."""
    languages: tuple[str, ...] = ("fr", "en")
    """In which it is taken; English last, so that it stays. What can be done only once is taken in English."""


NO_PAGE = {
    "/healthz": "for load balancers: a word",
    "/readyz": "for load balancers: JSON",
    "/static/<path:name>": "style, script, font",
    "/brand.css": "style",
    "/dev/mail.json": "for programs",
    "/dev/leads.json": "for programs",
    "/dev/mail/<int:number>/raw": "a message as it went over the wire",
    "/dev/mail/<int:number>/attachments/<int:place>": "a download",
    "/book/<token>/appointment.ics": "a download",
    "/ics/<token>.ics": "for calendar programs",
    "/studio/<scenario>/frame": "a page or a mail in a frame of the preview, pictured there",
    "/studio/<scenario>/attached": "a download, or a page of it as a picture, shown in the preview",
    "/q/<questionnaire>": "leads to the landing page that asks it",
    "/desk/call-list.csv": "a download",
    "/desk/no-shows.csv": "a download",
    "/r/<token>/diagnosis.pdf": "a download: the results on paper",
    "/studio/-/sheets/<scheme>/<name>.css": "style",
    "/studio/-/calls-to-action/<code>.svg": "a QR code, shown on the page of its link",
    "/studio/-/calls-to-action/<code>.png": "a download: the same as PNG",
}

FORM = people.LANDING
CHANGE = "/diary/appointments/<int:appointment_id>"
DETAILS = "/l/self-evaluation/details"
THANKS = "/l/self-evaluation/thanks"
ONCE = ("en",)
BROKEN = "scenarios/self_evaluation.yaml"
STUDIO = "/studio/self-evaluation"
CALLS = "/desk/call-list"
LINKS = "/studio/-/calls-to-action"
RETIRED = LINKS + "/service-forum"
OUTCOME = "/desk/appointments/<int:appointment>"
PREVIEW_MAIL = STUDIO + "/preview?show=mail:self_evaluation/summary_and_meeting"
REHEARSAL = STUDIO + "/rehearse?people=20&days=90&seed=1"


def _press(selector: str) -> Act:
    def act(_: Story, page: Page) -> None:
        people.press(page, selector)

    return act


def _answered(number: int, *, refuse: bool = False) -> Act:
    """She has answered what comes before a page; `refuse`: and sends this one as it is."""

    def act(_: Story, page: Page) -> None:
        page.goto(FORM)
        while not page.url.endswith(f"/{number}"):
            people.answer_page(page, people.LEA)
        if refuse:
            page.fill("#q_reply_hours", "a day or two") if page.locator("#q_reply_hours").count() else None
            people.press(page, "button[value=next]")

    return act


def _begun(story: Story, page: Page) -> None:
    _answered(3)(story, page)
    page.goto(FORM)


def _details(*, wrong: bool = False, send: bool = False) -> Act:
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


def _wrong_address(_: Story, page: Page) -> None:
    page.locator("main details:has(#email) summary").click()
    page.fill("#email", "paul.dubois@")
    people.press(page, "main details:has(#email) button")


def _other_address(_: Story, page: Page) -> None:
    people.press(page, ".notice form button")


def _asks_unproven(story: Story, page: Page) -> None:
    """She books from the results of the form that she has just sent."""
    people.answer_here(page, people.FRESH)
    people.fill_details(page, people.FRESH)
    people.press(page, "button[value=send]")
    people.press(page, "a[href^='/book/']")
    page.locator("[name=slot]").first.check(force=True)
    people.press(page, people.BOOK)


def _no_slot(_: Story, page: Page) -> None:
    page.fill("#phone", "12")
    people.press(page, people.BOOK)


def _sets_nothing(_: Story, page: Page) -> None:
    page.fill("#phone", "12") if page.locator("#phone").count() else None
    people.press(page, "form:has(#slot) button:has-text('Set the appointment'), form:has(#slot) button.button")


def _changes(story: Story, page: Page) -> None:
    page.goto(f"/desk/leads/{story.facts['leads']['Tom Okafor']}")
    people.press(page, "a[href^='/diary/appointments/']")


def _moves_nothing(story: Story, page: Page) -> None:
    _changes(story, page)
    people.press(page, "form:has(#slot) button.button")


def _no_calendar(_: Story, page: Page) -> None:
    page.fill("#calendar", "my calendar")
    people.press(page, "form[action='/diary/calendar'] button")


def _wrong_number(_: Story, page: Page) -> None:
    page.fill("#phone", "12")
    people.press(page, "#details form button")


def _no_time(_: Story, page: Page) -> None:
    people.press(page, people.BOOK)


def _too_late_for_the_slot(story: Story, page: Page) -> None:
    """She has chosen a time; somebody else is faster."""
    page.locator("[name=slot]").first.check(force=True)
    value = page.locator("[name=slot]").first.get_attribute("value")
    for who in (*people.CROWD[4:], people.INES, people.TYPO):  # every rep who is free then
        other = story.browser_of(who.name).new_page()
        other.goto(story.diary_of(who))
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


def _returned_without_a_reason(_: Story, page: Page) -> None:
    page.locator("details.menu summary").first.click()
    page.locator("[name=reason]").first.evaluate("one => one.required = false")
    people.press(page, "details.menu button.danger")


def _too_much(_: Story, page: Page) -> None:
    people.answer_here(page, people.LEA)
    page.eval_on_selector("#name", "one => { one.maxLength = 1e6; one.value = 'x'.repeat(3e5); }")
    people.press(page, "button[value=send]")


def _backwards(_: Story, page: Page) -> None:
    page.eval_on_selector("[name=to]", "one => one.value = '2001-01-01T08:00:00Z'")
    people.press(page, "[name=to]")


def _wrong_password(_: Story, page: Page) -> None:
    page.fill("#email", "camille@verdanne.example")
    page.fill("#password", "not this one")
    people.press(page, "form[action='/login'] button")


def _two_passwords(_: Story, page: Page) -> None:
    page.fill("#password", "a short sentence is easy")
    page.fill("#again", "a short sentence is hard")
    people.press(page, "form[action^='/login/'] button")


def _unfolded(_: Story, page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def _moved(_: Story, page: Page) -> None:
    people.press(page, "form[action='/dev/clock'] button")


def _spoiled(story: Story) -> AbstractContextManager[None]:
    """Somebody has saved the scenario with a mistake in it."""
    text = (story.product.home / BROKEN).read_text().replace("- wait: 2 days", "- wait: a fortnight", 1)
    return story.product.saved(BROKEN, text, "a fortnight")


def _no_hours(_: Story, page: Page) -> None:
    page.check("[name=how][value=spread]")
    page.fill("#hours", "a day")
    people.press(page, "form[action$='/resume'] button")


def _standing_still(story: Story) -> AbstractContextManager[None]:
    """A step failed for some people, and a connection broke while a mail left."""
    return story.product.rewritten(
        ("enrolments", "state = 'parked', reason = 'the mail cannot be written: ''lead.firstname'' is undefined'"),
        ("outbox", "state = 'in_doubt', reason = 'the connection broke after DATA'"),
    )


def _held_back(story: Story) -> AbstractContextManager[None]:
    """Its steps have been paused for long."""
    return story.product.rewritten(("publications", "paused = 1"), ("enrolments", "due_at = began_at"))


def _links_expired(story: Story) -> AbstractContextManager[None]:
    """Links to files work for a minute only."""
    file = "scenarios/company.yaml"
    text = (story.product.home / file).read_text().replace("asset_links_last: 90 days", "asset_links_last: 1 minute")
    return story.product.saved(file, text, "This link has expired", story.facts["asset"])


def _webinar_over(story: Story) -> AbstractContextManager[None]:
    """The webinar took place long ago; its replay is there."""
    return _webinar_rewritten(story)


def _webinar_closed(story: Story) -> AbstractContextManager[None]:
    """The webinar took place long ago, and nobody recorded it."""
    return _webinar_rewritten(story, r"\n +replay:.*")


def _webinar_rewritten(story: Story, without: str = "") -> AbstractContextManager[None]:
    file = "scenarios/webinar.yaml"
    text = re.sub(r'starts_at: "\d{4}', 'starts_at: "2020', (story.product.home / file).read_text())
    return story.product.saved(file, re.sub(without, "", text), "It took place on", people.WEBINAR)


def _registers_late(_: Story, page: Page) -> None:
    people.fill_details(page, people.FRESH)
    people.press(page, "button[value=send]")


def _all_answered(_: Story, page: Page) -> None:
    people.answer_here(page, people.EVA)


def _nothing_chosen(story: Story, page: Page) -> None:
    _all_answered(story, page)
    people.press(page, "button[value=send]")
    page.check("[data-calls]", force=True)


def _nobody_free(story: Story) -> AbstractContextManager[None]:
    """Everybody has gone on holiday."""
    file = "scenarios/company.yaml"
    lines = (story.product.home / file).read_text().splitlines(keepends=True)
    hours = ("      mon:", "      tue:", "      wed:", "      thu:", "      fri:")
    kept = "".join(line for line in lines if not line.startswith(hours))
    text = kept.replace("    availability:\n", "")
    return story.product.saved(file, text, "Our diary is full", story.facts["book"])


def _no_call_to_action(story: Story) -> AbstractContextManager[None]:
    """The company has moved house, and its file has given up every call to action but the article's."""
    file = "scenarios/company.yaml"
    text = (story.product.home / file).read_text()
    start = text.index("  - id: linkedin_champions")
    cut = text[:start] + text[text.index("webhooks:", start) :]
    address = "20 rue des Tisserands"
    return story.product.saved(file, cut.replace("18 rue des Tisserands", address), address, "/privacy")


@contextmanager
def _an_hour_before(story: Story) -> Iterator[None]:
    """Her appointment begins in an hour."""
    if not story.late:  # time never goes back, and some seconds have passed when the second picture is taken
        story.product.move_to(story.facts["an_hour_before"])
        story.late = True
    yield


@contextmanager
def _a_week_after_a_miss(story: Story) -> Iterator[None]:
    """Two have missed their appointments, and a week has passed."""
    if not story.missed:
        story.misses()
    yield


def _somebody_called(_: Story, page: Page) -> None:
    page.locator("details.menu summary").first.click()
    page.locator("[name=note]").first.fill("On the train, rather after five")
    people.press(page, "button[value=not_reached]")


def _no_outcome(_: Story, page: Page) -> None:
    page.locator("details.menu summary").first.click()
    page.locator("[name=note]").first.fill("On the train, rather after five")
    page.locator("button[name=outcome]").first.evaluate("one => one.value = 'perhaps'")
    people.press(page, "button[name=outcome]")


def _table(story: Story, page: Page) -> None:
    lines = ("appointment,outcome", f"{story.facts['over']},held", f"{story.facts['over']},missed", "999999,held")
    page.fill("#table", "\n".join(lines))
    people.press(page, "button[value=look]")


def _no_table(_: Story, page: Page) -> None:
    page.fill("#table", "Léa came, Tom did not")
    people.press(page, "button[value=look]")


def _agrees(_: Story, page: Page) -> None:
    page.locator("a[href^='/diary/new?call=']").first.click()
    page.wait_for_load_state()


def _agrees_on_nothing(story: Story, page: Page) -> None:
    _agrees(story, page)
    _sets_nothing(story, page)


def _database_away(story: Story) -> AbstractContextManager[None]:
    return story.product.without_leads()


BEFORE = (
    Picture("/", "empty", "overview", "nobody", "/"),
    Picture("/articles/<name>", "full", "article", "nobody", people.ARTICLE),
    Picture("/privacy", "full", "privacy", "nobody", "/privacy"),
    Picture("/l/<scenario>", "empty", "landing", "nobody", FORM),
    Picture("/login", "empty", "log-in", "nobody", "/login"),
    Picture("/desk", "empty", "desk", "camille", "/desk"),
    Picture("/desk/webhooks", "empty", "webhooks", "solene", "/desk/webhooks"),
    Picture("/desk/call-list", "empty", "call-list", "camille", "/desk/call-list"),
    Picture("/desk/outcomes", "empty", "table-of-outcomes", "hugo", "/desk/outcomes"),
    Picture("/desk/no-shows", "empty", "no-shows", "hugo", "/desk/no-shows"),
    Picture("/diary", "empty", "diary", "camille", "/diary"),
    Picture("/studio", "empty", "studio", "solene", "/studio"),
    Picture(LINKS, "empty", "calls-to-action", "solene", LINKS),
    Picture(LINKS + "/<code>", "empty", "call-to-action", "solene", LINKS + "/service-forum"),
    Picture("/studio/<scenario>", "empty", "studio-scenario", "solene", STUDIO),
    Picture("/studio/<scenario>/rehearse", "empty", "studio-rehearse", "solene", STUDIO + "/rehearse"),
    Picture("/studio/<scenario>/resume", "empty", "studio-resume", "solene", STUDIO + "/resume"),
    Picture("/dev/mail", "empty", "mails", "nobody", "/dev/mail"),
    Picture("/dev/clock", "empty", "clock", "nobody", "/dev/clock"),
)
"""Taken before anybody has come."""

AFTER = (
    Picture("/", "full", "overview", "nobody", "/"),
    Picture("/", "failing", "overview", "nobody", "/", around=_spoiled),
    Picture("/l/<scenario>", "full", "landing-begun", "begun", FORM, _begun),
    Picture("/l/<scenario>", "full", "landing-sent", "lea", FORM),
    Picture("/l/<scenario>", "failing", "landing-refused", "new1", FORM, _press("button[value=next]")),
    *(
        Picture("/l/<scenario>/<int:number>", "empty", f"questions-{number}", f"p{number}", FORM, _answered(number))
        for number in range(2, 7)
    ),
    Picture("/l/<scenario>/<int:number>", "full", "questions-2", "lea", FORM + "/2"),
    Picture("/l/<scenario>/<int:number>", "full", "questions-6", "lea", FORM + "/6"),
    Picture("/l/<scenario>/<int:number>", "failing", "questions-2", "w2", FORM, _answered(2, refuse=True)),
    Picture("/l/<scenario>/details", "empty", "details", "d1", FORM, _details()),
    Picture("/l/<scenario>/details", "failing", "details", "d2", FORM, _details(wrong=True)),
    Picture("/l/<scenario>/details", "failing", "details-too-much", "d3", FORM, _too_much),
    Picture("/l/<scenario>/details", "failing", "details-kept", "d4", FORM, _details(send=True), _database_away),
    Picture("/l/<scenario>", "full", "landing-ebook", "nobody", people.EBOOK),
    Picture("/l/<scenario>/thanks", "full", "thanks-ebook", "eva", people.EBOOK + "/thanks"),
    Picture("/l/<scenario>", "full", "landing-webinar", "nobody", people.WEBINAR),
    Picture("/l/<scenario>", "full", "landing-webinar-over", "nobody", people.WEBINAR, around=_webinar_over),
    Picture("/l/<scenario>", "failing", "landing-webinar-closed", "nobody", people.WEBINAR, around=_webinar_closed),
    Picture("/l/<scenario>/thanks", "full", "thanks-webinar", "seat", people.WEBINAR + "/thanks"),
    Picture(
        "/l/<scenario>/thanks", "full", "thanks-webinar-replay", "late", people.WEBINAR, _registers_late, _webinar_over
    ),
    Picture("/a/<token>", "failing", "asset-expired", "nobody", "{asset}", around=_links_expired),
    Picture("/a/<token>", "full", "asset-asked", "nobody", "{asset}?sent=yes", around=_links_expired),
    Picture("/q/<questionnaire>/<token>", "empty", "asked", "nobody", "{asked}"),
    Picture("/q/<questionnaire>/<token>/<int:number>", "empty", "asked-1", "nobody", "{asked}/1"),
    Picture("/q/<questionnaire>/<token>/end", "full", "asked-end", "eva", "{asked}", _all_answered),
    Picture("/q/<questionnaire>/<token>/end", "failing", "asked-end", "eva", "{asked}", _nothing_chosen),
    Picture("/l/<scenario>/thanks", "full", "thanks", "long", "/l/self-evaluation/thanks"),
    Picture("/l/<scenario>/thanks", "full", "thanks-did-you-mean", "typo", "/l/self-evaluation/thanks"),
    Picture("/l/<scenario>/thanks", "failing", "thanks", "typo", "/l/self-evaluation/thanks", _wrong_address),
    Picture("/l/<scenario>/thanks", "full", "thanks-corrected", "typo", THANKS, _other_address, languages=ONCE),
    Picture("/r/<token>", "empty", "results-unproven", "nobody", "{results_tom}"),
    Picture("/r/<token>", "full", "results-proven", "nobody", "{results_proven}"),
    Picture("/r/<token>", "full", "results-booked", "nobody", "{results_booked}"),
    Picture("/r/<token>", "failing", "unknown-link", "nobody", "/r/AAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    Picture("/book/<token>", "empty", "book-nobody-free", "nobody", "{book}", around=_nobody_free),
    Picture("/book/<token>", "full", "book", "nobody", "{book}"),
    Picture("/book/<token>", "full", "book-zone", "zoned", "{book}?zone=America/New_York", _unfolded),
    Picture("/book/<token>", "failing", "book", "zoned2", "{book}", _no_slot),
    Picture("/book/<token>", "failing", "book-just-taken", "zoned3", "{book}", _too_late_for_the_slot, languages=ONCE),
    Picture("/book/<token>", "full", "proposed", "nobody", "{proposed}"),
    Picture("/book/<token>", "failing", "proposed-gone", "nobody", "{book}?slot=20300101T0300Z"),
    Picture("/book/<token>", "failing", "proposed-passed", "nobody", "{book}?slot=20200106T0900Z"),
    Picture("/book/<token>", "full", "book-asked", "fresh", FORM, _asks_unproven, languages=("fr",)),
    Picture("/book/<token>", "full", "book-asked-en", "fresh2", FORM, _asks_unproven, languages=ONCE),
    Picture("/book/<token>/appointment", "full", "booked", "tom", "{booked}"),
    Picture("/book/<token>/appointment", "full", "booked-over", "lea", "{booked_lea}"),
    Picture("/book/<token>/appointment", "full", "cancelled", "omar", "{cancelled}"),
    Picture("/book/<token>/appointment/cancel", "full", "cancel", "tom", "{booked}/cancel"),
    Picture("/book/<token>/appointment/move", "full", "move", "tom", "{booked}/move"),
    Picture("/book/<token>/appointment/move", "failing", "move", "tom", "{booked}/move", _no_time),
    Picture("/u/<token>", "full", "unsubscribe", "nobody", "{unsubscribe}"),
    Picture("/u/<token>", "full", "unsubscribed", "nobody", "{unsubscribed}"),
    Picture("/me/<token>", "full", "me", "nobody", "{own_page}"),
    Picture("/me/<token>", "full", "me-booked", "nobody", "{own_page_lea}"),
    Picture("/me/<token>", "failing", "me", "nobody", "{own_page}", _wrong_number),
    Picture("/me/<token>", "failing", "me-unknown", "nobody", "/me/AAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    Picture("/me/<token>/erase", "full", "me-erase", "nobody", "{own_page_lea}/erase"),
    Picture("/u/<token>", "failing", "unsubscribe-unknown", "nobody", "/u/AAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    Picture("/login", "failing", "log-in", "nobody", "/login", _wrong_password),
    Picture("/login/<token>", "empty", "password", "nobody", "{password}"),
    Picture("/login/<token>", "failing", "password", "nobody", "{password}", _two_passwords),
    Picture("/desk", "full", "desk-mine", "camille", "/desk"),
    Picture("/desk", "full", "desk-team", "hugo", "/desk"),
    Picture("/desk", "failing", "desk", "camille", "/desk", _returned_without_a_reason),
    Picture("/desk", "failing", "desk-away", "camille", "/desk", around=_database_away),
    Picture("/desk/leads/<int:lead_id>", "empty", "lead-new", "hugo", "/desk/leads/{leads[Ana]}"),
    Picture("/desk/leads/<int:lead_id>", "full", "lead", "hugo", "/desk/leads/{leads[Léa Martin]}"),
    Picture("/desk/leads/<int:lead_id>", "full", "lead-unfolded", "hugo", "/desk/leads/{leads[Léa Martin]}", _unfolded),
    Picture("/desk/leads/<int:lead_id>", "full", "lead-long-names", "hugo", "/desk/leads/{leads[long]}"),
    Picture("/desk/leads/<int:lead_id>", "full", "lead-returned", "hugo", "/desk/leads/{returned}"),
    Picture("/desk/leads/<int:lead_id>", "failing", "lead-missing", "hugo", "/desk/leads/99999"),
    Picture("/desk/webhooks", "full", "webhooks", "hugo", "/desk/webhooks"),
    Picture(OUTCOME, "full", "outcome-asked", "hugo", "/desk/appointments/{over}"),
    Picture("/outcome/<token>", "full", "outcome-by-link", "nobody", "{outcome}"),
    Picture("/outcome/<token>", "failing", "outcome-link-ended", "nobody", "/outcome/nowhere"),
    Picture("/diary", "full", "diary", "camille", "/diary"),
    Picture("/diary", "full", "diary-team", "hugo", "/diary"),
    Picture("/diary", "full", "diary-day", "hugo", "/diary?view=day"),
    Picture("/diary", "failing", "diary", "camille", "/diary", _no_calendar),
    Picture("/diary/new", "empty", "diary-find", "camille", "/diary/new"),
    Picture("/diary/new", "full", "diary-found", "hugo", "/diary/new?q=a"),
    Picture("/diary/new", "full", "diary-set", "hugo", "/diary/new?lead={leads[Ana]}"),
    Picture("/diary/new", "failing", "diary-set", "hugo", "/diary/new?lead={leads[Ana]}", _sets_nothing),
    Picture("/diary/new", "full", "diary-set-ahead", "hugo", "/diary/new?lead={leads[Tom Okafor]}"),
    Picture(CHANGE, "full", "diary-change", "hugo", "/diary", _changes),
    Picture(CHANGE, "failing", "diary-change", "hugo", "/diary", _moves_nothing),
    Picture(CHANGE, "failing", "diary-missing", "hugo", "/diary/appointments/99999"),
    Picture("/desk/webhooks", "failing", "webhooks-not-for-reps", "camille", "/desk/webhooks"),
    Picture("/dev/clock", "full", "clock", "nobody", "/dev/clock"),
    Picture("/dev/clock", "failing", "clock", "nobody", "/dev/clock", _backwards),
    Picture("/dev/mail", "full", "mails", "nobody", "/dev/mail"),
    Picture("/dev/mail/<int:number>", "full", "mail", "nobody", "/dev/mail/{dossier}"),
    Picture("/dev/mail/<int:number>", "full", "mail-text", "nobody", "/dev/mail/{dossier}?view=text"),
    Picture("/dev/mail/<int:number>", "full", "mail-headers", "nobody", "/dev/mail/{dossier}?view=headers"),
    Picture("/dev/mail/<int:number>", "failing", "mail-missing", "nobody", "/dev/mail/99999"),
    Picture("/studio", "full", "studio", "solene", "/studio"),
    Picture("/studio", "failing", "studio-spoiled", "solene", "/studio", around=_spoiled),
    Picture("/studio", "failing", "studio-not-for-reps", "camille", "/studio"),
    Picture(LINKS, "full", "calls-to-action", "solene", LINKS),
    Picture(LINKS, "failing", "calls-to-action-retired", "solene", LINKS, around=_no_call_to_action),
    Picture(LINKS + "/<code>", "full", "call-to-action", "solene", LINKS + "/article-3-companies"),
    Picture(LINKS + "/<code>", "failing", "call-to-action-retired", "solene", RETIRED, around=_no_call_to_action),
    Picture("/s/<code>", "failing", "short-link-unknown", "nobody", "/s/service-form"),
    Picture("/studio/<scenario>", "full", "studio-scenario", "solene", STUDIO),
    Picture("/studio/<scenario>", "failing", "studio-scenario", "solene", STUDIO, around=_standing_still),
    Picture("/studio/<scenario>/resume", "full", "studio-resume", "solene", STUDIO + "/resume", around=_held_back),
    Picture(
        "/studio/<scenario>/resume", "failing", "studio-resume", "solene", STUDIO + "/resume", _no_hours, _held_back
    ),
    Picture("/studio/<scenario>/preview", "full", "studio-preview-page", "solene", STUDIO + "/preview?in=en"),
    Picture("/studio/<scenario>/preview", "full", "studio-preview-mail", "solene", PREVIEW_MAIL),
    Picture("/studio/<scenario>/preview", "full", "studio-preview-dark", "solene", PREVIEW_MAIL + "&scheme=dark"),
    Picture("/studio/<scenario>/rehearse", "full", "studio-rehearse", "solene", REHEARSAL),
    Picture("/studio/<scenario>/rehearse", "failing", "studio-rehearse", "solene", STUDIO + "/rehearse?people=900"),
    Picture("/studio/components", "full", "components-staff", "nobody", "/studio/components"),
    Picture("/studio/components", "full", "components-prospects", "nobody", "/studio/components?for=prospects"),
    Picture(
        "/book/<token>/appointment/cancel",
        "failing",
        "cancel-too-late",
        "tom",
        "{booked}/cancel",
        around=_an_hour_before,
    ),
    Picture(
        "/book/<token>/appointment/move", "failing", "move-too-late", "tom", "{booked}/move", around=_an_hour_before
    ),
    Picture(CALLS, "full", "call-list", "hugo", CALLS, around=_a_week_after_a_miss),
    Picture(CALLS, "failing", "call-list", "hugo", CALLS, _no_outcome),
    Picture("/diary/new", "full", "diary-set-call", "hugo", CALLS, _agrees),
    Picture("/diary/new", "failing", "diary-set-call", "hugo", CALLS, _agrees_on_nothing),
    Picture(CALLS, "full", "call-list-called", "hugo", CALLS, _somebody_called, languages=ONCE),
    Picture("/desk", "full", "desk-calls", "hugo", "/desk"),
    Picture("/desk/outcomes", "full", "table-of-outcomes", "hugo", "/desk/outcomes", _table),
    Picture("/desk/outcomes", "failing", "table-of-outcomes", "hugo", "/desk/outcomes", _no_table),
    Picture("/desk/no-shows", "full", "no-shows", "hugo", "/desk/no-shows", around=_a_week_after_a_miss),
    Picture("/desk/no-shows", "failing", "no-shows-not-for-reps", "camille", "/desk/no-shows"),
    Picture(OUTCOME, "full", "outcome", "hugo", "/desk/appointments/{over}", around=_a_week_after_a_miss),
    Picture(OUTCOME, "failing", "outcome-missing", "hugo", "/desk/appointments/99999"),
)
"""Taken after two weeks of work; the last ones move the clock on."""

MAILS = "/dev/mail/<int:number>/html"
"""The route by which every kind of mail is pictured: the newest of each subject, and who got the longest names."""


def pictured() -> set[str]:
    """The routes in the table."""
    return {picture.route for picture in (*BEFORE, *AFTER)} | {MAILS}
