"""A version's files for tests of writing: one mail in two languages with a shared header, and what breaks it."""

HEADER = "<mj-section><mj-column><mj-text><h1>{{ company.name }}</h1></mj-text></mj-column></mj-section>"

BODY = """<mjml>
  <mj-head>
    <mj-attributes><mj-all font-family="Helvetica" /></mj-attributes>
    <mj-style>.quiet { color: {{ brand.primary }}; }
      @media (max-width: 480px) { .quiet { color: black; } }</mj-style>
  </mj-head>
  <mj-body>
    {% include "house/_header.mjml" %}
    <mj-section>
      <mj-column>
        <mj-text>Hello {{ lead.name | default("you <there>", true) }},<br>thank you{% if lead.score > 5 and 1 < 2 %} so
          much{% else %} indeed{% endif %}.</mj-text>
        {% if lead.themes %}
        <mj-text>
          <ul>{% for theme in lead.themes %}<li class="quiet">{{ theme["title"] }}</li>{% endfor %}</ul>
        </mj-text>
        {% endif %}
        <!-- a note to ourselves with {{ nothing }} in it -->
        <mj-button href="{{ links.book }}" background-color="{{ brand.primary }}">Choose a time</mj-button>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""

FILES: dict[str, bytes] = {
    "email_templates/house/_header.mjml": HEADER.encode(),
    "email_templates/shop/hello/email.yaml": b"preheader: {en: 'For {{ lead.name }}', fr: Pour vous}\n",
    "email_templates/shop/hello/subject.en.txt": "Hello {{ lead.name }} – welcome\n".encode(),
    "email_templates/shop/hello/body.en.mjml": BODY.encode(),
    "email_templates/shop/hello/subject.fr.txt": b"Bonjour {{ lead.name }}\n",
    "email_templates/shop/hello/body.fr.mjml": BODY.replace("Choose a time", "Choisir une heure").encode(),
}

CONTEXT = {
    "company": {"name": "Acme & Sons"},
    "brand": {"primary": "#123456"},
    "lead": {"name": "Zoé <b>", "score": 9, "themes": [{"title": "Listening & care"}, {"title": "Speed"}]},
    "links": {"book": "https://example.org/book/x?a=1&b=2"},
}


def mail(body: str, **files: str) -> dict[str, bytes]:
    """The files of the mail `shop/one` with this MJML inside one text element, or whole when it is a document."""
    whole = (
        body
        if "<mjml" in body
        else (
            f"<mjml><mj-body><mj-section><mj-column><mj-text>{body}</mj-text></mj-column></mj-section></mj-body></mjml>"
        )
    )
    folder = "email_templates/shop/one/"
    made = {"email.yaml": "kind: asked", "subject.en.txt": "One", "body.en.mjml": whole, **files}
    return {folder + name: text.encode() for name, text in made.items()}
