"""Contexts for the pages of prospects, three each: empty, full, failing. The texts come from the shipped files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from funnel.authoring.positions import read_yaml
from funnel.domain.company import Company
from funnel.domain.model import in_language
from funnel.domain.questionnaire import Question, Questionnaire

ROOT = Path(__file__).parents[2]
Context = dict[str, Any]
NAME = "Léa Martin"
LONG = "Maximiliane Théodora Villeneuve-Harcourt von Oberwiesenthal"


def company_file() -> Company:
    """The shipped company."""
    return Company.model_validate(_read("scenarios/company.yaml"))


def questionnaire_file() -> Questionnaire:
    """The shipped questionnaire."""
    return Questionnaire.model_validate(_read("scenarios/questionnaires/cx_maturity.yaml"))


def _read(file: str) -> object:
    """A shipped file as the product reads it."""
    return read_yaml(file, (ROOT / file).read_bytes()).data


COMPANY = company_file()
TITLES = (
    "How mature is your customer experience?",
    "The call that nobody had to make",
    "Twelve ways to keep a promise",
)
SHEET = questionnaire_file()
THEMES = [
    {"title": in_language(theme.title, "en"), "share": share}
    for theme, share in zip(SHEET.themes, (28, 61, 46, 83, 54), strict=True)
]


def common() -> Context:
    """What every page for prospects gets."""
    company = {
        **COMPANY.model_dump(),
        "privacy_notice": in_language(COMPANY.privacy_notice, "en").strip(),
    }
    around = {"lang": "en", "demo": True, "home_url": "/", "base_url": "http://127.0.0.1:8000", "languages": LANGUAGES}
    return {**around, "company": company}


LANGUAGES = [
    {"code": "en", "name": "English", "url": "/l/self-evaluation?lang=en", "current": True},
    {"code": "fr", "name": "Français", "url": "/l/self-evaluation?lang=fr", "current": False},
]


def staff() -> Context:
    """What every page for staff gets."""
    return {
        "lang": "en",
        "demo": True,
        "languages": LANGUAGES,
        "user": {"name": "Camille Arnoux", "role": "rep", "title": "rep"},
        "nav": "desk",
        "notices": [],
        "company": common()["company"],
    }


def when(relative: str, exact: str = "Monday 15 June 2026, 09:30 (Europe/Paris)") -> dict[str, str]:
    """A moment as templates take it."""
    return {"iso": "2026-06-15T07:30:00Z", "exact": exact, "relative": relative}


def question(number: int, asked: Question, value: Any = None) -> Context:
    """A question as the page takes it."""
    text = {"text": in_language(asked.text, "en"), "hint": in_language(asked.hint, "en") or None}
    choices = [{"id": choice.id, "text": in_language(choice.text, "en")} for choice in asked.choices]
    scale = asked.scale and {
        "low": asked.scale.low,
        "high": asked.scale.high,
        "low_text": in_language(asked.scale.low_text, "en"),
        "high_text": in_language(asked.scale.high_text, "en"),
    }
    return {**asked.model_dump(), **text, "choices": choices, "scale": scale, "number": number, "value": value}


def page(number: int, values: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> Context:
    """A page of the shipped questionnaire."""
    before = sum(len(p.questions) for p in SHEET.pages[: number - 1])
    this = SHEET.pages[number - 1]
    questions = [question(before + i, q, (values or {}).get(q.id)) for i, q in enumerate(this.questions, 1)]
    return {
        "title": in_language(SHEET.title, "en"),
        "action": "/l/self-evaluation",
        "hidden": [("sheet", "x")],
        "errors": errors or {},
        "summary": {name: f"Question 1: {text}" for name, text in (errors or {}).items()},
        "page": {
            "number": number,
            "count": len(SHEET.pages) + 1,
            "title": in_language(this.title, "en"),
            "intro": in_language(SHEET.intro, "en") if number == 1 else None,
            "questions": questions,
        },
        "progress": {"answered": before, "total": len(SHEET.questions)},
        "can_go_back": number > 1,
        "resume_url": None,
        "results_url": None,
    }


def details(values: dict[str, str], errors: dict[str, str]) -> Context:
    """The last step of the form."""
    blank = dict.fromkeys(("name", "email", "position", "company", "phone"), "")
    return {
        "title": in_language(SHEET.title, "en"),
        "action": "/l/self-evaluation",
        "hidden": [("once", "abc")],
        "values": {**blank, **values},
        "errors": errors,
        "needs": {"position": "optional", "company": "optional", "phone": "optional"},
        "zone": "",
        "privacy_notice": common()["company"]["privacy_notice"],
        "consents": [
            {"id": id_, "text": in_language(purpose.text, "en"), "given": bool(values)}
            for id_, purpose in COMPANY.consents.items()
        ],
        "page": {"number": 7, "count": 7},
        "can_go_back": True,
        "has_results": True,
        "webinar": None,
    }


def webinar(state: str) -> Context:
    """A webinar in words."""
    return {
        **{"title": "Listening that leads somewhere", "state": state, "day": "Thursday 18 June", "time": "09:30"},
        **{"date": "Thursday 18 June 2026", "when": "Thursday 18 June, 09:30", "city": "Paris", "minutes": 45},
        **{"link": "https://talks.example/x", "replay": "https://talks.example/replay", "reminded": True},
    }


def results(shares: tuple[int, ...] = (28, 61, 46, 83, 54), share: int = 54, band: int = 1) -> Context:
    """What she is told."""
    themes: list[Context] = [
        {"title": theme["title"], "share": part} for theme, part in zip(THEMES, shares, strict=True)
    ]
    advice = [in_language(theme.advice[number % 3].text, "en") for number, theme in enumerate(SHEET.themes[:3])]
    return {
        "title": in_language(SHEET.title, "en"),
        "share": share,
        "band_title": in_language(SHEET.bands[band].title, "en"),
        "band_summary": in_language(SHEET.bands[band].summary, "en"),
        "strongest": max(themes, key=lambda theme: int(theme["share"])),
        "weakest": min(themes, key=lambda theme: int(theme["share"])),
        "themes": themes,
        "advice": advice,
        "advice_title": "Three things to do next",
    }


def mail_slots() -> list[Context]:
    """Three times kept for her, as mails propose them."""
    days = (("Thursday 25 June", "09:30"), ("Friday 26 June", "15:00"), ("Wednesday 30 September", "11:30"))
    return [
        {
            "day": day,
            "time": time,
            "when": f"{day}, {time}",
            "city": "Paris",
            "rep": "Camille Arnoux",
            "url": f"http://127.0.0.1:8000/book/x?slot={place}",
        }
        for place, (day, time) in enumerate(days)
    ]


def appointment(name: str = "Camille Arnoux") -> Context:
    """A booked meeting."""
    return {
        "title": "Your results by telephone",
        "when": "Thursday 18 June, 09:30",
        "zone": "Europe/Paris",
        "city": "Paris",
        "minutes": 30,
        "channel": "phone",
        "where": "",
        "phone": "+33 6 12 34 56 78",
        "rep": {
            "name": name,
            "title": "Senior consultant, customer journeys",
            "phone": "+33 4 65 71 20 11",
            "email": "camille@verdanne.example",
        },
        "url": "/book/x",
    }


def _own_page(base: Context, purposes: list[Context]) -> Iterator[tuple[str, str, Context]]:
    """Her own page, and having everything erased."""
    page: Context = {
        **dict.fromkeys(("details_action", "mails_action", "export_json", "export_csv", "erase_url"), "/x"),
        **{"first_name": "", "email": "lea.martin@ostrel.example", "errors": {}, "hidden": [], "slow": False},
        **{"stopped": False, "untracked": False, "tracked": "x", "purposes": purposes, "agreed": [], "coming": []},
        **{"appointments": [], "results": [], "calls": [], "webinars": []},
        "values": {"name": "", "phone": "", "company": "", "position": ""},
        "city": "Paris",
        **{"waiting": [], "confirm_action": "/x"},
    }
    at = "16 June 2026, 09:30"
    wording = "Yes, Verdanne may write to me now and then."
    other = {"code": "en", "name": "English"}
    full: Context = {
        "first_name": "Léa",
        "slow": True,
        "values": {"name": "Léa Martin", "phone": "+33 6 12 34 56 78", "company": "Ostrel", "position": "Director"},
        "agreed": [
            {"title": "Mails", "wording": wording, "given": True, "at": at, "withdrawn": None, "read_in": None},
            {"title": "Calls", "wording": wording, "given": True, "at": at, "withdrawn": at, "read_in": other},
            {"title": "Visits", "wording": wording, "given": False, "at": at, "withdrawn": None, "read_in": None},
        ],
        "coming": [
            {"at": at, "what": "Your summary", "unless": None, "may_change": False, "held": ""},
            {"at": at, "what": "A reminder", "unless": "questionnaire.completed", "may_change": False, "held": ""},
            {"at": at, "what": "What we talked about", "unless": "webinar.attended", "may_change": True, "held": ""},
            {"at": at, "what": "An invitation", "unless": None, "may_change": False, "held": "cap"},
            {"at": None, "what": "A last word", "unless": None, "may_change": False, "held": "cap"},
            {"at": None, "what": "Your copy", "unless": None, "may_change": False, "held": "pause"},
        ],
        "calls": [{"what": "Your results by telephone", "by": at}, {"what": "", "by": None}],
        "webinars": [webinar("ahead")],
        "appointments": [
            {**appointment(), "state": state, "open": state == "booked", "asked": asked}
            for state, asked in (("booked", False), ("booked", True), ("cancelled", False), ("missed", False))
        ],
        "results": [{"title": "Customer experience self-evaluation", "at": at, "url": "/r/x"}],
    }
    ticked = [
        {"id": "mails", "text": wording, "hidden": [], "by_itself": False},
        {"id": "visits", "text": "You may look.", "hidden": [], "by_itself": True},
    ]
    yield "me.html", "empty", {**base, **page}
    yield "me.html", "full", {**base, **page, **full}
    yield "me.html", "full-waiting", {**base, **page, **full, "waiting": ticked}
    yield "me.html", "full-stopped", {**base, **page, **full, "stopped": True}
    wrong = {"values": {**full["values"], "phone": "12"}, "errors": {"phone": "Write a telephone number."}}
    yield "me.html", "failing", {**base, **page, **full, **wrong}
    for state in ("empty", "full", "failing"):
        asks = {"action": "/x", "hidden": [], "back_url": "/x", "others": state == "full"}
        asks |= {"appointments": [at], "calls": full["calls"]} if state == "full" else {"appointments": [], "calls": []}
        yield "me_erase.html", state, {**base, **asks}
        yield "me_erased.html", state, base


PARTS = {"09:00": "Morning", "14:00": "Afternoon"}


def book(**change: Any) -> Context:
    """Days and times."""
    days = [("Mon", "15"), ("Tue", "16"), ("Wed", "17"), ("Thu", "18"), ("Fri", "19"), ("Mon", "22"), ("Tue", "23")]
    return {
        "type": {"title": "Your results by telephone", "minutes": 30, "channel": "phone", "where": ""},
        "first_name": "Léa",
        "zone": "Europe/Paris",
        "city": "Paris",
        "zones": [("Europe/London", "London (08:30)"), ("Europe/Paris", "Paris (09:30)")],
        "zone_action": "/book/x",
        "days": [
            {
                "date": f"2026-06-{d}",
                "weekday": w,
                "day": d,
                "month": "June",
                "free": 4,
                "url": "?d",
                "chosen": d == "16",
            }
            for w, d in days
        ],
        "day_label": "Tuesday 16 June",
        "times": [
            {"value": t, "label": t, "chosen": False, "there": None, "part": PARTS.get(t, "")}
            for t in ["09:00", "09:40", "10:20", "11:00", "14:00", "14:40", "15:20", "16:00"]
        ],
        "action": "/book/x",
        "hidden": [("once", "x")],
        "phone_needed": True,
        "phone": "",
        "errors": {},
        "taken": None,
        "cancel_until": "2 hours",
        "phone_contact": "+33 4 65 71 20 11",
        "email_contact": "hello@verdanne.example",
        **change,
    }


def pages() -> Iterator[tuple[str, str, Context]]:
    """Every page for prospects: template, state (empty, full, failing), context."""
    yield from _form_pages()
    yield from _answer_pages()


def _form_pages() -> Iterator[tuple[str, str, Context]]:
    base = common()
    wrong = {"q_feedback": "Choose the answer that fits best."}
    yield "questionnaire.html", "empty", {**base, **page(1)}
    yield "questionnaire.html", "full", {**base, **page(2, {"mapped": "some", "effort": "4", "reply_hours": "24"})}
    yield (
        "questionnaire.html",
        "text",
        {**base, **page(6, {"horizon": "this_quarter", "wish": "Nobody explains twice."})},
    )
    yield "questionnaire.html", "failing", {**base, **page(1, {"sources": ["reviews", "lost"]}, wrong)}
    errors = {"name": "Tell us your name.", "email": "Write an address like name@company.com."}
    full = {"name": NAME, "email": "lea.martin@ostrel.example", "position": "Head of service", "company": "Ostrel"}
    yield "details.html", "empty", {**base, **details({}, {})}
    yield "details.html", "full", {**base, **details(full, {})}
    yield "details.html", "failing", {**base, **details({"email": "lea@", "name": " "}, errors)}
    kept = [{"name": "name", "label": "Your name", "value": NAME, "long": False}]
    kept += [
        {"name": "q_wish", "label": "If you could change one thing", "value": "Nobody explains twice.", "long": True}
    ]
    for state, fields in (("empty", []), ("full", kept[:1]), ("failing", kept)):
        yield "unavailable_form.html", state, {**base, "action": "/l/x", "hidden": [("once", "x")], "fields": fields}
    decided = {**base, "action": "/me/x/purpose", "hidden": [("purpose", "visit_tracking"), ("given", "no")]}
    yield "not_recorded.html", "empty", {**decided, "certain": True, "hidden": []}
    yield "not_recorded.html", "full", {**decided, "certain": True}
    yield "not_recorded.html", "failing", {**decided, "certain": False}


def _answer_pages() -> Iterator[tuple[str, str, Context]]:
    base = common()
    thanks: Context = {
        "first_name": "Léa",
        "email": "lea.martin@gmial.com",
        "results_url": "/r/x",
        "action": "/x",
        "hidden": [],
    }
    thanks |= {"suggestion": None, "value": "", "error": None, "corrected": False, "given": None, "webinar": None}
    thanks |= {"proof": None, "to_confirm": False, "agrees": False}
    yield "thanks.html", "empty", {**base, **thanks}
    yield "thanks.html", "full-file", {**base, **thanks, "given": "Customer experience champions"}
    yield "thanks.html", "full-confirm", {**base, **thanks, "to_confirm": True}
    yield (
        "thanks.html",
        "full-seat",
        {**base, **thanks, "webinar": webinar("ahead"), "calendar_url": "/x.ics"},
    )
    yield "thanks.html", "full-replay", {**base, **thanks, "webinar": webinar("over")}
    yield from _given_pages(base)
    yield (
        "thanks.html",
        "full",
        {**base, **thanks, "suggestion": "lea.martin@gmail.com", "value": "lea.martin@gmial.com"},
    )
    yield (
        "thanks.html",
        "failing",
        {**base, **thanks, "value": "lea", "error": "Write an address like name@company.com."},
    )
    shown: Context = {"first_name": "Léa", "title": "Self-evaluation", "taken_on": "13 June 2026", "results": results()}
    shown |= {"email": "lea.martin@ostrel.example", "book_url": "/book/x", "offer": {"title": "", "minutes": 30}}
    shown |= {"prove": None, "proven": False, "pdf_url": "/r/x/diagnosis.pdf", "call": None}
    nothing = {"results": results((0, 0, 0, 0, 0), 0, 0), "first_name": "", "email": None, "book_url": None}
    yield "results.html", "empty", {**base, **shown, "appointment": None, **nothing}
    asked: Context = {"action": "/r/x", "hidden": [], "ticked": []}
    yield "results.html", "full", {**base, **shown, "appointment": None, "prove": asked}
    asked = {**asked, "ticked": ["Yes, Verdanne may write to me about customer experience. I can stop it at any time."]}
    yield "results.html", "full-ticked", {**base, **shown, "appointment": None, "prove": asked}
    call: Context = {"ending": "78", "by": "Friday 12 June, 14:05", "city": "Paris"}
    yield "results.html", "full-called", {**base, **shown, "appointment": None, "call": call}
    just = {**base, **shown, "appointment": None, **thanks}
    yield "thanks_results.html", "empty", {**just, **nothing, "email": "lea.martin@ostrel.example"}
    yield "thanks_results.html", "full", {**just, "suggestion": "lea.martin@gmail.com", "email": "lea.martin@gmial.com"}
    yield "thanks_results.html", "failing", {**just, "value": "lea", "error": "Write an address like name@company.com."}
    best = {"results": results((100, 96, 100, 100, 92), 97, 3), "appointment": appointment()}
    yield "results.html", "failing", {**base, **shown, **best}
    yield "book.html", "empty", {**base, **book(days=[], times=[])}
    yield "book.html", "full", {**base, **book()}
    mailed: Context = {"title": "Your results by telephone", "when": "09:30 on Monday 15 June", "city": "Paris"}
    mailed |= {"email": "lea.martin@ostrel.example", "results_url": "/l/self-evaluation/thanks"}
    yield "asked.html", "empty", {**base, **mailed, "email": None, "results_url": None}
    yield "asked.html", "full", {**base, **mailed}
    yield "asked.html", "failing", {**base, **mailed, "email": f"{'long' * 15}@example.com"}
    missing = {"phone": "We need a number to call you."}
    yield "book.html", "failing", {**base, **book(taken="09:20 on Tuesday 16 June", errors=missing, phone="12")}
    booked: Context = {
        "appointment": appointment(),
        "email": "lea@ostrel.example",
        "ics_url": "/x.ics",
        "move_url": "/x",
        "cancel_url": "/x",
        "results_url": "/r/x",
        "over": False,
        "wanted": None,
        "moved": False,
        "same_time": False,
        "asked": False,
    }
    booked |= {"phone_contact": "+33 4 65 71 20 11", "email_contact": "hello@verdanne.example"}
    bare: Context = {"email": None, "move_url": None, "cancel_url": None, "results_url": None, "phone_contact": None}
    yield "booked.html", "empty", {**base, **booked, **bare}
    yield "booked.html", "full", {**base, **booked}
    yield "booked.html", "full-moved", {**base, **booked, "moved": True}
    yield "booked.html", "full-soon", {**base, **booked, "move_url": None, "cancel_url": None}
    yield "booked.html", "full-same-time", {**base, **booked, "same_time": True}
    yield "booked.html", "full-asked", {**base, **booked, "asked": True, "move_url": None}
    yield "booked.html", "full-another", {**base, **booked, "wanted": "10:00 on Wednesday 17 June"}
    yield "booked.html", "failing", {**base, **booked, "appointment": appointment(LONG)}
    cancel: Context = {"appointment": appointment(), "action": "/x", "hidden": [], "back_url": "/x", "too_late": False}
    cancel |= {"asked": False, "phone_contact": "+33 4 65 71 20 11", "email_contact": "hello@verdanne.example"}
    yield "appointment_cancel.html", "empty", {**base, **cancel, "back_url": None}
    yield "appointment_cancel.html", "full", {**base, **cancel}
    yield "appointment_cancel.html", "full-asked", {**base, **cancel, "asked": True}
    yield "appointment_cancel.html", "failing", {**base, **cancel, "too_late": True}
    yield from _chosen_pages(base)
    for state, url in (("empty", None), ("full", "/book/x"), ("failing", "/book/x")):
        yield "cancelled.html", state, {**base, "appointment": appointment(), "book_url": url}
    purposes = [
        {
            **{"id": name, "title": name, "text": in_language(purpose.text, "en"), "mails": name != "visit_tracking"},
            **{"given": name == "visit_tracking", "action": "/u/x/choose", "hidden": [("purpose", name)]},
        }
        for name, purpose in COMPANY.consents.items()
    ]
    stop: Context = {"email": "lea.martin@ostrel.example", "action": "/u/x", "hidden": [], "purposes": purposes}
    stop |= {"untracked": True, "tracked": None}
    stops = ["Tips on customer experience", "The proposal of a call", "What is already waiting to be sent"]
    yield "unsubscribe.html", "empty", {**base, **stop, "stops": stops[:1], "keeps": []}
    yield (
        "unsubscribe.html",
        "full",
        {**base, **stop, "stops": stops, "keeps": ["Your results", "A booking's invitation"]},
    )
    yield (
        "unsubscribe.html",
        "failing",
        {**base, **stop, "email": f"{'long' * 15}@example.com", "stops": stops, "keeps": []},
    )
    yield from _own_page(base, purposes)
    for state in ("empty", "full", "failing"):
        titles = {"empty": [], "full": [*TITLES], "failing": [*TITLES, "Long" * 20]}[state]
        ways = [{"title": title, "url": "/l/x"} for title in titles]
        yield "welcome.html", state, {**base, "demo": state == "full", "ways": ways}
        yield "unsubscribed.html", state, {**base, **stop}
    base = {**base, "frame": "prospect_base.html", "user": None, "nav": "", "notices": [], "crowded": False}
    for code in (403, 404, 409, 413, 422, 429, 500, 503):
        yield (
            "error.html",
            str(code),
            {
                **base,
                "frame": "staff_base.html" if code == 403 else "prospect_base.html",
                "code": code,
                "retry_url": "/x" if code > 499 else None,
                "reference": None,
                "short_link": None,
                "refused": "This page is for other roles." if code == 403 else None,
                "gone": False,
                "changing": False,
            },
        )
    base |= {"retry_url": None, "reference": None, "short_link": None, "refused": None, "gone": False}
    base["changing"] = False
    yield "error.html", "failing", {**base, "code": 500, "retry_url": "/x", "reference": "7f3a-91"}
    given = "You gave this lead back: you can read what happened, and change nothing any more."
    refused = {"frame": "staff_base.html", "code": 403, "refused": given, "changing": True}
    yield "error.html", "crowded", {**base, "code": 503, "changing": True, "crowded": True}
    yield "error.html", "gave-back", {**base, **refused}
    withdrawn = "The hand-over of this lead was withdrawn: it is offered to nobody any more."
    yield "error.html", "withdrawn", {**base, **refused, "refused": withdrawn, "gone": True}
    for short_link in ("unknown", "ended"):
        yield "error.html", f"short-link-{short_link}", {**base, "code": 404, "short_link": short_link}


LONG_TITLE = "Customer experience champions: what they did first, in which order, with whom, and what it brought them"


def _given_pages(base: Context) -> Iterator[tuple[str, str, Context]]:
    """A file whose link has expired, and what follows the answers that a mail asked for."""
    expired: Context = {"title": "Customer experience champions", "action": "/x", "hidden": [], "sent": False}
    yield "asset_expired.html", "empty", {**base, **expired}
    yield "asset_expired.html", "full", {**base, **expired, "sent": True}
    yield "asset_expired.html", "failing", {**base, **expired, "title": LONG_TITLE}
    end: Context = {"title": "Self-evaluation", "page": {"number": 7, "count": 7}, "action": "/x", "hidden": []}
    end |= {"choices": [], "must_choose": False, "phone_needed": False, "phone": "", "errors": {}}
    summary = {"id": "summary", "text": "Send me the summary", "hint": "To keep.", "phone": False, "chosen": False}
    call = {"id": "call", "text": "Call me", "hint": "", "phone": True, "chosen": True}
    errors = {"follow_up": "Please choose how we go on.", "phone": "We need a number to call you."}
    yield "follow_up.html", "empty", {**base, **end}
    yield "follow_up.html", "full-one", {**base, **end, "choices": [summary]}
    both = {**base, **end, "choices": [summary, call], "must_choose": True, "phone_needed": True}
    yield "follow_up.html", "full", both
    yield "follow_up.html", "failing", {**both, "errors": errors, "phone": "12"}


def _chosen_pages(base: Context) -> Iterator[tuple[str, str, Context]]:
    """A time that a mail proposed, and another time for an appointment."""
    times = (("Tuesday 16 June", "14:40"), ("Wednesday 17 June", "09:00"), ("Friday 19 June", "11:20"))
    others = [{"day": day, "time": time, "when": f"{day}, {time}", "url": "/book/x?slot=y"} for day, time in times]
    proposed: Context = {
        **book(),
        "appointment": appointment(),
        "kept_until": "09:00 on Wednesday 17 June",
        "gone": None,
        "rep": "Camille Arnoux",
        "others": others[1:],
        "all_url": "/book/x",
        "phone_needed": False,
    }
    lost = {"when": times[0][1], "passed": False, "never": False}
    gone: Context = {"appointment": None, "kept_until": None, "gone": lost}
    errors = {"phone": "We need a number to call you."}
    yield "proposed.html", "empty", {**base, **proposed, **gone, "others": [], "rep": None}
    yield "proposed.html", "full", {**base, **proposed}
    yield "proposed.html", "full-gone", {**base, **proposed, **gone, "others": others}
    passed = {"when": "09:30 on Monday 1 June", "passed": True, "never": True}
    yield "proposed.html", "full-passed", {**base, **proposed, **gone, "gone": passed, "others": others, "rep": None}
    never = {"when": "03:00 on Sunday 14 June", "passed": False, "never": True}
    yield "proposed.html", "full-never", {**base, **proposed, **gone, "gone": never, "others": others}
    yield "proposed.html", "failing", {**base, **proposed, "phone_needed": True, "errors": errors, "phone": "12"}
    moving: Context = {**book(), "appointment": appointment(), "back_url": "/x", "move_until": "2 hours"}
    moving |= {"too_late": False, "over": False, "asked": False, "cancel_url": "/x", "wanted": None}
    yield "appointment_move.html", "empty", {**base, **moving, "days": [], "times": []}
    yield "appointment_move.html", "full", {**base, **moving}
    yield "appointment_move.html", "full-over", {**base, **moving, "over": True, "move_until": ""}
    yield "appointment_move.html", "full-asked", {**base, **moving, "asked": True, "move_until": ""}
    wanted = "09:20 on Tuesday 16 June"
    yield "appointment_move.html", "full-wanted", {**base, **moving, "asked": True, "move_until": "", "wanted": wanted}
    yield "appointment_move.html", "full-late", {**base, **moving, "too_late": True, "days": []}
    yield "appointment_move.html", "failing", {**base, **moving, "taken": "09:20 on Tuesday 16 June"}
