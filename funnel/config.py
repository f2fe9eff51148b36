"""The settings: read from the environment once, all faults named at once."""

import base64
import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

THREADS = 16
"""Requests that one web process answers at a time."""


class SettingsError(Exception):
    """The environment does not make a working configuration; the message names every fault."""


_ADDRESSES = {
    "database_url": (
        ("postgresql", "postgresql+psycopg", "sqlite"),
        False,
        "postgresql+psycopg://user:password@host/name or sqlite:////absolute/path",
    ),
    "redis_url": (("redis", "rediss", "unix"), False, "redis://host:6379/0, rediss://host or unix:///path/to/socket"),
    "smtp_url": (
        ("smtp", "smtps", "smtp+starttls"),
        True,
        "smtp+starttls://user:password@host:587, smtps://host or smtp://host",
    ),
    "base_url": (("http", "https"), True, "https://funnel.example"),
}
"""Of each address: the schemes it may have, whether a host must stand in it, and how to write it."""


def _is_address(value: str, schemes: Collection[str], needs_host: bool) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and "://" in value and bool(parts.hostname or not needs_host)
    except ValueError:
        return False


def _json_of(value: str, kind: type, like: str) -> Any:
    """What a setting says in JSON; only texts stand in it."""
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    texts = found.values() if isinstance(found, dict) else found
    if not isinstance(found, kind) or not all(isinstance(one, str) for one in texts):
        raise ValueError(f"write it as {like}")
    return found


class Settings(BaseSettings):
    """What an operator sets. Names are `FUNNEL_` and the field in capitals."""

    model_config = SettingsConfigDict(env_prefix="FUNNEL_", extra="ignore", frozen=True, validate_default=True)

    mode: Literal["demo", "live"] = "live"
    home: Path = Path(".")
    state: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    smtp_url: str = ""
    base_url: str = ""
    secret_key: str = ""
    webhook_secrets: Annotated[dict[str, str], NoDecode] = Field(default_factory=dict)
    allow_private_hosts: Annotated[list[str], NoDecode] = Field(default_factory=list)
    send_window: int = Field(default=50, ge=1, le=500)
    trusted_hops: int = Field(default=0, ge=0, le=5)
    tracking: Literal["stream", "database"] = "stream"
    workers: int = Field(default=2, ge=1, le=16)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("allow_private_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if not value.lstrip().startswith("["):
            return [host for one in value.split(",") if (host := one.strip())]
        return _json_of(value, list, 'names separated by commas, or JSON: ["crm.internal", "127.0.0.1"]')

    @field_validator("webhook_secrets", mode="before")
    @classmethod
    def _secrets(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return _json_of(value or "{}", dict, 'JSON: {"crm": "whsec_..."}')

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

    @field_validator(*_ADDRESSES)
    @classmethod
    def _of_its_kind(cls, value: str, info: ValidationInfo) -> str:
        schemes, needs_host, like = _ADDRESSES[str(info.field_name)]
        if value and not _is_address(value, schemes, needs_host):
            raise ValueError(f"write it like {like}")
        return value

    @field_validator("database_url", "smtp_url", "base_url", "secret_key")
    @classmethod
    def _live_is_whole(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("mode") == "live":
            raise ValueError("live mode needs it; docs/operating.md says what to write")
        return value

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
