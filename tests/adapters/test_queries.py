"""OpenRLHF's queries: the completion is found behind the prompt, whatever a tokenizer has made of the two."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.adapters.queries import completion_of

CASES = [json.loads(line) for line in (Path(__file__).with_name("queries.jsonl")).read_text(encoding="utf-8").splitlines()]
PLAIN = st.text(st.characters(exclude_characters="<>[]|｜", exclude_categories=("Cs",)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_completion_is_found(case: dict[str, Any]) -> None:
    assert completion_of(case["query"], case["prompt"]) == case["completion"]


@given(PLAIN, PLAIN)
def test_a_prompt_comes_off_whole(prompt: str, text: str) -> None:
    assert completion_of(prompt + text, prompt) == text
    assert completion_of(f"<s>{prompt}{text}</s>", f"<s>{prompt}") == re.sub(r"\s+\Z", "", text)


@given(st.integers(0, 200), PLAIN)
def test_a_prompt_without_its_head_comes_off_too(cut: int, text: str) -> None:
    prompt = " ".join(map(str, range(100)))  # nowhere like itself
    left = prompt[cut:]
    assert completion_of(left + text, prompt) == text


@given(st.text("ab", max_size=30), st.text("ab", max_size=30))
def test_what_is_taken_is_the_longest_overlap_there_is(prompt: str, query: str) -> None:
    longest = max((size for size in range(len(prompt) + 1) if query.startswith(prompt[len(prompt) - size :])), default=0)
    found = completion_of(query, prompt)
    assert found == (query[longest:] if longest == len(prompt) else None)


def test_it_is_linear_in_the_text() -> None:
    assert completion_of("ab" * 500_000, "ab" * 400_000 + "c") is None
    assert completion_of("a" * 1_000_000 + "<|" * 100_000, "a") is not None
