"""What templates can use, and the tree of a template's text, read once however many rules ask for it."""

from functools import lru_cache

from jinja2 import Environment, TemplateSyntaxError, nodes

from funnel.authoring.jinja_words import TAGS, jinja_words, open_block
from funnel.authoring.saying import NOTHING, Saying, say

PAGES = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
"""What a page is made of; its texts can be translated."""
PAGES.install_null_translations(newstyle=True)  # type: ignore[attr-defined]

MAILS = Environment(autoescape=True)
"""What a mail is made of: it has a file a language, and nothing that makes much out of little."""
for _name in ("center", "format", "indent", "pprint", "random", "tojson", "wordwrap", "xmlattr", "filesizeformat"):
    del MAILS.filters[_name]
for _name in ("lipsum", "cycler", "joiner"):
    del MAILS.globals[_name]

MAX_TEMPLATE = 100_000
"""Bytes of a template: mail programs cut longer mails off, and phones wait for longer pages."""

DEEPEST = 40
"""Levels of blocks and expressions within one another."""


class Unreadable(Exception):
    """A text that is no template; `line` counts from 1."""

    def __init__(self, message: Saying, line: int, fix: Saying = NOTHING) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.fix = fix


def environment_of(file: str) -> Environment:
    """What the templates of this kind can use."""
    return PAGES if file.endswith(".html") and "email_templates/" not in file else MAILS


def parse(file: str, text: str) -> nodes.Template:
    """The tree of a file's text, not to be changed; `Unreadable` when the text is no template."""
    found = _parsed(environment_of(file), text)
    if isinstance(found, Unreadable):
        raise found
    return found


def _too_deep(tree: nodes.Template) -> int | None:
    """The line on which a tree is deeper than anything that reads it by recursion should go down."""
    level: list[nodes.Node] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in node.iter_child_nodes()]
        if not level:
            return None
    return level[0].lineno


def _opened(environment: Environment, text: str, order: str) -> int | None:
    """The line of the last `{% order %}` that is not closed."""
    lines: list[int] = []
    first = False
    for line, kind, raw in environment.lex(text):
        if first and kind == "name":
            if raw == order:
                lines.append(line)
            elif raw == f"end{order}" and lines:
                lines.pop()
        first = kind == "block_begin" or (first and kind == "whitespace")
    return lines[-1] if lines else None


@lru_cache(maxsize=512)
def _parsed(environment: Environment, text: str) -> nodes.Template | Unreadable:
    try:
        tree = environment.parse(text)
        if deep := _too_deep(tree):
            return Unreadable(say("nested more than %(most)s deep", most=DEEPEST), deep, say("do it in several steps"))
        return tree
    except TemplateSyntaxError as error:
        problem = str(error.message)
        line = min(max(error.lineno, 1), text.count("\n") + 1)
        if order := open_block(problem):
            line = _opened(environment, text, order) or line
        said, fix = jinja_words(problem, (*TAGS, "trans") if environment is PAGES else TAGS)
        return Unreadable(said, line, fix)
    except (RecursionError, ValueError, OverflowError):
        # Jinja's parser recurses, and hands numbers of any length to Python, which refuses the longest.
        return Unreadable(say("nested too deeply, or a number too long to read"), 1)
