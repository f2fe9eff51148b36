"""`/studio`: the marketers' pages: how scenarios stand, what they say, pausing, previews and rehearsals."""

from flask import Blueprint

from funnel.web.studio.attached import blueprint as attached
from funnel.web.studio.calls_to_action import blueprint as calls_to_action
from funnel.web.studio.frames import blueprint as frames
from funnel.web.studio.overview import blueprint as overview
from funnel.web.studio.pausing import blueprint as pausing
from funnel.web.studio.points import blueprint as points
from funnel.web.studio.preview import blueprint as preview
from funnel.web.studio.rehearsing import blueprint as rehearsing
from funnel.web.studio.scenario import blueprint as scenario
from funnel.web.studio.visits import blueprint as visits

blueprint = Blueprint("studio", __name__, url_prefix="/studio")
for _part in (overview, calls_to_action, points, visits, scenario, pausing, preview, frames, attached, rehearsing):
    blueprint.register_blueprint(_part)
