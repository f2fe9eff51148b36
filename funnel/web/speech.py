"""Which language a page speaks: `?lang=`, kept in the session; else the reader's own, where a link or a log-in tells
whose page it is; else Accept-Language; else the company's first."""

from gettext import NullTranslations
from urllib.parse import urlencode, urlsplit

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, Domain, gettext, refresh

from funnel.authoring.saying import Saying
from funnel.catalogue import translations
from funnel.domain.model import locale_of
from funnel.usecases import wording
from funnel.usecases.errors import Refused
from funnel.usecases.naming import Names
from funnel.usecases.read_published import last_published
from funnel.web.here import house, published


class _Catalogue(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """The product's own catalogue, read once, instead of compiled files read at each request."""

    def get_translations(self) -> NullTranslations:
        """That of this request's language."""
        return translations(language() if has_request_context() else "")


_CATALOGUE = _Catalogue()


class _Speaking(Babel):  # type: ignore[misc]
    """Flask-Babel over the product's catalogue."""

    @property
    def domain_instance(self) -> Domain:
        """The same one for every request."""
        return _CATALOGUE


def register(app: Flask) -> None:
    """Texts of templates and views go through the catalogue."""
    _Speaking(app, locale_selector=lambda: locale_of(language()), default_locale="en")


def language() -> str:
    """One of the company's locales."""
    known = last_published(house())
    locales = known.company.company.locales if known else ["en"]
    if g.get("shown_language") in locales:
        return str(g.shown_language)
    asked = request.args.get("lang", "")
    if asked in locales:
        if session.get("lang") != asked:
            session["lang"] = asked
        return asked
    for chosen in (session.get("lang"), g.get("own_language")):
        if chosen in locales:
            return str(chosen)
    return request.accept_languages.best_match(locales) or locales[0]


def speak(own: str | None) -> None:
    """This page is somebody's: it speaks her language, unless this browser has chosen another."""
    g.own_language = own
    refresh()


def speak_with(own: str) -> str:
    """The language in which her page is told, after `speak`."""
    speak(own)
    return language()


def show_in(code: str) -> None:
    """This answer is a picture of a page in that language, for somebody who reads another: nothing is remembered."""
    g.shown_language = code
    refresh()


def _(text: str, **values: object) -> str:
    """A text of the product in the language of the page; `%(name)s` stands for the value of that name."""
    return str(gettext(text, **values))


def told(error: Refused) -> str:
    """What a use case refuses, in the language of the page."""
    return _(error.text, **error.values)


def tell(said: str) -> str:
    """What the linter says, in the language of the page; what is no saying of ours, as it is."""
    return said.told(translations(language())) if isinstance(said, Saying) else said


def names() -> Names:
    """What ids are called, in the language of the page."""
    return Names(published(), language())


def language_name(code: str, told_in: str | None = None) -> str:
    """What a language is called, in itself or in another: `Français`, `French`."""
    return wording.language_name(code, told_in or code)


def languages() -> list[dict[str, object]]:
    """This page in each of the company's languages: `{code, name, url, current}`; none where there is only one."""
    known = last_published(house())
    locales = known.company.company.locales if known else []
    if len(locales) < 2:
        return []
    path = _path()
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return [
        {
            "code": code,
            "name": language_name(code),
            "url": f"{path}?{urlencode([*rest, ('lang', code)])}",
            "current": code == language(),
        }
        for code in locales
    ]


def _path() -> str:
    """Where this page can be asked for again: its own address, or of what only takes a post, the page it came from."""
    if request.url_rule is None or "GET" in (request.url_rule.methods or ()):
        return request.path
    came = urlsplit(request.referrer or "")
    return came.path if came.netloc == request.host and came.path else "/"
