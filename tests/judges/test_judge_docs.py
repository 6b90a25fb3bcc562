from __future__ import annotations

from pathlib import Path

from rewardkit.judges.guard import RULES
from rewardkit.judges.kinds import KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "judges.md").read_text(encoding="utf-8")


def test_every_kind_and_every_rule_is_on_the_page():
    for name in (*KINDS, *RULES):
        assert f"| `{name}` |" in PAGE
