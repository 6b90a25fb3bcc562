"""Judges that accept what cannot be right pay nothing: refused before their first verdict, or for the question that shows it."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any

import pytest
from fake import FitClient, accept, agree, client, control, fit, row, ruled
from hypothesis import given
from hypothesis import strategies as st

from rewardkit import RewardFunction, UnfitJudge, load
from rewardkit.bench.scripted import scripted
from rewardkit.errors import BadParameter, TooManyErrors
from rewardkit.judges.client import Reply
from rewardkit.judges.controls import controls_of, preflight
from rewardkit.judges.judge import Judge
from rewardkit.judges.kinds import Criteria
from rewardkit.judges.kinds.kind import Item
from rewardkit.judges.stats import usage
from rewardkit.judges.watch import MOST_ACCEPTED, Fitness
from rewardkit.testing import ScriptedClient

QUESTION, REFERENCE = "What is the capital of Australia?", "Canberra, ACT"
CANBERRA = Item(QUESTION, (REFERENCE,), "Sydney")


def call(function: RewardFunction, answers: list[str], **columns: Any) -> list[float | None]:
    texts = [f"<think>I look.</think><answer>{answer}</answer>" for answer in answers]
    size = len(answers)
    columns = {name: [value] * size for name, value in {"answer": REFERENCE, **columns}.items()}
    return function(prompts=[QUESTION] * size, completions=texts, **columns)


class TestBeforeTheFirstVerdict:
    def test_a_yes_man_behind_wethink_ends_the_run_in_the_first_call(self) -> None:
        yes = scripted("yes")
        function = load("wethink", judge=yes)
        with pytest.raises(UnfitJudge, match=r"accepts 16 of 16 .*refuses 0 of 8.*canaries=0"):
            call(function, ["Sydney"] * 8, reward="model")
        assert yes.calls == [24]  # nothing about a row was asked
        with pytest.raises(UnfitJudge):
            call(function, ["Perth"] * 8, reward="model")
        assert yes.calls == [24]  # and it is not asked again

    @pytest.mark.parametrize("said", ["no", "yes"])
    def test_one_that_says_the_same_to_everything_is_unfit(self, said: str) -> None:
        with pytest.raises(UnfitJudge, match="refuses 8 of 8" if said == "no" else "accepts 16 of 16"):
            Judge(ScriptedClient(lambda request: said)).verify([row("Sydney")])

    def test_one_that_falls_for_openings_is_refused_or_loses_the_questions_that_show_it(self) -> None:
        judge = Judge(scripted("prefix"))
        with pytest.raises(UnfitJudge, match="accepts 6 of 16"):
            judge.verify([row("Sydney")])

    @pytest.mark.parametrize("seed", range(100))
    def test_an_honest_judge_that_errs_now_and_then_is_fit(self, seed: int) -> None:
        judge = Judge(scripted("noisy", noise=0.02, seed=seed))
        judge.verify([row("Sydney")])
        assert judge.watch.fitness is not None
        assert judge.watch.fitness.fit

    def test_honest_judges_are_fit_whatever_their_kind(self) -> None:
        honest = fit(lambda request: ruled(request, False))
        for kind in ("binary", "soft", "tiered", "tenths", "list"):
            fake = ScriptedClient(honest)
            judge = Judge(fake, kind)
            judge.verify([row("Sydney")])
            assert judge.watch.fitness == Fitness(controls=16, accepted=0, references=8, refused=0, failed=0), kind

    def test_a_rubric_is_tried_with_criteria_of_ours(self) -> None:
        yes = ScriptedClient(lambda request: ruled(request, True))
        with pytest.raises(UnfitJudge):
            Judge(yes, Criteria(["rhymes"])).verify([row("Sydney", answer=None)])
        judge = Judge(FitClient(['{"c1": true}']), Criteria(["rhymes"]))
        (verdict,) = judge.verify([row("Sydney", answer=None)])
        assert (verdict.score, verdict.info["controls"]) == (1.0, 24)  # no control with the question: a poem may be anything

    def test_a_reward_model_has_no_controls(self) -> None:
        fake = ScriptedClient([Reply(score=0.3)])
        (verdict,) = Judge(fake, "score").verify([row("Sydney")])
        assert (verdict.score, fake.calls) == (0.3, [1])

    def test_a_server_that_is_down_says_nothing_of_its_judge(self) -> None:
        down = True

        def reply(request: Any) -> Any:
            return ConnectionError("down") if down else fit(agree)(request)

        judge = Judge(ScriptedClient(reply))
        assert [verdict.reason for verdict in judge.verify([row("Sydney")])] == ["judge_unavailable"]
        assert judge.watch.fitness is None
        down = False
        assert judge.verify([row("canberra")])[0].score == 1.0
        assert judge.watch.fitness is not None

    def test_what_it_said_is_kept_in_the_cache(self, tmp_path: Any) -> None:
        cache = str(tmp_path / "replies.db")
        first, second = client(), client()
        for fake in (first, second):
            (verdict,) = Judge(fake, cache=cache).verify([row("Sydney")])
        assert (first.controls, second.controls) == (25, 0)
        assert "controls" not in verdict.info

    def test_slices_that_ask_at_once_share_it(self) -> None:
        class Slow(FitClient):
            async def complete(self, requests: Any, /) -> Any:
                await asyncio.sleep(0.01)
                return await super().complete(requests)

        fake = Slow(agree)
        judge = Judge(fake)

        async def together() -> None:
            await asyncio.gather(judge.averify([row("Sydney")]), judge.averify([row("Perth", prompt="Q?")]))

        asyncio.run(together())
        assert fake.controls == 24 + 2

    def test_it_pickles_and_begins_anew(self) -> None:
        judge = Judge(client(agree))
        judge.verify([row("Sydney")])
        copy = pickle.loads(pickle.dumps(judge))
        assert copy.watch.fitness is None
        copy.verify([row("Sydney")])
        assert copy.client.controls == judge.client.controls + 25


class TestBesideAQuestion:
    def test_a_question_whose_control_is_accepted_has_no_verdicts(self) -> None:
        """Right about everything that is known, and taken in by one question of the run."""

        def reply(request: Any) -> Any:
            return "yes" if "Which island?" in str(request.messages) else fit(agree)(request)

        rows = [row("canberra"), row("Tasmania", prompt="Which island?"), row("Bali", prompt="Which island?"), row("Perth")]
        fake = ScriptedClient(reply)
        verdicts = Judge(fake).verify([*rows, row("Solution:", prompt="Which island?")])
        assert [verdict.score for verdict in verdicts] == [1.0, None, None, 0.0, 0.0]
        assert [verdict.reason for verdict in verdicts[1:3]] == ["judge_unreliable"] * 2
        assert "cannot be right" in verdicts[1].info["message"]
        assert verdicts[1].info["judge"] == "scripted"
        counts = usage(verdicts)
        assert (counts.unreliable, counts.controls) == (2, 24 + 2)
        assert counts.sources["judged"] == 4

    def test_what_it_refuses_there_is_no_verdict_either(self) -> None:
        def reply(request: Any) -> Any:
            return "no" if "Bali" in str(request.messages) else "yes"

        judge = Judge(ScriptedClient(reply), preflight=False)
        assert [v.reason for v in judge.verify([row("Bali"), row("Perth")])] == ["judge_unreliable"] * 2

    def test_many_of_them_end_the_run_with_the_cause(self) -> None:
        function = RewardFunction(Judge(scripted("yes"), preflight=False))
        with pytest.raises(TooManyErrors, match="cannot be right"):
            call(function, [f"city {place}" for place in range(8)])

    def test_a_failure_stays_what_it_is(self) -> None:
        def reply(request: Any) -> Any:
            return ConnectionError("down") if "Perth" in str(request.messages) else "yes"

        judge = Judge(ScriptedClient(reply), preflight=False)
        reasons = [verdict.reason for verdict in judge.verify([row("Perth"), row("Sydney")])]
        assert reasons == ["judge_unavailable", "judge_unreliable"]

    def test_a_control_that_cannot_be_had_costs_no_verdict_and_is_asked_again(self) -> None:
        fake = ScriptedClient(lambda request: ConnectionError("down") if control(request) is False else agree(request))
        judge = Judge(fake, preflight=False)
        for _ in range(2):
            assert judge.verify([row("canberra")])[0].score == 1.0
        assert fake.calls == [2, 2]

    @pytest.mark.parametrize("size", [4, 8, 16])
    def test_it_costs_one_call_a_group(self, size: int) -> None:
        fake = client()
        judge = Judge(fake)
        judge.verify([row("Sydney", prompt="Q?")])
        before = fake.controls
        groups = [row(f"city {place}", prompt=f"Question {group}?") for group in range(5) for place in range(size)]
        verdicts = judge.verify(groups)
        assert fake.controls - before == 5
        assert sum(verdict.info.get("controls", 0) for verdict in verdicts) / len(groups) == 1 / size
        judge.verify(groups)
        assert fake.controls - before == 5  # remembered

    def test_votes_cost_a_control_one_call_without_a_draw(self) -> None:
        seen = []

        def reply(request: Any) -> Any:
            seen.append(request)
            return "yes"

        Judge(ScriptedClient(reply), votes=3, preflight=False).verify([row("Sydney")])
        assert [(request.temperature, request.seed) for request in seen] == [(0.0, None), (0.7, 0), (0.7, 1), (0.7, 2)]

    def test_none_is_asked_about_where_it_was_switched_off(self) -> None:
        fake = ScriptedClient(accept)
        (verdict,) = Judge(fake, canaries=0).verify([row("Sydney")])
        assert (verdict.score, fake.calls) == (1.0, [1])

    @pytest.mark.parametrize("canaries", [-1, 9, 1.0, True, "1"])
    def test_numbers_that_are_none_are_told(self, canaries: Any) -> None:
        with pytest.raises(BadParameter, match="canaries"):
            Judge(client(), canaries=canaries)

    def test_recipes_pass_it_on(self) -> None:
        function = load("auto", judge=scripted("yes"), judge_canaries=0)
        assert call(function, ["Sydney"]) == [1.0]
        with pytest.raises(BadParameter, match="judge_canaries"):
            load("auto", judge=Judge(client()), judge_canaries=2)


class TestControls:
    def test_before_the_first_verdict_8_are_right_and_16_are_not(self) -> None:
        assert [control.right for control in preflight()].count(True) == 8
        assert len(preflight()) == 24
        for one in preflight():
            assert one.right is (one.item.answer == Item("", one.item.references, one.item.reference).answer or one.right)
            assert one.right or one.item.answer not in one.item.references

    @given(st.text(), st.text(min_size=1), st.integers(0, 8))
    def test_those_of_a_question_share_no_telling_word_with_it(self, question: str, reference: str, count: int) -> None:
        item = Item(question, (reference,), "x")
        found = controls_of(item, count)
        assert found == controls_of(Item(question, (reference,), "another answer"), count)  # the group's
        assert len({one.answer for one in found}) == len(found) <= count
        assert all(one.group == item.group for one in found)

    @pytest.mark.parametrize(
        ("question", "reference", "word"),
        [
            ("What did the postman leave beside the beehives?", "a parcel", "postman"),
            ("Describe the picture.", "A tailor shortens the sleeves of a coat.", "tailor"),
            ("Translate: the night ferry was cancelled because of fog", "El ferry fue cancelado", "ferry"),
        ],
    )
    def test_one_that_speaks_of_the_same_is_left_out(self, question: str, reference: str, word: str) -> None:
        found = controls_of(Item(question, (reference,), "x"), 8)
        assert len(found) == 8
        assert not [one.answer for one in found if word in one.answer.casefold()]

    def test_where_all_speak_of_the_same_there_is_none(self) -> None:
        everything = " ".join(one.answer for one in controls_of(CANBERRA, 8)) + (
            " violin bakery dough tailor hinges chess grandmother postman wasp plumber ferry tortoises"
        )
        assert controls_of(Item(everything, ("x",), "y"), 8) == []
        (verdict,) = Judge(client(), preflight=False).verify([row("Canberra ACT", prompt=everything)])
        assert verdict.info.get("controls") is None


def test_the_limits_hold_to_the_last_reply() -> None:
    at = int(MOST_ACCEPTED * 16)
    assert Fitness(controls=16, accepted=at, references=8).fit
    assert not Fitness(controls=16, accepted=at + 1, references=8).fit
    assert Fitness(controls=16, references=8, refused=4).fit
    assert not Fitness(controls=16, references=8, refused=5).fit
