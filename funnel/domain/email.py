"""An e-mail template as its author writes it (`email.yaml`): its kind, purpose and preheader."""

from typing import Literal

from funnel.domain.model import Authored, Id, Text

EmailKind = Literal["asked", "marketing", "staff"]


class Email(Authored):
    """What stands beside `subject.<lang>.txt` and `body.<lang>.mjml`.

    `asked`: what a form, an answer or a booking asked for. `marketing`: needs the consent `purpose`, keeps to window
    and cap. `staff`: goes to the company's own people.
    """

    kind: EmailKind
    purpose: Id | None = None
    preheader: Text
