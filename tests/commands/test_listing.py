"""`rewardkit list`: what there is, one line each."""

from __future__ import annotations

import subprocess
import sys

import pytest
from cli_program import call_here
from patience import HANG_S

import rewardkit
from rewardkit import recipes, registry
from rewardkit.judges.kinds import KINDS


def test_every_verifier_and_recipe_has_one_line() -> None:
    done = call_here("list")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    names = [*registry.BUILT_IN, *KINDS, *recipes.names()]
    for name in names:
        found = [line for line in lines if line.split()[:1] == [name]]
        assert len(found) == names.count(name), "a judge and a recipe may share a name"
        assert all(len(line.split()) > 3 for line in found), "a name without a summary"
    assert all(rewardkit.registry.spec(name).summary in done.stdout for name in registry.BUILT_IN)


@pytest.mark.parametrize("name", sorted(registry.BUILT_IN))
def test_one_verifier_shows_its_parameters_and_documentation(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    from rewardkit.cli import main

    assert main(["list", name]) == 0
    shown = capsys.readouterr().out
    found = registry.spec(name)
    assert shown.startswith(f"{name}  needs: ")
    assert all(column in shown.splitlines()[0] for column in found.requires)
    assert all(f"  {parameter}\n" in shown for parameter in found.parameters.values())
    assert found.summary in shown


def test_an_unknown_name_gets_near_misses() -> None:
    done = call_here("list", "choice.opton")
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean 'choice.option'" in done.stderr


def test_a_reader_that_leaves_ends_it_quietly() -> None:
    command = 'set -o pipefail; "$0" -m rewardkit list | true'
    done = subprocess.run(["bash", "-c", command, sys.executable], capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode in (0, 1)
    assert done.stderr == ""


def test_recipes_are_listed_and_shown_with_what_paper_code_and_ours_do() -> None:
    listed = call_here("recipes")
    assert listed.returncode == 0
    assert all(name in listed.stdout for name in ("mm_eureka", "arXiv 2503.07365", "auto"))
    shown = call_here("recipes", "show", "mm_eureka")
    assert "online filter" in shown.stdout
    assert "compat" in shown.stdout
    assert call_here("recipes", "show", "auto").returncode == 0
    assert call_here("recipes", "show").returncode == 2
    assert "did you mean 'mm_eureka'" in call_here("recipes", "show", "mm_eurek").stderr
