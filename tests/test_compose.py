from __future__ import annotations

import asyncio
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit import Cascade, Gate, Router, Rubric, get
from rewardkit.errors import BadParameter, MissingColumn, UnknownName, WrongLength
from rewardkit.types import Sample, Status, Verdict


class Say:
    """Gives the verdict each sample's completion asks for: a number, "abstain" or "error"."""

    def __init__(self, name="say"):
        self.name = name
        self.seen = []

    def verify(self, samples, /):
        self.seen.append([s.index for s in samples])
        return [self.one(s) for s in samples]

    def one(self, sample):
        text = sample.columns.get(self.name, sample.completion)
        if text == "abstain":
            return Verdict.abstained("needs_judge")
        if text == "error":
            return Verdict.error("exception", message="boom")
        return Verdict.scored(float(text), extracted=text)


class MeetingJudge(Say):
    """Answers once all judges of the list have been asked."""

    def __init__(self, all_of_them):
        super().__init__()
        self.all = all_of_them
        self.asked = False

    async def averify(self, samples, /):
        self.asked = True
        while not all(judge.asked for judge in self.all):
            await asyncio.sleep(0.001)
        return self.verify(samples)


def samples(*completions, **columns):
    return [Sample(i, None, c, {k: v[i] for k, v in columns.items()}) for i, c in enumerate(completions)]


def shown(verdicts):
    return [(v.score, v.reason) for v in verdicts]


class TestRubric:
    def test_the_score_is_the_weighted_sum_and_the_reason_that_of_the_heaviest_part(self):
        rubric = Rubric({Say("accuracy"): 0.7, Say("format"): 0.3})
        rows = samples("", "", accuracy=["1", "0"], format=["0", "1"])
        assert shown(rubric.verify(rows)) == [(0.7, "match"), (0.3, "mismatch")]

    def test_each_part_is_shown(self):
        (verdict,) = Rubric({Say("accuracy"): 0.7, Say("format"): 0.3}).verify(samples("", accuracy=["1"], format=["0"]))
        assert verdict.info["parts"] == {
            "accuracy": {"score": 1.0, "reason": "match", "weight": 0.7},
            "format": {"score": 0.0, "reason": "mismatch", "weight": 0.3},
        }

    @pytest.mark.parametrize(
        ("part", "status", "reason"), [("abstain", Status.ABSTAINED, "needs_judge"), ("error", Status.ERROR, "exception")]
    )
    def test_a_missing_part_is_not_a_zero(self, part, status, reason):
        rubric = Rubric({Say("accuracy"): 0.7, Say("format"): 0.3})
        (verdict,) = rubric.verify(samples("", accuracy=[part], format=["1"]))
        assert (verdict.score, verdict.status, verdict.reason) == (None, status, reason)

    def test_an_error_comes_before_an_abstention(self):
        (verdict,) = Rubric({Say("a"): 1, Say("b"): 1}).verify(samples("", a=["abstain"], b=["error"]))
        assert verdict.status is Status.ERROR

    def test_an_empty_rubric_is_refused(self):
        with pytest.raises(BadParameter, match="at least one part"):
            Rubric({})


class TestGate:
    def test_only_rows_that_pass_see_the_second_verifier(self):
        then = Say("then")
        gate = Gate(Say("gate"), then)
        rows = samples("", "", "", gate=["1", "0", "abstain"], then=["0.5", "1", "1"])
        assert shown(gate.verify(rows)) == [(0.5, "partial"), (0.0, "mismatch"), (None, "needs_judge")]
        assert then.seen == [[0]]

    def test_a_partly_passed_gate_gives_nothing(self):
        assert shown(Gate(Say("gate"), Say("then")).verify(samples("", gate=["0.9"], then=["1"])))[0][0] == 0.0


class TestCascade:
    def test_each_stage_sees_only_what_the_stages_before_left_open(self):
        first, second, third = Say("first"), Say("second"), Say("third")
        rows = samples("", "", "", first=["1", "abstain", "abstain"], second=["0", "0", "abstain"], third=["0", "0", "0.5"])
        assert shown(Cascade(first, second, third).verify(rows)) == [(1.0, "match"), (0.0, "mismatch"), (0.5, "partial")]
        assert (second.seen, third.seen) == ([[1, 2]], [[2]])

    def test_an_error_is_not_hidden_by_the_next_stage(self):
        second = Say("second")
        (verdict,) = Cascade(Say("first"), second).verify(samples("", first=["error"], second=["1"]))
        assert verdict.status is Status.ERROR
        assert second.seen == []

    def test_the_trail_of_earlier_stages_is_kept(self):
        (verdict,) = Cascade(Say("first"), Say("second")).verify(samples("", first=["abstain"], second=["1"]))
        assert verdict.info["stages"] == [{"verifier": "", "reason": "needs_judge"}]


class TestRouter:
    def test_each_row_goes_to_the_verifier_of_its_value_and_comes_back_in_order(self):
        left, right = Say("left"), Say("right")
        router = Router({"l": left, "r": right})
        rows = samples("1", "0", "0.5", reward=["l", "r", "l"])
        verdicts = router.verify(rows)
        assert [v.score for v in verdicts] == [1.0, 0.0, 0.5]
        assert [v.info["route"] for v in verdicts] == ["l", "r", "l"]
        assert (left.seen, right.seen) == ([[0, 2]], [[1]])

    def test_unknown_values_stop_with_the_list_of_values_seen(self):
        with pytest.raises(UnknownName, match=r"did you mean 'rule'.*'ruel' \(2 rows\), 'x' \(1 rows\)"):
            Router({"rule": Say()}).verify(samples("1", "1", "1", "1", reward=["ruel", "x", "rule", "ruel"]))

    def test_with_a_default_unknown_values_go_there(self):
        assert shown(Router({}, default=Say()).verify(samples("1", reward=["new"]))) == [(1.0, "match")]

    @pytest.mark.parametrize("blank", [None, "", "  "])
    def test_a_row_without_a_value_abstains(self, blank):
        assert shown(Router({"rule": Say()}).verify(samples("1", reward=[blank]))) == [(None, "no_route")]

    def test_a_route_to_none_abstains(self):
        assert shown(Router({"model": None}).verify(samples("1", reward=["model"]))) == [(None, "no_route")]

    def test_a_missing_column_is_an_error_of_the_call(self):
        with pytest.raises(MissingColumn, match="router needs the column 'reward'"):
            Router({"rule": Say()}).verify(samples("1"))

    def test_a_function_may_route(self):
        router = Router({"long": Say("long"), "short": Say("short")}, by=lambda s: "long" if len(s.text) > 3 else "short")
        assert [v.info["route"] for v in router.verify(samples("1", "0.00001"))] == ["short", "long"]

    def test_routers_nest_and_show_the_way(self):
        inner = Router({"b": Say()}, by="inner")
        (verdict,) = Router({"a": inner}, by="outer").verify(samples("1", inner=["b"], outer=["a"]))
        assert verdict.info["route"] == "a/b"

    def test_slices_with_judges_overlap(self):
        judges = []
        judges += [MeetingJudge(judges) for _ in range(4)]
        verdicts = Router(dict(zip("0123", judges, strict=True))).verify(samples(*"1111", reward=list("0123")))
        assert [v.score for v in verdicts] == [1.0] * 4

    def test_a_verifier_of_the_wrong_length_is_an_error_of_the_call(self):
        class Short(Say):
            def verify(self, samples, /):
                return super().verify(samples)[:-1]

        with pytest.raises(WrongLength):
            Router({"a": Short()}).verify(samples("1", "1", reward=["a", "a"]))

    def test_it_pickles(self):
        router = Router({"rule": Cascade("choice.option", "text.exact"), "tags": Gate("format.think_answer", "choice.option")})
        again = pickle.loads(pickle.dumps(router))
        rows = samples("<answer>B</answer>", "B", reward=["rule", "tags"], answer=["B", "B"])
        assert shown(again.verify(rows)) == shown(router.verify(rows))


def test_what_is_no_verifier_is_refused():
    with pytest.raises(BadParameter, match="neither a verifier nor a registered name"):
        Cascade(3)


def test_names_stand_for_verifiers():
    assert Cascade("choice.option").parts[0].name == get("choice.option").name


words = st.sampled_from(["0", "1", "0.5", "abstain", "error"])


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(words, words, st.sampled_from("abc")), min_size=1, max_size=12), st.randoms())
def test_batches_split_and_permute_without_a_trace(rows, random):
    tree = Router({"a": Rubric({Say("x"): 0.7, Say("y"): 0.3}), "b": Gate(Say("x"), Say("y")), "c": Cascade(Say("x"), Say("y"))})
    batch = samples(*["" for _ in rows], x=[r[0] for r in rows], y=[r[1] for r in rows], reward=[r[2] for r in rows])
    whole = tree.verify(batch)
    assert whole == [tree.verify([s])[0] for s in batch]
    order = list(range(len(batch)))
    random.shuffle(order)
    assert tree.verify([batch[i] for i in order]) == [whole[i] for i in order]
    assert all((v.score is None) == (v.status is not Status.SCORED) for v in whole)
