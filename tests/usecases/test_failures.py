"""Why a step or a mail failed stands in the database in English; a page tells it in its reader's language."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from funnel.catalogue import Speech
from funnel.delivery.sandbox import HTML, Limits, render
from funnel.domain.company import Window
from funnel.domain.spans import Span
from funnel.domain.timing import into_window, later
from funnel.usecases.failures import failure
from funnel.usecases.naming import Names
from tests.support.place import Place

NOON = datetime(2027, 6, 7, 12, tzinfo=UTC)
ENGLISH, FRENCH = Speech("en"), Speech("fr")


def template(source: str, limits: Limits | None = None) -> Callable[[], object]:
    """A mail that is written from it."""
    return lambda: render(HTML.from_string(source), {"lead": {"name": "Ana"}}, limits or Limits())


def never_open() -> object:
    """A time at which every day is a holiday."""
    days = Window.model_validate({"days": ["mon"], "from": "08:00", "to": "19:00"})
    return into_window(NOON, days, "Europe/Paris", lambda _: True)


CAUSES: dict[str, tuple[Callable[[], object], str]] = {
    "turns": (
        template("{% for a in range(99999) %}{% endfor %}"),
        "le modèle fait plus de 50000 tours de boucle et appels",
    ),
    "length": (
        template("{{ lead.name }} {{ lead.name }}", Limits(characters=5)),
        "le modèle donne plus de 5 caractères",
    ),
    "no name": (template("{{ led.name }}"), "« led » n'est pas connu ici"),
    "no part": (template("{{ lead.nam }}"), "« nam » n'est pas connu ici"),
    "operator": (
        template("{{ lead.name * 3 }}"),
        "dans un e-mail, l'opérateur * n'est que pour des nombres",
    ),
    "no window": (never_open, "la fenêtre d'envoi 08:00-19:00 ne s'ouvre pas dans les 366 jours"),
    "zero": (template("{{ 60 // (lead.name|length - 3) }}"), "on y divise par zéro"),
    "calendar": (
        lambda: later(NOON, Span(99_999, "months"), "Europe/Paris"),
        "99999 mois après le 2027-06-07, le calendrier s'arrête",
    ),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_what_the_product_itself_gives_as_a_reason_is_told_in_french(cause: str) -> None:
    fails, french = CAUSES[cause]
    with pytest.raises((ValueError, OverflowError)) as raised:
        fails()
    assert failure(str(raised.value), FRENCH).replace("\u00a0", " ") == french
    assert failure(f"cannot be written: {raised.value}", FRENCH).replace("\u00a0", " ") == (
        f"ne peut pas être écrit : {french}"
    )


def test_what_others_say_is_told_as_they_say_it() -> None:
    assert failure("550 no such user", FRENCH) == failure("550 no such user", ENGLISH) == "550 no such user"


def test_in_english_it_is_told_as_it_was_stored() -> None:
    reason = "cannot be written: the template takes more than 50000 loop turns and calls"
    assert failure(reason, ENGLISH) == reason


def test_who_stands_still_for_a_mail_is_told_which_by_its_subject(lite: Place) -> None:
    names = Names(lite.published, "fr")
    told = names.why_parked("tunnel", "offer cannot be written: the lead is gone").replace("\u00a0", " ")
    assert told == f"e-mail « {names.mail('tunnel/offer')} » : ne peut pas être écrit : le prospect n'existe plus"
    assert names.why_parked("tunnel", "KeyError: 'gone'") == "KeyError: 'gone'"
