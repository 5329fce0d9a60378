"""Says which of two versions of a text reads better, as professional editors would. Pure: no Django, no network.

The *ranker* answers `compare` and `choose`. The *reporter* (`humanize.judging.reporter`) has other features, learnt
from other documents and never ranks, so that what is chosen by one judge is measured by another.
"""

from humanize.judging.design import Design
from humanize.judging.judge import Judge, JudgeError, Judgement, Verdict
from humanize.judging.loader import load_judge, shipped_judge
from humanize.judging.ranking import choose, compare

__all__ = [
    "Design",
    "Judge",
    "JudgeError",
    "Judgement",
    "Verdict",
    "choose",
    "compare",
    "load_judge",
    "shipped_judge",
]
