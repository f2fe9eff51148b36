"""The forms with fixed fields: what a browser sent, without outer space, cut where nobody writes any more.

A form only shapes: the use cases judge, and what they refuse is put on the form's fields, where pages find it. A text
is cut above the use case's own limit wherever that one refuses what is too long, and at it where that one cuts too.
The token against forged posts is checked for the whole application (`funnel.web.csrf`), so no form carries a second.
The questions of a questionnaire come from files and are read by the domain.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from flask import request
from wtforms import BooleanField, Form, IntegerField, PasswordField, StringField, TextAreaField, ValidationError

from funnel.domain.contact import LONGEST_EMAIL
from funnel.usecases.answer_handoff import LONGEST_BECAUSE, LONGEST_REASON
from funnel.usecases.call_list import LONGEST_NOTE
from funnel.usecases.change_appointment import LONGEST_REASON as LONGEST_WHY
from funnel.usecases.note_reply import LONGEST_REPLY
from funnel.usecases.submit_form import LIMITS
from funnel.web.routes import an_id
from funnel.web.speech import _

CONSENT = "consent_"
"""Before a purpose in the names of boxes."""
OPTIONAL = ("position", "company", "phone")
"""The details that a scenario's form may ask for or not."""

_LONGEST_ONCE = 64
_LONGEST_ZONE = 64
_LONGEST_INSTANT = 64
_LONGEST_SPAN = 100
_LONGEST_PATH = 2_000
_LONGEST_TABLE = 262_144
_SEEN_AS_TOO_LONG = 8
"""How many times its limit a text may be before it is cut: longer than what is refused, and shown to her again."""


class PostedForm(Form):  # type: ignore[misc]  # WTForms has no types
    """A form as a request brought it."""

    @classmethod
    def read(cls, **before: Any) -> Self:
        """What was posted; a field that was not keeps what stood in it `before`. Where anything was posted, a box that
        was not is unticked."""
        return cls(request.form or None, data=before)

    def refuse(self, texts: Mapping[str, str]) -> None:
        """Put what is wrong, in words, on the fields."""
        for name, text in texts.items():
            self[name].errors = [*self[name].errors, text]

    @property
    def wrong(self) -> dict[str, str]:
        """What is wrong first with each field, in the fields' order."""
        return {field.name: field.errors[0] for field in self if field.errors}


class Tick(BooleanField):  # type: ignore[misc]  # WTForms has no types
    """A box: ticked when it says `yes`, and by nothing else, since consent hangs on it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """True or false."""
        self.data = valuelist[:1] == ["yes"]


class IdField(IntegerField):  # type: ignore[misc]  # WTForms has no types
    """The number of something that the database knows; none when none was posted, or what is no such number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """`ValueError`, which WTForms keeps as the field's error, for what is no id."""
        text = "".join(valuelist[:1]).strip()
        self.data = an_id(text) if text else None


def _text(most: int, kind: type = StringField, *, default: str | None = "") -> Any:
    """A field of text: stripped, at most so many characters, `default` when it was not posted."""

    def shaped(text: str | None) -> str | None:
        return None if text is None else text.strip()[:most]

    return kind(default=default, filters=[shaped])


class LoginForm(PostedForm):
    """Staff: the address, the password as it was typed, and where to go on."""

    email = _text(LONGEST_EMAIL * _SEEN_AS_TOO_LONG)
    password = PasswordField(default="")
    next = _text(_LONGEST_PATH)


class PasswordForm(PostedForm):
    """A first password, typed twice the same way."""

    password = PasswordField(default="")
    again = PasswordField(default="")

    def validate_again(self, field: Any) -> None:
        """Two passwords are the page's own matter: the use case is given one."""
        if field.data != self.password.data:
            raise ValidationError(_("The two are not the same. Type it twice, the same way."))


class ReturnForm(PostedForm):
    """A handoff goes back: why, whether for good, and the lead on whose page the form stood."""

    reason = _text(LONGEST_REASON, TextAreaField)
    disqualified = Tick()
    lead = IdField()


class HandOverForm(PostedForm):
    """A lead is handed over by hand: why now."""

    because = _text(LONGEST_BECAUSE, TextAreaField)


class ReplyForm(PostedForm):
    """She has written back: what, if anything is to be remembered."""

    said = _text(LONGEST_REPLY, TextAreaField)


class CallForm(PostedForm):
    """A call of the call list was made: what came of it, when to call again, what to remember; `tries` before it, so
    that a second press counts no second call."""

    tries = _text(_LONGEST_SPAN)
    outcome = _text(_LONGEST_SPAN)
    again = _text(_LONGEST_SPAN, default="tomorrow")
    note = _text(LONGEST_NOTE, TextAreaField)


class TableForm(PostedForm):
    """A table of outcomes: its lines, where they came without a file, and whether they are to be taken."""

    table = _text(_LONGEST_TABLE, TextAreaField)
    do = _text(_LONGEST_SPAN)


class TagForm(PostedForm):
    """A tag that is put on a lead or taken off."""

    tag = _text(_LONGEST_ONCE)


class StartForm(PostedForm):
    """A scenario that is started for a lead."""

    scenario = _text(_LONGEST_ONCE)


class AnswerForm(PostedForm):
    """Which of two buttons was pressed about what is suggested."""

    answer = _text(_LONGEST_ONCE)


class ClockForm(PostedForm):
    """Business time moves on by a span, or to an instant; none for what was not said."""

    advance = _text(_LONGEST_SPAN, default=None)
    to = _text(_LONGEST_INSTANT, default=None)


class OwnDetailsForm(PostedForm):
    """What she changes on her own page."""

    name = _text(LIMITS["name"] * _SEEN_AS_TOO_LONG)
    position = _text(LIMITS["position"] * _SEEN_AS_TOO_LONG)
    company = _text(LIMITS["company"] * _SEEN_AS_TOO_LONG)
    phone = _text(LIMITS["phone"] * _SEEN_AS_TOO_LONG)


class DetailsForm(PostedForm):
    """Who she is; `details_form` adds the boxes of the form's purposes."""

    name = _text(LIMITS["name"] * _SEEN_AS_TOO_LONG)
    email = _text(LONGEST_EMAIL * _SEEN_AS_TOO_LONG)
    position = _text(LIMITS["position"] * _SEEN_AS_TOO_LONG)
    company = _text(LIMITS["company"] * _SEEN_AS_TOO_LONG)
    phone = _text(LIMITS["phone"] * _SEEN_AS_TOO_LONG)
    zone = _text(_LONGEST_ZONE)
    once = _text(_LONGEST_ONCE)
    go = StringField(default="")

    @property
    def typed(self) -> dict[str, str]:
        """What she wrote about herself."""
        return {name: self[name].data for name in ("name", "email", *OPTIONAL)}

    @property
    def ticked(self) -> frozenset[str]:
        """The purposes whose box she ticked."""
        boxes = (field.name for field in self if isinstance(field, Tick) and field.data)
        return frozenset(name.removeprefix(CONSENT) for name in boxes)


def details_form(purposes: Iterable[str]) -> type[DetailsForm]:
    """The details with a box for each purpose, since those stand in files."""

    class WithConsents(DetailsForm):
        pass

    for purpose in purposes:
        setattr(WithConsents, CONSENT + purpose, Tick())
    return WithConsents


class AddressForm(PostedForm):
    """The address, written anew."""

    email = _text(LONGEST_EMAIL * _SEEN_AS_TOO_LONG)


class BookingForm(PostedForm):
    """A slot by the instant at which it starts, the number to call, and her zone; `proposed` when it came from the page
    of a time that a mail proposed."""

    slot = _text(_LONGEST_INSTANT)
    phone = _text(LIMITS["phone"] * _SEEN_AS_TOO_LONG)
    zone = _text(_LONGEST_ZONE)
    once = _text(_LONGEST_ONCE)
    proposed = Tick()


class FollowUpForm(PostedForm):
    """What is to follow her answers, and the number to call."""

    follow_up = _text(_LONGEST_ONCE)
    phone = _text(LIMITS["phone"] * _SEEN_AS_TOO_LONG)
    go = StringField(default="")

    @property
    def kept(self) -> dict[str, str]:
        """What is kept while she goes back, as `read` takes it."""
        return {"follow_up": self.follow_up.data, "phone": self.phone.data}


class MoveForm(PostedForm):
    """The instant at which an appointment is to start then."""

    slot = _text(_LONGEST_INSTANT)
    once = _text(_LONGEST_ONCE)


class SetForm(PostedForm):
    """An appointment that the staff sets: its instant, and the number to call where none is known."""

    slot = _text(_LONGEST_INSTANT)
    phone = _text(LIMITS["phone"] * _SEEN_AS_TOO_LONG)
    once = _text(_LONGEST_ONCE)


class ChangeForm(PostedForm):
    """An appointment that the staff moves (`slot`: the instant) or cancels, and why: the lead reads it."""

    slot = _text(_LONGEST_INSTANT)
    reason = _text(LONGEST_WHY, TextAreaField)
    once = _text(_LONGEST_ONCE)


class GiveForm(PostedForm):
    """Who takes over appointments that were left behind, and which one (none: all)."""

    to = _text(_LONGEST_ONCE)
    appointment = IdField()
