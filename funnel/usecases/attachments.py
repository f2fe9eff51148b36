"""What goes with a mail: files of a version, and papers drawn from her own answers; frozen, so that a repeat sends the
same bytes."""

import mimetypes
from collections.abc import Mapping, Sequence
from typing import Any

from funnel.authoring.bundle import Bundle, twins_of
from funnel.domain.company import Company
from funnel.domain.tunnel.steps import DIAGNOSIS
from funnel.ports import Attachment, Printer
from funnel.usecases.diagnosis_paper import PAPER, diagnosis_data

MOST = 10_000_000
"""Bytes of all files of one mail: coded for the way they grow by a third, and many servers refuse 20 MB."""

_PDF = "application/pdf"


def keep_attachments(
    names: Sequence[str], bundle: Bundle | None, language: str, diagnosis: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """What is frozen of each: the path in the version for a file (in her language, where it has a twin), all that the
    drawing needs for her diagnosis. `LookupError` for what is not there."""
    return [_keep(name, bundle, language, diagnosis) for name in names]


def _keep(name: str, bundle: Bundle | None, language: str, diagnosis: Mapping[str, Any] | None) -> dict[str, Any]:
    if name == DIAGNOSIS:
        if diagnosis is None:
            raise LookupError(f"she has answered no questionnaire that {name} could be drawn from")
        return {"name": name, "diagnosis": dict(diagnosis)}
    path = f"assets/{bundle.name}/{name}" if bundle else name
    there = twins_of(path, bundle.files) if bundle else []
    if not there:
        raise LookupError(f"{path} is not in this version")
    stem, _, ending = path.rpartition(".")
    twin = f"{stem}.{language}.{ending}"
    return {"name": name, "file": next((one for one in (twin, path) if one in there), there[0])}


def attach(
    printer: Printer, frozen: Mapping[str, Any], bundle: Bundle | None, company: Company
) -> tuple[Attachment, ...]:
    """The files of a frozen mail of a version; `ValueError` when they are too much for one mail."""
    found = tuple(_file(printer, one, frozen, bundle, company) for one in frozen.get("attached", ()))
    if (size := sum(len(one.content) for one in found)) > MOST:
        raise ValueError(f"its files have {size} bytes together, and {MOST} is the most: give a link instead")
    return found


def _file(
    printer: Printer, kept: Mapping[str, Any], frozen: Mapping[str, Any], bundle: Bundle | None, company: Company
) -> Attachment:
    name: str = kept["name"]
    if data := _data(printer, kept, frozen, company):
        return Attachment(name, _PDF, printer.draw(PAPER, data))
    if bundle is None or kept["file"] not in bundle.files:
        raise LookupError(f"{kept['file']} is not in this version")
    kind = mimetypes.guess_type(name, strict=True)[0] or "application/octet-stream"
    return Attachment(name, kind, bundle.files[kept["file"]])


def diagnosis_of(printer: Printer, frozen: Mapping[str, Any], name: str, company: Company) -> dict[str, Any] | None:
    """What an attached paper of a frozen mail is drawn from; none for a file, or where nothing of that name is."""
    kept = next((one for one in frozen.get("attached", ()) if one["name"] == name), None)
    return _data(printer, kept, frozen, company) if kept else None


def _data(
    printer: Printer, kept: Mapping[str, Any], frozen: Mapping[str, Any], company: Company
) -> dict[str, Any] | None:
    if "diagnosis" not in kept:
        return None
    results, language = frozen["context"]["results"], frozen["language"]
    return diagnosis_data(kept["diagnosis"], results, company, language, printer.draws)
