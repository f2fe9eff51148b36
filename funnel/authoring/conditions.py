"""Conditions from Jinja's notation to our own typed tree, refused with the column when they do not hold together.

Jinja's lexer gives the tokens, with their columns; its syntax nodes have none, and its grammar is far wider than ours
(calls, arithmetic, filters), so the small grammar of conditions is read here from the tokens.
"""

from collections.abc import Iterable
from typing import NoReturn, cast

from funnel.authoring.hints import any_of, quote, suggest
from funnel.authoring.literals import KINDS, instead_of, text_of, value_of
from funnel.authoring.saying import NOTHING, Saying, say
from funnel.authoring.tokens import ConditionError, Token, tokens_of
from funnel.authoring.vocabulary import Declared, Vocabulary
from funnel.domain.conditions import Both, Compare, Condition, IsIn, Known, Name, Not, Operator, leaves

MAX_LENGTH = 1000
MAX_NESTING = 20

_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_FLIPPED: dict[str, Operator] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_WORDS = ("and", "or", "not", "in", "is", "true", "false", "True", "False", "none", "None", "if", "else")


def parse_condition(text: str, vocabulary: Vocabulary) -> Condition:
    """The tree of a condition whose every name is declared and compared with its own type; else `ConditionError`."""
    if len(text) > MAX_LENGTH:
        raise ConditionError(
            "bad-condition", say("the condition is longer than %(most)s characters", most=MAX_LENGTH), 0
        )
    return _Parser(tokens_of(text), vocabulary).whole()


def names_in(condition: Condition) -> Iterable[str]:
    """Every name that a condition looks at."""
    return (leaf.name.path for leaf in leaves(condition))


class _Parser:
    """`or` of `and` of `not` of comparisons, tests and parentheses."""

    def __init__(self, tokens: list[Token], vocabulary: Vocabulary) -> None:
        self._tokens = tokens
        self._vocabulary = vocabulary
        self._place = 0
        self._nesting = 0

    def whole(self) -> Condition:
        condition = self._either()
        if self._next.kind != "end":
            self._unexpected(self._next)
        return condition

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._next
        self._place += token.kind != "end"
        return token

    def _is(self, *texts: str) -> bool:
        return self._next.kind in ("name", "operator") and self._next.text in texts

    def _accept(self, text: str) -> bool:
        found = self._is(text)
        self._place += found
        return found

    def _either(self) -> Condition:
        left = self._all()
        while self._accept("or"):
            left = Both("or", left, self._all())
        return left

    def _all(self) -> Condition:
        left = self._denied()
        while self._accept("and"):
            left = Both("and", left, self._denied())
        return left

    def _denied(self) -> Condition:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise ConditionError(
                "bad-condition",
                say("nested more than %(most)s deep", most=MAX_NESTING),
                self._next.offset,
            )
        condition: Condition
        if self._accept("not"):
            condition = Not(self._denied())
        elif self._accept("("):
            condition = self._either()
            if not self._accept(")"):
                self._unexpected(self._next, say("close the parenthesis"))
        else:
            condition = self._comparison()
        self._nesting -= 1
        return condition

    def _comparison(self) -> Condition:
        start = self._next
        if start.kind == "literal" or self._is("-"):
            return self._literal_first(self._literal())
        name, declared = self._name()
        if self._accept("is"):
            return self._test(name)
        if self._is("in") or self._is("not"):
            return self._within(name, declared)
        if self._next.kind == "operator" and self._next.text in _COMPARISONS:
            how = cast(Operator, self._take().text)
            return self._compare(name, declared, how, self._literal())
        if self._is("+", "-", "*", "/", "//", "%", "**", "~"):
            raise ConditionError("bad-condition", say("conditions do no arithmetic"), self._next.offset)
        if self._is("("):
            raise ConditionError("bad-condition", say("conditions call nothing"), self._next.offset)
        if self._is("|"):
            raise ConditionError("bad-condition", say("conditions have no filters"), self._next.offset)
        if self._is("="):
            raise ConditionError("bad-condition", say("'=' compares nothing"), self._next.offset, say("write '=='"))
        if declared.type == "boolean":
            return Compare(name, "==", True)
        message = say("%(path)s %(kind)s, not a yes or no", path=repr(name.path), kind=KINDS[declared.type])
        raise ConditionError("type-mismatch", message, start.offset, say("compare it, or ask 'is known'"))

    def _literal_first(self, literal: Token) -> Condition:
        """`"vip" in tags`, `50 <= score`."""
        if self._is("in", "not"):
            denied = self._accept("not")
            if not self._accept("in"):
                self._unexpected(self._next, say("write 'in'"))
            start = self._next
            name, declared = self._name()
            if declared.type != "list":
                message = say("%(path)s %(kind)s, not a list", path=repr(name.path), kind=KINDS[declared.type])
                raise ConditionError("type-mismatch", message, start.offset, say("compare it by '=='"))
            found = IsIn(name, (text_of(literal, declared),))
            return Not(found) if denied else found
        if self._next.kind == "operator" and self._next.text in _COMPARISONS:
            how = _FLIPPED[self._take().text]
            name, declared = self._name()
            return self._compare(name, declared, how, literal)
        token = literal if self._next.kind == "end" else self._next
        return self._unexpected(token, say("begin with a name, like 'score >= 50'"))

    def _test(self, name: Name) -> Condition:
        denied = self._accept("not")
        token = self._take()
        if token.text not in ("known", "missing"):
            fix = suggest(token.text, ("known", "missing"))
            raise ConditionError("bad-condition", say("no test %(text)s", text=quote(token.text)), token.offset, fix)
        return Known(name, (token.text == "known") != denied)

    def _within(self, name: Name, declared: Declared) -> Condition:
        denied = self._accept("not")
        if not self._accept("in"):
            self._unexpected(self._next, say("write 'not in'"))
        opening = self._take()
        if opening.text not in ("[", "("):
            self._unexpected(opening, say('write a list, like ["a", "b"]'))
        closing = "]" if opening.text == "[" else ")"
        literals: list[str] = []
        while not self._accept(closing):
            literals.append(text_of(self._literal(), declared))
            if not self._is(closing) and not self._accept(","):
                self._unexpected(self._next, say("close the list with %(closing)s", closing=repr(closing)))
        if not literals:
            raise ConditionError("bad-condition", say("nothing is in an empty list"), opening.offset)
        if declared.type not in ("text", "list"):
            message = say("%(path)s %(kind)s; 'in' is for texts", path=repr(name.path), kind=KINDS[declared.type])
            raise ConditionError("type-mismatch", message, opening.offset)
        found = IsIn(name, tuple(literals))
        return Not(found) if denied else found

    def _compare(self, name: Name, declared: Declared, how: Operator, literal: Token) -> Condition:
        if self._next.kind == "operator" and self._next.text in _COMPARISONS:
            raise ConditionError(
                "bad-condition", say("one comparison at a time"), self._next.offset, say("join them by 'and'")
            )
        if how not in ("==", "!=") and declared.type == "text" and declared.values is not None:
            message = say("what %(path)s can be has no order", path=repr(name.path))
            fix = say(
                "name all that are meant: 'in [%(words)s]'", words=", ".join(f'"{one}"' for one in declared.values[:2])
            )
            raise ConditionError("type-mismatch", message, literal.offset, fix)
        return Compare(name, how, value_of(literal, name.path, declared, how))

    def _name(self) -> tuple[Name, Declared]:
        first = self._take()
        if first.kind != "name" or first.text in _WORDS:
            self._unexpected(first)
        parts = [first]
        while self._accept("."):
            part = self._take()
            if part.kind != "name":
                self._unexpected(part, say("a name follows a dot"))
            parts.append(part)
        path = ".".join(part.text for part in parts)
        declared = self._vocabulary.get(path)
        if declared is None:
            self._unknown(path, parts)
        return Name(path, declared.type), declared

    def _unknown(self, path: str, parts: list[Token]) -> NoReturn:
        """Point at the first part that nothing declares."""
        prefix = ""
        for part in parts:
            options = self._vocabulary.after(prefix)
            if not options:
                raise ConditionError(
                    "unknown-name", say("nothing follows %(prefix)s", prefix=repr(prefix)), part.offset
                )
            if part.text not in options:
                message = say("no name %(name)s", name=quote(part.text))
                if prefix:
                    message = say("no name %(name)s after %(prefix)s", name=quote(part.text), prefix=repr(prefix))
                raise ConditionError(
                    "unknown-name",
                    message,
                    part.offset,
                    suggest(part.text, options),
                )
            prefix = f"{prefix}.{part.text}" if prefix else part.text
        message = say("%(path)s is only the beginning of a name", path=repr(path))
        options = self._vocabulary.after(path)
        fix = (
            say("add %(words)s", words=any_of(options[:8]))
            if options
            else say("write it like '%(path)s.utm_source'", path=path)
        )
        raise ConditionError("unknown-name", message, parts[0].offset, fix)

    def _literal(self) -> Token:
        start = self._next.offset
        sign = -1 if self._accept("-") else 1
        token = self._take()
        if token.kind != "literal":
            self._unexpected(token, instead_of(token))
        if sign == 1:
            return token
        if isinstance(token.value, bool) or not isinstance(token.value, int | float):
            self._unexpected(token, say("a minus goes before a number"))
        return Token("literal", f"-{token.text}", start, -token.value)

    def _unexpected(self, token: Token, fix: Saying = NOTHING) -> NoReturn:
        unexpected = say("unexpected %(raw)s", raw=quote(token.text))
        what = say("the condition ends too early") if token.kind == "end" else unexpected
        raise ConditionError("bad-condition", what, token.offset, fix)
