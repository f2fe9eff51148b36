"""Which language a page speaks: `?lang=`, kept in the session; else Accept-Language, else the company's first."""

from flask import Flask, request, session
from flask_babel import Babel

from funnel.usecases.read_published import last_published
from funnel.web.here import house


def register(app: Flask) -> None:
    """Texts go through flask-babel from the first day; catalogues lie under `funnel/web/translations`."""
    Babel(app, locale_selector=language, default_locale="en")


def language() -> str:
    """One of the company's locales."""
    known = last_published(house())
    locales = known.company.company.locales if known else ["en"]
    asked = request.args.get("lang", "")
    if asked in locales:
        if session.get("lang") != asked:
            session["lang"] = asked
        return asked
    if session.get("lang") in locales:
        return str(session["lang"])
    return request.accept_languages.best_match(locales) or locales[0]
