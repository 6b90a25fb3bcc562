"""Every puzzle of the real package: its own answers are right, odd ones are not, and what evaluates text is known."""

from __future__ import annotations

import ast
import functools
import json
from pathlib import Path
from typing import Any

import pytest

from rewardkit.registry import get
from rewardkit.testing import Case, read_cases, sample
from rewardkit.types import Sample
from rewardkit.verifiers.puzzle import gates

reasoning_gym = pytest.importorskip("reasoning_gym", reason="the extra puzzles is not installed")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

CASES = Path(__file__).parents[1] / "verifiers" / "cases" / "puzzle.jsonl"
HERE = Path(__file__).parent
ROWS = 3
FORMS = {"tag": "<think>So.</think>\n<answer>{}</answer>", "bare": "{}"}


def names() -> list[str]:
    from reasoning_gym.factory import DATASETS

    return sorted(set(DATASETS) - {"composite"})


@functools.cache
def rows(name: str) -> list[dict[str, Any]]:
    """Rows of a puzzle, as JSON has them."""
    made = reasoning_gym.create_dataset(name, seed=42, size=ROWS)
    return [json.loads(json.dumps(made[place], default=str)) for place in range(ROWS)]


def asked(row: dict[str, Any], text: str) -> Sample:
    return sample(prompt=row["question"], completion=text, answer=row["answer"], metadata=row["metadata"])


@pytest.mark.parametrize("case", read_cases(CASES, verifier="puzzle.reasoning_gym"), ids=lambda case: case.place)
def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("form", FORMS)
def test_every_puzzle_scores_its_own_answers_1(form: str) -> None:
    listed = [(name, row) for name in names() for row in rows(name) if row["answer"] is not None]
    assert {name for name, _ in listed} == set(names()) - gates.NO_ANSWER
    assert len(listed) == ROWS * 100
    verdicts = get("puzzle.reasoning_gym").verify([asked(row, FORMS[form].format(row["answer"])) for _, row in listed])
    wrong = [
        (name, verdict.reason, verdict.info) for (name, _), verdict in zip(listed, verdicts, strict=True) if verdict.score != 1
    ]
    assert wrong == []


def odd(name: str) -> dict[str, str]:
    """Texts that are no answer to the first row of a puzzle, by what they are."""
    first, second = rows(name)[0], rows(name)[1]
    own, other = str(first["answer"]), str(second["answer"])
    texts = {"zero": "0", "one": "1", "yes": "yes", "true": "True", "list": "[]", "object": "{}", "none": "None", "nan": "nan"}
    texts |= {"inf": "inf", "dash": "-", "question": first["question"], "twice": f"{own} {own}", "more": f"{own} or so"}
    texts |= {"other": other, "both": f"{own}\n{other}", "code": "__import__('os').getpid()", "tower": "9**9**9**9"}
    return {what: text for what, text in texts.items() if text.strip() != own.strip() and first["answer"] is not None}


def test_what_is_no_answer_is_not_paid() -> None:
    accepted = [json.loads(line) for line in (HERE / "reasoning_gym_accepts.jsonl").read_text(encoding="utf-8").splitlines()]
    asks = [(name, what, text) for name in names() for what, text in odd(name).items()]
    assert len(asks) > 1_500
    samples = [asked(rows(name)[0], FORMS["tag"].format(text)) for name, _, text in asks]
    verdicts = get("puzzle.reasoning_gym").verify(samples)
    assert [verdict.score for verdict in verdicts if verdict.score not in (0.0, 1.0)] == []
    paid = [{"puzzle": name, "what": what} for (name, what, _), one in zip(asks, verdicts, strict=True) if one.score == 1]
    assert paid == [{"puzzle": one["puzzle"], "what": one["what"]} for one in accepted]


def test_all_that_evaluates_text_is_known() -> None:
    from reasoning_gym.factory import DATASETS

    package = Path(reasoning_gym.__file__).parent
    found = {
        str(path.relative_to(package).with_suffix("")).replace("/", ".")
        for path in package.rglob("*.py")
        if gates.evaluates(ast.parse(path.read_text(encoding="utf-8")))
    }
    owners = {DATASETS[name][0].__module__.removeprefix("reasoning_gym."): name for name in names()}
    known = {module for module, name in owners.items() if name in gates.GATES or name in gates._NOT_OF_ANSWERS}
    makes = {"arithmetic.gsm_symbolic.generators_00_49", "arithmetic.gsm_symbolic.generators_50_99"}  # rows, and scores nothing
    assert found - makes <= known
