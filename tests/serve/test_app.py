"""What goes wrong inside, as the client sees it: the app without a process around it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from rewardkit import BadParameter, Sample, Verdict, WorkerStartError, verifier
from rewardkit.registry import get
from rewardkit.serve.app import make_app
from rewardkit.serve.limits import Limits
from rewardkit.testing import ScriptedJudge

ROWS = {"rows": [{"completion": "ok", "answer": "ok"}, {"completion": "no", "answer": "ok"}]}


@verifier("test.shade", requires=("shade",))
def shade(sample: Sample) -> bool:
    """Whether the completion names the shade."""
    return sample.text == sample.columns["shade"]


class Breaks:
    name = "breaks"

    def __init__(self, cause: BaseException) -> None:
        self.cause = cause

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        raise self.cause


def post(scorer: Any, body: Any = ROWS, **options: Any) -> httpx.Response:
    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(make_app(scorer, **options), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            return await http.post("/v1/rewards", json=body)

    return asyncio.run(call())


def test_a_column_that_a_verifier_needs_is_asked_for() -> None:
    done = post(get("test.shade"))
    assert (done.status_code, "needs the column 'shade'" in done.json()["error"]) == (422, True)
    body = {"columns": {"completion": ["red", "red"], "shade": ["red", "blue"]}}
    assert post(get("test.shade"), body).json()["rewards"] == [1.0, 0.0]


def test_no_worker_process_is_a_503_that_may_pass() -> None:
    done = post(Breaks(WorkerStartError("no memory for a process")))
    assert (done.status_code, done.headers["retry-after"], done.json()) == (503, "5", {"error": "no memory for a process"})


def test_a_verifier_that_raises_costs_its_rows_and_no_more() -> None:
    done = post(Breaks(ValueError("boom"))).json()
    assert done["rewards"] == [None, None]
    assert [(row["reason"], row["error"]) for row in done["rows"]] == [("exception", "ValueError: boom")] * 2


def test_what_nobody_foresaw_is_a_500_without_the_inside() -> None:
    done = post(Breaks(SystemExit("secret path")))  # which must not end the service
    assert (done.status_code, "secret" in done.text) == (500, False)


def test_a_judge_is_served_as_it_is() -> None:
    judge = ScriptedJudge([1.0, None])
    done = post(judge).json()
    assert (done["rewards"], done["rows"][1]["status"]) == ([1.0, None], "abstained")


@pytest.mark.parametrize("limit", ["body_mb", "rows", "timeout_s", "running", "waiting"])
def test_limits_are_positive(limit: str) -> None:
    with pytest.raises(BadParameter, match=limit):
        Limits(**{limit: 0})
