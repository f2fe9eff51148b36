"""What a view finds around it: the house of this application, what is published now, and which machine it is."""

import ipaddress
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit

from flask import current_app

from funnel.domain.company import Company
from funnel.usecases.house import House
from funnel.usecases.read_published import read_published
from funnel.usecases.shelf import Published


def house() -> House:
    """The house this application was made for."""
    return cast(House, current_app.extensions["funnel"])


def published() -> Published:
    """The company and the newest version of each scenario; `NothingPublished` before the first `funnel apply`."""
    return read_published(house())


def company() -> Company:
    """The company as it is now."""
    return published().company.company


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether the Host of a request names this machine."""
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
