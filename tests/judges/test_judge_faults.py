"""Every fault of a server as a reward call sees it: its rows are `judge_unavailable` and counted, the others have scores."""

from __future__ import annotations

import threading
import time
from typing import Any

import servers
from fake import fit_server
from patience import HANG_S, NEVER_S
from servers import Seen, Server, Writer, completion, send, when
from test_client_faults import BY_NAME, SETUP, SHORT_S, Case
from test_client_faults import client as openai_client

from rewardkit.judges.judge import Judge
from rewardkit.judges.stats import usage
from rewardkit.recipes import build
from rewardkit.reward import RewardFunction

POISON = "eucalyptus"
JUDGED = ["canberra town", POISON, "the capital territory", "a town inland", "somewhere south"]
RULED = {"the city of Canberra": 1.0, "Solution:": 0.0}


async def says_yes(seen: Seen, writer: Writer) -> None:
    await send(writer, completion("yes"))


def rewards(*urls: str, **options: Any) -> RewardFunction:
    """The rewards of `JUDGED` and `RULED`, in that order, in `verdicts` too."""
    function = RewardFunction(build("auto", judge=Judge(openai_client(*urls, **options))), max_error_share=1.0)
    texts = [*JUDGED, *RULED]
    found = function(
        ["What is the capital of Australia?"] * len(texts),
        [f"<answer>{text}</answer>" for text in texts],
        answer=["the city of Canberra"] * len(texts),
    )
    assert found == [verdict.score for verdict in function.verdicts]
    assert found[len(JUDGED) :] == list(RULED.values())
    return function


def lost(function: RewardFunction) -> list[str]:
    """The answers without a score, each for the reason that there is; every other was accepted by the server."""
    rows = list(zip(JUDGED, function.verdicts, strict=False))
    failed = [text for text, verdict in rows if verdict.score is None]
    assert all(verdict.reason == "judge_unavailable" for _, verdict in rows if verdict.score is None)
    assert all(verdict.score == 1.0 for text, verdict in rows if text not in failed)
    assert usage(function.verdicts).unavailable == len(failed)
    return failed


@BY_NAME
def test_one_row_s_fault(case: Case) -> None:
    with Server(fit_server(when(lambda seen: POISON in seen.text, case.fault, says_yes))) as server:
        function = rewards(server.url, timeout_s=case.timeout_s, patience_s=NEVER_S)
    failed = lost(function)
    assert failed == [POISON] or (case.words in SETUP and POISON in failed)
    assert case.words in function.verdicts[1].info["message"]


@BY_NAME
def test_everybody_s_fault(case: Case) -> None:
    with Server(case.fault) as server:
        function = rewards(server.url, timeout_s=case.timeout_s)
    assert lost(function) == JUDGED


def test_refused() -> None:
    assert lost(rewards(f"http://127.0.0.1:{servers.closed_port()}")) == JUDGED


def test_429_with_a_time_to_wait() -> None:
    with Server(fit_server(when(lambda seen: seen.attempt == 1 and POISON in seen.text, servers.too_many, says_yes))) as server:
        assert lost(rewards(server.url)) == []
    with Server(servers.too_many_for_long) as server:
        assert lost(rewards(server.url)) == JUDGED


def test_an_expired_deadline() -> None:
    with Server(fit_server(when(lambda seen: POISON in seen.text, servers.hang, says_yes))) as server:
        function = rewards(server.url, deadline_s=2 * SHORT_S)
    assert lost(function) == [POISON]
    assert "the deadline of 2 s passed" in function.verdicts[1].info["message"]


def test_a_server_killed_mid_batch_and_back() -> None:
    arrived = threading.Event()

    async def behave(seen: Seen, writer: Writer) -> None:
        if POISON in seen.text and not arrived.is_set():
            arrived.set()
            await servers.hang(seen, writer)  # until the server is killed
        await says_yes(seen, writer)

    with Server(fit_server(behave)) as server:

        def kill_and_revive() -> None:
            assert arrived.wait(HANG_S)
            server.stop()
            time.sleep(0.3)
            server.start()

        killer = threading.Thread(target=kill_and_revive)
        killer.start()
        function = rewards(server.url, patience_s=NEVER_S, retries=4)
        killer.join()
        assert lost(function) == []
        assert sum(POISON in seen.text for seen in server.seen) == 2
