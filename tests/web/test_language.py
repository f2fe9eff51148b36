"""Which language people are spoken to in: what they choose, else their own, else their browser's."""

import re

from funnel.web.speech import language_name
from tests.web.conftest import Town
from tests.web.prospect.visitor import LANDING, Visitor, private_link
from tests.web.staff import HUGO, employed, submitted

ARTICLE = "/articles/three-inspiring-customer-experience-companies"


def french(town: Town) -> Visitor:
    """Somebody whose browser asks for French."""
    visitor = Visitor(town.app)
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr-FR,fr;q=0.9,en;q=0.5"
    return visitor


def through(town: Town) -> Visitor:
    """She has sent the self-evaluation in French."""
    visitor = french(town)
    visitor.answer_all()
    visitor.send_details({"consent_follow_up_email": "yes"})
    return visitor


def test_a_browser_that_asks_for_french_is_answered_in_french(town: Town) -> None:
    visitor = french(town)
    page = visitor.open(ARTICLE)
    assert '<html lang="fr">' in page.text
    assert "Trois entreprises inspirantes" in visitor.text
    visitor.open(LANDING)
    assert "Que vaut vraiment votre expérience client" in visitor.text
    assert "Comment apprenez-vous" in visitor.text
    visitor.answer_page({"q_feedback": ""})
    assert visitor.page.status_code == 422
    assert "Une réponse est à revoir" in visitor.text
    assert "Merci de répondre à cette question." in visitor.text


def test_the_language_of_the_form_is_kept_for_mails_and_private_pages(town: Town) -> None:
    visitor = through(town)
    assert "Vos résultats sont ci-dessous." in visitor.text
    [lead] = town.leads()
    assert lead.language == "fr"
    [mail] = town.mails()
    assert mail.subject == "Votre profil d'expérience client, Léa"
    assert '<html lang="fr"' in mail.html
    assert "Vos cinq thèmes" in mail.html
    elsewhere = Visitor(town.app)  # another browser, which asks for nothing
    page = elsewhere.open(private_link(town))
    assert '<html lang="fr">' in page.text
    assert "Trois choses à faire ensuite" in elsewhere.text


def test_the_switch_stands_on_every_page_and_is_kept_in_the_one_session(town: Town) -> None:
    visitor = Visitor(town.app)
    page = visitor.open(LANDING + "?cta=article-3-companies")
    switch = re.search(r'<a href="([^"]+)" lang="fr" hreflang="fr">Français</a>', page.text)
    assert switch
    page = visitor.open(switch[1].replace("&amp;", "&"))
    assert '<html lang="fr">' in page.text
    assert ">English</a>" in page.text
    visitor.answer_page()
    assert '<html lang="fr">' in visitor.page.text
    assert {cookie.key for cookie in (visitor.client._cookies or {}).values()} == {"funnel"}


def test_who_chose_a_language_keeps_it_on_a_page_of_somebody_who_reads_another(town: Town) -> None:
    through(town)
    link = private_link(town)
    visitor = Visitor(town.app)
    page = visitor.open(link + "?lang=en")
    assert '<html lang="en">' in page.text
    assert '<html lang="en">' in visitor.open(link).text


def test_an_unknown_language_is_none(town: Town) -> None:
    visitor = french(town)
    assert '<html lang="fr">' in visitor.open(LANDING + "?lang=xx").text
    assert '<html lang="fr">' in visitor.open(LANDING + "?lang=../../fr").text


def test_public_pages_name_their_twins_for_search_engines(town: Town) -> None:
    page = town.app.test_client().get(ARTICLE).text
    for code in ("en", "fr"):
        assert f'<link rel="alternate" hreflang="{code}" href="http://127.0.0.1:8000{ARTICLE}?lang={code}">' in page


def test_a_consent_is_kept_in_the_words_that_were_read(town: Town) -> None:
    through(town)
    [lead] = town.leads()
    with town.house.database.read() as connection:
        from funnel.storage import consents

        [row] = [one for one in consents.of_lead(connection, lead.id) if one["purpose"] == "follow_up_email"]
    assert row["wording"].startswith("Oui, Verdanne peut")


def test_a_booking_is_told_in_french_with_french_dates(town: Town) -> None:
    through(town)
    visitor = french(town)
    visitor.open(private_link(town))
    [link] = set(re.findall(r'href="(/book/[^"]+)"', visitor.page.text))
    visitor.open(link)
    assert "Choisissez un jour" in visitor.text
    assert "heures avant le début" in visitor.text
    slot = re.search(r'name="slot" value="([^"]+)"', visitor.page.text)
    assert slot
    visitor.send({"slot": slot[1], "phone": "06 12 34 56 78"}, ending=link.partition("?")[0].rpartition("/")[2])
    assert "C'est à l'agenda." in visitor.text
    assert re.search(r"(lundi|mardi|mercredi|jeudi|vendredi) \d+ \w+ 20\d\d à \d\d:\d\d", visitor.text)
    mail = next(one for one in town.mails() if one.subject.startswith("Rendez-vous pris"))
    assert "heure locale" in mail.html
    calendar = next(part for part in mail.attachments if part.content_type.startswith("text/calendar"))
    assert "LANGUAGE=fr" in calendar.content.decode()


def test_staff_reads_its_own_language_whatever_the_lead_speaks(town: Town) -> None:
    lead_id = submitted(town)
    staff = employed(town, HUGO)
    assert "What happened" in staff.get(f"/desk/leads/{lead_id}").text
    page = staff.get(f"/desk/leads/{lead_id}?lang=fr").text
    assert "Ce qui s&#39;est passé" in page or "Ce qui s'est passé" in page
    assert "A envoyé le formulaire « Auto-évaluation de l" in page.replace("\u00a0", " ")
    assert "A laissé un numéro" not in page  # she left none


def test_the_switch_of_a_page_that_answers_a_post_leads_to_the_page_before(town: Town) -> None:
    lead_id = submitted(town)
    staff = employed(town, HUGO)
    page = f"/desk/leads/{lead_id}"
    staff.get(page)
    staff.post(f"{page}/hand-over", came_from=page, because="Met at the fair")
    [handoff] = town.leads()[0].handoffs
    staff.get(page)
    refused = staff.post(f"/desk/handoffs/{handoff.id}/return", came_from=page, reason="", lead=str(lead_id))
    assert refused.status_code == 422
    assert f'<a href="{page}?lang=fr"' in refused.text


def test_a_language_with_a_region_is_called_by_its_name() -> None:
    assert language_name("fr") == "Français"
    assert language_name("fr", "en") == "French"
    assert language_name("pt-BR") == "Português (Brasil)"
    assert language_name("pt-BR", "fr-CA") == "Portugais (Brésil)"
