"""Finds every place where a rule may fire, in one pass over the words with an index by first word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from humanize.rules.context import Context, Sentence
from humanize.rules.pack import Language
from humanize.rules.proposal import Proposal, proposal
from humanize.rules.render import render, with_articles
from humanize.rules.rule import Rule

TOKEN = re.compile(r"[^\W\d_]\w*(?:['’\-‐‑]\w+)*|[,;:.!—–]")
WORD = re.compile(r"\w")
STEM = re.compile(r"(?:ing|ed|es|s|e|ly)$")
PLAIN = frozenset(
    {
        "that",
        "this",
        "with",
        "from",
        "have",
        "been",
        "were",
        "they",
        "their",
        "which",
        "into",
        "some",
        "most",
        "many",
        "also",
        "more",
        "well",
        "make",
        "made",
    }
)
NEAR = 400
ENDING = re.compile(r"[ \n.!?\"'”’*_]{0,12}")


@dataclass(slots=True)
class Scanner:
    """Scans one text and remembers how often each rule has matched in it."""

    language: Language
    index: dict[str, tuple[Rule, ...]]
    context: Context
    match_counts: dict[str, int] = field(default_factory=dict)
    first_word: int = 0

    def proposals(self) -> Iterator[Proposal]:
        for number, sentence in enumerate(self.context.sentences):
            yield from self._sentence(number, sentence)

    def _sentence(self, number: int, sentence: Sentence) -> Iterator[Proposal]:
        first = WORD.search(self.context.text, sentence.start, sentence.end)
        self.first_word = first.start() if first else sentence.end
        for token in TOKEN.finditer(self.context.text, sentence.start, sentence.end):
            word = token.group().lower().replace("’", "'").replace("‑", "-")
            for rule in self.index.get(word, ()):
                found = self._try(rule, token.start(), sentence)
                if found is not None:
                    yield proposal(rule, found[0], found[1], found[2], number)

    def _try(self, rule: Rule, at: int, sentence: Sentence) -> tuple[int, int, str] | None:
        text = self.context.text
        match = rule.pattern.match(text, at, sentence.end)
        if match is None or not self._allowed(rule, match, sentence):
            return None
        count = self.match_counts.get(rule.source, 0)
        self.match_counts[rule.source] = count + 1
        if count < rule.skip or (rule.limit and count >= rule.skip + rule.limit):
            return None
        after = self._render(rule, match, sentence, count)
        return None if after is None else (match.start(), match.end(), after)

    def _allowed(self, rule: Rule, match: re.Match[str], sentence: Sentence) -> bool:
        if sentence.heading and not rule.headings:
            return False
        if not self.context.guard.free(match.start(), match.end()):
            return False
        return self._placed(rule, match, sentence) and self._fits(rule, match, sentence)

    def _placed(self, rule: Rule, match: re.Match[str], sentence: Sentence) -> bool:
        text = self.context.text
        first = match.start() <= self.first_word
        word = match.group()
        if rule.place == "start" and not first:
            return False
        if rule.place == "inside" and first:
            return False
        if rule.place == "end" and ENDING.fullmatch(text, match.end(), sentence.end) is None:
            return False
        if not first and word[0].isupper() and not re.match(r"I\b", word):
            return False
        if text.startswith(("'", "’"), match.end()):
            return False  # a possessive, or a word that is quoted by itself
        return not (word.isupper() and len(word) > 1)

    def _fits(self, rule: Rule, match: re.Match[str], sentence: Sentence) -> bool:
        text = self.context.text
        if rule.before or rule.not_before:
            left = text[max(sentence.start, match.start() - NEAR) : match.start()]
            if rule.before and not rule.before.search(left):
                return False
            if rule.not_before and rule.not_before.search(left):
                return False
        if rule.after and not rule.after.match(text, match.end(), sentence.end):
            return False
        if rule.not_after and rule.not_after.match(text, match.end(), sentence.end):
            return False
        return self._sized(rule, sentence)

    def _sized(self, rule: Rule, sentence: Sentence) -> bool:
        if rule.requires == "follows" and sentence.opens:
            return False
        if not rule.min_words and not rule.max_words:
            return True
        count = self.context.text.count(" ", sentence.start, sentence.end) + 1
        return count >= rule.min_words and (not rule.max_words or count <= rule.max_words)

    def _render(self, rule: Rule, match: re.Match[str], sentence: Sentence, count: int) -> str | None:
        text = self.context.text
        left = text[max(sentence.start, match.start() - NEAR) : match.start()]
        right = text[match.end() : min(sentence.end, match.end() + NEAR)]
        size = len(rule.replacements)
        for step in range(size):
            template = rule.replacements[(count + step) % size]
            after = render(rule, template, match, left, right, self.language.forms)
            if after is not None and self.context.language == "en":
                after = with_articles(after)
            if after is not None and (rule.echo or not _echoes(after, match.group(), left, right)):
                return after
        return None


def build_index(language: Language, register: str) -> dict[str, tuple[Rule, ...]]:
    index: dict[str, list[Rule]] = {}
    for rule in language.rules:
        if register in rule.strategies:
            for word in rule.firsts:
                index.setdefault(word, []).append(rule)
    return {word: tuple(rules) for word, rules in index.items()}


def _echoes(after: str, matched: str, left: str, right: str) -> bool:
    """Return whether the replacement would repeat a word that occurs close by."""
    old = _stems(matched)
    new = _stems(after) - old
    return bool(new) and not new.isdisjoint(_stems(left[-90:]) | _stems(right[:90]))


def _stems(text: str) -> set[str]:
    return {STEM.sub("", w) for w in re.findall(r"[a-z]{4,}", text.lower()) if w not in PLAIN}
