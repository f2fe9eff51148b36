"""`/dev`, in demo mode only: the mails that were sent, the clock, every lead, the components. Never imported in live
mode."""

from flask import Blueprint

from funnel.web.dev import clock, components, leads, mail

BLUEPRINTS: tuple[Blueprint, ...] = (mail.blueprint, clock.blueprint, leads.blueprint, components.blueprint)
