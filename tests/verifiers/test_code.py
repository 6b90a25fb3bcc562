"""Code in every shape of tests, and what is never done: a value that is wanted goes into no sandbox, and none is done without."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sandboxed import needs_sandbox

from rewardkit import get, sandbox
from rewardkit.errors import BadParameter
from rewardkit.sandbox import Runner
from rewardkit.testing import Case, read_cases, sample
from rewardkit.types import Status
from rewardkit.verifiers.code import tested

CASES = read_cases(Path(__file__).parent / "cases" / "code.jsonl")


@needs_sandbox
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.place)
def test_case(case: Case) -> None:
    case.check()


SECRET = 918_273_645
WANTED: list[tuple[Any, dict[str, Any]]] = [
    ({"inputs": ["17\n"], "outputs": [f"{SECRET}\n"]}, {}),
    ({"inputs": [[17]], "outputs": [SECRET], "fn_name": "f"}, {}),
    ([{"input": "17", "output": str(SECRET), "testtype": "functional"}], {"fn_name": "f"}),
    ([f"assert f(17) == {SECRET}", f"assert {SECRET} in [f(1), f(2)]", f"assert sorted(f([1])) != [{SECRET}]"], {}),
    ([f"wanted = {SECRET}\nassert f(17) == wanted"], {}),
    ([f"assert abs(f(17)[0] - {SECRET}) < 1e-6 or {{'a': {SECRET}}} == f(1)"], {}),
    (f"for x, wanted in [(17, {SECRET}), (1, {SECRET})]:\n    assert f(x) == wanted", {}),
    (f"inputs = [17]\nresults = [{SECRET}]\nfor i in range(1):\n    assert f(inputs[i]) == results[i]", {}),
    (f"assert all(f(x) == wanted for x, wanted in zip([17], [{SECRET}]))", {}),
    (f"def check(candidate):\n    wanted = [{SECRET}]\n    assert candidate(17) == wanted[0]\n", {"entry_point": "f"}),
]


@pytest.mark.parametrize(("answer", "columns"), WANTED)
def test_what_is_wanted_is_not_part_of_what_is_asked(answer: Any, columns: dict[str, Any]) -> None:
    tests = tested.tests_of({"answer": answer, **columns})
    asked = [call for test in tests.tests for call in test.calls]
    assert asked
    assert str(SECRET) not in repr((asked, tests.setup))


@needs_sandbox
def test_what_is_wanted_goes_into_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    send = Runner._send

    def noted(runner: Runner, payload: bytes) -> None:
        sent.append(payload)
        send(runner, payload)

    monkeypatch.setattr(Runner, "_send", noted)
    rows = [sample(completion="```python\nf = str\n```", answer=answer, **columns) for answer, columns in WANTED]
    assert [verdict.score for verdict in get("code.python").verify(rows)] == [0.0] * len(rows)
    assert len(sent) > len(rows)
    assert not any(str(SECRET).encode() in payload for payload in sent)


def test_without_a_sandbox_nothing_is_run_and_nothing_decided(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REWARDKIT_SANDBOX", str(tmp_path / "none"))
    monkeypatch.setattr(sandbox, "_shared", None)
    mark = tmp_path / "mark"
    code = f"```python\nopen({str(mark)!r}, 'w').write('x')\nprint(1)\n```"
    (verdict,) = get("code.python").verify([sample(completion=code, answer={"inputs": [""], "outputs": ["1"]})])
    assert (verdict.score, verdict.status, verdict.reason) == (None, Status.ABSTAINED, "sandbox_unavailable")
    assert "apt-get install bubblewrap" in verdict.info["problem"]
    assert not mark.exists()


@needs_sandbox
def test_a_sandbox_that_is_lost_with_any_run_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> bool:
        raise sandbox.Lost("gone")

    with monkeypatch.context() as patched:
        patched.setattr(Runner, "run", lost)
        (verdict,) = get("code.python").verify([sample(completion="print(1)", answer={"inputs": [""], "outputs": ["1"]})])
    assert (verdict.score, verdict.reason) == (None, "sandbox_unavailable")


@pytest.mark.parametrize("parameters", [{"timeout_s": 0}, {"memory_mb": 1}, {"tolerance": -1.0}, {"tolerance": 1.0}])
def test_limits_that_cannot_be_used_are_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(BadParameter, match="wanted 1 <= timeout_s"):
        get("code.python", **parameters)


@needs_sandbox
def test_a_slow_program_has_its_time_for_each_test_and_not_for_all() -> None:
    code = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end:\n    pass\nprint(1)"
    answer = {"inputs": [str(place) for place in range(4)], "outputs": ["1"] * 4}
    (verdict,) = get("code.python", timeout_s=1).verify([sample(completion=code, answer=answer)])
    assert verdict.score == 1.0, verdict


def test_tests_of_a_table_are_arrays() -> None:
    class Array(list[Any]):
        def tolist(self) -> list[Any]:
            return list(self)

    texts = tested.tests_of({"answer": Array(["assert f(1) == 2"])})
    pairs = tested.tests_of({"answer": {"inputs": Array(["1"]), "outputs": Array(["2"])}})
    assert json.dumps([len(texts.tests), len(pairs.tests)]) == "[1, 1]"
