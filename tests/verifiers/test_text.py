from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples, least_cpu_s

from rewardkit.errors import BadParameter
from rewardkit.registry import get
from rewardkit.testing import Case, read_cases, sample
from rewardkit.types import Status
from rewardkit.verifiers.text import is_closed_form

CASES = read_cases(Path(__file__).parent / "cases" / "text.jsonl")
NAMES = ("text.exact", "text.contains", "text.f1", "text.anls", "text.ratio", "text.restated")
VOCABULARY = ("amber", "birch", "copper", "delta", "ember", "fjord", "garnet", "harbour")
WORDS = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=5).map(" ".join)
HOSTILE = {
    "words": "A " * 500_000,
    "denials": "not Paris " * 100_000,
    "stops": "Paris. " * 140_000,
    "lines": "\n" * 1_000_000,
    "commas": "Paris, " * 140_000,
    "brackets": "(" * 1_000_000,
    "digits": "1" * 1_000_000,
    "full tag": "<answer>" + "Paris " * 160_000 + "</answer>",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.place)
def test_case(case: Case) -> None:
    if case.verifier in ("text.bleu", "text.chrf"):
        pytest.importorskip("sacrebleu", reason="the extra captions is not installed: sacrebleu")
    case.check()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dress", ["{}", "{}.", "<answer>{}</answer>", "**{}**", "The answer is {}.", "<think>no</think>\n{}"])
def test_a_reference_verifies_itself(name: str, dress: str) -> None:
    @given(WORDS)
    @settings(deadline=None, max_examples=examples(40))
    def holds(words: str) -> None:
        verdict = get(name).check(sample(completion=dress.format(words), answer=words))
        assert (verdict.score, verdict.reason) == (1, "match"), verdict

    holds()


@pytest.mark.parametrize("name", NAMES)
def test_any_text_gets_a_verdict(name: str) -> None:
    @given(st.text(max_size=300), st.text(max_size=40), st.text(max_size=60))
    @settings(deadline=None)
    def holds(completion: str, answer: str, prompt: str) -> None:
        verdict = get(name).check(sample(completion=completion, answer=answer, prompt=prompt))
        assert verdict.status is not Status.ERROR, verdict

    holds()


@pytest.mark.parametrize("name", NAMES)
def test_a_no_on_free_text_abstains(name: str) -> None:
    @given(st.text("bcdfgh jklm", min_size=1, max_size=60).filter(str.strip))
    @settings(deadline=None, max_examples=examples(40))
    def holds(completion: str) -> None:
        verdict = get(name).check(sample(completion=completion, answer="Paris", prompt="Where is it?"))
        assert (verdict.score, verdict.reason) == (None, "needs_judge"), verdict

    holds()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("answer", ["Paris", "yes", "] )"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_megabyte_takes_linear_time(name: str, answer: str, text: str) -> None:
    verifier, row = get(name), sample(completion=HOSTILE[text], answer=answer, prompt="[ (")
    assert least_cpu_s(lambda: verifier.check(row), within=0.5) < 0.5


@pytest.mark.parametrize(
    ("reference", "prompt", "closed"),
    [
        ("] ) }", "", True), ("Yes", "", True), ("false.", "", True), ("oak ash", "ash oak", True),
        ("ash oak elm", "Sort: elm oak ash.", True),
        ("ash birch elm fir oak pine", "", True), ("ash, birch, elm, fir, oak, pine", "", True), ("ash elm fir oak", "", False),
        ("Paris", "Paris or London?", False), ("", "", False),
        ("  ", "", False),
        ("the old harbour", "Where is the old harbour?", False), ("a free answer in words", "Why?", False),
        ("ash oak", "ash oak", True),
        ("noon", "When?", False),
    ],
)  # fmt: skip
def test_which_references_are_closed(reference: str, prompt: str, closed: bool) -> None:
    assert is_closed_form(reference, prompt) is closed


@pytest.mark.parametrize("name", ["text.f1", "text.anls", "text.ratio"])
@pytest.mark.parametrize("threshold", [0, -1, 1.5])
def test_a_threshold_out_of_range_raises_when_built(name: str, threshold: float) -> None:
    with pytest.raises(BadParameter, match="threshold"):
        get(name, threshold=threshold)


def test_an_unknown_on_miss_raises_when_built() -> None:
    with pytest.raises(BadParameter, match="on_miss"):
        get("text.exact", on_miss="zero")


def test_info_says_what_was_read_and_matched() -> None:
    verdict = get("text.contains").check(sample(completion="It is New York City.", answer=["NYC", "New York City"]))
    assert verdict.info["matched"] == "New York City"
    assert verdict.info["extracted"] == "It is New York City"
