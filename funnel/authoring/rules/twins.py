"""The rule of languages: every text for people is there in each of the company's languages, and in no other."""

from collections.abc import Iterator
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import all_of, did_you_mean, nearest, quote, suggest
from funnel.authoring.saying import say
from funnel.domain.model import Authored


def twin_problems(model: Authored, locales: list[str]) -> Iterator[Problem]:
    """Each text of the file that lacks a language, or has one too many. A plain text counts for every language."""
    for path, text in texts_of(model):
        if isinstance(text, str):
            continue
        strangers = [key for key in text if key not in locales]
        lacking = [locale for locale in locales if locale not in text]
        for key in strangers:
            meant = nearest(key, lacking)
            if meant in lacking:
                lacking.remove(str(meant))
            fix = (
                did_you_mean(meant) if meant else say("%(words)s, or add it to 'locales:'", words=suggest(key, locales))
            )
            message = say("%(key)s is none of the company's languages", key=quote(key))
            yield Problem((*path, key), "unknown-language", message, fix, at="key")
        if lacking:
            message = say("no text in %(words)s", words=all_of(repr(one) for one in lacking))
            yield Problem(path, "missing-twin", message, say("add '%(language)s: ...'", language=lacking[0]))


def texts_of(model: Authored, path: Path = ()) -> Iterator[tuple[Path, str | dict[str, str]]]:
    """Every text for people below a model, with its path in the file."""
    for name, alias, annotation in _fields(type(model)):
        yield from _walk(getattr(model, name), annotation, (*path, alias))


def _walk(value: Any, annotation: Any, path: Path) -> Iterator[tuple[Path, str | dict[str, str]]]:
    if isinstance(value, Authored):
        yield from texts_of(value, path)
    elif isinstance(value, list):
        inner = _item_type(annotation)
        for index, item in enumerate(value):
            if isinstance(item, Authored):
                yield from texts_of(item, (*path, index))
            elif _is_text(inner):
                yield (*path, index), item
    elif _is_text(annotation):
        if value is not None:
            yield path, value
    elif isinstance(value, dict):
        inner = _value_type(annotation)
        for key, item in value.items():
            yield from _walk(item, inner, (*path, key))


@lru_cache(maxsize=256)
def _fields(model: type[Authored]) -> tuple[tuple[str, str, Any], ...]:
    """The fields that can hold a text: name, key in the file, annotation."""
    return tuple(
        (name, field.alias or name, field.annotation)
        for name, field in model.model_fields.items()
        if get_origin(field.annotation) is not None
        or (isinstance(field.annotation, type) and issubclass(field.annotation, Authored))
    )  # fmt: skip


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _is_text(annotation: Any) -> bool:
    """Whether this is `Text`: a string, or one string a language; maybe left out."""
    annotation = _bare(annotation)
    if get_origin(annotation) not in (Union, UnionType):
        return False
    parts = [_bare(part) for part in get_args(annotation)]
    return dict[str, str] in parts or any(_is_text(part) for part in parts)


def _item_type(annotation: Any) -> Any:
    annotation = _bare(annotation)
    return get_args(annotation)[0] if get_origin(annotation) is list else None


def _value_type(annotation: Any) -> Any:
    annotation = _bare(annotation)
    return get_args(annotation)[1] if get_origin(annotation) is dict else None
