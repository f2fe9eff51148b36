"""`/c/<token>` and `/o/<token>.gif`: clicks and opens of mails, answered in front of the application."""

from funnel.web.tracking.branch import Branch

__all__ = ["Branch"]
