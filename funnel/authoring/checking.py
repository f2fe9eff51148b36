"""What holds between the files of a home: what scenarios name is there, and no two files contradict one another."""

from funnel.authoring.bundle import COMPANY_FILE
from funnel.authoring.home import Home
from funnel.authoring.layout import SCENARIO
from funnel.authoring.rules.across import across_problems
from funnel.authoring.rules.expectations import expectation_problems
from funnel.authoring.rules.scenario import scenario_problems
from funnel.authoring.sources import Sources


def check_all(sources: Sources) -> None:
    """What scenarios name, against what is there; then what no file can tell by itself."""
    known = None if sources.lost & {"tags", "locales", "appointment_types"} else sources.known
    for name, scenario in sources.scenarios.items():
        file, around = f"scenarios/{name}.yaml", sources.around(name)
        sources.note(file, scenario_problems(scenario, around))
        expected = expectation_problems(scenario, around.emails, sources.questionnaires, known, around.links)
        sources.note(file, expected)
    sources.findings += across_problems(_home(sources))


def _home(sources: Sources) -> Home:
    return Home(
        files=sources.files,
        company=sources.known,
        lost=sources.lost,
        scenarios=sources.scenarios,
        programs={name: program for name, (program, _) in sources.programs.items()},
        questionnaires=sources.questionnaires,
        emails=sources.emails,
        rulebook=sources.rulebook,
        segments=sources.segments,
        suggestions=sources.suggestions,
        documents=sources.documents,
        names=frozenset(name for file, name in sources.named(SCENARIO) if file != COMPANY_FILE),
        bases=sources.bases,
        findings=tuple(sources.findings),
        tree=sources.tree,
    )
