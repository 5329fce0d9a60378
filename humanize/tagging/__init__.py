"""Tells verbs, nouns and participles of English sentences apart. Pure and deterministic.

An averaged perceptron with a lexicon. `humanize/tagging/train` makes the weights; the decision on it, in
docs/adr/0023-a-part-of-speech-tagger.md, states how often the tags are right.
"""

from humanize.tagging.tagger import TaggedToken, tag_text, tag_words
from humanize.tagging.tags import FINITE, NOUNS, VERBS, Tag

__all__ = ["FINITE", "NOUNS", "VERBS", "Tag", "TaggedToken", "tag_text", "tag_words"]
