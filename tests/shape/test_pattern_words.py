"""Words of grammar stand in the tables of phrases and small words; patterns in code spell out few of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from source_tree import MODULES

from rewardkit.prose.carriers import folded
from rewardkit.question.small_words import Role, codes, small_words

ROOMS = (
    "rewardkit.prose.",
    "rewardkit.extract.",
    "rewardkit.question.",
    "rewardkit.verifiers.choice.",
    "rewardkit.verifiers.text.",
)
READERS = [module for module in MODULES if module.name.startswith(ROOMS) or module.name == "rewardkit.decide"]
MOST = 60
# Commands of LaTeX, groups, classes and escapes of a pattern are no words.
_NO_WORDS = re.compile(r"\\\\+(?:[a-zA-Z]+|\(\?:[^)]*\))|\(\?P?<\w+>|\(\?[aiLmsux-]+|\\[bBdDsSwWnrtAz]|\[\^?\]?[^\]]*\]")
_WORD = re.compile(r"[^\W\d_]{2,}")


def spelled(tree: ast.AST) -> Iterator[tuple[int, list[str]]]:
    """The line and the words of grammar of each pattern that is compiled."""
    grammar = frozenset().union(*(small_words(role, code) for role in Role for code in codes()))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "compile" and node.args:
            texts = (one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant) and isinstance(one.value, str))
            words = [word for word in _WORD.findall(_NO_WORDS.sub(" ", " ".join(texts))) if folded(word.lower()) in grammar]
            if words:
                yield node.lineno, words


def test_few_patterns_that_read_prose_spell_words_out() -> None:
    assert len(READERS) > 60, "the search itself has stopped working"
    found = [f"{module.name}:{line} {words}" for module in READERS for line, words in spelled(module.tree)]
    assert len(found) < MOST, found


@pytest.mark.parametrize(
    ("source", "count"),
    [(r're.compile(r"\b(?:because|since)\b")', 1), (r're.compile(rf"{BECAUSE}\s")', 0), (r're.compile(r"\\frac[the]")', 0)],
)
def test_the_search_sees_words_and_no_commands(source: str, count: int) -> None:
    assert len(list(spelled(ast.parse(source)))) == count
