"""What every page keeps to: it renders whatever the data, carries no inline code, reads well, and is light."""

import hashlib
import re
from html.parser import HTMLParser

import pytest
import yaml

from funnel.authoring.load import load_folder
from funnel.delivery import templates
from funnel.domain.email import Email
from funnel.web import looks
from funnel.web.assets import packed
from funnel.web.tracking.script import tracker
from tests.looks import preview, samples, samples_staff

STATIC = preview.WEB / "static"
TEXT_PAIRS = [
    ("--ink", ("--ground", "--surface", "--sunken", "--brand-tint")),
    ("--quiet", ("--ground", "--surface", "--sunken")),
    ("--brand-ink", ("--ground", "--surface", "--brand-tint")),
    ("--on-brand", ("--brand",)),
    ("--ok-ink", ("--ok-tint", "--surface")),
    ("--warn-ink", ("--warn-tint", "--surface")),
    ("--bad-ink", ("--bad-tint", "--surface", "--ground")),
    ("--info-ink", ("--info-tint", "--surface")),
    ("--on-strip", ("--strip",)),
]
EDGE_PAIRS = [("--edge", ("--ground", "--surface")), ("--accent", ("--surface", "--ground")), ("--bad", ("--surface",))]
FIRST_LOAD = 60 * 1024


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    """Every page and mail, drawn once."""
    return dict(preview.every_page())


class Page(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.tags.append((tag, dict(attrs)))


def pages_of(drawn: dict[str, str]) -> dict[str, Page]:
    """The pages, without the mails (whose style is inline by trade)."""
    return {name: Page(text) for name, text in drawn.items() if not name.startswith("mail.")}


def palettes(extra: str = "") -> list[dict[str, str]]:
    """The tokens in light and in dark, as the style sheets give them."""
    css = (STATIC / "tokens.css").read_text()
    both = []
    for part in ("light", "dark"):
        found: dict[str, str] = {}
        for sheet in (css, extra):
            light, _, dark = sheet.partition("prefers-color-scheme")
            for half in (light, dark) if part == "dark" else (light,):
                found |= dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{6})\b", half))
        both.append(found)
    return both


def test_every_template_renders_empty_full_and_failing(drawn: dict[str, str]) -> None:
    states: dict[str, set[str]] = {}
    for template, state, _ in [*samples.pages(), *samples_staff.pages()]:
        states.setdefault(template, set()).add(state)
    whole = {path.name for path in (preview.WEB / "templates").glob("*.html") if not path.name.startswith("_")}
    # The studio is drawn from a real house: tests/web/studio, tests/browser/test_studio.py, scripts/screens.
    studio = {name for name in whole if name.startswith("studio")}
    assert set(states) == whole - {"prospect_base.html", "staff_base.html"} - studio
    assert all(len(found) >= 3 for found in states.values())
    assert all("</html>" in text for text in drawn.values())


def test_no_page_carries_inline_style_or_script(drawn: dict[str, str]) -> None:
    for name, page in pages_of(drawn).items():
        for tag, attributes in page.tags:
            assert tag != "style", name
            assert tag != "script" or (attributes.get("src") or "").startswith(("/static/", "/t.js")), name
            assert not [key for key in attributes if key == "style" or key.startswith("on")], (name, tag)


def test_nothing_is_fetched_from_elsewhere(drawn: dict[str, str]) -> None:
    for name, page in pages_of(drawn).items():
        for tag, attributes in page.tags:
            fetched = tag == "link" and attributes.get("rel") != "alternate"
            address = attributes.get("href") if fetched else attributes.get("src")
            assert address is None or address.startswith("/"), (name, tag, address)


def test_every_field_has_a_label_and_every_id_is_unique(drawn: dict[str, str]) -> None:
    for name, page in pages_of(drawn).items():
        ids = [attributes["id"] or "" for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids)), (name, sorted(i for i in ids if ids.count(i) > 1))
        labelled = {attributes.get("for") for tag, attributes in page.tags if tag == "label"}
        for tag, attributes in page.tags:
            typed = "hidden" not in attributes and (
                tag in ("textarea", "select")
                or (tag == "input" and attributes.get("type") not in ("hidden", "radio", "checkbox"))
            )
            assert not typed or attributes.get("id") in labelled, (name, attributes)
            for described in (attributes.get("aria-describedby") or "").split():
                assert described in ids, (name, described)


def test_what_was_typed_comes_back_with_the_error_beside_it(drawn: dict[str, str]) -> None:
    failing = drawn["details.failing"]
    assert 'value="lea@"' in failing
    assert 'id="email-error"' in failing
    assert 'href="#email"' in failing
    assert drawn["questionnaire.failing"].count(" checked") == 2


def test_consent_boxes_are_unticked_and_never_required(drawn: dict[str, str]) -> None:
    boxes = [a for tag, a in Page(drawn["details.empty"]).tags if (a.get("name") or "").startswith("consent_")]
    assert len(boxes) == 2
    assert not any("checked" in box or "required" in box for box in boxes)


@pytest.mark.parametrize(
    "brand",
    [
        None,
        ("#0b5d4e", "#e2711d"),
        ("#ffe100", "#ff0000"),
        ("#000000", "#ffffff"),
        ("#ffffff", "#000000"),
        ("#7f7f7f", "#7f7f7f"),
    ],
)
def test_text_reads_in_light_and_dark_whatever_the_brand(brand: tuple[str, str] | None) -> None:
    for palette in palettes(looks.brand_css(*brand) if brand else ""):
        for pairs, least in ((TEXT_PAIRS, 4.5), (EDGE_PAIRS, 3.0)):
            for front, backs in pairs:
                for back in backs:
                    ratio = looks.contrast(looks.rgb(palette[front]), looks.rgb(palette[back]))
                    assert ratio >= least, f"{front} on {back}: {ratio:.2f}"


def test_the_brand_s_button_in_mails_reads_in_white() -> None:
    assert looks.contrast(looks.rgb(samples.COMPANY.brand.primary), looks.WHITE) >= 4.5


def test_the_first_load_of_a_page_stays_under_60_kb(drawn: dict[str, str]) -> None:
    font = sum(path.stat().st_size for path in (STATIC / "vendor").glob("*.woff2"))
    size = {path.name: len(packed(path.name)) for path in STATIC.glob("*.*")}  # as they are sent
    brand = len(looks.brand_css("#0b5d4e", "#e2711d"))
    size["t.js"] = len(tracker(("www.example.com",))[1])
    prospect = font + size["tokens.css"] + size["prospect.css"] + size["prospect.js"] + size["icon.svg"] + brand
    staff = font + size["tokens.css"] + size["staff.css"] + size["staff.js"] + size["icon.svg"]
    for name, text in drawn.items():
        if name.startswith("mail."):
            continue
        more = ("studio.css", "graph.css", "diary.css", "times.css", "mailbox.css", "t.js")
        own = sum(size[sheet] for sheet in more if sheet in text)
        assert len(text.encode()) + own + (staff if "staff.css" in text else prospect) < FIRST_LOAD, name


def test_vendored_files_are_the_ones_written_down() -> None:
    notes = (STATIC / "vendor" / "README.md").read_text()
    for path in (STATIC / "vendor").glob("*.woff2"):
        assert path.name in notes
        assert hashlib.sha256(path.read_bytes()).hexdigest() in notes


def test_a_radar_stays_within_its_frame_and_marks_the_weakest() -> None:
    radar = looks.radar_of(samples.THEMES)
    assert [corner.share for corner in radar.corners if corner.lowest] == [28]
    assert all(0 <= corner.x <= radar.width and 0 <= corner.y <= radar.height for corner in radar.corners)
    assert all(len(corner.lines) <= 2 for corner in radar.corners)


def test_every_mail_compiles_and_says_who_sends_it(drawn: dict[str, str]) -> None:
    files = preview.mail_files()
    messages = {path.split("/", 1)[1].rsplit("/", 1)[0] for path in files if path.endswith("email.yaml")}
    assert len(messages) >= 12
    for message in messages:
        assert templates.problems(files, message, "en") == []
        settings = Email.model_validate(yaml.safe_load(files[f"email_templates/{message}/email.yaml"]))
        assert (settings.purpose is not None) == (settings.kind == "marketing")
    for name, text in drawn.items():
        if name.startswith("mail."):
            assert samples.COMPANY.legal_name.replace("&", "&amp;") in text, name
            assert len(text.encode()) < 100_000, f"{name} would be clipped"


def test_marketing_mail_offers_to_stop_and_no_other_does(drawn: dict[str, str]) -> None:
    for name, text in drawn.items():
        if name.startswith("mail."):
            folder = samples.ROOT / "email_templates" / "/".join(name.split(".")[1:3])
            marketing = "kind: marketing" in (folder / "email.yaml").read_text()
            assert ("Stop these e-mails" in text or "Arrêter ces e-mails" in text) == marketing, name


def test_advice_stands_in_the_mails_as_words(drawn: dict[str, str]) -> None:
    for name in ("mail.self_evaluation.summary_and_meeting.full", "mail.self_evaluation.reminder.full"):
        assert "Listening: ask one open question" in drawn[name]
        assert "{&#39;" not in drawn[name]


def test_the_shipped_scenario_is_valid_and_names_files_that_are_there() -> None:
    scenario = load_folder(samples.ROOT).bundles["self_evaluation"].scenario
    assert scenario.form is not None
    assert (samples.ROOT / f"landing_pages/self_evaluation/{scenario.form.page}.html").is_file()
    assert len(samples.SHEET.questions) >= 12
    assert len(samples.SHEET.themes) == 5
    assert len(samples.SHEET.bands) == 4
    assert sum(question.asked_when is not None for question in samples.SHEET.questions) == 1
