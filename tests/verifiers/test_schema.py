from __future__ import annotations

import sys
from pathlib import Path

import pytest
from patience import least_cpu_s

from rewardkit.errors import BadParameter, MissingExtra
from rewardkit.registry import get
from rewardkit.testing import Case, read_cases, sample
from rewardkit.verifiers import schema
from rewardkit.workers import Workers


@pytest.mark.parametrize("case", read_cases(Path(__file__).parent / "cases" / "schema.jsonl"), ids=lambda case: case.place)
def test_case(case: Case) -> None:
    case.check()


def test_says_where_the_schema_is_not_met() -> None:
    asked = {"properties": {"points": {"items": {"type": "number"}}}}
    verdict = get("schema.json", schema=asked).check(sample(completion='{"points": [1, "two"]}'))
    assert verdict.info["at"] == "$.points[1]"
    assert "'two' is not of type 'number'" in verdict.info["problem"]


@pytest.mark.parametrize("asked", [{"type": 7}, {"required": "answer"}, {"minimum": object()}])
def test_an_unusable_schema_raises_when_built(asked: dict[str, object]) -> None:
    with pytest.raises(BadParameter, match="cannot be used"):
        get("schema.json", schema=asked)


def test_unusable_limits_raise_when_built() -> None:
    with pytest.raises(BadParameter, match="max_depth"):
        get("schema.json", max_depth=1000)


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    schema._validator.cache_clear()
    with pytest.raises(MissingExtra, match="pip install 'jsonschema>="):
        get("schema.json", schema={"type": "object"})


def test_without_a_schema_the_package_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    assert get("schema.json").check(sample(completion="{}")).score == 1


def test_a_schema_that_refers_to_itself_without_end_is_its_own_fault() -> None:
    verdict = get("schema.json", schema={"$ref": "#"}).check(sample(completion="{}"))
    assert (verdict.status.value, verdict.reason) == ("abstained", "gold_unparseable")


def test_a_slow_pattern_ends_as_a_timeout() -> None:
    slow = {"type": "array", "items": {"pattern": "^(a+)+$"}}
    batch = [sample(index=0, completion='["' + "a" * 60 + '!"]'), sample(index=1, completion='["aaa"]')]
    with Workers(1, timeout_s=0.5) as workers:
        verdicts = workers.run(get("schema.json", schema=slow), batch)
    assert [(v.score, v.reason) for v in verdicts] == [(0, "timeout"), (1, "match")]


@pytest.mark.parametrize("flood", ['{"', "[", '\\"', "{}", '{"a":[1,', "```json\n", "<answer>"])
def test_a_megabyte_takes_less_than_two_seconds(flood: str) -> None:
    one = sample(completion=flood * (1_000_000 // len(flood)))
    verifier = get("schema.json")
    # Here and not in a worker, whose CPU time nobody can ask for.
    assert least_cpu_s(lambda: verifier.spec.function(one, **verifier.parameters), within=2) < 2
