from __future__ import annotations

import asyncio
import base64
import io
import pickle

import pytest
from fake import accept, agree, client, row
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit import RewardFunction, dispatch, load
from rewardkit.errors import BadParameter, MissingColumn, TooManyErrors, UnknownName
from rewardkit.judges.client import Reply
from rewardkit.judges.guard import Guard
from rewardkit.judges.judge import Judge
from rewardkit.judges.kinds import Criteria
from rewardkit.judges.stats import usage
from rewardkit.testing import ScriptedClient, check_verifier, sample
from rewardkit.types import Status


def shown(verdicts):
    return [(v.score, v.reason, v.info.get("source")) for v in verdicts]


def test_each_verdict_says_where_it_came_from():
    rows = [row("canberra"), row("Sydney"), row("canberra"), row(":"), row("Canberra, ACT")]
    judge = Judge(client())
    assert shown(judge.verify(rows)) == [
        (1.0, "match", "judged"),
        (0.0, "mismatch", "judged"),
        (1.0, "match", "shared"),
        (0.0, "no_answer", "rule"),
        (1.0, "match", "rule"),
    ]
    first = judge.verify(rows)[0]
    assert first.verifier == "judge.binary"
    assert first.info["judge"] == "scripted"
    assert first.info["template"].startswith("binary@")
    assert first.info["reply"] == "yes"
    assert first.info["extracted"] == "canberra"


def test_a_judge_keeps_the_contract_of_verifiers():
    right = [row("canberra"), row("act", prompt="Which territory?")]
    check_verifier(Judge(client()), right=right, wrong=[row("Sydney"), row("Perth"), row("Solution:"), row("yes")])


def test_rows_equal_after_normalisation_are_asked_once_in_one_call():
    fake = client()
    Judge(fake).verify([row("canberra"), row(" canberra. "), row("**canberra**"), row("CANBERRA"), row("canberra", prompt="Q?")])
    assert fake.calls == [3]


def test_equal_rows_are_asked_about_in_the_same_words_whatever_their_order():
    rows = [row("canberra"), row(" canberra. "), row("**canberra**")]
    prompts = set()
    for first in rows:
        fake = client()
        Judge(fake).verify([first, *rows])
        prompts |= {str(request.messages) for request in fake.seen}
    assert len(prompts) == 1


def test_lines_and_indentation_are_kept():
    fake = client(accept)
    Judge(fake).verify([row("if x:\n    y  =  1 \n\n\n\nz")])
    assert "if x:\n    y = 1\n\nz\n" in fake.seen[0].messages[-1]["content"]


def test_requests_of_one_question_stand_side_by_side():
    fake = client()
    Judge(fake).verify([row(f"city {i}", prompt=f"Question {i % 3}") for i in range(9)])
    order = [next(q for q in range(3) if f"Question {q}" in request.messages[-1]["content"]) for request in fake.seen]
    assert order == sorted(order)


names = st.sampled_from(["canberra", "Canberra", "sydney", "perth", ":", "", "yes"])


@settings(deadline=None, max_examples=examples(40))
@given(st.lists(st.tuples(names, st.sampled_from(["Q1", "Q2"])), min_size=1, max_size=12))
def test_sharing_changes_no_verdict(pairs):
    rows = [row(text, prompt=question) for text, question in pairs]
    together = Judge(client()).verify(rows)
    alone = [Judge(client()).verify([one])[0] for one in rows]
    assert [(v.score, v.reason) for v in together] == [(v.score, v.reason) for v in alone]


def test_the_chain_of_thought_does_not_reach_the_judge():
    fake = client(accept)
    text = "<think>SECRET</think> Some SECRET steps.\n\nThe answer is the city of Canberra."
    Judge(fake).verify([sample(completion=text, prompt="Capital?", answer="Canberra, ACT")])
    assert "SECRET" not in str(fake.seen)


def test_no_reference_is_no_judge_s_business():
    fake = client()
    (verdict,) = Judge(fake).verify([row("x", answer=None)])
    assert (verdict.status, verdict.reason, fake.calls) == (Status.ABSTAINED, "no_reference", [])


class TestFailures:
    def test_a_judge_that_cannot_be_had_is_an_error_with_its_cause(self):
        replies = [ConnectionError("refused"), "yes"]
        bad, good = Judge(client(replies)).verify([row("Sydney"), row("canberra")])
        assert (bad.score, bad.reason, bad.info["message"]) == (None, "judge_unavailable", "refused")
        assert good.score == 1

    @pytest.mark.parametrize("reply", ["maybe", "", "The answer is not correct.", Reply("yes", finish="length")])
    def test_a_reply_that_cannot_be_read_is_an_error_or_zero_where_asked(self, reply):
        (verdict,) = Judge(client([reply])).verify([row("Sydney")])
        assert (verdict.score, verdict.reason) == (None, "judge_unparsed")
        (verdict,) = Judge(client([reply]), on_unparsed="zero").verify([row("Sydney")])
        assert (verdict.score, verdict.reason, verdict.info["unparsed"]) == (0.0, "mismatch", True)

    def test_a_failure_is_shared_and_never_kept(self, tmp_path):
        cache = str(tmp_path / "replies.db")
        down = Judge(client([ConnectionError("down")]), cache=cache).verify([row("Sydney"), row("Sydney")])
        assert [v.reason for v in down] == ["judge_unavailable"] * 2
        (up,) = Judge(client(), cache=cache).verify([row("Sydney")])
        assert up.info["source"] == "judged"

    def test_a_client_that_breaks_its_promise_makes_nothing_up(self):
        class Raises(ScriptedClient):
            async def complete(self, requests, /):
                raise ValueError("bug")

        class Miscounts(ScriptedClient):
            async def complete(self, requests, /):
                return [Reply("yes")]

        for broken in (Raises([]), Miscounts([])):
            verdicts = Judge(broken).verify([row("Sydney"), row("Perth")])
            assert [v.reason for v in verdicts] == ["judge_unavailable"] * 2

    def test_a_judge_that_is_down_stops_the_run_in_the_end(self):
        def down(request):
            return ConnectionError("refused")

        function = RewardFunction(Judge(client(down)))
        with pytest.raises(TooManyErrors, match="refused"):
            function(["Q"] * 10, [f"city {i}" for i in range(10)], answer=["Canberra, ACT"] * 10)


class TestVotes:
    @pytest.mark.parametrize(
        ("votes", "score"), [(["yes", "no", "yes"], 1.0), (["no", "no", "yes"], 0.0), (["yes", "huh", "yes"], 1.0)]
    )
    def test_the_majority_decides(self, votes, score):
        fake = client(votes)
        (verdict,) = Judge(fake, votes=3).verify([row("Sydney")])
        assert verdict.score == score
        assert len(verdict.info["votes"]) == 3
        assert [request.seed for request in fake.seen] == [0, 1, 2]
        assert fake.seen[0].temperature > 0

    def test_half_of_the_votes_are_too_few(self):
        (verdict,) = Judge(client(["yes", "huh", "no", "huh"]), votes=4).verify([row("Sydney")])
        assert verdict.reason == "judge_unparsed"

    def test_graded_votes_are_averaged(self):
        (verdict,) = Judge(client(["0.5", "1", "0"]), "tiered", votes=3).verify([row("Sydney")])
        assert verdict.score == 0.5


class TestSwap:
    @pytest.mark.parametrize(("there", "back", "score"), [("yes", "yes", 1.0), ("yes", "no", 0.0), ("no", "yes", 0.0)])
    def test_both_ways_must_agree(self, there, back, score):
        fake = client([there, back])
        (verdict,) = Judge(fake, swap=True).verify([row("Sydney")])
        assert verdict.score == score
        first, second = (request.messages[-1]["content"] for request in fake.seen)
        assert first.index("Canberra") < first.index("Sydney")
        assert second.index("Sydney") < second.index("Canberra")

    def test_one_accepted_reference_is_enough(self):
        (verdict,) = Judge(client(["yes", "no", "yes"]), swap=True).verify(
            [row("the ACT city", answer=["Perth, WA", "Canberra, ACT"])]
        )
        assert verdict.score == 1

    def test_a_kind_that_does_not_compare_cannot_swap(self):
        with pytest.raises(BadParameter, match="swap"):
            Judge(client(), "tiered", swap=True)


def test_a_list_judge_asks_about_a_group_at_once():
    def rule(request):
        ids = request.schema["required"]
        text = request.messages[-1]["content"]
        said = {name: "yes" if "canberra" in text.split(f"id={name} ", 1)[1].split("</", 1)[0] else "no" for name in ids}
        return "\n".join(f"{name}: {word}" for name, word in said.items())

    fake = client(rule)
    verdicts = Judge(fake, "list", span=3).verify([row(t) for t in ("canberra", "Sydney", "canberra city", "Perth", "canberra")])
    assert [v.score for v in verdicts] == [1, 0, 1, 0, 1]
    assert fake.calls == [2]
    assert usage(verdicts).calls == 2


def test_a_rubric_may_come_with_the_row_or_with_the_judge():
    fake = client(['{"c1": true, "c2": false}'])
    (verdict,) = Judge(fake, "rubric", criteria="points").verify([row("A poem", answer=None, points=["rhymes", "is sad"])])
    assert verdict.score == 0.5
    (verdict,) = Judge(client(['{"c1": true}']), Criteria(["rhymes"])).verify([row("A poem", answer=None)])
    assert verdict.score == 1
    with pytest.raises(MissingColumn, match="points"):
        Judge(fake, "rubric", criteria="points").verify([row("A poem")])
    (verdict,) = Judge(fake, "rubric", criteria="points").verify([row("A poem", points={"x": "heavy"})])
    assert (verdict.status, verdict.reason) == (Status.ERROR, "bad_row")


def test_a_judge_that_sees_gets_the_image_before_the_text():
    pillow = pytest.importorskip("PIL.Image")
    fake = client(accept)
    image = pillow.new("RGB", (2, 2), "red")
    (verdict,) = Judge(fake, image="image").verify([row("red", answer="Red colour", image=image)])
    parts = fake.seen[0].messages[-1]["content"]
    assert [part["type"] for part in parts] == ["image_url", "text"]
    assert parts[0]["image_url"]["url"].startswith("data:image/png;base64,")
    assert verdict.score == 1
    assert shown(Judge(client(accept), image="image").verify([row("red", image=i) for i in (image, image, None)]))[1:] == [
        (1.0, "match", "shared"),
        (1.0, "match", "judged"),
    ]
    (verdict,) = Judge(client([]), image="image").verify([row("red", image=object())])
    assert verdict.reason == "bad_row"


@pytest.mark.parametrize("mode", ["CMYK", "F", "I;16", "LAB", "YCbCr", "P", "1"])
def test_an_image_of_any_mode_is_shown(mode):
    pillow = pytest.importorskip("PIL.Image")
    fake = client(accept)
    (verdict,) = Judge(fake, image="image").verify([row("red", answer="Red colour", image=pillow.new(mode, (2, 2)))])
    assert verdict.score == 1
    shown = fake.seen[0].messages[-1]["content"][0]["image_url"]["url"].partition(",")[2]
    assert pillow.open(io.BytesIO(base64.b64decode(shown))).size == (2, 2)


def test_an_image_that_cannot_be_read_costs_its_row_alone(tmp_path):
    pillow = pytest.importorskip("PIL.Image")
    path = tmp_path / "cut.png"
    pillow.effect_noise((64, 64), 50).save(path)
    path.write_bytes(path.read_bytes()[:200])
    with pillow.open(path) as broken:
        bad, good = Judge(client(accept), image="image").verify([row("red", image=broken), row("red", image=None)])
    assert (bad.reason, good.score) == ("bad_row", 1.0)


@pytest.mark.parametrize("spec", ["http://127.0.0.1:1/v1", "http://h:1/v1#some/model", "vllm:some/model", "hf:some/model"])
@pytest.mark.parametrize("kind", ["binary", "tiered", "wethink", "tenths", "soft", "list", "general-verifier", "score"])
def test_a_judge_of_any_client_pickles_before_its_first_use(spec, kind):
    judge = Judge(spec, kind, cache="replies.db")
    copy = pickle.loads(pickle.dumps(judge))
    assert (copy.client.name, copy.name, copy.kind.version) == (judge.client.name, judge.name, judge.kind.version)
    function = load("auto", judge=judge, judge_on="reject")
    assert pickle.loads(pickle.dumps(function)).__name__ == "auto"


def test_a_long_question_is_shown_by_both_its_ends():
    fake = client(accept)
    Judge(fake, max_question=100).verify([row("Sydney", prompt="BEGIN" + "x" * 10_000 + "END")])
    asked = fake.seen[0].messages[-1]["content"]
    assert len(asked) < 2_000
    assert "BEGIN" in asked
    assert "END" in asked


def test_the_cache_is_asked_first_and_its_replies_cost_nothing(tmp_path):
    cache = str(tmp_path / "replies.db")
    first, second = client(), client()
    rows = [row("canberra"), row("Sydney"), row("canberra")]
    once = Judge(first, cache=cache).verify(rows)
    again = Judge(second, cache=cache).verify(rows)
    assert [v.info["source"] for v in again] == ["cached"] * 3
    assert [v.score for v in once] == [v.score for v in again]
    assert second.calls == []
    assert usage(again).calls == 0


@pytest.mark.parametrize(
    "other",
    [
        {"client": client(name="another model")},
        {"kind": "soft"},
        {"reasoning": True},
        {"votes": 2},
        {"temperature": 0.3},
        {"max_tokens": 5},
    ],
    ids=lambda other: next(iter(other)),
)
def test_whatever_the_reply_depends_on_is_in_the_key(tmp_path, other):
    cache = str(tmp_path / "replies.db")
    Judge(client(), cache=cache).verify([row("Sydney")])
    asked = other.pop("client", client())
    Judge(asked, **other, cache=cache).verify([row("Sydney")])
    assert asked.calls


def test_a_judge_pickles_and_works_in_any_event_loop():
    judge = pickle.loads(pickle.dumps(Judge(client(agree), cache=None, guard=Guard(max_answer=100))))
    assert judge.verify([row("canberra")])[0].score == 1

    async def inside():
        there = await judge.averify([row("canberra")])
        return there, judge.verify([row("Sydney")]), await dispatch.arun(judge, [row("perth")])

    assert [v[0].score for v in asyncio.run(inside())] == [1, 0, 0]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"votes": 0}, BadParameter),
        ({"votes": 3, "temperature": 0.0}, BadParameter),
        ({"on_unparsed": "guess"}, BadParameter),
        ({"kind": "binari"}, UnknownName),
        ({"tiers": (0, 1)}, BadParameter),
        ({"template": "nothing"}, UnknownName),
    ],
    ids=str,
)
def test_what_cannot_be_used_is_told_at_once(options, error):
    with pytest.raises(error):
        Judge(client(), **options)


def test_no_client_is_told_at_once():
    with pytest.raises(BadParameter, match="no client"):
        Judge(object())
    with pytest.raises(BadParameter, match="http"):
        Judge("gpt")


class Late(ScriptedClient):
    """A client that learns its model's name from the server."""

    async def ready(self):
        self.name = "found out"


def test_a_name_that_is_found_out_goes_into_key_and_trace():
    (verdict,) = Judge(Late(agree, name="?")).verify([row("Sydney")])
    assert verdict.info["judge"] == "found out"


def test_replies_of_a_model_without_a_name_are_not_kept(tmp_path):
    class Later(ScriptedClient):
        async def complete(self, requests, /):
            self.name = "found out"
            return await super().complete(requests)

    cache = str(tmp_path / "replies.db")
    Judge(Later(agree, name="?"), cache=cache).verify([row("Sydney")])
    (verdict,) = Judge(client(agree, name="?"), cache=cache).verify([row("Sydney")])
    assert verdict.info["source"] == "judged"
