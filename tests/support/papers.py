"""Reading a PDF as a program does that helps somebody read it: its text, its language, its tags."""

import io
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject


class Paper:
    """A PDF and what it says."""

    def __init__(self, content: bytes) -> None:
        self._reader = PdfReader(io.BytesIO(content))
        root = self._reader.trailer["/Root"]
        assert isinstance(root, DictionaryObject)
        self._root = root

    @property
    def text(self) -> str:
        """All its text in one line, spaces of every kind as one."""
        return " ".join(" ".join(page.extract_text() for page in self._reader.pages).split())

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return len(self._reader.pages)

    @property
    def language(self) -> str:
        """The language it says it is in."""
        return str(self._root["/Lang"])

    @property
    def title(self) -> str:
        """Its title."""
        return str(self._reader.metadata.title) if self._reader.metadata else ""

    @property
    def tagged(self) -> bool:
        """Whether a screen reader can follow it."""
        marks: Any = self._root["/MarkInfo"]
        return bool(marks["/Marked"]) and "/StructTreeRoot" in self._root

    @property
    def fonts(self) -> set[str]:
        """The fonts that stand in it, without the letters of their subset."""
        found: set[str] = set()
        for page in self._reader.pages:
            resources: Any = page["/Resources"]
            for font in resources["/Font"].values():
                found.add(str(font.get_object()["/BaseFont"]).rpartition("+")[2])
        return found

    @property
    def links(self) -> list[str]:
        """Where it leads."""
        pages: list[Any] = list(self._reader.pages)
        notes = [note.get_object() for page in pages for note in page.get("/Annots", ())]
        return [str(note["/A"]["/URI"]) for note in notes if note.get("/Subtype") == "/Link"]
