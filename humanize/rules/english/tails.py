"""Mends a trailing participle that comments on its clause ("…, leaving many homeless").

This is the strongest measured mark of machine prose, and professional writers correct it most. Three things can be
done: a comment that says nothing is cut (`comments.py`); where the verb of the clause is certain and its subject can do
both, the participle becomes a second verb ("… and left many homeless"); and an effect of the whole statement becomes a
clause of its own ("…, which left many homeless"), for which the tense alone must be certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from humanize.rules.context import Context, Sentence
from humanize.rules.english.clause import TABLE, FiniteVerb, Form, finite_verb, known_verb
from humanize.rules.english.comments import empty_comment
from humanize.rules.english.tense import Tense, agreeing, has_finite_verb, opens_with_order, tense_of, verb_forms
from humanize.rules.forms import verbs_of
from humanize.rules.proposal import Proposal

# Conclusions from the statement: "which suggests that" can only refer to all of it.
TELLS = frozenset("suggest indicate mean show demonstrate imply confirm prove".split())
# Effects of the whole event: a second verb only after a verb with an object, else "which".
EVENTS = frozenset(
    """make allow enable cause lead result force help reduce increase improve limit prevent require prompt minimize
    eliminate encourage ensure""".split()
)
# What only an event, not a person, can do: "which" may refer to what a person did.
CAUSES = frozenset("lead result cause allow enable make mean prevent force require reveal expose".split())
# What a statement about things can bring about or show.
CONSEQUENCES = (
    CAUSES
    | EVENTS
    | TELLS
    | frozenset(
        """accelerate accentuate add amplify attract bolster boost bridge bring broaden challenge complicate contribute
        cost create deepen deprive deter diminish discourage disrupt draw drive ease empower enhance erode
        evoke exacerbate expose facilitate fill foster free fuel give hamper heighten highlight hinder illuminate
        illustrate inspire intensify keep leave lend lessen limit lower maximize mitigate necessitate offer open
        optimize pave permit perpetuate plunge pose preserve promote propel protect provide provoke raise reflect
        reinforce remind render reshape restrict safeguard save secure send set shape shatter shift signal signify
        simplify spark speed spur stifle stimulate streamline strengthen strain strip support sustain threaten
        transform trigger turn undermine underscore unlock warrant weaken emphasize mark let""".split()
    )
)
# What only a person does.
MINDS = frozenset(
    """acknowledge aim apply argue ask assume choose confess decide explain find focus guess hope imagine learn listen
    note notice observe opt plan prefer prioritize realize recognize rely remember savor search see seek study take tell
    think treat try use view watch wish wonder worry offer adopt utilize leverage employ""".split()
)
# What happens when a person does something else, so that it is not the person's second action.
_NOT_BY_PEOPLE = frozenset(
    """reveal expose signal evoke culminate shatter symbolize mark spark render hint cast illuminate fill blanket
    drip""".split()
)
# States and small talk of verbs: not things that a subject does next.
_NO_ACTS = frozenset(
    """be have know hold wear stand sit lie stay remain seem look consist contain depend belong own exist range regard
    consider assume follow start begin speak talk say mean date matter involve include comprise need want
    believe judge concern account count compare head vary lack resemble weigh cost total dress accord sing pend
    exclude buy win clutch cling cradle grip carry understand""".split()
)
# "Vivid, disturbing dreams": adjectives, unless an object follows.
_ADJECTIVES = frozenset(
    """disturb surprise excite interest charm captivate comfort refresh unsettle haunt confuse engage promise challenge
    overwhelm reward fascinate soothe frustrate terrify alarm disappoint satisfy stun shock amuse encourage burn flow
    grow inspire tempt tire touch strike move glow loom blossom thrive flourish sprawl bustle linger fade simmer
    relax chill annoy invite compel pierce""".split()
)
_DETERMINED = re.compile(
    r"(?:the|a|an|its|his|her|their|our|my|your|this|that|these|those|it|them|him|me|us|you|into|to)\b"
)
# The plain verb for a comment: "which shows the strain", not "which underscores the strain".
_PLAIN = dict.fromkeys(("underscore", "highlight", "showcase", "demonstrate", "illustrate", "emphasize"), "show")
_TAIL = re.compile(
    r"(?P<gap>, (?:thus |thereby |ultimately |further |also |consequently )?)"
    r"(?P<ing>[a-z]+ing) (?P<rest>[^;:.!?()\[\]“”\"—–*_`<>]{3,200}?)\.$"
)
# A second participle that goes with the tail, and any other participle that would be left without its verb.
_SECOND = re.compile(
    r" and (?P<ing>[a-z]+ing) (?=(?:the|a|an|its|their|his|her|our|my|your|more|new|it|them|[a-z]+s)\b)"
)
_PARALLEL = re.compile(
    r"(?:,|\band|\bor|\bwhile|\bbut|\byet)\s(?:\w+ly\s|also\s|even\s|then\s)?\w+ing\b|, (?:which|who)\b"
)
_ANOTHER = re.compile(r", (?:\w+ly |thus |also )?[a-z]+ing\b")
# Completed actions, the only ones that may follow "has" and "have": "has grown and drew" is not English.
_COMPLETED = frozenset(
    "create draw earn win reach build produce generate replace become gain lose score reveal attract bring".split()
)
_PRONOUN = re.compile(r"(?:it|them|him|her|us|me|you|itself|themselves|himself|herself)\b")
_HIM = re.compile(r"(?:it|them|him|us|me|you|itself|her(?= (?:a|an|the|of)\b))\b")
_PEOPLE = re.compile(
    r"\b(?:i|we|you|he|she|they|who|everyone|someone|people|users|members|visitors|individuals|women|men|children|parents"
    r"|authors?|writers?|researchers?|teachers?|players?|workers?|leaders?|readers?|customers?|doctors?|actors?|directors?"
    r"|students?|parents?|residents?|artists?|scientists?|man|woman|boy|girl|child|mother|father|friends?|wife|husband"
    r"|king|queen|crowd|team|family|company|government|study|paper|article|report|book|video|film|chapter|review|section"
    r"|essay|group|council|travell?ers?|guests?|diners?|famil(?:y|ies)|couple|you|police|press|speaker|narrator|driver|lawyer|officer|chef|coach|president|minister)\b(?!['’]s)",
    re.IGNORECASE,
)
# "Her eyes", "Anna's gaze": they look and search.
_OWNED = re.compile(
    r"(?:(?:her|his|my|their|our|[A-Z][a-z]+['’]s) )(?:\w+ )?(?:eyes?|gaze|mind|thoughts|hands?|fingers)\b", re.I
)
_NO_OBJECT = re.compile(
    r"(?:in|on|at|by|for|from|to|into|through|during|about|under|over|across|between|among|within|with|of|and|well|fast"
    r"|more|very|up|down|out|off|away|back|rapidly|quickly|\w+ly|together|around|beyond|toward|towards|$)(?:\b|$)"
)
_NEEDS = {
    "lead": "to ",
    "result": "in ",
    "serve": "as ",
    "act": "as ",
    "focus": "on ",
    "contribute": "to ",
    "culminate": "in ",
    "pave": "the way ",
    "listen": "to ",
    "try": "to ",
}
_OBJECT = re.compile(
    r"\b(?:it|them|him|her|us|me|you|the|a|an|its|his|their|our|my|your|this|that|these|those|some|any|many|more|no|how"
    r"|why|people|to|[a-z]{1,24}s)\b"
)
# Verbs that need an object to mean an effect: "leaving early" is none.
# What may open a part of a list or a clause of its own after a comma.
_OPENS_PART = re.compile(
    r"(?:and|or|but|which|who|where|when|while|as|if|though|although|even|not|especially|particularly|the|a|an|its|his|her"
    r"|their|our|my|your|both|with|from|in|on|at|to|for|of|by)\b"
)
_VAGUE = frozenset("leave keep set turn shift open show add send draw lower close save spread help let".split())
_MADE = re.compile(
    r"(?:it|them|him|her|us|me|you|this|these|everyone|people) (?!(?:a|the|an) \w+$)"
    r"|(?:(?:the|its|his|her|their|our|my|your|each|every) )?(?:[\w'’-]+ ){1,4}?"
    r"(?:more|less|even|both|too|feel|seem|appear|look|sound|shudder|ache|easier|harder|better|worse|faster|hard|a|an"
    r"|possible|difficult|long|small|cold|warm|impossible|\w{3,}(?:able|ible|ful|ous|ive|ient|ical|less))\b"
)
# "The tool lets users draw, creating …": the users may be the ones who create.
_OTHERS_ACT = re.compile(r"\b(?:enabl|allow|help|encourag|empower|forc|let|lets|letting|invit|urg|ask)\w*\b")
_GIVES = frozenset("offer give send show bring provide draw remind add".split())
_BE_VERB = re.compile(r"\b(?:is|are|was|were|been|be)\b")
_INTENT = re.compile(
    r"\b(?:contemplat|consider|imagin|avoid|den[yi]|resist|refus)\w* [a-z]+ing\b"
    r"|\b(?:aim|seek|hope|plan|want|intend|try|tries|attempt|expect|promise|propose)(?:s|ed|ing)? (?:to|that)\b"
    r"|\bsought to\b|\btried to\b|\bplanned to\b"
)
_SPEECH = frozenset(
    """said asked replied whispered murmured questioned answered muttered shouted called cried exclaimed added continued
    began mumbled responded remarked says asks replies whispers murmurs answers mutters adds continues""".split()
)
_CLOSED = re.compile(r"[?!“”\"\[\]*_`]|\.\.|\bwhich\b")
_BREAK = re.compile(r"(?:[:—–]| - )\s*")
_BRACKETS = re.compile(r" ?\([^()]{1,80}\)")
_COORDINATED = re.compile(r"(?:;|, (?:and|but|so|yet|while|whereas|as)) ")
_CLAUSES = re.compile(r"(?:;|, (?:and|but|so|yet)) (?=(?:he|she|it|they|we|I|the|his|her|their|my|our|[A-Z][a-z]+)\b)")
_DANGLING = re.compile(
    r"\b(?:can|could|by|of|for|to|with|from|without|like|such as|including|involves?|means|include|enjoy|start)$"
)
# "As cars grow safer, preventing theft has become …": no main clause before the participle.
_OPENS = re.compile(
    r"(?:As|When|While|If|Although|Though|Because|Since|After|Before|Once|Until|Whenever|Unless|Despite|By|For example"
    r"|For instance|Given|Without|Rather|Instead|Unlike|Like)\b"
)
_SUBORDINATE = re.compile(
    r"\b(?:he|she|they|we|I) [a-z]|\b(?:the way|that|which|who|whom|whose|when|where|while|if|because"
    r"|although|though|unless|until"
    r"|but|or|let|not|never|whether|what|how|why|as|than|without|by [a-z]+ing)\b|n['’]t\b"
)
_LEAD = re.compile(
    r"(?:(?:As|When|While|After|Before|Once|In|On|At|By|During|For|With|From|Over|Under|Through|Like|Unlike|Despite|Across"
    r"|Within|Beyond|To|Even|Until|Since|Then|Later|Today|Now|Meanwhile|However|Instead|Finally|Suddenly|Slowly|Still|One"
    r"|But|And|Yet|So|[A-Z][a-z]+ly)\b[^,]{0,120}, |(?:But|And|Yet|So|Then|Suddenly|Slowly|[A-Z][a-z]+ly) )"
)
_SCENE = re.compile(
    r"(?P<who>He|he|She|she|I|They|they|We|we|[A-Z][a-z]{2,})"
    r" (?:(?:\w+ly|just|then|still) )?(?P<verb>[a-z]+)\b(?P<rest>[^,]{0,140})"
)
_NO_NAMES = frozenset(
    """The This That These Those There Here What When Where While Who Why How All Some Many Most Both Each Every Our
    Their His Her Its Your For And But Not One Two People Nothing Everything Something Someone Everyone Another Such
    Let Please Today Just Only Also Even Still Yet Then Now With From""".split()
)
_BE = re.compile(r"\b(?:is|are|was|were|has|have|had|to)\b")
# Forms that are present and past alike.
_BOTH = frozenset("set put cut let hit shut cost hurt cast read spread split beat bet shed burst".split())
SURE_LEVEL = 3
CONFIDENCE = 0.96
LEVEL = 4
REASON_AND = "A second verb is more direct; the trailing participle is a habit of drafts."
REASON_WHICH = "A clause reads better than a trailing participle."
REASON_CUT = "A comment tacked on; the sentence has made the point."


@dataclass(frozen=True, slots=True)
class _Tail:
    """A trailing participle: the clause before it, what stands between them, its lemma, and what follows it."""

    start: int
    end: int
    stop: int
    head: str
    lemma: str
    rest: str


@dataclass(frozen=True, slots=True)
class _Joint:
    """What makes a tail a verb again: the words before it, its form, and the level of the edit."""

    words: str
    form: Form | Tense
    level: int


def participle_tails(context: Context) -> Iterator[Proposal]:
    """Propose to cut a trailing participle, or to make it a second verb or a clause with "which"."""
    last = -2
    for number, sentence in enumerate(context.sentences):
        if sentence.heading:
            continue
        tail = _tail(context, sentence)
        before = context.text[context.sentences[number - 1].start : sentence.start] if tail and number else ""
        found = _proposal(context, number, tail, is_near=number - last < 2 or ", which " in before) if tail else None
        if found is not None and context.guard.free(found.start, found.end):
            last = number if ", which" in found.after else last
            yield found


def _tail(context: Context, sentence: Sentence) -> _Tail | None:
    text = context.text[sentence.start : sentence.end]
    if "ing " not in text or "\n" in text:
        return None
    match = _TAIL.search(text)
    while match is not None and (later := _TAIL.search(text, match.start() + 2)):
        match = later
    lemma = _gerunds().get(match["ing"]) if match else None
    if match is None or lemma is None:
        return None
    head = text[: match.start()]
    if _goes_on(match["rest"]):
        return None
    if _DANGLING.search(head) or ("," not in head and _OPENS.match(head)):
        return None
    start, end = sentence.start + match.start(), sentence.start + match.end("ing")
    return _Tail(start, end, sentence.start + match.end("rest"), head, lemma, match["rest"])


def _goes_on(rest: str) -> bool:
    """Return whether the main clause goes on after the participle: "Juan, …, revealing a scar, stood up"."""
    return any(has_finite_verb(f"it {part}") and not _OPENS_PART.match(part) for part in rest.split(", ")[1:])


def _proposal(context: Context, number: int, tail: _Tail, *, is_near: bool) -> Proposal | None:
    tense = _tense(tail.head)
    level = empty_comment(context.text[tail.start : tail.stop], context.text[: tail.start]) if tense else 0
    if level:
        return Proposal(tail.start, tail.stop, "", number, level, CONFIDENCE, REASON_CUT, "rules/tails/tail-cut")
    if not tail.rest.startswith(_NEEDS.get(tail.lemma, "")) or _ANOTHER.search(tail.head):
        return None
    if tail.lemma in _ADJECTIVES and not _DETERMINED.match(tail.rest):
        return None
    parallel = _SECOND.search(tail.rest) if _PARALLEL.search(tail.rest) else None
    if _PARALLEL.search(tail.rest) and (parallel is None or not _is_pair(tail, parallel)):
        return None
    second = _second_verb(tail)
    if second is not None:
        return _joined(tail, number, second, parallel)
    clause = _clause(tail, tense) if tense and not is_near else None
    if clause is not None:
        return _joined(tail, number, _Joint(", which ", clause, SURE_LEVEL), parallel)
    return None


def _is_pair(tail: _Tail, second: re.Match[str]) -> bool:
    """Return whether the tail is two participles in one form: "making it easier and giving them hope"."""
    between, after = tail.rest[: second.start()], tail.rest[second.end() :]
    is_plain = re.search(r"ing\b|,|\band\b|\A(?:a|an)\b", between) is None and "ing" not in after
    return second["ing"] in _gerunds() and is_plain


def _joined(tail: _Tail, number: int, joint: _Joint, second: re.Match[str] | None) -> Proposal | None:
    """Return the proposal that inflects the tail's verb, and the second one of a pair, if there is one."""
    is_clause = joint.words == ", which "
    verb = known_verb(_PLAIN.get(tail.lemma, tail.lemma) if is_clause else tail.lemma)
    if verb is None:
        return None
    words, end = joint.words + agreeing(verb, joint.form), tail.end
    if second is not None:
        other = known_verb(_gerunds()[second["ing"]])
        if other is None or " " in agreeing(other, joint.form):
            return None
        first = ", " if joint.words == " and " else joint.words  # one list of three verbs
        words = f"{first}{agreeing(verb, joint.form)} {tail.rest[: second.start()]} and {agreeing(other, joint.form)}"
        end = tail.end + 1 + second.end("ing")
    reason, name = (REASON_WHICH, "tail-which") if is_clause else (REASON_AND, "tail-and")
    return Proposal(tail.start, end, words, number, joint.level, CONFIDENCE, reason, f"rules/tails/{name}")


def _tense(head: str) -> Tense | None:
    """Return the tense of the last independent clause before the tail."""
    head = _BRACKETS.sub("", _BREAK.split(head)[-1])
    if opens_with_order(head):
        return None
    cuts = [match.end() for match in _COORDINATED.finditer(head)]
    for cut in reversed(cuts):
        found = tense_of(head[cut:])
        if found is not None:
            return found
    return tense_of(head)


@lru_cache(maxsize=1)
def _gerunds() -> dict[str, str]:
    return {verb.gerund: verb.lemma for verb in verbs_of(TABLE) if verb.lemma not in _NO_ACTS or verb.lemma == "mean"}


def _second_verb(tail: _Tail) -> _Joint | None:
    """Return what makes the tail a second verb of the subject, or None."""
    if tail.lemma in TELLS or _INTENT.search(tail.head) or tail.head.rsplit(" ", 1)[-1] in _SPEECH:
        return None
    main = finite_verb(tail.head) or finite_verb(tail.head[_last_clause(tail.head) :])
    if main is not None and _can_do_both(main, tail):
        return _Joint(", and " if " and " in f" {main.rest} " else " and ", main.form, SURE_LEVEL)
    form = _scene_form(tail)
    return _Joint(" and ", form, LEVEL) if form else None


def _last_clause(head: str) -> int:
    """Return where the last of several coordinated clauses begins: after "…, and ", "…; "."""
    start = 0
    for match in _CLAUSES.finditer(head):
        if tense_of(head[match.end() :]) is not None and tense_of(head[: match.start()]) is not None:
            start = match.end()
    return start


def _scene_form(tail: _Tail) -> Form | None:
    """Return the form of a second verb after a pronoun or name that plainly does something; None if unsure."""
    head = tail.head[_last_clause(tail.head) :]
    lead = _LEAD.match(head)
    head = head[lead.end() :] if lead else head
    match = None if _CLOSED.search(tail.head) else _SCENE.fullmatch(head)
    if match is None or _SUBORDINATE.search(match["rest"]) or match["who"] in _NO_NAMES:
        return None
    if tail.lemma in EVENTS or _BE.search(match["rest"]) or re.search(r"\band\b", match["rest"]):
        return None
    if match["verb"] in {"had", "has", "have"} | _SPEECH or tail.lemma in _NOT_BY_PEOPLE:
        return None
    is_regular = match["verb"].endswith("ed") and len(match["verb"]) > 4
    forms = verb_forms().get(match["verb"], frozenset({"past"} if is_regular else ()))
    who = match["who"].lower()
    if "past" in forms and "base" not in forms:
        return "past"
    if "base" in forms and who in {"i", "we", "they"} and match["verb"] not in _BOTH:
        return "base"
    return "third" if "third" in forms and who not in {"i", "we", "they"} else None


def _can_do_both(main: FiniteVerb, tail: _Tail) -> bool:
    if main.subject.lower() == "it" and main.copula:
        return False
    if main.passive or _PRONOUN.match(tail.rest):
        return False
    if main.copula and tail.lemma not in CONSEQUENCES:
        return False
    if main.form == "participle" and tail.lemma not in _COMPLETED:
        return False
    is_someone = _names_someone(main.subject)
    if tail.lemma in _NOT_BY_PEOPLE and is_someone:
        return False
    if tail.lemma in MINDS and not (is_someone or _OWNED.match(main.subject)):
        return False
    has_no_object = main.copula or _NO_OBJECT.match(main.rest) or _names_someone(main.subject)
    return not (tail.lemma in EVENTS and has_no_object)


def _clause(tail: _Tail, tense: Tense) -> Tense | None:
    """Return the tense of a clause about the whole statement that the tail can become, or None."""
    if tail.lemma not in CONSEQUENCES or _CLOSED.search(tail.head) or _INTENT.search(tail.head):
        return None
    if tail.lemma not in CAUSES and (_acts(tail.head) or _OTHERS_ACT.search(tail.head)):
        return None
    if tail.lemma in _GIVES and _HIM.match(tail.rest) and not _BE_VERB.search(tail.head):
        return None
    if tail.lemma in TELLS and tail.lemma != "show" and not tail.rest.startswith(("that ", "a ", "the ", "how ")):
        return None
    if tail.lemma == "make" and not _MADE.match(tail.rest):
        return None
    if tail.lemma not in _NEEDS and tail.lemma in _VAGUE and not _OBJECT.match(tail.rest):
        return None
    if tail.lemma in TELLS and tense == "perfect":
        return "present"
    if tense in {"can", "may", "might"} and tail.lemma not in {"lead", "result", "cause", "contribute"}:
        return "present"
    return tense


def _acts(head: str) -> bool:
    """Return whether the subject of the clause may itself do what the tail says: a person or a publication."""
    head = _BREAK.split(head)[-1]
    start = max((match.end() for match in _COORDINATED.finditer(head)), default=0)
    part = head[start:]
    if ", " in part and _PEOPLE.match(part.rsplit(", ", 1)[1]):
        return True
    lead = _LEAD.match(part)
    words = (part[lead.end() :] if lead else part).split()
    for size in range(1, min(len(words), 8)):
        if tense_of(" ".join(words[: size + 1])) is not None:
            return _names_someone(" ".join(words[:size]))
    return _names_someone(" ".join(words[:5]))


def _names_someone(subject: str) -> bool:
    """Return whether the subject may be a person or a publication, which could itself do what the tail says."""
    words = subject.split()
    is_name = any(word[0].isupper() for word in words[1:]) or (len(words) == 1 and words[0] not in _NO_NAMES)
    return bool(_PEOPLE.search(subject)) or (is_name and words[:1] != ["It"])
