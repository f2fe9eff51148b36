"""`/articles/<name>` and `/privacy`: the company's pages that belong to no scenario."""

from flask import Blueprint, Response

from funnel.web.prospect.authored import show_authored
from funnel.web.prospect.session import note_source
from funnel.web.prospect.show import known

blueprint = Blueprint("articles", __name__)


@blueprint.get("/articles/<name>")
def article(name: str) -> Response:
    """A sample article with its call to action (S126)."""
    company = known().company
    note_source(only_if_told=True)
    return show_authored(company.files, company.digest, f"articles/{name.replace('-', '_')}", company.company)


@blueprint.get("/privacy")
def privacy() -> Response:
    """The whole privacy notice."""
    company = known().company
    return show_authored(company.files, company.digest, "privacy", company.company)
