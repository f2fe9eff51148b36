"""`/studio/components`: every component in every state, for who designs; `?for=prospects` in the prospects' style."""

from flask import Blueprint, render_template, request

from funnel.web.here import company
from funnel.web.staff.page import page

blueprint = Blueprint("dev_components", __name__, url_prefix="/studio")

_SAMPLE = {
    "themes": [
        {"title": title, "share": share}
        for title, share in (
            ("Listening to customers", 72),
            ("Effortless journeys", 28),
            ("Knowing each customer", 55),
            ("Teams that can act", 90),
            ("Measuring and steering", 40),
        )
    ]
}


@blueprint.get("/components")
def components() -> str:
    """The page, as staff or as prospects see its pieces."""
    if request.args.get("for") == "prospects":
        return render_template("components.html", prospect=True, sample=_SAMPLE, company=company())
    return page("components.html", "", prospect=False, sample=_SAMPLE)
