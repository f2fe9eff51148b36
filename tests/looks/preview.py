"""Draws every template with sample data, to look at: `python -m tests.looks.preview FOLDER [--shots] [--only NAME]`."""

import argparse
import functools
import http.server
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from funnel.delivery import sandbox, templates
from funnel.web import looks
from tests.looks import samples, samples_staff

WEB = samples.ROOT / "funnel" / "web"
CHROMIUM = "/usr/bin/chromium"
CHANGED = {
    **{"by": "Hugo Castellan", "reason": "A strike on Thursday", "before": "Idris Bel", "given": "yes"},
    "planned": "",
    "kept": "",
    "was": "Thursday 18 June, 14:30",
    "stays": "yes",
    "wanted": "Thursday 18 June, 16:00",
}
SIZES = {"phone": (360, 780), "laptop": (1280, 800)}


def environment() -> Environment:
    """As the application has it: autoescape, translations (none), and here strict about names."""
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(WEB / "templates"), FileSystemLoader(samples.ROOT / "landing_pages")]),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
    )
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    env.globals["csrf_token"] = lambda: "token"
    looks.install(env)
    return env


def every_page() -> Iterator[tuple[str, str]]:
    """Each page's name and HTML: the product's templates, the landing pages, the mails."""
    env = environment()
    for template, state, context in [*samples.pages(), *samples_staff.pages()]:
        yield f"{template.removesuffix('.html')}.{state}", env.get_template(template).render(context)
    base = samples.common()
    for state, values, errors in (
        ("empty", {}, {}),
        ("full", {"feedback": "moments", "sources": ["reviews"]}, {}),
        ("failing", {}, {"q_feedback": "Choose the answer that fits best."}),
    ):
        form = env.get_template("_questions.html").render(**base, **samples.page(1, values, errors))
        landing = env.get_template("self_evaluation/questionnaire.html").render(**base, form_html=Markup(form))
        yield f"landing.{state}", landing
    yield from _webinar_pages(env, base)
    french = {**base, "lang": "fr"}
    yield (
        "article.fr",
        env.get_template("articles/three_inspiring_customer_experience_companies.fr.html").render(french),
    )
    yield "privacy.fr", env.get_template("privacy.fr.html").render(french)
    yield "article", env.get_template("articles/three_inspiring_customer_experience_companies.html").render(base)
    yield "privacy", env.get_template("privacy.html").render(base)
    yield from every_mail()


def _webinar_pages(env: Environment, base: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The landing page of a webinar that is ahead, on, over, and over without a replay."""
    for state, change in (("ahead", {}), ("on", {}), ("over", {}), ("over", {"replay": None})):
        webinar = samples.webinar(state) | change
        asked = {**samples.details({}, {}), "has_results": False, "can_go_back": False, "webinar": webinar}
        form = env.get_template("_closed.html" if change else "_details.html").render(**base, **asked)
        page = env.get_template("webinar/register.html")
        name = "closed" if change else state
        yield f"webinar.{name}", page.render(**base, webinar=webinar, form_html=Markup(form))


def mail_results(results: dict[str, Any]) -> dict[str, Any]:
    """Results as mails get them: each piece of advice with its theme."""
    advice = [
        {"theme": theme["title"], "text": text} for theme, text in zip(samples.THEMES, results["advice"], strict=False)
    ]
    return {**results, "advice": advice}


def mail_context(**change: Any) -> dict[str, Any]:
    """What a mail may use."""
    names = ("results", "book", "cancel", "desk", "diary", "privacy", "own_page", "asset", "questionnaire", "webinar")
    links = {name: f"http://127.0.0.1:8000/{name}/x" for name in (*names, "call_list")}
    return {
        "lead": samples_staff.lead(),
        "company": samples.common()["company"],
        "links": {**links, "unsubscribe": "http://127.0.0.1:8000/u/x"},
        "results": mail_results(samples.results()),
        "appointment": samples.appointment() | CHANGED,
        "came_by": "Three customer experience companies",
        "hers": {"language": "French", "when": "Thursday 18 June, 03:30", "city": "New York"},
        "why_now": ["Booked “Your results by telephone” for Thursday 18 June, 09:30", "55 points: over the threshold"],
        "answers": [{"question": "When would you like to see a difference?", "answer": "This quarter"}],
        "slots": samples.mail_slots(),
        "webinar": samples.webinar("ahead"),
        "rep": {"name": "Camille Arnoux", "first_name": "Camille"},
        "calendar": {
            "fault": "Your calendar could not be reached.",
            "partial": False,
            "read_at": "Monday 15 June, 09:30",
        },
        "history": [{"when": "Sat 13 June, 18:20", "what": "Took the self-evaluation: 54 out of 100"}],
        "missing": [],
        "asked": [
            {"name": name, "company": company, "title": "Your results by telephone", "when": when, "url": "http://x/1"}
            for name, company, when in (
                ("Léa Martin", "Ostrel", "Thursday 18 June, 09:30"),
                (samples.LONG, "", "14:00"),
            )
        ],
        "to_call": 3,
        "tracked": None,
        **change,
    }


def mail_files() -> dict[str, bytes]:
    """The shipped e-mail templates."""
    found = (samples.ROOT / "email_templates").rglob("*")
    return {str(path.relative_to(samples.ROOT)): path.read_bytes() for path in found if path.is_file()}


def every_mail() -> Iterator[tuple[str, str]]:
    """Each mail's name and HTML, full and with as little as there can be."""
    files = mail_files()
    full = mail_context()
    bare = mail_context(
        links={**mail_context()["links"], "book": None},
        lead={**samples_staff.lead(samples.LONG, None), "company": None, "position": None},
        results=mail_results(samples.results((0, 100, 0, 100, 0), 40, 1)),
        missing=["telephone"],
        calendar={"fault": "An entry of your calendar cannot be understood.", "partial": True, "read_at": ""},
        history=[],
        slots=[],
        answers=[],
        appointment=samples.appointment() | dict.fromkeys(CHANGED, ""),
        to_call=0,
    )
    for folder in sorted(path for path in (samples.ROOT / "email_templates").glob("*/*") if path.is_dir()):
        message = f"{folder.parent.name}/{folder.name}"
        for language, told in (("en", ""), ("fr", ".fr")):
            sources = templates.read(files, message, language)
            for state, context in (("full", full), ("bare", bare)):
                yield (
                    f"mail.{folder.parent.name}.{folder.name}{told}.{state}",
                    sandbox.render(sandbox.HTML.from_string(sources.html), context, sandbox.Limits()),
                )


def write(folder: Path, only: str = "") -> list[str]:
    """All pages as files with what they load; returns their names."""
    shutil.copytree(WEB / "static", folder / "static", dirs_exist_ok=True)
    brand = samples.COMPANY.brand
    (folder / "brand.css").write_text(looks.brand_css(brand.primary, brand.accent))
    names = []
    for name, text in every_page():
        (folder / f"{name}.html").write_text(text)
        if only in name:
            names.append(name)
    shutil.copy(folder / "mail.self_evaluation.your_results.full.html", folder / "mail.html")
    return names


def shoot(folder: Path, names: list[str]) -> None:
    """A picture of each page: phone and laptop, light and dark."""
    from playwright.sync_api import sync_playwright

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    flags += " --disable-component-update --disable-sync"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=flags.split())
        for size, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                for name in names:
                    tab.goto(f"http://127.0.0.1:{server.server_port}/{name}.html")
                    tab.screenshot(path=folder / f"{name}.{size}.{scheme}.png", full_page=True)
                    wide = int(tab.evaluate("document.documentElement.scrollWidth"))
                    if wide > width:
                        print(f"{name} at {width} px is {wide} px wide")
                tab.close()
        browser.close()
    server.shutdown()


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shots", action="store_true", help="pictures too, by Chromium")
    parser.add_argument("--only", default="", help="pictures of the pages whose name holds this")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    names = write(given.folder, given.only)
    if given.shots:
        shoot(given.folder, names)
    print(f"{len(names)} pages in {given.folder}", file=sys.stderr)


if __name__ == "__main__":
    main()
