from __future__ import annotations

from humanize.scoring.markers import find, index, parse, per_1000, shipped_index
from humanize.scoring.tokens import tokenise


def found(text: str) -> list[str]:
    tokens = tokenise(text)
    return [" ".join(tokens[start:end]) for start, end in find(tokens)]


def test_the_longest_pattern_wins_and_no_word_counts_twice() -> None:
    assert found("It stands as a testament to a plethora of ideas.") == ["stands as a testament", "a plethora of"]


def test_a_star_stands_for_the_inflections_of_its_word() -> None:
    assert found("She enhances it, enhanced it, is enhancing it and will enhance it.") == [
        "enhances",
        "enhanced",
        "enhancing",
        "enhance",
    ]


def test_a_star_is_not_a_derivation() -> None:
    assert found("The enhancement and the empowerment were small.") == []


def test_only_whole_words_match() -> None:
    assert found("The journeyman was uncompelling.") == []


def test_case_and_quotes_do_not_matter() -> None:
    assert found("IT’S IMPORTANT TO NOTE that Overall, it rained.") == ["it's important to note", "overall ,"]


def test_a_comma_in_a_pattern_is_needed() -> None:
    assert found("The overall cost rose.") == []


def test_the_rate_is_per_thousand_words() -> None:
    tokens = tokenise("A seamless plan for ten.")
    assert per_1000(tokens, 5) == 200.0
    assert per_1000([], 0) == 0.0


def test_comments_and_blank_lines_are_no_patterns() -> None:
    assert parse(["# note", "", "rich tapestry"]) == [("rich", "tapestry")]


def test_patterns_with_one_start_are_tried_longest_first() -> None:
    table = index([("a",), ("a", "b"), ("a", "b", "c")])
    assert table == {"a": {"b": (("a", "b", "c"), ("a", "b")), "": (("a",),)}}


def test_the_shipped_list_has_all_its_patterns() -> None:
    assert sum(1 for _ in find(tokenise("pivotal newfound myriad"))) == 3
    assert len(shipped_index()) > 100
