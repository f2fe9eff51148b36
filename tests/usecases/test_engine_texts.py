"""Why a mail did not leave is told in words wherever it stands: with the lead, in the studio, in a rehearsal."""

import ast
import re
from pathlib import Path

import funnel
from funnel.catalogue import Speech
from funnel.domain import cap
from funnel.domain.engine import handing, led_on, mails, meetings
from funnel.storage import erasure, overdue, windows
from funnel.usecases.engine_texts import skip_reasons
from funnel.usecases.naming import Names
from tests.support.place import Place

HOUSE = Path(funnel.__file__).parent
NAMED = {
    "cap.SKIPPED": cap.SKIPPED,
    "overdue.SKIPPED": overdue.SKIPPED,
    "ERASED": erasure.ERASED,
    "ADDRESS_CORRECTED": mails.ADDRESS_CORRECTED,
    "CHANGED": mails.CHANGED,
    "RECALLED": led_on.RECALLED,
    "CORRECTED": meetings.CORRECTED,
    "HANDED_OVER": handing.HANDED_OVER,
    "OTHER_IS_WRITTEN_TO": mails.OTHER_IS_WRITTEN_TO,
}


def given() -> set[str]:
    """Every reason that the product's own code gives for a mail that does not leave."""
    asked_at_the_door = set(re.findall(r"THEN '([^']+)'", windows._KEPT_BACK)) - {"paused"}
    return {*_written(), *NAMED.values(), *asked_at_the_door}


def _written() -> set[str]:
    """Those that stand as a text or a name where something is skipped."""
    found: set[str] = set()
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(attr="SkipQueued"), args=[reason, *_]):
                    found.add(_said(reason))
                case ast.Call(func=ast.Attribute(attr="RecallMail" | "supersede"), args=[*_, reason]):
                    found.add(_said(reason))
                case ast.FunctionDef(name="why_not"):
                    returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return)]
                    found |= {_said(one) for one in returned if isinstance(one, ast.Constant) and one.value}
                case ast.Dict(keys=[*_, ast.Constant("state"), ast.Constant("reason")], values=[*_, state, reason]):
                    if isinstance(state, ast.Constant) and state.value == "skipped" and path.stem == "deliver":
                        found.add(_said(reason))
    return found


def _said(reason: ast.expr) -> str:
    return str(reason.value) if isinstance(reason, ast.Constant) else NAMED[ast.unparse(reason)]


def test_every_reason_that_is_given_is_in_the_table_and_no_other() -> None:
    assert len(_written()) > 6
    assert given() == skip_reasons(Speech("en").gettext).keys()


def test_every_reason_is_told_shortly_and_at_length_in_both_languages(place: Place) -> None:
    english, french = (Names(place.published, language) for language in ("en", "fr"))
    for reason in given():
        for tells in (Names.why_skipped, Names.why_not_sent):
            assert tells(french, reason) not in (reason, tells(english, reason))
        assert english.why_not_sent(reason) not in (reason, english.why_skipped(reason))
