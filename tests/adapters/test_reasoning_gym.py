"""Every puzzle of the real package: its own answers are right, odd ones are not, and what evaluates text is known."""

from __future__ import annotations

import ast
import functools
import json
import sys
from pathlib import Path
from typing import Any

import pytest

import rewardkit
from rewardkit.cli import main
from rewardkit.registry import get
from rewardkit.testing import Case, read_cases, sample
from rewardkit.types import Sample
from rewardkit.verifiers.puzzle import _names, gates

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


EVALUATED = ("countdown", "puzzle24", "simple_integration", "intermediate_integration", "polynomial_multiplication")
LISTS = ("binary_matrix", "n_queens", "spiral_matrix", "string_insertion")
HOSTILE = (
    "__import__('os').getpid()", "(lambda: 24)()", "x.__class__.__mro__[1].__subclasses__()", "exec('1')", "globals()['x']",
    "[c for c in ().__class__.__base__.__subclasses__()]", "open('/etc/passwd').read()", "x if x else 0", "f'{x}'", "x := 2",
    "Integral(x, x)", "Symbol('x')", "sympify('x')", "S('x')", "lambdify(x, 'x')", "factorial(10**9)", "9**9**9**9",
    "(((9**100)**100)**100)**100", "exp(exp(exp(exp(100))))", "x**x**x**x", "1/0", "sqrt(x)(x)", "x;x", "x\nimport os", "eval(x)",
    "𝑒𝑣𝑎𝑙(1)", "x.subs(x, 2)", "print(x)", "__builtins__", "eval('x')", "('x')", "True", "...", "x @ x", "x[0]", "*x", "await x",
    "24 #", "(24", "b'24'", "0x18", "2_4", "24j", "1e400",
)  # fmt: skip


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that whatever evaluates is given from here on: sympy's parser, under each of its names, and `eval`."""
    import sympy
    from reasoning_gym.games import countdown, puzzle24

    given: list[str] = []

    def watched(owner: Any, name: str) -> None:
        real = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda text, *more, **named: (given.append(str(text)), real(text, *more, **named))[1])

    for owner in (sympy, countdown, puzzle24):
        watched(owner, "parse_expr")
    for name in LISTS:
        from reasoning_gym.factory import DATASETS

        module = sys.modules[DATASETS[name][0].__module__]
        monkeypatch.setattr(module, "eval", lambda text: given.append(str(text)), raising=False)
    return given


@pytest.mark.parametrize("name", [*EVALUATED, *LISTS])
def test_no_text_of_a_model_reaches_what_evaluates(name: str, evaluated: list[str]) -> None:
    row = rows(name)[0]
    spellings = {
        "countdown": [f"(({row['answer']}))"],
        "puzzle24": [f"({row['answer']})"],
        "simple_integration": [f"({row['answer']}) + 7", f"2*({row['answer']})/2"],
        "intermediate_integration": [f"({row['answer']}) - 1/3"],
        "polynomial_multiplication": [f"({row['answer']}) + 0"],
    }
    verifier = get("puzzle.reasoning_gym")
    other = [verifier.check(asked(row, FORMS["tag"].format(text))) for text in spellings.get(name, ())]
    assert {verdict.score for verdict in other} <= {1.0}
    hostile = [verifier.check(asked(row, FORMS["tag"].format(text))) for text in HOSTILE]
    assert [text for text, verdict in zip(HOSTILE, hostile, strict=True) if verdict.score != 0] == []
    stood = {str(row["answer"]), row["metadata"].get("integrand"), *map(str, row["metadata"].get("valid_answers", ()))}
    assert set(evaluated) <= stood
    assert (evaluated != []) == (name in EVALUATED)  # so that the watch is seen to watch


@pytest.mark.parametrize("name", EVALUATED)
def test_listed_answers_are_formulas_that_our_algebra_finds_right(name: str) -> None:
    made = reasoning_gym.create_dataset(name, seed=7, size=20)
    wrong = [(made[place]["answer"], made[place]["metadata"]) for place in range(20) if not passes(name, made[place])]
    assert wrong == []


def passes(name: str, row: dict[str, Any]) -> bool:
    left_open = "Integral(" in row["answer"]  # which no answer may
    return gates.REFERENCES[name](row) and gates.GATES[name](row["answer"], row) == (None if left_open else row["answer"])


def test_an_integral_that_the_package_left_open_is_paid_where_it_is_solved() -> None:
    made = reasoning_gym.create_dataset("intermediate_integration", seed=7, size=60)
    row = next(one for one in made if one["answer"] == "-Integral(x**2*cos(x), x) + C")
    verifier = get("puzzle.reasoning_gym")
    texts = [row["answer"], "-x**2*sin(x) - 2*x*cos(x) + 2*sin(x) + C", "-x**2*sin(x) + C"]
    assert [verifier.check(asked(row, FORMS["tag"].format(text))).score for text in texts] == [0.0, 1.0, 0.0]


def test_a_row_whose_own_texts_are_no_formulas_is_not_asked_about() -> None:
    code = "__import__('os').getpid()"
    for name, field in [("countdown", "answer"), ("simple_integration", "answer"), ("simple_integration", "integrand")]:
        row = json.loads(json.dumps(rows(name)[0]))
        row["metadata" if field == "integrand" else field] = {**row["metadata"], field: code} if field == "integrand" else code
        assert get("puzzle.reasoning_gym").check(asked(row, "7")).reason == "gold_unparseable"


def test_auto_knows_every_puzzle_by_its_name_and_asks_its_scorer() -> None:
    assert list(_names()) == names()
    row = rows("countdown")[0]
    other = f"<answer>(({row['answer']}))</answer>"
    reward = rewardkit.load("auto")
    given = {"answer": [row["answer"]] * 2, "metadata": [row["metadata"]] * 2}
    assert reward(prompts=[row["question"]] * 2, completions=[other, "<answer>1</answer>"], **given) == [1.0, 0.0]
    boxnet = rows("boxnet")[0]
    verdict = reward.decide([boxnet["question"]], ["<answer>[]</answer>"], answer=[None], metadata=[boxnet["metadata"]])[0]
    assert (verdict.score, verdict.info["route"]) == (0.0, "puzzle")


def test_lint_says_which_rows_its_scorers_cannot_be_asked_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = rows("countdown")[0]
    lines = [good, {**good, "answer": "1 + 1"}, rows("boxnet")[0]]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert main(["lint", str(tmp_path / "in.jsonl"), "--json"]) == 1
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["route"], row["usable"]) for row in found[:3]] == [("puzzle", True), ("puzzle", False), ("puzzle", True)]


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
