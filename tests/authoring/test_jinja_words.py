"""What Jinja finds is told in plain words, with what mends it, on the line where it went wrong."""

import pytest

from funnel.authoring.jinja import Unreadable, parse
from funnel.catalogue import translations

MAIL, PAGE = "email_templates/tunnel/offer/body.en.mjml", "landing_pages/tunnel/start.html"

SLIPS = [
    ("{{ lead.name }", 1, "'}' cannot stand here", "write a name between {{ and }}"),
    ("{{ lead.name", 1, "the template ends too early", "close it with }}"),
    ("a\n{% if a %}{% for b in c %}\n{% endfor %}\n\n", 2, "'{% if %}' is never closed", "add {% endif %}"),
    ("{% if a %}{% endif %}\n{% if a %}{% if b %}{% endif %}", 2, "'{% if %}' is never closed", "add {% endif %}"),
    ("a\n{% endfor %}", 2, "'{% endfor %}' belongs to nothing that is open here",
     "leave it out, or add what it belongs to before it"),
    ("{% if a %}{% endfor %}", 1, "'{% endfor %}' belongs to nothing that is open here",
     "leave it out, or write {% endif %}: that is what is open"),
    ("{% fro a in b %}{% endfor %}", 1, "there is no order '{% fro %}'", "did you mean 'for'?"),
    ("{% if a = b %}{% endif %}", 1, "'=' is too much here", "to compare, write =="),
    ("{{ lead name }}", 1, "'name' is too much here", "end with }} before it"),
    ("{{ }}", 1, "something is missing before '}}'", "write a name, like lead.name"),
    ("{{ lead. }}", 1, "a name is missing after a dot", "leave the dot out"),
    ("{{ lead.name | }}", 1, "a name is missing before '}}'", ""),
    ("{% for a b %}{% endfor %}", 1, "'b' stands where 'in' should", ""),
    ("{{ (lead.name }}", 1, "'}' is too early here", "close it with ')'"),
    ("{{ 'a }}", 1, '"\'" cannot stand here', "close the quotes"),
    ("{{ a ? b }}", 1, "'?' cannot stand here", "leave it out"),
    ("{# a", 1, "'{#' is never closed", "close it with #}"),
    ("{{ f(a=1, 2) }}", 1, "invalid syntax for function call expression", "mend the Jinja on this line"),
]  # fmt: skip


@pytest.mark.parametrize("text, line, message, fix", SLIPS)
def test_a_slip_is_told_with_its_line_and_what_mends_it(text: str, line: int, message: str, fix: str) -> None:
    with pytest.raises(Unreadable) as raised:
        parse(MAIL, text)
    found = raised.value
    assert (found.line, str(found.message), str(found.fix)) == (line, message, fix)
    told = (found.message.told(translations("fr")), found.fix.told(translations("fr")))
    assert told[0] != message or "invalid syntax" in message
    assert told[1] != fix or not fix


def test_orders_for_texts_are_for_pages_only() -> None:
    with pytest.raises(Unreadable, match="is for pages"):
        parse(MAIL, "{% trans %}a{% endtrans %}")
    with pytest.raises(Unreadable, match=r"'{% trans %}' is never closed"):
        parse(PAGE, "{% trans %}a")
    assert parse(PAGE, "{% trans %}a{% endtrans %}")
