"""What a browser sent becomes a form: shaped, never judged."""

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict

from funnel.usecases.submit_form import LIMITS
from funnel.web.forms import BookingForm, ClockForm, DetailsForm, LoginForm, PasswordForm, ReturnForm, details_form


@pytest.fixture
def app() -> Flask:
    """The least that a request needs."""
    app = Flask(__name__)
    Babel(app)
    return app


def posted(*pairs: tuple[str, str]) -> MultiDict[str, str]:
    """A form's body."""
    return MultiDict(pairs)


def test_outer_space_goes_but_a_password_stays_as_it_was_typed(app: Flask) -> None:
    with app.test_request_context(method="POST", data=posted(("email", " lea@x.example\n"), ("password", " a b "))):
        form = LoginForm.read(next="/desk")
    assert form.data == {"email": "lea@x.example", "password": " a b ", "next": "/desk"}


@pytest.mark.parametrize("value, ticked", [("yes", True), ("no", False), ("on", False), ("", False)])
def test_a_consent_is_given_by_yes_and_by_nothing_else(app: Flask, value: str, ticked: bool) -> None:
    with app.test_request_context(method="POST", data={"consent_news": value, "consent_unknown": "yes"}):
        form = details_form(["news", "visits"]).read()
    assert form.ticked == ({"news"} if ticked else set())


def test_the_boxes_of_one_form_are_not_in_another() -> None:
    details_form(["news"])
    assert "consent_news" not in DetailsForm()


def test_what_is_too_long_still_is_when_it_was_cut(app: Flask) -> None:
    with app.test_request_context(method="POST", data=dict.fromkeys(LIMITS, "x" * 100_000)):
        form = DetailsForm.read()
    assert all(LIMITS[name] < len(form[name].data) < 2_000 for name in LIMITS)


def test_what_was_refused_stands_on_its_field_in_the_fields_order() -> None:
    form = BookingForm()
    form.refuse({"phone": "Which number?", "slot": "Which time?"})
    form.refuse({"phone": "Again."})
    assert list(form.wrong.items()) == [("slot", "Which time?"), ("phone", "Which number?")]
    assert list(form.phone.errors) == ["Which number?", "Again."]


def test_two_passwords_that_differ_are_refused(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"password": "a long sentence", "again": "a long sentence "}):
        form = PasswordForm.read()
        assert not form.validate()
    assert list(form.wrong) == ["again"]


def test_a_clock_that_was_told_nothing_is_told_nothing(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"to": " 2026-06-18T07:30:00Z "}):
        assert ClockForm.read().data == {"advance": None, "to": "2026-06-18T07:30:00Z"}


@pytest.mark.parametrize("number", ["x1", "-1", str(2**63), "9" * 25, "9" * 5_000])
def test_a_number_that_no_database_gives_is_none(app: Flask, number: str) -> None:
    with app.test_request_context(method="POST", data={"reason": "no budget", "lead": number}):
        form = ReturnForm.read()
    assert (form.reason.data, form.disqualified.data, form.lead.data) == ("no budget", False, None)


def test_the_highest_number_is_one(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"lead": f" {2**63 - 1}"}):
        assert ReturnForm.read().lead.data == 2**63 - 1
