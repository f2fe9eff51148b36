"""Scenario e-mails a second, beside the same loop without a database: render, build, ESMTP PIPELINING."""

import time
from collections.abc import Mapping
from typing import Any

from funnel.bootstrap import Runner
from funnel.delivery.smtp import SmtpPostman
from funnel.ports import Letter
from funnel.storage import installation
from funnel.usecases.deliver import BATCH
from funnel.usecases.letter_batch import open_batch
from funnel.usecases.letters import compose, freeze
from funnel.usecases.wording import describe_company


def drain(runner: Runner) -> float:
    """Carry out everything due in one worker; the seconds it took."""
    began = time.perf_counter()
    while any([runner.run("due"), runner.run("mail"), runner.run("report")]):
        pass
    return time.perf_counter() - began


def without_database(runner: Runner, smtp_url: str, number: int) -> float:
    """Render, build and send `number` mails of the same template over one kept connection; the seconds it took."""
    house = runner.house
    with house.database.read() as connection:
        moment = installation.moment(connection)
        row = {"lead_id": 1, "kind": "marketing", "recipient": "lead", "message": "drip/hello", "data": {}, "step": "x",
               "scenario": "drip", "pass_number": 1,
               "version": house.shelf.published(connection, moment.revision).newest["drip"].digest}  # fmt: skip
        batch = open_batch(connection, house, moment, [row])
    frozen = freeze(batch, row, moment.now)
    frozen["context"]["company"] = describe_company(batch.company)
    postman = SmtpPostman(smtp_url)
    letter = compose(house, batch, row, frozen, "<0@bench.example>")
    began = time.perf_counter()
    for first in range(0, number, BATCH):
        for start in range(first, min(first + BATCH, number), 50):
            window = [(n, _one(house.writer, letter, row, frozen, n)) for n in range(start, min(start + 50, number))]
            for _, result in postman.carry(window, time.monotonic() + 60):
                assert result.outcome == "accepted", result
    seconds = time.perf_counter() - began
    postman.close()
    return seconds


def _one(writer: Any, letter: Letter, row: Mapping[str, Any], frozen: Mapping[str, Any], number: int) -> Any:
    """Another person with another link every time, as in any real loop."""
    known = frozen["context"]
    stop = f"{known['links']['unsubscribe']}{number}"
    lead = {**known["lead"], "name": f"Anna{number} Schmidt", "first_name": f"Anna{number}"}
    context = {**known, "lead": lead, "links": {**known["links"], "unsubscribe": stop}}
    texts = writer.write(row["message"], frozen["version"], "en", context)
    return writer.build(
        Letter(
            message_id=f"<{number}@bench.example>",
            date=letter.date,
            sender=letter.sender,
            to=(lead["name"], f"lead{number}@example.org"),
            subject=texts.subject,
            html=texts.html,
            text=texts.text,
            language="en",
            one_click=stop,
        )
    )
