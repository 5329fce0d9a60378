"""Fills in a rule's replacement template: verbs agree with the verb that they replace, and captures are copied.

The result is None if the surrounding words do not determine the agreement; the rule then does not fire.
"""

from __future__ import annotations

import re

from humanize.rules.forms import BE, Forms, Verb
from humanize.rules.rule import Rule
from humanize.text.articles import article_for

SLOT = re.compile(r"\[([a-z-]+)(?::(\d))?\]|\{(\w+)\}")
ADVERB = re.compile(r"^(?:\w+ly|not|never|also|often|always|still|already|just|been|since|long|even|now)$")
HELPERS = frozenset(
    {
        "have",
        "has",
        "had",
        "having",
        "'ve",
        "'d",
        "be",
        "been",
        "being",
        "is",
        "are",
        "was",
        "were",
        "'s",
        "'re",
        "am",
        "get",
        "gets",
        "got",
        "getting",
    }
)
INFINITIVE = frozenset(
    {
        "to",
        "can",
        "could",
        "will",
        "would",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "do",
        "does",
        "did",
        "don't",
        "doesn't",
        "didn't",
        "can't",
        "cannot",
        "won't",
        "let",
        "let's",
        "helps",
        "help",
    }
)
SINGULAR = frozenset({"he", "she", "it", "this", "that", "who", "which"})
PLURAL = frozenset({"they", "we", "you", "these", "those", "people", "children", "men", "women", "others"})
OBJECT = re.compile(
    r"\A\s+(?:the|a|an|its|his|her|their|our|my|your|this|that|these|those|how|what|why|it|them|him|us|me)\b",
    re.IGNORECASE,
)
SUPPORT = frozenset({"do", "does", "did", "don't", "doesn't", "didn't"})
LOOSE = re.compile(
    r"\A(?:\s+(?:in|at|on|as|for|from|to|through|during|under|within|when|and|or|across|throughout|via)\b|\W*$|\s*[,;:.])"
)
ARTICLE = re.compile(r"\b([Aa])n?(\s+)(?=([A-Za-z][\w-]*))")


def render(rule: Rule, template: str, match: re.Match[str], left: str, right: str, forms: Forms) -> str | None:
    """Return the replacement for a match, or None. `left` and `right` are the text around it in its sentence."""
    out: list[str] = []
    at = 0
    for slot in SLOT.finditer(template):
        out.append(template[at : slot.start()])
        lemma, number, name = slot.groups()
        piece = _captured(match, name) if name else _inflected(rule, lemma, int(number or 1), match, left, right, forms)
        if piece is None:
            return None
        out.append(piece)
        at = slot.end()
    out.append(template[at:])
    return "".join(out)


def _captured(match: re.Match[str], name: str) -> str:
    """Return a capture; `{Who}` is the capture `who` with a capital."""
    found = (match.group(name.lower()) or "").strip()
    return found[:1].upper() + found[1:] if name[0].isupper() else found


def with_articles(text: str) -> str:
    return ARTICLE.sub(lambda m: _article(m.group(1), m.group(3), m.group(0)) + m.group(2), text)


def _article(first: str, following: str, found: str) -> str:
    wanted = article_for(following)
    return first + wanted[1:] if wanted else found.split()[0]


def _inflected(
    rule: Rule, lemma: str, number: int, match: re.Match[str], left: str, right: str, forms: Forms
) -> str | None:
    surface = match.group(f"v{number}")
    source = forms.of_form(surface, rule.verbs[number - 1])
    target = forms.get(lemma)
    if source is None or target is None:
        return None
    left = left + match.string[match.start() : match.start(f"v{number}")]
    right = match.string[match.end(f"v{number}") : match.end()] + right
    tag = tag_in_context(source, surface, left, right)
    if tag is None:
        both = source.tags(surface) == {"past", "participle"}
        return target.past if both and target.past == target.participle and lemma != BE else None
    return _be(tag, left) if lemma == BE else target.form(tag)


def tag_in_context(verb: Verb, surface: str, left: str, right: str) -> str | None:
    """Return which form a verb has between `left` and `right`, as "past"; None where the words do not tell."""
    tags = verb.tags(surface)
    if len(tags) == 1:
        return next(iter(tags))
    last = _last_word(left)
    if last in INFINITIVE and "base" in tags:
        return "base"
    if last in HELPERS or re.match(r"\A\s+by\b", right):
        return "participle" if "participle" in tags else None
    if "base" in tags:
        return "past" if _is_plural(last, left) is False else None
    if last in SINGULAR | PLURAL | {"i", "and"} or OBJECT.match(right) or not LOOSE.match(right):
        return "past"
    return None


def _be(tag: str, left: str) -> str | None:
    last = _last_word(left)
    if last in SUPPORT:
        return None
    if tag == "third":
        return "is"
    if tag == "participle":
        return "been" if last in HELPERS else None
    if tag == "base" and last in INFINITIVE:
        return "be"
    plural = _is_plural(last, left)
    if plural is None or tag == "gerund":
        return None
    if tag == "base":
        return "are" if plural else None
    return "were" if plural else "was"


def _is_plural(last: str, left: str) -> bool | None:
    if last in SINGULAR:
        return False
    if last in PLURAL:
        return True
    words = re.findall(r"[\w'’]+", left)
    if not words or words[-1] != last or "and" in words or "or" in words or "of" in words or len(last) < 3:
        return None
    return last.endswith("s") and not last.endswith(("ss", "us", "is", "ics", "ings"))


def _last_word(left: str) -> str:
    words = re.findall(r"['’]?\w+(?:['’]\w+)?", left[-80:])
    while words and ADVERB.match(words[-1].lower()):
        words.pop()
    if not words:
        return ""
    word: str = words[-1].replace("’", "'")
    found = re.search(r"(?<!n)'(?:ve|d|s|re)$", word)
    return (
        found.group(0)
        if found
        else (word.lower() if word.lower() in INFINITIVE | HELPERS | SINGULAR | PLURAL | {"i", "and"} else word)
    )
