"""The pattern language of the packs, which is translated into regular expressions.

Words match as whole words in any case, and white space is flexible. `(a b|c)` is a choice, `x?` is optional,
`name=(…)` captures, `<v:use employ>` is any form of these verbs, `<macro>` is a named word class, and `/…/` is a plain
regular expression (`~/…/` without a space before it). The possible first words of a pattern make scanning fast.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from humanize.rules.forms import Forms
from humanize.rules.rule import PackError

TOKEN = re.compile(r"\s*(~?/(?:[^/\\]|\\.)+/|<[^>]+>|[A-Za-z]\w*=\(|[()|?]|[,;:.!–—&^$]|[\w'’-]+)")
PUNCTUATION = frozenset(",;:.!")
END = r"(?!['’\-]?\w)"
START = r"(?:(?<![\w'’\-])(?=\w)|(?=\W))"


@dataclass(frozen=True, slots=True)
class CompiledPattern:
    """A pattern as a regular expression.

    `firsts` holds its possible first words, or nothing if it may begin with anything; `verbs` the lemmas of each verb
    slot; `names` the names of its captures.
    """

    regex: str
    firsts: frozenset[str]
    verbs: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Node:
    regex: str
    firsts: frozenset[str] | None
    optional: bool = False
    glue: str = r"\s+"


class PatternParser:
    """Parses one pattern by recursive descent; use one instance per pattern."""

    def __init__(self, source: str, forms: Forms, macros: dict[str, str]) -> None:
        self._source = source
        self._forms = forms
        self._macros = macros
        self._tokens = _tokens(source)
        self._at = 0
        self._verbs: list[tuple[str, ...]] = []
        self._names: list[str] = []

    def compile(self) -> CompiledPattern:
        """Return the compiled pattern. Raises PackError if the pattern is invalid."""
        node = self._choice()
        if self._at != len(self._tokens):
            raise PackError(f"the brackets in {self._source!r} are not balanced")
        return CompiledPattern(node.regex, node.firsts or frozenset(), tuple(self._verbs), tuple(self._names))

    def _check(self, expression: str) -> None:
        try:
            re.compile(expression)
        except re.error as error:
            raise PackError(f"invalid regular expression {expression!r} in {self._source!r}: {error}") from error

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        piece = self._peek()
        self._at += 1
        return piece

    def _choice(self) -> _Node:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._take()
            branches.append(self._sequence())
        if len(branches) == 1:
            return branches[0]
        firsts: set[str] | None = set()
        for branch in branches:
            firsts = None if firsts is None or branch.firsts is None else firsts | branch.firsts
        return _Node(
            "(?:" + "|".join(b.regex for b in branches) + ")",
            None if firsts is None else frozenset(firsts),
            glue=branches[0].glue,
        )

    def _sequence(self) -> _Node:
        items: list[_Node] = []
        while self._peek() not in ("", "|", ")"):
            items.append(self._item())
        if all(item.optional for item in items):
            raise PackError(
                f"an alternative in {self._source!r} may match nothing; give it a word that is not optional"
            )
        return _Node(_join(items), _firsts(items), glue=items[0].glue)

    def _item(self) -> _Node:
        node = self._atom()
        if self._peek() == "?":
            self._take()
            node = _Node(node.regex, node.firsts, optional=True, glue=node.glue)
        return node

    def _atom(self) -> _Node:
        piece = self._take()
        if piece == "(" or piece.endswith("=("):
            return self._group(piece[:-2] if piece != "(" else "")
        if piece.startswith("<"):
            return self._macro(piece[1:-1])
        if piece.startswith(("/", "~/")):
            self._check(piece.strip("~")[1:-1])
        if piece.startswith("~/"):
            return _Node(f"(?:{piece[2:-1]})", None, glue="")
        if piece.startswith("/"):
            return _Node(f"(?:{piece[1:-1]})", None)
        if piece in PUNCTUATION:
            return _Node(re.escape(piece), frozenset({piece}), glue=r"\s*")
        if piece in "–—":
            return _Node(rf"{piece}\s*", frozenset({piece}), glue=r"\s*")
        return _word(piece)

    def _group(self, name: str) -> _Node:
        inner = self._choice()
        if self._take() != ")":
            raise PackError(f"a closing bracket is missing in {self._source!r}")
        if not name:
            return _Node(f"(?:{inner.regex})", inner.firsts, glue=inner.glue)
        if name in self._names:
            raise PackError(f"two captures named {name} in {self._source!r}")
        self._names.append(name)
        return _Node(f"(?P<{name}>{inner.regex})", inner.firsts, glue=inner.glue)

    def _macro(self, name: str) -> _Node:
        if name.startswith("v:"):
            return self._verb(tuple(name[2:].split()))
        if name not in self._macros:
            raise PackError(f"unknown word class <{name}> in {self._source!r}")
        inner = PatternParser(self._macros[name], self._forms, self._macros)
        node = inner._choice()
        return _Node(f"(?:{node.regex})", node.firsts, glue=node.glue)

    def _verb(self, lemmas: tuple[str, ...]) -> _Node:
        surfaces: list[str] = []
        for lemma in lemmas:
            verb = self._forms.get(lemma)
            if verb is None:
                raise PackError(
                    f"unknown verb {lemma!r} in {self._source!r}; run python -m humanize.rules.authoring.verb_forms"
                )
            surfaces.extend(verb.forms())
        self._verbs.append(lemmas)
        choice = "|".join(re.escape(s) for s in sorted(set(surfaces), key=len, reverse=True))
        return _Node(f"(?P<v{len(self._verbs)}>{choice}){END}", frozenset(surfaces))


def _tokens(source: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    while at < len(source.rstrip()):
        found = TOKEN.match(source, at)
        if found is None:
            raise PackError(f"cannot read {source[at : at + 20]!r} in {source!r}")
        tokens.append(found.group(1))
        at = found.end()
    return tokens


def _word(piece: str) -> _Node:
    if piece == "^" or piece == "$":
        return _Node(r"\A\W*" if piece == "^" else r"(?=\W*\Z)", None, glue="")
    regex = re.escape(piece).replace("'", "['’]").replace("\\-", "[-‐‑]")
    return _Node(regex + (END if piece[-1].isalnum() else ""), frozenset({piece.lower()}))


def _join(items: list[_Node]) -> str:
    out = ""
    lead = True
    for index, item in enumerate(items):
        rest_optional = all(other.optional for other in items[index + 1 :])
        if lead and item.optional and not rest_optional:
            out += f"(?:{item.regex}{_next_glue(items, index)})?"
            continue
        glue = "" if lead or items[index - 1].regex.endswith("*") else item.glue
        out += f"(?:{glue}{item.regex})?" if item.optional else glue + item.regex
        lead = False
    return out


def _next_glue(items: list[_Node], index: int) -> str:
    return items[index + 1].glue


def _firsts(items: list[_Node]) -> frozenset[str] | None:
    firsts: set[str] = set()
    for item in items:
        if item.firsts is None:
            return None
        firsts |= item.firsts
        if not item.optional:
            break
    return frozenset(firsts)
