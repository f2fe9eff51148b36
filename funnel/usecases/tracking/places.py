"""Which of a mail's links get an address that tells of a click, for who has agreed to it; each link has its number."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from funnel.storage import tracking
from funnel.storage.tracking import MailLink
from funnel.usecases.house import House
from funnel.usecases.letter_batch import LetterBatch, language_for


def with_tracked(house: House, batch: LetterBatch, rows: Sequence[Mapping[str, Any]]) -> LetterBatch:
    """The batch with the numbers of the links of the mails that are to be tracked; links seen for the first time get
    theirs now. Whether somebody has agreed is looked at again as each mail is written."""
    modes = batch.company.tracking
    if modes.of("opens") == modes.of("clicks") == "none":
        return batch
    clicks = modes.of("clicks") == "consented"
    wanted = {
        (row["message"], row["version"], language_for(batch.company, row, batch.leads[row["lead_id"]]))
        for row in rows
        if not row["frozen"] and batch.is_watched(row)
    }
    found: dict[tuple[str, str, str], list[MailLink]] = {}
    for message, version, language in wanted:
        try:
            links = house.writer.links(message, version, language) if clicks else ()
        except ValueError:
            continue  # it cannot be written either, and its row says why
        found[message, version, language] = [MailLink(message, one.name, one.target) for one in links]
    _number(house, {link for links in found.values() for link in links})
    table = house.links_in_mails
    tracked = {key: [table.number(link) for link in links] for key, links in found.items()}
    return replace(batch, tracked=tracked)


def _number(house: House, links: set[MailLink]) -> None:
    new = house.links_in_mails.unnumbered(links)
    if new:
        with house.database.write() as connection:
            numbers = tracking.number(connection, new)
        house.links_in_mails.add({number: link for link, number in numbers.items()})
