"""The settings: read from the environment once, all faults named at once."""

import base64
import hashlib
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """The environment does not make a working configuration; the message names every fault."""


class Settings(BaseSettings):
    """What an operator sets. Names are `FUNNEL_` and the field in capitals."""

    model_config = SettingsConfigDict(env_prefix="FUNNEL_", extra="ignore", frozen=True)

    mode: Literal["demo", "live"] = "live"
    home: Path = Path(".")
    state: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    smtp_url: str = ""
    base_url: str = ""
    secret_key: str = ""
    webhook_secrets: dict[str, str] = Field(default_factory=dict)
    allow_private_hosts: list[str] = Field(default_factory=list)
    send_window: int = Field(default=50, ge=1, le=500)
    trusted_hops: int = Field(default=0, ge=0, le=5)
    tracking: Literal["stream", "database"] = "stream"
    workers: int = Field(default=2, ge=1, le=16)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("base_url")
    @classmethod
    def _no_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if any(len(key) < 32 for key in value.split(",") if value):
            raise ValueError("each key needs 32 characters or more; make one with: openssl rand -hex 32")
        return value

    @model_validator(mode="after")
    def _live_is_whole(self) -> "Settings":
        if self.mode == "live":
            needed = ("database_url", "smtp_url", "base_url", "secret_key")
            missing = [f"FUNNEL_{name.upper()}" for name in needed if not getattr(self, name)]
            if missing:
                raise ValueError(f"live mode needs {', '.join(missing)}")
        return self

    @property
    def demo(self) -> bool:
        """Whether this is a demonstration on one machine, with its own clock and mail sink."""
        return self.mode == "demo"

    def webhook_secret(self, webhook: str) -> str:
        """The signing secret of a webhook (Standard Webhooks); in demo mode one is derived where none is set."""
        known = self.webhook_secrets.get(webhook, "")
        if known or not self.demo:
            return known
        digest = hashlib.sha256(f"webhook {webhook} {self.secret_key}".encode()).digest()
        return "whsec_" + base64.b64encode(digest[:24]).decode()

    @property
    def keys(self) -> list[bytes]:
        """The secret keys: the first signs, all verify."""
        return [key.encode() for key in self.secret_key.split(",") if key]


def read_settings(**overrides: object) -> Settings:
    """Read the environment; `SettingsError` names every fault and what to do."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = []
        for fault in error.errors():
            name = "FUNNEL_" + str(fault["loc"][0]).upper() if fault["loc"] else "settings"
            lines.append(f"{name}: {fault['msg'].removeprefix('Value error, ')}")
        raise SettingsError("\n".join(lines)) from None
