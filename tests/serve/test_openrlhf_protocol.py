"""OpenRLHF's protocol: the completion is found in the query, and what goes back is what its client can read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service import Service, running

from rewardkit.serve.openrlhf import completion_of

CASES = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
]
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


def test_what_the_client_posts_is_answered_as_it_reads(service: Service) -> None:
    body = {"query": ["2+2? 4", "2+2? 5", "x", "2+2? 4"], "prompts": ["2+2? "] * 4, "labels": ["4", "4", "4", None]}
    done = service.post(body, "/get_reward").json()
    assert list(done) == ["rewards", "scores", "extra_logs"]
    assert done["rewards"] == done["scores"] == [1.0, 0.0, None, None]
    assert done["extra_logs"] == {
        "decided": [1.0, 1.0, 0.0, 0.0],
        "abstained": [0.0, 0.0, 0.0, 1.0],
        "errors": [0.0, 0.0, 1.0, 0.0],
    }


def test_the_number_for_the_undecided_is_chosen_and_marked() -> None:
    with running("--undecided", "-0.5") as service:
        body = {"query": ["2+2? 4", "2+2? 4"], "prompts": ["2+2? "] * 2, "labels": ["4", None]}
        done = service.post(body, "/get_reward").json()
        assert (done["rewards"], done["extra_logs"]["decided"]) == ([1.0, -0.5], [1.0, 0.0])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"query": ["x"], "prompts": ["x"]}, '"labels" a list'),
        ({"query": "x", "prompts": ["x"], "labels": [1]}, "lists of strings"),
        ({"query": [1], "prompts": ["x"], "labels": [1]}, "lists of strings"),
        ({"query": ["x"], "prompts": ["x"], "labels": []}, "labels 0"),
        ({"query": [], "prompts": [], "labels": [], "metas": []}, "unknown field 'metas'"),
        ([], "must be an object"),
    ],
)
def test_what_it_would_not_post_is_refused(service: Service, body: Any, words: str) -> None:
    done = service.post(body, "/get_reward")
    assert (done.status_code, words in done.json()["error"]) == (422, True), done.text
