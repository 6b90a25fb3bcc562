"""A function of one sample as a verifier: its returns, its columns, its parameters."""

from __future__ import annotations

import pytest

import rewardkit
from rewardkit.errors import BadParameter, MissingColumn
from rewardkit.lifted import FunctionVerifier, Spec, check_parameters
from rewardkit.types import Sample, Status, Verdict


def sample(completion="yes", **columns):
    return Sample(0, None, completion, columns)


def returns(sample: Sample, *, value: object = None, how: str = "asis") -> Verdict | float | bool | None:
    """Returns what it is told to return."""
    if how == "raise":
        raise RuntimeError("broken verifier")
    return value  # type: ignore[return-value]


def picky(sample: Sample, *, level: int = 1, share: float = 0.5, mode: str | None = None) -> bool:
    """Needs two columns."""
    return True


ANY = Spec("test.any", returns)
PICKY = Spec("test.picky", picky, requires=("answer", "image"))


@pytest.mark.parametrize(
    ("value", "score", "status", "reason"),
    [
        (True, 1.0, Status.SCORED, "match"),
        (False, 0.0, Status.SCORED, "mismatch"),
        (0.25, 0.25, Status.SCORED, "partial"),
        (1, 1.0, Status.SCORED, "match"),
        (-0.5, -0.5, Status.SCORED, "partial"),
        (None, None, Status.ABSTAINED, "out_of_scope"),
        (Verdict.abstained("needs_judge"), None, Status.ABSTAINED, "needs_judge"),
    ],
)
def test_a_plain_return_value_becomes_a_verdict(value, score, status, reason):
    (verdict,) = FunctionVerifier(ANY, {"value": value}).verify([sample()])
    assert (verdict.score, verdict.status, verdict.reason) == (score, status, reason)
    assert verdict.verifier == "test.any"
    assert verdict.seconds > 0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "one", [1]])
def test_a_return_value_that_is_no_score_is_an_error_never_a_reward(value):
    (verdict,) = FunctionVerifier(ANY, {"value": value}).verify([sample()])
    assert verdict.score is None
    assert verdict.status is Status.ERROR


def test_a_verifier_that_raises_gives_that_row_an_error_with_class_message_and_traceback():
    (verdict,) = FunctionVerifier(ANY, {"how": "raise"}).verify([sample()])
    assert (verdict.score, verdict.status, verdict.reason) == (None, Status.ERROR, "exception")
    assert verdict.info["error"] == "RuntimeError"
    assert verdict.info["message"] == "broken verifier"
    assert "test_lifted.py" in verdict.info["traceback"]


def test_a_missing_column_is_named_with_the_columns_there_are():
    with pytest.raises(MissingColumn, match=r"test\.picky needs the column 'image'; the batch has answer"):
        FunctionVerifier(PICKY).verify([sample(answer="1")])


@pytest.mark.parametrize("answer", [None, "", "  ", [], ["", None]])
def test_a_row_without_a_reference_abstains(answer):
    (verdict,) = FunctionVerifier(PICKY).verify([sample(answer=answer, image=1)])
    assert (verdict.score, verdict.reason) == (None, "no_reference")


def test_an_unknown_parameter_offers_near_misses():
    with pytest.raises(BadParameter, match=r"no parameter of 'test.picky' is named 'levle'; did you mean 'level'"):
        check_parameters(PICKY, {"levle": 2})


@pytest.mark.parametrize("wrong", [{"level": "2"}, {"level": 1.5}, {"level": True}, {"share": "x"}, {"mode": 3}])
def test_a_parameter_of_the_wrong_type_is_refused_at_once(wrong):
    with pytest.raises(BadParameter, match="cannot be used"):
        check_parameters(PICKY, wrong)


def test_an_int_is_good_enough_for_a_float_parameter():
    check_parameters(PICKY, {"share": 1})


def test_a_literal_parameter_takes_its_values_only():
    with pytest.raises(BadParameter, match="rounding='up' cannot be used"):
        rewardkit.get("number.equal", rounding="up")


def test_a_value_out_of_range_is_refused_at_once():
    with pytest.raises(BadParameter, match="must not be negative"):
        rewardkit.get("number.equal", abs_tol=-1.0)
