"""Every code is told of at least two broken files, exactly where their writer said before the linter was run."""

from pathlib import Path

import pytest

from funnel.authoring.codes import CODES, Code
from scripts.linter_page import PAGE, page
from tests.authoring.cases import FOLDER, Case, all_cases, cases_of
from tests.authoring.untold import untold


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_two_broken_files(code: Code) -> None:
    assert len(cases_of(code)) >= 2


def test_there_are_no_cases_of_codes_that_are_gone() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(CODES)
    assert len(all_cases()) >= 60


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.code}: {case.title}")
def test_a_broken_file_is_told_where_it_is_broken_and_nothing_else(case: Case, tmp_path: Path) -> None:
    found = {(f.file, f.line, f.col, f.code): f for f in case.findings(tmp_path)}
    assert untold(case.files(), found.values()) == [], "say it by `say`, so that it can be translated"
    places = iter(case.places())
    told = set()
    for expected in case.expected:
        place = expected.place or next(places)
        finding = found.get((*place, case.code))
        assert finding is not None, (place, [str(one) for one in found.values()])
        assert finding.message.startswith(expected.message), finding.message
        assert finding.level == expected.level
        told.add((*place, case.code))
    assert next(places, None) is None, "a mark without a finding"
    others = found.keys() - told
    if not case.any_other:
        assert others == {(*place, code) for place, code in case.others}, [str(found[one]) for one in others]


@pytest.mark.parametrize("code", CODES)
def test_the_right_example_is_sound(code: Code, tmp_path: Path) -> None:
    assert cases_of(code)[0].findings(tmp_path, right=True) == ()


def test_the_page_shows_what_the_linter_tells() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m scripts.linter_page"


def test_the_page_has_a_section_for_each_code() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line.removeprefix("## ") for line in lines if line.startswith("## ")] == list(CODES)
