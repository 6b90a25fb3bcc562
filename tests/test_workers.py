from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from patience import HANG_S, NEVER_S, wait_until

from rewardkit import lifted, registry, workers
from rewardkit.errors import BadParameter, MissingColumn, MissingExtra, WorkerStartError
from rewardkit.types import Sample, Status, Verdict
from rewardkit.workers import Workers

PLUGINS = str(Path(__file__).parent / "plugins")
sys.path.insert(0, PLUGINS)

import hostile_verifiers  # noqa: E402


def rows(*texts: str) -> list[Sample]:
    return [Sample(i, "", text, {"answer": "ok"}) for i, text in enumerate(texts)]


def act(pool: Workers, *texts: str, **parameters: Any) -> list[Verdict]:
    return pool.run(registry.get("hostile.act", **parameters), rows(*texts))


def outcomes(verdicts: list[Verdict]) -> list[tuple[float | None, str]]:
    return [(verdict.score, verdict.reason) for verdict in verdicts]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for_the_end_of(pids: list[int]) -> None:
    wait_until(lambda: not any(alive(pid) for pid in pids))


def seen_in(folder: Path) -> int:
    """How many have come to a meeting there."""
    return len(list(folder.iterdir()))


@pytest.fixture(scope="module")
def pool():
    with Workers(2, timeout_s=0.4, memory_mb=256) as shared:
        yield shared


MATCH, MISMATCH = (1.0, "match"), (0.0, "mismatch")
TIMEOUT, TOO_COMPLEX = (0.0, "timeout"), (0.0, "too_complex")


def test_verdicts_come_in_order_with_name_and_time(pool):
    texts = ["ok", "no"] * 200
    verdicts = act(pool, *texts)
    assert outcomes(verdicts) == [MATCH, MISMATCH] * 200
    assert {verdict.verifier for verdict in verdicts} == {"hostile.act"}
    assert all(verdict.seconds > 0 for verdict in verdicts)


def test_parameters_reach_the_worker(pool):
    assert act(pool, "no", bonus=0.5)[0].score == 0.5


def test_nothing_to_do(pool):
    assert act(pool) == []


@pytest.mark.parametrize(
    ("bomb", "outcome"),
    [
        ("spin", TIMEOUT),
        ("spin_locked", TIMEOUT),
        ("sleep:30", TIMEOUT),
        ("exit", TOO_COMPLEX),
        ("exit:0", TOO_COMPLEX),
        ("abort", TOO_COMPLEX),
        ("segv", TOO_COMPLEX),
        ("recurse", TOO_COMPLEX),
    ],
)
def test_a_bomb_scores_zero_and_harms_no_neighbour(pool, bomb, outcome):
    verdicts = act(pool, *["ok"] * 30, bomb, *["ok"] * 30)
    assert outcomes(verdicts) == [MATCH] * 30 + [outcome] + [MATCH] * 30


def test_a_memory_bomb_meets_its_limit_and_harms_no_neighbour():
    with Workers(2, memory_mb=256) as pool:
        verdicts = act(pool, *["ok"] * 30, "memory", *["ok"] * 30)
    assert outcomes(verdicts) == [MATCH] * 30 + [TOO_COMPLEX] + [MATCH] * 30
    assert verdicts[30].info["cause"] == "met the memory limit"


def test_a_hang_is_cut_off_at_its_limit_twice(tmp_path):
    with Workers(1, timeout_s=0.3) as pool:
        [verdict] = act(pool, f"spin:{tmp_path}")
    assert (verdict.reason, verdict.info["cause"]) == ("timeout", "ran past the time limit")
    assert verdict.seconds >= 0.3  # as it says itself
    assert seen_in(tmp_path) == 2  # and that it spins for ever and is over shows that it was cut off


def test_causes_are_told(pool):
    causes = [verdict.info["cause"] for verdict in act(pool, "spin", "exit", "segv", "recurse")]
    wanted = ["ran past the time limit", "exited with status 3", "was ended by SIGSEGV", "nested too deeply"]
    assert causes == wanted


@pytest.mark.parametrize("verb", ["die_once", "spin_once"])
def test_what_dies_only_once_is_scored_on_its_second_run(pool, tmp_path, verb):
    verdicts = act(pool, "ok", f"{verb}:{tmp_path / 'mark'}", "ok")
    assert outcomes(verdicts) == [MATCH, MISMATCH, MATCH]


def test_every_sample_a_bomb(pool):
    assert outcomes(act(pool, *["exit"] * 5)) == [TOO_COMPLEX] * 5


def test_an_authors_bug_is_an_error_and_not_a_score(pool):
    verdicts = act(pool, "raise:oops", "sys_exit", "ok")
    assert [verdict.status for verdict in verdicts] == [Status.ERROR, Status.ERROR, Status.SCORED]
    assert verdicts[0].info["error"] == "ValueError"
    assert "oops" in verdicts[0].info["traceback"]
    assert verdicts[1].info["error"] == "SystemExit"


def test_what_the_library_raises_in_a_worker_is_raised_here(pool):
    with pytest.raises(MissingExtra, match=r"'httpx'.*pip install"):
        act(pool, "ok", "needs:httpx", "ok")
    assert outcomes(act(pool, "ok")) == [MATCH]


def test_late_imports_are_on_no_samples_clock():
    with Workers(1, timeout_s=0.4) as pool:
        assert outcomes(pool.run(registry.get("hostile.late"), rows("ok"))) == [MATCH]


def test_what_a_verifier_prints_is_kept_from_the_protocol(pool, capfd):
    assert outcomes(act(pool, "print", "ok")) == [MISMATCH, MATCH]
    assert capfd.readouterr().out == ""


def test_a_verdict_keeps_its_score_when_its_info_cannot_be_written(pool):
    [verdict] = act(pool, "unwritable")
    assert verdict.score == 1.0
    assert "unwritable" in verdict.info


def test_no_reference_abstains(pool):
    [verdict] = pool.run(registry.get("hostile.act"), [Sample(0, "", "ok", {"answer": None})])
    assert (verdict.status, verdict.reason) == (Status.ABSTAINED, "no_reference")


def test_what_starts_processes_takes_them_along(pool, tmp_path):
    mark = tmp_path / "pid"
    act(pool, f"child:{mark}")
    wait_for_the_end_of([int(mark.read_text())])


class Picture:
    pass


class Array:
    nbytes = 24

    def tolist(self):
        return [1, 2, 3]


def test_columns_that_json_cannot_hold_stay_behind(pool):
    columns = {"answer": ("a", "b"), "image": Picture(), "scores": Array(), "tags": {"x"}, "n": 3, "odd": "\ud800"}
    prompt = [{"role": "user", "content": [{"type": "image", "image": Picture()}, {"type": "text", "text": "hi"}]}]
    [verdict] = pool.run(registry.get("hostile.act"), [Sample(0, prompt, "columns", columns, [1, 2])])
    assert verdict.info["columns"] == {"answer": ["a", "b"], "scores": [1, 2, 3], "tags": ["x"], "n": 3, "odd": "\ud800"}
    assert verdict.info["prompt"][0]["content"][0] == {"type": "image", "image": None}
    assert verdict.info["ids"] is None
    assert pool.run(registry.get("hostile.ids"), [Sample(0, "", "", {}, [1, 2])])[0].score == 2


def test_a_required_column_that_cannot_be_sent(pool):
    with pytest.raises(BadParameter, match=r"'answer'.*row 7.*Picture"):
        pool.run(registry.get("hostile.act"), [Sample(7, "", "ok", {"answer": Picture()})])


def test_a_missing_column(pool):
    with pytest.raises(MissingColumn):
        pool.run(registry.get("hostile.act"), [Sample(0, "", "ok", {})])


def test_a_verifier_no_worker_can_import(pool, monkeypatch):
    @registry.verifier("local.one", isolated=True)
    def one(sample: Sample) -> float:
        return 1.0

    with pytest.raises(BadParameter, match=r"my_verifiers\.py"):
        pool.run(registry.get("local.one"), rows("ok"))
    monkeypatch.setattr(hostile_verifiers.same, "__module__", "__main__")
    with pytest.raises(BadParameter, match="script or notebook"):
        pool.run(registry.get("hostile.same"), rows("ok"))
    assert not workers.sendable(registry.get("hostile.same"))
    with pytest.raises(BadParameter, match="plain text"):
        act(pool, "ok", bonus=1.0) and pool.run(
            lifted.FunctionVerifier(registry.spec("hostile.act"), {"bonus": Picture()}), rows("ok")
        )


@pytest.mark.parametrize("how", ["raise", "die"])
def test_a_verifier_that_cannot_be_loaded_is_no_reward(monkeypatch, how):
    monkeypatch.setenv("BROKEN_IMPORT_PID", str(os.getpid()))
    monkeypatch.setenv("BROKEN_IMPORT_HOW", how)
    import broken_import  # noqa: F401

    with Workers(1) as pool, pytest.raises(WorkerStartError, match="no such luck" if how == "raise" else "status 7"):
        pool.run(registry.get("broken.hello"), rows("ok"))


def test_a_worker_that_cannot_start(monkeypatch):
    with Workers(1) as pool:
        monkeypatch.setattr(sys, "executable", "/nonexistent/python")
        with pytest.raises(WorkerStartError, match="nonexistent"):
            act(pool, "ok")
        monkeypatch.undo()
        assert outcomes(act(pool, "ok")) == [MATCH]


@pytest.mark.parametrize("limit", [{"count": 0}, {"timeout_s": 0}, {"memory_mb": -1}, {"recycle_after": 0}])
def test_limits_must_be_positive(limit):
    with pytest.raises(BadParameter, match=next(iter(limit))):
        Workers(**limit)


def test_workers_are_replaced_after_so_many_samples():
    with Workers(1, recycle_after=20) as pool:
        seen = {verdict.info["pid"] for _ in range(6) for verdict in act(pool, *["pid"] * 10)}
        assert len(seen) == 3


def test_idle_workers_killed_from_outside_are_replaced():
    with Workers(2) as pool:
        act(pool, *["sleep:0.01"] * 20)
        for pid in pool.pids:
            os.kill(pid, signal.SIGKILL)
        assert outcomes(act(pool, *["ok"] * 50)) == [MATCH] * 50


def test_a_worker_killed_from_outside_costs_nobody_a_score(tmp_path):
    with Workers(2, timeout_s=NEVER_S) as pool, ThreadPoolExecutor(1) as executor:
        act(pool, "ok", "ok")
        # One row stays until its worker is killed and it is tried again.
        texts = ["sleep:0.005"] * 50 + [f"meet:2:{tmp_path}"] + ["sleep:0.005"] * 49
        future = executor.submit(act, pool, *texts)
        wait_until(lambda: seen_in(tmp_path))
        for pid in pool.pids:
            os.kill(pid, signal.SIGKILL)
        assert outcomes(future.result()) == [MISMATCH] * 100


def test_close_leaves_no_process_and_no_way_back():
    pool = Workers(2)
    act(pool, *["ok"] * 20)
    pids = pool.pids
    assert pids
    pool.close()
    pool.close()
    assert not any(alive(pid) for pid in pids)
    with pytest.raises(WorkerStartError, match="closed"):
        act(pool, "ok")


def test_close_ends_runs_under_way(tmp_path):
    pool = Workers(1, timeout_s=NEVER_S)
    act(pool, "ok")
    pids = pool.pids
    with ThreadPoolExecutor(2) as executor:
        futures = [executor.submit(act, pool, f"meet:2:{tmp_path}"), executor.submit(act, pool, "ok")]
        wait_until(lambda: seen_in(tmp_path))
        pool.close()
        for future in futures[:1]:
            with pytest.raises(WorkerStartError, match="closed"):
                future.result(timeout=HANG_S)
    assert not any(alive(pid) for pid in pids)


def test_a_run_can_be_cancelled(tmp_path):
    with Workers(1, timeout_s=NEVER_S) as pool:
        act(pool, "ok")
        with pytest.raises(CancelledError):  # as soon as its only sample is under way
            pool.run(registry.get("hostile.act"), rows(f"meet:2:{tmp_path}"), cancelled=lambda: bool(seen_in(tmp_path)))
        assert outcomes(act(pool, "ok")) == [MATCH]


def test_eight_threads_share_a_pool(pool):
    def one(k: int) -> list[tuple[float | None, str]]:
        return outcomes(act(pool, *["ok", "no", "spin" if k % 4 == 0 else "ok"] * 2, *["ok"] * 100))

    with ThreadPoolExecutor(8) as executor:
        results = list(executor.map(one, range(8)))
    for k, result in enumerate(results):
        assert result == [MATCH, MISMATCH, TIMEOUT if k % 4 == 0 else MATCH] * 2 + [MATCH] * 100
    assert len(pool.pids) <= 2


def test_a_small_run_does_not_wait_for_a_large_one(tmp_path):
    stop = threading.Event()
    texts = [f"meet:1:{tmp_path}"] + ["sleep:0.005"] * 100_000  # ten minutes and longer
    with Workers(1) as pool, ThreadPoolExecutor(1) as executor:
        large = executor.submit(pool.run, registry.get("hostile.act"), rows(*texts), cancelled=stop.is_set)
        wait_until(lambda: seen_in(tmp_path))
        assert outcomes(act(pool, "ok")) == [MATCH]
        assert not large.done()
        stop.set()
        with pytest.raises(CancelledError):
            large.result()


def test_from_a_running_event_loop(pool):
    async def main() -> list[Verdict]:
        return act(pool, "ok", "spin")

    assert outcomes(asyncio.run(main())) == [MATCH, TIMEOUT]


def _in_a_daemon(queue: Any) -> None:
    with Workers(1, timeout_s=0.4) as pool:
        queue.put(outcomes(act(pool, "ok", "spin")))


def _with_the_parents_pool(queue: Any, pool: Workers) -> None:
    queue.put(outcomes(act(pool, "ok", "no")))


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_from_a_daemonic_process(method):
    context = multiprocessing.get_context(method)
    queue = context.Queue()
    process = context.Process(target=_in_a_daemon, args=(queue,), daemon=True)
    process.start()
    assert queue.get(timeout=HANG_S) == [MATCH, TIMEOUT]
    process.join(HANG_S)
    assert process.exitcode == 0


def test_a_forked_child_starts_workers_of_its_own(pool):
    act(pool, "ok")
    before = pool.pids
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=_with_the_parents_pool, args=(queue, pool), daemon=True)
    process.start()
    assert queue.get(timeout=HANG_S) == [MATCH, MISMATCH]
    process.join(HANG_S)
    assert set(before) <= set(pool.pids)
    assert outcomes(act(pool, "ok")) == [MATCH]


def start_script(body: str, tmp_path: Path) -> subprocess.Popen[str]:
    script = tmp_path / "script.py"
    head = f"""
        import sys
        sys.path.insert(0, {PLUGINS!r})
        print("body", flush=True)
        import hostile_verifiers
        from rewardkit import registry
        from rewardkit.types import Sample
        from rewardkit.workers import Workers
        def rows(*texts):
            return [Sample(i, "", text, {{"answer": "ok"}}) for i, text in enumerate(texts)]
        act = registry.get("hostile.act")
        """
    script.write_text(textwrap.dedent(head) + textwrap.dedent(body))
    return subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, cwd=tmp_path)


def test_in_a_script_without_a_main_guard(tmp_path):
    with start_script(
        """
        pool = Workers(2, timeout_s=0.4)
        print([v.score for v in pool.run(act, rows("ok", "spin", "no"))])
        """,
        tmp_path,
    ) as process:
        assert process.communicate(timeout=HANG_S)[0].splitlines() == ["body", "[1.0, 0.0, 0.0]"]
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("how", "bomb"), [(signal.SIGKILL, "spin_locked"), (signal.SIGTERM, "meet:9"), (signal.SIGINT, "spin_locked")]
)
def test_no_worker_outlives_its_parent(tmp_path, bomb, how):
    folder = tmp_path / "seen"
    folder.mkdir()
    with start_script(
        f"""
        import rewardkit.workers.child
        pool = Workers(2, timeout_s=1.0)
        pool.run(act, rows(*["sleep:0.02"] * 12))
        print(*pool.pids, flush=True)
        pool.run(act, rows("{bomb}:{folder}", "meet:9:{folder}"))
        """,
        tmp_path,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "body\n"
        pids = [int(pid) for pid in process.stdout.readline().split()]
        assert len(pids) == 2
        wait_until(lambda: seen_in(folder) == 2)
        process.send_signal(how)
        process.wait(timeout=HANG_S)
        process.stdout.close()
    # Hung with its parent killed, a worker ends by its own backstop: the limit and 5 s.
    wait_for_the_end_of(pids)


def test_idle_workers_end_with_their_parent_and_wait_for_no_backstop(tmp_path):
    with start_script(
        """
        pool = Workers(2, timeout_s=86_400.0)
        pool.run(act, rows(*["sleep:0.02"] * 12))
        print(*pool.pids, flush=True)
        sys.stdin.read()
        import time; time.sleep(3600)
        """,
        tmp_path,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        pids = [int(pid) for pid in process.stdout.readline().split()]
        process.kill()
        wait_for_the_end_of(pids)


def test_the_shared_pool_is_one_and_can_be_configured():
    first = workers.shared()
    assert workers.shared() is first
    second = workers.configure(1, timeout_s=2.0)
    assert first.closed
    assert workers.shared() is second
    second.close()
    third = workers.shared()
    assert (third.count, third.timeout_s) == (1, 2.0)
    workers.configure()
