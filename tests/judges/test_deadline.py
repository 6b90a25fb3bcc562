"""One deadline for all judges that one reward call asks, against real servers that hang."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
import servers
from patience import NEVER_S
from servers import Seen, Server, Writer, completion, send, when

from rewardkit import deadline, dispatch
from rewardkit.deadline import left_s, one_call
from rewardkit.judges.clients.openai import OpenAIClient
from rewardkit.judges.judge import Judge
from rewardkit.judges.rule_then_judge import RuleThenJudge
from rewardkit.recipes import build
from rewardkit.reward import RewardFunction
from rewardkit.router import Router
from rewardkit.testing import sample
from rewardkit.types import Verdict

DEADLINE_S = 2.0


def judge(server: Server, **options: Any) -> Judge:
    # Without controls: the requests are counted here, and their times.
    client = OpenAIClient(server.url, **({"model": "judge", "deadline_s": DEADLINE_S, "timeout_s": NEVER_S} | options))
    return Judge(client, canaries=0)


async def says_no(seen: Seen, writer: Writer) -> None:
    await send(writer, completion("no"))


def row(answer: str, index: int = 0) -> Any:
    return sample(
        index=index, prompt="Capital of Australia?", answer="the city of Canberra", completion=f"<answer>{answer}</answer>"
    )


ROWS = [row("the city of Canberra", 0), row("wattle", 1), row("gumtree", 2), row("", 3)]


def outcomes(verdicts: list[Verdict]) -> list[tuple[float | None, str]]:
    return [(verdict.score, verdict.reason) for verdict in verdicts]


class Clock:
    """The clock of deadlines, which goes on when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(deadline, "time", found)
    return found


def test_two_judges_one_after_the_other_end_within_one_deadline() -> None:
    # The first says no to one row and hangs on the other until the deadline; what it says no to, the second is asked about.
    with Server(when(lambda seen: "gumtree" in seen.text, servers.hang, says_no)) as one, Server(servers.hang) as two:
        cascade = RuleThenJudge(RuleThenJudge(build("auto"), judge(one)), judge(two), on="reject")
        verdicts = dispatch.run(cascade, ROWS)
        unavailable = (None, "judge_unavailable")
        assert outcomes(verdicts) == [(1.0, "match"), unavailable, unavailable, (0.0, "no_answer")]
        assert f"the deadline of {DEADLINE_S:g} s passed" in verdicts[1].info["message"]
        assert len(one.chats) == 2
        assert two.chats == []  # no time was left to ask it anything


def test_the_second_judge_has_what_the_first_left(clock: Clock) -> None:
    took_s: list[float] = []

    async def late(seen: Seen, writer: Writer) -> None:
        clock.now += took_s.pop()
        await says_no(seen, writer)

    # The first takes all but a second of each call; the second hangs, and all of the deadline would be a day.
    with Server(late) as one, Server(servers.hang) as two:
        judges = [judge(server, deadline_s=NEVER_S) for server in (one, two)]
        reward = RewardFunction(RuleThenJudge(RuleThenJudge(build("auto"), judges[0]), judges[1], on="reject"))
        took_s += [NEVER_S - 1, 0.0]
        columns = {"answer": [one_row.columns["answer"] for one_row in ROWS]}
        given = [one_row.prompt for one_row in ROWS], [one_row.completion for one_row in ROWS]
        assert reward(*given, **columns) == [1.0, None, None, 0.0]
        took_s += [NEVER_S - 1, 0.0]
        asyncio.run(reward.acall(*given, **columns))
        assert len(two.chats) == 4  # two rows of each call: a call does not pay for the one before
        for verdict in reward.verdicts[1:3]:
            assert verdict.info["message"].endswith("no answer came")


def test_three_routes_share_one_deadline() -> None:
    with Server(servers.hang) as server:
        routes = {name: RuleThenJudge(build("auto"), judge(server)) for name in "abc"}
        rows = [
            sample(
                index=i,
                prompt="Capital of Australia?",
                answer="the city of Canberra",
                completion=text,
                route="abc"[i % 3],
            )
            for i, text in enumerate(["wattle", "gumtree", "bottlebrush", "the city of Canberra"])
        ]
        verdicts = dispatch.run(Router(routes, by="route"), rows)
        assert server.most_at_once == 3  # they wait together, and none is asked when the time of another is over
    assert outcomes(verdicts) == [(None, "judge_unavailable")] * 3 + [(1.0, "match")]
    assert all(f"the deadline of {DEADLINE_S:g} s passed" in verdict.info["message"] for verdict in verdicts[:3])


def test_a_server_that_hangs_when_asked_for_its_model_takes_no_longer() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(64)
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        verdicts = dispatch.run(Judge(OpenAIClient(url, deadline_s=DEADLINE_S / 2, timeout_s=NEVER_S)), ROWS[1:3])
    assert outcomes(verdicts) == [(None, "judge_unavailable")] * 2
    assert all(f"the deadline of {DEADLINE_S / 2:g} s passed" in verdict.info["message"] for verdict in verdicts)


def test_the_clock_starts_with_the_first_wait_and_is_that_of_the_outermost_call(clock: Clock) -> None:
    assert left_s(5.0) == 5.0
    with one_call():
        clock.now += 50  # rules that compute before the first judge take nothing from it
        assert left_s(5.0) == 5.0
        clock.now += 1
        with one_call():
            assert left_s(5.0) == 4.0
            assert left_s(0.5) == 0.0
        assert left_s(5.0) == 4.0
    assert left_s(5.0) == 5.0
