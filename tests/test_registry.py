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
from rewardkit.errors import BadParameter, UnknownName
from rewardkit.lifted import FunctionVerifier
from rewardkit.types import Sample, Verdict

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


def test_an_unknown_name_offers_near_misses():
    with pytest.raises(UnknownName, match=r"no verifier is named 'number.equals'; did you mean 'number.equal'"):
        rewardkit.get("number.equals")


def test_parameters_are_checked_when_it_is_built():
    with pytest.raises(BadParameter, match=r"no parameter of 'test.any' is named 'valeu'; did you mean 'value'"):
        registry.get("test.any", valeu=2)


def test_only_what_is_isolated_goes_to_workers_by_itself():
    assert type(registry.get("math.symbolic")) is registry.Isolated
    assert type(registry.get("test.any")) is FunctionVerifier


@pytest.mark.parametrize("name", ["plain", "a.b.c", "a.b-c", ".x", ""])
def test_a_name_is_family_dot_thing(name):
    with pytest.raises(BadParameter, match=r"family\.thing"):
        registry.verifier(name)


def test_a_name_is_registered_once():
    with pytest.raises(BadParameter, match=r"already registered by"):
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
        "import json, rewardkit; v = rewardkit.verify(answer='waxing', completion='Answer: Waxing', verifier='moon.phase');"
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


def test_a_name_is_taken_over_only_on_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_specs", dict(registry._specs))

    def first(sample):
        return 0.0

    def second(sample):
        return 2.0

    registry.verifier("front.door")(first)
    with pytest.raises(BadParameter, match=r"already registered by .*first.*replace=True"):
        registry.verifier("front.door")(second)
    registry.verifier("front.door", scores=(0, 2), replace=True)(second)
    assert registry.get("front.door").verify([Sample(0, None, "x")])[0].score == 2.0
