from __future__ import annotations

import json
import math
from pathlib import Path
from typing import ClassVar

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
    SoftTiered,
    Tenths,
    Tiered,
    XVerify,
    as_kind,
)
from rewardkit.judges.kinds.kind import Item

ITEM = Item("What is 2 + 2?", ("4",), "four")
PUBLISHED = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "published.jsonl").read_text(encoding="utf-8").splitlines()
]


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


class TestOrderedRubric:
    kind = Criteria(["states a plan", ("is rude", -1), ("carries it out", 2), "checks it"], ordered=True)

    @pytest.mark.parametrize(
        ("met", "score"),
        [((1, 0, 1, 1), 1.0), ((1, 0, 0, 1), 0.25), ((0, 0, 1, 1), 0.0), ((1, 1, 1, 0), 0.5), ((1, 1, 0, 1), 0.0)],
    )
    def test_behind_the_first_step_that_is_missed_nothing_is_earned(self, met, score):
        said = {f"c{place}": bool(one) for place, one in enumerate(met, start=1)}
        assert self.kind.read(Reply(json.dumps(said)), [ITEM])[0].score == score


class TestReasons:
    kind = Criteria(["names four", "is short"], reasons=True)

    def test_a_reason_is_asked_for_before_each_decision(self):
        request = self.kind.request([ITEM])
        one = request.schema["properties"]["c1"]
        assert list(one["properties"]) == one["required"] == ["reason", "met"]
        assert "first a reason of one sentence, then the decision" in text(request)
        assert request.max_tokens > Criteria(["names four", "is short"]).request([ITEM]).max_tokens

    def test_the_reasons_are_kept(self):
        said = {"c1": {"reason": "It says four.", "met": True}, "c2": {"reason": "x" * 9_000, "met": False}}
        (ruling,) = self.kind.read(Reply(json.dumps(said)), [ITEM])
        assert (ruling.score, ruling.info["reasons"]["c1"], len(ruling.info["reasons"]["c2"])) == (0.5, "It says four.", 300)

    @pytest.mark.parametrize(
        "one",
        [True, {"met": True, "reason": "behind it"}, {"met": True}, {"reason": 1, "met": True}, {"reason": "", "met": "yes"}],
    )
    def test_a_decision_without_a_reason_before_it_counts_for_nothing(self, one):
        said = {"c1": one, "c2": {"reason": "", "met": True}}
        assert self.kind.read(Reply(json.dumps(said)), [ITEM]) == [None]


class TestAbstaining:
    def test_it_is_offered_only_when_asked_for(self):
        assert "CANNOT_ASSESS" not in text(Binary().request([ITEM]))
        request = Binary(may_abstain=True).request([ITEM])
        assert request.choices == ("yes", "no", "CANNOT_ASSESS")
        assert "CANNOT_ASSESS is for what cannot be checked" in text(request)
        assert Binary().read(Reply("CANNOT_ASSESS"), [ITEM]) == [None]

    @pytest.mark.parametrize("reply", ["CANNOT_ASSESS", "Verdict: cannot_assess", "I see nothing.\n\n**Cannot assess.**"])
    @pytest.mark.parametrize("kind", [Binary(may_abstain=True), Tiered(may_abstain=True), Tenths(may_abstain=True)])
    def test_it_is_a_ruling_without_a_score(self, kind, reply):
        (ruling,) = kind.read(Reply(reply), [ITEM])
        assert ruling.score is None

    @pytest.mark.parametrize("reply", ["I cannot assess this.", "CANNOT_ASSESS\nyes", "yes or CANNOT_ASSESS"])
    def test_prose_and_two_decisions_are_none(self, reply):
        (ruling,) = Binary(may_abstain=True).read(Reply(reply), [ITEM])
        assert ruling is None or ruling.score == 1

    def test_one_criterion_that_cannot_be_assessed_is_an_abstention(self):
        kind = Criteria(["a", "b"], may_abstain=True)
        assert kind.request([ITEM]).schema["properties"]["c1"] == {"enum": [True, False, "cannot_assess"]}
        (ruling,) = kind.read(Reply('{"c1": true, "c2": "cannot_assess"}'), [ITEM])
        assert (ruling.score, ruling.info["criteria"]) == (None, {"c1": True, "c2": None})
        assert Criteria(["a", "b"]).read(Reply('{"c1": true, "c2": "cannot_assess"}'), [ITEM]) == [None]

    @pytest.mark.parametrize("options", [{"may_abstain": True}, {"reasoning": True}])
    @pytest.mark.parametrize("kind", ["soft", "soft-tiered"])
    def test_one_token_has_no_place_for_it(self, kind, options):
        with pytest.raises(BadParameter, match="first token alone"):
            as_kind(kind, **options)


class TestSoftTiered:
    logprobs: ClassVar = {"1": math.log(0.2), " 2": math.log(0.3), "2": math.log(0.1), "3": math.log(0.2), "The": math.log(0.2)}

    def test_the_mean_of_the_tiers_or_the_likeliest(self):
        (mean,) = SoftTiered().read(Reply("2", top_logprobs=self.logprobs), [ITEM])
        assert mean.score == pytest.approx(0.25 * 0 + 0.5 * 0.5 + 0.25 * 1)
        assert mean.info == {"tiers": {"0": 0.25, "0.5": 0.5, "1": 0.25}, "mass": 0.8, "confidence": pytest.approx(0.5)}
        (mode,) = SoftTiered(tiers=(0.1, 0.4, 0.9), take="mode").read(Reply("2", top_logprobs=self.logprobs), [ITEM])
        assert mode.score == 0.4

    def test_of_equal_tiers_the_lowest(self):
        even = {"1": math.log(0.5), "2": math.log(0.5)}
        assert SoftTiered(tiers=(0, 1), take="mode").read(Reply("1", top_logprobs=even), [ITEM])[0].score == 0

    def test_one_token_is_asked_for_and_nothing_forced(self):
        request = SoftTiered(template="wethink").request([ITEM])
        assert (request.choices, request.logprobs, request.max_tokens) == ((), 20, 1)
        assert "1 (lowest), 2, 3 (highest)" in text(request)
        assert "Reply with 1, 2 or 3, and nothing else." in text(request)

    @pytest.mark.parametrize("logprobs", [{}, {"A": -0.1}, {"12": -0.1}, {"1": math.nan}])
    def test_without_grades_there_is_no_ruling(self, logprobs):
        assert SoftTiered().read(Reply("2", top_logprobs=logprobs), [ITEM]) == [None]

    @pytest.mark.parametrize("options", [{"tiers": tuple(n / 10 for n in range(10))}, {"take": "median"}])
    def test_what_cannot_be_taken_is_said(self, options):
        with pytest.raises(BadParameter, match="at most 9 tiers"):
            SoftTiered(**options)

    def test_what_is_taken_is_part_of_its_version(self):
        versions = {
            SoftTiered(take=take, tiers=tiers).version for take in ("mode", "expectation") for tiers in ((0, 1), (0, 0.5))
        }
        assert len(versions) == 4


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

    def test_general_verifier_may_decide_at_once(self):
        kind = GeneralVerifier(reasoning=False)
        for said, score in ((" Yes", 1.0), ("No", 0.0)):
            assert kind.read(Reply(said), [ITEM])[0].score == score
        assert kind.read(Reply(" Maybe"), [ITEM]) == [None]
        assert kind.version != GeneralVerifier().version

    def test_general_verifier_reasons_where_its_reply_cannot_be_begun(self):
        seen = Item("Q?", ("4",), "four", ({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},))
        kind = GeneralVerifier(reasoning=False)
        request = kind.request([seen])
        assert (request.choices, request.max_tokens, request.plain) == ((), 2048, False)
        assert kind.read(Reply(" Yes"), [seen]) == [None]
        assert kind.read(Reply("Final Decision: Yes"), [seen])[0].score == 1.0
        with pytest.raises(BadParameter, match="needs plain=True"):
            GeneralVerifier(reasoning=False, plain=False)

    def test_the_fields_and_marks_of_the_others_are_kept(self):
        asked = text(XVerify().request([ITEM]))
        assert asked.endswith('Question: """What is 2 + 2?"""\n\nOutput sentence: """four"""\n\nCorrect answer: 4\n\nJudgement:')
        asked = text(CompassVerifier().request([ITEM]))
        assert "<Original Question Begin>:\nWhat is 2 + 2?\n<Original Question End>\n" in asked
        assert "<Standard Answer Begin>:\n4\n<Standard Answer End>\n" in asked

    @pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["kind"])
    def test_each_is_asked_as_it_was_trained(self, case):
        request = as_kind(case["kind"], **case["options"]).request([ITEM])
        (message,) = request.messages
        assert message["role"] == "user"
        assert (sorted(request.choices), request.max_tokens, request.temperature, request.plain) == (
            case["choices"],
            case["max_tokens"],
            0.0,
            case["plain"],
        )
        places = [message["content"].find(part) for part in case["parts"]]
        assert -1 not in places
        assert places == sorted(places)
        assert message["content"].rstrip().endswith(case["parts"][-1])

    @pytest.mark.parametrize("kind", ["general-verifier", "xverify", "compassverifier"])
    def test_a_published_prompt_without_our_fields_is_told(self, kind, tmp_path):
        pasted = tmp_path / "pasted.txt"
        pasted.write_text("Question: {question}\nAnswer: {{answer}}\nRight: {gold_answer}\n", encoding="utf-8")
        with pytest.raises(BadParameter, match="no place for question, reference"):
            as_kind(kind, template=str(pasted))
        pasted = tmp_path / "mended.txt"
        pasted.write_text("Question: {{question}}\nAnswer: {{answer}}\nRight: {{reference}}\n", encoding="utf-8")
        assert text(as_kind(kind, template=str(pasted)).request([ITEM])).startswith("Question: What is 2 + 2?")

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
