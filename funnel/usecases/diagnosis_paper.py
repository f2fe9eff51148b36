"""Her diagnosis on paper: what is kept to draw `diagnosis.pdf` again, and what its drawing is given."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from funnel.catalogue import Speech
from funnel.domain.company import Company, User
from funnel.domain.lead import Lead
from funnel.domain.model import in_language
from funnel.domain.timing import local_time, zone_of
from funnel.usecases.wording import day_in_words, describe_company

PAPER = "diagnosis"


def keep_diagnosis(
    company: Company, lead: Lead, completed_at: datetime, language: str, said: Mapping[str, Any]
) -> dict[str, Any]:
    """All that the drawing depends on beside the results and the company, as JSON: about 300 bytes. `said` is what the
    mail says: what it proposes (`propose`), and where to book it (`links.book`)."""
    book_url = said["links"].get("book")
    offer = company.appointment_type(said["propose"])
    zone = zone_of(lead.zone, None, company.zone)
    handoff = lead.handoff
    rep = company.user(handoff.rep) if handoff else None
    return {
        "name": lead.name,
        "first_name": (lead.name.split() or [""])[0],
        "company": lead.company or "",
        "taken_at": local_time(completed_at, zone).date().isoformat(),
        "contact": _contact(company, rep, language),
        "book_url": book_url,
        "minutes": offer.minutes if offer else None,
    }


def diagnosis_data(
    kept: Mapping[str, Any], results: Mapping[str, Any], company: Company, language: str, draws: Callable[[str], bool]
) -> dict[str, Any]:
    """What `Printer.draw` takes for this paper: the results as `describe_results` gives them, every text in words. Her
    name and her company's are left out where `Printer.draws` has no letters for them."""
    taken = datetime.fromisoformat(kept["taken_at"])
    return {
        "language": language,
        "company": describe_company(company),
        "results": dict(results),
        "taken": [taken.year, taken.month, taken.day],
        "contact": kept["contact"],
        "book_url": kept["book_url"],
        "words": _words(kept, results, taken, language, draws),
    }


def _contact(company: Company, rep: User | None, language: str) -> dict[str, str]:
    """Whom to turn to: the rep who looks after her, else the company."""
    if rep is None:
        return {"name": company.sender.name, "title": "", "phone": "", "email": company.sender.email}
    title = in_language(rep.title, language) if rep.title else ""
    return {"name": rep.name, "title": title, "phone": rep.phone or "", "email": rep.email}


def _words(
    kept: Mapping[str, Any], results: Mapping[str, Any], taken: datetime, language: str, draws: Callable[[str], bool]
) -> dict[str, str]:
    say = Speech(language).gettext
    day = day_in_words(taken, language, "long")
    names = [one for one in (kept["name"], kept["company"]) if one]
    whose = ", ".join(one for one in names if draws(one))
    name, band = kept["first_name"] if draws(kept["first_name"]) else "", results["band_title"]
    verdict = say("%(name)s, you are at “%(band)s”.", name=name, band=band) if name and band else band or name
    strongest, weakest = results["strongest"], results["weakest"]
    return {
        "document": f"{results['title']} {', '.join(names)}".strip(),
        "made_for": say("Made for %(name)s", name=whose) if whose else "",
        "kicker": f"{results['title']} · {day}",
        "verdict": verdict or results["title"],
        "out_of": say("out of 100"),
        "radar": say("Your profile by theme") + ": " + _figures(results),
        "build_on": say("What you can build on"),
        "gain": say("Where most is to be gained"),
        "strongest": say("%(share)s out of 100: your strongest theme.", share=strongest["share"]) if strongest else "",
        "weakest": say("%(share)s out of 100: start here.", share=weakest["share"]) if weakest else "",
        "themes": say("Theme by theme"),
        "theme": say("Theme"),
        "bar": say("Bar"),
        "share": say("Out of 100"),
        "advice": results["advice_title"],
        "next": say("Make these results a plan") if kept["book_url"] else say("Questions? We are glad to answer"),
        "offer": say(
            "In %(minutes)s minutes on the telephone, one of our consultants reads the results with you and names the"
            " first improvement worth making. It is free, and you leave with something written.",
            minutes=kept["minutes"],
        )
        if kept["minutes"]
        else "",
        "choose": say("Choose a time"),
        "page": say("Page {page} of {pages}"),
    }


def _figures(results: Mapping[str, Any]) -> str:
    return ", ".join(f"{one['title']} {one['share']}" for one in results["themes"])
