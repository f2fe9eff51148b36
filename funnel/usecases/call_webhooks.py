"""Webhook calls leave the house: signed by Standard Webhooks, retried with growing pauses, listed with replies."""

import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from funnel.domain.company import Webhook
from funnel.storage import installation, windows
from funnel.storage.bulk import to_json
from funnel.storage.database import machine_now
from funnel.usecases.deliver import LEASE, after
from funnel.usecases.house import House, new_id

BATCH = 20


def call_webhooks(house: House) -> bool:
    """Make one claimed batch of calls, each settled by itself; whether there was one."""
    worker = f"{house.worker}/{new_id()[-12:]}"
    with house.database.write() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        rows = windows.claim(connection, "webhook", worker, moment.now, LEASE, BATCH)
    hooks = {hook.id: hook for hook in company.webhooks}
    started = time.monotonic()
    for row in rows:
        if time.monotonic() - started > LEASE / 2:
            break  # what is left is given back: a lease is never outlived
        _call(house, worker, row, hooks.get(row["recipient"]))
    if rows:
        with house.database.write() as connection:
            windows.give_back(connection, worker)
    return bool(rows)


def _call(house: House, worker: str, row: Any, hook: Webhook | None) -> None:
    base = {"id": row["id"], "lead_id": row["lead_id"]}
    secret = house.settings.webhook_secret(row["recipient"])
    with house.database.write() as connection:
        now = installation.moment(connection).now
        stamp = machine_now(connection)  # receivers hold it against their own clock
        why = None if hook else "not in company.yaml any more"
        if hook and not secret:
            why = f"no signing secret: set FUNNEL_WEBHOOK_SECRETS for {hook.id!r}"
        state = {"state": "failed", "reason": why} if why else {"state": "attempting", "begun_at": now}
        if hook and house.settings.demo and urlsplit(hook.url).hostname not in house.settings.allow_private_hosts:
            why = "the demonstration calls nobody: name the host in FUNNEL_ALLOW_PRIVATE_HOSTS to have it called"
            state = {"state": "skipped", "reason": why}
        moved = windows.turn_window(connection, worker, [{**base, "expect": "claimed", **state}])
    if hook is None or why or moved.get(row["id"], ("", None))[0] != "attempting":
        return
    message_id = f"msg_{row['id']}"
    body = to_json({**row["data"], "id": message_id, "at": row["planned_at"]}).encode()
    began = time.monotonic()
    result = house.caller.call(hook.url, secret, message_id, stamp, body)
    at = now + timedelta(seconds=time.monotonic() - began)
    if result.outcome == "unknown":  # the receiver knows a repeat by its id
        result = type(result)("temporary", result.reply)
    with house.database.write() as connection:
        windows.turn_window(connection, worker, [{**base, "expect": "attempting", **after(result, at, row)}])
