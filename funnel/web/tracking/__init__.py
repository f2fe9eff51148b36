"""`/c/<token>`, `/o/<token>.gif`, `/t`, `/t.js`: clicks and opens of mails and page visits, answered in front of the
application."""

from funnel.web.tracking.branch import Branch

__all__ = ["Branch"]
