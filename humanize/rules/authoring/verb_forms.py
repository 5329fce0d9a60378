"""Writes `humanize/rules/packs/en/forms.tsv`: the forms of every verb that the English packs name.

Run it after adding a verb to a pack: `python -m humanize.rules.authoring.verb_forms`. It needs `lemminflect` (the extra
`train`), which the product does not.
"""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "packs" / "en"
TAGS = ("VBZ", "VBD", "VBN", "VBG")
# Verbs for which the library is wrong or gives several forms.
FIXED = {
    "be": ("is", "was", "been", "being"),
    "fit": ("fits", "fit", "fit", "fitting"),
    "set": ("sets", "set", "set", "setting"),
    "speed": ("speeds", "sped", "sped", "speeding"),
    "dive": ("dives", "dove", "dived", "diving"),
    "prove": ("proves", "proved", "proven", "proving"),
    "blend": ("blends", "blended", "blended", "blending"),
    "weave": ("weaves", "wove", "woven", "weaving"),
    "shed": ("sheds", "shed", "shed", "shedding"),
}


def named_verbs() -> list[str]:
    lemmas: set[str] = {"be"}
    for path in FOLDER.rglob("*.toml"):
        text = path.read_text(encoding="utf-8")
        lemmas.update(lemma for group in re.findall(r"<v:([a-z -]+)>", text) for lemma in group.split())
        for line in text.splitlines():
            if line.startswith("replace"):
                lemmas.update(lemma for lemma, _ in re.findall(r"\[([a-z-]+)(:\d)?\]", line))
    return sorted(lemmas)


def forms(lemma: str) -> tuple[str, ...]:
    from lemminflect import getInflection

    return FIXED.get(lemma) or tuple(getInflection(lemma, tag=tag)[0] for tag in TAGS)


def main() -> None:
    lines = ["# lemma\tthird\tpast\tparticiple\tgerund; written by humanize/rules/authoring/verb_forms.py"]
    lines += ["\t".join((lemma, *forms(lemma))) for lemma in named_verbs()]
    (FOLDER / "forms.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"wrote the forms of {len(lines) - 1} verbs")


if __name__ == "__main__":
    main()
