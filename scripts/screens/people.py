"""The people of the pictures: who they are, and how they go through the real pages in a browser of their own."""

import re
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page

LANDING = "/l/self-evaluation"
EBOOK = "/l/ebook"
WEBINAR = "/l/webinar"
TALK = "/l/conference"
BOOK = "form:has(#slot) .actions button"
ARTICLE = "/articles/three-inspiring-customer-experience-companies"


@dataclass(frozen=True)
class Visitor:
    """Someone who fills in the self-evaluation. `level` (0-1) says how good her company is by her answers."""

    name: str
    email: str
    level: float
    position: str = ""
    company: str = ""
    phone: str = ""
    agrees: bool = True
    horizon: str = ""
    note: str = ""
    language: str = "en"
    tracked: bool = False


LEA = Visitor(
    "Léa Martin",
    "lea.martin@ostrel.example",
    0.4,
    "Head of customer service",
    "Ostrel",
    "+33 6 12 34 56 78",
    horizon="this_quarter",
    note="Customers tell us the same thing three times. I would like that to end.",
    tracked=True,
)
LONG = Visitor(
    "Marie-Antoinette de la Rochefoucauld-Montmorency y Fernández de Córdoba",
    "marie-antoinette.de-la-rochefoucauld-montmorency@kundenzufriedenheitsmanagementgesellschaft.example",
    0.1,
    "Executive Vice President for Customer Experience, Loyalty, Service Design and Continuous Improvement (EMEA)",
    "Kundenzufriedenheitsmanagementgesellschaft & Söhne mbH, Niederlassung Südwestdeutschland",
    "+49 171 234 5678",
    horizon="this_quarter",
    note="We have eleven brands, nine countries and four systems that hold customers. " * 6,
)  # fmt: skip
JONAS = Visitor("Jonas Weber", "jonas.weber@halden.example", 0.6, "COO", "Halden Werkzeuge", horizon="this_year")
ANA = Visitor("Ana", "ana@solo.example", 0.9, agrees=False)
TYPO = Visitor("Paul Dubois", "paul.dubois@gmial.com", 0.5, agrees=False)
PRIYA = Visitor("Priya Raman", "priya@northwind.example", 0.3, "Operations", "Northwind", "+44 7700 900123",
                horizon="this_quarter")  # fmt: skip
OMAR = Visitor("Omar Haddad", "omar@atlas.example", 0.2, "Founder", "Atlas Mobilité", "+33 6 22 33 44 55",
               horizon="this_quarter")  # fmt: skip
INES = Visitor("Inès Carvalho", "ines@lume.example", 0.45, "CX lead", "Lume", horizon="this_quarter")
TOM = Visitor("Tom Okafor", "tom@brightside.example", 0.5, "Support manager", "Brightside", horizon="this_year")
CHLOE = Visitor("Chloé Lefèvre", "chloe@armor.example", 0.4, "Directrice de la relation client", "Armor Habitat",
                "+33 6 55 44 33 22", horizon="this_quarter", language="fr")  # fmt: skip
FRESH = Visitor("Nils Aalto", "nils@sampo.example", 0.4, "CX lead", "Sampo", "+358 40 123 4567")
EVA = Visitor("Eva Lindgren", "eva@fjallbacka.example", 0.5, "CX director", "Fjällbacka Hem")
NOOR = Visitor("Noor Jansen", "noor@polder.example", 0.6, "Service lead", "Polder", "+31 6 1234 5678")
CROWD = tuple(
    Visitor(
        name, f"{name.split()[0].lower()}@{company.lower()}.example", level, "", company, phone, True, "this_quarter"
    )
    for name, company, level, phone in (
        ("Ingrid Solberg", "Fjordline", 0.35, "+47 406 12 345"),
        ("Marco Bellini", "Trattore", 0.3, "+39 345 678 9012"),
        ("Sofia Lindqvist", "Norrsken", 0.4, "+46 70 123 45 67"),
        ("Hanna Novak", "Lipa", 0.45, "+386 31 234 567"),
        ("Pierre Legrand", "Armorique", 0.35, "+33 6 98 76 54 32"),
        ("Yuki Tanaka", "Hoshi", 0.4, "+81 90 1234 5678"),
    )
)

_ANSWER = """([level, horizon, note]) => {
  for (const group of document.querySelectorAll('fieldset.question')) {
    const inputs = [...group.querySelectorAll('input')];
    if (inputs[0].type === 'checkbox') {
      inputs.slice(0, Math.round(level * inputs.length)).forEach(one => one.checked = true);
      continue;
    }
    const wished = inputs.find(one => one.name === 'q_horizon' && one.value === horizon);
    (wished || inputs[Math.round(level * (inputs.length - 1))]).checked = true;
  }
  for (const field of document.querySelectorAll('.question textarea')) field.value = note;
  for (const field of document.querySelectorAll('.question input[inputmode=numeric]')) field.value = '24';
}"""


def press(page: Page, button: str) -> None:
    """Press it, and wait for the page that answers."""
    with page.expect_navigation():
        page.locator(button).first.click()


def answer_page(page: Page, who: Visitor) -> None:
    """Answer what the page asks, and go on."""
    page.evaluate(_ANSWER, [who.level, who.horizon, who.note])
    press(page, "button[value=next]")


def answer_all(page: Page, who: Visitor) -> None:
    """From the landing page to the details."""
    page.goto(f"/s/article-3-companies?lang={who.language}")
    answer_here(page, who)


def answer_here(page: Page, who: Visitor) -> None:
    """From a page of questions to what follows them."""
    for _ in range(20):
        if page.url.endswith(("/details", "/end")):
            return
        answer_page(page, who)
    raise AssertionError(f"the questionnaire does not end: {page.url}")


def fill_details(page: Page, who: Visitor) -> None:
    """Who she is."""
    for name in ("name", "email", "position", "company", "phone"):
        page.fill(f"#{name}", getattr(who, name))
    if who.agrees:
        page.check("[name=consent_follow_up_email]")
    if who.tracked:
        page.check("[name=consent_visit_tracking]")


def evaluate(context: BrowserContext, who: Visitor) -> None:
    """The whole self-evaluation, to the results page."""
    page = context.new_page()
    answer_all(page, who)
    fill_details(page, who)
    page.click("button[value=send]")
    page.wait_for_url("**/thanks")
    if who.tracked:
        page.wait_for_load_state("networkidle")  # the tracker says whose the browser is
    page.close()


def download(context: BrowserContext, who: Visitor, form: str = EBOOK) -> None:
    """The form of the ebook or the webinar, to the page that says what is on its way."""
    page = context.new_page()
    page.goto(f"{form}?utm_source=linkedin&lang={who.language}")
    fill_details(page, who)
    page.click("button[value=send]")
    page.wait_for_url("**/thanks")
    page.close()


def book(context: BrowserContext, path: str, phone: str = "", day: int = 0, time: int = 0) -> str:
    """Book the `time`-th slot of the `day`-th day; the path of the appointment's page."""
    page = context.new_page()
    page.goto(path)
    if day:
        page.goto(page.locator("a.day").nth(day).get_attribute("href") or path)
    page.locator("[name=slot]").nth(time).check(force=True)
    if phone and page.locator("#phone").count():
        page.fill("#phone", phone)
    page.click(BOOK)
    page.wait_for_url("**/appointment")
    found = page.url.split("/", 3)[3]
    page.close()
    return "/" + found


def log_in(context: BrowserContext, email: str, password: str) -> None:
    """A member of staff."""
    page = context.new_page()
    page.goto("/login")
    page.fill("#email", email)
    page.fill("#password", password)
    page.click("form[action='/login'] button")
    page.wait_for_url(re.compile(r"/(desk|studio)$"))
    page.close()
