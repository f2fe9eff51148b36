"""How many SQL statements 1,000 e-mail steps take: the figure of docs/performance.md, held here."""

from collections.abc import Callable

from benches.ground import fill, ground
from benches.mails import drain
from benches.receiver import Receiver
from benches.statements import count_statements
from tests.support.postgres import Postgres

MOST = 80


def test_a_thousand_email_steps_take_at_most_eighty_statements(
    postgres_server: Callable[[str], Postgres],
) -> None:
    server = postgres_server("18")
    url = server.create()
    receiver = Receiver()
    try:
        with ground(url, receiver.url) as runner:
            fill(runner.house, 10, 10_000)
            drain(runner)
            fill(runner.house, 1_000)
            counted = count_statements(runner, lambda: drain(runner))
            assert receiver.count == 1_010
    finally:
        receiver.stop()
        server.drop(url)
    assert counted <= MOST
