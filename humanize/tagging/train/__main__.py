"""`python -m humanize.tagging.train --gum DIR --masc DIR --data ../shared/data`: makes and measures the weights.

The free parts of GUM's training split teach a first tagger. It reads MASC, whose tags are less certain; where both
agree, the tag is taken, and both corpora teach the tagger that is shipped. `--measure FILE` names CoNLL-U files that
nothing learnt from.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from humanize.tagging.tagger import WEIGHTS, Tagger
from humanize.tagging.tags import FINITE, NOUNS, Tag
from humanize.tagging.train.corpora import FREE, Sentence, lexicon, masc, treebank
from humanize.tagging.train.perceptron import fit, tagger, write

LEAST_AGREEMENT = 0.85  # of the words of a sentence of MASC
TIMES = 3  # how often GUM is read for each time that MASC is
_UNSCORED = frozenset({Tag.MARK, Tag.OTHER, Tag.NUMBER, Tag.POSSESSIVE_MARK})
_FINE = {Tag.SUBORDINATOR: Tag.PREPOSITION}  # what MASC does not tell apart


def gum_sentences(folder: Path) -> list[Sentence]:
    """Read the documents of the training split that are free, from GUM's folder `not-to-release`."""
    names = (folder / "file-lists" / "files.train").read_text(encoding="utf-8").split()
    free = sorted(name for name in names if name.split("_")[1] in FREE)
    return [one for name in free for one in treebank(folder / "sources" / f"{name}.conllu")]


def agreed(first: Tagger, sentence: Sentence) -> Sentence | None:
    """Return the sentence with the tags on which the tagger and the corpus agree; None if they agree on too few.

    For forms in -ing and -ed the tagger is believed: MASC takes nearly all for verbs, and agreement would teach
    verbs alone.
    """
    guesses = first.tag([word for word, _ in sentence])
    agree = [_FINE.get(guess, guess) == tag for (_, tag), guess in zip(sentence, guesses, strict=True)]
    if sum(agree) < LEAST_AGREEMENT * len(sentence):
        return None
    words = [word for word, _ in sentence]
    return [
        (word, guess if same or word.lower().endswith(("ing", "ed")) else None)
        for word, guess, same in zip(words, guesses, agree, strict=True)
    ]


def figures(model: Tagger, words: dict[str, str], sentences: list[Sentence]) -> str:
    """Return in per cent how many words are right: all, those that can be noun or verb, -ed forms, -ing forms."""
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for sentence in sentences:
        for (word, gold), guess in zip(sentence, model.tag([word for word, _ in sentence]), strict=True):
            for name in _groups(word.lower(), gold, words.get(word.lower(), "")):
                count[name] += 1
                right[name] += _kind(gold) == _kind(guess) if name == "noun or verb" else gold == guess
    return ", ".join(f"{name} {100 * right[name] / count[name]:.1f} ({count[name]})" for name in sorted(count))


def _groups(word: str, gold: Tag | None, known: str) -> list[str]:
    found = [] if gold in _UNSCORED else ["all"]
    if ("n" in known and "vb" in known) or "Nvz" in known or "nvz" in known:
        found.append("noun or verb")
    if word.endswith("ed") and gold in {Tag.PAST, Tag.PARTICIPLE, Tag.ADJECTIVE}:
        found.append("-ed")
    if word.endswith("ing") and gold in {Tag.GERUND, Tag.NOUN, Tag.ADJECTIVE}:
        found.append("-ing")
    return found


def _kind(tag: Tag | None) -> str:
    return "noun" if tag in NOUNS else "verb" if tag in FINITE or tag is Tag.BASE else str(tag)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m humanize.tagging.train", description=__doc__)
    parser.add_argument("--gum", type=Path, required=True, help="the folder `not-to-release` of UD_English-GUM")
    parser.add_argument("--masc", type=Path, required=True, help="the folder of NLTK's corpus masc_tagged")
    parser.add_argument("--data", type=Path, required=True, help="folder that contains pairs/train.jsonl.gz")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="file of the weights; by default the shipped one")
    parser.add_argument("--measure", type=Path, nargs="*", default=[], help="CoNLL-U files to measure on")
    options = parser.parse_args()
    words = lexicon(options.data)
    gum = gum_sentences(options.gum)
    first = tagger(fit(gum, words))
    more = [found for sentence in masc(options.masc) if (found := agreed(first, sentence)) is not None]
    model = fit(gum * TIMES + more, words)
    write(model, options.out)
    sys.stdout.write(f"{len(gum)} + {len(more)} sentences, {len(model.rows)} features, {len(words)} words\n")
    for path in options.measure:
        for joined in (False, True):
            sentences = treebank(path, joined=joined)
            sys.stdout.write(f"{path.name}, joined {joined}: {figures(tagger(model), words, sentences)}\n")


if __name__ == "__main__":
    main()
