"""A pack that does not hold is refused with the file and the rule in the message."""

from __future__ import annotations

from pathlib import Path

import pytest

from humanize.rules.forms import Forms, Verb
from humanize.rules.pack import load_pack
from humanize.rules.rule import PackError
from humanize.rules.version import rules_version

FORMS = Forms(
    (Verb("use", "uses", "used", "used", "using"), Verb("utilize", "utilizes", "utilized", "utilized", "utilizing"))
)
GOOD = """theme = "t"
[[rule]]
id = "r"
match = "<v:utilize>"
replace = "[use]"
level = 1
reason = "Shorter."
examples = [["We utilize it.", "We use it."]]
"""


def load(tmp_path: Path, text: str) -> str:
    path = tmp_path / "p.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_pack(path, FORMS, {})
    return str(caught.value)


def test_a_sound_pack_loads(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert [rule.source for rule in load_pack(path, FORMS, {})] == ["rules/t/r"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("level = 1", "level = 7", "level must be a whole number from 1 to 5"),
        ("level = 1", "levle = 1", "unknown keys ['levle']; remove them"),
        ('reason = "Shorter."\n', "", "missing keys ['reason']; add them"),
        ("[use]", "[employ]", "unknown inflection [employ]; run python -m humanize.rules.authoring.verb_forms"),
        ("[use]", "{what}", "{what} is not captured by the pattern"),
        (
            "<v:utilize>",
            "<v:frob>",
            "unknown verb 'frob' in '<v:frob>'; run python -m humanize.rules.authoring.verb_forms",
        ),
        ("<v:utilize>", "<noun>", "unknown word class <noun> in '<noun>'"),
        ("<v:utilize>", "use (a|b", "a closing bracket is missing in 'use (a|b'"),
        (
            "<v:utilize>",
            "use? of?",
            "an alternative in 'use? of?' may match nothing; give it a word that is not optional",
        ),
        (
            "<v:utilize>",
            "use /[/",
            "invalid regular expression '[' in 'use /[/': unterminated character set at position 0",
        ),
        ("<v:utilize>", "/.*/", "the pattern must begin with known words"),
    ],
)
def test_a_fault_is_named_with_file_and_rule(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert load(tmp_path, GOOD.replace(old, new)) == f"p.toml: rule r: {complaint}"


def test_broken_toml_names_the_file(tmp_path: Path) -> None:
    assert load(tmp_path, "theme = ").startswith("p.toml: ")


def test_the_version_is_twelve_hexadecimal_digits() -> None:
    assert len(rules_version()) == 12
    assert int(rules_version(), 16) >= 0
