"""The company's own pages: rendered from the bytes that were published, in a sandbox, never from disk."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_babel import gettext, ngettext
from jinja2 import DictLoader, StrictUndefined, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from funnel.domain.company import Company
from funnel.domain.model import in_language
from funnel.usecases.errors import NotFound
from funnel.usecases.open_form import OpenForm
from funnel.web import looks
from funnel.web.here import house
from funnel.web.speech import language, languages

FOLDER = "landing_pages/"
_MOST_KEPT = 32

_kept: OrderedDict[str, ImmutableSandboxedEnvironment] = OrderedDict()
_lock = threading.Lock()


def show_authored(files: Mapping[str, bytes], digest: str, name: str, company: Company, **context: Any) -> Response:
    """The page `name` (`self_evaluation/questionnaire`) of a version, in its file for this language if there is one."""
    spoken = language()
    environment = _environment(digest, files)
    for file in (f"{name}.{spoken}.html", f"{name}.html"):
        try:
            template = environment.get_template(file)
        except TemplateNotFound as missing:
            if missing.name != file:
                raise
            continue
        about = company.model_dump() | {"privacy_notice": in_language(company.privacy_notice, spoken).strip()}
        settings = house().settings
        around = {"lang": spoken, "languages": languages(), "base_url": settings.base_url, "demo": settings.demo}
        return Response(template.render(around | {"company": about} | context), mimetype="text/html")
    raise NotFound(f"there is no page {name!r}")


def show_landing(form: OpenForm, form_html: str, status: int = 200) -> Response:
    """A form's landing page around the form; one of a webinar knows how that stands."""
    known: dict[str, Any] = {"form_html": Markup(form_html)}
    if (told := form.describe_webinar(language())) is not None:
        known["webinar"] = told
    shown = show_authored(form.files, form.digest, f"{form.name}/{form.form.page}", form.company, **known)
    shown.status_code = status
    return shown


def _environment(digest: str, files: Mapping[str, bytes]) -> ImmutableSandboxedEnvironment:
    """The templates of one version; versions never change, so the latest few stay compiled."""
    with _lock:
        found = _kept.pop(digest, None) or _compile(files)
        _kept[digest] = found
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _compile(files: Mapping[str, bytes]) -> ImmutableSandboxedEnvironment:
    pages = {
        path.removeprefix(FOLDER): content.decode()
        for path, content in files.items()
        if path.startswith(FOLDER) and path.endswith(".html")
    }
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader(pages),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        auto_reload=False,
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    looks.install(environment)
    return environment
