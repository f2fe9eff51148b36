"""The home folder's files as bytes by path: only what lies within it, only what is small enough, nothing hidden."""

import os
from pathlib import Path

from funnel.authoring.codes import Code
from funnel.authoring.findings import Finding
from funnel.authoring.hints import grouped
from funnel.authoring.positions import MAX_BYTES
from funnel.authoring.saying import Saying, say

FOLDERS = ("scenarios", "landing_pages", "email_templates", "assets")
"""What a home holds."""

MAX_ASSET = 20_000_000
"""Bytes of one file under `assets/` or of a picture: what a phone still loads, and a database row still takes."""

_TEXTS = (".yaml", ".yml", ".html", ".mjml", ".txt")


def gather(home: Path) -> tuple[dict[str, bytes], list[Finding]]:
    """Every file of the home's folders by its path with `/`, and a finding for each that is not read.

    Links are followed only to files within the home, never to folders. Hidden files and editors' backups are left out.
    """
    files: dict[str, bytes] = {}
    findings: list[Finding] = []
    root = home.resolve()
    for top in FOLDERS:
        if (root / top).is_symlink():
            findings.append(_unread(top, "outside-home", say("a linked folder is not read"), say("copy it here")))
            continue
        for folder, names, leaves in os.walk(root / top, followlinks=False):
            for name in sorted(names):
                if os.path.islink(os.path.join(folder, name)):
                    path = _relative(root, folder, name)
                    findings.append(
                        _unread(path, "outside-home", say("a linked folder is not read"), say("copy it here"))
                    )
            names[:] = sorted(name for name in names if not _left_out(name))
            for name in sorted(leaves):
                if _left_out(name):
                    continue
                path = _relative(root, folder, name)
                content = _read(root, Path(folder, name), path)
                if isinstance(content, bytes):
                    files[path] = content
                else:
                    findings.append(content)
    return files, findings


def _left_out(name: str) -> bool:
    return name.startswith((".", "#")) or name.endswith(("~", ".swp", ".tmp"))


def _relative(root: Path, folder: str, name: str) -> str:
    return Path(folder, name).relative_to(root).as_posix()


def _unread(path: str, code: Code, message: Saying, fix: Saying) -> Finding:
    return Finding(path.encode("ascii", "backslashreplace").decode(), 1, 1, "error", code, message, fix)


def _read(root: Path, file: Path, path: str) -> bytes | Finding:
    if not file.name.isprintable():
        return _unread(repr(path), "unreadable", say("the file's name cannot be written"), say("rename it"))
    try:
        if file.is_symlink() and not file.resolve().is_relative_to(root):
            return _unread(path, "outside-home", say("the link leads out of the folder"), say("copy the file here"))
        # A named pipe would wait for ever.
        if not file.is_file():
            return _unread(path, "unreadable", say("this is not a file"), say("delete it"))
        limit = MAX_BYTES if file.suffix in _TEXTS else MAX_ASSET
        with file.open("rb") as stream:
            content = stream.read(limit + 1)
    except (OSError, RuntimeError) as error:
        return _unread(
            path, "unreadable", say("the file cannot be read: %(error)s", error=error), say("check its rights")
        )
    if len(content) > limit:
        return _unread(
            path,
            "too-big",
            say("the file is larger than %(limit)s bytes", limit=grouped(limit)),
            say("make it smaller"),
        )
    return content
