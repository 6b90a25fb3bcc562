from __future__ import annotations

import json
import random
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit import dispatch, recipes
from rewardkit.errors import BadParameter, MissingExtra, UnknownName
from rewardkit.recipes.auto import shape_of
from rewardkit.types import OUTCOMES, Sample, Status

FOLDER = Path(__file__).parent
CASES = [json.loads(line) for line in (FOLDER / "cases" / "routes.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[f"{c['route']}-{c['why']}" for c in CASES])
def test_the_shape_of_the_reference_decides_the_route(case):
    columns = {"answer": case["answer"], **({"choices": case["choices"]} if "choices" in case else {})}
    assert shape_of(Sample(0, case.get("prompt"), "whatever", columns)) == case["route"]


def test_a_row_that_names_instructions_goes_to_them_whatever_its_reference():
    named = {"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}
    for answer in (None, "12", "B"):
        assert shape_of(Sample(0, None, "whatever", {"answer": answer, **named})) == "instruct"
    for nothing in (None, [], ""):
        assert shape_of(Sample(0, None, "whatever", {"answer": "12", "instruction_id_list": nothing})) == "number"
    rows = [Sample(0, None, "12", {"answer": "12"}), Sample(1, None, "One, two", {"answer": None, **named})]
    assert [(v.score, v.info["route"]) for v in recipes.build("auto").verify(rows)] == [(1.0, "number"), (0.0, "instruct")]


PUZZLE = {"source_dataset": "countdown", "source_index": 3, "numbers": [2, 3, 4], "target": 24}


@pytest.mark.parametrize(
    ("metadata", "route"),
    [
        (PUZZLE, "puzzle"),
        (json.dumps(PUZZLE), "puzzle"),
        ({**PUZZLE, "source_dataset": "chess"}, "math"),
        ({**PUZZLE, "source_dataset": ["countdown"]}, "math"),
        ({"source_dataset": "countdown"}, "math"),
        ({"source_dataset": "numina", "source_index": 3}, "math"),
        ('{"source_dataset": "countdown"', "math"),
        ("source_dataset", "math"),
        (None, "math"),
        ([], "math"),
    ],
    ids=str,
)
def test_a_row_of_reasoning_gym_goes_to_its_puzzle(metadata, route):
    assert shape_of(Sample(0, None, "whatever", {"answer": "4*3*2", "metadata": metadata})) == route


@pytest.mark.skipif(find_spec("reasoning_gym") is not None, reason="the extra puzzles is installed")
def test_a_puzzle_without_the_package_says_what_to_install():
    with pytest.raises(MissingExtra, match="reasoning-gym"):
        recipes.load("auto")(completions=["<answer>2*3*4</answer>"], answer=["4*3*2"], metadata=[PUZZLE])


REFERENCES = ["B", "12", "3/4", "2\\sqrt{3}", "(-3, 2]", "x=5", "Paris", "] )", "yes", "", None, "50%", "\\{1,2\\}", ["41", "42"]]
pieces = st.lists(
    st.sampled_from(
        [
            "\\boxed{",
            "}",
            "12",
            "or",
            "B",
            "<answer>",
            "</answer>",
            "<think>",
            "\\frac",
            "{3}",
            "$",
            "^",
            "(",
            "=",
            "x",
            " ",
            "\n",
            "9^9^9^9",
            "!",
        ]
    ),
    max_size=14,
).map("".join)


@settings(max_examples=examples(80), deadline=None)
@given(st.lists(st.tuples(st.sampled_from(REFERENCES), pieces | st.text(max_size=40)), min_size=1, max_size=8), st.integers())
def test_any_batch_of_any_text_has_a_verdict_a_row_whatever_the_order(rows, seed):
    auto = recipes.build("auto")
    batch = [Sample(i, "Which? (A) cat (B) dog", text, {"answer": reference}) for i, (reference, text) in enumerate(rows)]
    whole = dispatch.run(auto, batch)
    assert len(whole) == len(batch)
    for verdict in whole:
        assert verdict.status is not Status.ERROR, verdict
        assert OUTCOMES[verdict.reason][0] is verdict.status
        assert (verdict.score is None) == (verdict.status is not Status.SCORED)
        json.dumps(dict(verdict.info), allow_nan=False)
    assert whole == [dispatch.run(auto, [sample])[0] for sample in batch]
    order = list(range(len(batch)))
    random.Random(seed).shuffle(order)
    assert dispatch.run(auto, [batch[i] for i in order]) == [whole[i] for i in order]


@pytest.mark.parametrize("reference", [r for r in REFERENCES if r and isinstance(r, str)])
def test_a_reference_verifies_itself(reference):
    for dress in ("{}", "<answer>{}</answer>", "The answer is {}.", "\\boxed{{{}}}"):
        sample = Sample(
            0,
            "Which? (A) cat (B) dog",
            dress.replace("{{{}}}", "{" + reference + "}").replace("{}", reference),
            {"answer": reference},
        )
        (verdict,) = dispatch.run(recipes.build("auto"), [sample])
        assert verdict.score == 1.0, (sample.text, verdict)


def test_an_unknown_recipe_or_option_is_refused_with_what_there_is():
    with pytest.raises(UnknownName, match=r"no recipe is named 'outo'; did you mean 'auto'"):
        recipes.build("outo")
    with pytest.raises(BadParameter, match="no option of the recipe 'auto' is named 'colour'"):
        recipes.build("auto", colour="red")
