from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit.registry import get
from rewardkit.testing import sample

boxes = st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 20)).map(
    lambda b: [b[0], b[1], b[0] + b[2], b[1] + b[3]]
)
labelled = st.tuples(boxes, st.sampled_from(["cat", "dog"])).map(lambda pair: {"bbox_2d": pair[0], "label": pair[1]})


@given(st.lists(labelled, min_size=1, max_size=5, unique_by=str), st.lists(labelled, max_size=5))
@settings(max_examples=examples(100), deadline=None)
def test_the_references_themselves_are_worth_all_and_more_boxes_behind_them_cost_nothing(
    wanted: list[dict[str, object]], more: list[dict[str, object]]
) -> None:
    first = [{**one, "score": 0.9} for one in wanted]
    one = sample(completion=json.dumps([*first, *({**other, "score": 0.1} for other in more)]), answer=wanted)
    assert get("grounding.ap").check(one).score == 1


@given(st.lists(labelled, min_size=1, max_size=5), st.lists(labelled, min_size=1, max_size=5))
@settings(max_examples=examples(100), deadline=None)
def test_a_wrong_box_before_the_others_never_pays(wanted: list[dict[str, object]], given: list[dict[str, object]]) -> None:
    far = {"bbox_2d": [900, 900, 910, 910], "label": "cat"}
    alone, after = (
        get("grounding.ap").check(sample(completion=json.dumps(list(listed)), answer=wanted)).score
        for listed in (given, [far, *given])
    )
    assert after <= alone
