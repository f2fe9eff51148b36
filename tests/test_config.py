"""Settings that do not work are all named at once, each with what to write instead."""

import os

import pytest

from funnel.config import Settings, SettingsError, read_settings

KEY = "0123456789abcdef0123456789abcdef"
WHOLE = {
    "FUNNEL_MODE": "live",
    "FUNNEL_DATABASE_URL": "postgresql+psycopg://funnel@db.example/funnel",
    "FUNNEL_REDIS_URL": "redis://queue.example:6379/0",
    "FUNNEL_SMTP_URL": "smtps://relay.example",
    "FUNNEL_BASE_URL": "https://funnel.example/",
    "FUNNEL_SECRET_KEY": KEY,
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """What works."""
    for name in [name for name in os.environ if name.startswith("FUNNEL_")]:
        monkeypatch.delenv(name)
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def faults() -> dict[str, str]:
    """What is told of each setting."""
    with pytest.raises(SettingsError) as raised:
        read_settings()
    lines = (line.partition(": ") for line in str(raised.value).splitlines())
    return {name: said for name, _, said in lines}


def test_a_whole_environment_is_read(environment: pytest.MonkeyPatch) -> None:
    assert read_settings().base_url == "https://funnel.example"


def test_everything_that_is_missing_and_everything_that_is_wrong_is_named_at_once(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.delenv("FUNNEL_DATABASE_URL")
    environment.setenv("FUNNEL_SMTP_URL", "")
    environment.setenv("FUNNEL_SECRET_KEY", "short")
    environment.setenv("FUNNEL_SEND_WINDOW", "0")
    environment.setenv("FUNNEL_REDIS_URL", "localhost")
    environment.setenv("FUNNEL_BASE_URL", "funnel.example")
    found = faults()
    assert found.keys() == {
        "FUNNEL_DATABASE_URL", "FUNNEL_SMTP_URL", "FUNNEL_SECRET_KEY", "FUNNEL_SEND_WINDOW", "FUNNEL_REDIS_URL",
        "FUNNEL_BASE_URL",
    }  # fmt: skip
    assert found["FUNNEL_DATABASE_URL"].startswith("live mode needs it")
    assert found["FUNNEL_SECRET_KEY"].startswith("each key needs 32 characters")


@pytest.mark.parametrize(
    "name, wrong, told",
    [
        ("FUNNEL_MODE", "production", "Input should be 'demo' or 'live'"),
        ("FUNNEL_DATABASE_URL", "mysql://db/funnel", "write it like postgresql+psycopg://"),
        ("FUNNEL_DATABASE_URL", "funnel.db", "write it like postgresql+psycopg://"),
        ("FUNNEL_REDIS_URL", "http://queue", "write it like redis://"),
        ("FUNNEL_SMTP_URL", "relay.example:25", "write it like smtp+starttls://"),
        ("FUNNEL_BASE_URL", "https://", "write it like https://"),
        ("FUNNEL_BASE_URL", "https://[", "write it like https://"),
    ],
)
def test_an_address_of_another_kind_is_told_with_how_to_write_it(
    environment: pytest.MonkeyPatch, name: str, wrong: str, told: str
) -> None:
    environment.setenv(name, wrong)
    found = faults()
    assert found.keys() == {name}
    assert told in found[name]


def test_what_is_secret_is_not_repeated(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("FUNNEL_SMTP_URL", "http://user:hidden@relay.example")
    assert "hidden" not in str(faults())


@pytest.mark.parametrize(
    "url", ["sqlite:////srv/funnel.db", "postgresql://db/funnel", "postgresql+psycopg://db/funnel"]
)
def test_both_databases_may_be_named(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("FUNNEL_DATABASE_URL", url)
    assert read_settings().database_url == url


def test_a_demonstration_needs_nothing(environment: pytest.MonkeyPatch) -> None:
    for name in WHOLE:
        environment.delenv(name)
    assert Settings(mode="demo").demo


@pytest.mark.parametrize(
    "written, hosts",
    [
        ("127.0.0.1", ["127.0.0.1"]),
        (" crm.internal, 10.0.0.7 ,", ["crm.internal", "10.0.0.7"]),
        ('["crm.internal", "10.0.0.7"]', ["crm.internal", "10.0.0.7"]),
        ("", []),
    ],
)
def test_hosts_are_a_plain_list_or_json(environment: pytest.MonkeyPatch, written: str, hosts: list[str]) -> None:
    environment.setenv("FUNNEL_ALLOW_PRIVATE_HOSTS", written)
    assert read_settings().allow_private_hosts == hosts


def test_what_is_no_json_is_told_like_every_other_fault(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("FUNNEL_ALLOW_PRIVATE_HOSTS", '["crm.internal"')
    environment.setenv("FUNNEL_WEBHOOK_SECRETS", "crm=whsec_secret")
    environment.setenv("FUNNEL_SEND_WINDOW", "0")
    found = faults()
    assert found.keys() == {"FUNNEL_ALLOW_PRIVATE_HOSTS", "FUNNEL_WEBHOOK_SECRETS", "FUNNEL_SEND_WINDOW"}
    assert found["FUNNEL_ALLOW_PRIVATE_HOSTS"].startswith("write it as names separated by commas")
    assert found["FUNNEL_WEBHOOK_SECRETS"].startswith("write it as JSON: {")
    assert "whsec_secret" not in str(found)
    environment.setenv("FUNNEL_WEBHOOK_SECRETS", '{"crm": 7}')
    assert "FUNNEL_WEBHOOK_SECRETS" in faults()
    environment.setenv("FUNNEL_WEBHOOK_SECRETS", '{"crm": "whsec_x"}')
    assert "FUNNEL_WEBHOOK_SECRETS" not in faults()
