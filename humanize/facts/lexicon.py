"""Words that give away a fact of a marked kind: who denies, allows, counts, hedges, compares, orders, limits."""

from __future__ import annotations


def _senses(table: str) -> dict[str, str]:
    """Read lines `sense: word, two words, …` into word → sense."""
    found = {}
    for line in table.strip().splitlines():
        sense, _, words = line.partition(":")
        for word in words.split(","):
            if word.strip():
                found[word.strip()] = sense.strip()
    return found


MODALS = _senses("""
must: must, have to, has to, had to, need to, needs to, needed to, required to, requires, require, required, requirement, obliged to, obligated to, mandatory, necessary, compulsory, shall, needs, need, vital, essential
should: should, ought to, recommended, advised to, advisable, supposed to, recommend, recommends
may: may, might, could, possibly, perhaps, maybe, potentially, possible, potential, possibility, conceivably, can sometimes
can: can, able to, capable of, ability to, allow, allows, allowed, enable, enables, let, lets, free to, permitted to, permit, permits
will: will, 'll, going to, would, shall, 'd
cannot: cannot, can't, unable to, couldn't, could not, can not, impossible, inability
""")
HEDGES = _senses("""
likely: likely, probably, presumably, in all likelihood, tend to, tends to, expected to, chances are
seem: seem, seems, seemed, seemingly, appear to, appears to, appeared to, apparently, appears, suggest, suggests, suggested, indicate, indicates, suggesting, appear, looks as if, looks like
about: about, around, roughly, approximately, nearly, almost, close to, some, or so, circa, estimated, an estimated, more or less, virtually
perhaps: perhaps, maybe, possibly, might, may, could
partly: partly, partially, in part, somewhat, relatively, fairly, rather, to some extent, to a degree, slightly, a bit, a little, sort of, kind of
believe: believe, believes, believed, think, thinks, thought, in my opinion, in my view, i think, i guess, i suppose, i feel, arguably, reportedly, allegedly, supposedly, alleged, claimed, purportedly, consider, considered, opinion, view, understand
usually: usually, generally, typically, normally, in general, mostly, mainly, on the whole, commonly, for the most part, largely, primarily
certain: certainly, definitely, clearly, undoubtedly, surely, without doubt, no doubt, obviously, always, proven, proved, proves, prove, guaranteed, guarantees, guarantee, conclusively, unquestionably, inevitably, in fact, certain, sure, absolutely
""")
QUANTIFIERS = _senses("""
all: all, every, each, everyone, everybody, everything, entire, entirely, whole, completely, fully, throughout, always, totally, complete
most: most, majority, mostly, mainly, largely, nearly all, almost all, primarily, bulk
many: many, numerous, lots of, a lot of, plenty of, a number of, countless, dozens of, scores of, much, several, various, multiple, a variety of, a range of, a host of, a great deal, different
some: some, several, certain, a few, a handful of, a couple of, various, any of, sometimes, partly, someone, somebody, something
few: few, little, hardly any, scarcely any, a minority, minority, rare
none: no, none, nobody, no one, nothing, neither, zero
only: only, solely, exclusively, just, merely, nothing but, sole, alone, purely, no more than, limited to, simply
often: often, frequently, regularly, commonly, repeatedly, usually, many times, again and again, typically, generally, tend to
sometimes: sometimes, occasionally, at times, now and then, from time to time, every so often, once in a while
rarely: rarely, seldom, hardly ever, scarcely, infrequently, uncommon, unusual, barely
never: never, at no time, not once
atleast: at least, no fewer than, no less than, a minimum of, minimum, or more
atmost: at most, no more than, up to, a maximum of, maximum, or less, or fewer, as many as, as much as
over: more than, over, above, exceeding, in excess of, upwards of, exceed, exceeds, exceeded, beyond, greater than, higher than
under: less than, fewer than, under, below, short of, lower than, not quite
""")
CONDITIONS = _senses("""
if: if, provided, providing, as long as, so long as, on condition, in case, assuming, whether, when, whenever, once, should you, in the event, depending, depends, where
unless: unless, except, except for, apart from, other than, excluding, excluded, with the exception of, save for, but not, aside from, barring, without
only: only if, only when, only after, not until, until
although: although, though, even though, despite, in spite of, but, yet, however, while, whereas, nevertheless, nonetheless, still, even if, albeit, regardless, notwithstanding
""")
CAUSES = _senses("""
cause: because, because of, since, as, due to, owing to, thanks to, caused by, cause, causes, caused, leads to, led to, lead to, results in, resulted in, resulting in, result of, as a result, therefore, thus, hence, so, consequently, so that, for this reason, which is why, that is why, reason, makes, made, bring about, brought about, trigger, triggered, thereby, stems from, comes from, given
link: associated with, linked to, linked with, related to, correlated with, correlates with, correlation, connection, connected to, connected with, coincides with, coincided with, coincide, tied to, alongside, accompanied by, went along with, association, associated, relationship
""")
ORDERS = _senses("""
before: before, prior to, ahead of, earlier, previously, until, by the time, preceding, in advance of, beforehand, formerly, ago, up to, previous
after: after, following, then, later, afterwards, subsequently, once, since, next, thereafter, followed by, ensuing, upon, when, having
during: during, while, as, meanwhile, at the same time, simultaneously, throughout, amid
first: first, firstly, initially, originally, at first, begin, begins, began, to begin with, start, starts, started, starting
last: last, finally, lastly, eventually, in the end, ultimately, end, ends, ended, at last, latest, final
""")
SPEAKERS = _senses("""
said: said, says, say, told, tells, stated, states, according to, claimed, claims, argued, argues, reported, reports, announced, announces, noted, notes, explained, explains, added, adds, believes, believed, thinks, thought, suggested, suggests, warned, warns, insisted, insists, admitted, admits, denied, denies, in the words of, wrote, writes, asked, asks, replied, mentioned, mentions, declared, commented, described, describes, called, calls, in the view of, pointed out, points out, cited, observed, observes, maintained, found, finds, shows, showed, revealed, reveals, concluded, concludes, confirmed
""")
DENIALS = frozenset(
    """
    not no never none nobody nothing neither nor cannot without nowhere hardly scarcely barely n't unable fail fails
    failed failing failure lack lacks lacked lacking refuse refuses refused avoid avoids avoided prevent prevents
    prevented deny denies denied absent absence instead stop stops stopped unlikely impossible free rather cease ceased
    reject rejects rejected devoid non few little rarely seldom unless
    """.split()
)
PADDING = frozenset(
    """
    additionally moreover furthermore hand other example instance order addition effect term terms fact plus meanwhile
    overall truly particularly especially purpose purposes several serves serve serving aspect aspects process
    respectively accordingly similarly likewise consequently notably importantly ultimately essentially basically
    specifically namely regarding concerning associated various overall whole own place role part certain particular
    first second third finally lastly next firstly secondly thirdly conclusion summary context matter way manner
    """.split()
)
_PAIRS = """
increase decrease|increased decreased|rise fall|rose fell|rising falling|grow shrink|grew shrank|higher lower|high low
more less|more fewer|greater smaller|larger smaller|bigger smaller|better worse|best worst|longer shorter|long short
faster slower|fast slow|quick slow|stronger weaker|strong weak|older younger|old young|old new|earlier later|early late
before after|above below|over under|up down|left right|north south|east west|inside outside|in out|into out|first last
top bottom|front back|near far|always never|often rarely|everyone nobody|all none|many few|most few|accept reject
accepted rejected|allow forbid|allowed forbidden|allow prevent|include exclude|included excluded|including excluding
win lose|won lost|buy sell|bought sold|borrow lend|import export|success failure|succeed fail|succeeded failed
positive negative|advantage disadvantage|advantages disadvantages|benefit harm|benefits risks|gain loss|gains losses
safe dangerous|safe unsafe|easy difficult|easy hard|easier harder|simple complex|cheap expensive|rich poor|hot cold
warm cool|public private|true false|right wrong|good bad|good poor|love hate|loved hated|like dislike|agree disagree
agreed disagreed|support oppose|supported opposed|supports opposes|for against|approve reject|approved rejected|pass fail
passed failed|open closed|open close|opened closed|start end|started ended|begin end|began ended|guilty innocent
mom dad|mum dad|mommy daddy|mother dad|grandmother grandfather|grandma grandpa|lady gentleman|girlfriend boyfriend|niece nephew|actress actor|he she|him her|his her|his hers|himself herself|man woman|men women|boy girl|boys girls|father mother|son daughter
brother sister|husband wife|king queen|uncle aunt|male female|minimum maximum|least most|maximum minimum|rarely often
reduce increase|reduces increases|reduced increased|improve worsen|improved worsened|expand contract|upper lower
internal external|major minor|major small|full empty|full partial|present absent|presence absence|same different|similar different
alive dead|appear disappear|arrive leave|arrived left|import export|legal illegal|likely unlikely|possible impossible
employer employee|teacher student|doctor patient|doctor nurse|buyer seller|parent child|parents children|lender borrower
remember forget|push pull|raise lower|raised lowered|strengthen weaken|optimistic pessimistic|superior inferior
permanent temporary|voluntary mandatory|optional mandatory|optional required|necessary unnecessary|planned completed
important unimportant|common rare|frequent rare|ordinary extraordinary|natural artificial|local national|domestic foreign
attack defend|encourage discourage|encouraged discouraged|enable prevent|protect harm|praise criticise|praised criticised
praised criticized|exceed fall|gained lost|hire fire|hired fired|confirmed denied|confirm deny|because although|because despite
"""
OPPOSITES: frozenset[tuple[str, str]] = frozenset(
    pair
    for line in _PAIRS.replace("\n", "|").split("|")
    if line.strip()
    for one, other in [line.split()]
    for pair in ((one, other), (other, one))
)
