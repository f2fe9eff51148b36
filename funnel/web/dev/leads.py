"""`GET /dev/leads.json`: every lead as programs read it."""

from flask import Blueprint, Response, jsonify

from funnel.usecases.list_leads import list_leads
from funnel.web.here import house

blueprint = Blueprint("dev_leads", __name__, url_prefix="/dev")


@blueprint.get("/leads.json")
def leads() -> Response:
    """Ordered by id."""
    return jsonify(list_leads(house()))
