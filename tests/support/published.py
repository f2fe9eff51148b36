"""A database in which the shipped files are published, and the folder of a demonstration that has been started: for
houses that need not begin from nothing."""

import fcntl
import shutil
from pathlib import Path

from funnel.bootstrap import build_house, demo_logins, migrate
from funnel.usecases.publish_scenarios import publish_scenarios
from tests.support.databases import sqlite_template
from tests.support.place import settings_of
from tests.support.processes import ROOT


def published_template(shared: Path) -> Path:
    """A migrated SQLite file with the shipped files, made by whichever process of the session comes first: compiling
    every mail takes most of what a first start takes."""
    template = shared / "published.db"
    empty = sqlite_template(shared)
    with open(shared / "published.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            draft = shared / "published-draft.db"
            shutil.copy(empty, draft)
            house = build_house(settings_of(f"sqlite:///{draft}", shared, ROOT, "smtp://127.0.0.1:9"), "publish")
            publication = publish_scenarios(house, ROOT)
            house.database.close()
            assert publication.changed, publication.findings
            shutil.move(draft, template)
    return template


def begun_folder(shared: Path) -> Path:
    """The state folder of a demonstration on the shipped files as its first start leaves it: to be copied, so that the
    next start is a second one."""
    folder = shared / "begun"
    template = published_template(shared)
    with open(shared / "begun.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            draft = shared / "begun-draft"
            draft.mkdir()
            shutil.copy(template, draft / "funnel.db")
            settings = settings_of(f"sqlite:///{draft / 'funnel.db'}", draft, ROOT, "smtp://127.0.0.1:9")
            migrate(settings)
            demo_logins(settings)
            draft.rename(folder)
    return folder
