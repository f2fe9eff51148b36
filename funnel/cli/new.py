"""`funnel new`: a small, sound home to begin with: a company, one tunnel, its questions, mails and pages."""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from funnel.cli.doors import told

LANGUAGES = ("en", "fr")
"""The languages that the starter's texts are written in."""

COMPANY = "Your Company"

_LONGEST = 80
_README = "README"
_GITIGNORE = "/var/\n"
_MAY_BE_THERE = frozenset((".git",))
"""What does not make a folder a used one: a repository that has just been made."""

_TEXT = re.compile(r"^ *(en|fr): ")
_OF_A_LANGUAGE = re.compile(r"\.(en|fr)(?=\.[a-z]+$)")


class _Once(argparse.Action):
    """An option that says everything at once: the second would silently win."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Take the first; refuse another."""
        if getattr(namespace, f"{self.dest}_given", False):
            raise argparse.ArgumentError(self, "give all languages at once, as in --language en,fr")
        setattr(namespace, f"{self.dest}_given", True)
        setattr(namespace, self.dest, values)


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.description = "Writes a company, one tunnel, its questions, mails and pages into a new or empty folder."
    parser.epilog = (
        'examples:\n  funnel new bakery\n  funnel new bakery --company "Maison Verdure" --language fr,en\n'
        "Then: docs/tutorial.md"
    )
    parser.add_argument("dir", metavar="DIR", type=Path, help="the folder, which is new or empty")
    parser.add_argument("--company", metavar="NAME", type=_company, default=COMPANY, help="whose it is")
    parser.add_argument(
        "--language",
        metavar="LIST",
        type=_languages,
        action=_Once,
        default=LANGUAGES,
        help="what people are written to in, the usual one first: en, fr, or en,fr (default: en,fr)",
    )
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Write the home; 1 when something is there already."""
    into: Path = args.dir
    if into.exists() and not into.is_dir():
        return _refuse(f"{into} is a file; give a folder that is new or empty")
    if into.is_dir() and (there := sorted({path.name for path in into.iterdir()} - _MAY_BE_THERE)):
        return _refuse(f"{into} is not empty: it holds {_some(there)}. Nothing was written; give another folder.")
    made = starter(args.company, args.language)
    for path, content in made.items():
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        (into / path).write_text(content, encoding="utf-8")
    inside = "" if into.resolve() == Path.cwd() else f"cd {_quoted(into)}, then "
    read = sum("/" in path for path in made)  # what `funnel check` counts too
    print(f"{into}: a home of {read} files for {args.company}, in {' and '.join(args.language)}.")
    print(f"Next: {inside}funnel check")
    return 0


def starter(company: str, languages: Sequence[str]) -> dict[str, str]:
    """Every file of a new home by its path, in the languages wanted (some of `LANGUAGES`, the usual one first)."""
    shipped = dict(sorted(_shipped(files("funnel") / "starter", "")))
    made = {".gitignore": _GITIGNORE}
    for path, text in shipped.items():
        if path.startswith(_README):
            if path == _readme(languages):
                made[f"{_README}.md"] = _filled(path, text, company, languages)
            continue
        found = _OF_A_LANGUAGE.search(path)
        if found and found[1] not in languages:
            continue
        plain = _OF_A_LANGUAGE.sub("", path)
        # A page without a language in its name is English: where nobody reads that, the other one takes its place.
        name = plain if "en" not in languages and plain in shipped else path
        if found or name not in made:
            made[name] = _filled(name, text, company, languages)
    return made


def _readme(languages: Sequence[str]) -> str:
    """The one that whoever writes the files reads: in the usual language of the company."""
    return f"{_README}.md" if languages[0] == "en" else f"{_README}.{languages[0]}.md"


def _filled(path: str, text: str, company: str, languages: Sequence[str]) -> str:
    if not path.endswith(".yaml"):
        return text.replace("@company@", company)
    wanted = [
        line
        for line in text.splitlines(keepends=True)
        if not (found := _TEXT.match(line)) or found[1] in languages
    ]  # fmt: skip
    within_quotes = json.dumps(company, ensure_ascii=False)[1:-1]
    return "".join(wanted).replace("@languages@", ", ".join(languages)).replace("@company@", within_quotes)


def _shipped(folder: Traversable, path: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _shipped(entry, f"{path}{entry.name}/")
        else:
            yield f"{path}{entry.name}", entry.read_text(encoding="utf-8")


def _company(text: str) -> str:
    name = text.strip()
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise argparse.ArgumentTypeError(f"{text!r} is no name: write 1 to {_LONGEST} characters on one line")
    return name


def _languages(text: str) -> tuple[str, ...]:
    wanted = tuple(part.strip() for part in text.split(","))
    if unknown := [one for one in wanted if one not in LANGUAGES]:
        raise argparse.ArgumentTypeError(
            f"the starter has no texts in {unknown[0]!r}: write {', '.join(LANGUAGES)} or one of them, "
            "and add your own language to the files afterwards"
        )
    if len(set(wanted)) < len(wanted):
        raise argparse.ArgumentTypeError(f"{text!r} names a language twice")
    return wanted


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _quoted(path: Path) -> str:
    text = str(path)
    return text if re.fullmatch(r"[\w./-]+", text) else f'"{text}"'


def _refuse(why: str) -> int:
    print(f"funnel new: {why}", file=sys.stderr)
    return 1
