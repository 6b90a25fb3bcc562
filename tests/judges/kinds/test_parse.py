from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.judges.client import Reply
from rewardkit.judges.kinds import as_kind, parse
from rewardkit.judges.kinds.kind import Item

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "replies.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]
ITEM = Item("What is 2 + 2?", ("4",), "four")
WORDS = ("yes", "no")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}: {case['why']}")
def test_a_reply_is_read_rightly_or_not_at_all(case):
    (ruling,) = as_kind(case["kind"]).read(Reply(case["reply"], finish=case.get("finish", "stop")), [ITEM])
    assert (None if ruling is None else ruling.score) == case["score"]


@pytest.mark.parametrize("kind", ["binary", "soft", "tiered", "tenths", "rubric", "list", "score", "xverify", "compassverifier"])
def test_a_failure_is_never_read(kind):
    options = {"criteria": ["short"]} if kind == "rubric" else {}
    assert as_kind(kind, **options).read(Reply("yes", failure="refused"), [ITEM]) == [None]


prose = st.lists(
    st.sampled_from(
        ["the", "answer", "is", "not", "yes", "no", "correct", "verdict", ":", "equal", "true", "because", ",", ".", "says"]
    ),
    max_size=12,
)


@given(st.text() | prose.map(" ".join))
def test_what_decides_stands_alone_on_the_last_line(text):
    said = parse.decide(Reply(text), WORDS)
    if said is not None:
        line = parse.last_line(parse.outside_think(text)).casefold()
        letters = "".join(c for c in line.replace("：", ":").rpartition(":")[2] if c.isalnum())
        assert letters == said


@given(st.sampled_from(WORDS), st.text(alphabet="abcdefghij klm", min_size=1).filter(str.strip))
def test_a_word_with_others_around_it_is_no_decision(word, others):
    assert parse.decide(Reply(f"{word} {others}"), WORDS) is None
    assert parse.decide(Reply(f"{others} {word}"), WORDS) is None


@given(st.sampled_from(WORDS), st.text().filter(lambda t: "verdict" not in t.casefold() and "think" not in t.casefold()))
def test_whatever_comes_before_the_last_line_does_not_matter(word, before):
    assert parse.decide(Reply(f"{before}\nVerdict: {word}"), WORDS) in (word, None)
    if not any(word in line for line in before.casefold().splitlines() for word in ("decision", "judg", "score")):
        assert parse.decide(Reply(f"{before}\nVerdict: {word}"), WORDS) == word


@pytest.mark.parametrize(
    "text", ["[1]", "{", '{"a": 1, "a": 2}', '{"a": NaN}', 'Sure: {"a": 1}', '{"a": 1} {"b": 2}', "[" * 100_000]
)
def test_json_that_is_not_one_object_is_not_read(text):
    assert parse.json_object(Reply(text)) is None


@pytest.mark.parametrize(
    "text", ['{"a": true}', ' {"a": true}\n', '```json\n{"a": true}\n```', '<think>{"b": 1}</think>{"a": true}']
)
def test_json_is_read_alone_or_in_a_fence(text):
    assert parse.json_object(Reply(text)) == {"a": True}


def test_a_reply_of_a_megabyte_is_not_read():
    assert parse.decide(Reply("yes\n" * 250_000), WORDS) is None
