from __future__ import annotations

import json

import pytest

from rewardkit.cli import main
from rewardkit.errors import BadParameter, UnknownName
from rewardkit.judges.kinds import Criteria, as_kind
from rewardkit.judges.kinds.rubric_file import WANTED, notes, read_rubric

TOML = """
ordered = true
reasons = true
batch = 2

[[criteria]]
criterion = "States the result"
weight = 2

[[criteria]]
criterion = "Names its unit"

[[criteria]]
criterion = "Claims what it does not show"
weight = -1
"""
WANTS = Criteria(
    [("States the result", 2), ("Names its unit", 1), ("Claims what it does not show", -1)], ordered=True, reasons=True, batch=2
)


def test_toml_and_json_say_the_same(tmp_path):
    (tmp_path / "r.toml").write_text(TOML, encoding="utf-8")
    held = {"criteria": [list(one) for one in WANTS.criteria], "ordered": True, "reasons": True, "batch": 2}
    (tmp_path / "r.json").write_text(json.dumps(held), encoding="utf-8")
    assert read_rubric(tmp_path / "r.toml") == read_rubric(tmp_path / "r.json") == WANTS
    assert as_kind(str(tmp_path / "r.toml")) == WANTS


def test_every_setting_of_a_rubric_may_stand_in_a_file():
    from dataclasses import fields

    assert set(WANTED) == {field.name for field in fields(Criteria)}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("r.toml", "criteria = [", "cannot read the rubric"),
        ("r.json", "[]", "must be an object"),
        ("r.toml", "ordered = true", "has no criteria"),
        ("r.toml", 'criteria = ["a"]\nbatch = true', "must be of the type int"),
        ("r.toml", 'criteria = "a"', "must be of the type list"),
        ("r.toml", 'criteria = ["a"]\nbatch = 0', "whole number of criteria from 1"),
        ("r.json", '{"criteria": [{"criterion": "a", "weight": -1}]}', "one at least is positive"),
        ("r.json", '{"criteria": [{"criterion": "a", "weight": NaN}]}', "cannot be used"),
        ("r.yaml", "criteria: []", "ends in .toml or .json"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path, capsys, name, text, words):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadParameter, match=words):
        read_rubric(tmp_path / name)
    assert main(["rubric", "check", str(tmp_path / name)]) == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "near"), [('criteria = ["a"]\nreason = true', "reasons"), ('[[criteria]]\ncriterion = "a"\nwieght = 2', "weight")]
)
def test_a_name_that_is_not_known_is_not_passed_over(tmp_path, text, near):
    (tmp_path / "r.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UnknownName, match=f"did you mean '{near}'"):
        read_rubric(tmp_path / "r.toml")


def test_check_shows_what_a_rubric_comes_to(tmp_path, capsys):
    (tmp_path / "r.toml").write_text(TOML, encoding="utf-8")
    assert main(["rubric", "check", str(tmp_path / "r.toml")]) == 0
    shown = capsys.readouterr().out
    assert "States the result" in shown
    assert "3 criteria, 2 requests a row, template rubric@" in shown
    assert "ordered, reasons" in shown
    assert "note:" not in shown


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        (["Is short", "is  SHORT"], "2 criteria say the same"),
        (["x" * 301], "301 characters long"),
        ([("a", 1), ("b", 0)], "c2 weighs 0"),
        ([("a", 1), ("b", -3)], "penalties \\(3\\) outweigh"),
        ([f"criterion {n}" for n in range(21)], "21 criteria go into one request"),
    ],
)
def test_what_is_hardly_meant_is_noted(criteria, words):
    import re

    (note,) = notes(Criteria(criteria))
    assert re.search(words, note)
