"""`rewardkit explain`: everything behind one verdict, on standard output."""

from __future__ import annotations

import os
import re

import pytest
from cli_program import call, call_here

B_OF_THREE = ("--answer", "B", "--choices", '["cat", "dog", "cow"]')


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (
            ("--answer", "B", "--completion", "<answer>B</answer>"),
            ["reward 1", "scored, match", "by choice.option", "choice", "by answer_tag"],
        ),
        ((*B_OF_THREE, "--completion", "A"), ["reward 0", "mismatch", "(B)  dog   ← the answer", "chosen  A"]),
        ((*B_OF_THREE, "--completion", "the dog"), ["reward 1", "match"]),
        (("--answer", "C", "--answer", "B", "--completion", "B"), ["reward 1", "match"]),
        (
            ("--answer", "A tale of two cities, told at length and without an end.", "--completion", "It is long."),
            ["no reward", "abstained, needs_judge", "by text.restated"],
        ),
        (("--answer", " ", "--completion", "B"), ["no reward", "abstained, no_reference"]),
        (("--answer", "100", "--completion", "101", "--verifier", "number.equal:rel_tol=0.05"), ["reward 1", "by number.equal"]),
        (("--answer", "so #### 7", "--completion", "7", "--references", "gsm8k"), ["reward 1", "match"]),
        (("--answer", "B", "--completion", ""), ["reward 0", "no_answer"]),
        (("--answer", "3", "--completion", "<answer></answer> x"), ["reward 0", "by answer_tag  no_answer: empty"]),
        (("--answer", "B", "--prompt", "Which? A. cat B. dog", "--completion", "dog"), ["reward 1", "match"]),
    ],
)
def test_the_verdict_and_what_led_to_it(arguments: tuple[str, ...], shown: list[str]) -> None:
    done = call_here("explain", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(text in done.stdout for text in shown), done.stdout


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (
            ("--answer", "(-3, 2]", "--completion", r"\boxed{-3 < x \le 2}"),
            ["decided by  structure", "interval\n└── span('(]', -3, 2)", "inequality\n└── chain(-3, '<', x, '<=', 2)"],
        ),
        (
            ("--answer", r"\frac{600}{7}", "--completion", "85.71"),
            ["match_rounded", "└── div(600, 7)  = 85.714285714285714286…", "└── 8571/100  = 85.71"],
        ),
        (
            ("--answer", "x^2+1", "--completion", r"\boxed{(x+1)^2-2x}"),
            ["decided by  balls", "└── add\n    ├── pow(x, 2)\n    └── 1", "at x = 3  10 and 10"],
        ),
        (("--answer", "x^2+1", "--completion", r"\boxed{x^2+2}"), ["mismatch", "at x = 3  10 and 11"]),
        (("--answer", "(1, 2)", "--completion", r"\boxed{(1, \sqrt{2})}"), ["sqrt(2)  = 1.4142135623730950488…"]),
        (("--answer", "5 cm", "--completion", "0.05 m"), ["number.equal", "decided by", "letters behind a number are a unit"]),
        (("--answer", "3,4", "--completion", "3,4"), ["also read as 17/5", "problem: two readings"]),
        (("--answer", "1", "--completion", "9^9^9^9^9"), ["last step", "tried before", "number.equal (needs_symbolic)"]),
        (("--answer", "f(2)+1", "--completion", "f(2)+1.5"), ["├── call(f, 2)\n"]),
        (
            ("--answer", "42", "--completion", "41 or 42"),
            ["ambiguous", "offered  41 | 42", "final answer  none", '["41", "42"]'],
        ),
        ((*B_OF_THREE, "--completion", "B. cat"), ["ambiguous", "offered  B. cat", "chosen  B. cat"]),
        (("--answer", "The house", "--completion", "house"), ["answer  The house  text", "└── 'house'"]),
        (("--answer", "1", "--completion", "+".join("x" * 200)), ["more parts are not shown"]),
        (
            (
                "--answer",
                "1577.0",
                "--prompt",
                "How much (in USD millions)? One decimal place.",
                "--completion",
                "$1,577.04 million",
            ),
            [
                "match_asked",
                "asks unit  1000000 USD",
                "asks rounding  to 1/10",
                "decided by  asked: in the unit, scale and digits",
            ],
        ),
        (
            ("--answer", "5", "--prompt", "What is the width in km and the mass in kg?", "--completion", "5"),
            ["asks not read  unit"],
        ),
    ],
)
def test_both_sides_are_drawn_as_they_were_read(arguments: tuple[str, ...], shown: list[str]) -> None:
    done = call_here("explain", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    # How wide the columns are is no part of what is said.
    said = re.sub(r"(?<=\S) {2,}", "  ", re.sub(r" +\n", "\n", done.stdout))
    assert not [text for text in shown if text not in said], done.stdout


def test_the_step_that_decides_is_marked() -> None:
    done = call_here("explain", "--answer", "B", "--completion", r"Perhaps \boxed{C}. <answer>B</answer>")
    marked = [line for line in done.stdout.splitlines() if "the first that finds one decides" in line]
    assert len(marked) == 1
    assert "by answer_tag  B" in marked[0]
    assert "by boxed" in done.stdout


@pytest.mark.parametrize(
    "data", [b"<answer>B</answer>", b"\xff\xfe <answer>B</answer>", "答案：B".encode(), b"\xed\xa0\x80 <answer>B</answer>"]
)
def test_the_completion_may_come_from_standard_input(data: bytes) -> None:
    done = call_here("explain", "--answer", "B", "--completion", "-", stdin=data)
    assert done.returncode == 0
    assert "reward 1" in done.stdout


@pytest.mark.parametrize("text", ["[bold]B[/bold] [/nothing]", "\udcff B", "😀 B", "B" * 100_000, "\x1b[2J B", "\x9b2J B"])
def test_any_text_can_be_shown(text: str) -> None:
    argument = text if len(text) < 1000 else "-"
    done = call_here("explain", "--answer", "[red]B[/red]", "--completion", argument, stdin=text.encode(errors="replace"))
    assert done.returncode == 0
    assert "[red]B[/red]" in done.stdout
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", done.stdout)


@pytest.mark.parametrize("answer", ["B", "42", "x^2", "A long tale."])
def test_a_completion_cannot_act_on_the_terminal(answer: str) -> None:
    hostile = "\x1b]0;title\x07 \u202eterces\u2028 <answer>\x1b[31m42\x9b2J\nreward 1  scored, match</answer>"
    done = call_here("explain", "--answer", answer, "--completion", "-", "--choices", '["\\u001b[2Jcat"]', stdin=hostile.encode())
    assert done.returncode == 0
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202e]", done.stdout)
    assert r"\x1b" in done.stdout
    assert [line for line in done.stdout.splitlines() if line.startswith("reward 1")] == []


def test_a_narrow_character_set_is_no_obstacle() -> None:
    done = call("explain", "--answer", "B", "--completion", "答案：B", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "\\u7b54\\u6848" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--completion", "B"), "--answer"),
        (("--answer", "B"), "--completion"),
        (("--answer", "B", "--completion", "B", "--choices", "cat, dog"), "--choices wants JSON"),
        (("--answer", "B", "--completion", "B", "--choices", "7"), "--choices wants JSON"),
        (("--answer", "B", "--completion", "B", "--recipe", "outo"), "did you mean 'auto'"),
    ],
)
def test_a_wrong_call_says_what_is_wanted(arguments: tuple[str, ...], message: str) -> None:
    done = call_here("explain", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
