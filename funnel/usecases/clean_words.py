"""Words of the staff's own, before they are stored."""

from funnel.domain.contact import clean_text
from funnel.usecases.errors import Invalid


def clean_words(field: str, text: str, limit: int) -> str:
    """What somebody of the staff wrote, cut, as it may be stored; `Invalid` when nothing or nothing legible is left."""
    clean = clean_text(text.strip()[:limit], lines=True)
    if not clean:
        raise Invalid({field: "required" if clean is not None else "unreadable"})
    return clean
