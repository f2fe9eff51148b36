"""The files of a mail: which there are, in which language, with their includes put in.

A mail is the folder `email_templates/<scenario>/<email>/` of a version (house mails: `email_templates/house/<email>/`)
with `email.yaml` (its `preheader`), `subject.<language>.txt`, `body.<language>.mjml` and, if the derived text part is
not good enough, `body.<language>.txt`.

Shared pieces are included by their text, before anything is compiled, in MJML and in text bodies:

    {% include "house/_header.mjml" %}

The path counts from `email_templates/`. A twin in the mail's language, `house/_header.fr.mjml`, comes first. Pieces
may include pieces, five deep. A piece may hold whole MJML elements or parts of them, with any Jinja: it sees the
mail's own names. MJML's `<mj-include>` and Jinja's `extends` and `import` are refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import yaml
from jinja2 import TemplateSyntaxError

from funnel.authoring.mail_pieces import INCLUDE, MAILS, NotIncluded, expanded
from funnel.delivery.errors import TemplateBroken, TemplateMissing
from funnel.delivery.markup import compile_mail, lexed
from funnel.delivery.sandbox import HTML, TEXT, compiled
from funnel.delivery.tracked import with_places
from funnel.ports import Link

_MESSAGE = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*")

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Sources:
    """A mail in one language: Jinja sources of its parts. `derived` when the text part comes from the HTML; `links` are
    those that lead the same way for everybody."""

    language: str
    subject: str
    html: str
    text: str
    derived: bool
    links: tuple[Link, ...] = ()


def languages(files: Files, message: str) -> list[str]:
    """The languages in which `message` has both a body and a subject, sorted."""
    folder = f"{MAILS}{message}/"
    names = (path.removeprefix(folder) for path in files if path.startswith(folder))
    bodies = {name[5:-5] for name in names if name.startswith("body.") and name.endswith(".mjml")}
    return sorted(language for language in bodies if f"{folder}subject.{language}.txt" in files)


def read(files: Files, message: str, language: str) -> Sources:
    """Compile `message` in `language`, else in its first language. `TemplateMissing`, `TemplateBroken`."""
    written = languages(files, message) if _MESSAGE.fullmatch(message) else []
    if not written:
        raise TemplateMissing(f"{MAILS}{message}/ has no body.<language>.mjml with its subject.<language>.txt")
    chosen = language if language in written else written[0]
    folder = f"{MAILS}{message}/"
    body = f"{folder}body.{chosen}.mjml"
    text = f"{folder}body.{chosen}.txt"
    subject = f"{folder}subject.{chosen}.txt"
    source = _expanded(files, body, chosen)
    preheader = _preheader(files, folder, chosen)
    try:
        html, derived = compile_mail(source, chosen, preheader)
    except TemplateBroken as error:
        raise TemplateBroken([_placed(files, body, problem) for problem in error.problems]) from error
    html, links = with_places(html)
    authored = _expanded(files, text, chosen) if text in files else None
    return Sources(
        language=chosen,
        subject=" ".join(_checked(files, subject).split()),
        html=html,
        text=derived if authored is None else authored,
        derived=authored is None,
        links=links,
    )


def problems(files: Files, message: str, language: str) -> list[str]:
    """What is wrong with a mail in exactly this language, as `path[:line]: what`; empty when it compiles.

    For the linter: it compiles the whole mail and fills nothing.
    """
    if language not in languages(files, message):
        folder = f"{MAILS}{message}/"
        wanted = (f"{folder}body.{language}.mjml", f"{folder}subject.{language}.txt")
        return [f"{path}: this file is missing" for path in wanted if path not in files]
    try:
        sources = read(files, message, language)
    except TemplateBroken as error:
        return list(error.problems)
    found = []
    for part, environment, source in (
        ("subject", TEXT, sources.subject),
        ("HTML part", HTML, sources.html),
        ("text part", TEXT, sources.text),
    ):
        try:
            compiled(environment, source)
        except TemplateSyntaxError as error:
            found.append(f"{MAILS}{message}/: the {part} in {language} is no whole template: {error.message}")
    return found


def _text(files: Files, path: str) -> str:
    try:
        return files[path].decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise TemplateBroken([f"{path}: this is not UTF-8 text (byte {error.start})"]) from error


def _checked(files: Files, path: str) -> str:
    """The file's text, when its Jinja can be read by itself; `TemplateBroken` with its line otherwise."""
    text = _text(files, path)
    try:
        lexed(INCLUDE.sub("", text))
    except TemplateSyntaxError as error:
        raise TemplateBroken([f"{path}:{error.lineno}: {error.message}"]) from error
    return text


def _expanded(files: Files, path: str, language: str) -> str:
    try:
        return expanded(files, path, language, partial(_checked, files))
    except NotIncluded as error:
        raise TemplateBroken([str(error)]) from error


def _preheader(files: Files, folder: str, language: str) -> str:
    path = f"{folder}email.yaml"
    if path not in files:
        raise TemplateMissing(f"{path} is missing")
    try:
        settings = yaml.load(_text(files, path), Loader=yaml.CSafeLoader)  # CSafeLoader is the safe one
    except (yaml.YAMLError, RecursionError) as error:
        raise TemplateBroken([f"{path}: this is not YAML: {error}"]) from error
    preheader = settings.get("preheader", "") if isinstance(settings, dict) else ""
    if isinstance(preheader, dict):
        preheader = preheader.get(language) or next(iter(preheader.values()), "")
    return " ".join(str(preheader or "").split())


def _placed(files: Files, body: str, problem: str) -> str:
    """`problem` with the file and line where its tag first stands, looked for in the body and its pieces."""
    named = re.search(r"<(mj-[\w-]+|[a-z]\w*)>", problem)
    pieces = [body, *(path for path in files if path.startswith(MAILS) and "/_" in path)]
    for path in pieces if named else ():
        text = _text(files, path)
        place = re.search(rf"<{re.escape(named.group(1))}[\s/>]", text) if named else None
        if place and problem.startswith(("unknown", "<")):
            return f"{path}:{text.count(chr(10), 0, place.start()) + 1}: {problem}"
    return f"{body}: {problem}"
