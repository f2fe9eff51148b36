"""What is missing to a threshold, in words."""

from functools import reduce

from funnel.catalogue import Speech
from funnel.domain.model import in_language
from funnel.domain.scoring.ahead import NotYet, Way


def ahead_in_words(ahead: NotYet, speech: Speech) -> str:
    """`12 points short of 50. One of these would do: Booked a call; Read about prices, 2 times`."""
    say = speech.gettext

    def named(way: Way) -> str:
        title, times = in_language(way.rule.title, speech.language), way.times
        if way.other_days:
            return speech.ngettext("%(what)s, on another day", "%(what)s, on %(num)s other days", times, what=title)
        if times == 1:
            return title
        if way.on_days:
            return say("%(what)s, on %(number)s days", what=title, number=times)
        return say("%(what)s, %(number)s times", what=title, number=times)

    def either(one: str, other: str) -> str:
        return say("%(one)s; %(other)s", one=one, other=other)

    short = speech.ngettext(
        "%(num)s point short of %(threshold)s.",
        "%(num)s points short of %(threshold)s.",
        ahead.missing,
        threshold=ahead.threshold,
    )
    ways = reduce(either, [named(way) for way in ahead.ways] or [""])
    if len(ahead.ways) == 1:
        would = say("What would do: %(way)s", way=ways)
    elif ahead.ways:
        would = say("One of these would do: %(ways)s", ways=ways)
    elif ahead.together:
        would = say("All of these together would do: %(ways)s", ways=reduce(either, map(named, ahead.together)))
    elif not ahead.rules:
        would = say("Points come from the steps of scenarios.")
    elif ahead.unwatched:
        would = say("Nothing else can bring them.")
    else:
        would = say("No rule can bring them any more.")
    if not ahead.unwatched:
        return f"{short} {would}"
    unseen = say("What is opened, followed or looked at gives no points: this lead does not agree to its being kept.")
    return f"{short} {unseen} {would}"
