"""`make screens`: every page on telephone and laptop, in light and dark, empty, full and failing, in `var/screens/`."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Error

from scripts.screens.camera import Camera, Shot, chromium
from scripts.screens.pages import AFTER, BEFORE, Picture
from scripts.screens.product import ROOT, NotWorking, Product
from scripts.screens.sheet import write_sheet
from scripts.screens.story import Story

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    """Take them all. 1 when a page is wider than its screen or could not be had; 2 without a browser."""
    parser = argparse.ArgumentParser(prog="python -m scripts.screens", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "screens")
    parser.add_argument("--only", default="", help="pictures of the pages whose name holds this")
    given = parser.parse_args()
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        print("screens: no chromium found; install it (Debian: apt install chromium)", file=sys.stderr)
        return 2
    shutil.rmtree(given.folder, ignore_errors=True)
    given.folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="funnel-screens-") as folder:
        product = Product(Path(folder))
        try:
            product.start()
            with chromium(program) as browser:
                shots, missing = take_all(product, browser, given.folder, given.only)
        finally:
            product.stop()
    sheet = write_sheet(shots, given.folder)
    wide = [shot for shot in shots if shot.wider]
    for shot in wide:
        print(f"{shot.name} ({shot.state}) at {shot.width} px is {shot.wider} px too wide")
    for why in missing:
        print(why, file=sys.stderr)
    print(f"{len(shots)} pictures; look at them in {sheet}")
    return 1 if wide or missing else 0


def take_all(product: Product, browser: Browser, folder: Path, only: str) -> tuple[list[Shot], list[str]]:
    """The story with its pictures: before anybody came, and after two weeks; and what could not be taken, and why."""
    story = Story(product, browser)
    camera = Camera(story, folder)
    shots: list[Shot] = []
    missing: list[str] = []

    def take(pictures: Sequence[Picture]) -> None:
        for picture in pictures:
            if only not in picture.name:
                continue
            try:
                shots.extend(camera.take(picture))
            except (Error, NotWorking) as error:
                missing.append(f"{picture.name} ({picture.state}): {error}")

    take(BEFORE)
    story.play()
    take(AFTER)
    if only in "mail":
        shots.extend(camera.take_mails())
    return shots, missing


if __name__ == "__main__":
    sys.exit(main())
