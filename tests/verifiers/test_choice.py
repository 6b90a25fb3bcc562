from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import least_cpu_s

from rewardkit.registry import get
from rewardkit.testing import Case, read_cases, sample
from rewardkit.types import Status
from rewardkit.verifiers.choice.options import NO_OPTIONS, Options, read_options
from rewardkit.verifiers.choice.reading import is_option_reference

CASES = read_cases(Path(__file__).parent / "cases" / "choice.jsonl", verifier="choice.option")
OPTION = get("choice.option")
TEXTS = ("granite", "marble", "slate", "chalk", "flint", "basalt", "quartz", "shale", "gneiss", "tuff")
DRESSES = (
    "{}", "({})", "{}.", "{})", "[{}]", "**{}**", "**({})**", "`{}`", "\\boxed{{{}}}", "\\boxed{{({})}}",
    "\\boxed{{\\text{{{}}}}}",
    "$\\boxed{{\\mathbf{{({})}}}}$", "<answer>{}</answer>",
    "<think>hm</think>\n<answer>({})</answer>", "Option {}", "The answer is {}.",
    "The answer is ({}).", "The correct option is {}", "Answer: {}", "**Answer: {}**", "Final answer: **{}**",
    "So the answer is {}.",
    "Therefore, ({}).", "#### {}", '{{"answer": "{}"}}', "答案是{}", "答案：{}", "故选：{}。", "选项{}", "Respuesta: {}",
    "Réponse : {}",
    "Antwort: {}",
    "정답: {}", "答え：{}", "Ответ: {}", "({}) is the correct answer.", "Option {} is correct.", "I choose ({}).",
    "{}\n\nExplanation: it is harder.",
)  # fmt: skip
HOSTILE = {
    "openers": "<answer>" * 125_000,
    "boxes": "\\boxed{" * 140_000,
    "letters": "A " * 500_000,
    "brackets": "(A) " * 250_000,
    "alternatives": "A or B " * 140_000,
    "phrases": "the answer is " * 70_000,
    "conclusions": ", so A" * 160_000,
    "denials": "not A " * 160_000,
    "lines": "\n" * 1_000_000,
    "labelled lines": "A. x\n" * 200_000,
    "questions": "B? " * 330_000,
    "slashes": "A/" * 500_000,
    "one word": "x" * 1_000_000,
    "full tag": "<answer>" + "A " * 490_000 + "</answer>",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.place)
def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("dress", DRESSES)
def test_an_option_verifies_itself_in_every_dress(dress: str) -> None:
    for count in (2, 4, len(TEXTS)):
        choices = list(TEXTS[:count])
        for place, text in enumerate(choices):
            letter = "ABCDEFGHIJ"[place]
            for answer in (letter, f"({letter})", text, f"{letter}. {text}"):
                verdict = OPTION.check(sample(completion=dress.format(letter), answer=answer, choices=choices))
                assert (verdict.score, verdict.reason) == (1, "match"), (dress, answer, verdict)
            other = "ABCDEFGHIJ"[(place + 1) % count]
            verdict = OPTION.check(sample(completion=dress.format(other), answer=letter, choices=choices))
            assert (verdict.score, verdict.reason) == (0, "mismatch"), (dress, letter, verdict)


@given(
    st.permutations(TEXTS).map(lambda texts: texts[:5]),
    st.integers(0, 4),
    st.sampled_from(("{}", "<answer>{}</answer>", "The answer is {}.")),
)
@settings(deadline=None)
def test_an_option_verifies_itself_by_its_text(texts: list[str], place: int, dress: str) -> None:
    verdict = OPTION.check(sample(completion=dress.format(texts[place]), answer="ABCDE"[place], choices=texts))
    assert (verdict.score, verdict.reason) == (1, "match"), verdict


@given(st.text(max_size=300), st.text(max_size=40), st.lists(st.text(max_size=20), max_size=5), st.text(max_size=100))
@settings(deadline=None)
def test_any_text_gets_a_verdict(completion: str, answer: str, choices: list[str], prompt: str) -> None:
    verdict = OPTION.check(sample(completion=completion, answer=answer, choices=choices, prompt=prompt))
    assert verdict.status is not Status.ERROR, verdict


@given(st.text(max_size=200))
@settings(deadline=None)
def test_what_the_reference_leaves_open_is_never_a_zero(completion: str) -> None:
    verdict = OPTION.check(sample(completion=completion, answer="sandstone", choices=list(TEXTS[:4])))
    assert (verdict.score, verdict.reason) == (None, "gold_unparseable")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_takes_linear_time(name: str) -> None:
    row = sample(completion=HOSTILE[name], answer="B", choices=["x", "y"])
    assert least_cpu_s(lambda: OPTION.check(row), within=2.0) < 2.0


def test_info_says_what_was_read_and_how() -> None:
    verdict = OPTION.check(sample(completion="So it is hard.\n\nThe answer is (C).", answer="C", choices=list(TEXTS[:4])))
    assert verdict.info == {"extracted": "C", "expected": ["C"], "options": 4, "how": "statement/letter"}


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Pick.\n(A) one\n(B) two", {"A": "one", "B": "two"}),
        ("Pick.\nA. one\nB. two\nC. three\nAnswer with the letter.", {"A": "one", "B": "two", "C": "three"}),
        ("A) one B) two", {"A": "one", "B": "two"}),
        ("下列哪项正确？A、一 B、二 C、三", {"A": "一", "B": "二", "C": "三"}),
        ("$\\textbf{(A)}\\ \\frac12 \\qquad \\textbf{(B)}\\ 2$", {"A": "\\frac12", "B": "2"}),
        ("Choices:\n1) one\n2) two", {"A": "one", "B": "two"}),
        ("Which of (A), (B), (C) or (D) is shown?", {"A": "", "B": "", "C": "", "D": ""}),
        ("Example:\n(A) old (B) older\nNow:\n(A) new (B) newer", {"A": "new", "B": "newer"}),
        ("No options are here. A cat sat.", {}),
        ("f(A) and f(B) are equal.", {}),
        ("First do this:\n1. one\n2. two", {}),
    ],
)
def test_options_are_read_from_the_prompt(prompt: str, expected: dict[str, str]) -> None:
    assert read_options(sample(prompt=prompt)).texts == expected


def test_the_column_comes_before_the_prompt() -> None:
    assert read_options(sample(prompt="(A) x (B) y", choices=["one", "two"])).texts == {"A": "one", "B": "two"}
    assert read_options(sample(prompt="(A) x (B) y", choices=[])).texts == {"A": "x", "B": "y"}
    assert read_options(sample(choices=7)).texts == {}


@pytest.mark.parametrize(
    ("reference", "with_options", "without"),
    [
        ("B", True, True), ("(B)", True, True), ("b", True, False), ("B. slate", False, False), ("B. marble", True, False),
        ("marble", True, False), ("A, C", True, True), ("AC", True, False), ("Z", False, False), ("sandstone", False, False),
        ("", False, False),
    ],
)  # fmt: skip
def test_which_references_name_options(reference: str, with_options: bool, without: bool) -> None:
    options = Options(dict(zip("ABCD", TEXTS, strict=False)))
    assert is_option_reference(reference, options) is with_options
    assert is_option_reference(reference, NO_OPTIONS) is without
