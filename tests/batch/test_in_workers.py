"""Blocks in workers give what the careful way gives, bombs included."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from patience import NEVER_S

from rewardkit import registry, workers
from rewardkit.batch import blocks
from rewardkit.batch import in_workers as module
from rewardkit.batch.blocks import read_blocks
from rewardkit.batch.engine import Done, Engine, Scored, Totals, in_this_process
from rewardkit.batch.in_workers import in_workers
from rewardkit.compose import Cascade
from rewardkit.types import Verdict
from rewardkit.workers import stream

sys.path.insert(0, str(Path(__file__).parents[1] / "plugins"))

import hostile_verifiers  # noqa: F401

TIMEOUT_S = 0.4


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Short limits, small blocks, and a recipe that only tests have."""

    def use_workers(count: int, stack: ExitStack) -> None:
        workers.configure(count, timeout_s=TIMEOUT_S, memory_mb=256)

    monkeypatch.setattr(module, "use_workers", use_workers)
    monkeypatch.setattr(module, "__name__", "hostile_blocks")
    monkeypatch.setattr(stream, "PATIENCE_S", TIMEOUT_S)
    monkeypatch.setattr(blocks, "CHUNK", 8)
    yield
    workers.configure()


def lines(*completions: str) -> bytes:
    rows = ({"id": n, "completion": text, "answer": "ok"} for n, text in enumerate(completions))
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def scored(how: Engine, data: bytes, *, traced: bool = False) -> list[Scored]:
    with ExitStack() as stack:
        return list(how(read_blocks(io.BytesIO(data)), Done(0, 0), traced, stack))


def rows_of(parts: list[Scored]) -> list[dict[str, Any]]:
    rows = [json.loads(line) for part in parts for line in part.verdicts.splitlines()]
    for row in rows:
        row.pop("seconds")
        if "Error" in row.get("error", ""):
            row["error"] = "…"
    return rows


def hostile(name: str) -> tuple[Engine, Engine]:
    """The engine of workers, and that which asks for every rule of every row by itself."""
    verifier = Cascade(registry.get(name), "text.exact")
    return in_workers({"recipe": "hostile", "options": {"rule": name}}, verifier, {}, 2), in_this_process(verifier, {}, None)


BOMBS = ["spin", "exit", "segv", "sys_exit", "raise:why", "recurse"]


@pytest.mark.slow
def test_every_bomb_gets_what_the_careful_way_gives_it() -> None:
    texts = [text for bomb in BOMBS for text in ("ok", "no", bomb, "ok", "no")]
    data = lines(*texts) + b"broken\n" + lines("ok", "no")
    fast, careful = hostile("hostile.act")
    workers.configure(2, timeout_s=TIMEOUT_S, memory_mb=256)
    parts = scored(fast, data)
    assert rows_of(parts) == rows_of(scored(careful, data))
    totals = Totals()
    for part in parts:
        totals.merge(part.totals)
    assert (totals.rows, totals.statuses["error"]) == (len(texts) + 3, 3)
    found = {text: row for text, row in zip(texts, rows_of(parts), strict=False)}
    assert {bomb: (found[bomb]["reward"], found[bomb]["reason"]) for bomb in BOMBS} == {
        "spin": (0.0, "timeout"),
        "exit": (0.0, "too_complex"),
        "segv": (0.0, "too_complex"),
        "recurse": (0.0, "too_complex"),
        "sys_exit": (None, "exception"),
        "raise:why": (None, "exception"),
    }


def test_a_row_that_ends_its_worker_once_is_scored(tmp_path: Path) -> None:
    texts = ["ok", f"die_once:{tmp_path / 'a'}", "no", *["ok"] * 10, f"spin_once:{tmp_path / 'b'}", "ok"]
    rows = rows_of(scored(hostile("hostile.act")[0], lines(*texts)))
    assert [row["reason"] for row in rows] == ["match" if text == "ok" else "mismatch" for text in texts]


@pytest.mark.slow
def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PATIENCE_S", NEVER_S)
    monkeypatch.setattr(f"{__name__}.TIMEOUT_S", NEVER_S)
    rows = rows_of(scored(hostile("hostile.act")[0], lines("ok", "memory", "no")))
    assert [(row["reward"], row["reason"]) for row in rows] == [(1.0, "match"), (0.0, "too_complex"), (0.0, "mismatch")]


def test_loading_late_is_on_no_row_s_clock() -> None:
    rows = rows_of(scored(hostile("hostile.late")[0], lines(*["ok"] * 20)))
    assert [row["reason"] for row in rows] == ["match"] * 20


def test_rules_that_are_not_isolated_are_cut_off_too() -> None:
    rows = rows_of(scored(hostile("hostile.spin")[0], lines("ok", "spin", "ok")))
    assert [(row["reward"], row["reason"]) for row in rows] == [(1.0, "match"), (0.0, "timeout"), (1.0, "match")]
    assert rows[1]["verifier"] == "hostile.spin"


def test_the_trace_comes_along() -> None:
    data = lines("ok", "no", "raise:why", *["ok"] * 12)
    fast, careful = ([part.trace for part in scored(how, data, traced=True)] for how in hostile("hostile.act"))
    fields = ("id", "completion", "reason", "score", "answer")
    found, wanted = (
        [[json.loads(line).get(name) for name in fields] for trace in traces for line in trace.splitlines()]
        for traces in (fast, careful)
    )
    assert found == wanted
    assert len(found) == 15


def test_packed_and_unpacked_it_is_the_same() -> None:
    totals = Totals()
    for verdict in (Verdict.scored(0.1), Verdict.scored(1.0), Verdict.abstained("needs_judge"), Verdict.error("bad_row")):
        totals.add(verdict)
    whole = Scored(b'{"id": 1}\n' * 3, b"\xc3\xa9\n", totals)
    assert Scored.unpack(whole.pack()) == whole
