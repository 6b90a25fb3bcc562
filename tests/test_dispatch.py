from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from patience import HANG_S, NEVER_S, wait_until

from rewardkit import dispatch, registry, workers
from rewardkit.errors import MissingColumn, TooManyErrors, UsageError, WrongLength
from rewardkit.types import Sample, Status, Verdict

PLUGINS = str(Path(__file__).parent / "plugins")
sys.path.insert(0, PLUGINS)

from hostile_verifiers import meet  # noqa: E402


@pytest.fixture(scope="module", autouse=True)
def _short_limits():
    workers.configure(2, timeout_s=0.5)
    yield
    workers.configure()


@pytest.fixture
def patient_pool():
    """Workers that cut nothing off: what ends in them was called off."""
    yield workers.configure(2, timeout_s=NEVER_S)
    workers.configure(2, timeout_s=0.5)


def rows(*texts: str) -> list[Sample]:
    return [Sample(i, "", text, {"answer": "ok"}) for i, text in enumerate(texts)]


def scores(verdicts: list[Verdict]) -> list[float | None]:
    return [verdict.score for verdict in verdicts]


class Rule:
    """A third party's verifier: raises on "bad", gives up on "stop"."""

    name = "third.rule"

    def __init__(self, remote: bool = False, before: Callable[[], object] = lambda: None) -> None:
        self.remote = remote
        self.before = before
        self.slices: list[int] = []

    def __repr__(self) -> str:
        return f"Rule(remote={self.remote})"

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        self.slices.append(len(samples))
        self.before()
        if any(sample.text == "bad" for sample in samples):
            raise ValueError("cannot read this")
        if any(sample.text == "stop" for sample in samples):
            raise TooManyErrors("all of them")
        return [Verdict.scored(sample.text == "ok") for sample in samples]


class SlowJudge:
    name = "third.judge"

    def __init__(self, wait_s: float = 0.0) -> None:
        self.wait_s = wait_s
        self.loops: set[int] = set()
        self.asked = threading.Event()
        self.cancelled = threading.Event()

    def __repr__(self) -> str:
        return f"SlowJudge({self.wait_s})"

    async def averify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        self.loops.add(id(asyncio.get_running_loop()))
        self.asked.set()
        try:
            await asyncio.sleep(self.wait_s)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        if any(sample.text == "bad" for sample in samples):
            raise ValueError("cannot read this")
        if any(sample.text == "stop" for sample in samples):
            raise TooManyErrors("all of them")
        return [Verdict.scored(sample.text == "ok") for sample in samples]


class MeetingJudge(SlowJudge):
    """Answers once everybody has come to a meeting."""

    def __init__(self, come: Callable[[], None]) -> None:
        super().__init__()
        self.come = come

    async def averify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        await asyncio.to_thread(self.come)
        return await super().averify(samples)


SAME = registry.get("hostile.same")
ACT = registry.get("hostile.act")


@pytest.mark.parametrize("verifier", [SAME, ACT, Rule(), Rule(remote=True), SlowJudge()], ids=repr)
def test_every_kind_answers_in_order(verifier):
    texts = ["ok", "no", "ok"] * 5
    wanted = [1.0, 0.0, 1.0] * 5
    assert scores(dispatch.run(verifier, rows(*texts))) == wanted
    assert dispatch.run(verifier, []) == []
    assert scores(asyncio.run(dispatch.arun(verifier, rows(*texts)))) == wanted

    async def blocking() -> list[Verdict]:
        return dispatch.run(verifier, rows(*texts))

    assert scores(asyncio.run(blocking())) == wanted
    with ThreadPoolExecutor(4) as executor:
        for future in [executor.submit(dispatch.run, verifier, rows(*texts)) for _ in range(8)]:
            assert scores(future.result(timeout=HANG_S)) == wanted


def test_an_isolated_verifier_is_isolated_by_its_own_verify():
    [verdict] = ACT.verify(rows("pid"))
    assert verdict.info["pid"] != os.getpid()
    assert ACT.verify(rows("spin"))[0].reason == "timeout"


@pytest.mark.usefixtures("patient_pool")
def test_slices_of_all_kinds_overlap(tmp_path):
    come = partial(meet, 5, tmp_path)  # none of the five goes on before all have come
    slices: list[Any] = [
        (MeetingJudge(come), rows("ok")),
        (Rule(before=come), rows("no")),
        (Rule(remote=True, before=come), rows("ok")),
        (ACT, rows(f"meet:5:{tmp_path}")),
        (MeetingJudge(come), rows("no")),
        (SAME, []),
    ]
    assert [scores(verdicts) for verdicts in dispatch.run_all(slices)] == [[1.0], [0.0], [1.0], [0.0], [0.0], []]


def test_judges_have_asked_before_rules_compute(monkeypatch):
    monkeypatch.setattr(dispatch, "HEAD_START_S", HANG_S)  # so that no load on the machine uses it up
    order: list[str] = []

    class Asking(SlowJudge):
        async def averify(self, samples: Sequence[Sample], /) -> list[Verdict]:
            await asyncio.sleep(0.05)  # a rule that waits for nobody would be first
            order.append("asked")
            return await super().averify(samples)

    class Computing(Rule):
        def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
            order.append("computes")
            return super().verify(samples)

    dispatch.run_all([(Computing(), rows("ok")), (Asking(), rows("ok"))])
    assert order == ["asked", "computes"]


@pytest.mark.parametrize("verifier", [Rule(), Rule(remote=True), SlowJudge()], ids=repr)
def test_one_bad_row_never_stops_a_run(verifier):
    verdicts = dispatch.run(verifier, rows("ok", "bad", "no"))
    assert scores(verdicts) == [1.0, None, 0.0]
    assert (verdicts[1].status, verdicts[1].reason, verdicts[1].verifier) == (Status.ERROR, "exception", verifier.name)
    assert verdicts[1].info["error"] == "ValueError"


def test_a_single_bad_row_is_asked_once():
    rule = Rule()
    dispatch.run(rule, rows("bad"))
    assert rule.slices == [1]


@pytest.mark.parametrize("verifier", [Rule(), Rule(remote=True), SlowJudge()], ids=repr)
def test_what_the_library_raises_goes_through(verifier):
    with pytest.raises(TooManyErrors):
        dispatch.run(verifier, rows("ok", "stop"))


@pytest.mark.parametrize("verifier", [SAME, ACT], ids=repr)
def test_a_missing_column_raises_only_where_it_is_required(verifier):
    if verifier is SAME:
        assert dispatch.run(verifier, [Sample(0, "", "ok")])[0].status is Status.ERROR
    else:
        with pytest.raises(MissingColumn):
            dispatch.run(verifier, [Sample(0, "", "ok")])


class Answers:
    name = "third.answers"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def verify(self, samples: Sequence[Sample], /) -> Any:
        return self.answer


def test_a_result_of_wrong_length_or_kind():
    with pytest.raises(WrongLength, match=r"third\.answers.*1.*2"):
        dispatch.run(Answers([Verdict.scored(1)]), rows("a", "b"))
    with pytest.raises(UsageError, match="list of Verdict"):
        dispatch.run(Answers([1.0, 0.0]), rows("a", "b"))
    with pytest.raises(UsageError, match="NoneType"):
        dispatch.run(Answers(None), rows("a", "b"))


class Nested:
    """A judge that itself asks, in every way there is."""

    name = "third.nested"

    def __init__(self, inner: Any, how: str) -> None:
        self.inner = inner
        self.how = how

    async def averify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        if self.how == "sync":
            return dispatch.run(self.inner, samples)
        if self.how == "async":
            return await dispatch.arun(self.inner, samples)
        if self.how == "thread":
            return await asyncio.to_thread(dispatch.run, self.inner, samples)
        composite = Composite(self.inner)
        return dispatch.run_all([(composite, samples), (SAME, samples)])[0]


class Composite:
    name = "third.composite"
    remote = True

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        return dispatch.run(self.inner, samples)


@pytest.mark.parametrize("how", ["sync", "async", "thread", "composite"])
@pytest.mark.parametrize("inner", [SlowJudge(0.01), ACT, SAME, Rule()], ids=repr)
def test_a_judge_that_asks_does_not_wait_for_itself(how, inner):
    judge = Nested(Nested(Nested(inner, how), "sync"), how)
    with ThreadPoolExecutor(3) as executor:
        for future in [executor.submit(dispatch.run, judge, rows("ok", "no")) for _ in range(3)]:
            assert scores(future.result(timeout=HANG_S)) == [1.0, 0.0]


def test_a_judge_always_meets_the_same_loop():
    judge = SlowJudge()
    for _ in range(3):
        dispatch.run(judge, rows("ok"))
        asyncio.run(dispatch.arun(judge, rows("ok")))
    threading.Thread(target=dispatch.run, args=(judge, rows("ok"))).start()
    assert len(judge.loops) == 1


def test_an_error_calls_off_the_rest(tmp_path, patient_pool):
    judge = SlowJudge(NEVER_S)
    stops = Rule(before=lambda: wait_until(lambda: judge.asked.is_set() and list(tmp_path.iterdir())))
    with pytest.raises(TooManyErrors):
        dispatch.run_all([(judge, rows("ok")), (ACT, rows(f"meet:2:{tmp_path}")), (stops, rows("stop"))])
    assert judge.cancelled.wait(HANG_S)
    wait_until(lambda: not patient_pool.pids)


def test_an_error_in_the_background_is_heard_while_waiting():
    with pytest.raises(TooManyErrors):
        dispatch.run_all([(SlowJudge(NEVER_S), rows("ok")), (SlowJudge(0.1), rows("stop"))])


def test_cancelling_arun_ends_workers_and_judges(tmp_path, patient_pool):
    judge = SlowJudge(NEVER_S)

    async def main() -> None:
        task = asyncio.create_task(dispatch.arun_all([(judge, rows("ok")), (ACT, rows(f"meet:2:{tmp_path}"))]))
        while not (judge.asked.is_set() and list(tmp_path.iterdir())):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert judge.cancelled.wait(HANG_S)
    wait_until(lambda: not patient_pool.pids)


def test_arun_does_not_block_the_loop():
    begun, go = threading.Event(), threading.Event()

    def before() -> None:
        begun.set()
        assert go.wait(HANG_S), "the loop had no turn while the rule computed"

    async def main() -> list[Verdict]:
        task = asyncio.create_task(dispatch.arun(Rule(before=before), rows("ok")))
        while not begun.is_set():
            await asyncio.sleep(0.001)
        go.set()
        return await task

    assert scores(asyncio.run(main())) == [1.0]


def test_over_workers_sends_what_can_be_sent():
    @registry.verifier("local.here")
    def here(sample: Sample) -> float:
        return float(os.getpid() == sample.columns["pid"])

    many = [Sample(i, "", "ok", {"answer": "ok", "pid": os.getpid()}) for i in range(200)]
    with dispatch.over_workers():
        verdicts = dispatch.run(SAME, many)
        assert scores(dispatch.run(registry.get("local.here"), many)) == [1.0] * 200
    assert scores(verdicts) == [1.0] * 200


def test_a_forked_child_has_loops_of_its_own():
    judge = SlowJudge()
    dispatch.run(judge, rows("ok"))
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(write, str(scores(dispatch.run(judge, rows("ok", "no")))).encode())
        os._exit(0)
    os.close(write)
    with open(read, "rb") as stream:
        assert stream.read() == b"[1.0, 0.0]"
    os.waitpid(pid, 0)


@pytest.mark.parametrize("call", ["dispatch.run(act, slow)", "dispatch.run_all([(act, slow), (Judge(), slow), (act, slow)])"])
def test_ctrl_c_ends_everything(tmp_path, call):
    seen = tmp_path / "seen"
    seen.mkdir()
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(f"""
        import sys, time, asyncio
        sys.path.insert(0, {PLUGINS!r})
        import hostile_verifiers
        from rewardkit import dispatch, registry, workers
        from rewardkit.types import Sample
        class Judge:
            name = "a.judge"
            async def averify(self, samples):
                try:
                    hostile_verifiers.meet(1, {str(seen)!r})
                    await asyncio.sleep(3600)
                finally:
                    print("judge called off", flush=True)
        act = registry.get("hostile.act")
        slow = [Sample(i, "", "meet:99:{seen}", {{"answer": "ok"}}) for i in range(4)]
        pool = workers.configure(2, timeout_s=3600)
        pool.run(act, [Sample(i, "", "sleep:0.05", {{"answer": "ok"}}) for i in range(6)])
        print(*pool.pids, flush=True)
        try:
            {call}
        except KeyboardInterrupt:
            print("interrupted", pool.pids, flush=True)
        """)
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().split()
        # A sample is under way in a worker, and so is the judge, in the process itself, where there is one.
        wait_until(lambda: {path.name.startswith(f"{process.pid}-") for path in seen.iterdir()} >= {False, "Judge" in call})
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=HANG_S)[0]
    assert "interrupted []" in output
    assert ("judge called off" in output) == ("Judge" in call)
    assert process.returncode == 0


def test_cancelled_is_told_apart_from_an_error():
    outcome: list[BaseException] = []
    stop = threading.Event()
    judge = SlowJudge(NEVER_S)

    def work() -> None:
        try:
            dispatch.run_all([(judge, rows("ok"))])
        except BaseException as cause:
            outcome.append(cause)

    future = dispatch._in_thread(work, stop)
    assert judge.asked.wait(HANG_S)
    stop.set()
    future.result(timeout=HANG_S)
    assert isinstance(outcome[0], CancelledError)


def test_importing_it_loads_nothing_heavy():
    code = "import sys; from rewardkit import dispatch; print({'asyncio', 'subprocess', 'selectors'} & sys.modules.keys())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


def test_threads_are_used_again():
    idents = set()

    class Where:
        name, remote = "where", True

        def verify(self, samples: Sequence[Sample]) -> list[Verdict]:
            idents.add(threading.get_ident())
            return [Verdict.scored(1.0) for _ in samples]

    for _ in range(200):
        future, _call_off = dispatch.start(Where(), rows("ok"))
        assert scores(future.result(timeout=HANG_S)) == [1.0]
    before = threading.active_count()
    assert len(idents) <= 3
    dispatch.run_all([(Where(), rows("ok"))] * 20)
    dispatch.run_all([(Where(), rows("ok"))] * 20)
    assert threading.active_count() <= before + 20


@pytest.mark.usefixtures("patient_pool")
def test_what_is_started_can_be_called_off_and_says_when_it_has_ended(tmp_path):
    future, call_off = dispatch.start(registry.get("hostile.act"), rows("ok", f"meet:2:{tmp_path}"))
    wait_until(lambda: list(tmp_path.iterdir()))
    call_off()
    with pytest.raises(CancelledError):
        future.result(timeout=HANG_S)


def test_calls_that_nest_always_find_a_thread():
    class Nested:
        name, remote = "nested", True

        def __init__(self, depth: int) -> None:
            self.depth = depth

        def verify(self, samples: Sequence[Sample]) -> list[Verdict]:
            if not self.depth:
                return [Verdict.scored(1.0) for _ in samples]
            inner = Nested(self.depth - 1)
            return dispatch.run_all([(inner, samples), (inner, samples)])[0]

    assert scores(dispatch.run_all([(Nested(5), rows("ok"))] * 2)[1]) == [1.0]


MEETING = threading.Barrier(4)


@registry.verifier("local.waits", requires=("answer",), waits=True)
def waits(sample: Sample) -> float:
    """Waits until four rows do, as rows that wait on processes would; raises on "bad"."""
    if sample.text == "bad":
        raise ValueError(sample.text)
    MEETING.wait(HANG_S)
    return float(sample.index == 2)


def test_rows_that_wait_do_so_side_by_side_and_stay_in_order() -> None:
    verifier = registry.get("local.waits")
    for run in (verifier.verify, partial(dispatch.run, verifier)):
        assert scores(run(rows("a", "b", "c", "d"))) == [0, 0, 1, 0]
    with dispatch.over_workers(fewest=1):
        assert scores(dispatch.run(verifier, rows("a", "b", "c", "d"))) == [0, 0, 1, 0]
    assert not dispatch.is_here(verifier, rows("a"))


def test_a_row_that_waits_and_raises_is_an_error_of_its_own() -> None:
    verdicts = registry.get("local.waits").verify(rows("a", "bad", "b", "c", "d"))
    assert [verdict.status for verdict in verdicts] == [Status.SCORED, Status.ERROR, *[Status.SCORED] * 3]
    with pytest.raises(MissingColumn):
        registry.get("local.waits").verify([Sample(0, "", "a", {})])


def test_in_a_worker_the_clock_of_rows_that_wait_starts_anew_while_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Sample] = []

    def watched(verifier: Any, samples: Any) -> Any:
        for sample in samples:
            looks.append(sample)
            yield sample

    monkeypatch.setattr(dispatch, "_watched", watched)
    (late,) = rows("a")
    timer = threading.Timer(0.3, MEETING.wait, args=(HANG_S,))
    others = [threading.Thread(target=MEETING.wait, args=(HANG_S,)) for _ in range(2)]
    for thread in (timer, *others):
        thread.start()
    assert scores(registry.get("local.waits").verify([late])) == [0]
    assert len(looks) >= 2
    for thread in (timer, *others):
        thread.join(HANG_S)
