"""The sink is a real SMTP server with a memory that outlives it."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from funnel.delivery.calendar import invitation
from funnel.delivery.ledger import Ledger
from funnel.delivery.message import build
from funnel.delivery.sink import Sink
from funnel.ports import Attachment, Letter, Meeting

RUN = (
    "import sys; from pathlib import Path; from funnel.delivery.sink import run; "
    "run('127.0.0.1', int(sys.argv[1]), Path(sys.argv[2]), lambda: print('ready', flush=True))"
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def plain(to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", to, "Plain"
    message.set_content(".dot\nline\n")
    return message


def test_a_ledger_entry_is_what_dev_mail_json_promises(tmp_path: Path) -> None:
    at = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
    letter = Letter(
        message_id="x@example.org",
        date=at,
        sender=("Acme", "hello@example.org"),
        to=("Zoé", "zoe@example.org"),
        subject="Été 😀",
        html="<p>é</p>",
        text="é\n",
        language="fr",
        invitation=("REQUEST", invitation(Meeting("u", 0, at, at, at, "s", ("", "r@example.org"), []))),
        attachments=(Attachment("diagnosis.pdf", "application/pdf", b"%PDF"),),
    )
    sink = Sink(tmp_path)
    sink.start()
    with smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.sendmail("hello@example.org", ["zoe@example.org"], build(letter).content)
    sink.stop()
    entry = Ledger(tmp_path).one(1)
    assert entry is not None
    said = entry.as_json()
    assert list(said) == ["id", "at", "from", "to", "subject", "text", "html", "headers", "attachments"]
    assert (said["id"], said["from"], said["to"]) == (1, "hello@example.org", ["zoe@example.org"])
    assert (said["subject"], said["text"].strip(), said["html"].strip()) == ("Été 😀", "é", "<p>é</p>")
    assert said["headers"]["Auto-Submitted"] == "auto-generated"
    assert said["at"].endswith("Z")
    assert [(part["name"], part["type"]) for part in said["attachments"]] == [
        ("invite.ics", "text/calendar"),
        ("diagnosis.pdf", "application/pdf"),
    ]
    assert said["attachments"][1]["size"] == 4
    assert entry.attachments[1].content == b"%PDF"
    assert entry.raw == build(letter).content


def test_the_ledger_counts_goes_on_after_an_id_and_forgets_an_address(tmp_path: Path) -> None:
    sink = Sink(tmp_path)
    sink.start()
    with smtplib.SMTP("127.0.0.1", sink.port) as client:
        for name in ("a", "b", "A"):
            client.send_message(plain(f"{name}@example.org"))
    ledger = Ledger(tmp_path)
    assert (ledger.count(), [entry.id for entry in ledger.since(1)]) == (3, [2, 3])
    assert ledger.list()[0].text.replace("\r\n", "\n") == ".dot\nline\n"
    assert ledger.one(99) is None
    assert ledger.forget("a@example.org") == 2
    assert [entry.to for entry in ledger.list()] == [("b@example.org",)]
    sink.stop()
    assert b"A@example.org" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_ledger_can_be_read_before_any_sink_ran(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "none").list() == []


def test_an_address_can_ask_to_be_refused(tmp_path: Path) -> None:
    sink = Sink(tmp_path)
    sink.start()
    with smtplib.SMTP("127.0.0.1", sink.port) as client:
        for name, code in (("refuse+550", 550), ("refuse+451", 451)):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                client.send_message(plain(f"{name}@example.org"))
            assert next(iter(refused.value.recipients.values()))[0] == code
        with pytest.raises(smtplib.SMTPDataError):
            client.send_message(plain("reject+554@example.org"))
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.send_message(plain("vanish@example.org"))
    sink.stop()
    assert Ledger(tmp_path).count() == 0


def test_what_was_accepted_survives_kill_9_of_the_sink(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", RUN, str(port), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=os.getcwd()) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        client = smtplib.SMTP("127.0.0.1", port)
        for number in range(20):
            client.send_message(plain(f"l{number}@example.org"))
        process.send_signal(signal.SIGKILL)
        client.close()
    assert Ledger(tmp_path).count() == 20


def test_the_sink_process_ends_on_sigterm_also_with_a_client_connected(tmp_path: Path) -> None:
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", RUN, str(port), str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        client = smtplib.SMTP("127.0.0.1", port)
        client.ehlo()
        process.terminate()
        assert process.wait(30) == 0, "it does not wait for the client to go"
        client.close()
