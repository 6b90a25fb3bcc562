"""What is asked in parts is kept in parts, forms follow their schema, and rows with a common beginning go together."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.commands.console import judge_lines
from rewardkit.judges import asking
from rewardkit.judges.asking import Ask, ask_all
from rewardkit.judges.cache import Cache
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.clients.forms import form_of
from rewardkit.judges.clients.prefix import clusters
from rewardkit.testing import ScriptedClient


class InParts(ScriptedClient):
    part = 3


def asks(count: int) -> list[Ask]:
    return [Ask(f"k{place}", Request(({"role": "user", "content": str(place)},))) for place in range(count)]


def test_an_interrupt_keeps_the_parts_before_it(tmp_path: Any) -> None:
    class Interrupted(InParts):
        async def complete(self, requests: Any, /) -> Any:
            if len(self.calls) == 2:
                raise KeyboardInterrupt
            return await super().complete(requests)

    cache = Cache(tmp_path / "replies.db")
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(ask_all(Interrupted(lambda request: "yes"), asks(10), cache, lambda place, reply: True))
    assert set(cache.get([ask.key for ask in asks(10)])) == {f"k{place}" for place in range(6)}
    cache.close()


def test_long_work_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(asking, "TELL_EVERY_S", 0.0)
    fake = InParts(lambda request: "yes", name="hf:model")
    with judge_lines():
        asyncio.run(ask_all(fake, asks(7), None, lambda place, reply: True))
    assert capsys.readouterr().err.splitlines() == [f"hf:model has answered {done} of 7 requests" for done in (3, 6, 7)]
    asyncio.run(ask_all(fake, asks(7), None, lambda place, reply: True))
    assert capsys.readouterr().err == "", "a library says nothing unless it is asked to"


def test_parts_change_no_answer() -> None:
    fake = InParts(lambda request: request.messages[0]["content"])
    answers = asyncio.run(ask_all(fake, asks(10), None, lambda place, reply: True))
    assert [answer.reply for answer in answers] == [Reply(str(place)) for place in range(10)]
    assert fake.calls == [3, 3, 3, 1]


@pytest.mark.parametrize(
    "fields",
    [{"c1": {"type": "boolean"}}, {"c1": {"type": "boolean"}, "c2": {"type": "boolean"}}, {'1-"a': {"enum": ["yes", "no"]}}],
    ids=str,
)
def test_a_form_filled_in_any_way_is_json_that_its_schema_allows(fields: dict[str, Any]) -> None:
    form = form_of({"type": "object", "properties": fields, "required": list(fields)})
    for pick in (0, 1):
        said = json.loads("".join(blank.before + blank.options[pick] for blank in form))
        assert list(said) == list(fields)
        assert all(said[name] in about.get("enum", (True, False)) for name, about in fields.items())


@pytest.mark.parametrize(
    "schema",
    [
        None,
        {},
        {"properties": {"a": {"type": "string"}}, "required": ["a"]},
        {"properties": {"a": {"type": "boolean"}}},
        {"properties": {"a": {"type": "boolean"}, "b": {"type": "boolean"}}, "required": ["b", "a"]},
        {"properties": {"a": {"enum": ["only"]}}, "required": ["a"]},
        {"properties": {"a": {"enum": [1, 2]}}, "required": ["a"]},
    ],
    ids=str,
)
def test_a_schema_that_leaves_more_open_is_no_form(schema: Any) -> None:
    assert form_of(schema) == ()


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=8), min_size=1, max_size=12), st.integers(1, 5))
def test_every_row_is_in_one_cluster_that_shares_half_of_it(rows: list[list[int]], most: int) -> None:
    found = list(clusters(range(len(rows)), rows, most))
    assert sorted(place for cluster in found for place in cluster) == list(range(len(rows)))
    for cluster in found:
        assert len(cluster) <= most
        least = min(len(rows[place]) for place in cluster)
        shared = next(
            (at for at, column in enumerate(zip(*(rows[p] for p in cluster), strict=False)) if len(set(column)) > 1), least
        )
        assert all(2 * shared >= len(rows[place]) for place in cluster)
