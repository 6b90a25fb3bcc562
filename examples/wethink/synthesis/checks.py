"""What rules can tell about a question or an answer before another model is paid for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import rewardkit
from rewardkit.recipes.auto import shape_of
from rewardkit.types import Sample

__all__ = ["agree", "leaks", "problem_fault", "shown_problem", "unverifiable"]

LONGEST_PROBLEM, LONGEST_ANSWER, LONGEST_NAME = 1200, 600, 60
_META = re.compile(r"\b(?:the|this|given) (?:description|caption|text above|passage)\b", re.IGNORECASE)
_WORDS = re.compile(r"\w+")


def problem_fault(problem: Any, choices: Any, type_of_question: str) -> str:
    """Why a question cannot be used as it stands, or ""."""
    if not isinstance(problem, str) or len(_WORDS.findall(problem)) < 3:
        return "no question"
    if len(problem) > LONGEST_PROBLEM:
        return "too long"
    if _META.search(problem):
        return "speaks of the description"
    if type_of_question != "MC":
        return "" if not choices else "options where none belong"
    if not isinstance(choices, Mapping) or list(choices) != list("ABCDEFGH")[: len(choices)] or not 3 <= len(choices) <= 5:
        return "options are not A, B, C and so on"
    texts = [str(text).strip() for text in choices.values()]
    if not all(texts) or len({text.casefold() for text in texts}) < len(texts):
        return "two options are the same, or one is empty"
    return ""


def shown_problem(problem: str, choices: Mapping[str, str] | None) -> str:
    """The question as a row shows it, with its options."""
    lines = [f"{letter}. {str(text).strip()}" for letter, text in (choices or {}).items()]
    return "\n".join([problem.strip(), *lines])


def unverifiable(problem: str, answer: str, type_of_question: str, choices: Mapping[str, str] | None) -> str:
    """Why an answer could not serve as a reference, or ""."""
    if not answer.strip():
        return "empty"
    if len(answer) > LONGEST_ANSWER:
        return "too long"
    if type_of_question == "MC":
        return "" if answer in (choices or {}) else "no letter of an option"
    if type_of_question == "FIB":
        if shape_of(Sample(0, problem, "", {"answer": answer})) == "text" and len(answer) > LONGEST_NAME:
            return "neither a number, an expression nor a short name"
        return ""
    return "" if len(_WORDS.findall(answer)) >= 3 or len(answer) >= 6 else "no sentence"


def agree(first: str, second: str, problem: str, type_of_question: str, choices: Mapping[str, str] | None) -> bool | None:
    """Whether rules call two answers the same, in both directions; None when they cannot tell.

    Of descriptions they can tell only that they are the same words: rules for numbers would pass over the words between them.
    """
    if type_of_question == "DES":
        return True if _plain(first) == _plain(second) else None
    columns: dict[str, Any] = {} if choices is None else {"choices": dict(choices)}
    scores = [
        rewardkit.verify(answer=one, completion=f"<answer>{other}</answer>", prompt=problem, **columns).score
        for one, other in ((first, second), (second, first))
    ]
    if None in scores:
        return True if 1.0 in scores else None
    return scores == [1.0, 1.0]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")


def leaks(problem: str, answer: str, type_of_question: str) -> bool:
    """Whether the question says its own answer; of a multiple choice question the options must."""
    if type_of_question == "MC" or len(answer) < 2:
        return False
    return re.search(rf"(?<!\w){re.escape(answer.strip().rstrip('.'))}(?!\w)", problem, re.IGNORECASE) is not None
