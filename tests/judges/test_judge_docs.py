from __future__ import annotations

import re
from pathlib import Path

import pytest

from rewardkit.judges.guard import RULES
from rewardkit.judges.kinds import KINDS

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
PAGE = (GUIDE / "judges.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["judges.md", "calibration.md"])
def test_the_page_s_code_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", (GUIDE / name).read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(block, f"docs/guide/{name}", "exec"), scope)


def test_every_kind_and_every_rule_is_on_the_page():
    for name in (*KINDS, *RULES):
        assert f"| `{name}` |" in PAGE
