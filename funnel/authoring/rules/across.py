"""The rules that hold between files: words declared in one and named in another, loops over scenarios, consents."""

from collections.abc import Iterator

from funnel.authoring.bundle import COMPANY_FILE
from funnel.authoring.compile import all_steps, words_of
from funnel.authoring.findings import Finding, Path, Problem, at_most
from funnel.authoring.hints import did_you_mean, nearest
from funnel.authoring.home import Home
from funnel.authoring.rules.calls_to_action import target_problems
from funnel.authoring.rules.filled import Filled
from funnel.authoring.rules.flow import flow_problems, quick_starts
from funnel.authoring.rules.left_out import calls_left_out, left_out_beside
from funnel.authoring.rules.mails import mail_findings
from funnel.authoring.rules.never import never_problems
from funnel.authoring.rules.never_offered import unoffered
from funnel.authoring.rules.never_told import untold_in, untold_rules
from funnel.authoring.rules.pages import page_findings
from funnel.authoring.rules.scenario import named_words
from funnel.authoring.rules.scoring import trigger_problems
from funnel.authoring.rules.suggestions import suggestion_problems
from funnel.authoring.rules.triggers import subject_problems
from funnel.authoring.rules.twins import twin_problems
from funnel.authoring.rules.words import NO, SECTIONS, declared
from funnel.authoring.saying import say, say_many
from funnel.authoring.vocabulary import scenario_vocabulary
from funnel.domain.tunnel.program import Program
from funnel.domain.tunnel.scenario import START, Scenario
from funnel.domain.tunnel.steps import EmailStep, HandOffStep, StartStep


def across_problems(home: Home) -> list[Finding]:
    """What no file can tell by itself."""
    findings = [
        *_languages(home),
        *(home.place(COMPANY_FILE, problem) for problem in at_most(_still_named(home))),
        *(home.place(COMPANY_FILE, problem) for problem in at_most(target_problems(home))),
        *(home.place(COMPANY_FILE, problem) for problem in at_most(trigger_problems(home))),
        *(home.place(COMPANY_FILE, problem) for problem in at_most(suggestion_problems(home))),
        *(home.place(COMPANY_FILE, problem) for problem in at_most(never_problems(home))),
        *(home.place(COMPANY_FILE, problem) for problem in at_most(untold_rules(home))),
        *_loops(home),
        *page_findings(home),
        *mail_findings(home),
    ]
    findings += (
        home.place(_file(name), problem)
        for name, problem in calls_left_out(home)
        if home.documents[_file(name)].tells(problem)
    )
    filled = Filled(home)
    if home.company is not None and "scoring" not in home.lost:
        findings += (home.place(COMPANY_FILE, one) for one in filled.of_rules(home.rulebook, home.company.scoring))
    if home.company is not None and "segments" not in home.lost:
        findings += (home.place(COMPANY_FILE, one) for one in filled.of_segments(home.segments, home.company))
    if home.company is not None and "suggestions" not in home.lost:
        own = filled.of_suggestions(home.suggestions, home.company)
        findings += (home.place(COMPANY_FILE, one) for one in own)
    vocabulary = scenario_vocabulary(home.questionnaires, home.company, home.lost)
    for name, scenario in home.scenarios.items():
        file = _file(name)
        problems = [
            *_entry(home, name),
            *_starts_on(scenario, home),
            *untold_in(home, scenario),
            *unoffered(home.programs[name]),
            *_consents(home, scenario),
            *_telephone(home, scenario),
            *left_out_beside(home, name),
        ]
        words = words_of(scenario, vocabulary)
        problems += flow_problems(scenario, home.programs[name], words, home.emails.get(name, {}))
        problems += filled.problems(home.programs[name])
        findings += (home.place(file, problem) for problem in problems if home.documents[file].tells(problem))
        findings += _profile(home, filled, home.programs[name])
    return findings


def _profile(home: Home, filled: Filled, program: Program) -> Iterator[Finding]:
    """Names in the `valid_when` of a scenario's persona that nothing fills: nobody would ever be valid."""
    if program.valid_when is not None:
        file = f"scenarios/personas/{program.scenario.persona}.yaml"
        text = str(home.documents[file].value(("valid_when",)))
        for problem in filled.of_profile(text, program.valid_when):
            yield home.place(file, problem)


def _file(name: str) -> str:
    return f"scenarios/{name}.yaml"


def _languages(home: Home) -> Iterator[Finding]:
    if home.company is None or "locales" in home.lost:
        return
    models = [(COMPANY_FILE, home.company)] if not home.lost else []
    authored = [
        *models,
        *((_file(name), scenario) for name, scenario in home.scenarios.items()),
        *((f"scenarios/questionnaires/{name}.yaml", one) for name, one in home.questionnaires.items()),
        *(
            (f"email_templates/{folder}/{name}/email.yaml", email)
            for folder, emails in home.emails.items()
            for name, email in emails.items()
        ),
    ]
    for file, model in authored:
        for problem in at_most(twin_problems(model, home.company.locales)):
            yield home.place(file, problem)


def _still_named(home: Home) -> Iterator[Problem]:
    """Words that scenarios and mails name more than once and the company does not declare: told at the list from which
    they have gone. One that stands in a single place is a slip of that place, and told there."""
    company = home.company
    if company is None:
        return
    named: dict[tuple[str, str], list[str]] = {}
    for name, scenario in home.scenarios.items():  # the words of one that has a base are its base's
        for kind, word in () if name in home.bases else named_words(scenario):
            named.setdefault((kind, word), []).append(_file(name))
    for folder, emails in home.emails.items():
        for name, email in emails.items():
            if email.purpose is not None and folder not in home.bases:
                file = f"email_templates/{folder}/{name}/email.yaml"
                named.setdefault(("consent", email.purpose), []).append(file)
    places = declared(company, home.lost)
    idle = {kind: words.keys() - {word for one, word in named if one == kind} for kind, words in places.items()}
    document = home.documents[COMPANY_FILE]
    for (kind, word), files in sorted(named.items()):
        if kind not in places or word in places[kind] or len(files) < 2:
            continue
        section = SECTIONS[kind]
        near = nearest(word, idle[kind])
        if near is None and nearest(word, places[kind]):
            continue
        values = {"no": NO[kind], "name": repr(word), "file": min(files)}
        message = say_many(
            "%(no)s %(name)s is declared here, but %(file)s names it",
            "%(no)s %(name)s is declared here, but %(num)s files name it",
            len(set(files)),
            **values,
        )
        path: Path = places[kind][near] if near else (section,) if (section,) in document.values else ()
        fix = (
            did_you_mean(word)
            if near
            else say("declare it below '%(section)s:', or take it out there", section=section)
        )
        at_key = near is not None and kind in ("consent", "status", "segment")
        yield Problem(path, "still-named", message, fix, at="key" if at_key else "value")


def _loops(home: Home) -> Iterator[Finding]:
    """`start` steps by which scenarios would start one another for ever."""
    edges = {name: quick_starts(scenario.sequence)[0] for name, scenario in home.scenarios.items()}
    for name, starts in edges.items():
        for path, target in starts:
            reached: set[str] = set()
            pending = [target]
            while pending:
                here = pending.pop()
                if here not in reached:
                    reached.add(here)
                    pending += [further for _, further in edges.get(here, ())]
            if name in reached:
                message = say("%(name)s starts itself again without a wait in between", name=repr(name))
                if target != name:
                    values = {"name": repr(name), "other": repr(target)}
                    message = say(
                        "%(name)s starts %(other)s, which leads back here, without a wait in between", **values
                    )
                fix = say("put a 'wait:' before it, as in '- wait: 30 days'")
                yield home.place(_file(name), Problem(path, "loop", message, fix))


def _starts_on(scenario: Scenario, home: Home) -> Iterator[Problem]:
    """What starts it, of which kind."""
    if scenario.starts_on is not None and scenario.starts_on.subject is not None:
        yield from subject_problems(home, scenario.starts_on, ("on", scenario.starts_on.event))


def _entry(home: Home, name: str) -> list[Problem]:
    scenario = home.scenarios[name]
    by_event = scenario.starts_on is not None and not scenario.by_form
    if scenario.form is not None or by_event or not home.names <= home.scenarios.keys():
        return []
    if home.company is not None and ("thresholds" in home.lost or name in home.company.starts_by_score):
        return []
    starts = {
        step.start
        for other, one in home.scenarios.items()
        if other != name
        for _, step in all_steps(one.sequence)
        if isinstance(step, StartStep)
    }
    if name in starts:
        return []
    message = say("nobody can come in: there is no form, and no other scenario starts this one")
    fix = say("add 'form:' or 'on:', or '- start: %(name)s' elsewhere", name=name)
    if scenario.on == START:
        message = say("people come in by hand alone, on a lead's page: no other scenario starts this one")
        fix = say("add '- start: %(name)s' where it is to begin by itself", name=name)
    return [Problem(("scenario",), "no-entry", message, fix, "warning")]


def _consents(home: Home, scenario: Scenario) -> list[Problem]:
    """Purposes that marketing mails rest on and that no form asks for; told at this scenario's form."""
    emails = home.emails.get(scenario.scenario, {})
    here = set(scenario.form.consents) if scenario.form else None
    asked = {consent for one in home.scenarios.values() if one.form for consent in one.form.consents}
    sent = {step.email for _, step in all_steps(scenario.sequence) if isinstance(step, EmailStep)}
    problems = []
    purposes = sorted({purpose for name in sent if name in emails and (purpose := emails[name].purpose)})
    for purpose in purposes:
        if purpose in (asked if here is None else here) or home.company is None or purpose not in home.company.consents:
            continue
        names = sorted(name for name in sent if name in emails and emails[name].purpose == purpose)
        values = {"consent": repr(purpose), "email": repr(names[0])}
        elsewhere = purpose in asked
        if elsewhere:
            message = say(
                "this form does not ask for the consent %(consent)s, so %(email)s needs one given elsewhere", **values
            )
        else:
            message = say(
                "no form asks for the consent %(consent)s, so the e-mail %(email)s would never leave", **values
            )
        path: Path = ()
        if scenario.form is not None:
            path = ("form", "consents") if "consents" in scenario.form.model_fields_set else ("form",)
        fix = say("add 'consents: [%(consent)s]' to the form", consent=purpose)
        problems.append(Problem(path, "no-consent", message, fix, "warning" if elsewhere else "error"))
    return problems


def _telephone(home: Home, scenario: Scenario) -> list[Problem]:
    """A hand-over by points or by a step gives the rep nobody to call when no form asks for the number."""
    if scenario.form is None or home.company is None or scenario.form.fields.phone is not None:
        return []
    by_step = any(isinstance(step, HandOffStep) for _, step in all_steps(scenario.sequence))
    if not (by_step or home.company.hands_over_by_score):
        return []
    message = say("leads are handed over here, and the form does not ask for the telephone number that qualifies them")
    path: Path = ("form", "fields") if "fields" in scenario.form.model_fields_set else ("form",)
    return [Problem(path, "no-telephone", message, say("add 'phone: optional' to its 'fields:'"), "warning")]
