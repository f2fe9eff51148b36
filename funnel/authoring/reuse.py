"""`use:` and `with:`: a scenario's file unfolded from its base, every position pointing at the caller's words.

Templates and pages: a scenario's own folders come first, then its base's. A version keeps them under its own name, so
that it runs from its own bytes.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

from funnel.authoring.document import Document, Spot
from funnel.authoring.findings import MAX_FINDINGS, Path, Problem, at_most
from funnel.authoring.hints import did_you_mean, nearest, quote, suggest
from funnel.authoring.layout import SCENARIO
from funnel.authoring.positions import read_yaml
from funnel.authoring.saying import Saying, say
from funnel.authoring.shape import validate
from funnel.domain.tunnel.reuse import OVERRIDES, Reuse

_USE = re.compile(rb"^(?:\xef\xbb\xbf)?([\"']?)use\1[ \t]*:[ \t]*[\"']?([a-z][a-z0-9_]*)", re.MULTILINE)
_PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")
_FOLDERS = ("email_templates/{}/", "landing_pages/{}/", "assets/{}/")


class _Use(NamedTuple):
    """Where a parameter is used: the way to the text, and how far into it."""

    path: Path
    offset: int


def bases(files: Mapping[str, bytes]) -> dict[str, str]:
    """The base of each scenario that has one, by name; of a base that is made from another none is told."""
    found = {
        m[1]: use[2].decode()
        for file, content in files.items()
        if (m := SCENARIO.match(file)) and (use := _USE.search(content))
    }
    return {name: base for name, base in found.items() if base not in found and f"scenarios/{base}.yaml" in files}


def with_base_files(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, str]]:
    """The files, and those of bases under their callers' names where a caller has none of its own; the second by path:
    where such a file really stands. An e-mail folder is taken whole or not at all."""
    all_files = dict(files)
    origins: dict[str, str] = {}
    for name, base in sorted(bases(files).items()):
        for pattern in _FOLDERS:
            theirs, own = pattern.format(base), pattern.format(name)
            taken = {_unit(file, own) for file in files if file.startswith(own)}
            for file in [file for file in files if file.startswith(theirs)]:
                if _unit(file, theirs) not in taken:
                    path = own + file.removeprefix(theirs)
                    all_files[path] = files[file]
                    origins[path] = file
    return all_files, origins


def lent(versions: Mapping[str, Mapping[str, bytes]]) -> dict[str, str]:
    """The same of published versions, which keep such files as their own: where a mail's folder is its base's, byte for
    byte, the base's file by the caller's path."""
    found: dict[str, str] = {}
    for name, files in versions.items():
        base = bases(files).get(name, "")
        mine, theirs = (_mails(versions.get(one, {}), one) for one in (name, base))
        for mail, content in mine.items():
            if content == theirs.get(mail):
                found |= {f"email_templates/{name}/{one}": f"email_templates/{base}/{one}" for one in content}
    return found


def _mails(files: Mapping[str, bytes], name: str) -> dict[str, dict[str, bytes]]:
    """What stands in each mail folder of a scenario, by the path below the scenario's."""
    folder = _FOLDERS[0].format(name)
    found: dict[str, dict[str, bytes]] = defaultdict(dict)
    for file, content in files.items():
        if file.startswith(folder):
            found[_unit(file, folder)][file.removeprefix(folder)] = content
    return found


def _unit(file: str, folder: str) -> str:
    """What is replaced as a whole: an e-mail's folder, a page with its languages, a file."""
    first = file.removeprefix(folder).split("/")[0]
    return first.split(".")[0] if folder.startswith("landing_pages/") else first


def unfold(document: Document, files: Mapping[str, bytes]) -> tuple[Document, list[Problem], bool]:
    """The document with its parameters put in, and with its base's content where it has one; problems of that itself
    are placed in the document as it was. The last says whether the rest can be read in spite of them."""
    data = document.data
    if not isinstance(data, dict):
        return document, [], True
    if "use" in data:
        made, problems = _from_base(document, data, files)
        return made, problems, not problems
    given = data.get("parameters", {})
    if not isinstance(given, dict):  # the model says so
        return document, [], True
    used = _first_uses(data)
    # Of a file that was not read to its end nobody knows what the rest uses.
    problems = [] if document.stopped_at else list(at_most(_loose_ends(data, given, used)))
    filled = _meant(given, used)
    if problems and used.keys() - filled.keys():
        return document, problems, False

    def spot(path: Path, name: str | None) -> Spot | None:
        whole = name in given and _PARAMETER.fullmatch(str(document.value(path)))
        return document.values.get(("parameters", str(name)) if whole else path)

    return _filled(document, data, filled, spot) if filled else document, problems, True


def _meant(given: Mapping[str, Any], used: Iterable[str]) -> dict[str, Any]:
    """The parameters, and what those that are misspelt where they are used were meant to be: the rest of the file is
    judged as if they were right."""
    near = {name: nearest(name, list(given)) for name in used if name not in given}
    return {**{name: given[one] for name, one in near.items() if one}, **given}


def _loose_ends(data: Mapping[str, Any], given: Mapping[str, Any], used: Mapping[str, _Use]) -> Iterator[Problem]:
    """Parameters that nothing uses, and those used that are not given, each with where it is first. A `$word` inside a
    text for people is a text."""
    idle = [name for name in given if name not in used]
    near = next((key for key in data if "parameters" not in data and nearest(key, ["parameters"])), None)
    if used and near:
        yield Problem(
            (near,),
            "unknown-key",
            say("unknown key %(key)s", key=quote(near)),
            did_you_mean("parameters"),
            at="key",
        )
        return
    for name in idle:
        yield Problem(
            ("parameters", name),
            "unknown-name",
            say("nothing uses $%(name)s", name=name),
            suggest(name, used) if used else say("leave it out, or write $%(name)s where it belongs", name=name),
            at="key",
        )
    for name, use in used.items():
        if name in given or idle:
            continue
        if near := nearest(name, list(given)):
            message = say("'parameters:' gives no $%(name)s", name=name)
            yield Problem(use.path, "unknown-name", message, did_you_mean(f"${near}"), offset=use.offset)
        else:
            message = say("$%(name)s is used, but 'parameters:' does not give it", name=name)
            yield Problem(
                ("parameters", name), "missing-key", message, say("add '%(name)s:' to 'parameters:'", name=name)
            )


def _first_uses(data: Mapping[str, Any]) -> dict[str, _Use]:
    """The parameters that are used, each with where it is first."""
    used: dict[str, _Use] = {}
    for path, text in _texts(data, ()):
        for found in _used(path, text):
            used.setdefault(found[1], _Use(path, found.start()))
    return used


def _texts(here: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(here, str):
        yield path, here
    elif isinstance(here, dict | list):
        for key, value in here.items() if isinstance(here, dict) else enumerate(here):
            if path or key != "parameters":
                yield from _texts(value, (*path, key))


def _used(path: Path, text: str) -> list[re.Match[str]]:
    whole = _PARAMETER.fullmatch(text)
    return [whole] if whole else list(_PARAMETER.finditer(text)) if path[-1] == "when" else []


def _from_base(
    document: Document, data: Mapping[str, Any], files: Mapping[str, bytes]
) -> tuple[Document, list[Problem]]:
    problems = [_misplaced(problem) for problem in validate(Reuse, document)[1]]
    if problems:
        return document, problems
    base_name, given = data["use"], data.get("with", {})
    others = {m[1] for file in files if (m := SCENARIO.match(file))} - {"company", data.get("scenario")}
    file = f"scenarios/{base_name}.yaml"
    if base_name not in others:
        missing = Problem(
            ("use",),
            "unknown-id",
            say("no scenario %(name)s", name=quote(base_name)),
            suggest(base_name, sorted(others)),
        )
        return document, [missing]
    base = read_yaml(file, files[file])
    if not isinstance(base.data, dict) or not base.sound:
        return document, [
            Problem(("use",), "missing-file", say("%(file)s cannot be read", file=file), say("mend it first"))
        ]
    if "use" in base.data:
        fix = say("use %(base)s, and give its parameters here", base=repr(base.data["use"]))
        return document, [
            *problems,
            Problem(("use",), "unknown-value", say("%(base)s is itself made from another", base=base_name), fix),
        ]
    declared = base.data.get("parameters")
    parameters = dict(declared) if isinstance(declared, dict) else {}
    misspelt = {name: one for name, one in _meant(parameters, _first_uses(base.data)).items() if name not in parameters}
    mine = [*parameters, *OVERRIDES]
    strangers = (key for key in given if key not in parameters and key not in OVERRIDES)
    for key in islice(strangers, MAX_FINDINGS):
        message = say("%(base)s has no parameter %(key)s", base=base_name, key=quote(key))
        problems.append(Problem(("with", key), "unknown-key", message, suggest(key, mine), at="key"))
    for key in ("title", "offer"):
        if key not in given:
            message = say("a tunnel made from another needs its own %(key)s", key=key)
            problems.append(Problem(("with", key), "missing-key", message, say("add '%(key)s:' to 'with:'", key=key)))
    whole = {
        **{key: value for key, value in base.data.items() if key not in ("scenario", "expect")},
        **{key: value for key, value in given.items() if key in OVERRIDES and key not in parameters},
        **{key: value for key, value in data.items() if key == "scenario"},
        "parameters": {**parameters, **{key: value for key, value in given.items() if key in parameters}},
    }

    # Where a text of the base stands within itself, says nothing here.
    use = replace(document.values[("use",)], style=None)

    def spot(path: Path, name: str | None) -> Spot | None:
        if name is not None and name in given:
            return document.values.get(("with", name))
        if path[:1] == ("scenario",):
            return document.values.get(path)
        if path and path[0] in given and path[0] in OVERRIDES:
            return document.values.get(("with", *path))
        if path[:1] == ("parameters",) and len(path) > 1 and path[1] in given:
            return document.values.get(("with", *path[1:]))
        return use

    made = _filled(document, whole, {**misspelt, **whole["parameters"]}, spot)
    return made, problems


def faulty_base(base: str) -> tuple[Saying, Saying]:
    """What is said of a scenario that is made from one with faults, and its fix."""
    message = say("%(base)s, which this is made from, has faults of its own", base=base)
    return message, say("mend scenarios/%(base)s.yaml first", base=base)


def _misplaced(problem: Problem) -> Problem:
    """A key of the base that stands beside `use:` belongs below `with:`."""
    key = str(problem.path[-1]) if problem.path else ""
    if problem.code == "unknown-key" and len(problem.path) == 1 and key in OVERRIDES:
        return replace(
            problem,
            code="misplaced-key",
            message=say("%(key)s stands beside 'use:'", key=quote(key)),
            fix=say("put it below 'with:'"),
        )
    return problem


def _filled(
    document: Document, data: Any, parameters: Mapping[str, Any], spot: Callable[[Path, str | None], Spot | None]
) -> Document:
    """A document of other data: parameters put in, and every path with its place in this file."""
    values: dict[Path, Spot] = {}
    put_in: dict[Path, tuple[str, list[tuple[int, int, int]]]] = {}

    def walk(here: Any, path: Path) -> Any:
        name, text = None, here
        if isinstance(here, str) and path[:1] != ("parameters",):
            used = [one for one in _PARAMETER.findall(here) if one in parameters]
            if used:
                name = used[0]
                here = _put_in(here, parameters)
        found = spot(path, name)
        if found is not None:
            values[path] = replace(found, style=None) if name else found
            if name and isinstance(here, str) and found is document.values.get(path):
                values[path] = found
                put_in[path] = (text, _put_places(text, parameters))
        if isinstance(here, dict):
            return {key: walk(value, (*path, key)) for key, value in here.items()}
        if isinstance(here, list):
            return [walk(value, (*path, index)) for index, value in enumerate(here)]
        return here

    unfolded = walk(data, ())
    return replace(document, data=unfolded, values=values, keys=_keys(document, values), put_in=put_in)


def _keys(document: Document, paths: Iterable[Path]) -> dict[Path, Spot]:
    """Where each path's key stands in this file: its own, or below `with:`."""
    both = ((path, document.keys.get(path) or document.keys.get(("with", *path))) for path in [*paths, ("use",)])
    return {path: spot for path, spot in both if spot is not None}


def _put_places(text: str, parameters: Mapping[str, Any]) -> list[tuple[int, int, int]]:
    """Of each parameter in a text where it begins, how long it is, and how long what is put in."""
    return [
        (match.start(), len(match[0]), len(str(parameters[match[1]])))
        for match in _PARAMETER.finditer(text)
        if match[1] in parameters
    ]


def _put_in(text: str, parameters: Mapping[str, Any]) -> Any:
    whole = _PARAMETER.fullmatch(text)
    if whole:
        return parameters[whole[1]]
    return _PARAMETER.sub(lambda m: str(parameters[m[1]]) if m[1] in parameters else m[0], text)
