"""What is published now, for pages: the company, the newest version of each scenario, what is wrong with files."""

from funnel.storage import installation
from funnel.usecases.house import House
from funnel.usecases.shelf import Published


def read_published(house: House) -> Published:
    """What new people get; `NothingPublished` before the first."""
    with house.database.read() as connection:
        return house.shelf.published(connection, installation.moment(connection).revision)


def last_published(house: House) -> Published | None:
    """What this process saw published last, without asking the database: for the page that says it is away."""
    return house.shelf.last
