"""The examples of recipes, one after the other in this process: each takes a step of the real TRL."""

from __future__ import annotations

import runpy
from importlib.util import find_spec
from pathlib import Path

import pytest

from rewardkit import recipes

FOLDER = Path(__file__).parent.parent / "examples" / "recipes"


def test_every_recipe_has_a_short_example() -> None:
    lengths = {path.stem: len(path.read_text(encoding="utf-8").splitlines()) for path in FOLDER.glob("*.py")}
    assert set(lengths) == {*recipes.names(), "tiny"}
    assert all(length < 60 for name, length in lengths.items() if name != "tiny")


@pytest.mark.slow
@pytest.mark.skipif(find_spec("trl") is None, reason="needs trl")
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize("name", recipes.names())
def test_an_example_of_a_recipe_takes_its_step(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(FOLDER)
    runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
    assert len(capsys.readouterr().out.splitlines()) > 1
