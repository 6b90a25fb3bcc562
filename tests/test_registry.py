from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import rewardkit
from rewardkit import registry
from rewardkit.errors import BadParameter, MissingColumn, UnknownName
from rewardkit.types import Sample, Status, Verdict

PLUGIN = Path(__file__).parent / "plugin_package"


def sample(completion="yes", **columns):
    return Sample(0, None, completion, columns)


@registry.verifier("test.any")
def returns(sample: Sample, *, value: object = None, how: str = "asis") -> Verdict | float | bool | None:
    """Returns what it is told to return."""
    if how == "raise":
        raise RuntimeError("broken verifier")
    return value  # type: ignore[return-value]


@registry.verifier("test.picky", requires=("answer", "image"))
def picky(sample: Sample, *, level: int = 1, share: float = 0.5, mode: str | None = None) -> bool:
    """Needs two columns."""
    return True


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
    (verdict,) = registry.get("test.any", value=value).verify([sample()])
    assert (verdict.score, verdict.status, verdict.reason) == (score, status, reason)
    assert verdict.verifier == "test.any"
    assert verdict.seconds > 0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "one", [1]])
def test_a_return_value_that_is_no_score_is_an_error_never_a_reward(value):
    (verdict,) = registry.get("test.any", value=value).verify([sample()])
    assert verdict.score is None
    assert verdict.status is Status.ERROR


def test_a_verifier_that_raises_gives_that_row_an_error_with_class_message_and_traceback():
    (verdict,) = registry.get("test.any", how="raise").verify([sample()])
    assert (verdict.score, verdict.status, verdict.reason) == (None, Status.ERROR, "exception")
    assert verdict.info["error"] == "RuntimeError"
    assert verdict.info["message"] == "broken verifier"
    assert "test_registry.py" in verdict.info["traceback"]


def test_a_missing_column_is_named_with_the_columns_there_are():
    with pytest.raises(MissingColumn, match=r"test\.picky needs the column 'image'; the batch has answer"):
        registry.get("test.picky").verify([sample(answer="1")])


@pytest.mark.parametrize("answer", [None, "", "  ", [], ["", None]])
def test_a_row_without_a_reference_abstains(answer):
    (verdict,) = registry.get("test.picky").verify([sample(answer=answer, image=1)])
    assert (verdict.score, verdict.reason) == (None, "no_reference")


def test_an_unknown_name_offers_near_misses():
    with pytest.raises(UnknownName, match=r"no verifier is named 'number.equals'; did you mean 'number.equal'"):
        rewardkit.get("number.equals")


def test_an_unknown_parameter_offers_near_misses():
    with pytest.raises(BadParameter, match=r"no parameter of 'test.picky' is named 'levle'; did you mean 'level'"):
        registry.get("test.picky", levle=2)


@pytest.mark.parametrize("wrong", [{"level": "2"}, {"level": 1.5}, {"level": True}, {"share": "x"}, {"mode": 3}])
def test_a_parameter_of_the_wrong_type_is_refused_at_once(wrong):
    with pytest.raises(BadParameter, match="cannot be used"):
        registry.get("test.picky", **wrong)


def test_an_int_is_good_enough_for_a_float_parameter():
    assert registry.get("test.picky", share=1).parameters == {"share": 1}


def test_a_literal_parameter_takes_its_values_only():
    with pytest.raises(BadParameter, match="rounding='up' cannot be used"):
        rewardkit.get("number.equal", rounding="up")


def test_a_value_out_of_range_is_refused_at_once():
    with pytest.raises(BadParameter, match="must not be negative"):
        rewardkit.get("number.equal", abs_tol=-1.0)


@pytest.mark.parametrize("name", ["plain", "a.b.c", "a.b-c", ".x", ""])
def test_a_name_is_family_dot_thing(name):
    with pytest.raises(BadParameter, match=r"family\.thing"):
        registry.verifier(name)


def test_a_name_is_registered_once():
    with pytest.raises(BadParameter, match="already registered by"):
        registry.verifier("test.any")(lambda sample: True)


def test_a_bound_verifier_pickles():
    bound = pickle.loads(pickle.dumps(registry.get("test.any", value=0.5)))
    assert bound.verify([sample()])[0].score == 0.5


def test_every_built_in_name_is_registered_by_its_own_module():
    for name, module in registry.BUILT_IN.items():
        assert registry.spec(name).function.__module__ == f"rewardkit.verifiers.{module}"
        assert registry.spec(name).summary, name


@pytest.fixture(scope="module")
def site_with_plugin(tmp_path_factory):
    """A real installation of the plugin package, as a user's pip would do it, into a folder of its own."""
    site = tmp_path_factory.mktemp("site")
    source = tmp_path_factory.mktemp("source")
    for file in PLUGIN.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            copy = source / file.relative_to(PLUGIN)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--target",
        str(site),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return site


def in_site(site, code):
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_an_installed_plugin_is_found_by_its_entry_point(site_with_plugin):
    code = (
        "import json, rewardkit; v = rewardkit.verify(answer='waxing', completion='It is Waxing.', verifier='moon.phase');"
        "print(json.dumps([v.score, v.verifier, 'moon.phase' in rewardkit.names()]))"
    )
    assert in_site(site_with_plugin, code) == [1.0, "moon.phase", True]


def test_a_plugin_is_not_imported_before_it_is_needed(site_with_plugin):
    code = (
        "import json, sys, rewardkit; rewardkit.get('choice.option'); before = 'rewardkit_moon' in sys.modules;"
        "rewardkit.get('moon.phase', case=True); print(json.dumps([before, 'rewardkit_moon' in sys.modules]))"
    )
    assert in_site(site_with_plugin, code) == [False, True]


def test_a_near_miss_of_a_plugin_s_name_is_offered(site_with_plugin):
    code = "import json, rewardkit\ntry: rewardkit.get('moon.fase')\nexcept rewardkit.UnknownName as e: print(json.dumps(str(e)))"
    assert "did you mean 'moon.phase'" in in_site(site_with_plugin, code)
