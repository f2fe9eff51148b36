"""What goes with a sample mail, to be looked at: its files, and the pages of a drawn paper as pictures."""

from collections.abc import Sequence

from funnel.ports import Attachment
from funnel.usecases.attachments import diagnosis_of
from funnel.usecases.diagnosis_paper import PAPER
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.studio.samples import Sample, Samples, Shown, write_sample


def pictures(house: House, samples: Samples, shown: Shown, name: str) -> Sequence[bytes]:
    """The pages of an attached paper as PNG; none for a file."""
    data = diagnosis_of(house.printer, shown.frozen, name, samples.published.company.company)
    return house.printer.pictures(PAPER, data) if data else []


def read_attached(house: House, samples: Samples, sample: Sample, language: str, name: str) -> Attachment:
    """One of a sample mail's files. `NotFound`, or `ValueError` when the mail cannot be written."""
    for one in write_sample(house, samples, sample, language).attachments:
        if one.name == name:
            return one
    raise NotFound("nothing of that name goes with this mail")


def read_picture(house: House, samples: Samples, sample: Sample, language: str, name: str, number: int) -> bytes:
    """Page `number` (from 1) of an attached paper as PNG."""
    pages = pictures(house, samples, write_sample(house, samples, sample, language), name)
    if not 0 < number <= len(pages):
        raise NotFound("there is no such page")
    return pages[number - 1]
