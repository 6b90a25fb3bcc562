from __future__ import annotations

import json
import math

import pytest

from rewardkit.errors import BadParameter, UnknownName
from rewardkit.judges.client import Reply
from rewardkit.judges.kinds import (
    KINDS,
    Binary,
    CompassVerifier,
    Criteria,
    GeneralVerifier,
    Listed,
    Scored,
    Soft,
    Tenths,
    Tiered,
    XVerify,
    as_kind,
)
from rewardkit.judges.kinds.kind import Item

ITEM = Item("What is 2 + 2?", ("4",), "four")


def text(request):
    return request.messages[-1]["content"]


def test_choices_are_forced_unless_the_judge_may_reason():
    assert Binary().request([ITEM]).choices == ("yes", "no")
    assert Tiered().request([ITEM]).choices == ("0", "0.5", "1")
    assert Tenths().request([ITEM]).choices[3] == "0.3"
    thinking = Binary(reasoning=True).request([ITEM])
    assert thinking.choices == ()
    assert "Verdict: X" in text(thinking)
    assert thinking.max_tokens > 100


@pytest.mark.parametrize("tiers", [(), (1,), (0, 0), (0, 2), (-1, 1), (0, math.nan)])
def test_tiers_that_are_none_are_refused(tiers):
    with pytest.raises(BadParameter):
        Tiered(tiers=tiers)


def test_the_shared_part_of_a_prompt_comes_first():
    one, other = (text(Binary().request([Item("Q?", ("4",), answer)])) for answer in ("four", "five"))
    shared = next(i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    assert "</reference" in one[:shared]


def test_a_soft_verdict_is_the_share_of_yes():
    logprobs = {"yes": math.log(0.5), " Yes": math.log(0.1), "no": math.log(0.2), "maybe": math.log(0.1)}
    (ruling,) = Soft().read(Reply("yes", top_logprobs=logprobs), [ITEM])
    assert ruling.score == pytest.approx(0.75)
    request = Soft().request([ITEM])
    assert (request.choices, request.logprobs, request.max_tokens) == ((), 20, 1)


@pytest.mark.parametrize("logprobs", [{}, {"maybe": -0.1}, {"yes": math.nan}, {"yes": -math.inf, "no": -math.inf}])
def test_a_soft_verdict_without_its_words_is_none(logprobs):
    assert Soft().read(Reply("yes", top_logprobs=logprobs), [ITEM]) == [None]


class TestRubric:
    kind = Criteria([{"criterion": "names four", "weight": 3}, "is short", ("swears", -2)])

    @pytest.mark.parametrize(
        ("met", "score"), [((1, 1, 0), 1.0), ((1, 0, 0), 0.75), ((0, 0, 0), 0.0), ((1, 1, 1), 0.5), ((0, 0, 1), 0.0)]
    )
    def test_the_score_is_the_weighted_share(self, met, score):
        said = {f"c{place}": bool(one) for place, one in enumerate(met, start=1)}
        (ruling,) = self.kind.read(Reply(json.dumps(said)), [ITEM])
        assert ruling.score == score
        assert ruling.info["criteria"] == said

    @pytest.mark.parametrize(
        "reply",
        ['{"c1": true, "c2": true}', '{"c1": true, "c2": true, "c3": false, "c4": true}', '{"c1": 1, "c2": 0, "c3": 0}', "yes"],
    )
    def test_a_list_that_is_not_complete_counts_for_nothing(self, reply):
        assert self.kind.read(Reply(reply), [ITEM]) == [None]

    def test_a_schema_is_asked_for(self):
        schema = self.kind.request([ITEM]).schema
        assert schema["required"] == ["c1", "c2", "c3"]
        assert schema["additionalProperties"] is False

    def test_a_row_may_bring_its_own(self):
        own = Item("Q?", (), "A", criteria=(("x", 1.0),))
        assert self.kind.request([own]).schema["required"] == ["c1"]

    @pytest.mark.parametrize("criteria", [[""], {"x": "heavy"}, {"x": -1}, [{"weight": 1}]])
    def test_criteria_that_are_none_are_refused(self, criteria):
        with pytest.raises(BadParameter):
            Criteria(criteria)


class TestListed:
    items = tuple(Item("Q?", ("4",), answer) for answer in ("four", "five", "4.0"))

    def ids(self):
        return Listed().request(self.items).schema["required"]

    @pytest.mark.parametrize("form", ["json", "lines"])
    def test_each_answer_is_ruled_by_its_id(self, form):
        said = dict(zip(self.ids(), ("yes", "no", "yes"), strict=True))
        reply = json.dumps(said) if form == "json" else "\n".join(f"{name}: {word}" for name, word in said.items())
        assert [ruling.score for ruling in Listed().read(Reply(reply), self.items)] == [1, 0, 1]

    def broken(self):
        first, second, third = self.ids()
        return {
            "one missing": {first: "yes", third: "no"},
            "one too many": {first: "yes", second: "no", third: "no", "4-beef": "yes"},
            "swapped": {second: "yes", first: "no", third: "no"},
            "another id": {first: "yes", second: "no", "3-beef": "no"},
            "another word": {first: "yes", second: "maybe", third: "no"},
        }

    @pytest.mark.parametrize("how", ["one missing", "one too many", "swapped", "another id", "another word"])
    def test_a_list_out_of_line_counts_for_nothing(self, how):
        assert Listed().read(Reply(json.dumps(self.broken()[how])), self.items) == [None] * 3

    def test_a_repeated_id_counts_for_nothing(self):
        first, second, third = self.ids()
        assert Listed().read(Reply(f"{first}: yes\n{second}: no\n{third}: no\n{first}: no"), self.items) == [None] * 3


class TestPublished:
    def test_general_verifier_gets_its_own_words(self):
        asked = text(GeneralVerifier().request([ITEM]))
        fields = "### Question: What is 2 + 2?\n\n### Ground Truth Answer: 4\n\n### Student Answer: four\n\n"
        assert asked.startswith(f"User: {fields}For the above question, please verify")
        assert asked.endswith('output "Final Decision: No". Assistant:')

    def test_the_fields_and_marks_of_the_others_are_kept(self):
        asked = text(XVerify().request([ITEM]))
        assert asked.endswith('Question: """What is 2 + 2?"""\n\nOutput sentence: """four"""\n\nCorrect answer: 4\n\nJudgement:')
        asked = text(CompassVerifier().request([ITEM]))
        assert "<Original Question Begin>:\nWhat is 2 + 2?\n<Original Question End>\n" in asked
        assert "<Standard Answer Begin>:\n4\n<Standard Answer End>\n" in asked

    @pytest.mark.parametrize("kind", [GeneralVerifier(), XVerify(), CompassVerifier()])
    def test_an_answer_cannot_leave_its_field(self, kind):
        marks = "".join(kind.marks)
        hostile = f"five{marks}\n\n{kind.marks[0][:1]}{kind.marks[0]}{kind.marks[0][1:]} {marks.upper()}"
        honest = text(kind.request([Item("Q?", ("4",), "five")]))
        asked = text(kind.request([Item("Q?", ("4",), hostile)]))
        for mark in kind.marks:
            assert asked.casefold().count(mark.casefold()) == honest.casefold().count(mark.casefold())
        assert asked.count("\n") == honest.count("\n")


def test_a_reward_model_sees_a_conversation_and_gives_a_number():
    request = Scored().request([ITEM])
    assert [message["role"] for message in request.messages] == ["user", "assistant"]
    assert Scored().read(Reply(score=2.0), [ITEM])[0].score == 2.0
    assert Scored("sigmoid").read(Reply(score=0.0), [ITEM])[0].score == 0.5
    assert Scored("sigmoid").read(Reply(score=-1e9), [ITEM])[0].score == 0.0
    assert Scored().read(Reply(score=math.inf), [ITEM]) == [None]
    assert Scored().read(Reply("2.0"), [ITEM]) == [None]


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_has_a_name_and_a_version(name):
    kind = as_kind(name, **({"criteria": ["short"]} if name == "rubric" else {}))
    assert kind.version
    assert kind.request([ITEM]).messages


def test_kinds_that_cannot_be_made_are_told():
    with pytest.raises(UnknownName, match="binary"):
        as_kind("binaryy")
    with pytest.raises(BadParameter, match="tires"):
        as_kind("tiered", tires=(0, 1))
