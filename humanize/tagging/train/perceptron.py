"""Trains an averaged perceptron and makes small integers of its weights. The same sentences give the same bytes."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from humanize.tagging.features import FIRST, Padded, features, normal, pad
from humanize.tagging.tagger import CODES, START, Tagger
from humanize.tagging.tags import TAGS
from humanize.tagging.train.corpora import Sentence

EPOCHS = 4
LEAST_SEEN, LEAST_SHARE = 25, 0.995  # a word so frequent and so often of one tag is not asked about
SCALE = 16  # steps of a weight of one
_NUMBERS = {tag: number for number, tag in enumerate(TAGS)}


class Perceptron:
    """Weights in training. `step` counts the words seen; `_sums` are those weights times the step of each change."""

    def __init__(self, lexicon: Mapping[str, str], certain: Mapping[str, int]) -> None:
        self.lexicon, self.certain = dict(lexicon), dict(certain)
        self.rows: dict[str, int] = {}
        self.step = 1
        self._weights: npt.NDArray[np.int32] = np.zeros((1 << 16, len(TAGS)), dtype=np.int32)
        self._sums: npt.NDArray[np.int64] = np.zeros((1 << 16, len(TAGS)), dtype=np.int64)

    def learn(self, padded: Padded, gold: Sequence[int | None]) -> None:
        """Tag a sentence and change the weights where a tag is wrong."""
        last = last_but_one = START
        for at, right in enumerate(gold, FIRST):
            guess = self.certain.get(padded.words[at])
            if guess is None:
                found = features(at, padded, last, last_but_one)
                rows = [self.rows.get(feature, 0) for feature in found]
                guess = int(self._weights.take(rows, axis=0).sum(axis=0).argmax())
                if right is not None and guess != right:
                    self._change([self._row(feature) for feature in found], right, guess)
                self.step += 1
            last_but_one, last = last, CODES[guess]

    def averaged(self) -> npt.NDArray[np.int16]:
        """Return the mean weights over all steps, in sixteenths; row 0 is empty."""
        used = len(self.rows) + 1
        mean = self._weights[:used] - self._sums[:used] / self.step
        return np.rint(mean * SCALE).astype(np.int16)

    def _change(self, rows: list[int], right: int, wrong: int) -> None:
        for number, change in ((right, 1), (wrong, -1)):
            self._weights[rows, number] += change
            self._sums[rows, number] += change * self.step

    def _row(self, feature: str) -> int:
        row = self.rows.setdefault(feature, len(self.rows) + 1)
        if row == len(self._weights):
            self._weights = np.concatenate([self._weights, np.zeros_like(self._weights)])
            self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
        return row


def fit(sentences: Sequence[Sentence], lexicon: Mapping[str, str], epochs: int = EPOCHS, seed: int = 1) -> Perceptron:
    """Train on the sentences, in a new order in each epoch."""
    model = Perceptron(lexicon, _certain_words(sentences))
    material = [
        (pad([word for word, _ in sentence], lexicon), [None if tag is None else _NUMBERS[tag] for _, tag in sentence])
        for sentence in sentences
    ]
    chance = random.Random(seed)  # noqa: S311  # an order of sentences, no secret
    for _ in range(epochs):
        chance.shuffle(material)
        for padded, gold in material:
            model.learn(padded, gold)
    return model


def tagger(model: Perceptron) -> Tagger:
    """Return a tagger with the rounded weights of the model."""
    return Tagger(model.rows, model.averaged().astype(np.int32), model.certain, model.lexicon)


def write(model: Perceptron, path: Path) -> None:
    """Write the weights that are not 0, the certain words and the lexicon into a compressed file."""
    values = model.averaged()
    kept = sorted(name for name, row in model.rows.items() if values[row].any())
    rows = values[[model.rows[name] for name in kept]]
    where, tags = np.nonzero(rows)
    certain, words = sorted(model.certain), sorted(model.lexicon)
    classes = sorted(set(model.lexicon.values()))
    numbers = {name: number for number, name in enumerate(classes)}
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            features=_lines(kept),
            counts=np.bincount(where, minlength=len(kept)).astype(np.uint8),
            tags=tags.astype(np.uint8),
            values=rows[where, tags],
            certain=_lines(certain),
            certain_tags=np.array([model.certain[word] for word in certain], dtype=np.uint8),
            words=_lines(words),
            classes=_lines(classes),
            word_classes=np.array([numbers[model.lexicon[word]] for word in words], dtype=np.uint8),
        )


def _lines(names: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _certain_words(sentences: Sequence[Sentence]) -> dict[str, int]:
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for sentence in sentences:
        for word, tag in sentence:
            if tag is not None:
                counts[normal(word)][_NUMBERS[tag]] += 1
    found = {}
    for word, tags in counts.items():
        number, most = tags.most_common(1)[0]
        if tags.total() >= LEAST_SEEN and most >= LEAST_SHARE * tags.total():
            found[word] = number
    return found
