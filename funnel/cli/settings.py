"""The settings of a command that keeps running: read once, its logs set up, or told what is wrong and ended."""

import sys

from funnel.cli.logs import set_up_logs
from funnel.config import Settings, SettingsError, read_settings


def settings_or_exit(command: str, **overrides: object) -> Settings:
    """The settings; on a fault all of them are printed and the process ends with status 2."""
    try:
        settings = read_settings(**overrides)
    except SettingsError as error:
        print(f"funnel {command}: these settings do not work:\n{error}", file=sys.stderr)
        raise SystemExit(2) from None
    set_up_logs(settings)
    return settings
