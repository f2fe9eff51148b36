"""An await of an appointment is told of when nothing before it can bring one that counts for its scenario."""

from pathlib import Path

import pytest

from funnel.authoring.load import load_folder
from tests.support.home import TUNNEL, write_home

OFFER = "    propose: {appointment: call}\n"
LATER = TUNNEL.replace(OFFER, "").replace("      - email: reminder\n", f"      - email: reminder\n    {OFFER}")
AWAIT = "  - await: appointment.booked\n"
OTHER = (
    "scenario: other\ntitle: {en: O}\noffer: {en: O}\nwhy: volume\nteam: consulting\non: start\nsequence:\n"
    "  - email: invite\n    propose: {appointment: call}\n  - start: tunnel\n"
)


@pytest.mark.parametrize(
    "tunnel,told",
    [
        (TUNNEL, False),
        (TUNNEL.replace(OFFER, ""), True),
        (LATER, True),
        (LATER.replace(AWAIT, f"  - task: {{call: call}}\n{AWAIT}"), False),
        (LATER.replace("  - tag: plan\n", "  - hand_off: {because: {en: Booked}}\n"), True),
        (TUNNEL.replace(OFFER, "").replace(AWAIT, f"  - task: {{call: call}}\n{AWAIT}"), True),
        (TUNNEL.replace(OFFER, "").replace(AWAIT, f"  - book: {{appointment: call, after: 2 weeks}}\n{AWAIT}"), False),
    ],
    ids=["proposed", "not proposed", "later", "later, and asked", "handed over later", "only asked", "blocked"],
)
def test_only_what_comes_before_and_counts_here_meets_an_await(tunnel: str, told: bool, tmp_path: Path) -> None:
    loaded = load_folder(write_home(tmp_path, {"tunnel": tunnel}))
    assert loaded.sound
    assert [one.code for one in loaded.findings].count("never-offered") == told, loaded.findings


def test_what_another_scenario_offers_counts_for_that_one(tmp_path: Path) -> None:
    home = write_home(tmp_path, {"tunnel": TUNNEL.replace(OFFER, ""), "other": OTHER})
    assert "never-offered" in [one.code for one in load_folder(home).findings]
