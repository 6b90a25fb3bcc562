from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import signal
import sqlite3
import subprocess
import sys

import pytest
from patience import HANG_S, least_cpu_s

from rewardkit.errors import BadParameter
from rewardkit.judges.cache import Cache
from rewardkit.judges.client import Reply

WRITER = """
import sys
from rewardkit.judges.cache import Cache
from rewardkit.judges.client import Reply
path, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
cache = Cache(path)
for place in range(count):
    cache.put([(f"{name}-{place}", Reply(f"{name} says {place}"))])
    print(place, flush=True)
"""


def writer(path, name, count):
    command = [sys.executable, "-c", WRITER, str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_reply_comes_back_as_it_was(tmp_path):
    reply = Reply("yes \ud800 ☃", None, {"yes": -0.1}, "stop", 12, 3, score=0.25)
    Cache(tmp_path / "a.db").put([("k", reply)])
    assert Cache(tmp_path / "a.db").get(["k", "none"]) == {"k": reply}


def test_many_keys_are_found_at_once(tmp_path):
    cache = Cache(tmp_path / "a.db")
    cache.put((f"k{i}", Reply(str(i))) for i in range(1_500))
    found = cache.get([f"k{i}" for i in range(0, 3_000)])
    assert len(found) == len(cache) == 1_500


def test_two_processes_share_one_file(tmp_path):
    path = tmp_path / "a.db"
    writers = [writer(path, name, 300) for name in ("a", "b")]
    for process in writers:
        process.communicate(timeout=HANG_S)
        assert process.returncode == 0
    cache = Cache(path)
    for name in ("a", "b"):
        found = cache.get([f"{name}-{place}" for place in range(300)])
        assert [found[f"{name}-{place}"].text for place in range(300)] == [f"{name} says {place}" for place in range(300)]


def test_many_processes_may_open_a_new_file_at_once(tmp_path):
    writers = [writer(tmp_path / "a.db", f"w{i}", 5) for i in range(8)]
    for process in writers:
        process.communicate(timeout=HANG_S)
        assert process.returncode == 0
    assert len(Cache(tmp_path / "a.db")) == 40


class Locked(sqlite3.Connection):
    """Says that the file is locked where it is turned to WAL, as SQLite does when another process does so too."""

    times = 0

    def execute(self, sql, *rest):
        if "journal_mode" in sql and Locked.times > 0:
            Locked.times -= 1
            raise sqlite3.OperationalError("database is locked")
        return super().execute(sql, *rest)


def test_a_file_that_another_process_is_opening_is_waited_for(tmp_path, monkeypatch):
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: connect(*args, **options, factory=Locked))
    Locked.times = 3
    cache = Cache(tmp_path / "a.db")
    cache.put([("k", Reply("yes"))])
    assert Locked.times == 0
    assert set(cache.get(["k"])) == {"k"}


@pytest.mark.parametrize("after", [1, 57])
def test_a_killed_writer_loses_at_most_its_own_last_entry(tmp_path, after):
    path = tmp_path / "a.db"
    other = writer(path, "other", 200)
    killed = writer(path, "killed", 100_000)
    said = -1
    for line in killed.stdout:
        said = int(line)
        if said >= after:
            break
    os.kill(killed.pid, signal.SIGKILL)
    for line in killed.communicate()[0].splitlines():
        said = int(line)
    other.communicate(timeout=HANG_S)
    cache = Cache(path)
    found = cache.get([f"killed-{place}" for place in range(said + 2)])
    assert set(found) >= {f"killed-{place}" for place in range(said + 1)}
    assert all(found[key].text == key.replace("-", " says ") for key in found)
    assert len(cache.get([f"other-{place}" for place in range(200)])) == 200
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_size_is_bounded_and_what_was_used_last_stays(tmp_path):
    cache = Cache(tmp_path / "a.db", size_mb=1)
    cache.put([("kept", Reply("x" * 1_000))])
    for start in range(0, 6_000, 500):
        with sqlite3.connect(tmp_path / "a.db") as connection:
            connection.execute("UPDATE replies SET used = used - 10000")
        cache.get(["kept"])
        cache.put((f"k{start + i}", Reply("y" * 1_000)) for i in range(500))
    assert (tmp_path / "a.db").stat().st_size < 3e6  # of 6 MB that were put
    assert "kept" in cache.get(["kept"])
    assert "k0" not in cache.get(["k0"])
    assert len(cache) > 500  # evicting frees what it should and not much more
    assert "k5999" in cache.get(["k5999"])


def test_the_size_is_bounded_for_long_replies_too(tmp_path):
    cache = Cache(tmp_path / "a.db", size_mb=2)
    cache.put((f"k{i}", Reply("y" * 500_000)) for i in range(40))
    assert (tmp_path / "a.db").stat().st_size < 5e6  # of 20 MB that were put


def test_a_file_that_is_no_cache_costs_a_warning_and_no_verdict(tmp_path):
    path = tmp_path / "a.db"
    path.write_text("this is no database, and long enough to be taken for a broken one" * 50)
    cache = Cache(path)
    with pytest.warns(RuntimeWarning, match="not used any more"):
        assert cache.get(["k"]) == {}
    cache.put([("k", Reply("yes"))])
    assert cache.get(["k"]) == {}
    assert "no database" in path.read_text()


def test_an_entry_that_cannot_be_read_is_not_there(tmp_path):
    path = tmp_path / "a.db"
    Cache(path).put([("k", Reply("yes"))])
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE replies SET reply = ?", (json.dumps(["old form"]),))
    assert Cache(path).get(["k"]) == {}


def test_it_pickles_as_its_path(tmp_path):
    cache = Cache(tmp_path / "a.db")
    cache.put([("k", Reply("yes"))])
    assert pickle.loads(pickle.dumps(cache)).get(["k"])["k"].text == "yes"


def _child(cache, key):
    cache.put([(key, Reply("from the child"))])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_opens_it_anew(tmp_path):
    cache = Cache(tmp_path / "a.db")
    cache.put([("k", Reply("yes"))])
    child = multiprocessing.get_context("fork").Process(target=_child, args=(cache, "child"))
    child.start()
    child.join(HANG_S)
    assert child.exitcode == 0
    cache.put([("after", Reply("yes"))])
    assert set(cache.get(["k", "child", "after"])) == {"k", "child", "after"}


def test_it_is_fast_enough_for_a_step(tmp_path):
    cache = Cache(tmp_path / "a.db")

    def step():
        cache.put((f"k{i}", Reply("yes")) for i in range(1_000))
        cache.get([f"k{i}" for i in range(1_000)])

    assert least_cpu_s(step, within=2) < 2  # some 10 ms; a slow machine


def test_a_size_that_is_none_is_refused(tmp_path):
    with pytest.raises(BadParameter):
        Cache(tmp_path / "a.db", size_mb=0)
