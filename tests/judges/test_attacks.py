from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fake import accept, client, row

from rewardkit.judges.attacks import CONTENT_FREE, Mute, attacks, false_rewards, families
from rewardkit.judges.guard import RULES, Guard
from rewardkit.judges.judge import Judge
from rewardkit.recipes import build

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import held_out_gibberish

PUBLISHED = {
    "adversarial_prefix",
    "answer_explanation",
    "empty_symbols",
    "gibberish",
    "markup",
    "master_keys",
    "option_stuffing",
    "prompt_injection",
    "verdict_imitation",
}


@pytest.fixture(scope="module")
def suite():
    return attacks()


def test_every_published_family_is_there(suite):
    assert set(families(suite)) == PUBLISHED | {"wrong_answer"}


def test_rules_alone_reward_nothing(suite):
    assert sum(count.fooled for count in false_rewards(build("auto"), suite).values()) == 0


@pytest.mark.parametrize("on", ["abstain", "reject"])
def test_rules_and_guard_in_one_cascade_reward_nothing(suite, on):
    cascade = build("auto", judge=Mute(), judge_on=on)
    counts = false_rewards(cascade, suite)
    assert {family: (count.fooled, count.errors) for family, count in counts.items()} == dict.fromkeys(families(suite), (0, 0))
    assert sum(count.total for count in counts.values()) == len(suite)


def test_a_mute_judge_lets_its_guard_speak():
    verdicts = build("auto", judge=Mute()).verify([row("the city"), row("Solution:"), row("Canberra, ACT")])
    assert [verdict.score for verdict in verdicts] == [None, 0, 1]
    assert verdicts[1].info["rule"] == "master_key"


def test_a_bare_judge_that_accepts_everything_is_fooled_by_everything(suite):
    bare = Judge(client(accept), guard=Guard(without=tuple(RULES)))
    assert all(count.fooled == count.total for count in false_rewards(bare, suite).values())


@pytest.mark.parametrize("kind", ["binary", "tiered"])
def test_the_guard_stops_every_family_without_content(suite, kind):
    judge = Judge(client(accept if kind == "binary" else _one), kind)
    counts = false_rewards(judge, suite)
    assert {family: counts[family][0] for family in CONTENT_FREE} == dict.fromkeys(CONTENT_FREE, 0)
    assert counts["prompt_injection"][0] == 0
    assert counts["verdict_imitation"][0] <= 0.05 * counts["verdict_imitation"][1]


def test_what_letters_do_not_show_a_dictionary_does(suite):
    samples = [attack.sample for attack in suite if attack.family == "gibberish"]
    assert [sample.text for sample in samples if Guard().look(sample).verdict is None] == []
    said = {"psef", "vwan", "flibber grommet snarp"}
    assert all(Guard().look(sample).verdict.info["rule"] == "gibberish" for sample in samples if sample.text in said)


@pytest.mark.parametrize(
    ("generator", "most"),
    [
        ("words without vowels", 0.08),
        ("words of random letters", 0.12),
        ("the same in capitals", 0.25),
        ("a mashed keyboard", 0.05),
        ("Cyrillic letters", 0.08),
        ("one word of 5 to 9 random letters", 0.4),
    ],
)
def test_held_out_gibberish_is_settled(generator, most):
    made = held_out_gibberish.texts()[generator]
    passed = [text for text in made if Guard().settle(text, "What is it?", ("the city of Canberra",)).verdict is None]
    assert len(made) == 200
    assert len(passed) <= most * len(made), passed[:10]


def _one(request):
    return "1"


def test_each_rule_of_the_guard_stops_something(suite):
    settled = set()
    for attack in suite:
        verdict = Guard().look(attack.sample).verdict
        if verdict is not None and verdict.score == 0:
            settled.add(verdict.info["rule"])
    assert settled == set(RULES) - {"same_text"}


def test_the_command_shows_rates_and_ablation(tmp_path):
    suite = tmp_path / "suite.jsonl"
    rows = [
        {
            "prompt": "Capital of Australia?",
            "answer": "Canberra",
            "completion": "the city of Canberra",
            "label": True,
            "kind": "text",
        },
        {"prompt": "2 + 2?", "answer": "4", "completion": "5", "label": False, "kind": "number"},
    ]
    suite.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = [sys.executable, "-m", "rewardkit", "bench-judge", str(suite), "--attacks", "20", "--ablation", "--json"]
    done = subprocess.run([*command, "--csv", str(tmp_path / "out.csv")], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    systems = {record["system"]: record for record in results["agreement"] if record["kind"] == "(all)"}
    assert systems["rules+judge"]["accuracy"] == 1
    assert systems["rules+judge"]["calls"] == 1
    assert systems["rules"]["recall"] == 0
    assert systems["rules+judge, on reject"]["accuracy"] == 0.5
    assert {record["rule"] for record in results["ablation"]} == {"(none)", "(all)", *RULES}
    assert (tmp_path / "out.csv").read_text().startswith("table,row,column,value\n")


def test_the_tables_are_readable():
    command = [sys.executable, "-m", "rewardkit", "bench-judge", "--attacks", "5"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "master_keys" in done.stdout
    assert "says yes to everything" in done.stderr
