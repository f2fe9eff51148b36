"""The table of pictures: every route of the application, in the states that it can be in.

A route is written as the application's URL map writes it. `NO_PAGE` names those that show nothing to people.
"""

from typing import Literal, NamedTuple

from scripts.screens import acts, around, people
from scripts.screens.acts import FORM, Act
from scripts.screens.around import Around

State = Literal["empty", "full", "failing"]


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
    "/l/<scenario>/webinar.ics": "a download",
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

SAME = "/desk/leads/<int:lead_id>/same"
PAIR = SAME + "/<int:other>"
CHANGE = "/diary/appointments/<int:appointment_id>"
DETAILS = "/l/self-evaluation/details"
THANKS = "/l/self-evaluation/thanks"
ONCE = ("en",)
STUDIO = "/studio/self-evaluation"
CALLS = "/desk/call-list"
LINKS = "/studio/-/calls-to-action"
POINTS = "/studio/-/points"
VISITS = "/studio/-/visits"
SEGMENT = "/studio/-/segments/<name>"
SUGGESTION = "/studio/-/suggestions/<name>"
RETIRED = LINKS + "/service-forum"
OUTCOME = "/desk/appointments/<int:appointment>"
PREVIEW_MAIL = STUDIO + "/preview?show=mail:self_evaluation/summary_and_meeting"
REHEARSAL = STUDIO + "/rehearse?people=20&days=90&seed=1"


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
    Picture(POINTS, "empty", "points", "solene", POINTS),
    Picture(VISITS, "empty", "visits", "solene", VISITS),
    Picture(SEGMENT, "empty", "segment", "solene", "/studio/-/segments/gold"),
    Picture(SUGGESTION, "empty", "suggestion", "solene", "/studio/-/suggestions/silver"),
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
    Picture("/", "failing", "overview", "nobody", "/", around=around.spoiled),
    Picture("/l/<scenario>", "full", "landing-begun", "begun", FORM, acts.begun),
    Picture("/l/<scenario>", "full", "landing-sent", "lea", FORM),
    Picture("/l/<scenario>", "failing", "landing-refused", "new1", FORM, acts.press("button[value=next]")),
    *(
        Picture("/l/<scenario>/<int:number>", "empty", f"questions-{number}", f"p{number}", FORM, acts.answered(number))
        for number in range(2, 7)
    ),
    Picture("/l/<scenario>/<int:number>", "full", "questions-2", "lea", FORM + "/2"),
    Picture("/l/<scenario>/<int:number>", "full", "questions-6", "lea", FORM + "/6"),
    Picture("/l/<scenario>/<int:number>", "failing", "questions-2", "w2", FORM, acts.answered(2, refuse=True)),
    Picture("/l/<scenario>/details", "empty", "details", "d1", FORM, acts.details()),
    Picture("/l/<scenario>/details", "failing", "details", "d2", FORM, acts.details(wrong=True)),
    Picture("/l/<scenario>/details", "failing", "details-too-much", "d3", FORM, acts.too_much),
    Picture(
        "/l/<scenario>/details", "failing", "details-kept", "d4", FORM, acts.details(send=True), around.database_away
    ),
    Picture("/l/<scenario>", "full", "landing-ebook", "nobody", people.EBOOK),
    Picture("/l/<scenario>/thanks", "full", "thanks-ebook", "eva", people.EBOOK + "/thanks"),
    Picture("/l/<scenario>", "full", "landing-webinar", "nobody", people.WEBINAR),
    Picture("/l/<scenario>", "full", "landing-webinar-over", "nobody", people.WEBINAR, around=around.webinar_over),
    Picture(
        "/l/<scenario>", "failing", "landing-webinar-closed", "nobody", people.WEBINAR, around=around.webinar_closed
    ),
    Picture("/l/<scenario>/thanks", "full", "thanks-webinar", "seat", people.WEBINAR + "/thanks"),
    Picture(
        "/l/<scenario>/thanks",
        "full",
        "thanks-webinar-replay",
        "late",
        people.WEBINAR,
        acts.registers_late,
        around.webinar_over,
    ),
    Picture("/a/<token>", "failing", "asset-expired", "nobody", "{asset}", around=around.links_expired),
    Picture("/a/<token>", "full", "asset-asked", "nobody", "{asset}?sent=yes", around=around.links_expired),
    Picture("/q/<questionnaire>/<token>", "empty", "asked", "nobody", "{asked}"),
    Picture("/q/<questionnaire>/<token>/<int:number>", "empty", "asked-1", "nobody", "{asked}/1"),
    Picture("/q/<questionnaire>/<token>/end", "full", "asked-end", "eva", "{asked}", acts.all_answered),
    Picture("/q/<questionnaire>/<token>/end", "failing", "asked-end", "eva", "{asked}", acts.nothing_chosen),
    Picture("/l/<scenario>/thanks", "full", "thanks", "long", "/l/self-evaluation/thanks"),
    Picture("/l/<scenario>/thanks", "full", "thanks-did-you-mean", "typo", "/l/self-evaluation/thanks"),
    Picture("/l/<scenario>/thanks", "failing", "thanks", "typo", "/l/self-evaluation/thanks", acts.wrong_address),
    Picture("/l/<scenario>/thanks", "full", "thanks-corrected", "typo", THANKS, acts.other_address, languages=ONCE),
    Picture("/r/<token>", "empty", "results-unproven", "nobody", "{results_tom}"),
    Picture("/r/<token>", "full", "results-proven", "nobody", "{results_proven}"),
    Picture("/r/<token>", "full", "results-booked", "nobody", "{results_booked}"),
    Picture("/r/<token>", "failing", "unknown-link", "nobody", "/r/AAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    Picture("/r/<token>", "full", "results-two-themes", "nobody", "{results_talk}"),
    Picture("/book/<token>", "empty", "book-nobody-free", "nobody", "{book}", around=around.nobody_free),
    Picture("/book/<token>", "full", "book", "nobody", "{book}"),
    Picture("/book/<token>", "full", "book-zone", "zoned", "{book}?zone=America/New_York", acts.unfolded),
    Picture("/book/<token>", "failing", "book", "zoned2", "{book}", acts.no_slot),
    Picture(
        "/book/<token>", "failing", "book-just-taken", "zoned3", "{book}", acts.too_late_for_the_slot, languages=ONCE
    ),
    Picture("/book/<token>", "full", "proposed", "nobody", "{proposed}"),
    Picture("/book/<token>", "failing", "proposed-gone", "nobody", "{book}?slot=20300101T0300Z"),
    Picture("/book/<token>", "failing", "proposed-passed", "nobody", "{book}?slot=20200106T0900Z"),
    Picture("/book/<token>", "full", "book-asked", "fresh", FORM, acts.asks_unproven, languages=("fr",)),
    Picture("/book/<token>", "full", "book-asked-en", "fresh2", FORM, acts.asks_unproven, languages=ONCE),
    Picture("/book/<token>/appointment", "full", "booked", "tom", "{booked}"),
    Picture("/book/<token>/appointment", "full", "booked-over", "lea", "{booked_lea}"),
    Picture("/book/<token>/appointment", "full", "cancelled", "omar", "{cancelled}"),
    Picture("/book/<token>/appointment/cancel", "full", "cancel", "tom", "{booked}/cancel"),
    Picture("/book/<token>/appointment/move", "full", "move", "tom", "{booked}/move"),
    Picture("/book/<token>/appointment/move", "failing", "move", "tom", "{booked}/move", acts.no_time),
    Picture("/u/<token>", "full", "unsubscribe", "nobody", "{unsubscribe}"),
    Picture("/u/<token>", "full", "unsubscribed", "nobody", "{unsubscribed}"),
    Picture("/me/<token>", "full", "me", "nobody", "{own_page}"),
    Picture("/me/<token>", "full", "me-booked", "nobody", "{own_page_booked}"),
    Picture("/me/<token>", "failing", "me", "nobody", "{own_page}", acts.wrong_number),
    Picture("/me/<token>", "failing", "me-unknown", "nobody", "/me/AAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    Picture("/me/<token>/erase", "full", "me-erase", "nobody", "{own_page_lea}/erase"),
    Picture("/u/<token>", "failing", "unsubscribe-unknown", "nobody", "/u/AAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    Picture("/login", "failing", "log-in", "nobody", "/login", acts.wrong_password),
    Picture("/login/<token>", "empty", "password", "nobody", "{password}"),
    Picture("/login/<token>", "failing", "password", "nobody", "{password}", acts.two_passwords),
    Picture("/desk", "full", "desk-mine", "camille", "/desk"),
    Picture("/desk", "full", "desk-team", "hugo", "/desk"),
    Picture("/desk", "failing", "desk", "camille", "/desk", acts.returned_without_a_reason),
    Picture("/desk", "failing", "desk-away", "camille", "/desk", around=around.database_away),
    Picture("/desk/leads/<int:lead_id>", "empty", "lead-new", "hugo", "/desk/leads/{leads[Ana]}"),
    Picture("/desk/leads/<int:lead_id>", "full", "lead", "hugo", "/desk/leads/{leads[Léa Martin]}"),
    Picture(
        "/desk/leads/<int:lead_id>", "full", "lead-unfolded", "hugo", "/desk/leads/{leads[Léa Martin]}", acts.unfolded
    ),
    Picture("/desk/leads/<int:lead_id>", "full", "lead-two-themes", "hugo", "/desk/leads/{leads[Noor Jansen]}"),
    Picture("/desk/leads/<int:lead_id>", "full", "lead-long-names", "hugo", "/desk/leads/{leads[long]}"),
    Picture("/desk/leads/<int:lead_id>", "full", "lead-returned", "hugo", "/desk/leads/{returned}"),
    Picture("/desk/leads/<int:lead_id>", "failing", "lead-missing", "hugo", "/desk/leads/99999"),
    Picture(SAME, "empty", "same-person", "hugo", "/desk/leads/{leads[Ana]}/same"),
    Picture(SAME, "full", "same-person-found", "hugo", "/desk/leads/{leads[Ana]}/same?q=a"),
    Picture(SAME, "failing", "same-person-nobody", "hugo", "/desk/leads/{leads[Ana]}/same?q=Nobody+at+all"),
    Picture(PAIR, "full", "same-pair", "hugo", "/desk/leads/{leads[Ana]}/same/{leads[long]}"),
    Picture(PAIR, "failing", "same-pair-refused", "hugo", "/desk/leads/{leads[Ana]}/same/{leads[Ana]}"),
    Picture(
        "/desk/leads/<int:lead_id>",
        "full",
        "same-person-joined",
        "hugo",
        "/desk/leads/{leads[Priya Raman]}/same/{leads[Omar Haddad]}",
        acts.joins,
    ),
    Picture("/desk/webhooks", "full", "webhooks", "hugo", "/desk/webhooks"),
    Picture(OUTCOME, "full", "outcome-asked", "hugo", "/desk/appointments/{over}"),
    Picture("/outcome/<token>", "full", "outcome-by-link", "nobody", "{outcome}"),
    Picture("/outcome/<token>", "failing", "outcome-link-ended", "nobody", "/outcome/nowhere"),
    Picture("/diary", "full", "diary", "camille", "/diary"),
    Picture("/diary", "full", "diary-team", "hugo", "/diary"),
    Picture("/diary", "full", "diary-day", "hugo", "/diary?view=day"),
    Picture("/diary", "failing", "diary", "camille", "/diary", acts.no_calendar),
    Picture("/diary/new", "empty", "diary-find", "camille", "/diary/new"),
    Picture("/diary/new", "full", "diary-found", "hugo", "/diary/new?q=a"),
    Picture("/diary/new", "full", "diary-set", "hugo", "/diary/new?lead={leads[Ana]}"),
    Picture("/diary/new", "failing", "diary-set", "hugo", "/diary/new?lead={leads[Ana]}", acts.sets_nothing),
    Picture("/diary/new", "full", "diary-set-ahead", "hugo", "/diary/new?lead={leads[Tom Okafor]}"),
    Picture(CHANGE, "full", "diary-change", "hugo", "/diary", acts.changes),
    Picture(CHANGE, "failing", "diary-change", "hugo", "/diary", acts.moves_nothing),
    Picture(CHANGE, "failing", "diary-missing", "hugo", "/diary/appointments/99999"),
    Picture("/desk/webhooks", "failing", "webhooks-not-for-reps", "camille", "/desk/webhooks"),
    Picture("/dev/clock", "full", "clock", "nobody", "/dev/clock"),
    Picture("/dev/clock", "failing", "clock", "nobody", "/dev/clock", acts.backwards),
    Picture("/dev/mail", "full", "mails", "nobody", "/dev/mail"),
    Picture("/dev/mail/<int:number>", "full", "mail", "nobody", "/dev/mail/{dossier}"),
    Picture("/dev/mail/<int:number>", "full", "mail-text", "nobody", "/dev/mail/{dossier}?view=text"),
    Picture("/dev/mail/<int:number>", "full", "mail-headers", "nobody", "/dev/mail/{dossier}?view=headers"),
    Picture("/dev/mail/<int:number>", "failing", "mail-missing", "nobody", "/dev/mail/99999"),
    Picture("/studio", "full", "studio", "solene", "/studio"),
    Picture("/studio", "failing", "studio-spoiled", "solene", "/studio", around=around.spoiled),
    Picture("/studio", "failing", "studio-not-for-reps", "camille", "/studio"),
    Picture(LINKS, "full", "calls-to-action", "solene", LINKS),
    Picture(POINTS, "full", "points", "solene", POINTS + "?threshold=30"),
    Picture(POINTS, "failing", "points", "solene", POINTS + "?threshold=many"),
    Picture(VISITS, "full", "visits", "solene", VISITS, around=around.visits_told),
    Picture(VISITS, "failing", "visits-kept-no-more", "solene", VISITS, around=around.no_visits),
    Picture(SEGMENT, "full", "segment", "solene", "/studio/-/segments/warming_up"),
    Picture(SUGGESTION, "full", "suggestion", "solene", "/studio/-/suggestions/silver"),
    Picture(LINKS, "failing", "calls-to-action-retired", "solene", LINKS, around=around.no_call_to_action),
    Picture(LINKS + "/<code>", "full", "call-to-action", "solene", LINKS + "/article-3-companies"),
    Picture(LINKS + "/<code>", "failing", "call-to-action-retired", "solene", RETIRED, around=around.no_call_to_action),
    Picture("/s/<code>", "failing", "short-link-unknown", "nobody", "/s/service-form"),
    Picture("/studio/<scenario>", "full", "studio-scenario", "solene", STUDIO),
    Picture("/studio/<scenario>", "failing", "studio-scenario", "solene", STUDIO, around=around.standing_still),
    Picture(
        "/studio/<scenario>/resume", "full", "studio-resume", "solene", STUDIO + "/resume", around=around.held_back
    ),
    Picture(
        "/studio/<scenario>/resume",
        "failing",
        "studio-resume",
        "solene",
        STUDIO + "/resume",
        acts.no_hours,
        around.held_back,
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
        around=around.an_hour_before,
    ),
    Picture(
        "/book/<token>/appointment/move",
        "failing",
        "move-too-late",
        "tom",
        "{booked}/move",
        around=around.an_hour_before,
    ),
    Picture(CALLS, "full", "call-list", "hugo", CALLS, around=around.a_week_after_a_miss),
    Picture(CALLS, "failing", "call-list", "hugo", CALLS, acts.no_outcome),
    Picture("/diary/new", "full", "diary-set-call", "hugo", CALLS, acts.agrees),
    Picture("/diary/new", "failing", "diary-set-call", "hugo", CALLS, acts.agrees_on_nothing),
    Picture(CALLS, "full", "call-list-called", "hugo", CALLS, acts.somebody_called, languages=ONCE),
    Picture("/desk", "full", "desk-calls", "hugo", "/desk"),
    Picture("/desk/outcomes", "full", "table-of-outcomes", "hugo", "/desk/outcomes", acts.table),
    Picture("/desk/outcomes", "failing", "table-of-outcomes", "hugo", "/desk/outcomes", acts.no_table),
    Picture("/desk/no-shows", "full", "no-shows", "hugo", "/desk/no-shows", around=around.a_week_after_a_miss),
    Picture("/desk/no-shows", "failing", "no-shows-not-for-reps", "camille", "/desk/no-shows"),
    Picture(OUTCOME, "full", "outcome", "hugo", "/desk/appointments/{over}", around=around.a_week_after_a_miss),
    Picture(OUTCOME, "failing", "outcome-missing", "hugo", "/desk/appointments/99999"),
)
"""Taken after two weeks of work; the last ones move the clock on."""

MAILS = "/dev/mail/<int:number>/html"
"""The route by which every kind of mail is pictured: the newest of each subject, and who got the longest names."""


def pictured() -> set[str]:
    """The routes in the table."""
    return {picture.route for picture in (*BEFORE, *AFTER)} | {MAILS}
