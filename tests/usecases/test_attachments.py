"""Which files go with a mail, and that a repeat carries the same bytes."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from funnel.authoring.load import load_folder
from funnel.bootstrap import build_paper
from funnel.delivery.printer import TypstPrinter
from funnel.usecases import attachments
from funnel.usecases.attachments import attach, keep_attachments
from funnel.usecases.rehearsal import rehearse
from funnel.usecases.rehearsal.post import PostOffice
from funnel.usecases.rehearsal.report import files
from tests.support.homes import PLAN, home_that_attaches
from tests.support.papers import Paper


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A sound home whose first mail has files with it."""
    found = load_folder(home_that_attaches(Path(tmp_path_factory.mktemp("home"))))
    assert found.sound, found.findings
    return found


def test_a_file_is_taken_in_her_language_where_it_has_a_twin(loaded: Any) -> None:
    bundle = loaded.bundles["self_evaluation"]
    for language, file in (("fr", "plan.fr.pdf"), ("en", "plan.pdf"), ("de", "plan.pdf")):
        (kept,) = keep_attachments(["plan.pdf"], bundle, language, None)
        (given,) = attach(TypstPrinter(), {"attached": [kept]}, bundle, loaded.company.company)
        assert (given.name, given.content_type, given.content) == ("plan.pdf", "application/pdf", PLAN[file])


def test_what_is_not_there_is_told(loaded: Any) -> None:
    bundle = loaded.bundles["self_evaluation"]
    with pytest.raises(LookupError, match="no questionnaire"):
        keep_attachments(["diagnosis.pdf"], bundle, "en", None)
    with pytest.raises(LookupError, match=r"assets/self_evaluation/other\.pdf"):
        keep_attachments(["other.pdf"], bundle, "en", None)
    frozen = {"attached": [{"name": "plan.pdf", "file": "assets/self_evaluation/gone.pdf"}]}
    with pytest.raises(LookupError, match="not in this version"):
        attach(TypstPrinter(), frozen, bundle, loaded.company.company)


def test_files_that_no_mailbox_takes_are_refused(loaded: Any) -> None:
    bundle = loaded.bundles["self_evaluation"]
    big = {**bundle.files, "assets/self_evaluation/plan.pdf": b"x" * (attachments.MOST + 1)}
    kept = keep_attachments(["plan.pdf"], bundle, "en", None)
    with pytest.raises(ValueError, match="give a link instead"):
        attach(TypstPrinter(), {"attached": kept}, replace(bundle, files=big), loaded.company.company)


def test_a_rehearsal_writes_the_files_beside_each_mail_and_again_the_same(loaded: Any) -> None:
    def folder() -> dict[str, bytes]:
        post = PostOffice(build_paper(loaded.bundles.values(), loaded.company), loaded.bundles, loaded.company)
        done = rehearse(loaded.bundles, loaded.company, "self_evaluation", people=0, post=post)
        return files(done, post.posted)

    written = folder()
    assert written["mails/ben/01_your_results_plan.pdf"] == PLAN["plan.pdf"]
    assert written["mails/chloe/01_your_results_plan.pdf"] == PLAN["plan.fr.pdf"]
    assert Paper(written["mails/chloe/01_your_results_diagnosis.pdf"]).language == "fr"
    assert folder() == written, "drawn anew, mail by mail, to the same bytes"
