"""OpenRLHF's protocol: what goes back is what its client can read."""

from __future__ import annotations

from typing import Any

import pytest
from service import Service, running


def test_what_the_client_posts_is_answered_as_it_reads(service: Service) -> None:
    body = {"query": ["2+2? 4", "2+2? 5", "x", "2+2? 4"], "prompts": ["2+2? "] * 4, "labels": ["4", "4", "4", None]}
    done = service.post(body, "/get_reward").json()
    assert list(done) == ["rewards", "scores", "extra_logs"]
    assert done["rewards"] == done["scores"] == [1.0, 0.0, None, None]
    assert done["extra_logs"] == {
        "scored": [1.0, 1.0, 0.0, 0.0],
        "abstained": [0.0, 0.0, 0.0, 1.0],
        "error": [0.0, 0.0, 1.0, 0.0],
    }


def test_the_number_for_rows_without_a_score_is_chosen_and_marked() -> None:
    with running("--unscored", "-0.5") as service:
        body = {"query": ["2+2? 4", "2+2? 4"], "prompts": ["2+2? "] * 2, "labels": ["4", None]}
        done = service.post(body, "/get_reward").json()
        assert (done["rewards"], done["extra_logs"]["scored"]) == ([1.0, -0.5], [1.0, 0.0])


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
