"""Every benchmark's verdicts on rows whose official verdict is known from the originals' sources, in all three modes."""

from __future__ import annotations

from collections import Counter

import pytest
from cases_of import read_cases

from rewardkit.evals import BENCHMARKS, benchmark
from rewardkit.evals.model import MODES
from rewardkit.evals.run import evaluate
from rewardkit.testing import ScriptedClient

CASES = read_cases()
WORDS = {"judge": "needs_judge"}


def name(case):
    return f"{case['benchmark']}-{case['id']}"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", CASES, ids=name)
def test_without_a_model(case, mode):
    result = evaluate(benchmark(case["benchmark"]), [case["row"]], mode, partial=True)
    verdict, wanted = result.verdicts[0], case[mode]
    if wanted == "judge":
        assert (verdict.score, verdict.reason) == (None, "needs_judge"), case["why"]
        assert result.undecided == {"needs_judge": 1}
    elif wanted == "random":
        assert verdict.info["how"] == "random", case["why"]
        assert result.random == 1
    else:
        assert verdict.score == wanted, (case["why"], verdict)
        assert result.random == 0


@pytest.mark.parametrize(
    ("case", "mode"),
    [pytest.param(case, mode, id=f"{name(case)}-{mode}") for case in CASES for mode in case.get("replies", {})],
)
def test_with_a_model(case, mode):
    script = case["replies"][mode]
    client = ScriptedClient(script["says"])
    verdict = evaluate(benchmark(case["benchmark"]), [case["row"]], mode, judge=client, partial=True).verdicts[0]
    assert len(client.seen) == len(script["says"]), "the model is asked as often as the original asks, and no more"
    if script.get("random"):
        assert verdict.info["how"] == "random"
    else:
        assert verdict.score == script["score"], (case["why"], verdict)
    heat = [request.temperature for request in client.seen]
    assert heat[0] == 0 if heat else True


def test_each_benchmark_has_cases_that_part_the_modes():
    counts = Counter(case["benchmark"] for case in CASES)
    assert set(counts) == set(BENCHMARKS)
    for case in CASES:
        assert case["why"]
    parted = {case["benchmark"] for case in CASES if len({str(case[mode]) for mode in MODES}) > 1}
    # MM-Vet's modes part in how a reply is read.
    assert parted | {"MMVet"} == set(BENCHMARKS)


def test_a_draw_is_fixed_by_the_seed_and_by_the_row_alone():
    row = next(case["row"] for case in CASES if case["benchmark"] == "MMMU" and case["id"] == "nothing")
    rows = [{**row, "index": index} for index in range(60)]
    mmmu = benchmark("MMMU")
    drawn = [verdict.info["extracted"] for verdict in evaluate(mmmu, rows, "official").verdicts]
    again = [verdict.info["extracted"] for verdict in evaluate(mmmu, rows[::-1], "official").verdicts]
    other = [verdict.info["extracted"] for verdict in evaluate(mmmu, rows, "official", seed=1).verdicts]
    assert drawn == again[::-1]
    assert drawn != other
    assert set(drawn) == set("ABCD")
    assert evaluate(mmmu, rows, "official").random == 60


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_model_that_is_down_decides_nothing(name, mode):
    """The originals take its silence for a wrong answer, or draw one."""
    cases = [case for case in CASES if case["benchmark"] == name and case[mode] == "judge"]
    for case in cases:
        client = ScriptedClient(lambda _: OSError("connection refused"))
        result = evaluate(benchmark(name), [case["row"]], mode, judge=client, partial=True)
        assert result.undecided == {"judge_unavailable": 1}
        assert result.figures[result.headline].value is None


def test_replies_are_kept_and_not_asked_for_again(tmp_path):
    rows = [{"question": "Q?", "answer": "22.3", "prediction": f"It is {n} m", "index": n} for n in range(20, 25)]

    def reply(request):
        asked = request.messages[-1]["content"]
        return "1" if "Do they agree" in asked and "22" in asked else "0" if "Do they agree" in asked else "22 m"

    first, second = ScriptedClient(reply), ScriptedClient(reply)
    cache = str(tmp_path / "judge.db")
    kept = [evaluate(benchmark("MathVerse"), rows, "official", judge=one, cache=cache) for one in (first, second)]
    assert kept[0].figures == kept[1].figures
    assert len(first.seen) > 0
    assert second.seen == []


def test_computer_algebra_is_had_beside_a_judge():
    """A row that rules hand on is settled in a worker, also from the judge's event loop; the judge is not asked."""
    row = {"question": "Q?", "answer": "14", "question_type": "free_form", "answer_type": "integer", "choices": None}
    client = ScriptedClient([])
    for judge in (None, client):
        (verdict,) = evaluate(benchmark("MathVista"), [{**row, "prediction": "0:0"}], "fixed", judge=judge).verdicts
        assert verdict.score == 0
    assert client.seen == []
