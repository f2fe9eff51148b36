"""`/studio/<scenario>/attached`: what goes with a mail of the preview, as a file or a page of it as a picture."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from funnel.usecases.errors import NotFound
from funnel.usecases.studio.attached import pictures, read_attached, read_picture
from funnel.usecases.studio.samples import Sample, Samples, Shown, read_samples
from funnel.web.files import to_load
from funnel.web.here import company, house, published
from funnel.web.speech import language
from funnel.web.studio.room import makers, name_of, path

blueprint = Blueprint("attached", __name__)


def attached_context(samples: Samples, sample: Sample, written: Shown, spoken: str) -> list[dict[str, Any]]:
    """What the preview shows of each file: its name, its size, where it is, and its pages where it is drawn."""
    where = path(samples.bundle.name, "attached")

    def url(name: str, **more: int) -> str:
        asked = {"mail": sample.message, "in": spoken, "lead": sample.person.id, "name": name, **more}
        return f"{where}?{urlencode(asked)}"

    return [
        {
            "name": one.name,
            "kilobytes": max(1, round(len(one.content) / 1000)),
            "url": url(one.name),
            "pages": [
                url(one.name, page=number + 1) for number in range(len(pictures(house(), samples, written, one.name)))
            ],
        }
        for one in written.attachments
    ]


@blueprint.get("/<scenario>/attached")
@makers
def attached(scenario: str) -> Response:
    """`?mail=<message>&in=<language>&lead=<sample>&name=<file>`; `&page=<number>`: that page as a picture."""
    found = published()
    samples = read_samples(found, name_of(found, scenario))
    asked = request.args
    sample = samples.mail(asked.get("mail", ""), asked.get("lead"))
    spoken = asked.get("in", "")
    spoken = spoken if spoken in company().locales else language()
    name = asked.get("name", "")
    try:
        if "page" in asked:
            number = asked["page"]
            page = int(number) if number.isdecimal() and len(number) < 4 else 0
            return Response(read_picture(house(), samples, sample, spoken, name, page), mimetype="image/png")
        file = read_attached(house(), samples, sample, spoken, name)
    except ValueError as error:
        raise NotFound(str(error)) from error
    return to_load(file.content, file.content_type, file.name)
