"""Recasts sentences that open with a subordinate phrase: "By using straw, we can …", "While it is short, it is …".

Drafts open far more sentences in these two ways than people do. Each recast keeps all words of content, so that only
the order and the joint change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from humanize.rules.context import Context, Sentence
from humanize.rules.english.clause import known_verb
from humanize.rules.english.tense import gerunds, has_finite_verb, opens_with_order, thirds
from humanize.rules.proposal import Proposal

_MODAL = r"(?P<modal>can|could|will|may|might|['’]ll|should)"
_PEOPLE = (
    r"businesses|companies|firms|organi[sz]ations|institutions|individuals|people|teams|users|students|teachers|educators"
    r"|researchers|scientists|developers|designers|engineers|managers|leaders|marketers|writers|artists|travell?ers"
    r"|visitors|readers|parents|families|patients|doctors|nurses|employers|employees|workers|consumers|customers|clients"
    r"|investors|governments|policymakers|communities|cities|schools|universities|banks|farmers|players|athletes|couples"
    r"|practitioners|professionals|learners|companies|brands|retailers|owners|practitioners|physicians|clinicians"
)
_BY = re.compile(
    r"By (?:carefully |effectively |actively |thoughtfully )?(?P<ing>[a-z]+ing) (?P<what>[^,;:.!?()“”\"—–]{2,110}), "
    r"(?P<who>we|you|they|he|she|I|it|(?:the|this|our|my|their|his|her) [a-z-]+(?: [a-z]+)??|(?:[a-z-]+ )?(?:"
    + _PEOPLE
    + r"))"
    r"(?= |['’]ll)(?P<rest>[^;:!?()“”\"—–\n]{6,200})\.\Z"
)
_CAN = re.compile(r" ?" + _MODAL + r" (?:also |then )?(?P<after>(?:better )?[a-z]+ .*)\Z")
_USES = frozenset("use leverage utilize employ harness".split())
# Steps that somebody takes for a purpose: "we combine the two to cut costs".
_STEPS = _USES | frozenset(
    """combine integrate incorporate analyze analyse examine add deploy compare adjust automate build draw study track
    apply adopt introduce design develop represent model replace swap install implement collect measure test modify
    extend exploit train consider formulate treat highlight present merge link follow
    address challenge embrace take give provide focus choose reduce prioritize invest share spread limit support
    promote keep practice create encourage establish tailor monitor plan set raise""".split()
)
# Results that nobody aims at, which "to" would misstate.
_NO_AIMS = frozenset(
    """fail lose risk become enjoy suffer find see know observe experience be have remain seem notice feel face gain
    encounter live get hope""".split()
)
_VERB = re.compile(r" (?P<adverb>[a-z]+ly )?(?P<verb>[a-z]+) (?P<after>.*)\Z")
_SECOND_STEP = re.compile(
    r"\band (?P<adverb>[a-z]+ly )?(?P<ing>[a-z]+ing)(?= (?:the|a|an|its|their|our|your|these|this|those|his|her)\b)"
)
_POINTS_BACK = re.compile(
    r"\b(?:its|their|his|her|it|they|them|this|these|those|such|that|which|who|where|and|or|but)\b"
)
_MOST_MOVED = 12  # words of the phrase that moves to the end
_MOST_BEFORE = 14  # words that it then follows
_CONTRAST = re.compile(
    r"(?P<opener>While|Although|Though) (?P<first>[^,;:.!?()“”\"—–\n]{6,120}), "
    r"(?P<second>[^;:.!?()“”\"—–\n]{8,170})\.\Z"
)
_PROGRESSIVE = re.compile(r"\b(?:is|are|was|were|am|be) (?:[a-z]+ly |still )?[a-z]+ing\b")
_OPENING_PRONOUN = re.compile(r"(?:it|he|she|they)\b", re.IGNORECASE)
_NO_CONTRAST = re.compile(r"\b(?:but|yet|however|nonetheless|nevertheless|whereas|albeit)\b|\?")
_NO_SUBJECT = re.compile(
    r"(?:[a-z]+ing|[a-z]+ly|not|less|more|far|often|in|at|on|by|for|from|with|only|originally|as|to|seldom|never|quite|very"
    r"|perhaps|once|still|if|when|due|lacking|visually|based|set|born|known|good|great)\b"
)
_DETERMINED = re.compile(
    r"(?:the|this|these|those|that|some|many|most|both|a|an|its|their|his|her|our|my|your|there|it|he|she|they|we|I|you"
    r"|each|several|such|no|other|others|all)\b"
)
# "Any one firm, sector, or region, we …": the first comma does not end the first clause.
_LISTED = re.compile(r"[\w-]+(?: [\w-]+){0,3}, (?:and|or)\b")
_LONG = 24  # words from which the two halves become two sentences
_NOUN = r"(?:\w+(?:s|tion|ment|ity|ness|ance|ence|ure|ism|ship|ing|ology|cy)|food|music|care|technology)"
_SWEEP = re.compile(
    r"\b(?P<kind>[a-z]{3,24}(?:s|thing)), from (?P<first>(?:(?!to\b)[a-z][a-z'’-]{0,24} ){0,4}?" + _NOUN + r")"
    r" to (?P<last>(?:(?!to\b)[a-z][a-z'’-]{0,24} ){0,4}?" + _NOUN + r")(?=[.,;])(?!, from\b)"
)
# Where "from … to …" tells a stretch of time, place or quantity, or a change.
_NO_SAMPLES = re.compile(
    r"\b(?:decades|process|years|days|weeks|months|hours|minutes|seconds|times|ages|sizes|degrees|levels|scales|percent|prices|dollars"
    r"|start|finish|beginning|end|top|bottom|head|toes?|dawn|dusk|morning|night|cradle|birth|death|childhood|concept|idea"
    r"|completion|inception|conception|design|production|soup|nuts|thousands|millions|hundreds|dozens|beginners|centuries"
    r"|generations|moves|moved|moving|shift\w*|chang\w+|transition\w*|transform\w*|travel\w*|goes|went|evol\w+|mov\w+"
    r"|journey|progress\w*|planting|seeds?|rags|riches|low|high)\b"
)
_NO_PAIR = re.compile(r"\band\b|selves,")
SWEEP_REASON = "Two samples of a kind; “from … to …” promises a whole range in between."
BY_REASON = "The subject comes first; a sentence that opens with “By …ing” makes the reader wait."
WHILE_REASON = "Two plain clauses; drafts open too many sentences with “While” or “Although”."


def by_openers(context: Context) -> Iterator[Proposal]:
    """Propose to let the subject open a sentence that opens with "By …ing"."""
    for number, sentence, text in _plain_sentences(context, "By "):
        after = _by(text)
        if after is not None and context.guard.free(sentence.start, sentence.start + after[0]):
            end, words, reason, name = after
            yield Proposal(
                sentence.start, sentence.start + end, words, number, 4, 0.96, reason, f"rules/recasts/{name}"
            )


def while_openers(context: Context) -> Iterator[Proposal]:
    """Propose to join two clauses by "but" where the first opens with "While" or "Although"."""
    openers = list(_plain_sentences(context, ("While ", "Although ", "Though ")))
    for number, sentence, text in openers:
        match = _CONTRAST.match(text)
        if match is None or not _contrasts(match):
            continue
        first = match["first"]
        is_long = text.count(" ") >= _LONG and context.register != "academic"
        if len(openers) == 1 and not is_long:
            continue  # a single one is what people write too
        words = _capital(first) + (". But " if is_long else ", but ")
        end = sentence.start + match.start("second")
        if context.guard.free(sentence.start, end):
            yield Proposal(sentence.start, end, words, number, 4, 0.96, WHILE_REASON, "rules/recasts/while-but")


def sweeps(context: Context) -> Iterator[Proposal]:
    """Propose to name two samples of a kind as such: "dishes, such as soups and stews" for "from soups to stews"."""
    for number, sentence in enumerate(context.sentences):
        text = context.text[sentence.start : sentence.end]
        match = None if sentence.heading or "\n" in text or ", from " not in text else _SWEEP.search(text)
        if match is None or _NO_SAMPLES.search(text[: match.end()]) or _NO_PAIR.search(match.group()):
            continue
        start, end = sentence.start + match.end("kind"), sentence.start + match.end()
        if "including" in text:
            continue
        opener = "including" if "such as" in text else "such as"
        words = f", {opener} {match['first']} and {match['last']}"
        if context.guard.free(start, end):
            yield Proposal(start, end, words, number, 3, 0.84, SWEEP_REASON, "rules/recasts/from-to")


def _plain_sentences(context: Context, opener: str | tuple[str, ...]) -> Iterator[tuple[int, Sentence, str]]:
    for number, sentence in enumerate(context.sentences):
        if sentence.heading or not context.text.startswith(opener, sentence.start, sentence.end):
            continue
        text = context.text[sentence.start : sentence.end]
        if "\n" not in text:
            yield number, sentence, text


def _contrasts(match: re.Match[str]) -> bool:
    """Return whether both halves are plain clauses that can stand in either form."""
    first, second = match["first"], match["second"]
    if _NO_SUBJECT.match(first) or _NO_SUBJECT.match(second) or _PROGRESSIVE.search(first):
        return False
    if _LISTED.match(second) or _NO_CONTRAST.search(first) or _NO_CONTRAST.search(second):
        return False
    if _OPENING_PRONOUN.match(first) and not (
        _OPENING_PRONOUN.match(second) or re.match(r"it(?:['’]s| is| was)\b", first)
    ):
        return False
    return (
        has_finite_verb(first)
        and not opens_with_order(second)
        and (has_finite_verb(second) or _DETERMINED.match(second) is not None)
    )


def _by(text: str) -> tuple[int, str, str, str] | None:
    """Return the end of the edit, the new words, the reason and the name of the recast; None if there is none."""
    match = _BY.match(text)
    lemma = gerunds().get(match["ing"]) if match else None
    if match is None or lemma is None:
        return None
    if lemma in _STEPS:
        found = _step(match, "use" if lemma in _USES else lemma)
        if found is not None:
            return *found, BY_REASON, "by-step"
    who, rest = match["who"], match["rest"]
    is_short = _is_short(match["what"], _MOST_MOVED) and _is_short(rest, _MOST_BEFORE)
    if (
        is_short
        and not _POINTS_BACK.search(rest)
        and not re.search(r"\b(?:by|without|than|if|when)\b", rest)
        and not rest.startswith(("'", "’"))
    ):
        return match.end("rest"), f"{_capital(who)}{rest} by {match['ing']} {match['what']}", BY_REASON, "by-moved"
    return None


def _step(match: re.Match[str], lemma: str) -> tuple[int, str] | None:
    """Return "We use straw to keep" for "By using straw, we keep", and the end of the latter; None if unsure."""
    who = match["who"]
    what = _with_plain_verbs(match["what"])
    is_people = who in {"we", "you", "I", "they"} or re.search(r"(?:" + _PEOPLE + r")\Z", who)
    can = _CAN.match(match["rest"])
    if what is None or who == "it":
        return None
    if can is not None:
        may_act = is_people or lemma == "use"
        end = match.start("rest") + can.start("after")
        return (end, f"{_capital(who)} {_modal(can['modal'])} {lemma} {what} to ") if may_act else None
    found = _VERB.match(match["rest"])
    verb = _plain_verb(found["verb"], plural=bool(is_people)) if found else None
    if found is None or verb is None or verb in _NO_AIMS:
        return None
    known = known_verb(lemma)
    step = lemma if is_people or known is None else known.third
    end = match.start("rest") + found.end("verb")
    return end, f"{_capital(who)} {step} {what} to {found['adverb'] or ''}{verb}"


def _plain_verb(word: str, *, plural: bool) -> str | None:
    """Return the lemma of a verb in the present: the base after a plural subject, else the third person."""
    if plural:
        return word if known_verb(word) is not None else None
    return thirds().get(word)


def _with_plain_verbs(what: str) -> str | None:
    """Return the phrase with its other gerunds as plain verbs; None if it is not clear which those are."""
    plain, count = _SECOND_STEP.subn(lambda m: f"and {m['adverb'] or ''}{gerunds().get(m['ing'], '?')}", what)
    return None if "?" in plain or count > 1 or re.search(r"\band (?:\w+ly )?\w+ing\b", plain) else plain


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _modal(modal: str) -> str:
    return "will" if modal in {"'ll", "’ll"} else modal


def _is_short(text: str, most: int) -> bool:
    return "," not in text and text.count(" ") <= most
