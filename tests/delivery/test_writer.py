"""Mails are compiled once, filled in for each lead, and say so when they cannot be."""

import html as html_library
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.delivery.errors import RenderFailed, TemplateBroken, TemplateMissing
from funnel.delivery.sandbox import Limits
from funnel.delivery.templates import problems
from funnel.delivery.writer import MailWriter
from tests.delivery.mails import CONTEXT, FILES, mail


def writer(files: Mapping[str, bytes], limits: Limits | None = None) -> MailWriter:
    return MailWriter(lambda _: files, limits or Limits())


def body_of(body: str, context: Mapping[str, object], limits: Limits | None = None) -> str:
    return writer(mail(body), limits).write("shop/one", "v1", "en", context).html


def test_values_are_escaped_in_html_and_plain_in_subject_and_text() -> None:
    texts = writer(FILES).write("shop/hello", "v1", "en", CONTEXT)
    assert "Zoé &lt;b&gt;" in texts.html
    assert "Zoé <b>" not in texts.html
    assert texts.subject == "Hello Zoé <b> – welcome"
    assert "Hello Zoé <b>,\nthank you so much." in texts.text
    assert 'href="https://example.org/book/x?a=1&amp;b=2"' in texts.html


def test_quotes_and_less_than_inside_jinja_survive_mjml_and_the_inliner() -> None:
    nameless = {**CONTEXT, "lead": {"name": "", "score": 1, "themes": []}}
    texts = writer(FILES).write("shop/hello", "v1", "en", nameless)
    assert "Hello you &lt;there&gt;" in texts.html
    assert "thank you indeed." in texts.text


def test_css_is_inlined_and_media_queries_stay() -> None:
    html = writer(FILES).write("shop/hello", "v1", "en", CONTEXT).html
    assert '<li class="quiet" style="color: #123456' in html
    assert "@media (max-width: 480px)" in html
    assert "fonts.googleapis" not in html


def test_an_author_s_comment_and_the_expressions_in_it_are_dropped() -> None:
    assert "a note to ourselves" not in writer(FILES).write("shop/hello", "v1", "en", CONTEXT).html


def test_the_preheader_stands_hidden_at_the_top_and_not_in_the_text_part() -> None:
    texts = writer(FILES).write("shop/hello", "v1", "en", CONTEXT)
    top = texts.html[texts.html.index("<body") :]
    assert "display:none" in top[: top.index("For Zoé")]
    assert top.index("For Zoé &lt;b&gt;") < top.index("Acme")
    assert "For Zoé" not in texts.text


def test_the_text_part_has_headings_lists_and_links() -> None:
    text = writer(FILES).write("shop/hello", "v1", "en", CONTEXT).text
    assert text == (
        "Acme & Sons\n===========\n\nHello Zoé <b>,\nthank you so much.\n\n"
        "- Listening & care\n- Speed\n\nChoose a time\nhttps://example.org/book/x?a=1&b=2\n"
    )


def test_the_language_asked_for_is_written_else_the_first_there_is() -> None:
    assert writer(FILES).write("shop/hello", "v1", "fr", CONTEXT).subject.startswith("Bonjour")
    other = writer(FILES).write("shop/hello", "v1", "de", CONTEXT)
    assert other.subject.startswith("Hello")
    assert '<html lang="en"' in other.html


def test_an_authored_text_part_is_taken_as_it_is() -> None:
    files = mail("<p>{{ x }}</p>", **{"body.en.txt": "Dear {{ x }},\n\n  as written <here>.\n"})
    assert writer(files).write("shop/one", "v1", "en", {"x": "A&B"}).text == "Dear A&B,\n\n  as written <here>.\n"


def test_a_piece_in_the_mail_s_language_comes_before_the_common_one() -> None:
    files = {
        **FILES,
        "email_templates/house/_header.fr.mjml": b"<mj-section><mj-column><mj-text>Entete</mj-text>"
        b"</mj-column></mj-section>",
    }
    assert "Entete" in writer(files).write("shop/hello", "v1", "fr", CONTEXT).html
    assert "Entete" not in writer(files).write("shop/hello", "v1", "en", CONTEXT).html


def test_each_mail_is_compiled_once_a_version_and_language() -> None:
    asked: list[str] = []

    def files(version: str) -> Mapping[str, bytes]:
        asked.append(version)
        return FILES

    one = MailWriter(files)
    for version in ("v1", "v1", "v2", "v1"):
        one.write("shop/hello", version, "en", CONTEXT)
    one.write("shop/hello", "v1", "fr", CONTEXT)
    assert asked == ["v1", "v2", "v1"]


def test_a_subject_never_holds_a_line_break() -> None:
    files = mail("x", **{"subject.en.txt": "Hi {{ name }}"})
    texts = writer(files).write("shop/one", "v1", "en", {"name": "Eve\r\nBcc: all@example.org\x00"})
    assert texts.subject == "Hi Eve Bcc: all@example.org"


def test_a_missing_mail_and_a_missing_name_say_so() -> None:
    with pytest.raises(TemplateMissing, match="shop/none"):
        writer(FILES).write("shop/none", "v1", "en", {})
    with pytest.raises(TemplateMissing):
        writer(FILES).write("../secrets/x", "v1", "en", {})
    with pytest.raises(RenderFailed, match="'company' is undefined"):
        writer(FILES).write("shop/hello", "v1", "en", {})


@pytest.mark.parametrize(
    "body",
    [
        "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for a in range(40000) %}{{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }}{% endfor %}",
        "{% set n = namespace(x='ab') %}{% for a in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
        "{% set n = namespace(x='ab') %}{% for a in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}",
        "{% set n = namespace(x='ab') %}{% for a in range(60) %}"
        "{% set d %}{{ n.x }}{{ n.x }}{% endset %}{% set n.x = d %}{% endfor %}",
        "{{ 'x' * 100000000 }}",
        "{{ 9 ** 999999 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'x'.center(1000000000) }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ x.__class__.__mro__ }}",
        "{{ x + y }}",
    ],
)
@pytest.mark.timeout(20)
def test_a_template_that_runs_away_or_reaches_out_is_stopped(body: str) -> None:
    with pytest.raises(RenderFailed):
        body_of(body, {"x": "a", "y": 1})


def test_a_template_that_takes_too_long_is_stopped_by_the_clock() -> None:
    with pytest.raises(RenderFailed, match="longer than"):
        body_of("{% for a in range(9000) %}{% endfor %}", {}, Limits(seconds=0))


def test_an_address_that_is_its_own_link_is_said_once() -> None:
    body = '<a href="mailto:{{ a }}">{{ a }}</a>, <a href="tel:{{ b|replace(" ", "") }}">Call {{ b }}</a>'
    said = writer(mail(body)).write("shop/one", "v1", "en", {"a": "z@example.org", "b": "+33 1"}).text
    assert said == "z@example.org, Call +33 1\n"


def test_conditions_for_outlook_stay() -> None:
    assert "<!--[if mso]>ABC<![endif]-->" in body_of("<!--[if mso]>{{ x }}<![endif]-->", {"x": "ABC"})


def test_branches_and_loops_leave_the_text_part_readable() -> None:
    body = (
        "<p>Dear {% if x %}Dr {% else %}friend {% endif %}Zoé,</p><ol>{% for a in y %}<li>{{ a }}</li>{% endfor %}</ol>"
        "{% if z %}<p>Seen</p>{% else %}<p>Not seen</p>{% endif %}<p>Bye {{ h|safe }}</p>"
    )
    one = writer(mail(body))
    said = one.write("shop/one", "v1", "en", {"x": 1, "y": ["a", "b"], "z": 0, "h": "<b>now</b> &amp; here"}).text
    assert said == "Dear Dr Zoé,\n\n1. a\n2. b\n\nNot seen\n\nBye now & here\n"
    said = one.write("shop/one", "v1", "en", {"x": 0, "y": [], "z": 1, "h": ""}).text
    assert said == "Dear friend Zoé,\n\nSeen\n\nBye\n"


@pytest.mark.parametrize(
    "body, said",
    [
        ("<mjml><mj-body><mj-secton></mj-secton></mj-body></mjml>", "did you mean <mj-section>"),
        ("<mjml><mj-body><mj-section><mj-column>loose</mj-column></mj-section></mj-body></mjml>", "text outside"),
        ("<mjml><mj-body><mj-section><mj-column><p>x</p></mj-column></mj-section></mj-body></mjml>", "put it into"),
        ("<mjml><mj-body><mj-text>Hello</mj-text></mj-body></mjml>", "belongs directly into <mj-column>"),
        ("<mjml><mj-body><mj-column><mj-section></mj-section></mj-column></mj-body></mjml>", "into <mj-body>"),
        ("<mjml><mj-body><mj-include path='x'/></mj-body></mjml>", "is not for mails"),
        (
            "<mjml><mj-body><mj-wrapper>{% if x %}<mj-section></mj-section>{% endif %}</mj-wrapper></mj-body></mjml>",
            "mj-wrapper",
        ),
        (
            "<mjml><mj-body><mj-section><mj-column><mj-social><mj-social-element name='x' href='y'>z"
            "</mj-social-element></mj-social></mj-column></mj-section></mj-body></mjml>",
            "third parties",
        ),
        (
            "<mjml><mj-body><mj-section><mj-column><mj-image width='{{ w }}px' src='x'/></mj-column></mj-section>"
            "</mj-body></mjml>",
            "is lost",
        ),
        ("{% extends 'x' %}", "is not for mails"),
        ("{% include 'house/_none.mjml' %}", "there is no"),
        ("{% if x %}", "no whole template"),
        ("{{ x", "body.en.mjml:1"),
        ("<b>never closed", "MJML"),
    ],
)
def test_what_would_vanish_silently_is_a_problem(body: str, said: str) -> None:
    found = problems(mail(body), "shop/one", "en")
    assert any(said in problem for problem in found), found
    with pytest.raises(TemplateBroken):
        body_of(body, {"x": 1, "w": 5})


def test_a_good_mail_has_no_problems_and_a_missing_twin_is_one() -> None:
    assert problems(FILES, "shop/hello", "en") == []
    assert problems(FILES, "shop/hello", "de") == [
        "email_templates/shop/hello/body.de.mjml: this file is missing",
        "email_templates/shop/hello/subject.de.txt: this file is missing",
    ]


def test_a_problem_names_its_file_and_line() -> None:
    body = "<mjml>\n<mj-body>\n<mj-buton>x</mj-buton>\n</mj-body></mjml>"
    assert problems(mail(body), "shop/one", "en")[0].startswith("email_templates/shop/one/body.en.mjml:3: ")


def test_includes_that_go_round_are_refused() -> None:
    files = {**mail("{% include 'house/_a.mjml' %}"), "email_templates/house/_a.mjml": b"{% include 'house/_a.mjml' %}"}
    assert "circle" in problems(files, "shop/one", "en")[0]


def test_braces_written_as_entities_stay_braces() -> None:
    texts = writer(mail("&#123;&#123; x }} &#123;% y %}")).write("shop/one", "v1", "en", {})
    assert "{{ x }} {% y %}" in texts.html
    assert "{{ x }} {% y %}" in texts.text


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=80))
def test_whatever_a_lead_is_called_stands_in_the_html_as_text(name: str) -> None:
    assert (
        f"[{html_library.escape(name)}]".replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
        in _NAMED.write("shop/one", "v1", "en", {"name": name}).html
    )


_NAMED = writer(mail("[{{ name }}]"))
