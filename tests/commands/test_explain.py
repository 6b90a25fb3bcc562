"""`rewardkit explain`: everything behind one verdict, on standard output."""

from __future__ import annotations

import os

import pytest
from cli_program import call

B_OF_THREE = ("--answer", "B", "--choices", '["cat", "dog", "cow"]')


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (
            ("--answer", "B", "--completion", "<answer>B</answer>"),
            ["reward 1", "scored, match", "by choice.option", "choice", "by answer_tag"],
        ),
        ((*B_OF_THREE, "--completion", "A"), ["reward 0", "mismatch", '["B"]', "extracted"]),
        ((*B_OF_THREE, "--completion", "the dog"), ["reward 1", "match"]),
        (("--answer", "C", "--answer", "B", "--completion", "B"), ["reward 1", "match"]),
        (
            ("--answer", "A tale of two cities, told at length and without an end.", "--completion", "It is long."),
            ["no reward", "abstained, needs_judge", "by text.exact"],
        ),
        (("--answer", " ", "--completion", "B"), ["no reward", "abstained, no_reference"]),
        (("--answer", "B", "--completion", ""), ["reward 0", "no_answer"]),
        (("--answer", "B", "--prompt", "Which? A. cat B. dog", "--completion", "dog"), ["reward 1", "match"]),
    ],
)
def test_the_verdict_and_what_led_to_it(arguments: tuple[str, ...], shown: list[str]) -> None:
    done = call("explain", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(text in done.stdout for text in shown), done.stdout


def test_the_step_that_decides_is_marked() -> None:
    done = call("explain", "--answer", "B", "--completion", r"Perhaps \boxed{C}. <answer>B</answer>")
    marked = [line for line in done.stdout.splitlines() if "the first that finds one decides" in line]
    assert len(marked) == 1
    assert "by answer_tag  B" in marked[0]
    assert "by boxed" in done.stdout


@pytest.mark.parametrize(
    "data", [b"<answer>B</answer>", b"\xff\xfe <answer>B</answer>", "答案：B".encode(), b"\xed\xa0\x80 <answer>B</answer>"]
)
def test_the_completion_may_come_from_standard_input(data: bytes) -> None:
    done = call("explain", "--answer", "B", "--completion", "-", stdin=data)
    assert done.returncode == 0
    assert "reward 1" in done.stdout


@pytest.mark.parametrize("text", ["[bold]B[/bold] [/nothing]", "\udcff B", "😀 B", "B" * 100_000, "\x1b[2J B"])
def test_any_text_can_be_shown(text: str) -> None:
    argument = text if len(text) < 1000 else "-"
    done = call("explain", "--answer", "[red]B[/red]", "--completion", argument, stdin=text.encode(errors="replace"))
    assert done.returncode == 0
    assert "[red]B[/red]" in done.stdout
    assert "\x1b" not in done.stdout


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
    done = call("explain", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
