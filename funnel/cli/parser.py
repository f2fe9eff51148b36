"""What reads the words of a command line; a wrong one is answered with the nearest right one."""

import argparse
import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn

_CHOICE = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")
_UNKNOWN = re.compile(r"^unrecognized arguments: (.*)$")


class Parser(argparse.ArgumentParser):
    """argparse's, with `did you mean`; options are written whole, so that a script means the same tomorrow."""

    def __init__(self, *args: object, **more: object) -> None:
        more.setdefault("allow_abbrev", False)
        more.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)  # examples stand one a line
        super().__init__(*args, **more)  # type: ignore[arg-type]

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """What this parser leaves over is told by it and not by the one above, which does not know its options."""
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return found, rest

    def error(self, message: str) -> NoReturn:
        """One line that says what is wrong, one that says what to write, status 2."""
        self.exit(2, f"{self.prog}: {self._told(message)}\nMore: {self.prog} --help\n")

    def _told(self, message: str) -> str:
        if found := _CHOICE.search(message):
            known = re.findall(r"[\w.-]+", found[2])
            what = "command" if "COMMAND" in message or "ACTION" in message else "choice"
            nearest = _nearest(found[1], known) or f"; there are: {', '.join(known)}"
            return f"there is no {what} {found[1]!r}{nearest}"
        if found := _UNKNOWN.search(message):
            words = found[1].split(" ")
            first = next((word for word in words if word.startswith("-")), words[0])
            name = first.split("=")[0]
            if not first.startswith("-"):
                return f"{first!r} is one word too many"
            return f"there is no option {name}{_nearest(name, list(self._option_string_actions))}"
        return message


def _nearest(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, 1, 0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
