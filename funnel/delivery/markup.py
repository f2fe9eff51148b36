"""MJML with Jinja in it becomes an HTML and a text template: protect, compile, inline the CSS, restore; once a version.

Jinja fragments travel as placeholders, so that neither MJML nor the CSS inliner sees their quotes and `<`. A `{{ }}`
is a word; a `{% %}` among elements is a comment, because loose words between table rows would be moved out of the
table by any HTML parser. Everything that would silently vanish is a problem instead: unknown tags, text outside
`<mj-text>`, an expression in an attribute that MJML cannot read.
"""

import difflib
import html as html_library
import re
from dataclasses import dataclass
from functools import lru_cache

import css_inline
import mjml
from jinja2 import TemplateSyntaxError

from funnel.delivery import plain
from funnel.delivery.errors import TemplateBroken
from funnel.delivery.sandbox import HTML

_TEXTUAL = frozenset(
    {
        "mj-text",
        "mj-button",
        "mj-table",
        "mj-raw",
        "mj-accordion-title",
        "mj-accordion-text",
        "mj-navbar-link",
        "mj-social-element",
    }
)
_VERBATIM = frozenset(
    {
        "mj-style",
        "mj-title",
        "mj-preview",
    }
)
_CONTAINERS = frozenset(
    {
        "mjml",
        "mj-head",
        "mj-body",
        "mj-attributes",
        "mj-html-attributes",
        "mj-section",
        "mj-column",
        "mj-group",
        "mj-wrapper",
        "mj-hero",
        "mj-accordion",
        "mj-accordion-element",
        "mj-carousel",
        "mj-navbar",
        "mj-social",
    }
)
_EMPTY = frozenset(
    {
        "mj-all",
        "mj-class",
        "mj-breakpoint",
        "mj-font",
        "mj-image",
        "mj-divider",
        "mj-spacer",
        "mj-carousel-image",
    }
)
TAGS = _TEXTUAL | _VERBATIM | _CONTAINERS | _EMPTY
"""Every tag that the compiler knows; it passes others without a word."""
_IN_COLUMN = ("mj-column", "mj-hero")
_HOLDERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("mj-head", "mj-body"), ("mjml",)),
    **dict.fromkeys(("mj-section", "mj-hero"), ("mj-body", "mj-wrapper")),
    "mj-wrapper": ("mj-body",),
    "mj-group": ("mj-section",),
    "mj-column": ("mj-section", "mj-group"),
    **dict.fromkeys(("mj-text", "mj-button", "mj-table", "mj-image", "mj-divider", "mj-spacer"), _IN_COLUMN),
    **dict.fromkeys(("mj-social", "mj-navbar", "mj-accordion", "mj-carousel"), _IN_COLUMN),
    "mj-social-element": ("mj-social",),
    "mj-navbar-link": ("mj-navbar",),
    "mj-accordion-element": ("mj-accordion",),
    **dict.fromkeys(("mj-accordion-title", "mj-accordion-text"), ("mj-accordion-element",)),
    "mj-carousel-image": ("mj-carousel",),
}
"""What a tag stands directly in, by MJML 4. The compiler takes any other place, and mail programs show a heap."""

_PIECE = re.compile(r"""<!--.*?-->|</?[a-zA-Z][^\s/>]*(?:[^<>"']|"[^"]*"|'[^']*')*>""", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)(.*?)(/?)>", re.DOTALL)
_LITERAL = re.compile(r"\{[{%#]")
_HIDDEN = "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all"
_INLINER = css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
_BREAKABLE = re.compile(r"(?:</(?:tr|td|tbody|table)>|<(?:tr|tbody)(?:\s[^<>]*)?>)(?=<)")
"""Where white space means nothing in HTML: there the one endless line of the compiler is broken."""
_REFUSED = frozenset({"include", "extends", "import", "from"})
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of Jinja as it was written; `keyword` for a `{% %}`, none for a `{{ }}`."""

    source: str
    keyword: str | None


def lexed(source: str) -> list[tuple[int, str, str]]:
    """Jinja's own tokens with their lines, joined again the source; `TemplateSyntaxError` also for an open end."""
    tokens = list(HTML.lex(source))
    opened = next((token for token in reversed(tokens) if token[1].endswith(("_begin", "_end"))), None)
    if opened is not None and opened[1].endswith("_begin"):
        raise TemplateSyntaxError(f"{opened[2].strip()} is never closed", opened[0])
    return tokens


class Protected:
    """A text in which every Jinja fragment is a placeholder word."""

    def __init__(self, source: str) -> None:
        """`TemplateSyntaxError` when the Jinja in `source` cannot be read."""
        self.prefix = "jz"
        while self.prefix in source.lower():
            self.prefix += "q"
        self.fragments: dict[str, Fragment] = {}
        self._words: dict[str, str] = {}
        self.problems: list[str] = []
        self.pattern = re.compile(rf"{self.prefix}\d+zj")
        self._either = re.compile(rf"(?P<open><!--)?(?P<word>{self.prefix}\d+zj)(?(open)-->)")
        self.text = self._protect(source)

    def _protect(self, source: str) -> str:
        out: list[str] = []
        held: list[str] = []
        keyword: str | None = None
        closing = ""
        for _, kind, value in lexed(source):
            if closing:
                held.append(value)
                if keyword == "" and kind == "name":
                    keyword = value
                if kind == closing:
                    closing = ""
                    if kind != "comment_end":
                        out.append(self._keep("".join(held), keyword))
            elif kind in ("variable_begin", "block_begin", "comment_begin", "raw_begin"):
                held = [value]
                closing = kind.replace("begin", "end")
                keyword = "" if kind == "block_begin" else None
            else:
                out.append(value)
        return "".join(out)

    def _keep(self, source: str, keyword: str | None) -> str:
        if keyword in _REFUSED:
            self.problems.append(f'{{% {keyword} %}} is not for mails; only {{% include "house/_file.mjml" %}} is')
        if keyword is None and source in self._words:
            return self._words[source]
        name = self._words[source] = f"{self.prefix}{len(self.fragments)}zj"
        self.fragments[name] = Fragment(source, keyword)
        return name

    def keyword(self, word: str) -> str | None:
        """The keyword of a placeholder that stands for a `{% %}`; none for anything else."""
        fragment = self.fragments.get(word.strip())
        return fragment.keyword if fragment else None

    def restore(self, text: str) -> str:
        """Put the fragments back; braces that only came about by decoding entities stay literal."""
        literal = _LITERAL.sub(lambda match: "{{ '" + match.group() + "' }}", text)
        return self._either.sub(lambda match: self.fragments[match.group("word")].source, literal)


def _structure(source: Protected) -> tuple[str, list[str]]:
    """Turn `{% %}` among elements into comments, drop the author's comments, and find what MJML would swallow."""
    problems: list[str] = []
    out: list[str] = []
    inside: list[str] = []
    end = 0

    def words(text: str) -> str:
        place = inside[-1] if inside else ""
        if place in _VERBATIM:
            return text
        if place not in _TEXTUAL:
            loose = source.pattern.sub(lambda match: "" if source.keyword(match.group()) else match.group(), text)
            if loose.strip():
                shown = source.restore(loose.strip())[:40]
                problems.append(f"text outside <mj-text> or <mj-raw>: {shown!r} stands directly in <{place or 'file'}>")
            if place == "mj-wrapper" and source.pattern.search(text):
                problems.append("{% %} cannot stand directly in <mj-wrapper>: put it round it, or inside a section")
        return source.pattern.sub(
            lambda match: f"<!--{match.group()}-->" if source.keyword(match.group()) else match.group(), text
        )

    for piece in _PIECE.finditer(source.text):
        out.append(words(source.text[end : piece.start()]))
        end = piece.end()
        if piece.group().startswith("<!--"):
            if piece.group().startswith(("<!--[if", "<!--<!")):  # Outlook's conditions are code
                out.append(piece.group())
            continue
        out.append(piece.group())
        closing, name, attributes, empty = _TAG.fullmatch(piece.group()).groups()  # type: ignore[union-attr]
        place = inside[-1] if inside else ""
        if place in _TEXTUAL | _VERBATIM:
            if closing and name == place:
                inside.pop()
            elif name.startswith("mj-"):
                problems.append(f"<{name}> cannot stand inside <{place}>")
        elif closing:
            if name == place:
                inside.pop()
        else:
            problems += _tag_problems(name, attributes, place)
            if not empty and name in TAGS and name not in _EMPTY:
                inside.append(name)
    out.append(words(source.text[end:]))
    return "".join(out), problems


def _tag_problems(name: str, attributes: str, place: str) -> list[str]:
    if name in TAGS or place == "mj-attributes":
        if name == "mj-social-element" and not re.search(r"\ssrc\s*=", attributes) and place != "mj-attributes":
            return ["<mj-social-element> needs its own src: nothing is fetched from third parties"]
        holders = _HOLDERS.get(name)
        if holders and place not in (*holders, "mj-attributes"):
            where = " or ".join(f"<{holder}>" for holder in holders)
            return [f"<{name}> stands in <{place or 'file'}>: it belongs directly into {where}"]
        return []
    if name == "mj-include":
        return ['<mj-include> is not for mails; write {% include "house/_file.mjml" %}']
    if not name.startswith("mj"):
        return [f"<{name}> stands directly in <{place or 'file'}>: put it into <mj-text> or <mj-raw>"]
    near = difflib.get_close_matches(name, TAGS, 1)
    return [f"unknown MJML tag <{name}>" + (f"; did you mean <{near[0]}>?" if near else "")]


def _lost(source: Protected, before: str, after: str) -> list[str]:
    problems = []
    for name, fragment in source.fragments.items():
        if name in before and name not in after:
            problems.append(f"{fragment.source} is lost: MJML or the CSS inliner cannot use an expression there")
        elif fragment.keyword and after.count(name) > 1:
            problems.append(f"{fragment.source} would stand there twice: it cannot be used in that attribute")
    return problems


@lru_cache(maxsize=_REMEMBERED)
def compile_mail(source: str, language: str, preheader: str) -> tuple[str, str]:
    """The HTML and the derived text as Jinja sources. `TemplateBroken` carries every problem found.

    `source` is MJML with includes already in; `preheader` is plain text, may hold `{{ }}`, and is what a mailbox
    shows beside the subject. What came of the last few is remembered: most mails of a saved scenario are as before.
    """
    try:
        body = Protected(source)
        ahead = Protected(preheader)
    except TemplateSyntaxError as error:
        raise TemplateBroken([f"line {error.lineno}: {error.message}"]) from error
    structured, problems = _structure(body)
    problems += body.problems
    try:
        html = mjml.mjml2html(_with_language(structured, language), fonts={})
        inlined = _BREAKABLE.sub(r"\g<0>\n", _INLINER.inline(html))
    except ValueError as error:
        raise TemplateBroken([*problems, f"MJML: {error}"]) from error
    problems += _lost(body, structured, inlined)
    if problems:
        raise TemplateBroken(problems)
    text = body.restore(plain.derive(inlined, body.keyword))
    finished = body.restore(inlined)
    if preheader:
        hidden = f'<div style="{_HIDDEN}">{ahead.restore(html_library.escape(ahead.text))}</div>'
        finished = re.sub(r"<body[^>]*>", lambda match: match.group() + hidden, finished, count=1)
    return finished, text


def _with_language(source: str, language: str) -> str:
    if re.search(r"<mjml[^>]*\slang\s*=", source):
        return source
    return re.sub(r"<mjml\b", f'<mjml lang="{html_library.escape(language)}"', source, count=1)
