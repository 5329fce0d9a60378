"""Moves a text from one register to another: contractions, and the words that belong to one register alone.

Words change only where the writer chose the register. Contractions are also written out in academic and impersonal
texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from humanize.options import Register
from humanize.rules.context import Context, Sentence
from humanize.rules.english.clause import is_participle
from humanize.rules.english.register_words import ACADEMIC, CASUAL, PROFESSIONAL
from humanize.rules.proposal import Proposal

_THEME = "rules/register"
_REASONS: dict[Register, str] = {
    "casual": "The everyday word, as people say it.",
    "professional": "A neutral word suits a professional text.",
    "academic": "A formal word suits an academic text.",
}
_SHORTER = "Spoken English contracts this."
_LONGER = "Formal prose writes it out."
_IMPERSONAL = "Impersonal prose usually writes it out."

_NEGATED = "do|does|did|is|are|was|were|has|have|had|would|could|should"
_LONG = re.compile(
    rf"\b(?:(?P<aux>{_NEGATED}) not|(?P<can>cannot|can not)|(?P<will>will not)"
    r"|(?P<am>I) am|(?P<are>you|we|they) are(?! not\b)|(?P<is>he|she|it|that|there) is(?! not\b)"
    r"|(?P<have>I|you|we|they) have(?! not\b)|(?P<shall>I|you|we|they|he|she) will(?! not\b))(?P<next> [a-z]\w*)",
    re.IGNORECASE,
)
_SHORT = re.compile(
    rf"\b(?:(?P<aux>{_NEGATED})n['’]t|(?P<cant>can['’]t)|(?P<wont>won['’]t)|(?P<am>I)['’]m|(?P<are>you|we|they)['’]re"
    r"|(?P<is>he|she|it|that|there)['’]s|(?P<have>I|you|we|they)['’]ve|(?P<shall>I|you|we|they|he|she|it)['’]ll)"
    r"(?![\w'’])(?P<next>(?:\s\w+){1,5})?",
    re.IGNORECASE,
)
# "how big it is today", "what they are for", "more than we have": a form at the end of such a clause is stressed.
_STRESSED = re.compile(r"\b(?:how|what|where|who|whatever|wherever|than|as)\b[^,;:.]*$", re.IGNORECASE)
_CHOICE = re.compile(r"(?:\b(?:or|whether|why)|,)\s*$", re.IGNORECASE)
_NOT_ALONE = frozenset("only just merely simply necessarily to".split())
_INVERTED = frozenset("i you we they he she it there that this the a an".split())
_HAS = frozenset("been become got gotten had".split())


def other_register(context: Context) -> Iterator[Proposal]:
    """Propose contractions or their long forms, and words of the register that was asked for."""
    for number, sentence in enumerate(context.sentences):
        if sentence.heading:
            continue
        if context.register == "casual":
            if context.converts:
                yield from _contracted(context, number, sentence)
        elif context.register == "academic" or context.converts or context.impersonal:
            yield from _written_out(context, number, sentence)
        if context.converts:
            yield from _words(context, number, sentence)


def _contracted(context: Context, number: int, sentence: Sentence) -> Iterator[Proposal]:
    for match in _LONG.finditer(context.text, sentence.start, sentence.end):
        after = _short_form(match, context.text[sentence.start : match.start()])
        end = match.start("next")
        if after is not None and context.guard.free(match.start(), end):
            yield Proposal(match.start(), end, after, number, 2, 0.84, _SHORTER, f"{_THEME}/contract")


def _short_form(match: re.Match[str], left: str) -> str | None:
    kind, following = _kind(match), match["next"].strip().lower()
    if kind in {"aux", "can", "will"}:
        if following in _NOT_ALONE or _CHOICE.search(left) or (not left.strip() and match[0].lower()[:3] != "do "):
            return None
        return {"can": "can't", "will": "won't"}.get(kind) or f"{match['aux']}n't"
    if _STRESSED.search(left):
        return None
    if kind == "that" or (kind == "is" and match["is"].lower() == "that" and left.strip()):
        return None  # "the house that is for sale"
    if kind == "have" and not is_participle(following):
        return None
    ending = {"am": "'m", "are": "'re", "is": "'s", "have": "'ve", "shall": "'ll"}[kind]
    return match[kind] + ending


def _kind(match: re.Match[str]) -> str:
    return next(name for name, value in match.groupdict().items() if value and name != "next")


def _written_out(context: Context, number: int, sentence: Sentence) -> Iterator[Proposal]:
    formal = context.register == "academic" or context.converts
    reason, level = (_LONGER, 2) if formal else (_IMPERSONAL, 5)
    for match in _SHORT.finditer(context.text, sentence.start, sentence.end):
        end = match.start("next") if match["next"] else match.end()
        after = _long_form(match, context.text[sentence.start : match.start()])
        if after is not None and context.guard.free(match.start(), end):
            yield Proposal(match.start(), end, after, number, level, 0.9, reason, f"{_THEME}/write-out")


def _long_form(match: re.Match[str], left: str) -> str | None:
    kind, ahead = _kind(match), (match["next"] or "").lower().split()
    following = ahead[0] if ahead else ""
    if kind in {"aux", "cant", "wont"}:
        if following in _INVERTED or not left.strip() or _CHOICE.search(left):
            return None  # a question: "isn't it", "why don't we"
        first = match[0][0]
        return {"cant": f"{first}annot", "wont": f"{first}ill not"}.get(kind) or f"{match['aux']} not"
    if kind == "is":
        if not _HAS.isdisjoint(ahead):
            return f"{match['is']} has" if following in _HAS else None
        if not ahead or any(word.endswith("ed") or is_participle(word) for word in ahead):
            return None  # "it's finished" may be "is" or "has"
        return f"{match['is']} is"
    if not following:
        return None
    return f"{match[kind]} { {'am': 'am', 'are': 'are', 'have': 'have', 'shall': 'will'}[kind] }"


def _words(context: Context, number: int, sentence: Sentence) -> Iterator[Proposal]:
    pattern, table = _table(context.register)
    text = context.text
    for match in pattern.finditer(text, sentence.start, sentence.end):
        is_first = not re.search(r"\w", text[sentence.start : match.start()])
        key = match.group().lower()
        after = table.get(key, "") or (table.get(f"^{key}", "") if is_first else "")
        if not after or (key.endswith(",") and not is_first):
            continue
        if (match.group()[0].isupper() and not is_first) or not context.guard.free(match.start(), match.end()):
            continue
        if is_first and match.group()[0].isupper():
            after = after[:1].upper() + after[1:]
        yield Proposal(match.start(), match.end(), after, number, 3, 0.83, _REASONS[context.register], f"{_THEME}/word")


@lru_cache(maxsize=3)
def _table(register: Register) -> tuple[re.Pattern[str], dict[str, str]]:
    table = {"casual": CASUAL, "professional": PROFESSIONAL, "academic": ACADEMIC}[register]
    known = dict(_forms(table))
    longest = sorted((one.removeprefix("^") for one in known), key=len, reverse=True)
    ends = "|".join(re.escape(one) + ("" if one.endswith(",") else r"(?![\w'’-])") for one in longest)
    return re.compile(rf"(?<![\w'’-])(?:{ends})", re.IGNORECASE), known


def _forms(table: str) -> Iterator[tuple[str, str]]:
    for line in table.strip().splitlines():
        for pair in line.split(";"):
            before, _, after = pair.partition(">")
            if before.strip():
                yield before.strip(), after.strip()
