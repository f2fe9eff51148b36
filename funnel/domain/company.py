"""What all scenarios share: the company, its people, appointment types, words, rules (`company.yaml`)."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, StringConstraints

from funnel.domain.model import Authored, Id, Text, in_language
from funnel.domain.scoring.rules import Scoring, Threshold
from funnel.domain.spans import SpanText
from funnel.domain.suggestions import Suggestion

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
LocalTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Hours = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]$")]
DigestHour = Annotated[str, StringConstraints(pattern=r"^(never|([01][0-9]|2[0-3]):[0-5][0-9])$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Money = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,7}(\.[0-9]{2})?$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
"""A country, or a part of one (ISO 3166-2)."""
Site = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$", max_length=200)]
Role = Literal["rep", "marketer", "manager", "admin"]


class Brand(Authored):
    """The company's look on every prospect page and mail; contrast is checked."""

    primary: Colour
    accent: Colour


class Sender(Authored):
    """Who the mails come from."""

    name: str
    email: str


class Window(Authored):
    """When marketing mails leave, in the lead's zone (S144: weekdays 08:00-19:00)."""

    days: list[Weekday] = ["mon", "tue", "wed", "thu", "fri"]
    from_: LocalTime = Field(default="08:00", alias="from")
    to: LocalTime = "19:00"


class ConsentPurpose(Authored):
    """A purpose with the exact wording beside its box. With `double_opt_in` a tick counts only once she has confirmed
    it by a mail to her address."""

    text: Text
    double_opt_in: bool = False


class Absence(Authored):
    """Whole days away, both included (`2026-12-24`)."""

    from_: str = Field(alias="from")
    to: str


class User(Authored):
    """A member of staff. Availability is weekly, in the user's own zone (`mon: ["09:00-12:00"]`); `exceptions` are the
    hours of single dates, whatever the weekday or a public holiday says (`"2026-12-24": ["09:00-11:00"]`, none: `[]`).
    The first of the languages is that of her pages and mails."""

    id: Id
    name: str
    email: str
    role: Role
    team: Id | None = None
    zone: str | None = None
    languages: list[str] = []
    phone: str | None = None
    title: Text | None = None
    availability: dict[Weekday, list[Hours]] = {}
    exceptions: dict[str, list[Hours]] = {}
    absences: list[Absence] = []
    country: Country | None = None
    calendar: str | None = None
    digest: DigestHour | None = None


class Team(Authored):
    """A team that takes leads."""

    id: Id
    name: Text


class AppointmentType(Authored):
    """What can be booked. Minutes and buffers are multiples of 5 (the diary's cell). `where` is an address, or the link
    of a video call: it stands in the invitation, the mails and the pages; for the rep `where_for_staff`, if it is other
    words for them."""

    id: Id
    title: Text
    minutes: Annotated[int, Field(ge=5, le=480, multiple_of=5)]
    channel: Literal["phone", "video", "place"] = "phone"
    where: Text | None = None
    where_for_staff: Text | None = None
    who: Literal["team", "rep", "owner"] = "team"
    team: Id | None = None
    reps: list[Id] = []
    buffer_before: Annotated[int, Field(ge=0, le=120, multiple_of=5)] = 0
    buffer_after: Annotated[int, Field(ge=0, le=120, multiple_of=5)] = 0
    notice: SpanText = "4 hours"
    horizon: SpanText = "21 days"
    daily_maximum: Annotated[int, Field(ge=1, le=50)] | None = None
    hands_over: bool = True
    cancel_until: SpanText = "2 hours"
    move_until: SpanText = "2 hours"
    reminders: list[SpanText] = ["24 hours", "1 hour"]

    def place(self, language: str, *, staff: bool = False) -> str:
        """Where it is, as the lead or as staff is told; empty where nothing says it."""
        return in_language((self.where_for_staff if staff else None) or self.where, language)


class Cap(Authored):
    """At most so many marketing mails to a person over all scenarios (S84); what is over it waits, at most `hold`, and
    is then skipped."""

    mails: Annotated[int, Field(ge=1, le=50)] = 2
    per: SpanText = "1 week"
    hold: SpanText = "7 days"


class Costs(Authored):
    """What a rep's hour costs, and how long she needs to reach somebody once more who missed an appointment (S97)."""

    rep_hour: Money | None = None
    currency: Currency = "EUR"
    contact_minutes: Annotated[int, Field(ge=1, le=240)] = 6


class Segment(Authored):
    """Leads of whom a condition is true. `worked_by`: scenarios look after them (low stakes), or reps (S83)."""

    title: Text
    when: str
    worked_by: Literal["scenario", "rep"]


class Webhook(Authored):
    """Where a `webhook` step calls. The signing secret is `FUNNEL_WEBHOOK_SECRETS`' entry of this id."""

    id: Id
    title: Text | None = None
    url: str


class Utm(Authored):
    """What a link tells web statistics of itself (`utm_source` ...). Left out: the call to action's id, its kind as the
    medium, its scenario as the campaign."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None


CtaKind = Literal["article", "talk", "newsletter", "ad", "post"]


class CallToAction(Authored):
    """A place that brings people to a scenario's landing page (S119). Its id is the code of its short link
    (`/s/<id>`), which works for ever once published."""

    id: Id
    kind: CtaKind
    title: Text
    scenario: Id
    utm: Utm = Utm()


TrackingMode = Literal["none", "hygiene", "consented"]
Tracked = Literal["opens", "clicks", "visits"]

KEPT_AS: Mapping[str, Tracked] = {
    "email.opened": "opens",
    "link.clicked": "clicks",
    "page.visited": "visits",
    "visit.returned": "visits",
}
"""What is told of those alone who have agreed to it, by its event: the purpose for which it is kept."""


class Tracking(Authored):
    """What is kept of mails that are opened, links in them that are followed and pages that are visited, by those who
    have agreed to `visit_tracking`: `none`; `hygiene`, only the day of the last opening; `consented`, each time.
    `mode` is for all, `opens`, `clicks` and `visits` for one of them. `sites` are those whose pages are tracked,
    without them every site that loads the tracker. What nobody can call a person's or a machine's earns `nothing`, or
    after a day its `points`."""

    mode: TrackingMode = "consented"
    opens: TrackingMode | None = None
    clicks: Literal["none", "consented"] | None = None
    visits: Literal["none", "consented"] | None = None
    sites: list[Site] = []
    unsure_earns: Literal["nothing", "points"] = "nothing"

    def keeps(self, event: str) -> bool:
        """Whether each such event is told of those who have agreed to it; of what nobody has to agree to, it always
        is."""
        what = KEPT_AS.get(event)
        return what is None or self.of(what) == "consented"

    def of(self, what: Tracked) -> TrackingMode:
        """Which mode holds for one purpose: its own, else that of all; a last date there is of opens alone, so that
        `hygiene` for all keeps nothing of the others."""
        own: Mapping[Tracked, TrackingMode | None] = {
            "opens": self.opens,
            "clicks": self.clicks,
            "visits": self.visits,
        }
        rest: TrackingMode = "none" if self.mode == "hygiene" and what != "opens" else self.mode
        return own[what] or rest


class Company(Authored):
    """The whole of `company.yaml`."""

    name: str
    legal_name: str
    postal_address: list[str]
    website: str | None = None
    brand: Brand
    zone: str
    country: Country
    locales: Annotated[list[str], Field(min_length=1, max_length=50)]
    sender: Sender
    sending_window: Window = Window()
    proposing_hours: Hours = "08:00-20:00"
    cap: Cap = Cap()
    digest: DigestHour = "08:00"
    costs: Costs = Costs()
    asset_links_last: SpanText = "90 days"
    privacy_notice: Text
    privacy_contact: str
    consents: dict[Id, ConsentPurpose] = {}
    tracking: Tracking = Tracking()
    statuses: dict[Id, Text] = {}
    tags: dict[Id, list[Id]] = {}
    teams: Annotated[list[Team], Field(min_length=1)]
    users: Annotated[list[User], Field(min_length=1)]
    appointment_types: list[AppointmentType] = []
    segments: dict[Id, Segment] = {}
    suggestions: list[Suggestion] = []
    scoring: Scoring = Scoring()
    thresholds: list[Threshold] = []
    webhooks: list[Webhook] = []
    calls_to_action: list[CallToAction] = []

    _former: Mapping[str, str] = PrivateAttr(default_factory=dict)

    def knowing(self, former: Mapping[str, str]) -> "Company":
        """The same company, which knows the names of who has left: by id, as published last."""
        made = self.model_copy()
        made._former = former
        return made

    @property
    def reps(self) -> list[User]:
        """Those who meet leads."""
        return [one for one in self.users if one.role == "rep"]

    @property
    def ever(self) -> list[str]:
        """The ids of all members of staff, and of who has left."""
        return list(dict.fromkeys([*(one.id for one in self.users), *self._former]))

    @property
    def hands_over_by_score(self) -> bool:
        """Whether a threshold hands leads over."""
        return any(one.hand_over for one in self.thresholds)

    @property
    def starts_by_score(self) -> set[str]:
        """The scenarios that a threshold starts."""
        return {one.start for one in self.thresholds if one.start}

    @property
    def domain(self) -> str:
        """The domain of message and invitation ids (RFC 5322, RFC 5545): that of the sender's address."""
        return self.sender.email.rpartition("@")[2]

    def user(self, user_id: str | None) -> User | None:
        """A member of staff; none for who has left."""
        return next((one for one in self.users if one.id == user_id), None)

    def name_of(self, user_id: str | None) -> str:
        """The name of a member of staff, of who has left too; empty when nobody knows it."""
        user = self.user(user_id)
        return user.name if user else self._former.get(user_id or "", "")

    def called(self, user_id: str) -> str:
        """The same to be shown: the id where nobody knows the name."""
        return self.name_of(user_id) or user_id

    def user_of(self, email: str) -> User | None:
        """Who has this address; capitals do not matter."""
        return next((one for one in self.users if one.email.lower() == email.strip().lower()), None)

    def rep(self, user_id: str | None) -> User | None:
        """A member of staff who meets leads; none for who has left, or does so no more."""
        return next((one for one in self.reps if one.id == user_id), None)

    def appointment_type(self, type_id: str | None) -> AppointmentType | None:
        """A type; none for what is offered no more."""
        return next((one for one in self.appointment_types if one.id == type_id), None)

    def confirms(self, purpose: str) -> bool:
        """Whether a tick for a purpose is to be confirmed by mail before it counts (double opt-in)."""
        asked = self.consents.get(purpose)
        return asked is not None and asked.double_opt_in

    def title_of(self, type_id: str, language: str) -> str:
        """The title of an appointment type; its id when it is offered no more."""
        kind = self.appointment_type(type_id)
        return in_language(kind.title, language) if kind else type_id

    def suggestion(self, suggestion_id: str) -> Suggestion | None:
        """A suggestion; none for what is suggested no more."""
        return next((one for one in self.suggestions if one.id == suggestion_id), None)

    def webhook(self, webhook_id: str) -> Webhook | None:
        """A webhook, if there is such a one."""
        return next((one for one in self.webhooks if one.id == webhook_id), None)
