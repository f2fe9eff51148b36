"""Her results as a PDF, behind the same private link as the page."""

from collections.abc import Callable

from funnel.ports import Printer
from funnel.usecases.diagnosis_paper import PAPER, diagnosis_data, keep_diagnosis
from funnel.usecases.house import House
from funnel.usecases.read_results import Results, read_results


def draw_results(house: House, text: str, speak: Callable[[str], str]) -> bytes:
    """What a private link opens, on paper, in the language that `speak` makes of her own. Drawing changes nothing."""
    spoken: list[str] = []

    def heard(own: str) -> str:
        spoken.append(speak(own))
        return spoken[-1]

    found = read_results(house, text, heard)
    return house.printer.draw(PAPER, results_data(found, spoken[-1], house.printer))


def results_data(found: Results, language: str, printer: Printer) -> dict[str, object]:
    """What the drawing of a results page is given."""
    said = {
        "propose": found.offer.id if found.offer else None,
        "links": {"book": found.book_url} if found.book_url and not found.booked else {},
    }
    kept = keep_diagnosis(found.company, found.lead, found.taken_at, language, said)
    return diagnosis_data(kept, found.results, found.company, language, printer.draws)
