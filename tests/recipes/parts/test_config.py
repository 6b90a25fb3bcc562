"""A whole reward as a file: what decides, what is added to it, and what is wrong with the file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import rewardkit
from rewardkit.commands import init
from rewardkit.errors import UsageError
from rewardkit.judges.budget import Budget, Price
from rewardkit.judges.calibration.stored import Calibration, Method
from rewardkit.judges.judge import Judge
from rewardkit.recipes.parts.config import build, plan_of, read_config, split_part
from rewardkit.recipes.parts.judge_plan import JudgePlan
from rewardkit.testing import ScriptedClient
from rewardkit.types import Sample

SETTING = re.compile(r"^# (?=\[|[\w.\"]+ = )")  # a line of the file that is a setting with its sign of a comment
FORM = "<think>so</think><answer>{}</answer>"


def rewards(table: dict[str, Any], *rows: tuple[str, dict[str, Any]]) -> list[float | None]:
    samples = [Sample(n, None, text, columns) for n, (text, columns) in enumerate(rows)]
    return [verdict.score for verdict in build(table).verify(samples)]


def test_nothing_said_is_auto() -> None:
    assert rewards({}, ("42", {"answer": "42"}), ("41", {"answer": "42"})) == [1.0, 0.0]


def test_a_verifier_with_parameters_decides() -> None:
    rows = [("101", {"answer": "100"})]
    assert rewards({"verifier": "number.equal"}, *rows) == [0.0]
    assert rewards({"verifier": "number.equal:rel_tol=0.05"}, *rows) == [1.0]


def test_routes_send_each_row_on_and_weights_add_to_them() -> None:
    table: dict[str, Any] = {
        "routes": {"by": "kind", "default": "auto", "to": {"near": "number.equal:rel_tol=0.05", "same": "number.equal"}},
        "weights": {"accuracy": 0.9, "format.think_answer": 0.1},
    }
    rows = [(FORM.format(101), {"answer": "100", "kind": kind}) for kind in ("near", "same", "other")]
    assert rewards(table, *rows) == pytest.approx([1.0, 0.1, 0.1])
    assert rewards({**table, "gated": True}, *rows) == pytest.approx([1.0, 0.0, 0.0])


def test_weights_alone_are_a_reward_too() -> None:
    assert rewards({"weights": {"text.exact": 2.0}}, ("red", {"answer": "red"})) == [2.0]


def test_a_recipe_takes_its_options() -> None:
    table = {"recipe": "wethink", "options": {"accuracy_weight": 0.5, "format_weight": 0.5, "routes": {"r": "rule"}}}
    assert rewards(table, ("B", {"answer": "B", "reward": "r"})) == [0.5]


def test_references_are_turned_before_anything_is_decided() -> None:
    table = {"verifier": "choice.option", "references": "letter_index"}
    assert rewards(table, ("B", {"answer": 1, "choices": ["x", "y"]})) == [1.0]


def test_what_a_file_says_of_a_judge_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-1\n")
    judge = {"where": "http://127.0.0.1:1/v1#m", "kind": "tiered", "tiers": [0.0, 1.0], "concurrency": 3, "deadline_s": 5.0}
    plan = JudgePlan.of({**judge, "key_variable": "MY_KEY", "canaries": 0, "votes": 1}, {"max_answer": 10})
    made = plan.made("binary", image="picture")
    assert (made.kind.name, made.image, made.guard.max_answer, made.watch.canaries) == ("tiered", "picture", 10, 0)
    assert (made.client.concurrency, made.client.deadline_s, made.client.api_key) == (3, 5.0, "sk-1")  # type: ignore[attr-defined]


def test_what_a_file_says_of_its_price_its_budget_and_its_calibration_reaches_it(tmp_path: Path) -> None:
    where = "http://127.0.0.1:1/v1#m"
    cut = Calibration("m", Judge(where, "soft").kind.version, Method.THRESHOLD, ((0.2, 0.0),), 50)
    cut.write(tmp_path / "soft.json")
    limits = "budget = { calls = 20, cost = 0.5 }\nprice = { prompt = 0.15, completion = 0.6 }\n"
    (tmp_path / "r.toml").write_text(f'[judge]\nwhere = "{where}"\nkind = "soft"\n{limits}calibration = "{tmp_path}/soft.json"\n')
    plan = plan_of(read_config(tmp_path / "r.toml"))
    assert plan is not None
    made = plan.made("binary")
    assert made.purse is not None
    assert (made.purse.budget, made.price) == (Budget(calls=20, cost=0.5), Price(0.15, 0.6))
    assert made.calibration == cut


def test_the_judge_decides_what_rules_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    client = ScriptedClient(lambda request: "yes")
    monkeypatch.setattr(JudgePlan, "made", lambda plan, kind, **_: Judge(client, kind, canaries=0))
    row = ("a small red house", {"answer": "A little house painted red.", "kind": "free"})
    judge = {"where": "http://127.0.0.1:1/v1#m"}
    for table in ({}, {"verifier": "text.exact"}, {"routes": {"by": "kind", "to": {"free": "judge"}}}):
        assert rewards({**table, "judge": judge}, row) == [1.0]
        if "routes" not in table:
            assert rewards(dict(table), row) == [None]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"recipes": "auto"}, "no key of a reward is named 'recipes'; did you mean 'recipe'"),
        ({"recipe": "auto", "verifier": "math.equal"}, "recipe and verifier both say what decides"),
        ({"verifier": "math.equel"}, "did you mean 'math.equal'"),
        ({"verifier": "math.equal:precision"}, "wanted NAME:parameter=value"),
        ({"verifier": "judge"}, "there is no judge"),
        ({"routes": {"by": "kind"}}, r"\[routes.to\]"),
        ({"routes": {"column": "kind", "to": {}}}, "no key of"),
        ({"routes": "kind"}, "must be a table"),
        ({"guard": {"whole": True}}, r"add \[judge\]"),
        ({"judge": {"kind": "binary"}}, "needs where"),
        ({"judge": {"where": "http://h/v1#m", "kinds": "binary"}}, "kinds"),
        ({"judge": {"where": "http://h/v1#m"}, "guard": {"hole": True}}, "did you mean 'whole'"),
        ({"judge": {"where": "http://h/v1#m", "key_variable": "REWARDKIT_NO_SUCH"}}, "no such variable"),
        ({"judge": {"where": "http://h/v1#m", "budget": 5}}, "budget = 5 must be a table"),
        ({"judge": {"where": "http://h/v1#m", "budget": {"call": 5}}}, "no key of budget is named 'call'; did you mean 'calls'"),
        ({"judge": {"where": "http://h/v1#m", "budget": {"calls": "many"}}}, "calls = 'many' must be a number"),
        ({"judge": {"where": "http://h/v1#m", "budget": {}}}, "at least one limit"),
        ({"judge": {"where": "http://h/v1#m", "budget": {"cost": 1}}}, "price=Price"),
        ({"judge": {"where": "http://h/v1#m", "price": {"completion": 1}}}, "must have prompt"),
        ({"judge": {"where": "http://h/v1#m", "calibration": "none.json"}}, "cannot read the calibration none.json"),
        ({"references": "gsm9k"}, "did you mean 'gsm8k'"),
        ({"recipe": "auto", "options": {"judg": 1}}, "did you mean 'judge'"),
    ],
)
def test_what_is_wrong_is_told_by_name(table: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        build(table)


def test_values_are_read_as_json_or_as_text() -> None:
    assert split_part("a.b:x=1,y=[0, 0.5],z=loose,w=true") == ("a.b", {"x": 1, "y": [0, 0.5], "z": "loose", "w": True})


def test_the_file_that_init_writes_is_a_reward_and_so_is_every_comment_in_it(tmp_path: Path) -> None:
    path = tmp_path / "reward.toml"
    init.run(type("Options", (), {"path": str(path)})())  # type: ignore[arg-type]
    assert rewardkit.load(str(path))(completions=["42"], answer=["42"]) == [1.0]
    text = path.read_text(encoding="utf-8")
    whole = "\n".join(SETTING.sub("", line) for line in text.splitlines())
    whole = whole.replace('recipe = "auto"', "", 1).replace('verifier = "math.equal', '# verifier = "math.equal', 1)
    whole = whole.replace("[options]", "", 1).replace('template = "mine.txt"', "", 1)
    whole = whole.replace('calibration = "soft.json"', "", 1)
    (tmp_path / "all.toml").write_text(whole)
    table = read_config(tmp_path / "all.toml")
    assert {"references", "gated", "columns", "routes", "weights", "judge", "guard"} <= table.keys()
    monkeypatched = {**table["judge"], "key_variable": "PATH"}
    assert build({**table, "judge": monkeypatched}).name == "reward"
    with pytest.raises(UsageError, match="is there already"):
        init.run(type("Options", (), {"path": str(path)})())  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "message"), [("recipe = ", "is not TOML"), ("reciep = 1", "did you mean 'recipe'")])
def test_a_file_that_is_no_reward_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "r.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        read_config(path)
    with pytest.raises(UsageError, match="rewardkit init"):
        read_config(tmp_path / "none.toml")


def test_load_takes_a_file_a_verifier_a_name_or_a_function(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('verifier = "text.exact"\n[columns]\nanswer = "meta.gold"\n')
    reward = rewardkit.load(str(path))
    assert reward.__name__ == "mine"
    assert reward(completions=["red"], meta=[{"gold": "red"}]) == [1.0]
    assert rewardkit.load("number.equal", rel_tol=0.05)(completions=["101"], answer=["100"]) == [1.0]
    assert rewardkit.load(rewardkit.get("text.exact"))(completions=["red"], answer=["red"]) == [1.0]
    assert rewardkit.load(lambda sample: sample.text == "red")(completions=["red", "blue"]) == [1.0, 0.0]
    with pytest.raises(rewardkit.BadParameter, match="stand in the file"):
        rewardkit.load(str(path), judge="http://h/v1")
    with pytest.raises(rewardkit.BadParameter, match="takes no options"):
        rewardkit.load(rewardkit.get("text.exact"), judge="http://h/v1")
