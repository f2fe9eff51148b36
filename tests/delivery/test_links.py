"""A mail has the same links as its author wrote it and as it is sent: a rehearsal follows what people will follow."""

from funnel.authoring import link_names
from funnel.authoring.gather import gather
from funnel.authoring.link_names import links_by_language, links_of
from funnel.delivery.templates import read
from tests.delivery.mails import mail
from tests.support.processes import ROOT

ONE = "email_templates/shop/one/body.en.mjml"
BODY = """<mjml><mj-body>{% include "house/_header.mjml" %}<mj-section><mj-column>
<mj-text><a href="https://shop.example/privacy">Privacy</a> <a href="{{ links.book }}">Book</a>
<a name="prices" href="https://shop.example/prices?a=1&amp;b=2">Prices</a>
<a href="mailto:a@shop.example">Write</a></mj-text>
<mj-button href="https://shop.example/cases">Cases</mj-button>
<mj-image name="tour" href="https://shop.example/tour" src="https://shop.example/tour.png" alt="A tour" />
</mj-column></mj-section></mj-body></mjml>"""
HEADER = '<mj-section><mj-column><mj-text><a href="https://shop.example/">Shop</a></mj-text></mj-column></mj-section>'


def test_links_are_named_and_numbered_alike_in_a_file_and_in_the_mail_that_is_sent() -> None:
    files = mail(BODY) | {"email_templates/house/_header.mjml": HEADER.encode()}
    sent = read(files, "shop/one", "en").links
    assert [(one.name, one.target) for one in sent] == [
        ("link_1", "https://shop.example/"),
        ("prices", "https://shop.example/prices?a=1&b=2"),
        ("link_3", "https://shop.example/cases"),
        ("tour", "https://shop.example/tour"),
    ]
    assert links_of(files, ONE, "en") == [one.name for one in sent]


def test_so_it_is_in_every_shipped_mail() -> None:
    files, _ = gather(ROOT)
    bodies = [file for file in files if file.startswith("email_templates/") and "/body." in file and "mjml" in file]
    assert len(bodies) > 40
    for file in bodies:
        _, scenario, name, body = file.split("/")
        language = body.split(".")[1]
        sent = [one.name for one in read(files, f"{scenario}/{name}", language).links]
        assert links_of(files, file, language) == sent, file
        assert list(links_by_language(files, "shipped", f"{scenario}/{name}")[language]) == sent, file


def test_a_mail_s_links_are_those_of_its_version_and_only_so_many_versions_are_kept_in_mind() -> None:
    kept = link_names._links_by_language.cache_info
    for number in range((kept().maxsize or 0) + 1):
        body = BODY.replace('{% include "house/_header.mjml" %}', "").replace("prices", f"prices_{number}")
        assert links_by_language(mail(body), f"version {number}", "shop/one") == {
            "en": (f"prices_{number}", "link_2", "tour")
        }
    assert kept().currsize == kept().maxsize
