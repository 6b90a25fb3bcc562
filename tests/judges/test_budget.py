"""What judging costs, and a step's cap on it: what is over the budget is not asked, and abstains."""

from __future__ import annotations

import asyncio
import datetime
import json
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fake import FitClient, row
from servers import Seen, Server, Writer, completion, send

from rewardkit import dispatch, load
from rewardkit.errors import BadParameter
from rewardkit.judges.budget import Budget, Price, Spending
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.clients.limits import pause_s
from rewardkit.judges.clients.openai import OpenAIClient
from rewardkit.judges.judge import Judge
from rewardkit.judges.stats import by_route, usage
from rewardkit.types import Status, Verdict


def yes(request: Request) -> Reply:
    return Reply("yes", prompt_tokens=100, completion_tokens=1)


def judge(budget: Budget | None = None, client: Any = None, **more: Any) -> Judge:
    return Judge(client or FitClient(yes), preflight=False, budget=budget, **{"canaries": 0, **more})


def rows(count: int, question: str = "Question") -> list[Any]:
    return [row(f"city {place}", prompt=f"{question} {place}?") for place in range(count)]


def reasons(verdicts: Sequence[Verdict]) -> list[str]:
    return [verdict.reason for verdict in verdicts]


def test_a_step_asks_no_more_than_its_calls_and_the_rest_abstains() -> None:
    client = FitClient(yes)
    found = judge(Budget(calls=3), client).verify(rows(5))
    assert reasons(found) == ["match"] * 3 + ["over_budget"] * 2
    assert {verdict.status for verdict in found[3:]} == {Status.ABSTAINED}
    assert len(client.seen) == 3
    counts = usage(found)
    assert (counts.calls, counts.over_budget, counts.sources["withheld"]) == (3, 2, 2)


def test_every_step_begins_anew_and_its_slices_share_one_budget() -> None:
    client = FitClient(yes)
    reward = load("auto", judge=judge(Budget(calls=3), client))
    for step in range(2):
        prompts = [f"Question {step} {place}?" for place in range(5)]
        given = reward(prompts, [f"city {place} of it" for place in range(5)], answer=["Canberra, ACT"] * 5)
        assert given.count(1.0) == 3
        assert given.count(None) == 2
    assert len(client.seen) == 6


def test_slices_of_one_call_share_what_is_left() -> None:
    one = judge(Budget(calls=3))
    first, second = dispatch.run_all([(one, rows(2, "One")), (one, rows(2, "Two"))])
    assert sorted(reasons([*first, *second])) == ["match"] * 3 + ["over_budget"]


def test_what_is_known_costs_nothing(tmp_path: Path) -> None:
    kept = str(tmp_path / "replies.db")
    judge(None, cache=kept).verify(rows(4))
    found = judge(Budget(calls=1), cache=kept).verify(rows(6))
    assert reasons(found) == ["match"] * 5 + ["over_budget"]


def test_tokens_are_estimated_before_and_counted_after() -> None:
    found = judge(Budget(tokens=2_000)).verify(rows(40))
    spent = sum(verdict.info["prompt_tokens"] + verdict.info["completion_tokens"] for verdict in found)
    assert 0 < spent <= 2_000
    assert 0 < reasons(found).count("match") < 40


def test_a_spending_never_passes_a_limit_whatever_comes_back() -> None:
    request = Request(({"role": "user", "content": "x" * 300},), max_tokens=20)
    spending = Spending(Budget(tokens=250), None)
    assert [spending.admits(request) for _ in range(3)] == [True, True, False]
    spending.settle(request, Reply("yes", prompt_tokens=50, completion_tokens=1))
    assert spending.tokens == 120 + 51
    assert not spending.admits(request)
    spending.settle(request, Reply(failure="down"))
    assert (spending.tokens, spending.calls) == (51, 2)
    assert spending.admits(request)
    silent = Spending(Budget(tokens=250), None)
    silent.admits(request)
    silent.settle(request, Reply("yes"))
    assert silent.tokens == 120, "a server that counts nothing leaves the estimate"


def test_money_is_what_tokens_cost() -> None:
    price = Price(prompt=2.0, completion=10.0)
    assert price.of(1_000_000, 100_000) == 3.0
    assert Price(2.0).of(500_000, 500_000) == 2.0
    found = judge(None, price=price).verify([*rows(2), rows(1)[0]])
    assert found[0].info["cost"] == pytest.approx((100 * 2 + 10) / 1e6)
    assert found[2].info["cost"] == 0.0, "a shared verdict costs nothing again"
    assert usage(found).cost == pytest.approx(2 * 210 / 1e6)
    assert usage(found).record()["cost"] == pytest.approx(0.00042)
    assert "cost" not in judge().verify(rows(1))[0].info
    routed = [verdict.noting(route=f"text/{place}") for place, verdict in enumerate(found)]
    assert by_route(routed)["text"].cost == usage(found).cost


def test_a_cap_in_money() -> None:
    found = judge(Budget(cost=0.002), price=Price(2.0)).verify(rows(10))
    assert 0 < reasons(found).count("match") < 10
    assert sum(verdict.info["cost"] for verdict in found) <= 0.002


def test_a_row_whose_control_could_not_be_asked_is_not_paid() -> None:
    client = FitClient(yes)
    found = judge(Budget(calls=3), client, canaries=1).verify(rows(3))
    assert reasons(found) == ["match", "over_budget", "over_budget"]
    assert (client.controls, len(client.seen)) == (2, 1)
    assert found[0].info["controls"] == 1


def test_the_look_before_the_first_verdict_is_not_counted() -> None:
    client = FitClient(yes)
    found = Judge(client, budget=Budget(calls=2)).verify(rows(2))
    assert reasons(found) == ["match", "over_budget"]
    assert client.controls == 24 + 1


def test_votes_that_were_paid_for_count() -> None:
    found = judge(Budget(calls=5), votes=3).verify(rows(3))
    assert reasons(found) == ["match", "match", "over_budget"], "two of three votes are a majority"


def test_it_goes_with_the_judge() -> None:
    one = pickle.loads(pickle.dumps(Judge("http://127.0.0.1:1#m", budget=Budget(calls=1), price=Price(1.0))))
    assert (one.purse.budget, one.price) == (Budget(calls=1), Price(1.0))


@pytest.mark.parametrize("limits", [{}, {"calls": 0}, {"tokens": -1}, {"cost": 0.0}, {"calls": 5, "tokens": 0}])
def test_a_budget_that_is_none_is_said(limits: dict[str, Any]) -> None:
    with pytest.raises(BadParameter, match="at least one limit"):
        Budget(**limits)


def test_money_needs_a_price() -> None:
    with pytest.raises(BadParameter, match="price=Price"):
        judge(Budget(cost=1.0))
    with pytest.raises(BadParameter, match="0 or more"):
        Price(-1.0)


CASES = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "rate_limits.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_headers_of_rate_limits(case: dict[str, Any]) -> None:
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    assert pause_s(case["headers"], now) == pytest.approx(case["seconds"])


def test_a_server_whose_limit_is_used_up_is_left_alone_until_it_resets() -> None:
    waits = []

    async def limited(seen: Seen, writer: Writer) -> None:
        waits.append(seen.text)
        left = {"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "80ms"}
        await send(writer, completion("yes"), **left)

    with Server(limited) as server:
        client = OpenAIClient(server.url, concurrency=1)
        requests = [Request(({"role": "user", "content": str(place)},)) for place in range(3)]
        replies = asyncio.run(client.complete(requests))
    assert [reply.text for reply in replies] == ["yes"] * 3
    assert len(waits) == 3
    assert replies[1].seconds >= 0.05


def test_a_reset_beyond_the_deadline_fails_the_rows_at_once() -> None:
    async def limited(seen: Seen, writer: Writer) -> None:
        await send(writer, completion("yes"), x_ratelimit_remaining_tokens="0", x_ratelimit_reset_tokens="6m0s")

    with Server(limited) as server:
        client = OpenAIClient(server.url, concurrency=1, deadline_s=20)
        requests = [Request(({"role": "user", "content": str(place)},)) for place in range(2)]
        first, second = asyncio.run(client.complete(requests))
    assert first.text == "yes"
    assert "used up its rate limit for 360 s" in str(second.failure)
    assert "are left of the deadline" in str(second.failure)


def test_too_many_requests_without_a_word_are_waited_for_as_the_limits_say() -> None:
    async def busy(seen: Seen, writer: Writer) -> None:
        if seen.attempt <= 6:
            left = {"ratelimit_remaining": "0", "ratelimit_reset": "0.02"}
            await send(writer, {"error": "slow down"}, "429 Too Many Requests", **left)
        else:
            await send(writer, completion("yes"))

    with Server(busy) as server:
        client = OpenAIClient(server.url, retries=1)
        (reply,) = asyncio.run(client.complete([Request(({"role": "user", "content": "a"},))]))
    assert reply.text == "yes", "to be asked to wait uses up no attempt"
