"""No row is charged for what its process loads on first use, and nothing heavy is loaded outside of what is counted."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from patience import HANG_S

from rewardkit import Sample
from rewardkit.first_use import first_use, loading
from rewardkit.lifted import lift

SAMPLE = Path(__file__).parent.parent / "demo" / "sample.jsonl"
ROW = Sample(0, "6 · 7?", "42", {"answer": "42"})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A clock that is a second later at each look."""
    ticks = count(1.0)
    monkeypatch.setattr(time, "perf_counter", lambda: next(ticks))
    yield
    monkeypatch.undo()


def test_loading_is_no_part_of_a_row_s_time(clock: None) -> None:
    @first_use
    def inner() -> int:
        return 1

    @first_use
    def table() -> int:
        time.perf_counter()
        return inner()  # within a load nothing is counted twice

    verifier = lift(lambda sample: table() == 1)
    before = loading.seconds
    verdict = verifier.verify([ROW])[0]  # type: ignore[union-attr]
    # Looks at the clock: the row's first, the load's first, the one in it, the load's last, the row's last.
    assert (loading.seconds - before, verdict.seconds) == (2.0, 2.0)
    assert not loading.now


def test_a_load_that_fails_is_counted_and_over(clock: None) -> None:
    @first_use
    def table() -> bool:
        raise ValueError

    verifier = lift(lambda sample: table())
    before = loading.seconds
    verdict = verifier.verify([ROW])[0]  # type: ignore[union-attr]
    assert (verdict.reason, loading.seconds - before, verdict.seconds) == ("exception", 1.0, 2.0)
    assert not loading.now


# Run in a process of its own, where nothing is loaded yet. Long patterns are those of tables; what is built for a row is short.
WATCHED = """
import json, re, sys, traceback
from rewardkit import Sample, dispatch, recipes
from rewardkit.first_use import loading

LONG = 500
found, built, compile_ = set(), set(), re.compile

def in_a_rule():
    names = [frame.name for frame in traceback.extract_stack() if frame.filename.endswith("lifted.py")]
    return "check" in names

def watched(pattern, flags=0):
    if isinstance(pattern, str) and len(pattern) > LONG and (pattern, flags) not in built and in_a_rule() and not loading.now:
        found.add(traceback.extract_stack()[-2].name)
    built.add((pattern, flags))
    return compile_(pattern, flags)

class Finder:
    def find_spec(self, name, *_):
        if in_a_rule() and not loading.now:
            found.add(name)

verifier = recipes.build("auto")
re.compile = watched
sys.meta_path.insert(0, Finder())
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
for row in rows:
    columns = {name: row[name] for name in ("answer", "choices") if name in row}
    dispatch.run(verifier, [Sample(0, row["problem"], row["completion"], columns)])
print(json.dumps([sorted(found), loading.seconds > 0]))
"""
OF_A_ROW = {"_called_wrong"}  # its own options in a pattern, where a text calls some of them wrong


@pytest.mark.slow
def test_rows_load_nothing_heavy_that_is_not_counted_as_loading() -> None:
    command = [sys.executable, "-c", WATCHED, str(SAMPLE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 0, done.stderr
    found, loaded = json.loads(done.stdout)
    assert loaded
    assert set(found) <= OF_A_ROW
