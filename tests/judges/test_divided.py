"""Rubrics in several requests, and judges that may say that they cannot assess a row."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fake import FitClient, row, told

from rewardkit.judges.client import Reply, Request
from rewardkit.judges.judge import Judge
from rewardkit.judges.kinds import Binary, Criteria
from rewardkit.judges.stats import usage
from rewardkit.testing import ScriptedClient
from rewardkit.types import Status

MET = {"names a city", "is short", "is polite"}
CRITERIA = [("names a city", 2.0), ("is rude", -1.0), ("is short", 1.0), ("is polite", 1.0), ("rhymes", 1.0)]


def decides(request: Request) -> str:
    """True for what is in MET, by the ids that the request gives."""
    listed = re.findall(r"^(c\d+): (.*)$", told(request), re.MULTILINE)
    return json.dumps({name: text in MET for name, text in listed})


def verdicts(kind: Any, script: Any = decides, **more: Any) -> tuple[list[Any], FitClient]:
    client = FitClient(script)
    return Judge(client, kind, preflight=False, **more).verify([row("Canberra city"), row("Sydney")]), client


@pytest.mark.parametrize(("batch", "calls"), [(None, 1), (5, 1), (4, 2), (2, 3), (1, 5)])
def test_however_it_is_divided_the_score_is_the_same(batch: int | None, calls: int) -> None:
    found, client = verdicts(Criteria(CRITERIA, batch=batch))
    assert [verdict.score for verdict in found] == [0.8, 0.8]
    assert found[0].info["criteria"] == {"c1": True, "c2": False, "c3": True, "c4": True, "c5": False}
    assert (found[0].info["calls"], len(client.seen)) == (calls, 2 * calls)


def test_a_part_that_cannot_be_read_or_had_leaves_no_score() -> None:
    def unsure(request: Request) -> Any:
        return "perhaps" if "is short" in told(request) else decides(request)

    found, _ = verdicts(Criteria(CRITERIA, batch=2), unsure)
    assert {verdict.reason for verdict in found} == {"judge_unparsed"}

    def down(request: Request) -> Any:
        return ConnectionError("refused") if "is short" in told(request) else decides(request)

    found, _ = verdicts(Criteria(CRITERIA, batch=2), down)
    assert {verdict.reason for verdict in found} == {"judge_unavailable"}


def test_parts_vote_and_are_cached_by_themselves(tmp_path: Any) -> None:
    kind = Criteria(CRITERIA, batch=3, reasons=False)
    found, client = verdicts(kind, votes=3, cache=str(tmp_path / "replies.db"))
    assert found[0].info["votes"] == [0.8] * 3
    assert len(client.seen) == 2 * 2 * 3
    again, client = verdicts(kind, votes=3, cache=str(tmp_path / "replies.db"))
    assert [verdict.score for verdict in again] == [verdict.score for verdict in found]
    assert client.seen == []


def test_what_cannot_be_assessed_is_an_abstention_with_its_cost() -> None:
    found, _ = verdicts(Binary(may_abstain=True), lambda request: Reply("CANNOT_ASSESS", prompt_tokens=7))
    assert [(verdict.status, verdict.reason, verdict.score) for verdict in found] == [
        (Status.ABSTAINED, "cannot_assess", None)
    ] * 2
    assert (found[0].info["calls"], found[0].info["prompt_tokens"]) == (1, 7)
    counts = usage(found)
    assert (counts.abstained, counts.calls) == (2, 2)


@pytest.mark.parametrize(
    ("votes", "reason"),
    [
        (["yes", "yes", "CANNOT_ASSESS"], "match"),
        (["yes", "CANNOT_ASSESS", "CANNOT_ASSESS"], "cannot_assess"),
        (["yes", "CANNOT_ASSESS", "hm"], "cannot_assess"),
        (["CANNOT_ASSESS", "hm", "hm"], "judge_unparsed"),
    ],
)
def test_votes_that_abstain_are_no_votes(votes: list[str], reason: str) -> None:
    replies = iter(votes)
    client = FitClient(lambda request: next(replies))
    (verdict,) = Judge(client, Binary(may_abstain=True), votes=3, preflight=False).verify([row("Sydney")])
    assert verdict.reason == reason


def test_a_control_that_is_not_assessed_is_not_accepted() -> None:
    client = ScriptedClient(lambda request: "CANNOT_ASSESS")
    (verdict,) = Judge(client, Binary(may_abstain=True), preflight=False).verify([row("Sydney")])
    assert verdict.reason == "cannot_assess"
