"""Blocks through workers: each comes back in its order, with its reply or with none, and nothing is lost to its neighbours."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from patience import wait_until

from rewardkit.errors import MissingColumn, WorkerStartError
from rewardkit.workers import Workers
from rewardkit.workers import stream as module
from rewardkit.workers.stream import stream

sys.path.insert(0, str(Path(__file__).parents[1] / "plugins"))


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    with Workers(2) as shared:
        yield shared


def header(**wanted: Any) -> bytes:
    return json.dumps({"module": "block_answers", "blocks": wanted}).encode()


def replies(pool: Workers, *texts: str, **wanted: Any) -> list[bytes | None]:
    items = list(stream(pool, header(**wanted), iter(texts), str.encode))
    assert [item for item, _ in items] == list(texts)
    return [reply for _, reply in items]


def test_replies_come_in_order(pool: Workers) -> None:
    texts = [f"text {n} " + "x" * random.Random(n).randrange(2000) for n in range(400)]
    assert replies(pool, *texts) == [text.upper().encode() for text in texts]
    assert replies(pool) == []


def test_blocks_larger_than_a_socket_holds_pass_both_ways(pool: Workers) -> None:
    texts = ["a" * 3_000_000, "long:4000000", "b", "long:3000000", "c" * 2_000_000]
    sizes = [len(reply or b"") for reply in replies(pool, *texts * 3)]
    assert sizes == [3_000_000, 4_000_000, 1, 3_000_000, 2_000_000] * 3


@pytest.mark.parametrize("trouble", ["exit", "raise:x", "sys_exit", "memory", "nothing"])
def test_trouble_with_one_block_is_none_of_its_neighbours(pool: Workers, trouble: str) -> None:
    texts = [trouble if n % 7 == 3 else f"text {n}" for n in range(40)]
    assert replies(pool, *texts) == [None if text == trouble else text.upper().encode() for text in texts]


def test_a_silent_worker_is_ended_and_its_next_block_done_by_another(pool: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.3)
    assert replies(pool, "a", "hang", "b", "c", "stop", "d") == [b"A", None, b"B", b"C", None, b"D"]


def test_a_worker_ended_from_outside_loses_no_block() -> None:
    with Workers(2) as pool:
        found: list[tuple[int, bytes | None]] = []
        with closing(stream(pool, header(), iter(range(60)), b"text %d".__mod__)) as replied:
            for number, reply in replied:
                found.append((number, reply))
                if number == 20:
                    os.kill(pool.pids[0], signal.SIGKILL)
        assert [number for number, _ in found] == list(range(60))
        assert all(reply in (None, b"TEXT %d" % number) for number, reply in found)
        # What it was on comes back without a reply; what else it had, another did.
        assert sum(reply is None for _, reply in found) <= 1


def test_an_item_without_a_body_is_handed_back_in_its_place(pool: Workers) -> None:
    items = stream(pool, header(), iter(range(9)), lambda number: None if number % 3 == 1 else b"%d" % number)
    assert [reply for _, reply in items] == [b"0", None, b"2", b"3", None, b"5", b"6", None, b"8"]


def test_what_is_raised_on_purpose_is_raised_after_all_that_came_before(pool: Workers) -> None:
    replied = stream(pool, header(), iter(["a", "b", "c", "missing", "d"]), str.encode)
    assert [next(replied)[1] for _ in "abc"] == [b"A", b"B", b"C"]
    with pytest.raises(MissingColumn, match="answer"):
        next(replied)


def test_what_cannot_be_loaded_is_told(pool: Workers) -> None:
    with pytest.raises(WorkerStartError, match="no recipe is named 'outo'"):
        replies(pool, "a", refuse="outo")


def test_a_few_blocks_are_read_ahead_and_no_more(pool: Workers) -> None:
    read: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(100):
            read.append(number)
            yield number

    with closing(stream(pool, header(), numbers(), b"%d".__mod__)) as replied:
        for number, _ in replied:
            assert len(read) <= number + 1 + module.AHEAD * pool.count


def test_large_blocks_are_not_held_together(pool: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AHEAD_MB", 1)
    read: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(9):
            read.append(number)
            yield number

    with closing(stream(pool, header(), numbers(), lambda number: b"x" * 600_000)) as replied:
        for number, reply in replied:
            assert len(reply or b"") == 600_000
            assert len(read) <= number + 3  # the one that is handed on, and two that are over the limit together


def test_closing_ends_what_is_under_way_and_frees_the_pool() -> None:
    with Workers(2) as pool:
        replied = stream(pool, header(), iter(["a", "hang", "hang", "hang", "hang"]), str.encode)
        assert next(replied) == ("a", b"A")
        replied.close()
        wait_until(lambda: not pool.pids)
        assert replies(pool, "b") == [b"B"]


def test_a_worker_is_replaced_after_its_share_of_lines() -> None:
    with Workers(1, recycle_after=50) as pool:
        found = [reply for _, reply in stream(pool, header(), iter(["pid:" + "\n" * 30] * 8), str.encode)]
    assert None not in found
    assert len(set(found)) == 4


def test_two_streams_and_a_closed_pool(pool: Workers) -> None:
    found: dict[int, list[bytes | None]] = {}

    def one(number: int) -> None:
        found[number] = replies(pool, *[f"{number} {n}" for n in range(100)])

    threads = [threading.Thread(target=one, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [b"%d %d" % (number, n) for n in range(100)] for number in range(3)}
    with Workers(1) as closed:
        pass
    with pytest.raises(WorkerStartError, match="closed"):
        replies(closed, "a")
