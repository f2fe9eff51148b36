"""An e-mail template as its author writes it (`email.yaml`): its kind, purpose, preheader, what to do when in doubt."""

from typing import Literal

from funnel.domain.company import Sender
from funnel.domain.model import Authored, Id, Text

EmailKind = Literal["asked", "marketing", "staff"]
InDoubt = Literal["park", "resend"]


class Email(Authored):
    """What stands beside `subject.<lang>.txt` and `body.<lang>.mjml`.

    `asked`: what a form, an answer or a booking asked for. `marketing`: needs the consent `purpose`, keeps to window
    and cap. `staff`: goes to the company's own people.
    """

    kind: EmailKind
    purpose: Id | None = None
    preheader: Text
    in_doubt: InDoubt | None = None
    sender: Sender | None = None

    @property
    def when_in_doubt(self) -> InDoubt:
        """Marketing is parked when nobody knows whether it left; what was asked for is sent again."""
        return self.in_doubt or ("park" if self.kind == "marketing" else "resend")
