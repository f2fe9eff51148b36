"""Whether the product works, for load balancers and the supervisor: `/healthz` and `/readyz`."""

from flask import Blueprint, Response, jsonify

from funnel.usecases.health import readiness
from funnel.web.here import house

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 while the process lives."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 when the database answers and somebody works: workers by the bell, or the tick by itself; else 503."""
    parts = readiness(house())
    answer = jsonify(parts)
    answer.status_code = 200 if works(parts) else 503
    return answer


def works(parts: dict[str, str]) -> bool:
    """A queue that is away stops nothing while the tick lives; neither do workers that are."""
    carried = parts["tick"] == "ok" or (parts["worker"] == "ok" and parts["queue"] == "ok")
    return parts["database"] == "ok" and carried
