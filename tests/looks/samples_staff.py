"""Contexts for the pages of staff and of the demo, three each: empty, full, failing."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from funnel.domain.model import in_language
from tests.looks import samples_diary
from tests.looks.samples import COMPANY, LONG, NAME, SHEET, THEMES, Context, common, results, staff, when

NO_POINTS: Context = {"score": 0, "groups": [], "ahead": None, "curve": [], "course": "", "goals": [], "lines": []}
NO_POINTS |= {"earlier": []}


def lead(name: str = NAME, phone: str | None = "+33 6 12 34 56 78") -> Context:
    """A lead as the desk shows her."""
    return {
        "id": 7,
        "name": name,
        "email": "lea.martin@ostrel.example",
        "phone": phone,
        "there": None,
        "company": "Ostrel",
        "position": "Head of customer service",
        "stage": "qualified",
        "status": None,
        "score": 55,
        "tags": ["improvement_plan"],
        "segments": [],
        "language": "en",
        "erased": False,
        "zone": "Paris",
        "source": "article-3-companies",
        "opened_on": None if phone else "9 June",
        "first_name": name.split()[0],
    }


def handoff(state: str, **change: Any) -> Context:
    """A lead on her way to a rep."""
    return {
        "id": f"h-{state}",
        "lead": lead(),
        "because": ["Booked “Your results by telephone” for Thursday 18 June, 09:30"],
        "state": state,
        "met": None,
        "meets": "Thu 18 June, 09:30" if state == "offered" else None,
        "at": when("12 minutes ago"),
        "missing": [],
        "return_reason": None,
        "rep": "Camille Arnoux",
        "own": True,
        "can_accept": state == "offered",
        "can_return": state != "returned",
        **change,
    }


def task(**change: Any) -> Context:
    """Something to tick off."""
    return {
        "id": "t1",
        "text": "Send the improvement plan",
        "listed": False,
        "lead": lead(),
        "due": when("tomorrow"),
        "overdue": False,
        **change,
    }


def meeting(**change: Any) -> Context:
    """An appointment on the desk."""
    return {
        **{"id": 3, "time": "09:30", "title": "Your results by telephone", "minutes": 30, "lead": lead()},
        **{"state": "booked", "when": when("today, 09:30"), "can_mark": True, "day": "Thursday 18 June"},
        **change,
    }


def suggested(**change: Any) -> Context:
    """What is suggested of a lead."""
    return {
        **{"url": "/desk/leads/7/suggestions/silver", "title": "Reads everything: Silver?", "rep": None},
        "why": ["55 points for actions (Building: where our work pays off most)", "status In conversation"],
        "does": "tag silver",
        "since": when("2 hours ago"),
        "lead": lead(),
        **change,
    }


def desk(**change: Any) -> Context:
    """The desk."""
    empty: Context = {"handoffs": [], "calls": [], "tasks": [], "appointments": [], "to_mark": [], "coming": []}
    empty |= {"return_errors": {}, "to_call": 0, "calendar": None, "suggested": [], "left_behind": 0}
    empty["covered"] = []
    return {**staff(), "today": "Monday 15 June", "mine": True, **empty, **change}


def lead_page(**change: Any) -> Context:
    """The lead's page."""
    empty: Context = {
        "handoff": None,
        "timeline": [],
        "earlier": None,
        "results": None,
        "appointments": [],
        "tasks": [],
        "enrolments": [],
        "pages": [],
    }
    empty |= {"set_url": "/diary/new?lead=7", "more_tags": [("client", ["gold"])], "startable": []}
    empty |= {"can_hand_over": False, "changeable": False, "upcoming": [], "suggested": [], "joined": []}
    empty |= {"proposed": [], "outlook": "None booked. The next mail proposes one."}
    return {**staff(), "lead": lead(), "return_error": None, "consents": [], "points": NO_POINTS, **empty, **change}


UNBROKEN = "Wolframhartmannsdorfer" * 8
"""A title or an answer without a space."""


def full_lead_page(word: str = "Prices") -> Context:
    """The lead's page with everything on it; the page that she read and her wish are this `word`."""
    entry: list[tuple[str, str, str, str | None, str]] = [
        ("calendar", "good", "Booked a call", "Thursday 18 June, 09:30, with Camille Arnoux", "10:02")
    ]
    first = [
        ("list", "lead", f"Looked at the page “{word}”", f"www.ostrel.example/{word}", "18:25"),
        ("form", "lead", "Took the self-evaluation", "54 out of 100: Building", "18:20"),
        ("mail", "", "Mail sent: Your customer experience profile, Léa", None, "18:20"),
    ]

    def entries(rows: list[tuple[str, str, str, str | None, str]]) -> list[Context]:
        return [{"icon": i, "kind": k, "title": t, "detail": d, "clock": c, "when": when("")} for i, k, t, d, c in rows]

    machine = [{"title": "Waits 2 days, until Monday 15 June, 18:20", "clock": "18:20", "when": when("")}] * 3
    answers = [
        {
            "question": in_language(q.text, "en"),
            "answer": in_language(q.choices[0].text, "en") if q.choices else "4 of 5",
        }
        for q in SHEET.questions[:2]
    ]
    return lead_page(
        handoff=handoff("offered"),
        suggested=[suggested()],
        can_hand_over=True,
        startable=[("recurring_visits/1", "Regular visits")],
        changeable=True,
        upcoming=[
            {"what": "Reminder of the call", "when": when("in 2 days"), "note": None},
            {
                "what": "Your summary",
                "when": when("in 3 days"),
                "note": "only if still waiting then for the appointment to take place",
            },
        ],
        proposed=[
            {
                "when": one,
                "until": "Wed 17 June, 09:30",
                "title": "Your results by telephone",
                "rep": "Camille Arnoux",
                "mailed": when("4 minutes ago"),
            }
            for one in ("Fri 19 June, 09:00", "Mon 22 June, 17:00")
        ],
        timeline=[
            {"day": "Monday 15 June", "entries": entries(entry), "machine": machine[:1]},
            {"day": "Saturday 13 June", "entries": entries(first), "machine": machine},
        ],
        earlier={
            "count": 4,
            "days": [{"day": "Friday 12 June", "entries": entries(first), "machine": machine[:1]}],
        },
        results={
            **results(),
            "taken": when("2 days ago"),
            "themes": [{**theme, "answers": answers} for theme in THEMES],
            "other": [{"question": "If you could change one thing tomorrow?", "answer": word}],
        },
        appointments=[
            {
                **meeting(),
                "when": "Thursday 18 June, 09:30",
                "zone": "Paris",
                "rep": "Camille Arnoux",
                "said": ("no outcome yet", "warn"),
                "change_url": "/diary/appointments/3",
            }
        ],
        tasks=[task()],
        pages=[
            {
                "title": word,
                "path": f"/{word}",
                "address": "www.ostrel.example/prices",
                "times": 2,
                "long": "3 min",
                "last": when(""),
            },
            {
                "title": "/cases",
                "path": None,
                "address": "www.ostrel.example/cases",
                "times": 1,
                "long": None,
                "last": when(""),
            },
        ],
        enrolments=[
            {
                "title": "Self-evaluation",
                "state": "awaiting",
                "said": "expecting",
                "step": "the call",
                "due": when("in 60 days"),
                "reason": None,
            }
        ],
        consents=[
            {"text": in_language(p.text, "en"), "given": n == 0, "when": when("2 days ago")}
            for n, p in enumerate(COMPANY.consents.values())
        ],
        points={
            "score": 55,
            "groups": [{"title": "for actions", "points": 45}, {"title": "for the profile", "points": 10}],
            "ahead": "25 points short of 80. One of these would do: Booked a call; Came to the call",
            "course": "Her points over time: 10 on 1 June, at most 55 on 15 June, 55 on 15 June",
            "curve": [
                {"day": "1 June", "ordinal": 1, "score": 10},
                {"day": "9 June", "ordinal": 9, "score": 35},
                {"day": "15 June", "ordinal": 15, "score": 55},
            ],
            "goals": [50, 80],
            "lines": [
                {
                    "points": 25,
                    "why": "Building: where our work pays off most",
                    "what": "Answered the questionnaire",
                    "gone": False,
                    "when": when("2 days ago"),
                },
                {"points": 10, "why": "Left a telephone number", "what": "", "gone": True, "when": when("9 days ago")},
            ],
            "earlier": [
                {
                    "points": -4,
                    "why": "Points fade with time",
                    "what": "since 1 May",
                    "gone": False,
                    "when": when("20 days ago"),
                }
            ],
        },
    )


def webhook_calls() -> list[Context]:
    """Calls to webhooks in each state."""
    states = [
        ("sent", "200 OK", None),
        ("ready", "503 Service Unavailable", when("in 4 minutes")),
        ("failed", "410 Gone", None),
    ]
    return [
        {
            "id": n,
            "webhook": "Customer file",
            "id_in_file": "crm",
            "lead": lead(),
            "state": s,
            "tries": n,
            "reply": r,
            "at": when("1 hour ago"),
            "next_try": t,
            "can_try": s != "sent",
        }
        for n, (s, r, t) in enumerate(states, 1)
    ]


UNSENT = [
    {
        **{"title": "Your summary", "lead": "Ana Costa", "url": "/desk/leads/4", "at": when("1 hour ago")},
        "why": "no consent to such mails: that box of the form was not ticked. Call instead.",
    }
]


def mailbox(view: str) -> Context:
    """The demo mailbox with a mail open."""
    mail: Context = {
        **{
            "id": "2",
            "subject": "Your customer experience profile, Léa",
            "sender": "Verdanne <hello@verdanne.example>",
        },
        **{"to": "Léa Martin <lea.martin@ostrel.example>", "at": when("1 minute ago"), "html_url": "/mail.html"},
        **{"raw_url": "/raw", "text": "Here is your profile, Léa.\n\n54 out of 100", "url": "/dev/mail/2"},
        "headers": [("From", "Verdanne <hello@verdanne.example>"), ("Message-ID", "<0f3a@verdanne.example>")],
        "links": [{"text": "Open my results", "url": "http://127.0.0.1:8000/r/AQGx"}],
        "attachments": [{"name": "invitation.ics", "type": "text/calendar", "size": "1 KB", "url": "/a"}],
    }
    other = {**mail, "id": "1", "subject": "Lead for you: Léa Martin, Ostrel", "to": "camille@verdanne.example"}
    return {
        **staff(),
        "user": None,
        "nav": "mail",
        "total": 2,
        "mails": [mail, other],
        "mail": mail,
        "view": view,
        "unsent": UNSENT,
    }


def clock(**change: Any) -> Context:
    """The clock."""
    due = {"when": when("in 2 days"), "what": "Mail “summary_and_meeting” to Léa Martin"}
    start: Context = {"now": when("now"), "weekday": "Monday 15 June 2026", "clock": "09:30", "zone": "Europe/Paris"}
    start |= {
        "offset": "2 days ahead of the wall clock",
        "next_due": due,
        "upcoming": [due],
        "result": None,
        "unsent": [],
        "error": None,
    }
    return {**staff(), "user": None, "nav": "clock", **start, **change}


ACCOUNTS = [
    {"title": "rep", "name": "Camille Arnoux", "email": "camille@verdanne.example", "password": "tulip-39-harbour"}
]


def home(**change: Any) -> Context:
    """The overview."""
    part: list[Context] = [
        {"name": name, "ok": True, "detail": "answers"} for name in ("Database", "Queue", "Tick", "Worker", "Mail sink")
    ]
    run = [{"title": "Self-evaluation", "url": "/l/self-evaluation", "people": 4, "errors": []}]
    run = [{**run[0], "name": "self_evaluation", "version": "3f9a1c", "since": when("2 days ago"), "gone": None}]
    shown: Context = {"parts": part, "accounts": ACCOUNTS, "scenarios": run, "article": "/articles/three-companies"}
    return {**staff(), "user": None, "nav": "home", **shown, **change}


def pages() -> Iterator[tuple[str, str, Context]]:
    """Every page: template, state, context."""
    out = {**staff(), "user": None, "nav": "", "email": "", "error": None, "next": "", "accounts": []}
    yield "login.html", "empty", {**out, "demo": False}
    yield "login.html", "full", {**out, "accounts": ACCOUNTS}
    yield "login.html", "failing", {**out, "email": "x@y", "error": "Address and password do not belong together."}
    link = {**out, "name": "Camille Arnoux", "email": "camille@verdanne.example", "token": "x", "shortest": 12}
    yield "password.html", "empty", link
    yield "password.html", "full", {**link, "name": LONG}
    yield "password.html", "failing", {**link, "error": "The two are not the same."}
    yield "desk.html", "empty", desk()
    score = handoff("accepted", because=["Much to gain, wants to move this quarter"], missing=["telephone missing"])
    score["lead"] = lead("Jonas Weber", None)
    hands = [handoff("offered"), score]
    tasks = [task(), task(id="t2", overdue=True, due=when("3 hours ago"), text="Call about the workshop")]
    told = "Marked as missed. Léa Martin gets by mail: “A new time?”."
    marked = Markup('{} <a href="/desk/appointments/3">Was that wrong?</a>').format(told)
    notices = [{"kind": "ok", "text": text} for text in ("Léa Martin is yours.", marked)]
    meetings = [meeting(), meeting(id=4, time="14:00", lead=lead("Jonas Weber", None))]
    full = desk(
        coming=meetings,
        handoffs=hands,
        calls=[
            task(id="t3", text="Review of your results", hour="Monday 15 June, 09:30")
            | {"lead": {**lead(), "there": {"said": "02:03 there, night", "asleep": True}}, "asked": True},
            {**tasks[1], "asked": False},
        ],
        tasks=tasks,
        appointments=meetings,
        covered=[{**meeting(), "change_url": "/diary/appointments/3"}],
        to_mark=[meeting(id=9, when=when("yesterday, 16:00"))],
        to_call=3,
        left_behind=2,
        suggested=[suggested(), suggested(lead=lead("Jonas Weber", None))],
        calendar={
            "fault": None,
            "partial": False,
            "read_at": when("10 minutes ago"),
            "back_at": when("10 minutes ago"),
        },
    )
    yield "desk.html", "full", {**full, "notices": notices}
    back = [handoff("returned", return_reason="Wrong number, twice"), handoff("offered", lead=lead(LONG))]
    errors = {"h-offered": "Say why, in a few words."}
    late = [{"kind": "warn", "text": "Idris Benhaddou was faster: he accepted this lead 2 minutes ago."}]
    out = {
        "fault": "Your calendar could not be reached.",
        "partial": False,
        "read_at": when("2 hours ago"),
        "back_at": None,
    }
    full["calendar"] = out
    yield "desk.html", "failing", {**full, "handoffs": back, "return_errors": errors, "notices": late, "mine": False}
    yield "lead.html", "empty", lead_page(lead={**lead(), "phone": None, "company": None, "position": None, "tags": []})
    yield "lead.html", "full", full_lead_page()
    other = {"id": 8, "email": "lea@home.example", "phone": None, "by": "Hugo Blanc", "when": when("2 days ago")}
    yield "lead.html", "full-joined", lead_page(joined=[{**other, "rep": "Camille Arnoux"}], changeable=True)
    yield (
        "lead.html",
        "failing",
        {**full_lead_page(UNBROKEN), "return_error": "Say why, in a few words.", "lead": lead(LONG, None)},
    )
    for state, calls in (("empty", []), ("full", webhook_calls()[:1]), ("failing", webhook_calls())):
        yield "webhooks.html", state, {**staff(), "nav": "webhooks", "calls": calls}
    yield from samples_diary.diaries()
    yield from samples_diary.appointments()
    gone = {"id": 9, "title": "Your results by telephone", "minutes": 30, "when": when("yesterday"), "begun": True}
    gone |= {
        "short": "Thu 18 June, 09:30",
        "state": "booked",
        "said": "booked",
        "rep": "Camille Arnoux",
        "asked": False,
        "to_choose": False,
    }
    whose = {**lead(), "erased": False}
    asked: Context = {**staff(), "appointment": gone, "lead": whose, "others": [], "action": "/x", "by_link": False}
    yield "outcome.html", "empty", {**asked, "appointment": {**gone, "begun": False}}
    yield "outcome.html", "full", {**asked, "others": [meeting(url="/desk/appointments/4", lead=lead(LONG))]}
    yield "outcome.html", "full-missed", {**asked, "appointment": {**gone, "state": "missed"}, "notices": notices}
    yield "outcome.html", "full-asked", {**asked, "appointment": {**gone, "asked": True, "to_choose": True}}
    yield "outcome.html", "full-asked-newer", {**asked, "appointment": {**gone, "asked": True}}
    yield "outcome.html", "full-erased", {**asked, "lead": {**whose, "erased": True}}
    yield "outcome.html", "full-by-link", {**asked, "user": None, "by_link": True}
    yield "outcome.html", "failing", {**asked, "appointment": {**gone, "state": "cancelled"}}
    yield from _calls()
    yield from _missed()
    yield from _outcomes()
    yield "home.html", "empty", home(scenarios=[], accounts=[], article=None)
    yield "home.html", "full", home()
    down = [{"name": "Queue", "ok": False, "detail": "does not answer; the tick does the work itself"}]
    broken = home()["scenarios"][0]
    gone = {**broken, "name": "ebook", "title": "E-book", "gone": "scenarios/ebook.yaml"}
    fault = ["scenarios/self_evaluation.yaml:31:12: error[unknown-key]: 'wiat' is no verb; did you mean 'wait'?"]
    yield "home.html", "failing", home(parts=down, scenarios=[{**broken, "errors": fault}, gone])
    begin = {"title": "Customer experience self-evaluation", "url": "/l/self-evaluation"}
    yield "dev_mail.html", "empty", {**mailbox("page"), "mails": [], "mail": None, "unsent": [], "begin": begin}
    yield "dev_mail.html", "failing_empty", {**mailbox("page"), "mails": [], "mail": None, "unsent": [], "begin": None}
    yield "dev_mail.html", "full", mailbox("page")
    yield "dev_mail.html", "failing", mailbox("headers")
    yield "dev_clock.html", "empty", clock(next_due=None, upcoming=[], offset="")
    done: Context = {"hops": 3, "carried_out": 5, "pending": 0, "now": "Wednesday 17 June, 09:30"}
    yield "dev_clock.html", "full", clock(result=done, unsent=UNSENT)
    yield "dev_clock.html", "failing", clock(error="Business time never goes back.", result={**done, "pending": 2})
    sample = {"sample": {"themes": THEMES}}
    yield "components.html", "empty", {**staff(), **sample, "prospect": False, "nav": ""}
    yield "components.html", "full", {**common(), **sample, "prospect": True}
    yield "components.html", "failing", {**staff(), **sample, "prospect": False, "nav": "", "demo": False}


def _calls() -> Iterator[tuple[str, str, Context]]:
    """Who is to be called."""
    one: Context = {
        "id": "7/no_show/1/call_after_week",
        "text": "Call and agree on a new time",
        "lead": lead(),
        "language": "en",
        "missed": "Your results by telephone",
        "when": when("8 days ago"),
        "short": "Thu 18 June, 09:30",
        "misses": 1,
        "sent": ["A new time? (Thu 18 June, 09:40)", "Shall we try again? (Sun 21 June, 09:40)"],
        "due": when("in 2 days"),
        "overdue": False,
        "rep": "Camille Arnoux",
        "tries": 0,
        "tried": None,
        "note": None,
    }
    tried = {**one, "id": "8/x", "overdue": True, "due": when("2 hours ago"), "tries": 2, "tried": when("a day ago")}
    tried |= {"note": "On the train, rather after five", "misses": 3, "sent": []}
    unreachable = {
        **one,
        "id": "9/x",
        "lead": lead(LONG, None),
        "missed": None,
        "when": None,
        "short": None,
        "due": None,
    }
    everybody = [{"name": "Everybody", "url": "?", "current": True}, {"name": LONG, "url": "?rep=x", "current": False}]
    shown: Context = {**staff(), "nav": "calls", "people": [], "file_url": "/desk/call-list.csv", "manages": False}
    shown |= {"hidden": False, "wrong": {}, "typed": {}, "on_desk": 0}
    yield "call_list.html", "empty", {**shown, "calls": []}
    yield "call_list.html", "empty-here", {**shown, "calls": [], "on_desk": 2}
    yield "call_list.html", "full", {**shown, "calls": [tried, one], "people": everybody, "manages": True}
    refused = {"wrong": {"8/x": "Choose what came of the call."}, "typed": {"8/x": "Sounded busy"}, "hidden": True}
    yield "call_list.html", "failing", {**shown, "calls": [tried, unreachable], **refused}


def _outcomes() -> Iterator[tuple[str, str, Context]]:
    """Outcomes from a table."""
    mark: Context = {"number": 2, "lead": lead(), "title": "Your results by telephone", "when": "Thu 18 June, 09:30"}
    mark |= {"held": False, "corrects": False}
    shown: Context = {**staff(), "nav": "calls", "typed": "", "error": None, "judged": None}
    bad = [{"number": 4, "why": "nobody has the address x@example.org"}]
    judged: Context = {"marks": [mark, {**mark, "held": True, "corrects": True}], "unchanged": 1, "bad": bad}
    yield "outcomes.html", "empty", shown
    yield "outcomes.html", "full", {**shown, "typed": "appointment,outcome", "judged": judged}
    yield "outcomes.html", "full-nothing", {**shown, "judged": {"marks": [], "unchanged": 2, "bad": []}}
    yield "outcomes.html", "failing", {**shown, "typed": "outcome", "error": "This file cannot be taken."}


def _missed() -> Iterator[tuple[str, str, Context]]:
    """The report on missed appointments."""
    row: Context = {"name": "Camille Arnoux", "held": 160, "missed": 40, "by_mail": 32, "by_call": 4, "to_call": 4}
    row |= {"given_up": 0, "waiting": 0, "rate": "20%"}
    figures = [("Missed", "20%", "120 of 600"), ("To contact again", "30", "a week"), ("Money saved", "€864.00", "")]
    shown: Context = {
        **staff(),
        "nav": "calls",
        "periods": [{"name": "4 weeks", "url": "?weeks=4", "current": True}],
        "since": "Monday 18 May 2026",
        "first": "18 May",
        "last": "14 June",
        "typed": {"first": "2026-05-18", "last": "2026-06-14"},
        "wrong": {},
        "finding": "20% were missed; the mail has put 80% of them back into the diary.",
        "figures": [{"label": label, "value": value, "note": note} for label, value, note in figures],
        "formula": ["96 put back by the mail × 12 min = 19.2 hours", "19.2 hours × €45.00 = €864.00"],
        "priced": True,
        "reps": [row, {**row, "name": LONG}],
        "team": row,
        "file_url": "/desk/no-shows.csv",
    }
    yield "no_shows.html", "empty", {**shown, "figures": [], "reps": [], "finding": ""}
    yield "no_shows.html", "full", shown
    shown |= {"since": None, "wrong": {"last": "The last day lies before the first one."}}
    yield "no_shows.html", "failing", {**shown, "reps": [row], "priced": False, "formula": ["0 put back"]}
