"""What each key of an authored file means, in one sentence: shown by editors and in docs/scenario-reference.md."""

from collections.abc import Mapping

from funnel.authoring.company_meanings import COMPANY_MEANINGS, ID, TITLE

_STEP = {
    "id": "The step's own name; needed where two equal steps could not be told apart.",
    "unless": "Skips the step when this has happened.",
}
_VERBS: Mapping[str, Mapping[str, str]] = {
    "EmailStep": {
        "email": "The mail to send: a folder of `email_templates/<scenario>/`.",
        "propose": "An appointment that the mail proposes; its link is `links.book`.",
        "attach": "Files that go with the mail; `diagnosis.pdf` is drawn from her own answers.",
    },
    "WaitStep": {
        "wait": "How long, or until when; days and longer keep the local time of the lead's zone.",
        "do": "Steps for who has come before that time; who comes later passes them by.",
    },
    "AwaitStep": {
        "await": "What is waited for; it also counts when it came before this step, since the enrolment began.",
        "form": "Which scenario's form (`form.submitted`); without it, its own, or any where it has none.",
        "questionnaire": "Which questionnaire; without it, any.",
        "follow_up": "The choices at the end of the questionnaire, here; what she takes is `.follow_up` in conditions.",
        "appointment": "Which type of appointment; without it, any.",
        "segment": "Which segment (`segment.entered`, `segment.left`); without it, any.",
        "score": "How many points (`score.reached`); without it, any number that something waits for.",
        "mail": "Which mail of this scenario is opened; without it, any.",
        "link": "Which link in a mail of this scenario is followed (its `name`); without it, any.",
        "page": "Which pages are visited (`page.visited`): a path like `/pricing*`, or with its site; without it, any.",
        "away": "How long she had been away at least (`visit.returned`): 30 minutes or more, in hours, days or weeks.",
        "since": "`here`: only what comes from now on counts.",
        "on_revision": "What if the opening or the click was a machine's: `keep` (usual) leaves her where it has led "
        "her, and says so; `move_back` has her wait here again, if no mail has left since. Whom points have led on "
        "(`score.reached`) stays when they are taken back.",
        "within": "How long at most, from entering the step or from when the mail before it left, if that is later.",
        "otherwise": "The steps when it has not come in time; without an `end` they go on after this one.",
    },
    "ChooseStep": {
        "choose": "The cases; the first that is true is taken.",
        "otherwise": "The steps when none is true; may be empty (`[]`).",
    },
    "WhenStep": {"when": "The condition.", "do": "The steps when it is true; she goes on after them either way."},
    "HandOffStep": {
        "hand_off": "To which team, and why.",
        "otherwise": "The steps for a lead who does not fit the persona's `valid_when`.",
    },
    "TaskStep": {"task": "What is to be done: a text, or a mapping with a time."},
    "BookStep": {"book": "A time in the rep's diary that is kept without asking her."},
    "TagStep": {"tag": "One of the company's tags."},
    "StatusStep": {"status": "One of the company's statuses."},
    "ScoreStep": {"score": "How many points; below zero they are taken.", "because": "Why; the rep reads it."},
    "WebhookStep": {"webhook": "One of the company's webhooks."},
    "StartStep": {"start": "The scenario to start."},
    "EndStep": {"end": "Why it ends, as it is counted: `no_answer`, `call_held` ..."},
}

MEANINGS: Mapping[str, Mapping[str, str]] = {
    **COMPANY_MEANINGS,
    **{step: {**_STEP, **keys} for step, keys in _VERBS.items()},
    "Scenario": {
        "scenario": "Its name, that of its file; the page's address shows `-` for `_`.",
        "title": TITLE,
        "offer": "What it leads to.",
        "why": "What the company wants from it.",
        "on": "What starts it, and which of its kind (`{segment.entered: gold}`); without it, its form. `start`: "
        "another scenario's step, or a person on a lead's page.",
        "persona": "Whom it is made for: a file of `scenarios/personas/`.",
        "team": "Whose leads these are.",
        "again": "When a lead may enter once more: `never` (usual for forms), `each` time, or `after 90 days`.",
        "form": "How people come in. Without it another scenario starts this one.",
        "magnet": "What is given for the form.",
        "leave_when": "What ends it for a lead wherever she stands.",
        "sequence": "The steps, in order.",
        "targets": "What it aims for: numbers, or shares of those who came (`25%`).",
        "expect": "Sample leads, and what a rehearsal must show of them.",
        "parameters": "What a scenario made from this one may replace; written `$name`.",
    },
    "Reuse": {
        "scenario": "Its name, that of its file; the page's address shows `-` for `_`.",
        "use": "The scenario that this one is made from: its steps, and its mails and pages where this one has none.",
        "with": "Its own title and offer; what stands in place of the base's parameters, persona, targets.",
    },
    "Form": {
        "page": "The landing page: `landing_pages/<scenario>/<page>.html`.",
        "questionnaire": "The questionnaire that is the form itself.",
        "fields": "What else she is asked for.",
        "consents": "The boxes beside it, by purpose; none is ticked beforehand, none is required.",
    },
    "Fields": {
        "name": "Always asked.",
        "email": "Always asked.",
        "position": "Her position in her company.",
        "company": "The company she works for.",
        "phone": "Her telephone number; without it nobody can call her.",
    },
    "Magnet": {
        "questionnaire": "The questionnaire whose result is given.",
        "asset": "The file that is given, by a link of her own: `assets/<scenario>/<file>`, saved by its title.",
        "webinar": "The talk on the web that she registers for.",
    },
    "Webinar": {
        "title": TITLE,
        "starts_at": "When, in the company's zone, like `2027-01-21 14:00`.",
        "minutes": "How long it lasts.",
        "link": "Where it takes place.",
        "replay": "Where it can be seen afterwards.",
    },
    "Propose": {
        "appointment": "The type of appointment; `same` is that of the one which the scenario is about, and its rep "
        "(where that one has no time at all, the others).",
        "slots": "So many times of one rep are kept for her and named in the mail.",
        "hold": "How long they are kept, from when the mail leaves.",
        "share": "How many per cent of what a rep has free in a week are kept at most.",
    },
    "Until": {
        "until": "`webinar`, `appointment`, a date and time like `2027-01-21 14:00`, or `mon 09:00`.",
        "before": "How long before it.",
    },
    "FollowUp": {"text": "As it is read.", "phone": "Whether who takes it is asked for a telephone number."},
    "Book": {
        "appointment": "The type of appointment.",
        "after": "How long from now at the earliest; the first free time from then on.",
    },
    "Case": {"when": "The condition.", "do": "The steps when it is true; may be empty (`[]`)."},
    "HandOff": {"team": "Which team; without it, the scenario's.", "because": "Why now; the rep reads it."},
    "Task": {
        "text": "What is to be done.",
        "call": "Call her for this type of appointment.",
        "list": "`call_list`: it stands on the list that is given to a provider.",
        "within": "Until when; it is shown as late afterwards. A call is due in `proposing_hours` by her own clock.",
    },
    "Expectation": {
        "lead": "Who: a name for the report.",
        "behaves": "What she does, see below.",
        "name": "Her name; without it one is drawn.",
        "company": "Her company; without it one is drawn.",
        "position": "Her position; without it one is drawn.",
        "phone": "Her telephone number; without it she leaves none.",
        "language": "Her language; without it the company's first.",
        "zone": "Her time zone; without it the company's.",
        "consents": "The boxes that she ticks; without it all, or none when she `declines`.",
        "confirms": "Whether she confirms the boxes that are to be confirmed (`double_opt_in`); without it she does, "
        "but who `ignores` everything, and who is `scanned`.",
        "answers": "Her answers by question; the rest is drawn.",
        "follow_up": "Which choice she takes at the end of a questionnaire that a mail asks for, `nothing` where it is "
        "one box that may stay empty; without it any.",
        "clicks": "The links in mails that she follows, by their names (`[]`: none), beside what she does else; "
        "without it, as she behaves. Told where she has agreed to `visit_tracking`.",
        "visits": "The pages that she looks at, like `/pricing` (`[]`: none); without it, as she behaves: those that "
        "the scenario and the rules of points speak of. Told where she has agreed to `visit_tracking`.",
        "appointment": "The type of appointment that she has, where the scenario follows one.",
        "tagged": "The tags that she has already.",
        "comes": "When she sends the form, in the company's zone: `2027-01-21 14:00`. Left out, on the first morning.",
        "gets": "All of this scenario's mails that leave to her, in order.",
        "ends": "The reason with which her way ends.",
        "handed_over": "Whether she is handed to a rep.",
        "score": "Her points at the end.",
        "tags": "Her tags at the end, in any order.",
    },
    "Questionnaire": {
        "questionnaire": "Its name, that of its file.",
        "title": TITLE,
        "intro": "What stands above the first question.",
        "minutes": "How long it takes, as it is told.",
        "themes": "What the points are summed up by.",
        "pages": "The pages, in order.",
        "bands": "What a result means, by the share of the points.",
    },
    "Page": {"title": TITLE, "intro": "What stands above its questions.", "questions": "What is asked on it."},
    "Question": {
        "id": "Its name; conditions write `answers.<questionnaire>.<id>`.",
        "kind": "How it is answered.",
        "text": "The question.",
        "hint": "A small line below it.",
        "theme": "The theme that its points count for.",
        "required": "Whether it must be answered.",
        "choices": "What can be chosen (`single`, `multiple`).",
        "scale": "From where to where (`scale`).",
        "minimum": "The smallest number (`number`).",
        "maximum": "The largest number (`number`).",
        "unit": "What it counts, as it stands behind any number: `h` (`number`).",
        "max_length": "How many characters at most (texts).",
        "asked_when": "A condition over earlier answers; without it, it is always asked.",
    },
    "Choice": {"id": ID, "text": "As it is read.", "points": "The points that it gives."},
    "Scale": {
        "low": "The first step.",
        "high": "The last step.",
        "low_text": "What the first step means.",
        "high_text": "What the last step means.",
        "points": "The points for each step above the first.",
    },
    "Theme": {"id": ID, "title": TITLE, "advice": "What to do, from the weakest share up."},
    "Advice": {"below": "For shares below this many per cent.", "text": "The advice."},
    "Band": {
        "id": ID,
        "at_least": "From this many per cent of the points that could be reached.",
        "title": TITLE,
        "summary": "What it means.",
    },
    "Persona": {
        "persona": "Its name, that of its file.",
        "title": TITLE,
        "size": "How large the company is.",
        "function": "What they do there.",
        "aims": "What they want.",
        "obstacles": "What stands in their way.",
        "channels": "Where they are met.",
        "interests": "What they read about.",
        "valid_when": "The profile a lead needs: a condition, as in scenarios.",
    },
    "Email": {
        "kind": "What the mail is, see above.",
        "purpose": "The consent that a `marketing` mail rests on.",
        "preheader": "The line beside the subject in the mailbox.",
    },
}
"""For each model its keys, as authors write them, and what each means."""
