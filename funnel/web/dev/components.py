"""`/studio/components`: every component in every state, for who designs; `?for=prospects` in the prospects' style."""

from flask import Blueprint, render_template, request

from funnel.web.here import company
from funnel.web.speech import _
from funnel.web.staff.page import page

blueprint = Blueprint("dev_components", __name__, url_prefix="/studio")


@blueprint.get("/components")
def components() -> str:
    """The page, as staff or as prospects see its pieces."""
    titles = (_("Listening"), _("Journeys"), _("Knowledge"), _("Teams"), _("Measuring and steering"))
    shares = zip(titles, (72, 28, 55, 90, 40), strict=True)
    sample = {"themes": [{"title": title, "share": share} for title, share in shares]}
    if request.args.get("for") == "prospects":
        return render_template("components.html", prospect=True, sample=sample, company=company())
    return page("components.html", "", prospect=False, sample=sample)
