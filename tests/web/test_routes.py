"""Rules that compile late write the very addresses that Werkzeug's own write."""

from werkzeug.routing import Map, Rule

from funnel.web.routes import LateRule
from tests.web.conftest import Town


def test_every_address_is_written_as_by_werkzeugs_own_rule(town: Town) -> None:
    rules = list(town.app.url_map.iter_rules())
    assert len(rules) > 100
    for late in rules:
        assert isinstance(late, LateRule)
        own = Rule(late.rule, endpoint=late.endpoint, defaults=late.defaults, methods=late.methods)
        Map([own])
        values = dict.fromkeys(late.arguments, "7")
        for asked in (values, {**values, "rule": "é &", "self": "1"}):
            for more in (False, True):
                assert late.build(asked, append_unknown=more) == own.build(asked, append_unknown=more), late.rule
