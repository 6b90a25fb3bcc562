"""A judge that refuses ends a run of the command line at once, with what to mend; an interrupted one keeps what was judged."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from patience import HANG_S
from servers import Behaviour, Seen, Server, Writer, completion, send

from rewardkit.cli import main

ROWS = 300  # more than are asked about together
FEW = 120


async def no_key(seen: Seen, writer: Writer) -> None:
    await send(writer, {"error": "invalid api key"}, "401 Unauthorized")


async def no_model(seen: Seen, writer: Writer) -> None:
    await send(writer, {"error": "model not found"}, "404 Not Found")


async def accepts(seen: Seen, writer: Writer) -> None:
    await asyncio.sleep(0.002)
    await send(writer, completion("yes"))


def score(tmp_path: Path, server: Server, *options: str, rows: int = FEW) -> int:
    write_rows(tmp_path, rows)
    return main(command(tmp_path, server, *options))


def write_rows(tmp_path: Path, count: int) -> None:
    rows = [
        {
            "id": n,
            "prompt": f"Which {n}?",
            "answer": "The tale of two cities, told at length.",
            "completion": f"a story of {n} towns",
        }
        for n in range(count)
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def command(tmp_path: Path, server: Server, *options: str) -> list[str]:
    judge = ["--judge", f"{server.url}/v1#judge", "--judge-canaries", "0", *options]
    return ["score", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "out.jsonl"), *judge]


@pytest.mark.parametrize(("behave", "words"), [(no_key, "401 Unauthorized"), (no_model, "404 Not Found")])
def test_a_refusing_judge_stops_the_run_and_resume_completes_it(
    tmp_path: Path,
    behave: Behaviour,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-1234\n")  # as a file has it
    with Server(behave) as server:
        status = score(tmp_path, server, "--judge-key-variable", "MY_KEY", rows=ROWS)
        told = capsys.readouterr().err
        assert (status, words in told, "the judge refuses" in told) == (1, True, True), told
        assert "then run the same command with --resume" in told
        assert len(server.chats) <= 256
        assert server.chats[0].headers["authorization"] == "Bearer sk-1234"
        assert not (tmp_path / "out.jsonl").read_bytes()
        server.behave, server.most_at_once = accepts, 0
        assert score(tmp_path, server, "--resume", "--judge-concurrency", "3", rows=ROWS) == 0, capsys.readouterr().err
        rewards = [json.loads(line)["reward"] for line in (tmp_path / "out.jsonl").read_text().splitlines()]
        assert rewards == [1.0] * ROWS
        assert server.most_at_once == 3


def test_an_unset_variable_of_the_key_is_told_before_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server(accepts) as server:
        status = score(tmp_path, server, "--judge-key-variable", "NO_SUCH_VARIABLE")
        assert (status, server.seen, (tmp_path / "out.jsonl").exists()) == (2, [], False)
        assert "NO_SUCH_VARIABLE" in capsys.readouterr().err


@pytest.mark.parametrize("cache", ["replies.db", ""], ids=["a cache", "no cache"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_what_was_judged_before_an_interrupt_is_not_asked_again(tmp_path: Path, how: signal.Signals, cache: str) -> None:
    asked = threading.Event()

    async def slow_after_some(seen: Seen, writer: Writer) -> None:
        if len(server.chats) > 40:
            asked.set()
            await asyncio.sleep(3600)
        await accepts(seen, writer)

    with Server(slow_after_some) as server:
        options = ["--judge-concurrency", "8", *(["--judge-cache", str(tmp_path / cache)] if cache else [])]
        write_rows(tmp_path, FEW)
        child = subprocess.Popen(
            [sys.executable, "-m", "rewardkit", *command(tmp_path, server, *options)], stderr=subprocess.PIPE
        )
        assert asked.wait(HANG_S)
        child.send_signal(how)
        _, err = child.communicate(timeout=HANG_S)
        assert child.returncode == (130 if how is signal.SIGINT else -how), err
        assert (how is signal.SIGINT and not cache) == (b"what the judge has said is kept in" in err)
        before = len(server.chats)
        server.behave = accepts
        assert main([*command(tmp_path, server, *options), "--resume"]) == 0
        # Of the 48 that were asked, those under way are asked again.
        assert FEW - 40 <= len(server.chats) - before <= FEW - 20
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == FEW
    assert {path.name for path in tmp_path.iterdir()} - {f"{cache}-wal", f"{cache}-shm"} == {"in.jsonl", "out.jsonl", cache} - {
        ""
    }


def test_a_run_that_begins_anew_asks_anew_and_leaves_files_of_others_alone(tmp_path: Path) -> None:
    with Server(accepts) as server:
        (tmp_path / "out.jsonl.replies").write_text("notes of mine")
        assert score(tmp_path, server) == 0
        assert (tmp_path / "out.jsonl.replies").read_text() == "notes of mine"
        server.behave = no_key
        (tmp_path / "out.jsonl.replies").unlink()
        assert score(tmp_path, server) == 1
        server.behave, before = accepts, len(server.chats)
        assert score(tmp_path, server) == 0
        assert len(server.chats) - before == FEW


def test_a_cache_that_is_an_option_of_the_recipe_is_the_one(tmp_path: Path) -> None:
    with Server(accepts) as server:
        assert score(tmp_path, server, "--set", f"judge_cache={tmp_path / 'mine.db'}") == 0
    assert (tmp_path / "mine.db").stat().st_size
    assert not (tmp_path / "out.jsonl.replies").exists()
