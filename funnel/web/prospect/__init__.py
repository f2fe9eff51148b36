"""The pages that prospects see: articles, landing pages, questionnaires, details, files, results, booking, stopping."""

from flask import Blueprint

from funnel.usecases.in_time import Unrecorded
from funnel.web.prospect.articles import blueprint as articles
from funnel.web.prospect.asked import blueprint as asked
from funnel.web.prospect.booking import blueprint as booking
from funnel.web.prospect.details import blueprint as details
from funnel.web.prospect.downloads import blueprint as downloads
from funnel.web.prospect.meeting import blueprint as meeting
from funnel.web.prospect.moving import blueprint as moving
from funnel.web.prospect.own_page import blueprint as own_page
from funnel.web.prospect.questions import blueprint as questions
from funnel.web.prospect.results import blueprint as results
from funnel.web.prospect.short_links import blueprint as short_links
from funnel.web.prospect.show import not_recorded
from funnel.web.prospect.thanks import blueprint as thanks
from funnel.web.prospect.unsubscribe import blueprint as unsubscribe

blueprint = Blueprint("prospect", __name__)
_PARTS = (articles, questions, details, asked, downloads, thanks, results, booking, meeting, moving, unsubscribe)
for _part in (*_PARTS, own_page, short_links):
    blueprint.register_blueprint(_part)
blueprint.register_error_handler(Unrecorded, not_recorded)
