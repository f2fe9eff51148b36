"""Where the commands that keep running write what they do: one line an event, on standard error."""

import logging
import sys

import structlog

from funnel.config import Settings


def set_up_logs(settings: Settings) -> None:
    """Route the standard library's logging through structlog: readable lines in demo mode, JSON in live mode."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor]
    if settings.demo:
        last = [structlog.dev.ConsoleRenderer(colors=False)]
    else:
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
