"""A diagnosis in words, the same for page, mail and dossier."""

from collections.abc import Mapping, Sequence
from typing import Any

from funnel.catalogue import Speech
from funnel.domain.diagnosis import Answer, diagnose
from funnel.domain.lead import AnswerSheet
from funnel.domain.model import in_language
from funnel.domain.questionnaire import Question, Questionnaire
from funnel.usecases.shelf import Published


def describe_results(questionnaire: Questionnaire, sheet: AnswerSheet, language: str) -> dict[str, Any]:
    """Title, share (per cent), band, themes with shares, the strongest and the weakest, up to three pieces of advice
    and their heading."""
    diagnosis = diagnose(questionnaire, sheet.values)
    titles = {theme.id: in_language(theme.title, language) for theme in questionnaire.themes}
    band = next((one for one in questionnaire.bands if one.id == diagnosis.band), None)

    def theme(name: str | None) -> dict[str, Any] | None:
        return {"title": titles[name], "share": diagnosis.themes[name]} if name else None

    return {
        "title": in_language(questionnaire.title, language),
        "share": diagnosis.share,
        "band_title": in_language(band.title, language) if band else "",
        "band_summary": in_language(band.summary, language) if band else "",
        "themes": [{"title": titles[name], "share": share} for name, share in diagnosis.themes.items()],
        "strongest": theme(diagnosis.strongest),
        "weakest": theme(diagnosis.weakest),
        "advice": [{"theme": titles[name], "text": in_language(text, language)} for name, text in diagnosis.advice],
        "advice_title": things_to_do(len(diagnosis.advice), language),
    }


def things_to_do(count: int, language: str) -> str:
    """The heading over that many pieces of advice."""
    say = Speech(language).gettext
    one, two, more = say("One thing to do next"), say("Two things to do next"), say("Three things to do next")
    return {1: one, 2: two}.get(count, more)


def describe_answers(questionnaire: Questionnaire, sheet: AnswerSheet, language: str) -> list[dict[str, Any]]:
    """Every answered question with its answer in words, and its theme's title."""
    titles = {theme.id: in_language(theme.title, language) for theme in questionnaire.themes}
    told = answers_in_words(questionnaire, sheet, language)
    return [
        {**told[question.id], "theme": titles.get(question.theme or "", "")}
        for question in questionnaire.questions
        if question.id in told
    ]


def answers_in_words(questionnaire: Questionnaire, sheet: AnswerSheet, language: str) -> dict[str, dict[str, str]]:
    """By question's id, what was asked and what was answered."""
    return {
        question.id: {
            "question": in_language(question.text, language),
            "answer": _in_words(question, sheet.values[question.id], language),
        }
        for question in questionnaire.questions
        if question.id in sheet.values
    }


def answer_told(published: Published, questionnaire: str, question: str, answer: Any, language: str) -> str:
    """A question with its answer in words; nothing for a question that is asked no more."""
    found = (bundle.questionnaires.get(questionnaire) for bundle in published.newest.values())
    known = next((one for sheet in found if sheet for one in sheet.questions if one.id == question), None)
    return f"{in_language(known.text, language)} {_in_words(known, answer, language)}" if known else ""


def _in_words(question: Question, answer: Answer, language: str) -> str:
    choices: Mapping[str, str] = {choice.id: in_language(choice.text, language) for choice in question.choices}
    if isinstance(answer, str) and choices:
        return choices.get(answer, answer)
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        return "; ".join(choices.get(one, one) for one in answer)
    if question.scale:
        return Speech(language).gettext("%(answer)s of %(most)s", answer=answer, most=question.scale.high)
    return f"{answer}\u00a0{in_language(question.unit, language)}" if question.unit else str(answer)
