"""The real OpenEnv: a rubric of ours scores actions, alone and inside its containers."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest
from thousand import rows

import rewardkit
from rewardkit import BadParameter
from rewardkit.adapters import openenv

pytestmark = pytest.mark.skipif(find_spec("openenv") is None, reason="needs openenv: make test-adapters-gym")


def seen(**metadata: Any) -> Any:
    from openenv.core.env_server.types import Observation

    return Observation(metadata=metadata)


def said(text: str) -> Any:
    from openenv.core.env_server.types import Action

    class Message(Action):
        message: str

    return Message(message=text)


def test_a_thousand_actions_get_the_same_scores_and_containers_add_them_up() -> None:
    from openenv.core.rubrics import WeightedSum

    given = rows()
    expected = rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])
    alone = openenv.rubric("auto", unscored=-0.5)
    inside = WeightedSum([alone, openenv.rubric("auto", unscored=-0.5)], weights=[0.25, 0.75])
    wanted = [-0.5 if e is None else e for e in expected]
    assert [alone(said(r.completion), seen(answer=r.answer)) for r in given] == wanted
    assert [inside(said(r.completion), seen(answer=r.answer)) for r in given[:200]] == pytest.approx(wanted[:200])
    assert alone.last_score == wanted[199]


def test_its_gate_stops_at_ours() -> None:
    from openenv.core.rubrics import Gate

    gate = Gate(openenv.rubric("auto"), threshold=0.5)
    assert [gate("It is 42.", seen(answer="42")), gate("It is 41.", seen(answer="42"))] == [1.0, 0.0]


def test_columns_the_reason_and_a_reader_of_ones_own() -> None:
    rubric = openenv.rubric("auto")
    assert rubric("<answer>B</answer>", seen(answer="Stone", choices=["River", "Stone"])) == 1.0
    assert (rubric.last_verdict.reason, rubric.last_verdict.info["route"]) == ("match", "choice")
    own = openenv.rubric("auto", row=lambda action, observation: {"completion": action["said"], "answer": observation["wanted"]})
    assert own({"said": "42"}, {"wanted": "42"}) == 1.0
    with pytest.raises(BadParameter, match="has no text in"):
        rubric({"said": "42"}, seen(answer="42"))
