"""Says straight what a draft announces with a drum roll: “The result? Faster builds.”, “But here's the catch: …”."""

from __future__ import annotations

import re
from collections.abc import Iterator

from humanize.rules.context import Context, Sentence
from humanize.rules.english.clause import verb_forms
from humanize.rules.english.independent import is_clause, opens_clause
from humanize.rules.proposal import Proposal

_SHORTEST_ANSWER = 3  # spaces
LONGEST = 160  # characters of an answer that is not a clause
ASKED_REASON = "The question is only there for its answer; one sentence says both."
_ANNOUNCED = "rules/hooks/announced"
NEED_REASON = "A question that only sets a condition; “if” is plainer."
DRUM_REASON = "A drum roll; the point can start at once."
_NOUN = re.compile(
    r"(?P<lead>(?:And|But|So|Now),? )?(?P<noun>(?:The|My|Our|His|Her|Its|Their|the|my|our|his|her|its|their)"
    r"(?: [a-z][a-z'’-]{1,20}){1,4})\?\Z"
)
# Nouns that only announce; the answer, if it is a sentence, needs none of them.
_ANNOUNCES = re.compile(
    r"(?:the )(?:best|worst|coolest|craziest|funny|fun|cool|good|interesting|exciting|surprising|real|big|key|end)? ?"
    r"(?:part|thing|news|result|results|outcome|catch|twist|kicker|answer|secret|reason|solution|truth|takeaway|upshot"
    r"|verdict|bottom line|difference|goal|point|problem|good news|bad news|kicker|surprise)\Z",
    re.I,
)
_PRONOUN = re.compile(r"(?:It|They)(?P<short>['’](?:s|re|ve|ll|d))?(?= )")
_SHORT = {"s": " is", "re": " are", "ve": " have", "ll": " will", "d": " would"}
_PAST = re.compile(r"\b(?:was|were|had|did|went|came|took|made|got|said)\b")
_PRESENT = re.compile(r"\b(?:is|are|has|have|does|do|can|will)\b|['’](?:s|re|ve|ll|m)\b")
_NOUNS = re.compile(r"(?:A|An|The|One|Two|Three|No|More|Less|Fewer)\b(?! (?:of|in|on)\b)")
_TO_DO = re.compile(r"(?:To [a-z]+|(?:[A-Z][a-z]+ly [a-z]|[A-Z])[a-z]{2,}ing) ")
_RELATIVE = re.compile(r",? \b(?:that|which|who|whom|whose|where|when|while|as|because|if|so|and|but|than)\b|[:;—–(]")
_NO_HOOK_VERB = re.compile(r"\b(?:is|are|was|were|do|does|did|can|will|would|should|has|have)\b")
_HERES = re.compile(
    r"(?P<lead>(?:But|And|So|Now),? )?(?:[Hh]ere['’]s|[Hh]ere is) (?:the|a) "
    r"(?:(?:really|truly|most|very) )?(?:(?:fun|funny|interesting|exciting|surprising|crazy|cool|best|real|good|bad"
    r"|hard|key|simple|truly|groundbreaking|tricky|harsh) )?"
    r"(?:thing|kicker|catch|deal|twist|part|beauty|news|rub|key|truth|secret|problem|point|reality|silver lining|fact"
    r"|takeaway|bottom line|reason)(?:: | [–-] |—)(?=[\w“\"])"
)
_HONEST = re.compile(
    r"(?P<lead>(?:But|And|So|Now|Because),? )?(?:[Ll]et['’]s (?:be (?:honest|real|clear)|face it)|[Tt]he truth is"
    r"|[Tt]ruth be told|[Tt]he reality is|[Tt]he fact is)(?:, | [–-] |—|: )(?=[\w“\"])"
)


_NEEDS = re.compile(
    r"(?P<verb>Have|Need|Want) (?P<what>(?:any |more |some |further |a )*(?:questions?|help|information|details|support"
    r"|assistance|advice|hand)(?: (?:about|with|or|on|at|in)(?: [a-z]{2,15}){1,5})?)\?\Z"
)


def straight_hooks(context: Context) -> Iterator[Proposal]:
    """Propose the plain sentence in place of a drum roll; the words of the answer stay as they are."""
    for number, sentence in enumerate(context.sentences):
        if sentence.heading:
            continue
        last = context.text[sentence.end - 1]
        found = _asked(context, number, sentence) if last == "?" else _announced(context, number, sentence)
        if found is not None and context.guard.free(found.start, found.end):
            yield found


def _announced(context: Context, number: int, sentence: Sentence) -> Proposal | None:
    text = context.text
    match = _HERES.match(text, sentence.start, sentence.end) or _HONEST.match(text, sentence.start, sentence.end)
    if match is None or match.end() >= sentence.end - 10:
        return None
    lead = (match["lead"] or "").replace(",", "")
    first, second = text[match.end()], text[match.end() + 1]
    word = first.upper() if not lead else first
    if lead and first.isupper() and second.islower() and context.guard.free(match.end(), match.end() + 1):
        word = first.lower()
    end = match.end() + (word != first)
    return Proposal(match.start(), end, lead + word * (word != first), number, 2, 0.99, DRUM_REASON, _ANNOUNCED)


def _asked(context: Context, number: int, sentence: Sentence) -> Proposal | None:
    text = context.text
    if sentence.closes or sentence.end - sentence.start > 60:
        return None
    if needs := _NEEDS.match(text, sentence.start, sentence.end):
        return _needed(context, number, needs)
    match = _NOUN.match(text, sentence.start, sentence.end)
    if match is None or _NO_HOOK_VERB.search(match["noun"]):
        return None
    following = context.sentences[number + 1]
    gap = text[sentence.end : following.start]
    if gap != " " or not context.guard.free(sentence.start, following.start + 1):
        return None
    answer = text[following.start : following.end]
    if answer.endswith("?") or text[max(0, sentence.start - 2) : sentence.start].strip() == "?":
        return None  # one question of several
    announces = _ANNOUNCES.match(match["noun"])
    if announces and answer.count(" ") >= _SHORTEST_ANSWER and _is_sentence(answer):
        return _hook(sentence.start, following.start, "", number, "asked-cut", DRUM_REASON)
    if announces is None and (pronoun := _PRONOUN.match(answer)):
        return _named(context, number, match, pronoun, following)
    does = _TO_DO.match(answer) is not None
    if len(answer) > LONGEST or not (does or _names(answer)):
        return None
    is_past = not does and _is_past(text, sentence, following)
    is_plural = match["noun"].endswith("s") and not match["noun"].endswith(("ss", "us", "is", "news"))
    verb = {(True, True): "were", (True, False): "was", (False, True): "are", (False, False): "is"}[is_past, is_plural]
    start, end = sentence.end - 1, following.start + 1
    return _hook(start, end, f" {verb} {answer[0].lower()}", number, "asked", ASKED_REASON)


def _needed(context: Context, number: int, match: re.Match[str]) -> Proposal | None:
    """“Have questions? Our team can help.” says “if you have questions”."""
    text, following = context.text, context.sentences[number + 1]
    first = text[following.start : following.start + 2]
    if text[match.end() : following.start] != " " or not first[:1].isupper() or not first[1:].islower():
        return None
    if not context.guard.free(match.start(), following.start + 1) or text[following.end - 1] == "?":
        return None
    verb, what = match["verb"].lower(), match["what"]
    after = f"If you {verb} {what}, {first[0].lower()}"
    return Proposal(match.start(), following.start + 1, after, number, 2, 0.96, NEED_REASON, "rules/hooks/needed")


def _is_sentence(answer: str) -> bool:
    if _NOUNS.match(answer) or _TO_DO.match(answer):
        return opens_clause(answer)
    return opens_clause(answer) or is_clause(_RELATIVE.split(answer, maxsplit=1)[0])


def _names(answer: str) -> bool:
    """Whether the answer is a noun, or up to three words without a verb: “A mess of clichés.”, “Abysmal.”"""
    head = _RELATIVE.split(answer, maxsplit=1)[0]
    if opens_clause(answer) or is_clause(head):
        return False
    return _NOUNS.match(answer) is not None or (answer.count(" ") <= 2 and answer[0].isupper())


def _is_past(text: str, sentence: Sentence, following: Sentence) -> bool:
    near = text[max(0, sentence.start - 200) : sentence.start] + text[following.end : following.end + 120]
    return len(_PAST.findall(near)) > len(_PRESENT.findall(near))


def _named(
    context: Context, number: int, match: re.Match[str], pronoun: re.Match[str], following: Sentence
) -> Proposal | None:
    """“My solo? It went well.”: the pronoun goes, and the noun becomes the subject."""
    text = context.text
    rest = text[following.start + pronoun.end() : following.end]
    word = rest.split(" ", 2)[1].lower() if rest.startswith(" ") else ""
    if pronoun["short"]:
        short = _SHORT[pronoun["short"][1:]]
        if short in {" is", " would"} and ("participle" in verb_forms(word) or word.endswith("ed") or word == "like"):
            return None
    else:
        short = ""
        if not ({"past", "third", "base"} & verb_forms(word) or _NO_HOOK_VERB.fullmatch(word)):
            return None
    start, end = match.end() - 1, following.start + pronoun.end()
    return _hook(start, end, short, number, "asked-named", ASKED_REASON)


def _hook(start: int, end: int, after: str, number: int, name: str, reason: str) -> Proposal:
    return Proposal(start, end, after, number, 2, 0.96, reason, f"rules/hooks/{name}")
